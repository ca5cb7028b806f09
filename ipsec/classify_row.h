/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What classify.c and classify6.c have in common: a rule as it is tried. */
#ifndef IPSEC_CLASSIFY_ROW_H
#define IPSEC_CLASSIFY_ROW_H

#include "ipsec/classify.h"
#include "ipsec/classify_index.h"

enum { TCP_RST_ACK = 0x04 | 0x10 }; /* what "established" means */

struct port_range {
	uint16_t lo, hi;
	bool outside; /* matches outside of the range */
};

struct row {
	uint64_t ends, ends_mask; /* source and destination; IPv4 */
	uint8_t tos, tos_mask;
	uint8_t protocol; /* 0: any */
	bool l4;	  /* asks for what later fragments have not */
	bool fragments;	  /* only later fragments */
	bool established;
	struct port_range sport, dport;
	struct verdict verdict;
};

static inline bool rule_is_v6(const struct ipsec_rule *rule)
{
	return rule->ace.src.family == IP_V6 || rule->ace.dst.family == IP_V6;
}

static inline bool row_in_range(const struct port_range *r, uint16_t port)
{
	return (port >= r->lo && port <= r->hi) != r->outside;
}

static inline bool row_match_l4(const struct row *row,
				const struct flow_key *key)
{
	if (row->fragments)
		return key->later_fragment;
	if (!row->l4)
		return true;
	/* Also of a packet that ends before its ports. */
	if (key->later_fragment || !key->ports)
		return row->verdict.action != IPSEC_CLEAR;
	if (row->established && !(key->tcp_flags & TCP_RST_ACK))
		return false;
	return row_in_range(&row->sport, key->sport) &&
	       row_in_range(&row->dport, key->dport);
}

/* All but the addresses. */
void row_compile(struct row *row, const struct ipsec_rule *rule, size_t number);
/* Its box in all fields but the addresses. */
void row_box(const struct row *row, struct index_box *box);

/* classify6.c */
struct classifier6;

/* Of the rules for IPv6; NULL: there is none.  More than linear of them are
 * looked up in an index. */
struct classifier6 *classifier6_new(const struct ipsec_rule *rules, size_t n,
				    size_t linear);
void classifier6_free(struct classifier6 *c);
/* What only IPv6 packets have. */
void flow_key_read6(struct flow_key *key, const struct ipv4 *ip,
		    const uint8_t *packet);
/* As classify() and classify_any(); c may be NULL. */
struct verdict classify6(const struct classifier6 *c,
			 const struct flow_key *key);
int classify6_any(const struct classifier6 *c, const struct flow_key *key,
		  bool (*is_flow)(const void *arg, unsigned int flow),
		  const void *arg);

#endif
