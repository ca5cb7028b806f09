/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/mem.h"
#include "gdoi/gdoi.h"

struct gdoi_policy *gdoi_policy_new(void)
{
	return xcalloc(1, sizeof(struct gdoi_policy));
}

void gdoi_policy_free(struct gdoi_policy *policy)
{
	size_t i;

	if (!policy)
		return;
	keybuf_free(&policy->kek.iv);
	keybuf_free(&policy->kek.key);
	keybuf_free(&policy->kek.pubkey);
	for (i = 0; i < policy->n_teks; i++) {
		keybuf_free(&policy->teks[i].key);
		keybuf_free(&policy->teks[i].auth_key);
	}
	free(policy->teks);
	free(policy->rules);
	free(policy->sids);
	free(policy);
}

static struct keybuf keybuf_copy(const struct keybuf *k)
{
	struct keybuf copy = { 0 };

	if (k->data)
		keybuf_set(&copy, k->data, k->len);
	return copy;
}

static void *array_copy(const void *p, size_t n, size_t size)
{
	return n ? xmemdup(p, n * size) : NULL;
}

struct gdoi_policy *gdoi_policy_copy(const struct gdoi_policy *policy)
{
	struct gdoi_policy *copy = xmemdup(policy, sizeof(*policy));
	size_t i;

	copy->kek.iv = keybuf_copy(&policy->kek.iv);
	copy->kek.key = keybuf_copy(&policy->kek.key);
	copy->kek.pubkey = keybuf_copy(&policy->kek.pubkey);
	copy->teks =
		array_copy(policy->teks, policy->n_teks, sizeof(*policy->teks));
	for (i = 0; i < copy->n_teks; i++) {
		copy->teks[i].key = keybuf_copy(&policy->teks[i].key);
		copy->teks[i].auth_key = keybuf_copy(&policy->teks[i].auth_key);
	}
	copy->rules = array_copy(policy->rules, policy->n_rules,
				 sizeof(*policy->rules));
	copy->sids =
		array_copy(policy->sids, policy->n_sids, sizeof(*policy->sids));
	return copy;
}

bool gdoi_policy_needs_extensions(const struct gdoi_policy *policy)
{
	size_t i;

	for (i = 0; i < policy->n_rules; i++) {
		if (!policy->rules[i].ace.permit)
			return true;
	}
	return policy->tbar;
}

bool gdoi_policy_has_counter_mode(const struct gdoi_policy *policy)
{
	size_t i;

	for (i = 0; i < policy->n_teks; i++) {
		enum esp_cipher cipher = policy->teks[i].transform.cipher;

		if (cipher == ESP_AES_GCM || cipher == ESP_AES_GMAC)
			return true;
	}
	return false;
}
