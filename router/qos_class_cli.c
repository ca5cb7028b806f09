/* SPDX-License-Identifier: GPL-3.0-or-later */
/* class-map and what it matches. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/qos.h"

enum { TEXT = 256 };

static const struct cli_mode mode_class = {
	.prompt = "config-cmap",
	.heading = "QoS class-map configuration commands:",
	.exit_help = "Exit from QoS class-map configuration mode",
	.parent = &cli_mode_config,
};

/* --- class-map -------------------------------------------------------------- */

static struct qos_class *class_get(struct qos *qos, const char *name)
{
	struct qos_class *c = qos_class_find(qos, name), *other;

	if (c)
		return c;
	c = xcalloc(1, sizeof(*c));
	c->qos = qos;
	c->name = xstrdup(name);
	c->id = ++qos->last_id;
	TAILQ_FOREACH (other, &qos->classes, link)
		if (strcmp(other->name, name) > 0) {
			TAILQ_INSERT_BEFORE(other, c, link);
			return c;
		}
	TAILQ_INSERT_TAIL(&qos->classes, c, link);
	return c;
}

static void enter_class(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos *qos = obj;
	const char *name = cli_str(a, "name");
	bool is_new = !qos_class_find(qos, name);
	struct qos_class *c;

	if (!strcmp(name, QOS_CLASS_DEFAULT)) {
		cli_error(o,
			  "%% %s is a well-known class and is not "
			  "configurable\n",
			  name);
		return;
	}
	c = class_get(qos, name);
	if (cli_has(a, "match-any"))
		c->any = true;
	else if (cli_has(a, "match-all"))
		c->any = false;
	if (!is_new)
		qos_changed(qos);
	cli_enter(o, &mode_class, c);
}

static bool is_used(const struct qos *qos, const char *name)
{
	const struct qos_policy *p;
	const struct qos_class *c;

	TAILQ_FOREACH (p, &qos->policies, link)
		if (qos_member_find(p, name))
			return true;
	TAILQ_FOREACH (c, &qos->classes, link)
		for (size_t i = 0; i < c->n; i++)
			if (c->matches[i].kind == QOS_MATCH_CLASS &&
			    !strcmp(c->matches[i].name, name))
				return true;
	return false;
}

static void match_fini(struct qos_match *m)
{
	free(m->name);
	free(m->text);
	free(m->show);
}

static void no_class(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos *qos = obj;
	struct qos_class *c = qos_class_find(qos, cli_str(a, "name"));

	if (!c)
		return;
	if (is_used(qos, c->name)) {
		cli_error(o, "%% Class-map %s is being used\n", c->name);
		return;
	}
	cli_forget(qos->cli, c);
	TAILQ_REMOVE(&qos->classes, c, link);
	for (size_t i = 0; i < c->n; i++)
		match_fini(&c->matches[i]);
	free(c->matches);
	free(c->description);
	free(c->name);
	free(c);
}

static void write_class(const struct qos_class *c, struct cli_out *o)
{
	cli_say(o, "class-map match-%s %s\n", c->any ? "any" : "all", c->name);
	if (c->description)
		cli_say(o, " description %s\n", c->description);
	for (size_t i = 0; i < c->n; i++) {
		cli_why(o, c->matches[i].kind == QOS_MATCH_KEPT
				   ? "recognition of applications"
				   : NULL);
		cli_say(o, " %s\n", c->matches[i].text);
	}
	cli_why(o, NULL);
	cli_write_mode(o, &mode_class, c);
}

/* IOS has a class after those it matches. */
static void write_with_inner(const struct qos *qos, const struct qos_class *c,
			     const char **done, size_t *n, struct cli_out *o)
{
	for (size_t i = 0; i < *n; i++)
		if (done[i] == c->name)
			return;
	done[(*n)++] = c->name;
	for (size_t i = 0; i < c->n; i++)
		if (c->matches[i].kind == QOS_MATCH_CLASS)
			write_with_inner(
				qos, qos_class_find(qos, c->matches[i].name),
				done, n, o);
	write_class(c, o);
}

static void write_classes(const void *obj, struct cli_out *o)
{
	const struct qos *qos = obj;
	const struct qos_class *c;
	size_t n = 0, total = 0;
	const char **done;

	TAILQ_FOREACH (c, &qos->classes, link)
		total++;
	done = xcalloc(total + 1, sizeof(*done));
	TAILQ_FOREACH (c, &qos->classes, link)
		write_with_inner(qos, c, done, &n, o);
	free(done);
}

static void set_description(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	struct qos_class *c = obj;

	(void)o;
	free(c->description);
	c->description = cli_is_no(a) ? NULL : xstrdup(cli_str(a, "text"));
}

/* --- match ------------------------------------------------------------------ */

static void class_add(struct qos_class *c, struct qos_match m,
		      const struct cli_args *a, struct cli_out *o,
		      const char *text)
{
	size_t i;

	m.not = cli_has(a, "not");
	m.text = xasprintf("match %s%s", m.not ? "not " : "", text);
	for (i = 0; i < c->n; i++)
		if (!strcmp(c->matches[i].text, m.text))
			break;
	if (cli_is_no(a) ? i == c->n : i < c->n || c->n == QOS_MATCHES) {
		if (!cli_is_no(a) && c->n == QOS_MATCHES)
			cli_error(o, "%% Too many match criteria\n");
		match_fini(&m);
		return;
	}
	if (cli_is_no(a)) {
		match_fini(&m);
		match_fini(&c->matches[i]);
		memmove(&c->matches[i], &c->matches[i + 1],
			(--c->n - i) * sizeof(*c->matches));
	} else {
		c->matches =
			xrealloc(c->matches, c->n + 1, sizeof(*c->matches));
		c->matches[c->n++] = m;
	}
	qos_changed(c->qos);
}

/* " text" */
static void add(char *out, const char *text)
{
	size_t at = strlen(out);

	snprintf(out + at, TEXT - at, " %s", text);
}

static const char *const value_names[QOS_MATCH_VALUES] = { "v1", "v2", "v3",
							   "v4", "v5", "v6",
							   "v7", "v8" };

/* A value of which IOS shows the number behind its name. */
static void add_value(struct qos_match *m, unsigned int v, char *text,
		      char *show)
{
	char name[16], both[24];

	if (m->kind == QOS_MATCH_PRECEDENCE) {
		snprintf(name, sizeof(name), "%u", v);
		snprintf(both, sizeof(both), "%s%u", m->dscps ? " " : "", v);
		m->dscps |= UINT64_C(0xff) << 8 * v;
	} else {
		m->dscps |= UINT64_C(1) << v;
		qos_dscp_name(v, name);
		if (name[0] >= '0' && name[0] <= '9')
			snprintf(both, sizeof(both), "%s", name);
		else
			snprintf(both, sizeof(both), "%s (%u)", name, v);
	}
	add(text, name);
	add(show, both);
}

static void match_values(struct qos_class *c, const struct cli_args *a,
			 struct cli_out *o, enum qos_match_kind kind,
			 const char *word)
{
	struct qos_match m = { .kind = kind, .v4_only = cli_has(a, "ip") };
	char text[TEXT] = "", show[TEXT] = "";

	snprintf(text, sizeof(text), "%s%s", m.v4_only ? "ip " : "", word);
	snprintf(show, sizeof(show), "%s%s", m.v4_only ? "ip " : " ", word);
	for (size_t i = 0; i < QOS_MATCH_VALUES; i++)
		if (cli_has(a, value_names[i]))
			add_value(&m, cli_u32(a, value_names[i]), text, show);
	m.show = xstrdup(show);
	class_add(c, m, a, o, text);
}

static void match_dscp(void *obj, const struct cli_args *a, struct cli_out *o)
{
	match_values(obj, a, o, QOS_MATCH_DSCP, "dscp");
}

static void match_precedence(void *obj, const struct cli_args *a,
			     struct cli_out *o)
{
	match_values(obj, a, o, QOS_MATCH_PRECEDENCE, "precedence");
}

static void match_any(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos_match m = { .kind = QOS_MATCH_ANY, .show = xstrdup("any ") };

	class_add(obj, m, a, o, "any");
}

static void match_acl(void *obj, const struct cli_args *a, struct cli_out *o)
{
	bool named = cli_has(a, "name");
	struct qos_match m = { .kind = QOS_MATCH_ACL };
	char text[TEXT];

	if (named)
		m.name = xstrdup(cli_str(a, "list"));
	else
		m.name = xasprintf("%u", cli_u32(a, "number"));
	snprintf(text, sizeof(text), "access-group %s%s", named ? "name " : "",
		 m.name);
	m.show = xstrdup(text);
	class_add(obj, m, a, o, text);
}

static bool reaches(const struct qos *qos, const char *from, const char *to)
{
	const struct qos_class *c = qos_class_find(qos, from);

	if (!strcmp(from, to))
		return true;
	for (size_t i = 0; c && i < c->n; i++)
		if (c->matches[i].kind == QOS_MATCH_CLASS &&
		    reaches(qos, c->matches[i].name, to))
			return true;
	return false;
}

static void match_class(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos_match m = { .kind = QOS_MATCH_CLASS };
	const char *name = cli_str(a, "class");
	struct qos_class *c = obj;
	char text[TEXT];

	if (!qos_class_find(c->qos, name)) {
		cli_error(o, "%% class map %s not configured\n", name);
		return;
	}
	if (!cli_is_no(a) && reaches(c->qos, name, c->name)) {
		cli_error(o, "%% Recursion in class-map %s\n", name);
		return;
	}
	m.name = xstrdup(name);
	snprintf(text, sizeof(text), "class-map %s", name);
	m.show = xstrdup(text);
	class_add(c, m, a, o, text);
}

static void match_protocol(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	static const struct {
		const char *name;
		uint16_t ethertype;
	} known[] = { { "ip", 0x0800 }, { "ipv6", 0x86dd }, { "arp", 0x0806 } };
	const char *name = cli_str(a, "protocol_name");
	struct qos_match m = { .kind = QOS_MATCH_KEPT };
	char text[TEXT];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].name, name)) {
			m.kind = QOS_MATCH_ETHERTYPE;
			m.value = known[i].ethertype;
		}
	snprintf(text, sizeof(text), "protocol %s", name);
	m.show = xstrdup(text);
	class_add(obj, m, a, o, text);
}

static void match_other(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos_match m = { .kind = QOS_MATCH_KEPT };
	char text[TEXT];

	snprintf(text, sizeof(text), "%s %s", cli_str(a, "what"),
		 cli_str(a, "rest"));
	m.show = xstrdup(text);
	class_add(obj, m, a, o, text);
}

#define MATCH                               \
	"match  classification criteria\n"  \
	"[ not  Negate this match result\n" \
	"]\n"
#define UP_TO_8(TYPE)                                                    \
	TYPE "$v1\n[ " TYPE "$v2\n[ " TYPE "$v3\n[ " TYPE "$v4\n[ " TYPE \
	     "$v5\n[ " TYPE "$v6\n[ " TYPE "$v7\n[ " TYPE                \
	     "$v8\n] ] ] ] ] ] ]\n"

#define ROW(grammar, fn)                                                \
	{                                                               \
		.mode = &mode_class, .words = MATCH grammar, .run = fn, \
		.no = fn                                                \
	}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "class-map      Configure Class Map\n"
			 "[ match-all    Logical-AND all matching statements "
			 "under this classmap\n"
			 "| match-any    Logical-OR all matching statements "
			 "under this classmap\n"
			 "]\n"
			 "WORD$name      class-map name\n",
		.run = enter_class,
		.no = no_class,
		.write = write_classes,
		.order = CLI_O_QOS,
	},
	{
		.mode = &mode_class,
		.words = "description  Class-Map description\n"
			 ".\n"
			 "LINE$text    Class-Map description\n",
		.run = set_description,
		.no = set_description,
	},
	ROW("any  Any packets\n", match_any),
	ROW("[ ip  IP specific values\n"
	    "]\n"
	    "dscp  Match DSCP in IPv4 and IPv6 packets\n" UP_TO_8("DSCP"),
	    match_dscp),
	ROW("[ ip  IP specific values\n"
	    "]\n"
	    "precedence  Match Precedence in IPv4 and IPv6 "
	    "packets\n" UP_TO_8("PRECEDENCE"),
	    match_precedence),
	ROW("access-group  Access group\n"
	    "( <1-2699>$number  Access list index\n"
	    "| name  Named Access List\n"
	    "WORD$list  Access List name\n"
	    ")\n",
	    match_acl),
	ROW("class-map  Class map\n"
	    "WORD$class  class-map name\n",
	    match_class),
	ROW("protocol  Protocol\n"
	    "LINE$protocol_name  Name of the protocol\n",
	    match_protocol),
	ROW("( cos$what  IEEE 802.1Q/ISL class of service/user priority "
	    "values\n"
	    "| qos-group$what  Qos-group\n"
	    "| input-interface$what  Select an input interface to match\n"
	    "| mpls$what  Multi Protocol Label Switching specific values\n"
	    "| packet$what  Layer 3 Packet length\n"
	    "| vlan$what  VLANs to match\n"
	    "| source-address$what  Source address\n"
	    "| destination-address$what  Destination address\n"
	    "| fr-de$what  Match on Frame-relay DE bit\n"
	    ")\n"
	    "LINE$rest  Value\n",
	    match_other),
};

void qos_class_cli_init(struct qos *qos)
{
	CLI_ADD(qos->cli, commands, qos);
}
