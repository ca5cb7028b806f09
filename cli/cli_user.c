/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_user.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli_password.h"
#include "cli/cli_priv.h"

struct user {
	TAILQ_ENTRY(user) link;
	char *name;
	unsigned int privilege;
	struct cli_password password;
	bool open;	   /* nopassword */
	char *autocommand; /* or NULL */
};

struct cli_secrets {
	TAILQ_HEAD(, user) users;
};

static struct user *find(const struct cli_secrets *all, const char *name)
{
	struct user *u;

	TAILQ_FOREACH (u, &all->users, link) {
		if (!strcmp(u->name, name))
			return u;
	}
	return NULL;
}

enum cli_user_verdict cli_user_check(const struct cli *cli, const char *name,
				     const char *password)
{
	const struct user *u = find(cli->secrets, name);

	if (!u)
		return CLI_USER_UNKNOWN;
	return u->open || cli_password_check(&u->password, password)
		       ? CLI_USER_RIGHT
		       : CLI_USER_WRONG;
}

const char *cli_user_autocommand(const struct cli *cli, const char *name)
{
	const struct user *u = find(cli->secrets, name);

	return u ? u->autocommand : NULL;
}

bool cli_user_is_known(const struct cli *cli, const char *name)
{
	return find(cli->secrets, name);
}

unsigned int cli_user_privilege(const struct cli *cli, const char *name)
{
	const struct user *u = find(cli->secrets, name);

	return u ? u->privilege : (unsigned int)CLI_PRIV_USER;
}

void cli_users_hide(struct cli *cli)
{
	struct user *u;

	TAILQ_FOREACH (u, &cli->secrets->users, link) {
		cli_password_hide(&u->password);
	}
}

static struct user *user_new(struct cli_secrets *all, const char *name)
{
	struct user *u = xcalloc(1, sizeof(*u));

	u->name = xstrdup(name);
	u->privilege = CLI_PRIV_USER;
	TAILQ_INSERT_TAIL(&all->users, u, link);
	return u;
}

/* A user has one of the two; IOS wants the other one removed first. */
static bool clashes(const struct user *u, bool secret, struct cli_out *o)
{
	if (!u || !u->password.text || u->password.secret == secret)
		return false;
	cli_error(o, "ERROR: Can not have both a user password and a user "
		     "secret.\nPlease choose one or the other.\n");
	return true;
}

static void put(struct cli_secrets *all, const struct cli_args *a,
		enum cli_algorithm algorithm, struct cli_out *o)
{
	struct user *u = find(all, cli_str(a, "name"));
	struct cli_password given = { 0 };

	if (cli_has(a, "text") && (clashes(u, algorithm, o) ||
				   !cli_password_set(&given, a, algorithm, o)))
		return;
	if (!u)
		u = user_new(all, cli_str(a, "name"));
	if (cli_has(a, "level"))
		u->privilege = cli_u32(a, "level");
	if (!given.text)
		return;
	cli_password_clear(&u->password);
	u->password = given;
	u->open = false;
}

static void set_user(void *obj, const struct cli_args *a, struct cli_out *o)
{
	put(obj, a,
	    cli_has(a, "secret") ? CLI_ALGORITHM_MD5 : CLI_ALGORITHM_NONE, o);
}

static void set_user_by(void *obj, const struct cli_args *a, struct cli_out *o)
{
	put(obj, a, cli_algorithm_of(a), o);
}

static void user_free(struct cli_secrets *all, struct user *u)
{
	TAILQ_REMOVE(&all->users, u, link);
	cli_password_clear(&u->password);
	free(u->autocommand);
	free(u->name);
	free(u);
}

static void set_open(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_secrets *all = obj;
	struct user *u;

	(void)o;
	u = find(all, cli_str(a, "name"));
	if (!u)
		u = user_new(all, cli_str(a, "name"));
	if (cli_has(a, "level"))
		u->privilege = cli_u32(a, "level");
	cli_password_clear(&u->password);
	u->open = true;
}

static void set_autocommand(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	struct cli_secrets *all = obj;
	struct user *u = find(all, cli_str(a, "name"));

	(void)o;
	if (!u)
		u = user_new(all, cli_str(a, "name"));
	free(u->autocommand);
	u->autocommand = xstrdup(cli_str(a, "command"));
}

static void no_user(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_secrets *all = obj;
	struct user *u = find(all, cli_str(a, "name"));

	(void)o;
	if (u)
		user_free(all, u);
}

static void write_users(const void *obj, struct cli_out *o)
{
	const struct cli_secrets *all = obj;
	const struct user *u;

	TAILQ_FOREACH (u, &all->users, link) {
		cli_say(o, "username %s", u->name);
		if (u->privilege != CLI_PRIV_USER)
			cli_say(o, " privilege %u", u->privilege);
		if (u->open)
			cli_say(o, " nopassword");
		cli_password_say(&u->password, true, o);
		cli_say(o, "\n");
		if (u->autocommand)
			cli_say(o, "username %s autocommand %s\n", u->name,
				u->autocommand);
	}
}

#define USER                                                   \
	"username        Establish User Name Authentication\n" \
	"WORD$name       User name\n"                          \
	".\n"                                                  \
	"[ privilege     Set user privilege level\n"           \
	"<0-15>$level    User privilege level\n"               \
	"]\n"
#define SECRET "secret      Specify the secret for the user\n"
#define CLEAR  "0$type      Specifies an UNENCRYPTED password will follow\n"
#define TEXT   "LINE$text       The UNENCRYPTED (cleartext) user password\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = USER
		"[ ( " SECRET
		"| password      Specify the password for the user\n"
		")\n"
		"[ ( " CLEAR
		"| 5$type        Specifies a HASHED secret will follow\n"
		"| 7$type        Specifies a HIDDEN password will follow\n"
		"| 8$type        Specifies a PBKDF2 HASHED secret will "
		"follow\n"
		"| 9$type        Specifies a SCRYPT HASHED secret will "
		"follow\n"
		") ]\n" TEXT "]\n",
		.run = set_user,
		.no = no_user,
		.write = write_users,
		.order = CLI_O_USERNAME,
	},
	{
		.mode = &cli_mode_config,
		.words = USER
		"algorithm-type  Algorithm to use for hashing the plaintext "
		"secret for the user\n"
		"( md5     Encode the password using the MD5 algorithm\n"
		"| scrypt  Encode the password using the SCRYPT hashing "
		"algorithm\n"
		"| sha256  Encode the password using the PBKDF2 hashing "
		"algorithm\n)\n" SECRET "[ " CLEAR "]\n" TEXT,
		.run = set_user_by,
	},
	{
		.mode = &cli_mode_config,
		.words = USER "nopassword  No password is required for the "
			      "user to log in\n",
		.run = set_open,
	},
	{
		.mode = &cli_mode_config,
		.words = "username     Establish User Name Authentication\n"
			 "WORD$name    User name\n"
			 "autocommand  Automatically issue a command after the "
			 "user logs in\n"
			 "LINE$command  Command to be issued\n",
		.run = set_autocommand,
	},
};

void cli_secrets_init(struct cli *cli)
{
	cli->secrets = xcalloc(1, sizeof(*cli->secrets));
	TAILQ_INIT(&cli->secrets->users);
	CLI_ADD(cli, commands, cli->secrets);
}

void cli_secrets_free(struct cli *cli)
{
	struct cli_secrets *all = cli->secrets;

	while (!TAILQ_EMPTY(&all->users))
		user_free(all, TAILQ_FIRST(&all->users));
	free(all);
}
