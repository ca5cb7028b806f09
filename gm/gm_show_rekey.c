/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi gm rekey [detail] and gm pubkey; the member's part of show
 * crypto gdoi rekey sa, show crypto isakmp sa and show crypto gdoi feature. */
#include "gm/gm_show.h"

#include <stdio.h>

#include "gdoi/gdoi_ack.h"
#include "gdoi/gdoi_rsa.h"

/* --- show crypto gdoi gm rekey [detail] ------------------------------------------ */

/* IOS shows the first half of each cookie.  The key server starts the exchange
 * and owns the first cookie (RFC 6407 4.2); the member's is the other. */
static void cookies(const struct gdoi_kek *kek, char *mine, char *theirs)
{
	enum { SHOWN = 4, COOKIE = 8 };

	gdoi_hex(kek->spi + COOKIE, SHOWN, mine);
	gdoi_hex(kek->spi, SHOWN, theirs);
}

/* Whom its rekeys go to: the group or the member itself. */
static struct ip_addr destination(const struct gm_member *m,
				  const struct gm_rekey_sa *sa)
{
	return ip_is_multicast(&sa->kek.dst.addr) ? sa->kek.dst.addr : m->local;
}

static void say_slot(const struct gm_member *m, enum gm_rekey_slot slot,
		     const char *label, struct cli_out *o)
{
	const struct gm_rekey_sa *sa = &m->rekey.sas[slot];
	char dst[IP_ADDR_TEXT], src[IP_ADDR_TEXT], mine[9], theirs[9];
	struct ip_addr to;

	if (!sa->is_set) {
		cli_say(o,
			"%-8s: ---             ---               ---    ---  "
			"      ---\n",
			label);
		return;
	}
	to = destination(m, sa);
	cookies(&sa->kek, mine, theirs);
	cli_say(o, "%-8s: %-16s%-16s %5u   %s   %s\n", label, ip_text(&to, dst),
		ip_text(&sa->server, src), sa->conn_id, mine, theirs);
}

#define NUMBER "    %-45s: %u\n"

static void show_one_rekey(const struct gm_member *m, const struct cli_args *a,
			   struct cli_out *o)
{
	cli_say(o, "Group %s (%s)\n", m->group->name,
		gdoi_transport_text(gm_show_unicast(m)));
	cli_say(o, NUMBER, "Number of Rekeys received (cumulative)",
		m->rekey.received);
	cli_say(o, NUMBER, "Number of Rekeys received after registration",
		m->rekey.since);
	cli_say(o, NUMBER, "Number of Rekey Acks sent", m->rekey.acked);
	if (cli_has(a, "detail")) {
		cli_say(o, "\nRekey (KEK) SA information :\n"
			   "          dst             src             conn-id  "
			   "my-cookie  his-cookie\n");
		say_slot(m, GM_REKEY_NEW, "New", o);
		say_slot(m, GM_REKEY_CURRENT, "Current", o);
		say_slot(m, GM_REKEY_PREVIOUS, "Previous", o);
		cli_say(o, "\n");
	}
	cli_say(o, "\n");
}

static void show_rekey(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	gm_show_each(ctx, a, o, show_one_rekey);
}

/* --- show crypto gdoi gm pubkey --------------------------------------------------- */

/* Groups of four octets, eight a line. */
static void say_hex(const struct keybuf *key, struct cli_out *o)
{
	enum { GROUP = 4, LINE = 32 };
	char text[2 * GROUP + 1];
	size_t at;

	for (at = 0; at < key->len; at += GROUP) {
		size_t n = key->len - at < GROUP ? key->len - at : GROUP;

		if (at % LINE == 0)
			cli_say(o, "%s      ", at ? "\n" : "");
		cli_say(o, "%s ", gdoi_hex(key->data + at, n, text));
	}
	cli_say(o, "\n\n");
}

static void say_pubkey(const struct gm_rekey_sa *sa, struct cli_out *o)
{
	char server[IP_ADDR_TEXT], mine[9], theirs[9];

	cookies(&sa->kek, mine, theirs);
	cli_say(o, "    KS IP Address: %s\n", ip_text(&sa->server, server));
	cli_say(o, "    conn-id: %u    my-cookie:%s    his-cookie:%s\n",
		sa->conn_id, mine, theirs);
	cli_say(o, "    Key Data:\n");
	say_hex(&sa->kek.pubkey, o);
}

/* A group without a member, on a key server, has its name alone. */
static void show_pubkey(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	const struct gdoi_group *group;
	const struct gm_member *m;
	struct gm *gm = ctx;
	int i;

	if (!gdoi_group_known(gm->config.groups, a, o))
		return;
	for (group = gdoi_group_first(gm->config.groups); group;
	     group = group->next) {
		if (!gdoi_group_meant(group, a))
			continue;
		cli_say(o, "  GDOI Group: %s\n", group->name);
		TAILQ_FOREACH (m, &gm->members, entry) {
			for (i = GM_REKEY_NEW;
			     m->group == group && i <= GM_REKEY_CURRENT; i++)
				if (m->rekey.sas[i].is_set)
					say_pubkey(&m->rekey.sas[i], o);
		}
	}
}

/* --- for gdoi/ -------------------------------------------------------------------- */

static size_t signature_octets(const struct keybuf *pubkey)
{
	struct keybuf spki = { 0 };
	unsigned int bits = 0;
	struct isakmp_fault fault;

	fault = gdoi_rsa_read(rd_init(pubkey->data, pubkey->len), &spki, &bits);
	keybuf_free(&spki);
	return fault.notify ? 0 : (bits + 7) / 8;
}

static const char *ack_text(const struct gm_member *m,
			    const struct gdoi_kek *kek)
{
	if (!gdoi_ack_supported(kek->ack))
		return "None";
	return m->rekey.extensions ? "Cisco" : "Interoperable";
}

static void say_row(const struct gm_member *m, const struct gm_rekey_sa *sa,
		    gdoi_rekey_row *row, void *arg)
{
	struct gdoi_rekey_view view = {
		.spi = sa->kek.spi,
		.local = m->local,
		.remote = sa->server,
		.dst = destination(m, sa),
		.src = sa->server,
		.unicast = !ip_is_multicast(&sa->kek.dst.addr),
		.cipher = sa->kek.cipher,
		.iv_octets = sa->kek.iv.len,
		.key_octets = sa->kek.key.len,
		.lifetime = sa->kek.lifetime,
		.der_octets = sa->kek.pubkey.len,
		.sig_octets = signature_octets(&sa->kek.pubkey),
		.acknowledgement = ack_text(m, &sa->kek),
		.conn_id = sa->conn_id,
		.seq = sa->seq,
		.prev_seq = sa->prev_seq,
		.used = sa == &m->rekey.sas[GM_REKEY_CURRENT],
		.interface = m->ifname,
	};

	row(arg, m->group, &view);
}

static void rekey_sas(void *ctx, struct gdoi_group *group, gdoi_rekey_row *row,
		      void *arg)
{
	const struct gm *gm = ctx;
	const struct gm_member *m;
	int i;

	TAILQ_FOREACH (m, &gm->members, entry) {
		if (m->group != group)
			continue;
		for (i = GM_REKEY_NEW; i <= GM_REKEY_CURRENT; i++) {
			const struct gm_rekey_sa *sa = &m->rekey.sas[i];

			if (sa->is_set && gm_show_left(m, sa->expires))
				say_row(m, sa, row, arg);
		}
	}
}

static void rekey_stats(void *ctx, struct gdoi_group *group,
			struct gdoi_rekey_stats *stats)
{
	const struct gm *gm = ctx;
	const struct gm_member *m;
	int i;

	TAILQ_FOREACH (m, &gm->members, entry) {
		if (m->group != group)
			continue;
		stats->made += m->rekey.made;
		for (i = 0; i < GM_N_REKEY_SLOTS; i++)
			stats->kept += m->rekey.sas[i].is_set;
	}
}

/* A member knows of itself alone. */
static void feature(void *ctx, struct gdoi_group *group,
		    const struct gdoi_feature *feature, struct cli_out *o)
{
	(void)ctx;
	cli_say(o, "Group Name: %s\n", group->name);
	cli_say(o, "    Version    Feature Supported\n");
	cli_say(o, "    %-7s         %s\n\n", GDOI_VERSION,
		gdoi_feature_of(feature, GDOI_VERSION, true) ? "Yes" : "No");
}

static const struct gdoi_show_ops ops = {
	.rekey_sas = rekey_sas,
	.rekey_stats = rekey_stats,
	.feature = feature,
};

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW "gm  Group member information\n"
				   "rekey  Rekeys received\n"
				   "[ detail  Rekey SAs too\n"
				   "]\n",
		.run = show_rekey,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW "gm  Group member information\n"
				   "pubkey  Keys that rekeys are signed with\n",
		.run = show_pubkey,
		.flags = CLI_USER,
	},
};

void gm_show_rekey_init(struct gm *gm)
{
	CLI_ADD(gm->config.cli, commands, gm);
	gdoi_show_set_role(gm->config.groups, GDOI_ROLE_GM, &ops, gm,
			   gm->config.isakmp);
}
