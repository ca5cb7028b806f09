/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the group member asks of the dataplane.  The daemon gives the real one
 * (ipsec/ipsec.h); tests of gm/ give one that only remembers.
 *
 * The unit is an interface: it has at most one policy at a time, replaced as
 * a whole and at once.  Rules are tried in order and the first match decides;
 * what none matches goes clear.  Counters belong to a group and outlive
 * policies. */
#ifndef IPSEC_DATAPLANE_H
#define IPSEC_DATAPLANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/bytes.h"
#include "ipsec/transform.h"
#include "router/acl.h"

enum ipsec_direction {
	IPSEC_BOTH,		/* encrypt; clear packets are refused */
	IPSEC_INBOUND_ONLY,	/* send clear; take both */
	IPSEC_INBOUND_OPTIONAL, /* encrypt; take both */
};

enum ipsec_replay {
	IPSEC_REPLAY_NONE,
	IPSEC_REPLAY_COUNTER,
	IPSEC_REPLAY_TIME
};

/* One TEK.  Used to send from send_from on; the newest usable one wins. */
struct ipsec_sa {
	uint32_t spi; /* host order, > 255 */
	struct esp_transform transform;
	struct keybuf key, auth_key; /* esp_key_size(), esp_auth_key_size() */
	enum ipsec_replay replay;
	unsigned int window; /* packets or seconds */
	/* Pseudotime (us) minus the env's clock (us): TBAR stamps and checks
	 * with clock_now() + pst_offset. */
	int64_t pst_offset;
	int64_t send_from;  /* env time, us */
	int64_t expires;    /* env time, us: not used any more after this */
	unsigned int group; /* index into ipsec_policy.groups */
	/* RFC 6054 sender ID for counter modes; bits 0: none was given, the
	 * SA is then only good for receiving. */
	uint32_t sender_id;
	unsigned int sender_id_bits;
};

enum ipsec_action { IPSEC_CLEAR, IPSEC_PROTECT, IPSEC_DROP };

struct ipsec_rule {
	struct ace ace; /* written in the outbound sense */
	enum ipsec_action action;
	/* With IPSEC_PROTECT: rules with the same number share their SAs. */
	unsigned int flow;
	unsigned int group; /* index into ipsec_policy.groups */
};

/* A flow's SAs, newest first: two or more during roll-over. */
struct ipsec_flow {
	unsigned int *sas; /* indices into ipsec_policy.sas */
	size_t n;
};

struct ipsec_group {
	char *name; /* whose counters count */
	enum ipsec_direction direction;
};

struct ipsec_policy {
	struct ipsec_group *groups;
	size_t n_groups;
	struct ipsec_rule *rules;
	size_t n_rules;
	struct ipsec_flow *flows;
	size_t n_flows;
	struct ipsec_sa *sas;
	size_t n_sas;
	/* UDP 848 between this address and anybody is always clear
	 * (as IOS's client bypass-policy has it); unset: no such bypass. */
	struct ip_addr bypass;
	/* Multicast rekeys: UDP 848 that comes in for one of these groups (IPv4
	 * multicast addresses) is always clear, and so is, while there is one,
	 * the IGMP of the link, without which they would not be heard. */
	struct ip_addr *bypass_groups;
	size_t n_bypass_groups;
};

void ipsec_policy_free(struct ipsec_policy *policy); /* wipes the keys */

#define IPSEC_COUNTERS(X)                           \
	X(encrypt, "encrypt")                       \
	X(decrypt, "decrypt")                       \
	X(tagged, "tagged (send)")                  \
	X(untagged, "untagged (rcv)")               \
	X(no_sa, "no sa (send)")                    \
	X(invalid_sa, "invalid sa (rcv)")           \
	X(encaps_fail, "encaps fail (send)")        \
	X(decap_fail, "decap fail (rcv)")           \
	X(invalid_prot, "invalid prot (rcv)")       \
	X(verify_fail, "verify fail (rcv)")         \
	X(not_tagged, "not tagged (send)")          \
	X(not_untagged, "not untagged (rcv)")       \
	X(internal_err_send, "internal err (send)") \
	X(internal_err_rcv, "internal err (rcv)")

/* Of one group, in the order of show crypto gdoi gm dataplane counters; plus
 * what other shows need. */
struct ipsec_counters {
#define IPSEC_COUNTER_FIELD(name, label) uint64_t name;
	IPSEC_COUNTERS(IPSEC_COUNTER_FIELD)
#undef IPSEC_COUNTER_FIELD
	uint64_t replay_fail; /* outside the TBAR window */
	uint64_t replay_in, replay_out;
	/* The largest difference of pseudotimes seen in a good packet, us. */
	uint64_t replay_max_delta;
	uint64_t clear_refused; /* RECVD_PKT_NOT_IPSEC */
};

/* A packet that time-based anti-replay refused (sampled, as IOS does). */
struct ipsec_replay_error {
	int64_t wall; /* us since 1970 */
	struct ip_addr src, dst;
	uint64_t mine, peer; /* pseudotime, 32.32 fixed point s */
};

/* IOS keeps the last 50 of a group. */
#define IPSEC_REPLAY_ERRORS 50

/* What the dataplane tells; control thread. */
struct dataplane_watch {
	/* The sender's counter of a counter-mode TEK (or the ESP sequence
	 * number of any) nears its end: the member needs a new sender ID or a
	 * new TEK.  Once for each SA. */
	void (*exhausted)(void *arg, const char *ifname, uint32_t spi);
	/* ESP that could not be taken: of an SPI that is not known (group is
	 * NULL then), or out of the group's time.  Not of each packet.  May be
	 * NULL. */
	void (*trouble)(void *arg, const char *ifname, const char *group,
			uint32_t spi);
	void *arg;
};

/* Packets that met one rule of a policy; kept over policies that have the
 * same rule. */
struct ipsec_rule_counters {
	uint64_t encrypt, decrypt;
};

struct dataplane_ops {
	/* Takes the interface over (fronting), and holds IPv4 back until its
	 * first policy; 0 or -errno. */
	int (*attach)(void *ctx, const char *ifname);
	/* Gives it back; its policy goes. */
	void (*detach)(void *ctx, const char *ifname);
	/* Takes policy over (also on error).  0, or -errno and the policy
	 * before stays as it was. */
	int (*set_policy)(void *ctx, const char *ifname,
			  struct ipsec_policy *policy);
	void (*counters)(void *ctx, const char *group,
			 struct ipsec_counters *out);
	/* Of a group, and of all rules of the interfaces it is on. */
	void (*clear_counters)(void *ctx, const char *group);
	/* Only those of anti-replay, and its errors.  May be NULL. */
	void (*clear_replay)(void *ctx, const char *group);
	/* rule: index into the interface's present policy. */
	struct ipsec_rule_counters (*rule_counters)(void *ctx,
						    const char *ifname,
						    size_t rule);
	/* The newest first, at most n; how many there are. */
	size_t (*replay_errors)(void *ctx, const char *group,
				struct ipsec_replay_error *out, size_t n);
	/* One watcher; copied; NULL: none. */
	void (*watch)(void *ctx, const struct dataplane_watch *watch);
};

struct dataplane {
	const struct dataplane_ops *ops;
	void *ctx;
};

#endif
