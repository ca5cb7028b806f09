/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/classify.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ipsec/classify_index.h"
#include "ipsec/classify_row.h"

enum {
	TCP_FLAGS_AT = 13,
	DSCP_SHIFT = 2,
	PRECEDENCE_SHIFT = 5,
	TOS_SHIFT = 1,
	TOS_BITS = 0x0f,
	/* So few rules are tried faster than looked up (bench/classify). */
	LINEAR = 32,
};

struct classifier {
	struct classify_index *index; /* NULL: few rows */
	struct classifier6 *v6;	      /* NULL: no rules of IPv6 */
	size_t n;
	struct row rows[]; /* of IPv4 */
};

static bool has_ports(uint8_t protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP ||
	       protocol == IPPROTO_SCTP;
}

static void read_ports(struct flow_key *key, const uint8_t *l4, size_t len)
{
	if (len < 4)
		return;
	key->ports = true;
	key->sport = get16(l4);
	key->dport = get16(l4 + 2);
}

static void read_type(struct flow_key *key, const uint8_t *l4, size_t len)
{
	if (len < 2)
		return;
	key->ports = true;
	key->sport = l4[0];
	key->dport = l4[1];
}

void flow_key_read(struct flow_key *key, const struct ipv4 *ip,
		   const uint8_t *packet)
{
	const uint8_t *l4 = packet + ip->header;
	size_t len = (size_t)ip->total - ip->header;

	key->src = ip->src;
	key->dst = ip->dst;
	key->protocol = ip->protocol;
	key->tos = ip->tos;
	key->tcp_flags = 0;
	key->later_fragment = ipv4_later_fragment(ip);
	key->ports = false;
	key->sport = key->dport = 0;
	key->src6 = NULL;
	if (ip->v6)
		flow_key_read6(key, ip, packet);
	if (key->later_fragment)
		return;
	switch (ip->protocol) {
	case IPPROTO_TCP:
		if (len > TCP_FLAGS_AT)
			key->tcp_flags = l4[TCP_FLAGS_AT];
		read_ports(key, l4, len);
		break;
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
		read_ports(key, l4, len);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_IGMP:
	case IPPROTO_ICMPV6:
		read_type(key, l4, len);
		break;
	default:
		break;
	}
}

static bool to_group(const struct flow_key *key)
{
	return key->src6 ? key->dst6[0] == 0xff : IN_MULTICAST(key->dst);
}

void flow_key_mirror(struct flow_key *key)
{
	const uint8_t *src6 = key->src6;
	uint32_t addr = key->src;
	uint16_t port = key->sport;

	if (to_group(key))
		return;
	key->src = key->dst;
	key->dst = addr;
	if (src6) {
		key->src6 = key->dst6;
		key->dst6 = src6;
	}
	if (!has_ports(key->protocol))
		return;
	key->sport = key->dport;
	key->dport = port;
}

static struct port_range any_port(void)
{
	return (struct port_range){ .lo = 0, .hi = UINT16_MAX };
}

/* "gt 65535" and "lt 0" are empty ranges. */
static struct port_range port_range(const struct ace_port *port, bool *asks)
{
	struct port_range r = any_port();

	switch ((enum ace_op)port->op) {
	case ACE_ANY:
		return r;
	case ACE_EQ:
	case ACE_NEQ:
		r.lo = r.hi = port->lo;
		r.outside = port->op == ACE_NEQ;
		break;
	case ACE_GT:
		r.lo = (uint16_t)(port->lo + 1);
		r.outside = port->lo == UINT16_MAX;
		break;
	case ACE_LT:
		r.hi = (uint16_t)(port->lo - 1);
		r.outside = port->lo == 0;
		break;
	case ACE_RANGE:
		r.lo = port->lo;
		r.hi = port->hi;
		break;
	}
	*asks = true;
	return r;
}

static struct port_range type_range(int16_t type, bool *asks)
{
	struct ace_port p = { .op = ACE_EQ, .lo = (uint16_t)type };

	return type < 0 ? any_port() : port_range(&p, asks);
}

static uint32_t mask_of(const struct ip_addr *wild)
{
	return ~ip_v4_host(wild);
}

static void compile_tos(struct row *row, const struct ace *ace)
{
	if (ace->dscp >= 0) {
		row->tos_mask = 0x3f << DSCP_SHIFT;
		row->tos = (uint8_t)(ace->dscp << DSCP_SHIFT);
	}
	if (ace->precedence >= 0) {
		row->tos_mask |= 0x07 << PRECEDENCE_SHIFT;
		row->tos |= (uint8_t)(ace->precedence << PRECEDENCE_SHIFT);
	}
	if (ace->tos >= 0) {
		row->tos_mask |= TOS_BITS << TOS_SHIFT;
		row->tos |= (uint8_t)(ace->tos << TOS_SHIFT);
	}
}

static void compile_l4(struct row *row, const struct ace *ace)
{
	row->sport = row->dport = any_port();
	row->established = ace->established;
	row->l4 = ace->established;
	if (has_ports(ace->protocol)) {
		row->sport = port_range(&ace->sport, &row->l4);
		row->dport = port_range(&ace->dport, &row->l4);
	} else if (ace->protocol == IPPROTO_ICMP ||
		   ace->protocol == IPPROTO_ICMPV6) {
		row->sport = type_range(ace->icmp_type, &row->l4);
		row->dport = type_range(ace->icmp_code, &row->l4);
	} else if (ace->protocol == IPPROTO_IGMP) {
		row->sport = type_range(ace->igmp_type, &row->l4);
	}
}

static uint64_t both(uint32_t src, uint32_t dst)
{
	return (uint64_t)src << 32 | dst;
}

void row_compile(struct row *row, const struct ipsec_rule *rule, size_t number)
{
	const struct ace *ace = &rule->ace;

	row->protocol = ace->protocol;
	row->fragments = ace->fragments;
	row->verdict.action = rule->action;
	row->verdict.flow = rule->flow;
	row->verdict.group = rule->group;
	row->verdict.rule = (unsigned int)number;
	compile_tos(row, ace);
	compile_l4(row, ace);
}

static void compile(struct row *row, const struct ipsec_rule *rule,
		    size_t number)
{
	const struct ace *ace = &rule->ace;

	row->ends_mask = both(mask_of(&ace->src_wild), mask_of(&ace->dst_wild));
	row->ends = both(ip_v4_host(&ace->src), ip_v4_host(&ace->dst)) &
		    row->ends_mask;
	row_compile(row, rule, number);
}

void row_box(const struct row *row, struct index_box *box)
{
	const struct port_range *sport = &row->sport, *dport = &row->dport;
	uint8_t p = row->protocol;

	box->lo[INDEX_PROTOCOL] = p;
	box->hi[INDEX_PROTOCOL] = p ? p : UINT8_MAX;
	box->lo[INDEX_SPORT] = sport->outside ? 0 : sport->lo;
	box->hi[INDEX_SPORT] = sport->outside ? UINT16_MAX : sport->hi;
	box->lo[INDEX_DPORT] = dport->outside ? 0 : dport->lo;
	box->hi[INDEX_DPORT] = dport->outside ? UINT16_MAX : dport->hi;
}

/* What the index needs to know.  A wildcard's holes are inside of its box. */
static struct index_box box_of(const struct row *row)
{
	uint64_t last = row->ends | ~row->ends_mask;
	struct index_box box;

	row_box(row, &box);
	box.lo[INDEX_SRC] = (uint32_t)(row->ends >> 32);
	box.hi[INDEX_SRC] = (uint32_t)(last >> 32);
	box.lo[INDEX_DST] = (uint32_t)row->ends;
	box.hi[INDEX_DST] = (uint32_t)last;
	return box;
}

static struct classify_index *index_rows(const struct classifier *c)
{
	struct classify_index *index;
	struct index_box *boxes;

	if (c->n <= LINEAR)
		return NULL;
	boxes = xcalloc(c->n, sizeof(*boxes));
	for (size_t i = 0; i < c->n; i++)
		boxes[i] = box_of(&c->rows[i]);
	index = index_new(boxes, c->n);
	free(boxes);
	return index;
}

struct classifier *classifier_new(const struct ipsec_rule *rules, size_t n)
{
	struct classifier *c;

	c = xcalloc(1, sizeof(*c) + n * sizeof(c->rows[0]));
	for (size_t i = 0; i < n; i++) {
		if (!rule_is_v6(&rules[i]))
			compile(&c->rows[c->n++], &rules[i], i);
	}
	c->index = index_rows(c);
	c->v6 = classifier6_new(rules, n, LINEAR);
	return c;
}

void classifier_free(struct classifier *c)
{
	if (!c)
		return;
	index_free(c->index);
	classifier6_free(c->v6);
	free(c);
}

static bool match(const struct row *row, const struct flow_key *key)
{
	if ((both(key->src, key->dst) & row->ends_mask) != row->ends)
		return false;
	if (row->protocol && row->protocol != key->protocol)
		return false;
	if ((key->tos & row->tos_mask) != row->tos)
		return false;
	return row_match_l4(row, key);
}

/* The rows that a key matches, in order. */
struct walk {
	size_t at, end; /* rows to be tried next */
	struct index_walk candidates;
};

static void walk_start(struct walk *w, const struct classifier *c,
		       const struct flow_key *key)
{
	const uint32_t at[INDEX_FIELDS] = { key->src, key->dst, key->protocol,
					    key->sport, key->dport };

	w->at = 0;
	w->end = c->index ? 0 : c->n;
	if (c->index)
		index_start(&w->candidates, c->index, at,
			    key->ports && !key->later_fragment);
}

static const struct row *walk_next(struct walk *w, const struct classifier *c,
				   const struct flow_key *key)
{
	do {
		while (w->at < w->end) {
			const struct row *row = &c->rows[w->at++];

			if (match(row, key))
				return row;
		}
	} while (c->index && index_next(&w->candidates, &w->at, &w->end));
	return NULL;
}

struct verdict classify(const struct classifier *c, const struct flow_key *key)
{
	const struct row *row;
	struct walk w;

	if (key->src6)
		return classify6(c->v6, key);
	walk_start(&w, c, key);
	row = walk_next(&w, c, key);
	return row ? row->verdict : (struct verdict){ .action = IPSEC_CLEAR };
}

int classify_any(const struct classifier *c, const struct flow_key *key,
		 bool (*is_flow)(const void *arg, unsigned int flow),
		 const void *arg)
{
	const struct row *row;
	struct walk w;

	if (key->src6)
		return classify6_any(c->v6, key, is_flow, arg);
	walk_start(&w, c, key);
	while ((row = walk_next(&w, c, key)))
		if (row->verdict.action == IPSEC_PROTECT &&
		    is_flow(arg, row->verdict.flow))
			return (int)row->verdict.rule;
	return -1;
}

bool classifier_has_v6(const struct classifier *c)
{
	return c->v6 != NULL;
}
