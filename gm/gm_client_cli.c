/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client rekey encryption, client rekey hash and client transform-sets of
 * crypto gdoi group. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gm/gm_priv.h"
#include "gm/gm_restrict.h"

static const char *const cipher_names[] = {
#define NAME(id, text, name, ...) name,
	GM_REKEY_CIPHERS(NAME)
};

static const char *const hash_names[] = { GM_REKEY_HASHES(NAME)
#undef NAME
};

static unsigned int typed_bits(const struct cli_args *a,
			       const char *const *names, size_t n)
{
	unsigned int bits = 0;
	size_t i;

	for (i = 0; i < n; i++)
		if (cli_has(a, names[i]))
			bits |= 1u << i;
	return bits;
}

static void set_encryption(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	unsigned int bits =
		typed_bits(a, cipher_names, ARRAY_SIZE(cipher_names));

	if (!bits)
		cli_error(o, "%% Incomplete command.\n\n");
	else
		gm_group_get(obj)->rekey_ciphers = bits;
}

static void no_encryption(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	(void)a;
	(void)o;
	if (!gm_group_of(obj))
		return;
	gm_group_of(obj)->rekey_ciphers = 0;
	gm_group_tidy(obj);
}

static void write_encryption(const void *obj, struct cli_out *o)
{
	const struct gm_group *g = gm_group_of(obj);
	char text[GM_RESTRICT_TEXT];

	if (g && g->rekey_ciphers)
		cli_say(o, " client rekey encryption %s\n",
			gm_restrict_ciphers_text(g, text));
}

static void set_hash(void *obj, const struct cli_args *a, struct cli_out *o)
{
	unsigned int bits = typed_bits(a, hash_names, ARRAY_SIZE(hash_names));

	if (!bits)
		cli_error(o, "%% Incomplete command.\n\n");
	else
		gm_group_get(obj)->rekey_hashes = bits;
}

static void no_hash(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)a;
	(void)o;
	if (!gm_group_of(obj))
		return;
	gm_group_of(obj)->rekey_hashes = 0;
	gm_group_tidy(obj);
}

static void write_hash(const void *obj, struct cli_out *o)
{
	const struct gm_group *g = gm_group_of(obj);
	char text[GM_RESTRICT_TEXT];

	if (g && g->rekey_hashes)
		cli_say(o, " client rekey hash %s\n",
			gm_restrict_hashes_text(g, text));
}

static void set_sets(void *obj, const struct cli_args *a, struct cli_out *o)
{
	static const char *const names[GM_MAX_TRANSFORM_SETS] = {
		"set1", "set2", "set3", "set4", "set5", "set6"
	};
	struct gm_group *g = gm_group_get(obj);
	size_t i;

	(void)o;
	gm_group_clear_sets(g);
	for (i = 0; i < GM_MAX_TRANSFORM_SETS && cli_str(a, names[i]); i++)
		g->transform_sets[g->n_transform_sets++] =
			xstrdup(cli_str(a, names[i]));
}

static void no_sets(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)a;
	(void)o;
	if (!gm_group_of(obj))
		return;
	gm_group_clear_sets(gm_group_of(obj));
	gm_group_tidy(obj);
}

static void write_sets(const void *obj, struct cli_out *o)
{
	const struct gm_group *g = gm_group_of(obj);
	size_t i;

	if (!g || !g->n_transform_sets)
		return;
	cli_say(o, " client transform-sets");
	for (i = 0; i < g->n_transform_sets; i++)
		cli_say(o, " %s", g->transform_sets[i]);
	cli_say(o, "\n");
}

/* clang-format off */
#define CLIENT "client  Set the group client parameters\n"
#define CLIENT_REKEY CLIENT "rekey  Acceptable rekey ciphers and hashes\n"
#define CLIENT_COMMANDS(the_mode)                                           \
	{                                                                   \
		.mode = the_mode,                                           \
		.words = CLIENT_REKEY                                       \
			"encryption  Acceptable ciphers of the rekey SA\n"  \
			".\n"                                               \
			"{ 3des-cbc  Triple DES\n"                          \
			"| aes$aes128  AES\n"                               \
			"128  128 bit keys\n"                               \
			"| aes$aes192  AES\n"                               \
			"192  192 bit keys\n"                               \
			"| aes$aes256  AES\n"                               \
			"256  256 bit keys\n"                               \
			"| des-cbc  DES\n"                                  \
			"}\n",                                              \
		.run = set_encryption, .no = no_encryption,                 \
		.write = write_encryption, .order = GDOI_O_CLIENT,          \
	},                                                                  \
	{                                                                   \
		.mode = the_mode,                                           \
		.words = CLIENT_REKEY                                       \
			"hash  Acceptable hashes of rekey signatures\n"     \
			".\n"                                               \
			"{ sha  SHA-1\n"                                    \
			"| sha256  SHA-256\n"                               \
			"| sha384  SHA-384\n"                               \
			"| sha512  SHA-512\n"                               \
			"}\n",                                              \
		.run = set_hash, .no = no_hash, .write = write_hash,        \
		.order = GDOI_O_CLIENT + 1,                                 \
	},                                                                  \
	{                                                                   \
		.mode = the_mode,                                           \
		.words = CLIENT                                             \
			"transform-sets  Acceptable transform sets of TEKs\n" \
			".\n"                                               \
			"WORD$set1  Name of a transform set\n"              \
			"[ WORD$set2  Name of a transform set\n"            \
			"[ WORD$set3  Name of a transform set\n"            \
			"[ WORD$set4  Name of a transform set\n"            \
			"[ WORD$set5  Name of a transform set\n"            \
			"[ WORD$set6  Name of a transform set\n"            \
			"] ] ] ] ]\n",                                      \
		.run = set_sets, .no = no_sets, .write = write_sets,        \
		.order = GDOI_O_CLIENT + 2,                                 \
	}
/* clang-format on */

static const struct cli_cmd commands[] = {
	CLIENT_COMMANDS(&gdoi_mode_group),
	CLIENT_COMMANDS(&gdoi_mode_gkm_group),
};

void gm_client_cli_init(struct gm *gm)
{
	CLI_ADD(gm->config.cli, commands, gm);
}
