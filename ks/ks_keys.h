/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A group's keys as plain values with a life: the KEK of the rekey SA and the
 * TEKs of one "sa ipsec N".  Times are env_now() microseconds. */
#ifndef KS_KS_KEYS_H
#define KS_KS_KEYS_H

#include <sys/queue.h>

#include "base/env.h"
#include "gdoi/gdoi.h"

struct ks_life {
	int64_t born;
	uint32_t seconds; /* as configured when it was made */
	/* Cut short by a policy replacement: so many seconds from then on; 0:
	 * it was not.  IOS shows it as override life. */
	uint32_t override;
	int64_t cut_at;
};

struct ks_kek {
	uint8_t spi[16]; /* neither half is zero: they become cookies */
	enum gdoi_kek_cipher cipher;
	unsigned int key_bits;
	struct keybuf iv, key;
	struct ks_life life;
	uint32_t seq;	     /* last PUSH under it; the next one has seq + 1 */
	unsigned int number; /* the group's first is 1, then counting up */
	/* What its SAK says of the PUSHes under it.  Members go by that until
	 * they get another KEK, whatever is configured meanwhile. */
	enum gdoi_sig_hash sig_hash;
	struct evp_pkey_st *signer; /* a reference; NULL: nobody signs */
	char *signer_label;	    /* of the pair, or NULL */
	bool unicast;
	struct endpoint dst; /* not unicast */
	/* KEK_ACK_REQUESTED for strict members, and for those of our family. */
	uint8_t ack[2];
	/* Of show crypto isakmp sa; 0: not shown yet (ks_show_sa.c). */
	unsigned int conn_id;
	/* The one before, while members that have not acknowledged this one
	 * may still have it; to its end. */
	struct ks_kek *older;
};

struct ks_tek {
	uint32_t spi;
	struct keybuf key, auth_key;
	/* Counter modes have a TEK for each permit entry,
	 * all others one for all. */
	bool per_ace;
	struct ace ace;
};

/* TEKs that were made together and end together. */
struct ks_tek_set {
	struct esp_transform transform;
	struct ks_life life;
	bool told; /* another key server made it: life.born is not exact */
	struct ks_tek *teks;
	size_t n;
	TAILQ_ENTRY(ks_tek_set) entry;
};

TAILQ_HEAD(ks_tek_sets, ks_tek_set); /* the newest first */

/* Of the life that is left, whole seconds, rounded down. */
uint32_t ks_life_remaining(const struct ks_life *life, int64_t now);
uint32_t ks_life_elapsed(const struct ks_life *life, int64_t now);
/* Leaves it at most so many seconds from now. */
void ks_life_cut(struct ks_life *life, int64_t now, uint32_t seconds);
/* When it ends, us. */
int64_t ks_life_end(const struct ks_life *life);

struct ks_kek *ks_kek_new(struct env *env, enum gdoi_kek_cipher cipher,
			  unsigned int key_bits, uint32_t seconds);
void ks_kek_free(struct ks_kek *kek); /* NULL is fine */
/* With all older ones. */
void ks_kek_free_all(struct ks_kek *kek);
/* kek or an older one; NULL: none has this number, or this SPI. */
struct ks_kek *ks_kek_find(struct ks_kek *kek, unsigned int number);
struct ks_kek *ks_kek_find_spi(struct ks_kek *kek, const uint8_t *spi);
/* DER SubjectPublicKeyInfo of the pair that signs under it. */
void ks_kek_public_key(const struct ks_kek *kek, struct keybuf *out);
/* RFC 6407 5.3.3: bits of the key. */
unsigned int ks_kek_bits(enum gdoi_kek_cipher cipher, unsigned int aes_bits);

/* Counter modes reuse no IV only if each sender has its own ID (RFC 6054). */
bool ks_transform_counter(const struct esp_transform *t);

struct ks_tek_set *ks_tek_set_new(struct env *env,
				  const struct esp_transform *t,
				  uint32_t seconds);
void ks_tek_set_free(struct ks_tek_set *set);
/* Adds a TEK with this SPI; ace NULL: for all entries.  The pointer is good
 * until the next one is added. */
struct ks_tek *ks_tek_add(struct env *env, struct ks_tek_set *set, uint32_t spi,
			  const struct ace *ace);
/* The TEK for this entry, or NULL. */
struct ks_tek *ks_tek_find(const struct ks_tek_set *set, const struct ace *ace);

/* The first octet of every SPI of a group (its members' SPIs then differ from
 * those of most other groups). */
uint8_t ks_spi_prefix(const struct gdoi_id *id);

#endif
