/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_make.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "gdoi/gdoi_ack.h"
#include "gdoi/gdoi_debug.h"
#include "ks/coop.h"
#include "ks/coop_state.h"
#include "ks/ks_msg.h"
#include "ks/ks_policy.h"

enum { SPI_RESERVED = 256 }; /* RFC 4303 2.1: 0 to 255 */

bool ks_group_has_spi(const struct ks_group *g, uint32_t spi)
{
	const struct ks_tek_set *set;
	const struct ks_sa *sa;
	size_t i;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		TAILQ_FOREACH (set, &sa->sets, entry) {
			for (i = 0; i < set->n; i++)
				if (set->teks[i].spi == spi)
					return true;
		}
	}
	return false;
}

static bool spi_used(const struct ks *ks, uint32_t spi)
{
	struct ks_group *g = NULL;

	while ((g = ks_group_next(ks, g)))
		if (ks_group_has_spi(g, spi))
			return true;
	return false;
}

uint32_t ks_new_spi(struct ks_group *g)
{
	uint32_t prefix = (uint32_t)ks_spi_prefix(&g->group->id) << 24;
	uint32_t spi;

	do
		spi = prefix | env_random_below(g->ks->env, 1u << 24);
	while (spi < SPI_RESERVED || spi_used(g->ks, spi));
	return spi;
}

/* --- TEKs ---------------------------------------------------------------- */

static void fill_set(struct ks_sa *sa, struct ks_tek_set *set,
		     const struct ace *aces, size_t n)
{
	struct ks_group *g = sa->ks_group;
	bool per_ace = ks_transform_counter(&set->transform);
	size_t before = set->n, i;

	for (i = 0; i < n; i++) {
		if (!aces[i].permit || ks_tek_find(set, &aces[i]))
			continue;
		ks_tek_add(g->ks->env, set, ks_new_spi(g),
			   per_ace ? &aces[i] : NULL);
	}
	if (set->n != before)
		coop_keys_changed(g);
}

void ks_drop_set(struct ks_sa *sa, struct ks_tek_set *set)
{
	TAILQ_REMOVE(&sa->sets, set, entry);
	ks_tek_set_free(set);
}

void ks_drop_set_early(struct ks_sa *sa, struct ks_tek_set *set)
{
	struct ks_group *g = sa->ks_group;
	size_t i;

	for (i = 0; i < set->n && coop_is_primary(g); i++)
		coop_state_dropped(g, set->teks[i].spi,
				   ks_life_end(&set->life));
	ks_drop_set(sa, set);
	coop_keys_changed(g);
}

void ks_limit_sets(struct ks_sa *sa)
{
	struct ks_tek_set *set;
	unsigned int n = 0;

	TAILQ_FOREACH (set, &sa->sets, entry)
		n++;
	while (n-- > KS_MAX_SETS)
		ks_drop_set(sa, TAILQ_LAST(&sa->sets, ks_tek_sets));
}

/* As the profile says; without one, members get what they had. */
static bool transform_of(const struct ks_sa *sa,
			 struct ipsec_profile_view *view)
{
	const struct ks_tek_set *newest = TAILQ_FIRST(&sa->sets);

	if (sa->profile && ipsec_profile_find(sa->ks_group->ks->config.ipsec,
					      sa->profile, view))
		return true;
	if (!newest)
		return false;
	view->transform = newest->transform;
	view->lifetime_seconds = newest->life.seconds;
	return true;
}

static bool make_set(struct ks_sa *sa, const struct ace *aces, size_t n)
{
	struct ipsec_profile_view view;
	struct ks_tek_set *set;

	if (!transform_of(sa, &view))
		return false;
	set = ks_tek_set_new(sa->ks_group->ks->env, &view.transform,
			     view.lifetime_seconds);
	fill_set(sa, set, aces, n);
	TAILQ_INSERT_HEAD(&sa->sets, set, entry);
	ks_limit_sets(sa);
	return true;
}

static bool has_permit(const struct ace *aces, size_t n)
{
	while (n--)
		if (aces[n].permit)
			return true;
	return false;
}

/* What is missing in the configuration of sa, or NULL. */
static const char *sa_incomplete(const struct ks_sa *sa)
{
	const struct ks_config *config = &sa->ks_group->ks->config;
	struct ipsec_profile_view view;

	if (!sa->acl)
		return "no match address";
	if (sa->acl_ipv6 != sa->ks_group->group->ipv6)
		return "the access list is of the other address family";
	if (!ks_sa_acl(sa))
		return "no such access list";
	if (!sa->profile)
		return "no profile";
	if (!ipsec_profile_find(config->ipsec, sa->profile, &view))
		return "no such profile or transform set";
	return NULL;
}

bool ks_make_missing(struct ks_sa *sa)
{
	struct ks_tek_set *newest = TAILQ_FIRST(&sa->sets);
	bool any = false;
	struct ace *aces;
	size_t n;

	aces = ks_sa_aces_logged(sa, &n);
	if (aces && has_permit(aces, n)) {
		any = true;
		if (!newest || newest->n >= KS_MAX_SET)
			any = make_set(sa, aces, n);
		else
			fill_set(sa, newest, aces, n);
	}
	free(aces);
	return any;
}

const char *ks_make_incomplete(const struct ks_group *g)
{
	const char *why = NULL;
	const struct ks_sa *sa;

	if (TAILQ_EMPTY(&g->sas) && !g->rekey.key_label)
		return "no sa ipsec";
	TAILQ_FOREACH (sa, &g->sas, entry) {
		why = sa_incomplete(sa);
		if (why)
			break;
	}
	return why;
}

const char *ks_make_objection(const struct ks_group *g)
{
	const char *why = ks_make_incomplete(g);
	const struct ks_sa *sa;

	if (!why && TAILQ_EMPTY(&g->sas))
		why = "no sa ipsec";
	TAILQ_FOREACH (sa, &g->sas, entry) {
		if (!why)
			why = ks_sa_objection(sa);
	}
	return why;
}

/* --- KEKs ---------------------------------------------------------------- */

bool ks_make_set(struct ks_sa *sa)
{
	struct ace *aces;
	bool made;
	size_t n;

	aces = ks_sa_aces_logged(sa, &n);
	made = aces && has_permit(aces, n) && make_set(sa, aces, n);
	free(aces);
	if (!made)
		gdoi_debug(sa->ks_group->ks->config.groups, KS_INFRA, ERROR,
			   sa->ks_group->group->name, NULL,
			   "sa ipsec %u: no new TEK", sa->number);
	return made;
}

/* IOS's own acknowledgement goes to its own kind; interoperable is RFC 8263
 * for all.  There is none for multicast. */
static uint8_t ack_for(const struct ks_rekey_config *rekey, bool extensions)
{
	if (!rekey->unicast || (rekey->ack == KS_ACK_CISCO && !extensions))
		return GDOI_ACK_NONE;
	return GDOI_ACK_KEK_SHA256;
}

static EVP_PKEY *rekey_pair(const struct ks_group *g)
{
	return isakmp_keys_find(g->ks->config.keys, g->rekey.key_label);
}

static void drop_kek_early(struct ks_group *g, struct ks_kek *kek)
{
	if (coop_is_primary(g))
		coop_state_dropped_kek(g, kek);
	ks_kek_free(kek);
}

/* There is no room for all: with its numbers forgotten it may not come back
 * from another key server. */
void ks_drop_keks(struct ks_group *g, int64_t now)
{
	struct ks_kek **p = &g->kek;
	unsigned int n = 0;

	while (*p) {
		struct ks_kek *kek = *p;

		/* The newest is the schedule's. */
		if (++n == 1 ||
		    (n <= KS_MAX_KEKS && ks_life_end(&kek->life) > now)) {
			p = &kek->older;
			continue;
		}
		*p = kek->older;
		drop_kek_early(g, kek);
	}
}

void ks_drop_keks_early(struct ks_group *g, struct ks_kek **p)
{
	while (*p) {
		struct ks_kek *kek = *p;

		*p = kek->older;
		drop_kek_early(g, kek);
	}
	coop_keys_changed(g);
}

static bool signs(const struct ks_kek *kek, const char *label)
{
	return kek->signer_label && strcmp(kek->signer_label, label) == 0;
}

void ks_drop_signer(struct ks_group *g, const char *label)
{
	struct ks_kek **p = &g->kek;

	/* Those before it were to bring it. */
	if (g->kek && signs(g->kek, label)) {
		ks_drop_keks_early(g, &g->kek);
		return;
	}
	while (*p) {
		struct ks_kek *kek = *p;

		if (!signs(kek, label)) {
			p = &kek->older;
			continue;
		}
		*p = kek->older;
		drop_kek_early(g, kek);
	}
	coop_keys_changed(g);
}

static void announce_transport(const struct ks_group *g)
{
	if (g->kek->unicast)
		env_event(g->ks->env, KS_REKEY_TRANS_2_UNI, g->group->name);
	else
		env_event(g->ks->env, KS_REKEY_TRANS_2_MULTI, g->group->name);
}

void ks_make_kek(struct ks_group *g)
{
	const struct ks_rekey_config *rekey = &g->rekey;
	struct ks_kek *kek;

	kek = ks_kek_new(g->ks->env, rekey->cipher,
			 ks_kek_bits(rekey->cipher, rekey->aes_bits),
			 rekey->lifetime);
	kek->number = ++g->keks_made;
	kek->sig_hash = rekey->sig_hash;
	kek->signer = rekey_pair(g);
	EVP_PKEY_up_ref(kek->signer);
	ks_set_string(&kek->signer_label, rekey->key_label);
	kek->unicast = rekey->unicast;
	if (!kek->unicast && !ks_rekey_destination(g, &kek->dst))
		kek->dst = (struct endpoint){ 0 };
	kek->ack[false] = ack_for(rekey, false);
	kek->ack[true] = ack_for(rekey, true);
	kek->older = g->kek;
	g->kek = kek;
	if (kek->older && kek->older->unicast != kek->unicast)
		announce_transport(g);
	ks_drop_keks(g, env_now(g->ks->env));
	coop_keys_changed(g);
	gdoi_debug(g->ks->config.groups, KS_INFRA, EVENT, g->group->name, NULL,
		   "KEK %u is made, lifetime %u s", kek->number,
		   kek->life.seconds);
}

bool ks_kek_outdated(const struct ks_group *g)
{
	const struct ks_rekey_config *rekey = &g->rekey;
	const struct ks_kek *kek = g->kek;
	struct endpoint dst = { 0 };

	if (!rekey->unicast && !ks_rekey_destination(g, &dst))
		return false;
	return kek->cipher != rekey->cipher ||
	       kek->key_bits != ks_kek_bits(rekey->cipher, rekey->aes_bits) ||
	       kek->life.seconds != rekey->lifetime ||
	       kek->sig_hash != rekey->sig_hash ||
	       kek->signer != rekey_pair(g) || kek->unicast != rekey->unicast ||
	       !endpoint_equal(&kek->dst, &dst) ||
	       kek->ack[false] != ack_for(rekey, false) ||
	       kek->ack[true] != ack_for(rekey, true);
}

bool ks_set_outdated(const struct ks_sa *sa, const struct ks_tek_set *set)
{
	struct ipsec_profile_view view;

	if (!sa->profile || !ipsec_profile_find(sa->ks_group->ks->config.ipsec,
						sa->profile, &view))
		return false;
	return !esp_transform_equal(&set->transform, &view.transform) ||
	       set->life.seconds != view.lifetime_seconds;
}
