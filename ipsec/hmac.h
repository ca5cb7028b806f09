/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HMAC (RFC 2104) with one key over many packets: what the key makes of the
 * hash is computed once.  A key is only read once made, by any number of
 * workers; nothing is allocated, which EVP does for each digest. */
#ifndef IPSEC_HMAC_H
#define IPSEC_HMAC_H

#include <stddef.h>
#include <stdint.h>

#include "ipsec/transform.h"

enum { HMAC_MAX = 64 };

struct hmac_key;

/* NULL: auth is none.  key has esp_auth_key_size() octets. */
struct hmac_key *hmac_key_new(enum esp_auth auth, const uint8_t *key);
void hmac_key_free(struct hmac_key *k);
/* out has HMAC_MAX octets. */
void hmac(const struct hmac_key *k, const uint8_t *data, size_t len,
	  uint8_t *out);

#endif
