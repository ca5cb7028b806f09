/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of isakmp/ share: the instance, the SA, the exchange.
 *
 * An SA lives from message 1 (or from isakmp_connect()) until its lifetime
 * ends, its peer deletes it or is silent, or the negotiation fails.  It owns
 * its exchanges.  Whoever calls out of an SA holds a reference meanwhile, so
 * that the callee may end it. */
#ifndef ISAKMP_ISAKMP_INTERNAL_H
#define ISAKMP_ISAKMP_INTERNAL_H

#include <sys/queue.h>

#include "base/bytes.h"
#include "isakmp/isakmp.h"
#include "isakmp/isakmp_debug.h"
#include "isakmp/isakmp_dh.h"
#include "isakmp/isakmp_keyring.h"
#include "isakmp/isakmp_msg.h"
#include "isakmp/isakmp_policy.h"
#include "isakmp/isakmp_skeyid.h"

#define ISAKMP_VERSION 0x10 /* RFC 2408 3.1: 1.0 */

enum isakmp_limits {
	/* crypto call admission limit ike in-negotiation-sa: IOS has 1000 */
	HALF_OPEN_MAX = 1000,
	/* Of one address, which need not be its true sender's: large, or a few
	 * false ones would push the peer's own out. */
	HALF_OPEN_PER_PEER = HALF_OPEN_MAX / 4,
	HALF_OPEN_LIFETIME = 60, /* s */
	/* s after message 4: two repetitions of message 5 */
	HALF_OPEN_KE_LIFETIME = 30,
	/* Established ones with one peer; the oldest goes first. */
	SA_PER_PEER = 8,
	/* An SA about to end is not given to a new user. */
	SA_REUSE_MIN = 10,  /* s */
	SA_BODY_MAX = 4096, /* octets of an SA payload that we keep */
	ID_MAX = 256,	    /* octets of an ID's data (RFC 2407: FQDN) */
	NONCE_LEN = 20,	    /* ours; RFC 2409 5: 8 to 256 */
	NONCE_MIN = 8,
	NONCE_MAX = 256,
	VENDOR_IDS_MAX = 8, /* kept of one peer */
	VENDOR_ID_MAX = 64,
	REANSWERS_MAX = 10, /* times that a duplicate is answered */
	DH_FAILURES_MAX = 3,
	EXCHANGES_MAX = 16, /* started by the peer, at a time, per SA */
	FINISHED_MAX = 4,   /* remembered for their duplicates, per SA */
	EXCHANGE_IDLE = 60, /* s; also how long a finished one is kept */
	NOTIFIES_PER_SEC = 5,
	LOG_PER_MINUTE = 10,  /* of one kind of message */
	INFO_REMEMBERED = 8,  /* message IDs of informational exchanges */
	DATAGRAM_MAX = 65507, /* of UDP over IPv4 */
	BUCKETS = 1024,
	MM_TAKEN = 3,  /* messages that a side gets in main mode */
	DPD_TRIES = 5, /* unanswered before the peer is dead */
	SERVED_MAX = 8,
};

/* state, what show crypto isakmp sa calls it.  I and R: who we are. */
#define MM_STATES(X)                     \
	X(MM_OFFERED, "MM_NO_STATE")     \
	X(MM_I_MAKING_KE, "MM_SA_SETUP") \
	X(MM_I_KE_SENT, "MM_SA_SETUP")   \
	X(MM_I_SHARING, "MM_KEY_EXCH")   \
	X(MM_I_AUTH_SENT, "MM_KEY_EXCH") \
	X(MM_R_ANSWERED, "MM_SA_SETUP")  \
	X(MM_R_SHARING, "MM_SA_SETUP")   \
	X(MM_R_KE_SENT, "MM_KEY_EXCH")   \
	X(MM_UP, "GDOI_IDLE")

#define MM_STATE_ENUM(id, text) id,
enum mm_state { MM_STATES(MM_STATE_ENUM) MM_N_STATES };

/* So many in a stretch of time, the rest is silent. */
struct isakmp_rate {
	int64_t start;
	unsigned int n;
};

struct isakmp_vendor_id {
	uint8_t data[VENDOR_ID_MAX];
	size_t len;
};

/* Only while phase 1 is negotiated; wiped when it ends. */
struct isakmp_negotiation {
	uint8_t *sai_b; /* body of the initiator's SA payload */
	size_t sai_len;
	uint8_t ni[NONCE_MAX], nr[NONCE_MAX];
	size_t ni_len, nr_len;
	uint8_t gxi[ISAKMP_DH_PUBLIC_MAX], gxr[ISAKMP_DH_PUBLIC_MAX];
	uint8_t private[ISAKMP_DH_PRIVATE_MAX];
	unsigned int dh_failures;
	bool initial_contact; /* the peer says so */
};

struct isakmp_served {
	uint8_t type;
	bool (*accept)(void *arg, struct isakmp_exchange *x,
		       const struct isakmp_exchange_ops **ops, void **ctx);
	void (*raw)(void *arg, const struct endpoint *local,
		    const struct endpoint *remote,
		    const struct isakmp_header *header, struct rd datagram);
	void *arg;
};

/* A datagram that was sent, to be sent again. */
struct isakmp_sent {
	uint8_t *data;
	size_t len;
	unsigned int reanswers;
};

/* SHA-256 of a datagram that was taken: what a duplicate is known by,
 * before any decryption. */
struct isakmp_taken {
	uint8_t hash[ISAKMP_HASH_MAX];
	bool set;
};

struct isakmp_exchange {
	TAILQ_ENTRY(isakmp_exchange) entry;
	struct isakmp_sa *sa;
	uint8_t type;
	uint32_t message_id;
	bool by_peer;
	const struct isakmp_exchange_ops *ops; /* NULL: finished */
	void *ctx;
	uint8_t iv[ISAKMP_BLOCK_MAX];
	struct isakmp_taken taken;
	struct isakmp_sent sent;
	bool answers; /* sent was sent after taken was taken */
	unsigned int tries, max_tries;
	struct env_timer *timer;   /* retransmission, idle, forgetting */
	unsigned int notify_round; /* last notify that it heard */
	unsigned int refs;
	bool dead;
};

TAILQ_HEAD(isakmp_exchanges, isakmp_exchange);

struct isakmp_connect {
	TAILQ_ENTRY(isakmp_connect) entry;
	struct isakmp *isakmp;
	struct isakmp_sa *sa; /* NULL: it has failed already */
	const struct isakmp_connect_ops *ops;
	void *ctx;
	struct env_timer *timer;
	struct isakmp_fault fault;
};

struct isakmp_sa {
	TAILQ_ENTRY(isakmp_sa) entry;
	LIST_ENTRY(isakmp_sa) by_cookie; /* our own one */
	LIST_ENTRY(isakmp_sa) by_peer;
	TAILQ_ENTRY(isakmp_sa) half_open; /* while it is */
	struct isakmp *isakmp;
	bool initiator;
	enum mm_state state;
	unsigned int conn_id; /* 0 until it is up */
	uint8_t icookie[ISAKMP_COOKIE], rcookie[ISAKMP_COOKIE];
	struct endpoint local, remote;
	int64_t created, up_at;
	unsigned int refs;
	bool dead;

	struct isakmp_proposal chosen;
	struct isakmp_negotiation *neg; /* NULL when up */
	struct isakmp_skeyid keys;
	uint8_t iv[ISAKMP_BLOCK_MAX]; /* last block of phase 1 */
	/* Of phase 1, the last one first: a network may repeat any of them. */
	struct isakmp_taken taken[MM_TAKEN];
	struct isakmp_sent sent;
	unsigned int tries;
	struct env_timer *retry;
	struct env_timer *expiry;
	struct env_job *job;

	uint8_t id_type, id[ID_MAX];
	size_t id_len;
	struct isakmp_vendor_id vendor_ids[VENDOR_IDS_MAX];
	size_t n_vendor_ids;

	bool peer_dpd;
	struct env_timer *dpd;
	uint32_t dpd_sent, dpd_got;
	bool dpd_got_any;
	unsigned int dpd_tries;
	int64_t heard; /* the last proof that the peer is alive */
	bool suspect;  /* it did not answer; not for new users */
	uint32_t info_ids[INFO_REMEMBERED];
	unsigned int info_at;
	struct isakmp_rate notifies;

	struct isakmp_exchanges exchanges;
	unsigned int notify_round;
	TAILQ_HEAD(, isakmp_connect) connects;
};

TAILQ_HEAD(isakmp_sas, isakmp_sa);
LIST_HEAD(isakmp_bucket, isakmp_sa);

struct isakmp_counters {
	unsigned int malformed, no_sa, not_encrypted, duplicates, hints;
	unsigned int refused_half_open, evicted_half_open, unexpected, bad_hash;
	unsigned int failed, dead_peers;
};

/* crypto isakmp keepalive */
struct isakmp_keepalive {
	uint32_t seconds; /* 0: off */
	uint32_t retry;
	bool periodic;
};
#define ISAKMP_DPD_RETRY_DEFAULT 2

struct isakmp_kept; /* configuration that is only kept, and keyrings */

struct isakmp {
	struct env *env;
	struct cli *cli;
	struct isakmp_policies policies;
	struct isakmp_keyring keyring;
	struct isakmp_keepalive keepalive;
	uint8_t secret[32]; /* of the responder's cookies */
	uint32_t bucket_key;
	uint8_t vendor_id[VENDOR_ID_MAX];
	size_t vendor_id_len;
	bool by_name; /* crypto isakmp identity hostname */
	char *(*name)(void *arg);
	void *name_arg;
	const char *(*vrf_name)(void *arg, uint32_t vrf); /* or NULL */
	void *vrf_arg;
	const char *(*interface)(void *arg, const struct endpoint *at);
	void *interface_arg;
	void (*on_session)(void *arg, bool detail, struct cli_out *o);
	void *on_session_arg;
	void (*on_engine)(void *arg, struct cli_out *o);
	void *on_engine_arg;

	struct isakmp_sas sas;
	struct isakmp_sas half_open; /* of peers that began, oldest first */
	unsigned int n_half_open;
	struct isakmp_bucket by_cookie[BUCKETS], by_peer[BUCKETS];
	TAILQ_HEAD(, isakmp_connect) failed; /* connects without an SA */
	unsigned int next_conn_id;
	struct isakmp_served served[SERVED_MAX];
	size_t n_served;
	void (*on_notify)(void *ctx, struct isakmp_sa *sa, uint16_t notify,
			  struct rd data);
	void *on_notify_ctx;
	void (*on_sa)(void *ctx, struct isakmp_sa *sa, bool up);
	void *on_sa_ctx;
	void (*on_show)(void *ctx,
			void (*row)(void *arg, const struct isakmp_show_row *r),
			void *arg);
	void *on_show_ctx;
	void (*on_conditions)(void *ctx, struct cli_out *o);
	void *on_conditions_ctx;

	struct isakmp_counters counters;
	struct isakmp_rate log_bad, log_no_sa, log_mode, log_clear, clear_sent;
	struct isakmp_debug debug;
	struct isakmp_rate strangers; /* their debug lines */
	struct debug_flag keylog;
	bool (*internal)(void *arg);
	void *internal_arg;
	void (*on_keys)(void *arg, const uint8_t *icookie, const uint8_t *key,
			size_t len);
	void *on_keys_arg;
	bool disabled; /* no crypto isakmp enable */
	struct isakmp_kept *kept;
};

/* isakmp.c */
bool isakmp_rate_ok(struct env *env, struct isakmp_rate *rate, int64_t stretch,
		    unsigned int most);
void isakmp_taken_set(struct isakmp_taken *taken, struct rd datagram);
bool isakmp_taken_is(const struct isakmp_taken *taken, struct rd datagram);
void isakmp_sent_set(struct isakmp_sent *sent, const void *data, size_t len);
void isakmp_sent_free(struct isakmp_sent *sent);
void isakmp_log_bad(struct isakmp *isakmp, const struct endpoint *remote);
void isakmp_log_mode(struct isakmp *isakmp, const struct endpoint *remote);
void isakmp_log_clear(struct isakmp *isakmp, const struct endpoint *remote);
const struct isakmp_served *isakmp_served_find(const struct isakmp *isakmp,
					       uint8_t type);

/* A datagram of the SA. */
void isakmp_transmit(const struct isakmp_sa *sa, const void *data, size_t len);

/* isakmp_sa.c */
struct isakmp_sa *isakmp_sa_new(struct isakmp *isakmp, bool initiator,
				const struct endpoint *local,
				const struct endpoint *remote,
				const uint8_t *icookie, const uint8_t *rcookie);
/* By our own cookie; the other side's must be right if it is known. */
struct isakmp_sa *isakmp_sa_find(struct isakmp *isakmp,
				 const struct endpoint *local,
				 const struct endpoint *remote,
				 const uint8_t *icookie,
				 const uint8_t *rcookie);
/* Established, between the two, good for a new user; the newest. */
struct isakmp_sa *isakmp_sa_between(struct isakmp *isakmp,
				    const struct endpoint *local,
				    const struct endpoint *remote);
struct isakmp_bucket *isakmp_peer_bucket(struct isakmp *isakmp,
					 const struct ip_addr *peer);
void isakmp_sa_hold(struct isakmp_sa *sa);
void isakmp_sa_release(struct isakmp_sa *sa);
/* Without telling the peer. */
void isakmp_sa_end(struct isakmp_sa *sa, struct isakmp_fault why);
void isakmp_sa_set_up(struct isakmp_sa *sa, bool initial_contact);
/* Those of m, instead of any before. */
void isakmp_sa_vendor_ids(struct isakmp_sa *sa, const struct isakmp_message *m);
void isakmp_vendor_ids_write(const struct isakmp *isakmp, struct wr *w);
const char *isakmp_sa_state_name(const struct isakmp_sa *sa);
/* us until the lifetime ends */
int64_t isakmp_sa_remaining(const struct isakmp_sa *sa);
void isakmp_negotiation_free(struct isakmp_sa *sa);
bool isakmp_sa_is_half_open(const struct isakmp_sa *sa);

/* isakmp_main.c */
/* False: nothing to offer. */
bool isakmp_main_start(struct isakmp_sa *sa)
	__attribute__((warn_unused_result));
void isakmp_main_message(struct isakmp_sa *sa, const struct isakmp_header *h,
			 struct rd datagram);
/* isakmp_first.c: message 1, at the responder */
void isakmp_main_first(struct isakmp *isakmp, const struct endpoint *local,
		       const struct endpoint *remote,
		       const struct isakmp_header *h, struct rd datagram);
/* The SA ends unless it is up after so many seconds from now. */
void isakmp_half_open_for(struct isakmp_sa *sa, unsigned int seconds);
/* Writes a main mode message around the payloads, sends and keeps it. */
void isakmp_main_send(struct isakmp_sa *sa, uint8_t first, const void *chain,
		      size_t len, bool encrypt);
/* What both sides have seen of the SA's negotiation so far. */
struct isakmp_seen isakmp_main_seen(const struct isakmp_sa *sa);

/* isakmp_auth.c */
void isakmp_auth_send(struct isakmp_sa *sa);
struct isakmp_fault isakmp_auth_take(struct isakmp_sa *sa,
				     const struct isakmp_message *m)
	__attribute__((warn_unused_result));

/* isakmp_info.c */
void isakmp_info_input(struct isakmp_sa *sa, const struct isakmp_header *h,
		       struct rd datagram);
void isakmp_info_delete(struct isakmp_sa *sa);
/* In the clear, about a message that began no SA. */
void isakmp_info_clear(struct isakmp *isakmp, const struct endpoint *local,
		       const struct endpoint *remote,
		       const struct isakmp_header *about, uint16_t notify);
/* A notify for a fault, at a sane rate. */
void isakmp_info_fault(struct isakmp_sa *sa, struct isakmp_fault fault);
void isakmp_dpd_start(struct isakmp_sa *sa);
/* The peer owes an answer: with on-demand keepalives it is asked now. */
void isakmp_dpd_worry(struct isakmp_sa *sa);
/* It has shown just now that it is there. */
void isakmp_dpd_heard(struct isakmp_sa *sa);

/* isakmp_exchange.c */
void isakmp_exchange_input(struct isakmp_sa *sa, const struct isakmp_header *h,
			   struct rd datagram);
void isakmp_exchanges_end(struct isakmp_sa *sa, struct isakmp_fault why);
void isakmp_exchanges_notified(struct isakmp_sa *sa, uint16_t notify,
			       struct rd data);
/* Opens a phase-2 message: *plain is heap memory (to be wiped and freed), m
 * points into it.  last: the block that the next IV is. */
struct isakmp_fault isakmp_open(struct isakmp_sa *sa,
				const struct isakmp_header *h,
				struct rd datagram, const uint8_t *iv,
				uint8_t **plain, size_t *plain_len,
				struct isakmp_message *m);
/* Builds HDR*, HASH, body; iv becomes the last block.  Heap; NULL: too long. */
uint8_t *isakmp_seal(struct isakmp_sa *sa, uint8_t type, uint32_t message_id,
		     uint8_t *iv, struct isakmp_part prefix, uint8_t first,
		     struct isakmp_part body, size_t *len);
bool isakmp_hash_check(const struct isakmp_sa *sa, uint32_t message_id,
		       const struct isakmp_message *m,
		       struct isakmp_part prefix);

/* isakmp_connect.c */
void isakmp_connects_up(struct isakmp_sa *sa);
void isakmp_connects_failed(struct isakmp_sa *sa, struct isakmp_fault why);
void isakmp_connects_free(struct isakmp *isakmp);

/* isakmp_kept.c: NULL: no key for this peer in its VRF. */
const struct isakmp_psk *isakmp_psk_for(const struct isakmp *isakmp,
					const struct endpoint *peer);
void isakmp_kept_free(struct isakmp *isakmp);

/* Until the next time that a message is sent, after so many repetitions. */
static inline int64_t isakmp_retry_delay(unsigned int tries)
{
	int64_t delay = ISAKMP_RETRY_FIRST << tries;

	return delay < ISAKMP_RETRY_MAX ? delay : ISAKMP_RETRY_MAX;
}

#endif
