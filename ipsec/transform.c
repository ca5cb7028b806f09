/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/transform.h"

#include <stdio.h>
#include <string.h>

#include "ipsec/esp_format.h"
#include "ipsec/ip.h"

enum {
	GCM_SALT = 4, /* RFC 4106 4, RFC 4543 4 */
	GCM_IV = 8,
	GCM_ICV = 16,
	ESP_ALIGN = 4, /* RFC 4303 2.4 */
};

/* Octets; key is 0 where the transform's key_bits say. */
static const struct {
	uint8_t key, iv, block, salt;
} ciphers[] = {
	[ESP_NULL] = { 0, 0, ESP_ALIGN, 0 },
	[ESP_DES_CBC] = { 8, 8, 8, 0 },
	[ESP_3DES_CBC] = { 24, 8, 8, 0 },
	[ESP_AES_CBC] = { 0, 16, 16, 0 },
	[ESP_AES_GCM] = { 0, GCM_IV, ESP_ALIGN, GCM_SALT },
	[ESP_AES_GMAC] = { 0, GCM_IV, ESP_ALIGN, GCM_SALT },
};

/* RFC 2403, 2404, 4868 */
static const struct {
	uint8_t key, icv;
	const char *text;
} auths[] = {
	[ESP_AUTH_NONE] = { 0, 0, "" },
	[ESP_AUTH_MD5] = { 16, 12, "esp-md5-hmac" },
	[ESP_AUTH_SHA1] = { 20, 12, "esp-sha-hmac" },
	[ESP_AUTH_SHA256] = { 32, 16, "esp-sha256-hmac" },
	[ESP_AUTH_SHA384] = { 48, 24, "esp-sha384-hmac" },
	[ESP_AUTH_SHA512] = { 64, 32, "esp-sha512-hmac" },
};

bool esp_is_aead(const struct esp_transform *t)
{
	return t->cipher == ESP_AES_GCM || t->cipher == ESP_AES_GMAC;
}

bool esp_transform_valid(const struct esp_transform *t)
{
	bool aes = t->cipher == ESP_AES_CBC || esp_is_aead(t);

	if (t->cipher > ESP_AES_GMAC || t->auth > ESP_AUTH_SHA512)
		return false;
	if (aes && t->key_bits != 128 && t->key_bits != 192 &&
	    t->key_bits != 256)
		return false;
	if (esp_is_aead(t))
		return t->auth == ESP_AUTH_NONE;
	return t->cipher != ESP_NULL || t->auth != ESP_AUTH_NONE;
}

size_t esp_key_size(const struct esp_transform *t)
{
	if (ciphers[t->cipher].key || t->cipher == ESP_NULL)
		return ciphers[t->cipher].key;
	return t->key_bits / 8 + ciphers[t->cipher].salt;
}

size_t esp_auth_key_size(const struct esp_transform *t)
{
	return auths[t->auth].key;
}

size_t esp_iv_size(const struct esp_transform *t)
{
	return ciphers[t->cipher].iv;
}

size_t esp_icv_size(const struct esp_transform *t)
{
	return esp_is_aead(t) ? GCM_ICV : auths[t->auth].icv;
}

size_t esp_block_size(const struct esp_transform *t)
{
	return ciphers[t->cipher].block;
}

unsigned int ipsec_plaintext_mtu(const struct esp_transform *t, bool tbar,
				 unsigned int mtu)
{
	size_t fixed =
		IPV4_HEADER + ESP_HEADER + esp_iv_size(t) + esp_icv_size(t);
	size_t inside = ESP_TRAILER + (tbar ? TBAR_HEADER : 0);
	size_t block = esp_block_size(t), room;

	if (mtu < fixed)
		return 0;
	room = (mtu - fixed) / block * block;
	return room > inside ? (unsigned int)(room - inside) : 0;
}

bool esp_transform_equal(const struct esp_transform *a,
			 const struct esp_transform *b)
{
	return a->cipher == b->cipher && a->auth == b->auth &&
	       a->transport == b->transport &&
	       esp_key_size(a) == esp_key_size(b);
}

const char *esp_auth_text(enum esp_auth auth)
{
	return auths[auth].text;
}

static const char *sized(const struct esp_transform *t, const char *plain,
			 const char *k192, const char *k256)
{
	if (t->key_bits == 256)
		return k256;
	return t->key_bits == 192 ? k192 : plain;
}

static const char *cipher_text(const struct esp_transform *t)
{
	switch (t->cipher) {
	case ESP_NULL:
		return "esp-null";
	case ESP_DES_CBC:
		return "esp-des";
	case ESP_3DES_CBC:
		return "esp-3des";
	case ESP_AES_CBC:
		return sized(t, "esp-aes", "esp-192-aes", "esp-256-aes");
	case ESP_AES_GCM:
		return sized(t, "esp-gcm", "esp-gcm 192", "esp-gcm 256");
	case ESP_AES_GMAC:
		return sized(t, "esp-gmac", "esp-gmac 192", "esp-gmac 256");
	}
	return "";
}

const char *esp_transform_text(const struct esp_transform *t, char *out)
{
	const char *auth = auths[t->auth].text;

	snprintf(out, ESP_TRANSFORM_TEXT, "%s%s%s", cipher_text(t),
		 *auth ? " " : "", auth);
	return out;
}
