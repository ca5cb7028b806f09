/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Target: gro_add() and gro_end().  The input says what frames come in, most
 * of them segments that can be joined (tests/ipsec/joins.c); its first octet,
 * whether UDP is joined.  Every frame must come out once and, cut again by
 * gso_next(), as it was, each flow in its order. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/ipsec/joins.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(data, size);
	struct joins *j = joins_new();
	bool udp = rd_u8(&r) & 1;
	const char *wrong;

	while (rd_left(&r)) {
		joins_script(j, &r);
		joins_run(j, udp);
		wrong = joins_check(j);
		if (wrong) {
			fprintf(stderr, "%s\n", wrong);
			abort();
		}
	}
	if (!joins_free(j))
		abort();
	return 0;
}
