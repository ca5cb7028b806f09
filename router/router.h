/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The box: interfaces, addresses, routes, access lists, ping, logging, clock.
 * One struct router a process; control thread only. */
#ifndef ROUTER_ROUTER_H
#define ROUTER_ROUTER_H

#include <stdarg.h>

#include "base/clock.h"
#include "base/env.h"
#include "base/loop.h"
#include "cli/cli.h"
#include "router/acl.h"
#include "router/iface.h"

struct router;
struct qos;

struct router_config {
	struct loop *loop;
	struct clock *clock;
	const char *state_dir;
	/* "Ethernet0/0=eth1" each; n_map 0: automatic (eth0 -> Ethernet0/0,
	 * eth1 -> Ethernet0/1 ..., four to a slot). */
	const char *const *if_map;
	size_t n_map;
	int frr; /* to the keeper of FRR's programs (above 0), not owned */
	const char *last_reload; /* the reason, NULL: the first start */
};

/* Makes its cli (with all of the router's commands) and its logging.  NULL
 * and a line on stderr when the kernel refuses. */
struct router *router_new(const struct router_config *config);
/* Puts back what it changed in the kernel. */
void router_free(struct router *router);

struct cli *router_cli(struct router *router);
struct acls *router_acls(struct router *router);
struct ifaces *router_ifaces(struct router *router);
struct qos *router_qos(struct router *router);
const char *router_hostname(struct router *router);
/* ip domain name; NULL: there is none. */
const char *router_domain(struct router *router);

/* The sinks for the env (base/env_real.h): format with time stamps, buffer,
 * consoles, monitors, syslog hosts. */
void router_log_event(void *router, const struct msg_def *def,
		      const char *text);
void router_log_debug(void *router, const char *text);
/* For show debugging and undebug all; may be set once. */
void router_set_env(struct router *router, struct env *env);

/* "service internal" is configured (debugging aids that show secrets). */
bool router_service_internal(struct router *router);

/* fn(arg) when the user wants the router to start anew: it is to be freed, not
 * from within the call, and made again. */
void router_on_reload(struct router *router, void (*fn)(void *arg), void *arg);
/* Its startup-config was erased: it starts with none. */
bool router_is_erased(const struct router *router);
/* Loads DIR/startup-config, or initial (a file's path, may be NULL) when it
 * does not exist; then logs %SYS-5-RESTART. */
void router_boot(struct router *router, const char *initial);

#endif
