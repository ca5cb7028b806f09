/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two key servers as far as the way between them goes, in a simulated world:
 * end 0 has the lower address. */
#ifndef TESTS_COOP_LINKS_H
#define TESTS_COOP_LINKS_H

#include "ks/coop_link_priv.h"
#include "tests/isakmp/pair.h"

enum { LINKS_LOG = 256 };

struct links_end {
	struct env *env;
	struct isakmp *isakmp;
	struct coop_links *links;
	struct coop_transport t;
	struct coop_link *link; /* of group 1234 */
	struct ip_addr addr, peer;

	unsigned int n_received;
	struct keybuf last; /* received */
	size_t octets_received, octets_sent;
	bool close_on_receipt;

	unsigned int n_arrived, n_failed;
	bool sent[LINKS_LOG]; /* arrived, in the order of the calls */
	size_t n_sent;

	enum coop_link_status status[LINKS_LOG];
	size_t n_status;

	unsigned int n_strangers;
	struct gdoi_id stranger;
	unsigned int n_unreadable;
};

struct links_world {
	struct pair p;
	struct links_end end[2];
};

extern const struct gdoi_id links_group;

void links_setup(struct links_world *w, uint64_t seed);
void links_teardown(struct links_world *w);
struct coop_link *links_open(struct links_end *e, const struct gdoi_id *id);
/* Both want the session; until both are told that it is there. */
void links_meet(struct links_world *w);
enum coop_link_status links_status(const struct links_end *e);
/* A message of len octets that follow from seed. */
bool links_send(struct links_end *e, size_t len, uint8_t seed);
bool links_got(const struct links_end *e, size_t len, uint8_t seed);

#endif
