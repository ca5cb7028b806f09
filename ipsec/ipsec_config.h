/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What "crypto ipsec ..." configures; ipsec_cli.c edits it, ipsec_show.c
 * prints it, others see it through ipsec/transform.h.  Control thread only. */
#ifndef IPSEC_IPSEC_CONFIG_H
#define IPSEC_IPSEC_CONFIG_H

#include <sys/queue.h>

#include "ipsec/transform.h"

enum ipsec_limits {
	IPSEC_LIFETIME_DEFAULT = 3600,	   /* s, IOS */
	IPSEC_KILOBYTES_DEFAULT = 4608000, /* IOS */
	IPSEC_REPLAY_WINDOW_DEFAULT = 64,  /* packets, IOS */
	IPSEC_PROFILE_SETS = 6,		   /* set transform-set A [B..F] */
	IPSEC_SECONDS_PER_DAY = 24 * 60 * 60,
};

/* What the dataplane has no use for but IOS lets one configure. */
struct ipsec_extra {
	enum esp_auth ah; /* ah-*-hmac, spelt as the ESP ones */
	bool lzs, seal;
};

struct ipsec_set {
	TAILQ_ENTRY(ipsec_set) link;
	char *name;
	struct esp_transform transform;
	bool cipher; /* one was typed */
	struct ipsec_extra extra;
	bool transport_require; /* mode transport require */
};

/* kilobytes 0: not set here. */
struct ipsec_lifetime {
	uint32_t seconds; /* 0: not set here */
	bool in_days;	  /* typed as days */
	uint32_t kilobytes;
	bool no_kilobytes; /* disabled */
};

enum ipsec_df { IPSEC_DF_UNSET, IPSEC_DF_CLEAR, IPSEC_DF_COPY, IPSEC_DF_SET };
/* The outer DF is not the inner one. */
#define IPSEC_DF_CHANGES(df) ((df)&1)

enum ipsec_fragment {
	IPSEC_FRAGMENT_UNSET, /* before, or as the router */
	IPSEC_FRAGMENT_BEFORE,
	IPSEC_FRAGMENT_AFTER,
};

struct ipsec_sa_options {
	struct ipsec_lifetime lifetime;
	enum ipsec_df df;
	uint32_t idle_seconds; /* 0: not set */
	bool no_replay;
	uint32_t replay_window;		   /* 0: not set */
	uint32_t dummy_pps, dummy_seconds; /* 0: not set */
	bool ecn_discard, ecn_propagate;
};

/* What only SAs between two routers have (cli_why()). */
#define IPSEC_TUNNELS "other VPNs than GETVPN"

struct ipsec_profile {
	TAILQ_ENTRY(ipsec_profile) link;
	char *name;
	char *description; /* these strings: NULL when not set */
	char *sets[IPSEC_PROFILE_SETS];
	struct ipsec_sa_options sa;
	uint32_t pfs_group; /* 0: off */
	char *isakmp_profile, *ikev2_profile, *identity, *redundancy;
	bool mixed_mode, responder_only;
	struct ipsec_config *config;
};

struct ipsec_watcher {
	STAILQ_ENTRY(ipsec_watcher) link;
	void (*fn)(void *arg);
	void *arg;
};

struct ipsec_config {
	TAILQ_HEAD(, ipsec_set) sets;
	TAILQ_HEAD(, ipsec_profile) profiles;
	STAILQ_HEAD(, ipsec_watcher) watchers;
	struct ipsec_sa_options sa;
	bool fragment_after; /* crypto ipsec fragmentation after-encryption */
	bool optional;	     /* crypto ipsec optional */
	uint32_t optional_retry; /* s, 0: not set */
	struct cli *cli;
};

struct ipsec_set *ipsec_set_find(const struct ipsec_config *config,
				 const char *name);
/* The one of that name, made when there is none. */
struct ipsec_set *ipsec_set_get(struct ipsec_config *config, const char *name);
void ipsec_set_remove(struct ipsec_config *config, struct ipsec_set *set);
/* "ah-sha-hmac esp-aes 256 comp-lzs ": each followed by a blank, as IOS
 * writes the configuration; show: in the spelling of show commands. */
#define IPSEC_SET_TEXT 128
const char *ipsec_set_text(const struct ipsec_set *set, bool show, char *out);

struct ipsec_profile *ipsec_profile_lookup(const struct ipsec_config *config,
					   const char *name);
struct ipsec_profile *ipsec_profile_get(struct ipsec_config *config,
					const char *name);
void ipsec_profile_remove(struct ipsec_config *config,
			  struct ipsec_profile *profile);
/* Tells the watchers. */
void ipsec_config_changed(struct ipsec_config *config);

/* show crypto ipsec transform-set, profile, security-association lifetime. */
void ipsec_show_init(struct ipsec_config *config, struct cli *cli);

#endif
