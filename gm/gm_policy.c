/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what the members of an interface have downloaded, and the crypto map
 * says, to the one list of rules that the dataplane runs. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gm/gm_clock.h"
#include "gm/gm_member.h"

struct builder {
	struct gm *gm;
	struct ipsec_policy *policy;
	bool no_bypass; /* a member wants none */
};

static void add_rule(struct builder *b, const struct ace *ace,
		     enum ipsec_action action, unsigned int flow,
		     unsigned int group)
{
	struct ipsec_policy *p = b->policy;

	p->rules = xrealloc(p->rules, p->n_rules + 1, sizeof(*p->rules));
	p->rules[p->n_rules++] = (struct ipsec_rule){
		.ace = *ace,
		.action = action,
		.flow = flow,
		.group = group,
	};
}

static void add_denies(struct builder *b, const struct gm_map *map,
		       const char *name, unsigned int group)
{
	const struct acl *acl = gm_map_acl(b->gm, map, name);
	size_t i;

	for (i = 0; acl && i < acl->n; i++) {
		const struct acl_entry *e = &acl->entries[i];

		if (!e->remark && !e->ace.permit)
			add_rule(b, &e->ace, IPSEC_CLEAR, 0, group);
	}
}

static unsigned int add_group(struct builder *b, const char *name,
			      enum ipsec_direction direction)
{
	struct ipsec_policy *p = b->policy;

	p->groups = xrealloc(p->groups, p->n_groups + 1, sizeof(*p->groups));
	p->groups[p->n_groups] =
		(struct ipsec_group){ xstrdup(name), direction };
	return (unsigned int)p->n_groups++;
}

static bool usable(const struct gm_tek *t, int64_t now)
{
	return t->expires > now;
}

/* The index of each living TEK in policy->sas, UINT_MAX for the others. */
static unsigned int *add_sas(struct builder *b, const struct gm_keys *keys,
			     unsigned int group, int64_t now)
{
	const int64_t offset =
		gm_clock_us(keys->policy->pseudotime) - keys->received;
	unsigned int *index = xcalloc(keys->n_teks, sizeof(*index));
	struct ipsec_policy *p = b->policy;
	size_t i;

	p->sas = xrealloc(p->sas, p->n_sas + keys->n_teks, sizeof(*p->sas));
	for (i = 0; i < keys->n_teks; i++) {
		const struct gm_tek *t = &keys->teks[i];
		struct ipsec_sa sa = {
			.spi = t->tek.spi,
			.transform = t->tek.transform,
			.send_from = t->send_from,
			.expires = t->expires,
			.group = group,
			.sender_id = t->sid,
			.sender_id_bits = t->sid_bits,
			.replay = t->replay,
			.window = t->window,
			.pst_offset = offset,
		};

		index[i] = UINT32_MAX;
		if (!usable(t, now))
			continue;
		keybuf_set(&sa.key, t->tek.key.data, t->tek.key.len);
		keybuf_set(&sa.auth_key, t->tek.auth_key.data,
			   t->tek.auth_key.len);
		index[i] = (unsigned int)p->n_sas;
		p->sas[p->n_sas++] = sa;
	}
	return index;
}

static void flow_add(struct ipsec_flow *flow, unsigned int sa)
{
	if (sa == UINT32_MAX)
		return;
	flow->sas = xrealloc(flow->sas, flow->n + 1, sizeof(*flow->sas));
	flow->sas[flow->n++] = sa;
}

/* One flow for each TEK of the newest policy, so that a rule's flow is its
 * TEK's number plus the first; older TEKs of the same traffic follow. */
static unsigned int add_flows(struct builder *b, const struct gm_keys *keys,
			      const unsigned int *index)
{
	struct ipsec_policy *p = b->policy;
	size_t first = p->n_flows, n = keys->policy->n_teks, i, steps, at;

	p->flows = xrealloc(p->flows, first + n, sizeof(*p->flows));
	for (i = 0; i < n; i++) {
		struct ipsec_flow flow = { 0 };

		at = i;
		for (steps = 0; at != SIZE_MAX && steps < keys->n_teks;
		     steps++) {
			flow_add(&flow, index[at]);
			at = keys->teks[at].before;
		}
		p->flows[p->n_flows++] = flow;
	}
	return (unsigned int)first;
}

static void add_downloaded(struct builder *b, struct gm_member *m,
			   unsigned int group)
{
	const struct gm_keys *keys = &m->keys;
	unsigned int *index = add_sas(b, keys, group, env_now(b->gm->env));
	unsigned int first = add_flows(b, keys, index);
	size_t i;

	m->first_rule = b->policy->n_rules;
	for (i = 0; i < keys->policy->n_rules; i++) {
		const struct gdoi_rule *r = &keys->policy->rules[i];

		if (r->ace.permit)
			add_rule(b, &r->ace, IPSEC_PROTECT, first + r->tek,
				 group);
		else
			add_rule(b, &r->ace, IPSEC_CLEAR, 0, group);
	}
	free(index);
}

/* Multicast rekeys come in clear, as unicast ones do; each group of the map
 * may have its own. */
static void add_bypass_group(struct builder *b, const struct gdoi_policy *p)
{
	struct ipsec_policy *out = b->policy;

	if (!p->has_kek || !ip_is_multicast(&p->kek.dst.addr))
		return;
	out->bypass_groups =
		xrealloc(out->bypass_groups, out->n_bypass_groups + 1,
			 sizeof(*out->bypass_groups));
	out->bypass_groups[out->n_bypass_groups++] = p->kek.dst.addr;
}

enum { UDP = 17 };

/* Messages between the member and its key servers are clear.  The policy has
 * one address for that; a member that registers from another one has a rule. */
static void add_bypass(struct builder *b, const struct gm_member *m,
		       unsigned int group)
{
	struct ipsec_policy *p = b->policy;
	struct ace own;

	/* Without a policy the only thing to do is to get one. */
	if (m->keys.policy && gm_group_of(m->group)->no_bypass) {
		b->no_bypass = true;
		return;
	}
	if (!ip_is_set(&p->bypass) || ip_equal(&p->bypass, &m->local)) {
		p->bypass = m->local;
		return;
	}
	ace_init(&own);
	own.protocol = UDP;
	own.src = m->local;
	own.src_wild = ip_v4(0);
	own.sport = (struct ace_port){ .op = ACE_EQ, .lo = GDOI_PORT };
	add_rule(b, &own, IPSEC_CLEAR, 0, group);
}

static void add_member(struct builder *b, struct gm_member *m)
{
	unsigned int group;

	if (!m->group)
		return;
	group = add_group(b, m->group->key, gm_member_direction(m));
	add_bypass(b, m, group);
	add_denies(b, m->map_entry->map, m->map_entry->acl, group);
	if (!m->keys.policy)
		return;
	add_bypass_group(b, m->keys.policy);
	add_downloaded(b, m, group);
}

/* Fail-close: while an entry of the map has downloaded nothing, whatever the
 * reason (a group that is not configured included), what the list denies may
 * go clear and everything else of the map's family waits, but what the other
 * entries' policies say.  group: the first of the map's. */
static void add_fail_close(struct builder *b, const struct gm_map *map,
			   unsigned int group)
{
	struct ace all;

	if (b->policy->n_groups == group)
		add_group(b, map->name, IPSEC_BOTH);
	add_denies(b, map, map->fail_close_acl, group);
	if (map->ipv6)
		ace_init6(&all);
	else
		ace_init(&all);
	add_rule(b, &all, IPSEC_DROP, 0, group);
}

/* A member to be may register, too. */
static void add_default_bypass(struct builder *b,
			       const struct gm_binding *binding)
{
	const struct gm_config *config = &b->gm->config;
	const char *local = binding->map->local_interface;
	struct gm_interface i;

	if (b->no_bypass || ip_is_set(&b->policy->bypass))
		return;
	config->interface(config->arg, local ? local : binding->ifname, &i);
	b->policy->bypass = i.addr;
}

static void add_binding(struct builder *b, const struct gm_binding *binding)
{
	unsigned int first = (unsigned int)b->policy->n_groups;
	bool complete = !TAILQ_EMPTY(&binding->map->entries);
	struct gm_map_entry *entry;
	struct gm_member *m;

	TAILQ_FOREACH (entry, &binding->map->entries, entry)
		TAILQ_FOREACH (m, &b->gm->members, entry)
			if (m->map_entry == entry &&
			    strcmp(m->ifname, binding->ifname) == 0) {
				add_member(b, m);
				complete &= m->keys.policy != NULL;
			}
	add_default_bypass(b, binding);
	if (binding->map->fail_close_active && !complete)
		add_fail_close(b, binding->map, first);
}

/* Rules of the two families are in each other's way nowhere. */
struct ipsec_policy *gm_policy_build(struct gm *gm, const char *ifname)
{
	struct builder b = { .gm = gm,
			     .policy = xcalloc(1, sizeof(*b.policy)) };
	const struct gm_binding *binding;

	TAILQ_FOREACH (binding, &gm->maps.bindings, entry)
		if (strcmp(binding->ifname, ifname) == 0)
			add_binding(&b, binding);
	return b.policy;
}
