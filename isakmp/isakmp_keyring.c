/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp_keyring.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

static bool is_for(const struct isakmp_psk *psk, const struct ip_addr *net,
		   unsigned int prefix, const char *hostname)
{
	if (hostname || psk->hostname)
		return hostname && psk->hostname &&
		       !strcmp(psk->hostname, hostname);
	return psk->prefix == prefix && ip_equal(&psk->net, net);
}

static struct isakmp_psk *exact(struct isakmp_keyring *ring,
				const struct ip_addr *net, unsigned int prefix,
				const char *hostname)
{
	struct isakmp_psk *psk;

	TAILQ_FOREACH (psk, ring, entry)
		if (is_for(psk, net, prefix, hostname))
			return psk;
	return NULL;
}

static void forget_secret(struct isakmp_psk *psk)
{
	if (psk->secret)
		bytes_wipe(psk->secret, strlen(psk->secret));
	free(psk->secret);
	psk->secret = NULL;
}

void isakmp_keyring_set(struct isakmp_keyring *ring, const struct ip_addr *net,
			unsigned int prefix, const char *hostname,
			const char *secret, bool no_xauth)
{
	struct isakmp_psk *psk = exact(ring, net, prefix, hostname);

	if (!psk) {
		psk = xcalloc(1, sizeof(*psk));
		if (hostname)
			psk->hostname = xstrdup(hostname);
		else
			psk->net = *net;
		psk->prefix = prefix;
		TAILQ_INSERT_TAIL(ring, psk, entry);
	}
	forget_secret(psk);
	psk->secret = xstrdup(secret);
	psk->no_xauth = no_xauth;
}

static void psk_free(struct isakmp_keyring *ring, struct isakmp_psk *psk)
{
	TAILQ_REMOVE(ring, psk, entry);
	forget_secret(psk);
	free(psk->hostname);
	free(psk);
}

bool isakmp_keyring_remove(struct isakmp_keyring *ring,
			   const struct ip_addr *net, unsigned int prefix,
			   const char *hostname)
{
	struct isakmp_psk *psk = exact(ring, net, prefix, hostname);

	if (!psk)
		return false;
	psk_free(ring, psk);
	return true;
}

const struct isakmp_psk *isakmp_keyring_find(const struct isakmp_keyring *ring,
					     const struct ip_addr *peer)
{
	const struct isakmp_psk *best = NULL;
	const struct isakmp_psk *psk;

	TAILQ_FOREACH (psk, ring, entry)
		if (!psk->hostname && ip_in(peer, &psk->net, psk->prefix) &&
		    (!best || psk->prefix > best->prefix))
			best = psk;
	return best;
}

void isakmp_keyring_free(struct isakmp_keyring *ring)
{
	while (!TAILQ_EMPTY(ring))
		psk_free(ring, TAILQ_FIRST(ring));
}
