/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_keys.h"

#include <string.h>

#include "base/mem.h"
#include "ks/ks_members.h"
#include "tests/check_main.h"
#include "tests/sim/sim.h"

static struct sim *sim;
static struct env *env;

static void set_up(void)
{
	sim = sim_new(7);
	env = sim_env(sim_node_new(sim, "KS1", "10.0.0.1"));
}

static void tear_down(void)
{
	sim_free(sim);
}

/* An env whose random source gives zero octets the first few times. */
static unsigned int zero_draws;

static void poor_random(struct env *e, void *out, size_t len)
{
	(void)e;
	memset(out, zero_draws ? 0 : 0x5a, len);
	if (zero_draws)
		zero_draws--;
}

START_TEST(a_kek_never_gets_a_zero_cookie)
{
	const struct env_ops *real = env->ops;
	struct env_ops ops = *real;
	struct ks_kek *kek;

	ops.random = poor_random;
	zero_draws = 3;
	env->ops = &ops;
	kek = ks_kek_new(env, GDOI_KEK_AES, 128, 300);
	env->ops = real;

	ck_assert_uint_eq(zero_draws, 0);
	ck_assert_uint_eq(kek->spi[0], 0x5a);
	ck_assert_uint_eq(kek->spi[15], 0x5a);
	ks_kek_free(kek);
}
END_TEST

static const struct {
	enum gdoi_kek_cipher cipher;
	unsigned int aes_bits, bits;
	size_t iv, key;
} kek_sizes[] = {
	{ GDOI_KEK_DES, 128, 64, 8, 8 },    { GDOI_KEK_3DES, 128, 192, 8, 24 },
	{ GDOI_KEK_AES, 128, 128, 16, 16 }, { GDOI_KEK_AES, 192, 192, 16, 24 },
	{ GDOI_KEK_AES, 256, 256, 16, 32 },
};

START_TEST(a_kek_has_the_sizes_of_its_cipher)
{
	unsigned int bits =
		ks_kek_bits(kek_sizes[_i].cipher, kek_sizes[_i].aes_bits);
	struct ks_kek *kek = ks_kek_new(env, kek_sizes[_i].cipher, bits, 300);

	ck_assert_uint_eq(bits, kek_sizes[_i].bits);
	ck_assert_uint_eq(kek->iv.len, kek_sizes[_i].iv);
	ck_assert_uint_eq(kek->key.len, kek_sizes[_i].key);
	ck_assert_uint_eq(kek->seq, 0);
	ks_kek_free(kek);
}
END_TEST

START_TEST(a_life_counts_whole_seconds_down_to_its_end)
{
	struct ks_life life = { .born = SEC(10), .seconds = 100 };

	ck_assert_uint_eq(ks_life_remaining(&life, SEC(10)), 100);
	ck_assert_uint_eq(ks_life_remaining(&life, SEC(10) + 1), 99);
	ck_assert_uint_eq(ks_life_remaining(&life, SEC(110) - 1), 0);
	ck_assert_uint_eq(ks_life_remaining(&life, SEC(500)), 0);
	ck_assert_uint_eq(ks_life_elapsed(&life, SEC(60)), 50);
	ck_assert_int_eq(ks_life_end(&life), SEC(110));
}
END_TEST

static const struct {
	struct esp_transform transform;
	size_t key, auth;
	bool counter;
} tek_sizes[] = {
	{ { ESP_AES_CBC, 128, ESP_AUTH_SHA1, false }, 16, 20, false },
	{ { ESP_AES_CBC, 256, ESP_AUTH_SHA256, false }, 32, 32, false },
	{ { ESP_3DES_CBC, 0, ESP_AUTH_MD5, false }, 24, 16, false },
	{ { ESP_AES_GCM, 128, ESP_AUTH_NONE, false }, 20, 0, true },
	{ { ESP_AES_GMAC, 256, ESP_AUTH_NONE, false }, 36, 0, true },
};

START_TEST(a_life_that_is_cut_ends_then_and_never_later)
{
	struct ks_life life = { .born = SEC(100), .seconds = 3600 };

	ks_life_cut(&life, SEC(200), 180);
	ck_assert_int_eq(ks_life_end(&life), SEC(380));
	ks_life_cut(&life, SEC(250), 180);
	ck_assert_int_eq(ks_life_end(&life), SEC(380));
	ks_life_cut(&life, SEC(380) - 1, 0);
	ck_assert_int_eq(ks_life_end(&life), SEC(380));
}
END_TEST

START_TEST(a_tek_has_the_sizes_of_its_transform)
{
	const struct esp_transform *t = &tek_sizes[_i].transform;
	struct ks_tek_set *set = ks_tek_set_new(env, t, 3600);
	const struct ks_tek *tek = ks_tek_add(env, set, 0x1234, NULL);

	ck_assert_uint_eq(tek->key.len, tek_sizes[_i].key);
	ck_assert_uint_eq(tek->auth_key.len, tek_sizes[_i].auth);
	ck_assert(ks_transform_counter(t) == tek_sizes[_i].counter);
	ks_tek_set_free(set);
}
END_TEST

START_TEST(a_tek_without_entry_is_for_all_entries)
{
	struct ks_tek_set *set =
		ks_tek_set_new(env, &tek_sizes[0].transform, 3600);
	struct ace ace;

	ace_init(&ace);
	ck_assert_ptr_null(ks_tek_find(set, &ace));
	ks_tek_add(env, set, 1, NULL);
	ck_assert_uint_eq(ks_tek_find(set, &ace)->spi, 1);
	ace.protocol = 6;
	ck_assert_uint_eq(ks_tek_find(set, &ace)->spi, 1);
	ks_tek_set_free(set);
}
END_TEST

START_TEST(a_tek_of_an_entry_is_for_that_entry_only)
{
	struct ks_tek_set *set =
		ks_tek_set_new(env, &tek_sizes[3].transform, 3600);
	struct ace tcp, udp;

	ace_init(&tcp);
	tcp.protocol = 6;
	udp = tcp;
	udp.protocol = 17;
	ks_tek_add(env, set, 1, &tcp);
	ck_assert_uint_eq(ks_tek_find(set, &tcp)->spi, 1);
	ck_assert_ptr_null(ks_tek_find(set, &udp));
	ks_tek_add(env, set, 2, &udp);
	ck_assert_uint_eq(ks_tek_find(set, &udp)->spi, 2);
	/* Logging changes nothing of what is encrypted. */
	udp.log = true;
	ck_assert_uint_eq(ks_tek_find(set, &udp)->spi, 2);
	ks_tek_set_free(set);
}
END_TEST

START_TEST(keys_of_two_teks_differ)
{
	struct ks_tek_set *set =
		ks_tek_set_new(env, &tek_sizes[0].transform, 3600);

	ks_tek_add(env, set, 1, NULL);
	ks_tek_add(env, set, 2, NULL);
	ck_assert_mem_ne(set->teks[0].key.data, set->teks[1].key.data, 16);
	ck_assert_mem_ne(set->teks[0].auth_key.data, set->teks[1].auth_key.data,
			 20);
	ks_tek_set_free(set);
}
END_TEST

START_TEST(neighbouring_groups_have_different_spi_prefixes)
{
	struct gdoi_id a = { .is_set = true, .number = 1234 };
	struct gdoi_id b = { .is_set = true, .number = 1235 };

	ck_assert_uint_ne(ks_spi_prefix(&a), ks_spi_prefix(&b));
	ck_assert_uint_eq(ks_spi_prefix(&a), ks_spi_prefix(&a));
	a = (struct gdoi_id){ .is_set = true, .is_address = true };
	a.addr = ip_v4(1235);
	ck_assert_uint_eq(ks_spi_prefix(&a), ks_spi_prefix(&b));
}
END_TEST

static TCase *case_keys(void)
{
	TCase *tc = tcase_create("keys");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_kek_never_gets_a_zero_cookie);
	tcase_add_loop_test(tc, a_kek_has_the_sizes_of_its_cipher, 0,
			    ARRAY_SIZE(kek_sizes));
	tcase_add_test(tc, a_life_counts_whole_seconds_down_to_its_end);
	tcase_add_test(tc, a_life_that_is_cut_ends_then_and_never_later);
	tcase_add_loop_test(tc, a_tek_has_the_sizes_of_its_transform, 0,
			    ARRAY_SIZE(tek_sizes));
	tcase_add_test(tc, a_tek_without_entry_is_for_all_entries);
	tcase_add_test(tc, a_tek_of_an_entry_is_for_that_entry_only);
	tcase_add_test(tc, keys_of_two_teks_differ);
	tcase_add_test(tc, neighbouring_groups_have_different_spi_prefixes);
	return tc;
}

/* --- members ----------------------------------------------------------------- */

static struct ks_members members;

static struct gdoi_peer peer_at(uint32_t addr)
{
	struct gdoi_peer peer = { .extensions = true, .version = "1.0.8" };

	peer.remote.addr = ip_v4(addr);
	peer.local.addr = ip_v4(0xc0a86f6f);
	return peer;
}

static struct ks_member *add(uint32_t addr, int64_t now, int64_t stale)
{
	struct gdoi_peer peer = peer_at(addr);

	return ks_members_register(&members, &peer, now, stale);
}

static void open_members(void)
{
	ks_members_init(&members);
}

static void close_members(void)
{
	ks_members_clear(&members);
	ck_assert_uint_eq(members.count, 0);
}

START_TEST(a_member_that_registers_again_is_the_same)
{
	struct ks_member *m = add(1, 0, 0);

	ck_assert_ptr_eq(add(1, SEC(5), 0), m);
	ck_assert_uint_eq(members.count, 1);
	ck_assert_uint_eq(m->registrations, 2);
	ck_assert_int_eq(m->registered, SEC(5));
}
END_TEST

START_TEST(members_are_walked_by_address)
{
	static const uint32_t order[] = { 3, 1, 2, 0x80000000 };
	struct ks_member *m = NULL;
	uint32_t last = 0;
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(order); i++)
		add(order[i], 0, 0);
	while ((m = ks_members_next(&members, m))) {
		ck_assert_uint_gt(ip_v4_host(&m->addr), last);
		last = ip_v4_host(&m->addr);
		n++;
	}
	ck_assert_uint_eq(n, ARRAY_SIZE(order));
}
END_TEST

START_TEST(a_full_database_refuses_rather_than_forgets_the_living)
{
	uint32_t i;

	for (i = 1; i <= KS_MAX_MEMBERS; i++)
		ck_assert_ptr_nonnull(add(i, SEC(100) + i, 0));
	ck_assert_ptr_null(add(i, SEC(20000), SEC(50)));
	ck_assert_uint_eq(members.count, KS_MAX_MEMBERS);
	/* A known one is always welcome. */
	ck_assert_ptr_nonnull(add(7, SEC(20000), SEC(50)));
	/* Number 1 has been silent longest. */
	ck_assert_ptr_nonnull(add(i, SEC(20000), SEC(101)));
	ck_assert_uint_eq(members.count, KS_MAX_MEMBERS);
	ck_assert_ptr_null(ks_members_find(
		&members,
		&(struct ip_addr){ .family = IP_V4, .b = { 0, 0, 0, 1 } }));
}
END_TEST

START_TEST(who_acknowledges_rekeys_is_among_the_living)
{
	struct ks_member *m = NULL;
	uint32_t i;

	for (i = 1; i <= KS_MAX_MEMBERS; i++)
		ck_assert_ptr_nonnull(add(i, SEC(100), 0));
	while ((m = ks_members_next(&members, m)))
		ks_member_acked(m, 1, SEC(19000));
	ck_assert_ptr_null(add(i, SEC(20000), SEC(18000)));
	ck_assert_ptr_nonnull(add(i, SEC(20000), SEC(19001)));
}
END_TEST

START_TEST(a_version_that_is_no_version_is_not_kept)
{
	struct gdoi_peer peer = peer_at(1);
	struct ks_member *m;

	memcpy(peer.version, "1.0\n%GDOI-5-X", 14);
	m = ks_members_register(&members, &peer, 0, 0);
	ck_assert_str_eq(m->version, "");
	memset(peer.version, '1', sizeof(peer.version));
	m = ks_members_register(&members, &peer, 0, 0);
	ck_assert_str_eq(m->version, "");
}
END_TEST

static TCase *case_members(void)
{
	TCase *tc = tcase_create("members");

	tcase_add_checked_fixture(tc, open_members, close_members);
	tcase_add_test(tc, a_member_that_registers_again_is_the_same);
	tcase_add_test(tc, members_are_walked_by_address);
	tcase_add_test(tc,
		       a_full_database_refuses_rather_than_forgets_the_living);
	tcase_add_test(tc, who_acknowledges_rekeys_is_among_the_living);
	tcase_add_test(tc, a_version_that_is_no_version_is_not_kept);
	return tc;
}

RUN_CASES("ks_keys", case_keys, case_members)
