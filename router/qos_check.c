/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a policy map may say where it is attached. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/qos.h"

/* Queues something: nothing for packets that come in. */
static const char *queueing(const struct qos_member *m)
{
	if (m->priority)
		return "priority";
	if (m->bandwidth_unit != QOS_NONE)
		return "bandwidth";
	if (m->shape)
		return "shape";
	if (m->queue_limit)
		return "queue-limit";
	return m->fair_queue ? "fair-queue" : NULL;
}

static uint64_t reserved(const struct qos_member *m, uint64_t kbps)
{
	enum qos_unit unit = m->priority ? m->priority_unit : m->bandwidth_unit;
	uint64_t value = m->priority ? m->priority_value : m->bandwidth;

	if (unit == QOS_KBPS)
		return value;
	return unit == QOS_PERCENT ? kbps * value / 100 : 0;
}

static uint64_t shaped_kbps(const struct qos_member *m, uint64_t kbps)
{
	if (!m->shape)
		return kbps;
	return (m->shape_percent ? kbps * 10 * m->shape : m->shape) / 1000;
}

static char *refused(const struct qos *qos, const struct qos_policy *p,
		     enum qos_direction direction, uint64_t kbps,
		     unsigned int depth)
{
	const struct qos_policy *child;
	const struct qos_member *m;
	uint64_t left = kbps;
	char *why;

	if (depth > QOS_DEPTH)
		return xasprintf("Policy map %s is nested too deep", p->name);
	TAILQ_FOREACH (m, &p->members, link) {
		uint64_t want = reserved(m, kbps);

		if (direction == QOS_IN && queueing(m))
			return xasprintf("%s : queueing is not supported in "
					 "input direction, class %s",
					 queueing(m), m->name);
		if (want > left)
			return xasprintf("I/f shape class %s requested "
					 "bandwidth %" PRIu64
					 " (kbps), available only %" PRIu64
					 " (kbps)",
					 m->name, want, left);
		left -= want;
		child = m->child ? qos_policy_find(qos, m->child) : NULL;
		why = child ? refused(qos, child, direction,
				      shaped_kbps(m, kbps), depth + 1)
			    : NULL;
		if (why)
			return why;
	}
	return NULL;
}

/* A class without a rate of its own above it has the interface's, of which
 * nothing is known but its "bandwidth": there IOS admits what the line can do,
 * and so does this. */
char *qos_refused(const struct qos *qos, const struct qos_policy *policy,
		  enum qos_direction direction, uint32_t kbps)
{
	return refused(qos, policy, direction, kbps, 1);
}
