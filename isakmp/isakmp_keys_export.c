/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto key export rsa LABEL pem terminal CIPHER PASSPHRASE, and
 * crypto key move rsa LABEL non-exportable. */
#include "isakmp/isakmp_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "isakmp/isakmp_pem.h"

static void say_not_found(const char *label, struct cli_out *o)
{
	cli_error(o, "%% RSA keypair '%s' is not found.\n", label);
}

static bool may_export(const struct isakmp_keys *keys, const char *label,
		       const char *passphrase, struct cli_out *o)
{
	const struct isakmp_pair *pair = isakmp_keys_first(keys, label);

	if (!pair) {
		say_not_found(label, o);
		return false;
	}
	if (!pair->exportable) {
		cli_error(o, "%% RSA keypair '%s' is not exportable.\n", label);
		return false;
	}
	if (strlen(passphrase) < RSA_PASSPHRASE_MIN) {
		cli_error(o, "%% Invalid passphrase: Needs at least %d chars\n",
			  RSA_PASSPHRASE_MIN);
		return false;
	}
	return true;
}

struct wrapping {
	unsigned int encr, key_bits;
	const char *passphrase;
};

static struct wrapping wrapping_of(const struct cli_args *a)
{
	struct wrapping w = { .passphrase = cli_str(a, "passphrase") };

	if (cli_has(a, "aes")) {
		w.encr = ISAKMP_ENCR_AES;
		w.key_bits = cli_has(a, "256")	 ? 256
			     : cli_has(a, "192") ? 192
						 : 128;
	} else {
		w.encr =
			cli_has(a, "3des") ? ISAKMP_ENCR_3DES : ISAKMP_ENCR_DES;
		w.key_bits = cli_has(a, "3des") ? 192 : 64;
	}
	return w;
}

static void say_pair(struct env *env, const struct isakmp_pair *pair,
		     const struct wrapping *w, struct cli_out *o)
{
	uint8_t iv[PEM_IV_MAX];
	char *public, *private;

	env_random(env, iv, sizeof(iv));
	public = isakmp_pem_public_text(pair->key);
	private = isakmp_pem_private_text(pair->key, w->encr, w->key_bits, iv,
					  w->passphrase);
	if (public && private)
		cli_say(o,
			"\n%% Key name: %s\n"
			"   Usage: %s Key\n"
			"   Key data:\n"
			"%s%s",
			pair->label, isakmp_usage_text(pair->usage), public,
			private);
	else
		cli_error(o, "%% Key pair export failed.\n");
	free(public);
	free(private);
}

static void export(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	const struct isakmp_keys *keys = ctx;
	const struct wrapping w = wrapping_of(a);
	const char *label = cli_str(a, "name");
	const struct isakmp_pair *pair;

	if (!may_export(keys, label, w.passphrase, o))
		return;
	TAILQ_FOREACH (pair, &keys->pairs, entry)
		if (!strcmp(pair->label, label))
			say_pair(keys->env, pair, &w, o);
}

/* crypto key move rsa LABEL non-exportable: there is no way back. */
static void move(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct isakmp_keys *keys = ctx;
	const char *label = cli_str(a, "name");
	struct isakmp_pair *pair;

	if (!isakmp_keys_first(keys, label)) {
		say_not_found(label, o);
		return;
	}
	TAILQ_FOREACH (pair, &keys->pairs, entry)
		if (!strcmp(pair->label, label))
			pair->exportable = false;
	if (isakmp_keys_save(keys))
		log_warn("%s cannot be written", keys->path);
}

#define EXPORT                                            \
	KEY_RSA("export", "Export keys")                  \
	"WORD$name  RSA keypair label\n"                  \
	"pem       File type to export\n"                 \
	"terminal  Export via the terminal\n"             \
	"( 3des    Use 3des to encrypt the private key\n" \
	"| aes     Use aes to encrypt the private key\n"  \
	"[ ( 128   Key of 128 bits\n"                     \
	"| 192     Key of 192 bits\n"                     \
	"| 256     Key of 256 bits\n"                     \
	") ]\n"                                           \
	"| des     Use des to encrypt the private key\n"  \
	")\n"                                             \
	"LINE$passphrase  Passphrase used to protect the private key\n"

#define MOVE                             \
	KEY_RSA("move", "Move keys")     \
	"WORD$name  RSA keypair label\n" \
	"non-exportable  Make the key non-exportable\n"

#define BOTH_MODES(text, function, flag)                                \
	{ .mode = &cli_mode_config,                                     \
	  .words = "crypto  Encryption module\n" text,                  \
	  .run = function,                                              \
	  .flags = flag },                                              \
	{                                                               \
		.mode = &cli_mode_exec,                                 \
		.words = "crypto  Encryption related commands.\n" text, \
		.run = function, .flags = flag                          \
	}

static const struct cli_cmd commands[] = {
	BOTH_MODES(EXPORT, export, CLI_SECRET),
	BOTH_MODES(MOVE, move, 0),
};

void isakmp_keys_export_cli_init(struct isakmp_keys *keys)
{
	CLI_ADD(keys->cli, commands, keys);
}
