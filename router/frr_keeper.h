/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper of FRR's programs: a process that is made before the router gives
 * up its rights, because zebra, bgpd and ospfd need some that it gives up.  It
 * starts and ends these three and nothing else, in the router's network
 * namespace, and is the first process of a process namespace of its own: when
 * it ends, however that may be, the kernel ends them too.  Their sockets are in
 * a memory file system that only they see.
 *
 * Over a pair of sockets (SOCK_SEQPACKET) the router says which programs it
 * wants; the keeper hands over a connection to each one's command line and its
 * log.  Whole structures, host order, one a message. */
#ifndef ROUTER_FRR_KEEPER_H
#define ROUTER_FRR_KEEPER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum frr_program { FRR_ZEBRA, FRR_BGPD, FRR_OSPFD, FRR_PROGRAMS };

/* To the keeper. */
struct frr_order {
	uint32_t number; /* of the order; reports repeat it */
	uint32_t wanted; /* bits 1 << enum frr_program; the rest ends */
};

enum frr_event {
	FRR_UP = 1, /* with two descriptors: command line, log */
	FRR_DOWN,   /* it has ended; the keeper starts it again later */
};

/* From the keeper. */
struct frr_report {
	uint32_t number; /* of the order that was in force */
	uint8_t event;
	uint8_t program;
	uint16_t pad;
};

/* "bgpd" */
const char *frr_program_name(enum frr_program program);

/* FRR is on this machine. */
bool frr_installed(void);
/* Makes the keeper: to be called while the process has one thread and all its
 * rights.  The router's end of the sockets (not blocking, closed on exec), or
 * -errno; the keeper's number. */
int frr_keeper_start(pid_t *pid);
/* Closes fd and waits for the keeper's end, some seconds at most. */
void frr_keeper_end(int fd, pid_t pid);

#endif
