/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/coop/roles.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

struct roles_letter {
	struct roles_server *from, *to;
	uint64_t to_boot;
	struct coop_ann ann;
	struct roles_letter *next; /* all of them, to be freed */
};

static const struct coop_times times = {
	.refresh = COOP_REFRESH,
	.periodic = COOP_PERIODIC,
	.retransmit = COOP_RETRANSMIT,
	.retries = COOP_RETRIES,
};

/* --- invariants ----------------------------------------------------------- */

bool roles_is_primary(const struct roles *r, unsigned int i)
{
	return r->servers[i].m &&
	       coop_role_current(r->servers[i].m) == COOP_PRIMARY;
}

static void check_pair(struct roles *r, unsigned int a, unsigned int b)
{
	int64_t now = sim_now(r->sim);

	if (!roles_is_primary(r, a) || !roles_is_primary(r, b) ||
	    r->cut[a][b]) {
		r->two_since[a][b] = -1;
		return;
	}
	if (r->two_since[a][b] < 0)
		r->two_since[a][b] = now;
	ck_assert_msg(now - r->two_since[a][b] <= r->two_limit,
		      "servers %u and %u are both primary since %.3f s", a, b,
		      (double)(now - r->two_since[a][b]) / US_PER_SEC);
}

static void check(struct roles *r)
{
	unsigned int a, b;

	for (a = 0; a < r->n; a++) {
		for (b = a + 1; b < r->n; b++)
			check_pair(r, a, b);
	}
}

/* --- letters -------------------------------------------------------------- */

static void arrive(void *arg);

static void send_letter(struct roles_server *from, struct roles_server *to,
			const struct coop_ann *ann)
{
	struct roles *r = from->net;
	struct env *env = sim_env(from->node);
	struct roles_letter *l;

	if (from == to || !to->m || r->cut[from->i][to->i] ||
	    env_random_below(env, 1000) < r->loss)
		return;
	r->sent++;
	l = xcalloc(1, sizeof(*l));
	*l = (struct roles_letter){ from, to, to->boot, *ann, r->letters };
	r->letters = l;
	sim_at(r->sim, MSEC(1) + env_random_below(env, (uint32_t)r->delay_max),
	       arrive, l);
}

static struct coop_ann announcement(const struct roles_server *s)
{
	return (struct coop_ann){
		.role = coop_role_current(s->m),
		.priority = s->priority,
		.boot = s->boot,
		.live = s->live,
		.primary = coop_role_primary(s->m),
		.primary_age = coop_role_primary_age(s->m),
	};
}

static void arrive(void *arg)
{
	struct roles_letter *l = arg;
	struct roles *r = l->from->net;
	struct coop_ann answer;
	struct coop_role_machine *m = l->to->m;

	if (!m || l->to->boot != l->to_boot || r->cut[l->from->i][l->to->i])
		return;
	coop_role_heard(m, &l->from->addr, &l->ann);
	/* Keys come with the announcements of whom one follows. */
	if (l->ann.live && roles_follows(r, l->to->i, l->from->i))
		l->to->live = true;
	if (l->ann.reply) {
		answer = announcement(l->to);
		send_letter(l->to, l->from, &answer);
	}
	check(r);
}

static struct roles_server *by_addr(struct roles *r, const struct ip_addr *addr)
{
	unsigned int i;

	for (i = 0; i < r->n; i++) {
		if (ip_equal(&r->servers[i].addr, addr))
			return &r->servers[i];
	}
	ck_abort_msg("an announcement to nobody");
	return NULL;
}

static void on_announce(void *ctx, const struct ip_addr *peer, bool reply)
{
	struct roles_server *s = ctx;
	struct coop_ann ann = announcement(s);
	unsigned int i;

	ann.reply = reply;
	for (i = 0; i < s->net->n; i++) {
		struct roles_server *to = &s->net->servers[i];

		if (!peer || by_addr(s->net, peer) == to)
			send_letter(s, to, &ann);
	}
}

static void on_changed(void *ctx, enum coop_role before,
		       const struct ip_addr *primary_before)
{
	struct roles_server *s = ctx;

	(void)primary_before;
	/* The machine bears to be asked and configured from here. */
	coop_role_configure(s->m, s->priority, &times);
	(void)coop_role_remaining(s->m);
	if (coop_role_current(s->m) != COOP_PRIMARY || before == COOP_PRIMARY)
		return;
	s->became_primary++;
	s->live = true;
}

static void on_met(void *ctx, const struct ip_addr *peer, bool we_stay)
{
	struct roles_server *s = ctx;
	struct coop_ann ann = announcement(s);

	ck_assert_int_eq(coop_role_current(s->m), COOP_PRIMARY);
	if (we_stay)
		s->met_stay++;
	else
		s->met_leave++;
	send_letter(s, by_addr(s->net, peer), &ann);
}

static bool is_live(void *ctx)
{
	const struct roles_server *s = ctx;

	return s->live;
}

static const struct coop_role_ops ops = {
	.announce = on_announce,
	.changed = on_changed,
	.met = on_met,
};

/* --- the net -------------------------------------------------------------- */

struct roles *roles_new(uint64_t seed, unsigned int n)
{
	struct roles *r = xcalloc(1, sizeof(*r));
	unsigned int i, j;
	char addr[IP_ADDR_TEXT];

	*r = (struct roles){ .sim = sim_new(seed),
			     .n = n,
			     .delay_max = MSEC(5),
			     .two_limit = SEC(ROLES_REFRESH) };
	for (i = 0; i < n; i++) {
		struct roles_server *s = &r->servers[i];

		snprintf(addr, sizeof(addr), "10.0.0.%u", i + 1);
		s->net = r;
		s->i = i;
		s->node = sim_node_new(r->sim, addr, addr);
		s->addr = sim_node_addr(s->node);
		s->priority = (uint8_t)(100 - 10 * i);
		for (j = 0; j < n; j++)
			r->two_since[i][j] = -1;
	}
	return r;
}

void roles_crash(struct roles *r, unsigned int i)
{
	struct roles_server *s = &r->servers[i];

	coop_role_free(s->m);
	s->m = NULL;
	s->boot = 0;
	s->live = false;
	check(r);
}

void roles_free(struct roles *r)
{
	struct roles_letter *l, *next;
	unsigned int i;

	for (i = 0; i < r->n; i++)
		roles_crash(r, i);
	sim_free(r->sim);
	for (l = r->letters; l; l = next) {
		next = l->next;
		free(l);
	}
	free(r);
}

void roles_up(struct roles *r, unsigned int i)
{
	struct roles_server *s = &r->servers[i];
	const struct coop_role_config config = {
		.env = sim_env(s->node),
		.self = s->addr,
		.priority = s->priority,
		.times = times,
		.ops = &ops,
		.ctx = s,
		.live = is_live,
	};
	unsigned int j;

	ck_assert_ptr_null(s->m);
	s->boot = ++r->boots;
	s->m = coop_role_new(&config);
	for (j = 0; j < r->n; j++) {
		if (j != i)
			coop_role_peer_add(s->m, &r->servers[j].addr);
	}
	coop_role_start(s->m);
}

void roles_up_all(struct roles *r)
{
	unsigned int i;

	for (i = 0; i < r->n; i++) {
		if (!r->servers[i].m)
			roles_up(r, i);
	}
}

void roles_leave(struct roles *r, unsigned int i)
{
	struct coop_ann ann = announcement(&r->servers[i]);
	unsigned int j;

	ann.leaving = true;
	for (j = 0; j < r->n; j++)
		send_letter(&r->servers[i], &r->servers[j], &ann);
	roles_crash(r, i);
}

static void reached(struct roles *r, unsigned int a, unsigned int b)
{
	if (r->servers[a].m && r->servers[b].m)
		coop_role_reached(r->servers[a].m, &r->servers[b].addr);
}

void roles_cut(struct roles *r, unsigned int a, unsigned int b, bool cut)
{
	bool before = r->cut[a][b];

	r->cut[a][b] = r->cut[b][a] = cut;
	if (before && !cut) {
		reached(r, a, b);
		reached(r, b, a);
	}
	check(r);
}

void roles_split(struct roles *r, unsigned int bits)
{
	unsigned int a, b;

	for (a = 0; a < r->n; a++) {
		for (b = a + 1; b < r->n; b++)
			roles_cut(r, a, b, ((bits >> a) ^ (bits >> b)) & 1);
	}
}

void roles_heal(struct roles *r)
{
	roles_split(r, 0);
}

void roles_run(struct roles *r, unsigned int seconds)
{
	sim_run(r->sim, SEC((int64_t)seconds));
	check(r);
}

unsigned int roles_primaries(const struct roles *r)
{
	unsigned int i, count = 0;

	for (i = 0; i < r->n; i++)
		count += roles_is_primary(r, i);
	return count;
}

bool roles_follows(const struct roles *r, unsigned int a, unsigned int b)
{
	struct ip_addr primary = coop_role_primary(r->servers[a].m);

	return coop_role_current(r->servers[a].m) == COOP_SECONDARY &&
	       ip_equal(&primary, &r->servers[b].addr);
}

bool roles_all_follow(const struct roles *r, unsigned int i)
{
	unsigned int j;

	for (j = 0; j < r->n; j++) {
		if (j != i && r->servers[j].m && !roles_follows(r, j, i))
			return false;
	}
	return roles_is_primary(r, i);
}
