/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/vrf.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

void vrf_box_switches(struct sysctls *s)
{
	int err = sysctls_set(s, "ipv4/ip_forward", "1");

	if (err)
		log_warn("cannot switch forwarding on: %s", strerror(-err));
	sysctls_set(s, "ipv4/conf/all/rp_filter", "0");
	sysctls_set(s, "ipv4/conf/all/accept_redirects", "0");
	sysctls_set(s, "ipv4/conf/all/send_redirects", "0");
}

struct vrfs *vrfs_new(void)
{
	struct vrfs *vrfs = xcalloc(1, sizeof(*vrfs));

	TAILQ_INIT(&vrfs->list);
	return vrfs;
}

void vrfs_free(struct vrfs *vrfs)
{
	if (!vrfs)
		return;
	/* Who watched is gone by now. */
	vrfs->n_watches = 0;
	vrfs->cli = NULL;
	while (!TAILQ_EMPTY(&vrfs->list))
		vrf_free(TAILQ_FIRST(&vrfs->list));
	free(vrfs->watches);
	free(vrfs);
}

void vrfs_watch(struct vrfs *vrfs, vrf_fn *fn, void *arg)
{
	struct vrf_watch *w;

	vrfs->watches =
		xrealloc(vrfs->watches, vrfs->n_watches + 1, sizeof(*w));
	w = &vrfs->watches[vrfs->n_watches++];
	w->fn = fn;
	w->arg = arg;
}

struct vrf *vrf_find(const struct vrfs *vrfs, const char *name)
{
	struct vrf *vrf;

	TAILQ_FOREACH (vrf, &vrfs->list, link)
		if (!strcmp(vrf->name, name))
			return vrf;
	return NULL;
}

struct vrf *vrf_by_id(const struct vrfs *vrfs, uint32_t id)
{
	struct vrf *vrf;

	TAILQ_FOREACH (vrf, &vrfs->list, link)
		if (vrf->id == id)
			return vrf;
	return NULL;
}

int vrf_enter(const struct vrf *vrf)
{
	if (!vrf)
		return netns_enter(NULL);
	return vrf->ns ? netns_enter(vrf->ns) : -ENETDOWN;
}

static bool lo_up(struct vrf *vrf)
{
	struct nl_link lo;
	int err = nl_link_by_name(vrf->nl, "lo", &lo);

	if (!err)
		err = nl_link_flags(vrf->nl, lo.index, IFF_UP, IFF_UP);
	if (!err)
		vrf->lo_index = lo.index;
	errno = -err;
	return !err;
}

static void leave_world(struct vrf *vrf)
{
	nl_close(vrf->nl);
	vrf->nl = NULL;
	sysctls_free(vrf->sysctls);
	vrf->sysctls = NULL;
	netns_free(vrf->ns);
	vrf->ns = NULL;
	vrf->lo_index = 0;
}

/* The table itself.  Without it the lines are kept all the same. */
static void make_world(struct vrf *vrf)
{
	int home;

	vrf->ns = netns_new();
	home = vrf->ns ? netns_enter(vrf->ns) : -errno;
	if (home >= 0) {
		vrf->nl = nl_open();
		netns_leave(home);
	}
	if (vrf->nl && lo_up(vrf)) {
		vrf->sysctls = sysctls_new(vrf->ns);
		vrf_box_switches(vrf->sysctls);
		return;
	}
	if (!vrf->owner->warned)
		log_warn("VRF %s: the system gives us no network namespace: "
			 "%s",
			 vrf->name, strerror(errno));
	vrf->owner->warned = true;
	leave_world(vrf);
}

static void insert(struct vrfs *vrfs, struct vrf *vrf)
{
	struct vrf *next;

	TAILQ_FOREACH (next, &vrfs->list, link)
		if (strcmp(vrf->name, next->name) < 0)
			break;
	if (next)
		TAILQ_INSERT_BEFORE(next, vrf, link);
	else
		TAILQ_INSERT_TAIL(&vrfs->list, vrf, link);
	vrfs->n++;
}

struct vrf *vrf_new(struct vrfs *vrfs, const char *name)
{
	struct vrf *vrf;
	size_t i;

	if (vrfs->n >= VRF_MAX)
		return NULL;
	vrf = xcalloc(1, sizeof(*vrf));
	vrf->owner = vrfs;
	vrf->id = ++vrfs->last_id;
	vrf->name = xstrdup(name);
	insert(vrfs, vrf);
	make_world(vrf);
	for (i = 0; i < vrfs->n_watches; i++)
		vrfs->watches[i].fn(vrfs->watches[i].arg, vrf, VRF_NEW);
	return vrf;
}

void vrf_free(struct vrf *vrf)
{
	struct vrfs *vrfs = vrf->owner;
	size_t i;

	for (i = vrfs->n_watches; i > 0; i--)
		vrfs->watches[i - 1].fn(vrfs->watches[i - 1].arg, vrf,
					VRF_GONE);
	if (vrfs->cli) {
		cli_forget(vrfs->cli, &vrf->ipv4);
		cli_forget(vrfs->cli, &vrf->ipv6);
		cli_forget(vrfs->cli, vrf);
	}
	TAILQ_REMOVE(&vrfs->list, vrf, link);
	vrfs->n--;
	leave_world(vrf);
	free(vrf->name);
	free(vrf->rd);
	free(vrf->description);
	free(vrf);
}
