/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto isakmp policy and its mode. */
#include "isakmp/isakmp_internal.h"

#include <string.h>

#include "base/mem.h"
#include "isakmp/isakmp_cli.h"

static const struct cli_mode policy_mode = {
	.prompt = "config-isakmp",
	.heading = "ISAKMP commands:",
	.exit_help = "Exit from ISAKMP protection suite configuration mode",
	.parent = &cli_mode_config,
};

struct word {
	const char *text;
	unsigned int value;
};

static const struct word hash_words[] = {
	{ "md5", ISAKMP_HASH_MD5 },	  { "sha", ISAKMP_HASH_SHA },
	{ "sha256", ISAKMP_HASH_SHA256 }, { "sha384", ISAKMP_HASH_SHA384 },
	{ "sha512", ISAKMP_HASH_SHA512 },
};

static const struct word auth_words[] = {
	{ "pre-share", ISAKMP_AUTH_PSK },
	{ "rsa-encr", ISAKMP_AUTH_RSA_ENCR },
	{ "rsa-sig", ISAKMP_AUTH_RSA_SIG },
};

static const struct word group_words[] = {
	{ "1", 1 },   { "2", 2 },   { "5", 5 },	  { "14", 14 }, { "15", 15 },
	{ "16", 16 }, { "19", 19 }, { "20", 20 }, { "21", 21 }, { "24", 24 },
};

static const char *word_of(const struct word *words, size_t n,
			   unsigned int value)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (words[i].value == value)
			return words[i].text;
	return "";
}

/* The keyword that was typed. */
static unsigned int typed(const struct word *words, size_t n,
			  const struct cli_args *a)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (cli_has(a, words[i].text))
			return words[i].value;
	return 0;
}

static struct isakmp_proposal *proposal_of(void *obj)
{
	return &((struct isakmp_policy *)obj)->p;
}

static const struct isakmp_proposal *shown(const void *obj)
{
	return &((const struct isakmp_policy *)obj)->p;
}

/* crypto isakmp policy N */

static void set_policy(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct isakmp *isakmp = ctx;

	cli_enter(o, &policy_mode,
		  isakmp_policy_get(isakmp, &isakmp->policies,
				    cli_u32(a, "priority")));
}

static void no_policy(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct isakmp *isakmp = ctx;
	struct isakmp_policy *policy;

	(void)o;
	policy = isakmp_policy_find(&isakmp->policies, cli_u32(a, "priority"));
	if (!policy)
		return;
	cli_forget(isakmp->cli, policy);
	isakmp_policy_free(policy);
}

static void write_policies(const void *ctx, struct cli_out *o)
{
	const struct isakmp *isakmp = ctx;
	const struct isakmp_policy *policy;

	if (isakmp->policies.no_defaults)
		cli_say(o, "no crypto isakmp default policy\n");
	LIST_FOREACH (policy, &isakmp->policies.list, entry) {
		if (policy != LIST_FIRST(&isakmp->policies.list))
			cli_say(o, "!\n");
		cli_say(o, "crypto isakmp policy %u\n", policy->priority);
		cli_write_mode(o, &policy_mode, policy);
	}
}

static void default_policy(void *ctx, const struct cli_args *a,
			   struct cli_out *o)
{
	struct isakmp *isakmp = ctx;

	(void)o;
	isakmp->policies.no_defaults = cli_is_no(a);
}

/* encryption { des | 3des | aes [128 | 192 | 256] } */

static void set_encr(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct isakmp_proposal *p = proposal_of(obj);

	(void)o;
	p->key_bits = 0;
	if (cli_is_no(a) || cli_has(a, "des")) {
		p->encr = ISAKMP_ENCR_DES;
	} else if (cli_has(a, "3des")) {
		p->encr = ISAKMP_ENCR_3DES;
	} else {
		p->encr = ISAKMP_ENCR_AES;
		p->key_bits = cli_has(a, "192")	  ? 192
			      : cli_has(a, "256") ? 256
						  : 128;
	}
}

static void write_encr(const void *obj, struct cli_out *o)
{
	const struct isakmp_proposal *p = shown(obj);

	if (p->encr == ISAKMP_ENCR_3DES)
		cli_say(o, " encr 3des\n");
	else if (p->encr == ISAKMP_ENCR_AES && p->key_bits == 128)
		cli_say(o, " encr aes\n");
	else if (p->encr == ISAKMP_ENCR_AES)
		cli_say(o, " encr aes %u\n", p->key_bits);
}

static void set_hash(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	proposal_of(obj)->hash =
		cli_is_no(a) ? isakmp_proposal_default.hash
			     : typed(hash_words, ARRAY_SIZE(hash_words), a);
}

static void write_hash(const void *obj, struct cli_out *o)
{
	unsigned int hash = shown(obj)->hash;

	if (hash != isakmp_proposal_default.hash)
		cli_say(o, " hash %s\n",
			word_of(hash_words, ARRAY_SIZE(hash_words), hash));
}

static void set_auth(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	proposal_of(obj)->auth =
		cli_is_no(a) ? isakmp_proposal_default.auth
			     : typed(auth_words, ARRAY_SIZE(auth_words), a);
}

static void write_auth(const void *obj, struct cli_out *o)
{
	unsigned int auth = shown(obj)->auth;

	if (auth != isakmp_proposal_default.auth)
		cli_say(o, " authentication %s\n",
			word_of(auth_words, ARRAY_SIZE(auth_words), auth));
}

static void set_group(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	proposal_of(obj)->group =
		cli_is_no(a) ? isakmp_proposal_default.group
			     : typed(group_words, ARRAY_SIZE(group_words), a);
}

static void write_group(const void *obj, struct cli_out *o)
{
	unsigned int group = shown(obj)->group;

	if (group != isakmp_proposal_default.group)
		cli_say(o, " group %u\n", group);
}

static void set_lifetime(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	proposal_of(obj)->lifetime =
		cli_is_no(a) ? ISAKMP_LIFETIME_DEFAULT : cli_u32(a, "seconds");
}

static void write_lifetime(const void *obj, struct cli_out *o)
{
	uint32_t lifetime = shown(obj)->lifetime;

	if (lifetime != ISAKMP_LIFETIME_DEFAULT)
		cli_say(o, " lifetime %u\n", lifetime);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = ISAKMP_CONFIG
		"policy  Set policy for an ISAKMP protection suite\n"
		"<1-10000>$priority  Priority of protection suite\n",
		.run = set_policy,
		.no = no_policy,
		.write = write_policies,
		.order = CLI_O_ISAKMP,
	},
	{
		.mode = &cli_mode_config,
		.words = ISAKMP_CONFIG "default  ISAKMP default policy\n"
				       "policy  Default protection suites\n",
		.run = default_policy,
		.no = default_policy,
	},
	{
		.mode = &policy_mode,
		.words = "encryption  Set encryption algorithm for protection"
			 " suite\n"
			 ".\n"
			 "( 3des  Three key triple DES\n"
			 "| aes   AES - Advanced Encryption Standard.\n"
			 "[ ( 128  128 bit keys.\n"
			 "| 192  192 bit keys.\n"
			 "| 256  256 bit keys.\n"
			 ") ]\n"
			 "| des   DES - Data Encryption Standard (56 bit"
			 " keys).\n"
			 ")\n",
		.run = set_encr,
		.no = set_encr,
		.write = write_encr,
		.order = 0,
	},
	{
		.mode = &policy_mode,
		.words = "hash  Set hash algorithm for protection suite\n"
			 ".\n"
			 "( md5     Message Digest 5\n"
			 "| sha     Secure Hash Standard\n"
			 "| sha256  Secure Hash Standard 2 (256 bit)\n"
			 "| sha384  Secure Hash Standard 2 (384 bit)\n"
			 "| sha512  Secure Hash Standard 2 (512 bit)\n"
			 ")\n",
		.run = set_hash,
		.no = set_hash,
		.write = write_hash,
		.order = 1,
	},
	{
		.mode = &policy_mode,
		.words = "authentication  Set authentication method for"
			 " protection suite\n"
			 ".\n"
			 "( pre-share  Pre-Shared Key\n"
			 "| rsa-encr   Rivest-Shamir-Adleman Encryption\n"
			 "| rsa-sig    Rivest-Shamir-Adleman Signature\n"
			 ")\n",
		.run = set_auth,
		.no = set_auth,
		.write = write_auth,
		.order = 2,
	},
	{
		.mode = &policy_mode,
		.words = "group  Set the Diffie-Hellman group\n"
			 ".\n"
			 "( 1   Diffie-Hellman group 1 (768 bit)\n"
			 "| 14  Diffie-Hellman group 14 (2048 bit)\n"
			 "| 15  Diffie-Hellman group 15 (3072 bit)\n"
			 "| 16  Diffie-Hellman group 16 (4096 bit)\n"
			 "| 19  Diffie-Hellman group 19 (256 bit ecp)\n"
			 "| 2   Diffie-Hellman group 2 (1024 bit)\n"
			 "| 20  Diffie-Hellman group 20 (384 bit ecp)\n"
			 "| 21  Diffie-Hellman group 21 (521 bit ecp)\n"
			 "| 24  Diffie-Hellman group 24 (2048 bit, 256 bit"
			 " subgroup)\n"
			 "| 5   Diffie-Hellman group 5 (1536 bit)\n"
			 ")\n",
		.run = set_group,
		.no = set_group,
		.write = write_group,
		.order = 3,
	},
	{
		.mode = &policy_mode,
		.words = "lifetime  Set lifetime for ISAKMP security"
			 " association\n"
			 ".\n"
			 "<60-86400>$seconds  lifetime in seconds\n",
		.run = set_lifetime,
		.no = set_lifetime,
		.write = write_lifetime,
		.order = 4,
	},
};

void isakmp_policy_cli_init(struct isakmp *isakmp)
{
	CLI_ADD(isakmp->cli, commands, isakmp);
}
