/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exchanges under a phase-1 SA.  A finished one stays for a while without its
 * owner, so that a peer who lost our last message gets it again. */
#include "isakmp/isakmp_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static struct env *env_of(const struct isakmp_exchange *x)
{
	return x->sa->isakmp->env;
}

static void release(struct isakmp_exchange *x)
{
	if (--x->refs)
		return;
	isakmp_sent_free(&x->sent);
	free(x);
}

/* Out of the SA's list; whoever holds it may still look at it. */
static void drop(struct isakmp_exchange *x)
{
	if (x->dead)
		return;
	x->dead = true;
	x->ops = NULL;
	env_timer_cancel(env_of(x), &x->timer);
	TAILQ_REMOVE(&x->sa->exchanges, x, entry);
	release(x);
}

/* The end that the owner did not ask for. */
static void lose(struct isakmp_exchange *x, struct isakmp_fault why)
{
	const struct isakmp_exchange_ops *ops = x->ops;
	void *ctx = x->ctx;

	if (ops)
		sa_debug(x->sa, EVENT,
			 "deleting node %" PRIu32 " error TRUE reason \"%s\"",
			 x->message_id, why.text);
	drop(x);
	if (ops)
		ops->gone(ctx, why);
}

static void forget(void *arg)
{
	drop(arg);
}

static void idle(void *arg)
{
	lose(arg, ISAKMP_FAULT(INVALID_MESSAGE_ID, "the peer did not go on"));
}

static struct isakmp_exchange *add(struct isakmp_sa *sa, uint8_t type,
				   uint32_t message_id, bool by_peer)
{
	struct isakmp_exchange *x = xcalloc(1, sizeof(*x));

	x->sa = sa;
	x->type = type;
	x->message_id = message_id;
	x->by_peer = by_peer;
	x->refs = 1;
	isakmp_skeyid_iv(&sa->keys, sa->iv, message_id, x->iv);
	TAILQ_INSERT_TAIL(&sa->exchanges, x, entry);
	env_timer_set(env_of(x), &x->timer, SEC(EXCHANGE_IDLE), idle, x);
	return x;
}

static struct isakmp_exchange *find(struct isakmp_sa *sa, uint32_t message_id)
{
	struct isakmp_exchange *x;

	TAILQ_FOREACH (x, &sa->exchanges, entry)
		if (x->message_id == message_id)
			return x;
	return NULL;
}

struct isakmp_exchange *
isakmp_exchange_new(struct isakmp_sa *sa, uint8_t type,
		    const struct isakmp_exchange_ops *ops, void *ctx)
{
	struct isakmp_exchange *x;
	uint32_t message_id;

	if (sa->dead || sa->state != MM_UP)
		return NULL;
	do
		env_random(sa->isakmp->env, &message_id, sizeof(message_id));
	while (!message_id || find(sa, message_id));
	x = add(sa, type, message_id, false);
	sa_debug(sa, EVENT, "beginning %s exchange, M-ID of %" PRIu32,
		 isakmp_exchange_name(type), message_id);
	x->ops = ops;
	x->ctx = ctx;
	return x;
}

struct isakmp_sa *isakmp_exchange_sa(struct isakmp_exchange *x)
{
	return x->sa;
}

/* The oldest finished ones go when there are too many. */
static void limit_finished(struct isakmp_sa *sa)
{
	struct isakmp_exchange *x, *oldest = NULL;
	unsigned int n = 0;

	TAILQ_FOREACH (x, &sa->exchanges, entry) {
		if (x->ops)
			continue;
		n++;
		if (!oldest)
			oldest = x;
	}
	if (n > FINISHED_MAX)
		drop(oldest);
}

void isakmp_exchange_end(struct isakmp_exchange *x)
{
	if (x->dead || !x->ops)
		return;
	/* Given up while the peer owed an answer: perhaps it is gone. */
	if (x->tries > 1) {
		x->sa->suspect = true;
		isakmp_dpd_worry(x->sa);
	}
	sa_debug(x->sa, EVENT,
		 "deleting node %" PRIu32 " error FALSE reason \"Done\"",
		 x->message_id);
	x->ops = NULL;
	x->ctx = NULL;
	env_timer_set(env_of(x), &x->timer, SEC(EXCHANGE_IDLE), forget, x);
	/* In the order of their ends. */
	TAILQ_REMOVE(&x->sa->exchanges, x, entry);
	TAILQ_INSERT_TAIL(&x->sa->exchanges, x, entry);
	limit_finished(x->sa);
}

void isakmp_exchanges_end(struct isakmp_sa *sa, struct isakmp_fault why)
{
	struct isakmp_exchange *x;

	while ((x = TAILQ_FIRST(&sa->exchanges)))
		lose(x, why);
}

/* An owner may end its exchange, others, or the SA from in there, so each
 * time the list is walked anew for one that has not heard of it yet. */
void isakmp_exchanges_notified(struct isakmp_sa *sa, uint16_t notify,
			       struct rd data)
{
	unsigned int round = ++sa->notify_round;
	struct isakmp_exchange *x;

	do {
		TAILQ_FOREACH (x, &sa->exchanges, entry)
			if (x->ops && x->ops->notified &&
			    x->notify_round != round)
				break;
		if (x) {
			x->notify_round = round;
			x->ops->notified(x->ctx, x, notify, data);
		}
	} while (x && !sa->dead);
}

static void transmit(struct isakmp_exchange *x)
{
	isakmp_transmit(x->sa, x->sent.data, x->sent.len);
}

/* A peer that answers nothing under an SA has lost it, or is gone: the SA
 * goes, and with it this exchange. */
static void retry(void *arg)
{
	struct isakmp_exchange *x = arg;
	struct isakmp_sa *sa = x->sa;

	if (x->tries++ >= x->max_tries) {
		sa->isakmp->counters.dead_peers++;
		isakmp_sa_end(sa, ISAKMP_FAULT(INVALID_COOKIE,
					       "the peer is silent"));
		return;
	}
	sa_debug(sa, EVENT, "retransmitting phase 2, attempt %u of %u",
		 x->tries, x->max_tries);
	transmit(x);
	env_timer_set(env_of(x), &x->timer, isakmp_retry_delay(x->tries), retry,
		      x);
	isakmp_dpd_worry(sa);
}

bool isakmp_exchange_send(struct isakmp_exchange *x, const void *prefix,
			  size_t prefix_len, uint8_t first, const void *body,
			  size_t len, bool answered)
{
	uint8_t *data;
	size_t data_len;

	if (x->dead)
		return true; /* its owner has been told, or will not look */
	data = isakmp_seal(x->sa, x->type, x->message_id, x->iv,
			   (struct isakmp_part){ prefix, prefix_len }, first,
			   (struct isakmp_part){ body, len }, &data_len);
	if (!data)
		return false;
	isakmp_sent_free(&x->sent);
	x->sent.data = data;
	x->sent.len = data_len;
	x->answers = true;
	x->tries = 0;
	x->max_tries = isakmp_sa_is_proven(x->sa) ? ISAKMP_RETRIES
						  : ISAKMP_RETRIES_OLD;
	transmit(x);
	if (answered)
		env_timer_set(env_of(x), &x->timer,
			      isakmp_retry_delay(x->tries), retry, x);
	else if (x->ops)
		env_timer_set(env_of(x), &x->timer, SEC(EXCHANGE_IDLE), idle,
			      x);
	return true;
}

bool isakmp_hash_ok(struct isakmp_exchange *x, const struct isakmp_message *m,
		    const void *prefix, size_t prefix_len)
{
	return isakmp_hash_check(x->sa, x->message_id, m,
				 (struct isakmp_part){ prefix, prefix_len });
}

static void repeated(struct isakmp_exchange *x)
{
	x->sa->isakmp->counters.duplicates++;
	/* What was sent before this message came is no answer to it; and to
	 * an exchange of ours the peer's last word needs none. */
	if (!x->answers || !x->sent.data ||
	    x->sent.reanswers++ >= REANSWERS_MAX)
		return;
	transmit(x);
}

static bool admit(const struct isakmp_sa *sa)
{
	const struct isakmp_exchange *x;
	unsigned int n = 0;

	TAILQ_FOREACH (x, &sa->exchanges, entry)
		n += x->by_peer && x->ops;
	return n < EXCHANGES_MAX;
}

/* One that the peer begins: its owner is found, nothing is verified. */
static struct isakmp_exchange *begin(struct isakmp_sa *sa,
				     const struct isakmp_header *h)
{
	const struct isakmp_served *served =
		isakmp_served_find(sa->isakmp, h->exchange);
	struct isakmp_exchange *x;

	if (!served || !served->accept || !h->message_id || !admit(sa))
		return NULL;
	x = add(sa, h->exchange, h->message_id, true);
	x->refs++;
	if (served->accept(served->arg, x, &x->ops, &x->ctx) && !x->dead) {
		x->refs--; /* the SA's list has the other */
		return x;
	}
	x->ops = NULL;
	drop(x);
	release(x);
	return NULL;
}

/* Hands m to the owner.  What it sends from in there is encrypted with the IV
 * that m's last block is; a fault takes the IV back. */
static struct isakmp_fault hand_over(struct isakmp_exchange *x,
				     const struct isakmp_message *m,
				     struct rd datagram)
{
	size_t block = isakmp_cipher_block(x->sa->keys.cipher.encr);
	uint8_t before[ISAKMP_BLOCK_MAX];
	bool answers = x->answers;
	struct isakmp_fault fault;

	memcpy(before, x->iv, sizeof(before));
	memcpy(x->iv, datagram.end - block, block);
	x->answers = false;
	fault = x->ops->message(x->ctx, x, m);
	if (!fault.notify) {
		isakmp_taken_set(&x->taken, datagram);
		isakmp_dpd_heard(x->sa);
	} else if (!x->answers) {
		memcpy(x->iv, before, sizeof(before));
		x->answers = answers;
	}
	return fault;
}

/* After a message was taken without an answer being sent, the owner may think
 * for as long as an exchange may be idle. */
static void taken(struct isakmp_exchange *x)
{
	if (x->dead || !x->ops || x->answers)
		return;
	x->tries = 0;
	env_timer_set(env_of(x), &x->timer, SEC(EXCHANGE_IDLE), idle, x);
}

static void process(struct isakmp_exchange *x, bool first,
		    const struct isakmp_message *m, struct rd datagram)
{
	struct isakmp_sa *sa = x->sa;
	struct isakmp_fault fault;

	x->refs++;
	fault = hand_over(x, m, datagram);
	if (!fault.notify) {
		taken(x);
	} else {
		sa_debug(sa, ERROR, "message ID = %" PRIu32 " refused: %s",
			 x->message_id, fault.text);
		if (!sa->dead)
			isakmp_info_fault(sa, fault);
		if (first && !x->dead)
			lose(x, fault);
	}
	release(x);
}

/* Opens it with the IV of the exchange, or of the one that it would begin. */
static struct isakmp_fault
open_message(struct isakmp_sa *sa, const struct isakmp_exchange *x,
	     const struct isakmp_header *h, struct rd datagram, uint8_t **plain,
	     size_t *plain_len, struct isakmp_message *m)
{
	uint8_t iv[ISAKMP_BLOCK_MAX];
	struct isakmp_fault fault;

	if (x)
		memcpy(iv, x->iv, sizeof(iv));
	else
		isakmp_skeyid_iv(&sa->keys, sa->iv, h->message_id, iv);
	fault = isakmp_open(sa, h, datagram, iv, plain, plain_len, m);
	if (!fault.notify && m->payloads[0].type != ISAKMP_HASH)
		fault = ISAKMP_FAULT(PAYLOAD_MALFORMED,
				     "the first payload is no HASH");
	return fault;
}

static void handle(struct isakmp_sa *sa, struct isakmp_exchange *x,
		   const struct isakmp_header *h, struct rd datagram)
{
	struct isakmp_message m = { 0 };
	struct isakmp_fault fault;
	uint8_t *plain = NULL;
	size_t plain_len = 0;
	bool first = !x;

	fault = open_message(sa, x, h, datagram, &plain, &plain_len, &m);
	if (!fault.notify)
		isakmp_debug_payloads(sa, &m);
	if (fault.notify) {
		sa->isakmp->counters.malformed++;
		sa_debug(sa, ERROR, "message refused: %s", fault.text);
		isakmp_log_bad(sa->isakmp, &sa->remote);
		isakmp_info_fault(sa, fault);
	} else if (x || (x = begin(sa, h))) {
		process(x, first, &m, datagram);
	} else {
		sa->isakmp->counters.unexpected++;
	}
	if (plain) {
		bytes_wipe(plain, plain_len);
		free(plain);
	}
}

void isakmp_exchange_input(struct isakmp_sa *sa, const struct isakmp_header *h,
			   struct rd datagram)
{
	struct isakmp_exchange *x = find(sa, h->message_id);

	if (!(h->flags & ISAKMP_F_ENCRYPTION)) {
		isakmp_log_clear(sa->isakmp, &sa->remote);
		return;
	}
	if (x && isakmp_taken_is(&x->taken, datagram)) {
		repeated(x);
		return;
	}
	if (x && (!x->ops || x->type != h->exchange)) {
		sa->isakmp->counters.unexpected++;
		return;
	}
	handle(sa, x, h, datagram);
}
