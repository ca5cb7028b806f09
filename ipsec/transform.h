/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transform sets and IPsec profiles: what a TEK is made for. */
#ifndef IPSEC_TRANSFORM_H
#define IPSEC_TRANSFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/cli.h"

/* ESP ciphers; values are ours, the wire's numbers are in gdoi/. */
enum esp_cipher {
	ESP_NULL,
	ESP_DES_CBC,
	ESP_3DES_CBC,
	ESP_AES_CBC,
	ESP_AES_GCM,  /* ICV 16 octets, RFC 4106 */
	ESP_AES_GMAC, /* RFC 4543 */
};

enum esp_auth {
	ESP_AUTH_NONE,
	ESP_AUTH_MD5,	 /* HMAC-MD5-96 */
	ESP_AUTH_SHA1,	 /* HMAC-SHA1-96 */
	ESP_AUTH_SHA256, /* 128-bit ICV, RFC 4868 */
	ESP_AUTH_SHA384,
	ESP_AUTH_SHA512,
};

struct esp_transform {
	enum esp_cipher cipher;
	unsigned int key_bits; /* AES: 128, 192, 256; else 0 */
	enum esp_auth auth;
	bool transport; /* else tunnel */
};

/* Octets of key material, as a KD payload carries them: GCM and GMAC include
 * the 4-octet salt. */
size_t esp_key_size(const struct esp_transform *t);
size_t esp_auth_key_size(const struct esp_transform *t);
size_t esp_iv_size(const struct esp_transform *t);
size_t esp_icv_size(const struct esp_transform *t);
size_t esp_block_size(const struct esp_transform *t); /* padding alignment */
/* One cipher gives privacy and integrity (no esp_auth beside it). */
bool esp_is_aead(const struct esp_transform *t);
/* Key size and combination are ones that the dataplane can do. */
bool esp_transform_valid(const struct esp_transform *t);
bool esp_transform_equal(const struct esp_transform *a,
			 const struct esp_transform *b);
/* "esp-aes esp-sha-hmac", "esp-256-aes esp-sha256-hmac", "esp-gcm 256", as
 * show commands spell it; out has ESP_TRANSFORM_TEXT octets. */
#define ESP_TRANSFORM_TEXT 64
const char *esp_transform_text(const struct esp_transform *t, char *out);

/* The largest inner packet (tunnel mode) whose ESP packet fits into mtu; tbar:
 * with the time stamp of time-based anti-replay. */
unsigned int ipsec_plaintext_mtu(const struct esp_transform *t, bool tbar,
				 unsigned int mtu);
/* "esp-sha-hmac"; "" for none. */
const char *esp_auth_text(enum esp_auth auth);

/* The configuration: crypto ipsec transform-set, profile and global lines. */
struct ipsec_config;

struct ipsec_config *ipsec_config_new(void);
void ipsec_config_free(struct ipsec_config *config);

struct ipsec_profile_view {
	struct esp_transform transform; /* of its first transform set */
	const char *transform_set;	/* its name; NULL: the default one */
	unsigned int lifetime_seconds;	/* profile's, else global */
};
/* False when there is no such profile, or its transform set is missing. */
bool ipsec_profile_find(const struct ipsec_config *config, const char *name,
			struct ipsec_profile_view *out);
/* fn(arg) after each change of a profile, set or global lifetime. */
void ipsec_config_watch(struct ipsec_config *config, void (*fn)(void *arg),
			void *arg);
void ipsec_config_cli_init(struct ipsec_config *config, struct cli *cli);

#endif
