/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Routing protocols: router bgp and router ospf are FRR's work.  Their lines
 * are kept (router/paste_bgp.c, paste_routing.c); on a change the running-config
 * is read as a whole (frr_text.h) and FRR's programs get the difference. */
#ifndef ROUTER_FRR_H
#define ROUTER_FRR_H

#include "router/frr_keeper.h"
#include "router/router.h"

struct frr;

/* fd: to the keeper, not owned; 0 and below: there is none, lines are only
 * kept. */
struct frr *frr_new(struct router *router, int fd);
/* To be called first: the programs end, and interfaces and commands may go. */
void frr_stop(struct frr *frr);
void frr_free(struct frr *frr);

/* The programs run from now on; before that nothing is read. */
void frr_started(struct frr *frr);
/* Answer of a program to a show command, to be freed; NULL: it does not run. */
char *frr_fetch(struct frr *frr, enum frr_program program, const char *line);

/* The interface whose addresses the device carries; device if there is none. */
const char *frr_interface(const struct frr *frr, const char *device);
/* The running-config has router bgp, which FRR runs; its AS, 0: none. */
uint32_t frr_bgp_as(const struct frr *frr);

#endif
