/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi ks policy */
#include "ks/ks_cli.h"

#include "ks/ks_schedule.h"
#include "ks/ks_show.h"

#define LEFT "    %-19s: "
#define PAIR "    %-19s: %-14u%-22s: %u\n"

/* Members of a multicast group are not asked for any. */
static const char *ack_text(const struct ks_group *g)
{
	return g->rekey.unicast ? ks_show_ack(g) : "None";
}

static void show_kek(const struct ks_group *g, struct cli_out *o)
{
	const struct ks_kek *kek = g->kek;
	int64_t now = env_now(g->ks->env);
	char spi[2 * sizeof(kek->spi) + 1];
	size_t der, modulus = 0;

	der = ks_public_key(g, NULL, &modulus);
	cli_say(o, "  KEK POLICY (transport type : %s)\n",
		gdoi_transport_text(kek->unicast));
	cli_say(o, "    spi : 0x%s\n",
		gdoi_hex(kek->spi, sizeof(kek->spi), spi));
	cli_say(o, LEFT "%-14s%-22s: %s\n", "management alg", "disabled",
		"encrypt alg", gdoi_kek_cipher_text(kek->cipher));
	cli_say(o, PAIR, "crypto iv length", (unsigned int)kek->iv.len,
		"key size", (unsigned int)kek->key.len);
	cli_say(o, PAIR, "orig life(sec)", kek->life.seconds,
		"remaining life(sec)", ks_life_remaining(&kek->life, now));
	if (coop_is_primary(g))
		cli_say(o, LEFT "%u\n", "time to rekey (sec)", ks_kek_due(g));
	else
		cli_say(o, LEFT "n/a\n", "time to rekey (sec)");
	cli_say(o, LEFT "%-14s%-22s: %u\n", "sig hash algorithm", "enabled",
		"sig key length", (unsigned int)der);
	cli_say(o, LEFT "%u\n", "sig size", (unsigned int)modulus);
	cli_say(o, LEFT "%s%s\n", "sig key name",
		g->rekey.key_label ? g->rekey.key_label : "",
		ks_lacks_key(g) ? " (not found)" : "");
	cli_say(o, LEFT "%s\n", "acknowledgement", ack_text(g));
}

/* From its birth to the end that it has now. */
static unsigned int tek_life(const struct ks_life *life)
{
	return (unsigned int)((ks_life_end(life) - life->born) / US_PER_SEC);
}

static void show_lives(const struct ks_sa *sa, const struct ks_tek_set *set,
		       struct cli_out *o)
{
	int64_t now = env_now(sa->ks_group->ks->env);

	cli_say(o, PAIR, "orig life(sec)", set->life.seconds,
		"remaining life(sec)", ks_life_remaining(&set->life, now));
	cli_say(o, PAIR, "tek life(sec)", tek_life(&set->life),
		"elapsed time(sec)", ks_life_elapsed(&set->life, now));
	cli_say(o, PAIR, "override life(sec)", set->life.override,
		"antireplay window size",
		sa->replay == KS_REPLAY_NONE ? 0 : sa->window);
	/* One that has a successor is not replaced again, and a secondary
	 * replaces none. */
	if (set == TAILQ_FIRST(&sa->sets) && coop_is_primary(sa->ks_group))
		cli_say(o, LEFT "%u\n", "time to rekey (sec)",
			ks_tek_due(sa, set));
	else
		cli_say(o, LEFT "n/a\n", "time to rekey (sec)");
}

static void show_tek(const struct ks_sa *sa, const struct ks_tek_set *set,
		     const struct ks_tek *tek, struct cli_out *o)
{
	char text[ESP_TRANSFORM_TEXT];

	cli_say(o, "\n  TEK POLICY (encaps : %s)\n",
		set->transform.transport ? "ENCAPS_TRANSPORT"
					 : "ENCAPS_TUNNEL");
	cli_say(o, LEFT "0x%08X\n", "spi", tek->spi);
	cli_say(o, LEFT "%s\n", "access-list", sa->acl ? sa->acl : "");
	cli_say(o, LEFT "%s\n", "transform",
		esp_transform_text(&set->transform, text));
	cli_say(o, PAIR, "alg key size", (unsigned int)tek->key.len,
		"sig key size", (unsigned int)tek->auth_key.len);
	show_lives(sa, set, o);
	cli_say(o, "\n");
}

static unsigned int count_teks(const struct ks_group *g)
{
	const struct ks_tek_set *set;
	const struct ks_sa *sa;
	size_t count = 0;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		TAILQ_FOREACH (set, &sa->sets, entry)
			count += set->n;
	}
	return (unsigned int)count;
}

static void show_teks(const struct ks_sa *sa, struct cli_out *o)
{
	const struct ks_tek_set *set;
	size_t i;

	TAILQ_FOREACH (set, &sa->sets, entry) {
		for (i = 0; i < set->n; i++)
			show_tek(sa, set, &set->teks[i], o);
	}
}

static void show_policy(const struct ks_group *g, unsigned int before,
			struct cli_out *o)
{
	struct ip_addr address = ks_group_address(g);
	char text[IP_ADDR_TEXT];
	const struct ks_sa *sa;

	(void)before;
	cli_say(o, "For group %s (handle: 0x%08X) server %s (handle: 0x%08X):",
		g->group->name, g->group->handle, ip_text(&address, text),
		g->handle);
	cli_say(o, "\n\n  # of teks : %u  Seq num : %u\n", count_teks(g),
		g->kek ? g->kek->seq : 0);
	if (g->kek)
		show_kek(g, o);
	TAILQ_FOREACH (sa, &g->sas, entry)
		show_teks(sa, o);
	cli_say(o, "\n");
}

static void run_policy(void *obj, const struct cli_args *a, struct cli_out *o)
{
	if (ks_group_next(obj, NULL))
		cli_say(o, "Key Server Policy:\n");
	ks_show_each(obj, a, o, show_policy);
}

/* clang-format off */
static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW
			 "ks          Key server information\n"
			 "policy      Keys of the policy\n",
		.run = run_policy,
	},
};
/* clang-format on */

void ks_show_policy_init(struct ks *ks)
{
	CLI_ADD(ks->config.cli, commands, ks);
}
