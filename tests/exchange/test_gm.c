/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The member against a real key server, in a world that loses and repeats. */
#include <string.h>

#include "tests/check_main.h"
#include "tests/exchange/box.h"

static struct sim *sim;
static struct box *ks, *ce;

static void set_up(void)
{
	sim = sim_new(7);
	ks = box_new(sim, "KS1", "192.168.111.111");
	ce = box_new(sim, "CE1", "192.168.11.3");
	box_make_key(ks);
	box_type(ks, ARTICLE_KS);
}

static void tear_down(void)
{
	box_free(ce);
	box_free(ks);
	sim_free(sim);
}

static unsigned int registrations(void)
{
	return sim_logged(ce->node, "%GDOI-5-GM_REGS_COMPL");
}

static int64_t at(const char *text)
{
	const struct sim_line *line = sim_last(ce->node, text);

	ck_assert_msg(line, "%s was not logged", text);
	return line->at;
}

START_TEST(the_article_registers_and_says_so_in_order)
{
	static const char *const lines[] = {
		"%CRYPTO-5-GM_REGSTER: Start registration to KS"
		" 192.168.111.111 for group GDOI-GROUP1 using address"
		" 192.168.11.3 fvrf default ivrf default ",
		"%CRYPTO-6-GDOI_ON_OFF: GDOI is ON",
		"%GDOI-5-SA_TEK_UPDATED: SA TEK was updated",
		"%GDOI-5-SA_KEK_UPDATED: SA KEK was updated",
		"%GDOI-5-GM_REGS_COMPL: Registration to KS 192.168.111.111"
		" complete for group GDOI-GROUP1 using address 192.168.11.3"
		" fvrf default ivrf default ",
		"%GDOI-5-GM_INSTALL_POLICIES_SUCCESS: SUCCESS: Installation"
		" of Reg/Rekey policies from KS 192.168.111.111 for group"
		" GDOI-GROUP1 & gm identity 192.168.11.3 fvrf default ivrf"
		" default",
	};
	size_t i, n = 0;

	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
	for (i = 0; i < sim_lines(sim); i++) {
		const struct sim_line *line = sim_line(sim, i);

		if (line->node != ce->node || line->debug)
			continue;
		ck_assert_uint_lt(n, 6);
		ck_assert_str_eq(line->text, lines[n]);
		n++;
	}
	ck_assert_uint_eq(n, 6);
}
END_TEST

START_TEST(the_dataplane_gets_the_policy_of_the_key_server)
{
	const struct ipsec_policy *p;

	box_type(ce, ARTICLE_GM);
	ck_assert(ce->attached);
	ck_assert_uint_eq(ce->policy->n_rules, 0);
	sim_run(sim, SEC(5));
	p = ce->policy;
	ck_assert_uint_eq(p->n_rules, 5);
	ck_assert_int_eq(p->rules[0].action, IPSEC_CLEAR);
	ck_assert_int_eq(p->rules[4].action, IPSEC_PROTECT);
	ck_assert_uint_eq(p->n_flows, 1);
	ck_assert_uint_eq(p->flows[0].n, 1);
	ck_assert_uint_eq(p->n_sas, 1);
	ck_assert_uint_eq(p->sas[0].key.len, 16);
	ck_assert_uint_eq(p->sas[0].auth_key.len, 20);
	ck_assert_int_eq(p->sas[0].replay, IPSEC_REPLAY_TIME);
	ck_assert_uint_eq(p->sas[0].window, 5);
	ck_assert_int_eq(p->groups[0].direction, IPSEC_BOTH);
	ck_assert(ip_equal(&p->bypass, &ce->addr));
}
END_TEST

START_TEST(two_members_get_the_same_keys_and_pseudotime)
{
	struct box *other = box_new(sim, "CE2", "192.168.12.2");
	int64_t a, b;

	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(100));
	box_type(other, ARTICLE_GM);
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(other->policy->sas[0].spi, ce->policy->sas[0].spi);
	ck_assert_mem_eq(other->policy->sas[0].key.data,
			 ce->policy->sas[0].key.data, 16);
	a = ce->policy->sas[0].pst_offset;
	b = other->policy->sas[0].pst_offset;
	/* A network's delay apart at most. */
	ck_assert_int_lt(a > b ? a - b : b - a, MSEC(500));
	box_free(other);
}
END_TEST

START_TEST(without_a_map_nothing_is_done)
{
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
	box_type(ce, "int e0/0\n no crypto map gdoimap\n");
	ck_assert(!ce->attached);
	sim_run(sim, SEC(7200));
	ck_assert_uint_eq(registrations(), 1);
	box_type(ce, "int e0/0\n crypto map gdoimap\n");
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(registrations(), 2);
}
END_TEST

/* The article: 40 s from one key server of the list to the next. */
START_TEST(a_silent_key_server_is_given_up_after_40_seconds)
{
	int64_t first, second;

	box_type(ce, "crypto isakmp policy 1\n"
		     " encr aes\n"
		     " authentication pre-share\n"
		     " group 2\n"
		     "crypto isakmp key MYGDOIPSK address 0.0.0.0\n"
		     "crypto gdoi group G\n"
		     " identity number 1234\n"
		     " server address ipv4 192.168.222.222\n"
		     " server address ipv4 192.168.111.111\n"
		     "crypto map m 1 gdoi\n"
		     " set group G\n"
		     "int e0/0\n"
		     " crypto map m\n");
	sim_run(sim, SEC(60));
	first = at("GM_REGSTER: Start registration to KS 192.168.222.222");
	second = at("GM_REGSTER: Start registration to KS 192.168.111.111");
	ck_assert_int_eq(second - first, SEC(40));
	ck_assert_uint_eq(registrations(), 1);
}
END_TEST

START_TEST(it_keeps_trying_and_registers_when_the_key_server_is_back)
{
	box_link(ks, false);
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(3600));
	ck_assert_uint_eq(registrations(), 0);
	ck_assert_uint_gt(sim_logged(ce->node, "GM_REGSTER"), 10);
	box_link(ks, true);
	sim_run(sim, SEC(200));
	ck_assert_uint_eq(registrations(), 1);
}
END_TEST

/* Always a TEK, and never one that the others do not have. */
static void always_a_tek(int64_t us)
{
	int64_t end = sim_now(sim) + us;

	while (sim_now(sim) < end) {
		const struct ipsec_sa *sa;

		sim_run(sim, SEC(10));
		ck_assert_ptr_nonnull(ce->policy);
		ck_assert_uint_ge(ce->policy->n_sas, 1);
		ck_assert_uint_ge(ce->policy->flows[0].n, 1);
		sa = &ce->policy->sas[ce->policy->flows[0].sas[0]];
		ck_assert_int_gt(sa->expires, sim_now(sim));
	}
}

static enum sim_verdict lose_pushes(void *arg, struct sim_datagram *d)
{
	(void)arg;
	return d->data[18] == ISAKMP_GROUPKEY_PUSH ? SIM_DROP : SIM_PASS;
}

START_TEST(clear_crypto_sa_registers_again)
{
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(600));
	free(box_show(ce, "clear crypto sa counters"));
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(registrations(), 1);
	free(box_show(ce, "clear crypto sa"));
	ck_assert_uint_eq(ce->policy->n_sas, 0);
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(registrations(), 2);
	ck_assert_uint_eq(ce->policy->n_sas, 1);
	ck_assert_uint_eq(sim_logged(ce->node, "GM_RE_REGISTER"), 1);
}
END_TEST

START_TEST(a_key_server_that_forgot_its_sas_costs_seconds)
{
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(600));
	box_restart(ks);
	box_type(ks, ARTICLE_KS);
	free(box_show(ce, "clear crypto gdoi\nyes"));
	sim_run(sim, SEC(20));
	ck_assert_uint_eq(registrations(), 2);
	ck_assert_uint_eq(sim_logged(ce->node, "GM_REGSTER"), 2);
}
END_TEST

START_TEST(it_registers_again_before_its_keys_end)
{
	sim_tap(sim, lose_pushes, NULL);
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
	always_a_tek(SEC(86400));
	/* A TEK of 3600 s, renewed some 3 minutes before its end. */
	ck_assert_uint_ge(registrations(), 20);
	ck_assert_uint_le(registrations(), 30);
}
END_TEST

/* KEKs end, too, in three days. */
START_TEST(with_rekeys_it_registers_once)
{
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
	always_a_tek(SEC(3 * 86400));
	ck_assert_uint_eq(registrations(), 1);
}
END_TEST

START_TEST(loss_duplicates_and_disorder_do_not_stop_it)
{
	const struct sim_weather bad = {
		.loss = 200,
		.duplicate = 100,
		.reorder = 200,
		.delay_min = MSEC(5),
		.delay_max = MSEC(50),
		.reorder_delay = SEC(2),
	};

	sim_weather_set(sim, &bad);
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(300));
	ck_assert_uint_ge(registrations(), 1);
	always_a_tek(SEC(6 * 3600));
}
END_TEST

START_TEST(a_key_server_that_lost_its_memory_is_found_again)
{
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
	box_restart(ks);
	box_type(ks, ARTICLE_KS);
	sim_run(sim, SEC(3700));
	ck_assert_uint_ge(registrations(), 2);
	ck_assert_uint_ge(ce->policy->n_sas, 1);
}
END_TEST

START_TEST(a_changed_identity_registers_anew)
{
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
	box_type(ce, "crypto gdoi group GDOI-GROUP1\n identity number 99\n");
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(ce->policy->n_rules, 0);
	box_type(ce, "crypto gdoi group GDOI-GROUP1\n identity number 1234\n");
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(registrations(), 2);
	ck_assert_uint_eq(ce->policy->n_rules, 5);
}
END_TEST

START_TEST(a_link_that_went_down_ends_the_registration)
{
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
	box_link(ce, false);
	ck_assert_uint_eq(ce->policy->n_sas, 0);
	sim_run(sim, SEC(100));
	box_link(ce, true);
	sim_run(sim, SEC(60));
	ck_assert_uint_eq(registrations(), 2);
}
END_TEST

START_TEST(fail_close_drops_until_it_is_registered)
{
	box_link(ks, false);
	box_type(ce, "ip access-list extended fc\n"
		     " deny tcp any any eq bgp\n"
		     "crypto map gdoimap gdoi fail-close\n"
		     " match address fc\n"
		     " activate\n");
	box_type(ce, ARTICLE_GM);
	ck_assert_uint_eq(ce->policy->n_rules, 2);
	ck_assert_int_eq(ce->policy->rules[0].action, IPSEC_CLEAR);
	ck_assert_int_eq(ce->policy->rules[1].action, IPSEC_DROP);
	box_link(ks, true);
	sim_run(sim, SEC(100));
	ck_assert_uint_eq(ce->policy->n_rules, 5);
}
END_TEST

START_TEST(fail_close_does_not_open_when_the_group_is_gone)
{
	box_type(ce, "crypto map gdoimap gdoi fail-close\n"
		     " activate\n");
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(ce->policy->n_rules, 5);
	box_type(ce, "no crypto gdoi group GDOI-GROUP1\n");
	ck_assert_uint_eq(ce->policy->n_rules, 1);
	ck_assert_int_eq(ce->policy->rules[0].action, IPSEC_DROP);
	ck_assert(ip_equal(&ce->policy->bypass, &ce->addr));
}
END_TEST

START_TEST(fail_close_waits_for_each_group_of_the_map)
{
	box_type(ce, "crypto map gdoimap gdoi fail-close\n"
		     " activate\n");
	box_type(ce, ARTICLE_GM);
	box_type(ce, "crypto map gdoimap 2 gdoi\n"
		     " set group OTHER\n");
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(ce->policy->n_rules, 6);
	ck_assert_int_eq(ce->policy->rules[5].action, IPSEC_DROP);
	box_type(ce, "int e0/0\n no crypto map gdoimap\n"
		     "no crypto map gdoimap 2\n"
		     "int e0/0\n crypto map gdoimap\n");
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(ce->policy->n_rules, 5);
}
END_TEST

/* The key server's clock is in message 2; message 4 may come much later. */
static enum sim_verdict hold_message_4(void *arg, struct sim_datagram *d)
{
	unsigned int *pulls = arg;

	if (d->data[18] != ISAKMP_GROUPKEY_PULL || d->from != ks->node)
		return SIM_PASS;
	return ++*pulls >= 2 && *pulls <= 4 ? SIM_DROP : SIM_PASS;
}

START_TEST(a_late_message_4_does_not_shift_the_clock)
{
	struct box *other = box_new(sim, "CE2", "192.168.12.2");
	unsigned int pulls = 0;
	int64_t a, b;

	box_type(other, ARTICLE_GM);
	sim_run(sim, SEC(5));
	sim_tap(sim, hold_message_4, &pulls);
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(39));
	ck_assert_uint_eq(registrations(), 1);
	ck_assert_uint_ge(pulls, 5);
	a = ce->policy->sas[0].pst_offset;
	b = other->policy->sas[0].pst_offset;
	ck_assert_int_lt(a > b ? a - b : b - a, MSEC(500));
	a = ce->policy->sas[0].expires - other->policy->sas[0].expires;
	ck_assert_int_le(a, SEC(2));
	ck_assert_int_ge(a, -SEC(2));
	box_free(other);
}
END_TEST

/* Message 2 is what the key server said when it first heard of the member. */
static enum sim_verdict lose_message_2(void *arg, struct sim_datagram *d)
{
	unsigned int *pulls = arg;

	if (d->data[18] != ISAKMP_GROUPKEY_PULL || d->from != ks->node)
		return SIM_PASS;
	return ++*pulls == 1 ? SIM_DROP : SIM_PASS;
}

START_TEST(an_old_message_2_does_not_set_the_clock)
{
	struct box *other = box_new(sim, "CE2", "192.168.12.2");
	unsigned int pulls = 0;
	int64_t a, b;

	box_type(other, ARTICLE_GM);
	sim_run(sim, SEC(5));
	sim_tap(sim, lose_message_2, &pulls);
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(39));
	ck_assert_uint_eq(registrations(), 1);
	a = ce->policy->sas[0].pst_offset;
	b = other->policy->sas[0].pst_offset;
	ck_assert_int_lt(a > b ? a - b : b - a, MSEC(500));
	box_free(other);
}
END_TEST

/* The attempt's end and the death of the SA under it may fall together. */
START_TEST(the_end_of_an_attempt_and_of_its_sa_may_coincide)
{
	int i;

	for (i = 0; i < 40; i++) {
		box_type(ce, ARTICLE_GM);
		box_link(ks, i % 2);
		sim_run(sim, SEC(40) - MSEC(20) + MSEC(i));
		free(box_show(ce, "clear crypto isakmp"));
		sim_run(sim, SEC(1));
		box_type(ce, "int e0/0\n no crypto map gdoimap\n");
	}
	box_link(ks, true);
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(60));
	ck_assert_uint_ge(registrations(), 1);
}
END_TEST

START_TEST(a_local_exception_comes_first)
{
	box_type(ce, "ip access-list extended exception-acl\n"
		     " deny icmp any any\n");
	box_type(ce, ARTICLE_GM);
	box_type(ce, "crypto map gdoimap 1 gdoi\n"
		     " match address exception-acl\n");
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(ce->policy->n_rules, 6);
	ck_assert_int_eq(ce->policy->rules[0].action, IPSEC_CLEAR);
	ck_assert_uint_eq(ce->policy->rules[0].ace.protocol, 1);
}
END_TEST

/* The list of the map, whichever was typed first, and when it is edited. */
START_TEST(a_permit_of_a_local_exception_is_refused)
{
	static const char said[] =
		"%GDOI-4-GM_LOCAL_ACL_PERMIT: ACL exception-acl of crypto map"
		" gdoimap: permit entries are not supported";
	char *shown;

	box_type(ce, ARTICLE_GM);
	box_type(ce, "ip access-list extended exception-acl\n"
		     " permit tcp any any\n"
		     "crypto map gdoimap 1 gdoi\n"
		     " match address exception-acl\n");
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(sim_logged(ce->node, said), 1);
	ck_assert_uint_eq(ce->policy->n_rules, 5);
	box_type(ce, "ip access-list extended exception-acl\n"
		     " deny icmp any any\n");
	ck_assert_uint_eq(sim_logged(ce->node, said), 2);
	ck_assert_uint_eq(ce->policy->n_rules, 6);
	ck_assert_int_eq(ce->policy->rules[0].action, IPSEC_CLEAR);
	shown = box_show(ce, "show crypto gdoi gm acl local");
	ck_assert_ptr_nonnull(strstr(shown, "exception-acl  deny icmp any"));
	ck_assert_ptr_null(strstr(shown, "permit"));
	free(shown);
}
END_TEST

START_TEST(an_incomplete_group_is_told_of_once)
{
	static const char said[] = "%GDOI-3-GM_INCOMPLETE_CFG: Registration:"
				   " incomplete config for group GDOI-GROUP1";

	box_type(ce, "crypto gdoi group GDOI-GROUP1\n identity number 1234\n"
		     "crypto map gdoimap 1 gdoi\n set group GDOI-GROUP1\n"
		     "int e0/0\n crypto map gdoimap\n");
	ck_assert_uint_eq(sim_logged(ce->node, said), 1);
	box_type(ce, "crypto gdoi group GDOI-GROUP1\n passive\n");
	ck_assert_uint_eq(sim_logged(ce->node, said), 1);
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(registrations(), 1);
	ck_assert_uint_eq(sim_logged(ce->node, said), 1);
	box_type(ce, "crypto gdoi group GDOI-GROUP1\n"
		     " no identity number 1234\n");
	ck_assert_uint_eq(sim_logged(ce->node, said), 2);
}
END_TEST

START_TEST(a_wrong_key_is_logged_and_nothing_worse)
{
	box_type(ce, ARTICLE_GM);
	box_type(ce, "no crypto isakmp key MYGDOIPSK address"
		     " 192.168.111.111\n"
		     "crypto isakmp key WRONG address 192.168.111.111\n");
	box_type(ce, "int e0/0\n no crypto map gdoimap\n"
		     " crypto map gdoimap\n");
	sim_run(sim, SEC(600));
	ck_assert_uint_eq(registrations(), 0);
	ck_assert_uint_ge(sim_logged(ks->node, "%CRYPTO-4-IKMP_BAD_MESSAGE"),
			  1);
}
END_TEST

static char *config_of(struct box *box)
{
	return cli_config_text(box->cli);
}

START_TEST(the_configuration_comes_back)
{
	char *text;

	box_type(ce, ARTICLE_GM);
	text = config_of(ce);
	ck_assert_ptr_nonnull(strstr(text,
				     "crypto gdoi group GDOI-GROUP1\n"
				     " identity number 1234\n"
				     " server address ipv4 192.168.111.111\n"
				     "!\n"));
	ck_assert_ptr_nonnull(strstr(text, "crypto map gdoimap 1 gdoi \n"
					   " set group GDOI-GROUP1\n"
					   "!\n"));
	ck_assert_ptr_nonnull(strstr(text, " crypto map gdoimap\n"));
	free(text);
}
END_TEST

START_TEST(show_crypto_gdoi_gm_is_laid_out_as_in_the_article)
{
	char *screen;

	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
	screen = box_show(ce, "show crypto gdoi gm");
	ck_assert_ptr_nonnull(strstr(
		screen,
		"Group Member Information For Group GDOI-GROUP1:\n"
		"    IPSec SA Direction       : Both\n"
		"    ACL Received From KS     :"
		" gdoi_group_GDOI-GROUP1_temp_acl\n"
		"\n"
		"    Group member             : 192.168.11.3    vrf: None\n"
		"       Local addr/port       : 192.168.11.3/848\n"
		"       Remote addr/port      : 192.168.111.111/848\n"
		"       fvrf/ivrf             : None/None\n"
		"       Version               : 1.0.8\n"
		"       Registration status   : Registered\n"
		"       Registered with       : 192.168.111.111\n"
		"       Re-registers in       : "));
	free(screen);
}
END_TEST

/* The box counts as many packets as the rule has for its number. */
START_TEST(show_ipsec_sa_counts_for_its_own_entry)
{
	char *screen;

	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
	screen = box_show(ce, "show crypto ipsec sa");
	ck_assert_ptr_nonnull(strstr(screen, "#pkts encaps: 4,"));
	free(screen);
	box_type(ce, "ip access-list extended exception-acl\n"
		     " deny icmp any any\n"
		     "crypto map gdoimap 1 gdoi\n"
		     " match address exception-acl\n");
	screen = box_show(ce, "show crypto ipsec sa");
	ck_assert_ptr_nonnull(strstr(screen, "#pkts encaps: 5,"));
	free(screen);
}
END_TEST

static void shows(const char *command, const char *wanted)
{
	char *shown = box_show(ce, command);

	ck_assert_msg(strstr(shown, wanted), "%s:\n%s", command, shown);
	free(shown);
}

static void does_not_show(const char *command, const char *unwanted)
{
	char *shown = box_show(ce, command);

	ck_assert_msg(!strstr(shown, unwanted), "%s:\n%s", command, shown);
	free(shown);
}

START_TEST(show_crypto_ipsec_sa_can_be_asked_for_less_and_for_more)
{
	static const char flow[] = "Group: GDOI-GROUP1";

	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
	shows("show crypto ipsec sa count",
	      "IPsec SA total: 2, active: 2, rekeying: 0, unused: 0,"
	      " invalid: 0\n");
	shows("show crypto ipsec sa interface e0/0", flow);
	shows("show crypto ipsec sa map gdoimap", flow);
	does_not_show("show crypto ipsec sa map other", flow);
	shows("show crypto ipsec sa peer 0.0.0.0", flow);
	does_not_show("show crypto ipsec sa peer 192.168.111.111", flow);
	does_not_show("show crypto ipsec sa vrf RED", flow);
	shows("show crypto ipsec sa", "    #send errors 0, #recv errors 0\n");
	shows("show crypto ipsec sa map gdoimap detail",
	      "    #pkts no sa (send) 0, #pkts invalid sa (rcv) 0\n");
	does_not_show("show crypto ipsec sa detail", "#send errors");
}
END_TEST

START_TEST(the_crypto_engine_has_a_line_for_each_sa)
{
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
	shows("show crypto engine connections active",
	      "   ID  Type    Algorithm           Encrypt  Decrypt LastSeqN "
	      "IP-Address\n"
	      "    1  IPsec   AES+SHA                   0        0        0 "
	      "192.168.11.3\n"
	      "    2  IPsec   AES+SHA                   0        0        0 "
	      "192.168.11.3\n"
	      " 1001  IKE     SHA+AES                   0        0        0 "
	      "192.168.11.3\n");
	shows("show crypto isakmp sa active", "GDOI_IDLE");
	does_not_show("show crypto isakmp sa standby", "GDOI_IDLE");
}
END_TEST

START_TEST(transport_mode_is_shown_as_such)
{
	box_type(ks, "crypto ipsec transform-set aes128 esp-aes esp-sha-hmac\n"
		     " mode transport\n");
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
	shows("show crypto ipsec sa", "in use settings ={Transport, }");
	shows("show crypto gdoi", "encaps: ENCAPS_TRANSPORT");
}
END_TEST

START_TEST(show_gm_replay_tells_the_groups_time)
{
	char *screen;

	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
	sim_run(sim, SEC(100));
	screen = box_show(ce, "show crypto gdoi gm replay");
	ck_assert_ptr_nonnull(strstr(screen,
				     "Anti-replay Information For Group"
				     " GDOI-GROUP1:\n"
				     "  Timebased Replay:\n"
				     "    Replay Value             : 10"));
	free(screen);
}
END_TEST

static TCase *member(void)
{
	TCase *tc = tcase_create("member");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, the_article_registers_and_says_so_in_order);
	tcase_add_test(tc, the_dataplane_gets_the_policy_of_the_key_server);
	tcase_add_test(tc, two_members_get_the_same_keys_and_pseudotime);
	tcase_add_test(tc, without_a_map_nothing_is_done);
	tcase_add_test(tc, a_silent_key_server_is_given_up_after_40_seconds);
	tcase_add_test(
		tc, it_keeps_trying_and_registers_when_the_key_server_is_back);
	tcase_add_test(tc, clear_crypto_sa_registers_again);
	tcase_add_test(tc, a_key_server_that_forgot_its_sas_costs_seconds);
	tcase_add_test(tc, it_registers_again_before_its_keys_end);
	tcase_add_test(tc, with_rekeys_it_registers_once);
	tcase_add_test(tc, loss_duplicates_and_disorder_do_not_stop_it);
	tcase_add_test(tc, a_key_server_that_lost_its_memory_is_found_again);
	tcase_add_test(tc, a_changed_identity_registers_anew);
	tcase_add_test(tc, a_link_that_went_down_ends_the_registration);
	tcase_add_test(tc, fail_close_drops_until_it_is_registered);
	tcase_add_test(tc, fail_close_does_not_open_when_the_group_is_gone);
	tcase_add_test(tc, fail_close_waits_for_each_group_of_the_map);
	tcase_add_test(tc, a_late_message_4_does_not_shift_the_clock);
	tcase_add_test(tc, an_old_message_2_does_not_set_the_clock);
	tcase_add_test(tc, the_end_of_an_attempt_and_of_its_sa_may_coincide);
	tcase_add_test(tc, a_local_exception_comes_first);
	tcase_add_test(tc, a_permit_of_a_local_exception_is_refused);
	tcase_add_test(tc, an_incomplete_group_is_told_of_once);
	tcase_add_test(tc, a_wrong_key_is_logged_and_nothing_worse);
	return tc;
}

static TCase *commands(void)
{
	TCase *tc = tcase_create("commands");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, the_configuration_comes_back);
	tcase_add_test(tc, show_crypto_gdoi_gm_is_laid_out_as_in_the_article);
	tcase_add_test(tc, show_ipsec_sa_counts_for_its_own_entry);
	tcase_add_test(tc,
		       show_crypto_ipsec_sa_can_be_asked_for_less_and_for_more);
	tcase_add_test(tc, the_crypto_engine_has_a_line_for_each_sa);
	tcase_add_test(tc, transport_mode_is_shown_as_such);
	tcase_add_test(tc, show_gm_replay_tells_the_groups_time);
	return tc;
}

RUN_CASES("gm", member, commands)
