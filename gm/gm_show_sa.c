/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi ipsec sa */
#include "gm/gm_show.h"

#include <netinet/in.h>
#include <stdio.h>

#include "router/acl_names.h"

static const char *protocol_text(uint8_t protocol, bool ipv6, char *out,
				 size_t size)
{
	const char *name =
		acl_name_of(ipv6 ? &acl6_protocols : &acl_protocols, protocol);

	/* These are no names of the list, but commands of their own. */
	switch (protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_IGMP:
		return "igmp";
	case IPPROTO_ICMPV6:
		return ipv6 ? "icmp" : "58";
	default:
		break;
	}
	if (name)
		return name;
	snprintf(out, size, "%u", protocol);
	return out;
}

/* "ANY", "10.0.0.1", "172.16.0.0/16"; entries of a group have no holes in
 * their wildcards. */
static void say_ident(const char *label, const struct ip_addr *addr,
		      const struct ip_addr *wild, const struct ace_port *port,
		      struct cli_out *o)
{
	int prefix = gm_show_prefix(wild), all = (int)(8 * ip_size(wild));
	char text[IP_ADDR_TEXT], length[16] = "";

	if (prefix > 0 && prefix < all)
		snprintf(length, sizeof(length), "/%d", prefix);
	cli_say(o, "      %-12s = %s%s, port = %u\n", label,
		prefix ? ip_text(addr, text) : "ANY", length,
		port->op == ACE_EQ ? port->lo : 0);
}

static void say_replay(const struct gdoi_policy *p, struct cli_out *o)
{
	if (p->tbar)
		cli_say(o, "Time/%u sec\n", p->tbar_window);
	else if (p->replay_window)
		cli_say(o, "Counter/%u\n", p->replay_window);
	else
		cli_say(o, "None/0\n");
}

static void say_rule(const struct gm_member *m, const struct ace *ace,
		     struct cli_out *o)
{
	char text[8];

	cli_say(o, "    protocol = %s\n",
		protocol_text(ace->protocol, ace_family(ace) == IP_V6, text,
			      sizeof(text)));
	say_ident("local ident", &ace->src, &ace->src_wild, &ace->sport, o);
	say_ident("remote ident", &ace->dst, &ace->dst_wild, &ace->dport, o);
	cli_say(o, "      direction: %s, replay(method/window): ",
		gm_show_direction(m));
	say_replay(m->keys.policy, o);
}

/* As IOS: all entries of the group's list, also those that exempt. */
static void show_one(const struct gm_member *m, const struct cli_args *a,
		     struct cli_out *o)
{
	const struct gdoi_policy *p = m->keys.policy;
	size_t i;

	(void)a;
	cli_say(o, "SA created for group %s:\n", m->group->name);
	cli_say(o, "  %s:\n", m->ifname);
	for (i = 0; p && i < p->n_rules; i++)
		say_rule(m, &p->rules[i].ace, o);
	cli_say(o, "\n");
}

static void show_sa(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	gm_show_each(ctx, a, o, show_one);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW "ipsec  IPsec SAs\n"
				   "sa  IPsec SAs of the groups\n",
		.run = show_sa,
		.flags = CLI_USER,
	},
};

void gm_show_sa_init(struct gm *gm)
{
	CLI_ADD(gm->config.cli, commands, gm);
}
