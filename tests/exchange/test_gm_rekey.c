/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rekeys from a real key server to members: what each kind does. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/exchange/rekey_world.h"

static struct rekey_world w;

static void set_up(void)
{
	rekey_world_init(&w, 11);
	rekey_world_register(&w);
}

static void tear_down(void)
{
	rekey_world_fini(&w);
}

static struct gm_member *member(void)
{
	return rekey_world_member(w.ce);
}

static unsigned int logged(const char *text)
{
	return sim_logged(w.ce->node, text);
}

/* --- sending and receiving ------------------------------------------------------- */

/* What the dataplane would send with: the newest that may be used. */
static const struct ipsec_sa *sends_with(const struct box *box)
{
	const struct ipsec_policy *p = box->policy;
	int64_t now = sim_now(w.sim);
	size_t i;

	for (i = 0; p && p->n_flows && i < p->flows[0].n; i++) {
		const struct ipsec_sa *sa = &p->sas[p->flows[0].sas[i]];

		if (sa->send_from <= now && now < sa->expires)
			return sa;
	}
	return NULL;
}

static bool understands(const struct box *box, uint32_t spi)
{
	size_t i;

	for (i = 0; box->policy && i < box->policy->n_sas; i++)
		if (box->policy->sas[i].spi == spi &&
		    sim_now(w.sim) < box->policy->sas[i].expires)
			return true;
	return false;
}

static void hears(const struct box *to, const struct box *from)
{
	const struct ipsec_sa *sa = sends_with(from);

	ck_assert_msg(sa, "%s has no TEK to send with",
		      sim_node_name(from->node));
	ck_assert_msg(understands(to, sa->spi), "%s does not know %08x of %s",
		      sim_node_name(to->node), sa->spi,
		      sim_node_name(from->node));
}

static void without_a_gap(struct box *other, int64_t us)
{
	int64_t end = sim_now(w.sim) + us;

	while (sim_now(w.sim) < end) {
		sim_run(w.sim, MSEC(500));
		hears(w.ce, other);
		hears(other, w.ce);
	}
}

static struct box *second_member(void)
{
	struct box *other = box_new(w.sim, "CE2", "192.168.12.2");

	box_type(other, ARTICLE_GM);
	sim_run(w.sim, SEC(5));
	ck_assert_uint_eq(sim_logged(other->node, "GM_REGS_COMPL"), 1);
	return other;
}

/* --- roll-over --------------------------------------------------------------------- */

START_TEST(an_ordered_rekey_rolls_over_late)
{
	uint32_t old = w.ce->policy->sas[0].spi;
	const struct ipsec_policy *p;

	sim_run(w.sim, SEC(100));
	rekey_world_order(&w, "crypto gdoi ks rekey");
	p = w.ce->policy;
	ck_assert_uint_eq(p->n_sas, 2);
	ck_assert_uint_eq(p->flows[0].n, 2);
	ck_assert_uint_eq(sends_with(w.ce)->spi, old);
	/* 5 % of 3600 s */
	ck_assert_int_le(p->sas[1].expires - sim_now(w.sim), SEC(180));
	ck_assert_int_ge(p->sas[1].expires - sim_now(w.sim), SEC(178));
	ck_assert_int_eq(p->sas[0].send_from,
			 p->sas[1].expires - SEC(GM_SWITCH_BEFORE_EXPIRY));
	sim_run(w.sim, SEC(155));
	ck_assert_uint_ne(sends_with(w.ce)->spi, old);
	ck_assert(understands(w.ce, old));
	sim_run(w.sim, SEC(30));
	ck_assert(!understands(w.ce, old));
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 1);
}
END_TEST

START_TEST(no_packet_is_lost_over_three_lives_of_teks)
{
	struct box *other = second_member();

	without_a_gap(other, SEC(3 * 3600));
	ck_assert_uint_ge(logged("%GDOI-5-GM_RECV_REKEY"), 3);
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 1);
	box_free(other);
}
END_TEST

START_TEST(no_packet_is_lost_when_rekeys_follow_each_other)
{
	struct box *other = second_member();
	int i;

	for (i = 0; i < 6; i++) {
		rekey_world_order(&w, "crypto gdoi ks rekey");
		without_a_gap(other, SEC(7 * i * i));
	}
	without_a_gap(other, SEC(300));
	ck_assert_uint_eq(w.ce->policy->n_sas, 1);
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 1);
	box_free(other);
}
END_TEST

static const struct sim_weather bad = {
	.loss = 200,
	.duplicate = 100,
	.reorder = 200,
	.delay_min = MSEC(5),
	.delay_max = MSEC(200),
	.reorder_delay = SEC(15),
};

/* A fifth of all datagrams is lost, and a fifth comes up to 15 s late. */
START_TEST(no_packet_is_lost_in_three_days_of_bad_weather)
{
	struct box *other = second_member();
	int64_t end = sim_now(w.sim) + SEC(3 * 24 * 3600);

	sim_weather_set(w.sim, &bad);
	while (sim_now(w.sim) < end) {
		sim_run(w.sim, SEC(5));
		hears(w.ce, other);
		hears(other, w.ce);
	}
	ck_assert_uint_ge(member()->rekey.received, 50);
	ck_assert_uint_eq(logged("%GDOI-3-PSEUDO_TIME_TOO_OLD"), 0);
	box_free(other);
}
END_TEST

START_TEST(a_member_that_comes_during_a_roll_over_sends_as_the_others)
{
	struct box *other;

	sim_run(w.sim, SEC(100));
	rekey_world_order(&w, "crypto gdoi ks rekey");
	sim_run(w.sim, SEC(10));
	rekey_world_order(&w, "crypto gdoi ks rekey");
	sim_run(w.sim, SEC(10));
	other = second_member();
	ck_assert_uint_eq(sends_with(other)->spi, sends_with(w.ce)->spi);
	without_a_gap(other, SEC(300));
	box_free(other);
}
END_TEST

START_TEST(replace_now_leaves_nothing_of_before)
{
	uint32_t old = w.ce->policy->sas[0].spi;

	rekey_world_order(&w, "crypto gdoi ks rekey replace-now");
	ck_assert_uint_eq(w.ce->policy->n_sas, 1);
	ck_assert_uint_ne(sends_with(w.ce)->spi, old);
	ck_assert(!understands(w.ce, old));
	ck_assert_uint_eq(logged("%GDOI-4-GM_RECV_POLICY_REPLACE_NOW: GM"
				 " received policy replace now rekey from KS in"
				 " group GDOI-GROUP1."),
			  1);
	ck_assert_uint_eq(member()->rekey.last_seq, 0);
	ck_assert_uint_eq(member()->rekey.acked, 1);
}
END_TEST

START_TEST(a_changed_list_comes_with_the_rekey)
{
	size_t n = w.ce->policy->n_rules;

	box_type(w.ks, "ip access-list extended getvpn-acl\n"
		       " 1 deny tcp any any eq telnet\n");
	sim_run(w.sim, SEC(5));
	ck_assert_uint_eq(w.ce->policy->n_rules, n);
	rekey_world_order(&w, "crypto gdoi ks rekey");
	ck_assert_uint_eq(w.ce->policy->n_rules, n + 1);
	ck_assert_int_eq(w.ce->policy->rules[0].action, IPSEC_CLEAR);
}
END_TEST

/* --- rekey SAs ------------------------------------------------------------------------ */

static void spi_of(enum gm_rekey_slot slot, uint8_t *spi)
{
	ck_assert(member()->rekey.sas[slot].is_set);
	memcpy(spi, member()->rekey.sas[slot].kek.spi, 16);
}

START_TEST(a_new_kek_is_new_until_something_comes_under_it)
{
	const struct gm_rekey *r = &member()->rekey;
	uint8_t first[16], second[16], third[16], now[16];

	spi_of(GM_REKEY_NEW, first);
	ck_assert(!r->sas[GM_REKEY_CURRENT].is_set);
	rekey_world_order(&w, "crypto gdoi ks rekey");
	spi_of(GM_REKEY_NEW, second);
	spi_of(GM_REKEY_CURRENT, now);
	ck_assert_mem_ne(first, second, 16);
	ck_assert_mem_eq(first, now, 16);
	ck_assert_uint_eq(r->sas[GM_REKEY_CURRENT].seq, 1);
	ck_assert(!r->sas[GM_REKEY_PREVIOUS].is_set);
	rekey_world_order(&w, "crypto gdoi ks rekey");
	spi_of(GM_REKEY_NEW, third);
	spi_of(GM_REKEY_CURRENT, now);
	ck_assert_mem_eq(second, now, 16);
	ck_assert_mem_ne(second, third, 16);
	spi_of(GM_REKEY_PREVIOUS, now);
	ck_assert_mem_eq(first, now, 16);
	ck_assert_ptr_null(r->sas[GM_REKEY_PREVIOUS].kek.key.data);
	ck_assert_uint_eq(r->received, 2);
	ck_assert_uint_eq(r->made, 3);
}
END_TEST

START_TEST(a_tek_rekey_makes_the_new_kek_current)
{
	const struct gm_rekey *r = &member()->rekey;

	sim_run(w.sim, SEC(3500));
	ck_assert_uint_eq(r->received, 1);
	ck_assert(!r->sas[GM_REKEY_NEW].is_set);
	ck_assert(r->sas[GM_REKEY_CURRENT].is_set);
	ck_assert_uint_eq(r->last_seq, 1);
	ck_assert_uint_eq(member()->keys.policy->seq, 1);
	ck_assert(member()->keys.policy->has_kek);
}
END_TEST

/* --- loss -------------------------------------------------------------------------------- */

START_TEST(a_lost_rekey_is_made_good_by_a_registration_in_time)
{
	int64_t end = sim_now(w.sim) + SEC(2 * 3600);

	w.lose_pushes = true;
	while (sim_now(w.sim) < end) {
		sim_run(w.sim, SEC(1));
		ck_assert_ptr_nonnull(sends_with(w.ce));
	}
	ck_assert_uint_eq(member()->rekey.received, 0);
	ck_assert_uint_ge(logged("%GDOI-4-GM_RE_REGISTER"), 1);
	ck_assert_uint_ge(logged("GM_REGS_COMPL"), 2);
}
END_TEST

START_TEST(a_lost_acknowledgement_is_sent_again)
{
	w.lose_acks = true;
	rekey_world_order(&w, "crypto gdoi ks rekey");
	ck_assert_uint_eq(w.n_acks, 1);
	w.lose_acks = false;
	sim_run(w.sim, SEC(30));
	ck_assert_uint_eq(w.n_pushes, 2);
	ck_assert_uint_eq(w.n_acks, 2);
	ck_assert_uint_eq(member()->rekey.received, 1);
	ck_assert_uint_eq(member()->rekey.acked, 1);
	ck_assert_uint_eq(logged("%GDOI-5-GM_RECV_REKEY"), 1);
	ck_assert_uint_eq(logged("FAILURE"), 0);
}
END_TEST

START_TEST(a_late_retransmission_moves_neither_clock_nor_ends)
{
	struct box *other = second_member();
	int64_t offset = w.ce->policy->sas[0].pst_offset;
	const struct ipsec_sa *a, *b;

	w.hold_pushes = SEC(9);
	rekey_world_order(&w, "crypto gdoi ks rekey");
	ck_assert_uint_eq(member()->rekey.received, 0);
	sim_run(w.sim, SEC(10));
	ck_assert_uint_eq(member()->rekey.received, 1);
	ck_assert_int_eq(w.ce->policy->sas[0].pst_offset, offset);
	a = w.ce->policy->sas;
	b = other->policy->sas;
	ck_assert_uint_eq(a[0].spi, b[0].spi);
	ck_assert_int_le(llabs(a[0].expires - b[0].expires), SEC(1));
	ck_assert_uint_eq(a[1].spi, b[1].spi);
	ck_assert_int_le(llabs(a[1].expires - b[1].expires), SEC(1));
	ck_assert_int_le(llabs(a[0].send_from - b[0].send_from), SEC(1));
	box_free(other);
}
END_TEST

/* Its own clock stands still for a while (a suspended machine): the group's
 * is right. */
START_TEST(a_clock_that_fell_behind_is_set_and_said)
{
	int64_t offset = w.ce->policy->sas[0].pst_offset;

	member()->keys.received += SEC(20);
	rekey_world_order(&w, "crypto gdoi ks rekey");
	ck_assert_uint_eq(logged("%GDOI-3-PSEUDO_TIME_LARGE"), 1);
	ck_assert_uint_eq(member()->rekey.time_adjusted, 1);
	ck_assert_int_le(llabs(w.ce->policy->sas[0].pst_offset - offset),
			 MSEC(100));
}
END_TEST

static enum sim_verdict cut(void *arg, struct sim_datagram *d)
{
	(void)arg;
	return d->from == w.ks->node ? SIM_DROP : SIM_PASS;
}

START_TEST(with_all_key_servers_silent_it_opens_at_the_end_and_comes_back)
{
	sim_tap(w.sim, cut, NULL);
	sim_run(w.sim, SEC(3590));
	ck_assert_ptr_nonnull(sends_with(w.ce));
	sim_run(w.sim, SEC(20));
	ck_assert_uint_eq(w.ce->policy->n_rules, 0);
	ck_assert(!member()->rekey.sas[GM_REKEY_NEW].is_set);
	ck_assert_uint_eq(logged("%GDOI-4-GM_RE_REGISTER"), 1);
	ck_assert_uint_eq(logged("%GDOI-5-GM_POLICY_CLEANUP"), 1);
	sim_run(w.sim, SEC(24 * 3600));
	ck_assert_uint_gt(logged("GM_REGSTER"), 500);
	sim_tap(w.sim, NULL, NULL);
	sim_run(w.sim, SEC(100));
	ck_assert_ptr_nonnull(sends_with(w.ce));
}
END_TEST

START_TEST(fail_close_holds_when_the_last_tek_ends)
{
	box_type(w.ce, "crypto map gdoimap gdoi fail-close\n"
		       " activate\n");
	sim_tap(w.sim, cut, NULL);
	sim_run(w.sim, SEC(3650));
	ck_assert_uint_eq(w.ce->policy->n_rules, 1);
	ck_assert_int_eq(w.ce->policy->rules[0].action, IPSEC_DROP);
	sim_tap(w.sim, NULL, NULL);
	sim_run(w.sim, SEC(100));
	ck_assert_ptr_nonnull(sends_with(w.ce));
}
END_TEST

/* --- a policy that protects nothing ---------------------------------------------- */

static void list_has(const char *line)
{
	char *lines =
		xasprintf("ip access-list extended getvpn-acl\n %s\n", line);

	box_type(w.ks, lines);
	free(lines);
	rekey_world_order(&w, "crypto gdoi ks rekey");
}

START_TEST(a_member_with_nothing_to_protect_takes_the_next_rekey)
{
	list_has("no permit ip any any");
	ck_assert_uint_eq(member()->keys.policy->n_teks, 0);
	sim_run(w.sim, SEC(4000));
	ck_assert_ptr_nonnull(member()->keys.policy);
	ck_assert(member()->rekey.sas[GM_REKEY_NEW].is_set);
	list_has("permit ip any any");
	ck_assert_uint_eq(member()->rekey.received, 2);
	ck_assert_ptr_nonnull(sends_with(w.ce));
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 1);
}
END_TEST

/* As with a key server that has no rekeys. */
START_TEST(without_a_kek_and_without_a_tek_it_asks_now_and_then)
{
	list_has("no permit ip any any");
	member()->keys.policy->has_kek = false;
	gm_timers_registered(member());
	ck_assert_uint_eq(gm_timers_reregisters_in(member()) / 10,
			  (GM_REREGISTER_NOTHING - 5) / 10);
	sim_run(w.sim, SEC(GM_REREGISTER_NOTHING + 5));
	ck_assert_uint_eq(logged("GM_REGSTER"), 2);
}
END_TEST

/* Whatever shortened its life: the timer is still that of the KEK. */
START_TEST(a_member_without_keys_does_not_wait_for_the_kek)
{
	struct gm_keys *keys = &member()->keys;
	size_t i;

	for (i = 0; i < keys->n_teks; i++)
		keys->teks[i].expires = sim_now(w.sim) + SEC(8);
	gm_timers_registered(member());
	member()->timers.reregister_at = sim_now(w.sim) + SEC(80000);
	env_timer_cancel(w.ce->env, &member()->timers.reregister);
	sim_run(w.sim, SEC(9));
	ck_assert_ptr_null(keys->policy);
	sim_run(w.sim, SEC(GM_SPREAD + 2));
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 2);
	ck_assert_ptr_nonnull(sends_with(w.ce));
}
END_TEST

/* --- removal ---------------------------------------------------------------------------------- */

START_TEST(a_removed_member_uses_its_tek_to_the_end_and_comes_back)
{
	int64_t end = sim_now(w.sim) + SEC(400);
	unsigned int in;

	rekey_world_order(&w, "clear crypto gdoi ks members");
	ck_assert_uint_eq(logged("%GDOI-4-GM_RECV_DELETE: GM received"), 1);
	ck_assert(!member()->keys.policy->has_kek);
	ck_assert(!member()->rekey.sas[GM_REKEY_NEW].is_set);
	ck_assert(!member()->rekey.sas[GM_REKEY_CURRENT].is_set);
	ck_assert_uint_eq(member()->rekey.acked, 1);
	in = gm_timers_reregisters_in(member());
	ck_assert_uint_ge(in, 180 / 10 - 3);
	ck_assert_uint_le(in, 180 * 8 / 10);
	while (sim_now(w.sim) < end) {
		sim_run(w.sim, SEC(1));
		ck_assert_ptr_nonnull(sends_with(w.ce));
	}
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 2);
}
END_TEST

START_TEST(removal_now_takes_everything_and_it_comes_back_in_seconds)
{
	uint32_t old = w.ce->policy->sas[0].spi;

	sim_tap(w.sim, NULL, NULL);
	rekey_world_order(&w, "clear crypto gdoi ks members now");
	sim_run(w.sim, SEC(10));
	ck_assert_uint_eq(logged("%GDOI-4-GM_RECV_DELETE_IMMEDIATE: GM receive"
				 " REMOVAL-NOW in group GDOI-GROUP1 to cleanup"
				 " downloaded policy now. Re-registration will"
				 " start in a randomly chosen period of 5 sec"),
			  1);
	ck_assert(!understands(w.ce, old));
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 2);
	ck_assert_ptr_nonnull(sends_with(w.ce));
}
END_TEST

/* --- what is asked for again ------------------------------------------------------------------ */

START_TEST(a_worn_sender_id_is_replaced_by_a_registration)
{
	ck_assert_ptr_nonnull(w.ce->watch.exhausted);
	w.ce->watch.exhausted(w.ce->watch.arg, "Ethernet0/0", 4711);
	sim_run(w.sim, SEC(10));
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 1);
	w.ce->watch.exhausted(w.ce->watch.arg, "Ethernet0/0",
			      w.ce->policy->sas[0].spi);
	ck_assert_uint_eq(logged("%GDOI-5-GM_IV_EXHAUSTED"), 1);
	sim_run(w.sim, SEC(10));
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 2);
	ck_assert(!member()->worn);
}
END_TEST

START_TEST(counter_mode_without_a_sender_id_asks_for_one)
{
	box_type(w.ks, "crypto ipsec transform-set gcm esp-gcm 256\n"
		       "crypto ipsec profile profile1\n"
		       " set transform-set gcm\n");
	rekey_world_order(&w, "crypto gdoi ks rekey");
	sim_run(w.sim, SEC(10));
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 2);
	ck_assert_uint_ge(member()->keys.policy->n_sids, 1);
	ck_assert_uint_gt(w.ce->policy->sas[0].sender_id_bits, 0);
	/* ... and keeps it. */
	rekey_world_order(&w, "crypto gdoi ks rekey");
	sim_run(w.sim, SEC(10));
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 2);
	ck_assert_uint_gt(w.ce->policy->sas[0].sender_id_bits, 0);
}
END_TEST

static void transform_is(const char *name)
{
	char *lines = xasprintf("crypto ipsec transform-set gcm esp-gcm 256\n"
				"crypto ipsec profile profile1\n"
				" set transform-set %s\n",
				name);

	box_type(w.ks, lines);
	free(lines);
	rekey_world_order(&w, "crypto gdoi ks rekey");
	sim_run(w.sim, SEC(10));
}

START_TEST(a_counter_mode_that_comes_back_wants_a_new_sender_id)
{
	transform_is("gcm");
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 2);
	sim_run(w.sim, SEC(400));
	transform_is("aes128");
	/* The one before lives on and has its ID. */
	ck_assert_int_eq(w.ce->policy->sas[1].transform.cipher, ESP_AES_GCM);
	ck_assert_uint_gt(w.ce->policy->sas[1].sender_id_bits, 0);
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 2);
	sim_run(w.sim, SEC(400));
	transform_is("gcm");
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 3);
	ck_assert_uint_gt(w.ce->policy->sas[0].sender_id_bits, 0);
}
END_TEST

/* --- multicast --------------------------------------------------------------------------------- */

static void make_multicast(void)
{
	box_type(w.ks, "ip access-list extended rekey-acl\n"
		       " permit udp host 192.168.111.111 eq 848 host 239.1.2.3"
		       " eq 848\n"
		       "crypto gdoi group GDOI-GROUP1\n"
		       " server local\n"
		       "  no rekey transport unicast\n"
		       "  rekey address ipv4 rekey-acl\n");
	rekey_world_order(&w, "crypto gdoi ks rekey");
	sim_run(w.sim, SEC(40));
}

static void register_again(void)
{
	box_type(w.ce, "int e0/0\n no crypto map gdoimap\n"
		       " crypto map gdoimap\n");
	sim_run(w.sim, SEC(5));
}

START_TEST(multicast_rekeys_reach_a_member_that_joined)
{
	struct ip_addr group;
	unsigned int n;

	ck_assert(ip_parse(&group, "239.1.2.3"));
	make_multicast();
	register_again();
	ck_assert(ip_equal(&member()->rekey.joined, &group));
	ck_assert_uint_eq(w.ce->policy->n_bypass_groups, 1);
	ck_assert(ip_equal(&w.ce->policy->bypass_groups[0], &group));
	n = member()->rekey.since;
	w.n_acks = 0;
	rekey_world_order(&w, "crypto gdoi ks rekey");
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(member()->rekey.since, n + 1);
	ck_assert(member()->rekey.multicast);
	ck_assert_uint_eq(w.n_acks, 0);
	register_again();
	ck_assert_uint_eq(member()->rekey.since, 0);
	n = logged("GM_RECV_REKEY");
	box_type(w.ce, "int e0/0\n no crypto map gdoimap\n");
	rekey_world_order(&w, "crypto gdoi ks rekey");
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(logged("GM_RECV_REKEY"), n);
}
END_TEST

/* A crypto map of two groups, whose rekeys come on two addresses. */
START_TEST(rekeys_of_each_multicast_group_of_a_map_are_let_in)
{
	struct ip_addr first, second;

	ck_assert(ip_parse(&first, "239.1.2.3"));
	ck_assert(ip_parse(&second, "239.1.2.4"));
	make_multicast();
	box_type(w.ks, "ip access-list extended rekey-acl2\n"
		       " permit udp host 192.168.111.111 eq 848 host 239.1.2.4"
		       " eq 848\n"
		       "crypto gdoi group GDOI-GROUP2\n"
		       " identity number 5678\n"
		       " server local\n"
		       "  rekey algorithm aes 128\n"
		       "  rekey authentication mypubkey rsa MYRSAKEY\n"
		       "  rekey address ipv4 rekey-acl2\n"
		       "  sa ipsec 1\n"
		       "   profile profile1\n"
		       "   match address ipv4 getvpn-acl\n"
		       "  address ipv4 192.168.111.111\n");
	box_type(w.ce, "crypto gdoi group GDOI-GROUP2\n"
		       " identity number 5678\n"
		       " server address ipv4 192.168.111.111\n"
		       "crypto map gdoimap 2 gdoi\n"
		       " set group GDOI-GROUP2\n");
	register_again();
	ck_assert_uint_eq(w.ce->policy->n_groups, 2);
	ck_assert_uint_eq(w.ce->policy->n_bypass_groups, 2);
	ck_assert(ip_equal(&w.ce->policy->bypass_groups[0], &first));
	ck_assert(ip_equal(&w.ce->policy->bypass_groups[1], &second));
}
END_TEST

START_TEST(receive_only_comes_and_goes_with_rekeys)
{
	box_type(w.ks, "crypto gdoi group GDOI-GROUP1\n server local\n"
		       "  sa receive-only\n");
	rekey_world_order(&w, "crypto gdoi ks rekey");
	ck_assert_int_eq(w.ce->policy->groups[0].direction, IPSEC_INBOUND_ONLY);
	ck_assert_uint_eq(logged("%GDOI-5-GM_SA_INGRESS"), 1);
	box_type(w.ks, "crypto gdoi group GDOI-GROUP1\n server local\n"
		       "  no sa receive-only\n");
	rekey_world_order(&w, "crypto gdoi ks rekey");
	ck_assert_int_eq(w.ce->policy->groups[0].direction, IPSEC_BOTH);
	ck_assert_uint_eq(logged("%GDOI-5-GM_CONV_SA_DUPLEX"), 1);
}
END_TEST

START_TEST(a_member_turned_to_both_directions_says_so)
{
	static const char said[] =
		"%GDOI-5-GM_CONV_SA_DUPLEX_LOCAL: IPSec SAs converted to Duplex"
		" in group GDOI-GROUP1 on a GM by a local event";

	box_type(w.ks, "crypto gdoi group GDOI-GROUP1\n server local\n"
		       "  sa receive-only\n");
	rekey_world_order(&w, "crypto gdoi ks rekey");
	rekey_world_order(&w, "crypto gdoi ks rekey");
	free(box_show(
		w.ce,
		"crypto gdoi gm group 1234 ipsec direction inbound only"));
	ck_assert_uint_eq(logged(said), 0);
	free(box_show(w.ce, "crypto gdoi gm group 1234 ipsec direction both"));
	free(box_show(w.ce, "crypto gdoi gm ipsec direction both"));
	ck_assert_uint_eq(logged(said), 1);
	ck_assert_int_eq(w.ce->policy->groups[0].direction, IPSEC_BOTH);
}
END_TEST

static TCase *new_case(const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	return tc;
}

static TCase *roll_over(void)
{
	TCase *tc = new_case("roll-over");

	tcase_add_test(tc, an_ordered_rekey_rolls_over_late);
	tcase_add_test(tc, no_packet_is_lost_over_three_lives_of_teks);
	tcase_add_test(tc, no_packet_is_lost_when_rekeys_follow_each_other);
	tcase_add_test(tc, no_packet_is_lost_in_three_days_of_bad_weather);
	tcase_add_test(
		tc, a_member_that_comes_during_a_roll_over_sends_as_the_others);
	tcase_add_test(tc, replace_now_leaves_nothing_of_before);
	tcase_add_test(tc, a_changed_list_comes_with_the_rekey);
	tcase_add_test(tc, a_new_kek_is_new_until_something_comes_under_it);
	tcase_add_test(tc, a_tek_rekey_makes_the_new_kek_current);
	return tc;
}

static TCase *loss(void)
{
	TCase *tc = new_case("loss");

	tcase_add_test(tc, a_lost_rekey_is_made_good_by_a_registration_in_time);
	tcase_add_test(tc, a_lost_acknowledgement_is_sent_again);
	tcase_add_test(tc, a_late_retransmission_moves_neither_clock_nor_ends);
	tcase_add_test(tc, a_clock_that_fell_behind_is_set_and_said);
	tcase_add_test(
		tc,
		with_all_key_servers_silent_it_opens_at_the_end_and_comes_back);
	tcase_add_test(tc, fail_close_holds_when_the_last_tek_ends);
	return tc;
}

static TCase *nothing(void)
{
	TCase *tc = new_case("nothing");

	tcase_add_test(tc,
		       a_member_with_nothing_to_protect_takes_the_next_rekey);
	tcase_add_test(tc,
		       without_a_kek_and_without_a_tek_it_asks_now_and_then);
	tcase_add_test(tc, a_member_without_keys_does_not_wait_for_the_kek);
	return tc;
}

static TCase *others(void)
{
	TCase *tc = new_case("others");

	tcase_add_test(tc,
		       a_removed_member_uses_its_tek_to_the_end_and_comes_back);
	tcase_add_test(
		tc, removal_now_takes_everything_and_it_comes_back_in_seconds);
	tcase_add_test(tc, a_worn_sender_id_is_replaced_by_a_registration);
	tcase_add_test(tc, counter_mode_without_a_sender_id_asks_for_one);
	tcase_add_test(tc,
		       a_counter_mode_that_comes_back_wants_a_new_sender_id);
	tcase_add_test(tc, multicast_rekeys_reach_a_member_that_joined);
	tcase_add_test(tc, rekeys_of_each_multicast_group_of_a_map_are_let_in);
	tcase_add_test(tc, receive_only_comes_and_goes_with_rekeys);
	tcase_add_test(tc, a_member_turned_to_both_directions_says_so);
	return tc;
}

RUN_CASES("gm_rekey", roll_over, loss, nothing, others)
