/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_password.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/cli_priv.h"
#include "cli/cli_secret.h"

void cli_password_clear(struct cli_password *p)
{
	if (p->text)
		bytes_wipe(p->text, strlen(p->text));
	free(p->text);
	*p = (struct cli_password){ 0 };
}

static bool is_good(int type, const char *text, struct cli_out *o)
{
	if (cli_secret_valid(type, text))
		return true;
	if (type == 0)
		cli_error(o, "%% Password too long\n");
	else if (type == 7)
		cli_error(o, "Invalid encrypted password: %s\n", text);
	else
		cli_error(o,
			  "ERROR: The secret you entered is not a valid "
			  "encrypted secret.\n"
			  "To enter an UNENCRYPTED secret, do not specify "
			  "type %d encryption.\n"
			  "When you properly enter an UNENCRYPTED secret, "
			  "it will be encrypted.\n",
			  type);
	return false;
}

enum cli_algorithm cli_algorithm_of(const struct cli_args *a)
{
	if (cli_has(a, "scrypt"))
		return CLI_ALGORITHM_SCRYPT;
	return cli_has(a, "sha256") ? CLI_ALGORITHM_PBKDF2 : CLI_ALGORITHM_MD5;
}

bool cli_password_set(struct cli_password *p, const struct cli_args *a,
		      enum cli_algorithm algorithm, struct cli_out *o)
{
	int type = cli_has(a, "type") ? (int)cli_u32(a, "type") : 0;
	const char *text = cli_str(a, "text");
	char hashed[CLI_HASH_SIZE];

	if (!is_good(type, text, o))
		return false;
	cli_password_clear(p);
	if (type == 0 && algorithm) {
		type = (int)algorithm;
		cli_secret_hash(hashed, type, text);
		text = hashed;
	}
	p->type = type;
	p->secret = algorithm != CLI_ALGORITHM_NONE;
	p->text = xstrdup(text);
	if (cli_passwords_hidden(o->cli))
		cli_password_hide(p);
	return true;
}

bool cli_password_check(const struct cli_password *p, const char *password)
{
	return p->text && cli_secret_check(p->type, p->text, password);
}

void cli_password_hide(struct cli_password *p)
{
	char hidden[2 * CLI_PASSWORD_MAX + 3];

	if (!p->text || p->type != 0)
		return;
	cli_secret_hide(hidden, p->text);
	cli_password_clear(p);
	p->type = 7;
	p->text = xstrdup(hidden);
}

void cli_password_say(const struct cli_password *p, bool type_zero,
		      struct cli_out *o)
{
	if (!p->text)
		return;
	cli_say(o, " %s ", p->secret ? "secret" : "password");
	if (p->type || type_zero)
		cli_say(o, "%d ", p->type);
	cli_say(o, "%s", p->text);
}
