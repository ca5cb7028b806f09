/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Routing protocols (but BGP), route maps and what they refer to. */
#include "cli/cli_kept.h"
#include "router/paste.h"

#define MODE(name, text, above)                                               \
	static const struct cli_mode name = {                                 \
		.prompt = text,                                               \
		.heading = "Router configuration commands:",                  \
		.exit_help = "Exit from routing protocol configuration mode", \
		.parent = above,                                              \
	}

MODE(mode_eigrp, "config-router", &cli_mode_config);
MODE(mode_eigrp_af, "config-router-af", &mode_eigrp);
MODE(mode_eigrp_if, "config-router-af-interface", &mode_eigrp_af);
MODE(mode_eigrp_top, "config-router-af-topology", &mode_eigrp_af);
MODE(mode_ospf, "config-router", &cli_mode_config);
MODE(mode_ospf_af, "config-router-af", &mode_ospf);
MODE(mode_rip, "config-router", &cli_mode_config);
MODE(mode_rip_af, "config-router-af", &mode_rip);
MODE(mode_isis, "config-router", &cli_mode_config);
MODE(mode_ipv6, "config-rtr", &cli_mode_config);
MODE(mode_map, "config-route-map", &cli_mode_config);
MODE(mode_chain, "config-keychain", &cli_mode_config);
MODE(mode_key, "config-keychain-key", &mode_chain);

/* more: CLI_KEPT_USED for what FRR does. */
#define IN_F(m, place, text, reason, more)                                \
	{                                                                 \
		.mode = &m, .words = text, .order = place, .why = reason, \
		.flags = more,                                            \
	}
#define IN(m, place, text, reason) IN_F(m, place, text, reason, 0)
#define BOTH_F(m, place, text, reason, more)                              \
	{                                                                 \
		.mode = &m, .words = text, .order = place, .why = reason, \
		.flags = CLI_KEPT_BOTH | (more),                          \
	}
#define BOTH(m, place, text, reason) BOTH_F(m, place, text, reason, 0)
#define BLOCK_F(m, place, text, in, reason, more)                         \
	{                                                                 \
		.mode = &m, .words = text, .order = place, .why = reason, \
		.enters = &in, .flags = more,                             \
	}
#define BLOCK(m, place, text, in, reason) BLOCK_F(m, place, text, in, reason, 0)
#define LEAVE(m, text)                                    \
	{                                                 \
		.mode = &m, .words = text, .order = 1000, \
		.flags = CLI_KEPT_LEAVE,                  \
	}

/* What all of them have, in IOS's order. */
#define COMMON_F(m, reason, more)                                                \
	BOTH_F(m, 30, "auto-summary", reason, more),                             \
		BOTH_F(m, 10, "log-adjacency-changes " PASTE_MORE, reason,       \
		       more),                                                    \
		IN_F(m, 40, "redistribute " PASTE_SOURCES, reason, more),        \
		BOTH_F(m, 50, "passive-interface ( default | IFNAME )",          \
		       reason, more),                                            \
		IN_F(m, 60, "network A.B.C.D [ A.B.C.D ]", reason, more),        \
		IN_F(m, 70, "neighbor LINE", reason, more),                      \
		IN_F(m, 80,                                                      \
		     "( maximum-paths | default-metric | variance | "            \
		     "traffic-share ) . LINE",                                   \
		     reason, more),                                              \
		IN_F(m, 80,                                                      \
		     "default-information ( originate " PASTE_MORE               \
		     " | allowed . [ LINE ] | in . [ LINE ] | out . [ LINE ] )", \
		     reason, more),                                              \
		IN_F(m, 81,                                                      \
		     "( distribute-list | offset-list | distance | timers | "    \
		     "summary-address | bfd | input-queue | output-delay | "     \
		     "flash-update-threshold ) LINE",                            \
		     reason, more),                                              \
		BOTH_F(m, 85, "( shutdown | validate-update-source )", reason,   \
		       more)

#define COMMON(m, reason) COMMON_F(m, reason, 0)

static const struct cli_kept eigrp_rows[] = {
	BLOCK(cli_mode_config, CLI_O_ROUTER,
	      "router eigrp ( <1-65535> | WORD )", mode_eigrp, "EIGRP"),
	COMMON(mode_eigrp, "EIGRP"),
	IN(mode_eigrp, 82,
	   "eigrp ( router-id | stub | default-route-tag | event-log-size ) . [ LINE ]",
	   "EIGRP"),
	BOTH(mode_eigrp, 82,
	     "eigrp ( log-neighbor-changes | log-neighbor-warnings [ LINE ] )",
	     "EIGRP"),
	IN(mode_eigrp, 83, "( metric | nsf | summary-metric ) [ LINE ]",
	   "EIGRP"),
	BLOCK(mode_eigrp, 90,
	      "address-family ( ipv4 | ipv6 ) [ ( unicast | multicast ) ] [ vrf WORD ] [ autonomous-system <1-65535> ]",
	      mode_eigrp_af, "EIGRP"),
	BLOCK(mode_eigrp, 91, "service-family ( ipv4 | ipv6 ) LINE",
	      mode_eigrp_af, "EIGRP"),
	COMMON(mode_eigrp_af, "EIGRP"),
	IN(mode_eigrp_af, 20, "autonomous-system . <1-65535>", "EIGRP"),
	IN(mode_eigrp_af, 82, "eigrp ( router-id | stub ) . [ LINE ]", "EIGRP"),
	BOTH(mode_eigrp_af, 82, "eigrp LINE", "EIGRP"),
	IN(mode_eigrp_af, 83, "( metric | nsf | remote-neighbors ) LINE",
	   "EIGRP"),
	BLOCK(mode_eigrp_af, 1, "af-interface ( default | IFNAME )",
	      mode_eigrp_if, "EIGRP"),
	BLOCK(mode_eigrp_af, 2, "topology ( base | WORD [ tid <1-65535> ] )",
	      mode_eigrp_top, "EIGRP"),
	LEAVE(mode_eigrp_af, "exit-address-family"),
	BOTH(mode_eigrp_if, 1,
	     "( passive-interface | split-horizon | next-hop-self | shutdown | dampening-change | dampening-interval | add-paths ) [ LINE ]",
	     "EIGRP"),
	IN(mode_eigrp_if, 2,
	   "( hello-interval | hold-time | bandwidth-percent ) . LINE",
	   "EIGRP"),
	IN(mode_eigrp_if, 3, "( authentication | summary-address | bfd ) LINE",
	   "EIGRP"),
	LEAVE(mode_eigrp_if, "exit-af-interface"),
	COMMON(mode_eigrp_top, "EIGRP"),
	IN(mode_eigrp_top, 83,
	   "( metric | eigrp | summary-metric | snmp | fast-reroute ) LINE",
	   "EIGRP"),
	LEAVE(mode_eigrp_top, "exit-af-topology"),
};

#define OSPF_F(m, more)                                                                                                                               \
	IN_F(m, 5, "router-id . A.B.C.D", "OSPF", more),                                                                                              \
		IN_F(m, 12, "auto-cost . [ reference-bandwidth <1-4294967> ]",                                                                        \
		     "OSPF", more),                                                                                                                   \
		IN_F(m, 13,                                                                                                                           \
		     "( nsr | ispf | prefix-suppression | capability | "                                                                              \
		     "compatible | domain-id | domain-tag | ignore | limit | "                                                                        \
		     "max-lsa | queue-depth | snmp | ttl-security | "                                                                                 \
		     "discard-route | event-log | interface-id | local-rib-criteria "                                                                 \
		     "| graceful-restart | nsf | fast-reroute | process-min-time "                                                                    \
		     "| traffic-share | adjacency ) [ LINE ]",                                                                                        \
		     "OSPF", more),                                                                                                                   \
		BOTH_F(m, 14,                                                                                                                         \
		       "( capability | compatible | discard-route ) LINE",                                                                            \
		       "OSPF", more),                                                                                                                 \
		IN_F(m, 15,                                                                                                                           \
		     "area " PASTE_AREA " ( stub | nssa | default-cost | "                                                                            \
		     "authentication ) . [ LINE ]",                                                                                                   \
		     "OSPF", more),                                                                                                                   \
		IN_F(m, 16,                                                                                                                           \
		     "area " PASTE_AREA                                                                                                               \
		     " ( range | virtual-link | sham-link | "                                                                                         \
		     "filter-list | encryption | capability ) LINE",                                                                                  \
		     "OSPF", more),                                                                                                                   \
		IN_F(m, 17,                                                                                                                           \
		     "( max-metric | summary-prefix | mpls ldp ( autoconfig | sync ) | mpls traffic-eng ( router-id | area | interface ) ) [ LINE ]", \
		     "OSPF", more),                                                                                                                   \
		IN_F(m, 60, "network A.B.C.D A.B.C.D . area " PASTE_AREA,                                                                             \
		     "OSPF", more)

#define OSPF(m) OSPF_F(m, 0)

/* What FRR has, with help. */
#define HELP(m, place, text, more)                                          \
	{                                                                   \
		.mode = &m, .grammar = text, .order = place, .why = "OSPF", \
		.flags = CLI_KEPT_USED | (more),                            \
	}

static const char ospf_words[] = "router     Enable a routing process\n"
				 "ospf       Open Shortest Path First (OSPF)\n"
				 "<1-65535>  Process ID\n";

static const char ospf_id_words[] =
	"router-id  router-id for this OSPF process\n"
	".\n"
	"A.B.C.D    OSPF router-id in IP address format\n";

static const char ospf_log_words[] =
	"log-adjacency-changes  Log changes in adjacency state\n"
	".\n"
	"[ detail               Log all state changes\n"
	"]\n";

static const char ospf_network_words[] =
	"network  Enable routing on an IP network\n"
	"A.B.C.D  Network number\n"
	"A.B.C.D  OSPF wild card bits\n"
	".\n"
	"area     Set the OSPF area ID\n"
	"( <0-4294967295>  OSPF area ID as a decimal value\n"
	"| A.B.C.D  OSPF area ID in IP address format\n"
	")\n";

static const char ospf_passive_words[] =
	"passive-interface  Suppress routing updates on an interface\n"
	"( default          Suppress routing updates on all interfaces\n"
	"| IFNAME\n"
	")\n";

static const char ospf_redistribute_words[] =
	"redistribute  Redistribute information from another routing "
	"protocol\n"
	"( connected   Connected\n"
	"| static      Static routes\n"
	"| bgp         Border Gateway Protocol (BGP)\n"
	"<1-4294967295>  Autonomous system number\n"
	")\n"
	".\n"
	"[ metric      Metric for redistributed routes\n"
	"<0-16777214>  OSPF default metric\n"
	"]\n"
	"[ metric-type  OSPF/IS-IS exterior metric type for redistributed "
	"routes\n"
	"<1-2>         Set OSPF External Type 1 or 2 metrics\n"
	"]\n"
	"[ subnets     Consider subnets for redistribution into OSPF\n"
	"]\n";

static const char ospf_default_words[] =
	"default-information  Control distribution of default information\n"
	"originate            Distribute a default route\n"
	".\n"
	"[ always             Always advertise default route\n"
	"]\n"
	"[ metric             OSPF default metric\n"
	"<0-16777214>         OSPF metric\n"
	"]\n"
	"[ metric-type        OSPF metric type for default routes\n"
	"<1-2>                OSPF Link State type\n"
	"]\n";

#define OSPF_HELP                                                       \
	{                                                               \
		.mode = &cli_mode_config,                               \
		.grammar = ospf_words,                                  \
		.enters = &mode_ospf,                                   \
		.order = CLI_O_ROUTER + 1,                              \
		.flags = CLI_KEPT_USED,                                 \
		.why = "OSPF",                                          \
	},                                                              \
		HELP(mode_ospf, 5, ospf_id_words, 0),                   \
		HELP(mode_ospf, 10, ospf_log_words, CLI_KEPT_BOTH),     \
		HELP(mode_ospf, 40, ospf_redistribute_words, 0),        \
		HELP(mode_ospf, 50, ospf_passive_words, CLI_KEPT_BOTH), \
		HELP(mode_ospf, 60, ospf_network_words, 0),             \
		HELP(mode_ospf, 80, ospf_default_words, 0)

static const struct cli_kept ospf_rows[] = {
	OSPF_HELP,
	BLOCK_F(cli_mode_config, CLI_O_ROUTER + 1,
		"router ospf <1-65535> [ vrf WORD ]", mode_ospf, "OSPF",
		CLI_KEPT_USED),
	COMMON_F(mode_ospf, "OSPF", CLI_KEPT_USED),
	OSPF_F(mode_ospf, CLI_KEPT_USED),
	BLOCK(cli_mode_config, CLI_O_ROUTER + 1, "router ospfv3 <1-65535>",
	      mode_ospf, "OSPF"),
	BLOCK(mode_ospf, 90,
	      "address-family ( ipv4 | ipv6 ) [ unicast ] [ vrf WORD ]",
	      mode_ospf_af, "OSPF"),
	COMMON(mode_ospf_af, "OSPF"),
	OSPF(mode_ospf_af),
	LEAVE(mode_ospf_af, "exit-address-family"),
};

static const struct cli_kept other_rows[] = {
	BLOCK(cli_mode_config, CLI_O_ROUTER + 2, "router rip", mode_rip, "RIP"),
	COMMON(mode_rip, "RIP"),
	IN(mode_rip, 1, "version . <1-2>", "RIP"),
	BLOCK(mode_rip, 90, "address-family ipv4 [ unicast ] [ vrf WORD ]",
	      mode_rip_af, "RIP"),
	COMMON(mode_rip_af, "RIP"),
	IN(mode_rip_af, 1, "version . <1-2>", "RIP"),
	LEAVE(mode_rip_af, "exit-address-family"),
	BLOCK(cli_mode_config, CLI_O_ROUTER + 2, "router isis [ WORD ]",
	      mode_isis, "IS-IS"),
	COMMON(mode_isis, "IS-IS"),
	IN(mode_isis, 1, "net WORD", "IS-IS"),
	IN(mode_isis, 2,
	   "( is-type | metric-style | set-overload-bit | authentication | area-password | domain-password | lsp-gen-interval | max-lsp-lifetime | spf-interval | prc-interval | hello | nsf | metric | mpls traffic-eng ( router-id | level-1 | level-2 ) | advertise | summary-address | protocol ) . [ LINE ]",
	   "IS-IS"),
	BLOCK(cli_mode_config, CLI_O_ROUTE_MAP - 60,
	      "ipv6 router ( ospf <1-65535> | eigrp <1-65535> | rip WORD )",
	      mode_ipv6, "routing of IPv6"),
	COMMON(mode_ipv6, "routing of IPv6"),
	OSPF(mode_ipv6),
	IN(mode_ipv6, 18, "eigrp LINE", "EIGRP"),
	BLOCK(cli_mode_config, CLI_O_USERNAME - 30, "key chain WORD",
	      mode_chain, "key chains"),
	BLOCK(mode_chain, 1, "key <0-2147483647>", mode_key, "key chains"),
	IN(mode_key, 1,
	   "( key-string | accept-lifetime | send-lifetime | cryptographic-algorithm ) . LINE",
	   "key chains"),
	/* route maps */
	BLOCK_F(cli_mode_config, CLI_O_ROUTE_MAP,
		"route-map WORD [ ( permit | deny ) [ <0-65535> ] ]", mode_map,
		"route maps", CLI_KEPT_USED),
	IN_F(mode_map, 1, "description . LINE", "route maps", CLI_KEPT_USED),
	IN_F(mode_map, 2,
	     "match ( as-path | community | extcommunity | interface | ipv6 | length | metric | mpls-label | nlri | policy-list | route-type | source-protocol | tag | track | local-preference | rpki ) [ LINE ]",
	     "route maps", CLI_KEPT_USED),
	IN_F(mode_map, 2,
	     "match ip ( address | next-hop | route-source | redistribution-source | flowspec ) [ prefix-list ] LINE",
	     "route maps", CLI_KEPT_USED),
	IN_F(mode_map, 3,
	     "set ( as-path | automatic-tag | clns | comm-list | community | dampening | extcomm-list | extcommunity | global | interface | ipv6 | level | local-preference | metric | metric-type | mpls-label | nlri | origin | tag | traffic-index | vrf | weight ) [ LINE ]",
	     "route maps", CLI_KEPT_USED),
	IN_F(mode_map, 3,
	     "set ip ( address | df | default | global | next-hop | precedence | qos-group | tos | vrf ) LINE",
	     "route maps", CLI_KEPT_USED),
	IN_F(mode_map, 4, "continue . [ <0-65535> ]", "route maps",
	     CLI_KEPT_USED),
	IN_F(cli_mode_config, CLI_O_ROUTE_MAP - 70,
	     "ip prefix-list WORD [ seq <1-4294967294> ] ( permit | deny | description ) LINE",
	     "prefix lists", CLI_KEPT_USED),
	IN(cli_mode_config, CLI_O_ROUTE_MAP - 70,
	   "ipv6 prefix-list WORD [ seq <1-4294967294> ] ( permit | deny | description ) LINE",
	   "prefix lists"),
	IN_F(cli_mode_config, CLI_O_ROUTE_MAP - 75,
	     "ip ( as-path access-list | community-list | extcommunity-list ) LINE",
	     "BGP", CLI_KEPT_USED),
	IN(cli_mode_config, CLI_O_IP_ROUTE + 40,
	   "ip ( default-network A.B.C.D | bgp-community new-format | policy-list LINE )",
	   "routing protocols"),
	IN(cli_mode_config, CLI_O_IP_ROUTE + 40, "ip local policy LINE",
	   "policy routing"),
};

void paste_routing_init(struct cli *cli)
{
	CLI_KEEP(cli, eigrp_rows);
	CLI_KEEP(cli, ospf_rows);
	CLI_KEEP(cli, other_rows);
}
