/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/capture_keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/mem.h"

enum {
	LINE = 512, /* octets: the longest has two keys of 64 octets */
	KEY_OCTETS = 64,
	COOKIE_OCTETS = 8,
	FILE_MODE = 0600,
};

struct capture_keys {
	bool (*internal)(void *arg);
	void *arg;
	char (*lines)[LINE];
	size_t n;
};

struct capture_keys *capture_keys_new(bool (*internal)(void *arg), void *arg)
{
	struct capture_keys *k = xcalloc(1, sizeof(*k));

	k->internal = internal;
	k->arg = arg;
	return k;
}

void capture_keys_wipe(struct capture_keys *k)
{
	if (k->lines)
		bytes_wipe(k->lines, CAPTURE_KEYS * LINE);
	free(k->lines);
	k->lines = NULL;
	k->n = 0;
}

void capture_keys_free(struct capture_keys *k)
{
	if (!k)
		return;
	capture_keys_wipe(k);
	free(k);
}

size_t capture_keys_count(const struct capture_keys *k)
{
	return k->n;
}

/* The oldest goes when there is no place; line is wiped. */
static void add(struct capture_keys *k, char *line)
{
	for (size_t i = 0; i < k->n; i++) {
		if (strcmp(k->lines[i], line) == 0) {
			bytes_wipe(line, LINE);
			return;
		}
	}
	if (!k->lines)
		k->lines = xcalloc(CAPTURE_KEYS, LINE);
	if (k->n == CAPTURE_KEYS) {
		memmove(k->lines, k->lines + 1, (CAPTURE_KEYS - 1) * LINE);
		k->n--;
	}
	memcpy(k->lines[k->n++], line, LINE);
	bytes_wipe(line, LINE);
}

void capture_keys_phase1(struct capture_keys *k, const uint8_t *cookie,
			 size_t cookie_len, const uint8_t *key, size_t key_len)
{
	char icookie[2 * COOKIE_OCTETS + 1], hex[2 * KEY_OCTETS + 1];
	char line[LINE] = "";

	if (!k->internal(k->arg) || cookie_len != COOKIE_OCTETS ||
	    key_len > KEY_OCTETS)
		return;
	bytes_hex(icookie, cookie, cookie_len);
	bytes_hex(hex, key, key_len);
	snprintf(line, sizeof(line), "uat:ikev1_decryption_table:%s,%s",
		 icookie, hex);
	add(k, line);
	bytes_wipe(hex, sizeof(hex));
}

/* As Wireshark calls them; NULL: it knows none. */
static const char *cipher_name(enum esp_cipher cipher)
{
	static const char *const names[] = {
		[ESP_NULL] = "NULL",
		[ESP_DES_CBC] = "DES-CBC [RFC2405]",
		[ESP_3DES_CBC] = "TripleDES-CBC [RFC2451]",
		[ESP_AES_CBC] = "AES-CBC [RFC3602]",
		[ESP_AES_GCM] = "AES-GCM with 16 octet ICV [RFC4106]",
		[ESP_AES_GMAC] = NULL,
	};

	return names[cipher];
}

static const char *auth_name(enum esp_auth auth)
{
	static const char *const names[] = {
		[ESP_AUTH_NONE] = "NULL",
		[ESP_AUTH_MD5] = "HMAC-MD5-96 [RFC2403]",
		[ESP_AUTH_SHA1] = "HMAC-SHA-1-96 [RFC2404]",
		[ESP_AUTH_SHA256] = "HMAC-SHA-256-128 [RFC4868]",
		[ESP_AUTH_SHA384] = "HMAC-SHA-384-192 [RFC4868]",
		[ESP_AUTH_SHA512] = "HMAC-SHA-512-256 [RFC4868]",
	};

	return names[auth];
}

/* "0x0011": a key of no octets is an empty text. */
static bool key_text(char *out, const struct keybuf *key)
{
	*out = '\0';
	if (key->len > KEY_OCTETS)
		return false;
	if (!key->len)
		return true;
	memcpy(out, "0x", 3);
	bytes_hex(out + 2, key->data, key->len);
	return true;
}

/* What carries it has the addresses of what it carries: any. */
static void add_sa(struct capture_keys *k, const struct ipsec_sa *sa,
		   const char *family)
{
	const char *cipher = cipher_name(sa->transform.cipher);
	const char *auth = auth_name(sa->transform.auth);
	char key[2 * KEY_OCTETS + 3], auth_key[2 * KEY_OCTETS + 3];
	char line[LINE] = "";

	if (cipher && key_text(key, &sa->key) &&
	    key_text(auth_key, &sa->auth_key)) {
		snprintf(line, sizeof(line),
			 "uat:esp_sa:\"%s\",\"*\",\"*\",\"0x%08x\",\"%s\","
			 "\"%s\",\"%s\",\"%s\"",
			 family, sa->spi, cipher, key, auth, auth_key);
		add(k, line);
	}
	bytes_wipe(key, sizeof(key));
	bytes_wipe(auth_key, sizeof(auth_key));
}

void capture_keys_policy(struct capture_keys *k, const struct ipsec_policy *p)
{
	if (!k->internal(k->arg))
		return;
	for (size_t i = 0; i < p->n_sas; i++) {
		add_sa(k, &p->sas[i], "IPv4");
		add_sa(k, &p->sas[i], "IPv6");
	}
}

int64_t capture_keys_write(const struct capture_keys *k, const char *path)
{
	size_t size = k->n * (LINE + 1) + 1, len = 0;
	char *text = xcalloc(1, size);
	int err;

	for (size_t i = 0; i < k->n; i++) {
		size_t n = strlen(k->lines[i]);

		memcpy(text + len, k->lines[i], n);
		len += n;
		text[len++] = '\n';
	}
	err = file_write(path, FILE_MODE, text, len);
	bytes_wipe(text, size);
	free(text);
	return err ? err : (int64_t)len;
}
