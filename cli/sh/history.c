/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void history_init(struct history *h)
{
	*h = (struct history){ .size = HISTORY_DEFAULT };
}

static void forget_oldest(struct history *h, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(h->lines[i]);
	memmove(h->lines, h->lines + n, (h->len - n) * sizeof(h->lines[0]));
	h->len -= n;
	h->at = h->len;
}

void history_fini(struct history *h)
{
	forget_oldest(h, h->len);
}

void history_set_size(struct history *h, size_t size)
{
	h->size = size < HISTORY_MAX ? size : HISTORY_MAX;
	if (h->len > h->size)
		forget_oldest(h, h->len - h->size);
}

static int is_blank(const char *line)
{
	return line[strspn(line, " \t")] == '\0';
}

void history_add(struct history *h, const char *line)
{
	h->added = false;
	if (!h->size || is_blank(line))
		return;
	if (h->len && !strcmp(h->lines[h->len - 1], line))
		return;
	if (h->len == h->size)
		forget_oldest(h, 1);
	h->lines[h->len++] = xstrdup(line);
	h->at = h->len;
	h->added = true;
}

void history_forget(struct history *h)
{
	char *line;

	if (!h->added || !h->len)
		return;
	h->added = false;
	line = h->lines[--h->len];
	h->at = h->len;
	explicit_bzero(line, strlen(line));
	free(line);
}

void history_rewind(struct history *h)
{
	h->at = h->len;
}

const char *history_older(struct history *h)
{
	return h->at ? h->lines[--h->at] : NULL;
}

const char *history_younger(struct history *h)
{
	if (h->at == h->len)
		return NULL;
	h->at++;
	return h->at < h->len ? h->lines[h->at] : "";
}
