/* SPDX-License-Identifier: GPL-3.0-or-later */
/* router ospf and ip ospf in FRR's words.  FRR has one process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "router/frr_text_priv.h"

#define OSPF "router ospf"

static const char why_ospf[] = "this part of OSPF";

static void emit(struct frr_reader *r, const char *text)
{
	frr_emit(r, FRR_OSPFD, false, OSPF, "%s", text);
}

static void as_is(struct frr_reader *r)
{
	char *text = frr_words_from(r, 0);

	emit(r, text);
	free(text);
}

/* --- the process ---------------------------------------------------------- */

static void router_id(struct frr_reader *r)
{
	char *text = xasprintf("ospf router-id %s", frr_word(r, 1));

	r->ospf_id = true;
	emit(r, text);
	free(text);
}

static void network(struct frr_reader *r)
{
	char prefix[64], *text;

	if (!frr_word_is(r, 3, "area") ||
	    !frr_prefix(frr_word(r, 1), frr_word(r, 2), true, prefix,
			sizeof(prefix))) {
		frr_not_acted_on(r, why_ospf);
		return;
	}
	text = xasprintf("network %s area %s", prefix, frr_word(r, 4));
	emit(r, text);
	free(text);
}

static void passive(struct frr_reader *r)
{
	char *name = frr_words_from(r, 1), *text;
	const char *device = name;

	if (strcmp(name, "default") != 0)
		device = r->world->device(r->world->ctx, name);
	if (device) {
		text = xasprintf("passive-interface %s", device);
		emit(r, text);
		free(text);
	}
	free(name);
}

static void redistribute(struct frr_reader *r)
{
	const char *what = frr_word(r, 1);
	char *text, *more;
	size_t from = 2;

	if (!strcmp(what, "static")) {
		what = "kernel";
	} else if (!strcmp(what, "bgp")) {
		from = 3;
	} else if (strcmp(what, "connected") != 0) {
		frr_not_acted_on(r, why_ospf);
		return;
	}
	text = xasprintf("redistribute %s", what);
	for (; from < r->n; from++) {
		/* FRR never keeps subnets back. */
		if (frr_word_is(r, from, "subnets"))
			continue;
		more = xasprintf("%s %s", text, frr_word(r, from));
		free(text);
		text = more;
	}
	emit(r, text);
	free(text);
}

static void auto_cost(struct frr_reader *r)
{
	r->reference = (unsigned int)strtoul(frr_word(r, 2), NULL, 10);
	as_is(r);
}

static void log_changes(struct frr_reader *r)
{
	r->ospf_quiet = r->no;
}

static void area(struct frr_reader *r)
{
	char prefix[64], *rest, *text;

	if (!frr_word_is(r, 2, "range")) {
		as_is(r);
		return;
	}
	if (!frr_prefix(frr_word(r, 3), frr_word(r, 4), false, prefix,
			sizeof(prefix))) {
		frr_not_acted_on(r, why_ospf);
		return;
	}
	rest = frr_words_from(r, 5);
	text = xasprintf("area %s range %s%s%s", frr_word(r, 1), prefix,
			 *rest ? " " : "", rest);
	emit(r, text);
	free(text);
	free(rest);
}

static const struct {
	const char *word;
	void (*fn)(struct frr_reader *r);
} lines[] = {
	{ "area", area },
	{ "auto-cost", auto_cost },
	{ "default-information", as_is },
	{ "default-metric", as_is },
	{ "distance", as_is },
	{ "log-adjacency-changes", log_changes },
	{ "max-metric", as_is },
	{ "maximum-paths", as_is },
	{ "neighbor", as_is },
	{ "network", network },
	{ "passive-interface", passive },
	{ "redistribute", redistribute },
	{ "router-id", router_id },
	{ "timers", as_is },
};

void frr_ospf_line(struct frr_reader *r)
{
	size_t i;

	if (!r->ospf || strcmp(r->ospf, r->block) != 0) {
		frr_not_acted_on(r, "a second OSPF process");
		return;
	}
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		if (!frr_word_is(r, 0, lines[i].word))
			continue;
		lines[i].fn(r);
		return;
	}
	frr_not_acted_on(r, why_ospf);
}

void frr_ospf_open(struct frr_reader *r)
{
	if (r->ospf || frr_word_is(r, 3, "vrf")) {
		frr_not_acted_on(r, "a second OSPF process");
		return;
	}
	r->ospf = xstrdup(r->source);
	r->config->wanted |= 1U << FRR_OSPFD;
	frr_emit(r, FRR_OSPFD, true, "", OSPF);
}

/* --- interfaces ----------------------------------------------------------- */

static const char *device_of(const struct frr_reader *r, const char *name)
{
	return r->world->device(r->world->ctx, name);
}

void frr_interface_open(struct frr_reader *r)
{
	r->interface = xrealloc(r->interface, r->n_interfaces + 1,
				sizeof(*r->interface));
	r->interface[r->n_interfaces++] = (struct frr_interface){
		.name = frr_words_from(r, 1),
	};
}

static void emit_interface(struct frr_reader *r, const char *name,
			   const char *text)
{
	const char *device = device_of(r, name);
	char *context;

	if (!device)
		return;
	context = xasprintf("interface %s", device);
	frr_emit(r, FRR_OSPFD, false, context, "%s", text);
	free(context);
}

/* ip ospf 1 area 0: the address it has, so that other lines may name
 * networks. */
static void in_area(struct frr_reader *r, const char *name)
{
	char text[IP_ADDR_TEXT], *line;
	struct ip_addr addr;

	if (!r->world->address(r->world->ctx, name, &addr))
		return;
	line = xasprintf("network %s/32 area %s", ip_text(&addr, text),
			 frr_word(r, 4));
	emit(r, line);
	free(line);
}

/* ip ospf authentication-key X, message-digest-key N md5 X */
static void key_line(struct frr_reader *r, const char *name)
{
	bool digest = frr_word_is(r, 2, "message-digest-key");
	char *secret = frr_secret(r, digest ? 5 : 3), *text;

	if (!secret || (digest && !frr_word_is(r, 4, "md5"))) {
		frr_not_acted_on(r, why_ospf);
		free(secret);
		return;
	}
	text = digest ? xasprintf("ip ospf message-digest-key %s md5 %s",
				  frr_word(r, 3), secret)
		      : xasprintf("ip ospf authentication-key %s", secret);
	emit_interface(r, name, text);
	bytes_wipe(secret, strlen(secret));
	bytes_wipe(text, strlen(text));
	free(secret);
	free(text);
}

void frr_interface_line(struct frr_reader *r)
{
	static const char *const known[] = {
		"authentication", "cost",
		"dead-interval",  "hello-interval",
		"mtu-ignore",	  "network",
		"priority",	  "retransmit-interval",
		"transmit-delay",
	};
	struct frr_interface *i = &r->interface[r->n_interfaces - 1];
	char *text;

	if (frr_word_is(r, 0, "bandwidth"))
		i->kbits = (unsigned int)strtoul(frr_word(r, 1), NULL, 10);
	if (!frr_word_is(r, 0, "ip") || !frr_word_is(r, 1, "ospf"))
		return;
	if (frr_word_is(r, 3, "area")) {
		in_area(r, i->name);
		return;
	}
	if (frr_word_is(r, 2, "cost"))
		i->cost = true;
	if (frr_word_is(r, 2, "authentication-key") ||
	    frr_word_is(r, 2, "message-digest-key")) {
		key_line(r, i->name);
		return;
	}
	for (size_t k = 0; k < ARRAY_SIZE(known); k++) {
		if (!frr_word_is(r, 2, known[k]))
			continue;
		text = frr_words_from(r, 0);
		emit_interface(r, i->name, text);
		free(text);
		return;
	}
	frr_not_acted_on(r, why_ospf);
}

/* What IOS takes the bandwidth for when nobody sets it, kbit/s. */
static unsigned int bandwidth(const struct frr_interface *i)
{
	static const struct {
		const char *type;
		unsigned int kbits;
	} types[] = {
		{ "Ethernet", 10000 },
		{ "FastEthernet", 100000 },
		{ "GigabitEthernet", 1000000 },
		{ "TenGigabitEthernet", 10000000 },
		{ "Loopback", 8000000 },
	};

	if (i->kbits)
		return i->kbits;
	for (size_t k = 0; k < ARRAY_SIZE(types); k++)
		if (!strncmp(i->name, types[k].type, strlen(types[k].type)))
			return types[k].kbits;
	return 10000;
}

/* The devices' speeds are not those of the interfaces. */
static void say_cost(struct frr_reader *r, const struct frr_interface *i)
{
	uint64_t cost = (uint64_t)r->reference * 1000 / bandwidth(i);
	char *text;

	if (i->cost)
		return;
	cost = cost < 1 ? 1 : cost > 65535 ? 65535 : cost;
	text = xasprintf("ip ospf cost %u", (unsigned int)cost);
	emit_interface(r, i->name, text);
	free(text);
}

void frr_ospf_end(struct frr_reader *r)
{
	char text[IP_ADDR_TEXT];

	if (!r->ospf_quiet)
		frr_emit(r, FRR_OSPFD, true, OSPF, "log-adjacency-changes");
	if (!r->ospf_id && ip_is_set(&r->world->router_id))
		frr_emit(r, FRR_OSPFD, true, OSPF, "ospf router-id %s",
			 ip_text(&r->world->router_id, text));
	for (size_t i = 0; i < r->n_interfaces; i++)
		say_cost(r, &r->interface[i]);
}
