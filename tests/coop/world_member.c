/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A member: registers with the key servers of its list in turn, as gm/ does,
 * but in one step, and has its keys by gm/'s own functions. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_push.h"
#include "gm/gm_clock.h"
#include "ks/ks_register.h"
#include "tests/coop/world.h"

enum { PULL_MIN_MS = 50, PULL_MAX_MS = 1500 };

static int64_t now_of(const struct world_gm *m)
{
	return sim_now(m->world->sim);
}

static int64_t spread(struct world_gm *m, unsigned int ms)
{
	return MSEC(world_below(m->world, ms));
}

static void attempt(void *arg);

static void attempt_in(struct world_gm *m, int64_t delay)
{
	struct env *env = m->world->gm.env;

	env_timer_cancel(env, &m->reregister);
	env_timer_set(env, &m->attempt, delay, attempt, m);
}

/* --- its clock -------------------------------------------------------------- */

/* The start of a group from nothing; nearer than this it is the same one. */
static unsigned int origin_of(const struct world *w, int64_t zero)
{
	unsigned int i, best = 0;

	for (i = 1; i < w->n_origins; i++) {
		if (llabs(zero - w->origins[i]) <
		    llabs(zero - w->origins[best]))
			best = i;
	}
	return best;
}

void world_gm_took_clock(struct world_gm *m, unsigned int ks, bool push)
{
	const struct gm_keys *keys = &m->m.keys;
	int64_t slack = push ? SEC(2) : SEC(WORLD_CLOCK_SLACK);
	struct world *w = m->world;
	int64_t zero;

	if (!keys->policy || !keys->policy->has_pseudotime)
		return;
	zero = keys->received - gm_clock_us(keys->policy->pseudotime);
	if (m->has_zero && zero > m->zero + slack &&
	    (push || origin_of(w, zero) == origin_of(w, m->zero)))
		world_fail(w, "pseudotime",
			   "GM%u: the clock of KS%u goes back by %lld ms (%s)",
			   m->index + 1, ks + 1,
			   (long long)((zero - m->zero) / MSEC(1)),
			   push ? "PUSH" : "registration");
	m->zero = zero;
	m->has_zero = true;
}

/* --- when its keys end ------------------------------------------------------ */

/* As gm/gm_timers.c has it. */
static int64_t wanted_by(const struct world_gm *m)
{
	const struct gm_keys *keys = &m->m.keys;
	uint32_t lifetime, lead;
	int64_t end = gm_keys_end(keys, &lifetime), kek;

	lead = lifetime / 100 * GM_REREGISTER_PERCENT;
	if (lead < GM_REREGISTER_LEAD)
		lead = GM_REREGISTER_LEAD;
	if (end != INT64_MAX)
		end -= SEC(lead);
	if (!keys->policy || !keys->policy->has_kek)
		return end;
	kek = keys->kek_expires - SEC(GM_REREGISTER_KEK_LEAD);
	return kek < end ? kek : end;
}

static void key_ended(void *arg);

static void plan(struct world_gm *m)
{
	struct env *env = m->world->gm.env;
	int64_t now = now_of(m), at = wanted_by(m), next;

	if (at == INT64_MAX)
		at = now + SEC(GM_REREGISTER_NOTHING);
	at -= SEC(1 + world_below(m->world, GM_REREGISTER_JITTER));
	if (at < now + SEC(GM_REREGISTER_SOONEST))
		at = now + SEC(GM_REREGISTER_SOONEST);
	if (!m->attempt)
		env_timer_set(env, &m->reregister, at - now, attempt, m);
	env_timer_cancel(env, &m->expiry);
	next = gm_keys_next_expiry(&m->m.keys);
	if (next != INT64_MAX)
		env_timer_set(env, &m->expiry, next > now ? next - now : 0,
			      key_ended, m);
	m->world->keys_changed = true;
}

static void key_ended(void *arg)
{
	struct world_gm *m = arg;

	gm_keys_expire(&m->m.keys, now_of(m));
	gm_rekey_expire(&m->m);
	plan(m);
	if (!m->m.keys.policy && !m->attempt)
		attempt_in(m, spread(m, GM_SPREAD * 1000));
}

void world_gm_rekeyed(struct world_gm *m)
{
	plan(m);
}

void world_gm_removed(struct world_gm *m)
{
	gm_keys_drop(&m->m.keys);
	gm_rekey_drop(&m->m);
	m->registered = false;
	env_timer_cancel(m->world->gm.env, &m->expiry);
	m->world->keys_changed = true;
	attempt_in(m, spread(m, GM_SPREAD * 1000));
}

void world_gm_soon(struct world_gm *m, int64_t delay)
{
	if (!m->attempt)
		attempt_in(m, delay);
}

/* --- registering ------------------------------------------------------------ */

static struct gdoi_peer peer_of(const struct world_gm *m,
				const struct world_ks *ks)
{
	struct gdoi_peer peer = {
		.local = { ks->addr, GDOI_PORT },
		.remote = { m->m.local, GDOI_PORT },
		.extensions = true,
		.sids_wanted = m->world->counter ? 1 : 0,
	};

	snprintf(peer.version, sizeof(peer.version), "%s", GDOI_VERSION);
	return peer;
}

static struct gdoi_policy *ask(struct world_gm *m, struct world_ks *ks)
{
	const struct gdoi_id id = { .is_set = true, .number = WORLD_GROUP };
	struct gdoi_peer peer = peer_of(m, ks);
	struct isakmp_fault why = ISAKMP_OK;
	struct gdoi_policy *policy;

	policy = ks_register_ops.policy(ks->ks, &peer, &id, &why);
	if (!policy)
		return NULL;
	if (ks_register_ops.member(ks->ks, &peer, &id, policy)) {
		policy->as_of = now_of(m);
		policy->complete = true;
		return policy;
	}
	gdoi_policy_free(policy);
	return NULL;
}

/* s until a key server has heard of a removal: while its session is there, and
 * when it must be set up first. */
enum { NEWS_S = 1, LATE_NEWS_S = 20 };

/* That one has not heard of a removal yet: what it gives is gone. */
static void forgive_late_news(struct world_gm *m, const struct world_ks *ks)
{
	const struct world *w = m->world;
	const struct coop_link *l = ks->links[w->removed_by];
	bool late = !l || !l->session || l->since > w->removed_at - SEC(NEWS_S);

	if (w->removed_at && w->removed_by != ks->index &&
	    now_of(m) - w->removed_at < SEC(late ? LATE_NEWS_S : NEWS_S))
		m->exempt = now_of(m) + SEC(w->tek_life + 120);
}

/* Of the last PUSH under that KEK, as far as the member knows. */
static uint32_t seq_of(const struct world_gm *m, const uint8_t *kek)
{
	size_t i;

	for (i = 0; i < GM_REKEY_PREVIOUS; i++) {
		if (m->m.rekey.sas[i].is_set &&
		    memcmp(m->m.rekey.sas[i].kek.spi, kek, 16) == 0)
			return m->m.rekey.sas[i].seq;
	}
	return 0;
}

static void take(struct world_gm *m, struct world_ks *ks,
		 struct gdoi_policy *policy)
{
	struct world *w = m->world;
	struct gm_keys next = { 0 };
	uint32_t told = policy->has_kek ? policy->seq : 0;
	uint8_t kek[16];

	memcpy(kek, policy->kek.spi, sizeof(kek));
	world_check_role(ks);
	world_check_clock(ks);
	world_keys_see(w, ks->g);
	world_sids_see(w, m, policy);
	gm_keys_pulled(&m->m.keys, policy, now_of(m), &next);
	gm_keys_drop(&m->m.keys);
	m->m.keys = next;
	m->m.trying = ks->addr;
	gm_rekey_registered(&m->m, true);
	m->m.registered_with = ks->addr;
	m->registered = true;
	world_say(w, "GM%u registers with KS%u", m->index + 1, ks->index + 1);
	m->n_registrations++;
	m->pushed_at = now_of(m);
	m->pushed_by = ks->index;
	if (told && seq_of(m, kek) == told) {
		m->seq_at = now_of(m);
		m->seq_by = ks->index;
	}
	forgive_late_news(m, ks);
	w->registrations++;
	world_gm_took_clock(m, ks->index, false);
	plan(m);
}

static void next_server(struct world_gm *m)
{
	m->server++;
	if (m->server < m->n_servers) {
		attempt_in(m, SEC(1) + spread(m, GM_ATTEMPT * 1000));
		return;
	}
	m->server = 0;
	attempt_in(m, SEC(GM_BACKOFF_FIRST) + spread(m, 20 * 1000));
}

static void attempt(void *arg)
{
	struct world_gm *m = arg;
	struct world *w = m->world;
	struct world_ks *ks = &w->ks[m->servers[m->server]];
	struct gdoi_policy *policy = NULL;

	if (world_gm_reach(w, m, ks->index)) {
		policy = ask(m, ks);
		if (!policy)
			world_say(w, "KS%u refuses GM%u", ks->index + 1,
				  m->index + 1);
	}
	if (!policy) {
		next_server(m);
		return;
	}
	m->server = 0;
	take(m, ks, policy);
}

/* --- its life --------------------------------------------------------------- */

static void input(void *arg, const struct endpoint *local,
		  const struct endpoint *remote, const void *data, size_t len)
{
	(void)local;
	world_push_take(arg, remote, data, len);
}

/* Some of the key servers, in an order of its own: at least two. */
static void draw_servers(struct world_gm *m)
{
	struct world *w = m->world;
	unsigned int i, j, t;

	for (i = 0; i < w->n_ks; i++)
		m->servers[i] = i;
	for (i = w->n_ks - 1; i > 0; i--) {
		j = world_below(w, i + 1);
		t = m->servers[i];
		m->servers[i] = m->servers[j];
		m->servers[j] = t;
	}
	m->n_servers = w->n_ks;
}

void world_gm_open(struct world *w, unsigned int index)
{
	struct world_gm *m = &w->gms[index];
	char name[16], addr[IP_ADDR_TEXT];

	m->world = w;
	m->index = index;
	m->m.gm = &w->gm;
	m->m.local = ip_v4(0x0a010001 + index);
	snprintf(name, sizeof(name), "GM%u", index + 1);
	m->node = sim_node_new(w->sim, name, ip_text(&m->m.local, addr));
	sim_listen(m->node, GDOI_PORT, input, m);
	draw_servers(m);
	attempt_in(m, spread(m, world_below(w, 3) ? 60000 : 900000));
}

void world_gm_close(struct world_gm *m)
{
	struct env *env = m->world->gm.env;

	sim_listen(m->node, GDOI_PORT, NULL, NULL);
	env_timer_cancel(env, &m->attempt);
	env_timer_cancel(env, &m->reregister);
	env_timer_cancel(env, &m->expiry);
	gm_keys_drop(&m->m.keys);
	gm_rekey_forget(&m->m);
}
