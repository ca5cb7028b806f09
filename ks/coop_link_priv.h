/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of coop_link.h's ISAKMP side share.  coop_session.c keeps the
 * phase-1 SA with a peer, coop_outbox.c cuts and sends, coop_inbox.c puts
 * together, coop_link.c knows whose a part is.
 *
 * Nothing is freed and nobody is told anything while ISAKMP or a user of a
 * link is in the middle of something: the session's wake timer does it. */
#ifndef KS_COOP_LINK_PRIV_H
#define KS_COOP_LINK_PRIV_H

#include <sys/queue.h>

#include "base/bytes.h"
#include "ks/coop_link.h"
#include "ks/coop_pdu.h"

enum coop_link_times { /* s */
		       /* From one failure of phase 1 to the next try, which takes twice as
	 * long each time: IOS tries again with each announcement (20). */
		       COOP_PAUSE_FIRST = 5,
		       COOP_PAUSE_MAX = 20,
		       /* Two SAs: so long may exchanges under the one that goes last. */
		       COOP_TIDY = 2,
		       /* So long the peer's is not used while ours is still negotiated. */
		       COOP_SPARE_WAIT = 5,
		       /* A part without an answer from a peer that answers others goes in a
	 * new exchange, or its silence would end the SA. */
		       COOP_RENEW = 5,
		       /* From one part of a message to the next at the receiver; longer than
	 * ISAKMP repeats one. */
		       COOP_ASSEMBLY = 60,
};

enum coop_link_sizes {
	COOP_STREAMS_PAST = 8, /* ended ones of the peer, remembered */
	/* Messages waiting and those that were dropped, but not told yet. */
	COOP_QUEUE_ALL = COOP_QUEUE + COOP_WINDOW,
};

struct coop_message {
	TAILQ_ENTRY(coop_message) entry;
	struct keybuf data;
	uint32_t number;
	uint16_t count;
	bool dropped;
};

/* A part on its way. */
struct coop_slot {
	struct coop_link *link;
	bool used;
	uint16_t index;
	struct isakmp_exchange *x; /* NULL: it has to be sent again */
	int64_t sent_at;
	struct env_timer *renew;
};

/* To the peer: the head of the queue is under way. */
struct coop_outbox {
	uint32_t stream, number;
	TAILQ_HEAD(, coop_message) queue;
	size_t n;
	uint16_t next; /* part that was not sent yet */
	uint16_t acked;
	size_t octets;
	struct coop_slot slots[COOP_WINDOW];
};

enum coop_inbox_state {
	COOP_INBOX_NONE,
	COOP_INBOX_OPEN, /* some parts of message number are there */
	COOP_INBOX_DONE,
	COOP_INBOX_GIVEN_UP,
};

struct coop_inbox {
	bool known; /* stream is one */
	uint32_t stream, number;
	enum coop_inbox_state state;
	struct keybuf data;
	uint8_t *got; /* 1 for each part that is there */
	uint16_t count, n_got;
	size_t octets;
	struct env_timer *timer;
	uint32_t past[COOP_STREAMS_PAST];
	size_t n_past;
};

struct coop_link {
	TAILQ_ENTRY(coop_link) entry;
	struct coop_session *session;
	struct gdoi_id id;
	const struct coop_link_ops *ops;
	void *ctx;
	bool wanted;
	/* No callback any more; it goes when its queue is empty. */
	bool closed;
	enum coop_link_status told;
	struct coop_outbox out;
	struct coop_inbox in;
};

/* All groups with the same two addresses. */
struct coop_session {
	TAILQ_ENTRY(coop_session) entry;
	struct coop_links *owner;
	struct endpoint local, remote;
	TAILQ_HEAD(, coop_link) links;
	struct isakmp_sa *sa;	 /* in use; NULL: none */
	struct isakmp_sa *spare; /* goes soon, or is used if none comes */
	struct isakmp_connect *connect;
	enum coop_link_status status;
	unsigned int failures;
	int64_t answered_at; /* the last answer of the peer; 0: none */
	struct env_timer *again, *tidy, *wake;
};

TAILQ_HEAD(coop_sessions, coop_session);

struct coop_links {
	struct env *env;
	struct isakmp *isakmp;
	struct coop_sessions sessions;
	void (*on_stranger)(void *ctx, const struct ip_addr *local,
			    const struct ip_addr *remote,
			    const struct gdoi_id *id);
	void *on_stranger_ctx;
	void (*on_unreadable)(void *ctx, const struct ip_addr *local,
			      const struct ip_addr *remote, const char *why);
	void *on_unreadable_ctx;
};

static inline struct env *coop_link_env(const struct coop_link *link)
{
	return link->session->owner->env;
}

/* coop_session.c */
struct coop_session *coop_session_find(struct coop_links *links,
				       const struct ip_addr *local,
				       const struct ip_addr *remote);
struct coop_session *coop_session_get(struct coop_links *links,
				      const struct ip_addr *local,
				      const struct ip_addr *remote);
void coop_session_want(struct coop_session *s, bool fast);
/* What is to be told or tried is, soon. */
void coop_session_wake(struct coop_session *s);
void coop_session_free(struct coop_session *s);
/* Of isakmp_on_sa(). */
void coop_session_sa(void *links, struct isakmp_sa *sa, bool up);

/* coop_outbox.c */
void coop_outbox_init(struct coop_link *link);
void coop_outbox_fini(struct coop_link *link);
bool coop_outbox_add(struct coop_link *link, const void *message, size_t len,
		     size_t pdu) __attribute__((warn_unused_result));
/* Sends what may be sent now. */
void coop_outbox_run(struct coop_link *link);
/* No message arrives. */
void coop_outbox_fail(struct coop_link *link);
/* Writes a COOP payload as an ISAKMP body and sends it.  False: too long. */
bool coop_pdu_send(struct isakmp_exchange *x, const struct coop_pdu *pdu,
		   bool answered, size_t *octets)
	__attribute__((warn_unused_result));

/* coop_inbox.c */
void coop_inbox_fini(struct coop_link *link);
/* What to answer (enum coop_pdu_kind); 0: the part contradicts another one.
 * *whole: coop_inbox_deliver() has something to do. */
uint8_t coop_inbox_take(struct coop_link *link, const struct coop_pdu *pdu,
			bool *whole) __attribute__((warn_unused_result));
void coop_inbox_deliver(struct coop_link *link);

/* coop_link.c */
void coop_link_free(struct coop_link *link);

#endif
