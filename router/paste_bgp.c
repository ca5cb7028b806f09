/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
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

#define IN(m, place, text)                                               \
	{                                                                \
		.mode = &m, .words = text, .order = place, .why = "BGP", \
		.flags = CLI_KEPT_USED,                                  \
	}
#define BOTH(m, place, text)                                             \
	{                                                                \
		.mode = &m, .words = text, .order = place, .why = "BGP", \
		.flags = CLI_KEPT_BOTH | CLI_KEPT_USED,                  \
	}

/* A neighbor that is in no system any more has gone, with all its lines. */
static bool neighbor_goes(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	char *words;

	if (!cli_is_no(a) || !cli_has(a, "remote-as"))
		return true;
	words = xasprintf("neighbor %s", cli_str(a, "who"));
	cli_kept_drop(o, obj, words);
	free(words);
	return true;
}

/* With help: what FRR has, too. */
#define HELP(m, place, text, more)                                         \
	{                                                                  \
		.mode = &m, .grammar = text, .order = place, .why = "BGP", \
		.flags = CLI_KEPT_USED | (more),                           \
	}

#define WHO                                        \
	"neighbor     Specify a neighbor router\n" \
	"( A.B.C.D$who  Neighbor address\n"        \
	"| WORD$who     Neighbor tag\n"            \
	")\n"

/* One row, so that lines stand in the order in which they are typed. */
static const char neighbor_words[] = WHO
	"( remote-as      Specify a BGP neighbor\n"
	".\n"
	"<1-4294967295>   AS of remote neighbor\n"
	"| description    Neighbor specific description\n"
	".\n"
	"LINE             Up to 80 characters describing this neighbor\n"
	"| update-source  Source of routing updates\n"
	".\n"
	"IFNAME\n"
	"| ebgp-multihop  Allow EBGP neighbors not on directly connected "
	"networks\n"
	".\n"
	"[ <1-255>        maximum hop count\n"
	"]\n"
	"| disable-connected-check  one-hop away EBGP peer using loopback "
	"address\n"
	"| local-as       Specify a local-as number\n"
	".\n"
	"<1-4294967295>   AS number used as local AS\n"
	"[ no-prepend     Do not prepend local-as to updates from ebgp peers\n"
	"[ replace-as     Replace real AS with local AS in the EBGP updates\n"
	"] ]\n"
	"| timers         BGP per neighbor timers\n"
	".\n"
	"<0-65535>        Keepalive interval\n"
	"<0-65535>        Holdtime\n"
	"| shutdown       Administratively shut down this neighbor\n"
	"| ttl-security   BGP ttl security check\n"
	".\n"
	"hops             IP hops\n"
	"<1-254>          maximum number of hops allowed\n"
	"| advertisement-interval  Minimum interval between sending BGP routing "
	"updates\n"
	".\n"
	"<0-600>          time in seconds\n"
	"| allowas-in     Accept as-path with my AS present in it\n"
	".\n"
	"[ <1-10>         Number of occurences of AS number\n"
	"]\n"
	"| as-override    Override matching AS-number while sending update\n"
	"| default-originate  Originate default route to this neighbor\n"
	".\n"
	"[ route-map      Route-map to specify criteria to originate default\n"
	"WORD             route-map name\n"
	"]\n"
	"| maximum-prefix  Maximum number of prefixes accepted from this peer\n"
	".\n"
	"<1-2147483647>   maximum no. of prefix limit\n"
	"[ LINE           Threshold value (%) at which to generate a warning "
	"msg\n"
	"]\n"
	"| next-hop-self  Disable the next hop calculation for this neighbor\n"
	".\n"
	"[ all            Enable next-hop-self for both eBGP and iBGP received "
	"paths\n"
	"]\n"
	"| remove-private-as  Remove private AS number from outbound updates\n"
	".\n"
	"[ all            Remove all private AS numbers\n"
	"[ replace-as     Replace all private AS numbers with local AS\n"
	"] ]\n"
	"| route-reflector-client  Configure a neighbor as Route Reflector "
	"client\n"
	"| route-server-client  Configure a neighbor as Route Server client\n"
	"| send-community  Send Community attribute to this neighbor\n"
	".\n"
	"[ ( both         Send Standard and Extended Community attributes\n"
	"| extended       Send Extended Community attribute\n"
	"| standard       Send Standard Community attribute\n"
	") ]\n"
	"| soft-reconfiguration  Per neighbor soft reconfiguration\n"
	"inbound          Allow inbound soft reconfiguration for this "
	"neighbor\n"
	"| weight         Set default weight for routes from this neighbor\n"
	".\n"
	"<0-65535>        default weight\n"
	")\n";

static const char activate_words[] =
	WHO "activate  Enable the Address Family for this Neighbor\n";

static const char password_words[] =
	WHO "password    Set a password\n"
	    ".\n"
	    "[ <0-7>     Encryption type (0 to disable encryption, 7 for "
	    "proprietary)\n"
	    "]\n"
	    "LINE        The password\n";

static const char network_words[] =
	"network      Specify a network to announce via BGP\n"
	"A.B.C.D      Network number\n"
	"[ mask       Network mask\n"
	"A.B.C.D$mask  Network mask\n"
	"]\n"
	".\n"
	"[ route-map  Route-map to modify the attributes\n"
	"WORD         Name of the route map\n"
	"| backdoor   Specify a BGP backdoor route\n"
	"]\n";

static const char redistribute_words[] =
	"redistribute  Redistribute information from another routing "
	"protocol\n"
	"( connected   Connected\n"
	"| static      Static routes\n"
	"| ospf        Open Shortest Path First (OSPF)\n"
	"<1-65535>     Process ID\n"
	")\n"
	".\n"
	"[ metric      Metric for redistributed routes\n"
	"<0-4294967295>  Default metric\n"
	"]\n"
	"[ route-map   Route map reference\n"
	"WORD          Pointer to route-map entries\n"
	"]\n";

static const char id_words[] =
	"bgp        BGP specific commands\n"
	"router-id  Override configured router identifier\n"
	".\n"
	"A.B.C.D    Manually configured router identifier\n";

static const char log_words[] =
	"bgp                   BGP specific commands\n"
	"log-neighbor-changes  Log neighbor up/down and reset reason\n";

static const char timers_words[] = "timers     Adjust routing timers\n"
				   "bgp        BGP timers\n"
				   ".\n"
				   "<0-65535>  Keepalive interval\n"
				   "<0-65535>  Holdtime\n";

static const char router_words[] =
	"router          Enable a routing process\n"
	"bgp             Border Gateway Protocol (BGP)\n"
	"WORD$as         Autonomous system number\n";

static const char family_words[] =
	"address-family  Enter Address Family command mode\n"
	"ipv4            Address family\n"
	"[ unicast       Address Family modifier\n"
	"]\n";

#define NEIGHBOR_ROW(m)                                                       \
	{                                                                     \
		.mode = &m, .grammar = neighbor_words, .order = 31,           \
		.why = "BGP", .check = neighbor_goes, .flags = CLI_KEPT_USED, \
	}

/* With both modes, before what else IOS has. */
#define KNOWN(m)                                                           \
	HELP(m, 20, network_words, 0), HELP(m, 22, redistribute_words, 0), \
		NEIGHBOR_ROW(m), HELP(m, 31, password_words, 0),           \
		HELP(m, 32, activate_words, CLI_KEPT_BOTH)

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

/* IOS has one. */
static bool may_open(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const char *as = cli_kept_value(o, obj, "router bgp");

	if (!as || !strcmp(as, cli_str(a, "as")))
		return true;
	if (!cli_is_no(a))
		cli_error(o, "BGP is already running; AS is %s\n", as);
	return false;
}

static const struct cli_kept rows[] = {
	{
		.mode = &cli_mode_config,
		.grammar = router_words,
		.check = may_open,
		.enters = &mode_bgp,
		.order = CLI_O_ROUTER + 3,
		.flags = CLI_KEPT_USED,
		.why = "BGP",
	},
	HELP(mode_bgp, 1, id_words, 0),
	HELP(mode_bgp, 2, log_words, CLI_KEPT_BOTH),
	HELP(mode_bgp, 40, timers_words, 0),
	KNOWN(mode_bgp),
	KNOWN(mode_af),
	{
		.mode = &mode_bgp,
		.grammar = family_words,
		.enters = &mode_af,
		.order = 50,
		.flags = CLI_KEPT_USED,
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
		.flags = CLI_KEPT_USED,
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
