/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key server's block of show crypto gdoi. */
#include "gdoi/gdoi_lines.h"
#include "ks/ks_cli.h"
#include "ks/ks_delivery.h"
#include "ks/ks_schedule.h"
#include "ks/ks_show.h"

void ks_show_each(struct ks *ks, const struct cli_args *a, struct cli_out *o,
		  ks_show_fn *show)
{
	const struct ks_group *g = NULL;
	unsigned int before = 0;

	if (!gdoi_group_known(ks->config.groups, a, o))
		return;
	while ((g = ks_group_next(ks, g))) {
		if (gdoi_group_meant(g->group, a))
			show(g, before++, o);
	}
}

void ks_show_each_detail(struct ks *ks, const struct cli_args *a,
			 struct cli_out *o, ks_show_fn *brief,
			 ks_show_fn *detail)
{
	ks_show_each(ks, a, o, cli_has(a, "detail") ? detail : brief);
}

bool ks_show_modern(const struct ks_group *g)
{
	return gdoi_groups_modern(g->ks->config.groups);
}

/* --- values of a group --------------------------------------------------------- */

static bool name_and_transport(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	return gdoi_value(out, "%s (%s)", g->group->name,
			  gdoi_transport_text(g->rekey.unicast));
}

bool ks_show_identity(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	return gdoi_id_text(&g->group->id, out);
}

/* Registration over ISAKMP is the only kind there is. */
bool ks_show_type(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, "GDOI (ISAKMP)");
}

static bool crypto_path(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	return gdoi_value(out, g->group->ipv6 ? "ipv6" : "ipv4");
}

static bool key_path(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	return gdoi_value(out, ks_group_address(g).family == IP_V6 ? "ipv6"
								   : "ipv4");
}

bool ks_show_count(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	return gdoi_value(out, "%u", g->members.count);
}

bool ks_show_direction(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	return gdoi_value(out, g->receive_only ? "Inbound Only" : "Both");
}

static const struct gdoi_line group_lines[] = {
	GDOI_LINE(ALL, 4, "Group Name", name_and_transport),
	GDOI_LINE(ALL, 4, "Group Identity", ks_show_identity),
	GDOI_LINE(XE_17, 4, "Group Type", ks_show_type),
	GDOI_LINE(ALL, 4, "Crypto Path", crypto_path),
	GDOI_LINE(ALL, 4, "Key Management Path", key_path),
	GDOI_LINE(ALL, 4, "Group Members", ks_show_count),
	GDOI_LINE(ALL, 4, "IPSec SA Direction", ks_show_direction),
};

/* --- redundancy ------------------------------------------------------------------ */

static bool configured(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, "Configured");
}

bool ks_show_coop_address(const void *obj, char *out)
{
	struct ip_addr address = ks_group_address(obj);

	return ip_text(&address, out);
}

static bool local_priority(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	return gdoi_value(out, "%u", g->coop.priority);
}

static bool local_status(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, "Alive");
}

static bool local_role(const void *obj, char *out)
{
	struct coop_info info;

	return ks_show_coop_info(obj, &info) &&
	       gdoi_value(out, "%s", coop_role_name(info.role));
}

static bool local_version(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, GDOI_VERSION);
}

static bool local_coop_version(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, KS_COOP_VERSION);
}

static const struct gdoi_line coop_lines[] = {
	GDOI_LINE(ALL, 4, "Redundancy", configured),
	GDOI_LINE(ALL, 8, "Local Address", ks_show_coop_address),
	GDOI_LINE(ALL, 8, "Local Priority", local_priority),
	GDOI_LINE(ALL, 8, "Local KS Status", local_status),
	GDOI_LINE(ALL, 8, "Local KS Role", local_role),
	GDOI_LINE(ALL, 8, "Local KS Version", local_version),
	GDOI_LINE(XE_17, 8, "Local COOP Version", local_coop_version),
};

void ks_show_redundancy(const struct ks_group *g, struct cli_out *o)
{
	if (g->coop.on)
		GDOI_SAY_LINES(o, coop_lines, ks_show_modern(g), g);
}

/* --- its rekeys ------------------------------------------------------------------ */

static bool rekey_lifetime(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	return gdoi_value(out, "%u secs", g->rekey.lifetime);
}

static bool kek_remaining(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	return gdoi_value(out, "%u secs",
			  ks_life_remaining(&g->kek->life,
					    env_now(g->ks->env)));
}

/* Rekeys are the primary's. */
static bool kek_due(const void *obj, char *out)
{
	return coop_is_primary(obj) &&
	       gdoi_value(out, "%u secs", ks_kek_due(obj));
}

static bool retransmit_period(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	return gdoi_value(out, "%u secs", g->rekey.interval);
}

static bool retransmit_attempts(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	if (g->rekey.periodic)
		return gdoi_value(out, "periodic");
	return gdoi_value(out, "%u", g->rekey.number);
}

static bool retransmit_remaining(const void *obj, char *out)
{
	return gdoi_value(out, "%u secs", ks_delivery_left(obj));
}

static const struct gdoi_line lifetime_lines[] = {
	GDOI_LINE(ALL, 4, "Group Rekey Lifetime", rekey_lifetime),
};

static const struct gdoi_line kek_lines[] = {
	GDOI_LINE(ALL, 4, "Group Rekey", NULL),
	GDOI_LINE(ALL, 8, "Remaining Lifetime", kek_remaining),
	GDOI_LINE(ALL, 8, "Time to Rekey", kek_due),
};

static const struct gdoi_line retransmit_lines[] = {
	GDOI_LINE(ALL, 4, "Rekey Retransmit Period", retransmit_period),
	GDOI_LINE(ALL, 4, "Rekey Retransmit Attempts", retransmit_attempts),
	GDOI_LINE(ALL, 4, "Group Retransmit", NULL),
	GDOI_LINE(ALL, 8, "Remaining Lifetime", retransmit_remaining),
};

/* --- its SAs --------------------------------------------------------------------- */

static bool sa_number(const void *obj, char *out)
{
	const struct ks_sa *sa = obj;

	return gdoi_value(out, "%u", sa->number);
}

static bool sa_lifetime(const void *obj, char *out)
{
	const struct ks_sa *sa = obj;
	struct ipsec_profile_view view = { 0 };

	if (sa->profile)
		ipsec_profile_find(sa->ks_group->ks->config.ipsec, sa->profile,
				   &view);
	return gdoi_value(out, "%u secs", view.lifetime_seconds);
}

static bool sa_profile(const void *obj, char *out)
{
	const struct ks_sa *sa = obj;

	return gdoi_value(out, "%s", sa->profile ? sa->profile : "");
}

static bool replay_method(const void *obj, char *out)
{
	static const char *const methods[] = {
		[KS_REPLAY_COUNTER] = "Count Based",
		[KS_REPLAY_TIME] = "Time Based",
		[KS_REPLAY_NONE] = "Disabled",
	};
	const struct ks_sa *sa = obj;

	return gdoi_value(out, "%s", methods[sa->replay]);
}

static bool replay_window(const void *obj, char *out)
{
	const struct ks_sa *sa = obj;

	return sa->replay != KS_REPLAY_NONE &&
	       gdoi_value(out, "%u", sa->window);
}

static bool tagging_method(const void *obj, char *out)
{
	const struct ks_sa *sa = obj;

	return gdoi_value(out, sa->tag_sgt ? "CTS SGT" : "Disabled");
}

static bool tek_remaining(const void *obj, char *out)
{
	const struct ks_sa *sa = obj;
	int64_t now = env_now(sa->ks_group->ks->env);

	return gdoi_value(out, "%u secs",
			  ks_life_remaining(&TAILQ_FIRST(&sa->sets)->life,
					    now));
}

static bool tek_due(const void *obj, char *out)
{
	const struct ks_sa *sa = obj;

	return coop_is_primary(sa->ks_group) &&
	       gdoi_value(out, "%u secs",
			  ks_tek_due(sa, TAILQ_FIRST(&sa->sets)));
}

static bool sa_acl(const void *obj, char *out)
{
	const struct ks_sa *sa = obj;

	return sa->acl && gdoi_value(out, "access-list %s", sa->acl);
}

static const struct gdoi_line sa_lines[] = {
	GDOI_EMPTY_LINE,
	GDOI_LINE(ALL, 6, "IPSec SA Number", sa_number),
	GDOI_LINE(ALL, 6, "IPSec SA Rekey Lifetime", sa_lifetime),
	GDOI_LINE(ALL, 6, "Profile Name", sa_profile),
	GDOI_LINE(ALL, 6, "Replay method", replay_method),
	GDOI_LINE(ALL, 6, "Replay Window Size", replay_window),
	GDOI_LINE(XE_17, 6, "Tagging method", tagging_method),
};

static const struct gdoi_line tek_lines[] = {
	GDOI_LINE(ALL, 6, "SA Rekey", NULL),
	GDOI_LINE(ALL, 9, "Remaining Lifetime", tek_remaining),
	GDOI_LINE(ALL, 9, "Time to Rekey", tek_due),
};

static const struct gdoi_line acl_lines[] = {
	GDOI_LINE(ALL, 6, "ACL Configured", sa_acl),
};

static void show_sa(const struct ks_sa *sa, bool modern, struct cli_out *o)
{
	GDOI_SAY_LINES(o, sa_lines, modern, sa);
	if (!TAILQ_EMPTY(&sa->sets))
		GDOI_SAY_LINES(o, tek_lines, modern, sa);
	GDOI_SAY_LINES(o, acl_lines, modern, sa);
}

void ks_show_group(const struct ks_group *g, struct cli_out *o)
{
	bool modern = ks_show_modern(g);
	const struct ks_sa *sa;

	GDOI_SAY_LINES(o, group_lines, modern, g);
	ks_show_redundancy(g, o);
	GDOI_SAY_LINES(o, lifetime_lines, modern, g);
	if (g->kek)
		GDOI_SAY_LINES(o, kek_lines, modern, g);
	GDOI_SAY_LINES(o, retransmit_lines, modern, g);
	TAILQ_FOREACH (sa, &g->sas, entry)
		show_sa(sa, modern, o);
	cli_say(o, "\n     %-24s: Local\n\n", "Group Server list");
}

void ks_show_init(struct ks *ks)
{
	ks_show_summary_init(ks);
	ks_show_acl_init(ks);
	ks_show_sa_init(ks);
	ks_show_identifier_init(ks);
	ks_show_replay_init(ks);
}
