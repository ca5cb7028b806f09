/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Informational exchange (RFC 2408 4.8, RFC 2409 5.7): notify, delete, and
 * dead peer detection (RFC 3706).  What comes in the clear is a hint that
 * anybody may have sent: it is counted and changes nothing. */
#include "isakmp/isakmp_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	PROTO_ISAKMP = 1,
	SPI_SIZE = 2 * ISAKMP_COOKIE,
	NOTIFY_DATA_MAX = 1024,
	DPD_ANSWERS_PER_SEC = 5,
};

static void send_sealed(struct isakmp_sa *sa, uint8_t first, const void *body,
			size_t len)
{
	uint8_t iv[ISAKMP_BLOCK_MAX];
	uint32_t message_id;
	uint8_t *data;
	size_t data_len;

	do
		env_random(sa->isakmp->env, &message_id, sizeof(message_id));
	while (!message_id);
	isakmp_skeyid_iv(&sa->keys, sa->iv, message_id, iv);
	data = isakmp_seal(sa, ISAKMP_INFORMATIONAL, message_id, iv,
			   (struct isakmp_part){ "", 0 }, first,
			   (struct isakmp_part){ body, len }, &data_len);
	if (!data)
		return;
	isakmp_transmit(sa, data, data_len);
	free(data);
}

static void notify_write(struct wr *w, uint32_t doi, const uint8_t *icookie,
			 const uint8_t *rcookie, uint16_t notify,
			 const void *data, size_t len)
{
	size_t begin = isakmp_payload_begin(w, ISAKMP_NONE);

	wr_u32(w, doi);
	wr_u8(w, PROTO_ISAKMP);
	wr_u8(w, SPI_SIZE);
	wr_u16(w, notify);
	wr_bytes(w, icookie, ISAKMP_COOKIE);
	wr_bytes(w, rcookie, ISAKMP_COOKIE);
	wr_bytes(w, data, len);
	isakmp_payload_end(w, begin);
}

static void send_notify(struct isakmp_sa *sa, uint32_t doi, uint16_t notify,
			const void *data, size_t len)
{
	uint8_t buf[NOTIFY_DATA_MAX + 64];
	struct wr w = wr_init(buf, sizeof(buf));

	notify_write(&w, doi, sa->icookie, sa->rcookie, notify, data, len);
	sa_debug(sa, EVENT, "sending NOTIFY %s (%u)",
		 isakmp_notify_name(notify), notify);
	if (wr_ok(&w))
		send_sealed(sa, ISAKMP_NOTIFICATION, buf, wr_at(&w));
}

void isakmp_sa_notify(struct isakmp_sa *sa, uint16_t notify, const void *data,
		      size_t len)
{
	if (!sa->dead && sa->state == MM_UP)
		send_notify(sa, GDOI_DOI, notify, data, len);
}

void isakmp_info_fault(struct isakmp_sa *sa, struct isakmp_fault fault)
{
	if (isakmp_rate_ok(sa->isakmp->env, &sa->notifies, SEC(1),
			   NOTIFIES_PER_SEC))
		isakmp_sa_notify(sa, fault.notify, "", 0);
}

void isakmp_info_delete(struct isakmp_sa *sa)
{
	uint8_t buf[64];
	struct wr w = wr_init(buf, sizeof(buf));
	size_t begin = isakmp_payload_begin(&w, ISAKMP_NONE);

	wr_u32(&w, IPSEC_DOI); /* every peer knows a delete of that DOI */
	wr_u8(&w, PROTO_ISAKMP);
	wr_u8(&w, SPI_SIZE);
	wr_u16(&w, 1);
	wr_bytes(&w, sa->icookie, ISAKMP_COOKIE);
	wr_bytes(&w, sa->rcookie, ISAKMP_COOKIE);
	isakmp_payload_end(&w, begin);
	sa_debug(sa, EVENT, "sending DELETE of the SA");
	send_sealed(sa, ISAKMP_DELETE, buf, wr_at(&w));
}

void isakmp_info_clear(struct isakmp *isakmp, const struct endpoint *local,
		       const struct endpoint *remote,
		       const struct isakmp_header *about, uint16_t notify)
{
	struct isakmp_header h = *about;
	uint8_t buf[ISAKMP_HEADER_SIZE + 64];
	uint8_t body[64];
	struct wr in = wr_init(body, sizeof(body));
	struct wr w = wr_init(buf, sizeof(buf));

	notify_write(&in, GDOI_DOI, h.icookie, h.rcookie, notify, "", 0);
	h.next_payload = ISAKMP_NOTIFICATION;
	h.version = ISAKMP_VERSION;
	h.exchange = ISAKMP_INFORMATIONAL;
	h.flags = 0;
	h.message_id = 0;
	h.length = (uint32_t)(ISAKMP_HEADER_SIZE + wr_at(&in));
	isakmp_header_write(&w, &h);
	wr_bytes(&w, body, wr_at(&in));
	if (wr_ok(&w))
		env_send(isakmp->env, local, remote, buf, wr_at(&w));
}

/* Dead peer detection */

static int64_t dpd_interval(const struct isakmp *isakmp)
{
	return SEC(isakmp->keepalive.seconds);
}

static void dpd_fire(void *arg)
{
	struct isakmp_sa *sa = arg;
	struct isakmp *isakmp = sa->isakmp;
	uint8_t sequence[4];
	struct wr w = wr_init(sequence, sizeof(sequence));

	if (!isakmp->keepalive.seconds)
		return;
	if (sa->dpd_tries >= DPD_TRIES) {
		isakmp->counters.dead_peers++;
		isakmp_sa_end(sa,
			      ISAKMP_FAULT(INVALID_COOKIE, "the peer is dead"));
		return;
	}
	if (!sa->dpd_tries++)
		sa->dpd_sent++;
	wr_u32(&w, sa->dpd_sent);
	sa_debug(sa, DETAIL, "DPD/R_U_THERE sequence 0x%X, attempt %u of %d",
		 sa->dpd_sent, sa->dpd_tries, DPD_TRIES);
	send_notify(sa, IPSEC_DOI, ISAKMP_N_R_U_THERE, sequence,
		    sizeof(sequence));
	env_timer_set(isakmp->env, &sa->dpd, SEC(isakmp->keepalive.retry),
		      dpd_fire, sa);
}

static void dpd_number(struct isakmp_sa *sa)
{
	if (sa->dpd_sent)
		return;
	env_random(sa->isakmp->env, &sa->dpd_sent, sizeof(sa->dpd_sent));
	sa->dpd_sent &= 0x3fffffff; /* RFC 3706 6.2: top bit clear */
}

/* Also when the configuration has changed. */
void isakmp_dpd_start(struct isakmp_sa *sa)
{
	struct isakmp *isakmp = sa->isakmp;

	env_timer_cancel(isakmp->env, &sa->dpd);
	sa->dpd_tries = 0;
	if (!sa->peer_dpd || sa->state != MM_UP || !isakmp->keepalive.seconds ||
	    !isakmp->keepalive.periodic)
		return;
	dpd_number(sa);
	env_timer_set(isakmp->env, &sa->dpd, dpd_interval(isakmp), dpd_fire,
		      sa);
}

/* RFC 3706 5.5: who has nothing to say need not know whether the peer is
 * alive; who waits for it asks, once it was silent for the interval. */
void isakmp_dpd_worry(struct isakmp_sa *sa)
{
	struct isakmp *isakmp = sa->isakmp;

	if (!sa->peer_dpd || sa->state != MM_UP || sa->dead || sa->dpd ||
	    !isakmp->keepalive.seconds || isakmp->keepalive.periodic ||
	    env_now(isakmp->env) - sa->heard < dpd_interval(isakmp))
		return;
	dpd_number(sa);
	dpd_fire(sa);
}

bool isakmp_sa_is_proven(const struct isakmp_sa *sa)
{
	return env_now(sa->isakmp->env) - sa->heard < ISAKMP_PROOF;
}

void isakmp_dpd_heard(struct isakmp_sa *sa)
{
	sa->heard = env_now(sa->isakmp->env);
	sa->suspect = false;
}

static void dpd_asked(struct isakmp_sa *sa, struct rd data)
{
	uint32_t sequence = rd_u32(&data);
	uint8_t answer[4];
	struct wr w = wr_init(answer, sizeof(answer));

	/* A repeated number is a repeated question; an older one a replay. */
	if (!rd_done(&data) ||
	    (sa->dpd_got_any && (int32_t)(sequence - sa->dpd_got) < 0) ||
	    !isakmp_rate_ok(sa->isakmp->env, &sa->notifies, SEC(1),
			    DPD_ANSWERS_PER_SEC))
		return;
	sa_debug(sa, DETAIL, "DPD/R_U_THERE received, sequence 0x%X", sequence);
	sa->dpd_got = sequence;
	sa->dpd_got_any = true;
	wr_u32(&w, sequence);
	send_notify(sa, IPSEC_DOI, ISAKMP_N_R_U_THERE_ACK, answer,
		    sizeof(answer));
}

static void dpd_answered(struct isakmp_sa *sa, struct rd data)
{
	if (rd_u32(&data) != sa->dpd_sent || !rd_done(&data) || !sa->dpd_tries)
		return;
	sa_debug(sa, DETAIL, "DPD/R_U_THERE_ACK received, sequence 0x%X",
		 sa->dpd_sent);
	isakmp_dpd_heard(sa);
	isakmp_dpd_start(sa);
}

/* What comes in, authenticated */

static bool is_this_sa(const struct isakmp_sa *sa, struct rd *spi)
{
	const uint8_t *p = rd_bytes(spi, SPI_SIZE);

	return p && !memcmp(p, sa->icookie, ISAKMP_COOKIE) &&
	       !memcmp(p + ISAKMP_COOKIE, sa->rcookie, ISAKMP_COOKIE);
}

static void got_notify(struct isakmp_sa *sa, struct rd r)
{
	struct isakmp *isakmp = sa->isakmp;
	uint16_t notify;
	uint8_t spi_size;
	struct rd spi;

	rd_skip(&r, 5); /* DOI, protocol */
	spi_size = rd_u8(&r);
	notify = rd_u16(&r);
	spi = rd_sub(&r, spi_size);
	if (r.bad)
		return;
	sa_debug(sa, EVENT, "processing NOTIFY %s (%u)",
		 isakmp_notify_name(notify), notify);
	if (notify == ISAKMP_N_R_U_THERE || notify == ISAKMP_N_R_U_THERE_ACK) {
		if (!is_this_sa(sa, &spi))
			return;
		if (notify == ISAKMP_N_R_U_THERE)
			dpd_asked(sa, r);
		else
			dpd_answered(sa, r);
		return;
	}
	isakmp_exchanges_notified(sa, notify, r);
	if (isakmp->on_notify && !sa->dead)
		isakmp->on_notify(isakmp->on_notify_ctx, sa, notify, r);
}

static void got_delete(struct isakmp_sa *sa, struct rd r)
{
	uint8_t protocol, spi_size;
	unsigned int n;

	rd_skip(&r, 4); /* DOI */
	protocol = rd_u8(&r);
	spi_size = rd_u8(&r);
	n = rd_u16(&r);
	if (protocol != PROTO_ISAKMP || spi_size != SPI_SIZE ||
	    rd_left(&r) != (size_t)n * SPI_SIZE)
		return;
	while (n--) {
		if (!is_this_sa(sa, &r))
			continue;
		isakmp_sa_end(sa, ISAKMP_FAULT(INVALID_COOKIE,
					       "the peer deleted the SA"));
		return;
	}
}

/* Fresh or not: was_here() remembers a few, so this is no sign of life. */
static void got(struct isakmp_sa *sa, const struct isakmp_message *m)
{
	size_t i;

	for (i = 1; i < m->n && !sa->dead; i++) {
		if (m->payloads[i].type == ISAKMP_NOTIFICATION)
			got_notify(sa, m->payloads[i].body);
		else if (m->payloads[i].type == ISAKMP_DELETE)
			got_delete(sa, m->payloads[i].body);
	}
}

static bool was_here(const struct isakmp_sa *sa, uint32_t message_id)
{
	size_t i;

	for (i = 0; i < INFO_REMEMBERED; i++)
		if (sa->info_ids[i] == message_id)
			return true;
	return false;
}

static void open_and_take(struct isakmp_sa *sa, const struct isakmp_header *h,
			  struct rd datagram, uint8_t **plain, size_t *len)
{
	struct isakmp_message m = { 0 };
	uint8_t iv[ISAKMP_BLOCK_MAX];
	struct isakmp_fault fault;

	isakmp_skeyid_iv(&sa->keys, sa->iv, h->message_id, iv);
	fault = isakmp_open(sa, h, datagram, iv, plain, len, &m);
	if (fault.notify) {
		sa->isakmp->counters.malformed++;
		sa_debug(sa, ERROR, "informational message refused: %s",
			 fault.text);
		return;
	}
	if (!isakmp_hash_check(sa, h->message_id, &m,
			       (struct isakmp_part){ "", 0 })) {
		sa->isakmp->counters.bad_hash++;
		sa_debug(sa, ERROR,
			 "informational message refused: its hash "
			 "is wrong");
		return;
	}
	sa->info_ids[sa->info_at++ % INFO_REMEMBERED] = h->message_id;
	isakmp_debug_payloads(sa, &m);
	got(sa, &m);
}

void isakmp_info_input(struct isakmp_sa *sa, const struct isakmp_header *h,
		       struct rd datagram)
{
	uint8_t *plain = NULL;
	size_t len = 0;

	if (sa->state != MM_UP || !(h->flags & ISAKMP_F_ENCRYPTION)) {
		sa->isakmp->counters.hints++;
		return;
	}
	/* 0 is no message ID, and stands for "none" in the list. */
	if (was_here(sa, h->message_id)) {
		sa->isakmp->counters.duplicates++;
		return;
	}
	open_and_take(sa, h, datagram, &plain, &len);
	if (plain) {
		bytes_wipe(plain, len);
		free(plain);
	}
}
