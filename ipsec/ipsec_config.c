/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/ipsec_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* esp-aes esp-sha-hmac, what IOS uses where no set is named. */
static const struct esp_transform default_transform = {
	.cipher = ESP_AES_CBC,
	.key_bits = 128,
	.auth = ESP_AUTH_SHA1,
};

struct ipsec_config *ipsec_config_new(void)
{
	struct ipsec_config *config = xcalloc(1, sizeof(*config));

	TAILQ_INIT(&config->sets);
	TAILQ_INIT(&config->profiles);
	STAILQ_INIT(&config->watchers);
	return config;
}

static void set_free(struct ipsec_set *set)
{
	free(set->name);
	free(set);
}

static void profile_free(struct ipsec_profile *p)
{
	for (size_t i = 0; i < IPSEC_PROFILE_SETS; i++)
		free(p->sets[i]);
	free(p->name);
	free(p->description);
	free(p->isakmp_profile);
	free(p->ikev2_profile);
	free(p->identity);
	free(p->redundancy);
	free(p);
}

void ipsec_config_free(struct ipsec_config *config)
{
	struct ipsec_watcher *watcher;

	if (!config)
		return;
	while (!TAILQ_EMPTY(&config->sets))
		ipsec_set_remove(config, TAILQ_FIRST(&config->sets));
	while (!TAILQ_EMPTY(&config->profiles))
		ipsec_profile_remove(config, TAILQ_FIRST(&config->profiles));
	while ((watcher = STAILQ_FIRST(&config->watchers))) {
		STAILQ_REMOVE_HEAD(&config->watchers, link);
		free(watcher);
	}
	free(config);
}

void ipsec_config_watch(struct ipsec_config *config, void (*fn)(void *arg),
			void *arg)
{
	struct ipsec_watcher *watcher = xcalloc(1, sizeof(*watcher));

	watcher->fn = fn;
	watcher->arg = arg;
	STAILQ_INSERT_TAIL(&config->watchers, watcher, link);
}

void ipsec_config_changed(struct ipsec_config *config)
{
	struct ipsec_watcher *watcher;

	STAILQ_FOREACH (watcher, &config->watchers, link)
		watcher->fn(watcher->arg);
}

struct ipsec_set *ipsec_set_find(const struct ipsec_config *config,
				 const char *name)
{
	struct ipsec_set *set;

	TAILQ_FOREACH (set, &config->sets, link)
		if (strcmp(set->name, name) == 0)
			return set;
	return NULL;
}

struct ipsec_set *ipsec_set_get(struct ipsec_config *config, const char *name)
{
	struct ipsec_set *set = ipsec_set_find(config, name);

	if (set)
		return set;
	set = xcalloc(1, sizeof(*set));
	set->name = xstrdup(name);
	TAILQ_INSERT_TAIL(&config->sets, set, link);
	return set;
}

void ipsec_set_remove(struct ipsec_config *config, struct ipsec_set *set)
{
	if (config->cli)
		cli_forget(config->cli, set);
	TAILQ_REMOVE(&config->sets, set, link);
	set_free(set);
}

/* The configuration's spelling: "esp-aes 256", where show has esp-256-aes. */
static void cipher_words(const struct ipsec_set *set, bool show, char *out,
			 size_t size)
{
	struct esp_transform t = set->transform;

	t.auth = ESP_AUTH_NONE;
	if (!show && t.cipher == ESP_AES_CBC && t.key_bits > 128)
		snprintf(out, size, "esp-aes %u", t.key_bits);
	else
		esp_transform_text(&t, out);
}

const char *ipsec_set_text(const struct ipsec_set *set, bool show, char *out)
{
	const struct ipsec_extra *x = &set->extra;
	const char *auth = esp_auth_text(set->transform.auth);
	char cipher[ESP_TRANSFORM_TEXT] = "";
	bool ah = x->ah != ESP_AUTH_NONE;

	if (x->seal)
		snprintf(cipher, sizeof(cipher), "esp-seal");
	else if (set->cipher)
		cipher_words(set, show, cipher, sizeof(cipher));
	snprintf(out, IPSEC_SET_TEXT, "%s%s%s%s%s%s%s%s", ah ? "ah" : "",
		 ah ? esp_auth_text(x->ah) + strlen("esp") : "", ah ? " " : "",
		 cipher, *cipher ? " " : "", auth, *auth ? " " : "",
		 x->lzs ? "comp-lzs " : "");
	return out;
}

struct ipsec_profile *ipsec_profile_lookup(const struct ipsec_config *config,
					   const char *name)
{
	struct ipsec_profile *p;

	TAILQ_FOREACH (p, &config->profiles, link)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

struct ipsec_profile *ipsec_profile_get(struct ipsec_config *config,
					const char *name)
{
	struct ipsec_profile *p = ipsec_profile_lookup(config, name);

	if (p)
		return p;
	p = xcalloc(1, sizeof(*p));
	p->name = xstrdup(name);
	p->config = config;
	TAILQ_INSERT_TAIL(&config->profiles, p, link);
	return p;
}

void ipsec_profile_remove(struct ipsec_config *config,
			  struct ipsec_profile *profile)
{
	if (config->cli)
		cli_forget(config->cli, profile);
	TAILQ_REMOVE(&config->profiles, profile, link);
	profile_free(profile);
}

/* False: a set that only IOS's hardware could do. */
static bool set_usable(const struct ipsec_set *set)
{
	const struct ipsec_extra *x = &set->extra;

	return x->ah == ESP_AUTH_NONE && !x->lzs && !x->seal &&
	       esp_transform_valid(&set->transform);
}

bool ipsec_profile_find(const struct ipsec_config *config, const char *name,
			struct ipsec_profile_view *out)
{
	const struct ipsec_profile *p = ipsec_profile_lookup(config, name);
	const struct ipsec_set *set;

	if (!p)
		return false;
	*out = (struct ipsec_profile_view){ .transform = default_transform };
	out->lifetime_seconds = p->sa.lifetime.seconds;
	if (!out->lifetime_seconds)
		out->lifetime_seconds = config->sa.lifetime.seconds;
	if (!out->lifetime_seconds)
		out->lifetime_seconds = IPSEC_LIFETIME_DEFAULT;
	if (!p->sets[0])
		return true;
	set = ipsec_set_find(config, p->sets[0]);
	if (!set || !set_usable(set))
		return false;
	out->transform = set->transform;
	out->transform_set = set->name;
	return true;
}
