/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A policy map as it was typed (router/qos.h) becomes what the packet path
 * takes (ipsec/qos.h): classes without their names, access lists by value,
 * percentages as rates.  Control thread. */
#ifndef IPSEC_QOS_PLAN_H
#define IPSEC_QOS_PLAN_H

#include "ipsec/qos.h"
#include "router/qos.h"

/* spec points into the plan. */
struct qos_plan {
	struct ipsec_qos_spec spec;
	void **blocks; /* what it is made of */
	size_t n_blocks;
};

/* For an interface of that bandwidth. */
void qos_plan_make(struct qos_plan *plan, const struct qos *qos,
		   const struct qos_policy *policy, uint64_t bps);
void qos_plan_free(struct qos_plan *plan);
/* All of it, to be compared with another one's; to be freed. */
char *qos_plan_text(const struct qos_plan *plan);

/* The rate that a class with that rate above it sees below itself, bit/s. */
uint64_t qos_rate_below(const struct qos_member *m, uint64_t above);
/* In bit/s and octets; above: what percentages are of. */
uint64_t qos_priority_bps(const struct qos_member *m, uint64_t above);
uint64_t qos_bandwidth_bps(const struct qos_member *m, uint64_t above);
uint64_t qos_shape_bps(const struct qos_member *m, uint64_t above);
struct ipsec_qos_police qos_police_of(const struct qos_member *m,
				      uint64_t above);

#endif
