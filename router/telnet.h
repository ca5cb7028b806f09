/* SPDX-License-Identifier: GPL-3.0-or-later */
/* telnet: the router makes the TCP connection, the user's terminal speaks
 * telnet on it (cli_connect()). */
#ifndef ROUTER_TELNET_H
#define ROUTER_TELNET_H

#include "router/router_priv.h"

enum telnet_limits {
	TELNET_PORT_DEFAULT = 23,
	TELNET_SYN_WAIT = 30, /* s; IOS: ip tcp synwait-time 30 */
};

struct telnet_job {
	struct endpoint to;
	struct ip_addr source; /* unset: the kernel's choice */
	const char *name;      /* as typed */
};

/* Starts it; output and end by cli_hold(). */
void telnet_start(struct router *router, const struct telnet_job *job,
		  struct cli_out *o);

#endif
