/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prefix lists, lists of paths and communities, route maps: what bgpd has, too,
 * mostly in the same words. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/frr_text_priv.h"

static const char why_map[] = "route maps";

/* They stand behind router bgp. */
static bool needed(struct frr_reader *r)
{
	if (!r->bgp)
		frr_not_acted_on(r, why_map);
	return r->bgp;
}

void frr_list_line(struct frr_reader *r)
{
	static const struct {
		const char *ios, *frr;
	} lists[] = {
		{ "as-path", "bgp as-path" },
		{ "community-list", "bgp community-list" },
		{ "extcommunity-list", "bgp extcommunity-list" },
		{ "prefix-list", "ip prefix-list" },
	};
	char *rest;

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		if (!frr_word_is(r, 1, lists[i].ios) || !needed(r))
			continue;
		rest = frr_words_from(r, 2);
		frr_emit(r, FRR_BGPD, true, "", "%s %s", lists[i].frr, rest);
		free(rest);
	}
}

void frr_map_open(struct frr_reader *r)
{
	free(r->map);
	r->map = NULL;
	if (!needed(r))
		return;
	r->map = xasprintf("route-map %s %s %s", frr_word(r, 1),
			   r->n > 2 ? frr_word(r, 2) : "permit",
			   r->n > 3 ? frr_word(r, 3) : "10");
	frr_emit(r, FRR_BGPD, true, "", "%s", r->map);
}

void frr_map_line(struct frr_reader *r)
{
	bool lists = frr_word_is(r, 1, "ip") && frr_word_is(r, 2, "address");
	char *text;

	/* Access lists stay here. */
	if (!r->map || (frr_word_is(r, 0, "match") && lists &&
			!frr_word_is(r, 3, "prefix-list"))) {
		frr_not_acted_on(r, why_map);
		return;
	}
	text = frr_words_from(r, 0);
	frr_emit(r, FRR_BGPD, false, r->map, "%s", text);
	free(text);
}
