/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto gdoi group at the command line, with a role that only takes notes. */
#include "gdoi/group.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli_test.h"
#include "tests/check_main.h"

struct notes {
	unsigned int identity, removed, cleared;
	uint32_t number;
};

struct world {
	struct loop *loop;
	struct cli *cli;
	struct gdoi_groups *groups;
	struct notes notes;
	struct env env; /* nothing is asked of it */
};

static void note_identity(void *ctx, struct gdoi_group *group)
{
	struct notes *notes = ctx;

	notes->identity++;
	notes->number = group->id.number;
}

static void note_removed(void *ctx, struct gdoi_group *group)
{
	struct notes *notes = ctx;

	notes->removed++;
	group->part[GDOI_ROLE_GM] = NULL;
}

static void note_show(void *ctx, struct gdoi_group *group, struct cli_out *o)
{
	(void)ctx;
	cli_say(o, "    Group Name               : %s\n\n", group->name);
}

static void note_clear(void *ctx, struct gdoi_group *group)
{
	struct notes *notes = ctx;

	(void)group;
	notes->cleared++;
}

static const struct gdoi_role_ops role = {
	.identity = note_identity,
	.removed = note_removed,
	.show = note_show,
	.clear = note_clear,
};

/* A line of the mode that a role adds. */
static void member(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gdoi_group *group = obj;

	(void)a;
	(void)o;
	group->part[GDOI_ROLE_GM] = gdoi_group_role_ctx(group, GDOI_ROLE_GM);
}

static void write_member(const void *obj, struct cli_out *o)
{
	const struct gdoi_group *group = obj;

	if (group->part[GDOI_ROLE_GM])
		cli_say(o, " passive\n");
}

#define MEMBER(the_mode)                                                       \
	{                                                                      \
		.mode = the_mode, .words = "passive  Be passive\n",            \
		.run = member, .write = write_member, .order = GDOI_O_PASSIVE, \
	}
static const struct cli_cmd role_commands[] = {
	MEMBER(&gdoi_mode_group),
	MEMBER(&gdoi_mode_gkm_group),
};

static const char *hostname(void *ctx)
{
	(void)ctx;
	return "CE1";
}

static struct world *world_new(void)
{
	static const struct cli_hooks hooks = { .hostname = hostname };
	struct world *w = xcalloc(1, sizeof(*w));

	w->loop = loop_new();
	w->cli = cli_new(w->loop, &hooks);
	w->groups = gdoi_groups_new(&w->env, w->cli);
	gdoi_groups_set_role(w->groups, GDOI_ROLE_GM, &role, &w->notes);
	gdoi_group_cli_init(w->groups);
	CLI_ADD(w->cli, role_commands, &w->notes);
	return w;
}

static void world_free(struct world *w)
{
	gdoi_groups_free(w->groups);
	cli_free(w->cli);
	loop_free(w->loop);
	free(w);
}

static void types(struct world *w, const char *lines, const char *screen)
{
	char *got = cli_test_run(w->cli, lines);

	ck_assert_str_eq(got, screen);
	free(got);
}

/* What stands in the running-config from "crypto" on. */
static void has_config(struct world *w, const char *want)
{
	char *text = cli_config_text(w->cli);
	char *from = strstr(text, "crypto");

	ck_assert_ptr_nonnull(from);
	from[strnlen(from, strlen(want))] = '\0';
	ck_assert_str_eq(from, want);
	free(text);
}

#define CONF "configure terminal\n"
#define CONF_SAYS \
	"Enter configuration commands, one per line.  End with CNTL/Z.\n"

START_TEST(a_group_comes_back_from_the_running_config)
{
	struct world *w = world_new();

	types(w,
	      CONF "crypto gdoi group GDOI-GROUP1\n"
		   "passive\nidentity number 1234\n",
	      CONF_SAYS);
	has_config(w, "crypto gdoi group GDOI-GROUP1\n"
		      " identity number 1234\n"
		      " passive\n"
		      "!\n");
	ck_assert_uint_eq(w->notes.identity, 1);
	ck_assert_uint_eq(w->notes.number, 1234);
	ck_assert_uint_eq(gdoi_group_find(w->groups, "GDOI-GROUP1")->handle,
			  0x80000002);
	world_free(w);
}
END_TEST

START_TEST(groups_survive_a_round_trip)
{
	struct world *w = world_new(), *other = world_new();
	char *difference;

	types(w,
	      CONF "crypto gdoi group A\nidentity address ipv4 10.0.0.1\n"
		   "crypto gdoi group ipv6 A\nidentity number 2147483647\n"
		   "crypto gkm group B\nidentity number 4294967295\npassive\n",
	      CONF_SAYS);
	has_config(w, "crypto gdoi group A\n identity address ipv4 10.0.0.1\n"
		      "!\ncrypto gdoi group ipv6 A\n"
		      " identity number 2147483647\n"
		      "!\ncrypto gkm group B\n"
		      " identity number 4294967295\n passive\n!\n");
	difference = cli_test_round_trip(w->cli, other->cli);
	ck_assert_str_eq(difference ? difference : "", "");
	free(difference);
	world_free(w);
	world_free(other);
}
END_TEST

START_TEST(the_word_that_was_typed_decides_the_prompt)
{
	struct world *w = world_new();
	struct cli_test *t = cli_test_new(w->cli);

	cli_test_type(t, CONF "crypto gdoi group A\n");
	ck_assert_str_eq(cli_test_prompt(t), "CE1(config-gdoi-group)#");
	cli_test_type(t, "crypto gkm group A\n");
	ck_assert_str_eq(cli_test_prompt(t), "CE1(config-gkm-group)#");
	cli_test_free(t);
	ck_assert_ptr_null(gdoi_group_first(w->groups)->next);
	world_free(w);
}
END_TEST

START_TEST(no_identity_takes_it_away)
{
	struct world *w = world_new();

	types(w,
	      CONF
	      "crypto gdoi group A\nidentity number 7\nno identity number\n",
	      CONF_SAYS);
	ck_assert(!gdoi_group_first(w->groups)->id.is_set);
	ck_assert_uint_eq(w->notes.identity, 2);
	types(w,
	      CONF "crypto gdoi group A\nidentity number 7\n"
		   "no identity number 7\n",
	      CONF_SAYS);
	ck_assert(!gdoi_group_first(w->groups)->id.is_set);
	world_free(w);
}
END_TEST

START_TEST(the_same_identity_again_is_no_change)
{
	struct world *w = world_new();

	types(w,
	      CONF "crypto gdoi group A\nidentity number 7\n"
		   "identity number 7\n",
	      CONF_SAYS);
	ck_assert_uint_eq(w->notes.identity, 1);
	world_free(w);
}
END_TEST

START_TEST(no_group_removes_it_under_those_who_stand_in_it)
{
	struct world *w = world_new();
	struct cli_test *t = cli_test_new(w->cli);

	cli_test_type(t, CONF "crypto gdoi group A\n");
	types(w, CONF "no crypto gdoi group A\n", CONF_SAYS);
	ck_assert_uint_eq(w->notes.removed, 1);
	ck_assert_ptr_null(gdoi_group_first(w->groups));
	cli_test_type(t, "\n");
	ck_assert_str_eq(cli_test_prompt(t), "CE1(config)#");
	cli_test_free(t);
	world_free(w);
}
END_TEST

START_TEST(show_frames_what_the_roles_print)
{
	struct world *w = world_new();
	static const char frame[] = "GROUP INFORMATION\n\n"
				    "    Group Name               : A\n\n";

	types(w, "show crypto gdoi\n", "GROUP INFORMATION\n\n");
	types(w,
	      CONF "crypto gdoi group A\npassive\n"
		   "crypto gdoi group B\nidentity number 9\n",
	      CONF_SAYS);
	types(w, "show crypto gdoi group A\n", frame);
	types(w, "sh cry gkm group A\n", frame);
	types(w, "show crypto gdoi group A detail\n", frame);
	types(w, "show crypto gdoi group B\n",
	      "    Group Name               : B\n"
	      "    Group Identity           : 9\n\n");
	types(w, "show crypto gdoi group C\n", "% Group C does not exist\n");
	world_free(w);
}
END_TEST

START_TEST(clear_asks_first)
{
	struct world *w = world_new();
	static const char warning[] =
		"% The Key Server and Group Member will destroy created and "
		"downloaded policies.\n"
		"% All Group Members are required to re-register.\n\n"
		"Are you sure you want to proceed ? [yes/no]: \n";

	types(w,
	      CONF "crypto gdoi group A\npassive\ncrypto gdoi group B\n"
		   "passive\n",
	      CONF_SAYS);
	types(w, "clear crypto gdoi\nno\n", warning);
	ck_assert_uint_eq(w->notes.cleared, 0);
	types(w, "clear crypto gdoi\nyes\n", warning);
	ck_assert_uint_eq(w->notes.cleared, 2);
	types(w, "clear crypto gkm group B\ny\n", warning);
	ck_assert_uint_eq(w->notes.cleared, 3);
	world_free(w);
}
END_TEST

static TCase *group_case(void)
{
	TCase *tc = tcase_create("group");

	tcase_add_test(tc, a_group_comes_back_from_the_running_config);
	tcase_add_test(tc, groups_survive_a_round_trip);
	tcase_add_test(tc, the_word_that_was_typed_decides_the_prompt);
	tcase_add_test(tc, no_identity_takes_it_away);
	tcase_add_test(tc, the_same_identity_again_is_no_change);
	tcase_add_test(tc, no_group_removes_it_under_those_who_stand_in_it);
	tcase_add_test(tc, show_frames_what_the_roles_print);
	tcase_add_test(tc, clear_asks_first);
	return tc;
}

RUN_CASES("group", group_case)
