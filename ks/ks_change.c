/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_change.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "ks/coop.h"
#include "ks/ks_make.h"
#include "ks/ks_msg.h"
#include "ks/ks_policy.h"

static void write_transform(const struct ks_sa *sa, FILE *f)
{
	struct ipsec_profile_view view;
	char text[ESP_TRANSFORM_TEXT];

	if (!sa->profile || !ipsec_profile_find(sa->ks_group->ks->config.ipsec,
						sa->profile, &view)) {
		fputs("none\n", f);
		return;
	}
	fprintf(f, "%s %s %u\n", esp_transform_text(&view.transform, text),
		view.transform.transport ? "transport" : "tunnel",
		view.lifetime_seconds);
	/* Members of other modes get no sender IDs. */
	if (ks_transform_counter(&view.transform))
		fprintf(f, "sid %u\n", sa->ks_group->sid_bits);
}

static void write_sa(const struct ks_sa *sa, FILE *f)
{
	char text[ACE_TEXT];
	struct ace *aces;
	size_t i, n;

	fprintf(f, "sa %u replay %d %u\n", sa->number, (int)sa->replay,
		sa->replay == KS_REPLAY_NONE ? 0 : sa->window);
	write_transform(sa, f);
	aces = ks_sa_aces(sa, &n);
	for (i = 0; i < n; i++)
		fprintf(f, "%s\n", ace_text(&aces[i], false, ACE_GDOI, text));
	free(aces);
}

static void write_pair(const struct ks_group *g, FILE *f)
{
	char hex[2 * SHA256_DIGEST_LENGTH + 1];
	uint8_t digest[SHA256_DIGEST_LENGTH];
	struct keybuf der = { 0 };

	if (!ks_public_key(g, &der, NULL))
		return;
	SHA256(der.data, der.len, digest);
	keybuf_free(&der);
	fprintf(f, "pair %s\n", bytes_hex(hex, digest, sizeof(digest)));
}

/* What the SAK says. */
static void write_rekey(const struct ks_group *g, FILE *f)
{
	const struct ks_rekey_config *rekey = &g->rekey;
	char text[ENDPOINT_TEXT];
	struct endpoint dst;

	if (!ks_has_rekey(g)) {
		fputs("no rekeys\n", f);
		return;
	}
	fprintf(f, "kek %d %u %u sig %d\n", (int)rekey->cipher,
		rekey->cipher == GDOI_KEK_AES ? rekey->aes_bits : 0,
		rekey->lifetime, (int)rekey->sig_hash);
	write_pair(g, f);
	if (rekey->unicast)
		fprintf(f, "unicast ack %d\n", (int)rekey->ack);
	else if (ks_rekey_destination(g, &dst))
		fprintf(f, "multicast %s\n", endpoint_text(&dst, text));
}

/* Whatever members get of the configuration: two texts differ exactly when
 * the policies do, so an edit that was taken back is none. */
static char *policy_text(const struct ks_group *g)
{
	const struct ks_sa *sa;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		log_fatal("out of memory");
	write_rekey(g, f);
	fprintf(f, "receive-only %d deny %d d3p %u\n", g->receive_only,
		!g->no_deny_download, g->d3p);
	TAILQ_FOREACH (sa, &g->sas, entry)
		write_sa(sa, f);
	if (fclose(f) != 0)
		log_fatal("out of memory");
	return text;
}

static void forget_texts(struct ks_group *g)
{
	free(g->policy_given);
	free(g->policy_announced);
	g->policy_given = NULL;
	g->policy_announced = NULL;
}

void ks_change_forget(struct ks_group *g)
{
	struct ks_sa *sa;

	forget_texts(g);
	TAILQ_FOREACH (sa, &g->sas, entry) {
		free(sa->given);
		sa->given = NULL;
		sa->n_given = 0;
	}
}

void ks_change_given(struct ks_group *g)
{
	struct ks_sa *sa;

	forget_texts(g);
	TAILQ_FOREACH (sa, &g->sas, entry)
		ks_sa_given(sa);
	g->policy_given = policy_text(g);
	coop_keys_changed(g);
}

bool ks_change_pending(const struct ks_group *g)
{
	bool differs;
	char *text;

	if (!g->policy_given || !coop_is_primary(g))
		return false;
	text = policy_text(g);
	differs = strcmp(text, g->policy_given) != 0;
	free(text);
	return differs;
}

static void check(struct ks_group *g)
{
	char *text;

	/* Members get what the primary gives. */
	if (!g->policy_given || !coop_is_primary(g))
		return;
	text = policy_text(g);
	if (strcmp(text, g->policy_given) == 0) {
		ks_set_string(&g->policy_announced, NULL);
	} else if (!g->policy_announced ||
		   strcmp(text, g->policy_announced) != 0) {
		ks_set_string(&g->policy_announced, text);
		env_event(g->ks->env, KS_POLICY_CHANGE, g->group->name);
	}
	free(text);
}

/* A profile without a transform set means IOS's own. */
static void tell_default(struct ks_sa *sa)
{
	struct ipsec_profile_view view;
	bool is_default = sa->profile &&
			  ipsec_profile_find(sa->ks_group->ks->config.ipsec,
					     sa->profile, &view) &&
			  !view.transform_set;

	if (is_default && !sa->told_default)
		env_event(sa->ks_group->ks->env, KS_USING_DEFAULT_TRANSFORM,
			  sa->profile);
	sa->told_default = is_default;
}

/* What keeps edits from being given is known now, not at the next rekey. */
static void tell_defects(struct ks_group *g)
{
	struct ks_sa *sa;
	const char *why;
	size_t n;

	ks_tell_key(g);
	TAILQ_FOREACH (sa, &g->sas, entry) {
		free(ks_sa_aces_logged(sa, &n));
		tell_default(sa);
	}
	why = g->live && !g->told_incomplete ? ks_make_incomplete(g) : NULL;
	if (!why)
		return;
	g->told_incomplete = true;
	env_event(g->ks->env, KS_INCOMPLETE_CFG, g->group->name, why);
}

/* A session has left configuration mode. */
static void configured(void *arg)
{
	struct ks_group *g = NULL;
	struct ks *ks = arg;

	while ((g = ks_group_next(ks, g))) {
		check(g);
		tell_defects(g);
	}
}

static void all_changed(struct ks *ks)
{
	struct ks_group *g = NULL;

	while ((g = ks_group_next(ks, g)))
		ks_group_changed(g);
}

static void acl_changed(void *arg, const char *name)
{
	(void)name;
	all_changed(arg);
}

static void profile_changed(void *arg)
{
	all_changed(arg);
}

static void key_changed(void *arg, const char *label)
{
	struct ks_group *g = NULL;
	struct ks *ks = arg;

	/* A pair that took the place of another is given by a rekey that the
	 * old one signs; one that is gone signs nothing any more. */
	while (!isakmp_keys_find(ks->config.keys, label) &&
	       (g = ks_group_next(ks, g)))
		ks_drop_signer(g, label);
	all_changed(ks);
}

void ks_change_init(struct ks *ks)
{
	const struct ks_config *config = &ks->config;

	acls_watch(config->acls, acl_changed, ks);
	ipsec_config_watch(config->ipsec, profile_changed, ks);
	if (config->keys)
		isakmp_keys_watch(config->keys, key_changed, ks);
	if (config->cli)
		cli_on_configured(config->cli, configured, ks);
}

void ks_change_fini(struct ks *ks)
{
	acls_unwatch(ks->config.acls, acl_changed, ks);
}
