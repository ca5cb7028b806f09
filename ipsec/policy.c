/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	POLICY_SAS_MAX = 1000, /* bounds what a key server may ask for */
	SPI_RESERVED = 255,    /* RFC 4303 2.1 */
};

void ipsec_policy_free(struct ipsec_policy *policy)
{
	if (!policy)
		return;
	for (size_t i = 0; i < policy->n_groups; i++)
		free(policy->groups[i].name);
	for (size_t i = 0; i < policy->n_flows; i++)
		free(policy->flows[i].sas);
	for (size_t i = 0; i < policy->n_sas; i++) {
		keybuf_free(&policy->sas[i].key);
		keybuf_free(&policy->sas[i].auth_key);
	}
	free(policy->groups);
	free(policy->rules);
	free(policy->flows);
	free(policy->sas);
	free(policy->bypass_groups);
	free(policy);
}

/* Indices stay inside their arrays. */
static bool consistent(const struct ipsec_policy *in)
{
	if (in->n_sas > POLICY_SAS_MAX)
		return false;
	for (size_t i = 0; i < in->n_sas; i++)
		if (in->sas[i].group >= in->n_groups ||
		    in->sas[i].spi <= SPI_RESERVED)
			return false;
	for (size_t i = 0; i < in->n_rules; i++)
		if (in->rules[i].action == IPSEC_PROTECT &&
		    (in->rules[i].flow >= in->n_flows ||
		     in->rules[i].group >= in->n_groups))
			return false;
	for (size_t f = 0; f < in->n_flows; f++)
		for (size_t i = 0; i < in->flows[f].n; i++)
			if (in->flows[f].sas[i] >= in->n_sas)
				return false;
	return true;
}

static uint32_t spi_hash(uint32_t spi)
{
	return spi * 2654435761u >> 7;
}

/* False: an SPI is there twice. */
static bool spis_make(struct policy *p)
{
	uint32_t size = 4;

	while (size < p->n_sas * 2)
		size *= 2;
	p->spi_mask = size - 1;
	p->spis = xcalloc(size, sizeof(*p->spis));
	for (size_t i = 0; i < p->n_sas; i++) {
		uint32_t at = spi_hash(p->sas[i].spi) & p->spi_mask;

		for (; p->spis[at]; at = (at + 1) & p->spi_mask)
			if (p->sas[p->spis[at] - 1].spi == p->sas[i].spi)
				return false;
		p->spis[at] = (uint16_t)(i + 1);
	}
	return true;
}

static bool sas_make(struct policy *p, const struct ipsec_policy *in,
		     struct sa_store *store)
{
	p->sas = xcalloc(in->n_sas + 1, sizeof(*p->sas));
	for (size_t i = 0; i < in->n_sas; i++) {
		struct sa_key *key = sa_key_get(store, &in->sas[i]);

		if (!esp_sa_init(&p->sas[i], &in->sas[i], key)) {
			if (key)
				sa_key_put(key);
			return false;
		}
		p->n_sas++;
	}
	return true;
}

static void groups_make(struct policy *p, const struct ipsec_policy *in,
			struct stats *stats)
{
	p->groups = xcalloc(in->n_groups + 1, sizeof(*p->groups));
	p->n_groups = in->n_groups;
	for (size_t i = 0; i < in->n_groups; i++) {
		p->groups[i].stats = stats_group(stats, in->groups[i].name);
		p->groups[i].direction = in->groups[i].direction;
	}
}

static void flows_make(struct policy *p, const struct ipsec_policy *in)
{
	p->flows = xcalloc(in->n_flows + 1, sizeof(*p->flows));
	p->n_flows = in->n_flows;
	for (size_t f = 0; f < in->n_flows; f++) {
		struct policy_flow *flow = &p->flows[f];

		flow->n = in->flows[f].n;
		flow->sas = xcalloc(flow->n + 1, sizeof(*flow->sas));
		for (size_t i = 0; i < flow->n; i++)
			flow->sas[i] = &p->sas[in->flows[f].sas[i]];
	}
}

static void bypass_groups_make(struct policy *p, const struct ipsec_policy *in)
{
	p->n_bypass_groups = in->n_bypass_groups;
	p->bypass_groups =
		xcalloc(p->n_bypass_groups + 1, sizeof(*p->bypass_groups));
	for (size_t i = 0; i < p->n_bypass_groups; i++)
		p->bypass_groups[i] = ip_v4_host(&in->bypass_groups[i]);
}

struct policy *policy_new(const struct ipsec_policy *in, struct sa_store *store,
			  struct stats *stats)
{
	struct policy *p;

	if (!consistent(in))
		return NULL;
	p = xcalloc(1, sizeof(*p));
	p->mtu = p->mtu6 = p->link_mtu = UINT16_MAX;
	if (!sas_make(p, in, store) || !spis_make(p)) {
		policy_free(p);
		return NULL;
	}
	p->classifier = classifier_new(in->rules, in->n_rules);
	p->v6 = classifier_has_v6(p->classifier);
	p->hits = hits_new(in->rules, in->n_rules, stats_workers(stats));
	p->bypass = ip_v4_host(&in->bypass);
	bypass_groups_make(p, in);
	groups_make(p, in, stats);
	flows_make(p, in);
	return p;
}

void policy_free(struct policy *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_sas; i++) {
		esp_sa_clear(&p->sas[i]);
		sa_key_put(p->sas[i].key);
	}
	for (size_t i = 0; i < p->n_flows; i++)
		free(p->flows[i].sas);
	classifier_free(p->classifier);
	hits_free(p->hits);
	free(p->flows);
	free(p->groups);
	free(p->bypass_groups);
	free(p->spis);
	free(p->sas);
	free(p);
}

bool policy_has_group(const struct policy *p, const char *name)
{
	for (size_t i = 0; i < p->n_groups; i++)
		if (strcmp(p->groups[i].stats->name, name) == 0)
			return true;
	return false;
}

void policy_watch(const struct policy *p, unsigned int worker)
{
	for (size_t i = 0; i < p->n_sas; i++)
		if (p->sas[i].replay == IPSEC_REPLAY_COUNTER)
			sa_key_watch(p->sas[i].key, worker);
}

const struct esp_sa *policy_sa(const struct policy *p, uint32_t spi,
			       int64_t now)
{
	uint32_t at = spi_hash(spi) & p->spi_mask;

	for (; p->spis[at]; at = (at + 1) & p->spi_mask) {
		const struct esp_sa *sa = &p->sas[p->spis[at] - 1];

		if (sa->spi == spi && now < sa->expires)
			return sa;
	}
	return NULL;
}

const struct esp_sa *policy_send(const struct policy *p, unsigned int flow,
				 int64_t now)
{
	const struct policy_flow *f = &p->flows[flow];

	for (size_t i = 0; i < f->n; i++) {
		const struct esp_sa *sa = f->sas[i];

		if (sa->number_end && now >= sa->send_from && now < sa->expires)
			return sa;
	}
	return NULL;
}
