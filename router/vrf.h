/* SPDX-License-Identifier: GPL-3.0-or-later */
/* VRF-lite: routing tables beside the global one.  Each is a network
 * namespace of its own, so that addresses, routes, neighbours, sockets and
 * forwarding of one VRF cannot meet those of another.
 *
 * The Linux device of an interface stays where it is, in the router's own
 * namespace, as the wire under a front (iface_front()); the front's TAP stands
 * in the VRF.  A router that is killed takes the namespaces and the TAPs with
 * it and leaves the devices behind.  Control thread. */
#ifndef ROUTER_VRF_H
#define ROUTER_VRF_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "cli/cli.h"
#include "router/netlink.h"
#include "router/netns.h"
#include "router/sysctl.h"

enum vrf_limits {
	VRF_NAME_MAX = 32, /* IOS */
	VRF_MAX = 256,	   /* namespaces that a router may make */
};

struct vrf {
	TAILQ_ENTRY(vrf) link;
	struct vrfs *owner;
	uint32_t id; /* from 1, never used twice; struct endpoint has it */
	char *name;
	char *rd;	   /* "65000:1", or NULL */
	char *description; /* or NULL */
	bool definition;   /* vrf definition, not ip vrf */
	bool ipv4, ipv6;   /* its address families; ip vrf: IPv4 */
	/* NULL all, lo_index 0: the system gives us no namespace.  Its
	 * interfaces are down. */
	struct netns *ns;
	struct nl *nl;
	struct sysctls *sysctls;
	unsigned int lo_index;
};

TAILQ_HEAD(vrf_list, vrf);

enum vrf_change {
	VRF_NEW,
	VRF_GONE, /* about to be freed */
};

typedef void vrf_fn(void *arg, struct vrf *vrf, enum vrf_change change);

struct vrf_watch {
	vrf_fn *fn;
	void *arg;
};

struct vrfs {
	struct vrf_list list; /* by name */
	uint32_t last_id;
	size_t n;
	bool warned; /* that there are no namespaces */
	struct vrf_watch *watches;
	size_t n_watches;
	struct cli *cli; /* NULL without commands */
};

/* Its object is a struct vrf. */
extern const struct cli_mode router_mode_vrf;

struct vrfs *vrfs_new(void);
void vrfs_free(struct vrfs *vrfs);
/* Those who come first are told first of a new one, and last that it goes. */
void vrfs_watch(struct vrfs *vrfs, vrf_fn *fn, void *arg);
struct vrf *vrf_find(const struct vrfs *vrfs, const char *name);
/* 0 is the global table: NULL. */
struct vrf *vrf_by_id(const struct vrfs *vrfs, uint32_t id);
/* NULL: there are too many. */
struct vrf *vrf_new(struct vrfs *vrfs, const char *name);
void vrf_free(struct vrf *vrf);
/* vrf NULL: the global table.  See netns_enter(). */
int vrf_enter(const struct vrf *vrf);

/* What makes a namespace a router. */
void vrf_box_switches(struct sysctls *sysctls);

#endif
