/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A TAP takes the place of a Linux device in the kernel, and leaves it. */
#include "router/iface_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The wire takes every frame (our worker looks at all of them) and answers
 * none. */
#define WIRE_FLAGS (IFF_NOARP | IFF_ALLMULTI)

void port_revive_wire(struct nl *nl, struct nl_link *link)
{
	if ((link->flags & WIRE_FLAGS) != WIRE_FLAGS)
		return;
	if (nl_link_flags(nl, link->index, 0, WIRE_FLAGS) == 0)
		link->flags &= ~(unsigned int)WIRE_FLAGS;
}

/* MAC and MTU first: the kernel must not see the front without them. */
static int dress(struct nl *nl, unsigned int index, const struct nl_link *as)
{
	int err = nl_link_flags(nl, index, 0, IFF_UP);

	if (!err)
		err = nl_link_mac(nl, index, as->mac);
	if (!err)
		err = nl_link_mtu(nl, index, as->mtu);
	return err;
}

static void rename_port(struct port *port, const struct nl_link *link)
{
	free(port->iface.device);
	port->iface.device = xstrdup(link->name);
	port->iface.ifindex = link->index;
	port_mss(port);
	if (port->owner->renamed)
		port->owner->renamed(port->owner->renamed_arg);
	port_filter(port);
}

/* Nothing is carried into a VRF or out of it: what the model knows is set
 * anew. */
static void start_anew(struct port *port)
{
	port->n_applied = 0;
	port->ipv6.n_applied = 0;
}

/* Moves all that from carries to index, which comes up if it should. */
static int move(struct port *port, struct nl *nl, const struct devstate *from,
		unsigned int index)
{
	unsigned int up = port->iface.shutdown ? 0 : IFF_UP;
	int err;

	devstate_strip(nl, from);
	err = nl_link_flags(port_nl(port), index, up, IFF_UP);
	if (err)
		return err;
	if (port->place) {
		start_anew(port);
		return 0;
	}
	err = devstate_apply(nl, from, index);
	/* Routes of an interface that is down come back with it. */
	return port->iface.shutdown ? 0 : err;
}

int iface_front(struct ifaces *ifaces, struct iface *iface, const char *tap)
{
	struct port *port = port_of(iface);
	struct vrf *vrf = vrf_by_id(ifaces->vrfs, iface->vrf);
	struct nl *nl = ifaces->nl, *there = vrf ? vrf->nl : nl;
	struct devstate was;
	struct nl_link link;
	int err;

	if (port->wire_index)
		return -EBUSY;
	if (iface->loopback || !iface->ifindex || !there)
		return -ENODEV;
	err = nl_link_by_name(there, tap, &link);
	if (err)
		return err;
	err = devstate_read(nl, iface->ifindex, &was);
	if (!err)
		err = dress(there, link.index, &was.link);
	if (!err)
		err = nl_link_flags(nl, was.link.index, WIRE_FLAGS, WIRE_FLAGS);
	if (err)
		goto out;
	iface->wire = iface->device;
	iface->device = NULL;
	port->place = vrf;
	rename_port(port, &link);
	port->wire_index = was.link.index;
	port_switches(port);
	err = move(port, nl, &was, link.index);
	if (!err) {
		(void)nl_link_carrier(there, link.index, port->carrier);
		port_ipv6_apply(port);
		goto out;
	}
	(void)nl_link_flags(there, link.index, 0, IFF_UP);
	port->wire_index = 0;
	port->place = NULL;
	rename_port(port, &was.link);
	free(iface->wire);
	iface->wire = NULL;
	(void)nl_link_flags(nl, was.link.index, was.link.flags, WIRE_FLAGS);
	(void)devstate_apply(nl, &was, was.link.index);
out:
	devstate_fini(&was);
	return err;
}

int iface_unfront(struct ifaces *ifaces, struct iface *iface)
{
	struct port *port = port_of(iface);
	struct nl *nl = ifaces->nl, *there = port_nl(port);
	struct devstate was;
	struct nl_link link;
	bool gone, abroad = port->place;
	int err;

	if (!port->wire_index)
		return -ENODEV;
	err = nl_link_by_index(nl, port->wire_index, &link);
	if (err)
		return err;
	gone = devstate_read(there, iface->ifindex, &was) != 0;
	port->wire_index = 0;
	port->place = NULL;
	free(iface->wire);
	iface->wire = NULL;
	rename_port(port, &link);
	(void)nl_link_flags(nl, link.index, port->before.link.flags,
			    WIRE_FLAGS);
	port_ipv6_switches(port);
	if (abroad) {
		start_anew(port);
	} else if (gone) {
		/* The front fell: what the model knows comes back. */
		port->n_applied = 0;
		port_apply(port);
	} else {
		err = move(port, nl, &was, link.index);
		(void)nl_link_flags(nl, was.link.index, 0, IFF_UP);
		port_ipv6_apply(port);
	}
	devstate_fini(&was);
	return err;
}
