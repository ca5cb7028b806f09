/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cli/cli_priv.h"
#include "cli/proto.h"

const struct cli_mode cli_mode_exec = {
	.heading = "Exec commands:",
	.exit_help = "Exit from the EXEC",
};

const struct cli_mode cli_mode_config = {
	.prompt = "config",
	.heading = "Configure commands:",
	.exit_help = "Exit from configure mode",
};

const struct cli_mode cli_mode_submode = { 0 };

/* IOS logs everything to the console until it is told otherwise. */
enum { LEVEL_DEBUGGING = 7 };

struct cli *cli_new(struct loop *loop, const struct cli_hooks *hooks)
{
	struct cli *cli = xcalloc(1, sizeof(*cli));

	cli->loop = loop;
	if (hooks)
		cli->hooks = *hooks;
	TAILQ_INIT(&cli->sessions);
	cli->console_level = LEVEL_DEBUGGING;
	cli->monitor_level = LEVEL_DEBUGGING;
	cli_std_init(cli);
	cli_config_init(cli);
	cli_terminal_init(cli);
	cli_connections_init(cli);
	cli_lines_init(cli);
	cli_enables_init(cli);
	cli_secrets_init(cli);
	cli_show_line_init(cli);
	cli_files_init(cli);
	cli_replace_init(cli);
	cli_ssh_init(cli);
	cli_aaa_init(cli);
	cli_privileges_init(cli);
	cli_aliases_init(cli);
	cli_banners_init(cli);
	cli_verbatim_init(cli);
	cli_kept_init(cli);
	cli_unsupported_init(cli);
	return cli;
}

void cli_free(struct cli *cli)
{
	size_t i;

	if (!cli)
		return;
	cli->stopping = true;
	while (!TAILQ_EMPTY(&cli->sessions))
		cli_session_free(TAILQ_FIRST(&cli->sessions));
	cli_lines_free(cli);
	cli_enables_free(cli);
	cli_secrets_free(cli);
	cli_ssh_free(cli);
	cli_aaa_free(cli);
	cli_privileges_free(cli);
	cli_aliases_free(cli);
	cli_banners_free(cli);
	cli_verbatim_free(cli);
	cli_kept_free(cli);
	for (i = 0; i < cli->n_commands; i++)
		cli_grammar_free(cli->commands[i].grammar);
	free(cli->commands);
	free(cli->types);
	free(cli->changed);
	free(cli->saved);
	free(cli);
}

void cli_add(struct cli *cli, const struct cli_cmd *table, size_t n, void *ctx)
{
	char error[CLI_GRAMMAR_ERROR];
	struct cli_command *c;
	size_t i;

	cli->commands = xrealloc(cli->commands, cli->n_commands + n,
				 sizeof(*cli->commands));
	for (i = 0; i < n; i++) {
		c = &cli->commands[cli->n_commands];
		c->cmd = &table[i];
		c->ctx = ctx;
		c->seq = cli->n_commands++;
		c->grammar = cli_grammar_parse(table[i].words, error);
		if (!c->grammar)
			log_fatal("command \"%s\": %s", table[i].words, error);
	}
}

void cli_type_add(struct cli *cli, const struct cli_type *type)
{
	cli->types =
		xrealloc(cli->types, cli->n_types + 1, sizeof(*cli->types));
	cli->types[cli->n_types++] = *type;
}

const struct cli_type *cli_type_find(const struct cli *cli, const char *name)
{
	size_t i;

	for (i = 0; i < cli->n_types; i++)
		if (!strcmp(cli->types[i].name, name))
			return &cli->types[i];
	log_fatal("no command line type %s", name);
}

const char *cli_hostname(const struct cli *cli)
{
	if (!cli->hooks.hostname)
		return "Router";
	return cli->hooks.hostname(cli->hooks.ctx);
}

void cli_on_configured(struct cli *cli, void (*fn)(void *arg), void *arg)
{
	if (cli->n_on_configured == ARRAY_SIZE(cli->on_configured))
		log_fatal("too many listeners to the configuration");
	cli->on_configured[cli->n_on_configured] = fn;
	cli->on_configured_arg[cli->n_on_configured++] = arg;
}

static bool hears(const struct cli *cli, const struct cli_session *s,
		  int severity)
{
	if (s->over)
		return false;
	if (s->kind == CLI_KIND_CONSOLE)
		return severity <= cli->console_level;
	return s->kind == CLI_KIND_VTY && s->monitor &&
	       severity <= cli->monitor_level;
}

unsigned int cli_log(struct cli *cli, int severity, const char *line)
{
	struct cli_session *s;
	unsigned int monitors = 0;

	TAILQ_FOREACH (s, &cli->sessions, link) {
		if (!hears(cli, s, severity))
			continue;
		s->transport.send(s->transport.arg, CLI_S_LOG, line,
				  strlen(line));
		monitors += s->kind == CLI_KIND_VTY;
	}
	return monitors;
}

void cli_set_hosts(struct cli *cli, bool (*known)(void *arg, const char *word),
		   void *arg)
{
	cli->host_known = known;
	cli->host_arg = arg;
}

void cli_set_access(struct cli *cli,
		    bool (*admits)(void *arg, const char *acl,
				   const struct ip_addr *from),
		    void *arg)
{
	cli->admits = admits;
	cli->admits_arg = arg;
}

void cli_set_console_level(struct cli *cli, int severity)
{
	cli->console_level = severity;
}

void cli_set_monitor_level(struct cli *cli, int severity)
{
	cli->monitor_level = severity;
}
