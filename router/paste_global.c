/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small switches of the whole router. */
#include "cli/cli_kept.h"
#include "router/paste.h"

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
/* Where the no form says that it is off, which it is. */
#define OFF(place, text, reason)                                         \
	{                                                                \
		.mode = &cli_mode_config, .words = text, .order = place, \
		.why = reason, .flags = CLI_KEPT_BOTH | CLI_KEPT_NO_SO,  \
	}

static const struct cli_kept rows[] = {
	TOP(CLI_O_CLOCK + 42, "memory-size iomem . <0-100>",
	    "hardware of this kind"),
	TOP(CLI_O_NTP + 40, "monitor session LINE", "switching"),
	TOP(CLI_O_QOS - 62,
	    "vlan ( internal | access-map | filter | accounting | dot1q ) LINE",
	    "switching"),
	BOTH(CLI_O_QOS - 61, "errdisable ( detect | recovery ) LINE",
	     "switching"),
	TOP(CLI_O_LINE + 6, "configuration mode LINE",
	    "locks on the configuration"),
	TOP(CLI_O_LINE + 7, "webvpn LINE", "other VPNs than GETVPN"),
	OFF(CLI_O_SERVICE + 7,
	    "service ( alignment | call-home | compress-config | counters | decimal-tty | disable-ip-fast-frag | exec-callback | exec-wait | finger | hide-telnet-addresses | http | nagle | nat | old-slip-prompts | prompt | pt-vty-logging | scripting | slave-log | tcp-small-servers | telnet-zeroidle | udp-small-servers ) [ LINE ]",
	    "this service"),
	TOP(CLI_O_LOGGING + 39,
	    "logging ( buffered | console | monitor ) discriminator . WORD [ LINE ]",
	    "message discriminators"),
	TOP(CLI_O_LOGGING + 40,
	    "( exception | process | buffers | load-interval | stackmaker | printer | prompt | terminal-queue | x25 | x29 | downward-compatible-config | file | config-register | config | async-bootp ) [ LINE ]",
	    "this part of IOS"),
	TOP(CLI_O_IP + 21,
	    "( processor | resource | virtual-profile | vpdn | vpdn-group | subscriber | template | class-of-service | appfw | mobility | shell | access-session | cts | service-template | metadata | nbar | macro | menu | onep | pnp | ethernet | bfd | bfd-template | key ) [ LINE ]",
	    "this feature"),
	OFF(CLI_O_IP - 19,
	    "ip ( finger | identd | gratuitous-arps | small-servers | mtu-discovery | auth-proxy | arp proxy disable )",
	    "this service"),
	BOTH(CLI_O_IP - 18,
	     "ip ( spd | options | arp | redirects | accounting-threshold | accounting-list | accounting-transits | alias | default-gateway | drp | http | kerberos | mobile | mrm | netmask-format | nbar | rsvp | rtcp | scp | security | slb | telnet | udp | traffic-export | wccp | vrf-select | verify | virtual-reassembly | load-sharing | cef | address-pool | nhrp | device | routing | subscriber | sticky-arp | sla ) LINE",
	     "this part of IP"),
	TOP(CLI_O_LINE + 5, "scheduler LINE", "this part of IOS"),
	TOP(CLI_O_IP_ROUTE + 30, "arp A.B.C.D WORD . [ LINE ]",
	    "fixed ARP entries"),
	TOP(CLI_O_IP_ROUTE + 31, "ip default-gateway . A.B.C.D",
	    "a gateway without routing"),
	TOP(CLI_O_ALIAS + 1,
	    "alias ( configure | interface | router | subinterface | line | ipsla | route-map | acl ) WORD LINE",
	    "aliases outside of exec"),
	TOP(CLI_O_BANNER + 40,
	    "banner ( prompt-timeout | slip-ppp | config-save ) LINE",
	    "banners of this kind"),
	OFF(CLI_O_USERNAME + 49,
	    "( cdp | lldp ) ( run | timer <0-65535> | holdtime <0-65535> | source-interface IFNAME | advertise-v2 | log mismatch duplex | reinit <0-65535> | tlv-select LINE )",
	    "discovery protocols"),
	BOTH(CLI_O_CLOCK + 60, "network-clock LINE", "hardware of this kind"),
};

void paste_global_init(struct cli *cli)
{
	CLI_KEEP(cli, rows);
}
