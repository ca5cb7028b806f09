/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/capture_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "ipsec/ip.h"
#include "ipsec/ipv6.h"

enum {
	LINE_OCTETS = 16,
	ARP = 0x0806,
	ARP_SENDER_AT = 14,
	ARP_TARGET_AT = 24,
	ARP_SIZE = 28,
	PROTOCOL_AT = 9, /* of an IPv4 header */
	SRC_AT = 12,
	DST_AT = 16,
	NEXT_AT = 6, /* of an IPv6 header */
};

#define RULER                                                                   \
	"---------------------------------------------------------------------" \
	"-------\n"

static const struct {
	uint8_t number;
	const char *name;
} protocols[] = {
	{ 1, "ICMP" },	  { 2, "IGMP" },   { 4, "IPIP" },  { 6, "TCP" },
	{ 17, "UDP" },	  { 47, "GRE" },   { 50, "ESP" },  { 51, "AH" },
	{ 58, "ICMPv6" }, { 88, "EIGRP" }, { 89, "OSPF" }, { 103, "PIM" },
};

static const struct {
	uint8_t value;
	const char *name;
} dscps[] = {
	{ 0, "BE" },	{ 8, "CS1" },  { 10, "AF11" }, { 12, "AF12" },
	{ 14, "AF13" }, { 16, "CS2" }, { 18, "AF21" }, { 20, "AF22" },
	{ 22, "AF23" }, { 24, "CS3" }, { 26, "AF31" }, { 28, "AF32" },
	{ 30, "AF33" }, { 32, "CS4" }, { 34, "AF41" }, { 36, "AF42" },
	{ 38, "AF43" }, { 40, "CS5" }, { 46, "EF" },   { 48, "CS6" },
	{ 56, "CS7" },
};

/* What a brief says of a packet; addresses as text, as far as it has them. */
struct brief {
	char src[IP_ADDR_TEXT], dst[IP_ADDR_TEXT];
	int dscp;	   /* -1: none */
	char protocol[16]; /* "UDP", "0x88cc" */
};

static void addresses(struct brief *b, enum ip_family family,
		      const uint8_t *src, const uint8_t *dst)
{
	struct ip_addr addr = { .family = (uint8_t)family };

	memcpy(addr.b, src, ip_size(&addr));
	ip_text(&addr, b->src);
	memcpy(addr.b, dst, ip_size(&addr));
	ip_text(&addr, b->dst);
}

static void name_protocol(struct brief *b, uint8_t number)
{
	snprintf(b->protocol, sizeof(b->protocol), "%u", number);
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (protocols[i].number == number)
			snprintf(b->protocol, sizeof(b->protocol), "%s",
				 protocols[i].name);
}

/* The header may be the last that was kept, or less than a header. */
static void read_brief(struct brief *b, const uint8_t *frame, size_t len)
{
	const uint8_t *packet = frame + ETH_HEADER;
	uint16_t type = len < ETH_HEADER ? 0 : get16(packet - 2);

	*b = (struct brief){ .dscp = -1 };
	snprintf(b->protocol, sizeof(b->protocol), "0x%04x", type);
	len -= len < ETH_HEADER ? len : ETH_HEADER;
	if (type == ETHERTYPE_IPV4 && len >= IPV4_HEADER) {
		addresses(b, IP_V4, packet + SRC_AT, packet + DST_AT);
		b->dscp = packet[1] >> 2;
		name_protocol(b, packet[PROTOCOL_AT]);
	} else if (type == ETHERTYPE_IPV6 && len >= IPV6_HEADER) {
		addresses(b, IP_V6, packet + IPV6_SRC_AT, packet + IPV6_DST_AT);
		b->dscp = (get16(packet) >> 6) & 0x3f;
		name_protocol(b, packet[NEXT_AT]);
	} else if (type == ARP && len >= ARP_SIZE) {
		addresses(b, IP_V4, packet + ARP_SENDER_AT,
			  packet + ARP_TARGET_AT);
		snprintf(b->protocol, sizeof(b->protocol), "ARP");
	}
}

static const char *dscp_name(int value)
{
	for (size_t i = 0; i < ARRAY_SIZE(dscps); i++)
		if (dscps[i].value == value)
			return dscps[i].name;
	return "";
}

void capture_brief_heading(struct cli_out *o)
{
	cli_say(o, RULER " #   size   timestamp     source             "
			 "destination      dscp    protocol\n" RULER);
}

void capture_brief(struct cli_out *o, const struct capture_packet *p,
		   size_t number, int64_t start)
{
	int64_t since = p->wall > start ? p->wall - start : 0;
	char dscp[24] = "";
	struct brief b;

	read_brief(&b, p->data, p->kept);
	if (b.dscp >= 0)
		snprintf(dscp, sizeof(dscp), "%2d %-4s", b.dscp,
			 dscp_name(b.dscp));
	cli_say(o,
		"%4zu %4u %6" PRId64 ".%06" PRId64
		"   %-16s ->  %-16s %-8s %s\n",
		number, p->len, since / 1000000, since % 1000000, b.src, b.dst,
		dscp, b.protocol);
}

static char printable(uint8_t octet)
{
	return octet >= ' ' && octet <= '~' ? (char)octet : '.';
}

static void say_line(struct cli_out *o, const uint8_t *data, size_t at,
		     size_t n)
{
	char hex[2 * LINE_OCTETS + LINE_OCTETS / 4 + 1] = "";
	char text[LINE_OCTETS + 1] = "";
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (i && i % 4 == 0)
			hex[len++] = ' ';
		snprintf(hex + len, sizeof(hex) - len, "%02X", data[at + i]);
		len += 2;
		text[i] = printable(data[at + i]);
	}
	cli_say(o, "  %04zX:  %-35s   %s\n", at, hex, text);
}

void capture_octets(struct cli_out *o, const struct capture_packet *p)
{
	for (size_t at = 0; at < p->kept; at += LINE_OCTETS)
		say_line(o, p->data, at,
			 p->kept - at < LINE_OCTETS ? p->kept - at
						    : LINE_OCTETS);
	cli_say(o, "\n");
}
