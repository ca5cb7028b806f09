/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one key server tells another, as it stands after decryption.  The first
 * octet chooses what the rest is:
 *
 *	0	an announcement
 *	1	a part of one
 *
 * What is accepted must come out the same when it is written and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/coop_pdu.h"
#include "tests/coop/anns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum kind { ANNOUNCEMENT, PART, KINDS = 4 };

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Written, it is no longer than it was: what we do not know is left out. */
static void try_announcement(const uint8_t *data, size_t size)
{
	struct coop_ann ann, again;
	uint8_t *buf;
	struct wr w;

	if (coop_ann_read(rd_init(data, size), &ann))
		return;
	buf = xcalloc(1, size);
	w = wr_init(buf, size);
	coop_ann_write(&w, &ann);
	must(wr_ok(&w));
	must(!coop_ann_read(rd_init(buf, wr_at(&w)), &again));
	must(!ann_difference(&ann, &again));
	free(buf);
}

/* There is one way to write it, but for two octets that mean nothing yet. */
static void try_part(const uint8_t *data, size_t size)
{
	struct coop_pdu pdu;
	uint8_t *buf;
	struct wr w;

	if (coop_pdu_read(rd_init(data, size), &pdu))
		return;
	must(pdu.kind != COOP_PART ||
	     coop_pdu_at(pdu.total, pdu.count, pdu.index) +
			     rd_left(&pdu.octets) <=
		     pdu.total);
	buf = xcalloc(1, size);
	w = wr_init(buf, size);
	coop_pdu_write(&w, &pdu);
	must(wr_ok(&w) && wr_at(&w) == size);
	must(memcmp(buf, data, 6) == 0 &&
	     memcmp(buf + 8, data + 8, size - 8) == 0);
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	switch ((enum kind)(data[0] % KINDS)) {
	case ANNOUNCEMENT:
		try_announcement(data + 1, size - 1);
		break;
	case PART:
		try_part(data + 1, size - 1);
		break;
	case KINDS:
		break;
	}
	return 0;
}
