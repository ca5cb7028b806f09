/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ipsec/esp.h"
#include "ipsec/policy.h"
#include "tests/check_main.h"
#include "tests/ipsec/packets.h"

/* One end's view; both ends share the store, as members share a key. */
struct bench {
	struct crypto *crypto;
	struct sa_store *store;
	struct sa_key *key;
	struct esp_sa sa;
	struct pkt_pool *pool;
	struct esp_worker worker;
};

static struct bench bench_new_for(struct ipsec_sa sa, unsigned int workers)
{
	static const uint8_t seed[IVGEN_SEED] = { 1, 2, 3 };
	struct bench b = { 0 };

	b.crypto = crypto_new(NULL, workers);
	b.store = sa_store_new(b.crypto);
	b.key = sa_key_get(b.store, &sa);
	ck_assert_ptr_nonnull(b.key);
	ck_assert(esp_sa_init(&b.sa, &sa, b.key));
	for (unsigned int i = 0; i < workers; i++)
		sa_key_watch(b.key, i);
	b.pool = pkt_pool_new(0, 4);
	b.worker.ivgen = ivgen_new(seed);
	b.worker.now = SEC(1000);
	sa_clear(&sa);
	return b;
}

static struct bench bench_new(struct ipsec_sa sa)
{
	return bench_new_for(sa, 1);
}

static void bench_free(struct bench *b)
{
	sa_key_put(b->key);
	sa_store_free(b->store);
	crypto_free(b->crypto);
	pkt_pool_free(b->pool);
	ivgen_free(b->worker.ivgen);
}

static enum esp_result seal(struct bench *b, struct pkt *p)
{
	struct ipv4 ip = frame_ip(p);
	struct crypto_op op;
	enum esp_result result;

	result = esp_wrap(&b->worker, &b->sa, p, &ip, &op);
	if (result == ESP_OK)
		crypto_encrypt(b->crypto, 0, b->key->crypto, &op, 1);
	return result;
}

/* ESP_OK and the inner frame, or why not; -1: the ICV is wrong. */
static int unseal(struct bench *b, struct pkt *p)
{
	struct ipv4 ip = frame_ip(p), inner;
	struct esp_times times;
	struct crypto_op op;
	enum esp_result result;

	if (ip.protocol != ESP_PROTOCOL)
		return -2;
	result = esp_open(&b->sa, p, &ip, &op);
	if (result != ESP_OK)
		return (int)result;
	crypto_decrypt(b->crypto, 0, b->key->crypto, &op, 1);
	if (!op.ok)
		return -1;
	return (int)esp_unwrap(&b->worker, &b->sa, p, &ip, &op, &inner, &times);
}

static void round_trip(struct bench *b, size_t total)
{
	struct pkt *p = pkt_get_big(b->pool);
	uint8_t before[ETH_HEADER + 1500];
	size_t len = ETH_HEADER + total;

	frame_make(p, HOST1, HOST3, 17, total);
	memcpy(before, pkt_data(p), len);
	ck_assert_int_eq(seal(b, p), ESP_OK);
	ck_assert_uint_eq(p->len, ETH_HEADER + esp_wrapped_size(&b->sa, total,
								IPV4_HEADER));
	ck_assert_int_eq(unseal(b, p), ESP_OK);
	ck_assert_uint_eq(p->len, len);
	ck_assert_mem_eq(pkt_data(p), before, len);
	pkt_put(p);
}

/* The same frame with another source address: that which chooses a receive
 * queue, and in transport mode nothing else of it. */
static void readdress(struct pkt *p, uint32_t src)
{
	uint8_t *header = pkt_data(p) + ETH_HEADER;
	struct ipv4 ip = frame_ip(p);

	ip.src = src;
	ipv4_write(&ip, header);
}

START_TEST(in_transport_mode_no_worker_takes_what_another_one_has)
{
	struct esp_transform t = all_transforms[_i];
	struct pkt *p, *again;
	struct ipsec_sa sa;
	struct bench b;

	t.transport = true;
	sa = sa_make(&t, 3);
	sa.replay = IPSEC_REPLAY_COUNTER;
	sa.window = 64;
	b = bench_new_for(sa, 2);
	for (int n = 0; n < 100; n++) {
		p = pkt_get_big(b.pool);
		again = pkt_get_big(b.pool);
		frame_make(p, HOST1, HOST3, 17, 100);
		ck_assert_int_eq(seal(&b, p), ESP_OK);
		memcpy(pkt_data(again), pkt_data(p), p->len);
		again->len = p->len;
		readdress(again, HOST3);
		b.worker.number = (unsigned int)n % 2;
		ck_assert_int_eq(unseal(&b, p), ESP_OK);
		b.worker.number = 1 - b.worker.number;
		ck_assert_int_eq(unseal(&b, again), ESP_REPLAYED);
		pkt_put(p);
		pkt_put(again);
		b.worker.number = 0;
	}
	bench_free(&b);
}
END_TEST

START_TEST(every_transform_brings_every_size_back)
{
	const struct esp_transform *t = &all_transforms[_i];
	const enum ipsec_replay modes[] = { IPSEC_REPLAY_NONE,
					    IPSEC_REPLAY_COUNTER,
					    IPSEC_REPLAY_TIME };

	for (size_t m = 0; m < ARRAY_SIZE(modes); m++) {
		struct ipsec_sa sa = sa_make(t, 3);
		struct bench b;

		sa.replay = modes[m];
		sa.window = 64;
		b = bench_new(sa);
		for (size_t total = 20; total <= 120; total++)
			round_trip(&b, total);
		for (size_t total = 121; total <= 1500; total += 37)
			round_trip(&b, total);
		round_trip(&b, 1500);
		bench_free(&b);
	}
}
END_TEST

START_TEST(transport_mode_brings_every_size_back)
{
	struct esp_transform t = all_transforms[_i];
	struct ipsec_sa sa;
	struct bench b;

	t.transport = true;
	sa = sa_make(&t, 3);
	sa.replay = IPSEC_REPLAY_TIME;
	sa.window = 5;
	b = bench_new(sa);
	for (size_t total = 20; total <= 1500; total += 31)
		round_trip(&b, total);
	bench_free(&b);
}
END_TEST

static struct bench article(void)
{
	struct ipsec_sa sa = sa_make(&article_transform, 9);

	sa.replay = IPSEC_REPLAY_TIME;
	sa.window = 5;
	return bench_new(sa);
}

START_TEST(a_ping_of_100_octets_leaves_as_184)
{
	struct bench b = article();
	struct pkt *p = pkt_get_big(b.pool);
	struct ipv4 ip;

	frame_make(p, HOST1, HOST3, 1, 100);
	ck_assert_int_eq(seal(&b, p), ESP_OK);
	ip = frame_ip(p);
	ck_assert_uint_eq(ip.total, 184);
	ck_assert_uint_eq(p->len, 198);
	pkt_put(p);
	bench_free(&b);
}
END_TEST

START_TEST(the_outer_header_is_a_copy_of_the_inner_one)
{
	struct bench b = article();
	struct pkt *p = pkt_get_big(b.pool);
	struct ipv4 ip;

	frame_make(p, HOST1, HOST3, 1, 100);
	put16(pkt_data(p) + ETH_HEADER + 6, IPV4_DF);
	ck_assert_int_eq(seal(&b, p), ESP_OK);
	ip = frame_ip(p);
	ck_assert_uint_eq(ip.src, HOST1);
	ck_assert_uint_eq(ip.dst, HOST3);
	ck_assert_uint_eq(ip.tos, 0xb8);
	ck_assert_uint_eq(ip.ttl, 61);
	ck_assert_uint_eq(ip.fragment, IPV4_DF);
	ck_assert_uint_eq(ip.protocol, 50);
	ck_assert_uint_eq(ip_checksum(pkt_data(p) + ETH_HEADER, 20), 0);
	ck_assert_uint_eq(get32(pkt_data(p) + ETH_HEADER + 20), b.sa.spi);
	ck_assert_uint_eq(get32(pkt_data(p) + ETH_HEADER + 24), 1);
	pkt_put(p);
	bench_free(&b);
}
END_TEST

START_TEST(a_time_stamp_has_the_documented_form)
{
	struct ipsec_sa sa = sa_make(
		&(struct esp_transform){ ESP_NULL, 0, ESP_AUTH_SHA1, false },
		4);
	static const uint8_t want[] = { 4, 3, 1, 0, 0, 0, 0, 7, 0x80, 0, 0, 0 };
	struct bench b;
	struct pkt *p;

	sa.replay = IPSEC_REPLAY_TIME;
	sa.window = 5;
	sa.pst_offset = MSEC(7500) - SEC(1000);
	b = bench_new(sa);
	p = pkt_get_big(b.pool);
	frame_make(p, HOST1, HOST3, 1, 100);
	ck_assert_int_eq(seal(&b, p), ESP_OK);
	ck_assert_mem_eq(pkt_data(p) + ETH_HEADER + 20 + 8, want, sizeof(want));
	ck_assert_uint_eq(pkt_data(p)[p->len - 12 - 1], TBAR_NEXT_HEADER);
	pkt_put(p);
	bench_free(&b);
}
END_TEST

START_TEST(a_packet_flipped_at_any_octet_is_dropped)
{
	struct bench b = article();
	struct pkt *p = pkt_get_big(b.pool);
	uint8_t sealed[198];

	frame_make(p, HOST1, HOST3, 1, 100);
	ck_assert_int_eq(seal(&b, p), ESP_OK);
	memcpy(sealed, pkt_data(p), sizeof(sealed));
	/* From the ESP header on; the SPI only selects the SA but is under
	 * the ICV too. */
	for (size_t i = ETH_HEADER + IPV4_HEADER; i < sizeof(sealed); i++) {
		p->off = PKT_HEAD;
		p->len = sizeof(sealed);
		memcpy(pkt_data(p), sealed, sizeof(sealed));
		pkt_data(p)[i] ^= 1;
		ck_assert_int_eq(unseal(&b, p), -1);
	}
	pkt_put(p);
	bench_free(&b);
}
END_TEST

START_TEST(outer_addresses_that_differ_are_refused)
{
	struct bench b = article();
	struct pkt *p = pkt_get_big(b.pool);

	for (size_t i = 12; i < 20; i++) {
		frame_make(p, HOST1, HOST3, 1, 100);
		ck_assert_int_eq(seal(&b, p), ESP_OK);
		pkt_data(p)[ETH_HEADER + i] ^= 1;
		ck_assert_int_eq(unseal(&b, p), ESP_BAD_ADDRESS);
	}
	pkt_put(p);
	bench_free(&b);
}
END_TEST

START_TEST(congestion_on_the_way_is_told_to_a_host_that_understands)
{
	static const struct {
		uint8_t inner, want;
	} cases[] = {
		{ 0xb8, 0xb8 }, { 0xb9, 0xbb }, { 0xba, 0xbb }, { 0xbb, 0xbb }
	};
	struct bench b = article();
	struct pkt *p = pkt_get_big(b.pool);
	struct ipv4 ip;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		frame_make(p, HOST1, HOST3, 1, 100);
		ipv4_set_tos(pkt_data(p) + ETH_HEADER, cases[i].inner);
		ck_assert_int_eq(seal(&b, p), ESP_OK);
		ipv4_set_tos(pkt_data(p) + ETH_HEADER, 0xbb);
		ck_assert_int_eq(unseal(&b, p), ESP_OK);
		ip = frame_ip(p);
		ck_assert_uint_eq(ip.tos, cases[i].want);
		ck_assert_uint_eq(ip_checksum(pkt_data(p) + ETH_HEADER, 20), 0);
	}
	pkt_put(p);
	bench_free(&b);
}
END_TEST

START_TEST(every_truncation_is_refused)
{
	struct bench b = article();
	struct pkt *p = pkt_get_big(b.pool);
	uint8_t sealed[198];

	frame_make(p, HOST1, HOST3, 1, 100);
	ck_assert_int_eq(seal(&b, p), ESP_OK);
	memcpy(sealed, pkt_data(p), sizeof(sealed));
	for (uint16_t total = 20; total < 184; total++) {
		p->off = PKT_HEAD;
		p->len = ETH_HEADER + total;
		memcpy(pkt_data(p), sealed, p->len);
		put16(pkt_data(p) + ETH_HEADER + 2, total);
		ck_assert_int_ne(unseal(&b, p), ESP_OK);
	}
	pkt_put(p);
	bench_free(&b);
}
END_TEST

START_TEST(a_stamp_at_the_edge_of_the_window_passes_and_one_beyond_not)
{
	static const struct {
		int64_t shift; /* of the receiver's clock, ms */
		int want;
	} cases[] = { { 0, ESP_OK },	       { 5000, ESP_OK },
		      { -5000, ESP_OK },       { 5001, ESP_REPLAYED },
		      { -5001, ESP_REPLAYED }, { 100000, ESP_REPLAYED } };
	struct bench b = article();
	struct pkt *p = pkt_get_big(b.pool);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		b.worker.now = SEC(1000);
		frame_make(p, HOST1, HOST3, 1, 100);
		ck_assert_int_eq(seal(&b, p), ESP_OK);
		b.worker.now += MSEC(cases[i].shift);
		ck_assert_int_eq(unseal(&b, p), cases[i].want);
	}
	pkt_put(p);
	bench_free(&b);
}
END_TEST

START_TEST(an_untagged_packet_is_refused_where_stamps_are_due)
{
	struct bench b = article();
	struct pkt *p = pkt_get_big(b.pool);

	b.sa.replay = IPSEC_REPLAY_NONE;
	frame_make(p, HOST1, HOST3, 1, 100);
	ck_assert_int_eq(seal(&b, p), ESP_OK);
	b.sa.replay = IPSEC_REPLAY_TIME;
	ck_assert_int_eq(unseal(&b, p), ESP_NOT_TAGGED);
	frame_make(p, HOST1, HOST3, 1, 100);
	ck_assert_int_eq(seal(&b, p), ESP_OK);
	b.sa.replay = IPSEC_REPLAY_NONE;
	ck_assert_int_eq(unseal(&b, p), ESP_BAD_PROTOCOL);
	pkt_put(p);
	bench_free(&b);
}
END_TEST

static int compare_iv(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

START_TEST(no_iv_comes_twice)
{
	static uint8_t seen[2000][16];
	struct bench b = article();
	struct pkt *p = pkt_get_big(b.pool);

	for (size_t i = 0; i < ARRAY_SIZE(seen); i++) {
		frame_make(p, HOST1, HOST3, 1, 100);
		ck_assert_int_eq(seal(&b, p), ESP_OK);
		memcpy(seen[i], pkt_data(p) + ETH_HEADER + 28, 16);
	}
	qsort(seen, ARRAY_SIZE(seen), sizeof(seen[0]), compare_iv);
	for (size_t i = 1; i < ARRAY_SIZE(seen); i++)
		ck_assert_mem_ne(seen[i - 1], seen[i], sizeof(seen[0]));
	pkt_put(p);
	bench_free(&b);
}
END_TEST

START_TEST(a_counter_mode_iv_is_sender_id_and_number)
{
	const struct esp_transform gcm = { ESP_AES_GCM, 256, ESP_AUTH_NONE,
					   false };
	static const uint8_t first[] = { 0, 0, 5, 0, 0, 0, 0, 0 };
	static const uint8_t second[] = { 0, 0, 5, 0, 0, 0, 0, 1 };
	struct bench b = bench_new(sa_make(&gcm, 8));
	struct pkt *p = pkt_get_big(b.pool);

	frame_make(p, HOST1, HOST3, 1, 100);
	ck_assert_int_eq(seal(&b, p), ESP_OK);
	ck_assert_mem_eq(pkt_data(p) + ETH_HEADER + 28, first, 8);
	frame_make(p, HOST1, HOST3, 1, 100);
	ck_assert_int_eq(seal(&b, p), ESP_OK);
	ck_assert_mem_eq(pkt_data(p) + ETH_HEADER + 28, second, 8);
	pkt_put(p);
	bench_free(&b);
}
END_TEST

START_TEST(counter_modes_do_not_send_without_a_sender_id)
{
	const struct esp_transform gcm = { ESP_AES_GCM, 128, ESP_AUTH_NONE,
					   false };
	struct ipsec_sa sa = sa_make(&gcm, 8);
	struct bench b;
	struct pkt *p;

	sa.sender_id_bits = 0;
	b = bench_new(sa);
	p = pkt_get_big(b.pool);
	frame_make(p, HOST1, HOST3, 1, 100);
	ck_assert_int_eq(seal(&b, p), ESP_NO_NUMBER);
	ck_assert_uint_eq(p->len, 114);
	pkt_put(p);
	bench_free(&b);
}
END_TEST

START_TEST(numbers_end_where_they_would_repeat)
{
	struct ipsec_sa sa = sa_make(&article_transform, 8);
	struct bench b;
	struct pkt *p;

	sa.replay = IPSEC_REPLAY_COUNTER;
	sa.window = 64;
	b = bench_new(sa);
	p = pkt_get_big(b.pool);
	b.key->next = UINT32_MAX - 1;
	frame_make(p, HOST1, HOST3, 1, 100);
	ck_assert_int_eq(seal(&b, p), ESP_OK);
	ck_assert_uint_eq(get32(pkt_data(p) + ETH_HEADER + 24), UINT32_MAX);
	frame_make(p, HOST1, HOST3, 1, 100);
	ck_assert_int_eq(seal(&b, p), ESP_NO_NUMBER);
	pkt_put(p);
	bench_free(&b);
}
END_TEST

/* A number of a key without a sender ID. */
static uint64_t number(struct sa_key *key)
{
	uint64_t n;

	ck_assert(sa_number(key, 0, 0, UINT64_MAX, SA_NUMBER_BLOCK, &n));
	return n;
}

START_TEST(the_same_key_goes_on_counting_in_a_new_policy)
{
	struct ipsec_sa sa = sa_make(&article_transform, 8);
	struct ipsec_sa again = sa_make(&article_transform, 8);
	struct ipsec_sa fresh = sa_make(&article_transform, 9);
	struct crypto *crypto = crypto_new(NULL, 1);
	struct sa_store *store = sa_store_new(crypto);
	struct sa_key *key = sa_key_get(store, &sa);

	ck_assert_uint_eq(number(key), 0);
	ck_assert_ptr_eq(sa_key_get(store, &again), key);
	ck_assert_uint_eq(number(key), 1);
	sa_key_put(key);
	sa_key_put(key);
	sa_store_expire(store, SEC(10)); /* it lives: expires is far away */
	ck_assert_ptr_eq(sa_key_get(store, &again), key);
	ck_assert_uint_ge(number(key), 2);
	ck_assert_ptr_ne(sa_key_get(store, &fresh), key);
	sa_clear(&sa);
	sa_clear(&again);
	sa_clear(&fresh);
	sa_store_free(store);
	crypto_free(crypto);
}
END_TEST

static struct ipsec_policy *many_gcm(unsigned int n, uint32_t spi,
				     uint32_t sender)
{
	const struct esp_transform gcm = { ESP_AES_GCM, 128, ESP_AUTH_NONE,
					   false };
	struct ipsec_policy *p = xcalloc(1, sizeof(*p));

	p->groups = xcalloc(1, sizeof(*p->groups));
	p->groups[0].name = xstrdup("G");
	p->n_groups = 1;
	p->sas = xcalloc(n, sizeof(*p->sas));
	for (p->n_sas = 0; p->n_sas < n; p->n_sas++) {
		p->sas[p->n_sas] = sa_make(&gcm, (uint8_t)p->n_sas);
		p->sas[p->n_sas].spi = spi + (uint32_t)p->n_sas;
		p->sas[p->n_sas].sender_id = sender;
		put32(p->sas[p->n_sas].key.data, p->sas[p->n_sas].spi);
	}
	return p;
}

/* The new policy is there before the old one goes. */
static void replace(struct policy **p, struct sa_store *store,
		    struct stats *stats, struct ipsec_policy *in)
{
	struct policy *old = *p;

	*p = policy_new(in, store, stats);
	ck_assert_ptr_nonnull(*p);
	ipsec_policy_free(in);
	policy_free(old);
}

START_TEST(fifty_registrations_with_a_hundred_keys_fit_and_go_on_counting)
{
	struct crypto *crypto = crypto_new(NULL, 1);
	struct sa_store *store = sa_store_new(crypto);
	struct stats *stats = stats_new(1);
	struct policy *p = NULL;

	for (uint32_t i = 0; i < 50; i++) {
		replace(&p, store, stats, many_gcm(100, 1000, i));
		for (size_t k = 0; k < p->n_sas; k++) {
			struct esp_sa *sa = &p->sas[k];
			uint64_t n;

			ck_assert_uint_eq(sa->iv_prefix, (uint64_t)i << 40);
			ck_assert(sa_number(sa->key, 0, sa->number_base,
					    sa->number_end, SA_NUMBER_BLOCK,
					    &n));
			/* A new ID has all its IVs; the number goes on. */
			ck_assert_uint_eq(n, sa->number_base);
			ck_assert_uint_eq(n, i * SA_NUMBER_BLOCK);
		}
	}
	policy_free(p);
	stats_free(stats);
	sa_store_free(store);
	crypto_free(crypto);
}
END_TEST

START_TEST(fifty_rekeys_of_a_hundred_keys_fit_and_none_is_forgotten)
{
	struct crypto *crypto = crypto_new(NULL, 1);
	struct sa_store *store = sa_store_new(crypto);
	struct stats *stats = stats_new(1);
	struct policy *p = NULL;

	for (uint32_t i = 0; i < 50; i++) {
		replace(&p, store, stats, many_gcm(100, 1000 + 100 * i, 5));
		for (size_t k = 0; k < p->n_sas; k++)
			ck_assert_uint_eq(number(p->sas[k].key), 0);
	}
	replace(&p, store, stats, many_gcm(100, 1000, 5));
	for (size_t k = 0; k < p->n_sas; k++)
		ck_assert_uint_gt(number(p->sas[k].key), 0);
	policy_free(p);
	stats_free(stats);
	sa_store_free(store);
	crypto_free(crypto);
}
END_TEST

START_TEST(a_store_that_is_full_refuses_and_lets_go)
{
	struct crypto *crypto = crypto_new(NULL, 1);
	struct sa_store *store = sa_store_new(crypto);
	struct ipsec_sa sa = sa_make(&article_transform, 1);
	static struct sa_key *keys[SA_AWAKE_MAX];

	for (uint32_t i = 0; i < SA_AWAKE_MAX; i++) {
		sa.spi = 1000 + i;
		keys[i] = sa_key_get(store, &sa);
		ck_assert_ptr_nonnull(keys[i]);
	}
	sa.spi = 500;
	ck_assert_ptr_null(sa_key_get(store, &sa));
	sa_key_put(keys[0]);
	ck_assert_ptr_nonnull(sa_key_get(store, &sa));
	sa_clear(&sa);
	sa_store_free(store);
	crypto_free(crypto);
}
END_TEST

START_TEST(plaintext_mtu_is_the_largest_that_fits)
{
	for (size_t i = 0; i < n_transforms; i++)
		for (unsigned int mtu = 200; mtu <= 1500; mtu += 113) {
			struct ipsec_sa s = sa_make(&all_transforms[i], 1);
			struct bench b;
			unsigned int n;

			s.replay =
				mtu % 2 ? IPSEC_REPLAY_TIME : IPSEC_REPLAY_NONE;
			s.window = 5;
			n = ipsec_plaintext_mtu(&s.transform, mtu % 2, mtu);
			b = bench_new(s);
			ck_assert_uint_le(esp_wrapped_size(&b.sa, n, 20), mtu);
			ck_assert_uint_gt(esp_wrapped_size(&b.sa, n + 1, 20),
					  mtu);
			bench_free(&b);
		}
	ck_assert_uint_eq(ipsec_plaintext_mtu(&article_transform, false, 1500),
			  1438);
	ck_assert_uint_eq(ipsec_plaintext_mtu(&article_transform, true, 1500),
			  1426);
}
END_TEST

static TCase *esp_case(void)
{
	TCase *tc = tcase_create("esp");
	int n = (int)n_transforms;

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, every_transform_brings_every_size_back, 0, n);
	tcase_add_loop_test(tc, transport_mode_brings_every_size_back, 0, n);
	tcase_add_loop_test(
		tc, in_transport_mode_no_worker_takes_what_another_one_has, 0,
		n);
	tcase_add_test(tc, a_ping_of_100_octets_leaves_as_184);
	tcase_add_test(tc, the_outer_header_is_a_copy_of_the_inner_one);
	tcase_add_test(tc, a_time_stamp_has_the_documented_form);
	tcase_add_test(tc, a_packet_flipped_at_any_octet_is_dropped);
	tcase_add_test(tc, outer_addresses_that_differ_are_refused);
	tcase_add_test(
		tc, congestion_on_the_way_is_told_to_a_host_that_understands);
	tcase_add_test(tc, every_truncation_is_refused);
	tcase_add_test(
		tc,
		a_stamp_at_the_edge_of_the_window_passes_and_one_beyond_not);
	tcase_add_test(tc, an_untagged_packet_is_refused_where_stamps_are_due);
	tcase_add_test(tc, no_iv_comes_twice);
	tcase_add_test(tc, a_counter_mode_iv_is_sender_id_and_number);
	tcase_add_test(tc, counter_modes_do_not_send_without_a_sender_id);
	tcase_add_test(tc, numbers_end_where_they_would_repeat);
	tcase_add_test(tc, the_same_key_goes_on_counting_in_a_new_policy);
	tcase_add_test(
		tc,
		fifty_registrations_with_a_hundred_keys_fit_and_go_on_counting);
	tcase_add_test(
		tc, fifty_rekeys_of_a_hundred_keys_fit_and_none_is_forgotten);
	tcase_add_test(tc, a_store_that_is_full_refuses_and_lets_go);
	tcase_add_test(tc, plaintext_mtu_is_the_largest_that_fits);
	return tc;
}

RUN_CASES("ipsec/esp", esp_case)
