/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of ipsec/ have in common: transforms, SAs, frames. */
#ifndef TESTS_IPSEC_PACKETS_H
#define TESTS_IPSEC_PACKETS_H

#include "ipsec/dataplane.h"
#include "ipsec/esp.h"
#include "ipsec/ipv6.h"
#include "ipsec/pkt.h"

/* Every transform that the dataplane can do. */
extern const struct esp_transform all_transforms[];
extern const size_t n_transforms;
extern const struct esp_transform article_transform; /* AES-128, SHA-1 */

/* With keys made from seed; free with sa_clear(). */
struct ipsec_sa sa_make(const struct esp_transform *t, uint8_t seed);
void sa_clear(struct ipsec_sa *sa);

#define HOST1 0xc0a80b03u /* 192.168.11.3 */
#define HOST3 0xc0a82103u /* 192.168.33.3 */
#define SITE1 "2001:db8:1::10"
#define SITE3 "2001:db8:3::10"

/* Makes p a frame with an IPv4 packet of total octets whose payload is a
 * pattern; protocol and the first octets of payload as given. */
void frame_make(struct pkt *p, uint32_t src, uint32_t dst, uint8_t protocol,
		size_t total);
void frame_ports(struct pkt *p, uint16_t sport, uint16_t dport);
/* The same with IPv6 addresses as text; next: what follows the header. */
void frame_make6(struct pkt *p, const char *src, const char *dst, uint8_t next,
		 size_t total);
/* The IPv4 or IPv6 header of frame p; aborts the test when there is none. */
struct ipv4 frame_ip(const struct pkt *p);

#endif
