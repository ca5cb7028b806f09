/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/isakmp/pair.h"

#include <string.h>

#include "base/log.h"

const struct isakmp_proposal pair_proposal = {
	.encr = ISAKMP_ENCR_AES,
	.key_bits = 128,
	.hash = ISAKMP_HASH_SHA,
	.auth = ISAKMP_AUTH_PSK,
	.group = 2,
	.lifetime = 86400,
};

static void input(void *arg, const struct endpoint *local,
		  const struct endpoint *remote, const void *data, size_t len)
{
	isakmp_input(arg, local, remote, data, len);
}

void pair_policy(struct isakmp *isakmp, uint32_t priority,
		 const struct isakmp_proposal *proposal)
{
	isakmp_policy_get(isakmp, &isakmp->policies, priority)->p = *proposal;
}

void pair_psk(struct isakmp *isakmp, const char *net, unsigned int prefix,
	      const char *secret)
{
	struct ip_addr addr;

	if (!ip_parse(&addr, net))
		log_fatal("%s is no address", net);
	isakmp_keyring_set(&isakmp->keyring, &addr, prefix, NULL, secret,
			   false);
}

static struct isakmp *router(struct sim_node *node)
{
	struct isakmp *isakmp = isakmp_new(sim_env(node));

	pair_policy(isakmp, 1, &pair_proposal);
	pair_psk(isakmp, "0.0.0.0", 0, PAIR_PSK);
	sim_listen(node, GDOI_PORT, input, isakmp);
	return isakmp;
}

void pair_open(struct pair *p, uint64_t seed)
{
	*p = (struct pair){ .sim = sim_new(seed) };
	p->gm_node = sim_node_new(p->sim, "GM", "192.168.11.3");
	p->ks_node = sim_node_new(p->sim, "KS1", "192.168.111.111");
	p->gm_at = (struct endpoint){ sim_node_addr(p->gm_node), GDOI_PORT, 0 };
	p->ks_at = (struct endpoint){ sim_node_addr(p->ks_node), GDOI_PORT, 0 };
	p->gm = router(p->gm_node);
	p->ks = router(p->ks_node);
}

void pair_close(struct pair *p)
{
	isakmp_free(p->gm);
	isakmp_free(p->ks);
	sim_free(p->sim);
}

static void up(void *ctx, struct isakmp_sa *sa)
{
	struct pair *p = ctx;

	p->connect = NULL;
	p->sa = sa;
	p->n_up++;
}

static void failed(void *ctx, struct isakmp_fault why)
{
	struct pair *p = ctx;

	p->connect = NULL;
	p->why = why;
	p->n_failed++;
}

static const struct isakmp_connect_ops ops = { .up = up, .failed = failed };

void pair_connect(struct pair *p)
{
	p->connect = isakmp_connect(p->gm, &p->gm_at, &p->ks_at, &ops, p);
}

bool pair_is_over(void *pair)
{
	const struct pair *p = pair;

	return p->n_up || p->n_failed;
}

struct isakmp_sa *pair_up(struct isakmp *isakmp)
{
	struct isakmp_sa *found = NULL;
	struct isakmp_sa *sa;

	TAILQ_FOREACH (sa, &isakmp->sas, entry) {
		if (sa->state != MM_UP)
			continue;
		if (found)
			return NULL;
		found = sa;
	}
	return found;
}

unsigned int pair_n_sas(struct isakmp *isakmp)
{
	struct isakmp_sa *sa;
	unsigned int n = 0;

	TAILQ_FOREACH (sa, &isakmp->sas, entry)
		n++;
	return n;
}

bool pair_agree(struct pair *p)
{
	struct isakmp_sa *a = pair_up(p->gm);
	struct isakmp_sa *b = pair_up(p->ks);

	return a && b && a->keys.len &&
	       !memcmp(&a->keys, &b->keys, sizeof(a->keys)) &&
	       !memcmp(a->iv, b->iv, sizeof(a->iv)) &&
	       !memcmp(a->icookie, b->icookie, ISAKMP_COOKIE) &&
	       !memcmp(a->rcookie, b->rcookie, ISAKMP_COOKIE);
}
