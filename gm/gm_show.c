/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi of a member, and show crypto gdoi gm ..., as IOS 15.4
 * prints them. */
#include <string.h>

#include "gm/gm_member.h"
#include "gm/gm_priv.h"

/* Labels end in column 29, whatever their indent. */
#define GROUP_LINE(o, label, fmt, ...) \
	cli_say(o, "    %-25s: " fmt "\n", label, ##__VA_ARGS__)
#define MEMBER_LINE(o, label, fmt, ...) \
	cli_say(o, "       %-22s: " fmt "\n", label, ##__VA_ARGS__)

static const char *direction_text(enum ipsec_direction direction)
{
	switch (direction) {
	case IPSEC_INBOUND_ONLY:
		return "Inbound Only";
	case IPSEC_INBOUND_OPTIONAL:
		return "Inbound Optional";
	case IPSEC_BOTH:
		break;
	}
	return "Both";
}

/* --- pieces ------------------------------------------------------------------- */

static void say_registration(const struct gm_member *m, struct cli_out *o)
{
	char text[ENDPOINT_TEXT];
	struct endpoint local = { m->local, GDOI_PORT };
	struct endpoint remote = { m->trying, GDOI_PORT };

	GROUP_LINE(o, "Group member", "%-15s vrf: None",
		   ip_text(&m->local, text));
	MEMBER_LINE(o, "Local addr/port", "%s", endpoint_text(&local, text));
	MEMBER_LINE(o, "Remote addr/port", "%s", endpoint_text(&remote, text));
	MEMBER_LINE(o, "fvrf/ivrf", "None/None");
	MEMBER_LINE(o, "Version", "%s", GDOI_VERSION);
	MEMBER_LINE(o, "Registration status", "%s", gm_member_status(m));
	MEMBER_LINE(o, "Registered with", "%s",
		    ip_text(&m->registered_with, text));
	MEMBER_LINE(o, "Re-registers in", "%u sec",
		    gm_timers_reregisters_in(m));
	MEMBER_LINE(o, "Succeeded registration", "%u", m->succeeded);
	MEMBER_LINE(o, "Attempted registration", "%u", m->attempted);
}

static bool is_unicast(const struct gm_member *m)
{
	const struct gdoi_policy *p = m->keys.policy;

	return !p || !p->has_kek || !ip_is_multicast(&p->kek.dst.addr);
}

static void say_rekeys(const struct gm_member *m, struct cli_out *o)
{
	const struct gdoi_policy *p = m->keys.policy;

	MEMBER_LINE(o, "Last rekey from", "0.0.0.0");
	MEMBER_LINE(o, "Last rekey seq num", "%u", p ? p->seq : 0);
	if (is_unicast(m)) {
		MEMBER_LINE(o, "Unicast rekey received", "%u", m->rekey.since);
		MEMBER_LINE(o, "Rekey ACKs sent", "%u", m->rekey.acked_since);
	} else {
		MEMBER_LINE(o, "Multicast rekey rcvd", "%u", m->rekey.since);
	}
	MEMBER_LINE(o, "Rekey Received", "never");
	MEMBER_LINE(o, "DP Error Monitoring", "OFF");
}

static void say_allowed(struct cli_out *o)
{
	cli_say(o, "\n");
	MEMBER_LINE(o, "allowable rekey cipher", "any");
	MEMBER_LINE(o, "allowable rekey hash", "any");
	MEMBER_LINE(o, "allowable transformtag", "any ESP");
}

static void say_cumulative(const struct gm_member *m, struct cli_out *o)
{
	cli_say(o, "\n    Rekeys cumulative\n");
	MEMBER_LINE(o, "Total received", "%u", m->rekey.received);
	MEMBER_LINE(o, "After latest register", "%u", m->rekey.since);
	MEMBER_LINE(o, "Rekey Acks sents", "%u", m->rekey.acked);
}

static void say_downloaded_acl(const struct gm_member *m, struct cli_out *o)
{
	const struct gdoi_policy *p = m->keys.policy;
	char text[IP_ADDR_TEXT], ace[ACE_TEXT];
	size_t i;

	cli_say(o, " ACL Downloaded From KS %s:\n",
		p ? ip_text(&m->registered_with, text) : "UNKNOWN");
	for (i = 0; p && i < p->n_rules; i++)
		cli_say(o, "   access-list   %s\n",
			ace_text(&p->rules[i].ace, false, ACE_GDOI, ace));
}

static void say_local_acl(const struct gm_member *m, struct cli_out *o)
{
	const char *name = m->map_entry->acl;
	const struct acl *acl =
		name ? acls_find(m->gm->config.acls, name) : NULL;
	char ace[ACE_TEXT];
	size_t i;

	cli_say(o, " ACL Configured Locally:\n");
	if (!name)
		return;
	cli_say(o, "  Map Name: %s\n", m->map_entry->map->name);
	for (i = 0; acl && i < acl->n; i++)
		if (!acl->entries[i].remark)
			cli_say(o, "   access-list %s  %s\n", name,
				ace_text(&acl->entries[i].ace, acl->standard,
					 ACE_GDOI, ace));
}

static const char *kek_cipher_text(enum gdoi_kek_cipher cipher)
{
	switch (cipher) {
	case GDOI_KEK_DES:
		return "DES";
	case GDOI_KEK_3DES:
		return "3DES";
	case GDOI_KEK_AES:
		break;
	}
	return "AES";
}

static const char *sig_hash_text(enum gdoi_sig_hash hash)
{
	switch (hash) {
	case GDOI_SIG_MD5:
		return "HMAC_AUTH_MD5";
	case GDOI_SIG_SHA256:
		return "HMAC_AUTH_SHA256";
	case GDOI_SIG_SHA384:
		return "HMAC_AUTH_SHA384";
	case GDOI_SIG_SHA512:
		return "HMAC_AUTH_SHA512";
	case GDOI_SIG_SHA1:
		break;
	}
	return "HMAC_AUTH_SHA";
}

static unsigned int left_until(const struct gm_member *m, int64_t when)
{
	int64_t left = when - env_now(m->gm->env);

	return left > 0 ? (unsigned int)(left / US_PER_SEC) : 0;
}

static void say_kek(const struct gm_member *m, struct cli_out *o)
{
	const struct gdoi_policy *p = m->keys.policy;

	if (!p || !p->has_kek)
		return;
	cli_say(o, "\nKEK POLICY:\n");
	GROUP_LINE(o, "Rekey Transport Type", "%s",
		   is_unicast(m) ? "Unicast" : "Multicast");
	GROUP_LINE(o, "Lifetime (secs)", "%u",
		   left_until(m, m->keys.kek_expires));
	GROUP_LINE(o, "Encrypt Algorithm", "%s",
		   kek_cipher_text(p->kek.cipher));
	GROUP_LINE(o, "Key Size", "%u", p->kek.key_bits);
	GROUP_LINE(o, "Sig Hash Algorithm", "%s",
		   sig_hash_text(p->kek.sig_hash));
	/* IOS measures the DER form of the public key, not its modulus. */
	GROUP_LINE(o, "Sig Key Length (bits)", "%zu", 8 * p->kek.pubkey.len);
}

static void say_replay(const struct gdoi_policy *p, struct cli_out *o)
{
	if (p->tbar)
		cli_say(o,
			"        Anti-Replay(Time Based) : %u sec interval\n",
			p->tbar_window);
	else if (p->replay_window)
		cli_say(o, "        Anti-Replay(Counter Based) : %u\n",
			p->replay_window);
	else
		cli_say(o, "        Anti-Replay : Disabled\n");
}

static void say_tek(const struct gm_member *m, const struct gm_tek *t,
		    struct cli_out *o)
{
	char text[ESP_TRANSFORM_TEXT];

	cli_say(o, "    IPsec SA:\n");
	cli_say(o, "        spi: 0x%X(%u)\n", t->tek.spi, t->tek.spi);
	cli_say(o, "        transform: %s\n",
		esp_transform_text(&t->tek.transform, text));
	cli_say(o, "        sa timing:remaining key lifetime (sec): (%u)\n",
		left_until(m, t->expires));
	say_replay(m->keys.policy, o);
	cli_say(o, "        tag method : disabled\n");
	cli_say(o, "        alg key size: %u (bytes)\n",
		(unsigned int)esp_key_size(&t->tek.transform));
	cli_say(o, "        sig key size: %u (bytes)\n",
		(unsigned int)esp_auth_key_size(&t->tek.transform));
	cli_say(o, "        encaps: ENCAPS_TUNNEL\n");
}

static void say_teks(const struct gm_member *m, struct cli_out *o)
{
	bool first = true;
	size_t i;

	if (!m->keys.policy)
		return;
	cli_say(o, "\nTEK POLICY for the current KS-Policy ACEs"
		   " Downloaded:\n");
	cli_say(o, "  %s:\n", m->ifname);
	for (i = 0; i < m->keys.n_teks; i++) {
		if (!left_until(m, m->keys.teks[i].expires))
			continue;
		if (!first)
			cli_say(o, "\n");
		say_tek(m, &m->keys.teks[i], o);
		first = false;
	}
}

/* From "Group Member Information" to the DP line. */
static void say_member(const struct gm_member *m, struct cli_out *o)
{
	cli_say(o, "Group Member Information For Group %s:\n", m->group->name);
	GROUP_LINE(o, "IPSec SA Direction", "%s",
		   direction_text(gm_member_direction(m)));
	GROUP_LINE(o, "ACL Received From KS", "gdoi_group_%s_temp_acl",
		   m->group->name);
	cli_say(o, "\n");
	say_registration(m, o);
	say_rekeys(m, o);
}

/* --- show crypto gdoi --------------------------------------------------------- */

static const struct gm_member *member_of(const struct gm *gm,
					 const struct gdoi_group *group)
{
	const struct gm_member *m;

	TAILQ_FOREACH (m, &gm->members, entry)
		if (m->group == group)
			return m;
	return NULL;
}

static void say_servers(const struct gm_group *g, struct cli_out *o)
{
	char text[IP_ADDR_TEXT];
	size_t i;

	cli_say(o, "\n     %-24s: ", "Group Server list");
	for (i = 0; i < g->n_servers; i++)
		cli_say(o, "%s\n%31s", ip_text(&g->servers[i], text), "");
	cli_say(o, "\n");
}

void gm_show_group(void *ctx, struct gdoi_group *group, struct cli_out *o)
{
	const struct gm *gm = ctx;
	const struct gm_group *g = gm_group_of(group);
	const struct gm_member *m = member_of(gm, group);
	char id[GDOI_ID_TEXT];

	if (!g)
		return;
	GROUP_LINE(o, "Group Name", "%s", group->name);
	GROUP_LINE(o, "Group Identity", "%s", gdoi_id_text(&group->id, id));
	GROUP_LINE(o, "Crypto Path", "ipv4");
	GROUP_LINE(o, "Key Management Path", "ipv4");
	GROUP_LINE(o, "Rekeys received", "%u", m ? m->rekey.received : 0);
	GROUP_LINE(o, "IPSec SA Direction", "%s",
		   direction_text(m ? gm_member_direction(m) : IPSEC_BOTH));
	say_servers(g, o);
	TAILQ_FOREACH (m, &gm->members, entry) {
		if (m->group != group)
			continue;
		say_member(m, o);
		say_allowed(o);
		say_cumulative(m, o);
		cli_say(o, "\n");
		say_downloaded_acl(m, o);
		say_kek(m, o);
		say_teks(m, o);
		cli_say(o, "\n");
	}
}

/* --- show crypto gdoi gm ... ---------------------------------------------------- */

typedef void show_member(const struct gm_member *m, const struct cli_args *a,
			 struct cli_out *o);

static void each_member(void *ctx, const struct cli_args *a, struct cli_out *o,
			show_member *show)
{
	struct gm *gm = ctx;
	const struct gm_member *m;

	if (!gdoi_group_known(gm->config.groups, a, o))
		return;
	TAILQ_FOREACH (m, &gm->members, entry)
		if (m->group && gdoi_group_meant(m->group, a))
			show(m, a, o);
}

static void show_one(const struct gm_member *m, const struct cli_args *a,
		     struct cli_out *o)
{
	(void)a;
	say_member(m, o);
	cli_say(o, "\n");
}

static void show_gm(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	each_member(ctx, a, o, show_one);
}

static void show_one_acl(const struct gm_member *m, const struct cli_args *a,
			 struct cli_out *o)
{
	cli_say(o, "Group Name: %s\n", m->group->name);
	if (!cli_has(a, "local"))
		say_downloaded_acl(m, o);
	if (!cli_has(a, "download"))
		say_local_acl(m, o);
}

static void show_acl(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	each_member(ctx, a, o, show_one_acl);
}

/* Two counters a line: the send side, then the receive side. */
static void say_counters(const struct ipsec_counters *c, struct cli_out *o)
{
	const struct {
		const char *label;
		uint64_t value;
	} all[] = {
#define COUNTER(name, label) { label, c->name },
		IPSEC_COUNTERS(COUNTER)
#undef COUNTER
	};
	size_t i;

	for (i = 0; i + 1 < ARRAY_SIZE(all); i += 2)
		cli_say(o, "    #pkts %-19s: %-5llu    #pkts %-19s: %llu\n",
			all[i].label, (unsigned long long)all[i].value,
			all[i + 1].label, (unsigned long long)all[i + 1].value);
}

static void show_one_counters(const struct gm_member *m,
			      const struct cli_args *a, struct cli_out *o)
{
	const struct dataplane *d = &m->gm->config.dataplane;
	struct ipsec_counters c;

	(void)a;
	d->ops->counters(d->ctx, m->group->name, &c);
	cli_say(o, "\nData-plane statistics for group %s:\n", m->group->name);
	say_counters(&c, o);
}

static void show_counters(void *ctx, const struct cli_args *a,
			  struct cli_out *o)
{
	each_member(ctx, a, o, show_one_counters);
}

/* show crypto gdoi gm replay */

static void say_timebased(const struct gm_member *m, struct cli_out *o)
{
	const struct dataplane *d = &m->gm->config.dataplane;
	const struct gdoi_policy *p = m->keys.policy;
	struct ipsec_counters c;
	int64_t since = env_now(m->gm->env) - m->keys.received;
	double value = (double)p->pseudotime / 4294967296.0 +
		       (double)since / (double)US_PER_SEC;

	d->ops->counters(d->ctx, m->group->name, &c);
	cli_say(o, "    Replay Value             : %.2f secs\n", value);
	cli_say(o,
		"    Input Packets            : %-10llu"
		"Output Packets           : %llu\n",
		(unsigned long long)c.replay_in,
		(unsigned long long)c.replay_out);
	cli_say(o,
		"    Input Error Packets      : %-10llu"
		"Output Error Packets     : 0\n",
		(unsigned long long)c.replay_fail);
}

static void show_one_replay(const struct gm_member *m, const struct cli_args *a,
			    struct cli_out *o)
{
	(void)a;
	cli_say(o, "Anti-replay Information For Group %s:\n", m->group->name);
	cli_say(o, "  Timebased Replay:\n");
	if (m->keys.policy && m->keys.policy->tbar)
		say_timebased(m, o);
	else
		cli_say(o, "         is not enabled\n");
	cli_say(o, "\n");
}

static void show_replay(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	each_member(ctx, a, o, show_one_replay);
}

static void clear_counters(void *ctx, const struct cli_args *a,
			   struct cli_out *o)
{
	struct gm *gm = ctx;
	const struct dataplane *d = &gm->config.dataplane;
	const struct gm_member *m;

	if (!gdoi_group_known(gm->config.groups, a, o))
		return;
	TAILQ_FOREACH (m, &gm->members, entry)
		if (m->group && gdoi_group_meant(m->group, a))
			d->ops->clear_counters(d->ctx, m->group->name);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW "gm  Group member information\n",
		.run = show_gm,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW "gm  Group member information\n"
				   "acl  Group member ACLs\n"
				   "[ ( download  ACL from the key server\n"
				   "| local  ACL configured on this router\n"
				   ")\n"
				   "]\n",
		.run = show_acl,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW "gm  Group member information\n"
				   "dataplane  Data-plane information\n"
				   "counters  Data-plane counters\n",
		.run = show_counters,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW "gm  Group member information\n"
				   "replay  Anti-replay information\n",
		.run = show_replay,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_CLEAR "gm  Group member\n"
				    "dataplane  Data-plane information\n"
				    "counters  Data-plane counters\n",
		.run = clear_counters,
	},
};

void gm_show_cli_init(struct gm *gm)
{
	CLI_ADD(gm->config.cli, commands, gm);
}
