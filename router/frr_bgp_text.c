/* SPDX-License-Identifier: GPL-3.0-or-later */
/* router bgp in FRR's words.  What both write alike is handed over as it is;
 * where FRR refuses a line, that line is not acted on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "router/frr_text_priv.h"

enum {
	/* FRR tries a neighbor again after 120 s by itself; IOS is at it
	 * within some seconds. */
	CONNECT_RETRY = 10,
};

#define AF_BLOCK "%s\naddress-family ipv4 unicast"

static const char why_bgp[] = "this part of BGP";
static const char why_family[] = "BGP of this address family";

static void emit_top(struct frr_reader *r, const char *text)
{
	frr_emit(r, FRR_BGPD, false, r->bgp, "%s", text);
}

static void emit_af(struct frr_reader *r, const char *text)
{
	char *context = xasprintf(AF_BLOCK, r->bgp);

	frr_emit(r, FRR_BGPD, false, context, "%s", text);
	free(context);
}

static void top_as_is(struct frr_reader *r)
{
	char *text = frr_words_from(r, 0);

	emit_top(r, text);
	free(text);
}

static void af_as_is(struct frr_reader *r)
{
	char *text = frr_words_from(r, 0);

	emit_af(r, text);
	free(text);
}

/* --- neighbors ------------------------------------------------------------ */

static void update_source(struct frr_reader *r, const char *who)
{
	struct ip_addr addr;
	char text[IP_ADDR_TEXT];
	char *name = frr_words_from(r, 3), *line;

	/* Its address, because its device may change. */
	if (!r->world->address(r->world->ctx, name, &addr)) {
		free(name);
		return;
	}
	line = xasprintf("neighbor %s update-source %s", who,
			 ip_text(&addr, text));
	emit_top(r, line);
	free(line);
	free(name);
}

static void remote_as(struct frr_reader *r, const char *who)
{
	struct ip_addr addr;
	char *retry;

	frr_emit(r, FRR_BGPD, true, r->bgp, "neighbor %s remote-as %s", who,
		 frr_word(r, 3));
	if (!ip_parse(&addr, who))
		return;
	retry = xasprintf("neighbor %s timers connect %d", who, CONNECT_RETRY);
	emit_top(r, retry);
	free(retry);
}

static void peer_group(struct frr_reader *r, const char *who)
{
	frr_emit(r, FRR_BGPD, true, r->bgp, "neighbor %s peer-group%s%s", who,
		 r->n > 3 ? " " : "", frr_word(r, 3));
}

static void timers(struct frr_reader *r, const char *who)
{
	char *text = xasprintf("neighbor %s timers %s %s", who, frr_word(r, 3),
			       frr_word(r, 4));

	emit_top(r, text);
	free(text);
}

static void transport(struct frr_reader *r, const char *who)
{
	char *text;

	if (!frr_word_is(r, 3, "connection-mode") ||
	    !frr_word_is(r, 4, "passive")) {
		frr_not_acted_on(r, why_bgp);
		return;
	}
	text = xasprintf("neighbor %s passive", who);
	emit_top(r, text);
	free(text);
}

static void password(struct frr_reader *r, const char *who)
{
	char *secret = frr_secret(r, 3), *text;

	if (!secret) {
		frr_not_acted_on(r, why_bgp);
		return;
	}
	text = xasprintf("neighbor %s password %s", who, secret);
	emit_top(r, text);
	bytes_wipe(secret, strlen(secret));
	bytes_wipe(text, strlen(text));
	free(secret);
	free(text);
}

static void next_hop_self(struct frr_reader *r, const char *who)
{
	char *text = xasprintf("neighbor %s next-hop-self%s", who,
			       frr_word_is(r, 3, "all") ? " force" : "");

	emit_af(r, text);
	free(text);
}

static void remove_private(struct frr_reader *r, const char *who)
{
	char *rest = frr_words_from(r, 3);
	char *text = xasprintf("neighbor %s remove-private-AS%s%s", who,
			       *rest ? " " : "", rest);

	emit_af(r, text);
	free(text);
	free(rest);
}

static void nothing(struct frr_reader *r, const char *who)
{
	(void)r;
	(void)who;
}

static void same_top(struct frr_reader *r, const char *who)
{
	(void)who;
	top_as_is(r);
}

static void same_af(struct frr_reader *r, const char *who)
{
	(void)who;
	af_as_is(r);
}

static const struct {
	const char *word;
	void (*fn)(struct frr_reader *r, const char *who);
} options[] = {
	{ "activate", same_af },
	{ "advertisement-interval", same_top },
	{ "allowas-in", same_af },
	{ "as-override", same_af },
	{ "default-originate", same_af },
	{ "description", same_top },
	{ "disable-connected-check", same_top },
	{ "ebgp-multihop", same_top },
	{ "filter-list", same_af },
	{ "local-as", same_top },
	{ "maximum-prefix", same_af },
	{ "next-hop-self", next_hop_self },
	{ "password", password },
	{ "peer-group", peer_group },
	{ "prefix-list", same_af },
	{ "remote-as", remote_as },
	{ "remove-private-as", remove_private },
	{ "route-map", same_af },
	{ "route-reflector-client", same_af },
	{ "route-server-client", same_af },
	{ "send-community", same_af },
	{ "shutdown", same_top },
	{ "soft-reconfiguration", same_af },
	{ "timers", timers },
	{ "transport", transport },
	{ "ttl-security", same_top },
	{ "update-source", update_source },
	{ "version", nothing },
	{ "weight", same_af },
};

static void neighbor(struct frr_reader *r)
{
	const char *who = frr_word(r, 1);
	size_t i;

	if (strchr(who, ':')) {
		frr_not_acted_on(r, why_family);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (!frr_word_is(r, 2, options[i].word))
			continue;
		options[i].fn(r, who);
		return;
	}
	frr_not_acted_on(r, why_bgp);
}

/* --- what is announced ---------------------------------------------------- */

/* As IOS: a network without a mask is that of its class. */
static const char *class_mask(const char *addr)
{
	struct ip_addr a;

	if (!ip_parse(&a, addr) || a.family != IP_V4)
		return "";
	return a.b[0] < 128   ? "255.0.0.0"
	       : a.b[0] < 192 ? "255.255.0.0"
			      : "255.255.255.0";
}

static void network(struct frr_reader *r)
{
	bool masked = frr_word_is(r, 2, "mask");
	const char *addr = frr_word(r, 1);
	char prefix[64], *rest, *text;

	if (!frr_prefix(addr, masked ? frr_word(r, 3) : class_mask(addr), false,
			prefix, sizeof(prefix))) {
		frr_not_acted_on(r, why_bgp);
		return;
	}
	rest = frr_words_from(r, masked ? 4 : 2);
	text = xasprintf("network %s%s%s", prefix, *rest ? " " : "", rest);
	emit_af(r, text);
	free(text);
	free(rest);
}

static void aggregate(struct frr_reader *r)
{
	char prefix[64], *rest, *text;

	if (!frr_prefix(frr_word(r, 1), frr_word(r, 2), false, prefix,
			sizeof(prefix))) {
		frr_not_acted_on(r, why_bgp);
		return;
	}
	rest = frr_words_from(r, 3);
	text = xasprintf("aggregate-address %s%s%s", prefix, *rest ? " " : "",
			 rest);
	emit_af(r, text);
	free(text);
	free(rest);
}

static void redistribute(struct frr_reader *r)
{
	const char *what = frr_word(r, 1);
	char *rest, *text;
	size_t from = 2;

	/* Our static routes are in the kernel, for FRR to find. */
	if (!strcmp(what, "static")) {
		what = "kernel";
	} else if (!strcmp(what, "ospf")) {
		from = 3;
	} else if (strcmp(what, "connected") != 0) {
		frr_not_acted_on(r, why_bgp);
		return;
	}
	rest = frr_words_from(r, from);
	text = xasprintf("redistribute %s%s%s", what, *rest ? " " : "", rest);
	emit_af(r, text);
	free(text);
	free(rest);
}

/* --- lines that begin with bgp -------------------------------------------- */

static void option(struct frr_reader *r)
{
	if (frr_word_is(r, 1, "log-neighbor-changes")) {
		r->bgp_quiet = r->no;
	} else if (frr_word_is(r, 1, "fast-external-fallover")) {
		emit_top(r, "bgp fast-external-failover");
	} else if (frr_word_is(r, 1, "router-id")) {
		r->bgp_id = true;
		top_as_is(r);
	} else if (frr_word_is(r, 1, "dampening")) {
		af_as_is(r);
	} else {
		top_as_is(r);
	}
}

/* These are off here: there is nothing to do for their no form. */
static void not_here(struct frr_reader *r)
{
	if (!r->no)
		frr_not_acted_on(r, why_bgp);
}

static const struct {
	const char *word;
	void (*fn)(struct frr_reader *r);
} lines[] = {
	{ "aggregate-address", aggregate },
	{ "auto-summary", not_here },
	{ "bgp", option },
	{ "distance", af_as_is },
	{ "maximum-paths", af_as_is },
	{ "neighbor", neighbor },
	{ "network", network },
	{ "redistribute", redistribute },
	{ "synchronization", not_here },
	{ "timers", top_as_is },
};

static bool is_ipv4(const char *family)
{
	return !strcmp(family, "address-family ipv4") ||
	       !strcmp(family, "address-family ipv4 unicast");
}

void frr_bgp_line(struct frr_reader *r)
{
	size_t i;

	if (frr_word_is(r, 0, "exit-address-family"))
		return;
	if (!r->bgp || strcmp(r->bgp, r->block) != 0 ||
	    (r->inner && !is_ipv4(r->inner))) {
		frr_not_acted_on(r, why_family);
		return;
	}
	if (frr_word_is(r, 0, "address-family")) {
		if (!is_ipv4(r->source))
			frr_not_acted_on(r, why_family);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		if (!frr_word_is(r, 0, lines[i].word))
			continue;
		lines[i].fn(r);
		return;
	}
	frr_not_acted_on(r, why_bgp);
}

void frr_bgp_open(struct frr_reader *r)
{
	if (r->bgp)
		return;
	r->bgp = xstrdup(r->source);
	r->config->wanted |= 1U << FRR_BGPD;
	frr_emit(r, FRR_BGPD, true, "", "%s", r->bgp);
}

void frr_bgp_end(struct frr_reader *r)
{
	char text[IP_ADDR_TEXT];

	/* bgpd tells its neighbors, who need not know the machine's. */
	if (r->hostname)
		frr_emit(r, FRR_BGPD, true, "", "%s", r->hostname);
	/* FRR wants a policy for each external neighbor, IOS does not. */
	frr_emit(r, FRR_BGPD, true, r->bgp, "no bgp ebgp-requires-policy");
	if (!r->bgp_quiet)
		frr_emit(r, FRR_BGPD, true, r->bgp, "bgp log-neighbor-changes");
	else
		frr_emit(r, FRR_BGPD, true, r->bgp,
			 "no bgp log-neighbor-changes");
	if (!r->bgp_id && ip_is_set(&r->world->router_id))
		frr_emit(r, FRR_BGPD, true, r->bgp, "bgp router-id %s",
			 ip_text(&r->world->router_id, text));
}
