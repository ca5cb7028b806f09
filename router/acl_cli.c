/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/acl_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static const struct cli_mode mode_standard = {
	.prompt = "config-std-nacl",
	.heading = "Standard Access List configuration commands:",
	.exit_help = "Exit from access-list configuration mode",
	.parent = &cli_mode_config,
};

static const struct cli_mode mode_extended = {
	.prompt = "config-ext-nacl",
	.heading = "Ext Access List configuration commands:",
	.exit_help = "Exit from access-list configuration mode",
	.parent = &cli_mode_config,
};

/* --- the grammar of entries ------------------------------------------- */

#define ACTION                                        \
	"( deny         Specify packets to reject\n"  \
	"| permit       Specify packets to forward\n" \
	")\n"
#define ADDRESS(side, Side)                               \
	"( A.B.C.D$" side "_net  " Side " address\n"      \
	"A.B.C.D$" side "_wild  " Side " wildcard bits\n" \
	"| any$" side "_any  Any " side " host\n"         \
	"| host$" side "_host  A single " side " host\n"  \
	"A.B.C.D$" side "_one  " Side " address\n"        \
	")\n"
#define SRC ADDRESS("src", "Source")
#define DST ADDRESS("dst", "Destination")
#define OP(side, op, help, type) \
	op "$" side "_op  " help "\n" type "$" side "_port\n"
#define PORT(side, type)                                                                                     \
	"[ ( " OP(side, "eq", "Match only packets on a given port number", type) "| " OP(                    \
		side, "gt", "Match only packets with a greater port number",                                 \
		type) "| " OP(side, "lt",                                                                    \
			      "Match only packets with a lower port number",                                 \
			      type) "| " OP(side, "neq",                                                     \
					    "Match only packets not on a given port number",                 \
					    type) "| " OP(side, "range",                                     \
							  "Match only packets in the range of port numbers", \
							  type) type "$" side                                \
								     "_last\n"                               \
								     ") ]\n"
#define COMMON                                                           \
	"dscp          Match packets with given dscp value\n"            \
	"DSCP$dscp_value\n"                                              \
	"| fragments   Check non-initial fragments\n"                    \
	"| log         Log matches against this entry\n"                 \
	"| log-input   Log matches against this entry, including input " \
	"interface\n"                                                    \
	"| precedence  Match packets with given precedence value\n"      \
	"PRECEDENCE$precedence_value\n"                                  \
	"| tos         Match packets with given TOS value\n"             \
	"TOS$tos_value\n"
#define OPTIONS "{ " COMMON "}\n"
#define TCP_OPTIONS \
	"{ established  Match established connections\n| " COMMON "}\n"

#define ACE_TCP                                                          \
	ACTION "tcp$protocol  Transmission Control Protocol\n" SRC PORT( \
		"src", "TCPPORT") DST PORT("dst", "TCPPORT") TCP_OPTIONS
#define ACE_UDP                                                   \
	ACTION "udp$protocol  User Datagram Protocol\n" SRC PORT( \
		"src", "UDPPORT") DST PORT("dst", "UDPPORT") OPTIONS
#define ACE_ICMP                                                            \
	ACTION "icmp$protocol  Internet Control Message Protocol\n" SRC DST \
	       "[ ( <0-255>$type  ICMP message type\n"                      \
	       "[ <0-255>$code  ICMP message code\n"                        \
	       "] | ICMPMSG$message\n"                                      \
	       "| ICMPTYPE$type\n"                                          \
	       ") ]\n" OPTIONS
#define ACE_IGMP                                                            \
	ACTION "igmp$protocol  Internet Gateway Message Protocol\n" SRC DST \
	       "[ IGMPTYPE$type\n"                                          \
	       "]\n" OPTIONS
#define ACE_OTHER ACTION "IPPROTO$protocol\n" SRC DST OPTIONS
#define ACE_STANDARD                                      \
	ACTION "( any$src_any  Any source host\n"         \
	       "| host$src_host  A single host address\n" \
	       "A.B.C.D$src_one  Host address\n"          \
	       "| A.B.C.D$src_net  Address to match\n"    \
	       "[ A.B.C.D$src_wild  Wildcard bits\n"      \
	       "] )\n"                                    \
	       "[ log  Log matches against this entry\n"  \
	       "]\n"
#define SEQUENCE "[ <1-2147483647>$sequence  Sequence Number\n]\n"

/* --- in a list -------------------------------------------------------- */

static void report(enum acl_add result, struct cli_out *o)
{
	if (result == ACL_TAKEN)
		cli_error(o, "%% Duplicate sequence number\n");
}

static struct ace read_ace(const struct acl_list *list,
			   const struct cli_args *a)
{
	return list->acl.standard ? acl_ace_standard(a) : acl_ace_extended(a);
}

static void add_entry(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct acl_list *list = obj;
	struct ace ace = read_ace(list, a);

	report(acl_list_add(list, cli_u32(a, "sequence"), &ace), o);
}

static void no_entry(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct acl_list *list = obj;
	struct ace ace = read_ace(list, a);

	(void)o;
	if (cli_has(a, "sequence"))
		acl_list_del_sequence(list, cli_u32(a, "sequence"));
	else
		acl_list_del_ace(list, &ace);
}

static void no_sequence(void *obj, const struct cli_args *a, struct cli_out *o)
{
	if (!acl_list_del_sequence(obj, cli_u32(a, "sequence")))
		cli_error(o, "%% Sequence number does not exist\n");
}

static void add_remark(void *obj, const struct cli_args *a, struct cli_out *o)
{
	report(acl_list_remark(obj, cli_u32(a, "sequence"), cli_str(a, "text")),
	       o);
}

static void no_remark(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	acl_list_del_remark(obj, cli_str(a, "text"));
}

/* --- lists ------------------------------------------------------------ */

static void say_entry(struct cli_out *o, const struct acl *acl,
		      const struct acl_entry *e, const char *lead)
{
	char text[ACE_TEXT];

	if (e->remark)
		cli_say(o, "%sremark %s\n", lead, e->remark);
	else
		cli_say(o, "%s%s\n", lead,
			ace_text(&e->ace, acl->standard, ACE_CONFIG, text));
}

static void write_list(const struct acl_list *list, struct cli_out *o)
{
	char lead[32] = " ";
	size_t i;

	if (list->numbered)
		snprintf(lead, sizeof(lead), "access-list %.10s ",
			 list->acl.name);
	else
		cli_say(o, "ip access-list %s %s\n",
			list->acl.standard ? "standard" : "extended",
			list->acl.name);
	for (i = 0; i < list->acl.n; i++)
		say_entry(o, &list->acl, &list->acl.entries[i], lead);
	/* What is only kept stands behind the entries. */
	if (!list->numbered)
		cli_write_mode(
			o, list->acl.standard ? &mode_standard : &mode_extended,
			list);
}

static void write_lists(const struct acls *acls, bool numbered, bool standard,
			struct cli_out *o)
{
	const struct acl_list *list;

	TAILQ_FOREACH (list, &acls->lists, link)
		if (list->acl.family == IP_V4 && list->numbered == numbered &&
		    list->acl.standard == standard)
			write_list(list, o);
}

static void write_named(const void *obj, struct cli_out *o)
{
	write_lists(obj, false, true, o);
	write_lists(obj, false, false, o);
	cli_say(o, "!\n");
}

static void write_numbered(const void *obj, struct cli_out *o)
{
	write_lists(obj, true, true, o);
	write_lists(obj, true, false, o);
}

static struct acl_list *get_list(struct acls *acls, const char *name,
				 bool standard, struct cli_out *o)
{
	struct acl_list *list = acl_list_get(acls, name, standard);

	if (!list && acls_find6(acls, name))
		cli_error(o, "%% An IPv6 access list with this name already "
			     "exists\n");
	else if (!list)
		cli_error(o,
			  "%% A named %s IP access list with this name "
			  "already exists\n",
			  standard ? "Extended" : "Standard");
	return list;
}

static void set_list(void *obj, const struct cli_args *a, struct cli_out *o)
{
	bool standard = !strcmp(cli_str(a, "kind"), "standard");
	struct acl_list *list = get_list(obj, cli_str(a, "name"), standard, o);

	if (list)
		cli_enter(o, standard ? &mode_standard : &mode_extended, list);
}

static void no_list(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct acl_list *list = acl_list_find(obj, cli_str(a, "name"));

	(void)o;
	if (list && list->acl.family == IP_V4)
		acl_list_remove(list);
}

static void resequence(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct acl_list *list = acl_list_find(obj, cli_str(a, "name"));

	if (!list || list->acl.family != IP_V4)
		cli_error(o, "%% Access list does not exist\n");
	else if (!acl_list_resequence(list, cli_u32(a, "start"),
				      cli_u32(a, "step")))
		cli_error(o, "%% Cannot resequence: sequence numbers would "
			     "exceed the maximum\n");
}

/* access-list N ... */

static struct acl_list *
numbered_list(struct acls *acls, const struct cli_args *a, struct cli_out *o)
{
	char name[16];
	bool standard = false;

	snprintf(name, sizeof(name), "%" PRIu32, cli_u32(a, "name"));
	(void)acl_number_kind(name, &standard);
	return get_list(acls, name, standard, o);
}

static void add_numbered(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct acl_list *list = numbered_list(obj, a, o);
	struct ace ace;

	if (!list)
		return;
	ace = read_ace(list, a);
	report(acl_list_add(list, 0, &ace), o);
}

static void add_numbered_remark(void *obj, const struct cli_args *a,
				struct cli_out *o)
{
	struct acl_list *list = numbered_list(obj, a, o);

	if (list)
		report(acl_list_remark(list, 0, cli_str(a, "text")), o);
}

/* IOS removes the whole list, whatever entry follows the number. */
static void no_numbered(void *obj, const struct cli_args *a, struct cli_out *o)
{
	char name[16];
	struct acl_list *list;

	(void)o;
	snprintf(name, sizeof(name), "%" PRIu32, cli_u32(a, "name"));
	list = acl_list_find(obj, name);
	if (list)
		acl_list_remove(list);
}

/* --- show ------------------------------------------------------------- */

static void show_list(const struct acl *acl, struct cli_out *o)
{
	char text[ACE_TEXT], hits[48];
	const struct acl_entry *e;
	size_t i;

	cli_say(o, "%s IP access list %s\n",
		acl->standard ? "Standard" : "Extended", acl->name);
	for (i = 0; i < acl->n; i++) {
		e = &acl->entries[i];
		if (e->remark)
			continue;
		hits[0] = '\0';
		if (e->matches)
			snprintf(hits, sizeof(hits), " (%" PRIu64 " match%s)",
				 e->matches, e->matches == 1 ? "" : "es");
		cli_say(o, "    %" PRIu32 " %s%s\n", e->sequence,
			ace_text(&e->ace, acl->standard, ACE_SHOW, text), hits);
	}
}

static void show_lists(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct acls *acls = obj;
	const char *name = cli_str(a, "name");
	const struct acl_list *list;

	acls_refresh(acls);
	TAILQ_FOREACH (list, &acls->lists, link)
		if (list->acl.family == IP_V4 &&
		    (!name || !strcmp(name, list->acl.name)))
			show_list(&list->acl, o);
}

/* IPv6 lists stand behind those of IPv4. */
static void show_all_lists(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	const struct acls *acls = obj;
	const char *name = cli_str(a, "name");
	const struct acl_list *list;

	show_lists(obj, a, o);
	TAILQ_FOREACH (list, &acls->lists, link)
		if (list->acl.family == IP_V6 &&
		    (!name || !strcmp(name, list->acl.name)))
			acl6_show(&list->acl, o);
}

static void clear_counters(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct acls *acls = obj;
	const char *name = cli_str(a, "name");
	struct acl_list *list;

	(void)o;
	acls_refresh(acls);
	TAILQ_FOREACH (list, &acls->lists, link)
		if (!name || !strcmp(name, list->acl.name))
			acl_list_clear_counters(list);
}

#define ENTRY(m, grammar)                                                  \
	{                                                                  \
		.mode = &(m), .words = SEQUENCE grammar, .run = add_entry, \
		.no = no_entry                                             \
	}
#define IN_LIST(m)                                                             \
	{                                                                      \
		.mode = &(m),                                                  \
		.words = "<1-2147483647>$sequence  Sequence Number\n",         \
		.no = no_sequence,                                             \
	},                                                                     \
	{                                                                      \
		.mode = &(m),                                                  \
		.words = SEQUENCE "remark  Access list entry comment\n"        \
				  "LINE$text  Comment up to 100 characters\n", \
		.run = add_remark, .no = no_remark,                            \
	}

static const struct cli_cmd list_commands[] = {
	ENTRY(mode_extended, ACE_TCP),	    ENTRY(mode_extended, ACE_UDP),
	ENTRY(mode_extended, ACE_ICMP),	    ENTRY(mode_extended, ACE_IGMP),
	ENTRY(mode_extended, ACE_OTHER),    IN_LIST(mode_extended),
	ENTRY(mode_standard, ACE_STANDARD), IN_LIST(mode_standard),
};

#define ACCESS_LIST "access-list  Add an access list entry\n"
#define STANDARD_NUMBER                                                  \
	"( <1-99>$name  IP standard access list\n"                       \
	"| <1300-1999>$name  IP standard access list (expanded range)\n" \
	")\n.\n"
#define EXTENDED_NUMBER                                                  \
	"( <100-199>$name  IP extended access list\n"                    \
	"| <2000-2699>$name  IP extended access list (expanded range)\n" \
	")\n.\n"
#define REMARK                                \
	"remark  Access list entry comment\n" \
	"LINE$text  Comment up to 100 characters\n"
#define NUMBERED(number, grammar)                                              \
	{                                                                      \
		.mode = &cli_mode_config, .words = ACCESS_LIST number grammar, \
		.run = add_numbered, .no = no_numbered,                        \
	}

static const struct cli_cmd config_commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "ip                Global IP configuration "
			 "subcommands\n"
			 "access-list       Named access-list\n"
			 "( standard$kind   Standard Access List\n"
			 "ACLSTD$name\n"
			 "| extended$kind   Extended Access List\n"
			 "ACLEXT$name\n"
			 ")\n",
		.run = set_list,
		.no = no_list,
		.write = write_named,
		.order = CLI_O_ACL,
	},
	{
		.mode = &cli_mode_config,
		.words = "ip                Global IP configuration "
			 "subcommands\n"
			 "access-list       Named access-list\n"
			 "resequence        Resequence Access List\n"
			 "ACLNAME$name\n"
			 "<1-2147483647>$start  Starting Sequence Number\n"
			 "<1-2147483647>$step   Step to increment the "
			 "sequence number\n",
		.run = resequence,
	},
	{
		.mode = &cli_mode_config,
		.words = ACCESS_LIST STANDARD_NUMBER REMARK,
		.run = add_numbered_remark,
		.no = no_numbered,
		.write = write_numbered,
		.order = CLI_O_ACL + 1,
	},
	{
		.mode = &cli_mode_config,
		.words = ACCESS_LIST EXTENDED_NUMBER REMARK,
		.run = add_numbered_remark,
		.no = no_numbered,
	},
	NUMBERED(STANDARD_NUMBER, ACE_STANDARD),
	NUMBERED(EXTENDED_NUMBER, ACE_TCP),
	NUMBERED(EXTENDED_NUMBER, ACE_UDP),
	NUMBERED(EXTENDED_NUMBER, ACE_ICMP),
	NUMBERED(EXTENDED_NUMBER, ACE_IGMP),
	NUMBERED(EXTENDED_NUMBER, ACE_OTHER),
};

static const struct cli_cmd exec_commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show          Show running system information\n"
			 "access-lists  List access lists\n"
			 "[ ACLNAME$name\n"
			 "]\n",
		.run = show_all_lists,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show          Show running system information\n"
			 "ip            IP information\n"
			 "access-lists  List IP access lists\n"
			 "[ ACLNAME$name\n"
			 "]\n",
		.run = show_lists,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "clear        Reset functions\n"
			 "ip           IP\n"
			 "access-list  Clear access list statistical "
			 "information\n"
			 "counters     Clear access list counters\n"
			 "[ ACLNAME$name\n"
			 "]\n",
		.run = clear_counters,
	},
	{
		.mode = &cli_mode_exec,
		.words = "clear        Reset functions\n"
			 "access-list  Clear access list statistical "
			 "information\n"
			 "counters     Clear access list counters\n"
			 "[ ACLNAME$name\n"
			 "]\n",
		.run = clear_counters,
	},
};

void acl_cli_init(struct acls *acls, struct cli *cli)
{
	acls->cli = cli;
	acl_types_init(cli);
	acl6_cli_init(acls, cli);
	CLI_ADD(cli, list_commands, acls);
	CLI_ADD(cli, config_commands, acls);
	CLI_ADD(cli, exec_commands, acls);
}
