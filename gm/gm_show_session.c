/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The members' part of show crypto session: a group has no peer. */
#include <stdio.h>

#include "gm/gm_member.h"
#include "gm/gm_priv.h"
#include "gm/gm_show.h"

enum { SIDE_TEXT = 2 * IP_ADDR_TEXT + 16 };

static const char *side(const struct ip_addr *addr, const struct ip_addr *wild,
			const struct ace_port *port, char *out)
{
	unsigned int prefix = (unsigned int)gm_show_prefix(wild);
	struct ip_addr mask = ip_mask((enum ip_family)addr->family, prefix);
	char a[IP_ADDR_TEXT], m[IP_ADDR_TEXT];
	int n;

	ip_text(addr, a);
	if (prefix == 8 * ip_size(addr))
		n = snprintf(out, SIDE_TEXT, "host %s", a);
	else if (addr->family == IP_V6)
		n = snprintf(out, SIDE_TEXT, "%s/%u", a, prefix);
	else
		n = snprintf(out, SIDE_TEXT, "%s/%s", a, ip_text(&mask, m));
	if (port->op == ACE_EQ)
		snprintf(out + n, SIDE_TEXT - (size_t)n, " port %u", port->lo);
	return out;
}

static void say_flow(const struct gm_member *m, size_t number, bool detail,
		     struct cli_out *o)
{
	const struct dataplane *d = &m->gm->config.dataplane;
	const struct gdoi_rule *rule = &m->keys.policy->rules[number];
	const struct ipsec_rule_counters hits = d->ops->rule_counters(
		d->ctx, m->ifname, m->first_rule + number);
	int64_t left = (m->keys.teks[rule->tek].expires - env_now(m->gm->env)) /
		       US_PER_SEC;
	const struct ace *ace = &rule->ace;
	char protocol[8] = "ip", from[SIDE_TEXT], to[SIDE_TEXT];

	if (ace->protocol)
		snprintf(protocol, sizeof(protocol), "%u", ace->protocol);
	else if (ace->src.family == IP_V6)
		snprintf(protocol, sizeof(protocol), "ipv6");
	cli_say(o, "  IPSEC FLOW: permit %s %s %s \n", protocol,
		side(&ace->src, &ace->src_wild, &ace->sport, from),
		side(&ace->dst, &ace->dst_wild, &ace->dport, to));
	cli_say(o, "        Active SAs: %u, origin: crypto map\n",
		left > 0 ? 2 : 0);
	if (!detail)
		return;
	if (left < 0)
		left = 0;
	cli_say(o,
		"        Inbound:  #pkts dec'ed %llu drop 0 life (KB/Sec) KB "
		"Vol Rekey Disabled/%lld\n"
		"        Outbound: #pkts enc'ed %llu drop 0 life (KB/Sec) KB "
		"Vol Rekey Disabled/%lld\n",
		(unsigned long long)hits.decrypt, (long long)left,
		(unsigned long long)hits.encrypt, (long long)left);
}

static void show_sessions(void *arg, bool detail, struct cli_out *o)
{
	const struct gm *gm = arg;
	const struct gm_member *m;
	size_t i;

	TAILQ_FOREACH (m, &gm->members, entry) {
		const struct gdoi_policy *p = m->keys.policy;
		const struct isakmp_session session = {
			.ifname = m->ifname,
			.status = p ? "UP-ACTIVE" : "DOWN",
			.peer = { ip_v4(0), GDOI_PORT, m->fvrf },
			.ivrf = m->ivrf,
		};

		isakmp_session_say(gm->config.isakmp, &session, detail, o);
		for (i = 0; p && i < p->n_rules; i++)
			if (p->rules[i].ace.permit)
				say_flow(m, i, detail, o);
		cli_say(o, "\n");
	}
}

void gm_show_session_init(struct gm *gm)
{
	if (gm->config.isakmp)
		isakmp_on_session(gm->config.isakmp, show_sessions, gm);
}
