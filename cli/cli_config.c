/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The running-config: written by all commands in their order, shown, saved,
 * and typed in again. */
#include "cli/cli_priv.h"

#include <stdlib.h>
#include <string.h>

#include "cli/proto.h"

enum {
	SECTION = 50,	/* orders between two separators; enum cli_order */
	NVRAM = 262144, /* octets of NVRAM that IOS on Unix reports */
	STAMP = 64,
};

static int by_order(const void *a, const void *b)
{
	const struct cli_command *const *x = a, *const *y = b;

	if ((*x)->cmd->order != (*y)->cmd->order)
		return (*x)->cmd->order < (*y)->cmd->order ? -1 : 1;
	return (*x)->seq < (*y)->seq ? -1 : (*x)->seq > (*y)->seq;
}

/* The writers of a mode in order; to be freed. */
static const struct cli_command **
writers(const struct cli *cli, const struct cli_mode *mode, size_t *n)
{
	const struct cli_command **v;
	size_t i;

	v = xcalloc(cli->n_commands, sizeof(*v));
	*n = 0;
	for (i = 0; i < cli->n_commands; i++)
		if (cli->commands[i].cmd->mode == mode &&
		    cli->commands[i].cmd->write)
			v[(*n)++] = &cli->commands[i];
	if (*n > 1)
		qsort(v, *n, sizeof(*v), by_order);
	return v;
}

void cli_write_mode(struct cli_out *o, const struct cli_mode *mode,
		    const void *obj)
{
	const struct cli_command **v;
	const struct cli_cmd *writing = o->writing;
	const char *why = o->why, *block = o->why_block;
	void *ctx = o->ctx;
	size_t i, n;

	v = writers(o->cli, mode, &n);
	o->why_block = why;
	for (i = 0; i < n; i++) {
		o->ctx = v[i]->ctx;
		o->writing = v[i]->cmd;
		if (mode == &cli_mode_config && i &&
		    v[i]->cmd->order / SECTION !=
			    v[i - 1]->cmd->order / SECTION)
			cli_say(o, "!\n");
		cli_why(o, v[i]->cmd->why);
		v[i]->cmd->write(mode == &cli_mode_config ? v[i]->ctx : obj, o);
	}
	o->ctx = ctx;
	o->writing = writing;
	o->why_block = block;
	cli_why(o, why);
	free(v);
}

void cli_why(struct cli_out *o, const char *why)
{
	if (o->why_block)
		why = o->why_block;
	if (o->marking && why != o->why)
		cli_say(o, CLI_MARK "%s\n", why ? why : "");
	o->why = why;
}

char *cli_config_text(struct cli *cli)
{
	struct cli_out *o = cli_out_capture(cli);
	char *text;

	cli_say(o, "!\n");
	if (cli->changed)
		cli_say(o, "! Last configuration change at %s\n", cli->changed);
	if (cli->saved)
		cli_say(o, "! NVRAM config last updated at %s\n", cli->saved);
	cli_say(o, "!\n");
	cli_say(o, "version 15.4\n");
	cli_write_mode(o, &cli_mode_config, NULL);
	cli_say(o, "!\n");
	cli_say(o, "end\n");
	text = cli_out_take(o);
	cli_out_free(o);
	return text;
}

static char *stamp(struct cli_session *s)
{
	const struct cli_hooks *h = &s->cli->hooks;
	char now[STAMP] = "";

	if (!h->stamp)
		return NULL;
	h->stamp(h->ctx, now);
	if (!s->user)
		return xstrdup(now);
	return xasprintf("%s by %s", now, s->user);
}

/* The session has left configuration mode. */
void cli_config_changed(struct cli_session *s)
{
	struct cli *cli = s->cli;
	char *line, *who;
	size_t i;

	s->whole = false;
	if (cli->stopping)
		return;
	free(cli->changed);
	cli->changed = stamp(s);
	line = cli_session_who(s);
	if (s->user && s->kind == CLI_KIND_VTY)
		who = xasprintf("console by %s on %s", s->user, line);
	else
		who = xasprintf("console by %s", s->user ? s->user : line);
	if (cli->hooks.configured)
		cli->hooks.configured(cli->hooks.ctx, who);
	for (i = 0; i < cli->n_on_configured; i++)
		cli->on_configured[i](cli->on_configured_arg[i]);
	free(who);
	free(line);
}

/* --- typing a text in --- */

struct loader {
	char *said; /* since the last line */
};

static void loader_send(void *arg, int type, const void *data, size_t len)
{
	struct loader *l = arg;
	char *more;

	if (type != CLI_S_TEXT)
		return;
	more = xasprintf("%s%.*s", l->said ? l->said : "", (int)len,
			 (const char *)data);
	free(l->said);
	l->said = more;
}

/* The first line of what was said that is an error, else the first line. */
static const char *error_text(struct loader *l)
{
	char *percent = l->said ? strchr(l->said, '%') : NULL;
	char *text = percent ? percent : l->said;

	if (!text)
		return "";
	text[strcspn(text, "\n")] = '\0';
	return text;
}

void cli_type_in(struct cli *cli, bool startup, const char *text,
		 void (*report)(void *, unsigned int, const char *,
				const char *),
		 void *arg)
{
	struct loader l = { 0 };
	struct cli_transport t = { .send = loader_send, .arg = &l };
	struct cli_session *s = cli_session_new(cli, CLI_KIND_LOAD, &t);
	unsigned int number = 0;
	size_t len;
	char *line;

	s->startup = startup;
	s->privilege = CLI_PRIV_MAX;
	s->logged_in = true;
	s->stack[s->depth++].mode = &cli_mode_config;
	for (; *text && cli_session_in_config(s) && !s->held; text += len) {
		len = strcspn(text, "\n");
		line = strndup(text, len);
		len += text[len] == '\n';
		number++;
		cli_session_run(s, line ? line : "");
		if (s->failed && report)
			report(arg, number, line, error_text(&l));
		free(l.said);
		l.said = NULL;
		free(line);
	}
	cli_session_pop(s, 0); /* nobody has configured anything */
	cli_session_free(s);
	free(l.said);
}

char *cli_output_of(struct cli *cli, const char *line)
{
	struct loader l = { 0 };
	struct cli_transport t = { .send = loader_send, .arg = &l };
	struct cli_session *s = cli_session_new(cli, CLI_KIND_LOAD, &t);

	s->startup = false;
	s->privilege = CLI_PRIV_MAX;
	s->logged_in = true;
	cli_session_run(s, line);
	cli_session_free(s);
	return l.said ? l.said : xstrdup("");
}

void cli_load(struct cli *cli, const char *text,
	      void (*report)(void *arg, unsigned int line, const char *what,
			     const char *error),
	      void *arg)
{
	cli_type_in(cli, true, text, report, arg);
}

/* --- commands --- */

static void show_running(void *obj, const struct cli_args *a, struct cli_out *o)
{
	char *text = cli_config_text(o->cli);

	(void)obj;
	(void)a;
	cli_say_config(o, text);
	free(text);
}

static char *saved(struct cli *cli)
{
	return cli->hooks.saved ? cli->hooks.saved(cli->hooks.ctx) : NULL;
}

static void show_startup(void *obj, const struct cli_args *a, struct cli_out *o)
{
	char *text = saved(o->cli);

	(void)obj;
	(void)a;
	if (!text) {
		cli_say(o, "startup-config is not present\n");
		return;
	}
	cli_say(o, "Using %zu out of %d bytes\n%s\n", strlen(text), NVRAM,
		text);
	free(text);
}

/* The next line that is no comment; NULL at the end. */
static const char *real_line(const char **at, size_t *len)
{
	const char *line;

	while (**at) {
		line = *at;
		*len = strcspn(line, "\n");
		*at = line + *len + (line[*len] == '\n');
		if (*len && *line != '!')
			return line;
	}
	return NULL;
}

static bool same_config(const char *a, const char *b)
{
	const char *x, *y;
	size_t n = 0, m = 0;

	do {
		x = real_line(&a, &n);
		y = real_line(&b, &m);
	} while (x && y && n == m && !memcmp(x, y, n));
	return !x && !y;
}

bool cli_is_saved(struct cli *cli)
{
	char *now = cli_config_text(cli), *then = saved(cli);
	bool same = then && same_config(now, then);

	free(now);
	free(then);
	return same;
}

char *cli_who(const struct cli_out *o)
{
	const struct cli_session *s = o->session;
	char *line, *who;

	if (!s)
		return xstrdup("console");
	line = cli_session_who(s);
	if (!s->user || s->kind != CLI_KIND_VTY)
		return line;
	who = xasprintf("%s on %s", s->user, line);
	free(line);
	return who;
}

void cli_save(struct cli_out *o)
{
	struct cli *cli = o->cli;
	char *text, *when = NULL;
	int error = 0;

	if (o->session)
		when = stamp(o->session);
	free(cli->saved);
	cli->saved = when;
	text = cli_config_text(cli);
	cli_say(o, "Building configuration...\n");
	if (cli->hooks.save)
		error = cli->hooks.save(cli->hooks.ctx, text, strlen(text));
	if (error)
		cli_error(o, "%%Error opening nvram:/startup-config (%s)\n",
			  strerror(-error));
	else
		cli_say(o, "[OK]\n");
	free(text);
}

static void write_memory(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	(void)a;
	cli_save(o);
}

static void erase_confirmed(void *arg, const char *line, struct cli_out *o)
{
	struct cli *cli = o->cli;
	int error = 0;

	(void)arg;
	/* [confirm]: RETURN or y; anything else breaks off. */
	if (line[0] && line[0] != 'y' && line[0] != 'Y')
		return;
	if (cli->hooks.erase)
		error = cli->hooks.erase(cli->hooks.ctx);
	if (error) {
		cli_error(o, "%%Error erasing nvram: (%s)\n", strerror(-error));
		return;
	}
	cli_say(o, "[OK]\nErase of nvram: complete\n");
}

static void erase(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	(void)a;
	cli_ask(o,
		"Erasing the nvram filesystem will remove all configuration "
		"files! Continue? [confirm]",
		false, erase_confirmed, NULL, NULL);
}

/* The number itself says nothing: the writer of configs says its own. */
static void set_version(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	(void)a;
	if (o->session)
		o->session->whole = true;
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show            Show running system information\n"
			 "running-config  Current operating configuration\n"
			 "[ ( all         Configuration with defaults\n"
			 "| brief         configuration without certificate "
			 "data\n"
			 "| full          full configuration\n"
			 ") ]\n",
		.run = show_running,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show            Show running system information\n"
			 "startup-config  Contents of startup configuration\n",
		.run = show_startup,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show           Show running system information\n"
			 "configuration  Contents of Non-Volatile memory\n",
		.run = show_startup,
	},
	{
		.mode = &cli_mode_exec,
		.words = "write     Write running configuration to memory, "
			 "network, or terminal\n"
			 "[ memory  Write to NV memory\n"
			 "]\n",
		.run = write_memory,
	},
	{
		.mode = &cli_mode_exec,
		.words = "write     Write running configuration to memory, "
			 "network, or terminal\n"
			 "terminal  Write to terminal\n",
		.run = show_running,
	},
	{
		.mode = &cli_mode_exec,
		.words = "write  Write running configuration to memory, "
			 "network, or terminal\n"
			 "erase  Erase NV memory\n",
		.run = erase,
	},
	{
		.mode = &cli_mode_exec,
		.words = "erase             Erase a filesystem\n"
			 "( startup-config  Erase contents of configuration "
			 "memory\n"
			 "| nvram:          Filesystem to be erased\n"
			 ")\n",
		.run = erase,
	},
	{
		.mode = &cli_mode_config,
		.words = "version  Set version number\n"
			 "WORD     Version\n",
		.run = set_version,
		.flags = CLI_HIDDEN,
	},
};

void cli_config_init(struct cli *cli)
{
	CLI_ADD(cli, commands, NULL);
}
