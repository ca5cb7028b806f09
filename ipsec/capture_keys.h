/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys that have been in use, as lines of Wireshark's tables
 * (ikev1_decryption_table, esp_sa): only while "service internal" is
 * configured, a bounded number, wiped when they go.  Control thread. */
#ifndef IPSEC_CAPTURE_KEYS_H
#define IPSEC_CAPTURE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipsec/dataplane.h"

struct capture_keys;

enum capture_keys_limits { CAPTURE_KEYS = 512 };

struct capture_keys *capture_keys_new(bool (*internal)(void *arg), void *arg);
void capture_keys_free(struct capture_keys *k);
void capture_keys_wipe(struct capture_keys *k);
size_t capture_keys_count(const struct capture_keys *k);
/* A phase 1: its initiator cookie and the key of its cipher. */
void capture_keys_phase1(struct capture_keys *k, const uint8_t *cookie,
			 size_t cookie_len, const uint8_t *key, size_t key_len);
/* The keys of a policy. */
void capture_keys_policy(struct capture_keys *k, const struct ipsec_policy *p);
/* A file of options for tshark, one a line; only we may read it.  Octets, or
 * -errno. */
int64_t capture_keys_write(const struct capture_keys *k, const char *path);

#endif
