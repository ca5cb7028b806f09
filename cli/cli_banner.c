/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_banner.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli_line.h"
#include "cli/cli_priv.h"

enum {
	BANNER_MAX = 8192, /* octets of one banner */
	ETX = 0x03,	   /* Ctrl-C, shown as ^C */
};

struct cli_banners {
	char *text[CLI_BANNER_N];
};

static const char *const names[CLI_BANNER_N] = {
	[CLI_BANNER_EXEC] = "exec",
	[CLI_BANNER_INCOMING] = "incoming",
	[CLI_BANNER_LOGIN] = "login",
	[CLI_BANNER_MOTD] = "motd",
};

/* A banner that is being typed. */
struct typing {
	struct cli_banners *all;
	enum cli_banner_kind kind;
	char *text;
	char delimiter; /* ETX also stands for the two characters ^C */
};

/* What a token stands for; the line's number as show users has it. */
static void say_token(struct cli_out *o, const char *token, size_t len)
{
	const struct cli_hooks *h = &o->cli->hooks;
	const char *domain = h->domain ? h->domain(h->ctx) : NULL;

	if (!strncmp(token, "hostname", len))
		cli_say(o, "%s", cli_hostname(o->cli));
	else if (!strncmp(token, "domain", len))
		cli_say(o, "%s", domain ? domain : "");
	else if (!strncmp(token, "line", len))
		cli_say(o, "%d", cli_line_number(o->session));
}

/* $(hostname), $(domain), $(line); $(line-desc) is empty: lines have none. */
void cli_banner_show(struct cli_out *o, enum cli_banner_kind kind)
{
	const char *text = o->cli->banners->text[kind], *token, *end;

	if (!text)
		return;
	while ((token = strstr(text, "$(")) && (end = strchr(token, ')'))) {
		cli_out_raw(o, text, (size_t)(token - text));
		say_token(o, token + 2, (size_t)(end - token) - 2);
		text = end + 1;
	}
	cli_out_raw(o, text, strlen(text));
	cli_say(o, "\n");
}

/* Where the delimiter stands in line, or NULL; *len is its length. */
static const char *find_end(const char *line, char delimiter)
{
	const char *end = strchr(line, delimiter), *caret;

	if (delimiter != ETX)
		return end;
	caret = strstr(line, "^C");
	if (!end || (caret && caret < end))
		end = caret;
	return end;
}

/* Takes a line; true when it held the delimiter. */
static bool take(struct typing *t, const char *line, bool first)
{
	const char *end = find_end(line, t->delimiter);
	size_t len = end ? (size_t)(end - line) : strlen(line);
	size_t have = t->text ? strlen(t->text) : 0;
	char *more;

	if (have + len < BANNER_MAX) {
		more = xasprintf("%s%s%.*s", t->text ? t->text : "",
				 first ? "" : "\n", (int)len, line);
		free(t->text);
		t->text = more;
	}
	return end != NULL;
}

static void typing_free(void *arg)
{
	struct typing *t = arg;

	free(t->text);
	free(t);
}

static void done(struct typing *t)
{
	free(t->all->text[t->kind]);
	t->all->text[t->kind] = t->text;
	t->text = NULL;
}

static void next_line(void *arg, const char *line, struct cli_out *o)
{
	struct typing *t = arg;

	if (take(t, line, false))
		done(t);
	else
		cli_ask(o, "", false, next_line, typing_free, t);
}

static enum cli_banner_kind kind_of(const struct cli_args *a)
{
	int i;

	for (i = 0; i < CLI_BANNER_N; i++)
		if (!strcmp(names[i], cli_str(a, "kind")))
			break;
	return (enum cli_banner_kind)i;
}

static void set_banner(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const char *line = cli_str(a, "text");
	struct typing *t = xcalloc(1, sizeof(*t));

	t->all = obj;
	t->kind = kind_of(a);
	t->delimiter = line[0];
	line++;
	if (t->delimiter == '^' && *line == 'C') {
		t->delimiter = ETX;
		line++;
	}
	if (take(t, line, true)) {
		done(t);
		typing_free(t);
		return;
	}
	if (t->delimiter == ETX)
		cli_say(o, "Enter TEXT message.  End with the character "
			   "'^C'.\n");
	else
		cli_say(o,
			"Enter TEXT message.  End with the character '%c'.\n",
			t->delimiter);
	cli_ask(o, "", false, next_line, typing_free, t);
}

static void no_banner(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_banners *all = obj;

	(void)o;
	free(all->text[kind_of(a)]);
	all->text[kind_of(a)] = NULL;
}

static void write_banners(const void *obj, struct cli_out *o)
{
	const struct cli_banners *all = obj;
	int i;

	for (i = 0; i < CLI_BANNER_N; i++)
		if (all->text[i])
			cli_say(o, "banner %s ^C%s^C\n", names[i],
				all->text[i]);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "banner           Define a login banner\n"
			 "( exec$kind      Set EXEC process creation banner\n"
			 "| incoming$kind  Set incoming terminal line banner\n"
			 "| login$kind     Set login banner\n"
			 "| motd$kind      Set Message of the Day banner\n"
			 ")\n"
			 ".\n"
			 "LINE$text        c banner-text c, where 'c' is a "
			 "delimiting character\n",
		.run = set_banner,
		.no = no_banner,
		.write = write_banners,
		.order = CLI_O_BANNER,
	},
};

void cli_banners_init(struct cli *cli)
{
	cli->banners = xcalloc(1, sizeof(*cli->banners));
	CLI_ADD(cli, commands, cli->banners);
}

void cli_banners_free(struct cli *cli)
{
	int i;

	for (i = 0; i < CLI_BANNER_N; i++)
		free(cli->banners->text[i]);
	free(cli->banners);
}
