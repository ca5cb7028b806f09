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
	/* Types 8 and 9, as real routers make them. */
	PBKDF2_ROUNDS = 20000,
	SCRYPT_N = 16384, /* r and p are 1 */
	SCRYPT_MEMORY = 32 * 1024 * 1024,
	KDF_SALT = 14, /* characters */
	KDF_SIZE = 32, /* octets of the derived key */
	KDF_DIGITS = 43,
	KDF_TEXT = 3 + KDF_SALT + 1 + KDF_DIGITS,
	TYPE7_STARTS = 16, /* IOS begins at one of these */
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

/* --- types 8 and 9 ---------------------------------------------------- */

/* As crypt's digits, but the first octet gives the high bits. */
static char *encode64(char *p, const uint8_t *octets, size_t len)
{
	uint32_t v;
	size_t i, n;

	for (i = 0; i < len; i += 3) {
		n = len - i < 3 ? len - i : 3;
		v = (uint32_t)octets[i] << 16;
		v |= n > 1 ? (uint32_t)octets[i + 1] << 8 : 0;
		v |= n > 2 ? octets[i + 2] : 0;
		for (n++; n; n--, v <<= 6)
			*p++ = digits64[v >> 18 & 0x3f];
	}
	*p = '\0';
	return p;
}

static void derive(uint8_t key[KDF_SIZE], int type, const char *password,
		   const char *salt)
{
	const uint8_t *s = (const uint8_t *)salt;
	size_t len = strlen(password);
	int good;

	if (type == 8)
		good = PKCS5_PBKDF2_HMAC(password, (int)len, s, KDF_SALT,
					 PBKDF2_ROUNDS, EVP_sha256(), KDF_SIZE,
					 key);
	else
		good = EVP_PBE_scrypt(password, len, s, KDF_SALT, SCRYPT_N, 1,
				      1, SCRYPT_MEMORY, key, KDF_SIZE);
	if (!good)
		log_fatal("no type %d for passwords", type);
}

/* salt: KDF_SALT characters, used as they stand. */
static void secret_kdf(char out[CLI_HASH_SIZE], int type, const char *password,
		       const char *salt)
{
	uint8_t key[KDF_SIZE];
	char *p;

	derive(key, type, password, salt);
	p = out +
	    snprintf(out, CLI_HASH_SIZE, "$%d$%.*s$", type, KDF_SALT, salt);
	encode64(p, key, sizeof(key));
	bytes_wipe(key, sizeof(key));
}

static bool is_kdf(int type, const char *text)
{
	const char head[] = { '$', (char)('0' + type), '$', '\0' };

	return strlen(text) == KDF_TEXT && !strncmp(text, head, 3) &&
	       strspn(text + 3, digits64) == KDF_SALT &&
	       text[3 + KDF_SALT] == '$' &&
	       strspn(text + 4 + KDF_SALT, digits64) == KDF_DIGITS;
}

/* --- all types -------------------------------------------------------- */

static void random_salt(char *salt, size_t len)
{
	uint8_t random[KDF_SALT];
	size_t i;

	if (RAND_bytes(random, sizeof(random)) != 1)
		log_fatal("no random octets for a salt");
	for (i = 0; i < len; i++)
		salt[i] = digits64[random[i] & 0x3f];
	salt[len] = '\0';
}

void cli_secret_hash(char out[CLI_HASH_SIZE], int type, const char *password)
{
	char salt[KDF_SALT + 1];

	random_salt(salt, type == 5 ? IOS_SALT : KDF_SALT);
	if (type == 5)
		cli_secret_md5(out, password, salt);
	else
		secret_kdf(out, type, password, salt);
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

void cli_secret_hide(char out[2 * CLI_PASSWORD_MAX + 3], const char *password)
{
	size_t len = strlen(password), i;
	uint8_t start;

	if (RAND_bytes(&start, 1) != 1)
		log_fatal("no random octets for a password");
	start %= TYPE7_STARTS;
	snprintf(out, 3, "%02u", start);
	for (i = 0; i < len && i < CLI_PASSWORD_MAX; i++)
		snprintf(out + 2 + 2 * i, 3, "%02X",
			 (uint8_t)password[i] ^
				 (uint8_t)type7[(start + i) % 53]);
}

bool cli_secret_valid(int type, const char *text)
{
	char buf[CLI_PASSWORD_MAX + 1];
	bool good;

	switch (type) {
	case 0:
		return strlen(text) <= CLI_PASSWORD_MAX;
	case 5:
		return !strncmp(text, "$1$", 3) && strlen(text) < CLI_HASH_SIZE;
	case 7:
		good = cli_secret_reveal(buf, text);
		bytes_wipe(buf, sizeof(buf));
		return good;
	default:
		return is_kdf(type, text);
	}
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
	} else if ((type == 8 || type == 9) && is_kdf(type, text)) {
		secret_kdf(hash, type, password, text + 3);
		good = same(hash, text);
	}
	return good;
}
