/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lane between two ports of memory, and policies to try on it. */
#ifndef TESTS_IPSEC_LANES_H
#define TESTS_IPSEC_LANES_H

#include "ipsec/lane.h"
#include "tests/ipsec/packets.h"

enum { FAKE_QUEUE = 128, FAKE_FRAME = 8192 };

struct fake_frame {
	uint32_t len;
	unsigned int pieces; /* tx: that it stood in */
	struct virtio_net_hdr vnet;
	uint8_t data[FAKE_FRAME];
};

/* Gives out what was put into rx, keeps what is sent in tx. */
struct fake_port {
	struct port port;
	struct fake_frame rx[FAKE_QUEUE], tx[FAKE_QUEUE];
	unsigned int n_rx, at_rx, n_tx;
};

/* One gateway: its lane and everything that the daemon would give it. */
struct gateway {
	struct crypto *crypto;
	struct sa_store *store;
	struct stats *stats;
	struct events events;
	struct esp_worker worker;
	struct fake_port *tap, *wire, *icmp;
	struct lane lane;
};

struct gateway *gateway_new(void);
void gateway_free(struct gateway *g);
/* Replaces its policy; takes policy; interface MTU 1500, address 192.0.2.1. */
void gateway_policy(struct gateway *g, struct ipsec_policy *policy);
/* A frame that waits to be read from port. */
void fake_push(struct fake_port *port, const void *frame, size_t len);
void fake_clear(struct fake_port *port);
/* What one gateway sent to its wire waits on the other's. */
void wire_to(struct gateway *from, struct gateway *to);
struct ipsec_counters gateway_counters(struct gateway *g);
/* Until nothing waits; the clock stands at now (us). */
void gateway_out(struct gateway *g, int64_t now);
void gateway_in(struct gateway *g, int64_t now);

/* Frames dropped for one reason (LANE_DROPS), both ways. */
#define lane_dropped(lane, reason) \
	((lane)->stats.out.reason + (lane)->stats.in.reason)

/* permit ip any any in group "G", without SAs. */
struct ipsec_policy *policy_any(void);
/* The SA becomes the flow's oldest; takes sa's keys. */
void policy_add_sa(struct ipsec_policy *p, struct ipsec_sa sa);
/* In front of all others: what to do with a protocol (0: ip). */
struct ipsec_rule *policy_add_rule(struct ipsec_policy *p,
				   enum ipsec_action action, uint8_t protocol);
/* The same for IPv6 (0: ipv6). */
struct ipsec_rule *policy_add_rule6(struct ipsec_policy *p,
				    enum ipsec_action action, uint8_t protocol);
/* permit ipv6 any any with a transform, TBAR window 5, and no rule for IPv4. */
struct ipsec_policy *policy6(const struct esp_transform *t);
/* permit ip any any with the article's transform, TBAR window 5. */
struct ipsec_policy *policy_article(void);

#endif
