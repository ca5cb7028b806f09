/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine that the router is: logins, its processes, files, reloads. */
#ifndef ROUTER_SYSTEM_PRIV_H
#define ROUTER_SYSTEM_PRIV_H

#include "router/router_priv.h"

/* login on-failure log, login on-success log. */
void system_login_init(struct router *router);
/* Hooks of the command line. */
void system_login_report(struct router *router,
			 const struct cli_login_report *report);
/* access-class: a list that does not exist admits everybody (IOS). */
bool system_admits(struct router *router, const char *acl,
		   const struct ip_addr *from);

/* reload; what is scheduled is forgotten at the end. */
void system_reload_init(struct router *router);
void system_reload_fini(struct router *router);

#endif
