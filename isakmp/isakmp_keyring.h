/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pre-shared keys by address (crypto isakmp key).  In main mode the identity
 * is read too late: the source address chooses, longest match first. */
#ifndef ISAKMP_ISAKMP_KEYRING_H
#define ISAKMP_ISAKMP_KEYRING_H

#include <sys/queue.h>

#include "base/addr.h"

struct isakmp_psk {
	TAILQ_ENTRY(isakmp_psk) entry;
	struct ip_addr net;
	unsigned int prefix;
	char *hostname; /* instead of an address; matches nobody here */
	char *secret;	/* wiped when freed */
	bool no_xauth;
};

/* In the order in which they were typed. */
TAILQ_HEAD(isakmp_keyring, isakmp_psk);

/* A key for the same address or hostname is replaced. */
void isakmp_keyring_set(struct isakmp_keyring *ring, const struct ip_addr *net,
			unsigned int prefix, const char *hostname,
			const char *secret, bool no_xauth);
/* False: there was none. */
bool isakmp_keyring_remove(struct isakmp_keyring *ring,
			   const struct ip_addr *net, unsigned int prefix,
			   const char *hostname);
/* NULL: no key for this peer. */
const struct isakmp_psk *isakmp_keyring_find(const struct isakmp_keyring *ring,
					     const struct ip_addr *peer);
void isakmp_keyring_free(struct isakmp_keyring *ring);

#endif
