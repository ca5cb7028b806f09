/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interface lines of hardware, protocols and features that are not here. */
#include "cli/cli_kept.h"
#include "router/iface.h"
#include "router/paste.h"

static const struct cli_mode mode_dlci = {
	.prompt = "config-fr-dlci",
	.parent = &router_mode_if,
};

static const struct cli_mode mode_vc = {
	.prompt = "config-if-atm-vc",
	.parent = &router_mode_if,
};

#define AT(place, text, reason)                                        \
	{                                                              \
		.mode = &router_mode_if, .words = text, .why = reason, \
		.order = place                                         \
	}
#define ON(place, text, reason)                                        \
	{                                                              \
		.mode = &router_mode_if, .words = text, .why = reason, \
		.order = place, .flags = CLI_KEPT_ON,                  \
	}
/* The no form only says that it is off, which it is. */
#define OFF(place, text, reason)                                       \
	{                                                              \
		.mode = &router_mode_if, .words = text, .why = reason, \
		.order = place, .flags = CLI_KEPT_ON | CLI_KEPT_NO_SO, \
	}
#define BOTH(place, text, reason)                                      \
	{                                                              \
		.mode = &router_mode_if, .words = text, .why = reason, \
		.order = place, .flags = CLI_KEPT_BOTH,                \
	}

enum {
	O_HEAD = IFACE_O_BANDWIDTH + 1,
	O_ADDRESS = IFACE_O_ADDRESS + 1,
	O_IP = IFACE_O_IP + 13,
	O_LINK = IFACE_O_HARDWARE + 9,
	O_LATE = IFACE_O_SERVICE_POLICY + 1,
};

/* FRR's work: refused ones are marked (router/frr.h). */
#define USED(place, text)                                              \
	{                                                              \
		.mode = &router_mode_if, .words = text, .why = "OSPF", \
		.order = place, .flags = CLI_KEPT_USED,                \
	}
#define OSPF(text)                                                       \
	{                                                                \
		.mode = &router_mode_if, .grammar = text, .why = "OSPF", \
		.order = O_IP, .flags = CLI_KEPT_USED,                   \
	}
#define IP_OSPF                                               \
	"ip    Interface Internet Protocol config commands\n" \
	"ospf  OSPF interface commands\n"

static const char ospf_network[] = IP_OSPF
	"network  Network type\n"
	".\n"
	"( broadcast            Specify OSPF broadcast multi-access network\n"
	"| non-broadcast        Specify OSPF NBMA network\n"
	"| point-to-multipoint  Specify OSPF point-to-multipoint network\n"
	"| point-to-point       Specify OSPF point-to-point network\n"
	")\n";
static const char ospf_number[] = IP_OSPF
	"( cost                Interface cost\n"
	"| priority            Router priority\n"
	"| hello-interval      Time between HELLO packets\n"
	"| dead-interval       Interval after which a neighbor is declared "
	"dead\n"
	"| retransmit-interval  Time between retransmitting lost link state "
	"advertisements\n"
	"| transmit-delay      Link state transmit delay\n"
	")\n"
	".\n"
	"<0-65535>             Cost, priority or seconds\n";
static const char ospf_area[] =
	IP_OSPF "<1-65535>  Process ID\n"
		".\n"
		"area       Set the OSPF area ID\n"
		"( <0-4294967295>  OSPF area ID as a decimal value\n"
		"| A.B.C.D  OSPF area ID in IP address format\n"
		")\n";
static const char ospf_auth[] =
	IP_OSPF "authentication    Enable authentication\n"
		".\n"
		"[ message-digest  Use message-digest authentication\n"
		"| null            Use no authentication\n"
		"]\n";
static const char ospf_key[] =
	IP_OSPF "authentication-key  Authentication password (key)\n"
		".\n"
		"LINE                The OSPF password (key)\n";
static const char ospf_md5[] = IP_OSPF
	"message-digest-key  Message digest authentication password (key)\n"
	"<1-255>             Key ID\n"
	".\n"
	"md5                 Use MD5 algorithm\n"
	"LINE                The OSPF password (key)\n";
static const char ospf_mtu[] =
	IP_OSPF "mtu-ignore  Ignores the MTU in DBD packets\n";

static const struct cli_kept ip_rows[] = {
	AT(O_ADDRESS, "ip unnumbered . IFNAME [ poll ]", "unnumbered links"),
	AT(O_ADDRESS,
	   "ip address . ( dhcp [ LINE ] | negotiated [ LINE ] | pool WORD )",
	   "addresses from elsewhere"),
	AT(O_IP, "ip verify unicast . LINE", "reverse path checks"),
	AT(O_IP, "ip flow ( ingress | egress )", "NetFlow"),
	AT(O_IP, "ip flow monitor WORD ( input | output | multicast LINE )",
	   "NetFlow"),
	AT(O_IP, "ip nbar protocol-discovery . [ ipv4 | ipv6 ]", "NBAR"),
	AT(O_IP, "ip policy route-map . WORD", "policy routing"),
	AT(O_IP, "ip inspect WORD ( in | out )", "firewall inspection"),
	AT(O_IP, "ip ips WORD ( in | out )", "intrusion prevention"),
	AT(O_IP, "ip admission . WORD", "admission control"),
	AT(O_IP, "ip directed-broadcast . [ LINE ]", "directed broadcasts"),
	AT(O_IP, "ip mask-reply", "ICMP mask replies"),
	AT(O_IP, "ip local-proxy-arp", "local proxy ARP"),
	AT(O_IP, "ip broadcast-address . A.B.C.D", "old broadcast addresses"),
	AT(O_IP, "ip nat . ( enable | allow-static-host )", "NAT"),
	AT(O_IP, "ip load-sharing . ( per-packet | per-destination )",
	   "load sharing by packet"),
	AT(O_IP, "ip accounting " PASTE_MORE, "accounting"),
	AT(O_IP, "ip arp inspection ( trust | limit LINE )", "ARP options"),
	AT(O_IP,
	   "ip dhcp ( relay information LINE | relay source-interface IFNAME | client LINE | snooping ( trust | limit LINE | information LINE ) )",
	   "DHCP"),
	AT(O_IP, "ip rsvp LINE", "RSVP"),
	AT(O_IP, "ip wccp WORD ( redirect LINE | group-listen )", "WCCP"),
	AT(O_IP, "ip virtual-reassembly ( in | out | max-reassemblies ) LINE",
	   "reassembly for NAT"),
	AT(O_IP, "ip traffic-export apply . WORD", "traffic export"),
	AT(O_IP, "ip rtp LINE", "RTP options"),
	AT(O_IP, "ip tcp header-compression . [ LINE ]", "header compression"),
	AT(O_IP, "ip ( sdr | sap ) listen", "SDR"),
	AT(O_IP, "ip cgmp . [ proxy ]", "multicast routing"),
	AT(O_LATE, "macro ( description | apply | trace ) . LINE", "switching"),
	AT(O_LATE, "udld port . [ aggressive ]", "switching"),
	AT(O_LATE, "cts ( manual | dot1x | role-based LINE )", "TrustSec"),
	AT(O_IP, "ip router ( isis [ WORD ] | WORD )", "IS-IS"),
	OFF(O_IP, "ip mroute-cache", "multicast routing"),
	ON(O_IP, "ip gratuitous-arps", "ARP options"),
	BOTH(O_IP, "ip route-cache ( flow | same-interface | policy )",
	     "switching caches"),
	ON(O_IP, "ip route-cache cef", "switching caches"),
	/* EIGRP, RIP */
	AT(O_IP,
	   "ip summary-address eigrp <1-65535> A.B.C.D A.B.C.D " PASTE_MORE,
	   "EIGRP"),
	AT(O_IP, "ip summary-address rip A.B.C.D A.B.C.D", "RIP"),
	AT(O_IP, "ip hello-interval eigrp <1-65535> . <1-65535>", "EIGRP"),
	AT(O_IP, "ip hold-time eigrp <1-65535> . <1-65535>", "EIGRP"),
	AT(O_IP, "ip bandwidth-percent eigrp <1-65535> . <1-999999>", "EIGRP"),
	AT(O_IP, "ip authentication mode eigrp <1-65535> . md5", "EIGRP"),
	AT(O_IP, "ip authentication key-chain eigrp <1-65535> . WORD", "EIGRP"),
	ON(O_IP, "ip next-hop-self eigrp <1-65535> " PASTE_MORE, "EIGRP"),
	ON(O_IP, "ip split-horizon eigrp <1-65535>", "EIGRP"),
	AT(O_IP, "ip rip ( send | receive ) version . LINE", "RIP"),
	AT(O_IP,
	   "ip rip authentication ( mode . ( md5 | text ) | key-chain . WORD )",
	   "RIP"),
	AT(O_IP, "ip rip ( triggered | v2-broadcast | advertise <1-65535> )",
	   "RIP"),
	/* OSPF */
	OSPF(ospf_network),
	OSPF(ospf_number),
	OSPF(ospf_area),
	OSPF(ospf_auth),
	OSPF(ospf_key),
	OSPF(ospf_md5),
	OSPF(ospf_mtu),
	USED(O_IP,
	     "ip ospf ( cost | priority | hello-interval | dead-interval | retransmit-interval | transmit-delay | resync-timeout ) . LINE"),
	USED(O_IP, "ip ospf <1-65535> area " PASTE_AREA " " PASTE_MORE),
	USED(O_IP, "ip ospf network . LINE"),
	USED(O_IP, "ip ospf authentication " PASTE_MORE),
	USED(O_IP, "ip ospf authentication-key . LINE"),
	USED(O_IP, "ip ospf message-digest-key <1-255> . LINE"),
	USED(O_IP,
	     "ip ospf ( mtu-ignore | demand-circuit | flood-reduction | shutdown | bfd [ disable ] | prefix-suppression [ disable ] | database-filter all out | ttl-security LINE )"),
	/* multicast */
	AT(O_IP,
	   "ip pim . ( dense-mode LINE | sparse-dense-mode LINE | passive )",
	   "multicast routing"),
	AT(O_IP,
	   "ip pim ( dr-priority | query-interval | neighbor-filter | state-refresh | version ) . LINE",
	   "multicast routing"),
	AT(O_IP, "ip pim ( bsr-border | nbma-mode | snooping )",
	   "multicast routing"),
	AT(O_IP, "ip igmp ( join-group | static-group ) WORD " PASTE_MORE,
	   "multicast routing"),
	AT(O_IP,
	   "ip igmp ( version | query-interval | query-timeout | query-max-response-time | access-group | helper-address | limit | last-member-query-interval | last-member-query-count | immediate-leave ) . LINE",
	   "multicast routing"),
	AT(O_IP,
	   "ip igmp ( unidirectional-link | mroute-proxy IFNAME | proxy-service )",
	   "multicast routing"),
	AT(O_IP,
	   "ip multicast ( boundary | ttl-threshold | rate-limit | helper-map ) . LINE",
	   "multicast routing"),
	/* NHRP */
	AT(O_IP, "ip nhrp ( map | nhs ) LINE", "NHRP"),
	AT(O_IP,
	   "ip nhrp ( authentication | network-id | holdtime | interest | max-send | record | registration | responder | server-only | trigger-svc | use | group ) . [ LINE ]",
	   "NHRP"),
	AT(O_IP, "ip nhrp ( shortcut | redirect " PASTE_MORE " )", "NHRP"),
	/* IPv6 */
	AT(O_LATE - 5,
	   "ipv6 ( eigrp <1-65535> | rip WORD ( enable | default-information LINE ) | dhcp ( server | relay | client ) LINE | verify LINE | policy route-map WORD | mld ( join-group | version | query-interval ) LINE | pim [ ( dr-priority | hello-interval ) LINE ] | flow ( ingress | egress | monitor LINE ) | unnumbered IFNAME | summary-address LINE | hello-interval LINE | hold-time LINE | tcp adjust-mss LINE | nhrp LINE | nat | router isis )",
	   "this part of IPv6"),
	AT(O_LATE - 5,
	   "ipv6 nd ( ra | prefix | other-config-flag | managed-config-flag | dad | ns-interval | reachable-time | router-preference | suppress-ra | autoconfig | cache ) . [ LINE ]",
	   "this part of IPv6"),
	AT(O_LATE - 5,
	   "ipv6 ospf ( <1-65535> area | authentication | cost | dead-interval | hello-interval | priority | network | mtu-ignore | encryption | neighbor ) . [ LINE ]",
	   "OSPF"),
	AT(O_LATE - 5, "ospfv3 LINE", "OSPF"),
	AT(O_LATE - 6,
	   "ipv6 address ( autoconfig [ default ] | dhcp [ rapid-commit ] | IPV6PREFIX anycast | WORD IPV6PREFIX [ eui-64 ] )",
	   "addresses of others' choice"),
	ON(O_LATE - 5, "ipv6 ( redirects | unreachables )",
	   "this part of IPv6"),
};

static const struct cli_kept link_rows[] = {
	BOTH(O_LINK, "fair-queue " PASTE_MORE, "queues of serial lines"),
	AT(O_HEAD,
	   "bandwidth ( receive . <1-10000000> | inherit . [ <1-10000000> ] | qos-reference . LINE )",
	   "bandwidth by direction"),
	AT(O_HEAD + 1, "delay . tokenring", "token ring"),
	AT(O_HEAD + 2,
	   "encapsulation . ( dot1Q <1-4094> [ native ] [ LINE ] | isl <1-1000> | ppp | hdlc | frame-relay [ ietf ] | slip | lapb | x25 | aal5snap | aal5mux LINE )",
	   "sub-interfaces and serial links"),
	AT(O_LINK, "clock ( rate . LINE | source . LINE )", "serial links"),
	AT(O_LINK, "clockrate . <1200-8064000>", "serial links"),
	AT(O_LINK,
	   "( invert | nrzi-encoding | crc | framing | cablelength | dce-terminal-timing-enable | serial | dsu | fdl | pulse-time | physical-layer ) . [ LINE ]",
	   "serial links"),
	AT(O_LINK, "( full-duplex | half-duplex )", "hardware of this kind"),
	AT(IFACE_O_SERVICE_POLICY, "service-policy . input WORD", "QoS"),
	AT(IFACE_O_SERVICE_POLICY, "service-policy . output WORD", "QoS"),
	AT(IFACE_O_SERVICE_POLICY,
	   "service-policy type ( inspect | control | performance-monitor | port-filter | access-control ) LINE",
	   "QoS"),
	AT(O_LINK, "ppp LINE", "PPP"),
	AT(O_LINK,
	   "( dialer | dialer-group | async | group-range | isdn | peer | pppoe | pppoe-client | modem ) LINE",
	   "dialled links"),
	BOTH(O_LINK, "frame-relay inverse-arp " PASTE_MORE, "frame relay"),
	AT(O_LINK,
	   "frame-relay ( map | lmi-type | intf-type | class | local-dlci | traffic-shaping | route | fragment | multilink | ip | policing | adaptive-shaping ) [ LINE ]",
	   "frame relay"),
	BOTH(O_LINK, "atm LINE", "ATM"),
	AT(O_LINK,
	   "( tx-ring-limit | hold-queue <0-240000> | max-reserved-bandwidth | rx-ring-limit ) . [ LINE ]",
	   "hardware queues"),
	AT(O_LINK,
	   "( random-detect | priority-group | custom-queue-list | traffic-shape | rate-limit ) [ LINE ]",
	   "QoS outside of policies"),
	AT(O_LINK,
	   "tunnel ( source | destination | mode | key | ttl | tos | vrf | protection | path-mtu-discovery | checksum | sequence-datagrams | bandwidth | route-via | mpls | entropy | endpoint | flow ) . [ LINE ]",
	   "tunnels"),
	AT(O_LINK, "keepalive <0-32767> <1-255>", "keepalives of links"),
	AT(O_LINK, "standby . version <1-2>", "HSRP"),
	AT(O_LINK,
	   "standby [ <0-4095> ] ( ip [ A.B.C.D [ secondary ] ] | ipv6 LINE | priority <0-255> [ LINE ] | preempt [ LINE ] | timers LINE | authentication LINE | track LINE | name LINE | mac-address WORD | use-bia [ LINE ] | delay LINE | redirect [ LINE ] | follow WORD )",
	   "HSRP"),
	AT(O_LINK, "vrrp <1-255> LINE", "VRRP"),
	AT(O_LINK, "glbp <0-1023> LINE", "GLBP"),
	BOTH(O_LINK, "switchport " PASTE_MORE, "switch ports"),
	BOTH(O_LINK,
	     "switchport ( access | mode | trunk | nonegotiate | port-security | voice | protected | block | host | priority | private-vlan ) [ LINE ]",
	     "switch ports"),
	AT(O_LINK,
	   "( spanning-tree | storm-control | mls | udld | power | channel-group | channel-protocol | lacp | bridge-group | srr-queue | priority-queue | auto | dot1x | authentication | mab | ip-device | vlan-id | bridge-domain | xconnect | l2protocol-tunnel ) [ LINE ]",
	   "switching"),
	BOTH(O_LINK, "mdix auto", "switching"),
	BOTH(O_LINK, "lldp ( transmit | receive | med-tlv-select LINE )",
	     "LLDP"),
	BOTH(O_LINK, "cdp ( enable | log LINE | tlv LINE )", "CDP"),
	BOTH(O_LINK, "mop ( enabled | sysid )", "MOP"),
	AT(O_LINK,
	   "mpls ( ip | mtu LINE | label LINE | ldp LINE | bgp LINE | traffic-eng LINE | netflow LINE )",
	   "MPLS"),
	AT(O_LINK, "tag-switching ( ip | mtu LINE )", "MPLS"),
	AT(O_LINK, "bfd LINE", "BFD"),
	AT(O_LINK, "( isis | clns ) LINE", "IS-IS"),
	AT(O_LINK, "carrier-delay . msec <0-1000>", "carrier delays"),
	AT(O_LINK, "mac-address . WORD", "MAC addresses of one's own"),
	AT(O_LINK, "arp ( timeout . <0-2147483> | arpa | frame-relay | snap )",
	   "ARP options"),
	AT(O_LINK,
	   "( dampening | backup | loopback | transmit-interface | service-module | service-insertion | history | channelized | media-type ) . [ LINE ]",
	   "hardware of this kind"),
	AT(O_LINK, "speed ( 10000 | nonegotiate | auto LINE )",
	   "hardware of this kind"),
	BOTH(O_LINK, "negotiation auto", "hardware of this kind"),
	BOTH(O_LINK, "logging event LINE", "logging by interface"),
	BOTH(O_LINK, "snmp ( trap link-status [ LINE ] | ifindex LINE )",
	     "SNMP"),
	AT(O_LINK, "ntp ( broadcast | disable | multicast ) [ LINE ]", "NTP"),
	AT(O_LINK, "zone-member security . WORD", "zone-based firewall"),
	AT(O_LINK,
	   "( flowspec | flow | performance | ethernet | nat64 | macro | waas | ima-group | ppp-multilink | trust | l2tp ) LINE",
	   "this feature"),
	AT(IFACE_O_CRYPTO_MAP + 1,
	   "crypto ( ipsec client ezvpn WORD [ LINE ] | engine LINE | ipsec df-bit ( clear | copy | set ) | ipsec fragmentation ( after-encryption | before-encryption ) )",
	   "other VPNs than GETVPN"),
	{
		.mode = &mode_dlci,
		.words = "( class | protocol | ppp | vc-bundle ) LINE",
		.why = "frame relay",
	},
	{
		.mode = &mode_vc,
		.words =
			"( encapsulation | pppoe-client | protocol | ubr | vbr-nrt | cbr | oam-pvc | dialer | inarp | service-policy | tx-ring-limit | class-vc ) [ LINE ]",
		.why = "ATM",
	},
	{
		.mode = &mode_vc,
		.words = "create on-demand",
		.why = "ATM",
	},
};

/* With a mode of their own. */
static const struct cli_kept block_rows[] = {
	{
		.mode = &router_mode_if,
		.words =
			"frame-relay interface-dlci <16-1007> [ ietf | cisco | point-to-point ]",
		.enters = &mode_dlci,
		.order = O_LINK,
		.why = "frame relay",
	},
	{
		.mode = &router_mode_if,
		.words = "pvc WORD [ WORD ]",
		.enters = &mode_vc,
		.order = O_LINK,
		.why = "ATM",
	},
};

void paste_iface_init(struct cli *cli)
{
	CLI_KEEP(cli, block_rows);
	CLI_KEEP(cli, ip_rows);
	CLI_KEEP(cli, link_rows);
}
