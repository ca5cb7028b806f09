/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that a pasted IOS configuration brings along and that mean nothing
 * here: accepted, kept as typed, and printed where IOS has them. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli_priv.h"

enum { KEPT_MAX = 1024 }; /* lines in all */

struct kept {
	TAILQ_ENTRY(kept) link;
	const struct cli_cmd *cmd;
	char *line; /* without "no " */
	bool no;
};

struct cli_verbatim {
	TAILQ_HEAD(, kept) lines;
	size_t n;
};

/* Keywords in full, then the rest as typed. */
static char *line_of(const struct cli_args *a)
{
	char *line = xstrdup(""), *more;
	size_t i;

	for (i = 0; i < a->n; i++) {
		more = xasprintf("%s%s%s", line, i ? " " : "", a->v[i].text);
		free(line);
		line = more;
	}
	return line;
}

static struct kept *find(const struct cli_verbatim *all, const char *line)
{
	struct kept *k;

	TAILQ_FOREACH (k, &all->lines, link) {
		if (!strcmp(k->line, line))
			return k;
	}
	return NULL;
}

static void drop(struct cli_verbatim *all, struct kept *k)
{
	TAILQ_REMOVE(&all->lines, k, link);
	all->n--;
	free(k->line);
	free(k);
}

static void put(struct cli_verbatim *all, const struct cli_args *a, bool no,
		struct cli_out *o)
{
	char *line = line_of(a);
	struct kept *k = find(all, line);

	if (k || all->n == KEPT_MAX) {
		if (!k)
			cli_error(o, "%% Too many lines\n");
		else
			k->no = no;
		free(line);
		return;
	}
	k = xcalloc(1, sizeof(*k));
	k->cmd = a->command->cmd;
	k->line = line;
	k->no = no;
	TAILQ_INSERT_TAIL(&all->lines, k, link);
	all->n++;
}

static void keep(void *obj, const struct cli_args *a, struct cli_out *o)
{
	put(obj, a, false, o);
}

/* Where the no form is a setting of its own, which IOS prints. */
static void keep_no(void *obj, const struct cli_args *a, struct cli_out *o)
{
	put(obj, a, true, o);
}

/* Where the no form takes the line away, and all that begin with it. */
static void remove_kept(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_verbatim *all = obj;
	char *line = line_of(a);
	size_t len = strlen(line);
	struct kept *k, *next;

	(void)o;
	for (k = TAILQ_FIRST(&all->lines); k; k = next) {
		next = TAILQ_NEXT(k, link);
		if (!strncmp(k->line, line, len) &&
		    (!k->line[len] || k->line[len] == ' '))
			drop(all, k);
	}
	free(line);
}

static void write_kept(const void *obj, struct cli_out *o)
{
	const struct cli_verbatim *all = obj;
	const struct kept *k;

	TAILQ_FOREACH (k, &all->lines, link) {
		if (k->cmd != o->writing)
			continue;
		/* What is off, is. */
		cli_why(o, k->no ? NULL : o->writing->why);
		cli_say(o, "%s%s\n", k->no ? "no " : "", k->line);
	}
}

/* IOS prints these in every configuration; between them stand its boot
 * lines. */
static void keep_marker(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	(void)a;
	(void)o;
}

static void write_start_marker(const void *obj, struct cli_out *o)
{
	(void)obj;
	cli_say(o, "boot-start-marker\n");
}

static void write_end_marker(const void *obj, struct cli_out *o)
{
	(void)obj;
	cli_say(o, "boot-end-marker\n");
}

/* For show configuration unsupported. */
#define KEPT "this part of IOS"

#define KEEP(place, text)                                               \
	{                                                               \
		.mode = &cli_mode_config, .words = text, .run = keep,   \
		.no = remove_kept, .write = write_kept, .order = place, \
		.why = KEPT                                             \
	}
#define KEEP_NO(place, text)                                          \
	{                                                             \
		.mode = &cli_mode_config, .words = text, .run = keep, \
		.no = keep_no, .write = write_kept, .order = place,   \
		.why = KEPT                                           \
	}

#define SERVICE "service  Modify use of network based services\n"
#define IP	"ip  Global IP configuration subcommands\n"
#define REST	".\nLINE  Arguments\n"

static const struct cli_cmd commands[] = {
	KEEP_NO(CLI_O_SERVICE + 5,
		SERVICE "( config  TFTP load config files\n"
			"| linenumber  enable line number banner for each "
			"exec\n"
			"| pad  Enable PAD commands\n"
			"| sequence-numbers  Stamp logger messages with a "
			"sequence number\n"
			"| tcp-keepalives-in  Generate keepalives on idle "
			"incoming network connections\n"
			"| tcp-keepalives-out  Generate keepalives on idle "
			"outgoing network connections\n"
			"| unsupported-transceiver  enable support for "
			"third-party transceivers\n"
			")\n"),
	KEEP(CLI_O_SERVICE + 21, SERVICE "internal  Enable/Disable internal "
					 "commands\n"),
	{
		.mode = &cli_mode_config,
		.words = "boot-start-marker  boot start-marker\n",
		.run = keep_marker,
		.write = write_start_marker,
		.order = CLI_O_HOSTNAME + 50,
	},
	KEEP(CLI_O_HOSTNAME + 51, "boot  Modify system boot parameters\n" REST),
	{
		.mode = &cli_mode_config,
		.words = "boot-end-marker  boot end-marker\n",
		.run = keep_marker,
		.write = write_end_marker,
		.order = CLI_O_HOSTNAME + 52,
	},
	KEEP(CLI_O_HOSTNAME + 53,
	     "aqm-register-fnf  Register AQM with flexible netflow\n"),
	KEEP(CLI_O_AAA + 3, "aaa  Authentication, Authorization and "
			    "Accounting.\n"
			    "( accounting  Accounting configurations "
			    "parameters.\n"
			    "| authentication  Authentication configurations "
			    "parameters.\n"
			    "| authorization  Authorization configurations "
			    "parameters.\n"
			    "| group  AAA group definitions\n"
			    "| session-id  AAA Session ID\n"
			    ")\n" REST),
	KEEP_NO(CLI_O_CLOCK + 40,
		"mmi  Set parameters for use with MMI\nLINE  Arguments\n"),
	KEEP_NO(CLI_O_IP + 41, IP "cef  Cisco Express Forwarding\n"),
	KEEP_NO(CLI_O_IP + 42, IP "routing  Enable IP routing\n"),
	KEEP(CLI_O_USERNAME + 62, IP "ssh  Configure ssh options\n" REST),
	KEEP(CLI_O_USERNAME + 2, IP "tcp  Global TCP parameters\n" REST),
	KEEP_NO(CLI_O_IP + 40,
		IP "icmp  Control ICMP behavior\nLINE  Arguments\n"),
	KEEP_NO(CLI_O_IP + 43,
		"ipv6  Global IPv6 configuration commands\n"
		"( cef  Cisco Express Forwarding for IPv6\n"
		"| unicast-routing  Enable unicast routing\n)\n"),
	KEEP(CLI_O_IP + 45,
	     "multilink  PPP multilink global configuration\n" REST),
	KEEP(CLI_O_IP + 50, "upgrade  Commands for upgrade\n" REST),
	KEEP(CLI_O_IP + 51, "spanning-tree  Spanning Tree Subsystem\n" REST),
	KEEP(CLI_O_IP + 52, "license  Configure license features\n" REST),
	KEEP(CLI_O_IP + 53, "platform  platform specific configuration\n" REST),
	KEEP(CLI_O_IP + 54,
	     "diagnostic  Configure diagnostic information\n" REST),
	KEEP(CLI_O_IP + 55, "memory  Configure memory management\n" REST),
	KEEP(CLI_O_IP + 56, "cns  CNS agents\n" REST),
	KEEP(CLI_O_IP + 58, "cdp  Global CDP configuration subcommands\n" REST),
	KEEP(CLI_O_IP + 59,
	     "lldp  Global LLDP configuration subcommands\n" REST),
	KEEP(CLI_O_IP + 60, "password  Configure encryption password "
			    "(key)\nencryption  encrypt system passwords\n"
			    "aes  Enable stronger (AES) password encryption\n"),
	KEEP(CLI_O_IP_ROUTE - 50,
	     IP "forward-protocol  Controls forwarding of physical and "
		"directed IP broadcasts\n" REST),
	KEEP_NO(CLI_O_IP_ROUTE - 49,
		IP "http  HTTP server configuration\nLINE  Arguments\n"),
	KEEP(CLI_O_ROUTE_MAP + 1,
	     "snmp-server  Modify SNMP engine parameters\n" REST),
	KEEP(CLI_O_CONTROL_PLANE,
	     "control-plane  Configure control plane services\n"),
	KEEP(CLI_O_CONTROL_PLANE + 1, "call-home  Enter call-home "
				      "configuration mode\n"),
	KEEP(CLI_O_NTP, "ntp  Configure NTP\n" REST),
};

void cli_verbatim_init(struct cli *cli)
{
	cli->verbatim = xcalloc(1, sizeof(*cli->verbatim));
	TAILQ_INIT(&cli->verbatim->lines);
	CLI_ADD(cli, commands, cli->verbatim);
}

void cli_verbatim_free(struct cli *cli)
{
	while (!TAILQ_EMPTY(&cli->verbatim->lines))
		drop(cli->verbatim, TAILQ_FIRST(&cli->verbatim->lines));
	free(cli->verbatim);
}
