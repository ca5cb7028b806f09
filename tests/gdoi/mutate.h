/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done to every parser: each truncation of a good body, and each octet
 * of it changed, in a heap copy of exact size (ASan sees one octet too far).
 * parses() says whether the body was accepted; it frees what it made. */
#ifndef TESTS_GDOI_MUTATE_H
#define TESTS_GDOI_MUTATE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/rd.h"

typedef bool parses_fn(struct rd body);

static inline bool parses_copy(parses_fn *parses, const uint8_t *wire,
			       size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	bool accepted;

	if (len)
		memcpy(copy, wire, len);
	accepted = parses(rd_init(copy, len));
	free(copy);
	return accepted;
}

static inline void refuses_truncations(parses_fn *parses, const uint8_t *wire,
				       size_t len)
{
	size_t i;

	ck_assert(parses_copy(parses, wire, len));
	for (i = 0; i < len; i++)
		ck_assert_msg(!parses_copy(parses, wire, i),
			      "cut at %zu of %zu", i, len);
}

/* The number of changed bodies that were accepted: keys and addresses may be
 * any octets, so that is not 0. */
static inline size_t survives_flips(parses_fn *parses, const uint8_t *wire,
				    size_t len)
{
	static const uint8_t masks[] = { 0x01, 0x02, 0x04, 0x08, 0x10,
					 0x20, 0x40, 0x80, 0x7f, 0xff };
	uint8_t *copy = malloc(len);
	size_t accepted = 0, i, k;

	for (i = 0; i < len; i++) {
		for (k = 0; k < sizeof(masks); k++) {
			memcpy(copy, wire, len);
			copy[i] ^= masks[k];
			accepted += parses(rd_init(copy, len));
		}
	}
	free(copy);
	return accepted;
}

/* A chain payload's body: what follows its generic header. */
static inline struct rd body_of_payload(const uint8_t *wire, size_t len)
{
	return rd_init(wire + 4, len - 4);
}

#define ck_assert_octets(got, got_len, want, want_len) \
	do {                                           \
		ck_assert_uint_eq(got_len, want_len);  \
		ck_assert_mem_eq(got, want, want_len); \
	} while (0)

#endif
