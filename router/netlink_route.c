/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Routes. */
#include "router/netlink_priv.h"

#include <errno.h>
#include <string.h>

struct route_walk {
	uint32_t table; /* 0: any */
	void (*fn)(void *arg, const struct nl_route *route);
	void *arg;
	unsigned int found;
};

static void parse_hop(int af, struct rtnexthop *nh, struct nl_route *r)
{
	const struct nlattr *attr = (const void *)RTNH_DATA(nh);
	int left = nh->rtnh_len - (int)sizeof(*nh);
	struct nl_hop *hop;

	if (r->n_hops >= NL_HOPS)
		return;
	hop = &r->hops[r->n_hops++];
	hop->index = (unsigned int)nh->rtnh_ifindex;
	hop->weight = nh->rtnh_hops;
	hop->linkdown = (nh->rtnh_flags & (RTNH_F_LINKDOWN | RTNH_F_DEAD)) != 0;
	hop->onlink = (nh->rtnh_flags & RTNH_F_ONLINK) != 0;
	while (mnl_attr_ok(attr, left)) {
		if (mnl_attr_get_type(attr) == RTA_GATEWAY)
			hop->gateway = nl_get_addr(af, attr);
		left -= MNL_ALIGN(attr->nla_len);
		attr = mnl_attr_next(attr);
	}
}

static void parse_multipath(int af, const struct nlattr *attr,
			    struct nl_route *r)
{
	struct rtnexthop *nh = mnl_attr_get_payload(attr);
	int left = mnl_attr_get_payload_len(attr);

	while (left >= (int)sizeof(*nh) && nh->rtnh_len >= sizeof(*nh) &&
	       nh->rtnh_len <= left) {
		parse_hop(af, nh, r);
		left -= RTNH_ALIGN(nh->rtnh_len);
		nh = RTNH_NEXT(nh);
	}
}

static void route_attr(int af, const struct nlattr *attr, struct nl_route *r,
		       struct nl_hop *single)
{
	switch (mnl_attr_get_type(attr)) {
	case RTA_DST:
		r->dst = nl_get_addr(af, attr);
		break;
	case RTA_TABLE:
		r->table = mnl_attr_get_u32(attr);
		break;
	case RTA_PRIORITY:
		r->metric = mnl_attr_get_u32(attr);
		break;
	case RTA_PREFSRC:
		r->source = nl_get_addr(af, attr);
		break;
	case RTA_OIF:
		single->index = mnl_attr_get_u32(attr);
		break;
	case RTA_GATEWAY:
		single->gateway = nl_get_addr(af, attr);
		break;
	case RTA_MULTIPATH:
		parse_multipath(af, attr, r);
		break;
	default:
		break;
	}
}

static bool parse_route(const struct nlmsghdr *h, struct nl_route *r)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(h);
	struct nl_hop single = { 0 };
	struct nlattr *attr;

	*r = (struct nl_route){ 0 };
	if (mnl_nlmsg_get_payload_len(h) < sizeof(*rtm) ||
	    (rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6) ||
	    (rtm->rtm_flags & RTM_F_CLONED && h->nlmsg_flags & NLM_F_MULTI))
		return false;
	r->dst.family = rtm->rtm_family == AF_INET6 ? IP_V6 : IP_V4;
	r->prefix = rtm->rtm_dst_len;
	r->type = rtm->rtm_type;
	r->protocol = rtm->rtm_protocol;
	r->scope = rtm->rtm_scope;
	r->table = rtm->rtm_table;
	mnl_attr_for_each(attr, h, sizeof(*rtm))
		route_attr(rtm->rtm_family, attr, r, &single);
	if (!r->n_hops && single.index) {
		single.linkdown =
			(rtm->rtm_flags & (RTNH_F_LINKDOWN | RTNH_F_DEAD)) != 0;
		single.onlink = (rtm->rtm_flags & RTNH_F_ONLINK) != 0;
		r->hops[r->n_hops++] = single;
	}
	return true;
}

static int each_route(const struct nlmsghdr *h, void *arg)
{
	struct route_walk *w = arg;
	struct nl_route r;

	if (!parse_route(h, &r) || (w->table && r.table != w->table))
		return MNL_CB_OK;
	w->found++;
	w->fn(w->arg, &r);
	return MNL_CB_OK;
}

int nl_routes(struct nl *nl, enum ip_family family,
	      void (*fn)(void *arg, const struct nl_route *route), void *arg)
{
	char buf[NL_REQUEST] __attribute__((aligned(8)));
	struct route_walk w = { RT_TABLE_MAIN, fn, arg, 0 };
	struct rtmsg *rtm;
	void *header;
	struct nlmsghdr *h = nl_request(nl, buf, RTM_GETROUTE, NLM_F_DUMP,
					sizeof(*rtm), &header);

	rtm = header;
	rtm->rtm_family = family == IP_V6 ? AF_INET6 : AF_INET;
	return nl_talk(nl, h, each_route, &w);
}

static void put_hops(struct nlmsghdr *h, const struct nl_route *r)
{
	struct nlattr *outer = mnl_attr_nest_start(h, RTA_MULTIPATH);
	struct rtnexthop *nh;
	unsigned int i;

	for (i = 0; i < r->n_hops && i < NL_HOPS; i++) {
		nh = mnl_nlmsg_get_payload_tail(h);
		*nh = (struct rtnexthop){ .rtnh_hops = r->hops[i].weight };
		nh->rtnh_ifindex = (int)r->hops[i].index;
		if (r->hops[i].onlink)
			nh->rtnh_flags = RTNH_F_ONLINK;
		h->nlmsg_len += sizeof(*nh);
		nl_put_addr(h, RTA_GATEWAY, &r->hops[i].gateway);
		nh->rtnh_len =
			(unsigned short)((char *)mnl_nlmsg_get_payload_tail(h) -
					 (char *)nh);
	}
	mnl_attr_nest_end(h, outer);
}

static void put_attrs(struct nlmsghdr *h, const struct nl_route *r)
{
	if (r->prefix)
		nl_put_addr(h, RTA_DST, &r->dst);
	if (r->metric)
		mnl_attr_put_u32(h, RTA_PRIORITY, r->metric);
	nl_put_addr(h, RTA_PREFSRC, &r->source);
	if (r->n_hops == 1) {
		mnl_attr_put_u32(h, RTA_OIF, r->hops[0].index);
		nl_put_addr(h, RTA_GATEWAY, &r->hops[0].gateway);
	} else if (r->n_hops) {
		put_hops(h, r);
	}
}

static int route_change(struct nl *nl, const struct nl_route *r, uint16_t type,
			uint16_t flags)
{
	char buf[NL_REQUEST] __attribute__((aligned(8)));
	struct rtmsg *rtm;
	void *header;
	struct nlmsghdr *h = nl_request(nl, buf, type, NLM_F_ACK | flags,
					sizeof(*rtm), &header);

	rtm = header;
	rtm->rtm_family = (uint8_t)nl_af(&r->dst);
	rtm->rtm_dst_len = (uint8_t)r->prefix;
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_protocol = r->protocol;
	rtm->rtm_scope = r->scope;
	rtm->rtm_type = r->type;
	if (type == RTM_NEWROUTE && !r->type)
		rtm->rtm_type = RTN_UNICAST;
	if (r->n_hops == 1 && r->hops[0].onlink)
		rtm->rtm_flags |= RTNH_F_ONLINK;
	put_attrs(h, r);
	return nl_talk(nl, h, NULL, NULL);
}

int nl_route_put(struct nl *nl, const struct nl_route *route)
{
	return route_change(nl, route, RTM_NEWROUTE,
			    NLM_F_CREATE | NLM_F_REPLACE);
}

int nl_route_del(struct nl *nl, const struct nl_route *route)
{
	return route_change(nl, route, RTM_DELROUTE, 0);
}

static void take_route(void *arg, const struct nl_route *route)
{
	*(struct nl_route *)arg = *route;
}

int nl_route_lookup(struct nl *nl, const struct ip_addr *dst,
		    struct nl_route *out)
{
	char buf[NL_REQUEST] __attribute__((aligned(8)));
	struct route_walk w = { 0, take_route, out, 0 };
	struct rtmsg *rtm;
	void *header;
	struct nlmsghdr *h =
		nl_request(nl, buf, RTM_GETROUTE, 0, sizeof(*rtm), &header);
	int err;

	rtm = header;
	rtm->rtm_family = (uint8_t)nl_af(dst);
	rtm->rtm_dst_len = (uint8_t)(8 * ip_size(dst));
	nl_put_addr(h, RTA_DST, dst);
	err = nl_talk(nl, h, each_route, &w);
	if (!err && !w.found)
		err = -ENETUNREACH;
	return err;
}
