/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which SAs are to be told of because their numbers come to their end: each
 * once, on every interface that uses it.  Control thread. */
#ifndef IPSEC_WEAR_H
#define IPSEC_WEAR_H

#include "ipsec/policy.h"

enum { WEAR_NAME = 32 };

struct wear_item {
	char ifname[WEAR_NAME];
	uint32_t spi;
};

struct wear_list {
	struct wear_item *items; /* the caller frees */
	size_t n;
};

/* Adds those of p (NULL: none), the policy of ifname, that are new. */
void wear_collect(struct wear_list *list, const struct policy *p,
		  const char *ifname);
/* After all of them were collected: they are not new any more. */
void wear_collected(const struct policy *p);

#endif
