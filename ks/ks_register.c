/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_register.h"

#include <netinet/in.h>

#include "gdoi/gdoi_debug.h"
#include "ks/coop.h"
#include "ks/ks_delivery.h"
#include "ks/ks_msg.h"
#include "ks/ks_policy.h"
#include "ks/ks_rekey.h"
#include "ks/ks_schedule.h"
#include "ks/ks_sid.h"

/* One answer for all that is refused: a peer must not learn which groups
 * there are. */
#define REFUSED \
	ISAKMP_FAULT(INVALID_ID_INFORMATION, "not a member of the group")

/* The group with this identity; of several the one with this address. */
static struct ks_group *find(const struct ks *ks, const struct gdoi_id *id,
			     const struct gdoi_peer *peer)
{
	struct ks_group *g = NULL, *found = NULL;

	while ((g = ks_group_next(ks, g))) {
		struct ip_addr address;

		if (!gdoi_id_equal(&g->group->id, id))
			continue;
		address = ks_group_address(g);
		if (ip_equal(&address, &peer->local.addr))
			return g;
		if (!found)
			found = g;
	}
	return found;
}

#define LOG(ks, ...)                                       \
	do {                                               \
		if (ks_may_log(ks))                        \
			env_event((ks)->env, __VA_ARGS__); \
	} while (0)

static bool address_authorized(const struct ks_group *g,
			       const struct gdoi_peer *peer)
{
	const struct packet_key key = {
		.src = peer->remote.addr,
		.dst = peer->local.addr,
		.protocol = IPPROTO_UDP,
		.sport = peer->remote.port,
		.dport = peer->local.port,
	};
	const struct acl_entry *entry;
	const struct acl *acl;

	if (!g->authorized_addresses)
		return true;
	/* A list that is not there (yet) lets nobody in. */
	acl = acls_find(g->ks->config.acls, g->authorized_addresses);
	entry = acl ? acl_match(acl, &key) : NULL;
	return entry && entry->ace.permit;
}

static bool identity_authorized(const struct ks_group *g,
				const struct gdoi_peer *peer)
{
	return !g->authorized_identity ||
	       ks_identity_admits(g->ks, g->authorized_identity, peer->sa);
}

static bool authorized(struct ks_group *g, const struct gdoi_peer *peer)
{
	char text[IP_ADDR_TEXT], name[KS_IDENTITY_TEXT];

	ip_text(&peer->remote.addr, text);
	if (!address_authorized(g, peer)) {
		LOG(g->ks, KS_UNAUTHORIZED_IPADDR, g->group->name, text);
		return false;
	}
	if (!identity_authorized(g, peer)) {
		LOG(g->ks, KS_UNAUTHORIZED_IDENTITY, g->group->name,
		    ks_identity_text(peer->sa, name));
		return false;
	}
	return true;
}

static bool address_serves(struct ks_group *g, const struct gdoi_peer *peer)
{
	const struct ks_config *config = &g->ks->config;
	struct ip_addr address = ks_group_address(g);

	return ip_equal(&address, &peer->local.addr) &&
	       (!config->is_local || config->is_local(config->arg, &address));
}

/* Tells once what keeps the group from serving, until it is changed. */
static void incomplete(struct ks_group *g, const char *why)
{
	if (!g->told_incomplete)
		LOG(g->ks, KS_INCOMPLETE_CFG, g->group->name, why);
	g->told_incomplete = true;
}

static bool complete(struct ks_group *g)
{
	const char *why;

	if (g->no_gdoi) {
		incomplete(g, "GDOI registration is off");
		return false;
	}
	/* Who came in now would have no KEK, and get no rekey ever. */
	if (ks_lacks_key(g)) {
		ks_tell_key(g);
		gdoi_debug(g->ks->config.groups, KS_REGISTRATION, ERROR,
			   g->group->name, NULL,
			   "refused: the RSA key of rekey authentication is "
			   "missing");
		return false;
	}
	why = ks_schedule_start(g);
	if (why)
		incomplete(g, why);
	return !why;
}

/* Its members go to another key server for now. */
static bool blocked(struct ks_group *g, const struct gdoi_peer *peer)
{
	const char *why = coop_blocks(g, &peer->remote.addr);

	if (!why)
		why = coop_blocks_sids(g);
	if (why)
		gdoi_debug(g->ks->config.groups, KS_REGISTRATION, EVENT,
			   g->group->name, &peer->remote.addr, "refused: %s",
			   why);
	return why;
}

static struct ks_group *admit(struct ks *ks, const struct gdoi_peer *peer,
			      const struct gdoi_id *id)
{
	char addr[IP_ADDR_TEXT], group[GDOI_ID_TEXT];
	struct ks_group *g = find(ks, id, peer);

	ip_text(&peer->remote.addr, addr);
	if (!g) {
		LOG(ks, KS_UNAUTHORIZED, addr, gdoi_id_text(id, group));
		return NULL;
	}
	if (!address_serves(g, peer)) {
		LOG(ks, KS_BAD_ID, "server address", addr, g->group->name);
		return NULL;
	}
	if (!authorized(g, peer) || blocked(g, peer) || !complete(g))
		return NULL;
	return g;
}

static struct gdoi_policy *policy_for(void *ctx, const struct gdoi_peer *peer,
				      const struct gdoi_id *id,
				      struct isakmp_fault *why)
{
	struct ks *ks = ctx;
	struct ks_group *g = admit(ks, peer, id);
	struct gdoi_policy *policy;
	const char *reason;

	*why = REFUSED;
	if (!g)
		return NULL;
	policy = ks_policy_build(g, peer, &reason);
	if (!policy) {
		gdoi_debug(ks->config.groups, KS_REGISTRATION, ERROR,
			   g->group->name, &peer->remote.addr,
			   "no policy for this member: %s", reason);
		return NULL;
	}
	*why = ISAKMP_OK;
	return policy;
}

static int64_t stale(const struct ks_group *g, int64_t now)
{
	return now - SEC(g->rekey.lifetime);
}

static bool take_sids(struct ks_group *g, const struct gdoi_peer *peer,
		      struct gdoi_policy *policy)
{
	struct ks *ks = g->ks;
	char text[IP_ADDR_TEXT];
	unsigned int n = ks_sid_allowance(
		g, ks_members_find(&g->members, &peer->remote.addr),
		peer->sids_wanted);

	const char *why = coop_blocks_sids(g);

	ip_text(&peer->remote.addr, text);
	if (why) {
		gdoi_debug(ks->config.groups, KS_REGISTRATION, ERROR,
			   g->group->name, &peer->remote.addr,
			   "no sender IDs: %s", why);
		return false;
	}
	if (!n) {
		LOG(ks, KS_SID_SHARE, text, g->group->name);
		return false;
	}
	if (ks_sid_take(g, n, policy))
		return true;
	LOG(ks, KS_NO_SID_AVAILABLE, g->group->name, text);
	if (!coop_is_primary(g)) {
		coop_want_reinit(g);
		return false;
	}
	env_event(ks->env, KS_REINIT_GROUP, g->group->name);
	ks_rekey_reinit(g);
	return false;
}

/* Other key servers, too, forget whom another takes the place of. */
static void make_room(struct ks_group *g, const struct ip_addr *addr,
		      int64_t before)
{
	const struct ks_member *gone =
		ks_members_in_the_way(&g->members, addr, before);

	if (gone)
		coop_member_removed(g, &gone->addr);
}

/* HASH(3) was right.  Configuration and keys may have changed since message
 * 2: then the member starts over and gets the new ones. */
static bool registered(void *ctx, const struct gdoi_peer *peer,
		       const struct gdoi_id *id, struct gdoi_policy *policy)
{
	struct ks *ks = ctx;
	struct ks_group *g = find(ks, id, peer);
	int64_t now = env_now(ks->env);
	char text[IP_ADDR_TEXT];
	struct ks_member *m;

	ip_text(&peer->remote.addr, text);
	if (!g || !address_serves(g, peer) || !address_authorized(g, peer) ||
	    !identity_authorized(g, peer) || !ks_policy_current(g, policy))
		return false;
	if (!ks_members_have_room(&g->members, &peer->remote.addr,
				  stale(g, now))) {
		LOG(ks, KS_GM_LIMIT, text, g->group->name,
		    (unsigned int)KS_MAX_MEMBERS);
		return false;
	}
	if (policy->sid_bits && !take_sids(g, peer, policy))
		return false;
	make_room(g, &peer->remote.addr, stale(g, now));
	m = ks_members_register(&g->members, peer, now, stale(g, now));
	ks_sid_given(g, m, policy->n_sids);
	if (policy->has_kek)
		ks_member_holds(m, g->kek->number, g->kek->ack);
	else
		ks_member_holds(m, 0, NULL);
	if (policy->has_kek)
		policy->seq = g->kek->seq;
	m->behind = false;
	env_random(ks->env, &m->registration, sizeof(m->registration));
	coop_member_changed(g, m);
	ks_delivery_registered(g, &m->addr);
	gdoi_debug(ks->config.groups, KS_REGISTRATION, EVENT, g->group->name,
		   &peer->remote.addr, "%s is registered", text);
	return true;
}

static void rejected(void *ctx, const struct gdoi_peer *peer,
		     const struct gdoi_id *id)
{
	struct ks *ks = ctx;
	struct ks_group *g = find(ks, id, peer);
	char text[IP_ADDR_TEXT];

	if (g)
		LOG(ks, KS_GM_REJECTS_SA_PAYLOAD,
		    ip_text(&peer->remote.addr, text), g->group->name);
}

const struct gdoi_server_ops ks_register_ops = {
	.policy = policy_for,
	.member = registered,
	.refused = rejected,
};
