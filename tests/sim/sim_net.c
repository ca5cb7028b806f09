/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network between the nodes. */
#include "tests/sim/sim_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/wr.h"

#define INJECT_DELAY  MSEC(1)
#define PCAP_RAW_IPV4 228 /* LINKTYPE_IPV4 */
#define PCAP_SNAPLEN  65535

const struct sim_weather sim_fair = {
	.delay_min = MSEC(1),
	.delay_max = MSEC(1),
};

/* A datagram under way to one node. */
struct flight {
	struct sim_due due;
	struct sim_node *from, *to;
	struct endpoint src, dst;
	uint8_t *data;
	size_t len;
};

static bool chance(struct sim *sim, unsigned int per_mille)
{
	return per_mille && sim_random(&sim->random) % 1000 < per_mille;
}

static int64_t between(struct sim *sim, int64_t lo, int64_t hi)
{
	uint64_t range = hi > lo ? (uint64_t)(hi - lo) + 1 : 1;

	return lo + (int64_t)(sim_random(&sim->random) % range);
}

static bool cut_between(struct sim *sim, struct sim_node *a, struct sim_node *b)
{
	struct sim_cut *c;

	if ((a && a->cut) || b->cut)
		return true;
	LIST_FOREACH (c, &sim->cuts, entry)
		if ((c->a == a && c->b == b) || (c->a == b && c->b == a))
			return true;
	return false;
}

static struct sim_port *open_port(struct sim_node *node, uint16_t port)
{
	struct sim_port *p;

	LIST_FOREACH (p, &node->ports, entry)
		if (p->port == port && p->input)
			return p;
	return NULL;
}

static void deliver(struct sim *sim, struct flight *f)
{
	struct sim_port *p = open_port(f->to, f->dst.port);

	if (!p || cut_between(sim, f->from, f->to)) {
		sim->stats.refused++;
		return;
	}
	sim->stats.delivered++;
	sim_digest_add(sim, &sim->now, sizeof(sim->now));
	sim_digest_add(sim, f->data, f->len);
	p->input(p->arg, &f->dst, &f->src, f->data, f->len);
}

static void flight_fire(struct sim *sim, struct sim_due *due)
{
	struct flight *f = (struct flight *)due;

	if (!sim->ending)
		deliver(sim, f);
	free(f->data);
	free(f);
}

static void fly(struct sim *sim, const struct sim_datagram *d,
		struct sim_node *to, int64_t delay)
{
	struct flight *f = xcalloc(1, sizeof(*f));

	f->from = d->from;
	f->to = to;
	f->src = d->src;
	f->dst = d->dst;
	/* Exactly as long as it is: one octet too far is seen. */
	f->data = malloc(d->len ? d->len : 1);
	if (!f->data)
		log_fatal("sim: out of memory");
	memcpy(f->data, d->data, d->len);
	f->len = d->len;
	sim_due_add(sim, &f->due, delay, flight_fire);
}

static bool has_addr(const struct sim_node *node, const struct ip_addr *addr)
{
	struct sim_address *a;

	LIST_FOREACH (a, &node->addresses, entry)
		if (ip_equal(&a->addr, addr))
			return true;
	return false;
}

static int64_t weather_delay(struct sim *sim)
{
	const struct sim_weather *w = &sim->weather;
	int64_t delay = between(sim, w->delay_min, w->delay_max);

	if (chance(sim, w->reorder))
		delay += between(sim, 0, w->reorder_delay);
	return delay;
}

static void pass_to(struct sim *sim, const struct sim_datagram *d,
		    struct sim_node *to)
{
	if (chance(sim, sim->weather.loss)) {
		sim->stats.lost++;
		return;
	}
	fly(sim, d, to, d->delay + weather_delay(sim));
	if (chance(sim, sim->weather.duplicate)) {
		sim->stats.duplicated++;
		fly(sim, d, to, d->delay + weather_delay(sim));
	}
}

/* pcap (libpcap's file format), IPv4 and UDP headers made up around it. */
static void pcap_write(struct sim *sim, const struct sim_datagram *d)
{
	uint8_t head[28];
	struct wr w = wr_init(head, sizeof(head));
	uint32_t rec[4];

	wr_u16(&w, 0x4500);
	wr_u16(&w, (uint16_t)(sizeof(head) + d->len));
	wr_u32(&w, 0);
	wr_u32(&w, 0x40110000); /* TTL 64, UDP, no checksum */
	wr_u32(&w, ip_v4_host(&d->src.addr));
	wr_u32(&w, ip_v4_host(&d->dst.addr));
	wr_u16(&w, d->src.port);
	wr_u16(&w, d->dst.port);
	wr_u16(&w, (uint16_t)(8 + d->len));
	wr_u16(&w, 0);
	rec[0] = (uint32_t)((SIM_WALL_START + sim->now) / US_PER_SEC);
	rec[1] = (uint32_t)((SIM_WALL_START + sim->now) % US_PER_SEC);
	rec[2] = rec[3] = (uint32_t)(sizeof(head) + d->len);
	fwrite(rec, sizeof(rec), 1, sim->pcap);
	fwrite(head, sizeof(head), 1, sim->pcap);
	fwrite(d->data, 1, d->len, sim->pcap);
}

static void route(struct sim *sim, const struct sim_datagram *d)
{
	struct sim_node *node;
	bool multicast = ip_is_multicast(&d->dst.addr);

	TAILQ_FOREACH (node, &sim->nodes, entry) {
		if (!has_addr(node, &d->dst.addr))
			continue;
		if (multicast && node == d->from)
			continue;
		pass_to(sim, d, node);
		if (!multicast)
			return;
	}
}

void sim_net_send(struct sim_node *from, const struct endpoint *src,
		  const struct endpoint *dst, const void *data, size_t len)
{
	struct sim *sim = from->sim;
	struct sim_datagram d = { .from = from, .src = *src, .dst = *dst };

	d.number = ++sim->n_datagrams;
	d.len = len;
	d.data = malloc(len ? len : 1);
	if (!d.data)
		log_fatal("sim: out of memory");
	memcpy(d.data, data, len);
	sim->stats.sent++;
	sim->stats.octets_sent += len;
	if (sim->pcap)
		pcap_write(sim, &d);
	if (!sim->tap || sim->tap(sim->tap_arg, &d) == SIM_PASS)
		route(sim, &d);
	else
		sim->stats.lost++;
	free(d.data);
}

void sim_inject(struct sim *sim, const struct endpoint *src,
		const struct endpoint *dst, const void *data, size_t len)
{
	struct sim_datagram d = { .src = *src, .dst = *dst, .len = len };
	struct sim_node *node;

	d.data = xmemdup(data, len ? len : 1);
	TAILQ_FOREACH (node, &sim->nodes, entry)
		if (has_addr(node, &dst->addr))
			fly(sim, &d, node, INJECT_DELAY);
	free(d.data);
}

void sim_tap(struct sim *sim, sim_tap_fn *fn, void *arg)
{
	sim->tap = fn;
	sim->tap_arg = arg;
}

void sim_pcap(struct sim *sim, const char *path)
{
	const uint32_t head[6] = { 0xa1b2c3d4, 2 | 4 << 16,  0,
				   0,	       PCAP_SNAPLEN, PCAP_RAW_IPV4 };

	if (sim->pcap)
		fclose(sim->pcap);
	sim->pcap = fopen(path, "w");
	if (!sim->pcap)
		log_fatal("sim: cannot write %s", path);
	fwrite(head, sizeof(head), 1, sim->pcap);
}

void sim_node_cut(struct sim_node *node, bool cut)
{
	node->cut = cut;
}

void sim_cut(struct sim_node *a, struct sim_node *b, bool cut)
{
	struct sim *sim = a->sim;
	struct sim_cut *c, *next;

	for (c = LIST_FIRST(&sim->cuts); c; c = next) {
		next = LIST_NEXT(c, entry);
		if ((c->a == a && c->b == b) || (c->a == b && c->b == a)) {
			LIST_REMOVE(c, entry);
			free(c);
		}
	}
	if (!cut)
		return;
	c = xcalloc(1, sizeof(*c));
	c->a = a;
	c->b = b;
	LIST_INSERT_HEAD(&sim->cuts, c, entry);
}

struct sim_stats sim_stats(const struct sim *sim)
{
	return sim->stats;
}

void sim_net_free(struct sim *sim)
{
	struct sim_cut *c;

	while ((c = LIST_FIRST(&sim->cuts))) {
		LIST_REMOVE(c, entry);
		free(c);
	}
	if (sim->pcap)
		fclose(sim->pcap);
}
