/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/router/ns.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/veth.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "router/netlink_priv.h"

bool ns_enter(void)
{
	return unshare(CLONE_NEWNET) == 0;
}

void ns_veth(struct nl *nl, const char *a, const char *b)
{
	char buf[NL_REQUEST] __attribute__((aligned(8)));
	void *header;
	struct nlmsghdr *h = nl_request(nl, buf, RTM_NEWLINK,
					NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK,
					sizeof(struct ifinfomsg), &header);
	struct nlattr *info, *data, *peer;

	mnl_attr_put_strz(h, IFLA_IFNAME, a);
	info = mnl_attr_nest_start(h, IFLA_LINKINFO);
	mnl_attr_put_strz(h, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(h, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(h, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(h, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(h, IFLA_IFNAME, b);
	mnl_attr_nest_end(h, peer);
	mnl_attr_nest_end(h, data);
	mnl_attr_nest_end(h, info);
	ck_assert_int_eq(nl_talk(nl, h, NULL, NULL), 0);
}

int ns_tap(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	ck_assert_int_eq(ioctl(fd, TUNSETIFF, &ifr), 0);
	return fd;
}

static void stop(void *arg)
{
	loop_stop(arg);
}

void ns_pump(struct loop *loop, unsigned int ms)
{
	struct loop_timer *timer = NULL;

	loop_timer_set(loop, &timer, MSEC(ms), stop, loop);
	loop_run(loop);
}

struct search {
	unsigned int index;
	struct ip_addr addr;
	unsigned int prefix;
	bool found;
};

static struct search search(const char *device, const char *addr)
{
	struct search s = { .index = if_nametoindex(device) };

	ck_assert_uint_ne(s.index, 0);
	ck_assert(ip_parse(&s.addr, addr));
	return s;
}

static void see_addr(void *arg, const struct nl_addr *a)
{
	struct search *s = arg;

	s->found = s->found || ip_equal(&a->addr, &s->addr);
}

bool ns_has_addr(struct nl *nl, const char *device, const char *addr)
{
	struct search s = search(device, addr);

	ck_assert_int_eq(nl_addrs(nl, s.index, see_addr, &s), 0);
	return s.found;
}

static void see_route(void *arg, const struct nl_route *r)
{
	struct search *s = arg;

	if (r->prefix == s->prefix && ip_equal(&r->dst, &s->addr) &&
	    r->n_hops && r->hops[0].index == s->index)
		s->found = true;
}

bool ns_has_route(struct nl *nl, const char *device, const char *dst,
		  unsigned int prefix)
{
	struct search s = search(device, dst);

	s.prefix = prefix;
	ck_assert_int_eq(
		nl_routes(nl, (enum ip_family)s.addr.family, see_route, &s), 0);
	return s.found;
}

static void see_neigh(void *arg, const struct nl_neigh *n)
{
	struct search *s = arg;

	s->found = s->found || ip_equal(&n->addr, &s->addr);
}

bool ns_has_neigh(struct nl *nl, const char *device, const char *addr)
{
	struct search s = search(device, addr);

	ck_assert_int_eq(nl_neighs(nl, s.index, see_neigh, &s), 0);
	return s.found;
}

struct nl_link ns_link(struct nl *nl, const char *device)
{
	struct nl_link link;

	ck_assert_int_eq(nl_link_by_name(nl, device, &link), 0);
	return link;
}

char ns_switch(const char *path)
{
	char full[128], value = '\0';
	int fd;

	snprintf(full, sizeof(full), "/proc/sys/net/%s", path);
	fd = open(full, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(read(fd, &value, 1), 1);
	close(fd);
	return value;
}
