/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one key server tells another, as it stands after decryption.  The first
 * octet chooses what the rest is:
 *
 *	0	an announcement
 *	1	a part of one
 *	2	the members in it, read by a key server of the article; bit 4:
 *		from its primary, bit 5: it has keys and a member itself
 *	3	the keys in it, the same: bit 5; bit 6: of an IPv6 group
 *
 * What is accepted must come out the same when it is written and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/coop_members.h"
#include "ks/coop_pdu.h"
#include "ks/coop_state.h"
#include "tests/coop/anns.h"
#include "tests/fuzz/coop_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum kind { ANNOUNCEMENT, PART, MEMBERS, STATE, KINDS };
enum { FROM_PRIMARY = 16, JOINED = 32, GROUP6 = 64 };

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

/* --- by a key server --------------------------------------------------------- */

/* The whole database is understood by the next one. */
static void check_members_again(struct ks_group *g)
{
	const size_t room = 4096 + (size_t)g->members.count * 192;
	unsigned int before = g->members.count;
	uint8_t *buf = xcalloc(1, room);
	struct wr w = wr_init(buf, room);
	bool changed, beyond;
	uint64_t stamp;

	must(coop_members_write(&w, g, false, false, 0, &stamp) && wr_ok(&w));
	must(!coop_members_read(g, rd_init(buf, wr_at(&w)), 0, true, &changed,
				&beyond));
	must(!changed && !beyond && g->members.count == before);
	free(buf);
}

/* The primary says that there are none: only who registered here lately
 * stays. */
static void empty_members(struct ks_group *g)
{
	static const uint8_t nobody[] = { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	unsigned int before = g->members.count;
	bool changed, beyond;

	must(!coop_members_read(g, rd_init(nobody, sizeof(nobody)), 0, true,
				&changed, &beyond));
	must(changed == (g->members.count < before) && !beyond);
}

static void try_members(const uint8_t *data, size_t size, uint8_t choice)
{
	struct ks_group *g = coop_reader(false);
	bool changed, beyond;
	unsigned int before;

	if (choice & JOINED)
		coop_reader_join(g);
	before = g->members.count;
	if (coop_members_read(g, rd_init(data, size), SEC(5),
			      choice & FROM_PRIMARY, &changed, &beyond))
		must(!changed && g->members.count == before);
	else
		check_members_again(g);
	empty_members(g);
}

/* What it has become can be told to the next one, which understands it. */
static void check_state_again(const struct ks_group *g)
{
	enum { ROOM = 2 * 1024 * 1024 };
	uint8_t *buf = xcalloc(1, ROOM);
	struct wr w = wr_init(buf, ROOM);
	struct coop_state *again;
	const char *why;

	coop_state_write(&w, g);
	must(wr_ok(&w));
	again = coop_state_read(g, rd_init(buf, wr_at(&w)), 0, &why);
	must(again && !why);
	coop_state_free(again);
	free(buf);
}

/* First in the place of what it has, then once more beside it. */
static void try_state(const uint8_t *data, size_t size, uint8_t choice)
{
	struct ks_group *g = coop_reader(choice & GROUP6);
	struct coop_state *state;
	const char *why;

	if (choice & JOINED)
		coop_reader_join(g);
	state = coop_state_read(g, rd_init(data, size), SEC(5), &why);
	must(!state == !!why);
	if (!state)
		return;
	if (choice & JOINED)
		coop_state_merge(g, state);
	else
		(void)coop_state_adopt(g, state);
	coop_state_free(state);
	check_state_again(g);
	state = coop_state_read(g, rd_init(data, size), SEC(5), &why);
	must(state);
	coop_state_merge(g, state);
	coop_state_free(state);
	check_state_again(g);
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
	case MEMBERS:
		try_members(data + 1, size - 1, data[0]);
		break;
	case STATE:
		try_state(data + 1, size - 1, data[0]);
		break;
	case KINDS:
		break;
	}
	return 0;
}
