/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ESP in tunnel mode with header preservation, and in transport mode: what
 * stands around the encrypted octets.  RFC 4303, 4106, 4543; the outer header
 * is a copy of the inner one's addresses, TOS, DF and TTL (RFC 6407 5.5.1.1).
 *
 * Encrypting is in two steps so that packets can go through the crypto in
 * bursts: esp_wrap(), crypto, done; esp_open(), crypto, esp_unwrap().  Pure
 * functions of their arguments but for the numbers taken from the key. */
#ifndef IPSEC_ESP_H
#define IPSEC_ESP_H

#include "ipsec/esp_format.h"
#include "ipsec/ip.h"
#include "ipsec/ivgen.h"
#include "ipsec/pkt.h"
#include "ipsec/sa.h"

/* An SA as workers see it: part of an immutable policy. */
struct esp_sa {
	uint32_t spi;
	struct sa_key *key;
	bool aead, transport;
	uint8_t iv, icv, block; /* octets */
	uint8_t most; /* that wrapping adds to a packet, at the very most */
	enum ipsec_replay replay;
	unsigned int window; /* packets or seconds */
	int64_t pst_offset;  /* us, added to the clock */
	int64_t send_from, expires;
	/* The numbers it may send with (sa.h); end 0: receive only. */
	uint64_t number_base, number_end;
	uint64_t number_block;	  /* taken at a time */
	uint64_t number_warn;	  /* from here on the end is near */
	struct sa_wear *wear;	  /* of what ends; NULL: nothing does */
	struct sa_sender *sender; /* of a counter mode, else NULL */
	uint64_t iv_prefix; /* the sender ID's bits of a counter mode's IV */
	unsigned int sender_bits; /* of everybody's IVs; 0: not known */
	unsigned int group;
};

/* False: the SA is not valid, or key NULL.  A counter mode whose sender ID is
 * missing or no good is not sent with, but is valid. */
bool esp_sa_init(struct esp_sa *out, const struct ipsec_sa *sa,
		 struct sa_key *key);
void esp_sa_clear(struct esp_sa *sa); /* gives the sender back */
/* Octets of the header in front of the ESP packet that ip becomes. */
static inline size_t esp_outer(const struct esp_sa *sa, const struct ipv4 *ip)
{
	return sa->transport ? ip->header : IP_OUTER(ip);
}
/* The length of the ESP packet that an inner packet of len octets becomes,
 * with the outer header in front of it, of header octets. */
size_t esp_wrapped_size(const struct esp_sa *sa, size_t len, size_t header);

/* What a worker brings along. */
struct esp_worker {
	unsigned int number;
	struct ivgen *ivgen;
	uint16_t ip_id;	      /* of the last packet */
	uint32_t fragment_id; /* of the last IPv6 packet that was cut */
	int64_t now;	      /* env time of this burst, us */
	int64_t due; /* some lane wants to run then (qos_lane.h); 0: none */
	bool worn;   /* the numbers of some SA have come near their end */
	/* The pseudotime worked out last, and the us it is of. */
	int64_t stamped;
	uint64_t stamp;
};

enum esp_result {
	ESP_OK,
	ESP_NO_NUMBER,	/* the SA cannot send (any more) */
	ESP_BAD_LENGTH, /* no whole ESP packet, or not of this SA's form */
	ESP_BAD_PADDING,
	ESP_BAD_PROTOCOL, /* the next header is not what it has to be */
	ESP_NOT_TAGGED,	  /* a time stamp was expected */
	ESP_REPLAYED,	  /* outside of the window */
	ESP_BAD_INNER,	  /* no whole IP packet inside */
	ESP_BAD_ADDRESS,  /* outer and inner addresses differ */
	ESP_DUMMY,	  /* RFC 4303 2.6: to be thrown away in silence */
};

/* Makes the frame p, whose IP packet is ip, into an ESP frame that is ready
 * to be encrypted by op.  Its outer header has the DF of ip, which need not be
 * the packet's own.  On failure nothing has changed. */
enum esp_result esp_wrap(struct esp_worker *w, const struct esp_sa *sa,
			 struct pkt *p, const struct ipv4 *ip,
			 struct crypto_op *op);
/* Makes ready to decrypt: op covers the ESP packet of frame p. */
enum esp_result esp_open(const struct esp_sa *sa, const struct pkt *p,
			 const struct ipv4 *ip, struct crypto_op *op);

struct esp_times {
	uint64_t mine, peer; /* pseudotime, 32.32 fixed point seconds */
};

/* How far the two are apart, us. */
uint64_t esp_times_delta(const struct esp_times *times);

/* The ICV was right and p is decrypted: takes the ESP away, so that p is the
 * frame with the inner packet, and inner its header.  times: filled when the
 * SA has time stamps. */
enum esp_result esp_unwrap(struct esp_worker *w, const struct esp_sa *sa,
			   struct pkt *p, const struct ipv4 *ip,
			   const struct crypto_op *op, struct ipv4 *inner,
			   struct esp_times *times);

#endif
