/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sockets of ISAKMP: one in the global table and one in each VRF.  An
 * endpoint tells which is meant.  Control thread. */
#ifndef GETVPND_SOCKETS_H
#define GETVPND_SOCKETS_H

#include "getvpnd/udp.h"

struct sockets;

/* config: of all of them, its vrf does not count.  NULL and a line on stderr
 * when the global one cannot be had; a VRF without one hears and sends
 * nothing. */
struct sockets *sockets_new(struct loop *loop, const struct udp_config *config,
			    struct vrfs *vrfs);
/* The vrfs tell it nothing any more. */
void sockets_free(struct sockets *s);
void sockets_send(struct sockets *s, const struct endpoint *local,
		  const struct endpoint *remote, const void *data, size_t len);
void sockets_join(struct sockets *s, const struct ip_addr *group,
		  const struct endpoint *local, bool on);
/* Addresses or devices may have changed. */
void sockets_interfaces_changed(struct sockets *s);

#endif
