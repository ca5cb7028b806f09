/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The box in a namespace of its own:
 *
 *	eth0 (Ethernet0/0) ---- p0
 *	eth1 (Ethernet0/1) ---- p1
 */
#ifndef TESTS_ROUTER_BOX_WORLD_H
#define TESTS_ROUTER_BOX_WORLD_H

#include "base/clock.h"
#include "cli/cli_test.h"
#include "router/netlink.h"
#include "router/router.h"

#define BOX_WORLD_SETTLE 20 /* ms for the kernel's news */

struct box_world {
	bool root; /* else there is no namespace and nothing to test */
	struct loop *loop;
	struct clock wall;
	struct nl *nl;
	struct router *router; /* NULL: stopped */
	struct cli_test *term; /* the console */
	char dir[64];	       /* the router's state */
};

/* With a router that has no configuration. */
void box_world_open(struct box_world *w);
void box_world_close(struct box_world *w);
/* A router in the same directory; initial: see router_boot(). */
void box_world_start(struct box_world *w, const char *initial);
void box_world_stop(struct box_world *w);
/* Runs the loop for that long. */
void box_world_pump(struct box_world *w, unsigned int ms);

/* What the screen shows after the lines has this text, or has it not. */
void box_world_check(struct box_world *w, const char *lines,
		     const char *expected);
void box_world_check_not(struct box_world *w, const char *lines,
			 const char *unexpected);
/* Types lines in configuration mode; none of them may fail. */
void box_world_configure(struct box_world *w, const char *lines);

/* Lines for box_world_configure(): both ports, a loopback, two routes. */
extern const char box_world_network[];

#endif
