/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much goes in and out of interfaces now: show interfaces. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "router/iface_priv.h"

enum { TICK_S = 5, LOAD_INTERVAL = 300, MINUTE = 60, MILLI = 1000 };

static unsigned int interval_of(const struct port *port)
{
	const char *text = kept_get(&port->kept, "load-interval");

	return text ? (unsigned int)strtoul(text + strlen("load-interval"),
					    NULL, 10)
		    : LOAD_INTERVAL;
}

/* The mean goes the tick's part of the interval towards what was measured, as
 * IOS has it; at the end of it nothing is nothing. */
static void update(struct if_rate *r, uint64_t count, uint64_t parts)
{
	uint64_t now = (count - r->last) * MILLI / TICK_S;

	r->last = count;
	if (now >= r->mean)
		r->mean += (now - r->mean) / parts;
	else
		r->mean -= (r->mean - now + parts - 1) / parts;
}

/* What was cleared is in zero. */
static void measure(struct port *port)
{
	const struct nl_counters *zero = &port->zero;
	unsigned int interval = interval_of(port);
	uint64_t parts = interval > TICK_S ? interval / TICK_S : 1;
	const uint64_t *then[IF_RATES] = { &zero->rx_bytes, &zero->rx_packets,
					   &zero->tx_bytes, &zero->tx_packets };
	struct nl_counters c;
	const uint64_t *now[IF_RATES] = { &c.rx_bytes, &c.rx_packets,
					  &c.tx_bytes, &c.tx_packets };

	if (!port_counters(port, &c))
		return;
	for (int i = 0; i < IF_RATES; i++) {
		uint64_t count = *now[i] + *then[i];

		/* Its first look, or another device. */
		if (!port->measured || count < port->rates[i].last)
			port->rates[i].last = count;
		update(&port->rates[i], count, parts);
	}
	port->measured = true;
}

static void tick(void *arg)
{
	struct ifaces *ifaces = arg;
	struct port *port;

	TAILQ_FOREACH (port, &ifaces->ports, link)
		measure(port);
	ifaces_rates_start(ifaces);
}

void ifaces_rates_start(struct ifaces *ifaces)
{
	loop_timer_set(ifaces->loop, &ifaces->rates, SEC(TICK_S), tick, ifaces);
}

static void say_rate(const struct port *port, const char *way,
		     const struct if_rate *bytes, const struct if_rate *packets,
		     struct cli_out *o)
{
	unsigned int s = interval_of(port);
	bool minutes = s % MINUTE == 0;

	/* IOS measures in kbit/s. */
	cli_say(o,
		"  %u %s %s rate %" PRIu64 " bits/sec, %" PRIu64
		" packets/sec\n",
		minutes ? s / MINUTE : s, minutes ? "minute" : "second", way,
		bytes->mean * 8 / MILLI / 1000 * 1000, packets->mean / MILLI);
}

void port_say_rates(const struct port *port, struct cli_out *o)
{
	const struct if_rate *r = port->rates;

	say_rate(port, "input", &r[IF_RX_BYTES], &r[IF_RX_PACKETS], o);
	say_rate(port, "output", &r[IF_TX_BYTES], &r[IF_TX_PACKETS], o);
}
