/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/paste.h"

void paste_init(struct cli *cli)
{
	paste_global_init(cli);
	paste_service_init(cli);
	paste_crypto_init(cli);
	paste_policy_init(cli);
	paste_qos_init(cli);
	paste_iface_init(cli);
	paste_routing_init(cli);
	paste_bgp_init(cli);
}
