/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What decides about a frame before the kernel's network stack sees it: to
 * the AF_XDP socket of its queue, or away.  Nothing goes on to the stack. */
#ifndef IPSEC_XDP_PROGRAM_H
#define IPSEC_XDP_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

struct xdp_program {
	int map, program, link; /* -1: not there */
};

/* Takes frames for mac and multicast without VLAN tag.  sockets: of its map,
 * indexed by receive queue.  pieces: frames may come in several (Linux 5.18).
 * 0 or -errno; closed by xdp_program_close() either way. */
int xdp_program_load(struct xdp_program *p, const uint8_t mac[6],
		     unsigned int sockets, bool pieces);
/* mode: XDP_FLAGS_SKB_MODE or XDP_FLAGS_DRV_MODE.  The device's until closed,
 * also by the process's death.  -EBUSY: it has another program. */
int xdp_program_attach(struct xdp_program *p, unsigned int ifindex,
		       unsigned int mode);
void xdp_program_close(struct xdp_program *p);

#endif
