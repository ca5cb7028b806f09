/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GDOI (RFC 6407): the policy of a group as a plain value, its payloads, and
 * the GROUPKEY-PULL exchange for both roles.  Sans-IO; control thread only. */
#ifndef GDOI_GDOI_H
#define GDOI_GDOI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/bytes.h"
#include "ipsec/transform.h"
#include "isakmp/isakmp.h"
#include "router/acl.h"

/* What show commands call our GETVPN software (IOS 15.4 says 1.0.8). */
#define GDOI_VERSION "1.0.8"

/* Tells isakmp/ which vendor ID we send: key servers and members alike call
 * this once, before phase 1 (again does no harm).  Only to a peer that sent
 * one of this family may our private extensions go. */
void gdoi_announce(struct isakmp *isakmp);

/* The group's identity, an ID payload (RFC 6407 5.1). */
struct gdoi_id {
	bool is_set;
	bool is_address;     /* ID_IPV4_ADDR, else ID_KEY_ID */
	uint32_t number;     /* ID_KEY_ID: 4 octets, network order */
	struct ip_addr addr; /* ID_IPV4_ADDR */
};
bool gdoi_id_equal(const struct gdoi_id *a, const struct gdoi_id *b);
#define GDOI_ID_TEXT IP_ADDR_TEXT
const char *gdoi_id_text(const struct gdoi_id *id, char *out);

enum gdoi_kek_cipher { GDOI_KEK_DES = 1, GDOI_KEK_3DES = 2, GDOI_KEK_AES = 3 };
enum gdoi_sig_hash {
	GDOI_SIG_MD5 = 1,
	GDOI_SIG_SHA1 = 2,
	GDOI_SIG_SHA256 = 3,
	GDOI_SIG_SHA384 = 4,
	GDOI_SIG_SHA512 = 5,
};

/* The rekey SA (RFC 6407 5.3). */
struct gdoi_kek {
	uint8_t spi[16]; /* I-cookie, R-cookie of the PUSH */
	enum gdoi_kek_cipher cipher;
	unsigned int key_bits; /* AES: 128, 192, 256; 3DES 192; DES 64 */
	struct keybuf iv, key;
	uint32_t lifetime; /* s that remain */
	enum gdoi_sig_hash sig_hash;
	struct keybuf pubkey;	  /* DER SubjectPublicKeyInfo */
	struct endpoint src, dst; /* of the PUSH */
	uint8_t ack;		  /* RFC 8263 KEK_ACK_REQUESTED, 0: none */
	/* What SIG_KEY_LENGTH said, bits; 0: nothing.  Not used for writing:
	 * it is the size of pubkey's DER then, as IOS has it. */
	unsigned int sig_bits;
};

/* A data-security SA (RFC 6407 5.5). */
struct gdoi_tek {
	uint32_t spi; /* host order */
	struct esp_transform transform;
	struct keybuf key, auth_key;
	uint32_t lifetime; /* s that remain */
	/* During a roll-over the group still has the TEK before: it guards the
	 * same rules, no rule names it, it only decrypts. */
	bool old;
	unsigned int newer; /* with old: index of the TEK that took over */
};

/* One entry of the group's ordered ACL. */
struct gdoi_rule {
	struct ace ace;	  /* only any/eq ports, contiguous wildcards */
	unsigned int tek; /* with permit: index into teks of its newest TEK */
};

/* RFC limits are none; ours bound memory against a hostile key server. */
enum gdoi_limits {
	GDOI_MAX_RULES = 1000,
	GDOI_MAX_TEKS = 200,
	GDOI_MAX_SIDS = 64,
};

struct gdoi_policy {
	bool has_kek;
	struct gdoi_kek kek;
	uint32_t seq; /* last PUSH sent under the KEK */
	struct gdoi_tek *teks;
	size_t n_teks;
	struct gdoi_rule *rules;
	size_t n_rules;
	uint32_t atd, dtd;    /* s, RFC 6407 5.4; 0: not given */
	bool receive_only;    /* SA direction attribute: receiver only */
	bool tbar;	      /* private extension */
	uint32_t tbar_window; /* s */
	/* Private extension, with and without TBAR: the group's clock when it
	 * was sent, so that members know how old a message is. */
	bool has_pseudotime;
	uint64_t pseudotime; /* 32.32 fixed point s */
	/* env_now() when a member read it (PULL message 2), 0: unknown.  What
	 * remains of the lifetimes and pseudotime count from then, however
	 * long the keys in message 4 were on their way. */
	int64_t as_of;
	/* A member's own note: it names all TEKs of the group that are in use,
	 * as key servers of our family do at a registration. */
	bool complete;
	/* Anti-replay window in packets, 0: none.  Not on the wire in RFC 6407:
	 * private extension as TBAR. */
	uint32_t replay_window;
	/* Sender IDs (RFC 6407 5.6.4). */
	unsigned int sid_bits;
	uint32_t *sids;
	size_t n_sids;
};

struct gdoi_policy *gdoi_policy_new(void);
void gdoi_policy_free(struct gdoi_policy *policy); /* wipes the keys */
/* Deep copy. */
struct gdoi_policy *gdoi_policy_copy(const struct gdoi_policy *policy);
/* NULL when an ACE can be sent; else why not (ranges, wildcard holes). */
const char *gdoi_ace_unsupported(const struct ace *ace);
/* Its meaning would be lost on a peer without our extensions (deny entries,
 * TBAR); the server refuses such a peer. */
bool gdoi_policy_needs_extensions(const struct gdoi_policy *policy);
/* A TEK with GCM or GMAC: members need sender IDs. */
bool gdoi_policy_has_counter_mode(const struct gdoi_policy *policy);

/* Writing and reading the SA and the KD payload bodies is in gdoi_sa.h and
 * gdoi_kd.h, for both PULL and PUSH. */

/* --- the group member's PULL -------------------------------------------- */

struct gdoi_pull;
struct gdoi_pull_ops {
	/* All verified: takes policy over. */
	void (*done)(void *ctx, struct gdoi_policy *policy);
	void (*failed)(void *ctx, struct isakmp_fault why);
	/* The SA payload came in (before any key is asked for): a fault makes
	 * the member refuse (RFC 6407 3.3).  The policy has no keys yet. */
	struct isakmp_fault (*check)(void *ctx,
				     const struct gdoi_policy *policy);
};
/* One callback, later; then the pull is gone. */
struct gdoi_pull *gdoi_pull_start(struct env *env, struct isakmp_sa *sa,
				  const struct gdoi_id *id,
				  unsigned int sids_wanted,
				  const struct gdoi_pull_ops *ops, void *ctx);
void gdoi_pull_cancel(struct gdoi_pull *pull); /* no callback any more */

/* --- the key server's PULL ----------------------------------------------- */

struct gdoi_peer { /* who registers */
	struct isakmp_sa *sa;
	struct endpoint local, remote;
	char version[16]; /* GETVPN version, "" if it told none */
	/* It is of our family: private extensions may be sent. */
	bool extensions;
	unsigned int sids_wanted; /* of GAP in message 3; 0: not asked */
};

struct gdoi_server_ops {
	/* Message 1 was right: the policy for this peer (keys included, the
	 * server frees it), or NULL with *why set.  Changes no state. */
	struct gdoi_policy *(*policy)(void *ctx, const struct gdoi_peer *peer,
				      const struct gdoi_id *id,
				      struct isakmp_fault *why);
	/* HASH(3) was right: the peer is alive.  Message 4 goes out when this
	 * returns true; it may set policy's SIDs, SEQ and lifetimes. */
	bool (*member)(void *ctx, const struct gdoi_peer *peer,
		       const struct gdoi_id *id, struct gdoi_policy *policy);
	/* A member said that it dislikes the policy. */
	void (*refused)(void *ctx, const struct gdoi_peer *peer,
			const struct gdoi_id *id);
};

struct gdoi_server;
struct gdoi_server *gdoi_server_new(struct env *env, struct isakmp *isakmp,
				    const struct gdoi_server_ops *ops,
				    void *ctx);
void gdoi_server_free(struct gdoi_server *server);

#endif
