/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/capture_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void capture_store_init(struct capture_store *s, size_t size, bool circular)
{
	memset(s, 0, sizeof(*s));
	STAILQ_INIT(&s->packets);
	s->size = size;
	s->circular = circular;
}

static void drop_first(struct capture_store *s)
{
	struct capture_packet *p = STAILQ_FIRST(&s->packets);

	STAILQ_REMOVE_HEAD(&s->packets, link);
	s->used -= sizeof(*p) + p->kept;
	s->n--;
	free(p);
}

void capture_store_clear(struct capture_store *s)
{
	while (s->n)
		drop_first(s);
	s->dropped = 0;
}

bool capture_store_add(struct capture_store *s, const struct capture_packet *p,
		       const uint8_t *data)
{
	size_t need = sizeof(*p) + p->kept;
	struct capture_packet *copy;

	while (s->circular && s->n && s->used + need > s->size) {
		drop_first(s);
		s->dropped++;
	}
	if (s->used + need > s->size) {
		s->dropped++;
		return false;
	}
	copy = xcalloc(1, need);
	memcpy(copy, p, sizeof(*p));
	memcpy(copy->data, data, p->kept);
	STAILQ_INSERT_TAIL(&s->packets, copy, link);
	s->used += need;
	s->n++;
	return true;
}
