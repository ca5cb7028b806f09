/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A policy as workers see it: made once, never changed, freed when no worker
 * can look at it any more.  Making and freeing: control thread. */
#ifndef IPSEC_POLICY_H
#define IPSEC_POLICY_H

#include "ipsec/classify.h"
#include "ipsec/esp.h"
#include "ipsec/hits.h"
#include "ipsec/ipsec_config.h"
#include "ipsec/stats.h"

struct policy_flow {
	const struct esp_sa **sas; /* newest first */
	size_t n;
};

struct policy_group {
	struct stats_group *stats;
	enum ipsec_direction direction;
};

#define POLICY_READ(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)
#define POLICY_WRITE(field, value) \
	__atomic_store_n(&(field), value, __ATOMIC_RELAXED)

struct policy {
	struct classifier *classifier;
	struct policy_flow *flows;
	size_t n_flows;
	struct esp_sa *sas;
	size_t n_sas;
	struct policy_group *groups;
	size_t n_groups;
	struct hits *hits;	 /* of the rules */
	uint32_t bypass;	 /* host order; 0: none */
	uint32_t *bypass_groups; /* the same */
	size_t n_bypass_groups;
	/* What follows its interface and the configuration: the control thread
	 * writes it anew (POLICY_WRITE) while workers read (POLICY_READ). */
	unsigned int mtu;	/* of IPv4 packets on the wire */
	unsigned int mtu6;	/* of IPv6 packets there */
	unsigned int clear_mtu; /* of clear ones; 0: the kernel minds it */
	unsigned int link_mtu;	/* of what may come in */
	uint32_t address;	/* the interface's own, 0: none */
	enum ipsec_df df;
	bool fragment_after; /* fragmentation after encryption */
	/* Index into sas + 1 by hash of the SPI, open addressing; 0: free. */
	uint16_t *spis;
	uint32_t spi_mask;
	bool v6; /* some rule is for IPv6; otherwise nobody looks at it */
};

/* NULL when in is not consistent or one of its SAs is not valid. */
struct policy *policy_new(const struct ipsec_policy *in, struct sa_store *store,
			  struct stats *stats);
void policy_free(struct policy *p);

bool policy_has_group(const struct policy *p, const char *name);

/* Replay windows for the worker that will receive with p. */
void policy_watch(const struct policy *p, unsigned int worker);

/* The SA of an SPI that may be used to receive at now, or NULL. */
const struct esp_sa *policy_sa(const struct policy *p, uint32_t spi,
			       int64_t now);
/* The SA to send with, or NULL. */
const struct esp_sa *policy_send(const struct policy *p, unsigned int flow,
				 int64_t now);

#endif
