/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/acl_names.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define NAMES(a)                              \
	{                                     \
		.v = (a), .n = ARRAY_SIZE(a), \
	}

/* tcp, udp, icmp and igmp are keywords of their own: their entries go on in
 * their own ways. */
static const struct acl_name protocols[] = {
	{ "ahp", 51, "Authentication Header Protocol" },
	{ "eigrp", 88, "Cisco's EIGRP routing protocol" },
	{ "esp", 50, "Encapsulation Security Payload" },
	{ "gre", 47, "Cisco's GRE tunneling" },
	{ "ip", 0, "Any Internet Protocol" },
	{ "ipinip", 4, "IP in IP tunneling" },
	{ "nos", 94, "KA9Q NOS compatible IP over IP tunneling" },
	{ "ospf", 89, "OSPF routing protocol" },
	{ "pcp", 108, "Payload Compression Protocol" },
	{ "pim", 103, "Protocol Independent Multicast" },
	{ "sctp", 132, "Stream Control Transmission Protocol" },
};
const struct acl_names acl_protocols = NAMES(protocols);

static const struct acl_name tcp_ports[] = {
	{ "bgp", 179, "Border Gateway Protocol (179)" },
	{ "chargen", 19, "Character generator (19)" },
	{ "cmd", 514, "Remote commands (rcmd, 514)" },
	{ "daytime", 13, "Daytime (13)" },
	{ "discard", 9, "Discard (9)" },
	{ "domain", 53, "Domain Name Service (53)" },
	{ "echo", 7, "Echo (7)" },
	{ "exec", 512, "Exec (rsh, 512)" },
	{ "finger", 79, "Finger (79)" },
	{ "ftp", 21, "File Transfer Protocol (21)" },
	{ "ftp-data", 20, "FTP data connections (20)" },
	{ "gopher", 70, "Gopher (70)" },
	{ "hostname", 101, "NIC hostname server (101)" },
	{ "ident", 113, "Ident Protocol (113)" },
	{ "irc", 194, "Internet Relay Chat (194)" },
	{ "klogin", 543, "Kerberos login (543)" },
	{ "kshell", 544, "Kerberos shell (544)" },
	{ "login", 513, "Login (rlogin, 513)" },
	{ "lpd", 515, "Printer service (515)" },
	{ "nntp", 119, "Network News Transport Protocol (119)" },
	{ "pim-auto-rp", 496, "PIM Auto-RP (496)" },
	{ "pop2", 109, "Post Office Protocol v2 (109)" },
	{ "pop3", 110, "Post Office Protocol v3 (110)" },
	{ "smtp", 25, "Simple Mail Transport Protocol (25)" },
	{ "sunrpc", 111, "Sun Remote Procedure Call (111)" },
	{ "tacacs", 49, "TAC Access Control System (49)" },
	{ "talk", 517, "Talk (517)" },
	{ "telnet", 23, "Telnet (23)" },
	{ "time", 37, "Time (37)" },
	{ "uucp", 540, "Unix-to-Unix Copy Program (540)" },
	{ "whois", 43, "Nicname (43)" },
	{ "www", 80, "World Wide Web (HTTP, 80)" },
};
const struct acl_names acl_tcp_ports = NAMES(tcp_ports);

static const struct acl_name udp_ports[] = {
	{ "biff", 512, "Biff (mail notification, comsat, 512)" },
	{ "bootpc", 68, "Bootstrap Protocol (BOOTP) client (68)" },
	{ "bootps", 67, "Bootstrap Protocol (BOOTP) server (67)" },
	{ "discard", 9, "Discard (9)" },
	{ "dnsix", 195, "DNSIX security protocol auditing (195)" },
	{ "domain", 53, "Domain Name Service (DNS, 53)" },
	{ "echo", 7, "Echo (7)" },
	{ "isakmp", 500,
	  "Internet Security Association and Key Management "
	  "Protocol (500)" },
	{ "mobile-ip", 434, "Mobile IP registration (434)" },
	{ "nameserver", 42, "IEN116 name service (obsolete, 42)" },
	{ "netbios-dgm", 138, "NetBios datagram service (138)" },
	{ "netbios-ns", 137, "NetBios name service (137)" },
	{ "netbios-ss", 139, "NetBios session service (139)" },
	{ "non500-isakmp", 4500,
	  "Internet Security Association and Key "
	  "Management Protocol (4500)" },
	{ "ntp", 123, "Network Time Protocol (123)" },
	{ "pim-auto-rp", 496, "PIM Auto-RP (496)" },
	{ "rip", 520, "Routing Information Protocol (router, in.routed, 520)" },
	{ "snmp", 161, "Simple Network Management Protocol (161)" },
	{ "snmptrap", 162, "SNMP Traps (162)" },
	{ "sunrpc", 111, "Sun Remote Procedure Call (111)" },
	{ "syslog", 514, "System Logger (514)" },
	{ "tacacs", 49, "TAC Access Control System (49)" },
	{ "talk", 517, "Talk (517)" },
	{ "tftp", 69, "Trivial File Transfer Protocol (69)" },
	{ "time", 37, "Time (37)" },
	{ "who", 513, "Who service (rwho, 513)" },
	{ "xdmcp", 177, "X Display Manager Control Protocol (177)" },
};
const struct acl_names acl_udp_ports = NAMES(udp_ports);

#define ICMP(type, code) ((type) << 8 | (code))

/* Names that mean one type and code. */
static const struct acl_name icmp_messages[] = {
	{ "administratively-prohibited", ICMP(3, 13),
	  "Administratively prohibited" },
	{ "dod-host-prohibited", ICMP(3, 10), "Host prohibited" },
	{ "dod-net-prohibited", ICMP(3, 9), "Net prohibited" },
	{ "general-parameter-problem", ICMP(12, 0), "Parameter problem" },
	{ "host-isolated", ICMP(3, 8), "Host isolated" },
	{ "host-precedence-unreachable", ICMP(3, 14),
	  "Host unreachable for precedence" },
	{ "host-redirect", ICMP(5, 1), "Host redirect" },
	{ "host-tos-redirect", ICMP(5, 3), "Host redirect for TOS" },
	{ "host-tos-unreachable", ICMP(3, 12), "Host unreachable for TOS" },
	{ "host-unknown", ICMP(3, 7), "Host unknown" },
	{ "host-unreachable", ICMP(3, 1), "Host unreachable" },
	{ "net-redirect", ICMP(5, 0), "Network redirect" },
	{ "net-tos-redirect", ICMP(5, 2), "Net redirect for TOS" },
	{ "net-tos-unreachable", ICMP(3, 11), "Network unreachable for TOS" },
	{ "net-unreachable", ICMP(3, 0), "Net unreachable" },
	{ "network-unknown", ICMP(3, 6), "Network unknown" },
	{ "no-room-for-option", ICMP(12, 2), "Parameter required but no room" },
	{ "option-missing", ICMP(12, 1), "Parameter required but not present" },
	{ "packet-too-big", ICMP(3, 4), "Fragmentation needed and DF set" },
	{ "port-unreachable", ICMP(3, 3), "Port unreachable" },
	{ "precedence-unreachable", ICMP(3, 15), "Precedence cutoff" },
	{ "protocol-unreachable", ICMP(3, 2), "Protocol unreachable" },
	{ "reassembly-timeout", ICMP(11, 1), "Reassembly timeout" },
	{ "source-route-failed", ICMP(3, 5), "Source route failed" },
	{ "ttl-exceeded", ICMP(11, 0), "TTL exceeded" },
};
const struct acl_names acl_icmp_messages = NAMES(icmp_messages);

/* Names that mean a type with any code. */
static const struct acl_name icmp_types[] = {
	{ "alternate-address", 6, "Alternate address" },
	{ "conversion-error", 31, "Datagram conversion" },
	{ "echo", 8, "Echo (ping)" },
	{ "echo-reply", 0, "Echo reply" },
	{ "information-reply", 16, "Information replies" },
	{ "information-request", 15, "Information requests" },
	{ "mask-reply", 18, "Mask replies" },
	{ "mask-request", 17, "Mask requests" },
	{ "mobile-redirect", 32, "Mobile host redirect" },
	{ "parameter-problem", 12, "All parameter problems" },
	{ "redirect", 5, "All redirects" },
	{ "router-advertisement", 9, "Router discovery advertisements" },
	{ "router-solicitation", 10, "Router discovery solicitations" },
	{ "source-quench", 4, "Source quenches" },
	{ "time-exceeded", 11, "All time exceededs" },
	{ "timestamp-reply", 14, "Timestamp replies" },
	{ "timestamp-request", 13, "Timestamp requests" },
	{ "traceroute", 30, "Traceroute" },
	{ "unreachable", 3, "All unreachables" },
};
const struct acl_names acl_icmp_types = NAMES(icmp_types);

static const struct acl_name igmp_types[] = {
	{ "dvmrp", 0x13, "Distance Vector Multicast Routing Protocol" },
	{ "host-query", 0x11, "IGMP Membership Query" },
	{ "pim", 0x14, "Protocol Independent Multicast" },
	{ "trace", 0x15, "Multicast trace" },
	{ "v2-leave", 0x17, "IGMPv2 Leave Group" },
	{ "v2-report", 0x16, "IGMPv2 Membership Report" },
	{ "v3-report", 0x22, "IGMPv3 Membership Report" },
};
const struct acl_names acl_igmp_types = NAMES(igmp_types);

static const struct acl_name dscps[] = {
	{ "af11", 10, "Match packets with AF11 dscp (001010)" },
	{ "af12", 12, "Match packets with AF12 dscp (001100)" },
	{ "af13", 14, "Match packets with AF13 dscp (001110)" },
	{ "af21", 18, "Match packets with AF21 dscp (010010)" },
	{ "af22", 20, "Match packets with AF22 dscp (010100)" },
	{ "af23", 22, "Match packets with AF23 dscp (010110)" },
	{ "af31", 26, "Match packets with AF31 dscp (011010)" },
	{ "af32", 28, "Match packets with AF32 dscp (011100)" },
	{ "af33", 30, "Match packets with AF33 dscp (011110)" },
	{ "af41", 34, "Match packets with AF41 dscp (100010)" },
	{ "af42", 36, "Match packets with AF42 dscp (100100)" },
	{ "af43", 38, "Match packets with AF43 dscp (100110)" },
	{ "cs1", 8, "Match packets with CS1(precedence 1) dscp (001000)" },
	{ "cs2", 16, "Match packets with CS2(precedence 2) dscp (010000)" },
	{ "cs3", 24, "Match packets with CS3(precedence 3) dscp (011000)" },
	{ "cs4", 32, "Match packets with CS4(precedence 4) dscp (100000)" },
	{ "cs5", 40, "Match packets with CS5(precedence 5) dscp (101000)" },
	{ "cs6", 48, "Match packets with CS6(precedence 6) dscp (110000)" },
	{ "cs7", 56, "Match packets with CS7(precedence 7) dscp (111000)" },
	{ "default", 0, "Match packets with default dscp (000000)" },
	{ "ef", 46, "Match packets with EF dscp (101110)" },
};
const struct acl_names acl_dscps = NAMES(dscps);

static const struct acl_name precedences[] = {
	{ "critical", 5, "Match packets with critical precedence (5)" },
	{ "flash", 3, "Match packets with flash precedence (3)" },
	{ "flash-override", 4,
	  "Match packets with flash override precedence (4)" },
	{ "immediate", 2, "Match packets with immediate precedence (2)" },
	{ "internet", 6,
	  "Match packets with internetwork control precedence (6)" },
	{ "network", 7, "Match packets with network control precedence (7)" },
	{ "priority", 1, "Match packets with priority precedence (1)" },
	{ "routine", 0, "Match packets with routine precedence (0)" },
};
const struct acl_names acl_precedences = NAMES(precedences);

/* RFC 1349 */
static const struct acl_name toses[] = {
	{ "max-reliability", 2, "Match packets with max reliable TOS (2)" },
	{ "max-throughput", 4, "Match packets with max throughput TOS (4)" },
	{ "min-delay", 8, "Match packets with min delay TOS (8)" },
	{ "min-monetary-cost", 1,
	  "Match packets with min monetary cost TOS (1)" },
	{ "normal", 0, "Match packets with normal TOS (0)" },
};
const struct acl_names acl_toses = NAMES(toses);

const char *acl_name_of(const struct acl_names *names, unsigned int value)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		if (names->v[i].value == value)
			return names->v[i].name;
	return NULL;
}

const struct acl_name *acl_name_find(const struct acl_names *names,
				     const char *text)
{
	const struct acl_name *found = NULL;
	size_t i, len = strlen(text);

	for (i = 0; i < names->n; i++) {
		if (strncasecmp(names->v[i].name, text, len))
			continue;
		if (!names->v[i].name[len])
			return &names->v[i];
		if (found)
			return NULL;
		found = &names->v[i];
	}
	return found;
}
