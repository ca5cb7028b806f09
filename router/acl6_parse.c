/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what was typed to an entry of an IPv6 list, and the tokens of such
 * entries. */
#include "router/acl_priv.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "router/ipv6_prefix.h"

#define NAME_SIZE 16

static struct ip_addr wildcard(unsigned int prefix)
{
	struct ip_addr wild = ip_mask(IP_V6, prefix);
	size_t i;

	for (i = 0; i < sizeof(wild.b); i++)
		wild.b[i] = (uint8_t)~wild.b[i];
	return wild;
}

static void read_address(const struct cli_args *a, const char *side,
			 struct ip_addr *addr, struct ip_addr *wild)
{
	char any[NAME_SIZE], one[NAME_SIZE], net[NAME_SIZE];
	unsigned int prefix;

	snprintf(any, sizeof(any), "%s_any", side);
	snprintf(one, sizeof(one), "%s_one", side);
	snprintf(net, sizeof(net), "%s_net", side);
	if (cli_has(a, any))
		return;
	if (cli_has(a, one)) {
		*addr = cli_addr(a, one);
		*wild = wildcard(128);
	} else if (ipv6_prefix_parse(cli_str(a, net), addr, &prefix)) {
		*addr = ip_network(addr, prefix);
		*wild = wildcard(prefix);
	}
}

static uint8_t read_protocol(const struct cli_args *a)
{
	const char *text = cli_str(a, "protocol");

	if (!strcmp(text, "tcp"))
		return IPPROTO_TCP;
	if (!strcmp(text, "udp"))
		return IPPROTO_UDP;
	if (!strcmp(text, "sctp"))
		return IPPROTO_SCTP;
	if (!strcmp(text, "icmp"))
		return IPPROTO_ICMPV6;
	return (uint8_t)cli_u32(a, "protocol");
}

static void read_options(const struct cli_args *a, struct ace *ace)
{
	if (cli_has(a, "dscp_value"))
		ace->dscp = (int8_t)cli_u32(a, "dscp_value");
	if (cli_has(a, "label"))
		ace->flow_label = (int32_t)cli_u32(a, "label");
	ace->fragments = cli_has(a, "fragments");
	ace->routing = cli_has(a, "routing");
	ace->log_input = cli_has(a, "log-input");
	ace->log = cli_has(a, "log") || ace->log_input;
}

struct ace acl_ace_ipv6(const struct cli_args *a)
{
	const char *keyword = cli_str(a, "protocol");
	struct ace ace;

	ace_init6(&ace);
	ace.permit = cli_has(a, "permit");
	ace.protocol = read_protocol(a);
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
	read_options(a, &ace);
	return ace;
}
