/* SPDX-License-Identifier: GPL-3.0-or-later */
/* debug crypto isakmp: levels and conditions as IOS has them.  A line is
 * "ISAKMP:(1001):text".  Never give it a secret. */
#ifndef ISAKMP_ISAKMP_DEBUG_H
#define ISAKMP_ISAKMP_DEBUG_H

#include "cli/debug_level.h"
#include "isakmp/isakmp.h"

enum isakmp_debug_limits {
	ISAKMP_DEBUG_TITLE = 96,
	ISAKMP_DEBUG_PEERS = 64, /* debug crypto condition peer */
	/* Lines about peers without an SA: anybody can cause them. */
	ISAKMP_DEBUG_STRANGERS_PER_SEC = 50,
};

/* In the instance. */
struct isakmp_debug {
	struct debug_flag flag;
	unsigned int levels;		/* bits of enum debug_level */
	char title[ISAKMP_DEBUG_TITLE]; /* of the flag: with its levels */
	struct ip_addr peers[ISAKMP_DEBUG_PEERS];
	size_t n_peers;
	bool unmatched; /* also lines of no known peer */
};

void isakmp_debug_init(struct isakmp *isakmp);
void isakmp_debug_fini(struct isakmp *isakmp);
/* 0 switches it off. */
void isakmp_debug_set(struct isakmp *isakmp, unsigned int levels);
/* peer NULL: it is not known. */
bool isakmp_debug_wanted(const struct isakmp *isakmp, enum debug_level level,
			 const struct ip_addr *peer);
/* The same for one that has no SA, so many times a second. */
bool isakmp_debug_stranger(struct isakmp *isakmp, enum debug_level level,
			   const struct ip_addr *peer);
void isakmp_debug_say(const struct isakmp *isakmp, unsigned int conn_id,
		      const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* sa_debug(sa, EVENT, "format", ...) */
#define sa_debug(sa, level, ...)                                      \
	do {                                                          \
		if (isakmp_debug_wanted((sa)->isakmp, DEBUG_##level,  \
					&(sa)->remote.addr))          \
			isakmp_debug_say((sa)->isakmp, (sa)->conn_id, \
					 __VA_ARGS__);                \
	} while (0)
#define stranger_debug(isakmp, level, peer, ...)                        \
	do {                                                            \
		if (isakmp_debug_stranger(isakmp, DEBUG_##level, peer)) \
			isakmp_debug_say(isakmp, 0, __VA_ARGS__);       \
	} while (0)

/* "processing KE payload. message ID = 0" for each. */
void isakmp_debug_payloads(const struct isakmp_sa *sa,
			   const struct isakmp_message *m);
/* Came in, goes out; the state is the SA's. */
void isakmp_debug_received(const struct isakmp_sa *sa,
			   const struct isakmp_header *h);
void isakmp_debug_sent(const struct isakmp_sa *sa, const void *data,
		       size_t len);
/* The same without an SA: sa is what IOS prints in place of its state. */
void isakmp_debug_received_alone(struct isakmp *isakmp,
				 const struct endpoint *local,
				 const struct endpoint *remote,
				 const struct isakmp_header *h,
				 const char *what);
void isakmp_debug_proposal(const struct isakmp_sa *sa);

/* "GROUPKEY-PULL", "R_U_THERE"; "unknown". */
const char *isakmp_exchange_name(uint8_t type);
const char *isakmp_notify_name(uint16_t notify);

/* The commands. */
void isakmp_debug_cli_init(struct isakmp *isakmp);

#endif
