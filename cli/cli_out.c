/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where commands print: through the filter to the session's terminal, or
 * into a text. */
#include "cli/cli_priv.h"

#include <stdlib.h>
#include <string.h>

#include "cli/proto.h"

enum {
	OUT_CHUNK = 16384, /* octets sent in one message */
	OUT_START = 512,
};

struct cli_out *cli_out_new(struct cli *cli, struct cli_session *s)
{
	struct cli_out *o = xcalloc(1, sizeof(*o));

	o->cli = cli;
	o->session = s;
	o->startup = s && s->startup;
	return o;
}

struct cli_out *cli_out_capture(struct cli *cli)
{
	struct cli_out *o = cli_out_new(cli, NULL);

	o->capture = true;
	return o;
}

void cli_out_flush(struct cli_out *o)
{
	size_t at, n;

	if (o->capture)
		return;
	for (at = 0; at < o->len; at += n) {
		n = o->len - at < OUT_CHUNK ? o->len - at : OUT_CHUNK;
		if (o->session)
			o->session->transport.send(o->session->transport.arg,
						   CLI_S_TEXT, o->buf + at, n);
	}
	o->len = 0;
}

static void append(void *arg, const char *text, size_t len)
{
	struct cli_out *o = arg;

	if (!o->session && !o->capture)
		return;
	if (o->len + len + 1 > o->cap) {
		o->cap = 2 * (o->len + len) + OUT_START;
		o->buf = xrealloc(o->buf, o->cap, 1);
	}
	memcpy(o->buf + o->len, text, len);
	o->len += len;
	o->buf[o->len] = '\0';
	if (!o->capture && (o->held || o->len >= OUT_CHUNK))
		cli_out_flush(o);
}

/* Separators in a configuration: one is enough. */
static bool is_second_separator(const struct cli_out *o, const char *text,
				size_t len)
{
	if (!o->capture || len != 2 || memcmp(text, "!\n", 2))
		return false;
	if (o->len == 2)
		return !memcmp(o->buf, "!\n", 2);
	return o->len > 2 && !memcmp(o->buf + o->len - 3, "\n!\n", 3);
}

void cli_out_raw(struct cli_out *o, const char *text, size_t len)
{
	if (!len || is_second_separator(o, text, len))
		return;
	o->in_line = text[len - 1] != '\n';
	if (o->filter)
		cli_filter_text(o->filter, text, len, append, o);
	else
		append(o, text, len);
}

char *cli_out_take(struct cli_out *o)
{
	char *text = o->buf ? o->buf : xstrdup("");

	o->buf = NULL;
	o->len = o->cap = 0;
	return text;
}

void cli_out_free(struct cli_out *o)
{
	if (o->filter)
		cli_filter_done(o->filter, append, o);
	cli_out_flush(o);
	cli_filter_free(o->filter);
	free(o->buf);
	free(o);
}

static void __attribute__((format(printf, 2, 0)))
vsay(struct cli_out *o, const char *fmt, va_list ap)
{
	char *text = xvasprintf(fmt, ap);

	cli_out_raw(o, text, strlen(text));
	free(text);
}

void cli_say(struct cli_out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(o, fmt, ap);
	va_end(ap);
}

void cli_error(struct cli_out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay(o, fmt, ap);
	va_end(ap);
	o->failed = true;
}

void cli_say_config(struct cli_out *o, const char *text)
{
	static const char building[] = "Building configuration...\n\n";

	/* IOS prints this before the filter begins. */
	append(o, building, sizeof(building) - 1);
	cli_say(o, "Current configuration : %zu bytes\n%s\n", strlen(text),
		text);
}

struct cli *cli_of(struct cli_out *o)
{
	return o->cli;
}

bool cli_is_startup(const struct cli_out *o)
{
	return o->startup;
}

bool cli_is_whole(const struct cli_out *o)
{
	return o->startup || (o->session && o->session->whole);
}

void *cli_ctx(const struct cli_out *o)
{
	return o->ctx;
}
