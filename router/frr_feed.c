/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/frr_feed.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct feed {
	const struct frr_lines *have, *want;
	bool *gone; /* of have: is not there (any more) */
	void (*line)(void *arg, const char *context, const char *text,
		     const struct frr_line *of);
	void *arg;
};

static bool same(const struct frr_line *a, const struct frr_line *b)
{
	return !strcmp(a->text, b->text) && !strcmp(a->context, b->context);
}

static bool has(const struct frr_lines *lines, const struct frr_line *line)
{
	for (size_t i = 0; i < lines->n; i++)
		if (same(&lines->v[i], line))
			return true;
	return false;
}

static bool begins(const char *text, const char *with, size_t len)
{
	return !strncmp(text, with, len);
}

static void take_away(struct feed *f, const struct frr_line *line)
{
	char *text = begins(line->text, "no ", 3)
			     ? xstrdup(line->text + 3)
			     : xasprintf("no %s", line->text);

	f->line(f->arg, line->context, text, NULL);
	free(text);
}

/* The lines of a block went with it. */
static void lose_block(struct feed *f, const char *opener)
{
	size_t len = strlen(opener);

	for (size_t i = 0; i < f->have->n; i++) {
		const char *context = f->have->v[i].context;

		if (begins(context, opener, len) &&
		    (!context[len] || context[len] == '\n'))
			f->gone[i] = true;
	}
}

/* "neighbor 10.0.0.1 " of "neighbor 10.0.0.1 remote-as 1": its length, 0 when
 * the line makes no neighbor. */
static size_t maker(const char *text)
{
	const char *who, *end;

	if (!begins(text, "neighbor ", 9))
		return 0;
	who = text + 9;
	end = strchr(who, ' ');
	if (!end || (!begins(end, " remote-as ", 11) &&
		     !begins(end, " peer-group", 11)))
		return 0;
	return (size_t)(end - text) + 1;
}

/* A neighbor that is unmade loses all its lines. */
static void lose_neighbor(struct feed *f, const struct frr_line *line,
			  size_t len)
{
	for (size_t i = 0; i < f->have->n; i++) {
		const char *text = f->have->v[i].text;

		if (begins(text, "no ", 3))
			text += 3;
		if (begins(text, line->text, len))
			f->gone[i] = true;
	}
}

/* A group that is unmade takes its members along, with all they have: then the
 * whole of BGP is made anew. */
static bool group_gone(const struct feed *f)
{
	for (size_t i = 0; i < f->have->n; i++) {
		const struct frr_line *line = &f->have->v[i];
		size_t len = strlen(line->text);
		static const char end[] = " peer-group";

		if (maker(line->text) && len > strlen(end) &&
		    !strcmp(line->text + len - strlen(end), end) &&
		    !has(f->want, line))
			return true;
	}
	return false;
}

static void blocks(struct feed *f)
{
	bool anew = group_gone(f);

	for (size_t i = 0; i < f->have->n; i++) {
		const struct frr_line *line = &f->have->v[i];

		bool router = begins(line->text, "router ", 7);

		if (*line->context ||
		    (!router && !begins(line->text, "route-map ", 10)) ||
		    (has(f->want, line) && !(anew && router)))
			continue;
		take_away(f, line);
		lose_block(f, line->text);
		f->gone[i] = true;
	}
}

static void neighbors(struct feed *f)
{
	for (size_t i = 0; i < f->have->n; i++) {
		const struct frr_line *line = &f->have->v[i];
		size_t len = maker(line->text);

		if (f->gone[i] || !len || has(f->want, line))
			continue;
		take_away(f, line);
		lose_neighbor(f, line, len);
	}
}

static bool there(const struct feed *f, const struct frr_line *line)
{
	for (size_t i = 0; i < f->have->n; i++)
		if (!f->gone[i] && same(&f->have->v[i], line))
			return true;
	return false;
}

void frr_feed(const struct frr_lines *have, const struct frr_lines *want,
	      void (*line)(void *arg, const char *context, const char *text,
			   const struct frr_line *of),
	      void *arg)
{
	struct feed f = { have, want, NULL, line, arg };

	f.gone = xcalloc(have->n + 1, sizeof(*f.gone));
	blocks(&f);
	neighbors(&f);
	for (size_t i = have->n; i-- > 0;) {
		if (f.gone[i] || has(want, &have->v[i]))
			continue;
		take_away(&f, &have->v[i]);
		f.gone[i] = true;
	}
	for (size_t i = 0; i < want->n; i++)
		if (!there(&f, &want->v[i]))
			line(arg, want->v[i].context, want->v[i].text,
			     &want->v[i]);
	free(f.gone);
}
