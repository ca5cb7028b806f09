/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses and neighbours. */
#include "router/netlink_priv.h"

#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <string.h>

struct addr_walk {
	unsigned int index;
	void (*fn)(void *arg, const struct nl_addr *addr);
	void *arg;
};

static int each_addr(const struct nlmsghdr *h, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(h);
	struct addr_walk *w = arg;
	struct nl_addr a = { 0 };
	struct ip_addr local = { 0 };
	struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(h) < sizeof(*ifa) ||
	    (w->index && ifa->ifa_index != w->index))
		return MNL_CB_OK;
	a.index = ifa->ifa_index;
	a.prefix = ifa->ifa_prefixlen;
	a.scope = ifa->ifa_scope;
	a.permanent = (ifa->ifa_flags & IFA_F_PERMANENT) != 0;
	mnl_attr_for_each(attr, h, sizeof(*ifa))
	{
		if (mnl_attr_get_type(attr) == IFA_ADDRESS)
			a.addr = nl_get_addr(ifa->ifa_family, attr);
		else if (mnl_attr_get_type(attr) == IFA_LOCAL)
			local = nl_get_addr(ifa->ifa_family, attr);
	}
	if (ip_is_set(&local))
		a.addr = local;
	if (ip_is_set(&a.addr))
		w->fn(w->arg, &a);
	return MNL_CB_OK;
}

int nl_addrs(struct nl *nl, unsigned int index,
	     void (*fn)(void *arg, const struct nl_addr *addr), void *arg)
{
	char buf[NL_REQUEST] __attribute__((aligned(8)));
	struct addr_walk w = { index, fn, arg };
	void *header;
	struct nlmsghdr *h = nl_request(nl, buf, RTM_GETADDR, NLM_F_DUMP,
					sizeof(struct ifaddrmsg), &header);

	return nl_talk(nl, h, each_addr, &w);
}

static int addr_change(struct nl *nl, const struct nl_addr *a, uint16_t type,
		       uint16_t flags)
{
	char buf[NL_REQUEST] __attribute__((aligned(8)));
	struct ifaddrmsg *ifa;
	void *header;
	struct ip_addr broadcast;
	struct nlmsghdr *h = nl_request(nl, buf, type, NLM_F_ACK | flags,
					sizeof(*ifa), &header);

	ifa = header;
	ifa->ifa_family = (uint8_t)nl_af(&a->addr);
	ifa->ifa_prefixlen = (uint8_t)a->prefix;
	ifa->ifa_scope = a->scope;
	ifa->ifa_index = a->index;
	nl_put_addr(h, IFA_LOCAL, &a->addr);
	nl_put_addr(h, IFA_ADDRESS, &a->addr);
	if (a->addr.family == IP_V4 && a->prefix < 31 && type == RTM_NEWADDR) {
		broadcast =
			ip_v4(ip_v4_host(&a->addr) | UINT32_MAX >> a->prefix);
		nl_put_addr(h, IFA_BROADCAST, &broadcast);
	}
	return nl_talk(nl, h, NULL, NULL);
}

int nl_addr_add(struct nl *nl, const struct nl_addr *addr)
{
	return addr_change(nl, addr, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE);
}

int nl_addr_del(struct nl *nl, const struct nl_addr *addr)
{
	return addr_change(nl, addr, RTM_DELADDR, 0);
}

struct neigh_walk {
	unsigned int index;
	void (*fn)(void *arg, const struct nl_neigh *neigh);
	void *arg;
};

/* ndm_used and its like are counted in USER_HZ. */
#define MS_PER_TICK 10

static void neigh_attr(int af, const struct nlattr *attr, struct nl_neigh *n)
{
	size_t len = mnl_attr_get_payload_len(attr);
	struct nda_cacheinfo info;

	switch (mnl_attr_get_type(attr)) {
	case NDA_DST:
		n->addr = nl_get_addr(af, attr);
		break;
	case NDA_LLADDR:
		if (len == sizeof(n->mac))
			memcpy(n->mac, mnl_attr_get_payload(attr), len);
		break;
	case NDA_CACHEINFO:
		if (len < sizeof(info))
			break;
		memcpy(&info, mnl_attr_get_payload(attr), sizeof(info));
		n->used_ms = info.ndm_confirmed * MS_PER_TICK;
		break;
	default:
		break;
	}
}

static int each_neigh(const struct nlmsghdr *h, void *arg)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(h);
	struct neigh_walk *w = arg;
	struct nl_neigh n = { 0 };
	struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(h) < sizeof(*ndm) ||
	    (w->index && (unsigned int)ndm->ndm_ifindex != w->index))
		return MNL_CB_OK;
	n.index = (unsigned int)ndm->ndm_ifindex;
	n.state = ndm->ndm_state;
	mnl_attr_for_each(attr, h, sizeof(*ndm))
		neigh_attr(ndm->ndm_family, attr, &n);
	if (ip_is_set(&n.addr))
		w->fn(w->arg, &n);
	return MNL_CB_OK;
}

int nl_neighs(struct nl *nl, unsigned int index,
	      void (*fn)(void *arg, const struct nl_neigh *neigh), void *arg)
{
	char buf[NL_REQUEST] __attribute__((aligned(8)));
	struct neigh_walk w = { index, fn, arg };
	void *header;
	struct nlmsghdr *h = nl_request(nl, buf, RTM_GETNEIGH, NLM_F_DUMP,
					sizeof(struct ndmsg), &header);

	return nl_talk(nl, h, each_neigh, &w);
}

static int neigh_change(struct nl *nl, const struct nl_neigh *n, uint16_t type,
			uint16_t flags)
{
	char buf[NL_REQUEST] __attribute__((aligned(8)));
	struct ndmsg *ndm;
	void *header;
	struct nlmsghdr *h = nl_request(nl, buf, type, NLM_F_ACK | flags,
					sizeof(*ndm), &header);

	ndm = header;
	ndm->ndm_family = (uint8_t)nl_af(&n->addr);
	ndm->ndm_ifindex = (int)n->index;
	ndm->ndm_state = n->state;
	nl_put_addr(h, NDA_DST, &n->addr);
	if (type == RTM_NEWNEIGH)
		mnl_attr_put(h, NDA_LLADDR, sizeof(n->mac), n->mac);
	return nl_talk(nl, h, NULL, NULL);
}

int nl_neigh_put(struct nl *nl, const struct nl_neigh *neigh)
{
	return neigh_change(nl, neigh, RTM_NEWNEIGH,
			    NLM_F_CREATE | NLM_F_REPLACE);
}

int nl_neigh_del(struct nl *nl, const struct nl_neigh *neigh)
{
	return neigh_change(nl, neigh, RTM_DELNEIGH, 0);
}
