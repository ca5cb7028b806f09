/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi gm identifier [detail] */
#include "gm/gm_show.h"

enum {
	SID_COLUMN = 36,
	/* group size of IOS when nothing is configured: medium. */
	SID_BITS = 24,
};

static bool counter_mode(const struct gm_member *m)
{
	return m->keys.policy && gdoi_policy_has_counter_mode(m->keys.policy);
}

static bool transform_mode(const void *obj, char *out)
{
	return gdoi_value(out, counter_mode(obj) ? "Counter (Suite-B)"
						 : "Non-Counter (Non-Suite-B)");
}

/* It asks for no number and leaves that to the key server. */
static bool requested(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, "0");
}

static bool sid_length(const void *obj, char *out)
{
	const struct gm_member *m = obj;
	unsigned int bits = counter_mode(m) ? m->keys.policy->sid_bits : 0;

	return gdoi_sid_length_text(bits ? bits : SID_BITS, out, GDOI_VALUE);
}

static bool sid_count(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gdoi_value(out, "%zu", m->keys.policy->n_sids);
}

/* The first serves until the next registration brings others. */
static bool sid_in_use(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gdoi_value(out, "0x%X", m->keys.policy->sids[0]);
}

/* What the newest TEK has left: so long the next ones are for. */
static bool tek_lifetime(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gdoi_value(
		out, "%u sec",
		m->keys.n_teks ? gm_show_left(m, m->keys.teks[0].expires) : 0);
}

static const struct gdoi_line mode_lines[] = {
	GDOI_LINE_AT(ALL, 4, "Transform Mode", transform_mode, SID_COLUMN),
	GDOI_LINE_AT(ALL, 4, "# of SIDs Last Requested", requested, SID_COLUMN),
	GDOI_EMPTY_LINE,
};

static const struct gdoi_line none_lines[] = {
	GDOI_LINE(ALL, 4, "CURRENT SIDs: None", NULL),
	GDOI_EMPTY_LINE,
};

static const struct gdoi_line current_lines[] = {
	GDOI_LINE(ALL, 4, "CURRENT SIDs:", NULL),
	GDOI_LINE_AT(ALL, 6, "SID Length (Group Size)", sid_length, SID_COLUMN),
	GDOI_LINE_AT(ALL, 6, "# of SIDs", sid_count, SID_COLUMN),
	GDOI_LINE_AT(ALL, 6, "SID In-Use", sid_in_use, SID_COLUMN),
	GDOI_EMPTY_LINE,
};

static const struct gdoi_line next_lines[] = {
	GDOI_LINE(ALL, 4, "NEXT SID REQUEST:", NULL),
	GDOI_LINE_AT(ALL, 6, "TEK Lifetime", tek_lifetime, SID_COLUMN),
	GDOI_LINE_AT(ALL, 6, "SID Length (Group Size)", sid_length, SID_COLUMN),
	GDOI_EMPTY_LINE,
};

static void show_one(const struct gm_member *m, const struct cli_args *a,
		     struct cli_out *o)
{
	bool modern = gm_show_modern(m->gm);
	char text[IP_ADDR_TEXT];

	cli_say(o, "GM Sender ID (SID) Information for Group %s:\n\n",
		m->group->name);
	cli_say(o, "  Group Member: %-15s  vrf: %s\n", ip_text(&m->local, text),
		gm_vrf_text(m->gm, m->ivrf, "None"));
	GDOI_SAY_LINES(o, mode_lines, modern, m);
	if (m->keys.policy && m->keys.policy->n_sids)
		GDOI_SAY_LINES(o, current_lines, modern, m);
	else
		GDOI_SAY_LINES(o, none_lines, modern, m);
	if (cli_has(a, "detail"))
		GDOI_SAY_LINES(o, next_lines, modern, m);
	cli_say(o, "\n");
}

static void show_identifier(void *ctx, const struct cli_args *a,
			    struct cli_out *o)
{
	gm_show_each(ctx, a, o, show_one);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW "gm  Group member information\n"
				   "identifier  Sender IDs\n"
				   "[ detail  Details\n"
				   "]\n",
		.run = show_identifier,
		.flags = CLI_USER,
	},
};

void gm_show_identifier_init(struct gm *gm)
{
	CLI_ADD(gm->config.cli, commands, gm);
}
