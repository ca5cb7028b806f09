/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/frr_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define NUMBER "-+.0123456789eE"

enum { CHUNK = 256 }; /* nodes at a time */

struct chunk {
	struct chunk *next;
	struct frr_node node[CHUNK];
};

struct frr_json {
	char *buf; /* texts are cut out of it */
	struct chunk *chunks;
	size_t n;
	const struct frr_node *root;
};

struct parser {
	struct frr_json *json;
	char *p; /* always before the NUL at the end, or on it */
	unsigned int depth;
};

static struct frr_node *node_new(struct frr_json *j)
{
	struct chunk *c = j->chunks;

	if (j->n == FRR_JSON_NODES)
		return NULL;
	if (j->n % CHUNK == 0) {
		c = xcalloc(1, sizeof(*c));
		c->next = j->chunks;
		j->chunks = c;
	}
	return &c->node[j->n++ % CHUNK];
}

static void skip_blanks(struct parser *p)
{
	p->p += strspn(p->p, " \t\r\n");
}

/* --- strings -------------------------------------------------------------- */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* What stands behind a backslash; false: nothing that may. */
static bool unescape(char **p, char *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/.....";
	const char *at;

	if (**p == 'u') {
		/* Names in other scripts are not ours to print. */
		for (int i = 1; i <= 4; i++)
			if (hex((*p)[i]) < 0)
				return false;
		*p += 5;
		*out = '.';
		return true;
	}
	at = **p ? strchr(from, **p) : NULL;
	if (!at)
		return false;
	*out = to[at - from];
	++*p;
	return true;
}

/* Behind the quote; NULL: it does not end. */
static char *read_string(struct parser *p)
{
	char *text = p->p, *out = text, c;

	while (*p->p != '"') {
		c = *p->p;
		if (!c)
			return NULL;
		p->p++;
		if (c == '\\' && !unescape(&p->p, &c))
			return NULL;
		*out++ = c >= ' ' && c <= '~' ? c : '.';
	}
	p->p++;
	*out = '\0';
	return text;
}

/* --- values --------------------------------------------------------------- */

static struct frr_node *read_value(struct parser *p);

static bool is_sign(struct parser *p, char sign)
{
	skip_blanks(p);
	if (*p->p != sign)
		return false;
	p->p++;
	return true;
}

static bool read_member(struct parser *p, bool object, struct frr_node **out)
{
	const char *key = NULL;

	if (object) {
		if (!is_sign(p, '"'))
			return false;
		key = read_string(p);
		if (!key || !is_sign(p, ':'))
			return false;
	}
	*out = read_value(p);
	if (*out)
		(*out)->key = key;
	return *out;
}

/* Behind the opening bracket. */
static bool read_members(struct parser *p, struct frr_node *in)
{
	bool object = in->type == FRR_JSON_OBJECT;
	const char end = object ? '}' : ']';
	struct frr_node *member;
	const struct frr_node **to = &in->child;

	if (is_sign(p, end))
		return true;
	do {
		if (!read_member(p, object, &member))
			return false;
		*to = member;
		to = &member->next;
	} while (is_sign(p, ','));
	return is_sign(p, end);
}

/* The length of the word that stands there, 0: none. */
static size_t read_word(const struct parser *p, enum frr_json_type *type)
{
	static const struct {
		const char *word;
		enum frr_json_type type;
	} words[] = {
		{ "null", FRR_JSON_NULL },
		{ "true", FRR_JSON_BOOL },
		{ "false", FRR_JSON_BOOL },
	};
	size_t n = strspn(p->p, NUMBER);

	*type = FRR_JSON_NUMBER;
	if (n)
		return n;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		*type = words[i].type;
		if (!strncmp(p->p, words[i].word, strlen(words[i].word)))
			return strlen(words[i].word);
	}
	return 0;
}

static bool fill(struct parser *p, struct frr_node *node)
{
	size_t n;

	node->text = "";
	if (is_sign(p, '{') || is_sign(p, '[')) {
		node->type = p->p[-1] == '{' ? FRR_JSON_OBJECT : FRR_JSON_ARRAY;
		return read_members(p, node);
	}
	if (is_sign(p, '"')) {
		node->type = FRR_JSON_STRING;
		node->text = read_string(p);
		return node->text;
	}
	n = read_word(p, &node->type);
	/* What follows is a sign, which is looked at before the NUL goes
	 * there (end_words()). */
	node->text = p->p;
	p->p += n;
	return n;
}

static struct frr_node *read_value(struct parser *p)
{
	struct frr_node *node = NULL;

	if (p->depth == FRR_JSON_DEPTH)
		return NULL;
	p->depth++;
	node = node_new(p->json);
	if (node && !fill(p, node))
		node = NULL;
	p->depth--;
	return node;
}

static void end_word(struct frr_json *json, const struct frr_node *n)
{
	const char *signs = n->type == FRR_JSON_NUMBER ? NUMBER : "aeflnrstu";

	json->buf[n->text - json->buf + (ptrdiff_t)strspn(n->text, signs)] =
		'\0';
}

/* Numbers and words end where their signs do. */
static void end_words(struct frr_json *json)
{
	size_t left = json->n;

	for (struct chunk *c = json->chunks; c; c = c->next) {
		size_t used = left % CHUNK ? left % CHUNK : CHUNK;

		for (size_t i = 0; i < used; i++) {
			struct frr_node *n = &c->node[i];

			if (n->type == FRR_JSON_NUMBER ||
			    n->type == FRR_JSON_BOOL ||
			    n->type == FRR_JSON_NULL)
				end_word(json, n);
		}
		left -= used;
	}
}

struct frr_json *frr_json_read(const char *text)
{
	struct frr_json *json = xcalloc(1, sizeof(*json));
	struct parser p = { .json = json };

	json->buf = p.p = xstrdup(text);
	json->root = read_value(&p);
	skip_blanks(&p);
	if (json->root && !*p.p) {
		end_words(json);
		return json;
	}
	frr_json_free(json);
	return NULL;
}

void frr_json_free(struct frr_json *json)
{
	struct chunk *c;

	if (!json)
		return;
	while ((c = json->chunks)) {
		json->chunks = c->next;
		free(c);
	}
	free(json->buf);
	free(json);
}

const struct frr_node *frr_json_root(const struct frr_json *json)
{
	return json->root;
}

/* --- reading it ----------------------------------------------------------- */

const struct frr_node *frr_json_get(const struct frr_node *in, const char *key)
{
	const struct frr_node *n = in ? in->child : NULL;

	for (; n; n = n->next)
		if (n->key && !strcmp(n->key, key))
			return n;
	return NULL;
}

const char *frr_json_text(const struct frr_node *in, const char *key)
{
	const struct frr_node *n = frr_json_get(in, key);

	return n ? n->text : "";
}

uint64_t frr_json_number(const struct frr_node *in, const char *key)
{
	const char *text = frr_json_text(in, key);
	char *end;
	uint64_t v;

	if (*text < '0' || *text > '9')
		return 0;
	errno = 0;
	v = strtoull(text, &end, 10);
	return errno || *end ? 0 : v;
}

bool frr_json_true(const struct frr_node *in, const char *key)
{
	return !strcmp(frr_json_text(in, key), "true");
}
