/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what was typed to an entry. */
#include "router/acl_priv.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define NAME_SIZE 16

/* side: "src" or "dst", as the grammar names its tokens. */
static const char *name(char *out, const char *side, const char *what)
{
	snprintf(out, NAME_SIZE, "%s_%s", side, what);
	return out;
}

static void read_address(const struct cli_args *a, const char *side,
			 struct ip_addr *addr, struct ip_addr *wild)
{
	char n[NAME_SIZE];

	if (cli_has(a, name(n, side, "any")))
		return;
	if (cli_has(a, name(n, side, "one"))) {
		*addr = cli_addr(a, n);
		*wild = ip_v4(0);
		return;
	}
	*wild = cli_addr(a, name(n, side, "wild"));
	*addr = cli_addr(a, name(n, side, "net"));
	if (!ip_is_set(wild)) /* a standard entry may leave it out */
		*wild = ip_v4(0);
	*addr = ip_v4(ip_v4_host(addr) & ~ip_v4_host(wild));
}

static enum ace_op read_op(const char *text)
{
	if (!strcmp(text, "eq"))
		return ACE_EQ;
	if (!strcmp(text, "gt"))
		return ACE_GT;
	if (!strcmp(text, "lt"))
		return ACE_LT;
	return !strcmp(text, "neq") ? ACE_NEQ : ACE_RANGE;
}

struct ace_port acl_read_port(const struct cli_args *a, const char *side)
{
	struct ace_port port = { 0 };
	const char *op;
	char n[NAME_SIZE];
	uint16_t lo;

	op = cli_str(a, name(n, side, "op"));
	if (!op)
		return port;
	port.op = (uint8_t)read_op(op);
	port.lo = (uint16_t)cli_u32(a, name(n, side, "port"));
	if (port.op != ACE_RANGE)
		return port;
	port.hi = (uint16_t)cli_u32(a, name(n, side, "last"));
	if (port.hi < port.lo) {
		lo = port.hi;
		port.hi = port.lo;
		port.lo = lo;
	}
	return port;
}

void acl_read_icmp(const struct cli_args *a, struct ace *ace)
{
	if (cli_has(a, "message")) {
		ace->icmp_type = (int16_t)(cli_u32(a, "message") >> 8);
		ace->icmp_code = (int16_t)(cli_u32(a, "message") & 0xff);
	} else if (cli_has(a, "type")) {
		ace->icmp_type = (int16_t)cli_u32(a, "type");
		if (cli_has(a, "code"))
			ace->icmp_code = (int16_t)cli_u32(a, "code");
	}
}

static unsigned int read_protocol(const struct cli_args *a)
{
	const char *text = cli_str(a, "protocol");

	if (!strcmp(text, "tcp"))
		return IPPROTO_TCP;
	if (!strcmp(text, "udp"))
		return IPPROTO_UDP;
	if (!strcmp(text, "icmp"))
		return IPPROTO_ICMP;
	if (!strcmp(text, "igmp"))
		return IPPROTO_IGMP;
	return cli_u32(a, "protocol");
}

struct ace acl_ace_extended(const struct cli_args *a)
{
	const char *keyword = cli_str(a, "protocol");
	struct ace ace;

	ace_init(&ace);
	ace.permit = cli_has(a, "permit");
	ace.protocol = (uint8_t)read_protocol(a);
	read_address(a, "src", &ace.src, &ace.src_wild);
	read_address(a, "dst", &ace.dst, &ace.dst_wild);
	if (!strcmp(keyword, "tcp") || !strcmp(keyword, "udp")) {
		ace.sport = acl_read_port(a, "src");
		ace.dport = acl_read_port(a, "dst");
	}
	if (!strcmp(keyword, "tcp"))
		ace.established = cli_has(a, "established");
	if (!strcmp(keyword, "icmp"))
		acl_read_icmp(a, &ace);
	if (!strcmp(keyword, "igmp") && cli_has(a, "type"))
		ace.igmp_type = (int16_t)cli_u32(a, "type");
	if (cli_has(a, "dscp_value"))
		ace.dscp = (int8_t)cli_u32(a, "dscp_value");
	if (cli_has(a, "precedence_value"))
		ace.precedence = (int8_t)cli_u32(a, "precedence_value");
	if (cli_has(a, "tos_value"))
		ace.tos = (int8_t)cli_u32(a, "tos_value");
	ace.fragments = cli_has(a, "fragments");
	ace.log_input = cli_has(a, "log-input");
	ace.log = cli_has(a, "log") || ace.log_input;
	return ace;
}

struct ace acl_ace_standard(const struct cli_args *a)
{
	struct ace ace;

	ace_init(&ace);
	ace.permit = cli_has(a, "permit");
	read_address(a, "src", &ace.src, &ace.src_wild);
	ace.log = cli_has(a, "log");
	return ace;
}
