/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A wire by AF_PACKET. */
#ifndef IPSEC_PORT_PACKET_H
#define IPSEC_PORT_PACKET_H

#include "ipsec/wire.h"

/* The port of a lane; 0 or -errno. */
int port_packet_open(struct port **out, const struct wire_spec *spec,
		     unsigned int lane);

#endif
