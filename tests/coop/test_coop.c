/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole key servers that cooperate: typed lines, ISAKMP between them, members
 * that register with either. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gm/gm_member.h"
#include "gm/gm_priv.h"
#include "ks/coop_link_priv.h"
#include "ks/coop_priv.h"
#include "tests/check_main.h"
#include "tests/exchange/box.h"

#define KS1_ADDR "192.168.111.111"
#define KS2_ADDR "192.168.222.222"

/* clang-format off */
#define COOP_OF(address, peer, priority) \
	"crypto isakmp keepalive 10 periodic\n" \
	"crypto isakmp key COOPKEY address " peer "\n" \
	"crypto gdoi group GDOI-GROUP1\n" \
	" server local\n" \
	"  address ipv4 " address "\n" \
	"  redundancy\n" \
	"   local priority " priority "\n" \
	"   peer address ipv4 " peer "\n"
#define SECOND_SERVER \
	"crypto isakmp key MYGDOIPSK address " KS2_ADDR "\n" \
	"crypto gdoi group GDOI-GROUP1\n" \
	" server address ipv4 " KS2_ADDR "\n"
/* A group for IPv6 beside the article's. */
#define KS6_OF(address, peer, priority) \
	"ipv6 access-list SIX\n" \
	" permit ipv6 2001:db8:1::/48 any\n" \
	" permit ipv6 any 2001:db8:1::/48\n" \
	"crypto gdoi group ipv6 GROUP6\n" \
	" identity number 6666\n" \
	" server local\n" \
	"  rekey authentication mypubkey rsa MYRSAKEY\n" \
	"  rekey transport unicast\n" \
	"  sa ipsec 1\n" \
	"   profile profile1\n" \
	"   match address ipv6 SIX\n" \
	"   replay time window-size 5\n" \
	"  address ipv4 " address "\n" \
	"  redundancy\n" \
	"   local priority " priority "\n" \
	"   peer address ipv4 " peer "\n"
#define GM6_OF(server) \
	"crypto isakmp policy 1\n" \
	" encr aes\n" \
	" authentication pre-share\n" \
	" group 2\n" \
	"crypto isakmp key MYGDOIPSK address " server "\n" \
	"crypto gdoi group ipv6 GROUP6\n" \
	" identity number 6666\n" \
	" server address ipv4 " server "\n" \
	"crypto map ipv6 MAP6 10 gdoi\n" \
	" set group GROUP6\n" \
	"int e0/0\n" \
	" ipv6 crypto map MAP6\n"
/* clang-format on */

static struct sim *sim;
static struct box *ks1, *ks2, *ce1, *ce2;

static void copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	char buf[4096];
	size_t n;

	ck_assert(in && out);
	while ((n = fread(buf, 1, sizeof(buf), in)) > 0)
		ck_assert_uint_eq(fwrite(buf, 1, n, out), n);
	fclose(in);
	fclose(out);
}

static void configure_ks1(void)
{
	box_type(ks1, ARTICLE_KS);
	box_type(ks1, COOP_OF(KS1_ADDR, KS2_ADDR, "100"));
}

static void configure_ks2(void)
{
	box_type(ks2, ARTICLE_KS);
	box_type(ks2, COOP_OF(KS2_ADDR, KS1_ADDR, "40"));
}

static void set_up(void)
{
	sim = sim_new(5);
	ks1 = box_new(sim, "KS1", KS1_ADDR);
	ks2 = box_new(sim, "KS2", KS2_ADDR);
	ce1 = box_new(sim, "CE1", "192.168.11.3");
	ce2 = box_new(sim, "CE2", "192.168.12.2");
	box_make_key(ks1);
	copy_file(ks1->key_file, ks2->key_file);
	box_restart(ks2);
}

static void tear_down(void)
{
	box_free(ce2);
	box_free(ce1);
	box_free(ks2);
	box_free(ks1);
	sim_free(sim);
}

static struct ks_group *group(struct box *box)
{
	return ks_group_of(gdoi_group_find(box->groups, "GDOI-GROUP1"));
}

static enum coop_role role(struct box *box)
{
	struct coop_info info;

	ck_assert(coop_info(group(box), &info));
	return info.role;
}

static bool logged(struct box *box, const char *text)
{
	return sim_logged(box->node, text) > 0;
}

static struct gm_member *member(struct box *box)
{
	return TAILQ_FIRST(&box->gm->members);
}

/* Both are up, KS1 is primary, CE1 has registered with it. */
static void come_up(void)
{
	configure_ks1();
	sim_run(sim, SEC(60));
	configure_ks2();
	sim_run(sim, SEC(60));
	box_type(ce1, ARTICLE_GM);
	box_type(ce1, SECOND_SERVER);
	sim_run(sim, SEC(30));
	ck_assert(logged(ce1, "GM_REGS_COMPL: Registration to KS " KS1_ADDR));
}

static const struct gdoi_policy *policy(struct box *box)
{
	return member(box)->keys.policy;
}

static bool shares_a_tek(struct box *a, struct box *b)
{
	const struct gm_keys *x = &member(a)->keys, *y = &member(b)->keys;
	size_t i, j;

	for (i = 0; i < x->n_teks; i++) {
		for (j = 0; j < y->n_teks; j++) {
			if (x->teks[i].tek.spi == y->teks[j].tek.spi)
				return true;
		}
	}
	return false;
}

START_TEST(one_of_two_becomes_primary_the_other_secondary)
{
	configure_ks1();
	configure_ks2();
	sim_run(sim, SEC(90));
	ck_assert_int_eq(role(ks1), COOP_PRIMARY);
	ck_assert_int_eq(role(ks2), COOP_SECONDARY);
	ck_assert(logged(ks1, "COOP_KS_TRANS_TO_PRI: KS " KS1_ADDR
			      " in group GDOI-GROUP1 transitioned to Primary"
			      " (Previous Primary = NONE)"));
	ck_assert(!logged(ks2, "COOP_KS_TRANS_TO_PRI"));
}
END_TEST

START_TEST(there_is_one_isakmp_sa_between_them)
{
	char *out;

	configure_ks1();
	configure_ks2();
	sim_run(sim, SEC(90));
	out = box_show(ks1, "show crypto isakmp sa");
	ck_assert_ptr_nonnull(strstr(out, "GDOI_IDLE"));
	ck_assert_ptr_null(strstr(strstr(out, "GDOI_IDLE") + 1, "GDOI_IDLE"));
	free(out);
}
END_TEST

START_TEST(a_member_of_one_is_known_to_the_other)
{
	struct ks_group *g;

	come_up();
	g = group(ks2);
	ck_assert_uint_eq(g->members.count, 1);
}
END_TEST

START_TEST(a_secondary_gives_the_keys_of_the_primary)
{
	come_up();
	box_type(ce2, ARTICLE_GM);
	box_type(ce2, "crypto gdoi group GDOI-GROUP1\n"
		      " no server address ipv4 " KS1_ADDR "\n" SECOND_SERVER);
	sim_run(sim, SEC(60));
	ck_assert(logged(ce2, "GM_REGS_COMPL: Registration to KS " KS2_ADDR));
	ck_assert(shares_a_tek(ce1, ce2));
	ck_assert_uint_eq(group(ks1)->members.count, 2);
}
END_TEST

START_TEST(the_secondary_takes_over_and_its_rekey_is_accepted)
{
	unsigned int before;

	come_up();
	box_link(ks1, false);
	before = sim_logged(ks2->node, "SEND_UNICAST_REKEY");
	sim_run(sim, SEC(120));
	ck_assert(logged(ks2, "COOP_KS_TRANS_TO_PRI: KS " KS2_ADDR
			      " in group GDOI-GROUP1 transitioned to Primary"
			      " (Previous Primary = " KS1_ADDR ")"));
	sim_run(sim, SEC(60));
	ck_assert(logged(ks2, "COOP_KS_UNREACH: Cooperative KS " KS1_ADDR
			      " Unreachable in group GDOI-GROUP1. IKE SA"
			      " Status = Failed to establish."));
	ck_assert_uint_eq(sim_logged(ks2->node, "SEND_UNICAST_REKEY"), before);
	free(box_show(ks2, "crypto gdoi ks rekey replace-now"));
	sim_run(sim, SEC(5));
	ck_assert(logged(ce1, "GM_RECV_REKEY"));
	ck_assert_uint_eq(policy(ce1)->n_teks, 1);
}
END_TEST

/* Its retransmissions died with it. */
START_TEST(a_rekey_is_repeated_when_its_primary_died_amid_it)
{
	come_up();
	free(box_show(ks1, "crypto gdoi ks rekey"));
	sim_run(sim, SEC(3));
	ck_assert_uint_eq(sim_logged(ce1->node, "GM_RECV_REKEY"), 1);
	box_link(ks1, false);
	sim_run(sim, SEC(120));
	ck_assert_int_eq(role(ks2), COOP_PRIMARY);
	ck_assert_uint_eq(sim_logged(ks2->node, "SEND_UNICAST_REKEY"), 1);
	ck_assert_uint_eq(sim_logged(ce1->node, "GM_RECV_REKEY"), 2);
}
END_TEST

START_TEST(a_fail_over_long_after_a_rekey_is_silent)
{
	come_up();
	free(box_show(ks1, "crypto gdoi ks rekey"));
	sim_run(sim, SEC(120));
	box_link(ks1, false);
	sim_run(sim, SEC(120));
	ck_assert_int_eq(role(ks2), COOP_PRIMARY);
	ck_assert_uint_eq(sim_logged(ks2->node, "SEND_UNICAST_REKEY"), 0);
}
END_TEST

START_TEST(the_higher_priority_stays_when_two_primaries_meet)
{
	come_up();
	box_link(ks1, false);
	sim_run(sim, SEC(180));
	ck_assert_int_eq(role(ks1), COOP_PRIMARY);
	ck_assert_int_eq(role(ks2), COOP_PRIMARY);
	box_link(ks1, true);
	sim_run(sim, SEC(120));
	ck_assert_int_eq(role(ks1), COOP_PRIMARY);
	ck_assert_int_eq(role(ks2), COOP_SECONDARY);
	ck_assert(logged(ks1,
			 "COOP_KS_REACH: Reachability restored with"
			 " Cooperative KS " KS2_ADDR " in group GDOI-GROUP1."));
}
END_TEST

START_TEST(who_restarts_does_not_preempt)
{
	come_up();
	box_link(ks1, false);
	sim_run(sim, SEC(180));
	box_restart(ks1);
	box_link(ks1, true);
	configure_ks1();
	sim_run(sim, SEC(180));
	ck_assert_int_eq(role(ks1), COOP_SECONDARY);
	ck_assert_int_eq(role(ks2), COOP_PRIMARY);
	ck_assert_uint_eq(group(ks1)->members.count, 1);
}
END_TEST

START_TEST(another_rsa_key_is_told_in_one_line)
{
	configure_ks1();
	sim_run(sim, SEC(60));
	box_type(ks2, "crypto key zeroize rsa MYRSAKEY\nyes\n");
	sim_run(sim, SEC(1));
	box_make_key(ks2);
	configure_ks2();
	sim_run(sim, SEC(120));
	ck_assert_uint_eq(sim_logged(ks2->node, "COOP_CONFIG_MISMATCH"), 1);
	ck_assert(logged(ks2, "RSA key of rekey authentication"));
}
END_TEST

START_TEST(another_replay_method_is_told_in_one_line)
{
	configure_ks1();
	configure_ks2();
	box_type(ks2, "crypto gdoi group GDOI-GROUP1\n server local\n"
		      "  sa ipsec 1\n   no replay\n");
	sim_run(sim, SEC(120));
	ck_assert_uint_eq(sim_logged(ks1->node, "COOP_CONFIG_MISMATCH"), 1);
	ck_assert(logged(ks1, "replay method configuration between Primary KS"
			      " and Secondary KS are mismatched"));
}
END_TEST

/* What comes from the other one as an announcement, whole. */
static void announce(struct box *to, const char *octets, size_t len)
{
	const struct coop_link *link = group(to)->cooperation->peers[0]->link;

	link->ops->received(link->ctx, rd_init(octets, len), len);
}

START_TEST(announcements_of_another_version_are_told_once_until_one_is_good)
{
	static const char later[] = "GANN\2\0";
	int i;

	configure_ks1();
	configure_ks2();
	sim_run(sim, SEC(90));
	for (i = 0; i < 3; i++)
		announce(ks1, later, sizeof(later));
	ck_assert_uint_eq(sim_logged(ks1->node, "COOP_KS_VER_MISMATCH"), 1);
	ck_assert(logged(ks1, "COOP_KS_VER_MISMATCH: COOP_KS ANN received from"
			      " KS " KS2_ADDR " in group GDOI-GROUP1 cannot be"
			      " taken: another major version"));
	/* KS2 tells of a member. */
	box_type(ce1, ARTICLE_GM);
	box_type(ce1, SECOND_SERVER);
	box_type(ce1, "crypto gdoi group GDOI-GROUP1\n"
		      " no server address ipv4 " KS1_ADDR "\n");
	sim_run(sim, SEC(30));
	ck_assert_uint_eq(group(ks1)->members.count, 1);
	announce(ks1, later, sizeof(later));
	ck_assert_uint_eq(sim_logged(ks1->node, "COOP_KS_VER_MISMATCH"), 2);
	ck_assert_int_eq(role(ks1), COOP_PRIMARY);
}
END_TEST

static void set_address(struct box *box, const struct ip_addr *addr)
{
	box->addr = *addr;
	ks_interface_changed(box->ks, "Ethernet0/0");
}

START_TEST(the_address_of_an_interface_is_followed)
{
	const struct ip_addr addr = ks1->addr, none = { 0 };
	struct ip_addr peer = ks2->addr;
	struct coop_info info;

	/* As a saved configuration has it: the group, then the interface. */
	ks1->addr = none;
	box_type(ks1, ARTICLE_KS);
	box_type(ks1, COOP_OF("e0/0", KS2_ADDR, "100"));
	configure_ks2();
	sim_run(sim, SEC(90));
	ck_assert(!coop_info(group(ks1), &info));
	set_address(ks1, &addr);
	sim_run(sim, SEC(90));
	ck_assert_int_eq(role(ks1), COOP_SECONDARY);
	set_address(ks1, &peer);
	ck_assert(!coop_info(group(ks1), &info));
	set_address(ks1, &addr);
	sim_run(sim, SEC(90));
	ck_assert_int_eq(role(ks1), COOP_SECONDARY);
	/* For a moment it has none. */
	set_address(ks1, &none);
	set_address(ks1, &addr);
	ck_assert_int_eq(role(ks1), COOP_SECONDARY);
	ck_assert_uint_eq(sim_logged(ks1->node, "COOP_KS_TRANS_TO_PRI"), 0);
	set_address(ks1, &none);
	box_type(ks1, "crypto gdoi group GDOI-GROUP1\n server local\n"
		      "  no address ipv4\n");
	ck_assert(!coop_info(group(ks1), &info));
}
END_TEST

START_TEST(a_group_for_ipv6_cooperates_as_well)
{
	configure_ks1();
	configure_ks2();
	box_type(ks1, KS6_OF(KS1_ADDR, KS2_ADDR, "100"));
	box_type(ks2, KS6_OF(KS2_ADDR, KS1_ADDR, "40"));
	sim_run(sim, SEC(90));
	box_type(ce1, GM6_OF(KS1_ADDR));
	sim_run(sim, SEC(60));
	box_type(ce2, GM6_OF(KS2_ADDR));
	sim_run(sim, SEC(60));
	ck_assert(logged(ce1, "GM_REGS_COMPL: Registration to KS " KS1_ADDR));
	ck_assert(logged(ce2, "GM_REGS_COMPL: Registration to KS " KS2_ADDR));
	ck_assert(shares_a_tek(ce1, ce2));
	ck_assert_uint_eq(policy(ce2)->n_rules, 2);
	ck_assert_int_eq(ace_family(&policy(ce2)->rules[0].ace), IP_V6);
	ck_assert(!logged(ks1, "mismatched"));
	/* The other takes over, and gives an edited list of its own. */
	box_link(ks1, false);
	sim_run(sim, SEC(180));
	ck_assert(logged(ks2, "COOP_KS_TRANS_TO_PRI: KS " KS2_ADDR
			      " in group GROUP6 transitioned to Primary"));
	box_type(ks2, "ipv6 access-list SIX\n"
		      " sequence 5 deny tcp any any eq 22\n");
	free(box_show(ks2, "crypto gdoi ks rekey"));
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(policy(ce1)->n_rules, 3);
	ck_assert_uint_eq(policy(ce2)->n_rules, 3);
	ck_assert(shares_a_tek(ce1, ce2));
}
END_TEST

static TCase *servers(void)
{
	TCase *t = tcase_create("key servers");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, one_of_two_becomes_primary_the_other_secondary);
	tcase_add_test(t, there_is_one_isakmp_sa_between_them);
	tcase_add_test(t, a_member_of_one_is_known_to_the_other);
	tcase_add_test(t, a_secondary_gives_the_keys_of_the_primary);
	tcase_add_test(t, the_secondary_takes_over_and_its_rekey_is_accepted);
	tcase_add_test(t, a_rekey_is_repeated_when_its_primary_died_amid_it);
	tcase_add_test(t, a_fail_over_long_after_a_rekey_is_silent);
	tcase_add_test(t, the_higher_priority_stays_when_two_primaries_meet);
	tcase_add_test(t, who_restarts_does_not_preempt);
	tcase_add_test(t, another_rsa_key_is_told_in_one_line);
	tcase_add_test(t, another_replay_method_is_told_in_one_line);
	tcase_add_test(
		t,
		announcements_of_another_version_are_told_once_until_one_is_good);
	tcase_add_test(t, the_address_of_an_interface_is_followed);
	tcase_add_test(t, a_group_for_ipv6_cooperates_as_well);
	return t;
}

RUN_CASES("coop", servers)
