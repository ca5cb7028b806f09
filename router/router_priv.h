/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the box share. */
#ifndef ROUTER_ROUTER_PRIV_H
#define ROUTER_ROUTER_PRIV_H

#include "router/frr.h"
#include "router/iface_priv.h"
#include "router/ipv6_route.h"
#include "router/kept.h"
#include "router/logging.h"
#include "router/qos.h"
#include "router/router.h"
#include "router/stamp.h"
#include "router/static_route.h"

enum router_limits {
	HOSTNAME_MAX = 63,	   /* RFC 1123: one label */
	STARTUP_MAX = 4 * 1048576, /* octets of a startup-config */
	HOSTS_MAX = 64,		   /* ip host */
};

struct host {
	char *name;
	struct ip_addr addr;
};

struct router {
	struct loop *loop;
	struct clock *clock;
	struct timekeeper time;
	struct logging log;
	struct cli *cli;
	struct acls *acls;
	struct ifaces *ifaces;
	struct sroutes *routes;
	struct ipv6_routing *ipv6;
	struct frr *frr;
	struct mcast *mcast;
	struct qos *qos;
	struct env *env; /* NULL until router_set_env() */
	char *state_dir;
	char *startup_path;
	char hostname[HOSTNAME_MAX + 1];
	char *domain; /* ip domain name, or NULL */
	bool domain_lookup;
	bool internal; /* service internal */
	struct kept kept;
	struct {
		void (*fn)(void *arg); /* or NULL */
		void *arg;
		struct loop_timer *timer;
		char *who, *reason; /* of the one that is scheduled */
		int64_t due;	    /* clock_now(); 0: none is */
	} reload;
	struct system_load *load; /* system_show.c */
	const char *last_reload;  /* why this start is not the first */
	bool erased;		  /* there shall be no startup-config */
	struct {
		bool on_failure, on_success; /* are logged */
	} logins;
	struct host hosts[HOSTS_MAX];
	size_t n_hosts;
};

/* The address of a name: ip host, or an address as text. */
bool router_resolve(const struct router *router, const char *name,
		    struct ip_addr *out);

void router_cli_init(struct router *router);
void router_kept_init(struct router *router);
void router_show_init(struct router *router);
void clock_cli_init(struct router *router);
void route_show_init(struct router *router);
void ping_init(struct router *router);
void telnet_init(struct router *router);
void traceroute_init(struct router *router);

#endif
