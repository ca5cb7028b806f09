/* SPDX-License-Identifier: GPL-3.0-or-later */
/* debug crypto gdoi [gm | ks [AREA]] [LEVEL], its undebug and no forms, and
 * debug crypto gdoi condition. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/group_priv.h"

/* --- areas and levels ----------------------------------------------------- */

/* NULL: the command names none. */
static const char *role_of(const struct cli_args *a)
{
	return cli_has(a, "gm") ? "gm" : cli_has(a, "ks") ? "ks" : NULL;
}

static bool meant(enum gdoi_debug_area area, const char *role, const char *word)
{
	return (!role || !strcmp(gdoi_debug_role(area), role)) &&
	       (!word || !strcmp(gdoi_debug_word(area), word));
}

/* What "debugging is on" is said about. */
static const char *title_of(const char *role, const char *word)
{
	int i;

	if (!role)
		return "GDOI";
	for (i = 0; word && i < GDOI_DEBUG_N_AREAS; i++)
		if (meant(i, role, word))
			return gdoi_debug_title(i);
	return strcmp(role, "gm") == 0 ? "GDOI GM" : "GDOI KS";
}

static void switch_areas(struct gdoi_groups *groups, const struct cli_args *a,
			 bool on, struct cli_out *o)
{
	const char *role = role_of(a);
	const char *word = cli_str(a, "area");
	unsigned int levels = debug_levels_named(a);
	char text[DEBUG_LEVELS_TEXT] = "";
	int i;

	for (i = 0; i < GDOI_DEBUG_N_AREAS; i++) {
		const struct gdoi_debug_switch *d = &groups->debug[i];
		unsigned int now = d->flag.on ? d->levels : 0;

		if (meant(i, role, word))
			gdoi_debug_set(groups, i,
				       debug_levels_after(now, levels, on));
	}
	if (levels)
		debug_levels_text(levels, text);
	cli_say(o, "%s%s debugging is %s\n", title_of(role, word), text,
		on ? "on" : "off");
}

static void debug(void *obj, const struct cli_args *a, struct cli_out *o)
{
	switch_areas(obj, a, !cli_is_no(a), o);
}

static void undebug(void *obj, const struct cli_args *a, struct cli_out *o)
{
	switch_areas(obj, a, false, o);
}

/* --- conditions ----------------------------------------------------------- */

static size_t condition_find(const struct gdoi_debug_conditions *c,
			     const char *group, const struct ip_addr *peer)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (group ? c->v[i].group && !strcmp(c->v[i].group, group)
			  : !c->v[i].group && ip_equal(&c->v[i].peer, peer))
			break;
	return i;
}

static void condition_add(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct gdoi_debug_conditions *c =
		&((struct gdoi_groups *)obj)->conditions;
	const char *group = cli_str(a, "name");
	struct ip_addr peer = cli_addr(a, "address");

	if (condition_find(c, group, &peer) < c->n) {
		cli_say(o, "%% The condition is set already\n");
		return;
	}
	if (c->n == DEBUG_CONDITIONS_MAX) {
		cli_error(o, "%% Too many conditions\n");
		return;
	}
	c->v[c->n].group = group ? xstrdup(group) : NULL;
	c->v[c->n++].peer = peer;
}

static void condition_remove(struct gdoi_debug_conditions *c, size_t i)
{
	free(c->v[i].group);
	c->n--;
	memmove(&c->v[i], &c->v[i + 1], (c->n - i) * sizeof(c->v[0]));
}

static void condition_del(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct gdoi_debug_conditions *c =
		&((struct gdoi_groups *)obj)->conditions;
	struct ip_addr peer = cli_addr(a, "address");
	size_t i = condition_find(c, cli_str(a, "name"), &peer);

	if (cli_has(a, "all")) {
		while (c->n)
			condition_remove(c, c->n - 1);
		c->unmatched = false;
	} else if (i == c->n) {
		cli_error(o, "%% There is no such condition\n");
	} else {
		condition_remove(c, i);
	}
}

static void condition_unmatched(void *obj, const struct cli_args *a,
				struct cli_out *o)
{
	struct gdoi_groups *groups = obj;

	(void)o;
	groups->conditions.unmatched = !cli_is_no(a);
}

void gdoi_debug_conditions_show(const struct gdoi_groups *groups,
				struct cli_out *o)
{
	const struct gdoi_debug_conditions *c = &groups->conditions;
	char text[IP_ADDR_TEXT];
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->v[i].group)
			cli_say(o, "GDOI debug condition: group %s\n",
				c->v[i].group);
		else
			cli_say(o, "GDOI debug condition: peer %s\n",
				ip_text(&c->v[i].peer, text));
	if (c->n || c->unmatched)
		cli_say(o, "GDOI debug context unmatched flag: %s\n",
			c->unmatched ? "ON" : "OFF");
}

static void condition_show(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	const struct gdoi_groups *groups = obj;

	(void)a;
	gdoi_debug_conditions_show(groups, o);
	if (!groups->conditions.n && !groups->conditions.unmatched)
		cli_say(o, "No GDOI debug conditions are set\n");
}

/* --- the tables ----------------------------------------------------------- */

/* clang-format off */
#define DEBUG                                                  \
	"debug   Debugging functions (see also 'undebug')\n"   \
	"crypto  Cryptographic subsystem\n"                    \
	GDOI_OR_GKM("GDOI")
#define UNDEBUG                                                \
	"undebug  Disable debugging functions (see also "      \
	"'debug')\n"                                           \
	"crypto   Cryptographic subsystem\n"                   \
	GDOI_OR_GKM("GDOI")
#define AREA                                                   \
	"[ ( gm   Group Member\n"                              \
	"[ ( acls$area  ACLs of the key servers and our own\n" \
	"| cleanup$area  Cleanup of keys and policies\n"       \
	"| infrastructure$area  Infrastructure\n"              \
	"| registration$area  Registration with a key server\n" \
	"| rekey$area   Rekeys\n"                              \
	"| replay$area  Anti-replay\n"                         \
	") ]\n"                                                \
	"| ks   Key Server\n"                                  \
	"[ ( coop$area  Cooperative key servers\n"             \
	"| infrastructure$area  Infrastructure\n"              \
	"| registration$area  Registration of members\n"       \
	"| rekey$area   Rekeys\n"                              \
	"| replay$area  Anti-replay\n"                         \
	"| usage$area   Use of keys and policies\n"            \
	") ]\n"                                                \
	") ]\n"
#define CONDITION                                              \
	"condition  Lines of some groups or peers only\n"
#define WHICH                                                  \
	"( group  A group\n"                                   \
	"WORD$name  Name of the group\n"                       \
	"| peer  A peer\n"                                     \
	"[ ipv4  By its IPv4 address\n"                        \
	"]\n"                                                  \
	"A.B.C.D$address  IPv4 address of the peer\n"
/* clang-format on */

#define EXEC(text, on, off)                                                 \
	{                                                                   \
		.mode = &cli_mode_exec, .words = text, .run = on, .no = off \
	}

static const struct cli_cmd commands[] = {
	EXEC(DEBUG AREA DEBUG_LEVEL_WORDS, debug, debug),
	EXEC(UNDEBUG AREA DEBUG_LEVEL_WORDS, undebug, NULL),
	EXEC(DEBUG CONDITION "add  Add a condition\n" WHICH ")\n",
	     condition_add, NULL),
	EXEC(DEBUG CONDITION "del  Delete a condition\n" WHICH
			     "| all  All conditions\n"
			     ")\n",
	     condition_del, NULL),
	EXEC(DEBUG CONDITION "show  Show the conditions\n", condition_show,
	     NULL),
	EXEC(DEBUG CONDITION "unmatched  Also lines of no known group or "
			     "peer\n",
	     condition_unmatched, condition_unmatched),
};

void gdoi_debug_cli_init(struct gdoi_groups *groups)
{
	CLI_ADD(groups->cli, commands, groups);
}
