/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/coop_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/ks_policy.h"
#include "ks/ks_schedule.h"
#include "tests/check_main.h"
#include "tests/ks/ks_world.h"

enum { ROOM = 64 * 1024 };

static struct ks_world w;
static struct ks_group *g;

static struct ks_sa *first_sa(void)
{
	return TAILQ_FIRST(&g->sas);
}

struct octets {
	uint8_t data[ROOM];
	size_t len;
};

static void set_up(void)
{
	ks_world_open(&w, NULL);
	ks_world_article(&w);
	g = ks_world_group(&w, "GDOI-GROUP1");
	ks_world_join(&w, "192.168.11.3", 1234);
}

/* A group of IPv6, beside the article's. */
static void set_up_ipv6(void)
{
	ks_world_open(&w, NULL);
	ks_world_article(&w);
	ks_world_configure(&w, "ipv6 access-list SIX\n"
			       "deny udp any any eq 848\n"
			       "permit ipv6 2001:db8:1::/48 2001:db8:2::/48\n"
			       "permit tcp any host 2001:db8::7 eq 443\n"
			       "crypto gdoi group ipv6 GDOI-GROUP6\n"
			       "identity number 6666\n"
			       "server local\n"
			       "rekey authentication mypubkey rsa MYRSAKEY\n"
			       "rekey transport unicast\n"
			       "address ipv4 192.168.111.111\n"
			       "sa ipsec 1\n"
			       "profile profile1\n"
			       "match address ipv6 SIX\n");
	g = ks_world_group(&w, "GDOI-GROUP6");
	ks_world_join(&w, "192.168.11.3", 6666);
	ck_assert_uint_eq(first_sa()->n_given, 3);
	ck_assert_int_eq(ace_family(&first_sa()->given[1]), IP_V6);
}

static void tear_down(void)
{
	ks_world_close(&w);
}

static void write_state(struct octets *out)
{
	struct wr wr = wr_init(out->data, sizeof(out->data));

	coop_state_write(&wr, g);
	ck_assert(wr_ok(&wr));
	out->len = wr_at(&wr);
}

static struct coop_state *read_state(const struct octets *octets)
{
	const char *why;
	struct coop_state *state =
		coop_state_read(g, rd_init(octets->data, octets->len), 0, &why);

	ck_assert_msg(state != NULL, "%s", why);
	return state;
}

/* The key server loses all, and what it dropped is nobody's business. */
static void lose_keys(void)
{
	ks_schedule_stop(g);
	coop_state_forget_dropped(g);
	ck_assert_ptr_null(g->kek);
}

static size_t count_sets(void)
{
	struct ks_tek_set *set;
	size_t n = 0;

	TAILQ_FOREACH (set, &first_sa()->sets, entry)
		n++;
	return n;
}

static void rekey(void)
{
	free(ks_world_exec(&w, "crypto gdoi ks rekey\n"));
}

/* --- octets ------------------------------------------------------------------ */

START_TEST(what_was_read_is_written_again)
{
	struct octets before, after;
	struct coop_state *state;

	rekey();
	write_state(&before);
	state = read_state(&before);
	ck_assert_uint_eq(state->n_keks, 2);
	ck_assert(!state->unsigned_keks);
	lose_keys();
	ck_assert_ptr_null(coop_state_adopt(g, state));
	coop_state_free(state);
	write_state(&after);
	ck_assert_uint_eq(after.len, before.len);
	ck_assert_mem_eq(after.data, before.data, before.len);
}
END_TEST

START_TEST(members_get_the_same_policy_of_who_adopted_it)
{
	struct gdoi_peer peer = ks_world_peer("192.168.11.3", true);
	struct gdoi_policy *before, *after;
	struct coop_state *state;
	struct octets octets;
	const char *why;
	size_t i;

	before = ks_policy_build(g, &peer, &why);
	write_state(&octets);
	lose_keys();
	state = read_state(&octets);
	ck_assert_ptr_null(coop_state_adopt(g, state));
	coop_state_free(state);
	after = ks_policy_build(g, &peer, &why);
	ck_assert_ptr_nonnull(before);
	ck_assert_ptr_nonnull(after);
	ck_assert_mem_eq(after->kek.spi, before->kek.spi, 16);
	ck_assert_mem_eq(after->kek.key.data, before->kek.key.data,
			 before->kek.key.len);
	ck_assert_mem_eq(after->kek.pubkey.data, before->kek.pubkey.data,
			 before->kek.pubkey.len);
	ck_assert_uint_eq(after->seq, before->seq);
	ck_assert_uint_eq(after->n_teks, before->n_teks);
	for (i = 0; i < before->n_teks; i++) {
		ck_assert_uint_eq(after->teks[i].spi, before->teks[i].spi);
		ck_assert_uint_eq(after->teks[i].lifetime,
				  before->teks[i].lifetime);
		ck_assert_mem_eq(after->teks[i].key.data,
				 before->teks[i].key.data,
				 before->teks[i].key.len);
	}
	ck_assert_uint_eq(after->n_rules, before->n_rules);
	for (i = 0; i < before->n_rules; i++)
		ck_assert(
			ace_equal(&after->rules[i].ace, &before->rules[i].ace));
	gdoi_policy_free(before);
	gdoi_policy_free(after);
}
END_TEST

/* In a copy of exactly that size, so that reading on is seen. */
static struct coop_state *read_copy(const uint8_t *data, size_t len)
{
	uint8_t *copy = xmemdup(data, len);
	struct coop_state *state;
	const char *why;

	state = coop_state_read(g, rd_init(copy, len), 0, &why);
	ck_assert((state == NULL) == (why != NULL));
	free(copy);
	return state;
}

START_TEST(no_state_that_is_cut_off_is_read)
{
	struct octets octets;
	size_t len;

	write_state(&octets);
	for (len = 0; len < octets.len; len++)
		ck_assert_ptr_null(read_copy(octets.data, len));
}
END_TEST

START_TEST(a_flipped_octet_gives_valid_keys_or_none)
{
	struct octets octets;
	size_t i;

	write_state(&octets);
	for (i = 0; i < octets.len; i++) {
		struct coop_state *state;
		struct ks_kek *kek;

		octets.data[i] ^= 0xff;
		state = read_copy(octets.data, octets.len);
		octets.data[i] ^= 0xff;
		for (kek = state ? state->kek : NULL; kek; kek = kek->older) {
			ck_assert_uint_eq(kek->key.len, kek->key_bits / 8);
			ck_assert_uint_gt(kek->life.seconds, 0);
		}
		coop_state_free(state);
	}
}
END_TEST

START_TEST(keys_of_the_future_are_not_believed)
{
	struct octets octets;
	const char *why;

	write_state(&octets);
	ck_assert_ptr_null(coop_state_read(g, rd_init(octets.data, octets.len),
					   SEC(3600), &why));
	ck_assert_ptr_nonnull(why);
	ck_assert_ptr_null(coop_state_read(g, rd_init(octets.data, octets.len),
					   INT64_MAX, &why));
}
END_TEST

/* --- beside ours ------------------------------------------------------------- */

START_TEST(a_merge_keeps_every_living_key)
{
	uint32_t theirs = TAILQ_FIRST(&first_sa()->sets)->teks[0].spi, ours;
	struct coop_state *state;
	struct octets octets;
	uint8_t kek[16];

	memcpy(kek, g->kek->spi, sizeof(kek));
	write_state(&octets);
	lose_keys();
	ks_world_join(&w, "192.168.12.2", g->group->id.number);
	ours = TAILQ_FIRST(&first_sa()->sets)->teks[0].spi;
	state = read_state(&octets);
	ck_assert(coop_state_merge(g, state));
	coop_state_free(state);
	ck_assert_uint_eq(count_sets(), 2);
	ck_assert_uint_eq(TAILQ_FIRST(&first_sa()->sets)->teks[0].spi, ours);
	ck_assert(ks_group_has_spi(g, theirs));
	ck_assert_mem_ne(g->kek->spi, kek, sizeof(kek));
	ck_assert_ptr_nonnull(ks_kek_find_spi(g->kek, kek));
	ck_assert_uint_ne(ks_kek_find_spi(g->kek, kek)->number, g->kek->number);
	/* Nothing is new the second time. */
	state = read_state(&octets);
	ck_assert(!coop_state_merge(g, state));
	coop_state_free(state);
	ck_assert_uint_eq(count_sets(), 2);
}
END_TEST

START_TEST(of_a_kek_that_both_have_the_greater_number_counts)
{
	struct coop_state *state;
	struct octets octets;

	g->kek->seq = 70;
	write_state(&octets);
	g->kek->seq = 50;
	state = read_state(&octets);
	coop_state_merge(g, state);
	coop_state_free(state);
	ck_assert_uint_eq(g->kek->seq, 70 + COOP_SEQ_MARGIN);
	g->kek->seq = 90;
	state = read_state(&octets);
	ck_assert_ptr_null(coop_state_adopt(g, state));
	coop_state_free(state);
	ck_assert_uint_eq(g->kek->seq, 90);
	coop_state_jump(g);
	ck_assert_uint_eq(g->kek->seq, 90 + COOP_SEQ_JUMP);
}
END_TEST

START_TEST(what_was_dropped_stays_away)
{
	uint32_t spi = TAILQ_FIRST(&first_sa()->sets)->teks[0].spi;
	struct coop_state *state;
	struct octets octets;

	write_state(&octets);
	free(ks_world_exec(&w, "crypto gdoi ks rekey replace-now\n"));
	ck_assert(!ks_group_has_spi(g, spi));
	ck_assert(coop_state_is_dropped(g, spi));
	state = read_state(&octets);
	coop_state_merge(g, state);
	coop_state_free(state);
	ck_assert(!ks_group_has_spi(g, spi));
	coop_state_forget_dropped(g);
	state = read_state(&octets);
	ck_assert(coop_state_merge(g, state));
	coop_state_free(state);
	ck_assert(ks_group_has_spi(g, spi));
}
END_TEST

START_TEST(drops_beyond_the_limit_forget_the_one_that_ends_first)
{
	int64_t now = env_now(g->ks->env);
	uint32_t i;

	for (i = 0; i <= COOP_STATE_DROPS; i++)
		coop_state_dropped(g, 1000 + i, now + SEC(100 + i));
	ck_assert(!coop_state_is_dropped(g, 1000));
	ck_assert(coop_state_is_dropped(g, 1001));
	ck_assert(coop_state_is_dropped(g, 1000 + COOP_STATE_DROPS));
}
END_TEST

/* The flag that makes an entry one of IPv6 is in no IPv4 group's keys. */
START_TEST(entries_of_the_other_family_are_not_taken)
{
	struct octets octets;
	const char *why;

	write_state(&octets);
	g = ks_world_group(&w, "GDOI-GROUP1");
	ck_assert_ptr_null(
		coop_state_read(g, rd_init(octets.data, octets.len), 0, &why));
	ck_assert_str_eq(why, "an entry is none that can be given");
}
END_TEST

START_TEST(an_sa_that_is_not_configured_is_told)
{
	struct coop_state *state;
	struct octets octets;

	write_state(&octets);
	state = read_state(&octets);
	state->sas[0].number++;
	ck_assert_ptr_nonnull(coop_state_adopt(g, state));
	coop_state_free(state);
	ck_assert_uint_eq(count_sets(), 0);
}
END_TEST

static TCase *case_of(const char *name, void (*begin)(void))
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, begin, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, what_was_read_is_written_again);
	tcase_add_test(tc, members_get_the_same_policy_of_who_adopted_it);
	tcase_add_test(tc, no_state_that_is_cut_off_is_read);
	tcase_add_test(tc, a_flipped_octet_gives_valid_keys_or_none);
	tcase_add_test(tc, keys_of_the_future_are_not_believed);
	tcase_add_test(tc, a_merge_keeps_every_living_key);
	tcase_add_test(tc, of_a_kek_that_both_have_the_greater_number_counts);
	tcase_add_test(tc, what_was_dropped_stays_away);
	tcase_add_test(tc,
		       drops_beyond_the_limit_forget_the_one_that_ends_first);
	tcase_add_test(tc, an_sa_that_is_not_configured_is_told);
	return tc;
}

static TCase *case_state(void)
{
	return case_of("state", set_up);
}

static TCase *case_ipv6(void)
{
	TCase *tc = case_of("ipv6", set_up_ipv6);

	tcase_add_test(tc, entries_of_the_other_family_are_not_taken);
	return tc;
}

RUN_CASES("coop_state", case_state, case_ipv6)
