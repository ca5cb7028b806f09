/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Main mode with pre-shared keys (RFC 2409 5.4), both roles, from message 2
 * on.  The table at the end says what each state takes and where it leads. */
#include "isakmp/isakmp_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	NAT_D = 20,	    /* RFC 3947 */
	NAT_D_DRAFT = 130,  /* its drafts */
	MESSAGE_MAX = 8192, /* of what we send */
};

/* One kind of message that a state waits for, or the job that it waits for. */
struct step {
	bool encrypted;
	uint8_t need[2]; /* each once; others: may() */
	/* Checks m and keeps what is good; changes nothing on a fault. */
	struct isakmp_fault (*take)(struct isakmp_sa *sa,
				    const struct isakmp_message *m);
	/* After that, in the next state. */
	void (*go)(struct isakmp_sa *sa);
	/* The job is done; false: what the peer sent was no good. */
	bool (*done)(struct isakmp_sa *sa, const uint8_t *public,
		     const uint8_t *shared);
	enum mm_state next, undo;
};

static const struct step steps[MM_N_STATES];

/* What IOS's debugging calls the states. */
static const char *const ike_states[MM_N_STATES] = {
	[MM_OFFERED] = "IKE_I_MM1",	[MM_I_MAKING_KE] = "IKE_I_MM2",
	[MM_I_KE_SENT] = "IKE_I_MM3",	[MM_I_SHARING] = "IKE_I_MM4",
	[MM_I_AUTH_SENT] = "IKE_I_MM5", [MM_R_ANSWERED] = "IKE_R_MM2",
	[MM_R_SHARING] = "IKE_R_MM3",	[MM_R_KE_SENT] = "IKE_R_MM4",
	[MM_UP] = "IKE_P1_COMPLETE",
};

static void enter(struct isakmp_sa *sa, enum mm_state state)
{
	sa_debug(sa, EVENT, "Old State = %s  New State = %s",
		 ike_states[sa->state], ike_states[state]);
	sa->state = state;
}

static void fail(struct isakmp_sa *sa, struct isakmp_fault why)
{
	sa->isakmp->counters.failed++;
	isakmp_sa_end(sa, why);
}

/* Retransmission, which is the initiator's work: a responder only answers
 * repeated questions, or it would be an amplifier. */

static void retry(void *arg)
{
	struct isakmp_sa *sa = arg;

	if (sa->tries++ >= ISAKMP_RETRIES) {
		fail(sa, ISAKMP_FAULT(INVALID_COOKIE, "the peer is silent"));
		return;
	}
	sa_debug(sa, EVENT, "retransmitting phase 1 %s, attempt %u of %d",
		 isakmp_sa_state_name(sa), sa->tries, ISAKMP_RETRIES);
	isakmp_transmit(sa, sa->sent.data, sa->sent.len);
	env_timer_set(sa->isakmp->env, &sa->retry,
		      isakmp_retry_delay(sa->tries), retry, sa);
}

static void repeated(struct isakmp_sa *sa)
{
	sa->isakmp->counters.duplicates++;
	sa_debug(sa, EVENT,
		 "phase 1 packet is a duplicate of a previous "
		 "packet.");
	if (sa->initiator || sa->state == MM_R_SHARING || !sa->sent.data ||
	    sa->sent.reanswers++ >= REANSWERS_MAX)
		return;
	isakmp_transmit(sa, sa->sent.data, sa->sent.len);
}

/* Sending */

static void header_write(const struct isakmp_sa *sa, struct wr *w,
			 uint8_t first, size_t body, bool encrypt)
{
	struct isakmp_header h = {
		.next_payload = first,
		.version = ISAKMP_VERSION,
		.exchange = ISAKMP_MAIN_MODE,
		.flags = encrypt ? ISAKMP_F_ENCRYPTION : 0,
		.length = (uint32_t)(ISAKMP_HEADER_SIZE + body),
	};

	memcpy(h.icookie, sa->icookie, ISAKMP_COOKIE);
	memcpy(h.rcookie, sa->rcookie, ISAKMP_COOKIE);
	isakmp_header_write(w, &h);
}

void isakmp_main_send(struct isakmp_sa *sa, uint8_t first, const void *chain,
		      size_t len, bool encrypt)
{
	size_t block = isakmp_cipher_block(sa->keys.cipher.encr);
	size_t pad = encrypt ? (block - len % block) % block : 0;
	uint8_t buf[MESSAGE_MAX];
	struct wr w = wr_init(buf, sizeof(buf));

	header_write(sa, &w, first, len + pad, encrypt);
	wr_bytes(&w, chain, len);
	wr_zero(&w, pad);
	if (!wr_ok(&w))
		return;
	if (encrypt) {
		if (!isakmp_cipher_run(&sa->keys.cipher, true, sa->iv,
				       buf + ISAKMP_HEADER_SIZE, len + pad))
			return;
		memcpy(sa->iv, buf + wr_at(&w) - block, block);
	}
	isakmp_sent_set(&sa->sent, buf, wr_at(&w));
	isakmp_transmit(sa, buf, wr_at(&w));
	if (!sa->initiator)
		return;
	sa->tries = 0;
	env_timer_set(sa->isakmp->env, &sa->retry,
		      isakmp_retry_delay(sa->tries), retry, sa);
}

static void keep_offer(struct isakmp_negotiation *neg, const uint8_t *body,
		       size_t len)
{
	neg->sai_b = xmemdup(body, len);
	neg->sai_len = len;
}

bool isakmp_main_start(struct isakmp_sa *sa)
{
	uint8_t buf[MESSAGE_MAX / 2];
	struct wr w = wr_init(buf, sizeof(buf));
	size_t begin = isakmp_payload_begin(&w, ISAKMP_VENDOR_ID);
	size_t body = wr_at(&w);

	if (!isakmp_offer_write(&sa->isakmp->policies, &w))
		return false;
	keep_offer(sa->neg, buf + body, wr_at(&w) - body);
	isakmp_payload_end(&w, begin);
	isakmp_vendor_ids_write(sa->isakmp, &w);
	sa_debug(sa, EVENT, "beginning Main Mode exchange");
	isakmp_main_send(sa, ISAKMP_SA, buf, wr_at(&w), false);
	return true;
}

struct isakmp_seen isakmp_main_seen(const struct isakmp_sa *sa)
{
	const struct isakmp_negotiation *neg = sa->neg;
	size_t len = isakmp_dh_public_len(sa->chosen.group);

	return (struct isakmp_seen){
		.hash = sa->chosen.hash,
		.encr = sa->chosen.encr,
		.key_bits = sa->chosen.key_bits,
		.icookie = sa->icookie,
		.rcookie = sa->rcookie,
		.ni = { neg->ni, neg->ni_len },
		.nr = { neg->nr, neg->nr_len },
		.gxi = { neg->gxi, len },
		.gxr = { neg->gxr, len },
		.sai_b = { neg->sai_b, neg->sai_len },
	};
}

/* Messages 3 and 4 */
static void send_ke(struct isakmp_sa *sa)
{
	const struct isakmp_negotiation *neg = sa->neg;
	uint8_t buf[ISAKMP_DH_PUBLIC_MAX + NONCE_MAX + 8];
	struct wr w = wr_init(buf, sizeof(buf));
	size_t begin = isakmp_payload_begin(&w, ISAKMP_NONCE);

	wr_bytes(&w, sa->initiator ? neg->gxi : neg->gxr,
		 isakmp_dh_public_len(sa->chosen.group));
	isakmp_payload_end(&w, begin);
	begin = isakmp_payload_begin(&w, ISAKMP_NONE);
	wr_bytes(&w, sa->initiator ? neg->ni : neg->nr, NONCE_LEN);
	isakmp_payload_end(&w, begin);
	isakmp_main_send(sa, ISAKMP_KE, buf, wr_at(&w), false);
}

/* Diffie-Hellman, on another thread: everything it needs is in here. */
struct dh_work {
	struct isakmp_sa *sa; /* only for done() when it was not cancelled */
	unsigned int group;
	uint8_t private[ISAKMP_DH_PRIVATE_MAX];
	bool make, share, ok;
	uint8_t public[ISAKMP_DH_PUBLIC_MAX];
	uint8_t peer[ISAKMP_DH_PUBLIC_MAX];
	uint8_t shared[ISAKMP_DH_SHARED_MAX];
};

static void dh_run(void *arg)
{
	struct dh_work *work = arg;

	/* First what may fail by the peer's fault. */
	work->ok = (!work->share ||
		    isakmp_dh_shared(work->group, work->private, work->peer,
				     isakmp_dh_public_len(work->group),
				     work->shared)) &&
		   (!work->make ||
		    isakmp_dh_public(work->group, work->private, work->public));
}

/* Back to where the message came, for the true one may still come.  A responder
 * keeps an SA that has failed too often until it expires: were it to go, its
 * place would be free for the next series of failures. */
static void undo(struct isakmp_sa *sa)
{
	sa_debug(sa, ERROR, "the peer's public value is bad");
	isakmp_log_bad(sa->isakmp, &sa->remote);
	if (++sa->neg->dh_failures >= DH_FAILURES_MAX && sa->initiator) {
		fail(sa, ISAKMP_FAULT(INVALID_KEY_INFORMATION,
				      "bad public values"));
		return;
	}
	memmove(sa->taken, sa->taken + 1,
		sizeof(sa->taken) - sizeof(sa->taken[0]));
	sa->taken[MM_TAKEN - 1].set = false;
	enter(sa, steps[sa->state].undo);
	if (sa->initiator)
		env_timer_set(sa->isakmp->env, &sa->retry,
			      isakmp_retry_delay(sa->tries), retry, sa);
}

static void dh_done(void *arg, bool ok)
{
	struct dh_work *work = arg;
	struct isakmp_sa *sa = work->sa;

	if (ok) {
		isakmp_sa_hold(sa);
		if (!work->ok)
			undo(sa);
		else if (steps[sa->state].done(sa, work->public, work->shared))
			enter(sa, steps[sa->state].next);
		else
			fail(sa, ISAKMP_FAULT(AUTHENTICATION_FAILED,
					      "no key for the peer any more"));
		isakmp_sa_release(sa);
	}
	bytes_wipe(work, sizeof(*work));
	free(work);
}

static void dh_start(struct isakmp_sa *sa, bool make, bool share)
{
	struct isakmp_negotiation *neg = sa->neg;
	struct dh_work *work = xcalloc(1, sizeof(*work));

	if (make)
		env_random(sa->isakmp->env, neg->private,
			   isakmp_dh_private_len(sa->chosen.group));
	work->sa = sa;
	work->group = sa->chosen.group;
	work->make = make;
	work->share = share;
	memcpy(work->private, neg->private, sizeof(work->private));
	memcpy(work->peer, sa->initiator ? neg->gxr : neg->gxi,
	       sizeof(work->peer));
	env_job(sa->isakmp->env, &sa->job, dh_run, dh_done, work);
}

static bool derive(struct isakmp_sa *sa, const uint8_t *shared)
{
	const struct isakmp_psk *psk = isakmp_psk_for(sa->isakmp, &sa->remote);
	struct isakmp_seen all = isakmp_main_seen(sa);

	if (!psk || !isakmp_skeyid_derive(
			    &sa->keys, &all, psk->secret, strlen(psk->secret),
			    shared, isakmp_dh_shared_len(sa->chosen.group)))
		return false;
	memcpy(sa->iv, sa->keys.iv, sizeof(sa->iv));
	sa_debug(sa, EVENT, "SKEYID state generated");
	return true;
}

static bool initiator_made_ke(struct isakmp_sa *sa, const uint8_t *public,
			      const uint8_t *shared)
{
	(void)shared;
	memcpy(sa->neg->gxi, public, ISAKMP_DH_PUBLIC_MAX);
	send_ke(sa);
	return true;
}

static bool initiator_shared(struct isakmp_sa *sa, const uint8_t *public,
			     const uint8_t *shared)
{
	(void)public;
	if (!derive(sa, shared))
		return false;
	isakmp_auth_send(sa);
	return true;
}

static bool responder_shared(struct isakmp_sa *sa, const uint8_t *public,
			     const uint8_t *shared)
{
	memcpy(sa->neg->gxr, public, ISAKMP_DH_PUBLIC_MAX);
	if (!derive(sa, shared))
		return false;
	isakmp_half_open_for(sa, HALF_OPEN_KE_LIFETIME);
	send_ke(sa);
	return true;
}

/* Message 2 */

static struct isakmp_fault take_answer(struct isakmp_sa *sa,
				       const struct isakmp_message *m)
{
	struct isakmp_proposal chosen;
	struct isakmp_fault fault;

	fault = isakmp_answer_read(&sa->isakmp->policies,
				   isakmp_find(m, ISAKMP_SA)->body, &chosen);
	if (fault.notify)
		return fault;
	sa->chosen = chosen;
	memcpy(sa->rcookie, m->header.rcookie, ISAKMP_COOKIE);
	isakmp_sa_vendor_ids(sa, m);
	isakmp_debug_proposal(sa);
	return ISAKMP_OK;
}

static void make_ke(struct isakmp_sa *sa)
{
	env_random(sa->isakmp->env, sa->neg->ni, NONCE_LEN);
	sa->neg->ni_len = NONCE_LEN;
	dh_start(sa, true, false);
}

/* Messages 3 and 4 */

static struct isakmp_fault take_ke(struct isakmp_sa *sa,
				   const struct isakmp_message *m)
{
	struct isakmp_negotiation *neg = sa->neg;
	struct rd ke = isakmp_find(m, ISAKMP_KE)->body;
	struct rd nonce = isakmp_find(m, ISAKMP_NONCE)->body;
	size_t nonce_len = rd_left(&nonce);

	if (neg->dh_failures >= DH_FAILURES_MAX)
		return ISAKMP_FAULT(INVALID_KEY_INFORMATION,
				    "too many bad public values before");
	if (!isakmp_dh_plausible(sa->chosen.group, ke.p, rd_left(&ke)))
		return ISAKMP_FAULT(INVALID_KEY_INFORMATION,
				    "public value is none of the group's");
	if (nonce_len < NONCE_MIN || nonce_len > NONCE_MAX)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "nonce of a wrong length");
	rd_copy(&ke, sa->initiator ? neg->gxr : neg->gxi, rd_left(&ke));
	rd_copy(&nonce, sa->initiator ? neg->nr : neg->ni, nonce_len);
	*(sa->initiator ? &neg->nr_len : &neg->ni_len) = nonce_len;
	return ISAKMP_OK;
}

static void share(struct isakmp_sa *sa)
{
	dh_start(sa, false, true);
}

static void make_and_share(struct isakmp_sa *sa)
{
	env_random(sa->isakmp->env, sa->neg->nr, NONCE_LEN);
	sa->neg->nr_len = NONCE_LEN;
	dh_start(sa, true, true);
}

static void go_up(struct isakmp_sa *sa)
{
	isakmp_sa_set_up(sa, sa->neg->initial_contact);
}

static void answer_and_go_up(struct isakmp_sa *sa)
{
	isakmp_auth_send(sa);
	go_up(sa);
}

static const struct step steps[MM_N_STATES] = {
	[MM_OFFERED] = { .need = { ISAKMP_SA },
			 .take = take_answer,
			 .go = make_ke,
			 .next = MM_I_MAKING_KE },
	[MM_I_MAKING_KE] = { .done = initiator_made_ke,
			     .next = MM_I_KE_SENT,
			     .undo = MM_OFFERED },
	[MM_I_KE_SENT] = { .need = { ISAKMP_KE, ISAKMP_NONCE },
			   .take = take_ke,
			   .go = share,
			   .next = MM_I_SHARING },
	[MM_I_SHARING] = { .done = initiator_shared,
			   .next = MM_I_AUTH_SENT,
			   .undo = MM_I_KE_SENT },
	[MM_I_AUTH_SENT] = { .encrypted = true,
			     .need = { ISAKMP_ID, ISAKMP_HASH },
			     .take = isakmp_auth_take,
			     .go = go_up,
			     .next = MM_UP },
	[MM_R_ANSWERED] = { .need = { ISAKMP_KE, ISAKMP_NONCE },
			    .take = take_ke,
			    .go = make_and_share,
			    .next = MM_R_SHARING },
	[MM_R_SHARING] = { .done = responder_shared,
			   .next = MM_R_KE_SENT,
			   .undo = MM_R_ANSWERED },
	[MM_R_KE_SENT] = { .encrypted = true,
			   .need = { ISAKMP_ID, ISAKMP_HASH },
			   .take = isakmp_auth_take,
			   .go = answer_and_go_up,
			   .next = MM_UP },
	[MM_UP] = { .next = MM_UP },
};

/* Beside what a step needs. */
static bool may(uint8_t type)
{
	return type == ISAKMP_VENDOR_ID || type == ISAKMP_NOTIFICATION ||
	       type == ISAKMP_CERTREQ || type == NAT_D || type == NAT_D_DRAFT;
}

static struct isakmp_fault check_payloads(const struct step *step,
					  const struct isakmp_message *m)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(step->need); i++)
		if (step->need[i] && !isakmp_find(m, step->need[i]))
			return ISAKMP_FAULT(PAYLOAD_MALFORMED,
					    "a payload is missing or double");
	for (i = 0; i < m->n; i++)
		if (m->payloads[i].type != step->need[0] &&
		    m->payloads[i].type != step->need[1] &&
		    !may(m->payloads[i].type))
			return ISAKMP_FAULT(INVALID_PAYLOAD_TYPE,
					    "a payload that does not belong");
	return ISAKMP_OK;
}

static struct isakmp_fault take(struct isakmp_sa *sa, const struct step *step,
				const struct isakmp_header *h,
				struct rd datagram, uint8_t **plain,
				size_t *plain_len)
{
	struct isakmp_message m = { 0 };
	struct isakmp_fault fault;

	if (step->encrypted) {
		fault = isakmp_open(sa, h, datagram, sa->iv, plain, plain_len,
				    &m);
	} else {
		rd_skip(&datagram, ISAKMP_HEADER_SIZE);
		m.header = *h;
		fault = isakmp_chain_parse(datagram, h->next_payload, &m);
	}
	if (!fault.notify) {
		isakmp_debug_payloads(sa, &m);
		fault = check_payloads(step, &m);
	}
	return fault.notify ? fault : step->take(sa, &m);
}

/* A message that is wrong changes nothing: it need not be the peer's. */
static void refused(struct isakmp_sa *sa, const struct step *step,
		    struct isakmp_fault fault)
{
	sa->isakmp->counters.malformed++;
	sa_debug(sa, ERROR, "message in %s refused: %s",
		 isakmp_sa_state_name(sa), fault.text);
	if (step->encrypted)
		isakmp_log_bad(sa->isakmp, &sa->remote);
}

static void taken(struct isakmp_sa *sa, const struct step *step,
		  struct rd datagram)
{
	size_t block = isakmp_cipher_block(sa->keys.cipher.encr);

	memmove(sa->taken + 1, sa->taken,
		sizeof(sa->taken) - sizeof(sa->taken[0]));
	isakmp_taken_set(&sa->taken[0], datagram);
	if (step->encrypted)
		memcpy(sa->iv, datagram.end - block, block);
	env_timer_cancel(sa->isakmp->env, &sa->retry);
	enter(sa, step->next);
	step->go(sa);
}

/* Taken before the last one: the peer needs no answer to it any more. */
static bool is_old(const struct isakmp_sa *sa, struct rd datagram)
{
	size_t i;

	for (i = 1; i < MM_TAKEN; i++)
		if (isakmp_taken_is(&sa->taken[i], datagram))
			return true;
	return false;
}

void isakmp_main_message(struct isakmp_sa *sa, const struct isakmp_header *h,
			 struct rd datagram)
{
	const struct step *step = &steps[sa->state];
	struct isakmp_fault fault;
	uint8_t *plain = NULL;
	size_t plain_len = 0;

	if (isakmp_taken_is(&sa->taken[0], datagram)) {
		repeated(sa);
		return;
	}
	if (is_old(sa, datagram)) {
		sa->isakmp->counters.duplicates++;
		return;
	}
	if (!step->take || h->message_id) {
		sa->isakmp->counters.unexpected++;
		return;
	}
	if (step->encrypted != !!(h->flags & ISAKMP_F_ENCRYPTION)) {
		if (step->encrypted)
			isakmp_log_clear(sa->isakmp, &sa->remote);
		else
			sa->isakmp->counters.unexpected++;
		return;
	}
	fault = take(sa, step, h, datagram, &plain, &plain_len);
	if (plain) {
		bytes_wipe(plain, plain_len);
		free(plain);
	}
	if (fault.notify)
		refused(sa, step, fault);
	else
		taken(sa, step, datagram);
}
