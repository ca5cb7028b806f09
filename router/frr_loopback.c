/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/frr_loopback.h"

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	METRIC = 65535, /* behind each other route of that prefix */
};

static bool same(const struct nl_route *a, const struct nl_route *b)
{
	return a->prefix == b->prefix && ip_equal(&a->dst, &b->dst);
}

static bool has(const struct frr_subnets *s, const struct nl_route *r)
{
	for (size_t i = 0; i < s->n; i++)
		if (same(&s->v[i], r))
			return true;
	return false;
}

static bool is_subnet(struct ifaces *ifaces, const struct nl_route *r)
{
	struct port *port;

	TAILQ_FOREACH (port, &ifaces->ports, link) {
		const struct iface *i = &port->iface;
		struct ip_addr net = ip_network(&i->addr, i->prefix);

		if (i->loopback && i->line_up && !i->vrf &&
		    ip_is_set(&i->addr) && i->prefix == r->prefix &&
		    ip_equal(&net, &r->dst))
			return true;
	}
	return false;
}

/* "network 10.55.0.0/24" */
static bool named(const char *text, struct nl_route *out)
{
	static const char word[] = "network ";
	char addr[IP_ADDR_TEXT];
	size_t n;

	if (strncmp(text, word, strlen(word)) != 0)
		return false;
	text += strlen(word);
	n = strcspn(text, "/");
	if (n >= sizeof(addr) || !text[n])
		return false;
	memcpy(addr, text, n);
	addr[n] = '\0';
	*out = (struct nl_route){ .type = RTN_UNREACHABLE,
				  .protocol = RTPROT_STATIC,
				  .metric = METRIC };
	out->prefix = (unsigned int)strtoul(text + n + 1, NULL, 10);
	return ip_parse(&out->dst, addr) && out->prefix < 32;
}

void frr_subnets_set(struct frr_subnets *s, struct ifaces *ifaces,
		     const struct frr_lines *bgp)
{
	struct frr_subnets want = { 0 };
	struct nl_route r;

	want.v = xcalloc(bgp->n + 1, sizeof(*want.v));
	for (size_t i = 0; i < bgp->n; i++)
		if (named(bgp->v[i].text, &r) && is_subnet(ifaces, &r) &&
		    !has(&want, &r))
			want.v[want.n++] = r;
	for (size_t i = 0; i < s->n; i++)
		if (!has(&want, &s->v[i]))
			(void)nl_route_del(ifaces->nl, &s->v[i]);
	for (size_t i = 0; i < want.n; i++)
		if (!has(s, &want.v[i]))
			(void)nl_route_put(ifaces->nl, &want.v[i]);
	free(s->v);
	*s = want;
}

void frr_subnets_fini(struct frr_subnets *s, struct ifaces *ifaces)
{
	const struct frr_lines none = { 0 };

	frr_subnets_set(s, ifaces, &none);
	free(s->v);
	*s = (struct frr_subnets){ 0 };
}
