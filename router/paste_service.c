/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Services and management: DHCP, SNMP, NTP, IP SLA, NetFlow, AAA servers,
 * archive, scripts, voice. */
#include "cli/cli_kept.h"
#include "router/paste.h"

#define MODE(name, text)                      \
	static const struct cli_mode name = { \
		.prompt = text,               \
		.parent = &cli_mode_config,   \
	}

MODE(mode_dhcp, "dhcp-config");
MODE(mode_sla, "config-ip-sla");
MODE(mode_track, "config-track");
MODE(mode_archive, "config-archive");
MODE(mode_applet, "config-applet");
MODE(mode_exporter, "config-flow-exporter");
MODE(mode_monitor, "config-flow-monitor");
MODE(mode_record, "config-flow-record");
MODE(mode_kron, "config-kron-policy");
MODE(mode_radius, "config-radius-server");
MODE(mode_aaa, "config-sg");
MODE(mode_redundancy, "config-red");
MODE(mode_controller, "config-controller");
MODE(mode_voice, "conf-voi-serv");
MODE(mode_peer, "config-dial-peer");
MODE(mode_profile, "cfg-call-home");
MODE(mode_tty, "config-line");
MODE(mode_dhcp6, "config-dhcpv6");
MODE(mode_host, "config-cp-host");
MODE(mode_view, "config-view");
MODE(mode_wire, "config-pw-class");
MODE(mode_talkers, "config-flow-top-talkers");

static const struct cli_mode mode_probe = {
	.prompt = "config-ip-sla-probe",
	.parent = &mode_sla,
};
static const struct cli_mode mode_log = {
	.prompt = "config-archive-log-cfg",
	.parent = &mode_archive,
};

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

enum {
	O_DHCP = CLI_O_IP - 45,
	O_TRACK = CLI_O_USERNAME + 80,
	O_SLA = CLI_O_ROUTE_MAP - 80,
	O_SNMP = CLI_O_ROUTE_MAP + 1,
	O_SERVERS = CLI_O_ROUTE_MAP + 5,
	O_FLOW = CLI_O_IP_ROUTE - 10,
	O_LATE = CLI_O_NTP + 50,
};

static const struct cli_kept rows[] = {
	/* DHCP */
	TOP(O_DHCP, "ip dhcp excluded-address [ vrf WORD ] A.B.C.D [ A.B.C.D ]",
	    "DHCP"),
	BLOCK(cli_mode_config, O_DHCP + 1, "ip dhcp pool WORD", mode_dhcp,
	      "DHCP"),
	IN(mode_dhcp, 1, "network . LINE", "DHCP"),
	IN(mode_dhcp, 2,
	   "( import | host | client-identifier | client-name | hardware-address | domain-name | default-router | dns-server | netbios-name-server | netbios-node-type | bootfile | next-server | update | utilization | origin | class | subnet | override | relay | accounting | arp ) . LINE",
	   "DHCP"),
	IN(mode_dhcp, 1, "vrf . WORD", "DHCP"),
	IN(mode_dhcp, 3, "option <0-254> . LINE", "DHCP"),
	IN(mode_dhcp, 4, "lease . ( infinite | <0-365> [ <0-23> [ <0-59> ] ] )",
	   "DHCP"),
	BOTH(O_DHCP - 1,
	     "ip dhcp ( relay | use | conflict | bootp | limited-broadcast-address | database | ping | snooping | smart-relay | binding | compatibility | aaa | auto-broadcast | global-options | support ) . [ LINE ]",
	     "DHCP"),
	BOTH(O_DHCP - 2, "service dhcp", "DHCP"),
	BLOCK(cli_mode_config, O_DHCP + 2, "ipv6 dhcp pool WORD", mode_dhcp6,
	      "DHCP"),
	IN(mode_dhcp6, 1,
	   "( address prefix | bootfile-url | dns-server | domain-name | import | information refresh | link-address | nis | option | prefix-delegation | sip | sntp | vendor-specific ) LINE",
	   "DHCP"),
	BLOCK(cli_mode_config, CLI_O_CONTROL_PLANE + 2,
	      "control-plane ( host | transit | cef-exception )", mode_host,
	      "control plane protection"),
	IN(mode_host, 1, "( management-interface | service-policy ) LINE",
	   "control plane protection"),
	{
		.mode = &router_mode_cp,
		.words = "service-policy . ( input | output ) WORD",
		.why = "control plane policing",
	},
	/* IP SLA, track */
	BLOCK(cli_mode_config, O_SLA, "ip sla <1-2147483647>", mode_sla,
	      "IP SLA"),
	BLOCK(mode_sla, 1,
	      "( icmp-echo | icmp-jitter | udp-jitter | udp-echo | tcp-connect | path-echo | path-jitter | dns | dhcp | http | ftp | mpls | ethernet | video | voip ) LINE",
	      mode_probe, "IP SLA"),
	IN(mode_probe, 1,
	   "( frequency | threshold | timeout | tos | tag | owner | request-data-size | verify-data | history | data-pattern | source-ip | precision | operation-packet | response-data-size | percentile | flow-label | traffic-class ) . [ LINE ]",
	   "IP SLA"),
	TOP(O_SLA + 1,
	    "ip sla ( schedule | reaction-configuration | responder | enable | logging | group | key-chain | low-memory | ethernet-monitor | auto | server ) [ LINE ]",
	    "IP SLA"),
	BLOCK(cli_mode_config, O_TRACK,
	      "track <1-1000> ( interface IFNAME LINE | ip LINE | list LINE | stub-object | rtr LINE | application LINE )",
	      mode_track, "object tracking"),
	TOP(O_TRACK + 1, "track ( timer | resolution ) LINE",
	    "object tracking"),
	IN(mode_track, 1,
	   "( delay | object | threshold | default-state | carrier-delay ) [ LINE ]",
	   "object tracking"),
	/* management */
	BLOCK(cli_mode_config, CLI_O_USERNAME - 10, "archive", mode_archive,
	      "configuration archive"),
	IN(mode_archive, 1,
	   "( path | maximum | time-period | rollback ) . [ LINE ]",
	   "configuration archive"),
	IN(mode_archive, 1, "write-memory", "configuration archive"),
	BLOCK(mode_archive, 0, "log config", mode_log, "configuration archive"),
	IN(mode_log, 1,
	   "( logging enable | logging size <1-1000> | notify LINE | record LINE | hidekeys )",
	   "configuration archive"),
	BLOCK(cli_mode_config, O_LATE, "event manager applet WORD [ LINE ]",
	      mode_applet, "event manager"),
	IN(mode_applet, 1, "description . LINE", "event manager"),
	IN(mode_applet, 2, "( event | trigger | set | action ) LINE",
	   "event manager"),
	TOP(O_LATE - 1,
	    "event manager ( environment | directory | session | scheduler | history | policy | detector ) LINE",
	    "event manager"),
	BLOCK(cli_mode_config, O_LATE - 3, "kron policy-list WORD", mode_kron,
	      "kron"),
	IN(mode_kron, 1, "cli LINE", "kron"),
	TOP(O_LATE - 2, "kron occurrence LINE", "kron"),
	TOP(O_SNMP,
	    "snmp-server ( community WORD | group WORD | user WORD | view WORD | host WORD | enable | manager ) . [ LINE ]",
	    "SNMP"),
	TOP(O_SNMP,
	    "snmp-server ( contact | location | chassis-id | trap-source | packetsize | queue-length | engineID | ifindex | trap | tftp-server-list | source-interface | file-transfer | inform | system-shutdown ) . [ LINE ]",
	    "SNMP"),
	TOP(O_SNMP, "snmp-server enable traps . [ LINE ]", "SNMP"),
	TOP(O_SNMP, "snmp-server enable traps WORD [ LINE ]", "SNMP"),
	TOP(O_SNMP, "snmp-server host WORD LINE", "SNMP"),
	TOP(CLI_O_NTP, "ntp ( server | peer ) [ vrf WORD ] WORD . [ LINE ]",
	    "NTP"),
	TOP(CLI_O_NTP,
	    "ntp ( source | master | clock-period | max-associations | access-group | update-calendar | authenticate | passive | maxdistance | orphan | panic ) . [ LINE ]",
	    "NTP"),
	TOP(CLI_O_NTP,
	    "ntp ( authentication-key | trusted-key ) <0-4294967295> . [ LINE ]",
	    "NTP"),
	TOP(CLI_O_CLOCK + 1,
	    "clock ( summer-time . LINE | calendar-valid | save . [ LINE ] | initialize . [ LINE ] )",
	    "summer time and calendars"),
	TOP(CLI_O_AAA + 5,
	    "aaa ( local | attribute | nas | pod | server | traceback | user | dnis | cache | common-criteria | configuration | max-sessions | memory | route | intercept | password ) LINE",
	    "AAA servers"),
	BLOCK(cli_mode_config, CLI_O_AAA + 2,
	      "aaa group server ( radius | tacacs+ | ldap ) WORD", mode_aaa,
	      "AAA servers"),
	IN(mode_aaa, 1,
	   "( server | server-private | ip ( radius | tacacs | vrf ) | deadtime | attribute | cache | accounting | authorization | load-balance | backoff | key-wrap | throttle | domain-stripping ) LINE",
	   "AAA servers"),
	BLOCK(cli_mode_config, O_SERVERS + 2,
	      "( radius | tacacs | ldap ) server WORD", mode_radius,
	      "AAA servers"),
	IN(mode_radius, 1,
	   "( address | timeout | retransmit | automate-tester | backoff | non-standard | pac | port | single-connection | send-nat-address | ipv4 | bind | base-dn | attribute | search-filter | transport ) [ LINE ]",
	   "AAA servers"),
	IN(mode_radius, 2, "key . [ ( 0 | 6 | 7 ) ] WORD", "AAA servers"),
	IN(mode_peer, 2, "service . WORD", "voice"),
	IN(mode_probe, 2, "vrf . WORD", "IP SLA"),
	TOP(O_SERVERS, "( radius-server | tacacs-server | ldap-server ) LINE",
	    "AAA servers"),
	TOP(CLI_O_IP_ROUTE - 3,
	    "ip ( radius | tacacs ) source-interface . IFNAME [ LINE ]",
	    "AAA servers"),
	TOP(CLI_O_BANNER - 60,
	    "privilege WORD ( level | reset | all ) [ LINE ]",
	    "privileges of commands"),
	TOP(CLI_O_LOGGING + 30,
	    "logging ( buginf | count | cns-events | delimiter | discriminator | dmvpn | esm | exception | filter | history | message-counter | origin-id | persistent | queue-limit | rate-limit | reload | server-arp | snmp-authfail | snmp-trap | sequence-nums | event | alarm | smartlog | file ) . [ LINE ]",
	    "this part of logging"),
	TOP(CLI_O_ACL + 49, "logging host A.B.C.D LINE",
	    "this part of logging"),
	TOP(CLI_O_LOGGING + 31,
	    "enable ( algorithm-type | use-tacacs | last-resort ) LINE",
	    "this way of enabling"),
	TOP(CLI_O_LOGGING + 32,
	    "security ( passwords | authentication | session | usb ) LINE",
	    "rules for passwords"),
	TOP(CLI_O_IP + 20,
	    "login ( block-for | delay | on-failure | on-success | quiet-mode ) [ LINE ]",
	    "login blocking"),
	/* lines of cards; IOS shows them before the vtys */
	BLOCK(cli_mode_config, CLI_O_LINE + 1,
	      "line ( <1-2000> [ <2-2000> ] | tty <1-2000> [ <2-2000> ] )",
	      mode_tty, "hardware of this kind"),
	{
		.mode = &mode_tty,
		.words =
			"( activation-character | exec | motd-banner | exec-banner | login [ LINE ] )",
		.flags = CLI_KEPT_BOTH,
		.why = "hardware of this kind",
	},
	IN(mode_tty, 1,
	   "( transport ( input | output | preferred ) | modem | stopbits | speed | flowcontrol | rotary | databits | parity | exec-timeout | session-timeout | autoselect | password | location | script | privilege level | access-class | length | width | history size | autocommand | escape-character | logging synchronous ) . [ LINE ]", "hardware of this kind"),
	TOP(CLI_O_IP + 5, "ip name-server [ vrf WORD ] LINE",
	    "this part of name service"),
	/* NetFlow */
	BLOCK(cli_mode_config, CLI_O_QOS - 80, "flow exporter WORD",
	      mode_exporter, "NetFlow"),
	BLOCK(cli_mode_config, CLI_O_QOS - 79, "flow monitor WORD",
	      mode_monitor, "NetFlow"),
	BLOCK(cli_mode_config, CLI_O_QOS - 81, "flow record WORD", mode_record,
	      "NetFlow"),
	IN(mode_exporter, 1,
	   "( description | destination | dscp | export-protocol | mtu | option | output-features | source | template | transport | ttl | default ) [ LINE ]",
	   "NetFlow"),
	IN(mode_monitor, 1,
	   "( description | cache | exporter | record | statistics | default ) LINE",
	   "NetFlow"),
	IN(mode_record, 1, "( description | match | collect | default ) LINE",
	   "NetFlow"),
	TOP(O_FLOW,
	    "( ip | ipv6 ) ( flow-export | flow-cache | flow-aggregation | flow-capture | flow-egress ) [ LINE ]",
	    "NetFlow"),
	/* files and names */
	TOP(CLI_O_IP_ROUTE - 15,
	    "( ip | ipv6 ) ( ftp | tftp | rcmd | scp | telnet ) LINE",
	    "file transfer"),
	TOP(O_SNMP - 20,
	    "( tftp-server | ftp-server | rmon | netconf | wsma | mgcp | sccp | gateway | dspfarm | call | ccm-manager | num-exp | credentials | voice-port | presence ) [ LINE ]",
	    "this service"),
	BLOCK(cli_mode_config, CLI_O_USERNAME - 18,
	      "( voice-card <0-15> | gatekeeper | sip-ua | telephony-service )",
	      mode_voice, "voice"),
	IN(mode_voice, 2,
	   "( dsp | dspfarm | shutdown | zone | gw-type-prefix | registrar | retry | timers | max-ephones | create | local ) [ LINE ]",
	   "voice"),
	BLOCK(cli_mode_config, CLI_O_USERNAME - 20, "voice service LINE",
	      mode_voice, "voice"),
	BLOCK(cli_mode_config, CLI_O_USERNAME - 19,
	      "voice ( class | translation-rule | translation-profile | register ) LINE",
	      mode_voice, "voice"),
	IN(mode_voice, 1,
	   "( allow-connections | fax | h323 | sip | modem | codec | rule | translate | address-hiding | trusted | supplementary-service | pool | mode | max-dn | max-pool | media ) [ LINE ]",
	   "voice"),
	BLOCK(cli_mode_config, O_SNMP - 10,
	      "dial-peer voice <1-2147483647> ( pots | voip | vofr | mmoip )",
	      mode_peer, "voice"),
	IN(mode_peer, 1,
	   "( destination-pattern | session | codec | dtmf-relay | vad | port | preference | incoming | forward-digits | prefix | description | direct-inward-dial | huntstop | fax | voice-class | translation-profile | digit-strip | authentication | max-conn ) [ LINE ]",
	   "voice"),
	TOP(CLI_O_IP + 4,
	    "ip ( domain-list | domain list | domain round-robin | domain retry | domain timeout ) . [ LINE ]",
	    "this part of name service"),
	TOP(CLI_O_IP + 4,
	    "ip dns ( server | view | view-list | spoofing | primary ) [ LINE ]",
	    "this part of name service"),
	TOP(CLI_O_IP + 4, "ip domain lookup source-interface . IFNAME",
	    "this part of name service"),
	TOP(CLI_O_IP + 4, "ip host WORD LINE", "this part of name service"),
	/* hardware */
	BLOCK(cli_mode_config, CLI_O_USERNAME + 51,
	      "controller ( T1 | E1 | T3 | E3 | SHDSL | VDSL | Cellular | SONET ) WORD",
	      mode_controller, "hardware of this kind"),
	IN(mode_controller, 1,
	   "( framing | linecode | clock source | channel-group | pri-group | tdm-group | cablelength | mode | description | shutdown | line-mode | termination | ds0-group | fdl | operating | profile | sync ) [ LINE ]",
	   "hardware of this kind"),
	BLOCK(cli_mode_config, CLI_O_USERNAME + 1, "redundancy",
	      mode_redundancy, "redundant hardware"),
	IN(mode_redundancy, 1,
	   "( mode | main-cpu | inter-device | linecard-group | scheme | auto-sync ) [ LINE ]",
	   "redundant hardware"),
	TOP(CLI_O_CLOCK + 41,
	    "( card | network-clock-participate | network-clock-select | hw-module | microcode | module | subslot | transceiver | facility-alarm | environment | usb | isdn | warm-reboot | logging-esm ) LINE",
	    "hardware of this kind"),
	BLOCK(cli_mode_config, CLI_O_CONTROL_PLANE + 1, "call-home",
	      mode_profile, "call home"),
	IN(mode_profile, 1,
	   "( contact-email-addr | mail-server | profile | sender | source-interface | alert-group | phone-number | street-address | customer-id | site-id | contract-id | http-proxy | active | destination | subscribe-to-alert-group ) [ LINE ]",
	   "call home"),
};

static const struct cli_kept more_rows[] = {
	BLOCK(cli_mode_config, O_FLOW - 1, "( ip | ipv6 ) flow-top-talkers",
	      mode_talkers, "NetFlow"),
	IN(mode_talkers, 1, "( top | sort-by | cache-timeout ) . LINE",
	   "NetFlow"),
	IN(mode_talkers, 2, "match LINE", "NetFlow"),
	TOP(O_SNMP - 11,
	    "dial-peer ( cor | data | default-codec | hunt | inbound | no-match | outbound | search | terminator ) [ LINE ]",
	    "voice"),
	TOP(O_SNMP - 12, "( cpd | nls | sntp | chat-script ) LINE",
	    "this service"),
	BLOCK(cli_mode_config, CLI_O_IP + 22,
	      "( pseudowire-class | l2tp-class ) WORD", mode_wire,
	      "this feature"),
	IN(mode_wire, 1,
	   "( encapsulation | protocol | ip | interworking | sequencing | status | vccv | preferred-path | control-word | authentication | digest | hello | hostname | password | retransmit | timeout | receive-window ) [ LINE ]",
	   "this feature"),
	BLOCK(cli_mode_config, CLI_O_USERNAME - 30,
	      "parser view WORD [ superview ]", mode_view, "views"),
	IN(mode_view, 1, "secret . LINE", "views"),
	IN(mode_view, 2, "( commands | view | description ) LINE", "views"),
	BOTH(CLI_O_USERNAME - 31,
	     "parser ( cache | command | config ) [ LINE ]",
	     "this part of IOS"),
};

void paste_service_init(struct cli *cli)
{
	CLI_KEEP(cli, rows);
	CLI_KEEP(cli, more_rows);
}
