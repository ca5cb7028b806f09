/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules for IPv6. */
#include <stdlib.h>

#include "base/mem.h"
#include "ipsec/classify_row.h"
#include "ipsec/ipv6.h"

enum { WORDS = 4, HALVES = 2, LABEL_ANY = -1 };

struct row6 {
	struct row row; /* its ends are not used */
	/* In network order: source, then destination. */
	uint64_t ends[2 * HALVES], mask[2 * HALVES];
	int32_t flow_label; /* LABEL_ANY: it does not matter */
	bool routing;
};

struct classifier6 {
	struct classify_index *index; /* NULL: few rows */
	/* The index looks at one word of each address: that in which the rules
	 * differ most. */
	unsigned int src_word, dst_word;
	size_t n;
	struct row6 rows[];
};

void flow_key_read6(struct flow_key *key, const struct ipv4 *ip,
		    const uint8_t *packet)
{
	key->src6 = packet + IPV6_SRC_AT;
	key->dst6 = packet + IPV6_DST_AT;
	key->flow_label = ipv6_flow_label(packet);
	key->routing = ip->routing;
	key->hidden = ipv6_hides_protocol(ip);
}

static void put_address(uint64_t *ends, uint64_t *mask,
			const struct ip_addr *addr, const struct ip_addr *wild)
{
	memcpy(ends, addr->b, IPV6_ADDRESS);
	memcpy(mask, wild->b, IPV6_ADDRESS);
	for (unsigned int i = 0; i < HALVES; i++) {
		mask[i] = ~mask[i];
		ends[i] &= mask[i];
	}
}

static void compile(struct row6 *row, const struct ipsec_rule *rule,
		    size_t number)
{
	const struct ace *ace = &rule->ace;

	row_compile(&row->row, rule, number);
	put_address(row->ends, row->mask, &ace->src, &ace->src_wild);
	put_address(row->ends + HALVES, row->mask + HALVES, &ace->dst,
		    &ace->dst_wild);
	row->flow_label = ace->flow_label;
	row->routing = ace->routing;
}

/* A word of both sides' octets; word: 0 to 3 of the source, then of the
 * destination. */
static uint32_t word_of(const uint64_t *ends, unsigned int word)
{
	return get32((const uint8_t *)ends + (size_t)word * 4);
}

static int by_value(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static size_t distinct(const struct classifier6 *c, unsigned int word,
		       uint32_t *scratch)
{
	size_t n = 1;

	for (size_t i = 0; i < c->n; i++)
		scratch[i] = word_of(c->rows[i].ends, word);
	qsort(scratch, c->n, sizeof(*scratch), by_value);
	for (size_t i = 1; i < c->n; i++)
		n += scratch[i] != scratch[i - 1];
	return n;
}

/* Of the four from first on. */
static unsigned int best_word(const struct classifier6 *c, unsigned int first)
{
	uint32_t *scratch = xcalloc(c->n, sizeof(*scratch));
	unsigned int best = first;
	size_t most = 0, n;

	for (unsigned int w = first; w < first + WORDS; w++) {
		n = distinct(c, w, scratch);
		if (n > most) {
			most = n;
			best = w;
		}
	}
	free(scratch);
	return best;
}

static void box_word(const struct row6 *row, unsigned int word,
		     enum index_field field, struct index_box *box)
{
	box->lo[field] = word_of(row->ends, word);
	box->hi[field] = box->lo[field] | ~word_of(row->mask, word);
}

static void index_rows(struct classifier6 *c)
{
	struct index_box *boxes = xcalloc(c->n, sizeof(*boxes));

	c->src_word = best_word(c, 0);
	c->dst_word = best_word(c, WORDS);
	for (size_t i = 0; i < c->n; i++) {
		row_box(&c->rows[i].row, &boxes[i]);
		box_word(&c->rows[i], c->src_word, INDEX_SRC, &boxes[i]);
		box_word(&c->rows[i], c->dst_word, INDEX_DST, &boxes[i]);
	}
	c->index = index_new(boxes, c->n);
	free(boxes);
}

struct classifier6 *classifier6_new(const struct ipsec_rule *rules, size_t n,
				    size_t linear)
{
	struct classifier6 *c;
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += rule_is_v6(&rules[i]);
	if (!found)
		return NULL;
	c = xcalloc(1, sizeof(*c) + found * sizeof(c->rows[0]));
	for (size_t i = 0; i < n; i++)
		if (rule_is_v6(&rules[i]))
			compile(&c->rows[c->n++], &rules[i], i);
	if (c->n > linear)
		index_rows(c);
	return c;
}

void classifier6_free(struct classifier6 *c)
{
	if (!c)
		return;
	index_free(c->index);
	free(c);
}

static bool match_address(const uint64_t *ends, const uint64_t *mask,
			  const uint8_t *address)
{
	uint64_t half[HALVES];

	memcpy(half, address, sizeof(half));
	return (half[0] & mask[0]) == ends[0] && (half[1] & mask[1]) == ends[1];
}

/* A hidden protocol may be any. */
static bool match_protocol(const struct row *row, const struct flow_key *key)
{
	if (!row->protocol || row->protocol == key->protocol)
		return true;
	return key->hidden && row->verdict.action != IPSEC_CLEAR;
}

static bool match(const struct row6 *r, const struct flow_key *key)
{
	const struct row *row = &r->row;

	return match_address(r->ends, r->mask, key->src6) &&
	       match_address(r->ends + HALVES, r->mask + HALVES, key->dst6) &&
	       match_protocol(row, key) &&
	       (key->tos & row->tos_mask) == row->tos &&
	       (r->flow_label == LABEL_ANY ||
		(uint32_t)r->flow_label == key->flow_label) &&
	       (!r->routing || key->routing) && row_match_l4(row, key);
}

struct walk {
	size_t at, end; /* rows to be tried next */
	bool indexed;
	struct index_walk candidates;
};

static void walk_start(struct walk *w, const struct classifier6 *c,
		       const struct flow_key *key)
{
	uint32_t at[INDEX_FIELDS] = { 0, 0, key->protocol, key->sport,
				      key->dport };

	w->at = 0;
	w->indexed = c->index && !key->hidden;
	w->end = w->indexed ? 0 : c->n;
	if (!w->indexed)
		return;
	at[INDEX_SRC] = get32(key->src6 + (size_t)c->src_word * 4);
	at[INDEX_DST] = get32(key->dst6 + (size_t)(c->dst_word - WORDS) * 4);
	index_start(&w->candidates, c->index, at,
		    key->ports && !key->later_fragment);
}

static const struct row *walk_next(struct walk *w, const struct classifier6 *c,
				   const struct flow_key *key)
{
	do {
		while (w->at < w->end) {
			const struct row6 *row = &c->rows[w->at++];

			if (match(row, key))
				return &row->row;
		}
	} while (w->indexed && index_next(&w->candidates, &w->at, &w->end));
	return NULL;
}

struct verdict classify6(const struct classifier6 *c,
			 const struct flow_key *key)
{
	const struct row *row = NULL;
	struct walk w;

	if (c) {
		walk_start(&w, c, key);
		row = walk_next(&w, c, key);
	}
	return row ? row->verdict : (struct verdict){ .action = IPSEC_CLEAR };
}

int classify6_any(const struct classifier6 *c, const struct flow_key *key,
		  bool (*is_flow)(const void *arg, unsigned int flow),
		  const void *arg)
{
	const struct row *row;
	struct walk w;

	if (!c)
		return -1;
	walk_start(&w, c, key);
	while ((row = walk_next(&w, c, key)))
		if (row->verdict.action == IPSEC_PROTECT &&
		    is_flow(arg, row->verdict.flow))
			return (int)row->verdict.rule;
	return -1;
}
