/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Show commands that mean both roles: rekey SAs (also as rows of show crypto
 * isakmp sa) and features.  A role gives what it has of a group. */
#ifndef GDOI_GDOI_SHOW_H
#define GDOI_GDOI_SHOW_H

#include "gdoi/gdoi_feature.h"
#include "gdoi/group.h"

/* A rekey SA as the shows want it; what it points to is the role's. */
struct gdoi_rekey_view {
	const uint8_t *spi; /* 16 octets */
	struct ip_addr local, remote;
	struct ip_addr dst, src; /* of the rekeys */
	bool unicast;
	enum gdoi_kek_cipher cipher;
	size_t iv_octets, key_octets;
	uint32_t lifetime;	     /* s, when it was made */
	size_t der_octets;	     /* of the public key, as IOS counts it */
	size_t sig_octets;	     /* of a signature */
	const char *acknowledgement; /* "Cisco" */
	unsigned int conn_id;
	uint32_t seq, prev_seq;
	bool used;	       /* a rekey went under it */
	const char *interface; /* "": any */
};

typedef void gdoi_rekey_row(void *arg, const struct gdoi_group *group,
			    const struct gdoi_rekey_view *view);

/* Rekey SAs of all time: those made, and those still in memory (also the ones
 * that only wait to be forgotten). */
struct gdoi_rekey_stats {
	unsigned int made, kept;
};

struct gdoi_show_ops {
	/* row() for each rekey SA in use. */
	void (*rekey_sas)(void *ctx, struct gdoi_group *group,
			  gdoi_rekey_row *row, void *arg);
	/* Adds the group's. */
	void (*rekey_stats)(void *ctx, struct gdoi_group *group,
			    struct gdoi_rekey_stats *stats);
	/* Its part of show crypto gdoi feature. */
	void (*feature)(void *ctx, struct gdoi_group *group,
			const struct gdoi_feature *feature, struct cli_out *o);
};

/* Rows of show crypto isakmp sa come from all roles of groups from then on. */
void gdoi_show_set_role(struct gdoi_groups *groups, enum gdoi_role role,
			const struct gdoi_show_ops *ops, void *ctx,
			struct isakmp *isakmp);
/* show crypto gdoi rekey sa [detail], feature [NAME]. */
void gdoi_show_cli_init(struct gdoi_groups *groups);

/* "DES", "3DES", "AES"; "Unicast", "Multicast". */
const char *gdoi_kek_cipher_text(enum gdoi_kek_cipher cipher);
const char *gdoi_transport_text(bool unicast);
/* "5C78568A...", upper case; out has 2 * n + 1 octets. */
const char *gdoi_hex(const uint8_t *data, size_t n, char *out);
/* "24 bits (MEDIUM)" for the sender IDs of a group size. */
const char *gdoi_sid_length_text(unsigned int bits, char *out, size_t size);

#endif
