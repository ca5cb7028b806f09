/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key server and its groups: what is configured and what runs.  A group
 * is born with "server local" and dies with "no server local".
 *
 * Who writes what: ks_cli_*.c the configured fields, then ks_group_changed();
 * ks_schedule.c the keys and their timer; ks_register.c the members, and
 * ks_delivery.c with ks_ack.c what they are sent and acknowledge. */
#ifndef KS_KS_GROUP_H
#define KS_KS_GROUP_H

#include <sys/queue.h>

#include "ks/coop_link.h"
#include "ks/ks.h"
#include "ks/ks_keys.h"
#include "ks/ks_members.h"
#include "ks/ks_identity.h"

/* Defaults of IOS. */
enum ks_defaults {
	KS_REKEY_LIFETIME = 86400, /* s */
	KS_REKEY_INTERVAL = 10,	   /* s */
	KS_REKEY_NUMBER = 2,
	KS_COUNTER_WINDOW = 64, /* packets */
	KS_COOP_PRIORITY = 1,
	KS_SID_BITS = 24, /* group size medium */
};

/* Limits of IOS. */
enum ks_limits {
	KS_MAX_PERMITS = 100, /* a group */
	/* Permit and deny entries of a group, and SATs for them and for the
	 * TEKs of a roll-over: a SAT of IPv4 is 67 octets at most, all of them
	 * must fit in a UDP datagram and in GDOI_MAX_RULES. */
	KS_MAX_ENTRIES = 500,
	KS_MAX_SATS = 900,
	KS_MAX_PEERS = 7,
	KS_MAX_RANGES = 16, /* identifier lines of each kind */
	KS_MAX_SAS = 100,
	/* Messages about refused registrations: a peer that knows a key must
	 * not be able to flood the log. */
	KS_LOG_PER_MINUTE = 60,
};

enum ks_ack { KS_ACK_CISCO, KS_ACK_INTEROPERABLE, KS_ACK_ANY };

struct ks_rekey_config {
	enum gdoi_kek_cipher cipher;
	unsigned int aes_bits;
	bool has_cipher; /* typed, so written */
	uint32_t lifetime;
	bool in_days; /* typed as days */
	bool has_retransmit;
	unsigned int interval, number;
	bool periodic;
	enum gdoi_sig_hash sig_hash;
	enum ks_ack ack;
	char *key_label; /* NULL: no rekeys */
	char *address;	 /* ACL with the multicast destination, or NULL */
	bool unicast;
};

enum ks_replay { KS_REPLAY_COUNTER, KS_REPLAY_TIME, KS_REPLAY_NONE };

/* sa ipsec N */
struct ks_sa {
	struct ks_group *ks_group;
	unsigned int number;
	char *profile, *acl; /* NULL: not set */
	bool acl_ipv6;
	enum ks_replay replay;
	bool has_replay; /* typed, so written */
	unsigned int window;
	bool tag_sgt;

	struct ks_tek_sets sets;
	bool told_acl;	   /* its defects were logged since it changed */
	bool told_default; /* that its profile names no transform set */
	/* Entries that members were given last, for as long as the access
	 * list cannot be given. */
	struct ace *given;
	size_t n_given;
	/* Anti-replay as the primary has it, while we are none. */
	bool adopted;
	enum ks_replay adopted_replay;
	unsigned int adopted_window;
	TAILQ_ENTRY(ks_sa) entry;
};

TAILQ_HEAD(ks_sas, ks_sa); /* ascending number */

/* redundancy, as configured. */
struct ks_coop {
	struct ks_group *ks_group;
	bool on;
	unsigned int priority;
	struct ip_addr peers[KS_MAX_PEERS];
	size_t n_peers;
	bool optimize, has_version;
	unsigned int pdu;				     /* 0: not set */
	unsigned int refresh, periodic, retransmit, retries; /* 0: not set */
};

struct ks_range {
	unsigned int first, last;
};

/* identifier: KSSIDs of this key server. */
struct ks_identifier {
	struct ks_group *ks_group;
	bool on;
	struct ks_range ranges[KS_MAX_RANGES];
	size_t n;
};

struct ks_group {
	struct ks *ks;
	struct gdoi_group *group; /* name, identity */
	unsigned int handle;	  /* of this key server in the group */

	/* Configuration. */
	struct ip_addr address;	 /* address ipv4 A */
	char *address_interface; /* address ipv4 INTERFACE */
	struct ks_rekey_config rekey;
	char *authorized_addresses; /* ACL, or NULL: all */
	char *authorized_identity;
	char *registration_interface;
	char *crl_trustpoint;
	bool receive_only;
	unsigned int d3p; /* window in ms, 0: off */
	bool d3p_in_ms;
	bool pair_wise;
	uint32_t safety_limit;
	unsigned int sid_bits;
	bool has_size;
	struct ks_identifier identifier;
	struct ks_coop coop;
	struct coop *cooperation; /* ks/coop.h; NULL: alone */
	bool no_gdoi, pfs, no_split_resiliency;
	char *gikev2;
	bool no_deny_download;
	struct ks_sas sas;

	/* Keys.  There are none before the first member registers. */
	bool live;
	struct ks_kek *kek;	 /* NULL: no rekeys, or no RSA key */
	unsigned int keks_made;	 /* since server local */
	int64_t pseudotime_zero; /* env_now(), valid when live */
	struct env_timer *timer; /* ks_schedule.c */
	int64_t retry_at;	 /* what is overdue is not tried before */
	/* Sender IDs given since the keys began; up to 2^32, see ks_sid.h. */
	uint64_t next_sid;
	int64_t sids_at; /* when the last one was given */
	/* Keys that were dropped before their time end then, and members
	 * that hold them come for new ones. */
	int64_t reinit_until;
	bool told_rsa, told_incomplete; /* logged since the last change */

	/* What members were given, as text, to find out about changes. */
	char *policy_given;
	char *policy_announced; /* in the last POLICY_CHANGE */

	struct ks_members members;
	struct coop_drops *dropped;   /* ks/coop_state.h; NULL: none */
	struct ks_delivery *delivery; /* the rekey under way, or NULL */
	int64_t synced_at;   /* when members were last told the pseudotime */
	int64_t replaced_at; /* when a replace-now was sent last; 0: never */
	unsigned int rekeys_sent, last_retransmits, last_duration_ms;
	unsigned int retransmitted;
};

struct ks {
	struct ks_config config;
	struct env *env;
	struct gdoi_server *server;
	unsigned int next_handle;
	struct coop_links *links; /* NULL: config.transport is another */
	struct coop_transport transport;
	/* Messages that others cause, in the minute that began then
	 * (ks_may_log()). */
	int64_t log_minute;
	unsigned int logged;
	unsigned int acks_unexpected; /* nobody's, or forged */
	/* Acknowledgements that may still be checked (ks_ack_affordable()),
	 * and when that was counted. */
	unsigned int ack_tokens;
	int64_t ack_tokens_at;
	struct ks_identities identities; /* crypto identity */
	struct cli_cmd **tables;	 /* copies for the gkm modes */
	size_t n_tables;
};

/* NULL when the group has no server local. */
struct ks_group *ks_group_of(const struct gdoi_group *group);
/* server local: makes it when it is not there. */
struct ks_group *ks_group_add(struct ks *ks, struct gdoi_group *group);
void ks_group_remove(struct ks_group *g);
/* All of them, in order of configuration; NULL starts. */
struct ks_group *ks_group_next(const struct ks *ks, const struct ks_group *g);
/* A field was changed: defects may be logged again. */
void ks_group_changed(struct ks_group *g);
/* Keys, members, the clock and the rekey under way go; the configuration
 * stays. */
void ks_group_reset(struct ks_group *g);

struct ks_sa *ks_sa_find(const struct ks_group *g, unsigned int number);
struct ks_sa *ks_sa_add(struct ks_group *g, unsigned int number);
void ks_sa_remove(struct ks_sa *sa);

/* Fixed point 32.32 seconds of the group's clock; 0 when it is not live. */
uint64_t ks_pseudotime(const struct ks_group *g);
/* The address that members must register with; unset: none. */
struct ip_addr ks_group_address(const struct ks_group *g);
/* DER SubjectPublicKeyInfo of the rekey key into out; 0: there is no key.
 * modulus: octets of its signatures. */
size_t ks_public_key(const struct ks_group *g, struct keybuf *out,
		     size_t *modulus);
/* False: rekey authentication is missing, or the RSA key is. */
bool ks_has_rekey(const struct ks_group *g);
/* There is rekey authentication, but not its RSA key: nobody is let in. */
bool ks_lacks_key(const struct ks_group *g);
/* Then the log says so, once until something changes. */
void ks_tell_key(struct ks_group *g);
/* Some sa ipsec has replay time. */
bool ks_is_time_based(const struct ks_group *g);
/* Another message that somebody else causes may go to the log. */
bool ks_may_log(struct ks *ks);
/* Replaces a configured string; value NULL clears it. */
void ks_set_string(char **field, const char *value);

#endif
