/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SAT payload (RFC 6407 5.5): which traffic a data-security SA guards,
 * and how.  One SAT is one entry of the group's ACL.  A deny entry is our
 * private Protocol-ID 128 with the same selectors and nothing else
 * (docs/PROTOCOL.md). */
#ifndef GDOI_GDOI_SAT_H
#define GDOI_GDOI_SAT_H

#include "base/rd.h"
#include "base/wr.h"
#include "gdoi/gdoi.h"

enum gdoi_sat_protocol {
	GDOI_SAT_ESP = 1,
	GDOI_SAT_DENY = 128, /* private use */
};

enum gdoi_address_preservation { /* RFC 6407 5.5.1.1.3 */
				 GDOI_PRESERVE_NONE = 1,
				 GDOI_PRESERVE_SOURCE = 2,
				 GDOI_PRESERVE_DESTINATION = 3,
				 GDOI_PRESERVE_BOTH = 4,
};

enum gdoi_direction { /* RFC 6407 5.5.1.1.4 */
		      GDOI_SENDER_ONLY = 1,
		      GDOI_RECEIVER_ONLY = 2,
		      GDOI_SYMMETRIC = 3,
};

struct gdoi_selector {
	struct ip_addr addr;
	unsigned int prefix; /* bits */
	uint16_t port;	     /* 0: any */
};

struct gdoi_sat {
	uint8_t protocol_id; /* enum gdoi_sat_protocol */
	uint8_t protocol;    /* IP protocol, 0: any */
	struct gdoi_selector src, dst;
	/* From here on only with GDOI_SAT_ESP. */
	uint32_t spi;
	struct esp_transform transform;
	uint32_t lifetime; /* s */
	uint8_t preserve;  /* enum gdoi_address_preservation */
	uint8_t direction; /* enum gdoi_direction */
};

struct isakmp_fault gdoi_sat_parse(struct rd body, bool extensions,
				   struct gdoi_sat *out)
	__attribute__((warn_unused_result));
void gdoi_sat_write(struct wr *w, uint8_t next, const struct gdoi_sat *sat);
bool gdoi_sat_same_selectors(const struct gdoi_sat *a,
			     const struct gdoi_sat *b);

/* Between an ACL entry and selectors: false when gdoi_ace_unsupported(), or
 * when an ACL has no words for it (ports without TCP or UDP). */
bool gdoi_sat_from_ace(const struct ace *ace, struct gdoi_sat *out);
bool gdoi_sat_to_ace(const struct gdoi_sat *sat, struct ace *out);

#endif
