/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gm/gm_rekey.h"

#include <string.h>

#include "gm/gm_member.h"

/* --- slots --------------------------------------------------------------------- */

static void sa_fini(struct gm_rekey_sa *sa)
{
	gm_kek_fini(&sa->kek);
	*sa = (struct gm_rekey_sa){ 0 };
}

static void move(struct gm_rekey *r, enum gm_rekey_slot from,
		 enum gm_rekey_slot to)
{
	if (!r->sas[from].is_set)
		return;
	sa_fini(&r->sas[to]);
	r->sas[to] = r->sas[from];
	r->sas[from] = (struct gm_rekey_sa){ 0 };
	if (to == GM_REKEY_PREVIOUS)
		gm_kek_wipe(&r->sas[to].kek);
}

/* Nothing is taken under them any more; the newest is remembered. */
static void retire_all(struct gm_rekey *r)
{
	if (!r->sas[GM_REKEY_NEW].is_set)
		move(r, GM_REKEY_CURRENT, GM_REKEY_PREVIOUS);
	move(r, GM_REKEY_NEW, GM_REKEY_PREVIOUS);
	sa_fini(&r->sas[GM_REKEY_CURRENT]);
}

static struct gm_rekey_sa *newest(struct gm_rekey *r)
{
	if (r->sas[GM_REKEY_NEW].is_set)
		return &r->sas[GM_REKEY_NEW];
	if (r->sas[GM_REKEY_CURRENT].is_set)
		return &r->sas[GM_REKEY_CURRENT];
	return NULL;
}

static const struct gm_rekey_sa *find(const struct gm_rekey *r,
				      const uint8_t *spi)
{
	size_t i;

	for (i = 0; i < GM_N_REKEY_SLOTS; i++)
		if (r->sas[i].is_set && memcmp(r->sas[i].kek.spi, spi,
					       sizeof(r->sas[i].kek.spi)) == 0)
			return &r->sas[i];
	return NULL;
}

static void tell_seq(struct gm_member *m)
{
	const struct gm_rekey_sa *sa = newest(&m->rekey);

	m->rekey.last_seq = sa ? sa->seq : 0;
	if (m->keys.policy)
		m->keys.policy->seq = m->rekey.last_seq;
}

/* One message goes to all members of a unicast group, so it does not name
 * them (docs/PROTOCOL.md). */
static void set_addresses(const struct gm_member *m, struct gm_rekey_sa *sa)
{
	if (ip_is_multicast(&sa->kek.dst.addr))
		return;
	sa->kek.src = (struct endpoint){ sa->server, GDOI_PORT, m->fvrf };
	sa->kek.dst = (struct endpoint){ m->local, GDOI_PORT, m->fvrf };
}

/* A rekey SA that we know goes on counting, or what was sent under it could
 * be played again. */
static struct gm_rekey_sa from_policy(struct gm_member *m,
				      const struct ip_addr *server)
{
	struct gdoi_policy *p = m->keys.policy;
	const struct gm_rekey_sa *known = find(&m->rekey, p->kek.spi);
	struct gm_rekey_sa sa = {
		.is_set = true,
		.seq = p->seq,
		.expires = m->keys.kek_expires,
		.server = *server,
	};

	gm_kek_copy(&sa.kek, &p->kek);
	gm_kek_wipe(&p->kek);
	set_addresses(m, &sa);
	if (known) {
		sa.conn_id = known->conn_id;
		sa.prev_seq = known->prev_seq;
		if (known->seq > sa.seq)
			sa.seq = known->seq;
	} else {
		sa.conn_id = isakmp_new_conn_id(m->gm->config.isakmp);
	}
	m->rekey.made++;
	return sa;
}

static void put_new(struct gm_member *m, const struct ip_addr *server)
{
	struct gm_rekey_sa sa = from_policy(m, server);

	sa_fini(&m->rekey.sas[GM_REKEY_NEW]);
	m->rekey.sas[GM_REKEY_NEW] = sa;
}

/* --- what happens to them -------------------------------------------------------- */

void gm_rekey_registered(struct gm_member *m, bool extensions)
{
	struct gm_rekey *r = &m->rekey;
	struct gm_rekey_sa sa = { 0 };

	if (m->keys.policy->has_kek)
		sa = from_policy(m, &m->trying);
	retire_all(r);
	r->sas[GM_REKEY_NEW] = sa;
	r->extensions = extensions;
	r->since = 0;
	r->acked_since = 0;
	tell_seq(m);
	gm_rekey_follow_group(m);
}

static bool is_known(const struct gm_rekey *r, const struct gdoi_kek *kek)
{
	size_t i;

	for (i = 0; i < GM_REKEY_PREVIOUS; i++)
		if (r->sas[i].is_set &&
		    memcmp(r->sas[i].kek.spi, kek->spi, sizeof(kek->spi)) == 0)
			return true;
	return false;
}

void gm_rekey_accepted(struct gm_member *m, enum gm_rekey_slot slot,
		       const struct gdoi_push *push, bool delivered,
		       const struct ip_addr *server)
{
	struct gm_rekey *r = &m->rekey;

	r->sas[slot].prev_seq = r->sas[slot].seq;
	r->sas[slot].seq = push->seq;
	if (slot == GM_REKEY_NEW) {
		move(r, GM_REKEY_CURRENT, GM_REKEY_PREVIOUS);
		move(r, GM_REKEY_NEW, GM_REKEY_CURRENT);
	}
	if (push->delete_kek)
		retire_all(r);
	if (delivered && !is_known(r, &m->keys.policy->kek))
		put_new(m, server);
	if (m->keys.policy)
		gm_kek_wipe(&m->keys.policy->kek);
	tell_seq(m);
	gm_rekey_follow_group(m);
}

void gm_rekey_drop(struct gm_member *m)
{
	retire_all(&m->rekey);
	tell_seq(m);
	gm_rekey_follow_group(m);
}

void gm_rekey_expire(struct gm_member *m)
{
	struct gm_rekey *r = &m->rekey;
	int64_t now = env_now(m->gm->env);

	if (!m->keys.policy) {
		gm_rekey_drop(m);
		return;
	}
	if (r->sas[GM_REKEY_CURRENT].expires <= now)
		move(r, GM_REKEY_CURRENT, GM_REKEY_PREVIOUS);
	if (r->sas[GM_REKEY_NEW].expires <= now)
		move(r, GM_REKEY_NEW, GM_REKEY_PREVIOUS);
	tell_seq(m);
	gm_rekey_follow_group(m);
}

void gm_rekey_forget(struct gm_member *m)
{
	struct gm_rekey *r = &m->rekey;
	size_t i;

	for (i = 0; i < GM_N_REKEY_SLOTS; i++)
		sa_fini(&r->sas[i]);
	keybuf_free(&r->ack);
	memset(r->digest, 0, sizeof(r->digest));
	r->last_seq = 0;
	gm_rekey_follow_group(m);
}

/* --- multicast -------------------------------------------------------------------- */

/* The interface's own address: a loopback hears nothing. */
static struct endpoint joining_address(const struct gm_member *m)
{
	const struct gm_config *config = &m->gm->config;
	struct gm_interface i;

	config->interface(config->arg, m->ifname, &i);
	return (struct endpoint){ i.addr, GDOI_PORT, i.vrf };
}

static bool others_joined(const struct gm_member *m, const struct ip_addr *addr)
{
	const struct gm_member *other;

	TAILQ_FOREACH (other, &m->gm->members, entry)
		if (other != m && strcmp(other->ifname, m->ifname) == 0 &&
		    other->fvrf == m->fvrf &&
		    ip_equal(&other->rekey.joined, addr))
			return true;
	return false;
}

static struct ip_addr wanted_group(struct gm_member *m)
{
	const struct gm_rekey_sa *sa = newest(&m->rekey);

	if (!sa || !ip_is_multicast(&sa->kek.dst.addr))
		return (struct ip_addr){ 0 };
	return sa->kek.dst.addr;
}

void gm_rekey_follow_group(struct gm_member *m)
{
	struct gm_rekey *r = &m->rekey;
	struct ip_addr wanted = wanted_group(m), before = r->joined;
	struct env *env = m->gm->env;

	if (ip_equal(&wanted, &before))
		return;
	r->joined = wanted;
	if (ip_is_set(&before) && !others_joined(m, &before))
		env_join(env, &before, &r->joined_on, false);
	if (!ip_is_set(&wanted))
		return;
	r->joined_on = joining_address(m);
	if (!others_joined(m, &wanted))
		env_join(env, &wanted, &r->joined_on, true);
}
