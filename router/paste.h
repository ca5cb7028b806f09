/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands of a real router's configuration that this one does not act on:
 * a pasted configuration keeps them (cli/cli_kept.h). */
#ifndef ROUTER_PASTE_H
#define ROUTER_PASTE_H

#include "cli/cli.h"

/* After all features have added theirs. */
void paste_init(struct cli *cli);

/* Of router_kept.c. */
extern const struct cli_mode router_mode_cp;

/* One table a file. */
void paste_global_init(struct cli *cli);
void paste_crypto_init(struct cli *cli);
void paste_iface_init(struct cli *cli);
void paste_policy_init(struct cli *cli);
void paste_qos_init(struct cli *cli);
void paste_routing_init(struct cli *cli);
void paste_bgp_init(struct cli *cli);
void paste_service_init(struct cli *cli);

/* Words that several tables use. */
#define PASTE_AREA "( <0-4294967295> | A.B.C.D )"
#define PASTE_MORE ". [ LINE ]"
#define PASTE_SOURCES                                                    \
	"( connected | static | rip | odr | ospf <1-65535> | ospfv3 "    \
	"<1-65535> | eigrp <1-65535> | bgp WORD | isis [ WORD ] | nhrp " \
	"| maximum-prefix <1-4294967295> ) " PASTE_MORE

#endif
