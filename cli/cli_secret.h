/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passwords as IOS keeps them: 0 in clear, 5 an MD5 hash (crypt(3)'s $1$),
 * 7 hidden from the eye only, 8 PBKDF2 with SHA-256 ($8$), 9 scrypt ($9$). */
#ifndef CLI_CLI_SECRET_H
#define CLI_CLI_SECRET_H

#include <stdbool.h>
#include <stddef.h>

enum cli_secret_limits {
	CLI_PASSWORD_MAX = 80, /* IOS: longest password, octets */
	CLI_HASH_SIZE = 80,    /* room for a hash of any type and its NUL */
};

/* The hash of a password under a random salt; type 5, 8 or 9. */
void cli_secret_hash(char out[CLI_HASH_SIZE], int type, const char *password);
/* $1$salt$hash; the salt is text, up to 8 characters up to a $. */
void cli_secret_md5(char out[CLI_HASH_SIZE], const char *password,
		    const char *salt);
/* What a type 7 text hides; false if it is none. */
bool cli_secret_reveal(char out[CLI_PASSWORD_MAX + 1], const char *hidden);
/* The other way; with a random place to begin. */
void cli_secret_hide(char out[2 * CLI_PASSWORD_MAX + 3], const char *password);
/* Whether text can be what a router keeps as this type. */
bool cli_secret_valid(int type, const char *text);
/* Whether password is the one kept as text of this type (0, 5, 7, 8, 9). */
bool cli_secret_check(int type, const char *text, const char *password);

#endif
