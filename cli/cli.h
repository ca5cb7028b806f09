/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line.  This folder knows no feature: each feature describes its
 * commands in X/X_cli.c as rows of struct cli_cmd and hands them over with
 * CLI_ADD.  One row is the whole command: grammar with help, handler, "no"
 * form, and how it is written into the running-config.
 *
 * Grammar (.words): one token a line, token and help parted by two blanks or
 * more (help may be empty for tokens that explain themselves):
 *
 *	"rekey                 Configure rekey policy for the group\n"
 *	"retransmit            Define the rekey retransmission parameters\n"
 *	"<10-60>$seconds       Retransmit after this many seconds\n"
 *	"[ ( number            Define the number of retransmits\n"
 *	"<1-10>$n              Number of retransmits\n"
 *	"| periodic            Periodically send retransmit rekeys\n"
 *	") ]\n"
 *
 *   literal		keyword, abbreviable, case-insensitive
 *   WORD		one token of any text
 *   LINE		the rest of the line, blanks included
 *   A.B.C.D		IPv4 address
 *   X:X:X:X::X		IPv6 address
 *   <lo-hi>		decimal number in range (hi up to 4294967295)
 *   TYPE		any other upper-case token: a type that a feature has
 *			made known with cli_type_add() (IFNAME, PORT, ...)
 *   $name		the name under which the handler finds the token; a
 *			literal without one is found under its own text
 *   ( a | b )		alternatives
 *   [ x ]		optional
 *   { a | b | c }	any of them, in any order, each at most once
 *   .			on a line of its own: the no form may end here, what
 *			follows is then ignored if it is typed
 * Structure signs stand before the token on a line or on lines of their own.
 * A "\v" in a help text is a line break; the blanks after it are the text's
 * (IOS breaks long help by hand).  { } may also be left out altogether.
 * A bad grammar string ends the program at start.
 *
 * Typing: keywords that are numbers (128) are never abbreviated; of several
 * readings of a line the exact keyword goes first, then the abbreviated one,
 * numbers and addresses, types, WORD, LINE.  A line that the current mode
 * does not know is tried in the modes around it; "exit", "end", "do", "no",
 * "default" are understood in all of them.  "default X" runs the no form.
 * For tests there is a terminal in cli/cli_test.h.
 *
 * Everything here runs on the control thread. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/loop.h"
#include "base/mem.h"

struct cli;	    /* one a router */
struct cli_session; /* one a terminal */
struct cli_out;	    /* where one running command prints */
struct cli_args;    /* what was typed, by name */

struct cli_mode {
	const char *prompt;    /* "config-if"; NULL for exec */
	const char *heading;   /* "Interface configuration commands:" or NULL */
	const char *exit_help; /* "Exit from interface configuration mode" */
	const struct cli_mode *parent; /* lines fall through to it */
};

extern const struct cli_mode cli_mode_exec;
extern const struct cli_mode cli_mode_config;

/* obj: the object of the mode (cli_enter), in exec and config mode the ctx
 * that came with cli_add(). */
typedef void cli_run(void *obj, const struct cli_args *a, struct cli_out *o);
typedef void cli_write(const void *obj, struct cli_out *o);

enum cli_flags {
	CLI_USER = 1,	/* also below privilege 15 */
	CLI_HIDDEN = 2, /* not in ? lists nor completed */
	CLI_SECRET = 4, /* its line holds a secret: no history keeps it */
	CLI_KEPT = 8,	/* gives way to another command of the same words */
};

struct cli_cmd {
	const struct cli_mode *mode;
	const char *words;
	cli_run *run;
	cli_run *no;	  /* NULL: there is no such form */
	cli_write *write; /* its line(s) in the running-config, or NULL */
	int order;	  /* config mode: enum cli_order; sub-modes: 0 and up */
	unsigned int flags;
	/* Its lines are kept and not acted on, because there is no such thing
	 * here: "NAT".  NULL: they are acted on.  cli_why() for some of them. */
	const char *why;
};

#define CLI_ADD(cli, table, ctx) \
	cli_add(cli, table, sizeof(table) / sizeof((table)[0]), ctx)
/* The table must outlive the cli. */
void cli_add(struct cli *cli, const struct cli_cmd *table, size_t n, void *ctx);

/* Where a section stands in show running-config.  Steps between
 * are free; "!" is printed between the fifties (1200..1249, 1250..1299), never
 * twice in a row, so writers may print their own between objects. */
enum cli_order {
	CLI_O_SERVICE = 100,
	CLI_O_HOSTNAME = 200,
	CLI_O_LOGGING = 300,
	CLI_O_AAA = 400,
	CLI_O_CLOCK = 500,
	CLI_O_VRF = 600,
	CLI_O_IP = 700, /* domain, cef */
	CLI_O_USERNAME = 800,
	CLI_O_QOS = 900,
	CLI_O_KEYRING = 1000,
	CLI_O_ISAKMP = 1100, /* policy, key, keepalive, profile */
	CLI_O_IPSEC = 1200,  /* global, transform-set, profile */
	CLI_O_GDOI = 1300,
	CLI_O_IDENTITY = 1400,
	CLI_O_CRYPTO_MAP = 1500,
	CLI_O_INTERFACE = 1600,
	CLI_O_ROUTER = 1700,
	CLI_O_IP_ROUTE = 1800,
	CLI_O_ACL = 1900,
	CLI_O_ROUTE_MAP = 2000,
	CLI_O_CONTROL_PLANE = 2100,
	CLI_O_ALIAS = 2200,
	CLI_O_BANNER = 2300,
	CLI_O_LINE = 2400,
	CLI_O_NTP = 2500,
};

/* --- inside a handler ------------------------------------------------- */

bool cli_has(const struct cli_args *a, const char *name);
/* These end the program when the grammar has no such name; a name that is in
 * the grammar but was not typed gives 0, NULL or an unset address. */
uint32_t cli_u32(const struct cli_args *a, const char *name);
const char *cli_str(const struct cli_args *a, const char *name);
struct ip_addr cli_addr(const struct cli_args *a, const char *name);
bool cli_is_no(const struct cli_args *a);

void cli_say(struct cli_out *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same, and the command has failed (scripts see it in the status). */
void cli_error(struct cli_out *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A running-config, or a part of one (show running-config interface ...), in
 * its frame: "Building configuration...", the count of octets, text, a blank
 * line.  text begins with "!" and ends with "end", each a line. */
void cli_say_config(struct cli_out *o, const char *text);

/* Into a sub-mode of the mode the command stands in. */
void cli_enter(struct cli_out *o, const struct cli_mode *mode, void *obj);
/* The same for several objects of one kind (interface range): each command of
 * the mode runs for all of them.  The prompt ends in "-range". */
enum { CLI_RANGE_MAX = 64 };
void cli_enter_range(struct cli_out *o, const struct cli_mode *mode,
		     void *const *obj, size_t n);
/* An object goes away: sessions that stand in it leave for config mode.
 * Every object that was given to cli_enter() calls this before it is freed. */
void cli_forget(struct cli *cli, const void *obj);
/* The ctx that came with cli_add() for the command at work (also in .write):
 * for commands that a feature adds to another feature's sub-mode. */
void *cli_ctx(const struct cli_out *o);

/* Asks: prompt is printed, the next line goes to answer, which may ask again.
 * hidden: no echo (passwords).  Multi-line input is asking with prompt "".
 * release (or NULL) frees arg: it is called once when the dialogue is over,
 * that is after an answer that did not hand the same arg on to cli_ask() or
 * cli_hold(), or when the user breaks off.  So answers do not free arg. */
typedef void cli_answer(void *arg, const char *line, struct cli_out *o);
void cli_ask(struct cli_out *o, const char *prompt, bool hidden,
	     cli_answer *answer, void (*release)(void *arg), void *arg);

/* A command that goes on after its handler returns (ping, key generation).
 * The returned out stays good until cli_release(); interrupt is called once
 * when the user breaks off or the session ends: stop, then cli_release(). */
struct cli_out *cli_hold(struct cli_out *o, void (*interrupt)(void *arg),
			 void *arg);
void cli_release(struct cli_out *held);

/* Connects the user of a held command with a TCP socket (connected, not
 * blocking), which it takes.  The command is over when the far end has closed
 * it or the user comes back with the escape sequence; cli/ releases held then
 * and its interrupt function is not called any more.  name: as the user calls
 * the far end. */
void cli_connect(struct cli_out *held, int fd, const char *name,
		 const struct endpoint *to);

struct cli *cli_of(struct cli_out *o);
/* True while the lines come from startup-config: no questions are asked,
 * nothing is logged about configuring. */
bool cli_is_startup(const struct cli_out *o);
/* True while the lines are those of a whole configuration, which begins with
 * its version line: what it does not say is as it is by default, so that a
 * running-config pasted into an empty router gives the same router. */
bool cli_is_whole(const struct cli_out *o);

/* --- running-config --------------------------------------------------- */

/* Inside .write: what follows is kept and not acted on (.why of the command),
 * or is acted on (NULL).  Blocks hand it on to their lines. */
void cli_why(struct cli_out *o, const char *why);
/* Takes away all lines of an object's block that can be: head is the line it
 * begins with. */
void cli_empty_block(struct cli_out *o, const struct cli_mode *mode,
		     const char *head, const void *obj);
/* All .write functions of one mode for one object, in order. */
void cli_write_mode(struct cli_out *o, const struct cli_mode *mode,
		    const void *obj);
/* The whole running-config as text, to be freed. */
char *cli_config_text(struct cli *cli);

/* The running-config becomes the startup-config, as write memory does it. */
void cli_save(struct cli_out *o);
/* They are the same, but for comments. */
bool cli_is_saved(struct cli *cli);
/* What a privileged command prints (one that ends at once), to be freed. */
char *cli_output_of(struct cli *cli, const char *line);
/* "console", "joe on vty0 (10.0.0.1)": who has typed this, to be freed. */
char *cli_who(const struct cli_out *o);

/* --- the commands as a document -------------------------------------- */

/* All commands, in the order they were added. */
void cli_each_command(const struct cli *cli,
		      void (*fn)(void *arg, const struct cli_cmd *cmd),
		      void *arg);
/* "rekey retransmit <10-60> [number <1-10> | periodic]", to be freed. */
char *cli_syntax(const struct cli_cmd *cmd);

/* --- token types of features ------------------------------------------ */

struct cli_type {
	const char *name; /* "IFNAME" */
	/* How many of the tokens (n >= 1) it takes (interface names may be two:
	 * "Ethernet 0/0"); 0: none fits; -1: a good beginning (incomplete).
	 * text: canonical form, xmalloc'ed, what cli_str() gives; number:
	 * what cli_u32() gives. */
	int (*match)(void *ctx, const char *const *tokens, size_t n,
		     char **text, uint32_t *number);
	/* Calls add(arg, word, help) for each line of ? that starts with
	 * prefix; word "" prefix lists all. */
	void (*help)(void *ctx, const char *prefix,
		     void (*add)(void *arg, const char *word, const char *help),
		     void *arg);
	void *ctx;
};

/* The type is copied; its strings must outlive the cli. */
void cli_type_add(struct cli *cli, const struct cli_type *type);

/* --- the router's side ------------------------------------------------ */

struct cli_login_report {
	bool good;
	const char *user;   /* "" if none was asked */
	const char *source; /* address as text */
	unsigned int port;  /* of ours: 23, 22; 0: the console */
};

struct cli_hooks {
	void *ctx;
	const char *(*hostname)(void *ctx);
	/* The startup-config was asked to be written: 0 or -errno. */
	int (*save)(void *ctx, const char *text, size_t len);
	/* NULL when there is none; to be freed. */
	char *(*saved)(void *ctx);
	int (*erase)(void *ctx);
	/* A session has left configuration mode; who: "console by console". */
	void (*configured)(void *ctx, const char *who);
	/* Somebody has logged in, or has not; or NULL. */
	void (*login)(void *ctx, const struct cli_login_report *report);
	/* A user has been idle for too long; line as "show users" counts, source
	 * "0.0.0.0" at the console, user "" if he has no name; or NULL. */
	void (*expired)(void *ctx, int line, const char *source,
			const char *user);
	/* SSH serves now, or no more; or NULL. */
	void (*ssh)(void *ctx, bool on);
	/* The folder that is flash:, to be freed; it need not exist.  Or
	 * NULL. */
	char *(*flash)(void *ctx);
	/* ip domain name, or NULL. */
	const char *(*domain)(void *ctx);
	/* "*18:10:37.203 UTC Sat Jan 2 2016" style stamp without the star,
	 * for headers of running-config; out has 64 octets. */
	void (*stamp)(void *ctx, char *out);
};

struct cli *cli_new(struct loop *loop, const struct cli_hooks *hooks);
void cli_free(struct cli *cli);
/* Types text into configuration mode (startup-config).  Lines that fail are
 * reported to report(arg, line number, line, error text), which may be NULL. */
void cli_load(struct cli *cli, const char *text,
	      void (*report)(void *arg, unsigned int line, const char *what,
			     const char *error),
	      void *arg);
/* Called after each time a session leaves configuration mode. */
void cli_on_configured(struct cli *cli, void (*fn)(void *arg), void *arg);
/* A log line (no newline) for the consoles and the monitoring terminals;
 * severity 0..7 is compared with each terminal's level.  How many monitoring
 * terminals it went to. */
unsigned int cli_log(struct cli *cli, int severity, const char *line);
/* A line of one word that is no command, but for which known() is true, runs
 * as "telnet WORD". */
void cli_set_hosts(struct cli *cli, bool (*known)(void *arg, const char *word),
		   void *arg);
/* Whether an access list lets an address in, for access-class. */
void cli_set_access(struct cli *cli,
		    bool (*admits)(void *arg, const char *acl,
				   const struct ip_addr *from),
		    void *arg);
void cli_set_console_level(struct cli *cli, int severity); /* -1: none */
void cli_set_monitor_level(struct cli *cli, int severity);

#endif
