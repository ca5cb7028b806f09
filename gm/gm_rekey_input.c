/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A GROUPKEY-PUSH came in.  RFC 6407 4.4: everything is found out first;
 * nothing of the member changes before the dataplane has taken what follows
 * from it. */
#include <ctype.h>
#include <string.h>

#include "gdoi/gdoi_ack.h"
#include "gdoi/gdoi_debug.h"
#include "gm/gm_clock.h"
#include "gm/gm_member.h"
#include "gm/gm_msg.h"
#include "isakmp/isakmp_prf.h"

struct arrival {
	struct gm_member *m;
	enum gm_rekey_slot slot; /* whose cookies it has */
	struct endpoint local, remote;
	struct rd datagram;
	uint8_t digest[ISAKMP_HASH_MAX];
	struct gdoi_push push;
	int64_t now;
	bool had_policy, delivered; /* it has SA and KD; ... with a SAK */
	/* Of the policy's pseudotime, s, for the log. */
	bool clock_jumps;
	int64_t theirs, mine; /* us */
};

#define REKEY_DEBUG(a, level, ...)                             \
	gdoi_debug((a)->m->gm->config.groups, GM_REKEY, level, \
		   (a)->m->group->name, &(a)->remote.addr, __VA_ARGS__)

/* --- whose it is ------------------------------------------------------------------ */

static bool find_slot(const struct gm_rekey *r, const struct isakmp_header *h,
		      enum gm_rekey_slot *slot)
{
	size_t i;

	for (i = 0; i < GM_N_REKEY_SLOTS; i++) {
		const struct gm_rekey_sa *sa = &r->sas[i];

		if (!sa->is_set ||
		    memcmp(sa->kek.spi, h->icookie, sizeof(h->icookie)) != 0 ||
		    memcmp(sa->kek.spi + sizeof(h->icookie), h->rcookie,
			   sizeof(h->rcookie)) != 0)
			continue;
		*slot = (enum gm_rekey_slot)i;
		return true;
	}
	return false;
}

static void digest(struct arrival *a)
{
	struct rd all = a->datagram;
	size_t len = rd_left(&all);
	const struct isakmp_part part = { rd_bytes(&all, len), len };

	isakmp_hash(ISAKMP_HASH_SHA256, &part, 1, a->digest);
}

static bool is_again(const struct arrival *a)
{
	const struct gm_rekey *r = &a->m->rekey;

	return ip_is_set(&r->last_from) &&
	       memcmp(r->digest, a->digest, sizeof(r->digest)) == 0;
}

/* --- acknowledging ----------------------------------------------------------------- */

void gm_rekey_acknowledge(struct gm_member *m)
{
	struct gm_rekey *r = &m->rekey;

	if (!r->ack.len)
		return;
	r->ack_sent = env_now(m->gm->env);
	env_send(m->gm->env, &r->ack_from, &r->ack_to, r->ack.data, r->ack.len);
}

/* Whoever heard a PUSH can send it on from anywhere: that it is genuine says
 * nothing of who sent the datagram. */
static bool is_server(const struct gm_member *m, const struct endpoint *peer)
{
	const struct gm_group *g = gm_group_of(m->group);
	size_t i;

	if (peer->port != GDOI_PORT || peer->vrf != m->fvrf)
		return false;
	for (i = 0; g && i < g->n_servers; i++)
		if (ip_equal(&g->servers[i], &peer->addr))
			return true;
	return ip_equal(&m->registered_with, &peer->addr);
}

/* The key server that a PUSH is taken for. */
static struct endpoint server_of(const struct arrival *a)
{
	if (is_server(a->m, &a->remote))
		return a->remote;
	return (struct endpoint){ a->m->registered_with, GDOI_PORT,
				  a->m->fvrf };
}

/* The key server did not hear us: the same answer. */
static void answer_again(struct arrival *a)
{
	struct gm_rekey *r = &a->m->rekey;

	if (is_server(a->m, &a->remote))
		r->ack_to = a->remote;

	REKEY_DEBUG(a, PACKET, "the same datagram again");
	if (a->now - r->ack_sent >= SEC(GM_ACK_PAUSE) &&
	    !gm_timers_ack_pending(a->m))
		gm_rekey_acknowledge(a->m);
}

/* RFC 8263 3.2: with the KEK that the PUSH was encrypted with, also when the
 * PUSH deletes it. */
static void make_ack(struct arrival *a, struct keybuf *ack)
{
	const struct gdoi_kek *kek = &a->m->rekey.sas[a->slot].kek;

	if (gdoi_ack_supported(kek->ack) &&
	    !gdoi_ack_write(kek, a->push.seq, &a->m->local, ack))
		keybuf_free(ack);
}

static void answer(struct arrival *a, struct keybuf *ack)
{
	struct gm_rekey *r = &a->m->rekey;

	keybuf_free(&r->ack);
	r->ack = *ack;
	if (!ack->len)
		return;
	r->ack_from =
		(struct endpoint){ a->m->local, a->local.port, a->m->fvrf };
	r->ack_to = server_of(a);
	r->acked++;
	r->acked_since++;
	if (r->multicast)
		gm_timers_ack(a->m);
	else
		gm_rekey_acknowledge(a->m);
	REKEY_DEBUG(a, PACKET, "acknowledged seq # %u", a->push.seq);
}

/* --- refusing ---------------------------------------------------------------------- */

/* Genuine ones, too, can be played again and again while they fail. */
static bool may_log(const struct arrival *a, int64_t quiet)
{
	return a->now >= quiet;
}

static void be_quiet(struct arrival *a, int64_t *quiet)
{
	*quiet = a->now + SEC(GM_REKEY_LOG_PAUSE);
}

static void old_seq(struct arrival *a)
{
	struct gm_rekey *r = &a->m->rekey;

	r->old_seq++;
	REKEY_DEBUG(a, ERROR, "seq # %u is old, last seq # %u", a->push.seq,
		    r->sas[a->slot].seq);
	if (!may_log(a, r->seq_quiet))
		return;
	be_quiet(a, &r->seq_quiet);
	env_event(a->m->gm->env, GM_REKEY_SEQ_FAILURE, a->push.seq,
		  a->m->group->name, r->sas[a->slot].seq);
}

static void failed(struct arrival *a, unsigned int *counter, const char *why)
{
	char own[IP_ADDR_TEXT], ks[IP_ADDR_TEXT];

	++*counter;
	REKEY_DEBUG(a, ERROR, "refused: %s", why);
	if (!may_log(a, a->m->rekey.failure_quiet))
		return;
	be_quiet(a, &a->m->rekey.failure_quiet);
	env_event(a->m->gm->env, GM_REKEY_FAILURE, ip_text(&a->m->local, own),
		  a->m->group->name, ip_text(&a->remote.addr, ks));
}

/* --- finding out -------------------------------------------------------------------- */

static bool open_it(struct arrival *a)
{
	struct gm_rekey *r = &a->m->rekey;
	const struct gdoi_push_expect expect = {
		.under = &r->sas[a->slot].kek,
		.last_seq = r->sas[a->slot].seq,
		.extensions = r->extensions,
	};
	struct isakmp_fault why;

	switch (gdoi_push_open(&expect, a->datagram, &a->push, &why)) {
	case GDOI_PUSH_OK:
		return true;
	case GDOI_PUSH_OLD_SEQ:
		old_seq(a);
		return false;
	case GDOI_PUSH_MALFORMED:
		failed(a, &r->malformed, why.text);
		return false;
	case GDOI_PUSH_FORGED:
		failed(a, &r->forged, why.text);
		return false;
	case GDOI_PUSH_REFUSED:
		failed(a, &r->refused, why.text);
		return false;
	}
	return false;
}

static bool policy_is_ours(struct arrival *a)
{
	const char *objection = NULL;

	if (a->push.policy)
		objection = gm_member_objection(a->m, a->push.policy);
	if (!objection)
		return true;
	if (may_log(a, a->m->rekey.failure_quiet))
		gm_member_log_restriction(a->m, a->push.policy);
	failed(a, &a->m->rekey.refused, objection);
	return false;
}

static int64_t seconds(int64_t us)
{
	return us / US_PER_SEC;
}

static void too_old(struct arrival *a)
{
	struct gm_rekey *r = &a->m->rekey;

	r->refused++;
	REKEY_DEBUG(a, ERROR, "refused: sent %lld s ago",
		    (long long)seconds(a->mine - a->theirs));
	if (!may_log(a, r->failure_quiet))
		return;
	be_quiet(a, &r->failure_quiet);
	env_event(a->m->gm->env, GM_PSEUDO_TIME_TOO_OLD, a->m->group->name,
		  (long long)seconds(a->mine), (long long)seconds(a->theirs),
		  GM_PUSH_AGE_MAX);
}

/* 0 would mean that nobody knows. */
static int64_t sent_at(int64_t at)
{
	return at ? at : 1;
}

/* Each KEK has sequence numbers of its own, and one that a rekey delivers may
 * have been used already: only the time shows the order under all of them.
 * A registration sets it anew. */
static bool goes_back(const struct arrival *a)
{
	return a->push.policy->pseudotime < a->m->keys.policy->pseudotime;
}

/* The form for strict members does not tell the time.  Ours get that one by
 * multicast at most. */
static bool tells_time(struct arrival *a)
{
	const struct gdoi_kek *kek = &a->m->rekey.sas[a->slot].kek;

	if (a->push.policy->has_pseudotime || ip_is_multicast(&kek->dst.addr))
		return true;
	failed(a, &a->m->rekey.refused, "it does not tell when it was sent");
	return false;
}

static bool is_fresh(struct arrival *a)
{
	const struct gm_keys *keys = &a->m->keys;
	struct gdoi_policy *p = a->push.policy;

	if (!p)
		return true;
	p->as_of = sent_at(a->now);
	if (!keys->policy || !keys->policy->has_pseudotime)
		return true;
	if (!tells_time(a))
		return false;
	if (!p->has_pseudotime)
		return true;
	a->theirs = gm_clock_us(p->pseudotime);
	a->mine = gm_keys_pseudotime(keys, a->now);
	gdoi_debug(a->m->gm->config.groups, GM_REPLAY, EVENT, a->m->group->name,
		   &a->remote.addr,
		   "seq # %u was sent at %lld ms, it is %lld ms", a->push.seq,
		   (long long)(a->theirs / MSEC(1)),
		   (long long)(a->mine / MSEC(1)));
	if (goes_back(a)) {
		too_old(a);
		return false;
	}
	switch (gm_clock_judge(a->theirs, a->mine, a->now - keys->synced)) {
	case GM_CLOCK_ADOPT:
		a->clock_jumps =
			p->tbar && a->theirs - a->mine > SEC(p->tbar_window);
		return true;
	case GM_CLOCK_LATE:
		p->as_of = sent_at(a->now - (a->mine - a->theirs));
		return true;
	case GM_CLOCK_TOO_OLD:
		break;
	}
	too_old(a);
	return false;
}

/* --- what it does ------------------------------------------------------------------- */

enum effect {
	UPDATES,    /* new policy, maybe new keys */
	REPLACES,   /* ... at once */
	REMOVES,    /* keys to their end, then back to the key server */
	REMOVES_NOW /* everything goes */
};

static const char *const effect_texts[] = {
	[UPDATES] = "policy taken",
	[REPLACES] = "policy taken, nothing of before is left",
	[REMOVES] = "removed, TEKs to their end",
	[REMOVES_NOW] = "removed",
};

static enum effect effect_of(const struct arrival *a)
{
	const struct gdoi_push *push = &a->push;

	if (!push->policy && push->delete_teks)
		return REMOVES_NOW;
	if (push->delete_kek && !a->delivered)
		return REMOVES;
	return push->delete_teks ? REPLACES : UPDATES;
}

static bool apply(struct arrival *a, enum effect effect)
{
	struct gm_keys next = { 0 };

	if (a->push.policy)
		gm_keys_pushed(&a->m->keys, &a->push, a->now, &next);
	else if (effect != REMOVES_NOW)
		gm_keys_without(&a->m->keys, &a->push, a->now, &next);
	return gm_member_take(a->m, &next);
}

static void log_received(const struct arrival *a)
{
	char from[IP_ADDR_TEXT], to[IP_ADDR_TEXT], spi[2 * 16 + 1], *c;
	const struct gm_member *m = a->m;

	bytes_hex(spi, m->rekey.sas[a->slot].kek.spi,
		  sizeof(m->rekey.sas[a->slot].kek.spi));
	for (c = spi; *c; c++)
		*c = (char)toupper(*c);
	env_event(m->gm->env, GM_RECV_REKEY, m->group->name,
		  ip_text(&a->remote.addr, from), ip_text(&a->local.addr, to),
		  a->push.seq, spi);
}

static void log_clock(struct arrival *a)
{
	struct gm_member *m = a->m;

	if (!a->clock_jumps)
		return;
	m->rekey.time_adjusted++;
	env_event(m->gm->env, GM_PSEUDO_TIME_LARGE,
		  (long long)seconds(a->theirs), (long long)seconds(a->mine),
		  m->group->name);
}

static void count(struct arrival *a)
{
	struct gm_rekey *r = &a->m->rekey;

	r->received++;
	r->since++;
	r->multicast = ip_is_multicast(&a->local.addr);
	r->last_from = a->remote.addr;
	r->last_at = a->now;
	memcpy(r->digest, a->digest, sizeof(r->digest));
}

static void log_effect(const struct arrival *a, enum effect effect)
{
	const struct gm_member *m = a->m;

	if (effect == REPLACES)
		env_event(m->gm->env, GM_RECV_POLICY_REPLACE_NOW,
			  m->group->name);
	if (effect == REMOVES)
		env_event(m->gm->env, GM_RECV_DELETE, m->group->name);
	if (effect == REMOVES_NOW)
		return;
	if (a->had_policy && m->keys.renewed)
		env_event(m->gm->env, GM_TEK_UPDATED);
	if (a->delivered)
		env_event(m->gm->env, GM_KEK_UPDATED);
}

/* Thousands of members got the same message: they come back one by one. */
static void go_on(struct arrival *a, enum effect effect)
{
	struct gm_member *m = a->m;

	switch (effect) {
	case REMOVES_NOW:
		gm_member_event(m, GM_EV_REMOVED);
		break;
	case REMOVES:
		gm_timers_removed(m);
		break;
	case REPLACES:
	case UPDATES:
		gm_member_event(m, GM_EV_REKEYED);
		break;
	}
}

/* The acknowledgement is made before the KEK may go. */
static void commit(struct arrival *a, enum effect effect,
		   const struct gm_member_view *before)
{
	struct gm_member *m = a->m;
	struct ip_addr server = server_of(a).addr;
	struct keybuf ack = { 0 };

	make_ack(a, &ack);
	log_received(a);
	log_clock(a);
	gm_rekey_accepted(m, a->slot, &a->push, a->delivered, &server);
	count(a);
	answer(a, &ack);
	REKEY_DEBUG(a, TERSE, "seq # %u: %s%s", a->push.seq,
		    effect_texts[effect], a->delivered ? ", new KEK" : "");
	log_effect(a, effect);
	gm_member_log_change(m, before, &a->remote.addr);
	if (effect != REMOVES_NOW)
		gm_member_log_installed(m, true, &a->remote.addr);
	go_on(a, effect);
}

static void accept_it(struct arrival *a)
{
	struct gm_member_view before = gm_member_look(a->m);
	enum effect effect;

	a->had_policy = a->push.policy != NULL;
	a->delivered = a->had_policy && a->push.policy->has_kek;
	effect = effect_of(a);
	if (!apply(a, effect)) {
		if (may_log(a, a->m->rekey.failure_quiet))
			gm_member_log_installed(a->m, false, &a->remote.addr);
		failed(a, &a->m->rekey.refused, "the dataplane refuses it");
		return;
	}
	/* Single TEKs were deleted, and they were all. */
	if (!a->m->keys.policy)
		effect = REMOVES_NOW;
	commit(a, effect, &before);
}

static void take(struct arrival *a)
{
	const struct gm_rekey_sa *sa = &a->m->rekey.sas[a->slot];

	digest(a);
	if (is_again(a)) {
		answer_again(a);
		return;
	}
	if (a->slot == GM_REKEY_PREVIOUS || sa->expires <= a->now) {
		REKEY_DEBUG(a, PACKET, "its rekey SA is over");
		return;
	}
	if (open_it(a) && policy_is_ours(a) && is_fresh(a))
		accept_it(a);
	gdoi_push_fini(&a->push);
}

static void input(void *arg, const struct endpoint *local,
		  const struct endpoint *remote,
		  const struct isakmp_header *header, struct rd datagram)
{
	struct gm *gm = arg;
	struct gm_member *m;

	TAILQ_FOREACH (m, &gm->members, entry) {
		struct arrival a = {
			.m = m,
			.local = *local,
			.remote = *remote,
			.datagram = datagram,
			.now = env_now(gm->env),
		};

		if (m->state == GM_IDLE ||
		    !find_slot(&m->rekey, header, &a.slot))
			continue;
		if (local->vrf != m->fvrf)
			continue;
		if (ip_is_multicast(&local->addr) ||
		    ip_equal(&local->addr, &m->local))
			take(&a);
	}
}

void gm_rekey_listen(struct gm *gm, bool on)
{
	isakmp_serve_raw(gm->config.isakmp, ISAKMP_GROUPKEY_PUSH,
			 on ? input : NULL, gm);
}
