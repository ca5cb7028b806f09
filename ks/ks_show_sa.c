/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key server's part of show crypto gdoi rekey sa, show crypto isakmp sa
 * and show crypto gdoi feature. */
#include "ks/ks_cli.h"
#include "ks/ks_show.h"

static bool is_alive(const struct ks_group *g, const struct ks_kek *kek)
{
	return ks_life_remaining(&kek->life, env_now(g->ks->env)) > 0;
}

static struct gdoi_rekey_view view_of(const struct ks_group *g,
				      const struct ks_kek *kek)
{
	struct ip_addr address = ks_group_address(g);
	struct gdoi_rekey_view view = {
		.spi = kek->spi,
		.local = address,
		.remote = kek->dst.addr,
		.src = address,
		.dst = kek->dst.addr,
		.unicast = kek->unicast,
		.cipher = kek->cipher,
		.iv_octets = kek->iv.len,
		.key_octets = kek->key.len,
		.lifetime = kek->life.seconds,
		.acknowledgement = "None",
		.conn_id = kek->conn_id,
		.seq = kek->seq,
		.prev_seq = kek->seq ? kek->seq - 1 : 0,
		.used = kek->seq > 0,
		.interface = "",
	};

	view.der_octets = ks_public_key(g, NULL, &view.sig_octets);
	return view;
}

/* As IOS: one for a multicast group; rekeys to single members leave nothing
 * behind that the key server would keep as an SA of its own. */
static void rekey_sas(void *ctx, struct gdoi_group *group, gdoi_rekey_row *row,
		      void *arg)
{
	const struct ks_group *g = ks_group_of(group);
	struct gdoi_rekey_view view;
	struct ks_kek *kek;

	(void)ctx;
	for (kek = g->kek; kek; kek = kek->older) {
		if (kek->unicast || !is_alive(g, kek))
			continue;
		/* Nobody but shows wants the number. */
		if (!kek->conn_id)
			kek->conn_id = isakmp_new_conn_id(g->ks->config.isakmp);
		view = view_of(g, kek);
		row(arg, group, &view);
	}
}

static void rekey_stats(void *ctx, struct gdoi_group *group,
			struct gdoi_rekey_stats *stats)
{
	const struct ks_group *g = ks_group_of(group);
	const struct ks_kek *kek;

	(void)ctx;
	for (kek = g->kek; kek; kek = kek->older)
		stats->kept++;
	stats->made += g->keks_made;
}

/* Peers speak our own protocol, so they are of our family. */
static void peer_features(const struct ks_group *g,
			  const struct gdoi_feature *feature, struct cli_out *o)
{
	struct coop_info info;
	char text[IP_ADDR_TEXT];
	size_t i;

	if (!ks_show_coop_info(g, &info))
		return;
	for (i = 0; i < info.n_peers; i++) {
		const struct coop_peer_info *peer = &info.peers[i];

		gdoi_feature_say(feature, ip_text(&peer->addr, text),
				 peer->heard ? peer->ks_version : "",
				 peer->heard, o);
	}
}

static void feature(void *ctx, struct gdoi_group *group,
		    const struct gdoi_feature *feature, struct cli_out *o)
{
	struct ks_group *g = ks_group_of(group);
	struct ip_addr address = ks_group_address(g);
	struct ks_member *m = NULL;
	char text[IP_ADDR_TEXT];

	(void)ctx;
	cli_say(o, "Group Name: %s\n", group->name);
	cli_say(o, "    Key Server ID       Version   Feature Supported\n");
	gdoi_feature_say(feature, ip_text(&address, text), GDOI_VERSION, true,
			 o);
	peer_features(g, feature, o);
	cli_say(o, "\n    Group Member ID     Version   Feature Supported\n");
	while ((m = ks_members_next(&g->members, m)))
		gdoi_feature_say(feature, ip_text(&m->addr, text), m->version,
				 m->extensions, o);
	cli_say(o, "\n");
}

static const struct gdoi_show_ops ops = {
	.rekey_sas = rekey_sas,
	.rekey_stats = rekey_stats,
	.feature = feature,
};

void ks_show_sa_init(struct ks *ks)
{
	gdoi_show_set_role(ks->config.groups, GDOI_ROLE_KS, &ops, ks,
			   ks->config.isakmp);
}
