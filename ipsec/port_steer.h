/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which queue of a TAP a frame of the kernel's comes by, and which of several
 * packet sockets takes one of the wire's. */
#ifndef IPSEC_PORT_STEER_H
#define IPSEC_PORT_STEER_H

/* By a hash of addresses, IPv4's protocol, and ports (of fragments: without),
 * so that a flow never moves; what is not IP comes by the first queue.  The
 * kernel's own way moves a flow to the queue that its answers were written to,
 * and packets overtake each other when it does.  tap: any queue.  0 or
 * -errno (without CAP_BPF: -EPERM). */
int port_steer(int tap);
/* The program alone, a socket filter whose result is the hash: a descriptor or
 * -errno.  ESP and its fragments have the same, so that a worker's replay
 * window sees a packet whole or in pieces. */
int port_steer_load(void);

#endif
