/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/ipsec.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/log.h"
#include "base/mem.h"
#include "ipsec/capture.h"
#include "ipsec/capture_keys.h"
#include "ipsec/ipsec_priv.h"
#include "ipsec/wear.h"
#include "router/vrf.h"

enum { WORKERS_MAX = 64 };

static int attach(void *ctx, const char *ifname)
{
	return ipsec_hold(ctx, ifname, IPSEC_USER_MAP);
}

static void detach(void *ctx, const char *ifname)
{
	ipsec_release(ctx, ifname, IPSEC_USER_MAP);
}

/* typed: ip mtu or ipv6 mtu, 0: neither. */
static unsigned int mtu_of(const struct iface *iface, unsigned int typed)
{
	unsigned int mtu = iface->mtu;

	if (typed && (!mtu || typed < mtu))
		mtu = typed;
	return mtu && mtu <= UINT16_MAX ? mtu : UINT16_MAX;
}

static enum ipsec_df df_of(const struct ipsec *ipsec, const struct iface *iface)
{
	if (iface->ipsec_df != IPSEC_DF_UNSET)
		return (enum ipsec_df)iface->ipsec_df;
	return ipsec->config ? ipsec->config->sa.df : IPSEC_DF_UNSET;
}

static bool fragments_after(const struct ipsec *ipsec,
			    const struct iface *iface)
{
	if (iface->ipsec_fragment != IPSEC_FRAGMENT_UNSET)
		return iface->ipsec_fragment == IPSEC_FRAGMENT_AFTER;
	return ipsec->config && ipsec->config->fragment_after;
}

/* What of the interface and the configuration goes into a policy, as it is
 * now. */
void ipsec_dress(const struct ipsec *ipsec, struct policy *p,
		 const struct iface *iface)
{
	unsigned int mtu = mtu_of(iface, iface->ip_mtu);

	POLICY_WRITE(p->mtu, mtu);
	POLICY_WRITE(p->link_mtu, iface->mtu ? iface->mtu : UINT16_MAX);
	POLICY_WRITE(p->mtu6, mtu_of(iface, iface->ipv6_mtu));
	/* The kernel knows the device's MTU alone. */
	POLICY_WRITE(p->clear_mtu, mtu < iface->mtu ? mtu : 0);
	POLICY_WRITE(p->address, ip_v4_host(&iface->addr));
	POLICY_WRITE(p->df, df_of(ipsec, iface));
	POLICY_WRITE(p->fragment_after, fragments_after(ipsec, iface));
}

static void dress_front(const struct ipsec *ipsec, struct front *f)
{
	struct iface *iface = iface_find(ipsec->ifaces, f->name);

	if (iface && f->policy)
		ipsec_dress(ipsec, f->policy, iface);
}

static int set_policy(void *ctx, const char *ifname, struct ipsec_policy *in)
{
	struct ipsec *ipsec = ctx;
	struct front *f = ipsec_front(ipsec, ifname);
	struct iface *iface = iface_find(ipsec->ifaces, ifname);
	struct policy *p = NULL, *old;
	int err = 0;

	if (!f || !(f->users & IPSEC_USER_BIT(IPSEC_USER_MAP)) || !iface)
		err = -ENODEV;
	else if (!(p = policy_new(in, ipsec->store, ipsec->stats)))
		err = -EINVAL;
	else if (ipsec->captures)
		capture_keys_policy(captures_keys(ipsec->captures), in);
	ipsec_policy_free(in);
	if (err)
		return err;
	ipsec_dress(ipsec, p, iface);
	old = front_set_policy(f, p);
	hits_carry(p->hits, old ? old->hits : NULL);
	policy_free(old);
	sa_store_expire(ipsec->store, env_now(ipsec->env));
	loop_wake_ring(ipsec->bell); /* it may be worn already */
	return 0;
}

static void counters(void *ctx, const char *group, struct ipsec_counters *out)
{
	struct ipsec *ipsec = ctx;

	stats_read(ipsec->stats, group, out);
}

static void clear_counters(void *ctx, const char *group)
{
	struct ipsec *ipsec = ctx;
	struct front *f;

	stats_clear(ipsec->stats, group);
	TAILQ_FOREACH (f, &ipsec->fronts, link) {
		if (f->policy && policy_has_group(f->policy, group))
			hits_clear(f->policy->hits);
	}
}

static void clear_replay(void *ctx, const char *group)
{
	struct ipsec *ipsec = ctx;

	stats_clear_replay(ipsec->stats, group);
}

static struct ipsec_rule_counters rule_counters(void *ctx, const char *ifname,
						size_t rule)
{
	const struct front *f = ipsec_front(ctx, ifname);
	const struct policy *p = f ? f->policy : NULL;

	return hits_read(p ? p->hits : NULL, rule);
}

static size_t replay_errors(void *ctx, const char *group,
			    struct ipsec_replay_error *out, size_t n)
{
	const struct ipsec *ipsec = ctx;

	return stats_errors(ipsec->stats, group, out, n);
}

static void watch(void *ctx, const struct dataplane_watch *w)
{
	struct ipsec *ipsec = ctx;

	ipsec->watch = w ? *w : (struct dataplane_watch){ 0 };
	loop_wake_ring(ipsec->bell); /* what was told to nobody */
}

struct dataplane ipsec_dataplane(struct ipsec *ipsec)
{
	static const struct dataplane_ops ops = {
		.attach = attach,
		.detach = detach,
		.set_policy = set_policy,
		.counters = counters,
		.clear_counters = clear_counters,
		.clear_replay = clear_replay,
		.rule_counters = rule_counters,
		.replay_errors = replay_errors,
		.watch = watch,
	};

	return (struct dataplane){ .ops = &ops, .ctx = ipsec };
}

static void remember(struct ipsec *ipsec, const struct event *e)
{
	const struct ipsec_replay_error error = {
		.wall = env_wall(ipsec->env),
		.src = event_src(e),
		.dst = event_dst(e),
		.mine = e->mine,
		.peer = e->peer,
	};

	stats_error(ipsec->stats, e->group, &error, env_now(ipsec->env));
}

/* Who is told may change policies and interfaces: names are copied first. */
static void tell_worn(struct ipsec *ipsec)
{
	struct wear_list list = { 0 };
	struct front *f;

	if (!ipsec->watch.exhausted)
		return;
	TAILQ_FOREACH (f, &ipsec->fronts, link)
		wear_collect(&list, f->policy, f->name);
	TAILQ_FOREACH (f, &ipsec->fronts, link)
		wear_collected(f->policy);
	for (size_t i = 0; i < list.n; i++)
		ipsec->watch.exhausted(ipsec->watch.arg, list.items[i].ifname,
				       list.items[i].spi);
	free(list.items);
}

static void tell_trouble(struct ipsec *ipsec, const struct event *e)
{
	bool time = e->kind == EVENT_REPLAY_TIME;

	if (ipsec->watch.trouble && (time || e->kind == EVENT_BAD_SPI))
		ipsec->watch.trouble(ipsec->watch.arg, e->interface,
				     time ? e->group : NULL, e->spi);
}

/* Its name as logs have it: "" for the global table. */
static const char *vrf_of(const struct ipsec *ipsec, const char *ifname)
{
	const struct iface *iface = iface_find(ipsec->ifaces, ifname);
	const struct vrf *vrf = iface ? iface_vrf(iface) : NULL;

	return vrf ? vrf->name : "";
}

/* Control thread: the workers have something to say. */
static void drain(void *arg)
{
	struct ipsec *ipsec = arg;
	struct event e;

	for (unsigned int i = 0; i < ipsec->n_workers; i++)
		while (events_take(worker_events(ipsec->workers[i]), &e)) {
			if (e.kind == EVENT_REPLAY_TIME)
				remember(ipsec, &e);
			event_log(&ipsec->log, ipsec->env, &e,
				  vrf_of(ipsec, e.interface));
			tell_trouble(ipsec, &e);
		}
	tell_worn(ipsec);
}

static void ring(void *arg)
{
	struct ipsec *ipsec = arg;

	loop_wake_ring(ipsec->bell);
}

/* What this process may run on. */
static unsigned int cores(cpu_set_t *set)
{
	unsigned int n;

	CPU_ZERO(set);
	if (sched_getaffinity(0, sizeof(*set), set))
		CPU_SET(0, set);
	n = (unsigned int)CPU_COUNT(set);
	return n > WORKERS_MAX ? WORKERS_MAX : n;
}

/* One a core when there are as many; fewer share the machine with others: -1,
 * a core each while they are busy. */
static int core_of(const struct ipsec *ipsec, unsigned int worker)
{
	cpu_set_t set;

	if (cores(&set) != ipsec->n_workers || ipsec->n_workers == 1)
		return -1;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &set) && !worker--)
			return cpu;
	return -1;
}

static void config_changed(void *arg)
{
	struct ipsec *ipsec = arg;
	struct front *f;

	TAILQ_FOREACH (f, &ipsec->fronts, link)
		dress_front(ipsec, f);
}

/* The kernel has one MTU a device, for all protocols and both ways; a packet
 * of ours may be shorter only where we see it. */
static void hold_for_mtu(struct ipsec *ipsec, const struct iface *iface)
{
	bool less = iface->ip_mtu && iface->ip_mtu < iface->mtu;
	int err = 0;

	if (!less)
		ipsec_release(ipsec, iface->name, IPSEC_USER_MTU);
	else if (iface->line_up && !iface->loopback)
		err = ipsec_hold(ipsec, iface->name, IPSEC_USER_MTU);
	if (err)
		log_warn("%s: its packets are not made shorter: %s",
			 iface->name, strerror(-err));
}

static void iface_changed(void *arg, struct iface *iface,
			  enum iface_change change)
{
	struct ipsec *ipsec = arg;
	struct front *f;

	if (change == IFACE_GONE)
		return;
	if (change == IFACE_VRF)
		ipsec_follow_vrf(ipsec, iface);
	hold_for_mtu(ipsec, iface);
	f = ipsec_front(ipsec, iface->name);
	if (!f)
		return;
	if (change == IFACE_MTU || change == IFACE_UP)
		pmtu_forget(&f->pmtu);
	dress_front(ipsec, f);
}

void ipsec_follow(struct ipsec *ipsec, struct ipsec_config *config)
{
	ipsec->config = config;
	ipsec_config_watch(config, config_changed, ipsec);
	ifaces_watch(ipsec->ifaces, iface_changed, ipsec);
}

struct ipsec *ipsec_new(struct loop *loop, struct env *env, struct clock *clock,
			struct ifaces *ifaces, unsigned int workers)
{
	struct ipsec *ipsec = xcalloc(1, sizeof(*ipsec));
	cpu_set_t set;

	ipsec->env = env;
	ipsec->ifaces = ifaces;
	ipsec->n_workers = workers ? workers : cores(&set);
	TAILQ_INIT(&ipsec->fronts);
	TAILQ_INIT(&ipsec->lost);
	ipsec->crypto = crypto_new(NULL, ipsec->n_workers);
	if (!ipsec->crypto)
		log_fatal("no crypto backend of the name in GETVPN_CRYPTO");
	ipsec->store = sa_store_new(ipsec->crypto);
	ipsec->stats = stats_new(ipsec->n_workers);
	loop_wake_open(loop, &ipsec->bell, drain, ipsec);
	ipsec->workers = xcalloc(ipsec->n_workers, sizeof(struct worker *));
	for (unsigned int i = 0; i < ipsec->n_workers; i++)
		ipsec->workers[i] = worker_new(i, core_of(ipsec, i), clock, env,
					       ring, ipsec);
	return ipsec;
}

void ipsec_free(struct ipsec *ipsec)
{
	if (!ipsec)
		return;
	env_timer_cancel(ipsec->env, &ipsec->qos_tick);
	while (!TAILQ_EMPTY(&ipsec->fronts))
		ipsec_front_close(ipsec, TAILQ_FIRST(&ipsec->fronts));
	ipsec_lost_free(ipsec);
	for (unsigned int i = 0; i < ipsec->n_workers; i++)
		worker_free(ipsec->workers[i]);
	free(ipsec->workers);
	loop_wake_close(&ipsec->bell);
	stats_free(ipsec->stats);
	sa_store_free(ipsec->store);
	crypto_free(ipsec->crypto);
	free(ipsec);
}
