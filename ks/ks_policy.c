/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/coop.h"
#include "ks/ks_make.h"
#include "ks/ks_msg.h"
#include "ks/ks_sid.h"

/* Whom a policy is for. */
struct recipient {
	bool extensions;
	bool kek;	     /* the newest KEK is news to it */
	struct ip_addr addr; /* 0.0.0.0: all members, in a unicast PUSH */
};

const struct acl *ks_sa_acl(const struct ks_sa *sa)
{
	const struct acls *acls = sa->ks_group->ks->config.acls;

	if (!sa->acl || sa->acl_ipv6 != sa->ks_group->group->ipv6)
		return NULL;
	return sa->acl_ipv6 ? acls_find6(acls, sa->acl)
			    : acls_find(acls, sa->acl);
}

/* A secondary gives what its primary gave, not its own list. */
static const struct acl *sa_acl(const struct ks_sa *sa)
{
	return coop_is_primary(sa->ks_group) ? ks_sa_acl(sa) : NULL;
}

/* What a group may still have. */
struct room {
	size_t permits, entries;
};

struct list {
	struct ace *aces; /* NULL: none, or there is a defect */
	size_t n;
	const struct ace *defect; /* the first that cannot be sent */
	bool more;		  /* there are entries beyond the room */
};

static bool fits(const struct ace *ace, struct room *room)
{
	if (!room->entries || (ace->permit && !room->permits))
		return false;
	room->entries--;
	room->permits -= ace->permit;
	return true;
}

/* A list with a defect takes no room. */
static struct list collect(const struct acl *acl, struct room *room)
{
	struct list list = { 0 };
	struct room left = *room;
	size_t i;

	list.aces = xcalloc(acl->n + 1, sizeof(*list.aces));
	for (i = 0; i < acl->n && !list.more; i++) {
		const struct ace *ace = &acl->entries[i].ace;

		if (acl->entries[i].remark)
			continue;
		list.more = !fits(ace, &left);
		if (list.more)
			break;
		list.aces[list.n++] = *ace;
		if (!list.defect && gdoi_ace_unsupported(ace))
			list.defect = ace;
	}
	if (!list.defect) {
		*room = left;
		return list;
	}
	free(list.aces);
	list.aces = NULL;
	list.n = 0;
	return list;
}

/* The SAs of a group share its room, the first ones first. */
static struct list list_of(const struct ks_sa *sa, const struct acl *acl)
{
	struct room room = { KS_MAX_PERMITS, KS_MAX_ENTRIES };
	const struct ks_sa *other;

	TAILQ_FOREACH (other, &sa->ks_group->sas, entry) {
		const struct acl *before = sa_acl(other);

		if (other == sa)
			break;
		if (before)
			free(collect(before, &room).aces);
	}
	return collect(acl, &room);
}

/* Deny entries alone say that there is nothing to encrypt. */
static bool says_something(const struct ks_sa *sa, const struct list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		if (list->aces[i].permit || !sa->ks_group->no_deny_download)
			return true;
	}
	return false;
}

/* What members have stays until there is something else to give. */
static struct ace *or_given(const struct ks_sa *sa, struct list *list,
			    size_t *n)
{
	if (sa->n_given && !says_something(sa, list)) {
		free(list->aces);
		list->n = sa->n_given;
		list->aces = xcalloc(list->n, sizeof(*list->aces));
		memcpy(list->aces, sa->given, list->n * sizeof(*list->aces));
	}
	*n = list->n;
	return list->aces;
}

struct ace *ks_sa_aces(const struct ks_sa *sa, size_t *n)
{
	const struct acl *acl = sa_acl(sa);
	struct list list = { 0 };

	if (acl)
		list = list_of(sa, acl);
	return or_given(sa, &list, n);
}

void ks_sa_given(struct ks_sa *sa)
{
	const struct acl *acl = sa_acl(sa);
	struct list list = { 0 };

	if (acl)
		list = list_of(sa, acl);
	if (!says_something(sa, &list)) {
		free(list.aces);
		return;
	}
	free(sa->given);
	sa->given = list.aces;
	sa->n_given = list.n;
}

enum ks_replay ks_sa_replay(const struct ks_sa *sa, unsigned int *window)
{
	bool adopted = sa->adopted && !coop_is_primary(sa->ks_group);

	*window = adopted ? sa->adopted_window : sa->window;
	return adopted ? sa->adopted_replay : sa->replay;
}

static bool port_range(const struct ace *ace)
{
	return ace->sport.op > ACE_EQ || ace->dport.op > ACE_EQ;
}

static void tell(struct ks_sa *sa, const struct acl *acl,
		 const struct list *list)
{
	struct env *env = sa->ks_group->ks->env;

	if (sa->told_acl)
		return;
	if (list->defect && port_range(list->defect))
		env_event(env, KS_ACL_RANGE, acl->name);
	else if (list->defect)
		env_event(env, KS_ACL_ENTRY, acl->name,
			  gdoi_ace_unsupported(list->defect));
	if (list->more)
		env_event(env, KS_ACL_NUM);
	sa->told_acl = list->defect || list->more;
}

struct ace *ks_sa_aces_logged(struct ks_sa *sa, size_t *n)
{
	const struct acl *acl = sa_acl(sa);
	struct list list = { 0 };

	if (acl) {
		list = list_of(sa, acl);
		tell(sa, acl, &list);
	}
	return or_given(sa, &list, n);
}

const char *ks_sa_objection(const struct ks_sa *sa)
{
	const struct acl *acl = sa_acl(sa);
	const char *why = NULL;
	struct list list;

	if (!acl)
		return "no such access list";
	list = list_of(sa, acl);
	if (list.defect && port_range(list.defect))
		why = "the access list contains a port range";
	else if (list.defect)
		why = "the access list contains an entry that is not supported";
	else if (!says_something(sa, &list))
		why = "the access list permits nothing";
	free(list.aces);
	return why;
}

bool ks_rekey_destination(const struct ks_group *g, struct endpoint *out)
{
	const struct acl *acl;
	size_t i;

	if (!g->rekey.address)
		return false;
	acl = acls_find(g->ks->config.acls, g->rekey.address);
	for (i = 0; acl && i < acl->n; i++) {
		const struct ace *ace = &acl->entries[i].ace;

		if (acl->entries[i].remark || !ace->permit ||
		    !ip_is_multicast(&ace->dst))
			continue;
		out->addr = ace->dst;
		out->port = ace->dport.op == ACE_EQ ? ace->dport.lo : GDOI_PORT;
		return true;
	}
	return false;
}

void ks_policy_kek(const struct ks_group *g, const struct ks_kek *from,
		   bool extensions, struct gdoi_kek *kek)
{
	memcpy(kek->spi, from->spi, sizeof(kek->spi));
	kek->cipher = from->cipher;
	kek->key_bits = from->key_bits;
	keybuf_set(&kek->iv, from->iv.data, from->iv.len);
	keybuf_set(&kek->key, from->key.data, from->key.len);
	kek->lifetime = ks_life_remaining(&from->life, env_now(g->ks->env));
	kek->sig_hash = from->sig_hash;
	ks_kek_public_key(from, &kek->pubkey);
	kek->src = (struct endpoint){ ks_group_address(g), GDOI_PORT, 0 };
	kek->dst = from->dst;
	kek->ack = from->ack[extensions];
}

static void add_kek(const struct ks_group *g, const struct recipient *to,
		    struct gdoi_policy *policy)
{
	if (!to->kek || !g->kek || !ks_has_rekey(g))
		return;
	policy->has_kek = true;
	policy->seq = g->kek->seq;
	ks_policy_kek(g, g->kek, to->extensions, &policy->kek);
	if (g->kek->unicast)
		policy->kek.dst = (struct endpoint){ to->addr, GDOI_PORT, 0 };
}

static bool tek_index(const struct gdoi_policy *policy, uint32_t spi,
		      unsigned int *index)
{
	for (*index = 0; *index < policy->n_teks; ++*index)
		if (policy->teks[*index].spi == spi)
			return true;
	return false;
}

static bool add_tek(const struct ks_group *g, const struct ks_tek_set *set,
		    const struct ks_tek *from, struct gdoi_policy *policy)
{
	uint32_t left = ks_life_remaining(&set->life, env_now(g->ks->env));
	struct gdoi_tek *tek;

	if (!left || policy->n_teks == GDOI_MAX_TEKS)
		return false;
	policy->teks = xrealloc(policy->teks, policy->n_teks + 1,
				sizeof(*policy->teks));
	tek = &policy->teks[policy->n_teks++];
	*tek = (struct gdoi_tek){
		.spi = from->spi,
		.transform = set->transform,
		.lifetime = left,
	};
	keybuf_set(&tek->key, from->key.data, from->key.len);
	keybuf_set(&tek->auth_key, from->auth_key.data, from->auth_key.len);
	return true;
}

static bool add_rule(struct gdoi_policy *policy, const struct ace *ace,
		     unsigned int tek)
{
	if (policy->n_rules == GDOI_MAX_RULES)
		return false;
	policy->rules = xrealloc(policy->rules, policy->n_rules + 1,
				 sizeof(*policy->rules));
	policy->rules[policy->n_rules++] = (struct gdoi_rule){ *ace, tek };
	return true;
}

/* The first entry counts, so a second with the same selectors does nothing;
 * to a member it would look like a roll-over. */
static bool known_permit(const struct gdoi_policy *policy,
			 const struct ace *ace)
{
	size_t i;

	for (i = 0; i < policy->n_rules; i++)
		if (ace_equal(&policy->rules[i].ace, ace))
			return true;
	return false;
}

static bool add_permit(const struct ks_sa *sa, const struct ace *ace,
		       struct gdoi_policy *policy)
{
	const struct ks_tek_set *newest = TAILQ_FIRST(&sa->sets);
	const struct ks_tek *tek = newest ? ks_tek_find(newest, ace) : NULL;
	unsigned int index;

	if (known_permit(policy, ace))
		return true;
	if (!tek)
		return false;
	if (!tek_index(policy, tek->spi, &index) &&
	    !add_tek(sa->ks_group, newest, tek, policy))
		return false;
	return add_rule(policy, ace, index);
}

static bool add_entries(const struct ks_sa *sa, const struct ace *aces,
			size_t n, struct gdoi_policy *policy)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (aces[i].permit) {
			if (!add_permit(sa, &aces[i], policy))
				return false;
		} else if (!sa->ks_group->no_deny_download) {
			if (!add_rule(policy, &aces[i], 0))
				return false;
		}
	}
	return true;
}

/* An old TEK has a SAT for each of them. */
static size_t rules_with(const struct gdoi_policy *policy, unsigned int tek)
{
	size_t i, n = 0;

	for (i = 0; i < policy->n_rules; i++)
		n += policy->rules[i].ace.permit && policy->rules[i].tek == tek;
	return n;
}

/* Whether the policy has a TEK that members go over to from an old one, and
 * which.  One that was for all entries may have several followers (a counter
 * mode took its place); the first stands for them. */
static bool follower(const struct ks_tek_set *newest, const struct ks_tek *old,
		     const struct gdoi_policy *policy, unsigned int *index)
{
	const struct ks_tek *newer;
	size_t i;

	if (old->per_ace) {
		newer = ks_tek_find(newest, &old->ace);
		return newer && tek_index(policy, newer->spi, index);
	}
	for (i = 0; i < newest->n; i++) {
		if (tek_index(policy, newest->teks[i].spi, index))
			return true;
	}
	return false;
}

/* room: SATs that the policy can still take. */
static void add_old_tek(const struct ks_sa *sa, const struct ks_tek_set *set,
			const struct ks_tek *old, struct gdoi_policy *policy,
			size_t *room)
{
	unsigned int index;
	size_t sats;

	if (!follower(TAILQ_FIRST(&sa->sets), old, policy, &index))
		return;
	sats = rules_with(policy, index);
	if (sats > *room || !add_tek(sa->ks_group, set, old, policy))
		return;
	*room -= sats;
	policy->teks[policy->n_teks - 1].old = true;
	policy->teks[policy->n_teks - 1].newer = index;
}

/* TEKs of a roll-over, for members that still send with them.  Where they do
 * not all fit, the oldest are left out: the fewest have nothing newer. */
static void add_old_teks(const struct ks_sa *sa, struct gdoi_policy *policy,
			 size_t *room)
{
	const struct ks_tek_set *newest = TAILQ_FIRST(&sa->sets);
	const struct ks_tek_set *set;
	size_t i;

	TAILQ_FOREACH (set, &sa->sets, entry) {
		for (i = 0; set != newest && i < set->n; i++)
			add_old_tek(sa, set, &set->teks[i], policy, room);
	}
}

static const char *add_sa(const struct ks_sa *sa, struct gdoi_policy *policy)
{
	const char *why = NULL;
	struct ace *aces;
	size_t n;

	/* Without a key the list cannot be sent or permits nothing:
	 * ks_schedule_start() has said so. */
	aces = TAILQ_EMPTY(&sa->sets) ? NULL : ks_sa_aces(sa, &n);
	if (aces && !add_entries(sa, aces, n, policy))
		why = "no key for an entry, or more than a policy can hold";
	free(aces);
	return why;
}

static void add_replay(const struct ks_group *g, struct gdoi_policy *policy)
{
	const struct ks_sa *sa;

	policy->has_pseudotime = true;
	policy->pseudotime = ks_pseudotime(g);
	TAILQ_FOREACH (sa, &g->sas, entry) {
		unsigned int window;
		enum ks_replay replay = ks_sa_replay(sa, &window);

		if (replay == KS_REPLAY_TIME && !policy->tbar) {
			policy->tbar = true;
			policy->tbar_window = window;
		}
		if (replay == KS_REPLAY_COUNTER && !policy->replay_window)
			policy->replay_window = window;
	}
}

static bool has_deny(const struct gdoi_policy *policy)
{
	size_t i;

	for (i = 0; i < policy->n_rules; i++)
		if (!policy->rules[i].ace.permit)
			return true;
	return false;
}

static bool sa_needs_extensions(const struct ks_sa *sa)
{
	unsigned int window;
	enum ks_replay replay = ks_sa_replay(sa, &window);
	bool deny = false;
	struct ace *aces;
	size_t i, n;

	if (replay != KS_REPLAY_NONE && window)
		return true;
	if (sa->ks_group->no_deny_download)
		return false;
	aces = ks_sa_aces(sa, &n);
	for (i = 0; i < n; i++)
		deny |= !aces[i].permit;
	free(aces);
	return deny;
}

bool ks_policy_needs_extensions(const struct ks_group *g)
{
	const struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		if (sa_needs_extensions(sa))
			return true;
	}
	return false;
}

/* Why a strict member cannot be given it; NULL: it can. */
static const char *strict_objection(const struct ks_group *g,
				    const struct gdoi_policy *policy)
{
	if (has_deny(policy))
		return "the member cannot take deny entries";
	/* One datagram for all could not be in its form. */
	if (policy->has_kek && g->kek && !g->kek->unicast &&
	    ks_policy_needs_extensions(g))
		return "multicast rekeys need our extensions";
	return NULL;
}

static const char *fill(const struct ks_group *g, const struct recipient *to,
			struct gdoi_policy *policy)
{
	const struct ks_sa *sa;
	const char *why;
	size_t room;

	add_kek(g, to, policy);
	TAILQ_FOREACH (sa, &g->sas, entry) {
		why = add_sa(sa, policy);
		if (why)
			return why;
	}
	/* After all the new ones, or those of one SA could leave no room for
	 * those of the next. */
	room = KS_MAX_SATS - policy->n_rules;
	TAILQ_FOREACH (sa, &g->sas, entry)
		add_old_teks(sa, policy, &room);
	if (!policy->has_kek && !policy->n_teks)
		return "there is no key to give";
	policy->receive_only = g->receive_only;
	if (!to->extensions)
		return strict_objection(g, policy);
	add_replay(g, policy);
	return NULL;
}

static struct gdoi_policy *build(const struct ks_group *g,
				 const struct recipient *to, const char **why)
{
	struct gdoi_policy *policy = gdoi_policy_new();

	*why = fill(g, to, policy);
	if (!*why)
		return policy;
	gdoi_policy_free(policy);
	return NULL;
}

struct gdoi_policy *ks_policy_build(struct ks_group *g,
				    const struct gdoi_peer *peer,
				    const char **why)
{
	const struct recipient to = {
		.extensions = peer->extensions,
		.kek = true,
		.addr = peer->remote.addr,
	};
	struct gdoi_policy *policy = build(g, &to, why);

	if (policy)
		ks_sid_prepare(g, policy);
	return policy;
}

struct gdoi_policy *ks_policy_push(const struct ks_group *g, bool extensions,
				   bool kek, const char **why)
{
	const struct recipient to = {
		.extensions = extensions,
		.kek = kek,
		.addr = ip_v4(0),
	};

	return build(g, &to, why);
}

bool ks_policy_current(const struct ks_group *g,
		       const struct gdoi_policy *policy)
{
	size_t i;

	if (!g->live)
		return false;
	if (policy->has_kek && (!g->kek || memcmp(policy->kek.spi, g->kek->spi,
						  sizeof(g->kek->spi)) != 0))
		return false;
	for (i = 0; i < policy->n_teks; i++)
		if (!ks_group_has_spi(g, policy->teks[i].spi))
			return false;
	return true;
}
