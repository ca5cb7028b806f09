/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/bytes.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <string.h>

#include "base/mem.h"

void keybuf_free(struct keybuf *k)
{
	OPENSSL_clear_free(k->data, k->len);
	k->data = NULL;
	k->len = 0;
}

void keybuf_set(struct keybuf *k, const void *key, size_t len)
{
	uint8_t *copy = NULL;

	if (len) {
		copy = OPENSSL_malloc(len);
		if (copy)
			memcpy(copy, key, len);
	}
	keybuf_free(k);
	k->data = copy;
	k->len = copy ? len : 0;
}

bool bytes_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

void bytes_wipe(void *p, size_t len)
{
	OPENSSL_cleanse(p, len);
}

char *bytes_hex(char *out, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < len; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * len] = '\0';
	return out;
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool bytes_from_hex(void *out, size_t len, const char *hex)
{
	uint8_t *p = out;
	size_t i;

	if (strlen(hex) != 2 * len)
		return false;
	for (i = 0; i < len; i++) {
		int high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		p[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}
