/* SPDX-License-Identifier: GPL-3.0-or-later */
/* enable secret, enable password, for each privilege level; and service
 * password-encryption. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli_line.h"
#include "cli/cli_login.h"
#include "cli/cli_password.h"
#include "cli/cli_priv.h"
#include "cli/cli_user.h"

struct cli_enables {
	/* By level. */
	struct cli_password secret[CLI_PRIV_MAX + 1];
	struct cli_password password[CLI_PRIV_MAX + 1];
	bool hide; /* service password-encryption */
};

/* The secret goes first. */
static const struct cli_password *of_level(const struct cli *cli,
					   unsigned int level)
{
	const struct cli_enables *all = cli->enables;

	return all->secret[level].text ? &all->secret[level]
				       : &all->password[level];
}

bool cli_enable_is_set(const struct cli *cli, unsigned int level)
{
	return of_level(cli, level)->text;
}

bool cli_enable_check(const struct cli *cli, unsigned int level,
		      const char *password)
{
	return cli_password_check(of_level(cli, level), password);
}

bool cli_passwords_hidden(const struct cli *cli)
{
	return cli->enables->hide;
}

static unsigned int level_of(const struct cli_args *a)
{
	return cli_has(a, "number") ? cli_u32(a, "number") : CLI_PRIV_MAX;
}

static void set_secret(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_enables *all = obj;

	/* IOS 15.4 takes MD5 when it is not told otherwise. */
	(void)cli_password_set(&all->secret[level_of(a)], a, CLI_ALGORITHM_MD5,
			       o);
}

static void set_secret_by(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct cli_enables *all = obj;

	(void)cli_password_set(&all->secret[level_of(a)], a,
			       cli_algorithm_of(a), o);
}

static void no_secret(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_enables *all = obj;

	(void)o;
	cli_password_clear(&all->secret[level_of(a)]);
}

static void set_password(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_enables *all = obj;

	(void)cli_password_set(&all->password[level_of(a)], a,
			       CLI_ALGORITHM_NONE, o);
}

static void no_password(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_enables *all = obj;

	(void)o;
	cli_password_clear(&all->password[level_of(a)]);
}

/* "enable secret level 5 5 $1$...": the level stands between the words. */
static void write_one(const struct cli_password *p, unsigned int level,
		      struct cli_out *o)
{
	if (!p->text)
		return;
	cli_say(o, "enable %s ", p->secret ? "secret" : "password");
	if (level != CLI_PRIV_MAX)
		cli_say(o, "level %u ", level);
	if (p->type)
		cli_say(o, "%d ", p->type);
	cli_say(o, "%s\n", p->text);
}

static void write_secrets(const void *obj, struct cli_out *o)
{
	const struct cli_enables *all = obj;
	unsigned int i;

	for (i = 1; i <= CLI_PRIV_MAX; i++)
		write_one(&all->secret[i], i, o);
}

static void write_passwords(const void *obj, struct cli_out *o)
{
	const struct cli_enables *all = obj;
	unsigned int i;

	for (i = 1; i <= CLI_PRIV_MAX; i++)
		write_one(&all->password[i], i, o);
}

/* What was hidden stays so when the service ends. */
static void set_hide(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_enables *all = obj;
	unsigned int i;

	all->hide = !cli_is_no(a);
	for (i = 0; all->hide && i <= CLI_PRIV_MAX; i++)
		cli_password_hide(&all->password[i]);
	if (all->hide) {
		cli_users_hide(o->cli);
		cli_lines_hide(o->cli);
	}
}

static void write_hide(const void *obj, struct cli_out *o)
{
	const struct cli_enables *all = obj;

	cli_say(o, "%sservice password-encryption\n", all->hide ? "" : "no ");
}

static void enable(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	cli_login_enable(o, cli_has(a, "level") ? cli_u32(a, "level")
						: CLI_PRIV_MAX);
}

static void disable(void *obj, const struct cli_args *a, struct cli_out *o)
{
	unsigned int level =
		cli_has(a, "level") ? cli_u32(a, "level") : CLI_PRIV_USER;

	(void)obj;
	if (!o->session)
		return;
	if (level > o->session->privilege)
		cli_error(o, "%% New privilege level must be less than current "
			     "privilege level\n");
	else
		o->session->privilege = level;
}

#define ENABLE "enable     Modify enable password parameters\n"
#define LEVEL                                  \
	"[ level    Set exec level password\n" \
	"<1-15>$number  Level number\n"        \
	"]\n.\n"
#define CLEAR "0$type  Specifies an UNENCRYPTED password will follow\n"
#define TYPES                                                                  \
	"[ ( " CLEAR "| 5$type    Specifies a MD5 HASHED secret will follow\n" \
	"| 8$type    Specifies a PBKDF2 HASHED secret will follow\n"           \
	"| 9$type    Specifies a SCRYPT HASHED secret will follow\n"           \
	") ]\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "enable          Turn on privileged commands\n"
			 "[ <0-15>$level  Enable level\n"
			 "]\n",
		.run = enable,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "disable         Turn off privileged commands\n"
			 "[ <0-15>$level  Privilege level to go to\n"
			 "]\n",
		.run = disable,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_config,
		.words = ENABLE
		"secret     Assign the privileged level secret\n" LEVEL TYPES
		"LINE$text  The UNENCRYPTED (cleartext) 'enable' secret\n",
		.run = set_secret,
		.no = no_secret,
		.write = write_secrets,
		.order = CLI_O_LOGGING + 40,
	},
	{
		.mode = &cli_mode_config,
		.words = ENABLE
		"algorithm-type  Algorithm to use for hashing the plaintext "
		"'enable' secret\n"
		"( md5     Encode the password using the MD5 algorithm\n"
		"| scrypt  Encode the password using the SCRYPT hashing "
		"algorithm\n"
		"| sha256  Encode the password using the PBKDF2 hashing "
		"algorithm\n)\n"
		"secret     Assign the privileged level secret\n" LEVEL
		"[ " CLEAR "]\n"
		"LINE$text  The UNENCRYPTED (cleartext) 'enable' secret\n",
		.run = set_secret_by,
	},
	{
		.mode = &cli_mode_config,
		.words = ENABLE
		"password   Assign the privileged level password\n" LEVEL
		"[ ( " CLEAR
		"| 7$type    Specifies a HIDDEN password will follow\n"
		") ]\n"
		"LINE$text  The UNENCRYPTED (cleartext) 'enable' password\n",
		.run = set_password,
		.no = no_password,
		.write = write_passwords,
		.order = CLI_O_LOGGING + 41,
	},
	{
		.mode = &cli_mode_config,
		.words = "service  Modify use of network based services\n"
			 "password-encryption  Encrypt system passwords\n",
		.run = set_hide,
		.no = set_hide,
		.write = write_hide,
		.order = CLI_O_SERVICE + 10,
	},
};

void cli_enables_init(struct cli *cli)
{
	cli->enables = xcalloc(1, sizeof(*cli->enables));
	CLI_ADD(cli, commands, cli->enables);
}

void cli_enables_free(struct cli *cli)
{
	unsigned int i;

	for (i = 0; i <= CLI_PRIV_MAX; i++) {
		cli_password_clear(&cli->enables->secret[i]);
		cli_password_clear(&cli->enables->password[i]);
	}
	free(cli->enables);
}
