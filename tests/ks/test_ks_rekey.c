/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each kind of rekey says, and does to the keys. */
#include "ks/ks_rekey.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/ks_delivery.h"
#include "ks/ks_make.h"
#include "ks/ks_schedule.h"
#include "tests/check_main.h"
#include "tests/ks/two_members.h"

/* --- the formulas ------------------------------------------------------------ */

static const struct {
	uint32_t life, remaining, shortened;
} shortened[] = {
	{ 3600, 3000, 180 },	{ 3600, 100, 100 },
	{ 600, 600, 90 },	{ 120, 120, 90 },
	{ 120, 60, 60 },	{ 7200, 7200, 360 },
	{ 86400, 80000, 3600 }, { 2592000, 2000000, 3600 },
};

START_TEST(a_tek_keeps_a_share_of_its_life_after_a_replacement)
{
	ck_assert_uint_eq(ks_tek_shortened(shortened[_i].life,
					   shortened[_i].remaining),
			  shortened[_i].shortened);
}
END_TEST

/* --- crypto gdoi ks rekey ------------------------------------------------------ */

START_TEST(an_operators_rekey_gives_new_keys_and_shortens_the_old_ones)
{
	uint32_t first;

	join_both();
	first = ce1.policy->teks[0].spi;
	sim_run(w.sim, SEC(600));
	type("crypto gdoi ks rekey\n");

	ck_assert_uint_eq(ce1.accepted, 1);
	ck_assert_uint_eq(ce2.accepted, 1);
	ck_assert(fake_member_last(&ce1)->has_kek);
	ck_assert(!fake_member_last(&ce1)->delete_teks);
	ck_assert_uint_eq(ce1.policy->n_teks, 2);
	ck_assert_uint_ne(ce1.policy->teks[0].spi, first);
	ck_assert_uint_eq(ce1.policy->teks[0].lifetime, 3600);
	ck_assert_uint_eq(old_tek(ce1.policy)->spi, first);
	ck_assert_uint_eq(old_tek(ce1.policy)->lifetime, 180);
	ck_assert_uint_eq(ce1.policy->n_sids, 0);
	ck_assert_uint_eq(sim_logged(w.node,
				     "%GDOI-5-KS_SEND_UNICAST_REKEY: Sending "
				     "Unicast Rekey for group GDOI-GROUP1 from "
				     "address 192.168.111.111 with seq # 1"),
			  1);
	ck_assert_uint_eq(g->rekeys_sent, 1);
	ck_assert_uint_eq(g->last_retransmits, 0);
	ck_assert_uint_eq(g->last_duration_ms, 2);
	ck_assert_ptr_null(g->delivery);
}
END_TEST

START_TEST(an_edited_policy_is_a_policy_replacement)
{
	const char *line = "Sending Unicast Rekey with policy-replace for "
			   "group GDOI-GROUP1 from address 192.168.111.111 "
			   "with seq # 1";

	join_both();
	ck_assert_uint_eq(ce1.policy->n_rules, 5);
	ks_world_configure(&w, "ip access-list extended getvpn-acl\n"
			       "1 deny tcp any eq telnet any\n"
			       "2 deny tcp any any eq telnet");
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(sim_logged(w.node, line), 1);
	ck_assert_uint_eq(ce2.policy->n_rules, 7);
	ks_world_configure(&w, "ip access-list extended getvpn-acl\n"
			       "no 1\nno 2");
	ck_assert_uint_eq(sim_logged(w.node, "POLICY_CHANGE"), 2);
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(ce2.policy->n_rules, 5);
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(sim_logged(w.node, "with policy-replace"), 2);
	ck_assert_uint_eq(sim_logged(w.node, "Sending Unicast Rekey for"), 1);
}
END_TEST

START_TEST(old_teks_are_shortened_from_one_kind_of_cipher_to_another)
{
	ks_world_configure(&w, "ip access-list extended getvpn-acl\n"
			       "1 permit tcp any any eq www");
	join_both();
	ks_world_configure(&w, "crypto ipsec transform-set gcm esp-gcm 128\n"
			       "crypto ipsec profile profile1\n"
			       "set transform-set gcm");
	type("crypto gdoi ks rekey\n");
	ck_assert_ptr_nonnull(old_tek(ce1.policy));
	ck_assert_uint_le(old_tek(ce1.policy)->lifetime, 180);
	ks_world_configure(&w, "crypto ipsec profile profile1\n"
			       "set transform-set aes128");
	sim_run(w.sim, SEC(200));
	type("crypto gdoi ks rekey\n");
	ck_assert_ptr_nonnull(old_tek(ce1.policy));
	ck_assert_uint_le(old_tek(ce1.policy)->lifetime, 180);
}
END_TEST

START_TEST(replace_now_leaves_the_members_with_the_new_keys_alone)
{
	join_both();
	sim_run(w.sim, SEC(537));
	type("crypto gdoi ks rekey replace-now\n");
	ck_assert(fake_member_last(&ce1)->delete_teks);
	ck_assert(!fake_member_last(&ce1)->delete_kek);
	ck_assert(fake_member_last(&ce1)->has_kek);
	ck_assert_uint_eq(ce1.policy->n_teks, 1);
	ck_assert_uint_eq(ce1.policy->teks[0].lifetime, 3600);
	ck_assert_uint_eq(sim_logged(w.node, "with policy-replace for group "
					     "GDOI-GROUP1 from address "
					     "192.168.111.111 with seq # 1"),
			  1);
	fake_member_join(&ce2);
	ck_assert_uint_eq(ce2.policy->n_teks, 1);
}
END_TEST

START_TEST(one_group_of_two_can_be_rekeyed)
{
	ks_world_configure(&w, "crypto gdoi group OTHER\nidentity number 99\n"
			       "server local\n"
			       "rekey authentication mypubkey rsa MYRSAKEY\n"
			       "rekey transport unicast\n"
			       "address ipv4 " KS_ADDRESS "\n"
			       "sa ipsec 1\nprofile profile1\n"
			       "match address ipv4 getvpn-acl");
	join_both();
	ks_world_join(&w, "192.168.13.2", 99);
	type("crypto gkm ks group OTHER rekey\n");
	ck_assert_uint_eq(g->rekeys_sent, 0);
	ck_assert_uint_eq(ks_world_group(&w, "OTHER")->rekeys_sent, 1);
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(g->rekeys_sent, 1);
	ck_assert_uint_eq(ks_world_group(&w, "OTHER")->rekeys_sent, 2);
}
END_TEST

static const struct {
	const char *lines, *why;
} refusals[] = {
	{ "no rekey authentication mypubkey rsa MYRSAKEY",
	  "% No rekey for group GDOI-GROUP1: rekey authentication is not "
	  "configured\n" },
	{ "rekey authentication mypubkey rsa NOKEY",
	  "% No rekey for group GDOI-GROUP1: the RSA key of rekey "
	  "authentication is missing\n" },
	{ "no rekey transport unicast",
	  "% No rekey for group GDOI-GROUP1: rekeys have neither unicast "
	  "transport nor an address\n" },
	{ "sa ipsec 1\nprofile nosuch",
	  "% No rekey for group GDOI-GROUP1: no such profile or transform "
	  "set\n" },
	{ "sa ipsec 1\nmatch address ipv4 nosuch",
	  "% No rekey for group GDOI-GROUP1: no such access list\n" },
	{ "no sa ipsec 1", "% No rekey for group GDOI-GROUP1: no sa ipsec\n" },
	{ "exit\nip access-list extended getvpn-acl\n"
	  "1 permit udp any range 10 20 any",
	  "% No rekey for group GDOI-GROUP1: the access list contains a port "
	  "range\n" },
	{ "no deny download\nexit\n"
	  "ip access-list extended getvpn-acl\nno permit ip any any",
	  "% No rekey for group GDOI-GROUP1: the access list permits "
	  "nothing\n" },
};

START_TEST(a_rekey_that_cannot_be_sent_says_why)
{
	char *lines = xasprintf("crypto gdoi group GDOI-GROUP1\n"
				"server local\n%s",
				refusals[_i].lines);
	unsigned int number;
	char *screen;

	join_both();
	number = g->kek->number;
	ks_world_configure(&w, lines);
	screen = ks_world_exec(&w, "crypto gdoi ks rekey\n");
	ck_assert_msg(strstr(screen, refusals[_i].why) != NULL, "%s", screen);
	sim_run(w.sim, SEC(1));
	ck_assert_uint_eq(ce1.n_log, 0);
	ck_assert_uint_eq(g->kek->number, number);
	free(screen);
	free(lines);
}
END_TEST

#define RANGE                                  \
	"ip access-list extended getvpn-acl\n" \
	"1 permit udp any range 10 20 any"

START_TEST(a_refused_rekey_changes_nothing)
{
	const struct ks_tek_set *set;

	join_both();
	sim_run(w.sim, SEC(600));
	set = TAILQ_FIRST(&TAILQ_FIRST(&g->sas)->sets);
	ks_world_configure(&w, RANGE);
	ck_assert_uint_eq(sim_logged(w.node, "GDOI_ACL_RANGE"), 1);
	type("crypto gdoi ks rekey replace-now\n");
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(sim_logged(w.node, "KS_SEND_UNICAST_REKEY"), 0);
	ck_assert_uint_eq(sim_logged(w.node, "GDOI_ACL_RANGE"), 1);
	ck_assert_ptr_eq(TAILQ_FIRST(&TAILQ_FIRST(&g->sas)->sets), set);
	ck_assert_uint_eq(set->life.override, 0);
	ck_assert_uint_eq(g->keks_made, 1);
	ck_assert_uint_eq(g->kek->seq, 0);
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(ce1.n_log, 0);
}
END_TEST

static const char *const unsayable[] = {
	RANGE,
	"no ip access-list extended getvpn-acl",
	("no ip access-list extended getvpn-acl\n"
	 "ip access-list extended getvpn-acl\nremark nothing"),
	"no crypto ipsec profile profile1",
	"no crypto ipsec transform-set aes128",
};

START_TEST(scheduled_rekeys_go_on_with_what_members_have)
{
	uint32_t first;

	join_both();
	first = ce1.policy->teks[0].spi;
	ks_world_configure(&w, unsayable[_i]);
	sim_run(w.sim, SEC(2 * 3600));
	ck_assert_uint_eq(ce1.accepted, 2);
	ck_assert_uint_eq(ce1.policy->n_rules, 5);
	ck_assert_uint_ne(ce1.policy->teks[0].spi, first);
	ck_assert_uint_eq(g->members.count, 2);
	ck_assert_uint_le(sim_logged(w.node, "GDOI_ACL_RANGE"), 1);
	ck_assert_uint_le(sim_logged(w.node, "KS_INCOMPLETE_CFG"), 1);
}
END_TEST

START_TEST(without_rekey_authentication_nothing_is_sent)
{
	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\nserver local\n"
			       "no rekey authentication mypubkey rsa MYRSAKEY");
	join_both();
	ck_assert(!ce1.policy->has_kek);
	ck_assert_uint_eq(ks_world_group(&w, "GDOI-GROUP1")->rekeys_sent, 0);
	sim_run(w.sim, SEC(7000));
	ck_assert_uint_eq(ce1.n_log, 0);
	ck_assert_uint_eq(sim_logged(w.node, "KS_SEND_UNICAST_REKEY"), 0);
}
END_TEST

/* --- the schedule ---------------------------------------------------------------- */

START_TEST(a_tek_is_rolled_over_by_a_rekey_without_a_new_kek)
{
	uint32_t first;

	join_both();
	first = ce1.policy->teks[0].spi;
	sim_run(w.sim, SEC(3600 - 206) - 1);
	ck_assert_uint_eq(ce1.n_log, 0);
	sim_run(w.sim, SEC(1));
	ck_assert_uint_eq(ce1.accepted, 1);
	ck_assert(!fake_member_last(&ce1)->has_kek);
	ck_assert_uint_eq(fake_member_last(&ce1)->seq, 1);
	ck_assert_uint_eq(ce1.policy->n_teks, 2);
	ck_assert_uint_eq(old_tek(ce1.policy)->spi, first);
	ck_assert_uint_eq(old_tek(ce1.policy)->lifetime, 206);
	ck_assert_uint_eq(sim_logged(w.node, "Sending Unicast Rekey for group "
					     "GDOI-GROUP1 from address "
					     "192.168.111.111 with seq # 1"),
			  1);
}
END_TEST

static void short_kek(void)
{
	LINES("rekey lifetime seconds 360\nsa ipsec 1\nno replay");
	ks_world_configure(&w, "crypto ipsec profile profile1\n"
			       "set security-association lifetime seconds "
			       "86400");
	join_both();
}

START_TEST(a_new_kek_comes_under_the_old_one_and_its_numbers)
{
	uint8_t first[16];

	short_kek();
	memcpy(first, ce1.keks[0]->kek.spi, sizeof(first));
	sim_run(w.sim, SEC(360 - 225) - 1);
	ck_assert_uint_eq(ce1.n_log, 0);
	sim_run(w.sim, SEC(1));
	ck_assert_mem_eq(fake_member_last(&ce1)->under, first, 16);
	ck_assert_uint_eq(fake_member_last(&ce1)->seq, 1);
	ck_assert(fake_member_last(&ce1)->has_kek);
	ck_assert_uint_eq(g->kek->seq, 0);

	type("crypto gdoi ks rekey\n");
	ck_assert_mem_ne(fake_member_last(&ce1)->under, first, 16);
	ck_assert_uint_eq(fake_member_last(&ce1)->seq, 1);
	ck_assert_uint_eq(ce1.accepted, 2);
}
END_TEST

START_TEST(sequence_numbers_go_on_under_one_kek)
{
	uint32_t n;

	join_both();
	sim_run(w.sim, MSEC(10));
	for (n = 1; n <= 5; n++) {
		sim_run(w.sim, SEC(3394));
		ck_assert_uint_eq(fake_member_last(&ce1)->seq, n);
	}
	ck_assert_uint_eq(ks_members_find(&g->members, &ce1.addr)->seq_sent[0],
			  2);
	ck_assert_uint_eq(ks_members_find(&g->members, &ce1.addr)->seq_acked[3],
			  5);
}
END_TEST

START_TEST(keys_due_within_seconds_go_in_one_rekey)
{
	/* KEK lead 225, TEK lead 206: due 3 s apart. */
	LINES("rekey lifetime seconds 3622");
	join_both();
	sim_run(w.sim, SEC(3622 - 225 + 100));
	ck_assert_uint_eq(ce1.accepted, 1);
	ck_assert(fake_member_last(&ce1)->has_kek);
	ck_assert_uint_eq(ce1.policy->n_teks, 2);
	ck_assert_uint_eq(g->rekeys_sent, 1);
}
END_TEST

START_TEST(an_edit_goes_out_with_the_next_scheduled_rekey)
{
	join_both();
	ks_world_configure(&w, "ip access-list extended getvpn-acl\n"
			       "1 deny tcp any eq telnet any");
	LINES("rekey algorithm aes 256");
	ks_world_configure(&w, "crypto ipsec transform-set aes256 esp-aes 256 "
			       "esp-sha256-hmac\n"
			       "crypto ipsec profile profile1\n"
			       "set transform-set aes256");
	sim_run(w.sim, SEC(3000));
	ck_assert_uint_eq(ce1.n_log, 0);
	sim_run(w.sim, SEC(600));
	ck_assert_uint_eq(ce1.accepted, 1);
	ck_assert_uint_eq(ce1.policy->n_rules, 6);
	ck_assert_uint_eq(ce1.policy->teks[0].transform.key_bits, 256);
	ck_assert_uint_eq(ce1.keks[0]->kek.key_bits, 256);
	ck_assert_uint_eq(sim_logged(w.node, "with policy-replace"), 1);
}
END_TEST

START_TEST(a_permit_that_is_added_to_a_counter_mode_goes_out_with_a_kek)
{
	ks_world_configure(
		&w, "crypto ipsec transform-set gcm esp-gcm 128\n"
		    "crypto ipsec profile profile1\n"
		    "set transform-set gcm\n"
		    "set security-association lifetime seconds 86400\n"
		    "ip access-list extended getvpn-acl\n"
		    "no permit ip any any\n"
		    "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255");
	LINES("rekey lifetime seconds 360\nsa ipsec 1\nno replay");
	join_both();
	ks_world_configure(&w, "ip access-list extended getvpn-acl\n"
			       "permit udp any any eq 5000");
	sim_run(w.sim, SEC(150));
	ck_assert_uint_eq(ce1.accepted, 1);
	ck_assert_uint_eq(ce1.policy->n_rules, 6);
	ck_assert_uint_eq(ce1.policy->n_teks, 2);
	ck_assert_uint_eq(ce1.policy->n_sids, 0);
}
END_TEST

START_TEST(the_clock_is_told_again_in_time)
{
	ks_world_configure(&w, "crypto ipsec profile profile1\n"
			       "set security-association lifetime seconds "
			       "86400");
	join_both();
	sim_run(w.sim, SEC(7199));
	ck_assert_uint_eq(ce1.n_log, 0);
	ck_assert_uint_eq(ks_sync_due(g), 1);
	sim_run(w.sim, SEC(2));
	ck_assert_uint_eq(ce1.accepted, 1);
	ck_assert(ce1.policy->has_pseudotime);
	ck_assert_uint_eq(ce1.policy->pseudotime >> 32, 7200);
	ck_assert_uint_eq(ce1.policy->n_teks, 1);
	ck_assert(!fake_member_last(&ce1)->has_kek);
	ck_assert_uint_eq(ks_sync_due(g), 7199);

	/* Any other rekey tells it too. */
	sim_run(w.sim, SEC(4000));
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(ce1.accepted, 2);
	sim_run(w.sim, SEC(7190));
	ck_assert_uint_eq(ce1.accepted, 2);
}
END_TEST

START_TEST(nobody_is_told_the_clock_that_needs_none)
{
	LINES("sa ipsec 1\nreplay counter window-size 64");
	ks_world_configure(&w, "crypto ipsec profile profile1\n"
			       "set security-association lifetime seconds "
			       "86400");
	join_both();
	ck_assert(ce1.policy->has_pseudotime);
	sim_run(w.sim, SEC(20000));
	ck_assert_uint_eq(ce1.n_log, 0);
}
END_TEST

START_TEST(a_week_of_rekeys_reaches_those_who_answer)
{
	size_t n = 0;

	join_both();
	while (n++ < 7 * 24) {
		size_t i;

		sim_run(w.sim, SEC(3600));
		ck_assert_uint_eq(
			ce1.policy->teks[0].spi,
			TAILQ_FIRST(&TAILQ_FIRST(&g->sas)->sets)->teks[0].spi);
		for (i = 0; i < ce1.n_log; i++)
			free(ce1.log[i].data);
		ce1.n_log = 0;
		for (i = 0; i < ce2.n_log; i++)
			free(ce2.log[i].data);
		ce2.n_log = 0;
	}
	ck_assert_uint_eq(g->retransmitted, 0);
	ck_assert_uint_eq(g->members.count, 2);
	ck_assert_uint_eq(ce1.accepted, g->rekeys_sent);
	ck_assert_uint_ge(g->rekeys_sent, 7 * 86400 / 3394);
}
END_TEST

/* --- keys of different ages ---------------------------------------------------------- */

START_TEST(who_missed_a_kek_gets_the_next_rekey_under_its_own)
{
	join_both();
	ce2.deaf = true;
	type("crypto gdoi ks rekey\n");
	sim_run(w.sim, SEC(60));
	ce2.deaf = false;
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(ce1.accepted, 2);
	ck_assert_uint_eq(fake_member_last(&ce1)->seq, 1);
	ck_assert_uint_eq(ce2.accepted, 1);
	ck_assert_uint_eq(fake_member_last(&ce2)->seq, 2);
	ck_assert_mem_ne(fake_member_last(&ce1)->under,
			 fake_member_last(&ce2)->under, 16);
	ck_assert_mem_eq(ce1.keks[0]->kek.spi, ce2.keks[0]->kek.spi, 16);
	/* The number that is logged is that of the newest KEK in use. */
	ck_assert_uint_eq(sim_logged(w.node, "with seq # 1"), 2);
	type("crypto gdoi ks rekey\n");
	ck_assert_mem_eq(fake_member_last(&ce1)->under,
			 fake_member_last(&ce2)->under, 16);
}
END_TEST

START_TEST(the_pair_and_hash_that_members_know_sign_until_the_next_kek)
{
	join_both();
	ks_world_make_key(&w, "OTHERKEY");
	LINES("rekey authentication mypubkey rsa OTHERKEY\n"
	      "rekey sig-hash algorithm sha256");
	ck_assert_uint_eq(sim_logged(w.node, "POLICY_CHANGE"), 1);
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(ce1.accepted, 1);
	ck_assert_uint_eq(ce1.keks[0]->kek.sig_hash, GDOI_SIG_SHA256);
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(ce1.accepted, 2);
}
END_TEST

START_TEST(a_hundred_rekeys_in_a_row_pile_nothing_up)
{
	const struct ks_kek *kek;
	unsigned int n, keks = 0;
	struct ks_tek_set *set;
	unsigned int sets = 0;

	join_both();
	for (n = 0; n < 100; n++)
		free(ks_world_exec(&w, "crypto gdoi ks rekey\n"));
	for (kek = g->kek; kek; kek = kek->older)
		keks++;
	TAILQ_FOREACH (set, &TAILQ_FIRST(&g->sas)->sets, entry)
		sets++;
	ck_assert_uint_le(keks, KS_MAX_KEKS);
	ck_assert_uint_le(sets, KS_MAX_SETS);
}
END_TEST

START_TEST(a_zeroized_pair_signs_nothing_any_more)
{
	struct gdoi_peer peer = ks_world_peer("192.168.13.2", true);
	const char *why;

	LINES("rekey retransmit 10 periodic");
	join_both();
	ce1.deaf = true;
	ck_assert(ks_rekey(g, KS_REKEY_UPDATE, &why));
	sim_run(w.sim, SEC(1));
	ce1.deaf = false;
	free(ks_world_exec(&w, "configure terminal\n"
			       "crypto key zeroize rsa MYRSAKEY\nyes\nend\n"));
	ck_assert_ptr_null(isakmp_keys_find(w.keys, "MYRSAKEY"));
	ck_assert_ptr_null(g->kek);
	ck_assert_uint_eq(sim_logged(w.node, "KS_NO_RSA_KEYS"), 1);
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(ce1.accepted, 0);
	ck_assert(!ks_rekey(g, KS_REKEY_REPLACE, &why));
	ck_assert_str_eq(why, "the RSA key of rekey authentication is missing");
	ck_assert_ptr_null(ks_world_register(&w, &peer, 1234));
	/* With another pair they come for what it signs. */
	ks_world_make_key(&w, "MYRSAKEY");
	ck_assert(!ks_rekey(g, KS_REKEY_REPLACE, &why));
	ck_assert_str_eq(why, "no member has a KEK, they get one when they "
			      "register again");
	join_both();
	ck_assert_ptr_nonnull(g->kek);
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(ce1.accepted, 1);
	ck_assert_uint_eq(ce2.accepted, 2);
}
END_TEST

/* What was sent under a KEK before a member got it could be played to it. */
START_TEST(whoever_was_left_behind_gets_a_kek_that_nothing_was_sent_under)
{
	const char *why;

	join_both();
	ce1.deaf = true;
	type("crypto gdoi ks rekey\n");
	sim_run(w.sim, SEC(60));
	ck_assert(ks_rekey(g, KS_REKEY_UPDATE, &why));
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(g->keks_made, 2);
	ck_assert_uint_eq(g->kek->seq, 1);
	ce1.deaf = false;
	ck_assert(ks_rekey(g, KS_REKEY_UPDATE, &why));
	sim_run(w.sim, SEC(1));
	ck_assert_uint_eq(g->keks_made, 3);
	ck_assert_uint_eq(g->kek->seq, 0);
	ck_assert_mem_eq(ce1.keks[0]->kek.spi, g->kek->spi, 16);
	ck_assert_mem_eq(ce2.keks[0]->kek.spi, g->kek->spi, 16);
	/* Nobody is behind: it stays. */
	ck_assert(ks_rekey(g, KS_REKEY_UPDATE, &why));
	sim_run(w.sim, SEC(1));
	ck_assert(ks_rekey(g, KS_REKEY_UPDATE, &why));
	sim_run(w.sim, SEC(1));
	ck_assert_uint_eq(g->keks_made, 3);
	ck_assert_uint_eq(ce1.accepted, 3);
}
END_TEST

/* --- multicast --------------------------------------------------------------------------- */

#define MULTICAST                                                        \
	"ip access-list extended rekey-acl\n"                            \
	"permit udp host 192.168.111.111 eq 848 host 239.0.1.2 eq 848\n" \
	"crypto gdoi group GDOI-GROUP1\nserver local\n"                  \
	"rekey address ipv4 rekey-acl\n"                                 \
	"no rekey transport unicast"

static unsigned int to_group;

static enum sim_verdict count_multicast(void *arg, struct sim_datagram *d)
{
	(void)arg;
	to_group += ip_is_multicast(&d->dst.addr);
	return SIM_PASS;
}

START_TEST(multicast_rekeys_go_to_the_group_and_are_all_repeated)
{
	ks_world_configure(&w, MULTICAST);
	join_both();
	ck_assert_uint_eq(ce1.keks[0]->kek.ack, 0);
	sim_node_join(ce1.node, "239.0.1.2");
	sim_node_join(ce2.node, "239.0.1.2");
	to_group = 0;
	sim_tap(w.sim, count_multicast, NULL);
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(ce1.accepted, 1);
	ck_assert_uint_eq(ce2.accepted, 1);
	ck_assert_uint_eq(to_group, 1);
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(to_group, 3);
	ck_assert_uint_eq(ce1.n_log, 3);
	ck_assert_uint_eq(ce1.log[2].len, ce1.log[0].len);
	ck_assert_mem_eq(ce1.log[2].data, ce1.log[0].data, ce1.log[0].len);
	ck_assert_uint_eq(g->last_retransmits, 2);
	ck_assert_uint_eq(
		sim_logged(w.node, "%GDOI-5-KS_SEND_MCAST_REKEY: Sending "
				   "Multicast Rekey for group GDOI-GROUP1 from "
				   "address 192.168.111.111 to 239.0.1.2 with "
				   "seq # 1"),
		1);
	/* The next one is under the new KEK alone. */
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(ce1.accepted, 2);
	ck_assert_uint_eq(fake_member_last(&ce1)->seq, 1);
	ck_assert_uint_eq(to_group, 4);
}
END_TEST

START_TEST(silent_members_of_a_multicast_group_stay)
{
	unsigned int n;

	ks_world_configure(&w, MULTICAST);
	join_both();
	for (n = 0; n < 6; n++) {
		type("crypto gdoi ks rekey\n");
		sim_run(w.sim, SEC(60));
	}
	ck_assert_uint_eq(g->members.count, 2);
	ck_assert_uint_eq(sim_logged(w.node, "KS_NACK_GM_EJECT"), 0);
}
END_TEST

START_TEST(another_transport_is_told_by_the_one_before)
{
	join_both();
	ks_world_configure(&w, MULTICAST);
	ck_assert_uint_eq(sim_logged(w.node, "POLICY_CHANGE"), 1);
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(sim_logged(w.node,
				     "%GDOI-5-KS_REKEY_TRANS_2_MULTI: Group "
				     "GDOI-GROUP1 transitioned to Multicast "
				     "Rekey."),
			  1);
	ck_assert_uint_eq(ce1.accepted, 1);
	ck_assert_uint_eq(ce2.accepted, 1);
	ck_assert(ip_is_multicast(&ce1.keks[0]->kek.dst.addr));

	sim_node_join(ce1.node, "239.0.1.2");
	sim_node_join(ce2.node, "239.0.1.2");
	LINES("rekey transport unicast");
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(sim_logged(w.node, "KS_REKEY_TRANS_2_UNI"), 1);
	ck_assert_uint_eq(sim_logged(w.node, "KS_SEND_MCAST_REKEY"), 1);
	ck_assert_uint_eq(ce2.accepted, 2);
	ck_assert_uint_eq(ce2.keks[0]->kek.ack, 1);
	sim_run(w.sim, SEC(60));
	ck_assert(ks_members_find(&g->members, &ce2.addr)->acks);
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(ce2.accepted, 3);
	ck_assert_ptr_null(g->delivery);
}
END_TEST

/* One datagram for all takes nothing from members of our family. */
START_TEST(a_strict_member_costs_a_multicast_group_nothing)
{
	struct gdoi_peer strict = ks_world_peer("192.168.13.2", false);
	struct gdoi_policy *policy;

	ks_world_configure(&w, MULTICAST);
	LINES("no deny download");
	sim_node_join(ce1.node, "239.0.1.2");
	fake_member_join(&ce1);
	ck_assert_ptr_null(ks_world_register(&w, &strict, 1234));
	/* It was in before the policy was edited. */
	LINES("sa ipsec 1\nno replay");
	policy = ks_world_register(&w, &strict, 1234);
	ck_assert_ptr_nonnull(policy);
	gdoi_policy_free(policy);
	LINES("deny download\nsa ipsec 1\nreplay counter window-size 64");
	type("crypto gdoi ks rekey\n");
	ck_assert_uint_eq(ce1.accepted, 1);
	ck_assert_uint_eq(ce1.policy->replay_window, 64);
	ck_assert_uint_eq(ce1.policy->n_rules, 5);
}
END_TEST

START_TEST(what_is_configured_and_missing_is_shown_so)
{
	char *screen;

	join_both();
	LINES("rekey retransmit 10 periodic\n"
	      "rekey authentication mypubkey rsa NOKEY");
	screen = ks_world_exec(&w, "show crypto gdoi ks rekey\n"
				   "show crypto gdoi ks policy\n"
				   "show crypto gdoi\n");
	ck_assert_msg(strstr(screen, "NOKEY (not found)\n") != NULL, "%s",
		      screen);
	ck_assert_msg(strstr(screen, "Number of retransmissions           : "
				     "periodic\n") != NULL,
		      "%s", screen);
	ck_assert_msg(strstr(screen, "Rekey Retransmit Attempts") != NULL &&
			      !strstr(screen, "Attempts: 2"),
		      "%s", screen);
	free(screen);
}
END_TEST

static TCase *case_commands(void)
{
	TCase *tc = tcase_create("commands");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc,
			    a_tek_keeps_a_share_of_its_life_after_a_replacement,
			    0, ARRAY_SIZE(shortened));
	tcase_add_test(
		tc,
		an_operators_rekey_gives_new_keys_and_shortens_the_old_ones);
	tcase_add_test(tc, an_edited_policy_is_a_policy_replacement);
	tcase_add_test(
		tc, old_teks_are_shortened_from_one_kind_of_cipher_to_another);
	tcase_add_test(tc,
		       replace_now_leaves_the_members_with_the_new_keys_alone);
	tcase_add_test(tc, one_group_of_two_can_be_rekeyed);
	tcase_add_loop_test(tc, a_rekey_that_cannot_be_sent_says_why, 0,
			    ARRAY_SIZE(refusals));
	tcase_add_test(tc, a_refused_rekey_changes_nothing);
	tcase_add_loop_test(tc, scheduled_rekeys_go_on_with_what_members_have,
			    0, ARRAY_SIZE(unsayable));
	tcase_add_test(tc, without_rekey_authentication_nothing_is_sent);
	tcase_add_test(tc, what_is_configured_and_missing_is_shown_so);
	return tc;
}

static TCase *case_schedule(void)
{
	TCase *tc = tcase_create("schedule");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_tek_is_rolled_over_by_a_rekey_without_a_new_kek);
	tcase_add_test(tc, a_new_kek_comes_under_the_old_one_and_its_numbers);
	tcase_add_test(tc, sequence_numbers_go_on_under_one_kek);
	tcase_add_test(tc, keys_due_within_seconds_go_in_one_rekey);
	tcase_add_test(tc, an_edit_goes_out_with_the_next_scheduled_rekey);
	tcase_add_test(
		tc,
		a_permit_that_is_added_to_a_counter_mode_goes_out_with_a_kek);
	tcase_add_test(tc, the_clock_is_told_again_in_time);
	tcase_add_test(tc, nobody_is_told_the_clock_that_needs_none);
	tcase_add_test(tc, a_week_of_rekeys_reaches_those_who_answer);
	return tc;
}

static TCase *case_ages(void)
{
	TCase *tc = tcase_create("keys of different ages");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, who_missed_a_kek_gets_the_next_rekey_under_its_own);
	tcase_add_test(
		tc,
		the_pair_and_hash_that_members_know_sign_until_the_next_kek);
	tcase_add_test(tc, a_hundred_rekeys_in_a_row_pile_nothing_up);
	tcase_add_test(tc,
		       multicast_rekeys_go_to_the_group_and_are_all_repeated);
	tcase_add_test(tc, silent_members_of_a_multicast_group_stay);
	tcase_add_test(tc, a_strict_member_costs_a_multicast_group_nothing);
	tcase_add_test(tc, a_zeroized_pair_signs_nothing_any_more);
	tcase_add_test(
		tc,
		whoever_was_left_behind_gets_a_kek_that_nothing_was_sent_under);
	tcase_add_test(tc, another_transport_is_told_by_the_one_before);
	return tc;
}

RUN_CASES("ks_rekey", case_commands, case_schedule, case_ages)
