/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi ks coop identifier [detail]: the sender IDs that each key
 * server of the group gives out. */
#include "gdoi/gdoi_lines.h"
#include "ks/ks_cli.h"
#include "ks/ks_show.h"

enum { SID_COLUMN = 37 };

/* Whose they are: info's group, or one of its peers. */
struct sid_row {
	const struct ks_group *g;
	const struct coop_info *info;
	const struct coop_peer_info *peer; /* NULL: our own */
};

/* They are told with each announcement, and nothing else is to be done. */
static bool next_operation(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, "NOTIFY");
}

static bool local_address(const void *obj, char *out)
{
	const struct sid_row *row = obj;

	return !row->peer && ks_show_coop_address(row->g, out);
}

static bool peer_address(const void *obj, char *out)
{
	const struct sid_row *row = obj;

	return row->peer && ip_text(&row->peer->addr, out);
}

static bool reinit(const void *obj, char *out)
{
	const struct sid_row *row = obj;

	if (!row->peer)
		return ks_show_reinit(row->g, out);
	return gdoi_value(out, row->peer->reinit ? "Yes" : "No");
}

static bool overlap(const void *obj, char *out)
{
	const struct sid_row *row = obj;
	bool yes = row->peer ? row->peer->overlap : row->info->overlap;

	return gdoi_value(out, yes ? "Yes" : "No");
}

static bool sid_length(const void *obj, char *out)
{
	const struct sid_row *row = obj;

	if (!row->peer)
		return ks_show_sid_length(row->g, out);
	if (!row->peer->heard)
		return gdoi_value(out, "unknown");
	return gdoi_sid_length_text(row->peer->sid_bits, out, GDOI_VALUE);
}

static bool in_use(const void *obj, char *out)
{
	const struct sid_row *row = obj;

	if (!row->peer)
		return ks_show_kssid(row->g, out);
	if (!row->peer->kssid_used)
		return gdoi_value(out, "none");
	return gdoi_value(out, "%u", row->peer->kssid);
}

#define SID_LINE(label, value) GDOI_LINE_AT(ALL, 8, label, value, SID_COLUMN)

static const struct gdoi_line sid_lines[] = {
	SID_LINE("Local Address", local_address),
	SID_LINE("Peer Address", peer_address),
	SID_LINE("Next SID Client Operation", next_operation),
	SID_LINE("Re-initializing", reinit),
	SID_LINE("KSSID Overlap", overlap),
	SID_LINE("SID Length (Group Size) Cfg", sid_length),
	SID_LINE("SID Length (Group Size) Used", sid_length),
	SID_LINE("Current KSSID In-Use", in_use),
};

/* --- KSSIDs --------------------------------------------------------------------- */

#define LABEL "        %-29s: "

static void say_own(const struct ks_group *g, struct cli_out *o)
{
	cli_say(o, LABEL, "KSSID(s) Assigned");
	ks_show_kssids(g, 0, ks_show_assigned(g), o);
	cli_say(o, LABEL, "KSSID(s) Used");
	ks_show_kssids(g, 0, ks_show_used(g), o);
	cli_say(o, LABEL, "Old KSSID(s) Used");
	ks_show_kssids(g, 0, 0, o);
	cli_say(o, "\n");
}

/* They are used in their order: up to the one in use. */
static void say_ranges(const char *label, const struct coop_peer_info *peer,
		       bool used, struct cli_out *o)
{
	bool done = used && !peer->kssid_used;
	const char *comma = "";
	size_t i;

	cli_say(o, LABEL, label);
	if (done || !peer->n_sids)
		cli_say(o, "none");
	for (i = 0; i < peer->n_sids && !done; i++) {
		struct coop_sid_range r = peer->sids[i];

		if (used && r.first <= peer->kssid && peer->kssid <= r.last) {
			r.last = peer->kssid;
			done = true;
		}
		cli_say(o, "%s%u", comma, r.first);
		if (r.last > r.first)
			cli_say(o, "-%u", r.last);
		comma = ", ";
	}
	cli_say(o, "\n");
}

static void say_peer(const struct ks_group *g, const struct coop_info *info,
		     const struct coop_peer_info *peer, struct cli_out *o)
{
	const struct sid_row row = { g, info, peer };

	cli_say(o, "    Peer KS Role:  %-10s, Peer KS Status:  %s\n",
		ks_show_peer_role(peer), coop_status_name(peer->view.status));
	GDOI_SAY_LINES(o, sid_lines, ks_show_modern(g), &row);
	say_ranges("KSSID(s) Assigned", peer, false, o);
	say_ranges("KSSID(s) Used", peer, true, o);
	/* It tells those of the keys of now. */
	cli_say(o, LABEL "none\n\n", "Old KSSID(s) Used");
}

void ks_show_coop_print_sids(const struct ks_group *g,
			     const struct coop_info *info, bool detail,
			     struct cli_out *o)
{
	const struct sid_row row = { g, info, NULL };
	size_t i;

	cli_say(o, "COOP-KS Sender ID (SID) Information for Group %s:\n\n",
		g->group->name);
	if (!info) {
		cli_say(o, "        " KS_NO_REDUNDANCY);
		return;
	}
	cli_say(o, "    Local KS Role: %-10s, Local KS Status: Alive\n",
		coop_role_name(info->role));
	GDOI_SAY_LINES(o, sid_lines, ks_show_modern(g), &row);
	say_own(g, o);
	for (i = 0; detail && i < info->n_peers; i++)
		say_peer(g, info, &info->peers[i], o);
}

static void show(const struct ks_group *g, bool detail, struct cli_out *o)
{
	struct coop_info info;
	bool on = ks_show_coop_info(g, &info);

	ks_show_coop_print_sids(g, on ? &info : NULL, detail, o);
}

static void show_short(const struct ks_group *g, unsigned int before,
		       struct cli_out *o)
{
	(void)before;
	show(g, false, o);
}

static void show_detail(const struct ks_group *g, unsigned int before,
			struct cli_out *o)
{
	(void)before;
	show(g, true, o);
}

static void run_identifier(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	ks_show_each_detail(obj, a, o, show_short, show_detail);
}

/* clang-format off */
static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW
			 "ks          Key server information\n"
			 "coop        Cooperative key servers\n"
			 "identifier  Sender IDs\n"
			 "[ detail    Details\n"
			 "]\n",
		.run = run_identifier,
	},
};
/* clang-format on */

void ks_show_coop_sid_init(struct ks *ks)
{
	CLI_ADD(ks->config.cli, commands, ks);
}
