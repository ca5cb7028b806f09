/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way to the other key servers of a group: messages of any size arrive
 * whole, once, or not at all, and both ends learn whether the other one is
 * there.  struct coop_transport is what COOP sees; coop_link.c makes one of
 * ISAKMP exchanges, simulations have their own.  Control thread. */
#ifndef KS_COOP_LINK_H
#define KS_COOP_LINK_H

#include "base/addr.h"
#include "base/env.h"
#include "base/rd.h"
#include "gdoi/gdoi.h"
#include "isakmp/isakmp.h"

/* Private use (RFC 2408 3.1). */
#define COOP_EXCHANGE 240
#define COOP_PAYLOAD  128

enum coop_link_limits {
	/* Octets of a message in one datagram: fits in an MTU of 1400 with
	 * ISAKMP's overhead; protocol pdu makes it smaller or larger. */
	COOP_PDU = 1200,
	COOP_PDU_MIN = 256, /* protocol pdu below that counts as that */
	COOP_WINDOW = 8,    /* parts on their way at a time */
	COOP_QUEUE = 8,	    /* messages waiting; then the oldest is dropped */
};

/* What IOS calls the IKE status. */
enum coop_link_status {
	COOP_LINK_IDLE, /* never tried */
	COOP_LINK_IN_PROGRESS,
	COOP_LINK_ESTABLISHED,
	COOP_LINK_FAILED,
};

/* "Established", "In Progress", "Failed to establish", "No session". */
const char *coop_link_status_name(enum coop_link_status status);

struct coop_link; /* to one peer, for one group */

struct coop_link_ops {
	/* A whole message; octets: what it took on the wire. */
	void (*received)(void *ctx, struct rd message, size_t octets);
	/* A message of coop_transport.send() has arrived, or will not.  In the
	 * order of sending. */
	void (*sent)(void *ctx, bool arrived, size_t octets);
	void (*status)(void *ctx, enum coop_link_status status);
};

struct coop_transport {
	/* The group's address here, the peer's, and the group's identity. */
	struct coop_link *(*open)(void *arg, const struct ip_addr *local,
				  const struct ip_addr *peer,
				  const struct gdoi_id *id,
				  const struct coop_link_ops *ops, void *ctx);
	/* No callback any more. */
	void (*close)(struct coop_link *link);
	/* A copy is taken (it is wiped after use).  False: no session now, or
	 * too long; ops->sent() is not called then. */
	bool (*send)(struct coop_link *link, const void *message, size_t len,
		     size_t pdu);
	/* The session is made, and made again when it goes.  fast: now, else
	 * after the usual pause. */
	void (*want)(struct coop_link *link, bool fast);
	void *arg; /* of open */
};

/* --- over ISAKMP ----------------------------------------------------------- */

struct coop_links;
struct coop_links *coop_links_new(struct env *env, struct isakmp *isakmp);
void coop_links_free(struct coop_links *links); /* all links are closed */
struct coop_transport coop_links_transport(struct coop_links *links);
/* fn(ctx, local, remote, why): a peer's part cannot be read, so that it is not
 * known whose it is (rate-limited by the caller). */
void coop_links_on_unreadable(struct coop_links *links,
			      void (*fn)(void *ctx, const struct ip_addr *local,
					 const struct ip_addr *remote,
					 const char *why),
			      void *ctx);
/* fn(ctx, local, remote, id): a key server that is no peer of the group sends
 * announcements (rate-limited by the caller). */
void coop_links_on_stranger(struct coop_links *links,
			    void (*fn)(void *ctx, const struct ip_addr *local,
				       const struct ip_addr *remote,
				       const struct gdoi_id *id),
			    void *ctx);

#endif
