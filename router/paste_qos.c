/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Classes, policies and access list entries with more than is acted on. */
#include "cli/cli_kept.h"
#include "router/paste.h"

static const struct cli_mode mode_class = {
	.prompt = "config-cmap",
	.parent = &cli_mode_config,
};

static const struct cli_mode mode_policy = {
	.prompt = "config-pmap",
	.parent = &cli_mode_config,
};

static const struct cli_mode mode_inside = {
	.prompt = "config-pmap-c",
	.parent = &mode_policy,
};

#define QOS "QoS of this kind"

#define MATCHES                                                                    \
	"( access-group | any | class-map | cos | destination-address | "          \
	"discard-class | dscp | fr-dlci | input-interface | ip | ipv6 | mpls "     \
	"| packet | precedence | protocol | qos-group | source-address | "         \
	"vlan | field | start | request | response | application | traffic-class " \
	"| atm-clp )"
#define MATCH "match [ not ] " MATCHES " [ LINE ]"

#define ACTIONS                                                             \
	"( bandwidth | compress | fair-queue | netflow-sampler | police | " \
	"priority | queue-limit | random-detect | service-policy | set | "  \
	"shape | drop | inspect | pass | account | estimate | "             \
	"urlfilter | reset | log | allow ) [ LINE ]"

#define ADDRESS " ( any | host A.B.C.D | A.B.C.D A.B.C.D | object-group WORD ) "
#define PORT	"( TCPPORT | UDPPORT )"
#define PORTS                                                                \
	"[ ( eq " PORT " [ " PORT " ] [ " PORT " ] | gt " PORT " | lt " PORT \
	" | neq " PORT " | range " PORT " " PORT " ) ]"
#define ENTRY                                                                   \
	"( permit | deny ) ( tcp | udp | icmp | igmp | IPPROTO | object-group " \
	"WORD )" ADDRESS PORTS ADDRESS PORTS                                    \
	" [ ( ICMPMSG | ICMPTYPE ) ] { established | syn | ack | fin | psh | "  \
	"rst | urg | log [ WORD ] | log-input [ WORD ] | time-range WORD | "    \
	"reflect WORD [ timeout <1-2147483> ] | dscp DSCP | ttl ( eq | lt | "   \
	"gt | neq ) <0-255> | option WORD | fragments | precedence "            \
	"PRECEDENCE | tos TOS }"

static const struct cli_kept rows[] = {
	{
		.mode = &cli_mode_config,
		.words = "class-map type ( inspect [ WORD ] | stack | "
			 "access-control | control | port-filter | "
			 "logging | queue-threshold ) [ ( match-all | "
			 "match-any ) ] WORD",
		.enters = &mode_class,
		.order = CLI_O_QOS,
		.why = QOS,
	},
	{
		.mode = &cli_mode_config,
		.words = "policy-map type ( inspect [ WORD ] | stack | "
			 "access-control | control | port-filter | "
			 "logging | queue-threshold ) WORD",
		.enters = &mode_policy,
		.order = CLI_O_QOS + 1,
		.why = QOS,
	},
	{ .mode = &mode_class, .words = "description . LINE", .why = QOS },
	{ .mode = &mode_class, .words = MATCH, .order = 1, .why = QOS },
	{ .mode = &mode_policy, .words = "description . LINE", .why = QOS },
	{
		.mode = &mode_policy,
		.words = "class [ type inspect ] WORD",
		.enters = &mode_inside,
		.order = 1,
		.why = QOS,
	},
	{ .mode = &mode_inside, .words = ACTIONS, .why = QOS },
	{
		.in = "config-ext-nacl",
		.words = "[ <1-2147483647> ] " ENTRY,
		.order = 200,
		.why = "this kind of entry",
	},
	{
		.in = "config-ext-nacl",
		.words = "[ <1-2147483647> ] ( evaluate WORD | dynamic LINE )",
		.order = 201,
		.why = "this kind of entry",
	},
	{
		.mode = &cli_mode_config,
		.words = "access-list ( <100-199> | <2000-2699> ) " ENTRY,
		.order = CLI_O_ACL + 47,
		.why = "this kind of entry",
	},
	{
		.mode = &cli_mode_config,
		.words = "ip access-list ( log-update threshold <0-2147483647> "
			 "| logging interval <0-2147483647> | logging "
			 "hash-generation )",
		.order = CLI_O_ACL - 60,
		.why = "this part of access lists",
	},
	{
		.mode = &cli_mode_config,
		.words = "ip route A.B.C.D A.B.C.D dhcp [ <1-255> ]",
		.order = CLI_O_IP_ROUTE + 1,
		.why = "DHCP",
	},
	{
		.mode = &cli_mode_config,
		.words = "ip route ( profile | static LINE )",
		.order = CLI_O_IP_ROUTE + 1,
		.why = "this part of static routes",
	},
	{
		.mode = &cli_mode_config,
		.words =
			"ip route vrf WORD A.B.C.D A.B.C.D A.B.C.D global [ LINE ]",
		.order = CLI_O_IP_ROUTE + 1,
		.why = "routes between VRFs",
	},
};

/* In the blocks of the feature: what it does not take. */
static const struct cli_kept more[] = {
	{ .in = "config-cmap", .words = MATCH, .order = 1, .why = QOS },
	{ .in = "config-pmap-c", .words = ACTIONS, .order = 1, .why = QOS },
};

void paste_qos_init(struct cli *cli)
{
	CLI_KEEP(cli, rows);
	CLI_KEEP(cli, more);
}
