/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi ks coop [detail | version | identifier [detail]] */
#include "gdoi/gdoi_lines.h"
#include "ks/ks_cli.h"
#include "ks/ks_show.h"

static void show_local(const struct ks_group *g, struct cli_out *o)
{
	struct ip_addr address = ks_group_address(g);
	char text[IP_ADDR_TEXT];

	cli_say(o, "\n        Local Address: %s\n", ip_text(&address, text));
	cli_say(o, "        Local Priority: %u\n", g->coop.priority);
	cli_say(o, "        Local KS Role: %-10s, Local KS Status: Alive\n",
		"Primary");
	cli_say(o, "        Local KS version: %s\n", GDOI_VERSION);
	if (ks_show_modern(g))
		cli_say(o, "        Local COOP version: %s\n", KS_COOP_VERSION);
}

/* Nothing is sent to the peers, so nothing is known of them. */
static void show_peers(const struct ks_group *g, struct cli_out *o)
{
	char text[IP_ADDR_TEXT];
	size_t i;

	cli_say(o, "\n        Peer Sessions:\n");
	for (i = 0; i < g->coop.n_peers; i++) {
		cli_say(o, "        Session %zu:\n", i + 1);
		cli_say(o, "                Peer Address: %s\n",
			ip_text(&g->coop.peers[i], text));
		cli_say(o,
			"                Peer KS Role: %-10s, Peer KS Status: "
			"Unknown\n\n",
			"Unknown");
		cli_say(o, "                IKE status: No session\n");
	}
}

static void show_coop(const struct ks_group *g, unsigned int before,
		      struct cli_out *o)
{
	(void)before;
	cli_say(o, "Crypto Gdoi Group Name :%s\n", g->group->name);
	cli_say(o, "        Group handle: %u, Local Key Server handle: %u\n",
		g->group->handle, g->handle);
	if (g->coop.on) {
		show_local(g, o);
		show_peers(g, o);
	} else {
		cli_say(o,
			"        *NO* redundancy configured for this group\n");
	}
	cli_say(o, "\n");
}

static void run_coop(void *obj, const struct cli_args *a, struct cli_out *o)
{
	ks_show_each(obj, a, o, show_coop);
}

/* --- version ---------------------------------------------------------------- */

/* The protocol's parts, as IOS XE 17 numbers those that it exchanges. */
static void run_version(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	(void)a;
	cli_say(o, "Cooperative key server infra Version : 2.0.0 \n"
		   "Client : KS_POLICY_CLIENT Version : 2.0.0 \n"
		   "Client : GROUP_MEMBER_CLIENT Version : 2.0.1 \n"
		   "Client : SID_CLIENT Version : 1.0.1\n\n");
}

/* --- identifier ------------------------------------------------------------- */

enum { SID_COLUMN = 37 };

/* Its own are all told when they change, and nothing else is to be done. */
static bool next_operation(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, "NOTIFY");
}

/* No peer has told of any. */
static bool overlap(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, "No");
}

static const struct gdoi_line sid_lines[] = {
	GDOI_LINE_AT(ALL, 8, "Local Address", ks_show_coop_address, SID_COLUMN),
	GDOI_LINE_AT(ALL, 8, "Next SID Client Operation", next_operation,
		     SID_COLUMN),
	GDOI_LINE_AT(ALL, 8, "Re-initializing", ks_show_reinit, SID_COLUMN),
	GDOI_LINE_AT(ALL, 8, "KSSID Overlap", overlap, SID_COLUMN),
	GDOI_LINE_AT(ALL, 8, "SID Length (Group Size) Cfg", ks_show_sid_length,
		     SID_COLUMN),
	GDOI_LINE_AT(ALL, 8, "SID Length (Group Size) Used", ks_show_sid_length,
		     SID_COLUMN),
	GDOI_LINE_AT(ALL, 8, "Current KSSID In-Use", ks_show_kssid, SID_COLUMN),
};

static void say_kssids(const char *label, const struct ks_group *g,
		       unsigned int n, struct cli_out *o)
{
	cli_say(o, "        %-29s: ", label);
	ks_show_kssids(g, 0, n, o);
}

static void show_identifier(const struct ks_group *g, unsigned int before,
			    struct cli_out *o)
{
	(void)before;
	cli_say(o, "COOP-KS Sender ID (SID) Information for Group %s:\n\n",
		g->group->name);
	if (!g->coop.on) {
		cli_say(o, "        *NO* redundancy configured for this "
			   "group\n\n");
		return;
	}
	cli_say(o, "    Local KS Role: %-10s, Local KS Status: Alive\n",
		"Primary");
	GDOI_SAY_LINES(o, sid_lines, ks_show_modern(g), g);
	say_kssids("KSSID(s) Assigned", g, ks_show_assigned(g), o);
	say_kssids("KSSID(s) Used", g, ks_show_used(g), o);
	say_kssids("Old KSSID(s) Used", g, 0, o);
	cli_say(o, "\n");
}

static void show_identifier_detail(const struct ks_group *g,
				   unsigned int before, struct cli_out *o)
{
	char text[IP_ADDR_TEXT];
	size_t i;

	show_identifier(g, before, o);
	for (i = 0; g->coop.on && i < g->coop.n_peers; i++) {
		cli_say(o,
			"    Peer KS Role:  %-10s, Peer KS Status:  Unknown\n",
			"Unknown");
		cli_say(o, "        %-29s: %s\n\n", "Peer Address",
			ip_text(&g->coop.peers[i], text));
	}
}

static void run_identifier(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	ks_show_each(obj, a, o,
		     cli_has(a, "detail") ? show_identifier_detail
					  : show_identifier);
}

/* clang-format off */
static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW
			 "ks          Key server information\n"
			 "coop        Cooperative key servers\n"
			 "[ detail    Details\n"
			 "]\n",
		.run = run_coop,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW
			 "ks          Key server information\n"
			 "coop        Cooperative key servers\n"
			 "version     Versions of the protocol\n",
		.run = run_version,
	},
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

void ks_show_coop_init(struct ks *ks)
{
	CLI_ADD(ks->config.cli, commands, ks);
}
