/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Target: reasm_add() beside a model that keeps each packet's octets in the
 * plainest way: what is given out must be what the pieces said, and be given
 * out as soon as nothing is missing.
 *
 * The input is a run of fragments, of IPv4 or IPv6, of few packets: octets say
 * which packet, where the piece begins, how long it is, whether it is the
 * last, and how much later it comes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rd.h"
#include "ipsec/ipv6.h"
#include "ipsec/reasm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	N_PACKETS = 4, /* of the pool */
	N_IDS = 4,     /* of each family */
	PIECES = 200,
	UNIT = 8,
	ESP = 50,
	SPACE = 65536 + 2048,
};

/* What the model knows of one packet. */
struct model {
	uint8_t octets[SPACE];
	bool seen[SPACE / UNIT];
	uint32_t end; /* 0: the last piece has not come */
	uint32_t top, have;
	int64_t since;
	bool begun;
};

struct piece {
	bool v6, last;
	uint32_t id, at, len;
	uint8_t seed;
};

static void forget(struct model *m)
{
	memset(m, 0, sizeof(*m));
}

/* True: the packet is whole now. */
static bool model_add(struct model *m, const struct piece *p, int64_t now)
{
	uint32_t end = p->at + p->len;

	if (m->begun && now - m->since > REASM_TIMEOUT_US)
		forget(m);
	if (!m->begun)
		m->since = now;
	m->begun = true;
	if (!p->len || (!p->last && p->len % UNIT) ||
	    end + (p->v6 ? IPV6_HEADER : IPV4_HEADER) > UINT16_MAX ||
	    (p->last && (m->end || end < m->top)) || (m->end && end > m->end))
		goto bad;
	for (uint32_t u = p->at / UNIT; u < (end + UNIT - 1) / UNIT; u++) {
		if (m->seen[u])
			goto bad;
		m->seen[u] = true;
	}
	for (uint32_t i = 0; i < p->len; i++)
		m->octets[p->at + i] = (uint8_t)(p->seed + i);
	if (p->last)
		m->end = end;
	if (end > m->top)
		m->top = end;
	m->have += p->len;
	return m->end && m->have == m->end;
bad:
	forget(m);
	return false;
}

static size_t write_header(uint8_t *packet, const struct piece *p)
{
	size_t header = IPV4_HEADER;
	struct ipv4 ip = {
		.src = 1, .dst = 2, .id = p->id, .ttl = 9, .protocol = ESP
	};

	if (!p->v6) {
		ip.total = (uint16_t)(header + p->len);
		ip.fragment =
			(uint16_t)(p->at / UNIT | (p->last ? 0 : IPV4_MF));
		ipv4_write(&ip, packet);
		return header;
	}
	header = IPV6_HEADER + IPV6_FRAGMENT;
	memset(packet, 0, header);
	packet[0] = 0x60;
	packet[6] = 44; /* a fragment */
	packet[IPV6_HEADER] = ESP;
	put16(packet + IPV6_HEADER + 2, (uint16_t)(p->at | !p->last));
	put32(packet + IPV6_HEADER + 4, p->id);
	ipv6_set_total(packet, header + p->len);
	return header;
}

/* The whole frame, or NULL; abort() when it is not the model's. */
static void add(struct reasm *r, struct pkt_pool *pool, struct model *m,
		const struct piece *p, int64_t now)
{
	struct pkt *frame = pkt_get_big(pool), *whole;
	uint8_t *packet = pkt_data(frame) + ETH_HEADER;
	size_t header = write_header(packet, p);
	uint64_t dropped = 0;
	struct ipv4 ip;
	bool due;

	for (uint32_t i = 0; i < p->len; i++)
		packet[header + i] = (uint8_t)(p->seed + i);
	frame->len = (uint32_t)(ETH_HEADER + header + p->len);
	if (!(p->v6 ? ipv6_read(&ip, packet, header + p->len)
		    : ipv4_read(&ip, packet, header + p->len)))
		abort();
	whole = reasm_add(r, frame, &ip, true, now, &dropped);
	due = model_add(m, p, now);
	if (due != (whole != NULL))
		abort();
	if (!whole)
		return;
	packet = pkt_data(whole) + ETH_HEADER + ip.header;
	if (ip.total - ip.header != m->end || ipv4_is_fragment(&ip) ||
	    ip.protocol != ESP || memcmp(packet, m->octets, m->end) != 0)
		abort();
	forget(m);
	pkt_put(whole);
}

static struct piece read_piece(struct rd *r)
{
	uint8_t what = rd_u8(r);
	struct piece p = {
		.v6 = what & 1,
		.last = what & 2,
		.id = what >> 2 & (N_IDS - 1),
		.at = (uint32_t)rd_u16(r) & ~7u,
		.len = rd_u8(r) * (what & 0x10 ? 64u : 1u),
		.seed = what,
	};

	if (what & 0x20)
		p.len &= ~7u;
	if (what & 0x40)
		p.at %= 256;
	return p;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model *models = xcalloc(2 * N_IDS, sizeof(*models));
	struct pkt_pool *pool = pkt_pool_new(0, N_PACKETS);
	struct rd r = rd_init(data, size);
	struct reasm *reasm = reasm_new();
	int64_t now = SEC(1000);

	for (int i = 0; i < PIECES && rd_left(&r) >= 5; i++) {
		struct piece p = read_piece(&r);

		now += MSEC(rd_u8(&r));
		add(reasm, pool, &models[p.v6 * N_IDS + p.id], &p, now);
	}
	if (pkt_available(pool) != N_PACKETS)
		abort();
	reasm_free(reasm);
	pkt_pool_free(pool);
	free(models);
	return 0;
}
