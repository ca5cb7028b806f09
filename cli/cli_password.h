/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A password or secret in the configuration: what was typed, and as what it
 * is kept and printed. */
#ifndef CLI_CLI_PASSWORD_H
#define CLI_CLI_PASSWORD_H

#include <stdbool.h>

struct cli;
struct cli_args;
struct cli_out;

struct cli_password {
	char *text;  /* NULL: none */
	int type;    /* cli_secret.h */
	bool secret; /* a "secret", not a "password" */
};

void cli_password_clear(struct cli_password *p);
enum cli_algorithm {
	CLI_ALGORITHM_NONE, /* a password */
	CLI_ALGORITHM_MD5 = 5,
	CLI_ALGORITHM_PBKDF2 = 8,
	CLI_ALGORITHM_SCRYPT = 9,
};

/* From a command with "type" and "text": a secret in clear is hashed at once.
 * false after an error was said; p is as before then. */
bool cli_password_set(struct cli_password *p, const struct cli_args *a,
		      enum cli_algorithm algorithm, struct cli_out *o);
/* Of a command with "md5", "scrypt" and "sha256". */
enum cli_algorithm cli_algorithm_of(const struct cli_args *a);
bool cli_password_check(const struct cli_password *p, const char *password);
/* service password-encryption: what is in clear is hidden. */
void cli_password_hide(struct cli_password *p);
/* " secret 5 $1$...": as it stands behind username or enable. */
void cli_password_say(const struct cli_password *p, bool type_zero,
		      struct cli_out *o);
/* service password-encryption is configured. */
bool cli_passwords_hidden(const struct cli *cli);

#endif
