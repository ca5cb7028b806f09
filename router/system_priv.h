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

/* show processes, show memory; a look at the threads every 5 s. */
void system_show_init(struct router *router);
void system_show_fini(struct router *router);
/* show tech-support. */
void system_tech_init(struct router *router);
/* A line of a configuration without its password or key; out has size
 * octets. */
void system_redact(const char *line, char *out, size_t size);

#endif
