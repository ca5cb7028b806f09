/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_delivery_priv.h"

#include <string.h>

#include "gdoi/gdoi_ack.h"
#include "ks/coop.h"
#include "ks/ks_ack.h"
#include "ks/ks_msg.h"

/* --- sending -------------------------------------------------------------------- */

static void send_message(const struct ks_delivery *d,
			 const struct ks_message *m, const struct ip_addr *to)
{
	const struct endpoint src = { ks_group_address(d->g), GDOI_PORT, 0 };
	const struct endpoint dst = { *to, GDOI_PORT, 0 };

	env_send(d->g->ks->env, &src, m->unicast ? &dst : &m->dst,
		 m->datagram.data, m->datagram.len);
}

static void count_retransmission(struct ks_delivery *d,
				 const struct ks_target *t)
{
	struct ks_member *m = ks_members_find(&d->g->members, &t->addr);

	d->retransmits++;
	d->g->retransmitted++;
	if (m)
		m->rekeys_retried++;
}

static void send_target(struct ks_delivery *d, struct ks_target *t)
{
	send_message(d, &d->messages[t->message], &t->addr);
	if (t->other != t->message)
		send_message(d, &d->messages[t->other], &t->addr);
	if (t->sent)
		count_retransmission(d, t);
	t->sent = true;
}

static void send_multicast(struct ks_delivery *d)
{
	size_t i;

	for (i = 0; i < d->n_messages; i++) {
		const struct ks_message *m = &d->messages[i];

		if (m->unicast || m->dead || d->copy > d->number)
			continue;
		send_message(d, m, &m->dst.addr);
		if (!d->copy)
			continue;
		d->retransmits++;
		d->g->retransmitted++;
	}
}

static bool has_multicast(const struct ks_delivery *d)
{
	size_t i;

	for (i = 0; i < d->n_messages; i++) {
		if (!d->messages[i].unicast && !d->messages[i].dead)
			return true;
	}
	return false;
}

/* What says the same under the KEK that the member proved to have, when the
 * newer one that we think it has may never have come. */
static const struct ks_message *same_under(struct ks_delivery *d,
					   unsigned int proved, bool extensions)
{
	struct ks_message *m = ks_delivery_message(d, proved, extensions);
	struct ks_kek *kek = ks_kek_find(d->g->kek, proved);
	const char *why;

	if (m || !kek || !kek->unicast)
		return m;
	m = ks_delivery_add(d, kek, extensions);
	if (m)
		ks_delivery_seal_one(d, m, &why);
	coop_keys_changed(d->g);
	return m;
}

static void find_others(struct ks_delivery *d)
{
	size_t i;

	for (i = 0; i < d->n_targets; i++) {
		struct ks_target *t = &d->targets[i];
		const struct ks_message *m = &d->messages[t->message];
		const struct ks_member *member;

		if (t->done || !t->answers)
			continue;
		member = ks_members_find(&d->g->members, &t->addr);
		if (!member || !member->proved || member->proved == m->kek)
			continue;
		m = same_under(d, member->proved, m->extensions);
		if (m && !m->dead)
			t->other = (uint8_t)(m - d->messages);
	}
}

static void remind(struct ks_delivery *d);
static void send_portion(void *arg);

static void finish(struct ks_delivery *d, bool missed);

/* All have answered, or the last wait is over. */
static void end(struct ks_delivery *d)
{
	struct ks_group *g = d->g;

	if (d->gives && d->waiting)
		coop_unanswered(g);
	finish(d, true);
	coop_delivered(g);
}

/* The wait after a copy is over. */
static void next_copy(void *arg)
{
	struct ks_delivery *d = arg;

	if (d->copy >= d->number && !(d->periodic && d->waiting)) {
		end(d);
		return;
	}
	d->copy++;
	d->cursor = 0;
	d->copy_started = env_now(d->g->ks->env);
	/* Others say what is new when the role was lost meanwhile. */
	if (d->copy == 1 && coop_is_primary(d->g))
		find_others(d);
	if (d->periodic && coop_is_primary(d->g))
		remind(d);
	DELIVERY_DEBUG(d, EVENT, NULL,
		       "retransmission %u: %zu have not answered", d->copy,
		       d->waiting);
	send_multicast(d);
	send_portion(d);
}

static bool all_over(const struct ks_delivery *d)
{
	return !d->waiting && !d->others && !has_multicast(d);
}

/* All have this copy, or will not answer: another after the interval. */
static void copy_sent(struct ks_delivery *d)
{
	struct env *env = d->g->ks->env;
	int64_t next = d->copy_started + SEC(d->interval);
	int64_t now = env_now(env);

	/* Nobody is waited for after the last copy. */
	if (all_over(d) || (d->copy >= d->number && !d->waiting)) {
		end(d);
		return;
	}
	env_timer_set(env, &d->timer, next > now ? next - now : 0, next_copy,
		      d);
}

static bool gets_this_copy(const struct ks_delivery *d,
			   const struct ks_target *t)
{
	return !t->done && (t->answers || d->copy <= d->number);
}

static void send_portion(void *arg)
{
	struct ks_delivery *d = arg;
	unsigned int n = 0;

	while (d->cursor < d->n_targets && n < KS_PORTION) {
		struct ks_target *t = &d->targets[d->cursor++];

		if (!gets_this_copy(d, t))
			continue;
		send_target(d, t);
		n++;
	}
	if (d->cursor < d->n_targets)
		env_timer_set(d->g->ks->env, &d->timer,
			      MSEC(KS_PORTION_PAUSE_MS), send_portion, d);
	else
		copy_sent(d);
}

/* The clock and the lifetimes of an old message are worth nothing to a member
 * that was away for long: a reminder is a new message to those who have not
 * answered, with the next sequence number. */
static void remind(struct ks_delivery *d)
{
	struct ks_group *g = d->g;
	const char *why;
	size_t i;

	for (i = 0; i < d->n_messages; i++) {
		struct ks_message *m = &d->messages[i];
		struct ks_kek *kek = ks_kek_find(g->kek, m->kek);
		const struct ks_message *twin =
			ks_delivery_message(d, m->kek, !m->extensions);

		if (m->dead || !m->unicast)
			continue;
		if (kek)
			m->seq = twin && twin < m ? twin->seq : ++kek->seq;
		ks_delivery_seal_one(d, m, &why);
	}
	coop_keys_changed(g);
	ks_delivery_count(d);
	for (i = 0; i < d->n_targets; i++) {
		struct ks_target *t = &d->targets[i];
		struct ks_member *m = ks_members_find(&g->members, &t->addr);

		if (m && gets_this_copy(d, t))
			ks_member_reminded(m, d->messages[t->message].seq);
		t->acks = 0;
	}
	coop_keys_changed(g); /* sequence numbers are keys, too */
}

static void first_copy(void *arg)
{
	struct ks_delivery *d = arg;

	d->copy_started = env_now(d->g->ks->env);
	send_multicast(d);
	send_portion(d);
}

/* Members that lose their keys at once come for new ones at once, to other key
 * servers, too. */
static bool empties(const struct ks_delivery *d)
{
	return d->kind == KS_REKEY_REMOVE_NOW ||
	       d->kind == KS_REKEY_REPLACE_NOW;
}

void ks_delivery_start(struct ks_delivery *d)
{
	struct ks_group *g = d->g;
	int64_t head_start = empties(d) ? coop_head_start(g) : 0;

	ks_delivery_settle(g, false);
	g->delivery = d;
	g->last_retransmits = 0;
	g->last_duration_ms = 0;
	d->started = env_now(g->ks->env);
	d->copy_started = d->started + head_start;
	if (head_start)
		env_timer_set(g->ks->env, &d->timer, head_start, first_copy, d);
	else
		first_copy(d);
}

/* --- the end -------------------------------------------------------------------- */

void ks_delivery_missed(struct ks_group *g, struct ks_member *m)
{
	char text[IP_ADDR_TEXT];

	m->acks_missed++;
	gdoi_debug(g->ks->config.groups, KS_REKEY, EVENT, g->group->name,
		   &m->addr, "a member missed %u rekeys in a row",
		   m->missed_in_a_row + 1);
	if (++m->missed_in_a_row < KS_MISSED_MAX) {
		coop_member_changed(g, m);
		return;
	}
	env_event(g->ks->env, KS_NACK_GM_EJECT, ip_text(&m->addr, text),
		  g->group->name);
	coop_member_removed(g, &m->addr);
	ks_members_remove(&g->members, m);
}

/* It has what this delivery gives. */
static void holds(struct ks_delivery *d, struct ks_member *m)
{
	unsigned int before = m->kek;

	ks_member_holds(m, d->gives, d->gives_ack);
	if (m->kek != before)
		coop_member_changed(d->g, m);
}

/* What it means that a member has not answered. */
static void conclude(struct ks_delivery *d, const struct ks_target *t,
		     struct ks_member *m, bool missed)
{
	if (!ks_member_answers(m)) {
		if (t->sent && m->kek == t->kek)
			holds(d, m);
		return;
	}
	if (missed)
		ks_delivery_missed(d->g, m);
}

/* Members that get rekeys by multicast are taken to have got this one. */
static void conclude_multicast(struct ks_delivery *d)
{
	struct ks_members *members = &d->g->members;
	struct ks_member *m = NULL;

	while ((m = ks_members_next(members, m))) {
		const struct ks_message *message =
			ks_delivery_message(d, m->kek, true);

		if (!message)
			message = ks_delivery_message(d, m->kek, false);
		if (message && !message->unicast && !message->dead)
			holds(d, m);
	}
}

static void finish(struct ks_delivery *d, bool missed)
{
	struct ks_group *g = d->g;
	size_t i;

	for (i = 0; d->gives && i < d->n_targets; i++) {
		const struct ks_target *t = &d->targets[i];
		struct ks_member *m;

		m = t->done ? NULL : ks_members_find(&g->members, &t->addr);
		if (!m)
			continue;
		conclude(d, t, m, missed);
	}
	if (d->gives && has_multicast(d))
		conclude_multicast(d);
	g->last_retransmits = d->retransmits;
	g->last_duration_ms =
		(unsigned int)((env_now(g->ks->env) - d->started) / MSEC(1));
	DELIVERY_DEBUG(d, TERSE, NULL,
		       "rekey is over after %u ms, %zu without answer",
		       g->last_duration_ms, d->waiting);
	g->delivery = NULL;
	ks_delivery_free(d);
}

/* Whoever was not given the time of one wait has missed nothing. */
static bool had_time(const struct ks_delivery *d)
{
	return env_now(d->g->ks->env) - d->copy_started >= SEC(d->interval) ||
	       d->copy;
}

void ks_delivery_settle(struct ks_group *g, bool missed)
{
	if (g->delivery)
		finish(g->delivery, missed && had_time(g->delivery));
}

void ks_delivery_stop(struct ks_group *g)
{
	if (!g->delivery)
		return;
	ks_delivery_free(g->delivery);
	g->delivery = NULL;
}

uint32_t ks_delivery_left(const struct ks_group *g)
{
	const struct ks_delivery *d = g->delivery;
	int64_t left;

	if (!d)
		return 0;
	left = d->copy_started + SEC(d->interval) - env_now(g->ks->env);
	if (left < 0)
		left = 0;
	if (d->copy < d->number)
		left += SEC((d->number - d->copy) * d->interval);
	return (uint32_t)((left + US_PER_SEC - 1) / US_PER_SEC);
}

/* --- answers -------------------------------------------------------------------- */

static struct ks_target *find_target(struct ks_delivery *d,
				     const struct ip_addr *addr)
{
	size_t lo = 0, hi = d->n_targets;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = ip_compare(addr, &d->targets[mid].addr);

		if (c == 0)
			return &d->targets[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

static void target_done(struct ks_delivery *d, struct ks_target *t)
{
	if (t->done)
		return;
	t->done = true;
	if (t->answers)
		d->waiting--;
	else
		d->others--;
	if (all_over(d))
		end(d);
}

void ks_delivery_registered(struct ks_group *g, const struct ip_addr *addr)
{
	struct ks_target *t =
		g->delivery ? find_target(g->delivery, addr) : NULL;

	if (t)
		target_done(g->delivery, t);
}

/* What a target answers to.  Not always what was sent to it: whoever hears
 * what is sent to another member can play that to it, and the keys are the
 * same ones. */
static const struct ks_message *answered_message(const struct ks_delivery *d,
						 const struct ks_target *t,
						 const uint8_t *spi)
{
	bool extensions = d->messages[t->message].extensions;
	size_t i;

	for (i = 0; i < d->n_messages; i++) {
		const struct ks_message *m = &d->messages[i];

		if (!m->dead && m->extensions == extensions &&
		    memcmp(m->under.spi, spi, sizeof(m->under.spi)) == 0)
			return m;
	}
	return NULL;
}

static enum ks_ack_result acknowledged(struct ks_delivery *d,
				       struct ks_target *t,
				       const struct ks_message *message,
				       uint32_t seq)
{
	struct ks_member *m = ks_members_find(&d->g->members, &t->addr);
	bool news;

	if (t->done || seq < message->first_seq || seq > message->seq)
		return KS_ACK_AGAIN;
	DELIVERY_DEBUG(d, EVENT, &t->addr, "seq %u is acknowledged", seq);
	if (m && d->gives) {
		ks_member_acked(m, seq, env_now(d->g->ks->env));
		news = m->proved != message->kek || m->kek != t->kek;
		m->proved = message->kek;
		if (m->kek == t->kek)
			holds(d, m);
		if (news)
			coop_member_changed(d->g, m);
	}
	target_done(d, t);
	return KS_ACK_TAKEN;
}

enum ks_ack_result ks_delivery_ack(struct ks_group *g, const uint8_t *spi,
				   const struct ip_addr *from,
				   struct rd datagram)
{
	struct ks_delivery *d = g->delivery;
	struct ks_target *t = d ? find_target(d, from) : NULL;
	const struct ks_message *message;
	struct ip_addr member;
	uint32_t seq;

	message = t && t->asked ? answered_message(d, t, spi) : NULL;
	if (!message)
		return KS_ACK_UNKNOWN;
	if (t->acks > KS_ACKS_MAX)
		return KS_ACK_IGNORED;
	if (t->done && t->acks++ == KS_ACKS_MAX)
		return KS_ACK_FLOOD;
	if (!ks_ack_affordable(g->ks))
		return KS_ACK_IGNORED;
	if (!gdoi_ack_read(&message->under, datagram, &seq, &member) ||
	    !ip_equal(&member, from))
		return KS_ACK_FORGED;
	return acknowledged(d, t, message, seq);
}
