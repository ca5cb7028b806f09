/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/gdoi/policies.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/gdoi/rsa_key.h"

static void fill(struct keybuf *k, size_t len, uint8_t first)
{
	uint8_t octets[64];
	size_t i;

	for (i = 0; i < len; i++)
		octets[i] = (uint8_t)(first + i);
	if (len)
		keybuf_set(k, octets, len);
}

static void set_kek(struct gdoi_policy *policy, enum gdoi_kek_cipher cipher,
		    unsigned int bits)
{
	struct gdoi_kek *kek = &policy->kek;

	policy->has_kek = true;
	*kek = (struct gdoi_kek){
		.cipher = cipher,
		.key_bits = bits,
		.lifetime = 84190,
		.sig_hash = GDOI_SIG_SHA1,
		.src = { ip_v4(0xc0a86f6f), GDOI_PORT },
		.dst = { ip_v4(0xc0a80b03), GDOI_PORT },
	};
	memcpy(kek->spi, "kek spi 16 octet", sizeof(kek->spi));
	fill(&kek->iv, cipher == GDOI_KEK_AES ? 16 : 8, 1);
	fill(&kek->key, bits / 8, 101);
	keybuf_set(&kek->pubkey, rsa_1024_spki, sizeof(rsa_1024_spki));
}

static void set_tek(struct gdoi_tek *tek, uint32_t spi,
		    const struct esp_transform *transform, uint32_t lifetime)
{
	*tek = (struct gdoi_tek){
		.spi = spi,
		.transform = *transform,
		.lifetime = lifetime,
	};
	fill(&tek->key, esp_key_size(transform), (uint8_t)spi);
	fill(&tek->auth_key, esp_auth_key_size(transform), (uint8_t)(spi >> 8));
}

struct gdoi_policy *policy_strict(void)
{
	static const struct esp_transform aes_sha = {
		.cipher = ESP_AES_CBC,
		.key_bits = 128,
		.auth = ESP_AUTH_SHA1,
	};
	struct gdoi_policy *policy = gdoi_policy_new();

	set_kek(policy, GDOI_KEK_AES, 128);
	policy->seq = 23;
	policy->teks = xcalloc(1, sizeof(*policy->teks));
	policy->n_teks = 1;
	set_tek(&policy->teks[0], 0x6bafd3ab, &aes_sha, 3600);
	policy->rules = xcalloc(2, sizeof(*policy->rules));
	policy->n_rules = 1;
	ace_init(&policy->rules[0].ace);
	return policy;
}

struct gdoi_policy *policy_article(void)
{
	struct gdoi_policy *policy = policy_strict();
	struct ace *deny = &policy->rules[0].ace;

	policy->rules[1] = policy->rules[0];
	policy->n_rules = 2;
	deny->permit = false;
	deny->protocol = 17;
	deny->sport = (struct ace_port){ .op = ACE_EQ, .lo = GDOI_PORT };
	policy->tbar = true;
	policy->tbar_window = 5;
	policy->has_pseudotime = true;
	policy->pseudotime = UINT64_C(0x00000a0b80000000);
	return policy;
}

/* --- random --------------------------------------------------------------- */

struct dice {
	uint32_t state;
};

static uint32_t roll(struct dice *d, uint32_t below)
{
	d->state = d->state * 1664525u + 1013904223u;
	return (d->state >> 8) % below;
}

static const struct esp_transform transforms[] = {
	{ ESP_DES_CBC, 0, ESP_AUTH_MD5, false },
	{ ESP_3DES_CBC, 0, ESP_AUTH_SHA1, false },
	{ ESP_AES_CBC, 128, ESP_AUTH_SHA256, false },
	{ ESP_AES_CBC, 192, ESP_AUTH_SHA384, true },
	{ ESP_AES_CBC, 256, ESP_AUTH_SHA512, false },
	{ ESP_AES_CBC, 256, ESP_AUTH_NONE, false },
	{ ESP_NULL, 0, ESP_AUTH_SHA1, false },
	{ ESP_AES_GCM, 128, ESP_AUTH_NONE, false },
	{ ESP_AES_GCM, 256, ESP_AUTH_NONE, false },
	{ ESP_AES_GMAC, 192, ESP_AUTH_NONE, false },
};

static void random_address(struct dice *d, struct ip_addr *addr,
			   struct ip_addr *wild)
{
	unsigned int prefix = roll(d, 33);
	struct ip_addr any = ip_v4(roll(d, 1u << 24) << 8 | roll(d, 256));
	struct ip_addr mask = ip_mask(IP_V4, prefix);

	*addr = ip_network(&any, prefix);
	*wild = ip_v4(~ip_v4_host(&mask));
}

static void random_ace(struct dice *d, struct ace *ace)
{
	static const uint8_t protocols[] = { 0, 1, 6, 17, 50 };

	ace_init(ace);
	ace->permit = roll(d, 3) > 0;
	ace->protocol = protocols[roll(d, 5)];
	random_address(d, &ace->src, &ace->src_wild);
	random_address(d, &ace->dst, &ace->dst_wild);
	if (ace->protocol != 6 && ace->protocol != 17)
		return;
	if (roll(d, 2))
		ace->sport = (struct ace_port){
			.op = ACE_EQ, .lo = (uint16_t)(1 + roll(d, 65535))
		};
	if (roll(d, 2))
		ace->dport = (struct ace_port){
			.op = ACE_EQ, .lo = (uint16_t)(1 + roll(d, 65535))
		};
}

/* One TEK for all, or one for each rule; half of the time an old one, too. */
static void random_teks(struct dice *d, struct gdoi_policy *policy)
{
	const struct esp_transform *t =
		&transforms[roll(d, ARRAY_SIZE(transforms))];
	size_t n = roll(d, 2) ? 1 : policy->n_rules, used = 0, i;

	policy->teks = xcalloc(n + 1, sizeof(*policy->teks));
	for (i = 0; i < policy->n_rules; i++) {
		struct gdoi_rule *rule = &policy->rules[i];

		if (!rule->ace.permit)
			continue;
		if (used < n) {
			set_tek(&policy->teks[used], 0x1000 + (uint32_t)used, t,
				60 + roll(d, 9999));
			used++;
		}
		rule->tek = (unsigned int)used - 1;
	}
	policy->n_teks = used;
	if (!used || !roll(d, 2))
		return;
	set_tek(&policy->teks[used], 0x999, t, 30);
	policy->teks[used].old = true;
	policy->teks[used].newer = 0;
	policy->n_teks++;
}

static void random_sids(struct dice *d, struct gdoi_policy *policy)
{
	static const unsigned int bits[] = { 8, 12, 16, 24, 32 };
	size_t i;

	policy->sid_bits = bits[roll(d, 5)];
	policy->n_sids = 1 + roll(d, GDOI_MAX_SIDS);
	policy->sids = xcalloc(policy->n_sids, sizeof(*policy->sids));
	for (i = 0; i < policy->n_sids; i++)
		policy->sids[i] = roll(d, 1u << 8);
}

struct gdoi_policy *policy_random(unsigned int seed)
{
	static const struct {
		enum gdoi_kek_cipher cipher;
		unsigned int bits;
	} keks[] = { { GDOI_KEK_DES, 64 },
		     { GDOI_KEK_3DES, 192 },
		     { GDOI_KEK_AES, 128 },
		     { GDOI_KEK_AES, 192 },
		     { GDOI_KEK_AES, 256 } };
	struct dice d = { seed };
	struct gdoi_policy *policy = gdoi_policy_new();
	unsigned int kek = roll(&d, 6);
	size_t i;

	if (kek < 5)
		set_kek(policy, keks[kek].cipher, keks[kek].bits);
	policy->seq = policy->has_kek ? roll(&d, 1000) : 0;
	policy->n_rules = 1 + roll(&d, 20);
	policy->rules = xcalloc(policy->n_rules, sizeof(*policy->rules));
	for (i = 0; i < policy->n_rules; i++)
		random_ace(&d, &policy->rules[i].ace);
	policy->rules[0].ace.permit = true;
	random_teks(&d, policy);
	if (gdoi_policy_has_counter_mode(policy))
		random_sids(&d, policy);
	policy->atd = roll(&d, 2) * 30;
	policy->dtd = roll(&d, 2) * 60;
	policy->receive_only = roll(&d, 2);
	policy->tbar = roll(&d, 2);
	policy->tbar_window = policy->tbar ? 1 + roll(&d, 100) : 0;
	policy->has_pseudotime = policy->tbar || roll(&d, 2);
	policy->pseudotime = policy->has_pseudotime ? roll(&d, 1u << 20) : 0;
	policy->replay_window = roll(&d, 2) * 64;
	return policy;
}

/* --- comparison ----------------------------------------------------------- */

static void check_key(const struct keybuf *a, const struct keybuf *b)
{
	ck_assert_uint_eq(a->len, b->len);
	ck_assert(a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static void check_kek(const struct gdoi_kek *a, const struct gdoi_kek *b,
		      bool keys)
{
	ck_assert_mem_eq(a->spi, b->spi, sizeof(a->spi));
	ck_assert_int_eq(a->cipher, b->cipher);
	ck_assert_uint_eq(a->key_bits, b->key_bits);
	ck_assert_uint_eq(a->lifetime, b->lifetime);
	ck_assert_int_eq(a->sig_hash, b->sig_hash);
	ck_assert(endpoint_equal(&a->src, &b->src));
	ck_assert(endpoint_equal(&a->dst, &b->dst));
	ck_assert_uint_eq(a->ack, b->ack);
	if (!keys)
		return;
	check_key(&a->iv, &b->iv);
	check_key(&a->key, &b->key);
	check_key(&a->pubkey, &b->pubkey);
}

static void check_tek(const struct gdoi_tek *a, const struct gdoi_tek *b,
		      bool keys)
{
	ck_assert_uint_eq(a->spi, b->spi);
	ck_assert(esp_transform_equal(&a->transform, &b->transform));
	ck_assert_uint_eq(a->lifetime, b->lifetime);
	ck_assert_int_eq(a->old, b->old);
	if (a->old)
		ck_assert_uint_eq(a->newer, b->newer);
	if (!keys)
		return;
	check_key(&a->key, &b->key);
	check_key(&a->auth_key, &b->auth_key);
}

static void check_ace(const struct ace *a, const struct ace *b)
{
	char text[ACE_TEXT], other[ACE_TEXT];

	ck_assert_str_eq(ace_text(a, false, ACE_CONFIG, text),
			 ace_text(b, false, ACE_CONFIG, other));
}

void policy_check_equal(const struct gdoi_policy *a,
			const struct gdoi_policy *b, bool keys)
{
	size_t i;

	ck_assert_int_eq(a->has_kek, b->has_kek);
	if (a->has_kek)
		check_kek(&a->kek, &b->kek, keys);
	ck_assert_uint_eq(a->n_teks, b->n_teks);
	for (i = 0; i < a->n_teks; i++)
		check_tek(&a->teks[i], &b->teks[i], keys);
	ck_assert_uint_eq(a->n_rules, b->n_rules);
	for (i = 0; i < a->n_rules; i++) {
		check_ace(&a->rules[i].ace, &b->rules[i].ace);
		if (a->rules[i].ace.permit)
			ck_assert_uint_eq(a->rules[i].tek, b->rules[i].tek);
	}
	ck_assert_uint_eq(a->atd, b->atd);
	ck_assert_uint_eq(a->dtd, b->dtd);
	ck_assert_int_eq(a->receive_only, b->receive_only);
	ck_assert_int_eq(a->tbar, b->tbar);
	ck_assert_uint_eq(a->tbar_window, b->tbar_window);
	ck_assert_int_eq(a->has_pseudotime, b->has_pseudotime);
	ck_assert(a->pseudotime == b->pseudotime);
	ck_assert_uint_eq(a->replay_window, b->replay_window);
	if (!keys)
		return;
	ck_assert_uint_eq(a->seq, b->seq);
	ck_assert_uint_eq(a->sid_bits, b->sid_bits);
	ck_assert_uint_eq(a->n_sids, b->n_sids);
	for (i = 0; i < a->n_sids; i++)
		ck_assert_uint_eq(a->sids[i], b->sids[i]);
}
