/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_line_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/cli_password.h"
#include "cli/cli_secret.h"

static const struct cli_mode mode_line = {
	.prompt = "config-line",
	.heading = "Line configuration commands:",
	.exit_help = "Exit from line configuration mode",
	.parent = &cli_mode_config,
};

/* The text of an option in all lines of the range. */
static void set_all(struct range *r, enum option opt, const char *text)
{
	int i;

	for (i = r->first; i <= r->last; i++)
		line_set_text(&r->all->line[i], opt, text);
}

static void set_all_u32(struct range *r, enum option opt, const char *before,
			uint32_t v)
{
	char *text = xasprintf("%s %u", before, v);

	set_all(r, opt, text);
	free(text);
}

/* --- line con 0 --- */

static struct range *range(struct cli_lines *all, int first, int last)
{
	struct range **r = &all->range[first][last];

	if (!*r) {
		*r = xcalloc(1, sizeof(**r));
		(*r)->all = all;
		(*r)->first = first;
		(*r)->last = last;
	}
	return *r;
}

static void enter_line(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_lines *all = obj;
	uint32_t first, last;

	if (cli_has(a, "console") || cli_has(a, "aux")) {
		first = cli_has(a, "aux") ? LINE_AUX : LINE_CON;
		cli_enter(o, &mode_line, range(all, (int)first, (int)first));
		return;
	}
	first = cli_u32(a, "first");
	last = cli_has(a, "last") ? cli_u32(a, "last") : first;
	if (last < first) {
		cli_error(o, "%% Bad line number\n");
		return;
	}
	if ((int)last >= all->n_vty)
		all->n_vty = (int)last + 1;
	cli_enter(o, &mode_line,
		  range(all, LINE_VTY + (int)first, LINE_VTY + (int)last));
}

/* no line vty N: that one and those behind it go. */
static void no_line(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_lines *all = obj;
	int first, i;

	if (cli_has(a, "console") || cli_has(a, "aux") ||
	    cli_u32(a, "first") < VTY_DEFAULT) {
		cli_error(o, "%% Can't delete last 5 VTY lines\n");
		return;
	}
	first = (int)cli_u32(a, "first");
	for (i = first; i < all->n_vty; i++)
		line_vty_defaults(&all->line[LINE_VTY + i]);
	if (all->n_vty > first)
		all->n_vty = first;
}

/* --- what is set there --- */

static void set_timeout(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct range *r = obj;
	uint32_t m = cli_u32(a, "minutes"), s = cli_u32(a, "seconds");
	char *text = xasprintf("exec-timeout %u %u", m, s);
	int64_t all = (int64_t)m * 60 + s;
	bool off = cli_is_no(a);
	int i;

	(void)o;
	/* no exec-timeout: never. */
	if (off)
		set_all(r, OPT_EXEC_TIMEOUT, "exec-timeout 0 0");
	else
		set_all(r, OPT_EXEC_TIMEOUT,
			all == TIMEOUT_DEFAULT ? NULL : text);
	for (i = r->first; i <= r->last; i++)
		r->all->line[i].now.timeout = off ? 0 : all;
	free(text);
}

/* 0: there is no hurry. */
static void set_login_timeout(void *obj, const struct cli_args *a,
			      struct cli_out *o)
{
	uint32_t seconds = cli_is_no(a) ? LOGIN_DEFAULT : cli_u32(a, "seconds");
	struct range *r = obj;
	int i;

	(void)o;
	if (seconds == LOGIN_DEFAULT)
		set_all(r, OPT_LOGIN_TIMEOUT, NULL);
	else
		set_all_u32(r, OPT_LOGIN_TIMEOUT, "timeout login response",
			    seconds);
	for (i = r->first; i <= r->last; i++)
		r->all->line[i].now.login_timeout = seconds;
}

static void set_absolute(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	if (cli_is_no(a))
		set_all(obj, OPT_ABSOLUTE_TIMEOUT, NULL);
	else
		set_all_u32(obj, OPT_ABSOLUTE_TIMEOUT, "absolute-timeout",
			    cli_u32(a, "minutes"));
}

static void set_privilege(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct range *r = obj;
	uint32_t level = cli_is_no(a) ? 0 : cli_u32(a, "number");
	int i;

	(void)o;
	if (level)
		set_all_u32(r, OPT_PRIVILEGE, "privilege level", level);
	else
		set_all(r, OPT_PRIVILEGE, NULL);
	for (i = r->first; i <= r->last; i++)
		r->all->line[i].now.privilege = level;
}

static void keep_password(struct range *r, const char *clear)
{
	struct cli_line *now;
	int i;

	for (i = r->first; i <= r->last; i++) {
		now = &r->all->line[i].now;
		if (now->password)
			bytes_wipe(now->password, strlen(now->password));
		free(now->password);
		now->password = clear ? xstrdup(clear) : NULL;
	}
}

static void set_password(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const char *given = cli_str(a, "text");
	char clear[CLI_PASSWORD_MAX + 1], *text;
	bool hidden = cli_has(a, "7");

	if (cli_is_no(a)) {
		set_all(obj, OPT_PASSWORD, NULL);
		keep_password(obj, NULL);
		return;
	}
	if (strlen(given) > 2 * CLI_PASSWORD_MAX ||
	    (hidden && !cli_secret_reveal(clear, given))) {
		cli_error(o, "Invalid encrypted password: %s\n", given);
		return;
	}
	text = xasprintf("password %s%s", hidden ? "7 " : "", given);
	set_all(obj, OPT_PASSWORD, text);
	keep_password(obj, hidden ? clear : given);
	if (cli_passwords_hidden(o->cli))
		cli_lines_hide(o->cli);
	bytes_wipe(clear, sizeof(clear));
	bytes_wipe(text, strlen(text));
	free(text);
}

static void set_login_of(struct range *r, enum cli_line_login how,
			 const char *text)
{
	int i;

	set_all(r, OPT_LOGIN, text);
	for (i = r->first; i <= r->last; i++) {
		r->all->line[i].now.login = how;
		line_set_name(&r->all->line[i].now.login_list, NULL);
	}
}

static void warn_login(const struct range *r, struct cli_out *o)
{
	int i;

	for (i = r->first; i <= r->last && !cli_is_startup(o); i++)
		if (!r->all->line[i].now.password)
			cli_say(o,
				"%% Login disabled on line %d, until 'password'"
				" is set\n",
				i);
}

static void set_login(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct range *r = obj;
	char *text;
	int i;

	if (cli_has(a, "local")) {
		set_login_of(r, CLI_LOGIN_LOCAL, "login local");
	} else if (cli_has(a, "authentication")) {
		text = xasprintf("login authentication %s", cli_str(a, "list"));
		set_login_of(r, CLI_LOGIN_LOCAL, text);
		for (i = r->first; i <= r->last; i++)
			line_set_name(&r->all->line[i].now.login_list,
				      cli_str(a, "list"));
		free(text);
	} else {
		set_login_of(r, CLI_LOGIN_PASSWORD, "login");
		warn_login(r, o);
	}
}

static void no_login(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct range *r = obj;

	(void)a;
	(void)o;
	/* On a console that is the default and not printed. */
	set_login_of(r, CLI_LOGIN_NONE,
		     r->first < LINE_VTY ? NULL : "no login");
}

static void set_logging(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	const char *rest = cli_str(a, "rest");
	char *text = xasprintf("logging synchronous%s%s", rest ? " " : "",
			       rest ? rest : "");

	set_all(obj, OPT_LOGGING, cli_is_no(a) ? NULL : text);
	free(text);
}

static void set_no_exec(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	set_all(obj, OPT_NO_EXEC, cli_is_no(a) ? "no exec" : NULL);
}

/* Options whose words are only kept: the keyword's own text and the rest. */
static void keep(struct range *r, const struct cli_args *a, enum option opt,
		 const char *before)
{
	char *text;

	if (cli_is_no(a)) {
		set_all(r, opt, NULL);
		return;
	}
	text = xasprintf("%s %s", before, cli_str(a, "rest"));
	set_all(r, opt, text);
	free(text);
}

static void set_access(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct range *r = obj;
	char *text = NULL;
	int i;

	(void)o;
	if (!cli_is_no(a))
		text = xasprintf("access-class %s in%s", cli_str(a, "acl"),
				 cli_has(a, "vrf-also") ? " vrf-also" : "");
	set_all(r, OPT_ACCESS_CLASS, text);
	for (i = r->first; i <= r->last; i++)
		line_set_name(&r->all->line[i].now.access,
			      text ? cli_str(a, "acl") : NULL);
	free(text);
}

static void set_access6(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct range *r = obj;
	char *text = NULL;
	int i;

	(void)o;
	if (!cli_is_no(a))
		text = xasprintf("ipv6 access-class %s in", cli_str(a, "acl"));
	set_all(r, OPT_ACCESS_CLASS6, text);
	for (i = r->first; i <= r->last; i++)
		line_set_name(&r->all->line[i].now.access6,
			      text ? cli_str(a, "acl") : NULL);
	free(text);
}

/* Where users of the line may telnet to: not acted on. */
static void set_access_out(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	char *text = NULL;

	(void)o;
	if (!cli_is_no(a))
		text = xasprintf("access-class %s out", cli_str(a, "acl"));
	set_all(obj, OPT_ACCESS_OUT, text);
	free(text);
}

static void set_authorization(void *obj, const struct cli_args *a,
			      struct cli_out *o)
{
	struct range *r = obj;
	char *text = NULL;
	int i;

	(void)o;
	if (!cli_is_no(a))
		text = xasprintf("authorization exec %s", cli_str(a, "list"));
	set_all(r, OPT_AUTHORIZATION, text);
	for (i = r->first; i <= r->last; i++)
		line_set_name(&r->all->line[i].now.exec_list,
			      text ? cli_str(a, "list") : NULL);
	free(text);
}

static void set_autocommand(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	(void)o;
	keep(obj, a, OPT_AUTOCOMMAND, "autocommand ");
}

static void set_escape(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	keep(obj, a, OPT_ESCAPE, "escape-character");
}

static void set_preferred(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct range *r = obj;
	bool none = !cli_is_no(a) && !strcmp(cli_str(a, "rest"), "none");
	int i;

	(void)o;
	keep(r, a, OPT_PREFERRED, "transport preferred");
	for (i = r->first; i <= r->last; i++)
		r->all->line[i].now.no_telnet = none;
}

static void set_input(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct range *r = obj;
	const char *rest = cli_is_no(a) ? "all" : cli_str(a, "rest");
	bool all = strstr(rest, "all");
	int i;

	(void)o;
	keep(r, a, OPT_INPUT, "transport input");
	if (cli_is_no(a) && r->first >= LINE_VTY)
		set_all(r, OPT_INPUT, "transport input all");
	for (i = r->first; i <= r->last; i++)
		r->all->line[i].now.closed = !all && !strstr(rest, "telnet");
	for (i = r->first; i <= r->last; i++)
		r->all->line[i].now.no_ssh = !all && !strstr(rest, "ssh");
}

static void set_output(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	keep(obj, a, OPT_OUTPUT, "transport output");
}

static void set_number(struct range *r, const struct cli_args *a,
		       enum option opt, const char *before, size_t field)
{
	int v = cli_is_no(a) ? -1 : (int)cli_u32(a, "n");
	int i;

	if (v < 0)
		set_all(r, opt, NULL);
	else
		set_all_u32(r, opt, before, (uint32_t)v);
	for (i = r->first; i <= r->last; i++)
		*(int *)((char *)&r->all->line[i].now + field) = v;
}

static void set_length(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	set_number(obj, a, OPT_LENGTH, "length",
		   offsetof(struct cli_line, length));
}

static void set_width(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	set_number(obj, a, OPT_WIDTH, "width",
		   offsetof(struct cli_line, width));
}

static void set_history(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	set_number(obj, a, OPT_HISTORY, "history size",
		   offsetof(struct cli_line, history));
}

static void set_stopbits(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	keep(obj, a, OPT_STOPBITS, "stopbits");
}

static void set_speed(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	keep(obj, a, OPT_SPEED, "speed");
}

/* What only real lines have. */
static const struct {
	enum option option;
	const char *word;
	bool on; /* by itself: the no form is printed */
} only_kept[] = {
	{ OPT_SESSION_TIMEOUT, "session-timeout", false },
	{ OPT_ACTIVATION, "activation-character", true },
	{ OPT_EXEC_BANNER, "exec-banner", true },
	{ OPT_MOTD_BANNER, "motd-banner", true },
	{ OPT_LOCATION, "location", false },
	{ OPT_MODEM, "modem", false },
	{ OPT_ROTARY, "rotary", false },
	{ OPT_DATABITS, "databits", false },
	{ OPT_PARITY, "parity", false },
	{ OPT_FLOW, "flowcontrol", false },
};

static void set_only_kept(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	const char *rest = cli_str(a, "rest");
	bool no = cli_is_no(a);
	char *text;
	size_t i;

	(void)o;
	for (i = 0; i < ARRAY_SIZE(only_kept); i++) {
		if (!cli_has(a, only_kept[i].word))
			continue;
		text = xasprintf("%s%s%s%s", no ? "no " : "", only_kept[i].word,
				 rest ? " " : "", rest ? rest : "");
		set_all(obj, only_kept[i].option,
			no == only_kept[i].on ? text : NULL);
		free(text);
	}
}

#define OPTION(text, fn)                                               \
	{                                                              \
		.mode = &mode_line, .words = text, .run = fn, .no = fn \
	}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "line         Configure a terminal line\n"
			 "( console    Primary terminal line\n"
			 "0            First Line number\n"
			 "| aux        Auxiliary line\n"
			 "0            First Line number\n"
			 "| vty        Virtual terminal\n"
			 "<0-15>$first  First Line number\n"
			 "[ <0-15>$last  Last Line number\n"
			 "] )\n",
		.run = enter_line,
		.no = no_line,
		.write = line_write,
		.order = CLI_O_LINE,
	},
	OPTION("( session-timeout  Set interval for closing connection when "
	       "there is no input traffic\n"
	       "| activation-character  Define the activation character\n"
	       "| exec-banner  Enable the display of the EXEC banner\n"
	       "| motd-banner  Enable the display of the MOTD banner\n"
	       "| location  Enter terminal location description\n"
	       "| modem  Configure the Modem Control Lines\n"
	       "| rotary  Add line to a rotary group\n"
	       "| databits  Set number of data bits per character\n"
	       "| parity  Set terminal parity\n"
	       "| flowcontrol  Set the flow control\n)\n"
	       ".\n[ LINE$rest  Arguments\n]\n",
	       set_only_kept),
	OPTION("exec-timeout      Set the EXEC timeout\n.\n"
	       "<0-35791>$minutes  Timeout in minutes\n"
	       "[ <0-2147483>$seconds  Timeout in seconds\n]\n",
	       set_timeout),
	OPTION("timeout  Timeouts for the line\n"
	       "login     Timeouts related to the login sequence\n"
	       "response  Timeout for any user input during login sequences\n"
	       ".\n<0-300>$seconds  Timeout in seconds\n",
	       set_login_timeout),
	OPTION("absolute-timeout  Set absolute timeout for line "
	       "disconnection\n.\n<0-10000>$minutes  Minutes\n",
	       set_absolute),
	OPTION("privilege  Change privilege level for line\n"
	       "level  Assign default privilege level for line\n.\n"
	       "<0-15>$number  Default privilege level for line\n",
	       set_privilege),
	OPTION("password  Set a password\n.\n"
	       "[ ( 0  Specifies an UNENCRYPTED password will follow\n"
	       "| 7  Specifies a HIDDEN password will follow\n"
	       ") ]\n"
	       "LINE$text  The UNENCRYPTED (cleartext) line password\n",
	       set_password),
	{
		.mode = &mode_line,
		.words = "login  Enable password checking\n.\n"
			 "[ ( local  Local password checking\n"
			 "| authentication  Authentication parameters\n"
			 "WORD$list  Use an authentication list with this "
			 "name\n"
			 ") ]\n",
		.run = set_login,
		.no = no_login,
	},
	OPTION("logging  Modify message logging facilities\n"
	       "synchronous  Synchronized message output\n"
	       "[ LINE$rest  Level and limit\n]\n",
	       set_logging),
	OPTION("exec  Start an EXEC process\n", set_no_exec),
	OPTION("access-class  Filter connections based on an IP access list\n"
	       ".\nWORD$acl  IP access list\n"
	       "in  Filter incoming connections\n"
	       "[ vrf-also  Same access list is applied for all VRFs\n]\n",
	       set_access),
	OPTION("access-class  Filter connections based on an IP access list\n"
	       "WORD$acl  IP access list\n"
	       "out  Filter outgoing connections\n",
	       set_access_out),
	OPTION("ipv6  IPv6 options\n"
	       "access-class  Filter connections based on an IPv6 access "
	       "list\n.\nWORD$acl  IPv6 access list\n"
	       "in  Filter incoming connections\n",
	       set_access6),
	OPTION("authorization  Authorization parameters\n"
	       "exec  For starting an exec (shell)\n.\n"
	       "WORD$list  Use an authorization list with this name\n",
	       set_authorization),
	OPTION("autocommand  Automatically execute an EXEC command\n.\n"
	       "LINE$rest  Appropriate EXEC command\n",
	       set_autocommand),
	OPTION("escape-character  Change the current line's escape character\n"
	       ".\nLINE$rest  Escape character or its ASCII decimal "
	       "equivalent\n",
	       set_escape),
	OPTION("transport  Define transport protocols for line\n"
	       "preferred  Specify the preferred protocol to use\n.\n"
	       "LINE$rest  Protocol\n",
	       set_preferred),
	OPTION("transport  Define transport protocols for line\n"
	       "input  Define which protocols to use when connecting to the "
	       "terminal server\n.\nLINE$rest  Protocols\n",
	       set_input),
	OPTION("transport  Define transport protocols for line\n"
	       "output  Define which protocols to use for outgoing "
	       "connections\n.\nLINE$rest  Protocols\n",
	       set_output),
	OPTION("length  Set number of lines on a screen\n.\n"
	       "<0-512>$n  Number of lines on screen (0 for no pausing)\n",
	       set_length),
	OPTION("width  Set width of the display terminal\n.\n"
	       "<0-512>$n  Number of characters on a screen line\n",
	       set_width),
	OPTION("history  Enable and control the command history function\n"
	       "size  Set history buffer size\n.\n"
	       "<0-256>$n  Size of history buffer\n",
	       set_history),
	OPTION("stopbits  Set async line stop bits\n.\n"
	       "( 1$rest  One stop bit\n| 1.5$rest  One and one-half stop "
	       "bits\n| 2$rest  Two stop bits\n)\n",
	       set_stopbits),
	OPTION("speed  Set the transmit and receive speeds\n.\n"
	       "<0-4294967295>$rest  Transmit and receive speeds\n",
	       set_speed),
};

void line_cli_init(struct cli *cli)
{
	CLI_ADD(cli, commands, cli->lines);
}
