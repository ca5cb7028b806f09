/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp_keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"

#define FILE_MODE 0600
#define FILE_MAX  (1 << 20) /* octets; 64 pairs of 4096 bits are 250 KB */

#define USAGE_WORD(id, word, text) [id] = word,
#define USAGE_TEXT(id, word, text) [id] = text,
static const char *const usage_words[] = { RSA_USAGES(USAGE_WORD) };
static const char *const usage_texts[] = { RSA_USAGES(USAGE_TEXT) };

const char *isakmp_usage_word(enum rsa_usage usage)
{
	return usage_words[usage];
}

const char *isakmp_usage_text(enum rsa_usage usage)
{
	return usage_texts[usage];
}

struct isakmp_pair *isakmp_keys_first(const struct isakmp_keys *keys,
				      const char *label)
{
	struct isakmp_pair *pair;

	TAILQ_FOREACH (pair, &keys->pairs, entry)
		if (!label || !strcmp(pair->label, label))
			return pair;
	return NULL;
}

void isakmp_keys_add(struct isakmp_keys *keys, const char *label,
		     enum rsa_usage usage, bool exportable, int64_t created,
		     EVP_PKEY *key)
{
	struct isakmp_pair *pair = xcalloc(1, sizeof(*pair));

	pair->label = xstrdup(label);
	pair->usage = usage;
	pair->exportable = exportable;
	pair->created = created;
	EVP_PKEY_up_ref(key);
	pair->key = key;
	TAILQ_INSERT_TAIL(&keys->pairs, pair, entry);
}

void isakmp_keys_remove(struct isakmp_keys *keys, const char *label)
{
	struct isakmp_pair *pair;

	while ((pair = isakmp_keys_first(keys, label))) {
		TAILQ_REMOVE(&keys->pairs, pair, entry);
		EVP_PKEY_free(pair->key);
		free(pair->label);
		free(pair);
	}
}

bool isakmp_keys_room(const struct isakmp_keys *keys, const char *label,
		      size_t n)
{
	const struct isakmp_pair *pair;

	TAILQ_FOREACH (pair, &keys->pairs, entry)
		n += !label || strcmp(pair->label, label) != 0;
	return n <= RSA_PAIRS_MAX;
}

int isakmp_keys_save(const struct isakmp_keys *keys)
{
	char *text = isakmp_keys_write(keys);
	size_t len = strlen(text);
	int error = file_write(keys->path, FILE_MODE, text, len);

	bytes_wipe(text, len);
	free(text);
	return error;
}

/* What could not be read is kept beside, for a human: the next save would
 * write it over. */
static void keep_damaged(const struct isakmp_keys *keys, const char *text)
{
	char *path = xasprintf("%s.damaged", keys->path);

	log_warn("%s is damaged; a copy is in %s", keys->path, path);
	if (file_write(path, FILE_MODE, text, strlen(text)))
		log_warn("%s cannot be written", path);
	free(path);
}

static void load(struct isakmp_keys *keys)
{
	size_t len;
	char *text = file_read(keys->path, FILE_MAX, &len);

	if (!text) {
		if (errno != ENOENT)
			log_warn("%s: %s", keys->path, strerror(errno));
		return;
	}
	if (!isakmp_keys_read(keys, text))
		keep_damaged(keys, text);
	bytes_wipe(text, len);
	free(text);
}

struct isakmp_keys *isakmp_keys_new(struct env *env, const char *path)
{
	struct isakmp_keys *keys = xcalloc(1, sizeof(*keys));

	keys->env = env;
	keys->path = xstrdup(path);
	TAILQ_INIT(&keys->pairs);
	TAILQ_INIT(&keys->watchers);
	LIST_INIT(&keys->generations);
	LIST_INIT(&keys->imports);
	load(keys);
	return keys;
}

void isakmp_keys_free(struct isakmp_keys *keys)
{
	struct isakmp_keys_watcher *w;

	if (!keys)
		return;
	isakmp_generations_end(keys);
	isakmp_imports_end(keys);
	isakmp_keys_remove(keys, NULL);
	while ((w = TAILQ_FIRST(&keys->watchers))) {
		TAILQ_REMOVE(&keys->watchers, w, entry);
		free(w);
	}
	free(keys->path);
	free(keys);
}

EVP_PKEY *isakmp_keys_find(struct isakmp_keys *keys, const char *label)
{
	struct isakmp_pair *pair;

	TAILQ_FOREACH (pair, &keys->pairs, entry)
		if (!strcmp(pair->label, label) &&
		    pair->usage != RSA_ENCRYPTION)
			return pair->key;
	return NULL;
}

void isakmp_keys_watch(struct isakmp_keys *keys,
		       void (*fn)(void *arg, const char *label), void *arg)
{
	struct isakmp_keys_watcher *w = xcalloc(1, sizeof(*w));

	w->fn = fn;
	w->arg = arg;
	TAILQ_INSERT_TAIL(&keys->watchers, w, entry);
}

void isakmp_keys_tell(struct isakmp_keys *keys, const char *label)
{
	struct isakmp_keys_watcher *w;

	TAILQ_FOREACH (w, &keys->watchers, entry)
		w->fn(w->arg, label);
}
