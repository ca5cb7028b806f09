/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What coop_link.c promises, without ISAKMP: whole messages, once, in order,
 * or not at all; sessions that come and go with the network. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/coop/world.h"

enum {
	ATTEMPTS = 5, /* at 0, 2, 6, 14 and 30 s */
	MAKE_MAX = 15,
	FAIL_MIN = 20,
	FAIL_MAX = 50,
	DEAF = 90,
	QUEUE_ROOM = 4 * COOP_QUEUE, /* callbacks send, too */
};

struct world_message {
	uint8_t *data;
	size_t len;
};

static struct env *env_of(const struct coop_link *l)
{
	return sim_env(l->world->ks[l->from].node);
}

static struct coop_link *other(const struct coop_link *l)
{
	return l->world->ks[l->to].links[l->from];
}

static bool connected(const struct coop_link *l)
{
	return world_ks_reach(l->world, l->from, l->to);
}

static int64_t between(struct world *w, unsigned int lo, unsigned int hi)
{
	return MSEC(1000 * lo + world_below(w, 1000 * (hi - lo)));
}

static int64_t latency(struct world *w)
{
	return MSEC(1) + world_below(w, (uint32_t)w->delay_max);
}

/* --- messages --------------------------------------------------------------- */

static void send_head(struct coop_link *l);

static void pop(struct coop_link *l, bool arrived)
{
	struct world_message head = l->queue[0];

	env_timer_cancel(env_of(l), &l->send);
	memmove(l->queue, l->queue + 1, --l->n_queue * sizeof(*l->queue));
	l->attempt = 0;
	free(head.data);
	l->ops->sent(l->ctx, arrived, head.len);
}

static void drop_all(struct coop_link *l)
{
	while (l->n_queue)
		pop(l, false);
}

static void acknowledged(void *arg)
{
	struct coop_link *l = arg;

	pop(l, connected(l));
	if (l->n_queue && !l->send)
		send_head(l);
}

/* Who comes back believes that nobody is there. */
static bool planted_deafness(const struct world_ks *ks)
{
	return ks->world->options.plant == PLANT_PREEMPT && ks->boots > 1 &&
	       sim_now(ks->world->sim) - ks->booted < SEC(DEAF);
}

static void deliver(struct coop_link *l, struct coop_link *to)
{
	/* The receiver may look no further than to the end. */
	size_t len = l->queue[0].len;
	uint8_t *copy = malloc(len);

	memcpy(copy, l->queue[0].data, len);
	env_timer_set(env_of(l), &l->send, latency(l->world), acknowledged, l);
	if (!planted_deafness(&l->world->ks[l->to]))
		to->ops->received(to->ctx, rd_init(copy, len), len);
	free(copy);
}

/* A datagram of it has been on its way. */
static void arrive(void *arg)
{
	struct coop_link *l = arg, *to = other(l);
	struct world *w = l->world;

	if (connected(l) && to && to->session == l->session &&
	    world_below(w, 1000) >= w->loss) {
		deliver(l, to);
		return;
	}
	if (++l->attempt >= ATTEMPTS) {
		pop(l, false);
		if (l->n_queue && !l->send)
			send_head(l);
		return;
	}
	env_timer_set(env_of(l), &l->send, SEC(INT64_C(1) << l->attempt),
		      arrive, l);
}

static void send_head(struct coop_link *l)
{
	env_timer_set(env_of(l), &l->send, latency(l->world), arrive, l);
}

static bool link_send(struct coop_link *l, const void *message, size_t len,
		      size_t pdu)
{
	(void)pdu;
	if (l->status != COOP_LINK_ESTABLISHED || len > COOP_ANN_MAX ||
	    !l->world->ks[l->from].up)
		return false;
	if (l->n_queue >= COOP_QUEUE)
		pop(l, false);
	if (l->n_queue == QUEUE_ROOM)
		return false;
	l->queue[l->n_queue++] =
		(struct world_message){ xmemdup(message, len), len };
	if (!l->send)
		send_head(l);
	return true;
}

/* --- sessions --------------------------------------------------------------- */

static void set_status(struct coop_link *l, enum coop_link_status status)
{
	if (l->status == status)
		return;
	l->status = status;
	l->ops->status(l->ctx, status);
}

static void make(struct coop_link *l, unsigned int most);

static void made(void *arg)
{
	struct coop_link *l = arg, *to = other(l);
	struct world *w = l->world;

	if (!to || !connected(l)) {
		set_status(l, COOP_LINK_FAILED);
		if (!l->session)
			make(l, MAKE_MAX);
		return;
	}
	if (l->session && l->session == to->session)
		return;
	l->session = to->session = ++w->sessions;
	l->since = to->since = sim_now(w->sim);
	env_timer_cancel(env_of(to), &to->make);
	env_timer_cancel(env_of(l), &l->fail);
	env_timer_cancel(env_of(to), &to->fail);
	drop_all(l);
	drop_all(to);
	set_status(to, COOP_LINK_ESTABLISHED);
	set_status(l, COOP_LINK_ESTABLISHED);
}

static void failed(void *arg)
{
	struct coop_link *l = arg;

	l->session = 0;
	drop_all(l);
	set_status(l, COOP_LINK_FAILED);
}

static void make(struct coop_link *l, unsigned int most)
{
	if (!l->make)
		env_timer_set(env_of(l), &l->make, between(l->world, 1, most),
			      made, l);
}

static void look(struct coop_link *l)
{
	struct coop_link *to = other(l);
	struct world *w = l->world;
	bool alive =
		connected(l) && to && l->session && to->session == l->session;

	if (alive) {
		env_timer_cancel(env_of(l), &l->fail);
		if (l->since == INT64_MAX)
			l->since = sim_now(w->sim);
		return;
	}
	l->since = INT64_MAX;
	if (l->session && !l->fail)
		env_timer_set(env_of(l), &l->fail,
			      between(w, FAIL_MIN, FAIL_MAX), failed, l);
	if (connected(l) && to)
		make(l, MAKE_MAX);
}

void world_links_changed(struct world *w)
{
	unsigned int i, j;

	for (i = 0; i < w->n_ks; i++) {
		for (j = 0; j < w->n_ks; j++) {
			if (w->ks[i].links[j])
				look(w->ks[i].links[j]);
		}
	}
}

static void link_want(struct coop_link *l, bool fast)
{
	l->wanted = true;
	if (l->session || !l->world->ks[l->from].up)
		return;
	if (l->status != COOP_LINK_FAILED)
		set_status(l, COOP_LINK_IN_PROGRESS);
	make(l, fast ? 5 : MAKE_MAX);
}

static struct coop_link *link_open(void *arg, const struct ip_addr *local,
				   const struct ip_addr *peer,
				   const struct gdoi_id *id,
				   const struct coop_link_ops *ops, void *ctx)
{
	struct world_ks *ks = arg, *to = world_ks_at(ks->world, peer);
	struct coop_link *l = xcalloc(1, sizeof(*l));

	(void)local;
	(void)id;
	l->world = ks->world;
	l->from = ks->index;
	l->to = to->index;
	l->ops = ops;
	l->ctx = ctx;
	l->since = INT64_MAX;
	l->queue = xcalloc(QUEUE_ROOM, sizeof(*l->queue));
	ks->links[to->index] = l;
	return l;
}

static void link_close(struct coop_link *l)
{
	struct env *env = env_of(l);
	unsigned int i;

	env_timer_cancel(env, &l->make);
	env_timer_cancel(env, &l->fail);
	env_timer_cancel(env, &l->send);
	for (i = 0; i < l->n_queue; i++)
		free(l->queue[i].data);
	free(l->queue);
	l->world->ks[l->from].links[l->to] = NULL;
	free(l);
}

void world_links_open(struct world_ks *ks)
{
	ks->transport = (struct coop_transport){
		.open = link_open,
		.close = link_close,
		.send = link_send,
		.want = link_want,
		.arg = ks,
	};
}
