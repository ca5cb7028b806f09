/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ACL entries as selectors of a SAT payload and back. */
#include "gdoi/gdoi_sat.h"

enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };

static struct ip_addr inverted(const struct ip_addr *a)
{
	struct ip_addr out = *a;
	size_t i;

	for (i = 0; i < ip_size(a); i++)
		out.b[i] = (uint8_t)~a->b[i];
	return out;
}

static bool has_ports(uint8_t protocol)
{
	return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP;
}

static bool wildcard_has_holes(const struct ip_addr *wild)
{
	struct ip_addr mask = inverted(wild);

	return ip_prefix(&mask) < 0;
}

/* Port 0 on the wire is any port, so "eq 0" cannot be said. */
static bool port_unsupported(const struct ace_port *port)
{
	return port->op != ACE_ANY && (port->op != ACE_EQ || port->lo == 0);
}

const char *gdoi_ace_unsupported(const struct ace *ace)
{
	if (!ip_is_set(&ace->src) || ace->src.family != ace->dst.family ||
	    ace->src_wild.family != ace->src.family ||
	    ace->dst_wild.family != ace->dst.family)
		return "addresses of two families";
	if (wildcard_has_holes(&ace->src_wild) ||
	    wildcard_has_holes(&ace->dst_wild))
		return "wildcard with holes";
	if (port_unsupported(&ace->sport) || port_unsupported(&ace->dport))
		return "port range";
	if (!has_ports(ace->protocol) &&
	    (ace->sport.op != ACE_ANY || ace->dport.op != ACE_ANY))
		return "port without TCP or UDP";
	if (ace->icmp_type >= 0 || ace->icmp_code >= 0 || ace->igmp_type >= 0)
		return "ICMP or IGMP type";
	if (ace->dscp >= 0 || ace->precedence >= 0 || ace->tos >= 0)
		return "DSCP, precedence or TOS";
	if (ace->established || ace->fragments)
		return "established or fragments";
	if (ace->flow_label >= 0 || ace->routing)
		return "flow label or routing header";
	return NULL;
}

static struct gdoi_selector selector(const struct ip_addr *addr,
				     const struct ip_addr *wild,
				     const struct ace_port *port)
{
	struct ip_addr mask = inverted(wild);
	struct gdoi_selector out = {
		.prefix = (unsigned int)ip_prefix(&mask),
		.port = port->op == ACE_EQ ? port->lo : 0,
	};

	out.addr = ip_network(addr, out.prefix);
	return out;
}

bool gdoi_sat_from_ace(const struct ace *ace, struct gdoi_sat *out)
{
	if (gdoi_ace_unsupported(ace))
		return false;
	out->protocol_id = ace->permit ? GDOI_SAT_ESP : GDOI_SAT_DENY;
	out->protocol = ace->protocol;
	out->src = selector(&ace->src, &ace->src_wild, &ace->sport);
	out->dst = selector(&ace->dst, &ace->dst_wild, &ace->dport);
	return true;
}

static void set_address(const struct gdoi_selector *s, struct ip_addr *addr,
			struct ip_addr *wild, struct ace_port *port)
{
	struct ip_addr mask = ip_mask(s->addr.family, s->prefix);

	*addr = s->addr;
	*wild = inverted(&mask);
	*port = (struct ace_port){ .op = s->port ? ACE_EQ : ACE_ANY,
				   .lo = s->port };
}

bool gdoi_sat_to_ace(const struct gdoi_sat *sat, struct ace *out)
{
	ace_init(out);
	out->permit = sat->protocol_id == GDOI_SAT_ESP;
	out->protocol = sat->protocol;
	set_address(&sat->src, &out->src, &out->src_wild, &out->sport);
	set_address(&sat->dst, &out->dst, &out->dst_wild, &out->dport);
	return gdoi_ace_unsupported(out) == NULL;
}
