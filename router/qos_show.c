/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show class-map, show policy-map. */
#include <inttypes.h>

#include "router/qos.h"

static void say_class(const struct qos_class *c, struct cli_out *o)
{
	cli_say(o, " Class Map match-%s %s (id %u)\n", c->any ? "any" : "all",
		c->name, c->id);
	if (c->description)
		cli_say(o, "  Description: %s\n", c->description);
	for (size_t i = 0; i < c->n; i++)
		cli_say(o, "   Match %s%s\n", c->matches[i].not ? "not " : "",
			c->matches[i].show);
	if (!c->n)
		cli_say(o, "   Match none \n");
	cli_say(o, "\n");
}

static void show_class_map(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	const char *name = cli_str(a, "name");
	const struct qos *qos = obj;
	const struct qos_class *c;

	if (name) {
		c = qos_class_find(qos, name);
		if (c)
			say_class(c, o);
		else
			cli_error(o, "%% class map %s not configured\n", name);
		return;
	}
	cli_say(o, " Class Map match-any %s (id 0)\n   Match any \n\n",
		QOS_CLASS_DEFAULT);
	TAILQ_FOREACH (c, &qos->classes, link)
		say_class(c, o);
}

static void say_police(const struct qos_police *p, struct cli_out *o)
{
	static const char *const names[] = { "conform-action", "exceed-action",
					     "violate-action" };
	const char *unit = p->percent ? "percent " : "";

	cli_say(o, "     police cir %s%" PRIu64, unit, p->cir);
	if (p->bc)
		cli_say(o, " bc %u", p->bc);
	if (p->pir)
		cli_say(o, " pir %s%" PRIu64, unit, p->pir);
	if (p->has_be)
		cli_say(o, " be %u", p->be);
	cli_say(o, "\n");
	for (int c = 0; c < (p->violate ? QOS_COLOURS : QOS_VIOLATE); c++) {
		cli_say(o, "       %s ", names[c]);
		qos_action_text(&p->actions[c], true, o);
		cli_say(o, "\n");
	}
}

static void say_queueing(const struct qos_member *m, struct cli_out *o)
{
	static const char *const units[] = { "", " (kbps)", " (%)", " (%)",
					     "" };
	static const char *const kinds[] = { "", "", "", " remaining",
					     " remaining ratio" };

	if (m->priority) {
		cli_say(o, "      priority");
		if (m->level)
			cli_say(o, " level %u", m->level);
		if (m->priority_unit != QOS_NONE)
			cli_say(o, " %u%s", m->priority_value,
				units[m->priority_unit]);
		cli_say(o, "\n");
	}
	if (m->bandwidth_unit != QOS_NONE)
		cli_say(o, "      bandwidth%s %u%s\n", kinds[m->bandwidth_unit],
			m->bandwidth, units[m->bandwidth_unit]);
	if (m->shape)
		cli_say(o,
			"      Average Rate Traffic Shaping\n"
			"      cir %" PRIu64 "%s\n",
			m->shape, m->shape_percent ? "%" : " (bps)");
	if (m->queue_limit)
		cli_say(o, "      queue-limit %u packets\n", m->queue_limit);
}

static void say_member(const struct qos_member *m, struct cli_out *o)
{
	char name[16];

	cli_say(o, "    Class %s\n", m->name);
	say_queueing(m, o);
	if (m->police.cir)
		say_police(&m->police, o);
	if (m->set_dscp >= 0)
		cli_say(o, "      set dscp %s\n",
			qos_dscp_name((unsigned int)m->set_dscp, name));
	if (m->set_precedence >= 0)
		cli_say(o, "      set precedence %d\n", m->set_precedence);
	if (m->child)
		cli_say(o, "      service-policy %s\n", m->child);
}

static void say_policy(const struct qos_policy *p, struct cli_out *o)
{
	const struct qos_member *m;

	cli_say(o, "  Policy Map %s\n", p->name);
	if (p->description)
		cli_say(o, "   Description: %s\n", p->description);
	TAILQ_FOREACH (m, &p->members, link)
		say_member(m, o);
	cli_say(o, "\n");
}

static void show_policy_map(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	const char *name = cli_str(a, "name"),
		   *class = cli_str(a, "class_name");
	const struct qos *qos = obj;
	const struct qos_policy *p;
	const struct qos_member *m;

	if (!name) {
		TAILQ_FOREACH (p, &qos->policies, link)
			say_policy(p, o);
		return;
	}
	p = qos_policy_find(qos, name);
	m = p && class ? qos_member_find(p, class) : NULL;
	if (!p || (class && !m))
		cli_error(o, "%% %s %s not configured\n",
			  p ? "class map" : "policy map", p ? class : name);
	else if (m)
		say_member(m, o);
	else
		say_policy(p, o);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show       Show running system information\n"
			 "class-map  Show QoS Class Map\n"
			 "[ WORD$name  Class Map name\n"
			 "]\n",
		.run = show_class_map,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show        Show running system information\n"
			 "policy-map  Show QoS Policy Map\n"
			 "[ WORD$name  Policy Map name\n"
			 "[ class  Show QoS class of a policy map\n"
			 "WORD$class_name  Class name\n"
			 "] ]\n",
		.run = show_policy_map,
	},
};

void qos_show_init(struct qos *qos)
{
	CLI_ADD(qos->cli, commands, qos);
}
