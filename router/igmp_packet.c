/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/igmp_packet.h"

#include <netinet/in.h>

#include "base/wr.h"
#include "router/ip_packet.h"

enum igmp_type {
	TYPE_QUERY = 0x11,
	TYPE_REPORT_1 = 0x12,
	TYPE_REPORT_2 = 0x16,
	TYPE_LEAVE = 0x17,
	TYPE_REPORT_3 = 0x22,
};

enum igmp_record { /* RFC 3376 4.2.12 */
		   MODE_IS_INCLUDE = 1,
		   MODE_IS_EXCLUDE,
		   CHANGE_TO_INCLUDE,
		   CHANGE_TO_EXCLUDE,
		   ALLOW_NEW_SOURCES,
		   BLOCK_OLD_SOURCES,
};

static bool is_group(uint32_t addr)
{
	return IN_MULTICAST(addr);
}

static enum igmp_what record_means(uint8_t type, uint16_t sources)
{
	switch ((enum igmp_record)type) {
	case MODE_IS_EXCLUDE:
	case CHANGE_TO_EXCLUDE:
		return IGMP_JOIN;
	case MODE_IS_INCLUDE:
	case ALLOW_NEW_SOURCES:
		return sources ? IGMP_JOIN : IGMP_OTHER;
	case CHANGE_TO_INCLUDE:
		return sources ? IGMP_JOIN : IGMP_LEAVE;
	case BLOCK_OLD_SOURCES:
		return IGMP_OTHER;
	}
	return IGMP_OTHER;
}

static size_t read_records(struct rd r, struct igmp_note *notes)
{
	size_t n = 0, left;

	rd_skip(&r, 2); /* reserved */
	for (left = rd_u16(&r); left && n < IGMP_RECORDS; left--) {
		uint8_t type = rd_u8(&r), extra = rd_u8(&r);
		uint16_t sources = rd_u16(&r);
		uint32_t group = rd_u32(&r);
		enum igmp_what what = record_means(type, sources);

		rd_skip(&r, (size_t)sources * 4 + (size_t)extra * 4);
		if (r.bad)
			return 0;
		if (what == IGMP_OTHER || !is_group(group))
			continue;
		notes[n].what = what;
		notes[n++].group = group;
	}
	return n;
}

static size_t one(struct igmp_note *note, enum igmp_what what, uint32_t group)
{
	note->what = what;
	note->group = group;
	return what == IGMP_QUERY ? !group || is_group(group) : is_group(group);
}

size_t igmp_packet_read(struct rd r, uint32_t *src,
			struct igmp_note notes[static IGMP_RECORDS])
{
	struct rd message;
	struct ip_head ip;
	uint32_t group;
	uint8_t type;

	if (!ip_head_read(&r, &ip, &message) || ip.protocol != IPPROTO_IGMP ||
	    ip.ttl != IGMP_IP_TTL || !ip_sum_ok(message))
		return 0;
	*src = ip.src;
	type = rd_u8(&message);
	rd_skip(&message, 3);
	if (type == TYPE_REPORT_3)
		return read_records(message, notes);
	group = rd_u32(&message);
	if (message.bad)
		return 0;
	switch ((enum igmp_type)type) {
	case TYPE_QUERY:
		return one(notes, IGMP_QUERY, group);
	case TYPE_REPORT_1:
	case TYPE_REPORT_2:
		return one(notes, IGMP_JOIN, group);
	case TYPE_LEAVE:
		return one(notes, IGMP_LEAVE, group);
	case TYPE_REPORT_3:
		break;
	}
	return 0;
}

void igmp_query_write(uint8_t out[static IGMP_QUERY_SIZE], uint32_t group,
		      uint8_t response)
{
	struct wr w = wr_init(out, IGMP_QUERY_SIZE);
	size_t sum;

	wr_u8(&w, TYPE_QUERY);
	wr_u8(&w, response);
	sum = wr_gap16(&w);
	wr_u32(&w, group);
	wr_put16(&w, sum, ip_sum(out, IGMP_QUERY_SIZE));
}
