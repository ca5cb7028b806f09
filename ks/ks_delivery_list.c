/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_delivery_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/ks_policy.h"

/* --- who gets what ----------------------------------------------------------- */

struct ks_message *ks_delivery_message(struct ks_delivery *d, unsigned int kek,
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

struct ks_message *ks_delivery_add(struct ks_delivery *d, struct ks_kek *kek,
				   bool extensions)
{
	struct ks_message *twin =
		ks_delivery_message(d, kek->number, !extensions);
	struct ks_message *m;

	if (d->n_messages == MAX_MESSAGES)
		return NULL;
	m = &d->messages[d->n_messages++];
	*m = (struct ks_message){
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

	if (ks_policy_needs_extensions(g))
		return true;
	while ((m = ks_members_next(&g->members, m))) {
		if (!m->extensions)
			return false;
	}
	return true;
}

static void add_target(struct ks_delivery *d, struct ks_member *m,
		       const struct ks_message *message)
{
	ks_member_sent(m, message->seq);
	if (!message->unicast)
		return;
	d->targets[d->n_targets++] = (struct ks_target){
		.addr = m->addr,
		.message = (uint8_t)(message - d->messages),
		.other = (uint8_t)(message - d->messages),
		.kek = m->kek,
		.asked = m->acks,
		.answers = ks_member_answers(m),
	};
}

/* Its KEK has ended, as far as we know; its word of a later one may have been
 * lost.  The newest that is not of this very rekey. */
static struct ks_kek *kek_of(struct ks_group *g, const struct ks_member *m)
{
	struct ks_kek *kek = ks_kek_find(g->kek, m->kek);
	int64_t now = env_now(g->ks->env);

	if (kek || !ks_member_answers(m))
		return kek;
	for (kek = g->kek; kek; kek = kek->older) {
		if (kek->life.born < now && ks_life_end(&kek->life) > now)
			return kek->unicast ? kek : NULL;
	}
	return NULL;
}

static void add_members(struct ks_delivery *d)
{
	struct ks_group *g = d->g;
	bool multicast = multicast_extensions(g);
	struct ks_member *m, *next;

	for (m = ks_members_next(&g->members, NULL); m; m = next) {
		struct ks_kek *kek = kek_of(g, m);
		struct ks_message *message;
		bool extensions;

		next = ks_members_next(&g->members, m);
		/* It comes for new keys, or is no more. */
		if (!kek && ks_member_answers(m))
			ks_delivery_missed(g, m);
		if (!kek)
			continue;
		extensions = kek->unicast ? m->extensions : multicast;
		message = ks_delivery_message(d, kek->number, extensions);
		if (!message)
			message = ks_delivery_add(d, kek, extensions);
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

static void wipe_message(struct ks_message *m)
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

bool ks_delivery_seal_one(struct ks_delivery *d, struct ks_message *m,
			  const char **why)
{
	const struct ks_kek *under = ks_kek_find(d->g->kek, m->kek);

	wipe_message(m);
	*why = "the KEK has ended";
	m->dead = !under || !ks_rekey_seal(d->g, d->kind, under, m->seq,
					   m->extensions, &m->datagram, why);
	if (m->dead) {
		DELIVERY_DEBUG(d, ERROR, NULL, "nothing for %s members: %s",
			       m->extensions ? "our" : "strict", *why);
		return false;
	}
	ks_policy_kek(d->g, under, m->extensions, &m->under);
	DELIVERY_DEBUG(d, PACKET, NULL, "%zu octets under KEK %u, seq %u",
		       m->datagram.len, m->kek, m->seq);
	return true;
}

/* What is still to be answered, and by how many. */
void ks_delivery_count(struct ks_delivery *d)
{
	size_t i;

	d->waiting = 0;
	d->others = 0;
	for (i = 0; i < d->n_targets; i++) {
		struct ks_target *t = &d->targets[i];

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
		any |= ks_delivery_seal_one(d, &d->messages[i], why);
	ks_delivery_count(d);
	return any;
}

/* A later number is not always a newer KEK: those of another key server that
 * came with a merge are older ones. */
static const struct ks_message *newest_message(const struct ks_delivery *d)
{
	const struct ks_kek *kek;
	size_t i;

	for (kek = d->g->kek; kek; kek = kek->older) {
		for (i = 0; i < d->n_messages; i++) {
			if (!d->messages[i].dead &&
			    d->messages[i].kek == kek->number)
				return &d->messages[i];
		}
	}
	return &d->messages[0];
}

bool ks_delivery_multicast(const struct ks_delivery *d, uint32_t *seq,
			   struct endpoint *dst)
{
	const struct ks_message *m = newest_message(d);

	*seq = m->seq;
	*dst = m->dst;
	return !m->unicast;
}
