/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_sa.h"

#include <stdlib.h>

#include "base/mem.h"
#include "gdoi/gdoi_sak.h"

enum { SA_SITUATION = 0 }; /* RFC 6407 5.2: MUST be zero */

static struct isakmp_fault add_sat(struct rd body, bool extensions,
				   struct gdoi_sa *sa)
{
	if (sa->n_sats == GDOI_MAX_RULES)
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN, "too many SATs");
	if ((sa->n_sats & (sa->n_sats - 1)) == 0)
		sa->sats = xrealloc(sa->sats, sa->n_sats ? 2 * sa->n_sats : 1,
				    sizeof(*sa->sats));
	return gdoi_sat_parse(body, extensions, &sa->sats[sa->n_sats++]);
}

/* RFC 6407 5.2.1: at most one SAK, then at most one GAP, then SATs. */
static struct isakmp_fault take_nested(uint8_t type, struct rd body,
				       bool extensions, struct gdoi_sa *sa)
{
	switch (type) {
	case ISAKMP_SAK:
		if (sa->has_sak || sa->has_gap || sa->n_sats)
			break;
		sa->has_sak = true;
		return gdoi_sak_parse(body, &sa->kek);
	case ISAKMP_GAP:
		if (sa->has_gap || sa->n_sats)
			break;
		sa->has_gap = true;
		return gdoi_gap_parse(body, extensions, &sa->gap);
	case ISAKMP_SAT:
		return add_sat(body, extensions, sa);
	default:
		break;
	}
	return ISAKMP_FAULT(PAYLOAD_MALFORMED,
			    "SA payload has others in it than SAK, GAP, SATs");
}

static bool parse_head(struct rd *body, uint8_t *type)
{
	uint32_t doi = rd_u32(body), situation = rd_u32(body);
	uint16_t first = rd_u16(body);

	*type = (uint8_t)first;
	rd_u16(body);
	return !body->bad && doi == GDOI_DOI && situation == SA_SITUATION &&
	       first <= UINT8_MAX;
}

struct isakmp_fault gdoi_sa_parse(struct rd body, bool extensions,
				  struct gdoi_sa *out)
{
	struct isakmp_payload nested;
	struct isakmp_fault fault;
	uint8_t next;

	*out = (struct gdoi_sa){ 0 };
	if (!parse_head(&body, &next))
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "SA payload is not GDOI's");
	while (next != ISAKMP_NONE) {
		fault = isakmp_payload_next(&body, &next, &nested);
		if (!fault.notify)
			fault = take_nested(nested.type, nested.body,
					    extensions, out);
		if (fault.notify)
			return fault;
	}
	if (!rd_done(&body))
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "SA payload has octets left over");
	if (!out->has_sak && !out->n_sats)
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "SA payload has neither SAK nor SAT");
	return ISAKMP_OK;
}

static uint8_t first_nested(const struct gdoi_sa *sa, uint8_t after)
{
	if (after == ISAKMP_NONE && sa->has_sak)
		return ISAKMP_SAK;
	if (after != ISAKMP_GAP && sa->has_gap)
		return ISAKMP_GAP;
	return sa->n_sats ? ISAKMP_SAT : ISAKMP_NONE;
}

void gdoi_sa_write(struct wr *w, uint8_t next, const struct gdoi_sa *sa)
{
	size_t begin = isakmp_payload_begin(w, next), i;

	wr_u32(w, GDOI_DOI);
	wr_u32(w, SA_SITUATION);
	wr_u16(w, first_nested(sa, ISAKMP_NONE));
	wr_zero(w, 2);
	if (sa->has_sak)
		gdoi_sak_write(w, first_nested(sa, ISAKMP_SAK), &sa->kek);
	if (sa->has_gap)
		gdoi_gap_write(w, first_nested(sa, ISAKMP_GAP), &sa->gap);
	for (i = 0; i < sa->n_sats; i++)
		gdoi_sat_write(w, i + 1 < sa->n_sats ? ISAKMP_SAT : ISAKMP_NONE,
			       &sa->sats[i]);
	isakmp_payload_end(w, begin);
}

void gdoi_sa_fini(struct gdoi_sa *sa)
{
	free(sa->sats);
	keybuf_free(&sa->kek.pubkey);
	*sa = (struct gdoi_sa){ 0 };
}
