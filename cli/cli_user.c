/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_user.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/cli_login.h"
#include "cli/cli_priv.h"
#include "cli/cli_secret.h"

struct password {
	char *text; /* NULL: none */
	int type;   /* 0, 5, 7; others are kept but fit no password */
};

struct user {
	TAILQ_ENTRY(user) link;
	char *name;
	unsigned int privilege;
	bool secret; /* printed as secret, not password */
	struct password password;
};

struct cli_secrets {
	struct password secret, password;
	TAILQ_HEAD(, user) users;
};

static void password_clear(struct password *p)
{
	if (p->text)
		bytes_wipe(p->text, strlen(p->text));
	free(p->text);
	*p = (struct password){ 0 };
}

/* A secret in clear is hashed at once. */
static bool password_set(struct password *p, int type, const char *text,
			 bool hash, struct cli_out *o)
{
	char hashed[CLI_HASH_SIZE];

	if (type == 0 && strlen(text) > CLI_PASSWORD_MAX) {
		cli_error(o, "%% Password too long\n");
		return false;
	}
	if (type == 5 && strncmp(text, "$1$", 3)) {
		cli_error(o, "ERROR: The secret you entered is not a valid "
			     "encrypted secret.\n");
		return false;
	}
	password_clear(p);
	if (type == 0 && hash) {
		cli_secret_hash(hashed, text);
		type = 5;
		text = hashed;
	}
	p->type = type;
	p->text = xstrdup(text);
	return true;
}

static int typed(const struct cli_args *a)
{
	return cli_has(a, "type") ? (int)cli_u32(a, "type") : 0;
}

/* --- enable --- */

bool cli_enable_is_set(const struct cli *cli)
{
	return cli->secrets->secret.text || cli->secrets->password.text;
}

bool cli_enable_check(const struct cli *cli, const char *password)
{
	const struct password *p = cli->secrets->secret.text
					   ? &cli->secrets->secret
					   : &cli->secrets->password;

	return p->text && cli_secret_check(p->type, p->text, password);
}

static void set_enable_secret(void *obj, const struct cli_args *a,
			      struct cli_out *o)
{
	struct cli_secrets *all = obj;

	(void)password_set(&all->secret, typed(a), cli_str(a, "text"), true, o);
}

static void no_enable_secret(void *obj, const struct cli_args *a,
			     struct cli_out *o)
{
	struct cli_secrets *all = obj;

	(void)a;
	(void)o;
	password_clear(&all->secret);
}

static void write_enable_secret(const void *obj, struct cli_out *o)
{
	const struct cli_secrets *all = obj;

	if (all->secret.text)
		cli_say(o, "enable secret %d %s\n", all->secret.type,
			all->secret.text);
}

static void set_enable_password(void *obj, const struct cli_args *a,
				struct cli_out *o)
{
	struct cli_secrets *all = obj;

	(void)password_set(&all->password, typed(a), cli_str(a, "text"), false,
			   o);
}

static void no_enable_password(void *obj, const struct cli_args *a,
			       struct cli_out *o)
{
	struct cli_secrets *all = obj;

	(void)a;
	(void)o;
	password_clear(&all->password);
}

static void write_enable_password(const void *obj, struct cli_out *o)
{
	const struct cli_secrets *all = obj;

	if (!all->password.text)
		return;
	if (all->password.type)
		cli_say(o, "enable password %d %s\n", all->password.type,
			all->password.text);
	else
		cli_say(o, "enable password %s\n", all->password.text);
}

/* --- users --- */

static struct user *find(const struct cli_secrets *all, const char *name)
{
	struct user *u;

	TAILQ_FOREACH (u, &all->users, link) {
		if (!strcmp(u->name, name))
			return u;
	}
	return NULL;
}

unsigned int cli_user_check(const struct cli *cli, const char *name,
			    const char *password)
{
	const struct user *u = find(cli->secrets, name);

	if (!u || !u->password.text ||
	    !cli_secret_check(u->password.type, u->password.text, password))
		return 0;
	return u->privilege;
}

static void set_user(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_secrets *all = obj;
	struct user *u = find(all, cli_str(a, "name"));

	if (!u) {
		u = xcalloc(1, sizeof(*u));
		u->name = xstrdup(cli_str(a, "name"));
		u->privilege = CLI_PRIV_USER;
		TAILQ_INSERT_TAIL(&all->users, u, link);
	}
	if (cli_has(a, "level"))
		u->privilege = cli_u32(a, "level");
	if (!cli_has(a, "text"))
		return;
	if (password_set(&u->password, typed(a), cli_str(a, "text"),
			 cli_has(a, "secret"), o))
		u->secret = cli_has(a, "secret");
}

static void user_free(struct cli_secrets *all, struct user *u)
{
	TAILQ_REMOVE(&all->users, u, link);
	password_clear(&u->password);
	free(u->name);
	free(u);
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
		if (u->password.text)
			cli_say(o, " %s %d %s",
				u->secret ? "secret" : "password",
				u->password.type, u->password.text);
		cli_say(o, "\n");
	}
}

/* --- commands --- */

static void enable(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	cli_login_enable(o, cli_has(a, "level") ? cli_u32(a, "level")
						: CLI_PRIV_MAX);
}

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
		.mode = &cli_mode_config,
		.words = "enable     Modify enable password parameters\n"
			 "secret     Assign the privileged level secret\n"
			 ".\n"
			 "[ ( 0$type  Specifies an UNENCRYPTED password will "
			 "follow\n"
			 "| 5$type    Specifies a MD5 HASHED secret will "
			 "follow\n"
			 "| 8$type    Specifies a PBKDF2 HASHED secret will "
			 "follow\n"
			 "| 9$type    Specifies a SCRYPT HASHED secret will "
			 "follow\n"
			 ") ]\n"
			 "LINE$text  The UNENCRYPTED (cleartext) 'enable' "
			 "secret\n",
		.run = set_enable_secret,
		.no = no_enable_secret,
		.write = write_enable_secret,
		.order = CLI_O_LOGGING + 40,
	},
	{
		.mode = &cli_mode_config,
		.words = "enable     Modify enable password parameters\n"
			 "password   Assign the privileged level password\n"
			 ".\n"
			 "[ ( 0$type  Specifies an UNENCRYPTED password will "
			 "follow\n"
			 "| 7$type    Specifies a HIDDEN password will follow\n"
			 ") ]\n"
			 "LINE$text  The UNENCRYPTED (cleartext) 'enable' "
			 "password\n",
		.run = set_enable_password,
		.no = no_enable_password,
		.write = write_enable_password,
		.order = CLI_O_LOGGING + 41,
	},
	{
		.mode = &cli_mode_config,
		.words =
			"username        Establish User Name Authentication\n"
			"WORD$name       User name\n"
			".\n"
			"[ privilege     Set user privilege level\n"
			"<0-15>$level    User privilege level\n"
			"]\n"
			"[ ( secret      Specify the secret for the user\n"
			"| password      Specify the password for the user\n"
			")\n"
			"[ ( 0$type      Specifies an UNENCRYPTED password "
			"will follow\n"
			"| 5$type        Specifies a HASHED secret will "
			"follow\n"
			"| 7$type        Specifies a HIDDEN password will "
			"follow\n"
			"| 8$type        Specifies a PBKDF2 HASHED secret will "
			"follow\n"
			"| 9$type        Specifies a SCRYPT HASHED secret will "
			"follow\n"
			") ]\n"
			"LINE$text       The UNENCRYPTED (cleartext) user "
			"password\n"
			"]\n",
		.run = set_user,
		.no = no_user,
		.write = write_users,
		.order = CLI_O_USERNAME,
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
	password_clear(&all->secret);
	password_clear(&all->password);
	free(all);
}
