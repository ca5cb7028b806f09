/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A UDP sender and a receiver that counts what is lost and what overtook.
 *
 * Every datagram starts with a run's number, its flow's and its own; a flow is
 * one socket of the sender with a source port of its own, and goes to one
 * thread of the receiver.  All integers are in network order.  Octets are
 * those of the IPv4 packet; pps and octets/s count IP packets. */
#ifndef BENCH_FLOOD_H
#define BENCH_FLOOD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define FLOOD_IP_HEADERS 28 /* IPv4 without options, and UDP */
#define FLOOD_SIZE_MIN	 64
#define FLOOD_SIZE_MAX	 9000
#define FLOOD_THREADS	 8
#define FLOOD_FLOWS	 1024
#define FLOOD_SECONDS	 600
#define FLOOD_BATCH	 64    /* datagrams in one system call */
#define FLOOD_FIRST_PORT 20000 /* of the sender's flows */

struct flood_header {
	uint32_t run;
	uint32_t flow;
	uint64_t number; /* from 0, of this flow */
} __attribute__((packed));

struct flood_options {
	struct in_addr to;
	uint16_t port; /* of the receiver's first thread */
	unsigned int threads, receivers;
	unsigned int flows;    /* of all threads */
	unsigned int size;     /* octets of the IP packet; 0: the IMIX */
	unsigned int segments; /* > 1: superpackets of so many datagrams */
	uint64_t rate; /* packets/s of all threads; 0: as fast as it goes */
	double seconds;
	uint32_t run;
	bool pin; /* a core for each of the sender's threads */
};

/* Both print one JSON object on stdout; false: an error was told. */
bool flood_send(const struct flood_options *o);
/* Counts until standard input ends. */
bool flood_receive(const struct flood_options *o);

#endif
