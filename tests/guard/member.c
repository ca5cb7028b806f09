/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/guard/member.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

/* Not static: left out of the count by their names. */
unsigned int memory_port_rx(struct port *port, struct pkt **pkts,
			    unsigned int max);
void memory_port_tx(struct port *port, struct pkt **pkts, unsigned int n);

unsigned int memory_port_rx(struct port *port, struct pkt **pkts,
			    unsigned int max)
{
	struct memory_port *m = (struct memory_port *)port;
	unsigned int n = 0;

	while (n < max && m->at_rx < m->n_rx) {
		const struct frame *f = &m->rx[m->at_rx++];
		struct pkt *p = pkt_get_for(port->pool, f->len);

		if (!p)
			p = pkt_get_big(port->pool);
		if (!p)
			log_fatal("the pool is empty");
		memcpy(pkt_data(p), f->data, f->len);
		p->len = f->len;
		p->vnet = f->vnet;
		pkts[n++] = p;
	}
	return n;
}

static uint64_t packets_of(const struct virtio_net_hdr *vnet, size_t len)
{
	if (vnet->gso_type == VIRTIO_NET_HDR_GSO_NONE)
		return 1;
	return (len - vnet->hdr_len + vnet->gso_size - 1) / vnet->gso_size;
}

static void keep(struct memory_port *m, const struct pkt *p)
{
	struct frame *f = &m->kept[m->n_tx];

	if (m->n_tx == MEMBER_WIRE || p->len > MEMBER_FRAME || p->next)
		log_fatal("more was sent than the wire takes");
	memcpy(f->data, pkt_data(p), p->len);
	f->len = p->len;
	f->vnet = p->vnet;
}

void memory_port_tx(struct port *port, struct pkt **pkts, unsigned int n)
{
	struct memory_port *m = (struct memory_port *)port;

	for (unsigned int i = 0; i < n; i++) {
		uint64_t len = 0;

		for (const struct pkt *p = pkts[i]; p; p = p->next)
			len += p->len;
		if (m->kept)
			keep(m, pkts[i]);
		m->packets += packets_of(&pkts[i]->vnet, len);
		m->payload += len - ETH_HEADER;
		m->n_tx++;
		pkt_put(pkts[i]);
	}
}

static void no_close(struct port *port)
{
	(void)port;
}

static void port_init(struct memory_port *m, struct pkt_pool *pool,
		      bool offloads)
{
	static const struct port_ops ops = {
		.name = "memory",
		.rx = memory_port_rx,
		.tx = memory_port_tx,
		.close = no_close,
	};

	m->port.ops = &ops;
	m->port.pool = pool;
	m->port.fd = -1;
	m->port.offloads = offloads;
}

/* What it has of its own is taken away: its ports. */
static void replace_ports(struct member *m)
{
	struct lane *lane = &m->gateway->lane;

	port_init(&m->tap, lane->pool, true);
	port_init(&m->wire, lane->pool, false);
	lane->tap = &m->tap.port;
	lane->wire = &m->wire.port;
}

struct member *member_new(struct ipsec_policy *policy)
{
	struct member *m = xcalloc(1, sizeof(*m));

	m->gateway = gateway_new();
	replace_ports(m);
	m->memory = xcalloc(MEMBER_WIRE, MEMBER_FRAME);
	m->wire.kept = xcalloc(MEMBER_WIRE, sizeof(*m->wire.kept));
	for (size_t i = 0; i < MEMBER_WIRE; i++)
		m->wire.kept[i].data = m->memory + i * MEMBER_FRAME;
	gateway_policy(m->gateway, policy);
	return m;
}

void member_free(struct member *m)
{
	struct gateway *g = m->gateway;

	g->lane.tap = &g->tap->port;
	g->lane.wire = &g->wire->port;
	gateway_free(g);
	free(m->wire.kept);
	free(m->memory);
	free(m);
}

void memory_port_feed(struct memory_port *port, const struct frame *frames,
		      size_t n)
{
	port->rx = frames;
	port->n_rx = n;
	port->at_rx = 0;
	port->n_tx = 0;
	port->packets = port->payload = 0;
}

__attribute__((noinline)) void measured_out(struct lane *lane, int64_t now)
{
	while (lane_run_out(lane, now))
		;
}

__attribute__((noinline)) void measured_in(struct lane *lane, int64_t now)
{
	while (lane_run_in(lane, now))
		;
}
