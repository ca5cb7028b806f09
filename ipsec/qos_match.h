/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Class maps as packets are tried on them: made once, then only read. */
#ifndef IPSEC_QOS_MATCH_H
#define IPSEC_QOS_MATCH_H

#include "ipsec/classify.h"
#include "ipsec/pkt.h"
#include "ipsec/qos.h"

enum { QOS_MATCHES = 128 }; /* of one class map: what a pkt's tag can say */

struct qos_rule;

struct qos_test {
	bool any;
	size_t n;
	struct qos_rule *rules;
};

/* What a packet is tried by. */
struct qos_key {
	uint16_t ethertype;
	bool v4, ip;
	uint8_t dscp; /* ip */
	struct flow_key flow;
};

/* Reads the headers of the frame.  What is no whole IP packet is no IP. */
void qos_key_read(struct qos_key *key, const struct pkt *pkt);

/* Copies; 0 or -EINVAL, and out is to be freed anyway. */
int qos_test_make(struct qos_test *out, const struct ipsec_qos_test *in);
void qos_test_free(struct qos_test *test);
/* Which of its matches decided; -1: the packet does not meet it. */
int qos_test_meets(const struct qos_test *test, const struct qos_key *key);

#endif
