/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of netlink share. */
#ifndef ROUTER_NETLINK_PRIV_H
#define ROUTER_NETLINK_PRIV_H

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "router/netlink.h"

/* Room for one question; the longest is a route with all its hops. */
#define NL_REQUEST 4096

struct nl {
	struct mnl_socket *socket;
	unsigned int port, seq;
};

typedef int nl_parse(const struct nlmsghdr *h, void *arg);

/* A message of the type with a header of len octets behind it (zeroed). */
struct nlmsghdr *nl_request(struct nl *nl, void *buf, uint16_t type,
			    uint16_t flags, size_t len, void **header);
/* Sends and reads all answers; parse may be NULL. */
int nl_talk(struct nl *nl, struct nlmsghdr *request, nl_parse *parse,
	    void *arg);

int nl_af(const struct ip_addr *addr);
void nl_put_addr(struct nlmsghdr *h, uint16_t type, const struct ip_addr *addr);
struct ip_addr nl_get_addr(int af, const struct nlattr *attr);

#endif
