/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store of RSA key pairs behind isakmp_keys_*() (isakmp/isakmp.h).
 * Control thread only. */
#ifndef ISAKMP_ISAKMP_KEYS_H
#define ISAKMP_ISAKMP_KEYS_H

#include <openssl/evp.h>
#include <sys/queue.h>

#include "isakmp/isakmp.h"

enum isakmp_key_limits {
	RSA_MODULUS_MIN = 360, /* what IOS's grammar has */
	RSA_MODULUS_MAX = 4096,
	RSA_MODULUS_DEFAULT = 512, /* of IOS's question */
	RSA_MODULUS_MADE = 512,	   /* OpenSSL makes none below */
	RSA_PAIRS_MAX = 64,
	RSA_PASSPHRASE_MIN = 8, /* characters, IOS */
};

#define RSA_USAGES(X)                                \
	X(RSA_GENERAL, "general", "General Purpose") \
	X(RSA_SIGNATURE, "signature", "Signature")   \
	X(RSA_ENCRYPTION, "encryption", "Encryption")

#define RSA_USAGE_ENUM(id, word, text) id,
enum rsa_usage { RSA_USAGES(RSA_USAGE_ENUM) RSA_N_USAGES };

struct isakmp_pair {
	TAILQ_ENTRY(isakmp_pair) entry;
	char *label;
	enum rsa_usage usage;
	bool exportable;
	int64_t created; /* env_wall() */
	EVP_PKEY *key;
};

struct isakmp_keys_watcher {
	TAILQ_ENTRY(isakmp_keys_watcher) entry;
	void (*fn)(void *arg, const char *label);
	void *arg;
};

struct isakmp_generation; /* isakmp_keys_cli.c */
struct isakmp_import;	  /* isakmp_keys_import.c */

struct isakmp_keys {
	struct env *env;
	char *path;
	TAILQ_HEAD(isakmp_pairs, isakmp_pair) pairs;
	TAILQ_HEAD(, isakmp_keys_watcher) watchers;
	LIST_HEAD(, isakmp_generation) generations;
	LIST_HEAD(, isakmp_import) imports; /* that are being checked */
	struct cli *cli;
	char *(*label)(void *arg); /* the default one */
	void *label_arg;
};

const char *isakmp_usage_word(enum rsa_usage usage);
const char *isakmp_usage_text(enum rsa_usage usage);
/* The first of this label; label NULL: of all. */
struct isakmp_pair *isakmp_keys_first(const struct isakmp_keys *keys,
				      const char *label);
/* Takes a reference to key.  Not stored before isakmp_keys_save(). */
void isakmp_keys_add(struct isakmp_keys *keys, const char *label,
		     enum rsa_usage usage, bool exportable, int64_t created,
		     EVP_PKEY *key);
/* All pairs of the label, or all. */
void isakmp_keys_remove(struct isakmp_keys *keys, const char *label);
/* 0 or -errno. */
int isakmp_keys_save(const struct isakmp_keys *keys)
	__attribute__((warn_unused_result));
void isakmp_keys_tell(struct isakmp_keys *keys, const char *label);
/* isakmp_keys_cli.c: what is being made is given up. */
void isakmp_generations_end(struct isakmp_keys *keys);
/* There is room for n more pairs, those of label (or NULL) not counted. */
bool isakmp_keys_room(const struct isakmp_keys *keys, const char *label,
		      size_t n);
/* isakmp_keys_import.c: the same for what is being checked. */
void isakmp_imports_end(struct isakmp_keys *keys);

/* isakmp_keys_file.c: private-config as text, to be freed, and back; false:
 * some of it made no sense. */
char *isakmp_keys_write(const struct isakmp_keys *keys);
bool isakmp_keys_read(struct isakmp_keys *keys, const char *text)
	__attribute__((warn_unused_result));

/* Grammar of "key VERB rsa" and the commands of each file. */
#define KEY_RSA(verb, help)                                   \
	"key  Long term key operations\n" verb "  " help "\n" \
	"rsa  RSA keys\n"

void isakmp_keys_export_cli_init(struct isakmp_keys *keys);
void isakmp_keys_import_cli_init(struct isakmp_keys *keys);

#endif
