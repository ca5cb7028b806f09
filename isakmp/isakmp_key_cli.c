/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto isakmp key: pre-shared keys by address. */
#include "isakmp/isakmp_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "isakmp/isakmp_cli.h"

enum {
	V4_BITS = 32,
	V6_BITS = 128,
	SECRET_MAX = 128, /* IOS: octets of a pre-shared key */
};

struct target {
	struct ip_addr net;
	unsigned int prefix;
	const char *hostname;
};

/* "address ipv6 2001:DB8::/32" */
static bool v6_target(const char *text, struct target *t)
{
	char addr[IP_ADDR_TEXT];
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	unsigned long bits = V6_BITS;
	char *end;

	if (len >= sizeof(addr))
		return false;
	memcpy(addr, text, len);
	addr[len] = '\0';
	if (slash) {
		bits = strtoul(slash + 1, &end, 10);
		if (end == slash + 1 || *end || bits > V6_BITS)
			return false;
	}
	t->prefix = (unsigned int)bits;
	return ip_parse(&t->net, addr) && t->net.family == IP_V6;
}

/* A host, unless a mask says otherwise; 0.0.0.0 alone is everybody. */
static bool v4_target(const struct cli_args *a, struct target *t)
{
	struct ip_addr mask;
	int prefix;

	t->net = cli_addr(a, "peer");
	t->prefix = ip_is_any(&t->net) ? 0 : V4_BITS;
	if (!cli_has(a, "mask"))
		return true;
	mask = cli_addr(a, "mask");
	prefix = ip_prefix(&mask);
	if (prefix < 0)
		return false;
	t->prefix = (unsigned int)prefix;
	t->net = ip_network(&t->net, t->prefix);
	return true;
}

static bool target_of(const struct cli_args *a, struct target *t,
		      struct cli_out *o)
{
	*t = (struct target){ 0 };
	if (cli_has(a, "hostname")) {
		t->hostname = cli_str(a, "host");
		return true;
	}
	if (cli_has(a, "ipv6") ? v6_target(cli_str(a, "peer6"), t)
			       : v4_target(a, t))
		return true;
	cli_error(o, "%% Invalid address or mask\n");
	return false;
}

void isakmp_key_set(struct isakmp_keyring *ring, const struct cli_args *a,
		    bool no_xauth, struct cli_out *o)
{
	const char *secret = cli_str(a, "secret");
	struct target t;

	if (strlen(secret) > SECRET_MAX) {
		cli_error(o,
			  "%% Pre-shared key must be less than %d"
			  " characters\n",
			  SECRET_MAX + 1);
		return;
	}
	if (target_of(a, &t, o))
		isakmp_keyring_set(ring, &t.net, t.prefix, t.hostname, secret,
				   no_xauth);
}

void isakmp_key_unset(struct isakmp_keyring *ring, const struct cli_args *a,
		      struct cli_out *o)
{
	struct target t;

	if (target_of(a, &t, o))
		(void)isakmp_keyring_remove(ring, &t.net, t.prefix, t.hostname);
}

static void set_key(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	isakmp_key_set(&((struct isakmp *)ctx)->keyring, a,
		       cli_has(a, "no-xauth"), o);
}

static void no_key(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	isakmp_key_unset(&((struct isakmp *)ctx)->keyring, a, o);
}

/* IOS leaves the mask out for a host and for 0.0.0.0. */
static void write_address(const struct isakmp_psk *psk, struct cli_out *o)
{
	struct ip_addr mask;
	char text[IP_ADDR_TEXT];

	if (psk->net.family == IP_V6) {
		cli_say(o, "address ipv6 %s/%u", ip_text(&psk->net, text),
			psk->prefix);
		return;
	}
	cli_say(o, "address %s", ip_text(&psk->net, text));
	if (psk->prefix == V4_BITS ||
	    (psk->prefix == 0 && ip_is_any(&psk->net)))
		return;
	mask = ip_mask(IP_V4, psk->prefix);
	cli_say(o, " %s", ip_text(&mask, text));
}

void isakmp_key_write_peer(const struct isakmp_psk *psk, struct cli_out *o)
{
	if (psk->hostname)
		cli_say(o, "hostname %s", psk->hostname);
	else
		write_address(psk, o);
}

static void write_keys(const void *ctx, struct cli_out *o)
{
	const struct isakmp *isakmp = ctx;
	const struct isakmp_psk *psk;

	TAILQ_FOREACH (psk, &isakmp->keyring, entry) {
		cli_say(o, "crypto isakmp key %s ", psk->secret);
		isakmp_key_write_peer(psk, o);
		cli_say(o, "%s\n", psk->no_xauth ? " no-xauth" : "");
	}
}

/* show crypto isakmp key */

void isakmp_key_say(const char *ring, const struct isakmp_psk *psk,
		    struct cli_out *o)
{
	char addr[IP_ADDR_TEXT], mask[IP_ADDR_TEXT], text[128];
	struct ip_addr bits;

	if (psk->hostname) {
		cli_say(o, "%-13s%-41s%s\n", ring, psk->hostname, psk->secret);
		return;
	}
	ip_text(&psk->net, addr);
	bits = ip_mask(psk->net.family, psk->prefix);
	if (psk->net.family == IP_V4 && psk->prefix < V4_BITS)
		snprintf(text, sizeof(text), "%-15s[%s]", addr,
			 ip_text(&bits, mask));
	else if (psk->net.family == IP_V6 && psk->prefix < V6_BITS)
		snprintf(text, sizeof(text), "%s/%u", addr, psk->prefix);
	else
		snprintf(text, sizeof(text), "%s", addr);
	cli_say(o, "%-13s%-41s%s\n", ring, text, psk->secret);
}

static void show_key(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	const struct isakmp *isakmp = ctx;
	const struct isakmp_psk *psk;

	(void)a;
	cli_say(o, "Keyring      Hostname/Address                            "
		   "Preshared Key\n\n");
	TAILQ_FOREACH (psk, &isakmp->keyring, entry)
		isakmp_key_say("default", psk, o);
	isakmp_rings_say(isakmp, o);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = ISAKMP_CONFIG
		"key  Set pre-shared key for remote peer\n"
		"[ 0  Specifies an UNENCRYPTED password will follow\n"
		"]\n"
		"WORD$secret  The UNENCRYPTED (cleartext) user"
		" password\n"
		"( address  define shared key with IP address\n"
		"( A.B.C.D$peer  Peer IP address\n"
		"[ A.B.C.D$mask  Peer IP subnet mask\n"
		"]\n"
		"| ipv6  define shared key with IPv6 address\n"
		"WORD$peer6  IPv6 address/prefix\n"
		")\n"
		"| hostname  define shared key with hostname\n"
		"WORD$host  Peer hostname\n"
		")\n"
		"[ no-xauth  Bypasses XAuth for this peer\n"
		"]\n",
		.run = set_key,
		.no = no_key,
		.write = write_keys,
		.order = CLI_O_ISAKMP + 1,
	},
	{
		.mode = &cli_mode_exec,
		.words = ISAKMP_SHOW "key  Show ISAKMP preshared keys\n",
		.run = show_key,
	},
};

void isakmp_key_cli_init(struct isakmp *isakmp)
{
	CLI_ADD(isakmp->cli, commands, isakmp);
}
