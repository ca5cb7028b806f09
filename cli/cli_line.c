/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_line_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/cli_aaa.h"
#include "cli/cli_secret.h"

static int index_of(const struct cli_session *s)
{
	if (s->kind != CLI_KIND_VTY)
		return LINE_CON;
	return LINE_VTY + (s->vty >= 0 && s->vty < VTY_MAX ? s->vty : 0);
}

const struct cli_line *cli_line_of(const struct cli_session *s)
{
	return &s->cli->lines->line[index_of(s)].now;
}

int cli_line_number(const struct cli_session *s)
{
	return index_of(s);
}

void cli_line_used(const struct cli_session *s)
{
	s->cli->lines->line[index_of(s)].uses++;
}

const char *cli_line_autocommand(const struct cli_session *s)
{
	const char *text =
		s->cli->lines->line[index_of(s)].text[OPT_AUTOCOMMAND];

	text = text ? strchr(text, ' ') : NULL;
	return text ? text + strspn(text, " ") : NULL;
}

bool cli_line_telnets(const struct cli_session *s)
{
	return !cli_line_of(s)->no_telnet;
}

int cli_line_vtys(const struct cli *cli)
{
	return cli->lines->n_vty;
}

bool cli_line_open(const struct cli *cli, int vty, bool ssh)
{
	const struct cli_line *line;

	if (vty < 0 || vty >= cli->lines->n_vty)
		return false;
	line = &cli->lines->line[LINE_VTY + vty].now;
	return ssh ? !line->no_ssh : !line->closed;
}

bool cli_line_admits(const struct cli *cli, int vty, const struct ip_addr *from)
{
	const struct cli_line *line = &cli->lines->line[LINE_VTY + vty].now;
	const char *acl = from->family == IP_V6 ? line->access6 : line->access;

	return !acl || !cli->admits || cli->admits(cli->admits_arg, acl, from);
}

void line_set_name(char **p, const char *name)
{
	free(*p);
	*p = name ? xstrdup(name) : NULL;
}

/* The text alone: the line goes on with the password in clear. */
void cli_lines_hide(struct cli *cli)
{
	char hidden[2 * CLI_PASSWORD_MAX + 3], *text;
	struct settings *l;
	int i;

	for (i = 0; i < LINE_N; i++) {
		l = &cli->lines->line[i];
		if (!l->now.password || !l->text[OPT_PASSWORD] ||
		    !strncmp(l->text[OPT_PASSWORD], "password 7 ", 11))
			continue;
		cli_secret_hide(hidden, l->now.password);
		text = xasprintf("password 7 %s", hidden);
		line_set_text(l, OPT_PASSWORD, text);
		free(text);
	}
}

void line_set_text(struct settings *l, enum option opt, const char *text)
{
	if (l->text[opt])
		bytes_wipe(l->text[opt], strlen(l->text[opt]));
	free(l->text[opt]);
	l->text[opt] = text ? xstrdup(text) : NULL;
}

void line_clear(struct settings *l)
{
	int i;

	for (i = 0; i < OPT_N; i++)
		line_set_text(l, (enum option)i, NULL);
	if (l->now.password)
		bytes_wipe(l->now.password, strlen(l->now.password));
	free(l->now.password);
	free(l->now.login_list);
	free(l->now.exec_list);
	free(l->now.access);
	free(l->now.access6);
	l->now = (struct cli_line){ .timeout = TIMEOUT_DEFAULT,
				    .login_timeout = LOGIN_DEFAULT,
				    .length = -1,
				    .width = -1,
				    .history = -1 };
}

/* What IOS prints under a vty from the start. */
void line_vty_defaults(struct settings *l)
{
	line_clear(l);
	line_set_text(l, OPT_LOGIN, "login");
	line_set_text(l, OPT_INPUT, "transport input all");
}

/* --- running-config --- */

static bool same(const struct settings *a, const struct settings *b)
{
	int i;

	for (i = 0; i < OPT_N; i++) {
		if (!a->text[i] != !b->text[i])
			return false;
		if (a->text[i] && strcmp(a->text[i], b->text[i]))
			return false;
	}
	return true;
}

/* aaa new-model has other ways to log in; IOS does not print these then. */
static bool is_replaced(const struct settings *l, const struct cli_out *o)
{
	return cli_aaa_is_on(o->cli) && !l->now.login_list;
}

static void write_line(const struct settings *l, struct cli_out *o)
{
	int i;

	for (i = 0; i < OPT_N; i++)
		if (l->text[i] && !(i == OPT_LOGIN && is_replaced(l, o))) {
			cli_why(o, i < OPT_ONLY_KEPT ? NULL
						     : "this part of lines");
			cli_say(o, " %s\n", l->text[i]);
		}
	cli_why(o, NULL);
}

void line_write(const void *obj, struct cli_out *o)
{
	const struct cli_lines *all = obj;
	const struct settings *vty = &all->line[LINE_VTY];
	int first, last;

	cli_say(o, "line con 0\n");
	write_line(&all->line[LINE_CON], o);
	cli_say(o, "line aux 0\n");
	write_line(&all->line[LINE_AUX], o);
	for (first = 0; first < all->n_vty; first = last + 1) {
		/* IOS never joins vty 0 4 with those added to them. */
		for (last = first;
		     last + 1 < all->n_vty && last + 1 != VTY_DEFAULT &&
		     same(&vty[first], &vty[last + 1]);
		     last++)
			;
		if (first == last)
			cli_say(o, "line vty %d\n", first);
		else
			cli_say(o, "line vty %d %d\n", first, last);
		write_line(&vty[first], o);
	}
}

void cli_lines_init(struct cli *cli)
{
	int i;

	cli->lines = xcalloc(1, sizeof(*cli->lines));
	cli->lines->n_vty = VTY_DEFAULT;
	for (i = 0; i < LINE_VTY; i++)
		line_clear(&cli->lines->line[i]);
	for (; i < LINE_N; i++)
		line_vty_defaults(&cli->lines->line[i]);
	line_cli_init(cli);
}

void cli_lines_free(struct cli *cli)
{
	int i, j;

	for (i = 0; i < LINE_N; i++)
		line_clear(&cli->lines->line[i]);
	for (i = 0; i < LINE_N; i++)
		for (j = 0; j < LINE_N; j++)
			free(cli->lines->range[i][j]);
	free(cli->lines);
}
