/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Configuration lines that are kept as they were typed, by what they set. */
#ifndef ROUTER_KEPT_H
#define ROUTER_KEPT_H

#include <stddef.h>

struct kept_line {
	const char *key; /* "load-interval"; constant */
	char *text;	 /* "load-interval 30" */
};

struct kept {
	struct kept_line *v;
	size_t n;
};

void kept_fini(struct kept *kept);
/* The line for the key, or NULL. */
const char *kept_get(const struct kept *kept, const char *key);
/* text NULL: the line goes. */
void kept_set(struct kept *kept, const char *key, const char *text);

#endif
