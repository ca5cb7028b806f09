/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_secret.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"

enum {
	MD5_SIZE = 16,
	SALT_MAX = 8,
	IOS_SALT = 4,  /* characters of the salts that IOS makes */
	ROUNDS = 1000, /* of the $1$ scheme */
};

static const char digits64[] =
	"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct md5 {
	EVP_MD_CTX *ctx;
};

static void md5_start(struct md5 *m)
{
	m->ctx = EVP_MD_CTX_new();
	if (!m->ctx || !EVP_DigestInit_ex(m->ctx, EVP_md5(), NULL))
		log_fatal("no MD5 for passwords");
}

static void md5_add(struct md5 *m, const void *p, size_t len)
{
	EVP_DigestUpdate(m->ctx, p, len);
}

static void md5_end(struct md5 *m, uint8_t out[MD5_SIZE])
{
	EVP_DigestFinal_ex(m->ctx, out, NULL);
	EVP_MD_CTX_free(m->ctx);
}

static void first_sum(uint8_t sum[MD5_SIZE], const char *pw, size_t len,
		      const char *salt, size_t salt_len)
{
	uint8_t alt[MD5_SIZE];
	struct md5 m;
	size_t i;

	md5_start(&m);
	md5_add(&m, pw, len);
	md5_add(&m, salt, salt_len);
	md5_add(&m, pw, len);
	md5_end(&m, alt);

	md5_start(&m);
	md5_add(&m, pw, len);
	md5_add(&m, "$1$", 3);
	md5_add(&m, salt, salt_len);
	for (i = 0; i < len; i++)
		md5_add(&m, &alt[i % MD5_SIZE], 1);
	for (i = len; i; i >>= 1)
		md5_add(&m, i & 1 ? "" : pw, 1);
	md5_end(&m, sum);
	bytes_wipe(alt, sizeof(alt));
}

static void stretch(uint8_t sum[MD5_SIZE], const char *pw, size_t len,
		    const char *salt, size_t salt_len)
{
	struct md5 m;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		md5_start(&m);
		if (i & 1)
			md5_add(&m, pw, len);
		else
			md5_add(&m, sum, MD5_SIZE);
		if (i % 3)
			md5_add(&m, salt, salt_len);
		if (i % 7)
			md5_add(&m, pw, len);
		if (i & 1)
			md5_add(&m, sum, MD5_SIZE);
		else
			md5_add(&m, pw, len);
		md5_end(&m, sum);
	}
}

static char *put64(char *p, uint32_t v, int n)
{
	for (; n > 0; n--, v >>= 6)
		*p++ = digits64[v & 0x3f];
	return p;
}

void cli_secret_md5(char out[CLI_HASH_SIZE], const char *password,
		    const char *salt)
{
	size_t len = strlen(password), salt_len = strcspn(salt, "$"), i;
	uint8_t s[MD5_SIZE];
	char *p;

	if (salt_len > SALT_MAX)
		salt_len = SALT_MAX;
	first_sum(s, password, len, salt, salt_len);
	stretch(s, password, len, salt, salt_len);
	p = out + snprintf(out, CLI_HASH_SIZE, "$1$%.*s$", (int)salt_len, salt);
	for (i = 0; i < 5; i++)
		p = put64(p,
			  (uint32_t)s[i] << 16 | (uint32_t)s[i + 6] << 8 |
				  s[i == 4 ? 5 : i + 12],
			  4);
	p = put64(p, s[11], 2);
	*p = '\0';
	bytes_wipe(s, sizeof(s));
}

void cli_secret_hash(char out[CLI_HASH_SIZE], const char *password)
{
	uint8_t random[IOS_SALT];
	char salt[IOS_SALT + 1] = "";
	size_t i;

	if (RAND_bytes(random, sizeof(random)) != 1)
		log_fatal("no random octets for a salt");
	for (i = 0; i < IOS_SALT; i++)
		salt[i] = digits64[random[i] & 0x3f];
	cli_secret_md5(out, password, salt);
}

/* The fixed text that type 7 is laid over; public since 1995. */
static const char type7[] =
	"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";

bool cli_secret_reveal(char out[CLI_PASSWORD_MAX + 1], const char *hidden)
{
	size_t len = strlen(hidden), i, at;
	uint8_t c;

	if (len < 4 || len % 2 || len / 2 - 1 > CLI_PASSWORD_MAX)
		return false;
	if (strspn(hidden, "0123456789") < 2)
		return false;
	at = (size_t)(hidden[0] - '0') * 10 + (size_t)(hidden[1] - '0');
	for (i = 2; i < len; i += 2) {
		if (!bytes_from_hex(&c, 1,
				    (char[]){ hidden[i], hidden[i + 1], '\0' }))
			return false;
		out[i / 2 - 1] = (char)(c ^ (uint8_t)type7[at % 53]);
		at++;
	}
	out[len / 2 - 1] = '\0';
	return true;
}

static bool same(const char *a, const char *b)
{
	return strlen(a) == strlen(b) && bytes_equal(a, b, strlen(a));
}

bool cli_secret_check(int type, const char *text, const char *password)
{
	char buf[CLI_PASSWORD_MAX + 1], hash[CLI_HASH_SIZE];
	bool good = false;

	if (strlen(password) > CLI_PASSWORD_MAX)
		return false;
	if (type == 0) {
		good = same(text, password);
	} else if (type == 7 && cli_secret_reveal(buf, text)) {
		good = same(buf, password);
		bytes_wipe(buf, sizeof(buf));
	} else if (type == 5 && !strncmp(text, "$1$", 3)) {
		cli_secret_md5(hash, password, text + 3);
		good = same(hash, text);
	}
	return good;
}
