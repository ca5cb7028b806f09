/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passwords as IOS keeps them: 0 in clear, 5 an MD5 hash (crypt(3)'s $1$),
 * 7 hidden from the eye only. */
#ifndef CLI_CLI_SECRET_H
#define CLI_CLI_SECRET_H

#include <stdbool.h>
#include <stddef.h>

enum cli_secret_limits {
	CLI_PASSWORD_MAX = 80, /* IOS: longest password, octets */
	CLI_HASH_SIZE = 64,    /* room for a type 5 hash and its NUL */
};

/* $1$salt$hash of a password with a random or the given salt (text, up to 8
 * characters up to a $). */
void cli_secret_hash(char out[CLI_HASH_SIZE], const char *password);
void cli_secret_md5(char out[CLI_HASH_SIZE], const char *password,
		    const char *salt);
/* What a type 7 text hides; false if it is none. */
bool cli_secret_reveal(char out[CLI_PASSWORD_MAX + 1], const char *hidden);
/* Whether password is the one kept as text of this type (0, 5, 7). */
bool cli_secret_check(int type, const char *text, const char *password);

#endif
