/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a key server sends, by registration or by rekey: whether the member
 * can live with it, how it takes the place of what was there, and what is
 * said about it. */
#include "gdoi/gdoi_debug.h"
#include "gm/gm_member.h"
#include "gm/gm_msg.h"
#include "gm/gm_restrict.h"

/* --- judging ------------------------------------------------------------------- */

static const char *tek_objection(const struct esp_transform *t)
{
	if (t->auth == ESP_AUTH_NONE && !esp_is_aead(t))
		return "ESP without authentication";
	return NULL;
}

/* What the dataplane cannot do, or what would make anti-replay worthless. */
static const char *policy_objection(const struct gdoi_policy *p, bool ipv6)
{
	const enum ip_family family = ipv6 ? IP_V6 : IP_V4;
	const char *objection = NULL;
	size_t i;

	for (i = 0; i < p->n_teks && !objection; i++)
		objection = tek_objection(&p->teks[i].transform);
	for (i = 0; i < p->n_rules && !objection; i++)
		if (ace_family(&p->rules[i].ace) != family)
			objection = ipv6 ? "GDOI-group type mismatch: the "
					   "group is not an IPv6 group"
					 : "GDOI-group type mismatch: the "
					   "group is not an IPv4 group";
	if (p->tbar && (!p->tbar_window || p->tbar_window > GM_TBAR_MAX))
		objection = "time-based anti-replay window out of range";
	if (p->replay_window > GM_COUNTER_WINDOW_MAX)
		objection = "anti-replay window out of range";
	return objection;
}

const char *gm_member_objection(const struct gm_member *m,
				const struct gdoi_policy *policy)
{
	const struct gm_group *g = gm_group_of(m->group);
	const char *objection = policy_objection(policy, m->group->ipv6);

	if (objection)
		return objection;
	if (policy->has_kek && !gm_restrict_kek_ok(g, &policy->kek))
		return "rekey cipher or hash is not allowed here";
	if (!gm_restrict_teks_ok(m->gm, g, policy))
		return "transform set is not allowed here";
	return NULL;
}

void gm_member_log_restriction(const struct gm_member *m,
			       const struct gdoi_policy *policy)
{
	const struct gm_group *g = gm_group_of(m->group);
	struct env *env = m->gm->env;

	if (policy->has_kek && !gm_restrict_kek_ok(g, &policy->kek))
		env_event(env, GM_REKEY_CIPHER_HASH_CHECK_FAIL, m->group->name);
	if (!gm_restrict_teks_ok(m->gm, g, policy))
		env_event(env, GM_SA_TRANSFORM_SET_CHECK_FAIL, m->group->name);
}

/* --- taking -------------------------------------------------------------------- */

static void tell_acls(const struct gm_member *m)
{
	const struct gdoi_policy *p = m->keys.policy;

	gdoi_debug(m->gm->config.groups, GM_ACLS, EVENT, m->group->name,
		   &m->trying, "%zu entries installed, %zu TEKs",
		   p ? p->n_rules : 0, m->keys.n_teks);
}

bool gm_member_take(struct gm_member *m, struct gm_keys *next)
{
	struct gm_keys before = m->keys;

	m->keys = *next;
	if (gm_install(m->gm, m->ifname)) {
		gm_keys_drop(&before);
		tell_acls(m);
		return true;
	}
	gm_keys_drop(&m->keys);
	m->keys = before;
	gm_recount_rules(m->gm, m->ifname);
	return false;
}

/* --- saying --------------------------------------------------------------------- */

struct gm_member_view gm_member_look(const struct gm_member *m)
{
	const struct gdoi_policy *p = m->keys.policy;

	return (struct gm_member_view){
		.has_policy = p != NULL,
		.has_kek = p && p->has_kek,
		.receive_only = p && p->receive_only,
		.multicast = p && ip_is_multicast(&p->kek.dst.addr),
	};
}

static void log_direction(const struct gm_member *m,
			  const struct gm_member_view *before,
			  const struct gm_member_view *now, const char *ks)
{
	if (now->receive_only && !before->receive_only)
		env_event(m->gm->env, GM_SA_INGRESS, ks, m->group->name);
	if (!now->receive_only && before->receive_only)
		env_event(m->gm->env, GM_CONV_SA_DUPLEX, m->group->name);
}

static void log_transport(const struct gm_member *m,
			  const struct gm_member_view *before,
			  const struct gm_member_view *now)
{
	if (!before->has_kek || !now->has_kek ||
	    before->multicast == now->multicast)
		return;
	if (now->multicast)
		env_event(m->gm->env, GM_REKEY_TRANS_2_MULTI, m->group->name);
	else
		env_event(m->gm->env, GM_REKEY_TRANS_2_UNI, m->group->name);
}

void gm_member_log_change(const struct gm_member *m,
			  const struct gm_member_view *before,
			  const struct ip_addr *server)
{
	struct gm_member_view now = gm_member_look(m);
	char ks[IP_ADDR_TEXT];

	if (!now.has_policy)
		return;
	log_direction(m, before, &now, ip_text(server, ks));
	log_transport(m, before, &now);
}

void gm_member_log_installed(const struct gm_member *m, bool ok,
			     const struct ip_addr *server)
{
	char ks[IP_ADDR_TEXT], own[IP_ADDR_TEXT];

	ip_text(server, ks);
	ip_text(&m->local, own);
	if (ok)
		env_event(m->gm->env, GM_INSTALL_POLICIES_SUCCESS, ks,
			  m->group->name, own,
			  gm_vrf_text(m->gm, m->fvrf, GM_NO_VRF),
			  gm_vrf_text(m->gm, m->ivrf, GM_NO_VRF));
	else
		env_event(m->gm->env, GM_INSTALL_POLICIES_FAILED, ks,
			  m->group->name, own,
			  gm_vrf_text(m->gm, m->fvrf, GM_NO_VRF),
			  gm_vrf_text(m->gm, m->ivrf, GM_NO_VRF));
}

void gm_member_log_cleanup(const struct gm_member *m)
{
	char ks[IP_ADDR_TEXT], own[IP_ADDR_TEXT];

	gdoi_debug(m->gm->config.groups, GM_CLEANUP, EVENT, m->group->name,
		   &m->registered_with, "keys and policy are gone");
	env_event(m->gm->env, GM_POLICY_CLEANUP,
		  ip_text(&m->registered_with, ks), m->group->name,
		  ip_text(&m->local, own),
		  gm_vrf_text(m->gm, m->fvrf, GM_NO_VRF),
		  gm_vrf_text(m->gm, m->ivrf, GM_NO_VRF));
}
