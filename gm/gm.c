/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gm/gm.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gm/gm_group.h"
#include "gm/gm_member.h"
#include "gm/gm_msg.h"
#include "gm/gm_priv.h"

/* --- from the configuration to members -------------------------------------- */

static struct gm_member *find_member(struct gm *gm, const char *ifname,
				     const struct gm_map_entry *entry)
{
	struct gm_member *m;

	TAILQ_FOREACH (m, &gm->members, entry)
		if (m->map_entry == entry && strcmp(m->ifname, ifname) == 0)
			return m;
	return NULL;
}

static struct gdoi_group *group_of(struct gm *gm,
				   const struct gm_map_entry *entry)
{
	struct gdoi_group *group;

	group = entry->group
			? gdoi_group_find_family(gm->config.groups,
						 entry->group, entry->map->ipv6)
			: NULL;
	return gm_group_of(group) ? group : NULL;
}

const char *gm_vrf_text(const struct gm *gm, uint32_t vrf,
			const char *otherwise)
{
	const char *name = NULL;

	if (vrf && gm->config.vrf_name)
		name = gm->config.vrf_name(gm->config.arg, vrf);
	return name ? name : otherwise;
}

/* Where it registers from: the group's registration interface, the map's
 * local-address, or the interface itself. */
struct origin {
	struct ip_addr local; /* unset: from nowhere now */
	uint32_t fvrf, ivrf;
};

static struct origin origin_of(struct gm *gm, const struct gm_member *m,
			       const struct gdoi_group *group)
{
	const struct gm_group *g = gm_group_of(group);
	const char *ifname = m->ifname, *name = ifname;
	struct gm_interface here, source;

	if (m->map_entry->map->local_interface)
		name = m->map_entry->map->local_interface;
	if (g && g->registration_interface)
		name = g->registration_interface;

	gm->config.interface(gm->config.arg, ifname, &here);
	gm->config.interface(gm->config.arg, name, &source);
	if (!here.up || !source.up)
		return (struct origin){ 0 };
	return (struct origin){ source.addr, source.vrf, here.vrf };
}

static bool same_membership(const struct gm_member *m,
			    const struct gdoi_group *group,
			    const struct origin *o)
{
	return m->group == group && ip_equal(&m->local, &o->local) &&
	       m->fvrf == o->fvrf && m->ivrf == o->ivrf &&
	       (m->state == GM_IDLE || gdoi_id_equal(&m->id, &group->id));
}

static void settle(struct gm *gm, struct gm_member *m)
{
	struct gdoi_group *group = group_of(gm, m->map_entry);
	struct origin o = origin_of(gm, m, group);
	bool can = group && group->id.is_set && ip_is_set(&o.local) &&
		   gm_group_of(group)->n_servers;

	if (m->state != GM_IDLE && (!can || !same_membership(m, group, &o)))
		gm_member_event(m, GM_EV_STOP);
	m->group = group;
	m->local = o.local;
	m->fvrf = o.fvrf;
	m->ivrf = o.ivrf;
	if (can && m->state == GM_IDLE)
		gm_member_event(m, GM_EV_START);
}

static void mark_members(struct gm *gm)
{
	struct gm_map_entry *entry;
	struct gm_binding *binding;
	struct gm_member *m;

	TAILQ_FOREACH (m, &gm->members, entry)
		m->wanted = false;
	TAILQ_FOREACH (binding, &gm->maps.bindings, entry)
		TAILQ_FOREACH (entry, &binding->map->entries, entry) {
			m = find_member(gm, binding->ifname, entry);
			if (!m)
				m = gm_member_new(gm, binding->ifname, entry);
			m->wanted = true;
		}
}

static bool is_attached(struct gm *gm, const char *ifname)
{
	const struct gm_binding *four, *six;

	four = gm_binding_find(&gm->maps, ifname, false);
	six = gm_binding_find(&gm->maps, ifname, true);
	return (four && four->attached) || (six && six->attached);
}

bool gm_install(struct gm *gm, const char *ifname)
{
	const struct dataplane *d = &gm->config.dataplane;

	if (!is_attached(gm, ifname))
		return false;
	return d->ops->set_policy(d->ctx, ifname,
				  gm_policy_build(gm, ifname)) == 0;
}

void gm_recount_rules(struct gm *gm, const char *ifname)
{
	if (gm_binding_find(&gm->maps, ifname, false) ||
	    gm_binding_find(&gm->maps, ifname, true))
		ipsec_policy_free(gm_policy_build(gm, ifname));
}

static void attach(struct gm *gm, struct gm_binding *binding)
{
	const struct dataplane *d = &gm->config.dataplane;

	if (!binding->attached)
		binding->attached =
			is_attached(gm, binding->ifname) ||
			d->ops->attach(d->ctx, binding->ifname) == 0;
}

static void refresh_once(struct gm *gm)
{
	struct gm_member *m, *next;
	struct gm_binding *binding;

	mark_members(gm);
	TAILQ_FOREACH_SAFE (m, &gm->members, entry, next)
		if (!m->wanted)
			gm_member_free(m);
	TAILQ_FOREACH (binding, &gm->maps.bindings, entry)
		attach(gm, binding);
	TAILQ_FOREACH (m, &gm->members, entry)
		settle(gm, m);
	TAILQ_FOREACH (binding, &gm->maps.bindings, entry)
		gm_install(gm, binding->ifname);
}

/* IOS says it after the first try to register (older members, at least). */
static void tell_on_or_off(struct gm *gm)
{
	struct gm_binding *binding;
	bool on = false;

	TAILQ_FOREACH (binding, &gm->maps.bindings, entry)
		if (!TAILQ_EMPTY(&binding->map->entries))
			on = true;
	if (on == gm->on)
		return;
	gm->on = on;
	env_event(gm->env, GM_ON_OFF, on ? "ON" : "OFF");
}

/* Fronting an interface makes the interface change, which lands here again:
 * rounds, not recursion. */
void gm_refresh(struct gm *gm)
{
	gm->again = true;
	if (gm->refreshing)
		return;
	gm->refreshing = true;
	while (gm->again) {
		gm->again = false;
		refresh_once(gm);
	}
	gm->refreshing = false;
	tell_on_or_off(gm);
	if (gm->config.refreshed)
		gm->config.refreshed(gm->config.arg);
}

bool gm_pre_classify(const struct gm *gm, const char *ifname)
{
	const struct gm_map_entry *entry;
	const struct gm_binding *b;

	TAILQ_FOREACH (b, &gm->maps.bindings, entry) {
		if (strcmp(b->ifname, ifname) != 0)
			continue;
		TAILQ_FOREACH (entry, &b->map->entries, entry)
			if (entry->pre_classify)
				return true;
	}
	return false;
}

void gm_interface_changed(struct gm *gm, const char *name)
{
	(void)name;
	gm_refresh(gm);
}

/* --- what the groups and lists tell ------------------------------------------ */

static void identity_changed(void *ctx, struct gdoi_group *group)
{
	(void)group;
	gm_refresh(ctx);
}

static void group_removed(void *ctx, struct gdoi_group *group)
{
	gm_group_free(group);
	gm_refresh(ctx);
}

static void group_cleared(void *ctx, struct gdoi_group *group)
{
	struct gm *gm = ctx;
	struct gm_member *m;

	if (!gm_group_of(group))
		return;
	env_event(gm->env, GM_CLEAR_REGISTER, group->name);
	TAILQ_FOREACH (m, &gm->members, entry)
		if (m->group == group)
			gm_member_reset(m);
	gm_refresh(gm);
}

static const struct gdoi_role_ops role_ops = {
	.identity = identity_changed,
	.removed = group_removed,
	.show = gm_show_group,
	.clear = group_cleared,
};

const struct acl *gm_map_acl(const struct gm *gm, const struct gm_map *map,
			     const char *name)
{
	if (!name)
		return NULL;
	return map->ipv6 ? acls_find6(gm->config.acls, name)
			 : acls_find(gm->config.acls, name);
}

void gm_note_permits(struct gm *gm, const struct gm_map_entry *entry)
{
	const struct acl *acl = gm_map_acl(gm, entry->map, entry->acl);
	size_t i;

	for (i = 0; acl && i < acl->n; i++)
		if (!acl->entries[i].remark && acl->entries[i].ace.permit) {
			env_event(gm->env, GM_LOCAL_PERMIT, entry->acl,
				  entry->map->name);
			return;
		}
}

static void note_all_permits(struct gm *gm, const struct gm_map *map,
			     const char *name)
{
	const struct gm_map_entry *entry;

	TAILQ_FOREACH (entry, &map->entries, entry)
		if (entry->acl && strcmp(entry->acl, name) == 0)
			gm_note_permits(gm, entry);
}

static bool uses_acl(const struct gm_map *map, const char *name)
{
	const struct gm_map_entry *entry;

	if (map->fail_close_acl && strcmp(map->fail_close_acl, name) == 0)
		return true;
	TAILQ_FOREACH (entry, &map->entries, entry)
		if (entry->acl && strcmp(entry->acl, name) == 0)
			return true;
	return false;
}

static void acl_changed(void *arg, const char *name)
{
	struct gm *gm = arg;
	struct gm_binding *binding;

	TAILQ_FOREACH (binding, &gm->maps.bindings, entry)
		if (uses_acl(binding->map, name)) {
			note_all_permits(gm, binding->map, name);
			gm_install(gm, binding->ifname);
		}
}

/* Nothing may be sent twice under one counter (RFC 6054 2): another sender ID
 * is asked for, or another TEK. */
static void exhausted(void *arg, const char *ifname, uint32_t spi)
{
	struct gm *gm = arg;
	struct gm_member *m;

	TAILQ_FOREACH (m, &gm->members, entry) {
		if (strcmp(m->ifname, ifname) != 0 || !m->keys.policy ||
		    !gm_keys_sends_with(&m->keys, spi))
			continue;
		env_event(gm->env, GM_IV_EXHAUSTED, m->group->name, ifname);
		m->worn = true;
		m->dataplane_asked++;
		gm_timers_soon(m);
	}
}

static void watch_dataplane(struct gm *gm, bool on)
{
	const struct dataplane *d = &gm->config.dataplane;
	const struct dataplane_watch watch = {
		.exhausted = on ? exhausted : NULL,
		.trouble = on ? gm_recovery_trouble : NULL,
		.arg = gm,
	};

	d->ops->watch(d->ctx, &watch);
}

struct gm *gm_new(const struct gm_config *config)
{
	struct gm *gm = xcalloc(1, sizeof(*gm));

	gm->config = *config;
	gm->env = config->env;
	gm_maps_init(&gm->maps);
	TAILQ_INIT(&gm->members);
	gdoi_announce(config->isakmp);
	gdoi_groups_set_role(config->groups, GDOI_ROLE_GM, &role_ops, gm);
	acls_watch(config->acls, acl_changed, gm);
	watch_dataplane(gm, true);
	gm_rekey_listen(gm, true);
	return gm;
}

static void free_group_parts(struct gm *gm)
{
	struct gdoi_group *group;

	for (group = gdoi_group_first(gm->config.groups); group;
	     group = group->next)
		gm_group_free(group);
}

void gm_free(struct gm *gm)
{
	struct gm_binding *binding, *sister;
	struct gm_member *m;

	if (!gm)
		return;
	gm_rekey_listen(gm, false);
	watch_dataplane(gm, false);
	acls_unwatch(gm->config.acls, acl_changed, gm);
	gdoi_groups_set_role(gm->config.groups, GDOI_ROLE_GM, NULL, NULL);
	while ((m = TAILQ_FIRST(&gm->members)))
		gm_member_free(m);
	TAILQ_FOREACH (binding, &gm->maps.bindings, entry) {
		if (!binding->attached)
			continue;
		gm->config.dataplane.ops->detach(gm->config.dataplane.ctx,
						 binding->ifname);
		sister = gm_binding_sister(&gm->maps, binding);
		if (sister)
			sister->attached = false;
	}
	gm_maps_fini(&gm->maps);
	free_group_parts(gm);
	free(gm);
}

void gm_cli_init(struct gm *gm)
{
	gm_group_cli_init(gm);
	gm_client_cli_init(gm);
	gm_option_cli_init(gm);
	gm_map_cli_init(gm);
	gm_clear_cli_init(gm);
	gm_show_cli_init(gm);
	gm_show_ipsec_cli_init(gm);
	gm_show_session_init(gm);
	gm_show_engine_init(gm);
	gm_check_init(gm);
}
