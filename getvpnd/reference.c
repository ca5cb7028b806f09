/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "getvpnd/reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gm/gm_msg.h"
#include "ipsec/ipsec_msg.h"
#include "isakmp/isakmp_msg.h"
#include "ks/ks_msg.h"
#include "router/router_msg.h"

/* --- commands ------------------------------------------------------------- */

#define MODES_MAX 64

struct modes {
	const struct cli_mode *mode[MODES_MAX];
	size_t n;
};

struct lines {
	const struct cli_mode *mode;
	char **text;
	size_t n;
};

static void collect_mode(void *arg, const struct cli_cmd *cmd)
{
	struct modes *modes = arg;
	size_t i;

	for (i = 0; i < modes->n; i++)
		if (modes->mode[i] == cmd->mode)
			return;
	if (modes->n < MODES_MAX)
		modes->mode[modes->n++] = cmd->mode;
}

static void collect_line(void *arg, const struct cli_cmd *cmd)
{
	struct lines *lines = arg;
	char *syntax;

	if (cmd->mode != lines->mode || (cmd->flags & CLI_HIDDEN))
		return;
	syntax = cli_syntax(cmd);
	lines->text = xrealloc(lines->text, lines->n + 1, sizeof(*lines->text));
	lines->text[lines->n++] =
		xasprintf("%s`%s`", cmd->no ? "[no] " : "", syntax);
	free(syntax);
}

static int by_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(strchr(*x, '`'), strchr(*y, '`'));
}

static void print_mode(const struct cli *cli, const struct cli_mode *mode)
{
	struct lines lines = { .mode = mode };
	size_t i;

	cli_each_command(cli, collect_line, &lines);
	if (lines.n) {
		qsort(lines.text, lines.n, sizeof(*lines.text), by_text);
		printf("\n## %s\n\n", mode->prompt ? mode->prompt : "EXEC");
	}
	for (i = 0; i < lines.n; i++) {
		if (!i || strcmp(lines.text[i], lines.text[i - 1]) != 0)
			printf("- %s\n", lines.text[i]);
	}
	for (i = 0; i < lines.n; i++)
		free(lines.text[i]);
	free(lines.text);
}

static const char commands_head[] =
	"# Commands\n"
	"\n"
	"By mode, as the prompt names it. Words in small letters are typed as\n"
	"they are and may be abbreviated; `[ ]` is optional, `( | )` a choice,\n"
	"`{ | }` any of them in any order. A line is also looked for in the\n"
	"modes around the one it is typed in. `[no]`: there is a no form; it\n"
	"may end before the values. In every mode there are `do`, `default`,\n"
	"`no`, `exit`, `end`, `?` and Tab; behind every show command\n"
	"`| include | exclude | begin | section | count PATTERN`.\n"
	"\n"
	"`getvpnd --list-commands` prints this page.\n";

void reference_commands(const struct cli *cli)
{
	struct modes modes = { 0 };
	size_t i;

	fputs(commands_head, stdout);
	cli_each_command(cli, collect_mode, &modes);
	for (i = 0; i < modes.n; i++)
		print_mode(cli, modes.mode[i]);
}

/* --- messages -------------------------------------------------------------- */

#define ENTRY(id, fac, sev, mne, fmt) { fac, sev, mne, fmt },
static const struct msg_def all[] = { GM_MSGS(ENTRY) IPSEC_MSGS(
	ENTRY) ISAKMP_MSGS(ENTRY) KS_MSGS(ENTRY) ROUTER_MSGS(ENTRY) };

/* A format shows where values stand, not how they are converted. */
static void print_text(const char *format)
{
	const char *p;

	for (p = format; *p; p++) {
		if (*p != '%') {
			putchar(*p);
			continue;
		}
		p++;
		if (*p == '%') {
			putchar('%');
			continue;
		}
		p += strspn(p, "0123456789.-lz");
		putchar(*p == 's' ? 'A' : 'N');
	}
}

static int by_name(const void *a, const void *b)
{
	const struct msg_def *x = a, *y = b;
	int facility = strcmp(x->facility, y->facility);

	return facility ? facility : strcmp(x->mnemonic, y->mnemonic);
}

static const char messages_head[] =
	"# Messages\n"
	"\n"
	"`%FACILITY-SEVERITY-MNEMONIC: text`; `A` stands for a word or an\n"
	"address, `N` for a number. `getvpnd --list-messages` prints this\n"
	"page.\n"
	"\n"
	"| message | text |\n"
	"|---|---|\n";

void reference_messages(void)
{
	struct msg_def sorted[ARRAY_SIZE(all)];
	size_t i;

	memcpy(sorted, all, sizeof(all));
	qsort(sorted, ARRAY_SIZE(sorted), sizeof(sorted[0]), by_name);
	fputs(messages_head, stdout);
	for (i = 0; i < ARRAY_SIZE(sorted); i++) {
		printf("| `%%%s-%d-%s` | ", sorted[i].facility,
		       sorted[i].severity, sorted[i].mnemonic);
		print_text(sorted[i].format);
		puts(" |");
	}
}
