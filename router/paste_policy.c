/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NAT, multicast, firewall, VRF and switching lines of the whole router. */
#include "cli/cli_kept.h"
#include "router/paste.h"
#include "router/vrf_cli.h"

#define MODE(name, text)                      \
	static const struct cli_mode name = { \
		.prompt = text,               \
		.parent = &cli_mode_config,   \
	}

MODE(mode_zone, "config-sec-zone");
MODE(mode_parameter, "config-profile");
MODE(mode_pair, "config-sec-zone-pair");
MODE(mode_group, "config-network-group");
MODE(mode_service, "config-service-group");
MODE(mode_range, "config-time-range");
MODE(mode_map, "config-map-class");
MODE(mode_vlan, "config-vlan");

#define TOP(place, text, reason)                                         \
	{                                                                \
		.mode = &cli_mode_config, .words = text, .order = place, \
		.why = reason,                                           \
	}
#define BOTH(place, text, reason)                                        \
	{                                                                \
		.mode = &cli_mode_config, .words = text, .order = place, \
		.why = reason, .flags = CLI_KEPT_BOTH,                   \
	}
#define IN(m, place, text, reason)                                       \
	{                                                                \
		.mode = &m, .words = text, .order = place, .why = reason \
	}
#define BLOCK(m, place, text, in, reason)                                 \
	{                                                                 \
		.mode = &m, .words = text, .order = place, .why = reason, \
		.enters = &in,                                            \
	}
#define NAT   "NAT"
#define MCAST "multicast routing"
#define FW    "firewall"
#define VRF   "VPNs between routers"

enum {
	O_VRF = CLI_O_VRF,
	O_NAT = CLI_O_IP_ROUTE - 2,
	O_MCAST = CLI_O_IP_ROUTE - 6,
	O_ACL = CLI_O_ACL - 40,
};

static const struct cli_kept rows[] = {
	/* NAT */
	TOP(O_NAT, "ip nat ( inside | outside ) source list WORD . LINE", NAT),
	TOP(O_NAT, "ip nat ( inside | outside ) source route-map WORD . LINE",
	    NAT),
	TOP(O_NAT,
	    "ip nat ( inside | outside ) ( source static | destination ) LINE",
	    NAT),
	TOP(O_NAT - 1,
	    "ip nat pool WORD A.B.C.D A.B.C.D . ( netmask A.B.C.D | prefix-length <1-32> ) [ LINE ]",
	    NAT),
	TOP(O_NAT - 2,
	    "ip nat ( translation | service | log | settings | portmap | create | switchover | source ) LINE",
	    NAT),
	TOP(CLI_O_INTERFACE + 50, "ip local pool WORD . LINE", "address pools"),
	/* multicast */
	TOP(CLI_O_IP + 6, "ip multicast-routing vrf WORD [ distributed ]",
	    MCAST),
	TOP(O_MCAST,
	    "ip pim ( autorp [ listener ] | bsr-candidate LINE | rp-candidate LINE | send-rp-announce LINE | send-rp-discovery [ LINE ] | spt-threshold LINE | register-source LINE | accept-rp LINE | accept-register LINE | bidir-enable | dm-fallback | vrf LINE | rp-announce-filter LINE )",
	    MCAST),
	TOP(O_MCAST,
	    "ip ( mroute | msdp | igmp | mrm | sap | multicast | sdr ) LINE",
	    MCAST),
	BOTH(O_MCAST, "ip mfib", MCAST),
	/* firewall */
	TOP(O_VRF + 60, "ip inspect " PASTE_MORE, FW),
	TOP(O_VRF + 60,
	    "ip inspect ( name | log | max-incomplete | one-minute | tcp | udp | dns-timeout | audit-trail | hashtable-size ) [ LINE ]",
	    FW),
	TOP(O_VRF + 61,
	    "ip ( ips | urlfilter | audit | auth-proxy | admission | reflexive-list | trigger-authentication ) LINE",
	    FW),
	BLOCK(cli_mode_config, CLI_O_QOS + 60, "zone security WORD", mode_zone,
	      FW),
	IN(mode_zone, 1, "description . LINE", FW),
	BLOCK(cli_mode_config, CLI_O_QOS + 61,
	      "zone-pair security WORD [ source WORD destination WORD ]",
	      mode_pair, FW),
	IN(mode_pair, 1, "description . LINE", FW),
	IN(mode_pair, 2, "service-policy . type inspect WORD", FW),
	BLOCK(cli_mode_config, CLI_O_QOS - 30, "parameter-map LINE",
	      mode_parameter, FW),
	IN(mode_parameter, 1,
	   "( alert | audit-trail | description | dns-timeout | icmp | log | max-incomplete | one-minute | pattern | server | sessions | tcp | udp | allow-mode | cache-size | exclusive-domain | url-filter ) [ LINE ]",
	   FW),
	/* object groups, time ranges */
	BLOCK(cli_mode_config, O_ACL - 60, "object-group network WORD",
	      mode_group, "object groups"),
	IN(mode_group, 1,
	   "( description LINE | host A.B.C.D | range A.B.C.D A.B.C.D | any | group-object WORD | A.B.C.D A.B.C.D )",
	   "object groups"),
	BLOCK(cli_mode_config, O_ACL - 60, "object-group service WORD",
	      mode_service, "object groups"),
	IN(mode_service, 1,
	   "( description LINE | ahp | eigrp | esp | gre | group-object WORD | icmp [ LINE ] | igmp | ip | ipinip | nos | ospf | pcp | pim | tcp [ LINE ] | tcp-udp [ LINE ] | udp [ LINE ] | <0-255> )",
	   "object groups"),
	BLOCK(cli_mode_config, CLI_O_NTP + 51, "time-range WORD", mode_range,
	      "time ranges"),
	IN(mode_range, 1, "absolute . LINE", "time ranges"),
	IN(mode_range, 2, "periodic LINE", "time ranges"),
	TOP(O_ACL,
	    "access-list ( <200-1299> | dynamic-extended | rate-limit ) [ LINE ]",
	    "lists of other protocols"),
	{
		.in = "config-ipv6-acl",
		.words = "[ sequence <1-4294967294> ] evaluate WORD",
		.order = 200,
		.why = "reflexive entries",
	},
	/* VRF, MPLS */
	IN(router_mode_vrf, 2, "route-target ( import | export | both ) WORD",
	   VRF),
	IN(router_mode_vrf, 3, "( export | import ) ( map | ipv4 | ipv6 ) LINE",
	   VRF),
	IN(router_mode_vrf, 3,
	   "( maximum | mdt | vpn | snmp | inter-as-hybrid | bgp | vnet ) LINE",
	   VRF),
	IN(router_mode_vrf_af, 2,
	   "route-target ( import | export | both ) WORD", VRF),
	IN(router_mode_vrf_af, 3,
	   "( export | import | maximum | mdt | bgp ) LINE", VRF),
	BOTH(CLI_O_IP + 30, "mpls ip", "MPLS"),
	TOP(CLI_O_IP + 31,
	    "mpls ( label | ldp | traffic-eng | ipv6 | mtu | oam | ip ) LINE",
	    "MPLS"),
	TOP(CLI_O_IP + 31, "tag-switching LINE", "MPLS"),
	BLOCK(cli_mode_config, CLI_O_ROUTE_MAP - 90,
	      "map-class ( frame-relay | dialer | atm ) WORD", mode_map,
	      "frame relay"),
	IN(mode_map, 1, "( frame-relay | service-policy | dialer ) LINE",
	   "frame relay"),
	TOP(CLI_O_ROUTE_MAP - 91, "frame-relay switching", "frame relay"),
	TOP(CLI_O_ROUTE_MAP - 92, "dialer-list LINE", "dialled links"),
	/* switching */
	BLOCK(cli_mode_config, CLI_O_QOS - 60, "vlan WORD", mode_vlan,
	      "switching"),
	IN(mode_vlan, 1,
	   "( name | state | mtu | private-vlan | remote-span | shutdown ) [ LINE ]",
	   "switching"),
	TOP(CLI_O_QOS - 61,
	    "( vtp | bridge | mac-address-table | mac | errdisable | port-channel | udld | dot1x | mls | lacp | system | switch | stack ) LINE",
	    "switching"),
	TOP(CLI_O_QOS - 62, "bridge irb", "switching"),
	/* IPv6 */
	TOP(CLI_O_IP + 45,
	    "ipv6 ( nd | dhcp | inspect | icmp | local | general-prefix | hop-limit | host | mobile | multicast-routing | pim | source-route | flowset | mld | nat | neighbor | spd ) [ LINE ]",
	    "this part of IPv6"),
};

void paste_policy_init(struct cli *cli)
{
	CLI_KEEP(cli, rows);
}
