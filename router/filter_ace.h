/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An entry of an access list as expressions of nftables: what ace_match()
 * says of a packet. */
#ifndef ROUTER_FILTER_ACE_H
#define ROUTER_FILTER_ACE_H

#include "router/acl.h"
#include "router/nft_rule.h"

/* An entry with ports meets a later fragment by its addresses, if it permits:
 * it takes a second rule. */
bool filter_ace_takes_fragments(const struct ace *ace);
/* A rule in a chain of the entry's family, that ends when it does not match.
 * later: the second rule. */
void filter_ace_put(struct nft_rule *r, const struct ace *ace, bool later);

#endif
