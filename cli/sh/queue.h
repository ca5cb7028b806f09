/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A queue of octets: what was typed and not read yet, what was printed and
 * not sent yet.  It grows as needed; its users bound it by not reading more
 * (QUEUE_FULL), which lets TCP or the tty hold the rest back. */
#ifndef CLI_SH_QUEUE_H
#define CLI_SH_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Above this many octets the source of a queue is not read. */
#define QUEUE_FULL (256 * 1024)

struct queue {
	uint8_t *data;
	size_t head, len, cap;
};

void queue_free(struct queue *q);
void queue_push(struct queue *q, const void *data, size_t len);
/* The oldest octet; the queue must not be empty. */
uint8_t queue_peek(const struct queue *q);
uint8_t queue_pop(struct queue *q);
/* The oldest octets where they stand, *len of them; good until the next call
 * that changes the queue. */
const uint8_t *queue_data(const struct queue *q, size_t *len);
void queue_drop(struct queue *q, size_t len);

static inline bool queue_is_empty(const struct queue *q)
{
	return q->len == 0;
}

static inline bool queue_is_full(const struct queue *q)
{
	return q->len >= QUEUE_FULL;
}

#endif
