/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of cli/ share.  Nothing outside cli/ includes this. */
#ifndef CLI_CLI_PRIV_H
#define CLI_CLI_PRIV_H

#include <stdio.h>
#include <sys/queue.h>

#include "cli/cli.h"
#include "cli/cli_filter.h"
#include "cli/cli_grammar.h"
#include "cli/cli_words.h"

struct cli_lines;	/* line con/aux/vty (cli_line.c) */
struct cli_secrets;	/* users (cli_user.c) */
struct cli_enables;	/* cli_enable.c */
struct cli_ssh;		/* cli_ssh.c */
struct cli_aaa;		/* cli_aaa.c */
struct cli_privileges;	/* cli_privilege.c */
struct cli_aliases;	/* cli_alias.c */
struct cli_banners;	/* cli_banner.c */
struct cli_verbatim;	/* cli_verbatim.c */
struct cli_connections; /* cli_connection.c */
struct cli_kept_store;	/* cli_kept.c */

enum cli_privilege { CLI_PRIV_USER = 1, CLI_PRIV_MAX = 15 };

enum cli_limits {
	CLI_DEPTH_MAX = 8,	  /* modes in modes, exec included */
	CLI_HISTORY_MAX = 256,	  /* IOS: terminal history size <0-256> */
	CLI_HISTORY_DEFAULT = 10, /* IOS 15.4 default */
	CLI_LENGTH_DEFAULT = 24,
	CLI_WIDTH_DEFAULT = 80,
	CLI_TERMINAL_MAX = 512,	  /* terminal length/width <0-512> */
	CLI_CONFIG_HOST_MAX = 20, /* host name in config prompts */
	CLI_ANSWER_MAX = 4096,	  /* octets of one line in a dialogue */
};

/* One row of a cli_add() table. */
struct cli_command {
	const struct cli_cmd *cmd;
	struct cli_grammar *grammar;
	void *ctx;
	size_t seq; /* order of registration */
};

struct cli {
	struct loop *loop; /* may be NULL: no idle timers */
	struct cli_hooks hooks;
	struct cli_command *commands;
	size_t n_commands;
	struct cli_type *types;
	size_t n_types;
	TAILQ_HEAD(, cli_session) sessions;
	void (*on_configured[8])(void *);
	void *on_configured_arg[8];
	size_t n_on_configured;
	int console_level, monitor_level;	  /* -1: none */
	bool (*host_known)(void *, const char *); /* or NULL */
	void *host_arg;
	/* Of access-class; or NULL: everybody. */
	bool (*admits)(void *, const char *acl, const struct ip_addr *from);
	void *admits_arg;
	char *changed; /* stamp and who, or NULL */
	char *saved;
	bool stopping;
	struct cli_lines *lines;
	struct cli_secrets *secrets;
	struct cli_enables *enables;
	struct cli_aaa *aaa;
	struct cli_ssh *ssh;
	struct cli_privileges *privileges;
	struct cli_aliases *aliases;
	struct cli_banners *banners;
	struct cli_verbatim *verbatim;
	struct cli_kept_store *kept;
};

/* For commands that every configuration mode has; no session is ever in it. */
extern const struct cli_mode cli_mode_submode;

const struct cli_type *cli_type_find(const struct cli *cli, const char *name);
const char *cli_hostname(const struct cli *cli);

/* --- matching (cli_match.c) --- */

struct cli_query {
	const struct cli *cli;
	const struct cli_mode *mode;
	const struct cli_words *words;
	size_t first; /* word to begin with */
	size_t end;   /* words before this one count */
	bool no;
	unsigned int privilege;
};

enum cli_verdict {
	CLI_MATCHED,
	CLI_INVALID,
	CLI_INCOMPLETE,
	CLI_AMBIGUOUS,
};

struct cli_match {
	enum cli_verdict verdict;
	const struct cli_command *command;
	struct cli_args *args; /* the caller's; NULL unless matched */
	size_t at;	       /* octet of the line that cannot be */
};

void cli_match(const struct cli_query *q, struct cli_match *out);

/* What may stand as the word q->end.  Calls each() for every token that may,
 * with NULL when the line may end there. */
typedef void cli_each_node(void *arg, const struct cli_node *node);
enum cli_verdict cli_follow(const struct cli_query *q, cli_each_node *each,
			    void *arg);

/* --- arguments (cli_args.c) --- */

struct cli_arg {
	const char *name; /* the grammar's */
	char *text;
	uint32_t number;
	struct ip_addr addr;
};

struct cli_args {
	const struct cli_command *command;
	bool no;
	size_t n;
	size_t key; /* those before the grammar's dot, or all */
	struct cli_arg v[];
};

void cli_args_free(struct cli_args *a);

/* --- output (cli_out.c) --- */

/* Where in the mode stack a command runs. */
struct cli_level {
	const struct cli_mode *mode;
	void *obj;
};

struct cli_out {
	struct cli *cli;
	struct cli_session *session; /* NULL: it is over, or only text */
	struct cli_filter *filter;   /* NULL: none */
	void *obj;		     /* of the mode the command stands in */
	void *ctx;
	const struct cli_cmd *writing; /* whose .write is at work */
	size_t level;		       /* its index in the session's stack */
	bool startup;
	bool failed;
	bool in_line; /* the last octet printed was not a newline */
	char *buf;    /* text not yet sent */
	size_t len, cap;
	bool capture; /* keep it all */
	bool marking; /* with a line of its own where cli_why() changes */
	const char *why, *why_block;
	bool held;
	void (*interrupt)(void *arg);
	void *interrupt_arg;
};

struct cli_out *cli_out_new(struct cli *cli, struct cli_session *s);
/* Only gathers text: cli_out_text() gives it. */
struct cli_out *cli_out_capture(struct cli *cli);
char *cli_out_take(struct cli_out *o);
void cli_out_flush(struct cli_out *o);
void cli_out_free(struct cli_out *o);
/* Begins a line of marking output: the reason of what follows, or none. */
#define CLI_MARK "\001"
void cli_out_raw(struct cli_out *o, const char *text, size_t len);

/* --- sessions (cli_session.c) --- */

enum cli_kind {
	CLI_KIND_CONSOLE = 'c',
	CLI_KIND_VTY = 'v',
	CLI_KIND_SCRIPT = 's',
	CLI_KIND_LOAD = 'l', /* startup-config and copies of it */
};

struct cli_transport {
	/* enum cli_server_msg; data may be NULL when len is 0. */
	void (*send)(void *arg, int type, const void *data, size_t len);
	/* The same with a descriptor, which it takes; NULL: it cannot. */
	void (*hand)(void *arg, int type, const void *data, size_t len, int fd);
	void *arg;
};

struct cli_question {
	char *prompt; /* NULL: none is asked */
	bool hidden;
	cli_answer *answer;
	void (*release)(void *arg);
	void *arg;
	size_t level;
	void *obj, *ctx;
};

struct cli_history {
	char *line[CLI_HISTORY_MAX];
	size_t n;
};

struct cli_session {
	TAILQ_ENTRY(cli_session) link;
	struct cli *cli;
	enum cli_kind kind;
	bool local; /* came over the unix socket, not TCP */
	bool ssh;   /* a vty by SSH */
	char *peer; /* address as text, "" if none */
	char *user; /* who logged in, or NULL */
	int vty;    /* number, -1 if none */
	unsigned int privilege;
	struct cli_transport transport;
	struct cli_level stack[CLI_DEPTH_MAX];
	size_t depth;
	/* cli_enter_range(): at this level of the stack there are range_n
	 * objects; 0: one. */
	void *range[CLI_RANGE_MAX];
	size_t range_n, range_level;
	struct cli_question question;
	struct cli_out *held;
	struct cli_connections *connections; /* NULL: never had any */
	bool running;			     /* inside a handler */
	bool failed;			     /* the last line was an error */
	bool secret; /* the last line held one: its terminal is to know */
	bool over;
	bool closing; /* say bye when the command at work has ended */
	bool startup;
	bool whole; /* a version line was typed, up to the end of configuring */
	bool logged_in;
	bool autocommand; /* is still to be run */
	int64_t timeout;  /* s, of terminal exec-timeout; -1: the line's */
	bool monitor;
	unsigned int tries;
	unsigned int length, width, history_size;
	bool length_set, width_set, history_on;
	struct cli_history exec_history, config_history;
	struct loop_timer *idle;
	int64_t since; /* real us, start of the idle time */
};

struct cli_session *cli_session_new(struct cli *cli, enum cli_kind kind,
				    const struct cli_transport *t);
/* Privileged, without login. */
void cli_session_start(struct cli_session *s);
void cli_session_free(struct cli_session *s);
void cli_session_line(struct cli_session *s, const char *line);
/* A line ended by Ctrl-Z. */
void cli_session_end(struct cli_session *s, const char *line);
void cli_session_interrupt(struct cli_session *s);
char *cli_session_prompt(const struct cli_session *s);
bool cli_session_in_config(const struct cli_session *s);
void cli_session_say(struct cli_session *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void cli_session_terminal(struct cli_session *s);
/* Runs one line, as if typed; the prompt is not sent. */
void cli_session_run(struct cli_session *s, const char *line);
void cli_session_to_exec(struct cli_session *s);
/* Now: its user has to go. */
void cli_session_hang_up(struct cli_session *s);
/* At the end of the command at work. */
void cli_session_close(struct cli_session *s);
/* After a line, an answer or a held command: what comes next. */
void cli_session_ready(struct cli_session *s);
/* "console", "vty0 (10.0.0.1)". */
char *cli_session_who(const struct cli_session *s);
void cli_session_pop(struct cli_session *s, size_t level);

/* cli_run.c: one command line in a session. */
void cli_run_line(struct cli_session *s, const char *line);

/* cli_connection.c */
void cli_connections_init(struct cli *cli);
/* CLI_C_CONNECTION. */
void cli_connection_ended(struct cli_session *s, unsigned int number,
			  unsigned int how);
/* All of them are closed; the next user finds none. */
void cli_connections_close(struct cli_session *s);

/* cli_help.c; to be freed. */
char *cli_help(struct cli_session *s, const char *text);
char *cli_complete(struct cli_session *s, const char *text);

/* cli_config.c */
void cli_config_changed(struct cli_session *s);
/* Types text into configuration mode; startup as in cli_is_startup(). */
void cli_type_in(struct cli *cli, bool startup, const char *text,
		 void (*report)(void *, unsigned int, const char *,
				const char *),
		 void *arg);

/* Each adds its commands and its state. */
void cli_std_init(struct cli *cli);
void cli_terminal_init(struct cli *cli);
void cli_config_init(struct cli *cli);
void cli_lines_init(struct cli *cli);
void cli_lines_free(struct cli *cli);
void cli_enables_init(struct cli *cli);
void cli_enables_free(struct cli *cli);
void cli_show_line_init(struct cli *cli);
void cli_files_init(struct cli *cli);
void cli_replace_init(struct cli *cli);
void cli_ssh_init(struct cli *cli);
void cli_ssh_free(struct cli *cli);
void cli_aaa_init(struct cli *cli);
void cli_aaa_free(struct cli *cli);
void cli_privileges_init(struct cli *cli);
void cli_privileges_free(struct cli *cli);
void cli_secrets_init(struct cli *cli);
void cli_secrets_free(struct cli *cli);
void cli_aliases_init(struct cli *cli);
void cli_aliases_free(struct cli *cli);
void cli_banners_init(struct cli *cli);
void cli_banners_free(struct cli *cli);
void cli_verbatim_init(struct cli *cli);
void cli_verbatim_free(struct cli *cli);
void cli_kept_init(struct cli *cli);
void cli_kept_free(struct cli *cli);
void cli_kept_forget(struct cli *cli, const void *obj);
/* cli_unsupported.c: show configuration unsupported. */
void cli_unsupported_init(struct cli *cli);

#endif
