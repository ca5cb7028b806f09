/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ISAKMP (RFC 2408) with IKEv1 phase 1 (RFC 2409) as GDOI uses it: main mode,
 * pre-shared keys, DOI 2, UDP 848; informational exchange, DPD (RFC 3706);
 * and the ground on which phase-2 exchanges (GROUPKEY-PULL) run.
 *
 * Sans-IO: everything goes through the env.  Control thread only. */
#ifndef ISAKMP_ISAKMP_H
#define ISAKMP_ISAKMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/env.h"
#include "base/rd.h"
#include "base/wr.h"
#include "cli/cli.h"

#define GDOI_PORT 848 /* RFC 6407 2.2 */
#define GDOI_DOI  2   /* RFC 6407 2.1 */
#define IPSEC_DOI 1

/* A message without an answer is sent again after 2 s, and then after twice
 * the time each, up to 8 s; after the last one the peer counts as silent.  IOS
 * waits 10 s each time.  That is too slow for a network that loses one packet
 * in four: a member has three minutes to come back before its keys end. */
#define ISAKMP_RETRY_FIRST SEC(2)
#define ISAKMP_RETRY_MAX   SEC(8)
#define ISAKMP_RETRIES	   6
/* Under an SA whose peer was not heard for a minute it may be that the peer has
 * forgotten it (it restarted): it is given up sooner, for a new phase 1. */
#define ISAKMP_RETRIES_OLD 2
#define ISAKMP_PROOF	   SEC(60)

enum isakmp_exchange_type {
	ISAKMP_MAIN_MODE = 2,
	ISAKMP_AGGRESSIVE = 4,
	ISAKMP_INFORMATIONAL = 5,
	ISAKMP_GROUPKEY_PULL = 32,     /* RFC 6407 3.2.1 */
	ISAKMP_GROUPKEY_PUSH = 33,     /* RFC 6407 4.2 */
	ISAKMP_GROUPKEY_PUSH_ACK = 35, /* RFC 8263 3.1 */
};

enum isakmp_payload_type {
	ISAKMP_NONE = 0,
	ISAKMP_SA = 1,
	ISAKMP_PROPOSAL = 2,
	ISAKMP_TRANSFORM = 3,
	ISAKMP_KE = 4,
	ISAKMP_ID = 5,
	ISAKMP_CERT = 6,
	ISAKMP_CERTREQ = 7,
	ISAKMP_HASH = 8,
	ISAKMP_SIG = 9,
	ISAKMP_NONCE = 10,
	ISAKMP_NOTIFICATION = 11,
	ISAKMP_DELETE = 12,
	ISAKMP_VENDOR_ID = 13,
	ISAKMP_SAK = 15, /* 15 to 18, 22: RFC 6407 5 */
	ISAKMP_SAT = 16,
	ISAKMP_KD = 17,
	ISAKMP_SEQ = 18,
	ISAKMP_GAP = 22,
};

enum isakmp_notify_type {
	ISAKMP_N_OK = 0, /* not on the wire: no fault */
	ISAKMP_N_INVALID_PAYLOAD_TYPE = 1,
	ISAKMP_N_DOI_NOT_SUPPORTED = 2,
	ISAKMP_N_INVALID_COOKIE = 4,
	ISAKMP_N_INVALID_MAJOR_VERSION = 5,
	ISAKMP_N_INVALID_EXCHANGE_TYPE = 7,
	ISAKMP_N_INVALID_FLAGS = 8,
	ISAKMP_N_INVALID_MESSAGE_ID = 9,
	ISAKMP_N_INVALID_PROTOCOL_ID = 10,
	ISAKMP_N_INVALID_SPI = 11,
	ISAKMP_N_ATTRIBUTES_NOT_SUPPORTED = 13,
	ISAKMP_N_NO_PROPOSAL_CHOSEN = 14,
	ISAKMP_N_BAD_PROPOSAL_SYNTAX = 15,
	ISAKMP_N_PAYLOAD_MALFORMED = 16,
	ISAKMP_N_INVALID_KEY_INFORMATION = 17,
	ISAKMP_N_INVALID_ID_INFORMATION = 18,
	ISAKMP_N_INVALID_HASH_INFORMATION = 23,
	ISAKMP_N_AUTHENTICATION_FAILED = 24,
	ISAKMP_N_INVALID_SIGNATURE = 25,
	ISAKMP_N_RESPONDER_LIFETIME = 24576,
	ISAKMP_N_INITIAL_CONTACT = 24578,
	ISAKMP_N_R_U_THERE = 36136,
	ISAKMP_N_R_U_THERE_ACK = 36137,
};

/* What is wrong with what a peer sent: the notify to answer with, and a
 * constant text for debug output and logs. */
struct isakmp_fault {
	uint16_t notify; /* enum isakmp_notify_type; 0: nothing is wrong */
	const char *text;
};

#define ISAKMP_OK	   ((struct isakmp_fault){ 0 })
#define ISAKMP_FAULT(n, t) ((struct isakmp_fault){ ISAKMP_N_##n, t })

struct isakmp_header {
	uint8_t icookie[8], rcookie[8];
	uint8_t next_payload, version, exchange, flags;
	uint32_t message_id, length;
};

#define ISAKMP_HEADER_SIZE 28
enum isakmp_flags { ISAKMP_F_ENCRYPTION = 1, ISAKMP_F_COMMIT = 2 };

/* A parsed payload chain (plaintext).  Points into the message. */
#define ISAKMP_MAX_PAYLOADS 32
struct isakmp_payload {
	uint8_t type;
	struct rd body;	    /* without the generic header */
	const uint8_t *raw; /* with it */
	size_t raw_len;
};

struct isakmp_message {
	struct isakmp_header header;
	struct isakmp_payload payloads[ISAKMP_MAX_PAYLOADS];
	size_t n;
	/* From the first payload to the end of the last, without padding. */
	const uint8_t *chain;
	size_t chain_len;
};

#define ISAKMP_GENERIC_SIZE 4 /* of a payload's generic header */

bool isakmp_header_parse(struct rd *r, struct isakmp_header *out);
void isakmp_header_write(struct wr *w, const struct isakmp_header *h);
/* Reads the chain that starts with payload type first out of r, of which
 * octets after the last payload (cipher padding) are left over.  Nested
 * chains (in SA, SAK ...) are read with the same function. */
struct isakmp_fault isakmp_chain_parse(struct rd r, uint8_t first,
				       struct isakmp_message *out);
/* One payload of a chain that may have more than ISAKMP_MAX_PAYLOADS (the
 * nested ones of an SA).  *type is what the payload before said; it is the
 * next one's after the call.  Stop when it is ISAKMP_NONE. */
struct isakmp_fault isakmp_payload_next(struct rd *r, uint8_t *type,
					struct isakmp_payload *out);
/* The only payload of this type; NULL if there is none or more than one. */
const struct isakmp_payload *isakmp_find(const struct isakmp_message *m,
					 uint8_t type);
/* Generic header with a gap for the length; give the result to
 * isakmp_payload_end() when the body is written. */
size_t isakmp_payload_begin(struct wr *w, uint8_t next);
void isakmp_payload_end(struct wr *w, size_t begin);

/* Attributes (RFC 2408 3.3): TV (value in value) or TLV (data). */
struct isakmp_attribute {
	uint16_t type;	/* without the AF bit */
	bool basic;	/* TV */
	uint16_t value; /* TV */
	struct rd data; /* TLV; a TV has its 2 octets here too */
};
/* False at the end of r, or when it is malformed (then r->bad). */
bool isakmp_attribute_next(struct rd *r, struct isakmp_attribute *out);
/* The value of a TV, or of a TLV of 1 to 4 octets; false if longer. */
bool isakmp_attribute_u32(const struct isakmp_attribute *a, uint32_t *out);
void isakmp_attribute_tv(struct wr *w, uint16_t type, uint16_t value);
void isakmp_attribute_tlv(struct wr *w, uint16_t type, const void *data,
			  size_t len);
void isakmp_attribute_u32_tlv(struct wr *w, uint16_t type, uint32_t value);

/* --- the instance ------------------------------------------------------ */

struct isakmp;	  /* one a router */
struct isakmp_sa; /* a phase-1 SA, established or being negotiated */

struct isakmp *isakmp_new(struct env *env);
void isakmp_free(struct isakmp *isakmp);
/* A datagram came in on UDP 848. */
void isakmp_input(struct isakmp *isakmp, const struct endpoint *local,
		  const struct endpoint *remote, const void *data, size_t len);
/* crypto isakmp ..., show crypto isakmp ..., debug crypto isakmp.
 * internal(arg): "service internal" is on (debug crypto isakmp keylog). */
void isakmp_cli_init(struct isakmp *isakmp, struct cli *cli,
		     bool (*internal)(void *arg), void *arg);

/* fn(arg) gets the initiator cookie and the cipher key of each SA that comes
 * up, while "service internal" is on: for an analyser of packets. */
enum { ISAKMP_COOKIE_OCTETS = 8 };
void isakmp_on_keys(struct isakmp *isakmp,
		    void (*fn)(void *arg, const uint8_t *icookie,
			       const uint8_t *key, size_t len),
		    void *arg);

/* Our vendor ID, sent in main mode messages 1 and 2. */
void isakmp_set_vendor_id(struct isakmp *isakmp, const void *id, size_t len);

/* What crypto isakmp identity hostname tells the peer: name(arg), to be freed
 * (NULL: the address, after all). */
void isakmp_set_name(struct isakmp *isakmp, char *(*name)(void *arg),
		     void *arg);

/* The name of a VRF (struct endpoint), NULL: it is gone.  Without it there are
 * none. */
void isakmp_set_vrfs(struct isakmp *isakmp,
		     const char *(*name)(void *arg, uint32_t vrf), void *arg);

/* --- phase 1 ------------------------------------------------------------ */

/* One callback runs, once, later than this call: up when an SA is there
 * (an established one between the two is used again), failed when there
 * will be none (after the retransmissions; NULL text never).  local.port
 * and remote.port are GDOI_PORT. */
struct isakmp_connect; /* an outstanding wish */
struct isakmp_connect_ops {
	void (*up)(void *ctx, struct isakmp_sa *sa);
	void (*failed)(void *ctx, struct isakmp_fault why);
};
struct isakmp_connect *isakmp_connect(struct isakmp *isakmp,
				      const struct endpoint *local,
				      const struct endpoint *remote,
				      const struct isakmp_connect_ops *ops,
				      void *ctx);
/* No callback will run any more; the SA goes if nobody else waits for it. */
void isakmp_connect_cancel(struct isakmp_connect *c);

struct endpoint isakmp_sa_local(const struct isakmp_sa *sa);
struct endpoint isakmp_sa_remote(const struct isakmp_sa *sa);
unsigned int isakmp_sa_conn_id(const struct isakmp_sa *sa); /* from 1001 */
/* The peer was heard under it within the last ISAKMP_PROOF. */
bool isakmp_sa_is_proven(const struct isakmp_sa *sa);
/* The first vendor ID of the peer that starts with prefix; NULL: none.
 * Good as long as the SA. */
const uint8_t *isakmp_sa_vendor_id(const struct isakmp_sa *sa,
				   const void *prefix, size_t prefix_len,
				   size_t *len);
/* Phase-1 identity as the peer claims it: ID type (enum isakmp_id_type), and
 * its octets.  An address is the peer's own; of a name a pre-shared key proves
 * only that the peer has the key of its address. */
uint8_t isakmp_sa_peer_id(const struct isakmp_sa *sa, const uint8_t **data,
			  size_t *len);
/* We began it. */
bool isakmp_sa_is_ours(const struct isakmp_sa *sa);
/* Ends it, telling the peer by an informational delete. */
void isakmp_sa_delete(struct isakmp_sa *sa);
enum isakmp_id_type { /* RFC 2407 4.6.2.1 */
		      ISAKMP_ID_FQDN = 2,
		      ISAKMP_ID_USER_FQDN = 3,
};
/* A notify under the SA's protection. */
void isakmp_sa_notify(struct isakmp_sa *sa, uint16_t notify, const void *data,
		      size_t len);
/* A notify about another exchange came in, protected; NULL: nobody. */
void isakmp_on_notify(struct isakmp *isakmp,
		      void (*fn)(void *ctx, struct isakmp_sa *sa,
				 uint16_t notify, struct rd data),
		      void *ctx);

/* Any SA is up now (before those who wait for it are told), or one that was up
 * has ended (after its exchanges were told; it is gone when fn returns).  fn
 * may end SAs and cancel wishes.  NULL: nobody. */
void isakmp_on_sa(struct isakmp *isakmp,
		  void (*fn)(void *ctx, struct isakmp_sa *sa, bool up),
		  void *ctx);

/* A row for show crypto isakmp sa that is no phase-1 SA (GDOI_REKEY). */
struct isakmp_show_row {
	struct ip_addr dst, src;
	const char *state;
	unsigned int conn_id;
};
void isakmp_on_show(struct isakmp *isakmp,
		    void (*fn)(void *ctx,
			       void (*row)(void *arg,
					   const struct isakmp_show_row *r),
			       void *arg),
		    void *ctx);
/* show crypto session.  Others say theirs first: fn(arg, detail, o). */
struct isakmp_session {
	const char *ifname;   /* or NULL */
	const char *status;   /* "UP-ACTIVE" */
	struct endpoint peer; /* its VRF: fvrf */
	uint32_t ivrf;
	const char *id; /* of phase 1, or NULL */
};
struct cli_out;
/* What every session begins with. */
void isakmp_session_say(const struct isakmp *isakmp,
			const struct isakmp_session *s, bool detail,
			struct cli_out *o);
void isakmp_on_session(struct isakmp *isakmp,
		       void (*fn)(void *arg, bool detail, struct cli_out *o),
		       void *arg);
struct isakmp_engine { /* a line of show crypto engine connections active */
	unsigned int conn_id;
	const char *type, *algorithm; /* "IPsec", "AES+SHA" */
	unsigned long long encrypted, decrypted;
	struct ip_addr addr; /* ours */
};
void isakmp_engine_say(const struct isakmp_engine *e, struct cli_out *o);
/* fn says those of IPsec. */
void isakmp_on_engine(struct isakmp *isakmp,
		      void (*fn)(void *arg, struct cli_out *o), void *arg);
/* The name of the interface with that address, or NULL. */
void isakmp_set_interfaces(struct isakmp *isakmp,
			   const char *(*interface)(void *arg,
						    const struct endpoint *at),
			   void *arg);
/* What show crypto debug-condition says below ISAKMP's own ones. */
void isakmp_on_conditions(struct isakmp *isakmp,
			  void (*fn)(void *ctx, struct cli_out *o), void *ctx);
/* A fresh number for show crypto isakmp sa. */
unsigned int isakmp_new_conn_id(struct isakmp *isakmp);

/* --- exchanges under a phase-1 SA -------------------------------------- */

/* One exchange has one message ID, a chain of IVs, and one message of the
 * peer outstanding at a time.  isakmp/ encrypts, retransmits (as often
 * as ISAKMP_RETRIES), answers duplicates with the last message sent, and ends
 * the exchange with its SA.  The IV moves only when message() took a message
 * (returned ISAKMP_OK). */
struct isakmp_exchange;
struct isakmp_exchange_ops {
	/* m starts with a HASH payload.  Check it with isakmp_hash_ok() before
	 * anything else.  A fault is answered with its notify; the exchange
	 * stays as it was (a forged message must not end it). */
	struct isakmp_fault (*message)(void *ctx, struct isakmp_exchange *x,
				       const struct isakmp_message *m);
	/* The end, unless isakmp_exchange_end() came first: the peer is silent
	 * (INVALID_COOKIE: it may have forgotten the SA) or the SA is gone.  Free ctx here; x is gone after this. */
	void (*gone)(void *ctx, struct isakmp_fault why);
	/* May be NULL.  A notify came in under the SA, genuine, about nobody
	 * knows what: anybody's garbage makes a peer send one, so believe only
	 * data that binds it to this exchange. */
	void (*notified)(void *ctx, struct isakmp_exchange *x, uint16_t notify,
			 struct rd data);
};
/* NULL when the SA has ended (or is not up yet). */
struct isakmp_exchange *
isakmp_exchange_new(struct isakmp_sa *sa, uint8_t type,
		    const struct isakmp_exchange_ops *ops, void *ctx);
/* No callback after this (except that a duplicate of the peer's last message
 * is still answered for a while). */
void isakmp_exchange_end(struct isakmp_exchange *x);
struct isakmp_sa *isakmp_exchange_sa(struct isakmp_exchange *x);

/* Sends HDR*, HASH, body.  first: payload type of body, whose own chain ends
 * with next payload 0.  HASH = prf(SKEYID_a, M-ID | prefix | body).
 * answered: an answer is waited for, so it is retransmitted until one comes. */
bool isakmp_exchange_send(struct isakmp_exchange *x, const void *prefix,
			  size_t prefix_len, uint8_t first, const void *body,
			  size_t len, bool answered)
	__attribute__((warn_unused_result)); /* false: too long */
bool isakmp_hash_ok(struct isakmp_exchange *x, const struct isakmp_message *m,
		    const void *prefix, size_t prefix_len);

/* The peer may start exchanges of this type (no longer, with NULL; the last
 * call for a type holds): accept is called when one with
 * an unknown message ID comes in (nothing is verified yet) and fills ops and
 * ctx for it; false refuses. */
void isakmp_serve(struct isakmp *isakmp, uint8_t type,
		  bool (*accept)(void *arg, struct isakmp_exchange *x,
				 const struct isakmp_exchange_ops **ops,
				 void **ctx),
		  void *arg);
/* Messages of this exchange type do not belong to a phase-1 SA (PUSH, ACK):
 * they are handed on as they came. */
void isakmp_serve_raw(struct isakmp *isakmp, uint8_t type,
		      void (*fn)(void *arg, const struct endpoint *local,
				 const struct endpoint *remote,
				 const struct isakmp_header *header,
				 struct rd datagram),
		      void *arg);

/* --- RSA keys (crypto key generate ...) --------------------------------- */

struct isakmp_keys; /* the router's own key pairs, private-config */
struct evp_pkey_st; /* OpenSSL's EVP_PKEY */

/* path: private-config (0600, created when first needed). */
struct isakmp_keys *isakmp_keys_new(struct env *env, const char *path);
void isakmp_keys_free(struct isakmp_keys *keys);
/* Borrowed; NULL when there is none.  Take a reference to keep it. */
struct evp_pkey_st *isakmp_keys_find(struct isakmp_keys *keys,
				     const char *label);
/* The private key in PEM (PKCS#8), to be wiped and freed; NULL: there is none
 * of this label (NULL: any) with so many bits. */
char *isakmp_keys_pem(struct isakmp_keys *keys, const char *label,
		      unsigned int bits);
/* fn(arg, label) after a pair came, changed or went. */
void isakmp_keys_watch(struct isakmp_keys *keys,
		       void (*fn)(void *arg, const char *label), void *arg);
/* label(arg): what a pair is called that is given no label (HOST.DOMAIN), to be
 * freed; NULL: there is no domain name.  It may be NULL itself. */
void isakmp_keys_cli_init(struct isakmp_keys *keys, struct cli *cli,
			  char *(*label)(void *arg), void *arg);

#endif
