/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a typed line to the handler: modes and their parents, no, default, do,
 * filters, and IOS's words for what cannot be understood. */
#include "cli/cli_priv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "cli/cli_alias.h"
#include "cli/cli_line.h"

struct resolved {
	struct cli_match match;
	size_t level;
};

static bool is_word(const struct cli_words *w, size_t i, const char *text)
{
	return i < w->end && !strcasecmp(w->word[i], text);
}

/* "default" may be cut short where no keyword of the mode is meant. */
static bool is_default(const struct cli_words *w, size_t i)
{
	size_t len = i < w->end ? strlen(w->word[i]) : 0;

	return len >= 4 && !strncasecmp(w->word[i], "default", len);
}

static bool is_negation(const struct cli_words *w, size_t first, size_t level)
{
	return is_word(w, first, "no") || (level > 0 && is_default(w, first));
}

static struct cli_query query(struct cli_session *s, const struct cli_words *w,
			      size_t first, size_t level)
{
	return (struct cli_query){
		.cli = s->cli,
		.mode = s->stack[level].mode,
		.words = w,
		.first = first,
		.end = w->end,
		.privilege = s->privilege,
	};
}

/* A kept line whose first word was guessed from its beginning. */
static bool is_guess(const struct cli_match *m, const struct cli_words *w,
		     size_t first)
{
	const struct cli_args *a = m->args;

	return m->verdict == CLI_MATCHED && a->n > 0 &&
	       m->command->cmd->flags & CLI_KEPT &&
	       strcasecmp(a->v[0].text, w->word[first + (a->no ? 1 : 0)]);
}

/* One mode; a command of its own that begins with no or default goes first. */
static struct cli_match match_mode(struct cli_session *s,
				   const struct cli_words *w, size_t first,
				   size_t level)
{
	struct cli_query q = query(s, w, first, level);
	struct cli_match plain, negated;

	cli_match(&q, &plain);
	if (!is_negation(w, first, level) ||
	    (plain.verdict == CLI_MATCHED && !is_guess(&plain, w, first)))
		return plain;
	if (w->end == first + 1 && plain.verdict != CLI_MATCHED) {
		plain.verdict = CLI_INCOMPLETE;
		return plain;
	}
	q.first++;
	q.no = true;
	cli_match(&q, &negated);
	/* "default" is no abbreviation of default-router, if it can. */
	if (plain.verdict == CLI_MATCHED && negated.verdict != CLI_MATCHED)
		return plain;
	if (plain.verdict == CLI_MATCHED)
		cli_args_free(plain.args);
	else if (plain.at > negated.at)
		return plain;
	return negated;
}

/* Such a line is no better than one of a mode around it that begins with the
 * very word: "key 2" behind "key-string X" is another key. */
static void prefer_outer(struct cli_session *s, const struct cli_words *w,
			 size_t first, struct resolved *best)
{
	struct resolved r = { .level = best->level };

	while (r.level > 1 && is_guess(&best->match, w, first)) {
		r.level--;
		r.match = match_mode(s, w, first, r.level);
		if (r.match.verdict != CLI_MATCHED)
			continue;
		if (is_guess(&r.match, w, first)) {
			cli_args_free(r.match.args);
			continue;
		}
		cli_args_free(best->match.args);
		*best = r;
	}
}

/* The current mode, then its parents; exec has none. */
static struct resolved resolve(struct cli_session *s, const struct cli_words *w,
			       size_t first, size_t level)
{
	struct resolved best = { .level = level }, r;

	best.match = match_mode(s, w, first, level);
	while (level > 1 && best.match.verdict != CLI_MATCHED &&
	       best.match.verdict != CLI_AMBIGUOUS) {
		r.level = --level;
		r.match = match_mode(s, w, first, level);
		if (r.match.verdict == CLI_MATCHED ||
		    r.match.at > best.match.at)
			best = r;
	}
	prefer_outer(s, w, first, &best);
	return best;
}

/* --- errors --- */

static void say_caret(struct cli_session *s, const struct cli_words *w,
		      size_t at)
{
	char *prompt = cli_session_prompt(s);
	size_t column =
		cli_columns(prompt, strlen(prompt)) + cli_columns(w->text, at);

	cli_session_say(s, "%*s^\n%% Invalid input detected at '^' marker.\n\n",
			(int)column, "");
	free(prompt);
}

/* In exec, "show" alone has words of its own in IOS. */
static bool is_lone_show(const struct cli_session *s, const struct cli_words *w)
{
	return !cli_session_in_config(s) && w->end == 1 &&
	       strlen(w->word[0]) >= 2 &&
	       !strncasecmp(w->word[0], "show", strlen(w->word[0]));
}

static void say_error(struct cli_session *s, const struct cli_words *w,
		      const char *line, const struct cli_match *m)
{
	s->failed = true;
	if (m->verdict == CLI_AMBIGUOUS)
		cli_session_say(s, "%% Ambiguous command:  \"%s\"\n", line);
	else if (m->verdict == CLI_INCOMPLETE && is_lone_show(s, w))
		cli_session_say(s, "%% Type \"show ?\" for a list of "
				   "subcommands\n");
	else if (m->verdict == CLI_INCOMPLETE)
		cli_session_say(s, "%% Incomplete command.\n\n");
	else
		say_caret(s, w, m->at);
}

/* IOS takes a lone unknown word for a host to telnet to.  No
 * name server is asked, so the answer comes at once. */
static void say_unknown_word(struct cli_session *s, const char *word)
{
	static const char server[] = "domain server (255.255.255.255)";

	s->failed = true;
	cli_session_say(s,
			"Translating \"%s\"...%s\n (255.255.255.255)\n"
			"Translating \"%s\"...%s\n\n"
			"%% Unknown command or computer name, or unable to "
			"find computer address\n",
			word, server, word, server);
}

/* A host that stands where a command is expected is called. */
static bool call_host(struct cli_session *s, struct cli_words *w, size_t first)
{
	const struct cli *cli = s->cli;
	char *line;

	if (!cli->host_known || w->end != first + 1 || s->startup ||
	    !cli_line_telnets(s) ||
	    !cli->host_known(cli->host_arg, w->word[first]))
		return false;
	line = xasprintf("telnet %s", w->word[first]);
	cli_words_cut(w, line);
	free(line);
	return true;
}

static bool is_unknown_word(const struct cli_session *s,
			    const struct cli_words *w, size_t first,
			    const struct resolved *r)
{
	return r->level == 0 && r->match.verdict == CLI_INVALID &&
	       w->end == first + 1 && !s->startup &&
	       isalpha((unsigned char)w->word[first][0]) && cli_line_telnets(s);
}

/* --- filters --- */

static const struct {
	const char *word;
	enum cli_filter_kind kind;
} filters[] = {
	{ "begin", CLI_FILTER_BEGIN },	   { "count", CLI_FILTER_COUNT },
	{ "exclude", CLI_FILTER_EXCLUDE }, { "include", CLI_FILTER_INCLUDE },
	{ "section", CLI_FILTER_SECTION },
};

static enum cli_filter_kind filter_kind(const char *word)
{
	size_t len = strlen(word), i;

	for (i = 0; len && i < ARRAY_SIZE(filters); i++)
		if (!strncasecmp(filters[i].word, word, len))
			return filters[i].kind;
	return CLI_FILTER_NONE;
}

/* section exclude RE, section include RE */
static size_t section_form(const struct cli_words *f,
			   enum cli_filter_kind *kind)
{
	enum cli_filter_kind form;

	if (*kind != CLI_FILTER_SECTION || f->n < 3)
		return 1;
	form = filter_kind(f->word[1]);
	if (strlen(f->word[1]) < 3 ||
	    (form != CLI_FILTER_EXCLUDE && form != CLI_FILTER_INCLUDE))
		return 1;
	if (form == CLI_FILTER_EXCLUDE)
		*kind = CLI_FILTER_SECTION_EXCLUDE;
	return 2;
}

/* The filter that stands behind offset at; NULL after an error was said. */
static struct cli_filter *read_filter(struct cli_session *s,
				      const struct cli_words *w, size_t at)
{
	struct cli_match m = { .verdict = CLI_INCOMPLETE };
	enum cli_filter_kind kind;
	struct cli_filter *filter;
	struct cli_words f = *w;
	size_t pattern, len;

	cli_words_blank(&f, at + 1);
	if (f.n < 1) {
		say_error(s, w, w->text, &m);
		return NULL;
	}
	kind = filter_kind(f.word[0]);
	if (kind == CLI_FILTER_NONE) {
		m.verdict = CLI_INVALID;
		m.at = f.at[0];
		say_error(s, w, w->text, &m);
		return NULL;
	}
	pattern = section_form(&f, &kind);
	if (f.n <= pattern) {
		say_error(s, w, w->text, &m);
		return NULL;
	}
	len = strlen(f.text);
	while (f.text[len - 1] == ' ')
		f.text[--len] = '\0';
	filter = cli_filter_new(kind, f.text + f.at[pattern]);
	if (!filter) {
		s->failed = true;
		cli_session_say(s, "%% Failed to compile regular "
				   "expression.\n\n");
	}
	return filter;
}

/* Offset of the bar that begins a filter, 0 if there is none. */
static size_t find_bar(const struct cli_words *w)
{
	size_t i;

	for (i = 1; i < w->end; i++)
		if (w->word[i][0] == '|')
			return w->at[i];
	return 0;
}

/* --- running --- */

static struct cli_out *make_out(struct cli_session *s, const struct resolved *r,
				struct cli_filter *filter)
{
	struct cli_out *o = cli_out_new(s->cli, s);
	const struct cli_command *c = r->match.command;

	o->level = r->level;
	o->filter = filter;
	o->ctx = c->ctx;
	o->obj = r->level > 1 ? s->stack[r->level].obj : c->ctx;
	return o;
}

static void call(const struct resolved *r, struct cli_out *o)
{
	const struct cli_cmd *cmd = r->match.command->cmd;

	if (r->match.args->no)
		cmd->no(o->obj, r->match.args, o);
	else
		cmd->run(o->obj, r->match.args, o);
}

/* The other objects of a range, unless it has been left. */
static void call_range(struct cli_session *s, const struct resolved *r,
		       struct cli_out *o)
{
	size_t i;

	for (i = 1; s->range_level == r->level && i < s->range_n && !o->held &&
		    !s->question.prompt;
	     i++) {
		o->obj = s->range[i];
		call(r, o);
	}
}

static void run(struct cli_session *s, const struct resolved *r,
		struct cli_filter *filter)
{
	const struct cli_command *c = r->match.command;
	struct cli_args *a = r->match.args;
	struct cli_out *o = make_out(s, r, filter);

	if (r->level > 0)
		cli_session_pop(s, r->level);
	s->secret = s->secret || c->cmd->flags & CLI_SECRET;
	s->running = true;
	call(r, o);
	if (r->level > 1)
		call_range(s, r, o);
	s->running = false;
	cli_args_free(a);
	s->failed = s->failed || o->failed;
	if (o->held)
		cli_out_flush(o);
	else
		cli_out_free(o);
}

/* Text that begins a pasted running-config and says nothing. */
static bool is_heading(const struct cli_words *w)
{
	return (w->n == 2 && is_word(w, 0, "Building") &&
		is_word(w, 1, "configuration...")) ||
	       (w->n >= 3 && is_word(w, 0, "Current") &&
		is_word(w, 1, "configuration") && w->word[2][0] == ':') ||
	       (w->n == 6 && is_word(w, 0, "Using") && is_word(w, 2, "out") &&
		is_word(w, 5, "bytes"));
}

/* A prompt that was pasted with its line: KS1(config-if)#no shutdown. */
static bool drop_prompt(struct cli_words *w)
{
	size_t len = w->n ? strcspn(w->word[0], "#>") : 0;

	if (!len || !w->word[0][len])
		return false;
	cli_words_blank(w, w->at[0] + len + 1);
	return true;
}

static void run_exec(struct cli_session *s, struct cli_words *w, size_t first,
		     bool may_drop);

static void run_config(struct cli_session *s, struct cli_words *w,
		       const char *line, bool may_drop)
{
	struct resolved r;
	struct cli_words stripped;

	if (is_word(w, 0, "do") && w->end > 1) {
		run_exec(s, w, 1, false);
		return;
	}
	r = resolve(s, w, 0, s->depth - 1);
	if (r.match.verdict == CLI_MATCHED) {
		run(s, &r, NULL);
		return;
	}
	stripped = *w;
	if (may_drop && r.match.verdict == CLI_INVALID &&
	    drop_prompt(&stripped)) {
		if (stripped.n && !stripped.comment)
			run_config(s, &stripped, line, false);
		return;
	}
	say_error(s, w, line, &r.match);
}

static void run_exec(struct cli_session *s, struct cli_words *w, size_t first,
		     bool may_drop)
{
	struct cli_filter *filter = NULL;
	struct cli_words whole = *w;
	struct resolved r;
	size_t bar = find_bar(w);

	if (bar)
		cli_words_cut_at(w, bar);
	r.level = 0;
	r.match = match_mode(s, w, first, 0);
	if (r.match.verdict == CLI_MATCHED) {
		filter = bar ? read_filter(s, &whole, bar) : NULL;
		if (bar && !filter)
			cli_args_free(r.match.args);
		else
			run(s, &r, filter);
		return;
	}
	if (may_drop && r.match.verdict == CLI_INVALID && drop_prompt(&whole)) {
		if (whole.n && !whole.comment)
			run_exec(s, &whole, 0, false);
		return;
	}
	if (r.match.verdict == CLI_INVALID && call_host(s, w, first))
		run_exec(s, w, 0, false);
	else if (is_unknown_word(s, w, first, &r))
		say_unknown_word(s, w->word[first]);
	else
		say_error(s, &whole, whole.text, &r.match);
}

static void run_words(struct cli_session *s, struct cli_words *w)
{
	if (!w->n || w->comment || is_heading(w))
		return;
	if (cli_session_in_config(s)) {
		run_config(s, w, w->text, true);
		return;
	}
	cli_alias_expand(s->cli, w);
	run_exec(s, w, 0, true);
}

void cli_run_line(struct cli_session *s, const char *line)
{
	struct cli_words w;

	cli_words_cut(&w, line);
	run_words(s, &w);
	if (s->secret)
		bytes_wipe(&w, sizeof(w));
}
