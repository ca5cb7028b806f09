/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Multicast routing of IPv4: ip multicast-routing, ip pim, ip igmp.  The
 * kernel forwards; here is decided from where to where: by what hosts want
 * (IGMP) and by PIM in dense mode (RFC 3973, without Assert and State
 * Refresh).  A sparse-mode interface takes joins, but none is sent towards a
 * rendezvous point.  One struct mcast a router, the global table only; control
 * thread.  Addresses are in host order throughout. */
#ifndef ROUTER_MCAST_H
#define ROUTER_MCAST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/rd.h"
#include "router/iface_priv.h"

enum mcast_limits {
	MCAST_VIFS = 32,	/* the kernel's MAXVIFS */
	MCAST_MEMBERS = 1024,	/* groups of an interface */
	MCAST_NEIGHBOURS = 64,	/* of an interface */
	MCAST_ROUTES = 4096,	/* sources and groups */
	MCAST_CONFIGURED = 256, /* lines ip igmp of an interface */
};

/* s; RFC 2236 8 and RFC 3973 4.8, as IOS has them. */
enum mcast_times {
	IGMP_QUERY_TIME = 60,
	IGMP_STARTUP_TIME = 15, /* a quarter: the first two queries */
	IGMP_RESPONSE_TIME = 10,
	IGMP_LAST_MEMBER_TIME = 1,
	IGMP_ROBUSTNESS = 2,
	IGMP_MEMBER_TIME =
		IGMP_ROBUSTNESS * IGMP_QUERY_TIME + IGMP_RESPONSE_TIME,
	IGMP_OTHER_QUERIER_TIME = 120,
	PIM_HELLO_TIME = 30,
	PIM_HOLD_TIME = 105,
	PIM_OVERRIDE_TIME = 3, /* who still wants it says so until then */
	PIM_PRUNE_TIME = 180,
	PIM_PRUNE_AGAIN = 60, /* while what nobody wants still comes */
	PIM_GRAFT_AGAIN = 3,
	MCAST_ROUTE_TIME = 180, /* without a packet */
	MCAST_LOOK_TIME = 5,	/* at counters and routes */
};

enum mcast_mode { MCAST_OFF, MCAST_DENSE, MCAST_SPARSE, MCAST_SPARSE_DENSE };

/* ip igmp join-group, static-group. */
struct mcast_configured {
	uint32_t group;
	bool joined; /* the router itself is a member */
};

/* A group that somebody on the interface's link wants. */
struct mcast_member {
	TAILQ_ENTRY(mcast_member) link;
	uint32_t group, reporter;
	int64_t since, expires; /* of IGMP; expires 0: only PIM wants it */
	int64_t joined_until;	/* of PIM, (*,G); 0: not */
	unsigned int asks;	/* queries that are still to be sent */
	int64_t ask;
};

struct mcast_neighbour {
	TAILQ_ENTRY(mcast_neighbour) link;
	uint32_t addr, generation, priority;
	bool has_generation, has_priority;
	int64_t since, expires; /* INT64_MAX: for ever */
};

struct mcast_iface {
	TAILQ_ENTRY(mcast_iface) link;
	struct mcast *owner;
	struct iface *iface;
	enum mcast_mode mode;
	struct mcast_configured *configured;
	size_t n_configured;
	/* While it is up: its number in the kernel and whose that is. */
	int vif; /* -1: not up */
	unsigned int ifindex;
	uint32_t addr;
	uint32_t querier; /* another router's, or our own address */
	int64_t querier_until, query, hello;
	unsigned int startup_queries;
	TAILQ_HEAD(, mcast_member) members;
	size_t n_members;
	TAILQ_HEAD(, mcast_neighbour) neighbours;
	size_t n_neighbours;
};

/* What is known of one interface as the way out of a source and group. */
struct mcast_out {
	int64_t pruned_until, prune_at, joined_until; /* 0: not */
	int64_t since;				      /* in this state */
};

struct mcast_route {
	TAILQ_ENTRY(mcast_route) link;
	uint32_t source, group;
	struct mcast_iface *in; /* NULL: there is no way it may come */
	int in_vif;		/* as the kernel has been told */
	uint32_t upstream;	/* the neighbour it comes from; 0: none */
	uint32_t outs;		/* vifs to which it is forwarded */
	struct mcast_out out[MCAST_VIFS];
	int64_t since, expires;
	uint64_t packets;
	bool pruned; /* we have told upstream that nobody wants it */
	int64_t prune_again, graft_again; /* 0: not */
};

struct mcast {
	struct router *router;
	struct ifaces *ifaces;
	bool on;	  /* ip multicast-routing */
	bool distributed; /* typed so, which is the same here */
	bool failed;
	int fd, pim_fd; /* -1: it does not run */
	struct loop_fd *events, *pim_events;
	struct loop_timer *tick;
	int64_t look;
	uint32_t generation; /* of our Hellos */
	TAILQ_HEAD(, mcast_iface) ifs;
	TAILQ_HEAD(, mcast_route) routes;
	size_t n_routes;
};

struct mcast *mcast_new(struct router *router);
void mcast_free(struct mcast *m);
/* Makes the kernel follow the configuration and the interfaces. */
void mcast_sync(struct mcast *m);
/* us, of the real clock: hosts and neighbours do not live by a scaled one. */
int64_t mcast_now(void);
struct mcast_iface *mcast_iface_of(struct mcast *m, struct iface *iface);
/* Makes one. */
struct mcast_iface *mcast_iface_get(struct mcast *m, struct iface *iface);
struct mcast_iface *mcast_by_ifindex(struct mcast *m, unsigned int ifindex);
bool mcast_is_dense(const struct mcast_iface *mi);
void mcast_cli_init(struct mcast *m, struct cli *cli);
void mcast_show_init(struct mcast *m, struct cli *cli);

/* mcast_kernel.c: 0 or -errno. */
int mcast_kernel_open(struct mcast *m);
void mcast_kernel_close(struct mcast *m);
int mcast_kernel_add(struct mcast_iface *mi); /* sets vif */
void mcast_kernel_del(struct mcast_iface *mi);
/* A membership of the router's own. */
void mcast_kernel_join(struct mcast_iface *mi, uint32_t group, bool on);
void mcast_kernel_put(struct mcast *m, const struct mcast_route *route);
void mcast_kernel_drop(struct mcast *m, const struct mcast_route *route);
uint64_t mcast_kernel_packets(struct mcast *m, const struct mcast_route *route);
/* An IGMP or PIM message out of an interface. */
void mcast_kernel_send(const struct mcast_iface *mi, int fd, uint32_t to,
		       const void *data, size_t len);

/* mcast_igmp.c: who wants what on an interface. */
void mcast_igmp_start(struct mcast_iface *mi);
void mcast_igmp_input(struct mcast_iface *mi, struct rd packet);
void mcast_igmp_tick(struct mcast_iface *mi);
void mcast_igmp_stop(struct mcast_iface *mi);
bool mcast_igmp_wants(const struct mcast_iface *mi, uint32_t group);
/* A neighbour's (*,G); until 0: no more. */
void mcast_igmp_joined(struct mcast_iface *mi, uint32_t group, int64_t until);
/* There is no neighbour any more; the routes are to be updated then. */
void mcast_igmp_forget_joins(struct mcast_iface *mi);

/* mcast_pim.c */
void mcast_pim_start(struct mcast_iface *mi);
void mcast_pim_input(struct mcast_iface *mi, struct rd packet);
void mcast_pim_tick(struct mcast_iface *mi);
/* bye: neighbours are told. */
void mcast_pim_stop(struct mcast_iface *mi, bool bye);
struct mcast_neighbour *mcast_pim_neighbour(const struct mcast_iface *mi,
					    uint32_t addr);
/* A Join, Prune or Graft for a route, to its upstream neighbour. */
void mcast_pim_tell(const struct mcast_route *route, bool graft, bool join);

/* mcast_route.c */
void mcast_route_input(struct mcast *m, struct mcast_iface *mi, uint32_t source,
		       uint32_t group);
/* Makes one; mi: where it came in, or NULL.  NULL: there are too many. */
struct mcast_route *mcast_route_get(struct mcast *m, struct mcast_iface *mi,
				    uint32_t source, uint32_t group);
struct mcast_route *mcast_route_find(struct mcast *m, uint32_t source,
				     uint32_t group);
/* Follows what is known now. */
void mcast_route_update(struct mcast *m, struct mcast_route *route);
/* Something has changed: of all routes, or those of a group. */
void mcast_routes_update(struct mcast *m);
void mcast_routes_of(struct mcast *m, uint32_t group);
void mcast_routes_tick(struct mcast *m);
/* An interface's number is no more. */
void mcast_routes_forget(struct mcast *m, const struct mcast_iface *mi);
void mcast_routes_free(struct mcast *m);
/* What a neighbour on mi says to us about one. */
void mcast_route_join(struct mcast_route *route, struct mcast_iface *mi,
		      int64_t until);
void mcast_route_prune(struct mcast_route *route, struct mcast_iface *mi,
		       int64_t until);

#endif
