/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto ipsec profile and its sub-commands; the SA options. */
#include "ipsec/ipsec_cli.h"

#include <stdlib.h>
#include <string.h>

static const struct cli_mode mode_profile = {
	.prompt = "ipsec-profile",
	.heading = "Crypto Map configuration commands:",
	.exit_help = "Exit from crypto map configuration mode",
	.parent = &cli_mode_config,
};

/* security-association options */

static void set_lifetime(struct ipsec_lifetime *l, const struct cli_args *a)
{
	bool no = cli_is_no(a);

	if (cli_has(a, "kilobytes")) {
		l->no_kilobytes = !no && cli_has(a, "no-kilobytes");
		l->kilobytes = no ? 0 : cli_u32(a, "kilobytes-n");
		return;
	}
	l->in_days = !no && cli_has(a, "days");
	if (no)
		l->seconds = 0;
	else if (l->in_days)
		l->seconds = cli_u32(a, "days-n") * IPSEC_SECONDS_PER_DAY;
	else
		l->seconds = cli_u32(a, "seconds-n");
}

static uint32_t typed_window(const struct cli_args *a)
{
	static const struct {
		const char *name;
		uint32_t size;
	} sizes[] = { { "w64", 64 },
		      { "w128", 128 },
		      { "w256", 256 },
		      { "w512", 512 },
		      { "w1024", 1024 } };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		if (cli_has(a, sizes[i].name))
			return sizes[i].size;
	return 0;
}

void ipsec_sa_option_set(struct ipsec_sa_options *sa, const struct cli_args *a)
{
	bool no = cli_is_no(a);

	if (cli_has(a, "lifetime"))
		set_lifetime(&sa->lifetime, a);
	if (cli_has(a, "idle-time"))
		sa->idle_seconds = no ? 0 : cli_u32(a, "idle");
	if (cli_has(a, "replay")) {
		sa->no_replay = !no && cli_has(a, "no-replay");
		sa->replay_window = no ? 0 : typed_window(a);
	}
}

static void write_lifetime(const struct ipsec_lifetime *l, struct cli_out *o,
			   const char *prefix)
{
	if (l->no_kilobytes)
		cli_say(o, "%s lifetime kilobytes disable\n", prefix);
	cli_why(o, IPSEC_TUNNELS);
	if (l->kilobytes && l->kilobytes != IPSEC_KILOBYTES_DEFAULT)
		cli_say(o, "%s lifetime kilobytes %u\n", prefix, l->kilobytes);
	cli_why(o, NULL);
	if (!l->seconds || l->seconds == IPSEC_LIFETIME_DEFAULT)
		return;
	if (l->in_days)
		cli_say(o, "%s lifetime days %u\n", prefix,
			l->seconds / IPSEC_SECONDS_PER_DAY);
	else
		cli_say(o, "%s lifetime seconds %u\n", prefix, l->seconds);
}

void ipsec_sa_options_write(const struct ipsec_sa_options *sa,
			    struct cli_out *o, const char *prefix)
{
	write_lifetime(&sa->lifetime, o, prefix);
	cli_why(o, IPSEC_TUNNELS);
	if (sa->idle_seconds)
		cli_say(o, "%s idle-time %u\n", prefix, sa->idle_seconds);
	if (sa->no_replay)
		cli_say(o, "%s replay disable\n", prefix);
	if (sa->replay_window &&
	    sa->replay_window != IPSEC_REPLAY_WINDOW_DEFAULT)
		cli_say(o, "%s replay window-size %u\n", prefix,
			sa->replay_window);
	cli_why(o, NULL);
}

/* crypto ipsec profile NAME */

static void run_profile(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipsec_config *config = obj;

	cli_enter(o, &mode_profile,
		  ipsec_profile_get(config, cli_str(a, "name")));
	ipsec_config_changed(config);
}

static void no_profile(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipsec_config *config = obj;
	struct ipsec_profile *p;

	p = ipsec_profile_lookup(config, cli_str(a, "name"));
	if (!p) {
		cli_error(o, "%% Profile %s does not exist\n",
			  cli_str(a, "name"));
		return;
	}
	ipsec_profile_remove(config, p);
	ipsec_config_changed(config);
}

static void write_profiles(const void *obj, struct cli_out *o)
{
	const struct ipsec_config *config = obj;
	const struct ipsec_profile *p;

	TAILQ_FOREACH (p, &config->profiles, link) {
		cli_say(o, "crypto ipsec profile %s\n", p->name);
		cli_write_mode(o, &mode_profile, p);
	}
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "crypto     Encryption module\n"
			 "ipsec      Configure IPSEC policy\n"
			 "profile    Configure an ipsec policy profile\n"
			 "WORD$name  Name of the ipsec profile\n",
		.run = run_profile,
		.no = no_profile,
		.write = write_profiles,
		.order = CLI_O_IPSEC + 2,
	},
};

static void set_string(char **slot, const char *text)
{
	free(*slot);
	*slot = text ? xstrdup(text) : NULL;
}

/* description LINE */

static void run_description(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	struct ipsec_profile *p = obj;

	(void)o;
	set_string(&p->description, cli_is_no(a) ? NULL : cli_str(a, "text"));
}

static void write_description(const void *obj, struct cli_out *o)
{
	const struct ipsec_profile *p = obj;

	if (p->description)
		cli_say(o, " description %s\n", p->description);
}

/* set security-association ... */

static void run_sa(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipsec_profile *p = obj;

	(void)o;
	ipsec_sa_option_set(&p->sa, a);
	ipsec_config_changed(p->config);
}

static void run_sa_more(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipsec_profile *p = obj;
	bool no = cli_is_no(a);

	(void)o;
	if (cli_has(a, "dfbit"))
		p->sa.df = no			 ? IPSEC_DF_UNSET
			   : cli_has(a, "clear") ? IPSEC_DF_CLEAR
			   : cli_has(a, "copy")	 ? IPSEC_DF_COPY
						 : IPSEC_DF_SET;
	if (cli_has(a, "dummy")) {
		p->sa.dummy_pps = no ? 0 : cli_u32(a, "pps-n");
		p->sa.dummy_seconds = no ? 0 : cli_u32(a, "seconds-n");
	}
	if (cli_has(a, "ecn")) {
		p->sa.ecn_discard = !no && cli_has(a, "discard");
		p->sa.ecn_propagate = !no && cli_has(a, "propagate");
	}
}

static void write_sa(const void *obj, struct cli_out *o)
{
	static const char *const df[] = { "", "clear", "copy", "set" };
	static const char prefix[] = " set security-association";
	const struct ipsec_sa_options *sa =
		&((const struct ipsec_profile *)obj)->sa;

	ipsec_sa_options_write(sa, o, prefix);
	cli_why(o, IPSEC_TUNNELS);
	if (sa->df != IPSEC_DF_UNSET)
		cli_say(o, "%s dfbit %s\n", prefix, df[sa->df]);
	if (sa->dummy_pps)
		cli_say(o, "%s dummy pps %u\n", prefix, sa->dummy_pps);
	if (sa->dummy_seconds)
		cli_say(o, "%s dummy seconds %u\n", prefix, sa->dummy_seconds);
	if (sa->ecn_discard || sa->ecn_propagate)
		cli_say(o, "%s ecn %s\n", prefix,
			sa->ecn_discard ? "discard" : "propagate");
	cli_why(o, NULL);
}

/* set transform-set A [B..F] */

static const char *const set_names[IPSEC_PROFILE_SETS] = { "set1", "set2",
							   "set3", "set4",
							   "set5", "set6" };

static void run_sets(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipsec_profile *p = obj;
	const char *name;

	for (size_t i = 0; !cli_is_no(a) && i < IPSEC_PROFILE_SETS; i++) {
		name = cli_str(a, set_names[i]);
		if (!name || ipsec_set_find(p->config, name))
			continue;
		cli_error(o,
			  "ERROR: transform set with tag \"%s\" does not "
			  "exist.\n",
			  name);
		return;
	}
	for (size_t i = 0; i < IPSEC_PROFILE_SETS; i++)
		set_string(&p->sets[i],
			   cli_is_no(a) ? NULL : cli_str(a, set_names[i]));
	ipsec_config_changed(p->config);
}

static void write_sets(const void *obj, struct cli_out *o)
{
	const struct ipsec_profile *p = obj;

	if (!p->sets[0])
		return;
	cli_say(o, " set transform-set ");
	for (size_t i = 0; i < IPSEC_PROFILE_SETS && p->sets[i]; i++)
		cli_say(o, "%s ", p->sets[i]);
	cli_say(o, "\n");
}

/* set pfs, names of other objects, flags */

static const uint16_t pfs_groups[] = { 1, 2, 5, 14, 15, 16, 19, 20, 21, 24 };

static void run_pfs(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipsec_profile *p = obj;
	char name[] = "group00";

	(void)o;
	p->pfs_group = cli_is_no(a) ? 0 : pfs_groups[0];
	for (size_t i = 0; !cli_is_no(a) && i < ARRAY_SIZE(pfs_groups); i++) {
		unsigned int g = pfs_groups[i];

		name[5] = (char)('0' + (g >= 10 ? g / 10 : g));
		name[6] = g >= 10 ? (char)('0' + g % 10) : '\0';
		if (cli_has(a, name))
			p->pfs_group = g;
	}
}

static void run_names(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipsec_profile *p = obj;
	bool no = cli_is_no(a);

	(void)o;
	if (cli_has(a, "isakmp-profile"))
		set_string(&p->isakmp_profile, no ? NULL : cli_str(a, "n"));
	if (cli_has(a, "ikev2-profile"))
		set_string(&p->ikev2_profile, no ? NULL : cli_str(a, "n"));
	if (cli_has(a, "identity"))
		set_string(&p->identity, no ? NULL : cli_str(a, "n"));
	if (cli_has(a, "mixed-mode"))
		p->mixed_mode = !no;
}

static void write_names(const void *obj, struct cli_out *o)
{
	const struct ipsec_profile *p = obj;

	if (p->pfs_group)
		cli_say(o, " set pfs group%u\n", p->pfs_group);
	if (p->isakmp_profile)
		cli_say(o, " set isakmp-profile %s\n", p->isakmp_profile);
	if (p->ikev2_profile)
		cli_say(o, " set ikev2-profile %s\n", p->ikev2_profile);
	if (p->identity)
		cli_say(o, " set identity %s\n", p->identity);
	if (p->mixed_mode)
		cli_say(o, " set mixed-mode\n");
}

static void run_responder(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct ipsec_profile *p = obj;

	(void)o;
	p->responder_only = !cli_is_no(a);
}

static void run_redundancy(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct ipsec_profile *p = obj;

	(void)o;
	set_string(&p->redundancy, cli_is_no(a) ? NULL : cli_str(a, "n"));
}

static void write_flags(const void *obj, struct cli_out *o)
{
	const struct ipsec_profile *p = obj;

	if (p->responder_only)
		cli_say(o, " responder-only\n");
	if (p->redundancy)
		cli_say(o, " redundancy %s stateful\n", p->redundancy);
}

#define SET "set                    Set values for encryption/decryption\n"

static const struct cli_cmd profile_commands[] = {
	{
		.mode = &mode_profile,
		.words = "description    Description of the crypto map "
			 "statement policy\n"
			 ".\n"
			 "LINE$text      Description\n",
		.run = run_description,
		.no = run_description,
		.write = write_description,
		.order = 0,
	},
	{
		.mode = &mode_profile,
		.words = SET IPSEC_SA_OPTIONS,
		.run = run_sa,
		.no = run_sa,
		.write = write_sa,
		.order = 1,
	},
	{
		.mode = &mode_profile,
		.words = SET
		"security-association   Security association parameters\n"
		"( dfbit                Handling of encapsulated DF bit.\n"
		".\n"
		"( clear                Clear DF bit for encapsulation.\n"
		"| copy                 Copy DF bit from original header.\n"
		"| set$set-df           Set DF bit for encapsulation.\n"
		")\n"
		"| dummy                Generate dummy packets\n"
		".\n"
		"( pps                  Packets per second\n"
		"<0-25>$pps-n           Rate\n"
		"| seconds              Delay between packets\n"
		"<1-3600>$seconds-n     Seconds\n"
		")\n"
		"| ecn                  Handling of ECN bit\n"
		".\n"
		"( discard              Discard\n"
		"| propagate            Propagate\n"
		") )\n",
		.run = run_sa_more,
		.no = run_sa_more,
	},
	{
		.mode = &mode_profile,
		.words = SET
		"transform-set   Specify list of transform sets in priority "
		"order\n"
		".\n"
		"WORD$set1       Proposal tag\n"
		"[ WORD$set2     Proposal tag\n"
		"[ WORD$set3     Proposal tag\n"
		"[ WORD$set4     Proposal tag\n"
		"[ WORD$set5     Proposal tag\n"
		"[ WORD$set6     Proposal tag\n"
		"] ] ] ] ]\n",
		.run = run_sets,
		.no = run_sets,
		.write = write_sets,
		.order = 2,
	},
	{
		.mode = &mode_profile,
		.words = SET
		"pfs             Specify pfs settings\n"
		".\n"
		"[ ( group1      D-H Group1 (768-bit modp)\n"
		"| group2        D-H Group2 (1024-bit modp)\n"
		"| group5        D-H Group5 (1536-bit modp)\n"
		"| group14       D-H Group14 (2048-bit modp)\n"
		"| group15       D-H Group15 (3072-bit modp)\n"
		"| group16       D-H Group16 (4096-bit modp)\n"
		"| group19       D-H Group19 (256-bit ecp)\n"
		"| group20       D-H Group20 (384-bit ecp)\n"
		"| group21       D-H Group21 (521-bit ecp)\n"
		"| group24       D-H Group24 (2048-bit modp, 256 bit "
		"subgroup)\n"
		") ]\n",
		.run = run_pfs,
		.no = run_pfs,
		.write = write_names,
		.why = IPSEC_TUNNELS,
		.order = 3,
	},
	{
		.mode = &mode_profile,
		.words = SET
		"( isakmp-profile   Specify isakmp Profile\n"
		".\n"
		"WORD$n             Name of the profile\n"
		"| ikev2-profile    Specify ikev2 Profile\n"
		".\n"
		"WORD$n             Name of the profile\n"
		"| identity         Identity restriction.\n"
		".\n"
		"WORD$n             Identity name\n"
		"| mixed-mode       Allow IPv4 traffic over IPv6 and the "
		"reverse\n"
		")\n",
		.run = run_names,
		.no = run_names,
	},
	{
		.mode = &mode_profile,
		.words = "responder-only   Do not initiate SAs from this "
			 "device\n",
		.run = run_responder,
		.no = run_responder,
		.write = write_flags,
		.why = IPSEC_TUNNELS,
		.order = 4,
	},
	{
		.mode = &mode_profile,
		.words = "redundancy    Configure HA for this ipsec profile\n"
			 ".\n"
			 "WORD$n        Redundancy group name\n"
			 "stateful      enable stateful failover\n",
		.run = run_redundancy,
		.no = run_redundancy,
	},
};

void ipsec_profile_cli_init(struct ipsec_config *config, struct cli *cli)
{
	CLI_ADD(cli, commands, config);
	CLI_ADD(cli, profile_commands, config);
}
