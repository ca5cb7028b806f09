/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

enum { DEPTH_MAX = 16 };

/* --- reading ---------------------------------------------------------- */

static struct cli_tree *add(struct cli_tree *to, const char *line, size_t len)
{
	struct cli_tree *t = xcalloc(1, sizeof(*t));

	while (len && (line[len - 1] == ' ' || line[len - 1] == '\r'))
		len--;
	t->line = strndup(line, len);
	to->child = xrealloc(to->child, to->n + 1, sizeof(struct cli_tree *));
	to->child[to->n++] = t;
	return t;
}

static bool starts(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

/* Lines that are about the text, not about the router. */
static bool is_frame(const char *line, size_t len)
{
	return !len || line[0] == '!' || line[0] == '\r' ||
	       (len == 3 && starts(line, "end")) || starts(line, "version ") ||
	       starts(line, "Building configuration") ||
	       starts(line, "Current configuration") || starts(line, "Using ");
}

/* Octets of a banner, whose text ends at the second "^C". */
static size_t banner_length(const char *line, size_t len)
{
	const char *first = strstr(line, "^C");
	const char *end = first ? strstr(first + 2, "^C") : NULL;

	if (!starts(line, "banner ") || !end || first > line + len)
		return len;
	return (size_t)(end + 2 - line);
}

struct cli_tree *cli_tree_parse(const char *text)
{
	struct cli_tree *root = xcalloc(1, sizeof(*root)), *at[DEPTH_MAX + 1];
	size_t indent[DEPTH_MAX + 1], depth = 0, blanks, len;

	at[0] = root;
	indent[0] = 0;
	for (; *text; text += len + (text[len] == '\n')) {
		blanks = strspn(text, " ");
		text += blanks;
		len = strcspn(text, "\n");
		if (is_frame(text, len))
			continue;
		while (depth && indent[depth] > blanks)
			depth--;
		if (blanks > indent[depth] && depth < DEPTH_MAX &&
		    at[depth]->n) {
			at[depth + 1] = at[depth]->child[at[depth]->n - 1];
			indent[++depth] = blanks;
		}
		len = banner_length(text, len);
		add(at[depth], text, len);
	}
	return root;
}

void cli_tree_free(struct cli_tree *t)
{
	size_t i;

	if (!t)
		return;
	for (i = 0; i < t->n; i++)
		cli_tree_free(t->child[i]);
	if (t->line)
		bytes_wipe(t->line, strlen(t->line));
	free(t->line);
	free(t->child);
	free(t);
}

/* --- comparing -------------------------------------------------------- */

static const struct cli_tree *find(const struct cli_tree *in, const char *line)
{
	size_t i;

	for (i = 0; in && i < in->n; i++)
		if (!strcmp(in->child[i]->line, line))
			return in->child[i];
	return NULL;
}

/* In these the order is part of the meaning. */
static bool is_ordered(const struct cli_tree *t)
{
	return starts(t->line, "ip access-list ") ||
	       starts(t->line, "ipv6 access-list ");
}

static bool same(const struct cli_tree *a, const struct cli_tree *b)
{
	size_t i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (strcmp(a->child[i]->line, b->child[i]->line) ||
		    !same(a->child[i], b->child[i]))
			return false;
	return true;
}

/* Whether the line that undoes "no X" is there anyway: X, or X with more. */
static bool is_set(const struct cli_tree *in, const char *positive)
{
	size_t len = strlen(positive), i;

	for (i = 0; in && i < in->n; i++)
		if (!strncmp(in->child[i]->line, positive, len) &&
		    (!in->child[i]->line[len] ||
		     in->child[i]->line[len] == ' '))
			return true;
	return false;
}

/* --- commands --------------------------------------------------------- */

struct text {
	char *at;
	size_t len;
};

static void say(struct text *t, size_t depth, const char *sign,
		const char *line)
{
	char *more = xasprintf("%*s%s%s\n", (int)depth, "", sign, line);
	size_t n = strlen(more);

	t->at = xrealloc(t->at, t->len + n + 1, 1);
	memcpy(t->at + t->len, more, n + 1);
	t->len += n;
	bytes_wipe(more, n);
	free(more);
}

static char *taken(struct text *t)
{
	return t->at ? t->at : xstrdup("");
}

static void add_all(struct text *out, size_t depth, const struct cli_tree *t)
{
	size_t i;

	say(out, depth, "", t->line);
	for (i = 0; i < t->n; i++)
		add_all(out, depth + 1, t->child[i]);
}

static void removals(struct text *out, size_t depth,
		     const struct cli_tree *from, const struct cli_tree *to,
		     bool gentle);

static void remove_one(struct text *out, size_t depth, const struct cli_tree *t,
		       const struct cli_tree *to, bool gentle)
{
	static const struct cli_tree nothing;

	if (starts(t->line, "no ")) {
		if (!is_set(to, t->line + 3))
			say(out, depth, "", t->line + 3);
	} else if (starts(t->line, "exec-timeout ")) {
		/* Its no form is a setting of its own (never). */
		say(out, depth, "", "exec-timeout 10 0");
	} else if (gentle && t->n) {
		say(out, depth, "", t->line);
		removals(out, depth + 1, t, &nothing, gentle);
	} else {
		say(out, depth, "no ", t->line);
	}
}

/* What is said about the inside of a section, behind its line. */
static void say_inside(struct text *out, size_t depth, const struct cli_tree *t,
		       struct text *inside)
{
	if (inside->len) {
		say(out, depth, "", t->line);
		out->at = xrealloc(out->at, out->len + inside->len + 1, 1);
		memcpy(out->at + out->len, inside->at, inside->len + 1);
		out->len += inside->len;
		bytes_wipe(inside->at, inside->len);
	}
	free(inside->at);
}

/* What is in a section goes before what stands beside it: an interface lets
 * go of a crypto map before the map goes. */
static void removals(struct text *out, size_t depth,
		     const struct cli_tree *from, const struct cli_tree *to,
		     bool gentle)
{
	const struct cli_tree *t, *other;
	struct text inside;
	size_t i;

	for (i = 0; i < from->n; i++) {
		t = from->child[i];
		other = find(to, t->line);
		if (!other || is_ordered(t) || same(t, other))
			continue;
		inside = (struct text){ 0 };
		removals(&inside, depth + 1, t, other, gentle);
		say_inside(out, depth, t, &inside);
	}
	/* What came later may need what came before. */
	for (i = from->n; i > 0; i--) {
		t = from->child[i - 1];
		other = find(to, t->line);
		if (!other || (is_ordered(t) && !same(t, other)))
			remove_one(out, depth, t, to, gentle && !other);
	}
}

static void additions(struct text *out, size_t depth,
		      const struct cli_tree *from, const struct cli_tree *to)
{
	const struct cli_tree *t, *other;
	struct text inside;
	size_t i;

	for (i = 0; i < to->n; i++) {
		t = to->child[i];
		other = find(from, t->line);
		if (!other || (is_ordered(t) && !same(t, other))) {
			add_all(out, depth, t);
			continue;
		}
		inside = (struct text){ 0 };
		additions(&inside, depth + 1, other, t);
		say_inside(out, depth, t, &inside);
	}
}

char *cli_tree_commands(const struct cli_tree *from, const struct cli_tree *to,
			bool gentle)
{
	struct text out = { 0 };

	removals(&out, 0, from, to, gentle);
	additions(&out, 0, from, to);
	return taken(&out);
}

/* --- differences ------------------------------------------------------ */

static void mark_all(struct text *out, size_t depth, const char *sign,
		     const struct cli_tree *t)
{
	size_t i;

	say(out, depth, sign, t->line);
	for (i = 0; i < t->n; i++)
		mark_all(out, depth + 1, sign, t->child[i]);
}

static void differ(struct text *out, size_t depth, const struct cli_tree *a,
		   const struct cli_tree *b)
{
	const struct cli_tree *other;
	size_t i;

	for (i = 0; i < b->n; i++) {
		other = find(a, b->child[i]->line);
		if (!other) {
			mark_all(out, depth, "+", b->child[i]);
		} else if (!same(other, b->child[i])) {
			say(out, depth, "", b->child[i]->line);
			differ(out, depth + 1, other, b->child[i]);
		}
	}
	for (i = 0; i < a->n; i++)
		if (!find(b, a->child[i]->line))
			mark_all(out, depth, "-", a->child[i]);
}

char *cli_tree_differences(const struct cli_tree *a, const struct cli_tree *b)
{
	struct text out = { 0 };

	differ(&out, 0, a, b);
	return taken(&out);
}
