/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi ks coop [detail] */
#include "ks/ks_cli.h"

static void show_local(const struct ks_group *g, struct cli_out *o)
{
	struct ip_addr address = ks_group_address(g);
	char text[IP_ADDR_TEXT];

	cli_say(o, "\n        Local Address: %s\n", ip_text(&address, text));
	cli_say(o, "        Local Priority: %u\n", g->coop.priority);
	cli_say(o, "        Local KS Role: %-10s, Local KS Status: Alive\n",
		"Primary");
	cli_say(o, "        Local KS version: %s\n", GDOI_VERSION);
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
};
/* clang-format on */

void ks_show_coop_init(struct ks *ks)
{
	CLI_ADD(ks->config.cli, commands, ks);
}
