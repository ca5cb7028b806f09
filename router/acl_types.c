/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokens of access lists that have names of their own. */
#include "router/acl_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "router/acl_names.h"

/* Numbers 0..max or one of the names. */
struct named {
	const struct acl_names *names;
	unsigned int max; /* 0: names only */
	const char *range, *range_help;
};

static bool number(const char *s, unsigned long max, uint32_t *out)
{
	unsigned long v;
	char *end;

	if (*s < '0' || *s > '9' || strlen(s) > 10)
		return false;
	v = strtoul(s, &end, 10);
	*out = (uint32_t)v;
	return !*end && v <= max;
}

static int match_named(void *ctx, const char *const *tokens, size_t n,
		       char **text, uint32_t *value)
{
	const struct named *t = ctx;
	const struct acl_name *name;

	(void)n;
	if (t->max && number(tokens[0], t->max, value)) {
		*text = xasprintf("%" PRIu32, *value);
		return 1;
	}
	name = acl_name_find(t->names, tokens[0]);
	if (!name)
		return 0;
	*value = name->value;
	*text = xstrdup(name->name);
	return 1;
}

static void help_named(void *ctx, const char *prefix,
		       void (*add)(void *arg, const char *word,
				   const char *help),
		       void *arg)
{
	const struct named *t = ctx;
	size_t i, len = strlen(prefix);

	if (t->max && prefix[strspn(prefix, "0123456789")] == '\0')
		add(arg, t->range, t->range_help);
	for (i = 0; i < t->names->n; i++)
		if (!strncasecmp(t->names->v[i].name, prefix, len))
			add(arg, t->names->v[i].name, t->names->v[i].help);
}

/* Names of lists: a number must be of the right kind. */
struct list_kind {
	bool standard, extended;
};

static int match_list(void *ctx, const char *const *tokens, size_t n,
		      char **text, uint32_t *value)
{
	const struct list_kind *k = ctx;
	bool standard;

	(void)n;
	*value = 0;
	if (tokens[0][0] >= '0' && tokens[0][0] <= '9') {
		if (!acl_number_kind(tokens[0], &standard) ||
		    !(standard ? k->standard : k->extended))
			return 0;
	}
	*text = xstrdup(tokens[0]);
	return 1;
}

static void
help_list(void *ctx, const char *prefix,
	  void (*add)(void *arg, const char *word, const char *help), void *arg)
{
	const struct list_kind *k = ctx;

	if (prefix[strspn(prefix, "0123456789")] == '\0') {
		if (k->standard) {
			add(arg, "<1-99>", "Standard IP access-list number");
			add(arg, "<1300-1999>",
			    "Standard IP access-list number (expanded range)");
		}
		if (k->extended) {
			add(arg, "<100-199>", "Extended IP access-list number");
			add(arg, "<2000-2699>",
			    "Extended IP access-list number (expanded range)");
		}
	}
	add(arg, "WORD", "Access-list name");
}

static struct named protocol_type = { &acl_protocols, 255, "<0-255>",
				      "An IP protocol number" };
static struct named protocol6_type = { &acl6_protocols, 255, "<0-255>",
				       "An IPv6 protocol number" };
static struct named tcp_type = { &acl_tcp_ports, 65535, "<0-65535>",
				 "Port number" };
static struct named udp_type = { &acl_udp_ports, 65535, "<0-65535>",
				 "Port number" };
static struct named icmp_message_type = { &acl_icmp_messages, 0, "", "" };
static struct named icmp_type_type = { &acl_icmp_types, 0, "", "" };
static struct named icmp6_message_type = { &acl6_icmp_messages, 0, "", "" };
static struct named icmp6_type_type = { &acl6_icmp_types, 0, "", "" };
static struct named igmp_type = { &acl_igmp_types, 255, "<0-255>",
				  "IGMP message type" };
static struct named dscp_type = { &acl_dscps, 63, "<0-63>",
				  "Differentiated services codepoint value" };
static struct named precedence_type = { &acl_precedences, 7, "<0-7>",
					"Precedence value" };
static struct named tos_type = { &acl_toses, 15, "<0-15>",
				 "Type of service value" };
static struct list_kind standard_kind = { true, false };
static struct list_kind extended_kind = { false, true };
static struct list_kind any_kind = { true, true };

void acl_types_init(struct cli *cli)
{
	const struct cli_type types[] = {
		{ "IPPROTO", match_named, help_named, &protocol_type },
		{ "IPPROTO6", match_named, help_named, &protocol6_type },
		{ "TCPPORT", match_named, help_named, &tcp_type },
		{ "UDPPORT", match_named, help_named, &udp_type },
		{ "ICMPMSG", match_named, help_named, &icmp_message_type },
		{ "ICMPTYPE", match_named, help_named, &icmp_type_type },
		{ "ICMP6MSG", match_named, help_named, &icmp6_message_type },
		{ "ICMP6TYPE", match_named, help_named, &icmp6_type_type },
		{ "IGMPTYPE", match_named, help_named, &igmp_type },
		{ "DSCP", match_named, help_named, &dscp_type },
		{ "PRECEDENCE", match_named, help_named, &precedence_type },
		{ "TOS", match_named, help_named, &tos_type },
		{ "ACLSTD", match_list, help_list, &standard_kind },
		{ "ACLEXT", match_list, help_list, &extended_kind },
		{ "ACLNAME", match_list, help_list, &any_kind },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		cli_type_add(cli, &types[i]);
}
