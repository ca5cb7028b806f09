/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/capture_tap.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ipsec/classify.h"
#include "ipsec/ip.h"
#include "ipsec/ipv6.h"

enum { RECORD_ALIGN = 8 };

/* --- filter --------------------------------------------------------------- */

static struct ip_addr addr6(const uint8_t *octets)
{
	struct ip_addr addr = { .family = IP_V6 };

	memcpy(addr.b, octets, sizeof(addr.b));
	return addr;
}

static bool read_key(struct packet_key *key, const uint8_t *frame, size_t len)
{
	const uint8_t *packet = frame + ETH_HEADER;
	struct flow_key flow;
	struct ipv4 ip;
	uint16_t type;

	if (len < ETH_HEADER)
		return false;
	type = get16(packet - 2);
	if (type == ETHERTYPE_IPV4) {
		if (!ipv4_read(&ip, packet, len - ETH_HEADER))
			return false;
	} else if (type != ETHERTYPE_IPV6 ||
		   !ipv6_read(&ip, packet, len - ETH_HEADER)) {
		return false;
	}
	flow_key_read(&flow, &ip, packet);
	*key = (struct packet_key){
		.protocol = flow.protocol,
		.tos = flow.tos,
		.fragment = flow.later_fragment,
		.sport = flow.sport,
		.dport = flow.dport,
		.tcp_flags = flow.tcp_flags,
	};
	if (ip.v6) {
		key->src = addr6(packet + IPV6_SRC_AT);
		key->dst = addr6(packet + IPV6_DST_AT);
		key->flow_label = flow.flow_label;
		key->routing = flow.routing;
	} else {
		key->src = ip_v4(flow.src);
		key->dst = ip_v4(flow.dst);
	}
	return true;
}

bool capture_permits(const struct ace *aces, size_t n, const uint8_t *frame,
		     size_t len)
{
	struct packet_key key;

	if (!read_key(&key, frame, len))
		return false;
	for (size_t i = 0; i < n; i++)
		if (ace_match(&aces[i], &key))
			return aces[i].permit;
	return false;
}

/* --- ring ----------------------------------------------------------------- */

static size_t rounded(size_t len)
{
	return (len + RECORD_ALIGN - 1) & ~(size_t)(RECORD_ALIGN - 1);
}

static void put(struct capture_ring *ring, uint64_t at, const void *from,
		size_t len)
{
	size_t offset = at % CAPTURE_RING;
	size_t first = CAPTURE_RING - offset;

	if (first > len)
		first = len;
	memcpy(ring->data + offset, from, first);
	memcpy(ring->data, (const uint8_t *)from + first, len - first);
}

static void get(const struct capture_ring *ring, uint64_t at, void *to,
		size_t len)
{
	size_t offset = at % CAPTURE_RING;
	size_t first = CAPTURE_RING - offset;

	if (first > len)
		first = len;
	memcpy(to, ring->data + offset, first);
	memcpy((uint8_t *)to + first, ring->data, len - first);
}

/* The frame may stand in pieces. */
static void put_frame(struct capture_ring *ring, uint64_t at,
		      const struct pkt *p, size_t len)
{
	for (; p && len; p = p->next) {
		size_t piece = p->len < len ? p->len : len;

		put(ring, at, pkt_data(p), piece);
		at += piece;
		len -= piece;
	}
}

/* False: there is no place. */
static bool add(struct capture_ring *ring, const struct capture_record *r,
		const struct pkt *p)
{
	uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
	size_t size = rounded(sizeof(*r) + r->kept);

	if (head - tail + size > CAPTURE_RING) {
		atomic_fetch_add_explicit(&ring->lost, 1, memory_order_relaxed);
		return false;
	}
	put(ring, head, r, sizeof(*r));
	put_frame(ring, head + sizeof(*r), p, r->kept);
	atomic_store_explicit(&ring->head, head + size, memory_order_release);
	return true;
}

/* --- worker --------------------------------------------------------------- */

static uint32_t frame_len(const struct pkt *p)
{
	uint32_t len = 0;

	for (; p; p = p->next)
		len += p->len;
	return len;
}

/* A frame in pieces is put together to be looked at. */
static __attribute__((noinline)) bool
wants_pieces(const struct capture_tap *tap, const struct pkt *p)
{
	uint8_t frame[CAPTURE_FRAME];
	size_t len = 0;

	for (; p && len + p->len <= sizeof(frame); p = p->next) {
		memcpy(frame + len, pkt_data(p), p->len);
		len += p->len;
	}
	return capture_permits(tap->aces, tap->n_aces, frame, len);
}

static bool wants(const struct capture_tap *tap, const struct pkt *p)
{
	if (tap->all)
		return true;
	if (p->next)
		return wants_pieces(tap, p);
	return capture_permits(tap->aces, tap->n_aces, pkt_data(p), p->len);
}

static void take(struct capture_tap *tap, enum capture_point point,
		 unsigned int worker, int64_t now, struct pkt *const *pkts,
		 unsigned int n)
{
	struct capture_ring *ring = &tap->rings[worker];
	bool any = false;

	for (unsigned int i = 0; i < n; i++) {
		struct capture_record r = { .now = now, .point = point };

		if (!pkts[i] || !wants(tap, pkts[i]))
			continue;
		r.len = frame_len(pkts[i]);
		r.kept = r.len < CAPTURE_FRAME ? r.len : CAPTURE_FRAME;
		if (tap->packet_len && r.kept > tap->packet_len)
			r.kept = tap->packet_len;
		r.source = tap->source;
		any |= add(ring, &r, pkts[i]);
	}
	if (any)
		tap->wake(tap->wake_arg);
}

void capture_take(const struct capture_set *set, enum capture_point point,
		  unsigned int worker, int64_t now, struct pkt *const *pkts,
		  unsigned int n)
{
	for (size_t i = 0; i < set->n; i++) {
		struct capture_tap *tap = set->taps[i];

		if ((tap->points & point) && worker < tap->n_rings)
			take(tap, point, worker, now, pkts, n);
	}
}

/* --- control thread ------------------------------------------------------- */

struct capture_tap *capture_tap_new(unsigned int n_rings,
				    const struct ace *aces, size_t n_aces,
				    bool all)
{
	struct capture_tap *tap = xcalloc(1, sizeof(*tap));

	tap->all = all;
	tap->n_aces = n_aces;
	tap->aces = xcalloc(n_aces ? n_aces : 1, sizeof(*aces));
	if (n_aces)
		memcpy(tap->aces, aces, n_aces * sizeof(*aces));
	tap->n_rings = n_rings;
	tap->rings = xcalloc(n_rings, sizeof(*tap->rings));
	for (unsigned int i = 0; i < n_rings; i++)
		tap->rings[i].data = xcalloc(1, CAPTURE_RING);
	return tap;
}

void capture_tap_free(struct capture_tap *tap)
{
	if (!tap)
		return;
	for (unsigned int i = 0; i < tap->n_rings; i++)
		free(tap->rings[i].data);
	free(tap->rings);
	free(tap->aces);
	free(tap);
}

static bool peek(struct capture_ring *ring, struct capture_record *r)
{
	uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);

	if (tail == atomic_load_explicit(&ring->head, memory_order_acquire))
		return false;
	get(ring, tail, r, sizeof(*r));
	return true;
}

bool capture_tap_next(struct capture_tap *tap, struct capture_record *r,
		      uint8_t *data)
{
	struct capture_ring *oldest = NULL;
	struct capture_record found;
	uint64_t tail;

	for (unsigned int i = 0; i < tap->n_rings; i++) {
		if (peek(&tap->rings[i], &found) &&
		    (!oldest || found.now < r->now)) {
			oldest = &tap->rings[i];
			*r = found;
		}
	}
	if (!oldest)
		return false;
	tail = atomic_load_explicit(&oldest->tail, memory_order_relaxed);
	get(oldest, tail + sizeof(*r), data, r->kept);
	atomic_store_explicit(&oldest->tail,
			      tail + rounded(sizeof(*r) + r->kept),
			      memory_order_release);
	return true;
}

uint64_t capture_tap_lost(const struct capture_tap *tap)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < tap->n_rings; i++)
		n += atomic_load_explicit(&tap->rings[i].lost,
					  memory_order_relaxed);
	return n;
}
