/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto key import rsa LABEL ... terminal PASSPHRASE: PEM text is pasted, a
 * public and a private part for each pair. */
#include "isakmp/isakmp_keys.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"
#include "isakmp/isakmp_pem.h"

enum { PAIRS = 2 }; /* of usage-keys */

struct isakmp_import {
	LIST_ENTRY(isakmp_import) entry; /* while the job runs */
	struct isakmp_keys *keys;	 /* NULL: nobody wants it */
	struct cli_out *held;
	struct env_job *job;
	char *label, *passphrase;
	bool exportable;
	enum rsa_usage usage[PAIRS];
	struct isakmp_pem_input input[PAIRS];
	size_t n, at; /* pairs; the one being typed */
	/* What the job makes of them. */
	EVP_PKEY *key[PAIRS];
	const char *why; /* NULL: all is well */
	bool unreadable;
};

static void import_free(void *arg)
{
	struct isakmp_import *im = arg;
	size_t i;

	for (i = 0; i < PAIRS; i++) {
		isakmp_pem_input_free(&im->input[i]);
		EVP_PKEY_free(im->key[i]);
	}
	bytes_wipe(im->passphrase, strlen(im->passphrase));
	free(im->passphrase);
	free(im->label);
	free(im);
}

/* --- on another thread ---------------------------------------------------- */

static EVP_PKEY *read_pair(struct isakmp_import *im, size_t i)
{
	const struct isakmp_pem_input *in = &im->input[i];
	const char *private_text = in->private ? in->private : "";
	EVP_PKEY *public, *private = NULL;

	im->unreadable = true;
	if (in->too_long) {
		im->why = "the text is too long";
		return NULL;
	}
	public = isakmp_pem_public(in->public ? in->public : "", &im->why);
	if (public)
	private = isakmp_pem_private(private_text, im->passphrase, &im->why);
	if (private) {
		im->unreadable = false;
		im->why = isakmp_pem_objection(private, public);
	}
	EVP_PKEY_free(public);
	return private;
}

static void check(void *arg)
{
	struct isakmp_import *im = arg;
	size_t i;

	for (i = 0; i < im->n && !im->why; i++)
		im->key[i] = read_pair(im, i);
}

/* --- the end -------------------------------------------------------------- */

static void store(struct isakmp_import *im, struct cli_out *o)
{
	struct isakmp_keys *keys = im->keys;
	size_t i;

	if (!isakmp_keys_room(keys, im->label, im->n)) {
		if (o)
			cli_error(o, "%% Too many RSA key pairs.\n"
				     "%% Key pair import failed.\n");
		return;
	}
	isakmp_keys_remove(keys, im->label);
	for (i = 0; i < im->n; i++)
		isakmp_keys_add(keys, im->label, im->usage[i], im->exportable,
				env_wall(keys->env), im->key[i]);
	if (isakmp_keys_save(keys))
		log_warn("%s cannot be written", keys->path);
	if (o)
		cli_say(o, "%% Key pair import succeeded.\n");
	isakmp_keys_tell(keys, im->label);
}

static void ask_replacement(struct isakmp_import *im, struct cli_out *o);

static void got_replacement(void *arg, const char *line, struct cli_out *o)
{
	struct isakmp_import *im = arg;
	size_t len;

	line += strspn(line, " ");
	len = strcspn(line, " ");
	if (len && !strncasecmp(line, "yes", len)) {
		store(im, o);
	} else if (len && !strncasecmp(line, "no", len)) {
		cli_say(o, "%% Key pair import failed.\n");
	} else {
		cli_say(o, "%% Please answer 'yes' or 'no'.\n");
		ask_replacement(im, o);
	}
}

static void ask_replacement(struct isakmp_import *im, struct cli_out *o)
{
	cli_ask(o, "Do you really want to replace them? [yes/no]: ", false,
		got_replacement, import_free, im);
}

/* True: im is the question's now. */
static bool finish(struct isakmp_import *im)
{
	struct cli_out *o = im->held;

	if (im->why) {
		if (o)
			cli_error(o, "%% Reason: %s\n%% %s import failed.\n",
				  im->why,
				  im->unreadable ? "PEM files" : "Key pair");
		else
			log_warn("key pair %s is not imported: %s", im->label,
				 im->why);
		return false;
	}
	if (!o || !isakmp_keys_first(im->keys, im->label)) {
		store(im, o);
		return false;
	}
	cli_say(o, "%% You already have RSA keys defined named %s.\n",
		im->label);
	ask_replacement(im, o);
	return true;
}

static void checked(void *arg, bool ok)
{
	struct isakmp_import *im = arg;
	struct cli_out *held = im->held;
	bool asked = false;

	if (im->keys) {
		LIST_REMOVE(im, entry);
		if (ok)
			asked = finish(im);
		if (held)
			cli_release(held);
	}
	if (!asked)
		import_free(im);
}

/* The job ends by itself and finds that nobody wants its keys. */
static void give_up(struct isakmp_import *im)
{
	struct env *env = im->keys->env;
	struct cli_out *held = im->held;

	LIST_REMOVE(im, entry);
	im->keys = NULL;
	im->held = NULL;
	env_job_cancel(env, &im->job);
	if (held)
		cli_release(held);
}

static void interrupted(void *arg)
{
	give_up(arg);
}

void isakmp_imports_end(struct isakmp_keys *keys)
{
	while (!LIST_EMPTY(&keys->imports))
		give_up(LIST_FIRST(&keys->imports));
}

/* --- the dialogue --------------------------------------------------------- */

static void ask_line(struct isakmp_import *im, struct cli_out *o);

static void say_public(const struct isakmp_import *im, struct cli_out *o)
{
	cli_say(o,
		"%% Enter PEM-formatted public %s key or certificate.\n"
		"%% End with a blank line or \"quit\" on a line by itself.\n",
		isakmp_usage_text(im->usage[im->at]));
}

static void say_private(const struct isakmp_import *im, struct cli_out *o)
{
	cli_say(o,
		"%% Enter PEM-formatted encrypted private %s key.\n"
		"%% End with \"quit\" on a line by itself.\n",
		isakmp_usage_text(im->usage[im->at]));
}

/* A startup-config goes on meanwhile. */
static struct isakmp_import *own(struct isakmp_import *im)
{
	struct isakmp_import *copy = xmemdup(im, sizeof(*im));

	*im = (struct isakmp_import){ .passphrase = xstrdup("") };
	return copy;
}

/* The dialogue frees what it had as soon as this returns, if nothing is
 * held: so the job gets all there is. */
static void start(struct isakmp_import *im, struct cli_out *o)
{
	struct isakmp_import *job = own(im);

	if (!cli_is_startup(o))
		job->held = cli_hold(o, interrupted, job);
	LIST_INSERT_HEAD(&job->keys->imports, job, entry);
	env_job_long(job->keys->env, &job->job, check, checked, job);
}

static void got_line(void *arg, const char *line, struct cli_out *o)
{
	struct isakmp_import *im = arg;

	switch (isakmp_pem_line(&im->input[im->at], line)) {
	case PEM_PRIVATE:
		say_private(im, o);
		break;
	case PEM_DONE:
		if (++im->at == im->n) {
			start(im, o);
			return;
		}
		say_public(im, o);
		break;
	case PEM_MORE:
		break;
	}
	ask_line(im, o);
}

static void ask_line(struct isakmp_import *im, struct cli_out *o)
{
	cli_ask(o, "", false, got_line, import_free, im);
}

static void import(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct isakmp_import *im = xcalloc(1, sizeof(*im));

	im->keys = ctx;
	im->label = xstrdup(cli_str(a, "name"));
	im->passphrase = xstrdup(cli_str(a, "passphrase"));
	im->exportable = cli_has(a, "exportable");
	im->n = 1;
	im->usage[0] = RSA_GENERAL;
	if (cli_has(a, "usage-keys")) {
		im->n = PAIRS;
		im->usage[0] = RSA_SIGNATURE;
		im->usage[1] = RSA_ENCRYPTION;
	}
	say_public(im, o);
	ask_line(im, o);
}

#define IMPORT                                                     \
	KEY_RSA("import", "Import keys")                           \
	"WORD$name  RSA keypair label\n"                           \
	"[ pem  File type to import\n"                             \
	"]\n"                                                      \
	"{ exportable  Allow the imported keys to be exported\n"   \
	"| ( general-purpose  Import a general purpose key pair\n" \
	"| usage-keys  Import separate key pairs for signing and"  \
	" encryption\n"                                            \
	")\n"                                                      \
	"}\n"                                                      \
	"terminal  Import via the terminal\n"                      \
	"LINE$passphrase  Passphrase used to protect the private key\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "crypto  Encryption module\n" IMPORT,
		.run = import,
		.flags = CLI_SECRET,
	},
	{
		.mode = &cli_mode_exec,
		.words = "crypto  Encryption related commands.\n" IMPORT,
		.run = import,
		.flags = CLI_SECRET,
	},
};

void isakmp_keys_import_cli_init(struct isakmp_keys *keys)
{
	CLI_ADD(keys->cli, commands, keys);
}
