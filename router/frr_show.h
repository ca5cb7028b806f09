/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the shows of routing protocols share. */
#ifndef ROUTER_FRR_SHOW_H
#define ROUTER_FRR_SHOW_H

#include "router/frr.h"
#include "router/frr_json.h"
#include "router/route_table.h"

enum { FRR_AGE = 24 };

/* NULL: the program does not run, or did not answer. */
struct frr_json *frr_ask(struct frr *frr, enum frr_program program,
			 const char *line);
/* "00:12:34", "1d02h", "3w2d", as IOS writes it; out has FRR_AGE octets. */
void frr_age(uint64_t seconds, char *out);
/* Routes of BGP and OSPF: their distance, metric and age, which the kernel
 * does not know. */
void frr_routes(struct frr *frr, struct route_table *table);

void bgp_show_init(struct router *router);
void ospf_show_init(struct router *router);

#endif
