/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/pim_packet.h"

#include <netinet/in.h>

#include "base/wr.h"
#include "router/ip_packet.h"

enum {
	PIM_VERSION = 2,
	FAMILY_IPV4 = 1, /* IANA address family numbers */
	NATIVE = 0,
	BITS = 32,
	FLAG_WILDCARD = 0x02,
	FLAG_TREE = 0x01, /* a prune of one source off the shared tree */
	OPTION_HOLD = 1,
	OPTION_PRIORITY = 19,
	OPTION_GENERATION = 20,
};

/* --- reading ---------------------------------------------------------- */

static bool read_family(struct rd *r)
{
	uint8_t family = rd_u8(r), encoding = rd_u8(r);

	return !r->bad && family == FAMILY_IPV4 && encoding == NATIVE;
}

/* A group or a source with its flags; one address, not a range. */
static bool read_member(struct rd *r, uint32_t *addr, uint8_t *flags)
{
	bool ours = read_family(r);
	uint8_t bits;

	*flags = rd_u8(r);
	bits = rd_u8(r);
	*addr = rd_u32(r);
	return ours && !r->bad && bits == BITS;
}

static bool read_hello(struct rd r, struct pim_hello *hello)
{
	*hello = (struct pim_hello){ .priority = 1 };
	while (rd_left(&r)) {
		uint16_t option = rd_u16(&r), len = rd_u16(&r);
		struct rd value = rd_sub(&r, len);

		if (option == OPTION_HOLD) {
			hello->hold = rd_u16(&value);
		} else if (option == OPTION_PRIORITY) {
			hello->priority = rd_u32(&value);
			hello->has_priority = true;
		} else if (option == OPTION_GENERATION) {
			hello->generation = rd_u32(&value);
			hello->has_generation = true;
		}
		if (r.bad || value.bad)
			return false;
	}
	return true;
}

static bool read_sources(struct rd *r, struct pim_message *m, uint32_t group,
			 unsigned int n, bool join)
{
	while (n--) {
		struct pim_record record = { .group = group, .join = join };
		uint8_t flags;

		if (!read_member(r, &record.source, &flags))
			return false;
		record.any_source = (flags & FLAG_WILDCARD) != 0;
		if (flags & FLAG_TREE && !record.any_source)
			continue;
		if (m->n < PIM_RECORDS)
			m->records[m->n++] = record;
	}
	return true;
}

static bool read_groups(struct rd r, struct pim_message *m)
{
	unsigned int groups;

	if (!read_family(&r))
		return false;
	m->upstream = rd_u32(&r);
	rd_skip(&r, 1);
	groups = rd_u8(&r);
	m->hold = rd_u16(&r);
	for (; groups && !r.bad; groups--) {
		uint8_t flags;
		uint32_t group;
		unsigned int joins, prunes;

		if (!read_member(&r, &group, &flags) || !IN_MULTICAST(group))
			return false;
		joins = rd_u16(&r);
		prunes = rd_u16(&r);
		if (!read_sources(&r, m, group, joins, true) ||
		    !read_sources(&r, m, group, prunes, false))
			return false;
	}
	return !r.bad;
}

bool pim_packet_read(struct rd r, struct pim_message *out)
{
	struct ip_head ip;
	struct rd message;
	uint8_t first;

	out->n = 0;
	if (!ip_head_read(&r, &ip, &message) || ip.protocol != IPPROTO_PIM ||
	    !ip_sum_ok(message))
		return false;
	out->src = ip.src;
	first = rd_u8(&message);
	rd_skip(&message, 3);
	if (message.bad || first >> 4 != PIM_VERSION)
		return false;
	switch (first & 0x0f) {
	case PIM_HELLO:
		out->type = PIM_HELLO;
		return ip.ttl == PIM_IP_TTL && read_hello(message, &out->hello);
	case PIM_JOIN_PRUNE:
	case PIM_GRAFT:
	case PIM_GRAFT_ACK:
		out->type = (enum pim_type)(first & 0x0f);
		return read_groups(message, out);
	default:
		return false;
	}
}

/* --- writing ---------------------------------------------------------- */

static void write_hello(struct wr *w, const struct pim_hello *hello)
{
	wr_u16(w, OPTION_HOLD);
	wr_u16(w, sizeof(uint16_t));
	wr_u16(w, hello->hold);
	wr_u16(w, OPTION_PRIORITY);
	wr_u16(w, sizeof(uint32_t));
	wr_u32(w, hello->priority);
	wr_u16(w, OPTION_GENERATION);
	wr_u16(w, sizeof(uint32_t));
	wr_u32(w, hello->generation);
}

static void write_member(struct wr *w, uint32_t addr)
{
	wr_u8(w, FAMILY_IPV4);
	wr_u8(w, NATIVE);
	wr_u8(w, 0);
	wr_u8(w, BITS);
	wr_u32(w, addr);
}

static void write_record(struct wr *w, const struct pim_message *m)
{
	const struct pim_record *record = &m->records[0];

	wr_u8(w, FAMILY_IPV4);
	wr_u8(w, NATIVE);
	wr_u32(w, m->upstream);
	wr_u8(w, 0);
	wr_u8(w, 1);
	wr_u16(w, m->hold);
	write_member(w, record->group);
	wr_u16(w, record->join ? 1 : 0);
	wr_u16(w, record->join ? 0 : 1);
	write_member(w, record->source);
}

size_t pim_packet_write(uint8_t out[static PIM_SIZE],
			const struct pim_message *message)
{
	struct wr w = wr_init(out, PIM_SIZE);
	size_t sum;

	wr_u8(&w, (uint8_t)(PIM_VERSION << 4 | message->type));
	wr_u8(&w, 0);
	sum = wr_gap16(&w);
	if (message->type == PIM_HELLO)
		write_hello(&w, &message->hello);
	else
		write_record(&w, message);
	wr_put16(&w, sum, ip_sum(out, wr_at(&w)));
	return wr_at(&w);
}
