/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/devstate.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"

/* What one device may carry; more is not moved. */
enum devstate_limits { ITEMS_MAX = 65536 };

#define NUD_MOVABLE \
	(NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT)

/* Makes room for one more: arrays grow when their count is a power of two. */
static void *grow(void *array, size_t n, size_t size)
{
	if (n & (n - 1))
		return array;
	return xrealloc(array, n ? 2 * n : 1, size);
}

static void take_addr(void *arg, const struct nl_addr *a)
{
	struct devstate *s = arg;

	/* Link-local and autoconfigured addresses make themselves. */
	if (!a->permanent || s->n_addrs >= ITEMS_MAX ||
	    (a->addr.family == IP_V6 && a->scope == RT_SCOPE_LINK))
		return;
	s->addrs = grow(s->addrs, s->n_addrs, sizeof(*a));
	s->addrs[s->n_addrs++] = *a;
}

static bool uses(const struct nl_route *r, unsigned int index)
{
	unsigned int i;

	for (i = 0; i < r->n_hops; i++)
		if (r->hops[i].index == index)
			return true;
	return false;
}

/* A protocol's daemon sees that an interface's addresses have moved, and puts
 * its routes there itself. */
static bool is_daemons(const struct nl_route *r)
{
	return r->protocol == RTPROT_BGP || r->protocol == RTPROT_OSPF ||
	       r->protocol == RTPROT_ZEBRA;
}

static void take_route(void *arg, const struct nl_route *r)
{
	struct devstate *s = arg;

	if (r->protocol == RTPROT_KERNEL || r->protocol == RTPROT_RA ||
	    is_daemons(r) || !uses(r, s->link.index) ||
	    s->n_routes >= ITEMS_MAX)
		return;
	s->routes = grow(s->routes, s->n_routes, sizeof(*r));
	s->routes[s->n_routes++] = *r;
}

static void take_neigh(void *arg, const struct nl_neigh *n)
{
	struct devstate *s = arg;

	if (!(n->state & NUD_MOVABLE) || s->n_neighs >= ITEMS_MAX)
		return;
	s->neighs = grow(s->neighs, s->n_neighs, sizeof(*n));
	s->neighs[s->n_neighs++] = *n;
}

/* /proc/net/dev_mcast: index, device, users, users by hand, MAC.  Groups that
 * protocols joined are joined again by them on the other device. */
static void read_groups(struct devstate *s)
{
	FILE *f = fopen("/proc/self/net/dev_mcast", "re");
	char line[256], mac[64];
	unsigned int index, users, by_hand;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%u %*s %u %u %63s", &index, &users, &by_hand,
			   mac) != 4 ||
		    index != s->link.index || !by_hand ||
		    s->n_groups >= ITEMS_MAX)
			continue;
		s->groups = grow(s->groups, s->n_groups, sizeof(*s->groups));
		if (bytes_from_hex(s->groups[s->n_groups], 6, mac))
			s->n_groups++;
	}
	if (f)
		fclose(f);
}

int devstate_read(struct nl *nl, unsigned int index, struct devstate *s)
{
	int err;

	*s = (struct devstate){ 0 };
	err = nl_link_by_index(nl, index, &s->link);
	if (!err)
		err = nl_addrs(nl, index, take_addr, s);
	if (!err)
		err = nl_routes(nl, IP_V4, take_route, s);
	if (!err)
		err = nl_neighs(nl, index, take_neigh, s);
	if (err)
		return err;
	/* A kernel without IPv6 has no IPv6 routes. */
	(void)nl_routes(nl, IP_V6, take_route, s);
	read_groups(s);
	return 0;
}

void devstate_fini(struct devstate *s)
{
	free(s->addrs);
	free(s->routes);
	free(s->neighs);
	free(s->groups);
	*s = (struct devstate){ 0 };
}

static void change_groups(const struct devstate *s, const char *device,
			  unsigned long request)
{
	struct ifreq ifr = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	size_t i;

	if (fd < 0)
		return;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", device);
	for (i = 0; i < s->n_groups; i++) {
		memcpy(ifr.ifr_hwaddr.sa_data, s->groups[i], 6);
		(void)ioctl(fd, request, &ifr);
	}
	close(fd);
}

void devstate_strip(struct nl *nl, const struct devstate *s)
{
	size_t i;

	for (i = 0; i < s->n_routes; i++)
		(void)nl_route_del(nl, &s->routes[i]);
	for (i = 0; i < s->n_neighs; i++)
		(void)nl_neigh_del(nl, &s->neighs[i]);
	for (i = 0; i < s->n_addrs; i++)
		(void)nl_addr_del(nl, &s->addrs[i]);
	change_groups(s, s->link.name, SIOCDELMULTI);
}

static int put_route(struct nl *nl, const struct devstate *s,
		     const struct nl_route *from, unsigned int index)
{
	struct nl_route r = *from;
	unsigned int i;

	for (i = 0; i < r.n_hops; i++)
		if (r.hops[i].index == s->link.index)
			r.hops[i].index = index;
	return nl_route_put(nl, &r);
}

/* A gateway is reachable only when the route to it is there. */
static bool on_link(const struct nl_route *r)
{
	return r->n_hops == 1 && !ip_is_set(&r->hops[0].gateway);
}

static int put_routes(struct nl *nl, const struct devstate *s,
		      unsigned int index)
{
	int first = 0, err;
	size_t i, pass;

	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < s->n_routes; i++) {
			if (on_link(&s->routes[i]) != (pass == 0))
				continue;
			err = put_route(nl, s, &s->routes[i], index);
			first = first ? first : err;
		}
	}
	return first;
}

int devstate_apply(struct nl *nl, const struct devstate *s, unsigned int index)
{
	char name[IF_NAMESIZE] = "";
	int first = 0, err;
	size_t i;

	for (i = 0; i < s->n_addrs; i++) {
		struct nl_addr a = s->addrs[i];

		a.index = index;
		err = nl_addr_add(nl, &a);
		first = first ? first : err;
	}
	err = put_routes(nl, s, index);
	first = first ? first : err;
	for (i = 0; i < s->n_neighs; i++) {
		struct nl_neigh n = s->neighs[i];

		n.index = index;
		/* Known, but to be confirmed when it is used. */
		if (n.state != NUD_PERMANENT)
			n.state = NUD_STALE;
		(void)nl_neigh_put(nl, &n);
	}
	if (if_indextoname(index, name))
		change_groups(s, name, SIOCADDMULTI);
	return first;
}
