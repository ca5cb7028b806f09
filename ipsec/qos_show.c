/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show policy-map interface. */
#include "ipsec/qos_show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CLASS_AT = 4, MINUTE = 60 };

const char *qos_interval_text(const struct qos_view *v, char *out, size_t size)
{
	unsigned int s = qos_load_interval(v->config->qos, v->ifname);

	if (s % MINUTE)
		snprintf(out, size, "%u second", s);
	else
		snprintf(out, size, "%u minute", s / MINUTE);
	return out;
}

static bool is_default(const struct qos_member *m)
{
	return !m || !strcmp(m->name, QOS_CLASS_DEFAULT);
}

/* --- classes ----------------------------------------------------------------- */

/* How often each of them decided. */
static void say_match_count(const struct qos_view *v, size_t match)
{
	struct ipsec_qos_counter n = { 0, 0 };
	char interval[24];
	uint64_t bps = 0;

	(void)ipsec_qos_read_match(v->config->ipsec, v->ifname, v->direction,
				   v->number, match, &n, &bps);
	cli_say(v->o,
		"%*s%" PRIu64 " packets, %" PRIu64 " bytes\n"
		"%*s%s rate %" PRIu64 " bps\n",
		v->indent + 2, "", n.packets, n.bytes, v->indent + 2, "",
		qos_interval_text(v, interval, sizeof(interval)),
		qos_shown_bps(bps));
}

static void say_matches(const struct qos_view *v)
{
	const struct qos_class *c =
		v->member ? qos_class_find(v->config->qos, v->member->name)
			  : NULL;

	if (is_default(v->member)) {
		cli_say(v->o, "%*sMatch: any \n", v->indent, "");
		return;
	}
	if (!c || !c->n)
		cli_say(v->o, "%*sMatch: none \n", v->indent, "");
	for (size_t i = 0; c && i < c->n; i++) {
		cli_say(v->o, "%*sMatch: %s%s\n", v->indent, "",
			c->matches[i].not ? "not " : "", c->matches[i].show);
		if (c->any)
			say_match_count(v, i);
	}
}

/* A class that nothing is dropped from has no such rate. */
static bool drops(const struct qos_view *v)
{
	return is_default(v->member) || v->member->police.cir ||
	       v->member->priority || qos_has_queue(v->member);
}

static void say_head(const struct qos_view *v)
{
	const char *name = v->member ? v->member->name : QOS_CLASS_DEFAULT;
	const struct qos_class *c = qos_class_find(v->config->qos, name);
	char interval[24];

	cli_say(v->o, "%*sClass-map: %s (match-%s)  \n", v->indent - 2, "",
		name, is_default(v->member) || (c && c->any) ? "any" : "all");
	cli_say(v->o, "%*s%" PRIu64 " packets, %" PRIu64 " bytes\n", v->indent,
		"", v->n.offered.packets, v->n.offered.bytes);
	cli_say(v->o, "%*s%s offered rate %04" PRIu64 " bps", v->indent, "",
		qos_interval_text(v, interval, sizeof(interval)),
		qos_shown_bps(v->n.offered_bps));
	if (drops(v))
		cli_say(v->o, ", drop rate %04" PRIu64 " bps",
			qos_shown_bps(v->n.drop_bps));
	cli_say(v->o, "\n");
}

/* --- policies ---------------------------------------------------------------- */

/* The walk over what is attached. */
struct walk {
	struct qos_view v; /* of the policy: no class */
	const char *class; /* only that one of the outermost; NULL: all */
	size_t next;	   /* number */
};

static void say_policy(struct walk *w, const struct qos_policy *p,
		       unsigned int depth);

static const struct qos_policy *
child_of(const struct walk *w, const struct qos_member *m, unsigned int depth)
{
	return m && m->child && depth < QOS_DEPTH
		       ? qos_policy_find(w->v.config->qos, m->child)
		       : NULL;
}

static bool policy_queues(const struct walk *w, const struct qos_policy *p,
			  unsigned int depth)
{
	const struct qos_policy *child;
	const struct qos_member *m;

	TAILQ_FOREACH (m, &p->members, link) {
		child = child_of(w, m, depth);
		if (m->priority || qos_has_queue(m) ||
		    (child && policy_queues(w, child, depth + 1)))
			return true;
	}
	return false;
}

/* How many numbers a policy takes. */
static size_t classes_of(const struct walk *w, const struct qos_policy *p,
			 unsigned int depth)
{
	const struct qos_member *m,
		*last = TAILQ_LAST(&p->members, qos_members);
	const struct qos_policy *child;
	size_t n = last && is_default(last) ? 0 : 1;

	TAILQ_FOREACH (m, &p->members, link) {
		child = child_of(w, m, depth);
		n += 1 + (child ? classes_of(w, child, depth + 1) : 0);
	}
	return n;
}

static void read_class(const struct walk *w, size_t number,
		       struct ipsec_qos_counters *out)
{
	*out = (struct ipsec_qos_counters){ .queue = 0 };
	(void)ipsec_qos_read(w->v.config->ipsec, w->v.ifname, w->v.direction,
			     number, out);
}

static void say_child(struct walk *w, const struct qos_view *of,
		      const struct qos_policy *p, unsigned int depth)
{
	struct walk below = *w;

	below.v.indent = of->indent + 2;
	below.v.rate = qos_rate_below(of->member, of->rate);
	below.class = NULL;
	cli_say(of->o, "\n%*sService-policy : %s\n\n", of->indent, "", p->name);
	say_policy(&below, p, depth + 1);
	w->next = below.next;
}

static void say_class(struct walk *w, const struct qos_member *m,
		      const struct qos_policy *p, unsigned int depth)
{
	const struct qos_policy *child = child_of(w, m, depth);
	struct qos_view v = w->v;

	v.number = w->next++;
	if (w->class && strcmp(w->class, m ? m->name : QOS_CLASS_DEFAULT)) {
		w->next += child ? classes_of(w, child, depth + 1) : 0;
		return;
	}
	v.member = m;
	v.indent += 2;
	v.queues = policy_queues(w, p, depth);
	read_class(w, v.number, &v.n);
	say_head(&v);
	say_matches(&v);
	qos_say_actions(&v);
	if (child)
		say_child(w, &v, child, depth);
	else
		cli_say(v.o, "\n");
}

static void add_queue(struct ipsec_qos_counters *sum,
		      const struct ipsec_qos_counters *n)
{
	sum->queue += n->queue;
	sum->queue_limit = n->queue_limit;
	sum->queue_full.packets += n->queue_full.packets;
	sum->no_buffer.packets += n->no_buffer.packets;
	sum->output.packets += n->output.packets;
	sum->output.bytes += n->output.bytes;
}

/* The classes of one level are told together. */
static void say_level(const struct walk *w, const struct qos_policy *p,
		      unsigned int level, unsigned int depth)
{
	struct ipsec_qos_counters sum = { .queue = 0 }, n;
	struct qos_view v = w->v;
	const struct qos_policy *child;
	const struct qos_member *m;
	size_t number = w->next;
	bool any = false;

	TAILQ_FOREACH (m, &p->members, link) {
		if (m->priority && m->level == level) {
			read_class(w, number, &n);
			add_queue(&sum, &n);
			any = true;
		}
		child = child_of(w, m, depth);
		number += 1 + (child ? classes_of(w, child, depth + 1) : 0);
	}
	if (!any)
		return;
	cli_say(v.o, "%*squeue stats for all priority classes:\n", v.indent,
		"");
	v.indent += 2;
	cli_say(v.o, "%*sQueueing\n", v.indent, "");
	if (level)
		cli_say(v.o, "%*spriority level %u\n", v.indent, "", level);
	qos_say_queue(&v, &sum);
	cli_say(v.o, "\n");
}

static void say_policy(struct walk *w, const struct qos_policy *p,
		       unsigned int depth)
{
	const struct qos_member *m,
		*last = TAILQ_LAST(&p->members, qos_members);

	for (unsigned int level = 0; level <= QOS_LEVELS && !w->class; level++)
		say_level(w, p, level, depth);
	TAILQ_FOREACH (m, &p->members, link)
		say_class(w, m, p, depth);
	if (!last || !is_default(last))
		say_class(w, NULL, p, depth);
}

/* --- interfaces --------------------------------------------------------------- */

static const struct qos_policy *policy_of(const struct qos *qos,
					  const struct qos_binding *b,
					  enum qos_direction d)
{
	return b->policy[d] ? qos_policy_find(qos, b->policy[d]) : NULL;
}

static void say_direction(const struct qos_apply_config *c,
			  const struct qos_binding *b, enum qos_direction d,
			  const char *class, struct cli_out *o)
{
	const struct qos_policy *p = policy_of(c->qos, b, d);
	struct walk w = {
		.v = {
			.config = c,
			.o = o,
			.ifname = b->ifname,
			.direction = d == QOS_IN ? IPSEC_QOS_IN : IPSEC_QOS_OUT,
			.indent = CLASS_AT,
			.rate = (uint64_t)qos_bandwidth(c->qos, b->ifname) *
				1000,
		},
		.class = class,
	};

	if (!p)
		return;
	cli_say(o, "  Service-policy %s: %s\n\n",
		d == QOS_IN ? "input" : "output", p->name);
	say_policy(&w, p, 1);
}

static void show_interface(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	const struct qos_apply_config *c = qos_apply_config(obj);
	bool in = !cli_has(a, "output"), out = !cli_has(a, "input");
	const char *class = cli_str(a, "class_name");
	const char *name = cli_str(a, "ifname");
	const struct qos_binding *b;

	/* Classes are numbered as they are applied. */
	qos_apply_now(obj);
	TAILQ_FOREACH (b, &c->qos->bindings, link) {
		if ((name && strcmp(name, b->ifname) != 0) ||
		    ((!in || !policy_of(c->qos, b, QOS_IN)) &&
		     (!out || !policy_of(c->qos, b, QOS_OUT))))
			continue;
		cli_say(o, " %s \n\n", b->ifname);
		if (in)
			say_direction(c, b, QOS_IN, class, o);
		if (out)
			say_direction(c, b, QOS_OUT, class, o);
	}
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show        Show running system information\n"
			 "policy-map  Show QoS Policy Map\n"
			 "interface   Show Qos Policy Interface\n"
			 "[ IFPORT$ifname\n"
			 "]\n"
			 "[ input     Input policy\n"
			 "| output    Output policy\n"
			 "]\n"
			 "[ class     Show statistics for an individual class\n"
			 "WORD$class_name  Class name\n"
			 "]\n",
		.run = show_interface,
	},
};

void qos_apply_show_init(struct qos_apply *a)
{
	CLI_ADD(qos_apply_config(a)->cli, commands, a);
}
