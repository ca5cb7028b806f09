/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto ipsec transform-set, profile, security-association. */
#include "ipsec/ipsec_cli.h"

#include <string.h>

/* show crypto ipsec transform-set [NAME] */

static void show_set(const char *name, const char *transforms, const char *mode,
		     struct cli_out *o)
{
	cli_say(o, "Transform set %s: { %s } \n", name, transforms);
	cli_say(o, "   will negotiate = { %s,  }, \n", mode);
	cli_say(o, "   \n");
}

static void run_sets(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct ipsec_config *config = obj;
	const char *only = cli_str(a, "name");
	const struct ipsec_set *set;
	char text[IPSEC_SET_TEXT];

	if (!only || strcmp(only, "default") == 0)
		show_set("default", "esp-aes esp-sha-hmac ", "Transport", o);
	TAILQ_FOREACH (set, &config->sets, link)
		if (!only || strcmp(only, set->name) == 0)
			show_set(set->name, ipsec_set_text(set, true, text),
				 set->transform.transport ? "Transport"
							  : "Tunnel",
				 o);
}

/* show crypto ipsec profile [NAME] */

static void show_lifetime(const struct ipsec_config *config,
			  const struct ipsec_lifetime *l, struct cli_out *o)
{
	const struct ipsec_lifetime *global = &config->sa.lifetime;
	uint32_t seconds =
		global->seconds ? global->seconds : IPSEC_LIFETIME_DEFAULT;
	uint32_t kilobytes =
		global->kilobytes ? global->kilobytes : IPSEC_KILOBYTES_DEFAULT;
	bool disabled = global->no_kilobytes;

	if (l && l->seconds)
		seconds = l->seconds;
	if (l && (l->kilobytes || l->no_kilobytes)) {
		kilobytes = l->kilobytes;
		disabled = l->no_kilobytes;
	}
	if (disabled)
		cli_say(o,
			"Security association lifetime: kilobytes disabled"
			"/%u seconds\n",
			seconds);
	else
		cli_say(o,
			"Security association lifetime: %u kilobytes/%u "
			"seconds\n",
			kilobytes, seconds);
}

static void show_sets_of(const struct ipsec_config *config,
			 const struct ipsec_profile *p, struct cli_out *o)
{
	const struct ipsec_set *set;
	char text[IPSEC_SET_TEXT];

	cli_say(o, "\tTransform sets={ \n");
	if (!p || !p->sets[0])
		cli_say(o, "\t\tdefault:  { esp-aes esp-sha-hmac  } , \n");
	for (size_t i = 0; p && i < IPSEC_PROFILE_SETS && p->sets[i]; i++) {
		set = ipsec_set_find(config, p->sets[i]);
		if (set)
			cli_say(o, "\t\t%s:  { %s } , \n", set->name,
				ipsec_set_text(set, true, text));
	}
	cli_say(o, "\t}\n\n");
}

/* p NULL: the profile "default", which is always there. */
static void show_profile(const struct ipsec_config *config,
			 const struct ipsec_profile *p, struct cli_out *o)
{
	cli_say(o, "IPSEC profile %s\n", p ? p->name : "default");
	if (p && p->description)
		cli_say(o, "\tDescription: %s\n", p->description);
	if (p && p->isakmp_profile)
		cli_say(o, "\tISAKMP Profile: %s\n", p->isakmp_profile);
	if (p && p->ikev2_profile)
		cli_say(o, "\tIKEv2 Profile: %s\n", p->ikev2_profile);
	cli_say(o, "\t");
	show_lifetime(config, p ? &p->sa.lifetime : NULL, o);
	cli_say(o, "\tResponder-Only (Y/N): %c\n",
		p && p->responder_only ? 'Y' : 'N');
	cli_say(o, "\tPFS (Y/N): %c\n", p && p->pfs_group ? 'Y' : 'N');
	if (p && p->pfs_group)
		cli_say(o, "\tDH group:  group%u\n", p->pfs_group);
	cli_say(o, "\tMixed-mode : %s\n",
		p && p->mixed_mode ? "Enabled" : "Disabled");
	show_sets_of(config, p, o);
}

static void run_profiles(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct ipsec_config *config = obj;
	const char *only = cli_str(a, "name");
	const struct ipsec_profile *p;

	TAILQ_FOREACH (p, &config->profiles, link)
		if (!only || strcmp(only, p->name) == 0)
			show_profile(config, p, o);
	if (!only || strcmp(only, "default") == 0)
		if (!ipsec_profile_lookup(config, "default"))
			show_profile(config, NULL, o);
}

/* show crypto ipsec security-association lifetime */

static void run_lifetime(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)a;
	show_lifetime(obj, NULL, o);
}

#define SHOW_CRYPTO_IPSEC                                         \
	"show                  Show running system information\n" \
	"crypto                Encryption module\n"               \
	"ipsec                 Show IPSEC policy\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = SHOW_CRYPTO_IPSEC
		"transform-set         Crypto transform sets\n"
		"[ WORD$name           Transform set tag\n"
		"]\n",
		.run = run_sets,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW_CRYPTO_IPSEC
		"profile               Show ipsec profile information\n"
		"[ WORD$name           Profile name\n"
		"]\n",
		.run = run_profiles,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW_CRYPTO_IPSEC
		"security-association  Show parameters for IPSec security "
		"associations\n"
		"lifetime              Show SA lifetimes\n",
		.run = run_lifetime,
		.flags = CLI_USER,
	},
};

void ipsec_show_init(struct ipsec_config *config, struct cli *cli)
{
	CLI_ADD(cli, commands, config);
}
