/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto gdoi group and its identity, show crypto gdoi, clear crypto gdoi;
 * the same with crypto gkm. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/group_ask.h"
#include "gdoi/group_priv.h"

const struct cli_mode gdoi_mode_group = {
	.prompt = "config-gdoi-group",
	.heading = "GDOI group configuration commands:",
	.exit_help = "Exit the group mode",
	.parent = &cli_mode_config,
};

const struct cli_mode gdoi_mode_gkm_group = {
	.prompt = "config-gkm-group",
	.heading = "GKM group configuration commands:",
	.exit_help = "Exit the group mode",
	.parent = &cli_mode_config,
};

/* --- questions ------------------------------------------------------------ */

/* Something that is done to a group, or to all, when the user says yes. */
struct intent {
	struct gdoi_groups *groups;
	char *name; /* of both families; NULL: all groups */
	char *key;  /* of one group alone; or NULL */
	void (*act)(struct gdoi_groups *groups, struct gdoi_group *group);
};

static void intent_free(void *arg)
{
	struct intent *intent = arg;

	free(intent->name);
	free(intent->key);
	free(intent);
}

static bool intended(const struct intent *intent,
		     const struct gdoi_group *group)
{
	if (intent->key)
		return strcmp(group->key, intent->key) == 0;
	return !intent->name || strcmp(group->name, intent->name) == 0;
}

static void intent_act(void *arg, struct cli_out *o)
{
	const struct intent *intent = arg;
	struct gdoi_group *group, *next;

	(void)o;
	for (group = intent->groups->first; group; group = next) {
		next = group->next;
		if (intended(intent, group))
			intent->act(intent->groups, group);
	}
}

static struct intent *intent_new(struct gdoi_groups *groups,
				 void (*act)(struct gdoi_groups *groups,
					     struct gdoi_group *group))
{
	struct intent *intent = xcalloc(1, sizeof(*intent));

	intent->groups = groups;
	intent->act = act;
	return intent;
}

static void ask_first(struct cli_out *o, const char *question,
		      struct intent *intent)
{
	gdoi_ask(o, question, intent_act, intent_free, intent);
}

/* --- service gdoi-output modern ----------------------------------------- */

static void set_output(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gdoi_groups *groups = obj;

	(void)o;
	groups->modern = !cli_is_no(a);
}

static void write_output(const void *obj, struct cli_out *o)
{
	const struct gdoi_groups *groups = obj;

	if (groups->modern)
		cli_say(o, "service gdoi-output modern\n");
}

/* --- crypto gdoi group [ipv6] NAME -------------------------------------- */

static void enter_group(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gdoi_groups *groups = obj;
	const char *name = cli_str(a, "name");
	bool gkm = cli_has(a, "gkm"), ipv6 = cli_has(a, "ipv6");
	bool known = gdoi_group_find_family(groups, name, ipv6);
	struct gdoi_group *group;

	/* IOS takes the word for the keyword, never for a name. */
	if (strcasecmp(name, "ipv6") == 0) {
		cli_error(o, "%% Incomplete command.\n\n");
		return;
	}
	group = gdoi_group_add(groups, name, ipv6);
	if (!known)
		group->gkm = gkm;
	cli_enter(o, gkm ? &gdoi_mode_gkm_group : &gdoi_mode_group, group);
}

static void remove_group(struct gdoi_groups *groups, struct gdoi_group *group)
{
	(void)groups;
	gdoi_group_remove(group);
}

/* Without its key server a group's members are lost: IOS asks. */
static void no_group(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gdoi_groups *groups = obj;
	bool ipv6 = cli_has(a, "ipv6");
	struct gdoi_group *group =
		gdoi_group_find_family(groups, cli_str(a, "name"), ipv6);
	struct intent *intent;

	if (!group)
		return;
	if (!group->part[GDOI_ROLE_KS] || cli_is_startup(o)) {
		gdoi_group_remove(group);
		return;
	}
	cli_say(o, "%% The keys and the members of group %s will be removed.\n",
		group->name);
	intent = intent_new(groups, remove_group);
	intent->key = xstrdup(group->key);
	ask_first(o, "Do you want to continue? [yes/no]: ", intent);
}

static void write_groups(const void *obj, struct cli_out *o)
{
	const struct gdoi_groups *groups = obj;
	const struct gdoi_group *group;

	for (group = groups->first; group; group = group->next) {
		cli_say(o, "crypto %s group %s%s\n",
			group->gkm ? "gkm" : "gdoi", group->ipv6 ? "ipv6 " : "",
			group->name);
		cli_write_mode(
			o, group->gkm ? &gdoi_mode_gkm_group : &gdoi_mode_group,
			group);
		cli_say(o, "!\n");
	}
}

/* --- identity number N, identity address ipv4 A -------------------------- */

static void identity_number(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	const struct gdoi_id id = { .is_set = true,
				    .number = cli_u32(a, "value") };

	(void)o;
	gdoi_group_set_id(obj, &id);
}

static void identity_address(void *obj, const struct cli_args *a,
			     struct cli_out *o)
{
	const struct gdoi_id id = { .is_set = true,
				    .is_address = true,
				    .addr = cli_addr(a, "value") };

	(void)o;
	gdoi_group_set_id(obj, &id);
}

static void no_identity(void *obj, const struct cli_args *a, struct cli_out *o)
{
	static const struct gdoi_id none;

	(void)a;
	(void)o;
	gdoi_group_set_id(obj, &none);
}

static void write_identity(const void *obj, struct cli_out *o)
{
	const struct gdoi_group *group = obj;
	char text[GDOI_ID_TEXT];

	if (!group->id.is_set)
		return;
	cli_say(o, " identity %s %s\n",
		group->id.is_address ? "address ipv4" : "number",
		gdoi_id_text(&group->id, text));
}

/* --- show crypto gdoi [group NAME] [detail] ------------------------------ */

bool gdoi_group_meant(const struct gdoi_group *group, const struct cli_args *a)
{
	return !cli_has(a, "group") ||
	       strcmp(group->name, cli_str(a, "group")) == 0;
}

bool gdoi_group_known(struct gdoi_groups *groups, const struct cli_args *a,
		      struct cli_out *o)
{
	if (!cli_has(a, "group") ||
	    gdoi_group_find(groups, cli_str(a, "group")))
		return true;
	cli_error(o, "%% Group %s does not exist\n", cli_str(a, "group"));
	return false;
}

/* A group that is neither a key server's nor a member's yet. */
static void show_bare(const struct gdoi_group *group, struct cli_out *o)
{
	char text[GDOI_ID_TEXT];

	cli_say(o, "    %-25s: %s\n", "Group Name", group->name);
	cli_say(o, "    %-25s: %s\n", "Group Identity",
		gdoi_id_text(&group->id, text));
	cli_say(o, "\n");
}

static void show_group(struct gdoi_groups *groups, struct gdoi_group *group,
		       struct cli_out *o)
{
	bool shown = false;
	int i;

	for (i = 0; i < GDOI_N_ROLES; i++) {
		const struct gdoi_role_entry *role = &groups->roles[i];

		if (!group->part[i] || !role->ops || !role->ops->show)
			continue;
		role->ops->show(role->ctx, group, o);
		shown = true;
	}
	if (!shown)
		show_bare(group, o);
}

/* IOS has the heading over all groups, and over a single one only where the
 * router is a member; IOS XE 17 never over a single one. */
static bool has_heading(struct gdoi_groups *groups, const struct cli_args *a)
{
	if (!cli_has(a, "group"))
		return true;
	return !groups->modern &&
	       gdoi_group_find(groups, cli_str(a, "group"))->part[GDOI_ROLE_GM];
}

static void show_gdoi(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gdoi_groups *groups = obj;
	struct gdoi_group *group;

	if (!gdoi_group_known(groups, a, o))
		return;
	if (has_heading(groups, a))
		cli_say(o, "GROUP INFORMATION\n\n");
	for (group = groups->first; group; group = group->next) {
		if (gdoi_group_meant(group, a))
			show_group(groups, group, o);
	}
}

/* --- clear crypto gdoi [group NAME] -------------------------------------- */

static void clear_group(struct gdoi_groups *groups, struct gdoi_group *group)
{
	int i;

	for (i = 0; i < GDOI_N_ROLES; i++) {
		const struct gdoi_role_entry *role = &groups->roles[i];

		if (group->part[i] && role->ops && role->ops->clear)
			role->ops->clear(role->ctx, group);
	}
}

static void clear_gdoi(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gdoi_groups *groups = obj;
	struct intent *intent;

	if (!gdoi_group_known(groups, a, o))
		return;
	cli_say(o, "%% The Key Server and Group Member will destroy created "
		   "and downloaded policies.\n"
		   "%% All Group Members are required to re-register.\n\n");
	intent = intent_new(groups, clear_group);
	if (cli_has(a, "group"))
		intent->name = xstrdup(cli_str(a, "group"));
	ask_first(o, GDOI_ASK_PROCEED, intent);
}

/* --- the tables ----------------------------------------------------------- */

#define IDENTITY_COMMANDS(the_mode, number_token)                          \
	{                                                                  \
		.mode = the_mode,                                          \
		.words = "identity  Set the identity of the group\n"       \
			 "number  Set the identity of the group as a "     \
			 "number\n"                                        \
			 ".\n" number_token                                \
			 "$value  Identity number of the group\n",         \
		.run = identity_number,                                    \
		.no = no_identity,                                         \
		.write = write_identity,                                   \
		.order = GDOI_O_IDENTITY,                                  \
	},                                                                 \
	{                                                                  \
		.mode = the_mode,                                          \
		.words = "identity  Set the identity of the group\n"       \
			 "address  Set the identity of the group as an "   \
			 "address\n"                                       \
			 ".\n"                                             \
			 "ipv4  Set the identity of the group as an IPv4 " \
			 "address\n"                                       \
			 "A.B.C.D$value  Identity address of the group\n", \
		.run = identity_address, .no = no_identity,                \
	}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "crypto  Encryption module\n" GDOI_OR_GKM(
			"Configure GDOI policy") "group  Configure a GDOI "
						 "group\n"
						 "[ ipv6  Configure an IPv6 "
						 "GDOI group\n"
						 "]\n"
						 "WORD$name  Group name\n",
		.run = enter_group,
		.no = no_group,
		.write = write_groups,
		.order = CLI_O_GDOI,
	},
	{
		.mode = &cli_mode_config,
		.words = "service  Modify use of network based services\n"
			 "gdoi-output  Output of show crypto gdoi\n"
			 "modern  As IOS XE 17 prints it\n",
		.run = set_output,
		.no = set_output,
		.write = write_output,
		.order = CLI_O_SERVICE + 25,
	},
	IDENTITY_COMMANDS(&gdoi_mode_group, "<0-2147483647>"),
	IDENTITY_COMMANDS(&gdoi_mode_gkm_group, "<0-4294967295>"),
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW "[ detail  Show all details\n"
				   "]\n",
		.run = show_gdoi,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_CLEAR,
		.run = clear_gdoi,
	},
};

void gdoi_group_cli_init(struct gdoi_groups *groups)
{
	CLI_ADD(groups->cli, commands, groups);
	gdoi_debug_cli_init(groups);
	gdoi_show_cli_init(groups);
}
