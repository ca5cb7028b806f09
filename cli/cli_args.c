/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was typed, as the handler sees it. */
#include "cli/cli_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"

static const struct cli_arg *find(const struct cli_args *a, const char *name)
{
	size_t i;

	for (i = a->n; i > 0; i--)
		if (!strcmp(a->v[i - 1].name, name))
			return &a->v[i - 1];
	if (!cli_grammar_has_name(a->command->grammar, name))
		log_fatal("command \"%s\" has no argument %s",
			  a->command->cmd->words, name);
	return NULL;
}

bool cli_has(const struct cli_args *a, const char *name)
{
	return find(a, name) != NULL;
}

uint32_t cli_u32(const struct cli_args *a, const char *name)
{
	const struct cli_arg *arg = find(a, name);
	unsigned long long v;
	char *end;

	if (!arg)
		return 0;
	if (arg->number || !arg->text)
		return arg->number;
	/* Keywords that are numbers: aes 128. */
	v = strtoull(arg->text, &end, 10);
	return *end || v > UINT32_MAX ? 0 : (uint32_t)v;
}

const char *cli_str(const struct cli_args *a, const char *name)
{
	const struct cli_arg *arg = find(a, name);

	return arg ? arg->text : NULL;
}

struct ip_addr cli_addr(const struct cli_args *a, const char *name)
{
	const struct cli_arg *arg = find(a, name);

	return arg ? arg->addr : (struct ip_addr){ 0 };
}

bool cli_is_no(const struct cli_args *a)
{
	return a->no;
}

void cli_args_free(struct cli_args *a)
{
	size_t i;

	if (!a)
		return;
	for (i = 0; i < a->n; i++) {
		/* Some of them are passwords. */
		if (a->v[i].text)
			bytes_wipe(a->v[i].text, strlen(a->v[i].text));
		free(a->v[i].text);
	}
	free(a);
}
