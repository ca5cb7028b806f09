/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/mcast.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"
#include "base/mem.h"
#include "router/router_priv.h"

int64_t mcast_now(void)
{
	return clock_real_now();
}

bool mcast_is_dense(const struct mcast_iface *mi)
{
	return mi->mode == MCAST_DENSE || mi->mode == MCAST_SPARSE_DENSE;
}

struct mcast_iface *mcast_iface_of(struct mcast *m, struct iface *iface)
{
	struct mcast_iface *mi;

	TAILQ_FOREACH (mi, &m->ifs, link)
		if (mi->iface == iface)
			return mi;
	return NULL;
}

struct mcast_iface *mcast_iface_get(struct mcast *m, struct iface *iface)
{
	struct mcast_iface *mi = mcast_iface_of(m, iface);

	if (mi)
		return mi;
	mi = xcalloc(1, sizeof(*mi));
	mi->owner = m;
	mi->iface = iface;
	mi->vif = -1;
	TAILQ_INIT(&mi->members);
	TAILQ_INIT(&mi->neighbours);
	TAILQ_INSERT_TAIL(&m->ifs, mi, link);
	return mi;
}

struct mcast_iface *mcast_by_ifindex(struct mcast *m, unsigned int ifindex)
{
	struct mcast_iface *mi;

	TAILQ_FOREACH (mi, &m->ifs, link)
		if (mi->vif >= 0 && mi->ifindex == ifindex)
			return mi;
	return NULL;
}

/* --- interfaces come and go ------------------------------------------- */

static bool should_be_up(const struct mcast_iface *mi)
{
	const struct iface *iface = mi->iface;

	return mi->owner->fd >= 0 && mi->mode && !iface->vrf &&
	       !iface->loopback && iface->ifindex && iface->line_up &&
	       ip_is_set(&iface->addr);
}

/* Whose it was in the kernel is not what carries the interface now. */
static bool has_moved(const struct mcast_iface *mi)
{
	return mi->ifindex != mi->iface->ifindex ||
	       mi->addr != ip_v4_host(&mi->iface->addr);
}

static void go_down(struct mcast_iface *mi)
{
	bool bye = mi->ifindex == mi->iface->ifindex && mi->iface->line_up;

	mcast_routes_forget(mi->owner, mi);
	mcast_igmp_stop(mi);
	mcast_pim_stop(mi, bye);
	mcast_kernel_del(mi);
}

static void go_up(struct mcast_iface *mi)
{
	int err = mcast_kernel_add(mi);

	if (err) {
		log_warn("%s: no multicast routing: %s", mi->iface->name,
			 strerror(-err));
		return;
	}
	mcast_igmp_start(mi);
	mcast_pim_start(mi);
}

static bool sync_iface(struct mcast_iface *mi)
{
	bool up = should_be_up(mi), changed = false;

	if (mi->vif >= 0 && (!up || has_moved(mi))) {
		go_down(mi);
		changed = true;
	}
	if (mi->vif < 0 && up) {
		go_up(mi);
		changed = true;
	}
	return changed;
}

static void sync_ifaces(struct mcast *m)
{
	struct mcast_iface *mi;
	bool changed = false;

	TAILQ_FOREACH (mi, &m->ifs, link)
		changed |= sync_iface(mi);
	if (changed)
		mcast_routes_update(m);
}

static void tick(void *arg)
{
	struct mcast *m = arg;
	struct mcast_iface *mi;

	/* A front that comes or goes changes the device under us. */
	sync_ifaces(m);
	TAILQ_FOREACH (mi, &m->ifs, link) {
		if (mi->vif < 0)
			continue;
		mcast_igmp_tick(mi);
		mcast_pim_tick(mi);
	}
	mcast_routes_tick(m);
	loop_timer_set(m->router->loop, &m->tick, SEC(1), tick, m);
}

/* --- on and off ------------------------------------------------------- */

static void start(struct mcast *m)
{
	int err = mcast_kernel_open(m);

	if (err) {
		if (!m->failed)
			log_warn("the kernel routes no multicast for us: %s",
				 strerror(-err));
		m->failed = true;
		return;
	}
	m->failed = false;
	m->look = 0;
	tick(m);
}

static void stop(struct mcast *m)
{
	struct mcast_iface *mi;

	loop_timer_cancel(&m->tick);
	TAILQ_FOREACH (mi, &m->ifs, link)
		if (mi->vif >= 0)
			go_down(mi);
	mcast_routes_free(m);
	mcast_kernel_close(m);
}

void mcast_sync(struct mcast *m)
{
	if (m->ifaces->booting)
		return;
	if (m->on && m->fd < 0)
		start(m);
	else if (!m->on && m->fd >= 0)
		stop(m);
	else if (m->on)
		sync_ifaces(m);
}

static void free_iface(struct mcast *m, struct mcast_iface *mi)
{
	if (mi->vif >= 0)
		go_down(mi);
	TAILQ_REMOVE(&m->ifs, mi, link);
	free(mi->configured);
	free(mi);
}

static void iface_changed(void *arg, struct iface *iface,
			  enum iface_change change)
{
	struct mcast *m = arg;
	struct mcast_iface *mi = mcast_iface_of(m, iface);

	if (!mi)
		return;
	if (change == IFACE_GONE)
		free_iface(m, mi);
	else
		mcast_sync(m);
}

struct mcast *mcast_new(struct router *router)
{
	struct mcast *m = xcalloc(1, sizeof(*m));

	m->router = router;
	m->ifaces = router->ifaces;
	m->fd = m->pim_fd = -1;
	TAILQ_INIT(&m->ifs);
	TAILQ_INIT(&m->routes);
	if (getrandom(&m->generation, sizeof(m->generation), 0) < 0)
		m->generation = (uint32_t)clock_wall(router->clock);
	ifaces_watch(m->ifaces, iface_changed, m);
	return m;
}

void mcast_free(struct mcast *m)
{
	struct mcast_iface *mi;

	if (!m)
		return;
	stop(m);
	while ((mi = TAILQ_FIRST(&m->ifs)))
		free_iface(m, mi);
	free(m);
}
