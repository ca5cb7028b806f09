/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_ssh.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli_priv.h"

enum {
	TIMEOUT_DEFAULT = 120, /* s; IOS 15.4 */
	RETRIES_DEFAULT = 3,
};

struct cli_ssh {
	unsigned int timeout, retries;
	unsigned int version; /* 0: not configured */
	char *keypair, *source;
	bool logging, serves;
};

struct cli_ssh_settings cli_ssh_settings(const struct cli *cli)
{
	return (struct cli_ssh_settings){ .timeout = cli->ssh->timeout,
					  .retries = cli->ssh->retries,
					  .keypair = cli->ssh->keypair };
}

void cli_ssh_serves(struct cli *cli, bool on)
{
	bool before = cli->ssh->serves;

	cli->ssh->serves = on;
	if (on != before && cli->hooks.ssh && !cli->stopping)
		cli->hooks.ssh(cli->hooks.ctx, on);
}

static void set_timeout(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_ssh *ssh = obj;

	(void)o;
	ssh->timeout = cli_is_no(a) ? TIMEOUT_DEFAULT : cli_u32(a, "seconds");
}

static void set_retries(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_ssh *ssh = obj;

	(void)o;
	ssh->retries = cli_is_no(a) ? RETRIES_DEFAULT : cli_u32(a, "n");
}

/* OpenSSH speaks version 2 alone. */
static void set_version(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_ssh *ssh = obj;

	if (!cli_is_no(a) && cli_u32(a, "number") == 1)
		cli_say(o, "%% SSH version 1 is not offered; version 2 is\n");
	ssh->version = cli_is_no(a) ? 0 : cli_u32(a, "number");
}

static void put(char **at, const struct cli_args *a, const char *name)
{
	free(*at);
	*at = cli_is_no(a) ? NULL : xstrdup(cli_str(a, name));
}

static void set_keypair(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_ssh *ssh = obj;

	(void)o;
	put(&ssh->keypair, a, "label");
}

static void set_source(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_ssh *ssh = obj;

	(void)o;
	put(&ssh->source, a, "interface");
}

static void set_logging(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_ssh *ssh = obj;

	(void)o;
	ssh->logging = !cli_is_no(a);
}

static void write_ssh(const void *obj, struct cli_out *o)
{
	const struct cli_ssh *ssh = obj;

	if (ssh->timeout != TIMEOUT_DEFAULT)
		cli_say(o, "ip ssh time-out %u\n", ssh->timeout);
	if (ssh->retries != RETRIES_DEFAULT)
		cli_say(o, "ip ssh authentication-retries %u\n", ssh->retries);
	if (ssh->keypair)
		cli_say(o, "ip ssh rsa keypair-name %s\n", ssh->keypair);
	if (ssh->source)
		cli_say(o, "ip ssh source-interface %s\n", ssh->source);
	if (ssh->logging)
		cli_say(o, "ip ssh logging events\n");
	if (ssh->version)
		cli_say(o, "ip ssh version %u\n", ssh->version);
}

static void show_ip_ssh(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct cli_ssh *ssh = obj;

	(void)a;
	if (ssh->serves)
		cli_say(o, "SSH Enabled - version 2.0\n"
			   "Authentication methods:keyboard-interactive,"
			   "password\n");
	else
		cli_say(o, "SSH Disabled - version 2.0\n"
			   "%%Please create RSA keys to enable SSH (and of "
			   "atleast 768 bits for SSH v2).\n");
	cli_say(o,
		"Authentication timeout: %u secs; Authentication retries: "
		"%u\n",
		ssh->timeout, ssh->retries);
}

static void show_ssh(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct cli_session *s;
	bool any = false;

	(void)obj;
	(void)a;
	TAILQ_FOREACH (s, &o->cli->sessions, link) {
		if (!s->ssh || s->over)
			continue;
		if (!any)
			cli_say(o, "Connection Version Mode State"
				   "                 Username\n");
		any = true;
		cli_say(o, "%-10d 2.0     IN   Session started       %s\n",
			s->vty, s->user ? s->user : "");
	}
	cli_say(o, "%%No SSHv1 server connections running.\n");
	if (!any)
		cli_say(o, "%%No SSHv2 server connections running.\n");
}

#define IP_SSH                                       \
	"ip   Global IP configuration subcommands\n" \
	"ssh  Configure ssh options\n"

#define ROW(fn, text)                                                      \
	{                                                                  \
		.mode = &cli_mode_config, .words = IP_SSH text, .run = fn, \
		.no = fn                                                   \
	}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = IP_SSH "time-out  Specify SSH time-out interval\n.\n"
				"<1-120>$seconds  SSH time-out interval "
				"(secs)\n",
		.run = set_timeout,
		.no = set_timeout,
		.write = write_ssh,
		.order = CLI_O_USERNAME + 61,
	},
	ROW(set_retries, "authentication-retries  Specify number of "
			 "authentication retries\n.\n"
			 "<0-5>$n  Number of authentication retries\n"),
	ROW(set_version, "version  Specify protocol version to be "
			 "supported\n.\n<1-2>$number  Protocol version\n"),
	ROW(set_keypair, "rsa  Configure RSA keypair name for SSH\n"
			 "keypair-name  RSA keypair-name for SSH\n.\n"
			 "WORD$label  RSA keypair-name\n"),
	ROW(set_source, "source-interface  Specify interface for source "
			"address in SSH connections\n.\n"
			"WORD$interface  Interface\n"),
	ROW(set_logging, "logging  Configure logging for SSH\n"
			 "events  Log SSH Server events\n"),
	{
		.mode = &cli_mode_exec,
		.words = "show  Show running system information\n"
			 "ip    IP information\n"
			 "ssh   Information on SSH\n",
		.run = show_ip_ssh,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show  Show running system information\n"
			 "ssh   Status of SSH server connections\n",
		.run = show_ssh,
		.flags = CLI_USER,
	},
};

void cli_ssh_init(struct cli *cli)
{
	cli->ssh = xcalloc(1, sizeof(*cli->ssh));
	cli->ssh->timeout = TIMEOUT_DEFAULT;
	cli->ssh->retries = RETRIES_DEFAULT;
	CLI_ADD(cli, commands, cli->ssh);
}

void cli_ssh_free(struct cli *cli)
{
	free(cli->ssh->keypair);
	free(cli->ssh->source);
	free(cli->ssh);
}
