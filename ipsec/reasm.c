/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/reasm.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ipsec/ipv6.h"

enum {
	UNIT = 8, /* octets: fragments start at multiples */
	UNITS = 65536 / UNIT,
};

struct partial {
	struct pkt *p;		 /* NULL: free */
	uint8_t ends[IPV6_ENDS]; /* both addresses; IPv4: the first 8 */
	uint32_t src;		 /* for the share of a source */
	uint32_t id;
	uint16_t header; /* octets in front of the payload */
	uint16_t pieces;
	uint8_t protocol;
	bool v6;
	bool known; /* its first fragment has an SPI in use */
	int64_t since;
	uint32_t have;	/* payload octets that came */
	uint32_t top;	/* the end of the last of them */
	uint32_t total; /* of the payload; 0: the last one is missing */
	uint8_t seen[UNITS / 8];
};

struct reasm {
	struct pkt_pool *pool;
	struct partial partials[REASM_PACKETS];
};

struct reasm *reasm_new(void)
{
	struct reasm *r = xcalloc(1, sizeof(*r));

	r->pool = pkt_pool_new(0, REASM_PACKETS + REASM_WHOLE);
	return r;
}

static void forget(struct partial *q)
{
	pkt_put(q->p);
	q->p = NULL;
}

void reasm_free(struct reasm *r)
{
	if (!r)
		return;
	pkt_pool_free(r->pool);
	free(r);
}

/* Where the addresses stand, how many octets they are, and how many stand in
 * front of the payload of a fragment's packet. */
static const uint8_t *ends_of(const struct pkt *p, const struct ipv4 *ip)
{
	return pkt_data(p) + ETH_HEADER + (ip->v6 ? IPV6_SRC_AT : 12);
}

static size_t ends_size(bool v6)
{
	return v6 ? IPV6_ENDS : 8;
}

static uint16_t header_of(const struct ipv4 *ip)
{
	return ip->v6 ? ip->fragment_at : ip->header;
}

/* IPv6 has no protocol in what identifies a packet (RFC 8200 4.5), but ESP is
 * all that comes here. */
static bool same(const struct partial *q, const struct pkt *p,
		 const struct ipv4 *ip)
{
	return q->p && q->id == ip->id && q->v6 == ip->v6 &&
	       q->protocol == ip->protocol &&
	       memcmp(q->ends, ends_of(p, ip), ends_size(ip->v6)) == 0;
}

static bool worse(const struct partial *a, const struct partial *b)
{
	if (!b || a->known != b->known)
		return !b || !a->known;
	return a->since < b->since;
}

/* A free place, made by giving up a packet where need be; NULL: all the others
 * are worth more than this one. */
static struct partial *make_room(struct reasm *r, const struct ipv4 *ip,
				 bool known, uint64_t *dropped)
{
	struct partial *spare = NULL, *worst = NULL, *own = NULL;
	unsigned int n_own = 0;

	for (size_t i = 0; i < REASM_PACKETS; i++) {
		struct partial *q = &r->partials[i];

		if (!q->p) {
			spare = q;
			continue;
		}
		if (worse(q, worst))
			worst = q;
		if (q->src != ip->src)
			continue;
		n_own++;
		if (worse(q, own))
			own = q;
	}
	if (n_own >= REASM_PER_SOURCE)
		worst = own;
	else if (spare)
		return spare;
	if (worst->known && !known)
		return NULL;
	forget(worst);
	*dropped += 1;
	return worst;
}

/* The packet's place, or a free one, or NULL. */
static struct partial *place(struct reasm *r, const struct pkt *p,
			     const struct ipv4 *ip, bool known, int64_t now,
			     uint64_t *dropped)
{
	for (size_t i = 0; i < REASM_PACKETS; i++) {
		struct partial *q = &r->partials[i];

		if (q->p && now - q->since > REASM_TIMEOUT_US) {
			forget(q);
			*dropped += 1;
		}
		if (same(q, p, ip))
			return q;
	}
	return make_room(r, ip, known, dropped);
}

static bool start(struct reasm *r, struct partial *q, const struct pkt *p,
		  const struct ipv4 *ip, int64_t now)
{
	q->p = pkt_get_big(r->pool);
	if (!q->p)
		return false;
	q->header = header_of(ip);
	memcpy(pkt_data(q->p), pkt_data(p), (size_t)ETH_HEADER + q->header);
	memcpy(q->ends, ends_of(p, ip), ends_size(ip->v6));
	q->src = ip->src;
	q->id = ip->id;
	q->protocol = ip->protocol;
	q->v6 = ip->v6;
	q->pieces = 0;
	q->since = now;
	q->known = false;
	q->have = 0;
	q->top = 0;
	q->total = 0;
	memset(q->seen, 0, sizeof(q->seen));
	return true;
}

/* False: the fragment does not fit with what is there. */
static bool mark(struct partial *q, uint32_t at, uint32_t len, bool last)
{
	uint32_t end = at + len;

	if (ETH_HEADER + q->header + end > PKT_BIG_DATA ||
	    q->header + end > UINT16_MAX || !len || (!last && len % UNIT) ||
	    ++q->pieces > REASM_PIECES)
		return false;
	if (last && (q->total || end < q->top))
		return false;
	if (q->total && end > q->total)
		return false;
	for (uint32_t u = at / UNIT; u < (end + UNIT - 1) / UNIT; u++) {
		if (q->seen[u / 8] & 1u << u % 8)
			return false;
		q->seen[u / 8] |= (uint8_t)(1u << u % 8);
	}
	if (last)
		q->total = end;
	if (end > q->top)
		q->top = end;
	q->have += len;
	return true;
}

static bool finish4(uint8_t *packet, uint16_t total, const struct partial *q,
		    struct ipv4 *ip)
{
	put16(packet + 6, 0);
	ipv4_rewrite(packet, total, ip->tos, q->protocol);
	return ipv4_read(ip, packet, total);
}

/* The fragment header is left out. */
static bool finish6(uint8_t *packet, uint16_t total, const struct partial *q,
		    struct ipv4 *ip)
{
	packet[ipv6_next_at(packet, q->header)] = q->protocol;
	ipv6_set_total(packet, total);
	return ipv6_read(ip, packet, total);
}

static struct pkt *finish(struct partial *q, struct ipv4 *ip)
{
	struct pkt *whole = q->p;
	uint8_t *packet = pkt_data(whole) + ETH_HEADER;
	uint16_t total = (uint16_t)(q->header + q->total);
	bool good = q->v6 ? finish6(packet, total, q, ip)
			  : finish4(packet, total, q, ip);

	q->p = NULL;
	whole->len = (uint32_t)ETH_HEADER + total;
	if (good)
		return whole;
	pkt_put(whole);
	return NULL;
}

struct pkt *reasm_add(struct reasm *r, struct pkt *p, struct ipv4 *ip,
		      bool known, int64_t now, uint64_t *dropped)
{
	struct partial *q = place(r, p, ip, known, now, dropped);
	uint32_t at = (uint32_t)(ip->fragment & IPV4_OFFSET) * UNIT;
	uint32_t from =
		ip->v6 ? ip->fragment_at + (uint32_t)IPV6_FRAGMENT : ip->header;
	uint32_t len = ip->total - from;
	bool last = !(ip->fragment & IPV4_MF);
	uint8_t *packet = pkt_data(p) + ETH_HEADER;
	struct pkt *whole = NULL;

	if (!q || (!q->p && !start(r, q, p, ip, now))) {
		*dropped += 1;
	} else if (!mark(q, at, len, last)) {
		forget(q);
		*dropped += 2;
	} else {
		q->known |= known;
		memcpy(pkt_data(q->p) + ETH_HEADER + q->header + at,
		       packet + from, len);
		if (q->total && q->have == q->total) {
			whole = finish(q, ip);
			*dropped += !whole;
		}
	}
	pkt_put(p);
	return whole;
}
