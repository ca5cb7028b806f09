/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi ks identifier [detail] */
#include "gdoi/gdoi_lines.h"
#include "ks/ks_cli.h"
#include "ks/ks_schedule.h"
#include "ks/ks_show.h"
#include "ks/ks_sid.h"

static bool counter_mode(const struct ks_group *g)
{
	struct ipsec_profile_view view;
	const struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		if (sa->profile &&
		    ipsec_profile_find(g->ks->config.ipsec, sa->profile,
				       &view) &&
		    ks_transform_counter(&view.transform))
			return true;
	}
	return false;
}

static bool transform_mode(const void *obj, char *out)
{
	return gdoi_value(out, counter_mode(obj) ? "Counter (Suite-B)"
						 : "Non-Counter (Non-Suite-B)");
}

bool ks_show_reinit(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	return gdoi_value(out,
			  g->reinit_until > env_now(g->ks->env) ? "Yes" : "No");
}

bool ks_show_sid_length(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	return gdoi_sid_length_text(g->sid_bits, out, GDOI_VALUE);
}

bool ks_show_kssid(const void *obj, char *out)
{
	unsigned int kssid;
	uint32_t gmsid;

	if (!ks_sid_used(obj, &kssid, &gmsid))
		return gdoi_value(out, "none");
	return gdoi_value(out, "%u", kssid);
}

static bool last_gmsid(const void *obj, char *out)
{
	unsigned int kssid;
	uint32_t gmsid;

	if (!ks_sid_used(obj, &kssid, &gmsid))
		return gdoi_value(out, "none");
	return gdoi_value(out, "%u", gmsid);
}

static const struct gdoi_line lines[] = {
	GDOI_LINE(ALL, 4, "Transform Mode", transform_mode),
	GDOI_LINE(ALL, 4, "Re-initializing", ks_show_reinit),
	GDOI_LINE(ALL, 4, "SID Length (Group Size)", ks_show_sid_length),
	GDOI_LINE(ALL, 4, "Current KSSID In-Use", ks_show_kssid),
	GDOI_LINE(ALL, 4, "Last GMSID Used", last_gmsid),
	GDOI_EMPTY_LINE,
};

/* --- detail ------------------------------------------------------------------ */

unsigned int ks_show_assigned(const struct ks_group *g)
{
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < g->identifier.n; i++)
		count += g->identifier.ranges[i].last -
			 g->identifier.ranges[i].first + 1;
	return count;
}

unsigned int ks_show_used(const struct ks_group *g)
{
	unsigned int assigned = ks_show_assigned(g);
	uint64_t each;

	if (!assigned || !ks_sid_needed(g))
		return 0;
	each = ks_sid_capacity(g) / assigned;
	return (unsigned int)((g->next_sid + each - 1) / each);
}

void ks_show_kssids(const struct ks_group *g, unsigned int first,
		    unsigned int n, struct cli_out *o)
{
	const char *comma = "";
	size_t i;

	if (!n)
		cli_say(o, "none");
	for (i = 0; i < g->identifier.n && n; i++) {
		const struct ks_range *r = &g->identifier.ranges[i];
		unsigned int size = r->last - r->first + 1, take;

		if (first >= size) {
			first -= size;
			continue;
		}
		take = n < size - first ? n : size - first;
		cli_say(o, "%s%u", comma, r->first + first);
		if (take > 1)
			cli_say(o, "-%u", r->first + first + take - 1);
		comma = ", ";
		n -= take;
		first = 0;
	}
	cli_say(o, "\n");
}

static void say_kssids(const char *label, const struct ks_group *g,
		       unsigned int first, unsigned int n, struct cli_out *o)
{
	cli_say(o, "    %-25s: ", label);
	ks_show_kssids(g, first, n, o);
}

static void show_identifier(const struct ks_group *g, unsigned int before,
			    struct cli_out *o)
{
	(void)before;
	cli_say(o, "KS Sender ID (KSSID) Information for Group %s:\n\n",
		g->group->name);
	GDOI_SAY_LINES(o, lines, ks_show_modern(g), g);
}

static void show_identifier_detail(const struct ks_group *g,
				   unsigned int before, struct cli_out *o)
{
	unsigned int assigned = ks_show_assigned(g), used = ks_show_used(g);

	show_identifier(g, before, o);
	say_kssids("KSSID(s) Assigned", g, 0, assigned, o);
	say_kssids("KSSID(s) Used", g, 0, used, o);
	/* The numbers begin anew with new keys; nothing old is kept. */
	say_kssids("KSSID(s) Used (Old)", g, 0, 0, o);
	say_kssids("Available KSSID(s)", g, used, assigned - used, o);
	if (ks_sid_needed(g))
		cli_say(o, "\n    REMAINING SIDs: %llu\n\n",
			(unsigned long long)(ks_sid_capacity(g) - g->next_sid));
	else
		cli_say(o, "\n    REMAINING SIDs: none\n\n");
}

static void run_identifier(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	ks_show_each_detail(obj, a, o, show_identifier, show_identifier_detail);
}

/* clang-format off */
static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW
			 "ks          Key server information\n"
			 "identifier  Sender IDs\n"
			 "[ detail    Details\n"
			 "]\n",
		.run = run_identifier,
	},
};
/* clang-format on */

void ks_show_identifier_init(struct ks *ks)
{
	CLI_ADD(ks->config.cli, commands, ks);
}
