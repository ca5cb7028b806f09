/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Devices and what happens to them. */
#include "router/netlink_priv.h"

#include <errno.h>
#include <linux/if_link.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define NL_EVENTS 32768

static void parse_counters(const struct nlattr *attr, struct nl_counters *out)
{
	struct rtnl_link_stats64 s = { 0 };
	size_t len = mnl_attr_get_payload_len(attr);

	memcpy(&s, mnl_attr_get_payload(attr),
	       len < sizeof(s) ? len : sizeof(s));
	*out = (struct nl_counters){
		.rx_packets = s.rx_packets,
		.rx_bytes = s.rx_bytes,
		.rx_errors = s.rx_errors,
		.rx_dropped = s.rx_dropped,
		.rx_crc = s.rx_crc_errors,
		.rx_frame = s.rx_frame_errors,
		.rx_fifo = s.rx_fifo_errors,
		.rx_missed = s.rx_missed_errors,
		.multicast = s.multicast,
		.tx_packets = s.tx_packets,
		.tx_bytes = s.tx_bytes,
		.tx_errors = s.tx_errors,
		.tx_dropped = s.tx_dropped,
		.tx_fifo = s.tx_fifo_errors,
		.tx_carrier = s.tx_carrier_errors,
		.collisions = s.collisions,
	};
}

static void parse_attr(const struct nlattr *attr, struct nl_link *out)
{
	size_t len = mnl_attr_get_payload_len(attr);

	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFNAME:
		if (len && len <= sizeof(out->name))
			memcpy(out->name, mnl_attr_get_payload(attr), len);
		out->name[sizeof(out->name) - 1] = '\0';
		break;
	case IFLA_MTU:
		if (len == 4)
			out->mtu = mnl_attr_get_u32(attr);
		break;
	case IFLA_ADDRESS:
		if (len == sizeof(out->mac))
			memcpy(out->mac, mnl_attr_get_payload(attr), len);
		break;
	case IFLA_STATS64:
		parse_counters(attr, &out->counters);
		break;
	default:
		break;
	}
}

static bool parse_link(const struct nlmsghdr *h, struct nl_link *out)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(h);
	struct nlattr *attr;

	*out = (struct nl_link){ 0 };
	if (mnl_nlmsg_get_payload_len(h) < sizeof(*ifi) ||
	    ifi->ifi_family != AF_UNSPEC)
		return false;
	out->index = (unsigned int)ifi->ifi_index;
	out->flags = ifi->ifi_flags;
	out->carrier = (ifi->ifi_flags & IFF_RUNNING) != 0;
	mnl_attr_for_each(attr, h, sizeof(*ifi)) parse_attr(attr, out);
	return true;
}

static int one_link(const struct nlmsghdr *h, void *arg)
{
	parse_link(h, arg);
	return MNL_CB_OK;
}

int nl_link_by_name(struct nl *nl, const char *name, struct nl_link *out)
{
	char buf[NL_REQUEST] __attribute__((aligned(8)));
	void *header;
	struct nlmsghdr *h = nl_request(nl, buf, RTM_GETLINK, 0,
					sizeof(struct ifinfomsg), &header);

	*out = (struct nl_link){ 0 };
	mnl_attr_put_strz(h, IFLA_IFNAME, name);
	return nl_talk(nl, h, one_link, out);
}

int nl_link_by_index(struct nl *nl, unsigned int index, struct nl_link *out)
{
	char buf[NL_REQUEST] __attribute__((aligned(8)));
	struct ifinfomsg *ifi;
	void *header;
	struct nlmsghdr *h =
		nl_request(nl, buf, RTM_GETLINK, 0, sizeof(*ifi), &header);

	ifi = header;
	ifi->ifi_index = (int)index;
	*out = (struct nl_link){ 0 };
	return nl_talk(nl, h, one_link, out);
}

struct link_walk {
	void (*fn)(void *arg, const struct nl_link *link);
	void *arg;
};

static int each_link(const struct nlmsghdr *h, void *arg)
{
	struct link_walk *w = arg;
	struct nl_link link;

	if (parse_link(h, &link))
		w->fn(w->arg, &link);
	return MNL_CB_OK;
}

int nl_links(struct nl *nl, void (*fn)(void *arg, const struct nl_link *link),
	     void *arg)
{
	char buf[NL_REQUEST] __attribute__((aligned(8)));
	struct link_walk w = { fn, arg };
	void *header;
	struct nlmsghdr *h = nl_request(nl, buf, RTM_GETLINK, NLM_F_DUMP,
					sizeof(struct ifinfomsg), &header);

	return nl_talk(nl, h, each_link, &w);
}

static struct nlmsghdr *change(struct nl *nl, void *buf, unsigned int index,
			       unsigned int flags, unsigned int mask)
{
	struct ifinfomsg *ifi;
	void *header;
	struct nlmsghdr *h = nl_request(nl, buf, RTM_NEWLINK, NLM_F_ACK,
					sizeof(*ifi), &header);

	ifi = header;
	ifi->ifi_index = (int)index;
	ifi->ifi_flags = flags;
	ifi->ifi_change = mask;
	return h;
}

int nl_link_flags(struct nl *nl, unsigned int index, unsigned int flags,
		  unsigned int mask)
{
	char buf[NL_REQUEST] __attribute__((aligned(8)));

	return nl_talk(nl, change(nl, buf, index, flags & mask, mask), NULL,
		       NULL);
}

int nl_link_mtu(struct nl *nl, unsigned int index, unsigned int mtu)
{
	char buf[NL_REQUEST] __attribute__((aligned(8)));
	struct nlmsghdr *h = change(nl, buf, index, 0, 0);

	mnl_attr_put_u32(h, IFLA_MTU, mtu);
	return nl_talk(nl, h, NULL, NULL);
}

int nl_link_mac(struct nl *nl, unsigned int index, const uint8_t mac[6])
{
	char buf[NL_REQUEST] __attribute__((aligned(8)));
	struct nlmsghdr *h = change(nl, buf, index, 0, 0);

	mnl_attr_put(h, IFLA_ADDRESS, 6, mac);
	return nl_talk(nl, h, NULL, NULL);
}

int nl_link_carrier(struct nl *nl, unsigned int index, bool on)
{
	char buf[NL_REQUEST] __attribute__((aligned(8)));
	struct nlmsghdr *h = change(nl, buf, index, 0, 0);

	mnl_attr_put_u8(h, IFLA_CARRIER, on);
	return nl_talk(nl, h, NULL, NULL);
}

struct nl_monitor {
	struct mnl_socket *socket;
	struct loop_fd *watch;
	const struct nl_monitor_ops *ops;
	void *arg;
};

static int link_event(const struct nlmsghdr *h, void *arg)
{
	struct nl_monitor *m = arg;
	struct nl_link link;

	if (h->nlmsg_type != RTM_NEWLINK && h->nlmsg_type != RTM_DELLINK)
		return MNL_CB_OK;
	if (parse_link(h, &link))
		m->ops->link(m->arg, &link, h->nlmsg_type == RTM_DELLINK);
	return MNL_CB_OK;
}

static void monitor_ready(void *arg, unsigned int events)
{
	char buf[NL_EVENTS] __attribute__((aligned(8)));
	struct nl_monitor *m = arg;
	ssize_t n;

	(void)events;
	n = mnl_socket_recvfrom(m->socket, buf, sizeof(buf));
	if (n > 0)
		mnl_cb_run(buf, (size_t)n, 0, 0, link_event, m);
	else if (n < 0 && errno == ENOBUFS)
		m->ops->overrun(m->arg);
}

struct nl_monitor *nl_monitor_open(struct loop *loop,
				   const struct nl_monitor_ops *ops, void *arg)
{
	struct nl_monitor *m = xcalloc(1, sizeof(*m));

	m->ops = ops;
	m->arg = arg;
	m->socket =
		mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!m->socket)
		goto fail;
	if (mnl_socket_bind(m->socket, RTMGRP_LINK, MNL_SOCKET_AUTOPID) < 0) {
		mnl_socket_close(m->socket);
		goto fail;
	}
	loop_fd_open(loop, &m->watch, mnl_socket_get_fd(m->socket), LOOP_READ,
		     monitor_ready, m);
	return m;
fail:
	free(m);
	return NULL;
}

void nl_monitor_close(struct nl_monitor *m)
{
	if (!m)
		return;
	loop_fd_close(&m->watch);
	mnl_socket_close(m->socket);
	free(m);
}
