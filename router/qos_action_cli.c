/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done with the packets of a class. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/qos_policy_cli.h"

/* A change that an attached policy cannot have is taken back. */
static void changed(struct qos_member *m, const struct qos_member *before,
		    struct cli_out *o)
{
	struct qos *qos = m->policy->qos;
	const struct qos_binding *b;
	char *why = NULL;

	TAILQ_FOREACH (b, &qos->bindings, link)
		for (int d = 0; d < 2 && !why; d++)
			if (b->policy[d] && qos_policy_find(qos, b->policy[d]))
				why = qos_refused(
					qos, qos_policy_find(qos, b->policy[d]),
					(enum qos_direction)d,
					qos_line_kbps(qos, b->ifname));
	if (!why) {
		qos_changed(qos);
		return;
	}
	cli_error(o, "%s\n", why);
	free(why);
	*m = *before;
}

static bool is_default(const struct qos_member *m)
{
	return !strcmp(m->name, QOS_CLASS_DEFAULT);
}

static void set_priority(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos_member *m = obj, before = *m;

	if (m->bandwidth_unit != QOS_NONE || is_default(m)) {
		cli_error(o,
			  is_default(m) ? "priority is not allowed in "
					  "class-default\n"
					: "Must deconfigure bandwidth first in "
					  "class %s\n",
			  m->name);
		return;
	}
	m->priority = true;
	m->level = cli_has(a, "level") ? cli_u32(a, "number") : 0;
	m->priority_unit = cli_has(a, "kbps")		 ? QOS_KBPS
			   : cli_has(a, "percent_value") ? QOS_PERCENT
							 : QOS_NONE;
	m->priority_value = cli_has(a, "kbps") ? cli_u32(a, "kbps")
					       : cli_u32(a, "percent_value");
	m->priority_burst = cli_u32(a, "burst");
	changed(m, &before, o);
}

static void no_priority(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos_member *m = obj, before = *m;

	(void)a;
	m->priority = false;
	m->priority_unit = QOS_NONE;
	m->level = m->priority_value = m->priority_burst = 0;
	changed(m, &before, o);
}

static void set_bandwidth(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct qos_member *m = obj, before = *m;

	if (m->priority) {
		cli_error(o, "Must deconfigure priority first in class %s\n",
			  m->name);
		return;
	}
	if (cli_has(a, "kbps")) {
		m->bandwidth_unit = QOS_KBPS;
		m->bandwidth = cli_u32(a, "kbps");
	} else if (cli_has(a, "ratio")) {
		m->bandwidth_unit = QOS_RATIO;
		m->bandwidth = cli_u32(a, "ratio_value");
	} else {
		m->bandwidth_unit =
			cli_has(a, "remaining") ? QOS_REMAINING : QOS_PERCENT;
		m->bandwidth = cli_has(a, "remaining")
				       ? cli_u32(a, "left_value")
				       : cli_u32(a, "percent_value");
	}
	changed(m, &before, o);
}

static void no_bandwidth(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos_member *m = obj, before = *m;

	(void)a;
	m->bandwidth_unit = QOS_NONE;
	m->bandwidth = 0;
	changed(m, &before, o);
}

static void set_shape(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos_member *m = obj, before = *m;

	m->shape_percent = cli_has(a, "percent");
	m->shape = m->shape_percent ? cli_u32(a, "percent_value")
				    : cli_u32(a, "rate");
	m->shape_bc = cli_u32(a, "bc");
	m->shape_be = cli_u32(a, "be");
	m->shape_has_be = cli_has(a, "be");
	changed(m, &before, o);
}

static void no_shape(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos_member *m = obj, before = *m;

	(void)a;
	m->shape = m->shape_bc = m->shape_be = 0;
	m->shape_percent = m->shape_has_be = false;
	changed(m, &before, o);
}

static struct qos_action action(const struct cli_args *a, const char *which,
				const char *dscp, const char *precedence)
{
	struct qos_action act = { .act = QOS_TRANSMIT };
	const char *word = cli_str(a, which);

	if (cli_has(a, dscp))
		return (struct qos_action){ QOS_SET_DSCP,
					    (uint8_t)cli_u32(a, dscp) };
	if (cli_has(a, precedence))
		return (struct qos_action){ QOS_SET_PRECEDENCE,
					    (uint8_t)cli_u32(a, precedence) };
	if (word && !strcmp(word, "drop"))
		act.act = QOS_DROP;
	return act;
}

static struct qos_action conform(const struct cli_args *a)
{
	return action(a, "conform", "conform_dscp", "conform_precedence");
}

static struct qos_action exceed(const struct cli_args *a)
{
	return action(a, "exceed", "exceed_dscp", "exceed_precedence");
}

static struct qos_action violate(const struct cli_args *a)
{
	return action(a, "violate", "violate_dscp", "violate_precedence");
}

static void take_actions(struct qos_police *p, const struct cli_args *a)
{
	if (cli_has(a, "conform-action"))
		p->actions[QOS_CONFORM] = conform(a);
	if (cli_has(a, "exceed-action"))
		p->actions[QOS_EXCEED] = exceed(a);
	if (cli_has(a, "violate-action")) {
		p->actions[QOS_VIOLATE] = violate(a);
		p->violate = true;
	}
}

static void set_police(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos_member *m = obj, before = *m;
	struct qos_police p = { .actions = {
					[QOS_EXCEED] = { QOS_DROP, 0 },
					[QOS_VIOLATE] = { QOS_DROP, 0 } } };

	p.percent = cli_has(a, "percent_value");
	p.cir = p.percent ? cli_u32(a, "percent_value") : cli_u32(a, "rate");
	p.bc = cli_u32(a, "bc");
	p.be = cli_u32(a, "be");
	p.pir = p.percent ? cli_u32(a, "peak_percent") : cli_u32(a, "peak");
	p.has_be = p.be != 0;
	p.violate = p.pir || p.has_be;
	if (p.pir && p.pir < p.cir) {
		cli_error(o, "Peak rate must be greater than or equal to the "
			     "committed rate\n");
		return;
	}
	take_actions(&p, a);
	m->police = p;
	changed(m, &before, o);
}

static void no_police(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos_member *m = obj, before = *m;

	(void)a;
	m->police = (struct qos_police){ .cir = 0 };
	changed(m, &before, o);
}

/* In a line of its own, as running-config has them. */
static void set_action(struct qos_member *m, enum qos_colour colour,
		       struct qos_action act, struct cli_out *o)
{
	struct qos_member before = *m;

	if (!m->police.cir) {
		cli_error(o, "%% police is not configured\n");
		return;
	}
	m->police.actions[colour] = act;
	if (colour == QOS_VIOLATE)
		m->police.violate = true;
	changed(m, &before, o);
}

static void set_conform(void *obj, const struct cli_args *a, struct cli_out *o)
{
	set_action(obj, QOS_CONFORM, conform(a), o);
}

static void set_exceed(void *obj, const struct cli_args *a, struct cli_out *o)
{
	set_action(obj, QOS_EXCEED, exceed(a), o);
}

static void set_violate(void *obj, const struct cli_args *a, struct cli_out *o)
{
	set_action(obj, QOS_VIOLATE, violate(a), o);
}

static void set_mark(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos_member *m = obj, before = *m;

	m->set_ip = cli_has(a, "ip");
	m->set_dscp = m->set_precedence = -1;
	if (!cli_is_no(a) && cli_has(a, "dscp"))
		m->set_dscp = (int)cli_u32(a, "value");
	else if (!cli_is_no(a))
		m->set_precedence = (int)cli_u32(a, "precedence_value");
	changed(m, &before, o);
}

static void set_queue_limit(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	struct qos_member *m = obj, before = *m;

	m->queue_limit = cli_is_no(a) ? 0 : cli_u32(a, "limit");
	changed(m, &before, o);
}

static void set_fair_queue(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct qos_member *m = obj, before = *m;

	m->fair_queue = !cli_is_no(a);
	m->fair_flows = m->fair_queue ? cli_u32(a, "flows") : 0;
	changed(m, &before, o);
}

static bool reaches(const struct qos *qos, const struct qos_policy *from,
		    const struct qos_policy *to)
{
	const struct qos_policy *child;
	const struct qos_member *m;

	if (from == to)
		return true;
	TAILQ_FOREACH (m, &from->members, link) {
		child = m->child ? qos_policy_find(qos, m->child) : NULL;
		if (child && reaches(qos, child, to))
			return true;
	}
	return false;
}

static void set_child(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos_member *m = obj, before = *m;
	const char *name = cli_str(a, "policy");
	const struct qos *qos = m->policy->qos;
	const struct qos_policy *p = qos_policy_find(qos, name);
	char *child;

	if (!p) {
		cli_error(o, "%% policy map %s not configured\n", name);
		return;
	}
	if (reaches(qos, p, m->policy)) {
		cli_error(o, "%% Recursion in policy map %s\n", name);
		return;
	}
	child = m->child = xstrdup(name);
	changed(m, &before, o);
	free(m->child == child ? before.child : child);
}

static void no_child(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos_member *m = obj;

	(void)a;
	(void)o;
	free(m->child);
	m->child = NULL;
	qos_changed(m->policy->qos);
}

#define ACTION(which)                                                  \
	"( drop$" which "  drop packet\n"                              \
	"| transmit$" which "  transmit packet\n"                      \
	"| set-dscp-transmit  set dscp and send it\n"                  \
	"DSCP$" which "_dscp\n"                                        \
	"| set-prec-transmit  rewrite packet precedence and send it\n" \
	"PRECEDENCE$" which "_precedence\n"                            \
	")\n"
#define ACTIONS                                                                                             \
	"[ conform-action  action when rate is less than conform "                                          \
	"burst\n" ACTION(                                                                                   \
		"conform") "]\n"                                                                            \
			   "[ exceed-action  action when rate is within conform and "                       \
			   "conform + exceed burst\n" ACTION(                                               \
				   "exceed") "]\n"                                                          \
					     "[ violate-action  action when rate is greater than conform +" \
					     " exceed burst\n" ACTION(                                      \
						     "violate") "]\n"
#define OWN_LINE(name, which)                                        \
	{                                                            \
		.mode = &qos_mode_member,                            \
		.words = name "  action of police\n" ACTION(#which), \
		.run = set_##which                                   \
	}
#define ROW(grammar, set, unset)                                        \
	{                                                               \
		.mode = &qos_mode_member, .words = grammar, .run = set, \
		.no = unset                                             \
	}

static const struct cli_cmd commands[] = {
	ROW("priority  Strict Scheduling Priority for this Class\n"
	    ".\n"
	    "[ level  Multi-Level Priority Queue\n"
	    "<1-4>$number  Level\n"
	    "]\n"
	    "[ <1-10000000>$kbps  Kilo Bits per second\n"
	    "[ <32-2000000>$burst  Burst in bytes\n"
	    "]\n"
	    "| percent  % of total bandwidth\n"
	    "<1-100>$percent_value  Percentage\n"
	    "[ <32-2000000>$burst  Burst in bytes\n"
	    "]\n"
	    "]\n",
	    set_priority, no_priority),
	ROW("bandwidth  Bandwidth\n"
	    ".\n"
	    "( <1-10000000>$kbps  Kilo Bits per second\n"
	    "| percent  % of total Bandwidth\n"
	    "<1-100>$percent_value  Percentage\n"
	    "| remaining  percent/ratio of the remaining bandwidth\n"
	    "( percent$left  % of the remaining bandwidth\n"
	    "<1-100>$left_value  Percentage\n"
	    "| ratio  ratio for sharing excess bandwidth\n"
	    "<1-1000>$ratio_value  Ratio\n"
	    ")\n"
	    ")\n",
	    set_bandwidth, no_bandwidth),
	ROW("shape  Traffic Shaping\n"
	    ".\n"
	    "average  configure token bucket: CIR (bps) [Bc (bits) [Be "
	    "(bits)]], send out Bc only per interval\n"
	    "( <8000-4294967295>$rate  Target Bit Rate (bits/sec)\n"
	    "| percent  % of interface bandwidth\n"
	    "<1-100>$percent_value  Percentage\n"
	    ")\n"
	    "[ <32-800000000>$bc  bits per interval, sustained\n"
	    "[ <0-800000000>$be  bits per interval, excess\n"
	    "] ]\n",
	    set_shape, no_shape),
	ROW("police  Police\n"
	    ".\n"
	    "[ cir  Committed information rate\n"
	    "]\n"
	    "( <8000-4294967295>$rate  Bits per second\n"
	    "| percent  % of interface bandwidth\n"
	    "<1-100>$percent_value  Percentage\n"
	    ")\n"
	    "[ bc  Conform burst\n"
	    "<1-512000000>$bc  Burst bytes, or ms with percent\n"
	    "[ ms  milliseconds\n"
	    "]\n"
	    "| <1-512000000>$bc  Burst bytes, or ms with percent\n"
	    "[ ms  milliseconds\n"
	    "]\n"
	    "[ <1-512000000>$be  Excess burst bytes, or ms with percent\n"
	    "[ ms$be_ms  milliseconds\n"
	    "]\n"
	    "]\n"
	    "]\n"
	    "[ pir  Peak Information Rate\n"
	    "( <8000-4294967295>$peak  Bits per second\n"
	    "| percent$of_peak  % of interface bandwidth\n"
	    "<1-100>$peak_percent  Percentage\n"
	    ")\n"
	    "]\n"
	    "[ be  Excess burst\n"
	    "<1-512000000>$be  Burst bytes, or ms with percent\n"
	    "[ ms$be_ms  milliseconds\n"
	    "]\n"
	    "]\n" ACTIONS,
	    set_police, no_police),
	OWN_LINE("conform-action", conform),
	OWN_LINE("exceed-action", exceed),
	OWN_LINE("violate-action", violate),
	ROW("set  Set QoS values\n"
	    "[ ip  Set IP specific values\n"
	    "]\n"
	    "( dscp  Set DSCP in IPv4 and IPv6 packets\n"
	    ".\n"
	    "DSCP$value\n"
	    "| precedence  Set precedence in IPv4 and IPv6 packets\n"
	    ".\n"
	    "PRECEDENCE$precedence_value\n"
	    ")\n",
	    set_mark, set_mark),
	ROW("queue-limit  Queue Max Threshold for Tail Drop\n"
	    ".\n"
	    "<1-8192>$limit  in packets\n"
	    "[ packets  in packets\n"
	    "]\n",
	    set_queue_limit, set_queue_limit),
	ROW("fair-queue  Enable Flow-based Fair Queuing in this Class\n"
	    "[ <16-4096>$flows  Number of Dynamic Conversation Queues\n"
	    "]\n",
	    set_fair_queue, set_fair_queue),
	ROW("service-policy  Configure QoS Service Policy\n"
	    ".\n"
	    "WORD$policy  policy-map name\n",
	    set_child, no_child),
};

void qos_action_cli_init(struct qos *qos)
{
	CLI_ADD(qos->cli, commands, qos);
}
