/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a class in a policy map, as running-config has them. */
#include <inttypes.h>

#include "router/qos.h"

void qos_action_text(const struct qos_action *a, bool show, struct cli_out *o)
{
	char name[16];

	switch (a->act) {
	case QOS_TRANSMIT:
		cli_say(o, show ? "transmit " : "transmit");
		break;
	case QOS_DROP:
		cli_say(o, show ? "drop " : "drop");
		break;
	case QOS_SET_DSCP:
		cli_say(o, "set-dscp-transmit %s",
			qos_dscp_name(a->value, name));
		break;
	case QOS_SET_PRECEDENCE:
		cli_say(o, "set-prec-transmit %u", a->value);
		break;
	}
}

static void write_police(const struct qos_police *p, struct cli_out *o)
{
	static const char *const names[] = { "conform-action", "exceed-action",
					     "violate-action" };
	const char *unit = p->percent ? "percent " : "";

	cli_say(o, "  police cir %s%" PRIu64, unit, p->cir);
	if (p->bc)
		cli_say(o, " bc %u%s", p->bc, p->percent ? " ms" : "");
	if (p->pir)
		cli_say(o, " pir %s%" PRIu64, unit, p->pir);
	if (p->has_be)
		cli_say(o, " be %u%s", p->be, p->percent ? " ms" : "");
	cli_say(o, "\n");
	for (int c = 0; c < (p->violate ? QOS_COLOURS : QOS_VIOLATE); c++) {
		cli_say(o, "    %s ", names[c]);
		qos_action_text(&p->actions[c], false, o);
		cli_say(o, "\n");
	}
}

static void write_priority(const struct qos_member *m, struct cli_out *o)
{
	cli_say(o, "  priority");
	if (m->level)
		cli_say(o, " level %u", m->level);
	if (m->priority_unit == QOS_PERCENT)
		cli_say(o, " percent");
	if (m->priority_unit != QOS_NONE)
		cli_say(o, " %u", m->priority_value);
	if (m->priority_burst)
		cli_say(o, " %u", m->priority_burst);
	cli_say(o, "\n");
}

static void write_shape(const struct qos_member *m, struct cli_out *o)
{
	cli_say(o, "  shape average %s%" PRIu64,
		m->shape_percent ? "percent " : "", m->shape);
	if (m->shape_bc)
		cli_say(o, " %u", m->shape_bc);
	if (m->shape_has_be)
		cli_say(o, " %u", m->shape_be);
	cli_say(o, "\n");
}

static void write_set(const struct qos_member *m, struct cli_out *o)
{
	const char *ip = m->set_ip ? "ip " : "";
	char name[16];

	if (m->set_dscp >= 0)
		cli_say(o, "  set %sdscp %s\n", ip,
			qos_dscp_name((unsigned int)m->set_dscp, name));
	if (m->set_precedence >= 0)
		cli_say(o, "  set %sprecedence %d\n", ip, m->set_precedence);
}

void qos_member_write(const struct qos_member *m, struct cli_out *o)
{
	static const char *const bandwidth[] = {
		[QOS_NONE] = "",
		[QOS_KBPS] = "",
		[QOS_PERCENT] = "percent ",
		[QOS_REMAINING] = "remaining percent ",
		[QOS_RATIO] = "remaining ratio ",
	};

	cli_say(o, " class %s\n", m->name);
	if (m->priority)
		write_priority(m, o);
	if (m->bandwidth_unit != QOS_NONE)
		cli_say(o, "  bandwidth %s%u\n", bandwidth[m->bandwidth_unit],
			m->bandwidth);
	if (m->shape)
		write_shape(m, o);
	if (m->police.cir)
		write_police(&m->police, o);
	write_set(m, o);
	cli_why(o, "queueing by flows");
	if (m->fair_flows)
		cli_say(o, "  fair-queue %u\n", m->fair_flows);
	else if (m->fair_queue)
		cli_say(o, "  fair-queue\n");
	cli_why(o, NULL);
	if (m->queue_limit)
		cli_say(o, "  queue-limit %u packets\n", m->queue_limit);
	if (m->child)
		cli_say(o, "  service-policy %s\n", m->child);
}
