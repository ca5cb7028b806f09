/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto gdoi ks rekey; clear crypto gdoi ks members, policy, coop. */
#include "ks/coop.h"
#include "ks/ks_cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_debug.h"
#include "gdoi/group_ask.h"
#include "ks/ks_rekey.h"

/* One of the groups that are meant has a key server here; else it is said. */
static bool served(const struct ks *ks, const struct cli_args *a,
		   struct cli_out *o)
{
	const struct ks_group *g = NULL;

	if (!gdoi_group_known(ks->config.groups, a, o))
		return false;
	while ((g = ks_group_next(ks, g))) {
		if (gdoi_group_meant(g->group, a))
			return true;
	}
	if (cli_has(a, "group"))
		cli_error(o, "%% Group %s has no key server on this router\n",
			  cli_str(a, "group"));
	else
		cli_error(o,
			  "%% There is no key server group on this router\n");
	return false;
}

/* --- crypto gdoi ks rekey ------------------------------------------------- */

static void run_rekey(void *obj, const struct cli_args *a, struct cli_out *o)
{
	enum ks_rekey_kind kind = cli_has(a, "replace-now")
					  ? KS_REKEY_REPLACE_NOW
					  : KS_REKEY_REPLACE;
	struct ks_group *g = NULL;
	struct ks *ks = obj;
	const char *why;

	if (!served(ks, a, o))
		return;
	while ((g = ks_group_next(ks, g))) {
		if (!gdoi_group_meant(g->group, a))
			continue;
		gdoi_debug(ks->config.groups, KS_USAGE, EVENT, g->group->name,
			   NULL, "a rekey is asked for");
		if (!ks_rekey(g, kind, &why))
			cli_error(o, "%% No rekey for group %s: %s\n",
				  g->group->name, why);
	}
}

/* --- clear crypto gdoi ks members, policy ----------------------------------- */

/* What is done to a group, or to all, when the user says yes. */
struct intent {
	struct ks *ks;
	char *group; /* NULL: all */
	enum ks_rekey_kind kind;
	bool says; /* what it sends */
};

static void intent_free(void *arg)
{
	struct intent *intent = arg;

	free(intent->group);
	free(intent);
}

static void act(void *arg, struct cli_out *o)
{
	const struct intent *intent = arg;
	struct ks_group *g = NULL;
	const char *why;

	while ((g = ks_group_next(intent->ks, g))) {
		if (intent->group && strcmp(g->group->name, intent->group) != 0)
			continue;
		gdoi_debug(intent->ks->config.groups, KS_USAGE, EVENT,
			   g->group->name, NULL, "a removal is asked for");
		if (!ks_rekey(g, intent->kind, &why))
			cli_error(o,
				  "%% Members of group %s are not told: %s\n",
				  g->group->name, why);
		else if (intent->says)
			cli_say(o,
				"Sending GM-Removal message to group %s...\n",
				g->group->name);
	}
}

static struct intent *intent_new(struct ks *ks, const struct cli_args *a,
				 enum ks_rekey_kind kind)
{
	struct intent *intent = xcalloc(1, sizeof(*intent));

	intent->ks = ks;
	intent->group =
		cli_has(a, "group") ? xstrdup(cli_str(a, "group")) : NULL;
	intent->kind = kind;
	return intent;
}

static void run_members(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks *ks = obj;
	struct intent *intent;

	if (!served(ks, a, o))
		return;
	if (cli_has(a, "now"))
		cli_say(o, "%% This GM-Removal immediate message will cleanup "
			   "all GMs downloaded policies\n"
			   "%% This will cause all GMs to re-register.\n");
	else
		cli_say(o, "%% This GM-Removal message will shorten all GMs' "
			   "key lifetimes and cause them to re-register before "
			   "keys expiry.\n");
	intent = intent_new(ks, a,
			    cli_has(a, "now") ? KS_REKEY_REMOVE_NOW
					      : KS_REKEY_REMOVE);
	intent->says = true;
	gdoi_ask(o, GDOI_ASK_PROCEED, act, intent_free, intent);
}

static void run_policy(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct intent *intent;
	struct ks *ks = obj;

	if (!served(ks, a, o))
		return;
	intent = intent_new(ks, a, KS_REKEY_REMOVE_NOW);
	act(intent, o);
	intent_free(intent);
}

/* --- clear crypto gdoi ks coop ------------------------------------------------ */

/* One of the groups that are meant has redundancy; else it is said. */
static bool cooperates(const struct ks *ks, const struct cli_args *a,
		       struct cli_out *o)
{
	const struct ks_group *g = NULL;

	if (!served(ks, a, o))
		return false;
	while ((g = ks_group_next(ks, g))) {
		if (gdoi_group_meant(g->group, a) && g->coop.on)
			return true;
	}
	if (cli_has(a, "group"))
		cli_error(o, "%% Redundancy is not configured for group %s\n",
			  cli_str(a, "group"));
	else
		cli_error(o, "%% Redundancy is not configured for any group\n");
	return false;
}

static void run_coop_counters(void *obj, const struct cli_args *a,
			      struct cli_out *o)
{
	struct ks_group *g = NULL;
	struct ks *ks = obj;

	if (!cooperates(ks, a, o))
		return;
	while ((g = ks_group_next(ks, g))) {
		if (gdoi_group_meant(g->group, a))
			coop_clear_counters(g);
	}
}

static void elect(void *arg, struct cli_out *o)
{
	const struct intent *intent = arg;
	struct ks_group *g = NULL;

	(void)o;
	while ((g = ks_group_next(intent->ks, g))) {
		if (intent->group && strcmp(g->group->name, intent->group) != 0)
			continue;
		gdoi_debug(intent->ks->config.groups, KS_COOP, EVENT,
			   g->group->name, NULL, "an election is asked for");
		coop_clear_role(g);
	}
}

static void run_coop_role(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct ks *ks = obj;

	if (!cooperates(ks, a, o))
		return;
	cli_say(o, "%% This key server will give up its COOP role, and the "
		   "primary key server will be elected again.\n");
	gdoi_ask(o, GDOI_ASK_PROCEED, elect, intent_free,
		 intent_new(ks, a, KS_REKEY_UPDATE));
}

/* clang-format off */
static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "crypto       Encryption related commands.\n"
			 GDOI_OR_GKM("GDOI actions")
			 "ks           Key server actions\n"
			 "[ group      One group\n"
			 "WORD$group   Name of the group\n"
			 "]\n"
			 "rekey        Send a rekey\n"
			 "[ replace-now  Replace the keys of the members now\n"
			 "]\n",
		.run = run_rekey,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_CLEAR
			 "ks           Key server information\n"
			 "members      Remove the members of the group\n"
			 "[ now        They drop their keys at once\n"
			 "]\n",
		.run = run_members,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_CLEAR
			 "ks           Key server information\n"
			 "policy       Make new keys, and drop those of now\n",
		.run = run_policy,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_CLEAR
			 "ks           Key server information\n"
			 "coop         Cooperative key servers\n"
			 "counters     Announcements sent and received\n",
		.run = run_coop_counters,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_CLEAR
			 "ks           Key server information\n"
			 "coop         Cooperative key servers\n"
			 "role         Elect the primary key server again\n",
		.run = run_coop_role,
	},
};
/* clang-format on */

void ks_cli_clear_init(struct ks *ks)
{
	CLI_ADD(ks->config.cli, commands, ks);
}
