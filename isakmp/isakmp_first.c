/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Message 1 at the responder: the only one that anybody may send from
 * anywhere.  So it costs little: no Diffie-Hellman, bounded memory. */
#include "isakmp/isakmp_internal.h"

#include <string.h>

#include "base/mem.h"

#define COOKIE_SLOT   SEC(HALF_OPEN_LIFETIME)
/* A notify about a message that anybody may have sent. */
#define CLEAR_PER_SEC 10

/* RFC 2408 2.5.3: a keyed hash over who asks and a coarse time.  So a repeated
 * message 1 leads to the SA that the first one made. */
static void cookie(struct isakmp *isakmp, const struct endpoint *remote,
		   const uint8_t *icookie, int64_t slot, uint8_t *out)
{
	const struct isakmp_part parts[] = {
		{ remote->addr.b, sizeof(remote->addr.b) },
		{ &remote->port, sizeof(remote->port) },
		{ icookie, ISAKMP_COOKIE },
		{ &slot, sizeof(slot) },
	};
	uint8_t hash[ISAKMP_HASH_MAX];

	isakmp_prf(ISAKMP_HASH_SHA256, isakmp->secret, sizeof(isakmp->secret),
		   parts, ARRAY_SIZE(parts), hash);
	memcpy(out, hash, ISAKMP_COOKIE);
	out[0] |= 1; /* all zero means none */
}

/* Was it the first of a repetition, in this slot or the one before? */
static struct isakmp_sa *known(struct isakmp *isakmp,
			       const struct endpoint *local,
			       const struct endpoint *remote,
			       const struct isakmp_header *h, uint8_t *rcookie)
{
	int64_t slot = env_now(isakmp->env) / COOKIE_SLOT;
	struct isakmp_sa *sa;

	cookie(isakmp, remote, h->icookie, slot - 1, rcookie);
	sa = isakmp_sa_find(isakmp, local, remote, h->icookie, rcookie);
	if (sa)
		return sa;
	cookie(isakmp, remote, h->icookie, slot, rcookie);
	return isakmp_sa_find(isakmp, local, remote, h->icookie, rcookie);
}

static void repeated(struct isakmp_sa *sa, struct rd datagram)
{
	sa->isakmp->counters.duplicates++;
	if (sa->state != MM_R_ANSWERED || !sa->sent.data ||
	    !isakmp_taken_is(&sa->taken[0], datagram) ||
	    sa->sent.reanswers++ >= REANSWERS_MAX)
		return;
	isakmp_transmit(sa, sa->sent.data, sa->sent.len);
}

/* The half-open SAs, of a peer's address or (peer NULL) all. */
struct crowd {
	const struct ip_addr *peer;
	unsigned int n;
	unsigned int n_unproved;  /* no message 3: the sender may be false */
	struct isakmp_sa *oldest; /* that has message 4; NULL: none */
};

static bool is_unproved(const struct isakmp_sa *sa)
{
	return sa->state == MM_R_ANSWERED;
}

static struct isakmp_sa *crowd_next(struct isakmp *isakmp,
				    const struct ip_addr *peer,
				    struct isakmp_sa *sa)
{
	if (!peer)
		return sa ? TAILQ_NEXT(sa, half_open)
			  : TAILQ_FIRST(&isakmp->half_open);
	do
		sa = sa ? LIST_NEXT(sa, by_peer)
			: LIST_FIRST(isakmp_peer_bucket(isakmp, peer));
	while (sa && (!isakmp_sa_is_half_open(sa) ||
		      !ip_equal(&sa->remote.addr, peer)));
	return sa;
}

static struct crowd crowd_count(struct isakmp *isakmp,
				const struct ip_addr *peer)
{
	struct crowd c = { .peer = peer };
	struct isakmp_sa *sa = NULL;

	while ((sa = crowd_next(isakmp, peer, sa))) {
		c.n++;
		c.n_unproved += is_unproved(sa);
		if (sa->state == MM_R_KE_SENT &&
		    (!c.oldest || sa->created < c.oldest->created))
			c.oldest = sa;
	}
	return c;
}

/* By chance, so that a flood with false addresses meets the true one among
 * them as seldom as any other, and not as the next in turn. */
static struct isakmp_sa *any_unproved(struct isakmp *isakmp,
				      const struct crowd *c)
{
	uint32_t skip = env_random_below(isakmp->env, c->n_unproved);
	struct isakmp_sa *sa = NULL;

	while ((sa = crowd_next(isakmp, c->peer, sa)))
		if (is_unproved(sa) && !skip--)
			break;
	return sa;
}

/* Who has proved nothing yet goes first; but those who went on may not fill
 * more than half, or the few others would go at once.  NULL: nobody. */
static struct isakmp_sa *weakest(struct isakmp *isakmp, const struct crowd *c)
{
	if (c->oldest && c->n_unproved < c->n / 2)
		return c->oldest;
	return c->n_unproved ? any_unproved(isakmp, c) : c->oldest;
}

static bool make_room(struct isakmp *isakmp, const struct crowd *c)
{
	struct isakmp_sa *victim = weakest(isakmp, c);

	if (!victim) {
		isakmp->counters.refused_half_open++;
		return false;
	}
	isakmp->counters.evicted_half_open++;
	isakmp_sa_end(victim,
		      ISAKMP_FAULT(INVALID_COOKIE, "too many negotiations"));
	return true;
}

static bool admit(struct isakmp *isakmp, const struct ip_addr *peer)
{
	struct crowd c = crowd_count(isakmp, peer);

	if (c.n >= HALF_OPEN_PER_PEER)
		return make_room(isakmp, &c);
	if (isakmp->n_half_open < HALF_OPEN_MAX)
		return true;
	c = crowd_count(isakmp, NULL);
	return make_room(isakmp, &c);
}

static void half_open_expired(void *arg)
{
	struct isakmp_sa *sa = arg;
	struct isakmp *isakmp = sa->isakmp;

	isakmp->counters.failed++;
	/* Who never sent message 3 may not even exist. */
	if (sa->state != MM_R_ANSWERED)
		isakmp_log_mode(isakmp, &sa->remote);
	isakmp_sa_end(sa,
		      ISAKMP_FAULT(INVALID_COOKIE, "the peer did not go on"));
}

void isakmp_half_open_for(struct isakmp_sa *sa, unsigned int seconds)
{
	env_timer_set(sa->isakmp->env, &sa->expiry, SEC(seconds),
		      half_open_expired, sa);
}

static void answer(struct isakmp_sa *sa, struct rd offer, struct rd transform,
		   uint8_t number)
{
	uint8_t buf[2048];
	struct wr w = wr_init(buf, sizeof(buf));
	size_t begin = isakmp_payload_begin(&w, ISAKMP_VENDOR_ID);

	isakmp_answer_write(&w, offer, transform, number);
	isakmp_payload_end(&w, begin);
	isakmp_vendor_ids_write(sa->isakmp, &w);
	if (wr_ok(&w))
		isakmp_main_send(sa, ISAKMP_SA, buf, wr_at(&w), false);
}

static void refuse(struct isakmp *isakmp, const struct endpoint *local,
		   const struct endpoint *remote, const struct isakmp_header *h,
		   struct isakmp_fault fault)
{
	char peer[IP_ADDR_TEXT];

	stranger_debug(isakmp, ERROR, &remote->addr,
		       "phase 1 of %s refused: %s",
		       ip_text(&remote->addr, peer), fault.text);
	if (fault.notify != ISAKMP_N_NO_PROPOSAL_CHOSEN) {
		isakmp->counters.malformed++;
		isakmp_log_bad(isakmp, remote);
		return;
	}
	isakmp->counters.failed++;
	isakmp_log_mode(isakmp, remote);
	if (isakmp_rate_ok(isakmp->env, &isakmp->clear_sent, SEC(1),
			   CLEAR_PER_SEC))
		isakmp_info_clear(isakmp, local, remote, h, fault.notify);
}

static struct isakmp_fault check(const struct isakmp *isakmp,
				 const struct endpoint *remote,
				 const struct isakmp_header *h, struct rd r,
				 struct isakmp_message *m)
{
	const struct isakmp_payload *sa;
	struct isakmp_fault fault;

	rd_skip(&r, ISAKMP_HEADER_SIZE);
	if (h->flags & ISAKMP_F_ENCRYPTION || h->message_id)
		return ISAKMP_FAULT(INVALID_FLAGS,
				    "message 1 is encrypted or numbered");
	fault = isakmp_chain_parse(r, h->next_payload, m);
	if (fault.notify)
		return fault;
	sa = isakmp_find(m, ISAKMP_SA);
	if (!sa || rd_left(&sa->body) > SA_BODY_MAX)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "message 1 has no SA payload that we take");
	if (!isakmp_psk_for(isakmp, remote))
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "no pre-shared key for the peer");
	return ISAKMP_OK;
}

static void keep_offer(struct isakmp_negotiation *neg, struct rd body)
{
	neg->sai_len = rd_left(&body);
	neg->sai_b = xmemdup(body.p, neg->sai_len);
}

void isakmp_main_first(struct isakmp *isakmp, const struct endpoint *local,
		       const struct endpoint *remote,
		       const struct isakmp_header *h, struct rd datagram)
{
	struct isakmp_message m = { 0 };
	struct isakmp_proposal chosen;
	uint8_t rcookie[ISAKMP_COOKIE];
	struct rd body, transform;
	struct isakmp_fault fault;
	struct isakmp_sa *sa;
	uint8_t number;

	sa = known(isakmp, local, remote, h, rcookie);
	if (sa) {
		repeated(sa, datagram);
		return;
	}
	fault = check(isakmp, remote, h, datagram, &m);
	if (!fault.notify) {
		body = isakmp_find(&m, ISAKMP_SA)->body;
		fault = isakmp_offer_choose(&isakmp->policies, body, &chosen,
					    &transform, &number);
	}
	if (fault.notify) {
		refuse(isakmp, local, remote, h, fault);
		return;
	}
	if (!admit(isakmp, &remote->addr))
		return;
	sa = isakmp_sa_new(isakmp, false, local, remote, h->icookie, rcookie);
	sa->chosen = chosen;
	keep_offer(sa->neg, body);
	isakmp_debug_payloads(sa, &m);
	isakmp_debug_proposal(sa);
	isakmp_sa_vendor_ids(sa, &m);
	isakmp_taken_set(&sa->taken[0], datagram);
	isakmp_half_open_for(sa, HALF_OPEN_LIFETIME);
	answer(sa, body, transform, number);
}
