/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of VRFs. */
#ifndef ROUTER_VRF_CLI_H
#define ROUTER_VRF_CLI_H

#include "router/router_priv.h"
#include "router/vrf.h"

extern const struct cli_mode router_mode_vrf_af;

void vrf_cli_init(struct vrfs *vrfs, struct cli *cli);
void vrf_show_init(struct router *router);
/* The VRF whose name was typed under that name; 0 when none was, and the
 * global table is meant.  False and an error: there is none of that name. */
bool vrf_arg(const struct ifaces *ifaces, const struct cli_args *a,
	     const char *arg, uint32_t *out, struct cli_out *o);

#endif
