/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gm/gm_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void tek_fini(struct gm_tek *t)
{
	keybuf_free(&t->tek.key);
	keybuf_free(&t->tek.auth_key);
}

static void tek_copy(struct gm_tek *to, const struct gdoi_tek *from)
{
	to->tek = *from;
	to->tek.key = (struct keybuf){ 0 };
	to->tek.auth_key = (struct keybuf){ 0 };
	keybuf_set(&to->tek.key, from->key.data, from->key.len);
	keybuf_set(&to->tek.auth_key, from->auth_key.data, from->auth_key.len);
}

static void free_teks(struct gm_tek *teks, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		tek_fini(&teks[i]);
	free(teks);
}

void gm_keys_drop(struct gm_keys *keys)
{
	free_teks(keys->teks, keys->n_teks);
	gdoi_policy_free(keys->policy);
	*keys = (struct gm_keys){ 0 };
}

static size_t find_spi(const struct gm_tek *teks, size_t n, uint32_t spi)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (teks[i].tek.spi == spi)
			return i;
	return SIZE_MAX;
}

/* The SPI that protected ace under the policy before; 0: none did. */
static uint32_t former_spi(const struct gm_keys *keys, const struct ace *ace)
{
	const struct gdoi_policy *p = keys->policy;
	size_t i;

	for (i = 0; p && i < p->n_rules; i++)
		if (p->rules[i].ace.permit && ace_equal(&p->rules[i].ace, ace))
			return p->teks[p->rules[i].tek].spi;
	return 0;
}

/* The first permit entry that tek i of policy protects. */
static const struct gdoi_rule *rule_of(const struct gdoi_policy *policy,
				       size_t tek)
{
	size_t i;

	for (i = 0; i < policy->n_rules; i++)
		if (policy->rules[i].ace.permit && policy->rules[i].tek == tek)
			return &policy->rules[i];
	return NULL;
}

static int64_t switch_time(const struct gm_tek *older, int64_t now,
			   uint32_t atd)
{
	int64_t late = older->expires - SEC(GM_SWITCH_BEFORE_EXPIRY);
	int64_t soonest = now + SEC(atd);

	return late > soonest ? late : soonest;
}

/* A TEK that we had already keeps its times (only its end may move). */
static void place(struct gm_tek *t, const struct gm_keys *old,
		  const struct gdoi_policy *policy, int64_t now)
{
	size_t known = find_spi(old->teks, old->n_teks, t->tek.spi);

	t->expires = now + SEC(t->tek.lifetime);
	t->send_from = now;
	t->before = SIZE_MAX;
	if (known != SIZE_MAX)
		t->send_from = old->teks[known].send_from;
	else if (policy->atd)
		t->send_from = now + SEC(policy->atd);
}

/* In a roll-over the older TEK of the same traffic is sent with until late
 * in its life: by then every member has the new one. */
static void link_older(struct gm_tek *teks, size_t n, size_t i,
		       const struct gm_keys *old,
		       const struct gdoi_policy *policy, int64_t now)
{
	const struct gdoi_rule *rule = rule_of(policy, i);
	uint32_t spi = rule ? former_spi(old, &rule->ace) : 0;
	size_t older;

	if (!spi || spi == teks[i].tek.spi)
		return;
	older = find_spi(teks, n, spi);
	if (older == SIZE_MAX || older == i)
		return;
	teks[i].before = older;
	if (find_spi(old->teks, old->n_teks, teks[i].tek.spi) == SIZE_MAX)
		teks[i].send_from = switch_time(&teks[older], now, policy->atd);
}

static size_t append_living(struct gm_tek *teks, size_t n,
			    const struct gm_keys *old, int64_t now)
{
	size_t i;

	for (i = 0; i < old->n_teks && n < GM_MAX_TEKS; i++) {
		const struct gm_tek *o = &old->teks[i];

		if (o->expires <= now ||
		    find_spi(teks, n, o->tek.spi) != SIZE_MAX)
			continue;
		teks[n] = *o;
		tek_copy(&teks[n], &o->tek);
		teks[n].before = SIZE_MAX;
		n++;
	}
	return n;
}

/* A policy may bring the TEK before along: a young member never had it as the
 * newest, but sends with it as long as the others do. */
static void link_named_old(struct gm_tek *teks,
			   const struct gdoi_policy *policy,
			   const struct gm_keys *old, int64_t now)
{
	size_t i, newer;

	for (i = 0; i < policy->n_teks; i++) {
		newer = policy->teks[i].newer;
		if (!policy->teks[i].old || newer >= policy->n_teks ||
		    newer == i || teks[newer].before != SIZE_MAX)
			continue;
		teks[newer].before = i;
		if (find_spi(old->teks, old->n_teks, teks[newer].tek.spi) ==
		    SIZE_MAX)
			teks[newer].send_from =
				switch_time(&teks[i], now, policy->atd);
	}
}

void gm_keys_update(struct gm_keys *keys, struct gdoi_policy *policy,
		    int64_t now)
{
	/* Lifetimes and pseudotime count from when the policy was read; the
	 * keys may have come much later (a lost message). */
	int64_t as_of = policy->as_of ? policy->as_of : now;
	struct gm_keys old = *keys;
	size_t i, n = policy->n_teks;
	struct gm_tek *teks = xcalloc(n + GM_MAX_TEKS, sizeof(*teks));

	for (i = 0; i < n; i++) {
		tek_copy(&teks[i], &policy->teks[i]);
		place(&teks[i], &old, policy, as_of);
	}
	n = append_living(teks, n, &old, now);
	for (i = 0; i < policy->n_teks; i++)
		link_older(teks, n, i, &old, policy, now);
	link_named_old(teks, policy, &old, now);
	*keys = (struct gm_keys){
		.policy = policy, .received = as_of, .teks = teks, .n_teks = n
	};
	if (policy->has_kek)
		keys->kek_expires = as_of + SEC(policy->kek.lifetime);
	gm_keys_drop(&old);
}

static bool any_living(const struct gm_keys *keys, int64_t now)
{
	size_t i;

	for (i = 0; i < keys->n_teks; i++)
		if (keys->teks[i].expires > now)
			return true;
	return false;
}

/* Expired TEKs stay in their place (others point to them by index); what
 * uses the list asks for their time.  They go with the next policy. */
void gm_keys_expire(struct gm_keys *keys, int64_t now)
{
	size_t i;

	if (keys->policy && !any_living(keys, now)) {
		gm_keys_drop(keys);
		return;
	}
	for (i = 0; i < keys->n_teks; i++)
		if (keys->teks[i].expires <= now)
			tek_fini(&keys->teks[i]);
}

int64_t gm_keys_next_expiry(const struct gm_keys *keys)
{
	int64_t next = INT64_MAX;
	size_t i;

	for (i = 0; i < keys->n_teks; i++)
		if (keys->teks[i].tek.key.len || keys->teks[i].tek.auth_key.len)
			if (keys->teks[i].expires < next)
				next = keys->teks[i].expires;
	return next;
}

int64_t gm_keys_end(const struct gm_keys *keys, uint32_t *lifetime)
{
	const struct gdoi_policy *p = keys->policy;
	int64_t end = INT64_MAX;
	size_t i;

	*lifetime = 0;
	for (i = 0; p && i < p->n_teks; i++)
		if (rule_of(p, i) && keys->teks[i].expires < end) {
			end = keys->teks[i].expires;
			*lifetime = p->teks[i].lifetime;
		}
	if (p && p->has_kek && keys->kek_expires < end) {
		end = keys->kek_expires;
		*lifetime = p->kek.lifetime;
	}
	return end;
}
