/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ipsec/lanes.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static unsigned int fake_rx(struct port *port, struct pkt **pkts,
			    unsigned int max)
{
	struct fake_port *f = (struct fake_port *)port;
	unsigned int n = 0;

	while (n < max && f->at_rx < f->n_rx) {
		const struct fake_frame *frame = &f->rx[f->at_rx++];
		struct pkt *p = pkt_get_big(port->pool);

		ck_assert_ptr_nonnull(p);
		p->len = frame->len;
		p->vnet = frame->vnet;
		memcpy(pkt_data(p), frame->data, frame->len);
		pkts[n++] = p;
	}
	return n;
}

static void keep(struct fake_frame *frame, const struct pkt *p)
{
	frame->len = frame->pieces = 0;
	frame->vnet = p->vnet;
	for (; p; p = p->next) {
		ck_assert_uint_le(frame->len + p->len, FAKE_FRAME);
		memcpy(frame->data + frame->len, pkt_data(p), p->len);
		frame->len += p->len;
		frame->pieces++;
	}
}

static void fake_tx(struct port *port, struct pkt **pkts, unsigned int n)
{
	struct fake_port *f = (struct fake_port *)port;

	for (unsigned int i = 0; i < n; i++) {
		struct fake_frame *frame = &f->tx[f->n_tx % FAKE_QUEUE];

		keep(frame, pkts[i]);
		f->n_tx++;
		pkt_put(pkts[i]);
	}
}

static void fake_close(struct port *port)
{
	free(port);
}

static struct fake_port *fake_new(struct pkt_pool *pool)
{
	static const struct port_ops ops = {
		.rx = fake_rx,
		.tx = fake_tx,
		.close = fake_close,
	};
	struct fake_port *f = xcalloc(1, sizeof(*f));

	f->port.ops = &ops;
	f->port.pool = pool;
	f->port.fd = -1;
	f->port.offloads = true;
	return f;
}

struct gateway *gateway_new(void)
{
	static const uint8_t seed[IVGEN_SEED] = { 1, 2, 3 };
	struct gateway *g = xcalloc(1, sizeof(*g));
	struct lane *lane = &g->lane;

	g->crypto = crypto_new(NULL, 1);
	ck_assert_ptr_nonnull(g->crypto);
	g->store = sa_store_new(g->crypto);
	g->stats = stats_new(1);
	g->worker.ivgen = ivgen_new(seed);
	lane->pool = pkt_pool_new(256, 256);
	lane->crypto = g->crypto;
	lane->events = &g->events;
	lane->esp = &g->worker;
	lane->reasm = reasm_new();
	memcpy(lane->name, "Ethernet0/0", sizeof("Ethernet0/0"));
	g->tap = fake_new(lane->pool);
	g->wire = fake_new(lane->pool);
	g->icmp = fake_new(lane->pool);
	lane->tap = &g->tap->port;
	lane->wire = &g->wire->port;
	lane->icmp = &g->icmp->port;
	return g;
}

void gateway_free(struct gateway *g)
{
	ck_assert_uint_eq(pkt_available(g->lane.pool), 512);
	policy_free(lane_set_policy(&g->lane, NULL));
	reasm_free(g->lane.reasm);
	port_close(g->lane.tap);
	port_close(g->lane.wire);
	port_close(g->lane.icmp);
	pkt_pool_free(g->lane.pool);
	ivgen_free(g->worker.ivgen);
	stats_free(g->stats);
	sa_store_free(g->store);
	crypto_free(g->crypto);
	free(g);
}

void gateway_policy(struct gateway *g, struct ipsec_policy *in)
{
	struct policy *p = policy_new(in, g->store, g->stats);

	ck_assert_ptr_nonnull(p);
	p->mtu = p->mtu6 = p->link_mtu = 1500;
	p->address = 0xc0000201;
	ipsec_policy_free(in);
	policy_free(lane_set_policy(&g->lane, p));
}

void fake_push(struct fake_port *port, const void *frame, size_t len)
{
	struct fake_frame *f = &port->rx[port->n_rx++];

	ck_assert_uint_le(port->n_rx, FAKE_QUEUE);
	ck_assert_uint_le(len, FAKE_FRAME);
	f->len = (uint32_t)len;
	f->vnet = (struct virtio_net_hdr){ 0 };
	memcpy(f->data, frame, len);
}

void fake_clear(struct fake_port *port)
{
	port->n_rx = port->at_rx = port->n_tx = 0;
}

void wire_to(struct gateway *from, struct gateway *to)
{
	fake_clear(to->wire);
	for (unsigned int i = 0; i < from->wire->n_tx; i++)
		fake_push(to->wire, from->wire->tx[i].data,
			  from->wire->tx[i].len);
}

struct ipsec_counters gateway_counters(struct gateway *g)
{
	struct ipsec_counters c;

	stats_read(g->stats, "G", &c);
	return c;
}

void gateway_out(struct gateway *g, int64_t now)
{
	while (lane_run_out(&g->lane, now))
		;
}

void gateway_in(struct gateway *g, int64_t now)
{
	while (lane_run_in(&g->lane, now))
		;
}

struct ipsec_policy *policy_any(void)
{
	struct ipsec_policy *p = xcalloc(1, sizeof(*p));

	p->groups = xcalloc(1, sizeof(*p->groups));
	p->groups[0].name = xstrdup("G");
	p->n_groups = 1;
	p->flows = xcalloc(1, sizeof(*p->flows));
	p->n_flows = 1;
	policy_add_rule(p, IPSEC_PROTECT, 0);
	return p;
}

void policy_add_sa(struct ipsec_policy *p, struct ipsec_sa sa)
{
	struct ipsec_flow *f = &p->flows[0];

	p->sas = xrealloc(p->sas, p->n_sas + 1, sizeof(*p->sas));
	p->sas[p->n_sas] = sa;
	f->sas = xrealloc(f->sas, f->n + 1, sizeof(*f->sas));
	f->sas[f->n++] = (unsigned int)p->n_sas++;
}

struct ipsec_rule *policy_add_rule(struct ipsec_policy *p,
				   enum ipsec_action action, uint8_t protocol)
{
	struct ipsec_rule *r;

	p->rules = xrealloc(p->rules, p->n_rules + 1, sizeof(*p->rules));
	r = p->rules;
	memmove(r + 1, r, p->n_rules++ * sizeof(*r));
	*r = (struct ipsec_rule){ .action = action };
	r->ace.permit = action == IPSEC_PROTECT;
	r->ace.protocol = protocol;
	r->ace.src = r->ace.dst = ip_v4(0);
	r->ace.src_wild = r->ace.dst_wild = ip_v4(0xffffffff);
	r->ace.icmp_type = r->ace.icmp_code = r->ace.igmp_type = -1;
	r->ace.dscp = r->ace.precedence = r->ace.tos = -1;
	return r;
}

struct ipsec_rule *policy_add_rule6(struct ipsec_policy *p,
				    enum ipsec_action action, uint8_t protocol)
{
	struct ipsec_rule *r = policy_add_rule(p, action, protocol);

	ace_init6(&r->ace);
	r->ace.protocol = protocol;
	r->ace.permit = action == IPSEC_PROTECT;
	return r;
}

struct ipsec_policy *policy6(const struct esp_transform *t)
{
	struct ipsec_policy *p = policy_any();
	struct ipsec_sa sa = sa_make(t, 9);

	p->n_rules = 0;
	policy_add_rule6(p, IPSEC_PROTECT, 0);
	sa.replay = IPSEC_REPLAY_TIME;
	sa.window = 5;
	policy_add_sa(p, sa);
	return p;
}

struct ipsec_policy *policy_article(void)
{
	struct ipsec_policy *p = policy_any();
	struct ipsec_sa sa = sa_make(&article_transform, 9);

	sa.replay = IPSEC_REPLAY_TIME;
	sa.window = 5;
	policy_add_sa(p, sa);
	return p;
}
