/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define QUEUE_START 4096 /* octets of the first allocation */

void queue_free(struct queue *q)
{
	if (q->data)
		explicit_bzero(q->data, q->cap);
	free(q->data);
	*q = (struct queue){ 0 };
}

/* Moves what is left to the front, then grows if it still does not fit. */
static void make_room(struct queue *q, size_t more)
{
	size_t cap = q->cap ? q->cap : QUEUE_START;

	if (q->head) {
		memmove(q->data, q->data + q->head, q->len);
		q->head = 0;
	}
	while (cap - q->len < more)
		cap *= 2;
	if (cap != q->cap) {
		q->data = xrealloc(q->data, cap, 1);
		q->cap = cap;
	}
}

void queue_push(struct queue *q, const void *data, size_t len)
{
	if (!len)
		return;
	if (q->cap - q->head - q->len < len)
		make_room(q, len);
	memcpy(q->data + q->head + q->len, data, len);
	q->len += len;
}

uint8_t queue_peek(const struct queue *q)
{
	return q->data[q->head];
}

uint8_t queue_pop(struct queue *q)
{
	uint8_t c = queue_peek(q);

	queue_drop(q, 1);
	return c;
}

const uint8_t *queue_data(const struct queue *q, size_t *len)
{
	*len = q->len;
	return q->data ? q->data + q->head : NULL;
}

/* Passwords go through here too: what is read does not stay. */
void queue_drop(struct queue *q, size_t len)
{
	if (!len)
		return;
	explicit_bzero(q->data + q->head, len);
	q->head += len;
	q->len -= len;
	if (!q->len)
		q->head = 0;
}
