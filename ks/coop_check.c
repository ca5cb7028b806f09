/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has to be configured alike on all key servers of a group, and is not
 * carried between them: each tells the others digests of it. */
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "ks/coop_priv.h"
#include "ks/ks_msg.h"
#include "ks/ks_policy.h"

static const char *const item_names[COOP_ITEMS] = {
	[COOP_ITEM_RSA] = "RSA key of rekey authentication",
	[COOP_ITEM_REKEY] = "rekey",
	[COOP_ITEM_TRANSFORM] = "transform-set",
	[COOP_ITEM_REPLAY] = "replay method",
	[COOP_ITEM_ACL] = "access-list",
	[COOP_ITEM_OTHER] = "group",
};

/* Making DER of a key takes OpenSSL longer than all the rest. */
static const struct keybuf *public_key(const struct ks_group *g)
{
	struct coop *c = g->cooperation;
	EVP_PKEY *pair = coop_rekey_pair(g);

	if (pair && pair == c->pair)
		return &c->public_key;
	coop_forget_pair(c);
	if (!pair || !ks_public_key(g, &c->public_key, NULL))
		return &c->public_key;
	if (EVP_PKEY_up_ref(pair))
		c->pair = pair;
	return &c->public_key;
}

void coop_forget_pair(struct coop *c)
{
	keybuf_free(&c->public_key);
	EVP_PKEY_free(c->pair);
	c->pair = NULL;
}

static void write_pair(const struct ks_group *g, FILE *f)
{
	const struct keybuf *der = public_key(g);

	if (der->len)
		fwrite(der->data, 1, der->len, f);
}

static void write_rekey(const struct ks_group *g, FILE *f)
{
	const struct ks_rekey_config *r = &g->rekey;
	struct endpoint dst = { 0 };
	char text[ENDPOINT_TEXT];

	fprintf(f, "%d %u %u %d %d %d ", (int)r->cipher,
		r->cipher == GDOI_KEK_AES ? r->aes_bits : 0, r->lifetime,
		(int)r->sig_hash, r->unicast, (int)r->ack);
	if (!r->unicast && ks_rekey_destination(g, &dst))
		fputs(endpoint_text(&dst, text), f);
}

static void write_transform(const struct ks_sa *sa, FILE *f)
{
	struct ipsec_profile_view view;
	char text[ESP_TRANSFORM_TEXT];

	fprintf(f, "%u ", sa->number);
	if (sa->profile && ipsec_profile_find(sa->ks_group->ks->config.ipsec,
					      sa->profile, &view))
		fprintf(f, "%s %d %u\n",
			esp_transform_text(&view.transform, text),
			view.transform.transport, view.lifetime_seconds);
}

static void write_replay(const struct ks_sa *sa, FILE *f)
{
	fprintf(f, "%u %d %u\n", sa->number, (int)sa->replay,
		sa->replay == KS_REPLAY_NONE ? 0 : sa->window);
}

static void write_acl(const struct ks_sa *sa, FILE *f)
{
	const struct acl *acl = ks_sa_acl(sa);
	char text[ACE_TEXT];
	size_t i;

	fprintf(f, "%u\n", sa->number);
	for (i = 0; acl && i < acl->n; i++) {
		if (!acl->entries[i].remark)
			fprintf(f, "%s\n",
				ace_text(&acl->entries[i].ace, false, ACE_GDOI,
					 text));
	}
}

static void write_other(const struct ks_group *g, FILE *f)
{
	fprintf(f, "%d %d %u %u", g->receive_only, g->no_deny_download, g->d3p,
		g->sid_bits);
}

static void write_item(const struct ks_group *g, enum coop_item item, FILE *f)
{
	static void (*const of_sa[COOP_ITEMS])(const struct ks_sa *, FILE *) = {
		[COOP_ITEM_TRANSFORM] = write_transform,
		[COOP_ITEM_REPLAY] = write_replay,
		[COOP_ITEM_ACL] = write_acl,
	};
	const struct ks_sa *sa;

	if (item == COOP_ITEM_RSA)
		write_pair(g, f);
	else if (item == COOP_ITEM_REKEY)
		write_rekey(g, f);
	else if (item == COOP_ITEM_OTHER)
		write_other(g, f);
	else
		TAILQ_FOREACH (sa, &g->sas, entry)
			of_sa[item](sa, f);
}

static void digest_of(const struct ks_group *g, enum coop_item item,
		      uint8_t *out)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		log_fatal("out of memory");
	write_item(g, item, f);
	if (fclose(f) != 0)
		log_fatal("out of memory");
	SHA256((const uint8_t *)text, len, digest);
	memcpy(out, digest, COOP_DIGEST);
	free(text);
}

void coop_digests(const struct ks_group *g,
		  uint8_t digests[COOP_ITEMS][COOP_DIGEST])
{
	unsigned int i;

	for (i = 0; i < COOP_ITEMS; i++)
		digest_of(g, i, digests[i]);
}

bool coop_compare(struct coop *c, struct coop_peer *p,
		  const struct coop_ann *ann)
{
	uint8_t mine[COOP_ITEMS][COOP_DIGEST];
	bool same;
	unsigned int i;

	coop_digests(c->g, mine);
	for (i = 0; i < COOP_ITEMS; i++) {
		same = memcmp(mine[i], ann->digests[i], COOP_DIGEST) == 0;
		if (!same && !p->told[i])
			env_event(c->g->ks->env, COOP_CONFIG_MISMATCH,
				  c->g->group->name, item_names[i]);
		p->told[i] = !same;
	}
	return !p->told[COOP_ITEM_RSA];
}
