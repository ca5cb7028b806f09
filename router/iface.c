/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of interfaces. */
#include "router/iface_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

struct iface *iface_find(struct ifaces *ifaces, const char *name)
{
	struct port *port;

	TAILQ_FOREACH (port, &ifaces->ports, link)
		if (!strcmp(port->iface.name, name))
			return &port->iface;
	return NULL;
}

struct iface *iface_by_addr(struct ifaces *ifaces, const struct ip_addr *addr)
{
	return iface_by_addr_in(ifaces, 0, addr);
}

struct iface *iface_by_addr_in(struct ifaces *ifaces, uint32_t vrf,
			       const struct ip_addr *addr)
{
	struct port *port;
	size_t i;

	if (!ip_is_set(addr))
		return NULL;
	TAILQ_FOREACH (port, &ifaces->ports, link) {
		if (port->iface.vrf != vrf)
			continue;
		if (ip_equal(&port->iface.addr, addr))
			return &port->iface;
		for (i = 0; i < port->n_secondary; i++)
			if (ip_equal(&port->secondary[i].addr, addr))
				return &port->iface;
	}
	return NULL;
}

struct vrfs *ifaces_vrfs(struct ifaces *ifaces)
{
	return ifaces->vrfs;
}

const struct vrf *iface_vrf(const struct iface *iface)
{
	const struct port *port = (const struct port *)iface;

	return vrf_by_id(port->owner->vrfs, iface->vrf);
}

void ifaces_watch(struct ifaces *ifaces,
		  void (*fn)(void *arg, struct iface *iface,
			     enum iface_change change),
		  void *arg)
{
	struct if_watch *w;

	ifaces->watches =
		xrealloc(ifaces->watches, ifaces->n_watches + 1, sizeof(*w));
	w = &ifaces->watches[ifaces->n_watches++];
	w->fn = fn;
	w->arg = arg;
}

/* --- the kernel's news ------------------------------------------------ */

/* News may be older than what was asked and done since: only what is now
 * counts. */
static void link_changed(struct port *port, unsigned int index)
{
	bool wire = port->wire_index == index;
	struct nl_link now;
	bool gone = nl_link_by_index(port->owner->nl, index, &now) != 0;

	if (!wire && port->wire_index)
		return; /* the cable is not the front's, its owner ends it */
	if (gone) {
		/* A front stays for its owner to end; it only has no cable. */
		if (wire)
			port_set_carrier(port, false);
		else
			port_unbind(port);
		return;
	}
	port->iface.mtu = now.mtu;
	if (!wire)
		memcpy(port->iface.mac, now.mac, sizeof(now.mac));
	port_set_carrier(port, now.carrier);
}

static void on_link(void *arg, const struct nl_link *link, bool gone)
{
	struct ifaces *ifaces = arg;
	struct port *port;

	TAILQ_FOREACH (port, &ifaces->ports, link) {
		if (port->iface.loopback)
			continue;
		if ((!port->place && port->iface.ifindex == link->index) ||
		    port->wire_index == link->index)
			link_changed(port, link->index);
		else if (!gone && !port->iface.ifindex &&
			 !strcmp(port->mapped, link->name))
			port_bind(port, link);
	}
}

/* All devices at once: what is done with one may ask the kernel again. */
struct links {
	struct nl_link *v;
	size_t n;
};

static void take_link(void *arg, const struct nl_link *link)
{
	struct links *l = arg;

	l->v = xrealloc(l->v, l->n + 1, sizeof(*l->v));
	l->v[l->n++] = *link;
}

static void on_overrun(void *arg)
{
	struct ifaces *ifaces = arg;
	struct links all = { 0 };
	size_t i;

	(void)nl_links(ifaces->nl, take_link, &all);
	for (i = 0; i < all.n; i++)
		on_link(ifaces, &all.v[i], false);
	free(all.v);
}

static const struct nl_monitor_ops monitor_ops = { on_link, on_overrun };

/* --- birth ------------------------------------------------------------ */

static bool map_one(struct ifaces *ifaces, const char *entry)
{
	const char *device = strchr(entry, '=');
	char name[IFNAME_SIZE];
	const char *token = name;
	struct ifname parsed;

	if (!device || device == entry || !device[1] ||
	    strlen(device + 1) >= IF_NAMESIZE)
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)(device - entry), entry);
	if (ifname_parse(&token, 1, &parsed) != 1 ||
	    parsed.kind < IFNAME_ETHERNET || parsed.kind >= IFNAME_SERIAL ||
	    parsed.has_sub || iface_find(ifaces, parsed.text))
		return false;
	port_new(ifaces, &parsed, device + 1);
	return true;
}

/* eth0 -> Ethernet0/0 ... */
static void map_device(struct ifaces *ifaces, const char *device)
{
	char entry[2 * IF_NAMESIZE + 32], tail;
	unsigned int n;

	if (sscanf(device, "eth%u%c", &n, &tail) != 1)
		return;
	snprintf(entry, sizeof(entry), "Ethernet%u/%u=%s", n / IFACE_SLOT,
		 n % IFACE_SLOT, device);
	map_one(ifaces, entry);
}

static bool map_automatic(struct ifaces *ifaces)
{
	struct links all = { 0 };
	size_t i;
	int err = nl_links(ifaces->nl, take_link, &all);

	for (i = 0; i < all.n; i++)
		map_device(ifaces, all.v[i].name);
	free(all.v);
	if (err)
		log_warn("cannot list devices: %s", strerror(-err));
	return !err;
}

static bool map_all(struct ifaces *ifaces, const char *const *map, size_t n)
{
	size_t i;

	if (!n)
		return map_automatic(ifaces);
	for (i = 0; i < n; i++) {
		if (map_one(ifaces, map[i]))
			continue;
		log_warn("bad interface \"%s\": NAME=DEVICE is meant", map[i]);
		return false;
	}
	return true;
}

/* The interfaces of a VRF that goes. */
static void vrf_changed(void *arg, struct vrf *vrf, enum vrf_change change)
{
	struct ifaces *ifaces = arg;
	struct port *port;

	if (change != VRF_GONE)
		return;
	TAILQ_FOREACH (port, &ifaces->ports, link)
		if (port->iface.vrf == vrf->id)
			(void)port_set_vrf(port, NULL);
}

static bool lo_up(struct ifaces *ifaces)
{
	struct nl_link lo;
	int err = nl_link_by_name(ifaces->nl, "lo", &lo);

	if (!err) {
		ifaces->lo_index = lo.index;
		ifaces->lo_was_up = (lo.flags & IFF_UP) != 0;
		err = nl_link_flags(ifaces->nl, lo.index, IFF_UP, IFF_UP);
	}
	if (err)
		log_warn("cannot bring lo up: %s", strerror(-err));
	return !err;
}

struct ifaces *ifaces_new(struct loop *loop, struct logging *log,
			  const char *const *map, size_t n)
{
	struct ifaces *ifaces = xcalloc(1, sizeof(*ifaces));

	TAILQ_INIT(&ifaces->ports);
	ifaces->loop = loop;
	ifaces->log = log;
	ifaces->booting = true;
	ifaces->sysctls = sysctls_new(NULL);
	ifaces->vrfs = vrfs_new();
	vrfs_watch(ifaces->vrfs, vrf_changed, ifaces);
	ifaces->nl = nl_open();
	if (ifaces->nl)
		ifaces->monitor = nl_monitor_open(loop, &monitor_ops, ifaces);
	if (!ifaces->monitor) {
		log_warn("no rtnetlink: %s", strerror(errno));
		ifaces_free(ifaces);
		return NULL;
	}
	if (!lo_up(ifaces) || !map_all(ifaces, map, n)) {
		ifaces_free(ifaces);
		return NULL;
	}
	vrf_box_switches(ifaces->sysctls);
	return ifaces;
}

void ifaces_started(struct ifaces *ifaces)
{
	struct port *port;

	ifaces->booting = false;
	TAILQ_FOREACH (port, &ifaces->ports, link)
		port_filter(port);
	TAILQ_FOREACH (port, &ifaces->ports, link)
		port_apply(port);
	ifaces_rates_start(ifaces);
}

void ifaces_free(struct ifaces *ifaces)
{
	struct port *port;

	if (!ifaces)
		return;
	/* Who watched is gone by now. */
	ifaces->n_watches = 0;
	loop_timer_cancel(&ifaces->rates);
	ifaces_filter_fini(ifaces);
	nl_monitor_close(ifaces->monitor);
	sysctls_free(ifaces->sysctls);
	ifaces->sysctls = NULL;
	while ((port = TAILQ_FIRST(&ifaces->ports)))
		port_free(port);
	vrfs_free(ifaces->vrfs);
	if (ifaces->lo_index && !ifaces->lo_was_up)
		(void)nl_link_flags(ifaces->nl, ifaces->lo_index, 0, IFF_UP);
	nl_close(ifaces->nl);
	free(ifaces->watches);
	free(ifaces);
}
