/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A member made from the text of RFC 6407 alone: it shares no code with
 * gdoi/, knows none of our extensions, and gives up on everything that the
 * RFC does not have (5.3.2, 5.4: an unknown attribute aborts). */
#ifndef TESTS_EXCHANGE_STRICT_MEMBER_H
#define TESTS_EXCHANGE_STRICT_MEMBER_H

#include "isakmp/isakmp.h"

struct strict_member {
	struct env *env;
	uint32_t group;
	bool over, registered;
	const char *why; /* it gave up */
	uint32_t tek_spi, kek_number;
	uint8_t kek_spi[16];
	uint8_t tek_key[16], tek_auth[20], kek[32];
	unsigned int n_sats;

	struct isakmp_exchange *x;
	int step;
	uint8_t nonces[256];
	size_t nonces_len;
};

void strict_member_start(struct strict_member *m, struct isakmp_sa *sa);

#endif
