/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the peer's messages, put together.  The peer has proved who it is,
 * but not that it is in its senses: one message at a time, of bounded size. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/coop_link_priv.h"

static void empty(struct coop_link *link)
{
	struct coop_inbox *in = &link->in;

	env_timer_cancel(coop_link_env(link), &in->timer);
	keybuf_free(&in->data);
	free(in->got);
	in->got = NULL;
	in->n_got = 0;
	in->octets = 0;
}

void coop_inbox_fini(struct coop_link *link)
{
	empty(link);
}

static void give_up(void *arg)
{
	struct coop_link *link = arg;

	empty(link);
	link->in.state = COOP_INBOX_GIVEN_UP;
}

static bool is_past(const struct coop_inbox *in, uint32_t stream)
{
	size_t i;

	for (i = 0; i < in->n_past && i < COOP_STREAMS_PAST; i++)
		if (in->past[i] == stream)
			return true;
	return false;
}

/* The peer has begun anew. */
static void switch_stream(struct coop_link *link, uint32_t stream)
{
	struct coop_inbox *in = &link->in;

	if (in->known)
		in->past[in->n_past++ % COOP_STREAMS_PAST] = in->stream;
	empty(link);
	in->known = true;
	in->stream = stream;
	in->state = COOP_INBOX_NONE;
}

static void begin(struct coop_link *link, const struct coop_pdu *pdu)
{
	struct coop_inbox *in = &link->in;

	empty(link);
	in->state = COOP_INBOX_OPEN;
	in->number = pdu->number;
	in->count = pdu->count;
	in->data.data = xcalloc(1, pdu->total);
	in->data.len = pdu->total;
	in->got = xcalloc(1, pdu->count);
}

static uint8_t add(struct coop_link *link, const struct coop_pdu *pdu,
		   bool *whole)
{
	struct coop_inbox *in = &link->in;
	struct rd octets = pdu->octets;

	if (pdu->total != in->data.len || pdu->count != in->count)
		return 0;
	if (in->got[pdu->index])
		return COOP_PART_ACK;
	in->got[pdu->index] = 1;
	in->octets += ISAKMP_GENERIC_SIZE + COOP_PDU_HEADER + rd_left(&octets);
	rd_copy(&octets,
		in->data.data + coop_pdu_at(pdu->total, pdu->count, pdu->index),
		rd_left(&octets));
	if (++in->n_got < in->count) {
		env_timer_set(coop_link_env(link), &in->timer,
			      SEC(COOP_ASSEMBLY), give_up, link);
		return COOP_PART_ACK;
	}
	env_timer_cancel(coop_link_env(link), &in->timer);
	in->state = COOP_INBOX_DONE;
	*whole = true;
	return COOP_PART_DONE;
}

uint8_t coop_inbox_take(struct coop_link *link, const struct coop_pdu *pdu,
			bool *whole)
{
	struct coop_inbox *in = &link->in;
	int32_t ahead;

	*whole = false;
	if (!in->known || in->stream != pdu->stream) {
		if (is_past(in, pdu->stream))
			return COOP_PART_REFUSED;
		switch_stream(link, pdu->stream);
	}
	ahead = (int32_t)(pdu->number - in->number);
	if (in->state == COOP_INBOX_NONE || ahead > 0)
		begin(link, pdu);
	else if (ahead < 0 || in->state == COOP_INBOX_GIVEN_UP)
		return COOP_PART_REFUSED;
	else if (in->state == COOP_INBOX_DONE)
		return COOP_PART_DONE;
	return add(link, pdu, whole);
}

/* The user may close the link: the message is out of its hands. */
void coop_inbox_deliver(struct coop_link *link)
{
	struct coop_inbox *in = &link->in;
	struct keybuf data = in->data;
	size_t octets = in->octets;

	in->data = (struct keybuf){ 0 };
	empty(link);
	if (!link->closed)
		link->ops->received(link->ctx, rd_init(data.data, data.len),
				    octets);
	keybuf_free(&data);
}
