/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gm/gm_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gm/gm_clock.h"

static struct keybuf keybuf_copy(const struct keybuf *k)
{
	struct keybuf copy = { 0 };

	keybuf_set(&copy, k->data, k->len);
	return copy;
}

void gm_kek_copy(struct gdoi_kek *to, const struct gdoi_kek *from)
{
	*to = *from;
	to->iv = keybuf_copy(&from->iv);
	to->key = keybuf_copy(&from->key);
	to->pubkey = keybuf_copy(&from->pubkey);
}

void gm_kek_wipe(struct gdoi_kek *kek)
{
	keybuf_free(&kek->iv);
	keybuf_free(&kek->key);
}

void gm_kek_fini(struct gdoi_kek *kek)
{
	gm_kek_wipe(kek);
	keybuf_free(&kek->pubkey);
}

void gm_tek_copy(struct gm_tek *to, const struct gm_tek *from)
{
	*to = *from;
	to->tek.key = keybuf_copy(&from->tek.key);
	to->tek.auth_key = keybuf_copy(&from->tek.auth_key);
}

static void tek_fini(struct gm_tek *t)
{
	keybuf_free(&t->tek.key);
	keybuf_free(&t->tek.auth_key);
}

void gm_keys_drop(struct gm_keys *keys)
{
	size_t i;

	for (i = 0; i < keys->n_teks; i++)
		tek_fini(&keys->teks[i]);
	free(keys->teks);
	gdoi_policy_free(keys->policy);
	*keys = (struct gm_keys){ 0 };
}

size_t gm_keys_find(const struct gm_keys *keys, uint32_t spi)
{
	size_t i;

	for (i = 0; i < keys->n_teks; i++)
		if (keys->teks[i].tek.spi == spi)
			return i;
	return SIZE_MAX;
}

const struct gdoi_rule *gm_keys_rule_of(const struct gdoi_policy *policy,
					size_t tek)
{
	size_t i;

	for (i = 0; i < policy->n_rules; i++)
		if (policy->rules[i].ace.permit && policy->rules[i].tek == tek)
			return &policy->rules[i];
	return NULL;
}

static bool has_key(const struct gm_tek *t)
{
	return t->tek.key.len || t->tek.auth_key.len;
}

bool gm_tek_counts(const struct gdoi_tek *tek)
{
	return tek->transform.cipher == ESP_AES_GCM ||
	       tek->transform.cipher == ESP_AES_GMAC;
}

/* --- what is asked ----------------------------------------------------------- */

int64_t gm_keys_pseudotime(const struct gm_keys *keys, int64_t now)
{
	return gm_clock_us(keys->policy->pseudotime) + now - keys->received;
}

bool gm_keys_complete(const struct gm_keys *keys, int64_t now)
{
	const struct gdoi_policy *p = keys->policy;
	size_t i;

	for (i = 0; p && i < p->n_rules; i++)
		if (p->rules[i].ace.permit &&
		    keys->teks[p->rules[i].tek].expires <= now)
			return false;
	return p != NULL;
}

bool gm_keys_lack_sid(const struct gm_keys *keys)
{
	size_t i;

	for (i = 0; i < keys->n_teks; i++)
		if (has_key(&keys->teks[i]) && !keys->teks[i].sid_bits &&
		    gm_tek_counts(&keys->teks[i].tek))
			return true;
	return false;
}

bool gm_keys_sends_with(const struct gm_keys *keys, uint32_t spi)
{
	size_t i = gm_keys_find(keys, spi);

	return i != SIZE_MAX && i < keys->policy->n_teks &&
	       gm_keys_rule_of(keys->policy, i);
}

/* --- time ---------------------------------------------------------------------- */

/* The TEK, or one before it in its flow. */
static bool flow_lives(const struct gm_keys *keys, size_t tek, int64_t now)
{
	size_t steps;

	for (steps = 0; tek != SIZE_MAX && steps < keys->n_teks; steps++) {
		if (keys->teks[tek].expires > now)
			return true;
		tek = keys->teks[tek].before;
	}
	return false;
}

/* A policy that protects nothing has no TEK to end with: it stays as long as
 * rekeys can bring another one, and without a KEK until the member registers
 * again. */
static bool is_over(const struct gm_keys *keys, int64_t now)
{
	const struct gdoi_policy *p = keys->policy;
	bool protects = false;
	size_t i;

	for (i = 0; i < p->n_rules; i++) {
		if (!p->rules[i].ace.permit)
			continue;
		if (flow_lives(keys, p->rules[i].tek, now))
			return false;
		protects = true;
	}
	return protects || (p->has_kek && keys->kek_expires <= now);
}

/* Expired TEKs stay in their place (others point to them by index); what
 * uses the list asks for their time.  They go with the next policy. */
void gm_keys_expire(struct gm_keys *keys, int64_t now)
{
	size_t i;

	if (!keys->policy)
		return;
	if (is_over(keys, now)) {
		gm_keys_drop(keys);
		return;
	}
	for (i = 0; i < keys->n_teks; i++)
		if (keys->teks[i].expires <= now)
			tek_fini(&keys->teks[i]);
	if (keys->policy->has_kek && keys->kek_expires <= now)
		keys->policy->has_kek = false;
}

int64_t gm_keys_next_expiry(const struct gm_keys *keys)
{
	int64_t next = INT64_MAX;
	size_t i;

	for (i = 0; i < keys->n_teks; i++)
		if (has_key(&keys->teks[i]) && keys->teks[i].expires < next)
			next = keys->teks[i].expires;
	if (keys->policy && keys->policy->has_kek && keys->kek_expires < next)
		next = keys->kek_expires;
	return next;
}

int64_t gm_keys_end(const struct gm_keys *keys, uint32_t *lifetime)
{
	const struct gdoi_policy *p = keys->policy;
	int64_t end = INT64_MAX;
	size_t i;

	*lifetime = 0;
	for (i = 0; p && i < p->n_teks; i++)
		if (gm_keys_rule_of(p, i) && keys->teks[i].expires < end) {
			end = keys->teks[i].expires;
			*lifetime = keys->teks[i].tek.lifetime;
		}
	return end;
}
