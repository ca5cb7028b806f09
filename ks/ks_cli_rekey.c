/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rekey ... of server local. */
#include "ks/ks_cli.h"

#include "base/mem.h"
#include "ks/ks_msg.h"

enum { SECONDS_PER_DAY = 86400 };

/* rekey address ipv4 ACL */

static void run_address(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	ks_set_string(&g->rekey.address,
		      cli_is_no(a) ? NULL : cli_str(a, "acl"));
	ks_group_changed(g);
}

static void write_address(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	if (g->rekey.address)
		cli_say(o, "  rekey address ipv4 %s\n", g->rekey.address);
}

/* rekey algorithm CIPHER */

static void run_algorithm(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	g->rekey.has_cipher = !cli_is_no(a);
	g->rekey.cipher = GDOI_KEK_3DES;
	g->rekey.aes_bits = 128;
	if (!cli_is_no(a)) {
		if (cli_has(a, "des-cbc"))
			g->rekey.cipher = GDOI_KEK_DES;
		if (cli_has(a, "aes"))
			g->rekey.cipher = GDOI_KEK_AES;
		if (cli_has(a, "192"))
			g->rekey.aes_bits = 192;
		if (cli_has(a, "256"))
			g->rekey.aes_bits = 256;
	}
	ks_group_changed(g);
}

static void write_algorithm(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	if (!g->rekey.has_cipher)
		return;
	switch (g->rekey.cipher) {
	case GDOI_KEK_DES:
		cli_say(o, "  rekey algorithm des-cbc\n");
		return;
	case GDOI_KEK_3DES:
		cli_say(o, "  rekey algorithm 3des-cbc\n");
		return;
	case GDOI_KEK_AES:
		cli_say(o, "  rekey algorithm aes %u\n", g->rekey.aes_bits);
		return;
	}
}

/* rekey lifetime seconds N */

static void run_lifetime(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	g->rekey.in_days = !cli_is_no(a) && cli_has(a, "days");
	if (cli_is_no(a))
		g->rekey.lifetime = KS_REKEY_LIFETIME;
	else if (g->rekey.in_days)
		g->rekey.lifetime = cli_u32(a, "day-count") * SECONDS_PER_DAY;
	else
		g->rekey.lifetime = cli_u32(a, "second-count");
	ks_group_changed(g);
}

static void write_lifetime(const void *obj, struct cli_out *o)
{
	const struct ks_rekey_config *rekey =
		&((const struct ks_group *)obj)->rekey;

	if (rekey->lifetime == KS_REKEY_LIFETIME)
		return;
	if (rekey->in_days)
		cli_say(o, "  rekey lifetime days %u\n",
			rekey->lifetime / SECONDS_PER_DAY);
	else
		cli_say(o, "  rekey lifetime seconds %u\n", rekey->lifetime);
}

/* rekey retransmit N number M */

static void run_retransmit(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	g->rekey.has_retransmit = !cli_is_no(a);
	g->rekey.interval = KS_REKEY_INTERVAL;
	g->rekey.number = KS_REKEY_NUMBER;
	g->rekey.periodic = false;
	if (!cli_is_no(a)) {
		g->rekey.interval = cli_u32(a, "interval");
		if (cli_has(a, "number"))
			g->rekey.number = cli_u32(a, "count");
		g->rekey.periodic = cli_has(a, "periodic");
	}
	ks_group_changed(g);
}

static void write_retransmit(const void *obj, struct cli_out *o)
{
	const struct ks_rekey_config *rekey =
		&((const struct ks_group *)obj)->rekey;

	if (!rekey->has_retransmit)
		return;
	if (rekey->periodic)
		cli_say(o, "  rekey retransmit %u periodic\n", rekey->interval);
	else
		cli_say(o, "  rekey retransmit %u number %u\n", rekey->interval,
			rekey->number);
}

/* rekey sig-hash algorithm HASH */

/* RFC 8017 9.2: a signature has 11 octets around the DigestInfo, which has 15
 * (SHA-1) or 19 before the hash. */
static const struct {
	const char *word;
	enum gdoi_sig_hash hash;
	size_t octets; /* of the shortest modulus */
} sig_hashes[] = {
	{ "sha", GDOI_SIG_SHA1, 11 + 15 + 20 },
	{ "sha256", GDOI_SIG_SHA256, 11 + 19 + 32 },
	{ "sha384", GDOI_SIG_SHA384, 11 + 19 + 48 },
	{ "sha512", GDOI_SIG_SHA512, 11 + 19 + 64 },
};

/* Without a key pair yet there is nothing to object to. */
static bool key_suffices(const struct ks_group *g, const char *word,
			 size_t octets)
{
	size_t modulus;

	if (!ks_public_key(g, NULL, &modulus) || modulus >= octets)
		return true;
	env_event(g->ks->env, KS_REKEY_AUTH_KEY_LENGTH_INSUFFICIENT, word,
		  (unsigned int)octets * 8, g->rekey.key_label,
		  (unsigned int)modulus * 8);
	return false;
}

static void run_sig_hash(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = obj;
	size_t i, chosen = 0;

	(void)o;
	for (i = 0; !cli_is_no(a) && i < ARRAY_SIZE(sig_hashes); i++) {
		if (cli_has(a, sig_hashes[i].word))
			chosen = i;
	}
	if (!key_suffices(g, sig_hashes[chosen].word,
			  sig_hashes[chosen].octets))
		return;
	g->rekey.sig_hash = sig_hashes[chosen].hash;
	ks_group_changed(g);
}

static void write_sig_hash(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	switch (g->rekey.sig_hash) {
	case GDOI_SIG_MD5: /* not configurable */
	case GDOI_SIG_SHA1:
		return;
	case GDOI_SIG_SHA256:
		cli_say(o, "  rekey sig-hash algorithm sha256\n");
		return;
	case GDOI_SIG_SHA384:
		cli_say(o, "  rekey sig-hash algorithm sha384\n");
		return;
	case GDOI_SIG_SHA512:
		cli_say(o, "  rekey sig-hash algorithm sha512\n");
		return;
	}
}

/* rekey acknowledgement KIND */

static void run_ack(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	g->rekey.ack = KS_ACK_CISCO;
	if (!cli_is_no(a)) {
		if (cli_has(a, "interoperable"))
			g->rekey.ack = KS_ACK_INTEROPERABLE;
		if (cli_has(a, "any"))
			g->rekey.ack = KS_ACK_ANY;
	}
	ks_group_changed(g);
}

static void write_ack(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	switch (g->rekey.ack) {
	case KS_ACK_CISCO:
		return;
	case KS_ACK_INTEROPERABLE:
		cli_say(o, "  rekey acknowledgement interoperable\n");
		return;
	case KS_ACK_ANY:
		cli_say(o, "  rekey acknowledgement any\n");
		return;
	}
}

/* rekey authentication mypubkey rsa LABEL */

static void run_authentication(void *obj, const struct cli_args *a,
			       struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	ks_set_string(&g->rekey.key_label,
		      cli_is_no(a) ? NULL : cli_str(a, "label"));
	ks_group_changed(g);
}

static void write_authentication(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	if (g->rekey.key_label)
		cli_say(o, "  rekey authentication mypubkey rsa %s\n",
			g->rekey.key_label);
}

/* rekey transport unicast */

static void run_transport(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	g->rekey.unicast = !cli_is_no(a);
	ks_group_changed(g);
}

static void write_transport(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	if (g->rekey.unicast)
		cli_say(o, "  rekey transport unicast\n");
}

#define REKEY "rekey             Rekey configuration\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &ks_mode_local,
		.words = REKEY
		"address           Destination of multicast rekeys\n"
		".\n"
		"ipv4              IPv4 address\n"
		"( <100-199>$acl   IP extended access list\n"
		"| <2000-2699>$acl  IP extended access list (expanded "
		"range)\n"
		"| WORD$acl        Access list name\n"
		")\n",
		.run = run_address,
		.no = run_address,
		.write = write_address,
		.order = KS_O_REKEY,
	},
	{
		.mode = &ks_mode_local,
		.words = REKEY
		"algorithm         Rekey encryption algorithm\n"
		".\n"
		"( 3des-cbc        cbc mode of the three key triple "
		"DES encryption algorithm\n"
		"| aes             Advanced Encryption Standard\n"
		"( 128             128 bit keys\n"
		"| 192             192 bit keys\n"
		"| 256             256 bit keys\n"
		")\n"
		"| des-cbc         cbc mode of the DES encryption "
		"algorithm\n"
		")\n",
		.run = run_algorithm,
		.no = run_algorithm,
		.write = write_algorithm,
		.order = KS_O_REKEY + 1,
	},
	{
		.mode = &ks_mode_local,
		.words = REKEY
		"lifetime                  Lifetime of the rekey key\n"
		".\n"
		"( seconds                 Lifetime in seconds\n"
		"<300-2592000>$second-count  Number of seconds\n"
		"| days                    Lifetime in days\n"
		"<1-30>$day-count          Number of days\n"
		")\n",
		.run = run_lifetime,
		.no = run_lifetime,
		.write = write_lifetime,
		.order = KS_O_REKEY + 2,
	},
	{
		.mode = &ks_mode_local,
		.words = REKEY
		"retransmit        Retransmission of rekeys\n"
		".\n"
		"<10-60>$interval  Seconds between retransmissions\n"
		"[ ( number        How many retransmissions there are\n"
		"<1-10>$count      Number of retransmissions\n"
		"| periodic        Remind members until they answer\n"
		") ]\n",
		.run = run_retransmit,
		.no = run_retransmit,
		.write = write_retransmit,
		.order = KS_O_REKEY + 3,
	},
	{
		.mode = &ks_mode_local,
		.words = REKEY "sig-hash          Hash of the rekey signature\n"
			       ".\n"
			       "algorithm         Hash algorithm\n"
			       "( sha             SHA-1\n"
			       "| sha256          SHA-256\n"
			       "| sha384          SHA-384\n"
			       "| sha512          SHA-512\n"
			       ")\n",
		.run = run_sig_hash,
		.no = run_sig_hash,
		.write = write_sig_hash,
		.order = KS_O_REKEY + 4,
	},
	{
		.mode = &ks_mode_local,
		.words = REKEY "acknowledgement   Acknowledgement of rekeys\n"
			       ".\n"
			       "( any             Any acknowledgement\n"
			       "| cisco           Only of members of our kind\n"
			       "| interoperable   RFC 8263\n"
			       ")\n",
		.run = run_ack,
		.no = run_ack,
		.write = write_ack,
		.order = KS_O_REKEY + 5,
	},
	{
		.mode = &ks_mode_local,
		.words = REKEY "authentication    Authentication of rekeys\n"
			       ".\n"
			       "mypubkey          Key pair of this router\n"
			       "rsa               Type of the key\n"
			       "WORD$label        Label of the key pair\n",
		.run = run_authentication,
		.no = run_authentication,
		.write = write_authentication,
		.order = KS_O_REKEY + 6,
	},
	{
		.mode = &ks_mode_local,
		.words = REKEY "transport         Transport of rekeys\n"
			       ".\n"
			       "unicast           One to each member\n",
		.run = run_transport,
		.no = run_transport,
		.write = write_transport,
		.order = KS_O_REKEY + 7,
	},
};

void ks_cli_rekey_init(struct ks *ks)
{
	KS_CLI_ADD(ks, commands);
}
