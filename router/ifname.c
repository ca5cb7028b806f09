/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/ifname.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum ifname_limits { NUMBER_MAX = 2147483647 }; /* interface Loopback <0-...> */

const struct ifname_type ifname_types[IFNAME_KINDS] = {
	[IFNAME_LOOPBACK] = { "Loopback", "Loopback interface", "Loopback",
			      8000000, 5000 },
	[IFNAME_TUNNEL] = { "Tunnel", "Tunnel interface", "Tunnel", 100,
			    50000 },
	[IFNAME_PORT_CHANNEL] = { "Port-channel",
				  "Ethernet Channel of interfaces",
				  "EtherChannel", 100000, 100 },
	[IFNAME_MULTILINK] = { "Multilink", "Multilink-group interface",
			       "multilink group interface", 100000, 20000 },
	[IFNAME_NULL] = { "Null", "Null interface", "Null", 10000000, 5000 },
	[IFNAME_EMBEDDED] = { "Embedded-Service-Engine",
			      "Embedded Service Engine", "MV64360", 10000,
			      1000 },
	[IFNAME_ETHERNET] = { "Ethernet", "IEEE 802.3", "AmdP2", 10000, 1000 },
	[IFNAME_FAST_ETHERNET] = { "FastEthernet", "FastEthernet IEEE 802.3",
				   "FastEthernet", 100000, 100 },
	[IFNAME_GIGABIT_ETHERNET] = { "GigabitEthernet",
				      "GigabitEthernet IEEE 802.3z", "iGbE",
				      1000000, 10 },
	[IFNAME_TEN_GIGABIT_ETHERNET] = { "TenGigabitEthernet",
					  "Ten Gigabit Ethernet",
					  "TenGigabitEthernet", 10000000, 10 },
	[IFNAME_SERIAL] = { "Serial", "Serial", "M4T", 1544, 20000 },
	[IFNAME_ATM] = { "ATM", "ATM interface", "ATM", 155000, 80 },
	[IFNAME_BRI] = { "BRI", "ISDN Basic Rate Interface", "BRI", 64, 20000 },
	[IFNAME_CELLULAR] = { "Cellular", "Cellular interface", "Cellular",
			      50000, 20000 },
	[IFNAME_VIRTUAL_TEMPLATE] = { "Virtual-Template",
				      "Virtual Template interface",
				      "Virtual Template interface", 100000,
				      100000 },
	[IFNAME_BVI] = { "BVI", "Bridge-Group Virtual Interface", "BVI", 10000,
			 5000 },
	[IFNAME_DIALER] = { "Dialer", "Dialer interface", "Unknown", 56,
			    20000 },
	[IFNAME_VLAN] = { "Vlan", "Catalyst Vlans", "EtherSVI", 1000000, 10 },
};

/* The type that begins with these letters and no other does; -1: none. */
static int find_type(const char *letters, size_t len)
{
	int i, found = -1;

	for (i = 0; i < IFNAME_KINDS; i++) {
		if (strncasecmp(ifname_types[i].name, letters, len))
			continue;
		/* e0/0 is an Ethernet. */
		if (i == IFNAME_EMBEDDED && len == 1)
			continue;
		if (found >= 0)
			return -1;
		found = i;
	}
	return found;
}

/* A number behind the sign, if it stands there. */
static bool read_tail(const char **s, char sign, unsigned int *number,
		      bool *has)
{
	unsigned long v;
	char *end;

	if (**s != sign)
		return true;
	if (!isdigit((unsigned char)(*s)[1]))
		return false;
	v = strtoul(*s + 1, &end, 10);
	*number = (unsigned int)v;
	*has = true;
	*s = end;
	return v <= NUMBER_MAX;
}

/* "0/0", "0", "0/1/2", "0/0.10", "0/0/0:15". */
static bool read_numbers(const char *s, struct ifname *out)
{
	const char *tail;
	unsigned long v;
	char *end;

	out->n_parts = 0;
	do {
		if (!isdigit((unsigned char)*s) || out->n_parts >= IFNAME_PARTS)
			return false;
		v = strtoul(s, &end, 10);
		if (v > NUMBER_MAX)
			return false;
		out->part[out->n_parts++] = (unsigned int)v;
		s = end + 1;
	} while (*end == '/');
	tail = end;
	return read_tail(&tail, ':', &out->channel, &out->has_channel) &&
	       read_tail(&tail, '.', &out->sub, &out->has_sub) && !*tail;
}

static void write_text(struct ifname *name)
{
	int at = snprintf(name->text, sizeof(name->text), "%s",
			  ifname_types[name->kind].name);
	unsigned int i;

	for (i = 0; i < name->n_parts; i++)
		at += snprintf(name->text + at, sizeof(name->text) - (size_t)at,
			       "%s%u", i ? "/" : "", name->part[i]);
	if (name->has_channel)
		at += snprintf(name->text + at, sizeof(name->text) - (size_t)at,
			       ":%u", name->channel);
	if (name->has_sub)
		snprintf(name->text + at, sizeof(name->text) - (size_t)at,
			 ".%u", name->sub);
}

int ifname_parse(const char *const *tokens, size_t n, struct ifname *out)
{
	size_t letters = 0;
	const char *numbers;
	int type, used = 1;

	*out = (struct ifname){ 0 };
	while (isalpha((unsigned char)tokens[0][letters]) ||
	       (letters && tokens[0][letters] == '-'))
		letters++;
	type = letters ? find_type(tokens[0], letters) : -1;
	if (type < 0)
		return 0;
	numbers = tokens[0] + letters;
	if (!*numbers) {
		if (n < 2)
			return -1;
		numbers = tokens[1];
		used = 2;
	}
	out->kind = (enum ifname_kind)type;
	if (!read_numbers(numbers, out))
		return 0;
	write_text(out);
	return used;
}

int ifname_compare(const struct ifname *a, const struct ifname *b)
{
	unsigned int i;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	for (i = 0; i < a->n_parts && i < b->n_parts; i++)
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	if (a->n_parts != b->n_parts)
		return a->n_parts < b->n_parts ? -1 : 1;
	if (a->channel != b->channel)
		return a->channel < b->channel ? -1 : 1;
	if (a->has_sub != b->has_sub)
		return a->has_sub ? 1 : -1;
	return (a->sub > b->sub) - (a->sub < b->sub);
}

bool ifname_is_virtual(const struct ifname *name)
{
	return name->has_sub || name->kind < IFNAME_ETHERNET ||
	       name->kind >= IFNAME_VIRTUAL_TEMPLATE;
}

const char *ifname_short(const struct ifname *name, char *out)
{
	snprintf(out, IFNAME_SIZE, "%.2s%s", name->text,
		 name->text + strlen(ifname_types[name->kind].name));
	return out;
}
