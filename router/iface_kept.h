/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ROUTER_IFACE_KEPT_H
#define ROUTER_IFACE_KEPT_H

#include "cli/cli.h"

/* The kept lines of router_mode_if. */
void iface_kept_init(struct cli *cli);

#endif
