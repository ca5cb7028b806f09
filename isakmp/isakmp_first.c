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
	    !isakmp_taken_is(&sa->taken, datagram) ||
	    sa->sent.reanswers++ >= REANSWERS_MAX)
		return;
	env_send(sa->isakmp->env, &sa->local, &sa->remote, sa->sent.data,
		 sa->sent.len);
}

/* The oldest half-open SA, of this peer or (NULL) of anybody, that has proved
 * nothing yet.  n: all half-open ones of the peer. */
static struct isakmp_sa *weakest(struct isakmp *isakmp,
				 const struct ip_addr *peer, unsigned int *n)
{
	struct isakmp_sa *found = NULL;
	struct isakmp_sa *sa;

	*n = 0;
	LIST_FOREACH (sa, isakmp_peer_bucket(isakmp, peer), by_peer) {
		if (!isakmp_sa_is_half_open(sa) ||
		    !ip_equal(&sa->remote.addr, peer))
			continue;
		++*n;
		if (sa->state == MM_R_ANSWERED &&
		    (!found || sa->created <= found->created))
			found = sa;
	}
	return found;
}

static struct isakmp_sa *weakest_of_all(struct isakmp *isakmp)
{
	struct isakmp_sa *sa;

	TAILQ_FOREACH (sa, &isakmp->sas, entry)
		if (isakmp_sa_is_half_open(sa) && sa->state == MM_R_ANSWERED)
			return sa;
	return NULL;
}

/* Full: an older one goes that has not shown yet that its sender can be
 * reached, so that a flood with false addresses locks nobody out for long. */
static bool admit(struct isakmp *isakmp, const struct ip_addr *peer)
{
	struct isakmp_sa *victim;
	unsigned int n;

	victim = weakest(isakmp, peer, &n);
	if (n < HALF_OPEN_PER_PEER) {
		if (isakmp->n_half_open < HALF_OPEN_MAX)
			return true;
		victim = weakest_of_all(isakmp);
	}
	if (!victim) {
		isakmp->counters.refused_half_open++;
		return false;
	}
	isakmp->counters.evicted_half_open++;
	isakmp_sa_end(victim,
		      ISAKMP_FAULT(INVALID_COOKIE, "too many negotiations"));
	return true;
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

	isakmp_debug(isakmp, "ISAKMP:(0):phase 1 of %s refused: %s",
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
	if (!isakmp_keyring_find(&isakmp->keyring, &remote->addr))
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
	isakmp_sa_vendor_ids(sa, &m);
	isakmp_taken_set(&sa->taken, datagram);
	env_timer_set(isakmp->env, &sa->expiry, SEC(HALF_OPEN_LIFETIME),
		      half_open_expired, sa);
	answer(sa, body, transform, number);
}
