/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ports that a thread can wait for. */
#ifndef TESTS_IPSEC_PAIRS_H
#define TESTS_IPSEC_PAIRS_H

#include "ipsec/port.h"

/* A port at a datagram socket, whose other end is the test's.  pool has big
 * packets. */
struct port *pair_new(int *other, struct pkt_pool *pool);

#endif
