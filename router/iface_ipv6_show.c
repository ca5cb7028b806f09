/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show ipv6 interface [brief], show ipv6 neighbors. */
#include <linux/neighbour.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "router/iface_ipv6.h"
#include "router/iface_priv.h"
#include "router/ipv6_prefix.h"

static const char *status(const struct iface *iface)
{
	if (iface->shutdown)
		return "administratively down";
	return iface->line_up ? "up" : "down";
}

static const char *protocol(const struct iface *iface)
{
	return iface->line_up ? "up" : "down";
}

/* Calls fn for one interface or for all of them, loopbacks last. */
static void each(struct ifaces *ifaces, const char *name,
		 void (*fn)(struct port *port, struct cli_out *o),
		 struct cli_out *o)
{
	struct port *port;
	int loopbacks;

	for (loopbacks = 0; loopbacks < 2; loopbacks++)
		TAILQ_FOREACH (port, &ifaces->ports, link)
			if (port->iface.loopback == (loopbacks == 1) &&
			    (!name || !strcmp(name, port->iface.name)))
				fn(port, o);
}

/* --- show ipv6 interface brief ------------------------------------------ */

static void brief(struct port *port, struct cli_out *o)
{
	struct ip_addr addr = port_ipv6_link_local(port);
	char state[48], text[IP_ADDR_TEXT];
	size_t i;

	snprintf(state, sizeof(state), "[%s/%s]", status(&port->iface),
		 protocol(&port->iface));
	cli_say(o, "%-22s %s\n", port->iface.name, state);
	if (!port_ipv6_on(port)) {
		cli_say(o, "    unassigned\n");
		return;
	}
	if (ip_is_set(&addr))
		cli_say(o, "    %s\n", ip_text(&addr, text));
	for (i = 0; i < port->ipv6.n; i++) {
		addr = port_ipv6_address(port, i);
		cli_say(o, "    %s\n", ip_text(&addr, text));
	}
}

static void show_brief(void *obj, const struct cli_args *a, struct cli_out *o)
{
	each(obj, cli_str(a, "name"), brief, o);
}

/* --- show ipv6 interface ------------------------------------------------ */

static void say_addresses(const struct port *port, struct cli_out *o)
{
	char text[IP_ADDR_TEXT], subnet[IPV6_PREFIX_TEXT];
	size_t i;

	if (!port->ipv6.n) {
		cli_say(o, "  No global unicast address is configured\n");
		return;
	}
	cli_say(o, "  Global unicast address(es):\n");
	for (i = 0; i < port->ipv6.n; i++) {
		unsigned int prefix = port->ipv6.addrs[i].prefix;
		struct ip_addr addr = port_ipv6_address(port, i);
		struct ip_addr net = ip_network(&addr, prefix);

		cli_say(o, "    %s, subnet is %s %s\n", ip_text(&addr, text),
			ipv6_prefix_text(&net, prefix, subnet),
			port->ipv6.addrs[i].eui64 ? "[EUI]" : "");
	}
}

/* /proc/net/igmp6: index, device, group (32 digits) ... */
static void say_groups(const struct port *port, struct cli_out *o)
{
	FILE *f = fopen("/proc/self/net/igmp6", "re");
	struct ip_addr group = { .family = IP_V6 };
	char line[256], hex[64], text[IP_ADDR_TEXT];
	unsigned int index;

	cli_say(o, "  Joined group address(es):\n");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%u %*s %63s", &index, hex) == 2 &&
		    index == port->iface.ifindex &&
		    bytes_from_hex(group.b, sizeof(group.b), hex))
			cli_say(o, "    %s\n", ip_text(&group, text));
	}
	if (f)
		fclose(f);
}

static void ipv6_interface(struct port *port, struct cli_out *o)
{
	const struct iface *iface = &port->iface;
	struct ip_addr addr = port_ipv6_link_local(port);
	char text[IP_ADDR_TEXT];

	if (!port_ipv6_on(port))
		return;
	cli_say(o, "%s is %s, line protocol is %s\n", iface->name,
		status(iface), protocol(iface));
	if (ip_is_set(&addr))
		cli_say(o, "  IPv6 is enabled, link-local address is %s \n",
			ip_text(&addr, text));
	else
		cli_say(o, "  IPv6 is enabled\n");
	cli_say(o, "  No Virtual link-local address(es):\n");
	say_addresses(port, o);
	if (!iface->loopback)
		say_groups(port, o);
	cli_say(o, "  MTU is %u bytes\n",
		port->iface.ipv6_mtu ? port->iface.ipv6_mtu : iface->mtu);
}

static void show_interface(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	each(obj, cli_str(a, "name"), ipv6_interface, o);
}

/* --- show ipv6 neighbors ------------------------------------------------ */

struct view {
	const struct port *port;
	struct cli_out *o;
};

static const char *state_text(uint16_t state)
{
	switch (state) {
	case NUD_REACHABLE:
	case NUD_PERMANENT:
		return "REACH";
	case NUD_STALE:
		return "STALE";
	case NUD_DELAY:
		return "DELAY";
	case NUD_PROBE:
		return "PROBE";
	default:
		return NULL;
	}
}

static void neighbor(void *arg, const struct nl_neigh *n)
{
	const struct view *v = arg;
	char text[IP_ADDR_TEXT], name[IFNAME_SIZE];
	const char *state = state_text(n->state);

	if (n->addr.family != IP_V6 || ip_is_multicast(&n->addr) || !state)
		return;
	cli_say(v->o, "%-39s %5u %02x%02x.%02x%02x.%02x%02x %-6s %s\n",
		ip_text(&n->addr, text), n->used_ms / 60000, n->mac[0],
		n->mac[1], n->mac[2], n->mac[3], n->mac[4], n->mac[5], state,
		ifname_short(&v->port->name, name));
}

static void neighbors(struct port *port, struct cli_out *o)
{
	struct view view = { port, o };

	if (!port->iface.loopback && port->iface.ifindex)
		(void)nl_neighs(port_nl(port), port->iface.ifindex, neighbor,
				&view);
}

static void show_neighbors(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	cli_say(o, "%-39s   Age Link-layer Addr State Interface\n",
		"IPv6 Address");
	each(obj, cli_str(a, "name"), neighbors, o);
}

#define SHOW                                      \
	"show  Show running system information\n" \
	"ipv6  IPv6 information\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = SHOW "interface  IPv6 interface status and "
			      "configuration\n"
			      "brief      Brief summary of IPv6 status and "
			      "configuration\n"
			      "[ IFPORT$name\n"
			      "]\n",
		.run = show_brief,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW "interface  IPv6 interface status and "
			      "configuration\n"
			      "[ IFPORT$name\n"
			      "]\n",
		.run = show_interface,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW "neighbors  Show IPv6 neighbor cache entries\n"
			      "[ IFPORT$name\n"
			      "]\n",
		.run = show_neighbors,
		.flags = CLI_USER,
	},
};

void iface_ipv6_show_init(struct ifaces *ifaces, struct cli *cli)
{
	CLI_ADD(cli, commands, ifaces);
}
