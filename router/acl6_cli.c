/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipv6 access-list NAME, its mode, show and clear ipv6 access-list. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "router/acl_priv.h"
#include "router/ipv6_prefix.h"

static const struct cli_mode mode_ipv6 = {
	.prompt = "config-ipv6-acl",
	.heading = "IPv6 Access List configuration commands:",
	.exit_help = "Exit from access-list configuration mode",
	.parent = &cli_mode_config,
};

/* --- in a list -------------------------------------------------------- */

static void report(enum acl_add result, struct cli_out *o)
{
	if (result == ACL_TAKEN)
		cli_error(o, "%% Duplicate sequence number\n");
}

/* IOS takes the number before the entry and behind it; 0: none. */
static uint32_t read_sequence(const struct cli_args *a)
{
	return cli_has(a, "first") ? cli_u32(a, "first") : cli_u32(a, "last");
}

static void add_entry(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ace ace = acl_ace_ipv6(a);

	report(acl_list_add(obj, read_sequence(a), &ace), o);
}

static void no_entry(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ace ace = acl_ace_ipv6(a);
	uint32_t sequence = read_sequence(a);

	(void)o;
	if (sequence)
		acl_list_del_sequence(obj, sequence);
	else
		acl_list_del_ace(obj, &ace);
}

static void no_sequence(void *obj, const struct cli_args *a, struct cli_out *o)
{
	if (!acl_list_del_sequence(obj, cli_u32(a, "first")))
		cli_error(o, "%% Sequence number does not exist\n");
}

static void add_remark(void *obj, const struct cli_args *a, struct cli_out *o)
{
	report(acl_list_remark(obj, cli_u32(a, "first"), cli_str(a, "text")),
	       o);
}

static void no_remark(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	acl_list_del_remark(obj, cli_str(a, "text"));
}

/* --- lists ------------------------------------------------------------ */

/* A number is only written where typing the line again would not give it. */
static void write_entry(const struct acl *acl, size_t i, struct cli_out *o)
{
	const struct acl_entry *e = &acl->entries[i];
	char text[ACE_TEXT], number[32] = "";

	if (e->sequence != acl_next_sequence(acl, i))
		snprintf(number, sizeof(number), "sequence %" PRIu32 " ",
			 e->sequence);
	if (e->remark)
		cli_say(o, " %sremark %s\n", number, e->remark);
	else
		cli_say(o, " %s%s\n", number,
			ace_text(&e->ace, false, ACE_CONFIG, text));
}

static void write_lists(const void *obj, struct cli_out *o)
{
	const struct acls *acls = obj;
	const struct acl_list *list;
	size_t i;

	TAILQ_FOREACH (list, &acls->lists, link) {
		if (list->acl.family != IP_V6)
			continue;
		cli_say(o, "ipv6 access-list %s\n", list->acl.name);
		for (i = 0; i < list->acl.n; i++)
			write_entry(&list->acl, i, o);
		cli_write_mode(o, &mode_ipv6, list);
		cli_say(o, "!\n");
	}
}

static void set_list(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct acl_list *list = acl_list_get6(obj, cli_str(a, "name"));

	if (list)
		cli_enter(o, &mode_ipv6, list);
	else
		cli_error(o, "%% An IPv4 access list with this name already "
			     "exists\n");
}

static void no_list(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct acl_list *list = acl_list_find(obj, cli_str(a, "name"));

	(void)o;
	if (list && list->acl.family == IP_V6)
		acl_list_remove(list);
}

/* --- show, clear ------------------------------------------------------ */

void acl6_show(const struct acl *acl, struct cli_out *o)
{
	char text[ACE_TEXT], hits[48];
	const struct acl_entry *e;
	size_t i;

	cli_say(o, "IPv6 access list %s\n", acl->name);
	for (i = 0; i < acl->n; i++) {
		e = &acl->entries[i];
		if (e->remark)
			continue;
		hits[0] = '\0';
		if (e->matches)
			snprintf(hits, sizeof(hits), " (%" PRIu64 " match%s)",
				 e->matches, e->matches == 1 ? "" : "es");
		cli_say(o, "    %s%s sequence %" PRIu32 "\n",
			ace_text(&e->ace, false, ACE_SHOW, text), hits,
			e->sequence);
	}
}

static bool meant(const struct acl_list *list, const struct cli_args *a)
{
	const char *name = cli_str(a, "name");

	return list->acl.family == IP_V6 &&
	       (!name || !strcmp(name, list->acl.name));
}

static void show_lists(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct acls *acls = obj;
	const struct acl_list *list;

	acls_refresh(acls);
	TAILQ_FOREACH (list, &acls->lists, link)
		if (meant(list, a))
			acl6_show(&list->acl, o);
}

static void clear_counters(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct acls *acls = obj;
	struct acl_list *list;

	(void)o;
	acls_refresh(acls);
	TAILQ_FOREACH (list, &acls->lists, link)
		if (meant(list, a))
			acl_list_clear_counters(list);
}

/* --- names: not what could be a number -------------------------------- */

static int match_name(void *ctx, const char *const *tokens, size_t n,
		      char **text, uint32_t *number)
{
	(void)ctx;
	(void)n;
	*number = 0;
	if (tokens[0][0] >= '0' && tokens[0][0] <= '9')
		return 0;
	*text = xstrdup(tokens[0]);
	return 1;
}

static void
help_name(void *ctx, const char *prefix,
	  void (*add)(void *arg, const char *word, const char *help), void *arg)
{
	(void)ctx;
	(void)prefix;
	add(arg, "WORD", "User selected string identifying this access list");
}

/* --- the grammar ------------------------------------------------------ */

/* clang-format off */
#define SEQUENCE                                           \
	"[ sequence$number  Sequence number for this entry\n" \
	"<1-4294967294>$first  Sequence value\n]\n"
#define ACTION                                        \
	"( deny         Specify packets to reject\n"  \
	"| permit       Specify packets to forward\n" \
	")\n"
#define ADDRESS(side, Side)                                      \
	"( IPV6PREFIX$" side "_net\n"                            \
	"| any$" side "_any  Any " side " prefix\n"              \
	"| host$" side "_host  A single " side " host\n"         \
	"X:X:X:X::X$" side "_one  " Side " address\n"            \
	")\n"
#define PORT(side, type)                                                  \
	"[ ( eq$" side "_op  Match only packets on a given port number\n" \
	type "$" side "_port\n"                                           \
	"| gt$" side "_op  Match only packets with a greater port "       \
	"number\n" type "$" side "_port\n"                                \
	"| lt$" side "_op  Match only packets with a lower port number\n" \
	type "$" side "_port\n"                                           \
	"| neq$" side "_op  Match only packets not on a given port "      \
	"number\n" type "$" side "_port\n"                                \
	"| range$" side "_op  Match only packets in the range of port "   \
	"numbers\n" type "$" side "_port\n" type "$" side "_last\n"       \
	") ]\n"
#define COMMON                                                           \
	"dscp          Match packets with given dscp value\n"            \
	"DSCP$dscp_value\n"                                              \
	"| flow-label  Flow label\n"                                     \
	"<0-1048575>$label  Flow label value\n"                          \
	"| fragments   Check non-initial fragments\n"                    \
	"| log         Log matches against this entry\n"                 \
	"| log-input   Log matches against this entry, including input " \
	"interface\n"                                                    \
	"| routing     Routing header (all types)\n"                     \
	"| sequence    Sequence number for this entry\n"                 \
	"<1-4294967294>$last  Sequence value\n"
#define OPTIONS "{ " COMMON "}\n"

#define ACE6_TCP                                                    \
	SEQUENCE ACTION                                             \
	"tcp$protocol  Transmission Control Protocol\n"             \
	ADDRESS("src", "Source") PORT("src", "TCPPORT")             \
	ADDRESS("dst", "Destination") PORT("dst", "TCPPORT")        \
	"{ established  Match established connections\n| " COMMON "}\n"
#define ACE6_UDP                                             \
	SEQUENCE ACTION                                      \
	"udp$protocol  User Datagram Protocol\n"             \
	ADDRESS("src", "Source") PORT("src", "UDPPORT")      \
	ADDRESS("dst", "Destination") PORT("dst", "UDPPORT") \
	OPTIONS
#define ACE6_ICMP                                                  \
	SEQUENCE ACTION                                            \
	"icmp$protocol  Internet Control Message Protocol\n"       \
	ADDRESS("src", "Source") ADDRESS("dst", "Destination")     \
	"[ ( <0-255>$type  ICMP message type\n"                    \
	"[ <0-255>$code  ICMP message code\n"                      \
	"] | ICMP6MSG$message\n"                                   \
	"| ICMP6TYPE$type\n"                                       \
	") ]\n" OPTIONS
#define ACE6_OTHER                                             \
	SEQUENCE ACTION "IPPROTO6$protocol\n"                  \
	ADDRESS("src", "Source") ADDRESS("dst", "Destination") \
	OPTIONS
#define ACE6_SCTP                                              \
	SEQUENCE ACTION                                        \
	"sctp$protocol  Streams Control Transmission Protocol\n" \
	ADDRESS("src", "Source") ADDRESS("dst", "Destination") \
	OPTIONS

#define ENTRY(grammar)                                       \
	{                                                    \
		.mode = &mode_ipv6, .words = grammar,        \
		.run = add_entry, .no = no_entry             \
	}

/* clang-format on */

static const struct cli_cmd list_commands[] = {
	ENTRY(ACE6_TCP),
	ENTRY(ACE6_UDP),
	ENTRY(ACE6_ICMP),
	ENTRY(ACE6_SCTP),
	ENTRY(ACE6_OTHER),
	{
		.mode = &mode_ipv6,
		.words = "sequence  Sequence number for this entry\n"
			 "<1-4294967294>$first  Sequence value\n",
		.no = no_sequence,
	},
	{
		.mode = &mode_ipv6,
		.words = SEQUENCE "remark  Access list entry comment\n"
				  "LINE$text  Comment up to 100 characters\n",
		.run = add_remark,
		.no = no_remark,
	},
};

static const struct cli_cmd config_commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "ipv6         Global IPv6 configuration commands\n"
			 "access-list  Configure access lists\n"
			 "ACL6NAME$name\n",
		.run = set_list,
		.no = no_list,
		.write = write_lists,
		.order = CLI_O_ACL + 10,
	},
};

static const struct cli_cmd exec_commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show         Show running system information\n"
			 "ipv6         IPv6 information\n"
			 "access-list  Summary of access lists\n"
			 "[ ACL6NAME$name\n"
			 "]\n",
		.run = show_lists,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "clear        Reset functions\n"
			 "ipv6         IPv6\n"
			 "access-list  Clear access list statistics\n"
			 "[ ACL6NAME$name\n"
			 "]\n",
		.run = clear_counters,
	},
};

void acl6_cli_init(struct acls *acls, struct cli *cli)
{
	const struct cli_type name = { "ACL6NAME", match_name, help_name,
				       NULL };

	cli_type_add(cli, &name);
	ipv6_prefix_type(cli);
	CLI_ADD(cli, list_commands, acls);
	CLI_ADD(cli, config_commands, acls);
	CLI_ADD(cli, exec_commands, acls);
}
