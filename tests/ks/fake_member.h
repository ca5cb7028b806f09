/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A member of a ks_world without gm/: it registers without a wire, opens what
 * the key server sends it, follows the KEKs, and acknowledges unless it is
 * told not to. */
#ifndef TESTS_KS_FAKE_MEMBER_H
#define TESTS_KS_FAKE_MEMBER_H

#include "gdoi/gdoi_push.h"
#include "tests/ks/ks_world.h"

enum { FAKE_KEKS = 4, FAKE_LOG = 64 };

struct fake_rekey { /* a datagram that came in */
	int64_t at;
	uint8_t *data;
	size_t len;
	enum gdoi_push_result result;
	uint8_t under[16];
	uint32_t seq;
	bool delete_teks, delete_kek, has_policy, has_kek;
};

struct fake_member {
	struct ks_world *world;
	struct sim_node *node;
	struct ip_addr addr;
	bool extensions;
	bool deaf; /* nothing comes in */
	bool mute; /* it acknowledges nothing */

	struct gdoi_policy *policy; /* the newest */
	/* The policies that brought KEKs, newest first, and what was accepted
	 * under each. */
	struct gdoi_policy *keks[FAKE_KEKS];
	uint32_t seq[FAKE_KEKS];
	unsigned int accepted, acked;
	struct fake_rekey log[FAKE_LOG];
	size_t n_log;
};

/* Makes the node; name is its address too. */
void fake_member_open(struct fake_member *m, struct ks_world *w,
		      const char *address, bool extensions);
void fake_member_close(struct fake_member *m);
/* With group 1234; must succeed. */
void fake_member_join(struct fake_member *m);
/* The last datagram that came in; there must be one. */
const struct fake_rekey *fake_member_last(const struct fake_member *m);
/* Sends an acknowledgement of seq under the KEK (0: the newest) that says it
 * is of who. */
void fake_member_ack(struct fake_member *m, size_t kek, uint32_t seq,
		     const struct ip_addr *who);

#endif
