/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_delivery.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_ack.h"
#include "gdoi/gdoi_debug.h"
#include "ks/ks_msg.h"
#include "ks/ks_policy.h"
#include "ks/ks_schedule.h"

enum { MAX_MESSAGES = 2 * 8 }; /* two kinds of members, so many KEKs */

struct message {
	unsigned int kek; /* its number */
	bool extensions;
	bool dead; /* it cannot be said, or no longer */
	bool unicast;
	struct endpoint dst;	 /* not unicast */
	struct gdoi_kek under;	 /* checks the acknowledgements */
	uint32_t first_seq, seq; /* they differ after reminders */
	struct keybuf datagram;
};

/* There may be thousands. */
struct target {
	struct ip_addr addr;
	uint8_t message;
	uint8_t acks; /* looked at */
	bool asked;   /* for an acknowledgement */
	bool answers; /* its silence means that it missed it */
	bool sent;    /* at least once */
	bool done;    /* acknowledged, or needs none any more */
};

struct ks_delivery {
	struct ks_group *g;
	enum ks_rekey_kind kind;
	unsigned int gives;   /* number of the KEK they hold afterwards */
	uint8_t gives_ack[2]; /* its KEK_ACK_REQUESTED */
	struct message messages[MAX_MESSAGES];
	size_t n_messages;
	struct target *targets; /* by address */
	size_t n_targets;
	size_t waiting; /* not done, and it answers */
	size_t others;	/* not done, and it does not */

	/* The copy of now is 0, then the retransmissions. */
	unsigned int copy, number, interval;
	bool periodic;
	size_t cursor; /* the next target in this copy */
	int64_t started, copy_started;
	unsigned int retransmits;
	struct env_timer *timer;
};

#define DEBUG(d, level, peer, ...)                             \
	gdoi_debug((d)->g->ks->config.groups, KS_REKEY, level, \
		   (d)->g->group->name, peer, __VA_ARGS__)

/* --- who gets what ----------------------------------------------------------- */

static struct message *find_message(struct ks_delivery *d, unsigned int kek,
				    bool extensions)
{
	size_t i;

	for (i = 0; i < d->n_messages; i++) {
		if (d->messages[i].kek == kek &&
		    d->messages[i].extensions == extensions)
			return &d->messages[i];
	}
	return NULL;
}

static struct message *add_message(struct ks_delivery *d, struct ks_kek *kek,
				   bool extensions)
{
	struct message *twin = find_message(d, kek->number, !extensions);
	struct message *m;

	if (d->n_messages == MAX_MESSAGES)
		return NULL;
	m = &d->messages[d->n_messages++];
	*m = (struct message){
		.kek = kek->number,
		.extensions = extensions,
		.unicast = kek->unicast,
		.dst = kek->dst,
		.seq = twin ? twin->seq : ++kek->seq,
	};
	m->first_seq = m->seq;
	return m;
}

/* One multicast datagram is for all: in a form that strict members understand
 * if there is one, unless that form loses something that ours must have. */
static bool multicast_extensions(struct ks_group *g)
{
	struct ks_member *m = NULL;

	if (ks_is_time_based(g))
		return true;
	while ((m = ks_members_next(&g->members, m))) {
		if (!m->extensions)
			return false;
	}
	return true;
}

static void add_target(struct ks_delivery *d, struct ks_member *m,
		       const struct message *message)
{
	ks_member_sent(m, message->seq);
	if (!message->unicast)
		return;
	d->targets[d->n_targets++] = (struct target){
		.addr = m->addr,
		.message = (uint8_t)(message - d->messages),
		.asked = m->acks,
		.answers = ks_member_answers(m),
	};
}

static void add_members(struct ks_delivery *d)
{
	struct ks_group *g = d->g;
	bool multicast = multicast_extensions(g);
	struct ks_member *m = NULL;

	while ((m = ks_members_next(&g->members, m))) {
		struct ks_kek *kek = ks_kek_find(g->kek, m->kek);
		struct message *message;
		bool extensions;

		/* It registers again before its keys end. */
		if (!kek)
			continue;
		extensions = kek->unicast ? m->extensions : multicast;
		message = find_message(d, kek->number, extensions);
		if (!message)
			message = add_message(d, kek, extensions);
		if (message)
			add_target(d, m, message);
	}
}

static void set_retransmissions(struct ks_delivery *d)
{
	const struct ks_rekey_config *rekey = &d->g->rekey;
	bool removal =
		d->kind == KS_REKEY_REMOVE || d->kind == KS_REKEY_REMOVE_NOW;

	d->interval = rekey->interval;
	d->number = rekey->periodic ? KS_REKEY_NUMBER : rekey->number;
	d->periodic = rekey->periodic && !removal;
	if (removal)
		return;
	d->gives = d->g->kek->number;
	memcpy(d->gives_ack, d->g->kek->ack, sizeof(d->gives_ack));
}

struct ks_delivery *ks_delivery_new(struct ks_group *g, enum ks_rekey_kind kind)
{
	struct ks_delivery *d;

	if (!g->members.count)
		return NULL;
	d = xcalloc(1, sizeof(*d));
	d->g = g;
	d->kind = kind;
	d->targets = xcalloc(g->members.count, sizeof(*d->targets));
	set_retransmissions(d);
	add_members(d);
	if (d->n_messages)
		return d;
	ks_delivery_free(d);
	return NULL;
}

static void wipe_message(struct message *m)
{
	keybuf_free(&m->under.iv);
	keybuf_free(&m->under.key);
	keybuf_free(&m->under.pubkey);
	keybuf_free(&m->datagram);
}

void ks_delivery_free(struct ks_delivery *d)
{
	size_t i;

	env_timer_cancel(d->g->ks->env, &d->timer);
	for (i = 0; i < d->n_messages; i++)
		wipe_message(&d->messages[i]);
	free(d->targets);
	free(d);
}

/* --- building and signing ------------------------------------------------------ */

static bool seal(struct ks_delivery *d, struct message *m, const char **why)
{
	const struct ks_kek *under = ks_kek_find(d->g->kek, m->kek);

	wipe_message(m);
	*why = "the KEK has ended";
	m->dead = !under || !ks_rekey_seal(d->g, d->kind, under, m->seq,
					   m->extensions, &m->datagram, why);
	if (m->dead) {
		DEBUG(d, ERROR, NULL, "nothing for %s members: %s",
		      m->extensions ? "our" : "strict", *why);
		return false;
	}
	ks_policy_kek(d->g, under, m->extensions, &m->under);
	DEBUG(d, PACKET, NULL, "%zu octets under KEK %u, seq %u",
	      m->datagram.len, m->kek, m->seq);
	return true;
}

/* What is still to be answered, and by how many. */
static void count_targets(struct ks_delivery *d)
{
	size_t i;

	d->waiting = 0;
	d->others = 0;
	for (i = 0; i < d->n_targets; i++) {
		struct target *t = &d->targets[i];

		if (d->messages[t->message].dead)
			t->done = true;
		if (t->done)
			continue;
		if (t->answers)
			d->waiting++;
		else
			d->others++;
	}
}

bool ks_delivery_seal(struct ks_delivery *d, const char **why)
{
	bool any = false;
	size_t i;

	for (i = 0; i < d->n_messages; i++)
		any |= seal(d, &d->messages[i], why);
	count_targets(d);
	return any;
}

static const struct message *newest_message(const struct ks_delivery *d)
{
	const struct message *newest = NULL;
	size_t i;

	for (i = 0; i < d->n_messages; i++) {
		const struct message *m = &d->messages[i];

		if (!m->dead && (!newest || m->kek > newest->kek))
			newest = m;
	}
	return newest;
}

bool ks_delivery_multicast(const struct ks_delivery *d, uint32_t *seq,
			   struct endpoint *dst)
{
	const struct message *m = newest_message(d);

	*seq = m->seq;
	*dst = m->dst;
	return !m->unicast;
}

/* --- sending -------------------------------------------------------------------- */

static void send_message(const struct ks_delivery *d, const struct message *m,
			 const struct ip_addr *to)
{
	const struct endpoint src = { ks_group_address(d->g), GDOI_PORT };
	const struct endpoint dst = { *to, GDOI_PORT };

	env_send(d->g->ks->env, &src, m->unicast ? &dst : &m->dst,
		 m->datagram.data, m->datagram.len);
}

static void count_retransmission(struct ks_delivery *d, const struct target *t)
{
	struct ks_member *m = ks_members_find(&d->g->members, &t->addr);

	d->retransmits++;
	d->g->retransmitted++;
	if (m)
		m->rekeys_retried++;
}

static void send_target(struct ks_delivery *d, struct target *t)
{
	send_message(d, &d->messages[t->message], &t->addr);
	if (t->sent)
		count_retransmission(d, t);
	t->sent = true;
}

static void send_multicast(struct ks_delivery *d)
{
	size_t i;

	for (i = 0; i < d->n_messages; i++) {
		const struct message *m = &d->messages[i];

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

static void remind(struct ks_delivery *d);
static void send_portion(void *arg);

static void finish(struct ks_delivery *d, bool missed);

/* The wait after a copy is over. */
static void next_copy(void *arg)
{
	struct ks_delivery *d = arg;

	if (d->copy >= d->number && !(d->periodic && d->waiting)) {
		finish(d, true);
		return;
	}
	d->copy++;
	d->cursor = 0;
	d->copy_started = env_now(d->g->ks->env);
	if (d->periodic)
		remind(d);
	DEBUG(d, EVENT, NULL, "retransmission %u: %zu have not answered",
	      d->copy, d->waiting);
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
		finish(d, true);
		return;
	}
	env_timer_set(env, &d->timer, next > now ? next - now : 0, next_copy,
		      d);
}

static bool gets_this_copy(const struct ks_delivery *d, const struct target *t)
{
	return !t->done && (t->answers || d->copy <= d->number);
}

static void send_portion(void *arg)
{
	struct ks_delivery *d = arg;
	unsigned int n = 0;

	while (d->cursor < d->n_targets && n < KS_PORTION) {
		struct target *t = &d->targets[d->cursor++];

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
		struct message *m = &d->messages[i];
		struct ks_kek *kek = ks_kek_find(g->kek, m->kek);
		const struct message *twin =
			find_message(d, m->kek, !m->extensions);

		if (m->dead || !m->unicast)
			continue;
		if (kek)
			m->seq = twin && twin < m ? twin->seq : ++kek->seq;
		seal(d, m, &why);
	}
	count_targets(d);
	for (i = 0; i < d->n_targets; i++) {
		struct target *t = &d->targets[i];
		struct ks_member *m = ks_members_find(&g->members, &t->addr);

		if (m && gets_this_copy(d, t))
			ks_member_reminded(m, d->messages[t->message].seq);
		t->acks = 0;
	}
}

void ks_delivery_start(struct ks_delivery *d)
{
	struct ks_group *g = d->g;

	ks_delivery_settle(g, false);
	g->delivery = d;
	g->last_retransmits = 0;
	g->last_duration_ms = 0;
	d->started = env_now(g->ks->env);
	d->copy_started = d->started;
	send_multicast(d);
	send_portion(d);
}

/* --- the end -------------------------------------------------------------------- */

static void eject(struct ks_delivery *d, struct ks_member *m)
{
	struct ks_group *g = d->g;
	char text[IP_ADDR_TEXT];

	env_event(g->ks->env, KS_NACK_GM_EJECT, ip_text(&m->addr, text),
		  g->group->name);
	ks_members_remove(&g->members, m);
}

/* What it means that a member has not answered. */
static void conclude(struct ks_delivery *d, const struct target *t,
		     struct ks_member *m, bool missed)
{
	if (!ks_member_answers(m)) {
		if (t->sent && m->kek == d->messages[t->message].kek)
			ks_member_holds(m, d->gives, d->gives_ack);
		return;
	}
	if (!missed)
		return;
	m->acks_missed++;
	DEBUG(d, EVENT, &m->addr, "a member missed %u rekeys in a row",
	      m->missed_in_a_row + 1);
	if (++m->missed_in_a_row >= KS_MISSED_MAX)
		eject(d, m);
}

/* Members that get rekeys by multicast are taken to have got this one. */
static void conclude_multicast(struct ks_delivery *d)
{
	struct ks_members *members = &d->g->members;
	struct ks_member *m = NULL;

	while ((m = ks_members_next(members, m))) {
		const struct message *message = find_message(d, m->kek, true);

		if (!message)
			message = find_message(d, m->kek, false);
		if (message && !message->unicast && !message->dead)
			ks_member_holds(m, d->gives, d->gives_ack);
	}
}

static void finish(struct ks_delivery *d, bool missed)
{
	struct ks_group *g = d->g;
	size_t i;

	for (i = 0; d->gives && i < d->n_targets; i++) {
		const struct target *t = &d->targets[i];
		struct ks_member *m;

		m = t->done ? NULL : ks_members_find(&g->members, &t->addr);
		if (m)
			conclude(d, t, m, missed);
	}
	if (d->gives && has_multicast(d))
		conclude_multicast(d);
	g->last_retransmits = d->retransmits;
	g->last_duration_ms =
		(unsigned int)((env_now(g->ks->env) - d->started) / MSEC(1));
	DEBUG(d, TERSE, NULL, "rekey is over after %u ms, %zu without answer",
	      g->last_duration_ms, d->waiting);
	g->delivery = NULL;
	ks_delivery_free(d);
}

void ks_delivery_settle(struct ks_group *g, bool missed)
{
	if (g->delivery)
		finish(g->delivery, missed);
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

static struct target *find_target(struct ks_delivery *d,
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

static void target_done(struct ks_delivery *d, struct target *t)
{
	if (t->done)
		return;
	t->done = true;
	if (t->answers)
		d->waiting--;
	else
		d->others--;
	if (all_over(d))
		finish(d, true);
}

void ks_delivery_registered(struct ks_group *g, const struct ip_addr *addr)
{
	struct target *t = g->delivery ? find_target(g->delivery, addr) : NULL;

	if (t)
		target_done(g->delivery, t);
}

static bool same_kek(const struct message *m, const uint8_t *spi)
{
	return !m->dead && memcmp(m->under.spi, spi, sizeof(m->under.spi)) == 0;
}

static enum ks_ack_result acknowledged(struct ks_delivery *d, struct target *t,
				       uint32_t seq)
{
	const struct message *message = &d->messages[t->message];
	struct ks_member *m = ks_members_find(&d->g->members, &t->addr);

	if (t->done || seq < message->first_seq || seq > message->seq)
		return KS_ACK_AGAIN;
	DEBUG(d, EVENT, &t->addr, "seq %u is acknowledged", seq);
	if (m && d->gives) {
		ks_member_acked(m, seq);
		if (m->kek == message->kek)
			ks_member_holds(m, d->gives, d->gives_ack);
	}
	target_done(d, t);
	return KS_ACK_TAKEN;
}

enum ks_ack_result ks_delivery_ack(struct ks_group *g, const uint8_t *spi,
				   const struct ip_addr *from,
				   struct rd datagram)
{
	struct ks_delivery *d = g->delivery;
	struct target *t = d ? find_target(d, from) : NULL;
	struct ip_addr member;
	uint32_t seq;

	if (!t || !t->asked || !same_kek(&d->messages[t->message], spi))
		return KS_ACK_UNKNOWN;
	if (t->acks > KS_ACKS_MAX)
		return KS_ACK_IGNORED;
	if (t->acks++ == KS_ACKS_MAX)
		return KS_ACK_FLOOD;
	if (!gdoi_ack_read(&d->messages[t->message].under, datagram, &seq,
			   &member) ||
	    !ip_equal(&member, from))
		return KS_ACK_FORGED;
	return acknowledged(d, t, seq);
}
