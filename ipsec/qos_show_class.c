/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What show policy-map interface has on the actions of a class. */
#include <inttypes.h>
#include <string.h>

#include "ipsec/qos_show.h"

enum { BITS = 8, MS = 1000, INNER = 2, DEEPER = 4 };

uint64_t qos_shown_bps(uint64_t bps)
{
	return bps / 1000 * 1000;
}

bool qos_has_queue(const struct qos_member *m)
{
	return m->bandwidth_unit != QOS_NONE || m->shape || m->queue_limit ||
	       m->fair_queue;
}

void qos_say_queue(const struct qos_view *v, const struct ipsec_qos_counters *n)
{
	cli_say(v->o, "%*squeue limit %u packets\n", v->indent, "",
		n->queue_limit ? n->queue_limit : IPSEC_QOS_QUEUE);
	cli_say(v->o,
		"%*s(queue depth/total drops/no-buffer drops) %u/%" PRIu64
		"/%" PRIu64 "\n",
		v->indent, "", n->queue,
		n->queue_full.packets + n->no_buffer.packets,
		n->no_buffer.packets);
	cli_say(v->o, "%*s(pkts output/bytes output) %" PRIu64 "/%" PRIu64 "\n",
		v->indent, "", n->output.packets, n->output.bytes);
}

/* --- priority, bandwidth, shape --------------------------------------------- */

static void say_priority(const struct qos_view *v)
{
	const struct qos_member *m = v->member;
	uint64_t bps = qos_priority_bps(m, v->rate);
	uint64_t burst = m->priority_burst;

	if (!burst)
		burst = bps * IPSEC_QOS_PRIORITY_MS / MS / BITS;
	cli_say(v->o, "%*sPriority: ", v->indent, "");
	if (m->priority_unit == QOS_NONE)
		cli_say(v->o, "Strict, ");
	else if (m->priority_unit == QOS_PERCENT)
		cli_say(v->o, "%u%% (%" PRIu64 " kbps), ", m->priority_value,
			bps / 1000);
	else
		cli_say(v->o, "%" PRIu64 " kbps, ", bps / 1000);
	if (bps)
		cli_say(v->o, "burst bytes %" PRIu64 ", ", burst);
	cli_say(v->o, "b/w exceed drops: %" PRIu64 "\n%*s\n",
		v->n.exceeded.packets, v->indent, "");
	if (m->level)
		cli_say(v->o, "%*sPriority Level: %u \n", v->indent, "",
			m->level);
}

static void say_bandwidth(const struct qos_view *v)
{
	const struct qos_member *m = v->member;

	cli_say(v->o, "%*sbandwidth ", v->indent, "");
	switch (m->bandwidth_unit) {
	case QOS_PERCENT:
		cli_say(v->o, "%u%% (%" PRIu64 " kbps)\n", m->bandwidth,
			qos_bandwidth_bps(m, v->rate) / 1000);
		break;
	case QOS_REMAINING:
		cli_say(v->o, "remaining %u%% \n", m->bandwidth);
		break;
	case QOS_RATIO:
		cli_say(v->o, "remaining ratio %u \n", m->bandwidth);
		break;
	case QOS_NONE:
	case QOS_KBPS:
		cli_say(v->o, "%u kbps\n", m->bandwidth);
	}
}

static void say_shape(const struct qos_view *v)
{
	const struct qos_member *m = v->member;
	uint64_t bps = qos_shape_bps(m, v->rate);
	uint64_t by_rate = bps * IPSEC_QOS_SHAPE_MS / MS;

	cli_say(v->o,
		"%*sshape (average) cir %" PRIu64 ", bc %" PRIu64
		", be %" PRIu64 "\n%*starget shape rate %" PRIu64 "\n",
		v->indent, "", bps, m->shape_bc ? m->shape_bc : by_rate,
		m->shape_has_be ? m->shape_be : by_rate, v->indent, "", bps);
}

static void say_queueing(const struct qos_view *v)
{
	const struct qos_member *m = v->member;

	/* The queue of those that have none. */
	if (!m || (!qos_has_queue(m) && !m->priority)) {
		if (v->queues && (!m || !strcmp(m->name, QOS_CLASS_DEFAULT))) {
			cli_say(v->o, "%*s\n", v->indent, "");
			qos_say_queue(v, &v->n);
		}
		return;
	}
	if (m->priority)
		say_priority(v);
	if (!qos_has_queue(m))
		return;
	if (!m->priority) {
		cli_say(v->o, "%*sQueueing\n", v->indent, "");
		qos_say_queue(v, &v->n);
	}
	if (m->bandwidth_unit != QOS_NONE)
		say_bandwidth(v);
	if (m->shape)
		say_shape(v);
}

/* --- set and police ---------------------------------------------------------- */

static void say_set(const struct qos_view *v)
{
	const struct qos_member *m = v->member;
	const char *ip = m->set_ip ? "ip " : "";
	char name[16];

	if (m->set_dscp < 0 && m->set_precedence < 0)
		return;
	cli_say(v->o, "%*sQoS Set\n", v->indent, "");
	if (m->set_dscp >= 0)
		cli_say(v->o, "%*s%sdscp %s\n", v->indent + INNER, "", ip,
			qos_dscp_name((unsigned int)m->set_dscp, name));
	else
		cli_say(v->o, "%*s%sprecedence %d\n", v->indent + INNER, "", ip,
			m->set_precedence);
	cli_say(v->o, "%*sPackets marked %" PRIu64 "\n", v->indent + DEEPER, "",
		v->n.marked.packets);
}

/* The burst that the packet path takes when none was typed. */
static uint64_t police_burst(uint32_t typed, uint64_t bps)
{
	uint64_t by_rate = bps / IPSEC_QOS_POLICE_PART;

	if (typed)
		return typed;
	return by_rate < IPSEC_QOS_POLICE_BURST ? IPSEC_QOS_POLICE_BURST
						: by_rate;
}

static void say_rates(const struct qos_view *v)
{
	const struct ipsec_qos_police p = qos_police_of(v->member, v->rate);
	int at = v->indent + DEEPER;

	if (v->member->police.percent)
		cli_say(v->o, "%*scir %" PRIu64 " %%\n", at, "",
			v->member->police.cir);
	cli_say(v->o, "%*scir %" PRIu64 " bps, bc %" PRIu64 " bytes", at, "",
		p.cir, police_burst(p.bc, p.cir));
	if (p.pir)
		cli_say(v->o, "\n%*spir %" PRIu64 " bps", at, "", p.pir);
	if (p.violate)
		cli_say(v->o, ", be %" PRIu64 " bytes",
			police_burst(p.be, p.pir ? p.pir : p.cir));
	cli_say(v->o, "\n");
}

static void say_police(const struct qos_view *v)
{
	static const char *const names[] = { "conformed", "exceeded",
					     "violated" };
	const struct qos_police *p = &v->member->police;
	int n = p->violate ? QOS_COLOURS : QOS_VIOLATE;

	cli_say(v->o, "%*spolice:\n", v->indent, "");
	say_rates(v);
	for (int c = 0; c < n; c++) {
		cli_say(v->o,
			"%*s%s %" PRIu64 " packets, %" PRIu64
			" bytes; actions:\n%*s",
			v->indent + INNER, "", names[c], v->n.police[c].packets,
			v->n.police[c].bytes, v->indent + DEEPER, "");
		qos_action_text(&p->actions[c], true, v->o);
		cli_say(v->o, "\n");
	}
	cli_say(v->o, "%*s", v->indent + INNER, "");
	for (int c = 0; c < n; c++)
		cli_say(v->o, "%s%s %04" PRIu64 " bps", c ? ", " : "", names[c],
			qos_shown_bps(v->n.police_bps[c]));
	cli_say(v->o, "\n");
}

void qos_say_actions(const struct qos_view *v)
{
	say_queueing(v);
	if (!v->member)
		return;
	say_set(v);
	if (v->member->police.cir)
		say_police(v);
}
