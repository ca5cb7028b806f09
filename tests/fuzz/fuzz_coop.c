/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one key server tells another, as it stands after decryption.  The first
 * octet chooses what the rest is:
 *
 *	0	an announcement
 *
 * What is accepted must come out the same when it is written and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/coop/anns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum kind { ANNOUNCEMENT, KINDS };

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	switch ((enum kind)(data[0] % KINDS)) {
	case ANNOUNCEMENT:
		try_announcement(data + 1, size - 1);
		break;
	case KINDS:
		break;
	}
	return 0;
}
