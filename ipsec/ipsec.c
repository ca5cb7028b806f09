/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/ipsec.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "ipsec/ipsec_priv.h"
#include "ipsec/wear.h"

enum { WORKERS_MAX = 64 };

static struct front *front_find(const struct ipsec *ipsec, const char *ifname)
{
	struct front *f;

	TAILQ_FOREACH (f, &ipsec->fronts, link)
		if (strcmp(f->lane.name, ifname) == 0)
			return f;
	return NULL;
}

/* "gv-eth1"; a name that does not fit or is taken gets a number instead. */
static int open_tap(struct lane *lane, const char *device, char *name)
{
	int len;

	memset(name, 0, IFNAMSIZ);
	len = snprintf(name, IFNAMSIZ, "gv-%s", device);
	if (len < IFNAMSIZ &&
	    port_tap_open(&lane->tap, &lane->pool, 1, name) == 0)
		return 0;
	memset(name, 0, IFNAMSIZ);
	snprintf(name, IFNAMSIZ, "gv-%%d");
	return port_tap_open(&lane->tap, &lane->pool, 1, name);
}

static void front_free(struct front *f)
{
	port_close(f->lane.tap);
	port_close(f->lane.wire);
	wire_close(f->wire);
	port_close(f->lane.icmp);
	if (f->hide_fd >= 0)
		close(f->hide_fd);
	reasm_free(f->lane.reasm);
	policy_free(lane_set_policy(&f->lane, NULL));
	free(f);
}

static struct front *front_new(struct ipsec *ipsec, const char *ifname)
{
	struct worker *worker =
		ipsec->workers[ipsec->next_worker++ % ipsec->n_workers];
	struct front *f = xcalloc(1, sizeof(*f));
	struct lane *lane = &f->lane;

	f->worker = worker;
	f->hide_fd = -1;
	snprintf(lane->name, sizeof(lane->name), "%s", ifname);
	lane->pool = worker_pool(worker);
	lane->crypto = ipsec->crypto;
	lane->events = worker_events(worker);
	lane->esp = worker_esp(worker);
	return f;
}

/* tap: IFNAMSIZ octets for the name of the new one. */
static int front_open(struct front *f, const struct iface *iface, char *tap)
{
	struct lane *lane = &f->lane;
	const struct wire_spec spec = { .device = iface->device,
					.ifindex = iface->ifindex,
					.mtu = iface->mtu,
					.pools = &lane->pool,
					.n = 1 };
	int err;

	err = open_tap(lane, iface->device, tap);
	if (!err)
		err = wire_open(&f->wire, &lane->wire, &spec, NULL);
	if (!err)
		err = port_raw_open(&lane->icmp);
	if (!err)
		err = wire_hide(&f->hide_fd, iface->device);
	if (err)
		return err;
	lane->icmp->pool = lane->pool;
	return 0;
}

static int attach(void *ctx, const char *ifname)
{
	struct ipsec *ipsec = ctx;
	struct iface *iface = iface_find(ipsec->ifaces, ifname);
	char tap[IFNAMSIZ];
	struct front *f;
	int err;

	if (front_find(ipsec, ifname))
		return 0;
	if (!iface || !iface->device || iface->loopback)
		return -ENODEV;
	f = front_new(ipsec, ifname);
	err = front_open(f, iface, tap);
	if (!err)
		err = iface_front(ipsec->ifaces, iface, tap);
	if (err) {
		front_free(f);
		return err;
	}
	f->lane.reasm = reasm_new();
	err = worker_add(f->worker, &f->lane);
	if (err) {
		(void)iface_unfront(ipsec->ifaces, iface);
		front_free(f);
		return err;
	}
	TAILQ_INSERT_TAIL(&ipsec->fronts, f, link);
	return 0;
}

static void front_close(struct ipsec *ipsec, struct front *f)
{
	struct iface *iface = iface_find(ipsec->ifaces, f->lane.name);
	int err;

	TAILQ_REMOVE(&ipsec->fronts, f, link);
	worker_remove(f->worker, &f->lane);
	if (iface) {
		err = iface_unfront(ipsec->ifaces, iface);
		if (err)
			log_warn("%s: its device cannot be given back: %s",
				 f->lane.name, strerror(-err));
	}
	front_free(f);
}

static void detach(void *ctx, const char *ifname)
{
	struct ipsec *ipsec = ctx;
	struct front *f = front_find(ipsec, ifname);

	if (f)
		front_close(ipsec, f);
}

/* What of the interface goes into a policy, as it is now: who sets policies
 * sets one at each change of the interface. */
static void dress(struct policy *p, const struct iface *iface)
{
	p->mtu = iface->ip_mtu ? iface->ip_mtu : iface->mtu;
	if (!p->mtu || p->mtu > UINT16_MAX)
		p->mtu = UINT16_MAX;
	p->address = ip_v4_host(&iface->addr);
}

static int set_policy(void *ctx, const char *ifname, struct ipsec_policy *in)
{
	struct ipsec *ipsec = ctx;
	struct front *f = front_find(ipsec, ifname);
	struct iface *iface = iface_find(ipsec->ifaces, ifname);
	struct policy *p = NULL, *old;
	int err = 0;

	if (!f || !iface)
		err = -ENODEV;
	else if (!(p = policy_new(in, ipsec->store, ipsec->stats)))
		err = -EINVAL;
	ipsec_policy_free(in);
	if (err)
		return err;
	dress(p, iface);
	old = lane_set_policy(&f->lane, p);
	workers_wait();
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
	struct policy *p;
	struct front *f;

	stats_clear(ipsec->stats, group);
	TAILQ_FOREACH (f, &ipsec->fronts, link) {
		p = atomic_load(&f->lane.policy);
		if (p && policy_has_group(p, group))
			hits_clear(p->hits);
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
	const struct front *f = front_find(ctx, ifname);
	const struct policy *p = f ? atomic_load(&f->lane.policy) : NULL;

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
		.src = ip_v4(e->src),
		.dst = ip_v4(e->dst),
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
		wear_collect(&list, atomic_load(&f->lane.policy), f->lane.name);
	TAILQ_FOREACH (f, &ipsec->fronts, link)
		wear_collected(atomic_load(&f->lane.policy));
	for (size_t i = 0; i < list.n; i++)
		ipsec->watch.exhausted(ipsec->watch.arg, list.items[i].ifname,
				       list.items[i].spi);
	free(list.items);
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
			event_log(&ipsec->log, ipsec->env, &e);
		}
	tell_worn(ipsec);
}

static void ring(void *arg)
{
	struct ipsec *ipsec = arg;

	loop_wake_ring(ipsec->bell);
}

static unsigned int cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (n < 1)
		return 1;
	return n > WORKERS_MAX ? WORKERS_MAX : (unsigned int)n;
}

struct ipsec *ipsec_new(struct loop *loop, struct env *env, struct clock *clock,
			struct ifaces *ifaces, unsigned int workers)
{
	struct ipsec *ipsec = xcalloc(1, sizeof(*ipsec));

	ipsec->env = env;
	ipsec->ifaces = ifaces;
	ipsec->n_workers = workers ? workers : cores();
	TAILQ_INIT(&ipsec->fronts);
	ipsec->crypto = crypto_new(NULL, ipsec->n_workers);
	if (!ipsec->crypto)
		log_fatal("no crypto backend of the name in GETVPN_CRYPTO");
	ipsec->store = sa_store_new(ipsec->crypto);
	ipsec->stats = stats_new(ipsec->n_workers);
	loop_wake_open(loop, &ipsec->bell, drain, ipsec);
	ipsec->workers = xcalloc(ipsec->n_workers, sizeof(struct worker *));
	for (unsigned int i = 0; i < ipsec->n_workers; i++)
		ipsec->workers[i] = worker_new(i, clock, env, ring, ipsec);
	return ipsec;
}

void ipsec_free(struct ipsec *ipsec)
{
	if (!ipsec)
		return;
	while (!TAILQ_EMPTY(&ipsec->fronts))
		front_close(ipsec, TAILQ_FIRST(&ipsec->fronts));
	for (unsigned int i = 0; i < ipsec->n_workers; i++)
		worker_free(ipsec->workers[i]);
	free(ipsec->workers);
	loop_wake_close(&ipsec->bell);
	stats_free(ipsec->stats);
	sa_store_free(ipsec->store);
	crypto_free(ipsec->crypto);
	free(ipsec);
}
