/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_kept.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "cli/cli_priv.h"

/* A row as a command. */
struct row {
	struct cli_cmd cmd; /* first: its handlers find the row */
	const struct cli_kept *kept;
	char *words;
	bool inner; /* its mode is that of a row's block */
};

struct table {
	TAILQ_ENTRY(table) link;
	struct row *rows;
	size_t n;
};

struct line {
	TAILQ_ENTRY(line) link;
	const struct cli_kept *kept;
	const struct line *block; /* in which it stands, or NULL */
	char *key, *text;	  /* without "no " */
	char *body;		  /* lines of data, or NULL */
	bool no;
	unsigned int depth; /* blanks before it */
};

/* The lines of one object. */
struct owner {
	TAILQ_ENTRY(owner) link;
	const void *obj; /* NULL: of the router */
	TAILQ_HEAD(, line) lines;
};

struct cli_kept_store {
	TAILQ_HEAD(, table) tables;
	TAILQ_HEAD(, owner) owners;
	size_t n_lines;
	struct cli_kept_user user;
};

static const struct cli_kept *kept_of(const struct cli_cmd *cmd)
{
	return ((const struct row *)cmd)->kept;
}

static void tell(const struct cli *cli, const struct cli_kept *kept)
{
	const struct cli_kept_user *user = &cli->kept->user;

	if (kept->flags & CLI_KEPT_USED && user->changed)
		user->changed(user->ctx);
}

/* --- the store ------------------------------------------------------------ */

static struct owner *owner_find(struct cli_kept_store *store, const void *obj)
{
	struct owner *owner;

	/* Outside of blocks the object is the ctx of the command. */
	if (obj == store)
		obj = NULL;
	TAILQ_FOREACH (owner, &store->owners, link)
		if (owner->obj == obj)
			return owner;
	return NULL;
}

static struct owner *owner_get(struct cli_kept_store *store, const void *obj)
{
	struct owner *owner = owner_find(store, obj);

	if (owner)
		return owner;
	owner = xcalloc(1, sizeof(*owner));
	owner->obj = obj == store ? NULL : obj;
	TAILQ_INIT(&owner->lines);
	/* A block is typed in one go: the newest is asked for next. */
	TAILQ_INSERT_HEAD(&store->owners, owner, link);
	return owner;
}

static void wipe(char *text)
{
	/* Some hold a password. */
	if (text)
		bytes_wipe(text, strlen(text));
	free(text);
}

static void line_free(struct line *line)
{
	wipe(line->key);
	wipe(line->text);
	wipe(line->body);
	free(line);
}

static void owner_free(struct cli_kept_store *store, struct owner *owner)
{
	struct line *line;

	TAILQ_REMOVE(&store->owners, owner, link);
	while ((line = TAILQ_FIRST(&owner->lines))) {
		TAILQ_REMOVE(&owner->lines, line, link);
		store->n_lines--;
		line_free(line);
	}
	free(owner);
}

static void line_drop(struct cli *cli, struct owner *owner, struct line *line)
{
	const struct cli_kept *kept = line->kept;

	TAILQ_REMOVE(&owner->lines, line, link);
	cli->kept->n_lines--;
	cli_forget(cli, line);
	line_free(line);
	tell(cli, kept);
}

void cli_kept_forget(struct cli *cli, const void *obj)
{
	struct owner *owner = owner_find(cli->kept, obj);
	struct line *line;

	if (!owner || !obj)
		return;
	/* What stands in its blocks goes first. */
	while ((line = TAILQ_FIRST(&owner->lines)))
		line_drop(cli, owner, line);
	owner_free(cli->kept, owner);
}

/* The first words as they are shown: keywords in full. */
static char *words_of(const struct cli_args *a, size_t n)
{
	char *text = NULL, *more;
	size_t i;

	for (i = 0; i < n && i < a->n; i++) {
		more = xasprintf("%s%s%s", text ? text : "", i ? " " : "",
				 a->v[i].text);
		wipe(text);
		text = more;
	}
	return text ? text : xstrdup("");
}

static struct line *line_find(const struct owner *owner,
			      const struct cli_kept *kept, const char *key)
{
	struct line *line;

	TAILQ_FOREACH (line, &owner->lines, link)
		if (line->kept == kept && !strcmp(line->key, key))
			return line;
	return NULL;
}

/* --- typing --------------------------------------------------------------- */

/* The line that was typed, kept; NULL when there are too many. */
static struct line *put(struct cli_kept_store *store, void *obj,
			const struct cli_args *a, struct cli_out *o)
{
	struct owner *owner = owner_get(store, obj);
	const struct cli_kept *kept = kept_of(a->command->cmd);
	char *key = words_of(a, a->key);
	struct line *line = line_find(owner, kept, key);

	if (!line && store->n_lines == CLI_KEPT_LINES) {
		cli_error(o, "%% Too many lines\n");
		free(key);
		return NULL;
	}
	if (!line) {
		line = xcalloc(1, sizeof(*line));
		line->kept = kept;
		line->key = xstrdup(key);
		line->depth = o->level ? (unsigned int)o->level - 1 : 0;
		if (((const struct row *)a->command->cmd)->inner)
			line->block = obj;
		TAILQ_INSERT_TAIL(&owner->lines, line, link);
		store->n_lines++;
	}
	wipe(key);
	wipe(line->text);
	line->text = words_of(a, a->no ? a->key : a->n);
	line->no = a->no;
	tell(o->cli, kept);
	return line;
}

static bool begins(const char *text, const char *with)
{
	size_t len = strlen(with);

	return !strncmp(text, with, len) && (!text[len] || text[len] == ' ');
}

/* The lines that begin with what was typed; values behind the dot need not
 * be those that are kept. */
static void take_away(struct cli *cli, void *obj, const struct cli_args *a)
{
	struct owner *owner = owner_find(cli->kept, obj);
	const struct cli_kept *kept = kept_of(a->command->cmd);
	char *typed = words_of(a, a->key);
	struct line *line, *next;

	for (line = owner ? TAILQ_FIRST(&owner->lines) : NULL; line;
	     line = next) {
		next = TAILQ_NEXT(line, link);
		if (line->kept == kept && begins(line->text, typed))
			line_drop(cli, owner, line);
	}
	wipe(typed);
}

bool cli_kept_has(struct cli_out *o, const void *obj, const char *words)
{
	const struct owner *owner = owner_find(o->cli->kept, obj);
	const struct line *line;

	if (!owner)
		return false;
	TAILQ_FOREACH (line, &owner->lines, link)
		if (!line->no && begins(line->text, words))
			return true;
	return false;
}

const char *cli_kept_value(struct cli_out *o, const void *obj,
			   const char *words)
{
	const struct owner *owner = owner_find(o->cli->kept, obj);
	size_t len = strlen(words);
	const struct line *line;

	if (!owner)
		return NULL;
	TAILQ_FOREACH (line, &owner->lines, link)
		if (!line->no && begins(line->text, words) && line->text[len])
			return line->text + len + 1;
	return NULL;
}

static void drop_in(struct cli *cli, const void *obj, const char *words)
{
	struct owner *owner = owner_find(cli->kept, obj);
	struct line *line, *next;

	for (line = owner ? TAILQ_FIRST(&owner->lines) : NULL; line;
	     line = next) {
		next = TAILQ_NEXT(line, link);
		if (begins(line->text, words))
			line_drop(cli, owner, line);
		else if (line->kept->enters)
			drop_in(cli, line, words);
	}
}

void cli_kept_drop(struct cli_out *o, const void *obj, const char *words)
{
	drop_in(o->cli, obj, words);
}

/* Data of a line, as it comes in. */
struct body {
	const struct cli_kept *kept;
	void *obj;
	char *key, *text;
};

static void body_free(void *arg)
{
	struct body *b = arg;

	wipe(b->key);
	wipe(b->text);
	free(b);
}

static void body_done(struct body *b, struct cli *cli)
{
	struct owner *owner = owner_find(cli->kept, b->obj);
	struct line *line = owner ? line_find(owner, b->kept, b->key) : NULL;

	/* Another terminal may have taken it away meanwhile. */
	if (!line)
		return;
	wipe(line->body);
	line->body = b->text;
	b->text = NULL;
}

static void body_line(void *arg, const char *line, struct cli_out *o)
{
	struct body *b = arg;
	size_t len, have = b->text ? strlen(b->text) : 0;
	struct cli_words w;
	char *more;

	cli_words_cut(&w, line);
	line = w.text + strspn(w.text, " ");
	len = strlen(line);
	while (len && line[len - 1] == ' ')
		len--;
	if (len == strlen("quit") && !strncmp(line, "quit", len)) {
		body_done(b, o->cli);
		return;
	}
	if (len && have + len < CLI_KEPT_BODY) {
		more = xasprintf("%s%.*s\n", b->text ? b->text : "", (int)len,
				 line);
		wipe(b->text);
		b->text = more;
	}
	cli_ask(o, "", false, body_line, body_free, b);
}

static void ask_body(struct line *line, void *obj, struct cli_out *o)
{
	struct body *b = xcalloc(1, sizeof(*b));

	b->kept = line->kept;
	b->obj = obj;
	b->key = xstrdup(line->key);
	cli_ask(o, "", false, body_line, body_free, b);
}

static void run_kept(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct cli_kept *kept = kept_of(a->command->cmd);
	struct line *line;

	if (kept->flags & CLI_KEPT_LEAVE) {
		if (o->session && o->level)
			cli_session_pop(o->session, o->level - 1);
		return;
	}
	if (kept->check && !kept->check(obj, a, o))
		return;
	if (kept->flags & CLI_KEPT_ON) {
		take_away(o->cli, obj, a);
		return;
	}
	line = put(o->cli->kept, obj, a, o);
	if (line && kept->flags & CLI_KEPT_TEXT)
		ask_body(line, obj, o);
	if (line && kept->enters)
		cli_enter(o, kept->enters, line);
}

static void run_no(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct cli_kept *kept = kept_of(a->command->cmd);

	if (kept->check && !kept->check(obj, a, o))
		return;
	if (kept->flags & (CLI_KEPT_ON | CLI_KEPT_BOTH))
		put(o->cli->kept, obj, a, o);
	else
		take_away(o->cli, obj, a);
}

/* --- showing -------------------------------------------------------------- */

static void write_body(const struct line *line, struct cli_out *o)
{
	const char *at = line->body ? line->body : "", *end;
	int blanks = (int)line->depth + 1;

	for (; *at; at = end + 1) {
		end = at + strcspn(at, "\n");
		cli_say(o, "%*s%.*s\n", blanks, "", (int)(end - at), at);
	}
	cli_say(o, "%*s\tquit\n", blanks, "");
}

static const char *why(const struct cli *cli, const struct line *line)
{
	const unsigned int so = line->no ? CLI_KEPT_NO_SO : CLI_KEPT_SO;
	const struct cli_kept_user *user = &cli->kept->user;
	const char *reason;
	char *text;

	if (line->kept->flags & so)
		return NULL;
	if (!(line->kept->flags & CLI_KEPT_USED) || !user->why)
		return line->kept->why;
	text = xasprintf("%s%s", line->no ? "no " : "", line->text);
	reason = user->why(user->ctx, line->block ? line->block->text : NULL,
			   text);
	wipe(text);
	return reason;
}

static void write_line(const struct line *line, struct cli_out *o)
{
	if (o->marking)
		cli_why(o, why(o->cli, line));
	cli_say(o, "%*s%s%s\n", (int)line->depth, "", line->no ? "no " : "",
		line->text);
	if (line->kept->flags & CLI_KEPT_TEXT && !o->marking)
		write_body(line, o);
	if (!line->kept->enters)
		return;
	cli_write_mode(o, line->kept->enters, line);
	if (!line->depth)
		cli_say(o, "!\n");
}

static void write_kept(const void *obj, struct cli_out *o)
{
	const struct cli_kept *kept = kept_of(o->writing);
	const struct owner *owner = owner_find(o->cli->kept, obj);
	const struct line *line;

	if (kept->flags & CLI_KEPT_LEAVE) {
		/* obj is the line that opened the block. */
		line = obj;
		cli_say(o, "%*s%s\n", (int)line->depth, "", kept->words);
		return;
	}
	if (!owner)
		return;
	TAILQ_FOREACH (line, &owner->lines, link)
		if (line->kept == kept)
			write_line(line, o);
}

/* --- the tables ----------------------------------------------------------- */

static const struct cli_mode *mode_of(const struct cli *cli,
				      const struct cli_kept *kept)
{
	const struct cli_mode *mode;
	size_t i;

	if (kept->mode || !kept->in)
		return kept->mode ? kept->mode : &cli_mode_config;
	for (i = 0; i < cli->n_commands; i++) {
		mode = cli->commands[i].cmd->mode;
		if (mode->prompt && !strcmp(mode->prompt, kept->in))
			return mode;
	}
	return NULL;
}

/* Each token on a line of its own. */
static char *grammar_of(const char *words)
{
	char *text = xstrdup(words), *p;

	for (p = text; *p; p++)
		if (*p == ' ')
			*p = '\n';
	return text;
}

static bool is_inner(const struct cli_kept *table, size_t n,
		     const struct cli_mode *mode)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (table[i].enters && table[i].enters == mode)
			return true;
	return false;
}

static void add_row(struct cli *cli, struct row *row,
		    const struct cli_kept *kept)
{
	const struct cli_mode *mode = mode_of(cli, kept);

	row->kept = kept;
	if (!mode)
		return;
	row->words = kept->grammar ? xstrdup(kept->grammar)
				   : grammar_of(kept->words);
	row->cmd = (struct cli_cmd){
		.mode = mode,
		.words = row->words,
		.run = run_kept,
		.no = kept->flags & CLI_KEPT_LEAVE ? NULL : run_no,
		.write = write_kept,
		.order = kept->order,
		.flags = kept->grammar ? 0 : CLI_HIDDEN | CLI_KEPT,
		.why = kept->why,
	};
	cli_add(cli, &row->cmd, 1, cli->kept);
}

void cli_keep(struct cli *cli, const struct cli_kept *table, size_t n)
{
	struct table *t = xcalloc(1, sizeof(*t));
	size_t i;

	t->rows = xcalloc(n, sizeof(*t->rows));
	t->n = n;
	TAILQ_INSERT_TAIL(&cli->kept->tables, t, link);
	for (i = 0; i < n; i++) {
		t->rows[i].inner = is_inner(table, n, table[i].mode);
		add_row(cli, &t->rows[i], &table[i]);
	}
}

void cli_kept_use(struct cli *cli, const struct cli_kept_user *user)
{
	cli->kept->user = *user;
}

void cli_kept_init(struct cli *cli)
{
	cli->kept = xcalloc(1, sizeof(*cli->kept));
	TAILQ_INIT(&cli->kept->tables);
	TAILQ_INIT(&cli->kept->owners);
}

void cli_kept_free(struct cli *cli)
{
	struct cli_kept_store *store = cli->kept;
	struct table *t;
	size_t i;

	while (!TAILQ_EMPTY(&store->owners))
		owner_free(store, TAILQ_FIRST(&store->owners));
	while ((t = TAILQ_FIRST(&store->tables))) {
		TAILQ_REMOVE(&store->tables, t, link);
		for (i = 0; i < t->n; i++)
			free(t->rows[i].words);
		free(t->rows);
		free(t);
	}
	free(store);
}
