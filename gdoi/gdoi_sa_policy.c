/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between a group's policy and its SA payload.
 *
 * A permit entry is a SAT with the SPI of its TEK; entries may share one.
 * During a roll-over the TEK before goes along in SATs of its own after all
 * others, with the selectors of the same entries.  A member therefore knows a
 * roll-over by two SATs of the same selectors and different SPIs: from a key
 * server of our family the first is the one to send with, from any other the
 * one that lives longer. */
#include "gdoi/gdoi_sa.h"

#include <stdlib.h>

#include "base/mem.h"

/* --- policy to payload --------------------------------------------------- */

static bool add_sat_for(struct gdoi_sa *sa, const struct gdoi_policy *policy,
			const struct ace *ace, size_t tek)
{
	struct gdoi_sat *sat = &sa->sats[sa->n_sats];

	*sat = (struct gdoi_sat){ 0 };
	if (!gdoi_sat_from_ace(ace, sat))
		return false;
	sa->n_sats++;
	if (!ace->permit)
		return true;
	if (tek >= policy->n_teks)
		return false;
	sat->spi = policy->teks[tek].spi;
	sat->transform = policy->teks[tek].transform;
	sat->lifetime = policy->teks[tek].lifetime;
	sat->preserve = GDOI_PRESERVE_BOTH;
	sat->direction =
		policy->receive_only ? GDOI_RECEIVER_ONLY : GDOI_SYMMETRIC;
	return true;
}

/* The TEK that the rules of tek name now; n_teks when there is none. */
static size_t newest_tek(const struct gdoi_policy *policy, size_t tek)
{
	size_t hops;

	for (hops = 0; hops < policy->n_teks; hops++) {
		if (tek >= policy->n_teks)
			break;
		if (!policy->teks[tek].old)
			return tek;
		tek = policy->teks[tek].newer;
	}
	return policy->n_teks;
}

static bool add_old_tek(struct gdoi_sa *sa, const struct gdoi_policy *policy,
			size_t tek)
{
	size_t newest = newest_tek(policy, tek), before = sa->n_sats, i;

	for (i = 0; i < policy->n_rules; i++) {
		const struct gdoi_rule *rule = &policy->rules[i];

		if (rule->ace.permit && rule->tek == newest &&
		    !add_sat_for(sa, policy, &rule->ace, tek))
			return false;
	}
	return sa->n_sats > before;
}

static bool add_sats(struct gdoi_sa *sa, const struct gdoi_policy *policy)
{
	size_t old = 0, i;

	for (i = 0; i < policy->n_teks; i++)
		old += policy->teks[i].old;
	/* An old TEK adds at most one SAT a rule. */
	sa->sats = xcalloc(policy->n_rules * (old + 1) + 1, sizeof(*sa->sats));
	for (i = 0; i < policy->n_rules; i++) {
		const struct gdoi_rule *rule = &policy->rules[i];

		if (!add_sat_for(sa, policy, &rule->ace, rule->tek))
			return false;
	}
	for (i = 0; i < policy->n_teks; i++) {
		if (policy->teks[i].old && !add_old_tek(sa, policy, i))
			return false;
	}
	return true;
}

static void set_kek(struct gdoi_sa *sa, const struct gdoi_kek *kek)
{
	sa->has_sak = true;
	sa->kek = *kek;
	sa->kek.iv = (struct keybuf){ 0 };
	sa->kek.key = (struct keybuf){ 0 };
	sa->kek.pubkey = (struct keybuf){ 0 };
	keybuf_set(&sa->kek.pubkey, kek->pubkey.data, kek->pubkey.len);
}

static uint16_t at_most_16_bits(uint32_t value)
{
	return value > UINT16_MAX ? UINT16_MAX : (uint16_t)value;
}

bool gdoi_sa_from_policy(const struct gdoi_policy *policy, bool extensions,
			 struct gdoi_sa *out)
{
	*out = (struct gdoi_sa){ 0 };
	if (!extensions && gdoi_policy_needs_extensions(policy))
		return false;
	if (policy->n_rules > GDOI_MAX_RULES || policy->n_teks > GDOI_MAX_TEKS)
		return false;
	if (policy->has_kek)
		set_kek(out, &policy->kek);
	out->gap.atd = at_most_16_bits(policy->atd);
	out->gap.dtd = at_most_16_bits(policy->dtd);
	if (extensions) {
		out->gap.tbar = policy->tbar;
		out->gap.tbar_window = at_most_16_bits(policy->tbar_window);
		/* What TBAR cannot do without. */
		out->gap.has_pseudotime =
			policy->has_pseudotime || policy->tbar;
		out->gap.pseudotime = policy->pseudotime;
		out->gap.replay_window = at_most_16_bits(policy->replay_window);
	}
	out->has_gap = !gdoi_gap_is_empty(&out->gap);
	return add_sats(out, policy);
}

/* --- payload to policy --------------------------------------------------- */

/* While the rules are read: the selectors that each rule came from. */
struct reading {
	struct gdoi_policy *policy;
	const struct gdoi_sat **of_rule;
	bool first_is_newest;
};

static struct isakmp_fault find_tek(struct gdoi_policy *policy,
				    const struct gdoi_sat *sat, size_t *index)
{
	size_t i;

	for (i = 0; i < policy->n_teks; i++) {
		const struct gdoi_tek *tek = &policy->teks[i];

		if (tek->spi != sat->spi)
			continue;
		*index = i;
		if (tek->lifetime != sat->lifetime ||
		    !esp_transform_equal(&tek->transform, &sat->transform))
			return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
					    "SATs of one SPI differ");
		return ISAKMP_OK;
	}
	if (policy->n_teks == GDOI_MAX_TEKS)
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN, "too many TEKs");
	policy->teks[policy->n_teks] = (struct gdoi_tek){
		.spi = sat->spi,
		.transform = sat->transform,
		.lifetime = sat->lifetime,
	};
	*index = policy->n_teks++;
	return ISAKMP_OK;
}

/* Two SATs of the same selectors with these TEKs: one of them is old. */
static struct isakmp_fault roll_over(struct reading *r, struct gdoi_rule *rule,
				     size_t tek)
{
	struct gdoi_tek *teks = r->policy->teks;
	size_t newest = rule->tek, old = tek;

	if (!r->first_is_newest && teks[tek].lifetime > teks[newest].lifetime) {
		newest = tek;
		old = rule->tek;
	}
	if (teks[newest].old ||
	    (teks[old].old && teks[old].newer != newest && r->first_is_newest))
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "SATs disagree which TEK is old");
	teks[old].old = true;
	teks[old].newer = (unsigned int)newest;
	rule->tek = (unsigned int)newest;
	return ISAKMP_OK;
}

static struct isakmp_fault take_rule(struct reading *r,
				     const struct gdoi_sat *sat, size_t tek)
{
	struct gdoi_policy *policy = r->policy;
	struct gdoi_rule *rule;
	size_t i;

	for (i = 0; i < policy->n_rules; i++) {
		rule = &policy->rules[i];
		if (!rule->ace.permit || sat->protocol_id != GDOI_SAT_ESP ||
		    !gdoi_sat_same_selectors(r->of_rule[i], sat))
			continue;
		return rule->tek == tek ? ISAKMP_OK : roll_over(r, rule, tek);
	}
	rule = &policy->rules[policy->n_rules];
	if (!gdoi_sat_to_ace(sat, &rule->ace))
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "SAT has a port without TCP or UDP");
	rule->tek = (unsigned int)tek;
	r->of_rule[policy->n_rules++] = sat;
	return ISAKMP_OK;
}

static bool lacks_key_length(const struct esp_transform *t)
{
	bool aes = t->cipher == ESP_AES_CBC || t->cipher == ESP_AES_GCM ||
		   t->cipher == ESP_AES_GMAC;

	return aes && t->key_bits == 0;
}

static struct isakmp_fault take_sat(struct reading *r,
				    const struct gdoi_sat *sat)
{
	struct isakmp_fault fault;
	size_t tek = 0;

	if (sat->protocol_id == GDOI_SAT_DENY)
		return take_rule(r, sat, tek);
	if (lacks_key_length(&sat->transform))
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "AES without a key length");
	/* What header preservation does in our dataplane. */
	if (sat->preserve != GDOI_PRESERVE_BOTH)
		return ISAKMP_FAULT(ATTRIBUTES_NOT_SUPPORTED,
				    "addresses would not be preserved");
	fault = find_tek(r->policy, sat, &tek);
	if (fault.notify)
		return fault;
	return take_rule(r, sat, tek);
}

/* Now that all is known: no rule is left with an old TEK alone, and old TEKs
 * name the newest, not one between. */
static struct isakmp_fault settle_teks(struct gdoi_policy *policy)
{
	size_t i;

	for (i = 0; i < policy->n_rules; i++) {
		const struct gdoi_rule *rule = &policy->rules[i];

		if (rule->ace.permit && policy->teks[rule->tek].old)
			return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
					    "SATs disagree which TEK is old");
	}
	for (i = 0; i < policy->n_teks; i++) {
		if (policy->teks[i].old)
			policy->teks[i].newer =
				(unsigned int)newest_tek(policy, i);
	}
	return ISAKMP_OK;
}

/* IOS has one direction for the group, and so have our members. */
static struct isakmp_fault take_direction(const struct gdoi_sa *sa,
					  struct gdoi_policy *policy)
{
	uint8_t direction = 0;
	size_t i;

	for (i = 0; i < sa->n_sats; i++) {
		if (sa->sats[i].protocol_id != GDOI_SAT_ESP)
			continue;
		if (direction && sa->sats[i].direction != direction)
			return ISAKMP_FAULT(ATTRIBUTES_NOT_SUPPORTED,
					    "SATs differ in direction");
		direction = sa->sats[i].direction;
	}
	if (direction == GDOI_SENDER_ONLY)
		return ISAKMP_FAULT(ATTRIBUTES_NOT_SUPPORTED,
				    "SATs are for senders only");
	policy->receive_only = direction == GDOI_RECEIVER_ONLY;
	return ISAKMP_OK;
}

static struct isakmp_fault take_gap(const struct gdoi_gap *gap,
				    struct gdoi_policy *policy)
{
	if (gap->sids_wanted)
		return ISAKMP_FAULT(ATTRIBUTES_NOT_SUPPORTED,
				    "key server asks for sender IDs");
	policy->atd = gap->atd;
	policy->dtd = gap->dtd;
	policy->tbar = gap->tbar;
	policy->tbar_window = gap->tbar_window;
	policy->has_pseudotime = gap->has_pseudotime;
	policy->pseudotime = gap->pseudotime;
	policy->replay_window = gap->replay_window;
	return ISAKMP_OK;
}

static struct isakmp_fault take_sats(const struct gdoi_sa *sa, bool extensions,
				     struct gdoi_policy *policy)
{
	struct reading r = { .policy = policy, .first_is_newest = extensions };
	struct isakmp_fault fault = ISAKMP_OK;
	size_t i;

	policy->rules = xcalloc(sa->n_sats + 1, sizeof(*policy->rules));
	policy->teks = xcalloc(GDOI_MAX_TEKS, sizeof(*policy->teks));
	r.of_rule = xcalloc(sa->n_sats + 1, sizeof(*r.of_rule));
	for (i = 0; i < sa->n_sats && !fault.notify; i++)
		fault = take_sat(&r, &sa->sats[i]);
	free(r.of_rule);
	return fault.notify ? fault : settle_teks(policy);
}

struct isakmp_fault gdoi_sa_to_policy(const struct gdoi_sa *sa, bool extensions,
				      struct gdoi_policy **out)
{
	struct gdoi_policy *policy = gdoi_policy_new();
	struct isakmp_fault fault;

	policy->has_kek = sa->has_sak;
	policy->kek = sa->kek;
	policy->kek.pubkey = (struct keybuf){ 0 };
	fault = take_gap(&sa->gap, policy);
	if (!fault.notify)
		fault = take_direction(sa, policy);
	if (!fault.notify)
		fault = take_sats(sa, extensions, policy);
	if (fault.notify) {
		gdoi_policy_free(policy);
		return fault;
	}
	*out = policy;
	return ISAKMP_OK;
}
