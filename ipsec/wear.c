/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/wear.h"

#include <stdio.h>

#include "base/mem.h"

static void add(struct wear_list *list, const char *ifname, uint32_t spi)
{
	struct wear_item *item;

	list->items = xrealloc(list->items, list->n + 1, sizeof(*list->items));
	item = &list->items[list->n++];
	snprintf(item->ifname, sizeof(item->ifname), "%s", ifname);
	item->spi = spi;
}

void wear_collect(struct wear_list *list, const struct policy *p,
		  const char *ifname)
{
	for (size_t i = 0; p && i < p->n_sas; i++) {
		struct sa_wear *wear = p->sas[i].wear;

		if (!wear || wear->told == WEAR_TOLD ||
		    !atomic_load(&wear->near_end))
			continue;
		wear->told = WEAR_TELLING;
		add(list, ifname, p->sas[i].spi);
	}
}

void wear_collected(const struct policy *p)
{
	for (size_t i = 0; p && i < p->n_sas; i++)
		if (p->sas[i].wear && p->sas[i].wear->told == WEAR_TELLING)
			p->sas[i].wear->told = WEAR_TOLD;
}
