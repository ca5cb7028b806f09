/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/coop_ann.h"

#include <string.h>

#include "gdoi/gdoi_id.h"

#define MAGIC 0x47414e4e /* "GANN" */

enum {
	/* flags; those that we do not know mean nothing to us */
	FLAG_REPLY = 0x0001,
	FLAG_OPTIMIZE = 0x0002,
	FLAG_LEAVING = 0x0004,
	FLAG_LIVE = 0x0008,
	FLAG_REINIT = 0x0010,

	GROUP_SIZE = 8, /* body of an ID payload */
	SIDS_USED = 0x01,
	SID_BITS_MAX = 32,
};

/* Any sum or difference of two of them is a number yet. */
static const uint64_t clock_end = UINT64_C(1) << 62;

/* On the wire, so these numbers stay. */
enum tlv_type {
	TLV_KS_VERSION = 1,
	TLV_COOP_VERSION = 2,
	TLV_PRIMARY = 3,
	TLV_KNOWN = 4,
	TLV_DIGESTS = 5,
	TLV_SIDS = 6,
	TLV_STATE = 7,
	TLV_SIGNATURE = 8,
	TLV_MEMBERS = 9,
	TLVS,
};

const char *coop_role_name(enum coop_role role)
{
	switch (role) {
	case COOP_PRIMARY:
		return "Primary";
	case COOP_SECONDARY:
		return "Secondary";
	case COOP_ELECTION:
		break;
	}
	return "Election";
}

/* --- writing --------------------------------------------------------------- */

static size_t begin_tlv(struct wr *w, enum tlv_type type)
{
	wr_u16(w, type);
	wr_u32(w, 0);
	return wr_at(w);
}

static void end_tlv(struct wr *w, size_t begin)
{
	size_t length = wr_at(w) - begin;

	if (!wr_ok(w))
		return;
	wr_put16(w, begin - 4, (uint16_t)(length >> 16));
	wr_put16(w, begin - 2, (uint16_t)length);
}

static void write_octets(struct wr *w, enum tlv_type type, struct rd octets)
{
	size_t len = rd_left(&octets), begin;

	if (!len)
		return;
	begin = begin_tlv(w, type);
	wr_bytes(w, rd_bytes(&octets, len), len);
	end_tlv(w, begin);
}

static void write_text(struct wr *w, enum tlv_type type, const char *text)
{
	write_octets(w, type, rd_init(text, strlen(text)));
}

static void write_tag(struct wr *w, const struct coop_tag *tag)
{
	wr_u64(w, tag->lineage);
	wr_u32(w, tag->version);
}

static uint16_t flags_of(const struct coop_ann *ann)
{
	return (uint16_t)((ann->reply ? FLAG_REPLY : 0) |
			  (ann->optimize ? FLAG_OPTIMIZE : 0) |
			  (ann->leaving ? FLAG_LEAVING : 0) |
			  (ann->live ? FLAG_LIVE : 0) |
			  (ann->reinit_wanted ? FLAG_REINIT : 0));
}

static void write_group(struct wr *w, const struct gdoi_id *id)
{
	wr_u8(w, id->is_address ? GDOI_ID_IPV4_ADDR : GDOI_ID_KEY_ID);
	wr_zero(w, 3);
	wr_u32(w, id->is_address ? ip_v4_host(&id->addr) : id->number);
}

static void write_header(struct wr *w, const struct coop_ann *ann)
{
	wr_u32(w, MAGIC);
	wr_u8(w, COOP_WIRE_MAJOR);
	wr_u8(w, COOP_WIRE_MINOR);
	wr_u16(w, flags_of(ann));
	wr_u8(w, (uint8_t)ann->role);
	wr_u8(w, ann->priority);
	write_group(w, &ann->id);
	wr_u64(w, ann->boot);
	wr_u32(w, ann->seq);
	wr_u64(w, (uint64_t)ann->clock);
	wr_u64(w, ann->live ? ann->pseudotime : 0);
	write_tag(w, &ann->tag);
}

static void write_primary(struct wr *w, const struct coop_ann *ann)
{
	size_t begin;

	if (!ip_is_set(&ann->primary))
		return;
	begin = begin_tlv(w, TLV_PRIMARY);
	wr_u32(w, ann->primary_age);
	wr_bytes(w, ann->primary.b, ip_size(&ann->primary));
	end_tlv(w, begin);
}

static void write_known(struct wr *w, const struct coop_ann *ann)
{
	size_t begin, i;

	if (!ann->n_known)
		return;
	begin = begin_tlv(w, TLV_KNOWN);
	for (i = 0; i < ann->n_known; i++)
		write_tag(w, &ann->known[i]);
	end_tlv(w, begin);
}

static void write_sids(struct wr *w, const struct coop_ann *ann)
{
	size_t begin, i;

	if (!ann->sid_bits && !ann->n_sids && !ann->kssid_used)
		return;
	begin = begin_tlv(w, TLV_SIDS);
	wr_u8(w, ann->sid_bits);
	wr_u8(w, ann->kssid_used ? SIDS_USED : 0);
	wr_u16(w, ann->kssid_used ? ann->kssid : 0);
	for (i = 0; i < ann->n_sids; i++) {
		wr_u16(w, ann->sids[i].first);
		wr_u16(w, ann->sids[i].last);
	}
	end_tlv(w, begin);
}

void coop_ann_write(struct wr *w, const struct coop_ann *ann)
{
	size_t start = wr_at(w);

	if (!ann->id.is_set || !ann->priority || ann->clock < 0 ||
	    ann->n_known > COOP_MAX_KNOWN || ann->n_sids > COOP_SIDS_MAX) {
		w->bad = true;
		return;
	}
	write_header(w, ann);
	write_text(w, TLV_KS_VERSION, ann->ks_version);
	write_text(w, TLV_COOP_VERSION, ann->coop_version);
	write_primary(w, ann);
	write_known(w, ann);
	write_octets(w, TLV_DIGESTS,
		     rd_init(ann->digests, sizeof(ann->digests)));
	write_sids(w, ann);
	write_octets(w, TLV_STATE, ann->state);
	write_octets(w, TLV_SIGNATURE, ann->signature);
	write_octets(w, TLV_MEMBERS, ann->members);
	if (wr_at(w) - start > COOP_ANN_MAX)
		w->bad = true;
}

/* --- reading --------------------------------------------------------------- */

static struct coop_tag read_tag(struct rd *r)
{
	struct coop_tag tag = { .lineage = rd_u64(r) };

	tag.version = rd_u32(r);
	return tag;
}

static void read_flags(struct coop_ann *out, uint16_t flags)
{
	out->reply = flags & FLAG_REPLY;
	out->optimize = flags & FLAG_OPTIMIZE;
	out->leaving = flags & FLAG_LEAVING;
	out->live = flags & FLAG_LIVE;
	out->reinit_wanted = flags & FLAG_REINIT;
}

/* NULL, or why no announcement of ours begins like this. */
static const char *read_version(struct rd *r)
{
	uint32_t magic = rd_u32(r);
	uint8_t major = rd_u8(r);

	rd_skip(r, 1); /* the minor version */
	if (r->bad || magic != MAGIC)
		return "no announcement";
	if (major != COOP_WIRE_MAJOR)
		return "another major version";
	return NULL;
}

static const char *read_rest_of_header(struct rd *r, struct coop_ann *out)
{
	struct isakmp_fault fault;
	uint64_t sender_clock;
	uint8_t role;

	read_flags(out, rd_u16(r));
	role = rd_u8(r);
	out->priority = rd_u8(r);
	fault = gdoi_id_parse(rd_sub(r, GROUP_SIZE), &out->id);
	out->boot = rd_u64(r);
	out->seq = rd_u32(r);
	sender_clock = rd_u64(r);
	out->pseudotime = rd_u64(r);
	out->tag = read_tag(r);
	if (r->bad)
		return "too short";
	if (fault.notify)
		return fault.text;
	if (role > COOP_PRIMARY)
		return "unknown role";
	if (!out->priority)
		return "priority 0";
	if (sender_clock >= clock_end)
		return "clock out of range";
	if (!out->live && out->pseudotime)
		return "pseudotime without keys";
	out->role = role;
	out->clock = (int64_t)sender_clock;
	return NULL;
}

/* Shown to people: printable, or a terminal would do what it says. */
static const char *read_text(struct rd r, char *out, size_t size)
{
	size_t len = rd_left(&r), i;

	if (!len || len >= size)
		return "version of a wrong length";
	rd_copy(&r, out, len);
	out[len] = '\0';
	for (i = 0; i < len; i++) {
		if (out[i] < ' ' || out[i] > '~')
			return "version that is not printable";
	}
	return NULL;
}

static const char *read_primary(struct rd r, struct coop_ann *out)
{
	out->primary_age = rd_u32(&r);
	out->primary.family = rd_left(&r) == 4 ? IP_V4 : IP_V6;
	rd_copy(&r, out->primary.b, ip_size(&out->primary));
	if (!rd_done(&r))
		return "primary of a wrong length";
	if (ip_is_any(&out->primary) || ip_is_multicast(&out->primary))
		return "primary with an address of nobody";
	return NULL;
}

static const char *read_known(struct rd r, struct coop_ann *out)
{
	while (rd_left(&r) && out->n_known < COOP_MAX_KNOWN)
		out->known[out->n_known++] = read_tag(&r);
	if (!rd_done(&r) || !out->n_known)
		return "known tags of a wrong length";
	return NULL;
}

static const char *read_digests(struct rd r, struct coop_ann *out)
{
	rd_copy(&r, out->digests, sizeof(out->digests));
	return rd_done(&r) ? NULL : "digests of a wrong length";
}

static const char *read_ranges(struct rd r, struct coop_ann *out)
{
	struct coop_sid_range *range;

	while (rd_left(&r) && out->n_sids < COOP_SIDS_MAX) {
		range = &out->sids[out->n_sids++];
		range->first = rd_u16(&r);
		range->last = rd_u16(&r);
		if (range->first > range->last)
			return "range of identifiers that ends before it begins";
	}
	return rd_done(&r) ? NULL : "identifiers of a wrong length";
}

static const char *read_sids(struct rd r, struct coop_ann *out)
{
	uint8_t flags;

	out->sid_bits = rd_u8(&r);
	flags = rd_u8(&r);
	out->kssid = rd_u16(&r);
	out->kssid_used = flags & SIDS_USED;
	if (r.bad)
		return "identifiers of a wrong length";
	if (out->sid_bits > SID_BITS_MAX)
		return "sender IDs that are too long";
	if (!out->kssid_used && out->kssid)
		return "identifier that is not in use";
	return read_ranges(r, out);
}

static const char *read_signature(struct rd r, struct coop_ann *out)
{
	out->signature = r;
	if (!rd_left(&r) || rd_left(&r) > COOP_SIGNATURE_MAX)
		return "signature of a wrong length";
	return NULL;
}

static const char *read_part(struct rd r, struct rd *out)
{
	*out = r;
	return rd_left(&r) ? NULL : "empty part";
}

static const char *read_tlv(enum tlv_type type, struct rd body,
			    struct coop_ann *out)
{
	switch (type) {
	case TLV_KS_VERSION:
		return read_text(body, out->ks_version,
				 sizeof(out->ks_version));
	case TLV_COOP_VERSION:
		return read_text(body, out->coop_version,
				 sizeof(out->coop_version));
	case TLV_PRIMARY:
		return read_primary(body, out);
	case TLV_KNOWN:
		return read_known(body, out);
	case TLV_DIGESTS:
		return read_digests(body, out);
	case TLV_SIDS:
		return read_sids(body, out);
	case TLV_STATE:
		return read_part(body, &out->state);
	case TLV_SIGNATURE:
		return read_signature(body, out);
	case TLV_MEMBERS:
		return read_part(body, &out->members);
	case TLVS:
		break;
	}
	return NULL; /* of a later version */
}

static const char *read_tlvs(struct rd *r, struct coop_ann *out)
{
	bool seen[TLVS] = { false };
	const char *why;
	struct rd body;
	uint16_t type;

	while (rd_left(r)) {
		type = rd_u16(r);
		body = rd_sub(r, rd_u32(r));
		if (r->bad)
			return "field that is cut off";
		if (!type || type >= TLVS)
			continue;
		if (seen[type])
			return "field that is there twice";
		seen[type] = true;
		why = read_tlv(type, body, out);
		if (why)
			return why;
	}
	if (!seen[TLV_DIGESTS])
		return "no digests";
	if (seen[TLV_SIGNATURE] && !seen[TLV_STATE])
		return "signature of nothing";
	return NULL;
}

const char *coop_ann_read(struct rd octets, struct coop_ann *out)
{
	const char *why;

	*out = (struct coop_ann){ 0 };
	if (rd_left(&octets) > COOP_ANN_MAX)
		return "too long";
	why = read_version(&octets);
	if (!why)
		why = read_rest_of_header(&octets, out);
	if (!why)
		why = read_tlvs(&octets, out);
	return why;
}
