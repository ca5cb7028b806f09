/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi ks coop [detail | version].  What is printed is a struct
 * coop_info; ks/ks_show_coop_sid.c prints its sender IDs. */
#include <inttypes.h>

#include "ks/coop.h"
#include "ks/ks_cli.h"
#include "ks/ks_show.h"

bool ks_show_coop_info(const struct ks_group *g, struct coop_info *out)
{
	size_t i;

	if (!g->coop.on)
		return false;
	if (coop_info(g, out))
		return true;
	*out = (struct coop_info){
		.role = COOP_PRIMARY,
		.primary = ks_group_address(g),
		.refresh = g->coop.refresh ? g->coop.refresh : COOP_REFRESH,
		.n_peers = g->coop.n_peers,
	};
	for (i = 0; i < out->n_peers; i++)
		out->peers[i].addr = g->coop.peers[i];
	return true;
}

const char *ks_show_peer_role(const struct coop_peer_info *peer)
{
	return peer->view.status == COOP_UNKNOWN
		       ? "Unknown"
		       : coop_role_name(peer->view.role);
}

/* --- this key server --------------------------------------------------------- */

#define FIELD "        "
#define TIMER "                "

static void say_primary_timers(const struct coop_info *info, bool modern,
			       struct cli_out *o)
{
	cli_say(o, FIELD "Primary Timers:\n");
	cli_say(o, TIMER "Primary Refresh Policy Time: %u\n", info->refresh);
	cli_say(o, TIMER "Remaining Time: %u\n", info->remaining);
	if (modern)
		cli_say(o, TIMER "Per-user timer remaining time: %u\n",
			info->user_timer);
}

/* Also while there is an election: it waits for a primary. */
static void say_secondary_timers(const struct coop_info *info, bool modern,
				 struct cli_out *o)
{
	cli_say(o, FIELD "Secondary Timers:\n");
	cli_say(o, TIMER "Sec Primary Periodic Time: %u\n", info->periodic);
	cli_say(o, TIMER "Remaining Time: %u, Retries: %u\n", info->remaining,
		info->retries);
	cli_say(o, TIMER "Invalid ANN PST recvd: %u\n", info->bad_pseudotimes);
	cli_say(o, TIMER "New GM Temporary Blocking Enforced?: %s\n",
		info->blocking ? "Yes" : "No");
	if (modern)
		cli_say(o, TIMER "Per-user timer remaining time: %u\n",
			info->user_timer);
}

static void say_local(const struct ks_group *g, const struct coop_info *info,
		      struct cli_out *o)
{
	struct ip_addr address = ks_group_address(g);
	bool modern = ks_show_modern(g);
	char text[IP_ADDR_TEXT];

	cli_say(o, "\n" FIELD "Local Address: %s\n", ip_text(&address, text));
	cli_say(o, FIELD "Local Priority: %u\n", g->coop.priority);
	cli_say(o, FIELD "Local KS Role: %-10s, Local KS Status: Alive\n",
		coop_role_name(info->role));
	cli_say(o, FIELD "Local KS version: %s\n", GDOI_VERSION);
	if (modern)
		cli_say(o, FIELD "Local COOP version: %s\n", KS_COOP_VERSION);
	if (info->role == COOP_PRIMARY)
		say_primary_timers(info, modern, o);
	else
		say_secondary_timers(info, modern, o);
	cli_say(o, TIMER "Antireplay Sequence Number: %u\n", info->seq);
}

/* --- its peers ----------------------------------------------------------------- */

static const char *known(const struct coop_peer_info *peer, const char *version)
{
	return peer->heard && version[0] ? version : "Unknown";
}

static void say_peer(const struct coop_peer_info *peer, bool modern,
		     struct cli_out *o)
{
	char text[IP_ADDR_TEXT];

	cli_say(o, TIMER "Server handle: %u\n", peer->handle);
	cli_say(o, TIMER "Peer Address: %s\n", ip_text(&peer->addr, text));
	cli_say(o, TIMER "Peer Version: %s\n", known(peer, peer->ks_version));
	if (modern) {
		cli_say(o, TIMER "Peer COOP version: %s\n",
			known(peer, peer->coop_version));
		cli_say(o, TIMER "COOP Protocol: %s\n",
			peer->optimize ? "optimize" : "base");
	}
	cli_say(o, TIMER "Peer Priority: %u\n", peer->view.priority);
	cli_say(o, TIMER "Peer KS Role: %-10s, Peer KS Status: %s\n",
		ks_show_peer_role(peer), coop_status_name(peer->view.status));
	cli_say(o, TIMER "Antireplay Sequence Number: %u\n\n", peer->seq);
	cli_say(o, TIMER "IKE status: %s\n", coop_link_status_name(peer->link));
}

#define COUNTER "                    "

static void say_counters(const struct coop_counters *c, struct cli_out *o)
{
	cli_say(o, TIMER "Counters:\n");
	cli_say(o, COUNTER "Ann msgs sent: %u\n", c->ann_sent);
	cli_say(o, COUNTER "Ann msgs sent with reply request: %u\n",
		c->ann_sent_reply);
	cli_say(o, COUNTER "Ann msgs recv: %u\n", c->ann_recv);
	cli_say(o, COUNTER "Ann msgs recv with reply request: %u\n",
		c->ann_recv_reply);
	cli_say(o, COUNTER "Packet sent drops: %u\n", c->sent_drops);
	cli_say(o, COUNTER "Packet Recv drops: %u\n", c->recv_drops);
	cli_say(o, COUNTER "Total bytes sent: %" PRIu64 "\n", c->octets_sent);
	cli_say(o, COUNTER "Total bytes recv: %" PRIu64 "\n\n", c->octets_recv);
}

static void say_peers(const struct coop_info *info, bool modern,
		      struct cli_out *o)
{
	size_t i;

	cli_say(o, "%s" FIELD "Peer Sessions:\n", modern ? "" : "\n");
	for (i = 0; i < info->n_peers; i++) {
		cli_say(o, FIELD "Session %zu:\n", i + 1);
		say_peer(&info->peers[i], modern, o);
		say_counters(&info->peers[i].counters, o);
	}
	if (!info->n_peers)
		cli_say(o, "\n");
}

void ks_show_coop_print(const struct ks_group *g, const struct coop_info *info,
			struct cli_out *o)
{
	cli_say(o, "Crypto Gdoi Group Name :%s\n", g->group->name);
	cli_say(o, "        Group handle: %u, Local Key Server handle: %u\n",
		g->group->handle, g->handle);
	if (!info) {
		cli_say(o, FIELD KS_NO_REDUNDANCY);
		return;
	}
	say_local(g, info, o);
	say_peers(info, ks_show_modern(g), o);
}

static void show_coop(const struct ks_group *g, unsigned int before,
		      struct cli_out *o)
{
	struct coop_info info;

	(void)before;
	ks_show_coop_print(g, ks_show_coop_info(g, &info) ? &info : NULL, o);
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
};
/* clang-format on */

void ks_show_coop_init(struct ks *ks)
{
	CLI_ADD(ks->config.cli, commands, ks);
	ks_show_coop_sid_init(ks);
}
