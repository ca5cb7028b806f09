/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The members' part of show crypto engine connections active. */
#include <stdio.h>

#include "gm/gm_member.h"
#include "gm/gm_priv.h"
#include "gm/gm_show.h"

enum { ALGORITHM = 32 };

static const char *const ciphers[] = {
	[ESP_NULL] = "NULL",	   [ESP_DES_CBC] = "DES",
	[ESP_3DES_CBC] = "3DES",   [ESP_AES_CBC] = "AES",
	[ESP_AES_GCM] = "AES-GCM", [ESP_AES_GMAC] = "AES-GMAC",
};
static const char *const hashes[] = {
	[ESP_AUTH_NONE] = "",	       [ESP_AUTH_MD5] = "+MD5",
	[ESP_AUTH_SHA1] = "+SHA",      [ESP_AUTH_SHA256] = "+SHA256",
	[ESP_AUTH_SHA384] = "+SHA384", [ESP_AUTH_SHA512] = "+SHA512",
};

/* "AES+SHA", "AES256+SHA256" */
static void algorithm(const struct esp_transform *t, char *out)
{
	int n = snprintf(out, ALGORITHM, "%s", ciphers[t->cipher]);

	if (t->key_bits > 128)
		n += snprintf(out + n, ALGORITHM - (size_t)n, "%u",
			      t->key_bits);
	snprintf(out + n, ALGORITHM - (size_t)n, "%s", hashes[t->auth]);
}

/* The SA of now has what the group has done: the newest that is used. */
static void say_member(const struct gm_member *m, struct cli_out *o)
{
	const struct dataplane *d = &m->gm->config.dataplane;
	const struct gdoi_policy *p = m->keys.policy;
	char name[ALGORITHM];
	struct isakmp_engine row = {
		.type = "IPsec",
		.algorithm = name,
		.addr = m->local,
	};
	struct ipsec_counters c;
	size_t tek = 0;

	if (!p || !m->keys.n_teks)
		return;
	while (tek < p->n_rules && !p->rules[tek].ace.permit)
		tek++;
	tek = tek < p->n_rules ? p->rules[tek].tek : 0;
	algorithm(&m->keys.teks[tek].tek.transform, name);
	d->ops->counters(d->ctx, m->group->key, &c);
	row.conn_id = (unsigned int)(2 * tek + 1);
	row.decrypted = c.decrypt;
	isakmp_engine_say(&row, o);
	row.conn_id++;
	row.decrypted = 0;
	row.encrypted = c.encrypt;
	isakmp_engine_say(&row, o);
}

static void show_engine(void *arg, struct cli_out *o)
{
	const struct gm *gm = arg;
	const struct gm_member *m;

	TAILQ_FOREACH (m, &gm->members, entry)
		say_member(m, o);
}

void gm_show_engine_init(struct gm *gm)
{
	if (gm->config.isakmp)
		isakmp_on_engine(gm->config.isakmp, show_engine, gm);
}
