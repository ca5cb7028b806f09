/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a policy map that was typed amounts to. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ipsec/qos_plan.h"
#include "tests/check_main.h"
#include "tests/router/box_world.h"

#define BPS UINT64_C(10000000)

static struct box_world w;
static struct qos_plan plan;

static const char typed[] =
	"ip access-list extended LIST\n"
	"remark what counts\n"
	"permit tcp any any eq 80\n"
	"deny ip host 10.1.1.1 any\n"
	"ipv6 access-list SIX\n"
	"permit tcp any any eq 80\n"
	"exit\n"
	"class-map match-all EF\n"
	"match dscp ef\n"
	"class-map match-any MANY\n"
	"match ip precedence 5\n"
	"match not access-group name LIST\n"
	"match access-group name SIX\n"
	"match access-group name NONE\n"
	"match class-map EF\n"
	"match protocol ipv6\n"
	"match not cos 3\n"
	"policy-map CHILD\n"
	"class EF\npriority percent 25 9000\n"
	"class MANY\nbandwidth percent 10\n"
	"policy-map PARENT\n"
	"class EF\nshape average percent 20 4000 0\nservice-policy CHILD\n"
	"class MANY\nbandwidth remaining ratio 7\nset ip dscp af31\n"
	"class class-default\nshape average 800000\n"
	"policy-map POLICE\n"
	"class EF\npolice cir percent 10 bc 8 ms pir percent 50 be 16 ms "
	"conform-action set-prec-transmit 3 exceed-action transmit "
	"violate-action drop";

static void setup(void)
{
	box_world_open(&w);
	if (w.root)
		box_world_configure(&w, typed);
}

static void teardown(void)
{
	qos_plan_free(&plan);
	box_world_close(&w);
}

static const struct ipsec_qos_policy *make(const char *name)
{
	const struct qos *qos = router_qos(w.router);

	qos_plan_free(&plan);
	qos_plan_make(&plan, qos, qos_policy_find(qos, name), BPS);
	ck_assert_uint_eq(plan.spec.bps, BPS);
	return &plan.spec.policy;
}

START_TEST(percentages_are_of_what_is_above)
{
	const struct ipsec_qos_policy *p, *child;

	if (!w.root)
		return;
	p = make("PARENT");
	ck_assert_uint_eq(p->n, 3);
	ck_assert_uint_eq(p->classes[0].shape_bps, BPS / 5);
	ck_assert_uint_eq(p->classes[0].shape_bc, 4000);
	ck_assert_uint_eq(p->classes[0].shape_be, 1);
	ck_assert_uint_eq(p->classes[1].remaining, 7);
	ck_assert_uint_eq(p->classes[1].bandwidth_bps, 0);
	ck_assert_uint_eq(p->classes[2].shape_bps, 800000);
	ck_assert_uint_eq(p->classes[2].shape_be, 0);
	ck_assert_ptr_null(p->classes[2].child);
	child = p->classes[0].child;
	ck_assert_ptr_nonnull(child);
	ck_assert_uint_eq(child->n, 3);
	ck_assert(child->classes[0].priority);
	ck_assert_uint_eq(child->classes[0].priority_bps, BPS / 5 / 4);
	ck_assert_uint_eq(child->classes[0].priority_burst, 9000);
	ck_assert_uint_eq(child->classes[1].bandwidth_bps, BPS / 5 / 10);
}
END_TEST

START_TEST(every_policy_ends_in_class_default)
{
	static const char *const names[] = { "PARENT", "CHILD", "POLICE" };

	if (!w.root)
		return;
	for (size_t i = 0; i < 3; i++) {
		const struct ipsec_qos_policy *p = make(names[i]);
		const struct ipsec_qos_class *last = &p->classes[p->n - 1];

		ck_assert_str_eq(last->name, QOS_CLASS_DEFAULT);
		ck_assert_int_eq(last->set_dscp, -1);
		ck_assert_int_eq(last->set_precedence, -1);
	}
}
END_TEST

START_TEST(a_policer_has_rates_and_octets)
{
	const struct ipsec_qos_police *p;

	if (!w.root)
		return;
	p = &make("POLICE")->classes[0].police;
	ck_assert_uint_eq(p->cir, BPS / 10);
	ck_assert_uint_eq(p->pir, BPS / 2);
	ck_assert_uint_eq(p->bc, BPS / 10 / 8 * 8 / 1000);
	ck_assert_uint_eq(p->be, BPS / 2 / 8 * 16 / 1000);
	ck_assert(p->violate);
	ck_assert_int_eq(p->actions[0].act, IPSEC_QOS_SET_PRECEDENCE);
	ck_assert_uint_eq(p->actions[0].value, 3);
	ck_assert_int_eq(p->actions[1].act, IPSEC_QOS_TRANSMIT);
	ck_assert_int_eq(p->actions[2].act, IPSEC_QOS_DROP);
}
END_TEST

START_TEST(matches_have_no_names_left)
{
	const struct ipsec_qos_test *t;

	if (!w.root)
		return;
	t = &make("CHILD")->classes[1].test;
	ck_assert(t->any);
	ck_assert_uint_eq(t->n, 7);
	ck_assert_int_eq(t->matches[0].kind, IPSEC_QOS_DSCP);
	ck_assert(t->matches[0].v4_only);
	ck_assert_uint_eq(t->matches[0].dscps, UINT64_C(0xff) << 40);
	ck_assert_int_eq(t->matches[1].kind, IPSEC_QOS_ACL);
	ck_assert(t->matches[1].not );
	ck_assert_uint_eq(t->matches[1].n_aces, 2); /* a remark is none */
	ck_assert(t->matches[1].aces[0].permit);
	ck_assert(!t->matches[1].aces[1].permit);
	ck_assert_int_eq(ace_family(&t->matches[2].aces[0]), IP_V6);
	ck_assert_int_eq(t->matches[3].kind, IPSEC_QOS_NOTHING);
	ck_assert_int_eq(t->matches[4].kind, IPSEC_QOS_CLASS);
	ck_assert_uint_eq(t->matches[4].test->matches[0].dscps, UINT64_C(1)
									<< 46);
	ck_assert_int_eq(t->matches[5].kind, IPSEC_QOS_ETHERTYPE);
	ck_assert_uint_eq(t->matches[5].ethertype, 0x86dd);
	/* Nothing is known of it: nor of the contrary. */
	ck_assert_int_eq(t->matches[6].kind, IPSEC_QOS_NOTHING);
	ck_assert(!t->matches[6].not );
}
END_TEST

static const struct {
	const char *lines;
	bool differs;
} changes[] = {
	{ "policy-map PARENT\ndescription words", false },
	{ "class-map match-any MANY\ndescription words", false },
	{ "policy-map POLICE\nclass MANY\nset dscp ef", false },
	{ "ip access-list extended OTHER\npermit ip any any", false },
	{ "ip access-list extended LIST\nremark more", false },
	{ "ip access-list extended LIST\npermit udp any any", true },
	{ "ip access-list extended NONE\npermit udp any any", true },
	{ "class-map match-all EF\nmatch dscp cs6", true },
	{ "class-map match-any EF", true },
	{ "policy-map CHILD\nclass EF\npriority percent 24 9000", true },
	{ "policy-map CHILD\nclass EF\npriority percent 25 9001", true },
	{ "policy-map CHILD\nclass class-default\nqueue-limit 99", true },
	{ "policy-map PARENT\nclass EF\nshape average percent 20 4000 8",
	  true },
	{ "policy-map PARENT\nclass MANY\nset ip dscp af32", true },
	{ "policy-map PARENT\nclass MANY\npolice 64000 conform-action "
	  "transmit exceed-action set-dscp-transmit af11",
	  true },
	{ "policy-map PARENT\nclass EF\nno service-policy CHILD", true },
};

START_TEST(the_text_differs_where_the_packet_path_does)
{
	char *before, *after;

	if (!w.root)
		return;
	make("PARENT");
	before = qos_plan_text(&plan);
	box_world_configure(&w, changes[_i].lines);
	make("PARENT");
	after = qos_plan_text(&plan);
	ck_assert_msg((strcmp(before, after) != 0) == changes[_i].differs, "%s",
		      changes[_i].lines);
	free(before);
	free(after);
}
END_TEST

static TCase *plans(void)
{
	TCase *tc = tcase_create("plans");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, percentages_are_of_what_is_above);
	tcase_add_test(tc, every_policy_ends_in_class_default);
	tcase_add_test(tc, a_policer_has_rates_and_octets);
	tcase_add_test(tc, matches_have_no_names_left);
	tcase_add_loop_test(tc, the_text_differs_where_the_packet_path_does, 0,
			    sizeof(changes) / sizeof(changes[0]));
	return tc;
}

RUN_CASES("ipsec/qos_plan", plans)
