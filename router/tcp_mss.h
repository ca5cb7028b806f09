/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ip tcp adjust-mss: the kernel lowers the MSS that a SYN announces, of IPv4
 * connections that it forwards, in by the device or out.  A fronted
 * interface's device is its TAP, so all is clear there. */
#ifndef ROUTER_TCP_MSS_H
#define ROUTER_TCP_MSS_H

#include <stdint.h>

/* The socket that has to be closed when it shall end, or -errno.  In the
 * network namespace of the caller. */
int tcp_mss_adjust(unsigned int ifindex, uint16_t mss);

#endif
