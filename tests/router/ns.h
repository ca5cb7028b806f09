/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A network namespace of the test's own, with cables and a loop. */
#ifndef TESTS_ROUTER_NS_H
#define TESTS_ROUTER_NS_H

#include <stdbool.h>

#include "base/loop.h"
#include "router/netlink.h"

/* Into an empty namespace; false when this user may not (then there is nothing
 * to test). */
bool ns_enter(void);
/* Two devices that are a cable. */
void ns_veth(struct nl *nl, const char *a, const char *b);
/* A TAP device; closing the descriptor removes it. */
int ns_tap(const char *name);
/* Runs the loop for that long. */
void ns_pump(struct loop *loop, unsigned int ms);
/* Whether the device has the address, and whether the main table has a route
 * to dst over the device. */
bool ns_has_addr(struct nl *nl, const char *device, const char *addr);
bool ns_has_route(struct nl *nl, const char *device, const char *dst,
		  unsigned int prefix);
bool ns_has_neigh(struct nl *nl, const char *device, const char *addr);
struct nl_link ns_link(struct nl *nl, const char *device);
/* The content of /proc/sys/net/PATH, first character. */
char ns_switch(const char *path);

#endif
