/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A wire by AF_PACKET: frames come in by a ring shared with the kernel and go
 * out in bursts, GSO frames whole both ways. */
#ifndef IPSEC_PORT_PACKET_H
#define IPSEC_PORT_PACKET_H

#include "ipsec/wire.h"

/* The port of a lane, or one that only sends (fd is -1).  One that receives is
 * deaf until port_packet_start().  0 or -errno. */
int port_packet_open(struct port **out, const struct wire_spec *spec,
		     unsigned int lane, bool receives);
/* All ports of a wire, which share what comes in by flows (by a symmetric hash
 * of addresses and ports).  0 or -errno. */
int port_packet_start(struct port *const *ports, unsigned int n);
/* The device takes all multicast as long as the descriptor is open; or
 * -errno. */
int port_packet_multicast(unsigned int ifindex);

#endif
