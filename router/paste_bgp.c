/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_kept.h"
#include "router/paste.h"

static const struct cli_mode mode_bgp = {
	.prompt = "config-router",
	.heading = "Router configuration commands:",
	.exit_help = "Exit from routing protocol configuration mode",
	.parent = &cli_mode_config,
};

static const struct cli_mode mode_af = {
	.prompt = "config-router-af",
	.heading = "Router Address Family configuration commands:",
	.exit_help = "Exit from Address Family configuration mode",
	.parent = &mode_bgp,
};

#define IN(m, place, text)                                              \
	{                                                               \
		.mode = &m, .words = text, .order = place, .why = "BGP" \
	}
#define BOTH(m, place, text)                                             \
	{                                                                \
		.mode = &m, .words = text, .order = place, .why = "BGP", \
		.flags = CLI_KEPT_BOTH,                                  \
	}

#define NEIGHBOR "neighbor ( A.B.C.D | X:X:X:X::X | WORD ) "

#define COMMON(m)                                                                 \
	BOTH(m, 10, "( synchronization | auto-summary )"),                        \
		IN(m, 20, "network A.B.C.D [ mask A.B.C.D ] " PASTE_MORE),        \
		IN(m, 20, "network WORD . [ LINE ]"),                             \
		IN(m, 21, "aggregate-address A.B.C.D A.B.C.D " PASTE_MORE),       \
		IN(m, 22, "redistribute " PASTE_SOURCES),                         \
		IN(m, 30, NEIGHBOR "peer-group [ WORD ]"),                        \
		IN(m, 31,                                                         \
		   NEIGHBOR "( remote-as | local-as | description | "             \
			    "password | update-source | ebgp-multihop | "         \
			    "inherit | translate-update | "                       \
			    "disable-connected-check | timers | version | "       \
			    "transport | ttl-security | shutdown | "              \
			    "fall-over | cluster-id | ha-mode | "                 \
			    "log-neighbor-changes | path-attribute ) . "          \
			    "[ LINE ]"),                                          \
		BOTH(m, 32, NEIGHBOR "activate"),                                 \
		IN(m, 33,                                                         \
		   NEIGHBOR "( additional-paths | advertise | "                   \
			    "advertise-map | advertisement-interval | "           \
			    "allowas-in | as-override | capability | "            \
			    "default-originate | dmzlink-bw | "                   \
			    "internal-vpn-client | maximum-prefix | "             \
			    "next-hop-self | next-hop-unchanged | "               \
			    "remove-private-as | route-reflector-client | "       \
			    "route-server-client | slow-peer | "                  \
			    "soft-reconfiguration | soo | unsuppress-map | "      \
			    "weight ) . [ LINE ]"),                               \
		IN(m, 34, NEIGHBOR "send-community [ LINE ]"),                    \
		IN(m, 35,                                                         \
		   NEIGHBOR "( route-map | prefix-list | filter-list | "          \
			    "distribute-list ) WORD ( in | out )"),               \
		BOTH(m, 6,                                                        \
		     "bgp ( always-compare-med | asnotation | bestpath | "        \
		     "client-to-client | confederation | dampening | default | "  \
		     "deterministic-med | dmzlink-bw | enforce-first-as | "       \
		     "fast-external-fallover | graceful-restart | inject-map | "  \
		     "listen | maxas-limit | nexthop | nopeerup-delay | "         \
		     "redistribute-internal | regexp | rpki | scan-time | "       \
		     "slow-peer | soft-reconfig-backup | suppress-inactive | "    \
		     "transport | update-delay | upgrade-cli | additional-paths " \
		     "| advertise-best-external | recursion ) [ LINE ]"),         \
		IN(m, 40,                                                         \
		   "( maximum-paths | distance | table-map | default-metric | "   \
		   "default-information | distribute-list | timers | "            \
		   "maximum-secondary-paths | snmp | bmp | scope | template ) "   \
		   ". LINE")

static const struct cli_kept rows[] = {
	{
		.mode = &cli_mode_config,
		.words = "router bgp ( <1-4294967295> | WORD )",
		.enters = &mode_bgp,
		.order = CLI_O_ROUTER + 3,
		.why = "BGP",
	},
	IN(mode_bgp, 1, "bgp router-id . LINE"),
	IN(mode_bgp, 1, "bgp cluster-id . LINE"),
	BOTH(mode_bgp, 2, "bgp log-neighbor-changes"),
	COMMON(mode_bgp),
	{
		.mode = &mode_bgp,
		.words = "address-family ( ipv4 | ipv6 | vpnv4 | vpnv6 | "
			 "l2vpn | nsap | rtfilter ) [ ( unicast | multicast | "
			 "mdt | mvpn | vpls | flowspec ) ] [ vrf WORD ]",
		.enters = &mode_af,
		.order = 50,
		.why = "BGP",
	},
	COMMON(mode_af),
	IN(mode_af, 1, "bgp router-id . LINE"),
	IN(mode_af, 2, "import path . LINE"),
	{
		.mode = &mode_af,
		.words = "exit-address-family",
		.order = 1000,
		.flags = CLI_KEPT_LEAVE,
	},
};

void paste_bgp_init(struct cli *cli)
{
	CLI_KEEP(cli, rows);
}
