/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/frr_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "cli/cli_secret.h"
#include "router/frr_text_priv.h"

/* Some lines hold a password. */
static void wipe(char *text)
{
	if (text)
		bytes_wipe(text, strlen(text));
	free(text);
}

/* --- the result ----------------------------------------------------------- */

static void add(struct frr_lines *lines, const struct frr_line *line)
{
	if (!(lines->n & (lines->n + 1)))
		lines->v = xrealloc(lines->v, 2 * (lines->n + 1),
				    sizeof(*lines->v));
	lines->v[lines->n++] = *line;
}

static void line_fini(struct frr_line *line)
{
	free(line->context);
	wipe(line->text);
	free(line->block);
	wipe(line->source);
}

void frr_lines_fini(struct frr_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		line_fini(&lines->v[i]);
	free(lines->v);
	*lines = (struct frr_lines){ 0 };
}

void frr_lines_copy(struct frr_lines *to, const struct frr_lines *from)
{
	*to = (struct frr_lines){ 0 };
	for (size_t i = 0; i < from->n; i++) {
		const struct frr_line copy = {
			.context = xstrdup(from->v[i].context),
			.text = xstrdup(from->v[i].text),
			.block = xstrdup(from->v[i].block),
			.source = xstrdup(from->v[i].source),
		};

		add(to, &copy);
	}
}

void frr_lines_drop(struct frr_lines *lines, const char *context,
		    const char *text)
{
	size_t kept = 0;

	for (size_t i = 0; i < lines->n; i++) {
		if (!strcmp(lines->v[i].text, text) &&
		    !strcmp(lines->v[i].context, context))
			line_fini(&lines->v[i]);
		else
			lines->v[kept++] = lines->v[i];
	}
	lines->n = kept;
}

void frr_config_fini(struct frr_config *config)
{
	for (size_t i = 0; i < FRR_PROGRAMS; i++)
		frr_lines_fini(&config->part[i]);
	for (size_t i = 0; i < config->n_refused; i++) {
		free(config->refused[i].block);
		wipe(config->refused[i].source);
	}
	free(config->refused);
	*config = (struct frr_config){ 0 };
}

void frr_refuse(struct frr_config *c, const char *block, const char *source,
		const char *why)
{
	if (frr_refused(c, block, source))
		return;
	if (!(c->n_refused & (c->n_refused + 1)))
		c->refused = xrealloc(c->refused, 2 * (c->n_refused + 1),
				      sizeof(*c->refused));
	c->refused[c->n_refused++] = (struct frr_refusal){
		.block = xstrdup(block ? block : ""),
		.source = xstrdup(source),
		.why = why,
	};
}

const char *frr_refused(const struct frr_config *c, const char *block,
			const char *source)
{
	for (size_t i = 0; i < c->n_refused; i++)
		if (!strcmp(c->refused[i].source, source) &&
		    !strcmp(c->refused[i].block, block ? block : ""))
			return c->refused[i].why;
	return NULL;
}

/* --- one line ------------------------------------------------------------- */

const char *frr_word(const struct frr_reader *r, size_t i)
{
	return i < r->n ? r->word[i] : "";
}

bool frr_word_is(const struct frr_reader *r, size_t i, const char *text)
{
	return !strcmp(frr_word(r, i), text);
}

char *frr_words_from(const struct frr_reader *r, size_t i)
{
	char *text = xstrdup(""), *more;

	for (; i < r->n; i++) {
		more = xasprintf("%s%s%s", text, *text ? " " : "", r->word[i]);
		wipe(text);
		text = more;
	}
	return text;
}

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

char *frr_secret(const struct frr_reader *r, size_t i)
{
	char hidden[CLI_PASSWORD_MAX + 1], *secret = NULL;

	if (i + 1 == r->n || !frr_word_is(r, i, "7"))
		return frr_words_from(r, i + (i + 1 < r->n &&
					      frr_word_is(r, i, "0")));
	if (cli_secret_reveal(hidden, frr_word(r, i + 1)) &&
	    is_printable(hidden))
		secret = xstrdup(hidden);
	bytes_wipe(hidden, sizeof(hidden));
	return secret;
}

static const char *block_of(const struct frr_reader *r)
{
	return r->inner ? r->inner : r->block;
}

void frr_not_acted_on(struct frr_reader *r, const char *why)
{
	if (*r->source)
		frr_refuse(r->config, block_of(r), r->source, why);
}

void frr_emit(struct frr_reader *r, enum frr_program program, bool early,
	      const char *context, const char *fmt, ...)
{
	struct frr_line line = {
		.context = xstrdup(context),
		.block = xstrdup(block_of(r) ? block_of(r) : ""),
		.source = xstrdup(r->source),
	};
	char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		abort();
	va_end(args);
	line.text = xasprintf("%s%s", r->no ? "no " : "", text);
	wipe(text);
	add(early ? &r->early[program] : &r->config->part[program], &line);
}

bool frr_prefix(const char *addr, const char *mask, bool wild, char *out,
		size_t len)
{
	char text[IP_ADDR_TEXT];
	struct ip_addr a, m;
	uint32_t bits = 0;
	unsigned int n = 0;

	if (!ip_parse(&a, addr) || !ip_parse(&m, mask) || a.family != IP_V4 ||
	    m.family != IP_V4)
		return false;
	for (size_t i = 0; i < 4; i++)
		bits = bits << 8 | m.b[i];
	if (wild)
		bits = ~bits;
	while (n < 32 && bits & 1U << (31 - n))
		n++;
	if (n < 32 && bits << n)
		return false;
	a = ip_network(&a, n);
	snprintf(out, len, "%s/%u", ip_text(&a, text), n);
	return true;
}

static void cut(struct frr_reader *r, char *line)
{
	char *word;

	r->n = 0;
	r->no = false;
	while ((word = strsep(&line, " "))) {
		if (!*word)
			continue;
		if (!r->n && !r->no && !strcmp(word, "no")) {
			r->no = true;
			continue;
		}
		r->word[r->n++] = word;
		if (r->n == FRR_WORDS) {
			if (line && *line)
				r->word[r->n++] = line;
			break;
		}
	}
	r->word[r->n] = NULL;
}

/* --- the text ------------------------------------------------------------- */

static void open_block(struct frr_reader *r)
{
	if (frr_word_is(r, 0, "router") && frr_word_is(r, 1, "bgp"))
		frr_bgp_open(r);
	else if (frr_word_is(r, 0, "router") && frr_word_is(r, 1, "ospf"))
		frr_ospf_open(r);
	else if (frr_word_is(r, 0, "interface"))
		frr_interface_open(r);
	else if (frr_word_is(r, 0, "route-map"))
		frr_map_open(r);
	else if (frr_word_is(r, 0, "ip"))
		frr_list_line(r);
	else if (frr_word_is(r, 0, "hostname") && !r->hostname)
		r->hostname = xstrdup(r->source);
}

static void line_in_block(struct frr_reader *r)
{
	static const struct {
		const char *begin;
		void (*fn)(struct frr_reader *r);
	} blocks[] = {
		{ "router bgp ", frr_bgp_line },
		{ "router ospf ", frr_ospf_line },
		{ "interface ", frr_interface_line },
		{ "route-map ", frr_map_line },
	};

	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		if (!strncmp(r->block, blocks[i].begin,
			     strlen(blocks[i].begin)))
			blocks[i].fn(r);
}

static void take(struct frr_reader *r, const char *source)
{
	size_t depth = strspn(source, " ");
	char *line;

	if (!source[depth] || source[depth] == '!')
		return;
	r->source = source + depth;
	line = xstrdup(r->source);
	if (depth < 2) {
		free(r->inner);
		r->inner = NULL;
	}
	if (depth < 1) {
		free(r->block);
		r->block = NULL;
		cut(r, line);
		open_block(r);
		r->block = xstrdup(r->source);
	} else if (r->block) {
		cut(r, line);
		line_in_block(r);
		if (depth == 1 && frr_word_is(r, 0, "address-family"))
			r->inner = xstrdup(r->source);
	}
	bytes_wipe(line, strlen(r->source));
	free(line);
	r->source = "";
	r->n = 0;
	r->no = false;
}

static void early_first(struct frr_reader *r)
{
	for (size_t i = 0; i < FRR_PROGRAMS; i++) {
		struct frr_lines *late = &r->config->part[i];

		for (size_t k = 0; k < late->n; k++)
			add(&r->early[i], &late->v[k]);
		free(late->v);
		*late = r->early[i];
	}
}

void frr_config_read(struct frr_config *config, const char *text,
		     const struct frr_world *world)
{
	struct frr_reader r = { .config = config,
				.world = world,
				.source = "" };
	char *copy = xstrdup(text), *rest = copy, *line;

	*config = (struct frr_config){ 0 };
	r.reference = 100;
	while ((line = strsep(&rest, "\n")))
		take(&r, line);
	bytes_wipe(copy, strlen(text));
	free(copy);
	free(r.block);
	free(r.inner);
	r.block = r.inner = NULL;
	if (r.bgp)
		frr_bgp_end(&r);
	if (r.ospf)
		frr_ospf_end(&r);
	early_first(&r);
	if (config->wanted)
		config->wanted |= 1U << FRR_ZEBRA;
	free(r.bgp);
	free(r.ospf);
	free(r.hostname);
	free(r.map);
	for (size_t i = 0; i < r.n_interfaces; i++)
		free(r.interface[i].name);
	free(r.interface);
}
