/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages to a peer, one after the other, each in parts of which COOP_WINDOW
 * are on their way at a time, each in an exchange of its own. */
#include <stdlib.h>

#include "base/mem.h"
#include "ks/coop_link_priv.h"

void coop_outbox_init(struct coop_link *link)
{
	struct coop_outbox *out = &link->out;
	size_t i;

	TAILQ_INIT(&out->queue);
	env_random(coop_link_env(link), &out->stream, sizeof(out->stream));
	for (i = 0; i < COOP_WINDOW; i++)
		out->slots[i].link = link;
}

static void message_free(struct coop_message *m)
{
	keybuf_free(&m->data);
	free(m);
}

static void slot_clear(struct coop_slot *slot)
{
	struct isakmp_exchange *x = slot->x;

	env_timer_cancel(coop_link_env(slot->link), &slot->renew);
	slot->used = false;
	slot->x = NULL;
	if (x)
		isakmp_exchange_end(x);
}

static void slots_clear(struct coop_outbox *out)
{
	size_t i;

	for (i = 0; i < COOP_WINDOW; i++)
		slot_clear(&out->slots[i]);
}

void coop_outbox_fini(struct coop_link *link)
{
	struct coop_outbox *out = &link->out;
	struct coop_message *m;

	slots_clear(out);
	while ((m = TAILQ_FIRST(&out->queue))) {
		TAILQ_REMOVE(&out->queue, m, entry);
		message_free(m);
	}
}

/* The head is over.  The user may send, or close the link. */
static void finish(struct coop_link *link, bool arrived)
{
	struct coop_outbox *out = &link->out;
	struct coop_message *m = TAILQ_FIRST(&out->queue);
	size_t octets = out->octets;

	slots_clear(out);
	TAILQ_REMOVE(&out->queue, m, entry);
	out->n--;
	out->next = out->acked = 0;
	out->octets = 0;
	message_free(m);
	if (!link->closed)
		link->ops->sent(link->ctx, arrived, octets);
	else
		coop_session_wake(link->session);
}

/* With those behind it that were dropped. */
static void finish_and_go_on(struct coop_link *link, bool arrived)
{
	struct coop_message *m;

	finish(link, arrived);
	while ((m = TAILQ_FIRST(&link->out.queue)) && m->dropped)
		finish(link, false);
	coop_outbox_run(link);
}

/* --- a part ------------------------------------------------------------------ */

bool coop_pdu_send(struct isakmp_exchange *x, const struct coop_pdu *pdu,
		   bool answered, size_t *octets)
{
	size_t cap =
		ISAKMP_GENERIC_SIZE + COOP_PDU_HEADER + rd_left(&pdu->octets);
	uint8_t *buf = xcalloc(1, cap);
	struct wr w = wr_init(buf, cap);
	size_t payload = isakmp_payload_begin(&w, ISAKMP_NONE);
	bool sent;

	coop_pdu_write(&w, pdu);
	isakmp_payload_end(&w, payload);
	*octets = wr_at(&w);
	sent = wr_ok(&w) && isakmp_exchange_send(x, "", 0, COOP_PAYLOAD, buf,
						 wr_at(&w), answered);
	bytes_wipe(buf, cap);
	free(buf);
	return sent;
}

static struct coop_pdu part(const struct coop_link *link, uint16_t index)
{
	const struct coop_message *m = TAILQ_FIRST(&link->out.queue);
	uint32_t total = (uint32_t)m->data.len;

	return (struct coop_pdu){
		.kind = COOP_PART,
		.id = link->id,
		.stream = link->out.stream,
		.number = m->number,
		.index = index,
		.count = m->count,
		.total = total,
		.octets = rd_init(m->data.data +
					  coop_pdu_at(total, m->count, index),
				  coop_pdu_size(total, m->count, index)),
	};
}

static bool answers(const struct coop_pdu *a, const struct coop_pdu *p)
{
	return a->kind != COOP_PART && gdoi_id_equal(&a->id, &p->id) &&
	       a->stream == p->stream && a->number == p->number &&
	       a->index == p->index && a->count == p->count &&
	       a->total == p->total;
}

static void acknowledged(struct coop_slot *slot)
{
	struct coop_link *link = slot->link;
	struct coop_outbox *out = &link->out;

	slot_clear(slot);
	/* All parts came, but not at the same time: the receiver has begun
	 * anew in between. */
	if (++out->acked == TAILQ_FIRST(&out->queue)->count)
		finish_and_go_on(link, false);
	else
		coop_outbox_run(link);
}

static struct isakmp_fault on_answer(void *ctx, struct isakmp_exchange *x,
				     const struct isakmp_message *m)
{
	struct coop_slot *slot = ctx;
	struct coop_link *link = slot->link;
	struct coop_pdu sent = part(link, slot->index);
	const struct isakmp_payload *p;
	struct coop_pdu pdu;
	const char *wrong;

	if (!isakmp_hash_ok(x, m, "", 0))
		return ISAKMP_FAULT(INVALID_HASH_INFORMATION,
				    "the hash of a COOP answer is wrong");
	p = isakmp_find(m, COOP_PAYLOAD);
	wrong = p ? coop_pdu_read(p->body, &pdu) : "no COOP payload";
	if (wrong)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED, wrong);
	if (!answers(&pdu, &sent))
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "answer to another part");
	link->session->answered_at = env_now(coop_link_env(link));
	if (pdu.kind == COOP_PART_ACK)
		acknowledged(slot);
	else
		finish_and_go_on(link, pdu.kind == COOP_PART_DONE);
	return ISAKMP_OK;
}

/* With its SA; perhaps there is another one. */
static void on_gone(void *ctx, struct isakmp_fault why)
{
	struct coop_slot *slot = ctx;

	(void)why;
	slot->x = NULL;
	env_timer_cancel(coop_link_env(slot->link), &slot->renew);
	coop_session_wake(slot->link->session);
}

static const struct isakmp_exchange_ops ops = {
	.message = on_answer,
	.gone = on_gone,
};

static void slot_send(struct coop_slot *slot);

static void renew(void *arg)
{
	struct coop_slot *slot = arg;
	struct coop_session *s = slot->link->session;
	struct isakmp_exchange *x = slot->x;

	if (!s->sa || (s->sa == isakmp_exchange_sa(x) &&
		       s->answered_at < slot->sent_at)) {
		env_timer_set(s->owner->env, &slot->renew, SEC(COOP_RENEW),
			      renew, slot);
		return;
	}
	slot->x = NULL;
	isakmp_exchange_end(x);
	slot_send(slot);
}

static void slot_send(struct coop_slot *slot)
{
	struct coop_link *link = slot->link;
	struct env *env = coop_link_env(link);
	struct coop_pdu pdu = part(link, slot->index);
	size_t octets;

	slot->x = isakmp_exchange_new(link->session->sa, COOP_EXCHANGE, &ops,
				      slot);
	if (!slot->x)
		return; /* the SA is ending: on to the next one */
	slot->sent_at = env_now(env);
	if (!coop_pdu_send(slot->x, &pdu, true, &octets)) {
		isakmp_exchange_end(slot->x);
		slot->x = NULL;
		return;
	}
	env_timer_set(env, &slot->renew, SEC(COOP_RENEW), renew, slot);
}

/* --- the queue --------------------------------------------------------------- */

static void fill(struct coop_link *link, const struct coop_message *m)
{
	struct coop_outbox *out = &link->out;
	size_t i;

	for (i = 0; i < COOP_WINDOW; i++) {
		struct coop_slot *slot = &out->slots[i];

		if (!slot->used && out->next < m->count) {
			slot->used = true;
			slot->index = out->next++;
			out->octets += ISAKMP_GENERIC_SIZE + COOP_PDU_HEADER +
				       coop_pdu_size((uint32_t)m->data.len,
						     m->count, slot->index);
		}
		if (slot->used && !slot->x)
			slot_send(slot);
	}
}

void coop_outbox_run(struct coop_link *link)
{
	const struct coop_message *m = TAILQ_FIRST(&link->out.queue);

	if (!m || m->dropped)
		return;
	if (link->session->sa)
		fill(link, m);
	else
		coop_session_wake(link->session);
}

void coop_outbox_fail(struct coop_link *link)
{
	while (!TAILQ_EMPTY(&link->out.queue))
		finish(link, false);
}

/* The first of those that wait, if there are too many. */
static void drop_oldest(struct coop_outbox *out)
{
	struct coop_message *m, *oldest = NULL;
	size_t n = 0;

	TAILQ_FOREACH (m, &out->queue, entry) {
		if (m == TAILQ_FIRST(&out->queue) || m->dropped)
			continue;
		n++;
		if (!oldest)
			oldest = m;
	}
	if (n <= COOP_QUEUE)
		return;
	oldest->dropped = true;
	keybuf_free(&oldest->data);
}

static size_t part_size(size_t pdu)
{
	if (!pdu)
		return COOP_PDU;
	if (pdu < COOP_PDU_MIN)
		return COOP_PDU_MIN;
	return pdu < COOP_PART_MAX ? pdu : COOP_PART_MAX;
}

bool coop_outbox_add(struct coop_link *link, const void *message, size_t len,
		     size_t pdu)
{
	struct coop_outbox *out = &link->out;
	struct coop_message *m;
	uint16_t count;

	if (!link->session->sa || out->n >= COOP_QUEUE_ALL ||
	    !coop_pdu_split(len, part_size(pdu), &count))
		return false;
	m = xcalloc(1, sizeof(*m));
	keybuf_set(&m->data, message, len);
	m->number = ++out->number;
	m->count = count;
	TAILQ_INSERT_TAIL(&out->queue, m, entry);
	out->n++;
	drop_oldest(out);
	coop_outbox_run(link);
	return true;
}
