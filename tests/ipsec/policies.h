/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Service-policies to try. */
#ifndef TESTS_IPSEC_POLICIES_H
#define TESTS_IPSEC_POLICIES_H

#include "ipsec/qos_tree.h"

enum { DSCP_EF = 46, DSCP_AF31 = 26, DSCP_AF11 = 10 };

/* A class that is met by one DSCP, and does nothing. */
#define CLASS_DSCP(text, dscp)                                          \
	.name = text,                                                   \
	.test = { .matches =                                            \
			  (const struct ipsec_qos_match[]){             \
				  { .kind = IPSEC_QOS_DSCP,             \
				    .dscps = UINT64_C(1) << (dscp) } }, \
		  .n = 1 },                                             \
	.set_dscp = -1, .set_precedence = -1

/* class-default */
#define CLASS_DEFAULT \
	.name = "class-default", .set_dscp = -1, .set_precedence = -1

#define SPEC(list)                                                    \
	{                                                             \
		.policy = { .classes = list, .n = ARRAY_SIZE(list) }, \
		.bps = 10000000                                       \
	}

static inline struct ipsec_qos_counters counters_of(const struct qos_tree *t,
						    size_t number)
{
	struct ipsec_qos_counters c;

	qos_tree_read(t, number, &c);
	return c;
}

#endif
