/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_gap.h"

#include "base/mem.h"
#include "gdoi/gdoi_attr.h"

/* RFC 6407 5.4.1 to 5.4.3; 128 and up are for private use. */
enum gap_attribute {
	GAP_ACTIVATION_TIME_DELAY = 1,
	GAP_DEACTIVATION_TIME_DELAY = 2,
	GAP_SENDER_ID_REQUEST = 3,
	GAP_TBAR_WINDOW = 128,
	GAP_PSEUDOTIME = 129,
	GAP_REPLAY_WINDOW = 130,
};

enum { ATD, DTD, SIDS, WINDOW, PSEUDOTIME, REPLAY, N_RULES };

static const struct gdoi_attr_rule rules[N_RULES] = {
	[ATD] = { GAP_ACTIVATION_TIME_DELAY, GDOI_ATTR_BASIC, false },
	[DTD] = { GAP_DEACTIVATION_TIME_DELAY, GDOI_ATTR_BASIC, false },
	[SIDS] = { GAP_SENDER_ID_REQUEST, GDOI_ATTR_BASIC, false },
	[WINDOW] = { GAP_TBAR_WINDOW, GDOI_ATTR_BASIC, true },
	[PSEUDOTIME] = { GAP_PSEUDOTIME, GDOI_ATTR_VARIABLE, true },
	[REPLAY] = { GAP_REPLAY_WINDOW, GDOI_ATTR_BASIC, true },
};

static const struct gdoi_attr_table table = {
	.rules = rules,
	.n = ARRAY_SIZE(rules),
	.unknown = "GAP attribute is unknown",
	.malformed = "GAP attribute is malformed",
	.twice = "GAP attribute is there twice",
};

struct isakmp_fault gdoi_gap_parse(struct rd body, bool extensions,
				   struct gdoi_gap *out)
{
	struct gdoi_attr_value v[N_RULES];
	struct isakmp_fault fault;

	fault = gdoi_attr_parse(body, &table, extensions, v);
	if (fault.notify)
		return fault;
	if (v[WINDOW].seen && !v[PSEUDOTIME].seen)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "TBAR window without a pseudotime");
	if (v[WINDOW].seen && v[WINDOW].number == 0)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED, "TBAR window is 0");
	if (v[SIDS].seen && v[SIDS].number == 0)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "request for no sender IDs");
	*out = (struct gdoi_gap){
		.atd = (uint16_t)v[ATD].number,
		.dtd = (uint16_t)v[DTD].number,
		.sids_wanted = (uint16_t)v[SIDS].number,
		.tbar = v[WINDOW].seen,
		.tbar_window = (uint16_t)v[WINDOW].number,
		.has_pseudotime = v[PSEUDOTIME].seen,
		.pseudotime = v[PSEUDOTIME].number,
		.replay_window = (uint16_t)v[REPLAY].number,
	};
	return ISAKMP_OK;
}

bool gdoi_gap_is_empty(const struct gdoi_gap *gap)
{
	return !gap->atd && !gap->dtd && !gap->sids_wanted && !gap->tbar &&
	       !gap->has_pseudotime && !gap->replay_window;
}

static void write_pseudotime(struct wr *w, uint64_t pseudotime)
{
	uint8_t octets[sizeof(pseudotime)];
	struct wr value = wr_init(octets, sizeof(octets));

	wr_u64(&value, pseudotime);
	isakmp_attribute_tlv(w, GAP_PSEUDOTIME, octets, sizeof(octets));
}

void gdoi_gap_write(struct wr *w, uint8_t next, const struct gdoi_gap *gap)
{
	size_t begin = isakmp_payload_begin(w, next);

	if (gap->atd)
		isakmp_attribute_tv(w, GAP_ACTIVATION_TIME_DELAY, gap->atd);
	if (gap->dtd)
		isakmp_attribute_tv(w, GAP_DEACTIVATION_TIME_DELAY, gap->dtd);
	if (gap->sids_wanted)
		isakmp_attribute_tv(w, GAP_SENDER_ID_REQUEST, gap->sids_wanted);
	if (gap->tbar)
		isakmp_attribute_tv(w, GAP_TBAR_WINDOW, gap->tbar_window);
	if (gap->has_pseudotime)
		write_pseudotime(w, gap->pseudotime);
	if (gap->replay_window)
		isakmp_attribute_tv(w, GAP_REPLAY_WINDOW, gap->replay_window);
	isakmp_payload_end(w, begin);
}
