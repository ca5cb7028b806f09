/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Access lists: IPv4 standard and extended, named and numbered, and IPv6, with
 * sequence numbers; their text in each of IOS's three spellings; matching.
 * One struct acls a router; lists keep their address until removed, so users
 * look a list up by name when they need it and watch for changes. */
#ifndef ROUTER_ACL_H
#define ROUTER_ACL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "cli/cli.h"

enum ace_op { ACE_ANY, ACE_EQ, ACE_GT, ACE_LT, ACE_NEQ, ACE_RANGE };

struct ace_port {
	uint8_t op;	 /* enum ace_op */
	uint16_t lo, hi; /* hi only with ACE_RANGE */
};

/* One entry as a plain value.  Wildcard bits that are 1 do not matter, so
 * "any" is 0.0.0.0 255.255.255.255 and "host A" is A 0.0.0.0.
 *
 * All four addresses are of one family, which is the entry's (ace_family()),
 * and it meets packets of that family alone.  In IPv6 "any" is :: with all
 * 128 wildcard bits set, a prefix has no holes, protocol 0 is "ipv6" (any),
 * and the protocol is the upper layer's, behind the extension headers. */
struct ace {
	bool permit;
	uint8_t protocol; /* IP protocol; 0: ip, that is any */
	struct ip_addr src, src_wild, dst, dst_wild;
	struct ace_port sport, dport; /* TCP, UDP and SCTP */
	int16_t icmp_type, icmp_code; /* -1: any; IPv6: of ICMPv6 (58) */
	int16_t igmp_type;	      /* -1: any */
	int8_t dscp, precedence, tos; /* -1: any; IPv6: only dscp */
	int32_t flow_label;	      /* IPv6, 20 bits; -1: any */
	bool routing;		      /* IPv6: has a routing header */
	bool established, fragments, log, log_input;
};

/* permit ip any any: a good start for the rest. */
void ace_init(struct ace *ace);
/* permit ipv6 any any. */
void ace_init6(struct ace *ace);
enum ip_family ace_family(const struct ace *ace);

struct acl_entry {
	uint32_t sequence;
	char *remark; /* or NULL: then ace counts */
	struct ace ace;
	uint64_t matches; /* shown by show access-lists */
};

struct acl {
	char *name;
	enum ip_family family;
	bool standard;		   /* IPv4 only */
	struct acl_entry *entries; /* ascending sequence */
	size_t n;
};

struct acls;

struct acls *acls_new(void);
void acls_free(struct acls *acls);
/* NULL when there is no such list of IPv4.  Good until the list changes. */
const struct acl *acls_find(const struct acls *acls, const char *name);
/* The same of IPv6: a name is of one family only. */
const struct acl *acls_find6(const struct acls *acls, const char *name);
/* fn(arg, name) after each change of a list (creation, entry, removal). */
void acls_watch(struct acls *acls, void (*fn)(void *arg, const char *name),
		void *arg);
void acls_unwatch(struct acls *acls, void (*fn)(void *arg, const char *name),
		  void *arg);
/* Adds to the matches of an entry, if the list (of the entry's family) has it
 * still. */
void acls_matched(struct acls *acls, const char *name, const struct ace *ace,
		  uint64_t matches);
/* fn(arg) before matches are shown or cleared: who counts them elsewhere tells
 * them now. */
void acls_ask(struct acls *acls, void (*fn)(void *arg), void *arg);
/* access-list, ip access-list and their modes, show access-lists. */
void acl_cli_init(struct acls *acls, struct cli *cli);

/* What a classifier looks at. */
struct packet_key {
	struct ip_addr src, dst;
	uint8_t protocol;
	uint8_t tos;
	bool fragment;	       /* a later fragment: ports are not there */
	uint16_t sport, dport; /* 0 unless TCP or UDP; ICMP: type, code */
	uint8_t tcp_flags;
	uint32_t flow_label; /* IPv6 */
	bool routing;	     /* IPv6: a routing header is there */
};

/* Same match and action: IOS takes such an entry only once. */
bool ace_equal(const struct ace *a, const struct ace *b);
bool ace_match(const struct ace *ace, const struct packet_key *key);
/* The first entry that matches, or NULL (implicit deny is the caller's).  A
 * match is counted. */
const struct acl_entry *acl_match(const struct acl *acl,
				  const struct packet_key *key);

/* Text of one entry, without a sequence number; out has ACE_TEXT octets. */
#define ACE_TEXT 256
enum ace_style {
	ACE_CONFIG, /* "deny   udp any eq 848 any" */
	ACE_SHOW,   /* "deny udp any eq 848 any" (show access-lists) */
	ACE_GDOI,   /* "deny udp any port = 848 any" (show crypto gdoi) */
};
const char *ace_text(const struct ace *ace, bool standard, enum ace_style style,
		     char *out);

#endif
