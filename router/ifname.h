/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of interfaces as IOS writes and abbreviates them. */
#ifndef ROUTER_IFNAME_H
#define ROUTER_IFNAME_H

#include <stdbool.h>
#include <stddef.h>

enum ifname_kind {
	IFNAME_LOOPBACK,
	IFNAME_TUNNEL,
	IFNAME_PORT_CHANNEL,
	IFNAME_MULTILINK,
	IFNAME_NULL,
	IFNAME_EMBEDDED,
	IFNAME_ETHERNET, /* from here on those that a device can carry */
	IFNAME_FAST_ETHERNET,
	IFNAME_GIGABIT_ETHERNET,
	IFNAME_TEN_GIGABIT_ETHERNET,
	IFNAME_SERIAL, /* and no longer */
	IFNAME_ATM,
	IFNAME_BRI,
	IFNAME_CELLULAR,
	IFNAME_VIRTUAL_TEMPLATE,
	IFNAME_BVI,
	IFNAME_DIALER,
	IFNAME_VLAN,
	IFNAME_KINDS,
};

struct ifname_type {
	const char *name, *help;
	const char *hardware;	/* show interfaces: "Hardware is ..." */
	unsigned int bandwidth; /* kbit/s */
	unsigned int delay;	/* us */
};

extern const struct ifname_type ifname_types[IFNAME_KINDS];

#define IFNAME_SIZE  48
#define IFNAME_PARTS 4

struct ifname {
	enum ifname_kind kind;
	unsigned int part[IFNAME_PARTS]; /* slot, port ... */
	unsigned int n_parts;
	bool has_channel, has_sub;
	unsigned int channel, sub; /* Serial0/0/0:15, Ethernet0/0.10 */
	char text[IFNAME_SIZE];	   /* in full: "Ethernet0/0" */
};

/* Reads "e0/0", "Ethernet 0/0" (two tokens), "lo0".  How many tokens it took;
 * 0: no name; -1: the beginning of one. */
int ifname_parse(const char *const *tokens, size_t n, struct ifname *out);
/* Made by its name alone (Loopback0, Tunnel1, Ethernet0/0.10), up at first. */
bool ifname_is_virtual(const struct ifname *name);
/* IOS's order: loopbacks, then by type, slot and port. */
int ifname_compare(const struct ifname *a, const struct ifname *b);
/* "Et0/0", as in show cdp, logs of some features. */
const char *ifname_short(const struct ifname *name, char *out);

#endif
