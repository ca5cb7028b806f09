/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One entry as text, in IOS's three spellings. */
#include "router/acl.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>

#include "router/acl_names.h"

struct text {
	char *out;
	size_t len;
	enum ace_style style;
};

static void __attribute__((format(printf, 2, 3)))
say(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->out + t->len, ACE_TEXT - t->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->len += (size_t)n < ACE_TEXT - t->len ? (size_t)n
							: ACE_TEXT - t->len - 1;
}

/* A number by its name where it has one (the GDOI style has only numbers). */
static void say_value(struct text *t, const struct acl_names *names,
		      unsigned int value)
{
	const char *name = acl_name_of(names, value);

	if (name && t->style != ACE_GDOI)
		say(t, " %s", name);
	else
		say(t, " %u", value);
}

static void say_action(struct text *t, const struct ace *ace)
{
	const char *action = ace->permit ? "permit" : "deny";

	say(t, t->style == ACE_CONFIG ? "%-6s" : "%s", action);
}

static bool is_ipv6(const struct ace *ace)
{
	return ace_family(ace) == IP_V6;
}

static void say_address6(struct text *t, const struct ip_addr *addr,
			 const struct ip_addr *wild)
{
	struct ip_addr mask = *wild;
	char a[IP_ADDR_TEXT];
	int prefix;
	size_t i;

	for (i = 0; i < sizeof(mask.b); i++)
		mask.b[i] = (uint8_t)~mask.b[i];
	prefix = ip_prefix(&mask);
	ip_text(addr, a);
	if (prefix == 0)
		say(t, " any");
	else if (prefix == 128)
		say(t, " host %s", a);
	else
		say(t, " %s/%d", a, prefix);
}

static void say_address(struct text *t, const struct ip_addr *addr,
			const struct ip_addr *wild, bool standard)
{
	char a[IP_ADDR_TEXT], w[IP_ADDR_TEXT];
	uint32_t bits = ip_v4_host(wild);

	if (addr->family == IP_V6) {
		say_address6(t, addr, wild);
		return;
	}
	ip_text(addr, a);
	ip_text(wild, w);
	if (bits == UINT32_MAX)
		say(t, " any");
	else if (bits == 0 && standard)
		say(t, " %s", a);
	else if (bits == 0)
		say(t, " host %s", a);
	else if (standard && t->style == ACE_SHOW)
		say(t, " %s, wildcard bits %s", a, w);
	else
		say(t, " %s %s", a, w);
}

static const char *op_name(enum ace_op op, enum ace_style style)
{
	switch (op) {
	case ACE_ANY:
		break;
	case ACE_EQ:
		return style == ACE_GDOI ? "port =" : "eq";
	case ACE_GT:
		return style == ACE_GDOI ? "port >" : "gt";
	case ACE_LT:
		return style == ACE_GDOI ? "port <" : "lt";
	case ACE_NEQ:
		return style == ACE_GDOI ? "port !=" : "neq";
	case ACE_RANGE:
		return style == ACE_GDOI ? "port range" : "range";
	}
	return "";
}

static void say_port(struct text *t, const struct ace *ace,
		     const struct ace_port *port)
{
	const struct acl_names *names =
		ace->protocol == IPPROTO_TCP ? &acl_tcp_ports : &acl_udp_ports;

	if (port->op == ACE_ANY)
		return;
	say(t, " %s", op_name((enum ace_op)port->op, t->style));
	say_value(t, names, port->lo);
	if (port->op == ACE_RANGE)
		say_value(t, names, port->hi);
}

static void say_protocol6(struct text *t, unsigned int protocol)
{
	const char *name = acl_name_of(&acl6_protocols, protocol);

	switch (protocol) {
	case IPPROTO_TCP:
		name = "tcp";
		break;
	case IPPROTO_UDP:
		name = "udp";
		break;
	case IPPROTO_SCTP:
		name = "sctp";
		break;
	case IPPROTO_ICMPV6:
		name = "icmp";
		break;
	default:
		break;
	}
	if (name)
		say(t, " %s", name);
	else
		say(t, " %u", protocol);
}

static void say_protocol(struct text *t, unsigned int protocol)
{
	const char *name = acl_name_of(&acl_protocols, protocol);

	switch (protocol) {
	case IPPROTO_TCP:
		name = "tcp";
		break;
	case IPPROTO_UDP:
		name = "udp";
		break;
	case IPPROTO_ICMP:
		name = "icmp";
		break;
	case IPPROTO_IGMP:
		name = "igmp";
		break;
	default:
		break;
	}
	if (name)
		say(t, " %s", name);
	else
		say(t, " %u", protocol);
}

static void say_icmp(struct text *t, const struct ace *ace)
{
	const struct acl_names *types = &acl_icmp_types;
	const struct acl_names *messages = &acl_icmp_messages;
	const char *name;

	if (is_ipv6(ace)) {
		types = &acl6_icmp_types;
		messages = &acl6_icmp_messages;
	}
	if (ace->icmp_type < 0)
		return;
	if (ace->icmp_code < 0) {
		say_value(t, types, (unsigned int)ace->icmp_type);
		return;
	}
	name = acl_name_of(messages, (unsigned int)(ace->icmp_type << 8 |
						    ace->icmp_code));
	if (name && t->style != ACE_GDOI)
		say(t, " %s", name);
	else
		say(t, " %d %d", ace->icmp_type, ace->icmp_code);
}

static void say_options(struct text *t, const struct ace *ace)
{
	bool icmp =
		ace->protocol == (is_ipv6(ace) ? IPPROTO_ICMPV6 : IPPROTO_ICMP);

	if (icmp)
		say_icmp(t, ace);
	if (ace->protocol == IPPROTO_IGMP && ace->igmp_type >= 0)
		say_value(t, &acl_igmp_types, (unsigned int)ace->igmp_type);
	if (ace->established)
		say(t, " established");
	if (ace->dscp >= 0) {
		say(t, " dscp");
		say_value(t, &acl_dscps, (unsigned int)ace->dscp);
	}
	if (ace->precedence >= 0) {
		say(t, " precedence");
		say_value(t, &acl_precedences, (unsigned int)ace->precedence);
	}
	if (ace->tos >= 0) {
		say(t, " tos");
		say_value(t, &acl_toses, (unsigned int)ace->tos);
	}
	if (ace->flow_label >= 0)
		say(t, " flow-label %" PRId32, ace->flow_label);
	if (ace->fragments)
		say(t, " fragments");
	if (ace->routing)
		say(t, " routing");
	if (ace->log_input)
		say(t, " log-input");
	else if (ace->log)
		say(t, " log");
}

const char *ace_text(const struct ace *ace, bool standard, enum ace_style style,
		     char *out)
{
	struct text t = { .out = out, .style = style };

	/* IOS has one spelling of an IPv6 entry. */
	if (is_ipv6(ace))
		t.style = ACE_SHOW;
	out[0] = '\0';
	say_action(&t, ace);
	if (is_ipv6(ace))
		say_protocol6(&t, ace->protocol);
	else if (!standard)
		say_protocol(&t, ace->protocol);
	say_address(&t, &ace->src, &ace->src_wild, standard);
	if (!standard) {
		say_port(&t, ace, &ace->sport);
		say_address(&t, &ace->dst, &ace->dst_wild, false);
		say_port(&t, ace, &ace->dport);
		say_options(&t, ace);
	} else if (ace->log) {
		say(&t, " log");
	}
	return out;
}
