/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/coop/anns.h"

#include <string.h>

static const uint8_t state[] = { 1, 2, 3, 4, 5, 6, 7 };
static const uint8_t signature[COOP_SIGNATURE_MAX] = { 8, 9 };
static const uint8_t members[] = { 10, 11, 12 };

static void fill_lists(struct coop_ann *ann)
{
	size_t i, k;

	for (i = 0; i < COOP_MAX_KNOWN; i++)
		ann->known[i] = (struct coop_tag){
			.lineage = UINT64_C(0x8000000000000001) + i,
			.version = (uint32_t)i,
		};
	ann->n_known = COOP_MAX_KNOWN;
	for (i = 0; i < COOP_ITEMS; i++) {
		for (k = 0; k < COOP_DIGEST; k++)
			ann->digests[i][k] = (uint8_t)(16 * i + k);
	}
	for (i = 0; i < COOP_SIDS_MAX; i++)
		ann->sids[i] = (struct coop_sid_range){
			.first = (uint16_t)(4 * i),
			.last = (uint16_t)(4 * i + i % 3),
		};
	ann->n_sids = COOP_SIDS_MAX;
}

struct coop_ann ann_full(void)
{
	struct coop_ann ann = {
		.id = { .is_set = true, .number = 1234 },
		.role = COOP_PRIMARY,
		.priority = 255,
		.reply = true,
		.optimize = true,
		.leaving = true,
		.boot = UINT64_C(0xfedcba9876543210),
		.seq = UINT32_C(0xfffffffe),
		.clock = INT64_C(0x3fffffffffffffff),
		.live = true,
		.pseudotime = UINT64_C(0x8000000180000000),
		.primary = ip_v4(0x0a00000c),
		.primary_age = UINT32_C(0x80000001),
		.ks_version = "1.0.27.9999.999",
		.coop_version = "1.0.8",
		.tag = { UINT64_C(0x0123456789abcdef), UINT32_C(0xfffffff0) },
		.reinit_wanted = true,
		.sid_bits = 32,
		.kssid_used = true,
		.kssid = 511,
		.state = rd_init(state, sizeof(state)),
		.signature = rd_init(signature, sizeof(signature)),
		.members = rd_init(members, sizeof(members)),
	};

	fill_lists(&ann);
	return ann;
}

struct coop_ann ann_minimal(void)
{
	return (struct coop_ann){
		.id = { .is_set = true, .number = 0 },
		.role = COOP_ELECTION,
		.priority = 1,
	};
}

static bool same_octets(struct rd a, struct rd b)
{
	size_t len = rd_left(&a);

	if (len != rd_left(&b))
		return false;
	return !len || memcmp(a.p, b.p, len) == 0;
}

static bool same_tag(const struct coop_tag *a, const struct coop_tag *b)
{
	return a->lineage == b->lineage && a->version == b->version;
}

static bool same_known(const struct coop_ann *a, const struct coop_ann *b)
{
	size_t i;

	if (a->n_known != b->n_known)
		return false;
	for (i = 0; i < a->n_known; i++) {
		if (!same_tag(&a->known[i], &b->known[i]))
			return false;
	}
	return true;
}

static bool same_sids(const struct coop_ann *a, const struct coop_ann *b)
{
	size_t i;

	if (a->n_sids != b->n_sids)
		return false;
	for (i = 0; i < a->n_sids; i++) {
		if (a->sids[i].first != b->sids[i].first ||
		    a->sids[i].last != b->sids[i].last)
			return false;
	}
	return true;
}

#define DIFFER(field)             \
	if (a->field != b->field) \
	return #field

const char *ann_difference(const struct coop_ann *a, const struct coop_ann *b)
{
	if (!gdoi_id_equal(&a->id, &b->id))
		return "id";
	DIFFER(role);
	DIFFER(priority);
	DIFFER(reply);
	DIFFER(optimize);
	DIFFER(leaving);
	DIFFER(boot);
	DIFFER(seq);
	DIFFER(clock);
	DIFFER(live);
	DIFFER(pseudotime);
	if (!ip_equal(&a->primary, &b->primary))
		return "primary";
	DIFFER(primary_age);
	if (strcmp(a->ks_version, b->ks_version) != 0)
		return "ks_version";
	if (strcmp(a->coop_version, b->coop_version) != 0)
		return "coop_version";
	if (!same_tag(&a->tag, &b->tag))
		return "tag";
	if (!same_known(a, b))
		return "known";
	if (memcmp(a->digests, b->digests, sizeof(a->digests)) != 0)
		return "digests";
	DIFFER(reinit_wanted);
	if (!same_sids(a, b))
		return "sids";
	DIFFER(sid_bits);
	DIFFER(kssid_used);
	DIFFER(kssid);
	if (!same_octets(a->state, b->state))
		return "state";
	if (!same_octets(a->signature, b->signature))
		return "signature";
	if (!same_octets(a->members, b->members))
		return "members";
	return NULL;
}
