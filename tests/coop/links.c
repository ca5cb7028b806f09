/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/coop/links.h"

#include <check.h>
#include <stdlib.h>

#include "base/mem.h"

const struct gdoi_id links_group = { .is_set = true, .number = 1234 };

static void received(void *ctx, struct rd message, size_t octets)
{
	struct links_end *e = ctx;

	e->n_received++;
	e->octets_received += octets;
	keybuf_set(&e->last, message.p, rd_left(&message));
	if (e->close_on_receipt) {
		e->t.close(e->link);
		e->link = NULL;
	}
}

static void sent(void *ctx, bool arrived, size_t octets)
{
	struct links_end *e = ctx;

	e->octets_sent += octets;
	ck_assert_uint_lt(e->n_sent, LINKS_LOG);
	e->sent[e->n_sent++] = arrived;
	if (arrived)
		e->n_arrived++;
	else
		e->n_failed++;
}

static void status(void *ctx, enum coop_link_status now)
{
	struct links_end *e = ctx;

	ck_assert_uint_lt(e->n_status, LINKS_LOG);
	e->status[e->n_status++] = now;
}

static const struct coop_link_ops ops = {
	.received = received,
	.sent = sent,
	.status = status,
};

static void stranger(void *ctx, const struct ip_addr *local,
		     const struct ip_addr *remote, const struct gdoi_id *id)
{
	struct links_end *e = ctx;

	ck_assert(ip_equal(local, &e->addr));
	ck_assert(ip_equal(remote, &e->peer));
	e->stranger = *id;
	e->n_strangers++;
}

static void unreadable(void *ctx, const struct ip_addr *local,
		       const struct ip_addr *remote, const char *why)
{
	struct links_end *e = ctx;

	ck_assert(ip_equal(local, &e->addr));
	ck_assert(ip_equal(remote, &e->peer));
	ck_assert_ptr_nonnull(why);
	e->n_unreadable++;
}

struct coop_link *links_open(struct links_end *e, const struct gdoi_id *id)
{
	return e->t.open(e->t.arg, &e->addr, &e->peer, id, &ops, e);
}

static void end_setup(struct links_end *e, struct sim_node *node,
		      struct sim_node *peer, struct isakmp *isakmp)
{
	e->env = sim_env(node);
	e->isakmp = isakmp;
	e->addr = sim_node_addr(node);
	e->peer = sim_node_addr(peer);
	e->links = coop_links_new(e->env, isakmp);
	e->t = coop_links_transport(e->links);
	coop_links_on_stranger(e->links, stranger, e);
	coop_links_on_unreadable(e->links, unreadable, e);
	e->link = links_open(e, &links_group);
}

void links_setup(struct links_world *w, uint64_t seed)
{
	*w = (struct links_world){ 0 };
	pair_open(&w->p, seed);
	end_setup(&w->end[0], w->p.gm_node, w->p.ks_node, w->p.gm);
	end_setup(&w->end[1], w->p.ks_node, w->p.gm_node, w->p.ks);
}

void links_teardown(struct links_world *w)
{
	size_t i;

	for (i = 0; i < 2; i++) {
		coop_links_free(w->end[i].links);
		keybuf_free(&w->end[i].last);
	}
	pair_close(&w->p);
}

enum coop_link_status links_status(const struct links_end *e)
{
	return e->n_status ? e->status[e->n_status - 1] : COOP_LINK_IDLE;
}

static bool met(void *arg)
{
	const struct links_world *w = arg;

	return links_status(&w->end[0]) == COOP_LINK_ESTABLISHED &&
	       links_status(&w->end[1]) == COOP_LINK_ESTABLISHED;
}

void links_meet(struct links_world *w)
{
	w->end[0].t.want(w->end[0].link, true);
	w->end[1].t.want(w->end[1].link, true);
	ck_assert(sim_run_until(w->p.sim, met, w, SEC(600)));
}

static uint8_t octet(size_t i, uint8_t seed)
{
	return (uint8_t)((i ^ (i >> 8) * 31 ^ (i >> 16) * 7) + seed);
}

bool links_send(struct links_end *e, size_t len, uint8_t seed)
{
	uint8_t *message = xcalloc(1, len ? len : 1);
	size_t i;
	bool taken;

	for (i = 0; i < len; i++)
		message[i] = octet(i, seed);
	taken = e->t.send(e->link, message, len, 0);
	free(message);
	return taken;
}

bool links_got(const struct links_end *e, size_t len, uint8_t seed)
{
	size_t i;

	if (e->last.len != len)
		return false;
	for (i = 0; i < len; i++)
		if (e->last.data[i] != octet(i, seed))
			return false;
	return true;
}
