/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto key generate rsa, crypto key zeroize rsa, show crypto key mypubkey
 * rsa, with IOS's dialogues. */
#include "isakmp/isakmp_keys.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"

/* A key pair, or two for usage-keys, that is asked about or being made. */
struct isakmp_generation {
	LIST_ENTRY(isakmp_generation) entry; /* while the job runs */
	struct isakmp_keys *keys;	     /* NULL: nobody wants it */
	struct cli_out *held;
	struct env_job *job;
	char *label;
	unsigned int modulus;
	bool exportable, asked;
	enum rsa_usage usage[2];
	size_t n;
	int64_t start;
	EVP_PKEY *made[2]; /* NULL: OpenSSL could not */
};

static void generation_free(void *arg)
{
	struct isakmp_generation *g = arg;
	size_t i;

	for (i = 0; i < g->n; i++)
		EVP_PKEY_free(g->made[i]);
	free(g->label);
	free(g);
}

static void make(void *arg)
{
	struct isakmp_generation *g = arg;
	size_t i;

	for (i = 0; i < g->n; i++)
		g->made[i] = EVP_RSA_gen(g->modulus);
}

static bool all_made(const struct isakmp_generation *g)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		if (!g->made[i])
			return false;
	return true;
}

static void say(struct isakmp_generation *g, const char *text, int64_t seconds)
{
	if (g->held)
		cli_say(g->held, "%s (elapsed time was %d seconds)\n\n", text,
			(int)seconds);
}

static void store(struct isakmp_generation *g)
{
	struct isakmp_keys *keys = g->keys;
	int64_t seconds = (env_now(keys->env) - g->start) / US_PER_SEC;
	size_t i;

	if (!all_made(g)) {
		say(g, "% Key pair generation failed", seconds);
		return;
	}
	isakmp_keys_remove(keys, g->label);
	for (i = 0; i < g->n; i++)
		isakmp_keys_add(keys, g->label, g->usage[i], g->exportable,
				env_wall(keys->env), g->made[i]);
	say(g, "[OK]", seconds);
	if (isakmp_keys_save(keys))
		log_warn("%s cannot be written", keys->path);
	isakmp_keys_tell(keys, g->label);
}

static void generated(void *arg, bool ok)
{
	struct isakmp_generation *g = arg;

	if (g->keys) {
		LIST_REMOVE(g, entry);
		if (ok)
			store(g);
		if (g->held)
			cli_release(g->held);
	}
	generation_free(g);
}

/* The job ends by itself and finds that nobody wants its keys. */
static void give_up(struct isakmp_generation *g)
{
	struct env *env = g->keys->env;
	struct cli_out *held = g->held;

	LIST_REMOVE(g, entry);
	g->keys = NULL;
	g->held = NULL;
	env_job_cancel(env, &g->job);
	if (held)
		cli_release(held);
}

static void interrupted(void *arg)
{
	give_up(arg);
}

void isakmp_generations_end(struct isakmp_keys *keys)
{
	while (!LIST_EMPTY(&keys->generations))
		give_up(LIST_FIRST(&keys->generations));
}

static void start(struct isakmp_generation *g, struct cli_out *o)
{
	if (!g->asked)
		cli_say(o, "%% The key modulus size is %u bits\n", g->modulus);
	cli_say(o,
		"%% Generating %u bit RSA keys, keys will be "
		"%sexportable...\n",
		g->modulus, g->exportable ? "" : "non-");
	g->start = env_now(g->keys->env);
	if (!cli_is_startup(o))
		g->held = cli_hold(o, interrupted, g);
	LIST_INSERT_HEAD(&g->keys->generations, g, entry);
	env_job_long(g->keys->env, &g->job, make, generated, g);
}

/* False, and said why: it cannot be made here. */
static bool can_make(const struct isakmp_generation *g, struct cli_out *o)
{
	if (g->modulus < RSA_MODULUS_MADE) {
		cli_error(o,
			  "%% RSA keys of less than %d bits are not"
			  " supported on this platform.\n",
			  RSA_MODULUS_MADE);
		return false;
	}
	/* Those of a startup-config wait for each other. */
	if (!cli_is_startup(o) && !LIST_EMPTY(&g->keys->generations)) {
		cli_error(o, "%% RSA keys are being generated already. Please"
			     " try again later.\n");
		return false;
	}
	if (!isakmp_keys_room(g->keys, g->label, g->n)) {
		cli_error(o, "%% Too many RSA key pairs.\n");
		return false;
	}
	return true;
}

static void ask_modulus(struct isakmp_generation *g, struct cli_out *o);

static void got_modulus(void *arg, const char *line, struct cli_out *o)
{
	struct isakmp_generation *g = arg;
	unsigned long bits = RSA_MODULUS_DEFAULT;
	char *end;

	line += strspn(line, " ");
	if (*line) {
		bits = strtoul(line, &end, 10);
		end += strspn(end, " ");
		if (*end || bits < RSA_MODULUS_MIN || bits > RSA_MODULUS_MAX) {
			cli_say(o, "%% A decimal number between %d and %d.\n",
				RSA_MODULUS_MIN, RSA_MODULUS_MAX);
			ask_modulus(g, o);
			return;
		}
	}
	g->modulus = (unsigned int)bits;
	if (can_make(g, o))
		start(g, o);
}

static void ask_modulus(struct isakmp_generation *g, struct cli_out *o)
{
	g->asked = true;
	cli_ask(o, "How many bits in the modulus [512]: ", false, got_modulus,
		generation_free, g);
}

/* IOS breaks the lines so, whatever the name of the usage is. */
static void say_choice(const struct isakmp_generation *g, struct cli_out *o)
{
	cli_say(o,
		"Choose the size of the key modulus in the range of %d to %d "
		"for your\n"
		"  %s Keys. Choosing a key modulus greater than %d may take\n"
		"  a few minutes.\n\n",
		RSA_MODULUS_MIN, RSA_MODULUS_MAX,
		isakmp_usage_text(g->usage[0]), RSA_MODULUS_DEFAULT);
}

static char *label_of(const struct isakmp_keys *keys, const struct cli_args *a)
{
	if (cli_has(a, "label"))
		return xstrdup(cli_str(a, "name"));
	return keys->label ? keys->label(keys->label_arg) : NULL;
}

static void usages_of(struct isakmp_generation *g, const struct cli_args *a)
{
	g->n = 1;
	g->usage[0] = cli_has(a, "signature")	 ? RSA_SIGNATURE
		      : cli_has(a, "encryption") ? RSA_ENCRYPTION
						 : RSA_GENERAL;
	if (cli_has(a, "usage-keys")) {
		g->n = 2;
		g->usage[0] = RSA_SIGNATURE;
		g->usage[1] = RSA_ENCRYPTION;
	}
}

static void say_name(const struct isakmp_generation *g, struct cli_out *o)
{
	if (isakmp_keys_first(g->keys, g->label))
		cli_say(o,
			"%% You already have RSA keys defined named %s.\n"
			"%% They will be replaced.\n",
			g->label);
	else
		cli_say(o, "The name for the keys will be: %s\n", g->label);
}

static void generate(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct isakmp_keys *keys = ctx;
	char *label = label_of(keys, a);
	struct isakmp_generation *g;

	if (!label) {
		cli_error(o, "%% Please define a domain-name first.\n");
		return;
	}
	/* A startup-config that has the line makes the pair once. */
	if (cli_is_startup(o) && isakmp_keys_first(keys, label)) {
		free(label);
		return;
	}
	g = xcalloc(1, sizeof(*g));
	g->keys = keys;
	g->label = label;
	g->exportable = cli_has(a, "exportable");
	usages_of(g, a);
	say_name(g, o);
	if (!cli_has(a, "modulus") && !cli_is_startup(o)) {
		say_choice(g, o);
		ask_modulus(g, o);
		return;
	}
	g->modulus = cli_has(a, "modulus") ? cli_u32(a, "bits")
					   : RSA_MODULUS_DEFAULT;
	cli_say(o, "\n");
	if (can_make(g, o))
		start(g, o);
	else
		generation_free(g);
}

/* crypto key zeroize rsa [LABEL] */

struct removal {
	struct isakmp_keys *keys;
	char *label; /* NULL: all */
};

static void removal_free(void *arg)
{
	struct removal *r = arg;

	free(r->label);
	free(r);
}

static void remove_pairs(struct isakmp_keys *keys, const char *label)
{
	struct isakmp_pair *pair;
	char *name;

	while ((pair = isakmp_keys_first(keys, label))) {
		name = xstrdup(pair->label);
		isakmp_keys_remove(keys, name);
		isakmp_keys_tell(keys, name);
		free(name);
	}
	if (isakmp_keys_save(keys))
		log_warn("%s cannot be written", keys->path);
}

static void ask_removal(struct removal *r, struct cli_out *o);

static void got_removal(void *arg, const char *line, struct cli_out *o)
{
	struct removal *r = arg;
	size_t len;

	line += strspn(line, " ");
	len = strcspn(line, " ");
	if (len && !strncasecmp(line, "yes", len)) {
		remove_pairs(r->keys, r->label);
	} else if (!len || strncasecmp(line, "no", len)) {
		cli_say(o, "%% Please answer 'yes' or 'no'.\n");
		ask_removal(r, o);
	}
}

static void ask_removal(struct removal *r, struct cli_out *o)
{
	cli_ask(o, "Do you really want to remove these keys? [yes/no]: ", false,
		got_removal, removal_free, r);
}

static void zeroize(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct isakmp_keys *keys = ctx;
	const char *label = cli_str(a, "name");
	struct removal *r;

	if (!isakmp_keys_first(keys, label)) {
		if (label)
			cli_error(o, "%% RSA keypair '%s' is not found.\n",
				  label);
		else
			cli_error(o, "%% No RSA keys found.\n");
		return;
	}
	if (cli_is_startup(o)) {
		remove_pairs(keys, label);
		return;
	}
	if (label)
		cli_say(o, "%% Keys to be removed are named '%s'.\n", label);
	else
		cli_say(o, "%% All keys will be removed.\n");
	cli_say(o, "%% All router certs issued using these keys will also be"
		   " removed.\n");
	r = xcalloc(1, sizeof(*r));
	r->keys = keys;
	r->label = label ? xstrdup(label) : NULL;
	ask_removal(r, o);
}

/* show crypto key mypubkey rsa [LABEL] */

enum { WORD = 4, LINE = 8 * WORD }; /* octets */

/* Eight words in a line, each with a blank behind it but the last of all; a
 * rest that is less than a word begins no line of its own. */
static void say_hex(struct cli_out *o, const uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (i % LINE == 0 && (!i || len - i >= WORD))
			cli_say(o, "%s  ", i ? "\n" : "");
		cli_say(o, "%02X%s", p[i],
			i % WORD == WORD - 1 && i + 1 < len ? " " : "");
	}
	cli_say(o, "\n");
}

static void say_pair(const struct isakmp_pair *pair, struct cli_out *o)
{
	time_t seconds = (time_t)(pair->created / US_PER_SEC);
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(pair->key, &der);
	char clock[32], day[32];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S UTC %b", &tm);
	strftime(day, sizeof(day), "%Y", &tm);
	cli_say(o, "%% Key pair was generated at: %s %d %s\n", clock,
		tm.tm_mday, day);
	cli_say(o,
		"Key name: %s\n"
		"Key type: RSA KEYS\n"
		" Storage Device: not specified\n"
		" Usage: %s Key\n"
		" Key is %sexportable.\n"
		" Key Data:\n",
		pair->label, isakmp_usage_text(pair->usage),
		pair->exportable ? "" : "not ");
	if (len > 0)
		say_hex(o, der, (size_t)len);
	OPENSSL_free(der);
}

static void show(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	const struct isakmp_keys *keys = ctx;
	const char *label = cli_str(a, "name");
	const struct isakmp_pair *pair;

	TAILQ_FOREACH (pair, &keys->pairs, entry)
		if (!label || !strcmp(pair->label, label))
			say_pair(pair, o);
}

#define GENERATE                                                          \
	KEY_RSA("generate", "Generate new keys")                          \
	"[ { ( encryption  Generate a general purpose RSA key pair for"   \
	" encryption\n"                                                   \
	"| general-keys  Generate a general purpose RSA key pair for"     \
	" signing and encryption\n"                                       \
	"| signature     Generate a general purpose RSA key pair for"     \
	" signing\n"                                                      \
	"| usage-keys    Generate separate RSA key pairs for signing and" \
	" encryption\n"                                                   \
	")\n"                                                             \
	"| exportable  Allow the key to be exported\n"                    \
	"| label  Provide a label\n"                                      \
	"WORD$name  RSA keypair label\n"                                  \
	"| modulus  Provide number of modulus bits on the command line\n" \
	"<360-4096>$bits  size of the key modulus [360-4096]\n"           \
	"| storage  Store key on specified device\n"                      \
	"WORD$storage-device  Device\n"                                   \
	"| on  create key on specified device.\n"                         \
	"WORD$device  Device\n"                                           \
	"} ]\n"

#define ZEROIZE                            \
	KEY_RSA("zeroize", "Remove keys")  \
	"[ WORD$name  RSA keypair label\n" \
	"]\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "crypto  Encryption module\n" GENERATE,
		.run = generate,
	},
	{
		.mode = &cli_mode_exec,
		.words = "crypto  Encryption related commands.\n" GENERATE,
		.run = generate,
	},
	{
		.mode = &cli_mode_config,
		.words = "crypto  Encryption module\n" ZEROIZE,
		.run = zeroize,
	},
	{
		.mode = &cli_mode_exec,
		.words = "crypto  Encryption related commands.\n" ZEROIZE,
		.run = zeroize,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show    Show running system information\n"
			 "crypto  Encryption module\n"
			 "key     Show long term public keys\n"
			 "mypubkey  Show public keys associated with this"
			 " router\n"
			 "rsa     Show RSA public keys\n"
			 "[ WORD$name  Name of the key pair\n"
			 "]\n",
		.run = show,
	},
};

void isakmp_keys_cli_init(struct isakmp_keys *keys, struct cli *cli,
			  char *(*label)(void *arg), void *arg)
{
	keys->cli = cli;
	keys->label = label;
	keys->label_arg = arg;
	CLI_ADD(cli, commands, keys);
	isakmp_keys_export_cli_init(keys);
	isakmp_keys_import_cli_init(keys);
}
