/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Octet strings: key material with its own wiping, comparison in constant
 * time, and hex for people. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A secret on the heap.  keybuf_free() wipes it; NULL data means none. */
struct keybuf {
	uint8_t *data;
	size_t len;
};

/* Replaces what was there (wiped).  key may be NULL when len is 0. */
void keybuf_set(struct keybuf *k, const void *key, size_t len);
void keybuf_free(struct keybuf *k);

bool bytes_equal(const void *a, const void *b, size_t len);
void bytes_wipe(void *p, size_t len);
/* Lower-case hex and a NUL into out, which has room for 2 * len + 1. */
char *bytes_hex(char *out, const void *p, size_t len);
/* Reads 2 * len hex digits exactly; false on anything else. */
bool bytes_from_hex(void *out, size_t len, const char *hex);

#endif
