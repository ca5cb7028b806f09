/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One interface: its model and how the kernel follows it. */
#include "router/iface_priv.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "router/router_msg.h"

#define LO_MTU	   1514 /* IOS: loopback interfaces */
#define ABSENT_MTU 1500 /* IOS: what is not otherwise */

void port_notify(struct port *port, enum iface_change change)
{
	struct ifaces *ifaces = port->owner;
	size_t i;

	for (i = 0; i < ifaces->n_watches; i++)
		ifaces->watches[i].fn(ifaces->watches[i].arg, &port->iface,
				      change);
}

void iface_notify(struct iface *iface, enum iface_change change)
{
	port_notify(port_of(iface), change);
}

static void insert(struct ifaces *ifaces, struct port *port)
{
	struct port *next;

	TAILQ_FOREACH (next, &ifaces->ports, link)
		if (ifname_compare(&port->name, &next->name) < 0)
			break;
	if (next)
		TAILQ_INSERT_BEFORE(next, port, link);
	else
		TAILQ_INSERT_TAIL(&ifaces->ports, port, link);
}

struct port *port_new(struct ifaces *ifaces, const struct ifname *name,
		      const char *device)
{
	struct port *port = xcalloc(1, sizeof(*port));
	struct nl_link link;

	port->owner = ifaces;
	port->name = *name;
	port->iface.name = xstrdup(name->text);
	port->iface.shutdown = true;
	port->mapped = xstrdup(device);
	insert(ifaces, port);
	if (!nl_link_by_name(ifaces->nl, device, &link))
		port_bind(port, &link);
	return port;
}

struct port *port_absent(struct ifaces *ifaces, const struct ifname *name)
{
	struct port *port = xcalloc(1, sizeof(*port));

	port->owner = ifaces;
	port->name = *name;
	port->iface.name = xstrdup(name->text);
	port->iface.shutdown = !ifname_is_virtual(name);
	port->iface.mtu = ABSENT_MTU;
	port->mapped = xstrdup("");
	insert(ifaces, port);
	return port;
}

bool port_is_absent(const struct port *port)
{
	return port->mapped && !*port->mapped;
}

struct port *port_loopback(struct ifaces *ifaces, const struct ifname *name)
{
	struct port *port = xcalloc(1, sizeof(*port));

	port->owner = ifaces;
	port->name = *name;
	port->iface.name = xstrdup(name->text);
	port->iface.loopback = true;
	port->iface.ifindex = ifaces->lo_index;
	port->iface.mtu = LO_MTU;
	port->carrier = true;
	insert(ifaces, port);
	return port;
}

/* --- the device ------------------------------------------------------- */

/* Switches of a device that carries a router's interface: asymmetric routes
 * are legal, redirects are sent but not believed, routes over a dead cable do
 * not count. */
void port_switches(struct port *port)
{
	struct sysctls *s = port_sysctls(port);
	const char *device = port->iface.device;

	if (!device || !port->iface.ifindex)
		return;
	sysctls_set_device(s, "ipv4", device, "rp_filter", false);
	sysctls_set_device(s, "ipv4", device, "accept_redirects", false);
	sysctls_set_device(s, "ipv4", device, "send_redirects",
			   !port->no_redirects);
	sysctls_set_device(s, "ipv4", device, "proxy_arp", !port->no_proxy_arp);
	sysctls_set_device(s, "ipv4", device, "ignore_routes_with_linkdown",
			   true);
	sysctls_set_device(s, "ipv4", device, "promote_secondaries", true);
	port_ipv6_switches(port);
	port_mss(port);
	port_filter(port);
}

void port_bind(struct port *port, const struct nl_link *link)
{
	struct ifaces *ifaces = port->owner;

	if (devstate_read(ifaces->nl, link->index, &port->before)) {
		devstate_fini(&port->before);
		return;
	}
	port_revive_wire(ifaces->nl, &port->before.link);
	devstate_strip(ifaces->nl, &port->before);
	free(port->iface.device);
	port->iface.device = xstrdup(link->name);
	port->iface.ifindex = link->index;
	port->iface.mtu = link->mtu;
	memcpy(port->iface.mac, link->mac, sizeof(link->mac));
	port->n_applied = 0;
	port_switches(port);
	if (!ifaces->booting)
		port_apply(port);
}

void port_unbind(struct port *port)
{
	port_set_carrier(port, false);
	port->iface.ifindex = 0;
	port_mss_close(port);
	port_filter_close(port);
	port->n_applied = 0;
	port->ipv6.n_applied = 0;
	devstate_fini(&port->before);
}

/* --- addresses -------------------------------------------------------- */

static bool prefix_equal(const struct if_prefix *a, const struct if_prefix *b)
{
	return a->prefix == b->prefix && ip_equal(&a->addr, &b->addr);
}

static bool has_prefix(const struct if_prefix *v, size_t n,
		       const struct if_prefix *want)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (prefix_equal(&v[i], want))
			return true;
	return false;
}

static void add_wanted(struct port *port, struct if_prefix *v, size_t *n,
		       struct if_prefix p)
{
	/* A prefix on lo would make the whole subnet ours. */
	if (port->iface.loopback)
		p.prefix = 8 * (unsigned int)ip_size(&p.addr);
	v[(*n)++] = p;
}

/* What the kernel should have, primary first. */
static struct if_prefix *wanted(struct port *port, size_t *n)
{
	struct if_prefix *v = xcalloc(port->n_secondary + 1, sizeof(*v));
	const struct if_prefix primary = { port->iface.addr,
					   port->iface.prefix };
	size_t i;

	*n = 0;
	if (port->iface.loopback && port->iface.shutdown)
		return v;
	if (ip_is_set(&primary.addr))
		add_wanted(port, v, n, primary);
	for (i = 0; i < port->n_secondary; i++)
		add_wanted(port, v, n, port->secondary[i]);
	return v;
}

static void kernel_addr(struct port *port, const struct if_prefix *p, bool add)
{
	const struct nl_addr a = { .index = port->iface.ifindex,
				   .addr = p->addr,
				   .prefix = p->prefix };
	char text[IP_ADDR_TEXT];
	int err;

	if (!add) {
		(void)nl_addr_del(port_nl(port), &a);
		return;
	}
	err = nl_addr_add(port_nl(port), &a);
	if (err)
		log_warn("%s: address %s refused: %s", port->iface.name,
			 ip_text(&p->addr, text), strerror(-err));
}

static void sync_addresses(struct port *port)
{
	struct if_prefix *want, *have = port->applied;
	size_t i, n, n_have = port->n_applied;
	bool anew;

	if (!port->iface.ifindex || !port_in_place(port))
		return;
	want = wanted(port, &n);
	/* The kernel's primary is the one that came first. */
	anew = n && n_have && !prefix_equal(&want[0], &have[0]);
	for (i = n_have; i > 0; i--)
		if (anew || !has_prefix(want, n, &have[i - 1]))
			kernel_addr(port, &have[i - 1], false);
	for (i = 0; i < n; i++)
		if (anew || !has_prefix(have, n_have, &want[i]))
			kernel_addr(port, &want[i], true);
	free(port->applied);
	port->applied = want;
	port->n_applied = n;
}

void port_addresses_changed(struct port *port)
{
	if (port->owner->booting)
		return;
	sync_addresses(port);
	port_notify(port, IFACE_ADDRESS);
}

/* --- state ------------------------------------------------------------ */

static void update_line(struct port *port)
{
	struct iface *iface = &port->iface;
	struct logging *log = port->owner->log;
	bool up = !iface->shutdown && port->carrier && iface->ifindex &&
		  port_in_place(port);
	bool link = !iface->shutdown && !iface->loopback;
	const char *state = up ? "up" : "down";

	if (up == iface->line_up)
		return;
	iface->line_up = up;
	if (link && up)
		log_msg(log, LINK_UPDOWN, iface->name, state);
	log_msg(log, LINEPROTO_UPDOWN, iface->name, state);
	if (link && !up)
		log_msg(log, LINK_UPDOWN, iface->name, state);
	/* Behind a front the kernel does not see the cable. */
	if (port->wire_index)
		(void)nl_link_carrier(port_nl(port), iface->ifindex,
				      port->carrier);
	port_notify(port, up ? IFACE_UP : IFACE_DOWN);
}

void port_set_carrier(struct port *port, bool carrier)
{
	port->carrier = carrier;
	if (!port->owner->booting)
		update_line(port);
}

static unsigned int cable_index(const struct port *port)
{
	return port->wire_index ? port->wire_index : port->iface.ifindex;
}

static void apply_flags(struct port *port)
{
	struct nl *nl = port->owner->nl;
	/* What waits for a front in its VRF does nothing here. */
	unsigned int up =
		port->iface.shutdown || !port_in_place(port) ? 0 : IFF_UP;
	struct nl_link link;
	int err;

	err = nl_link_flags(nl, cable_index(port), up, IFF_UP);
	if (!err && port->wire_index)
		err = nl_link_flags(port_nl(port), port->iface.ifindex, up,
				    IFF_UP);
	if (err)
		log_warn("%s: cannot set its state: %s", port->iface.name,
			 strerror(-err));
	if (!nl_link_by_index(nl, cable_index(port), &link))
		port->carrier = link.carrier;
}

void port_apply(struct port *port)
{
	if (port->owner->booting)
		return;
	/* Somebody makes it a front there, if he can. */
	if (!port_in_place(port) && port->iface.ifindex)
		port_notify(port, IFACE_VRF);
	if (!port->iface.loopback && port->iface.ifindex) {
		if (port->mtu_set && port->mtu_set != port->iface.mtu)
			(void)port_set_mtu(port, port->mtu_set);
		sync_addresses(port);
		apply_flags(port);
	} else {
		sync_addresses(port);
	}
	port_ipv6_apply(port);
	update_line(port);
}

void port_set_shutdown(struct port *port, bool shutdown)
{
	bool changed = port->iface.shutdown != shutdown;

	port->iface.shutdown = shutdown;
	if (!changed || port->owner->booting)
		return;
	if (shutdown)
		log_msg(port->owner->log, LINK_CHANGED, port->iface.name);
	port_apply(port);
}

int port_set_mtu(struct port *port, unsigned int mtu)
{
	struct nl *nl = port->owner->nl;
	int err = 0;

	if (port->owner->booting || !port->iface.ifindex)
		return 0;
	err = nl_link_mtu(nl, cable_index(port), mtu);
	if (!err && port->wire_index)
		err = nl_link_mtu(port_nl(port), port->iface.ifindex, mtu);
	if (!err) {
		port->iface.mtu = mtu;
		port_notify(port, IFACE_MTU);
	}
	return err;
}

/* --- VRFs ------------------------------------------------------------- */

static bool clear_addresses(struct port *port)
{
	bool had = ip_is_set(&port->iface.addr) || port->n_secondary;

	port->iface.addr = (struct ip_addr){ 0 };
	port->iface.prefix = 0;
	port->n_secondary = 0;
	if (had)
		port_addresses_changed(port);
	return port_ipv6_clear(port) || had;
}

bool port_set_vrf(struct port *port, struct vrf *vrf)
{
	bool had = clear_addresses(port);

	port->iface.vrf = vrf ? vrf->id : 0;
	if (port->iface.loopback) {
		port->place = vrf;
		port->iface.ifindex =
			vrf ? vrf->lo_index : port->owner->lo_index;
	} else {
		port_notify(port, IFACE_VRF);
	}
	port_apply(port);
	return had;
}

/* What is lost between the wire and the kernel: in the front's queue to us,
 * and where we drop ourselves. */
static void add_front_drops(const struct port *port, struct nl_counters *out)
{
	uint64_t in_drops = 0, out_drops = 0;
	struct nl_link tap;

	if (!port->wire_index)
		return;
	if (port->iface.front_drops)
		port->iface.front_drops(port->iface.front, &in_drops,
					&out_drops);
	out->rx_dropped += in_drops;
	out->tx_dropped += out_drops;
	if (nl_link_by_index(port_nl(port), port->iface.ifindex, &tap) == 0)
		out->tx_dropped += tap.counters.tx_dropped;
}

#define MINUS(field) (out->field -= port->zero.field)

bool port_counters(const struct port *port, struct nl_counters *out)
{
	struct nl_link link;

	*out = (struct nl_counters){ 0 };
	if (port->iface.loopback || !port->iface.ifindex ||
	    nl_link_by_index(port->owner->nl, cable_index(port), &link))
		return false;
	*out = link.counters;
	add_front_drops(port, out);
	MINUS(rx_packets);
	MINUS(rx_bytes);
	MINUS(rx_errors);
	MINUS(rx_dropped);
	MINUS(rx_crc);
	MINUS(rx_frame);
	MINUS(rx_fifo);
	MINUS(rx_missed);
	MINUS(multicast);
	MINUS(tx_packets);
	MINUS(tx_bytes);
	MINUS(tx_errors);
	MINUS(tx_dropped);
	MINUS(tx_fifo);
	MINUS(tx_carrier);
	MINUS(collisions);
	return true;
}

/* --- the end ---------------------------------------------------------- */

static void put_back(struct port *port)
{
	struct nl *nl = port->owner->nl;
	const struct nl_link *was = &port->before.link;
	size_t i;

	if (port->wire_index && iface_unfront(port->owner, &port->iface))
		return;
	for (i = 0; i < port->n_applied; i++)
		kernel_addr(port, &port->applied[i], false);
	if (port->iface.loopback)
		return;
	if (port->iface.mtu != was->mtu)
		(void)nl_link_mtu(nl, port->iface.ifindex, was->mtu);
	(void)nl_link_flags(nl, port->iface.ifindex, was->flags, IFF_UP);
	(void)devstate_apply(nl, &port->before, port->iface.ifindex);
}

void port_free(struct port *port)
{
	port_ipv6_fini(port);
	if (port->iface.ifindex)
		put_back(port);
	port_mss_close(port);
	port_filter_fini(port);
	TAILQ_REMOVE(&port->owner->ports, port, link);
	devstate_fini(&port->before);
	kept_fini(&port->kept);
	free(port->secondary);
	free(port->applied);
	free(port->mapped);
	free(port->iface.name);
	free(port->iface.device);
	free(port->iface.wire);
	free(port->iface.description);
	free(port);
}
