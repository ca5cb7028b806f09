/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/kept.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void kept_fini(struct kept *kept)
{
	size_t i;

	for (i = 0; i < kept->n; i++)
		free(kept->v[i].text);
	free(kept->v);
	*kept = (struct kept){ 0 };
}

static size_t find(const struct kept *kept, const char *key)
{
	size_t i;

	for (i = 0; i < kept->n; i++)
		if (!strcmp(kept->v[i].key, key))
			break;
	return i;
}

const char *kept_get(const struct kept *kept, const char *key)
{
	size_t i = find(kept, key);

	return i < kept->n ? kept->v[i].text : NULL;
}

void kept_set(struct kept *kept, const char *key, const char *text)
{
	size_t i = find(kept, key);

	if (i == kept->n) {
		if (!text)
			return;
		kept->v = xrealloc(kept->v, kept->n + 1, sizeof(*kept->v));
		kept->v[kept->n++] = (struct kept_line){ .key = key };
	}
	free(kept->v[i].text);
	kept->v[i].text = text ? xstrdup(text) : NULL;
	if (!text)
		kept->v[i] = kept->v[--kept->n];
}
