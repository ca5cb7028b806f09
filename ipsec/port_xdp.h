/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A wire by AF_XDP: frames are read and written where they stand in the small
 * buffers of the lane's pool, rings shared with the kernel say which. */
#ifndef IPSEC_PORT_XDP_H
#define IPSEC_PORT_XDP_H

#include "ipsec/wire.h"

struct port_xdp_spec {
	const struct wire_spec *wire;
	unsigned int lane;
	unsigned int queues; /* receive queues of the device */
	int map;	     /* of the program: sockets by queue */
	/* Generic mode: frames that do not fit a small buffer come in
	 * pieces. */
	bool generic;
};

/* The port of a lane: of the receive queues lane, lane + n and so on, of which
 * it needs at least one.  0 or -errno; -EBUSY: somebody has the queue. */
int port_xdp_open(struct port **out, const struct port_xdp_spec *spec);

#endif
