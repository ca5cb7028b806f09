/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ip access-group and ipv6 traffic-filter: an interface's access lists as a
 * table of nftables of its own, that goes with its owner.
 *
 * In: all that comes from the device, before it is routed; what is for the
 * router, too.  Out: what is forwarded to the device, and nothing that the
 * router itself sends, as on IOS.  A fronted interface's device is its TAP, so
 * the lists see clear packets.  A list that has no entry, or is not there,
 * permits all.  Control thread. */
#ifndef ROUTER_FILTER_H
#define ROUTER_FILTER_H

#include "router/acl.h"

struct filter;

enum filter_list {
	FILTER_IN,
	FILTER_OUT,
	FILTER_IN6,
	FILTER_OUT6,
	FILTER_LISTS,
};

struct filter_want {
	unsigned int ifindex;
	unsigned int number; /* another one each time, for its name */
	const char *name[FILTER_LISTS]; /* of access lists, or NULL */
	bool silent;			/* no ip unreachables */
};

/* In the network namespace of the caller.  Where there is nothing to filter:
 * NULL with *err 0; -errno in *err otherwise. */
struct filter *filter_new(const struct acls *acls,
			  const struct filter_want *want, int *err);
void filter_free(struct filter *f);
/* Adds what has been met since the last time to the matches of the lists'
 * entries. */
void filter_count(struct filter *f, struct acls *acls);

#endif
