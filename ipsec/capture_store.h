/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The buffer of a capture: packets in the order they were seen, as many octets
 * as it was given.  A linear one is full at some time, a circular one forgets
 * its oldest.  Control thread. */
#ifndef IPSEC_CAPTURE_STORE_H
#define IPSEC_CAPTURE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct capture_packet {
	STAILQ_ENTRY(capture_packet) link;
	int64_t wall; /* us since 1970, UTC */
	uint32_t len, kept;
	uint32_t point, source; /* capture_tap.h */
	uint8_t data[];		/* kept octets: an Ethernet frame */
};

struct capture_store {
	STAILQ_HEAD(, capture_packet) packets;
	size_t n;
	size_t used; /* octets, with what a packet's record takes */
	size_t size; /* at most */
	bool circular;
	uint64_t dropped; /* packets that found no place, or gave theirs up */
};

void capture_store_init(struct capture_store *s, size_t size, bool circular);
void capture_store_clear(struct capture_store *s);
/* p's octets are copied from data.  False: it found no place, and a linear
 * buffer is full. */
bool capture_store_add(struct capture_store *s, const struct capture_packet *p,
		       const uint8_t *data);

/* All of them into a file for tcpdump and Wireshark, which only we may read:
 * octets, or -errno. */
int64_t capture_store_write(const struct capture_store *s, const char *path);

#endif
