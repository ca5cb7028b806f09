/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/ping_packet.h"

#include <linux/icmp.h>
#include <netinet/in.h>

#include "base/wr.h"

/* RFC 1071 */
static uint16_t checksum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static uint8_t data_at(const struct ping_echo *echo, size_t i)
{
	return (uint8_t)(i % 2 ? echo->pattern : echo->pattern >> 8);
}

size_t ping_packet_write(const struct ping_echo *echo, void *buf, size_t cap)
{
	struct wr w = wr_init(buf, cap);
	size_t i, sum;

	wr_u8(&w, ICMP_ECHO);
	wr_u8(&w, 0);
	sum = wr_gap16(&w);
	wr_u16(&w, echo->ident);
	wr_u16(&w, echo->sequence);
	for (i = 0; i < echo->data; i++)
		wr_u8(&w, data_at(echo, i));
	if (!wr_ok(&w))
		return 0;
	wr_put16(&w, sum, checksum(buf, wr_at(&w)));
	return wr_at(&w);
}

static bool data_is_ours(const struct ping_echo *echo, struct rd data)
{
	size_t i;

	if (rd_left(&data) != echo->data)
		return false;
	for (i = 0; i < echo->data; i++)
		if (rd_u8(&data) != data_at(echo, i))
			return false;
	return true;
}

static char error_mark(uint8_t type, uint8_t code)
{
	switch (type) {
	case ICMP_DEST_UNREACH:
		if (code == ICMP_FRAG_NEEDED)
			return 'M';
		return code == ICMP_PKT_FILTERED ? 'A' : 'U';
	case ICMP_SOURCE_QUENCH:
		return 'Q';
	case ICMP_TIME_EXCEEDED:
		return '&';
	case ICMP_PARAMETERPROB:
		return '?';
	default:
		return 0;
	}
}

/* Reads the header of the IPv4 packet r begins with and leaves r behind it. */
static bool read_ip(struct rd *r, struct ip_addr *src, struct ip_addr *dst)
{
	uint8_t first = rd_u8(r), protocol;
	size_t header = (size_t)(first & 0xf) * 4;

	rd_skip(r, 8);
	protocol = rd_u8(r);
	rd_skip(r, 2);
	*src = ip_v4(rd_u32(r));
	*dst = ip_v4(rd_u32(r));
	if (r->bad || header < PING_IP_HEADER)
		return false;
	rd_skip(r, header - PING_IP_HEADER);
	return !r->bad && first >> 4 == 4 && protocol == IPPROTO_ICMP;
}

static bool is_ours(const struct ping_echo *echo, struct rd *r)
{
	uint16_t ident = rd_u16(r), sequence = rd_u16(r);

	return !r->bad && ident == echo->ident && sequence == echo->sequence;
}

/* An ICMP error quotes the head of the packet it is about. */
static bool quotes_ours(const struct ping_echo *echo, struct rd r)
{
	struct ip_addr src, dst;
	uint8_t type;

	if (!read_ip(&r, &src, &dst) || !ip_equal(&dst, &echo->dst))
		return false;
	type = rd_u8(&r);
	rd_skip(&r, 3);
	return type == ICMP_ECHO && is_ours(echo, &r);
}

char ping_packet_judge(const struct ping_echo *echo, struct rd r, bool validate)
{
	struct ip_addr src, dst;
	uint8_t type, code;

	if (!read_ip(&r, &src, &dst))
		return 0;
	type = rd_u8(&r);
	code = rd_u8(&r);
	rd_skip(&r, 2);
	if (type != ICMP_ECHOREPLY) {
		rd_skip(&r, 4);
		return quotes_ours(echo, r) ? error_mark(type, code) : 0;
	}
	/* A group answers with its members' addresses. */
	if (!is_ours(echo, &r) ||
	    (!ip_equal(&src, &echo->dst) && !ip_is_multicast(&echo->dst)))
		return 0;
	return validate && !data_is_ours(echo, r) ? '?' : '!';
}

/* --- record route ------------------------------------------------------ */

enum {
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_RECORD = 7,
	RECORD_HEAD = 3, /* type, length, pointer */
	RECORD_HOPS = 9,
};

size_t ping_record_size(unsigned int hops)
{
	return hops ? RECORD_HEAD + 4 * (size_t)hops + 1 : 0;
}

size_t ping_record_write(void *buf, unsigned int hops)
{
	struct wr w = wr_init(buf, PING_OPTIONS_MAX);

	if (!hops)
		return 0;
	wr_u8(&w, OPTION_RECORD);
	wr_u8(&w, (uint8_t)(RECORD_HEAD + 4 * hops));
	wr_u8(&w, RECORD_HEAD + 1);
	wr_zero(&w, 4 * (size_t)hops + 1);
	return wr_ok(&w) ? wr_at(&w) : 0;
}

static bool read_route(struct rd *r, struct ip_addr *hops, unsigned int *n)
{
	uint8_t len = rd_u8(r), pointer = rd_u8(r);
	unsigned int i;

	*n = pointer > RECORD_HEAD ? (pointer - RECORD_HEAD - 1) / 4 : 0;
	if (len < RECORD_HEAD || *n > RECORD_HOPS || RECORD_HEAD + 4 * *n > len)
		return false;
	for (i = 0; i < *n; i++)
		hops[i] = ip_v4(rd_u32(r));
	return !r->bad;
}

bool ping_record_read(struct rd packet, struct ip_addr *hops, unsigned int *n)
{
	size_t header = (size_t)(rd_u8(&packet) & 0xf) * 4;
	struct rd r;
	uint8_t type, len;

	rd_skip(&packet, PING_IP_HEADER - 1);
	if (header < PING_IP_HEADER)
		return false;
	r = rd_sub(&packet, header - PING_IP_HEADER);
	while (rd_left(&r) && !r.bad) {
		type = rd_u8(&r);
		if (type == OPTION_END)
			break;
		if (type == OPTION_RECORD)
			return read_route(&r, hops, n);
		if (type == OPTION_NOP)
			continue;
		len = rd_u8(&r);
		rd_skip(&r, len >= 2 ? (size_t)len - 2 : rd_left(&r));
	}
	return false;
}
