/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show interfaces, show ip interface [brief], show arp. */
#include <inttypes.h>
#include <linux/neighbour.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/iface_priv.h"
#include "router/router_msg.h"

#define MAC_TEXT 16

static const char *mac_text(const uint8_t mac[6], char *out)
{
	snprintf(out, MAC_TEXT, "%02x%02x.%02x%02x.%02x%02x", mac[0], mac[1],
		 mac[2], mac[3], mac[4], mac[5]);
	return out;
}

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

/* --- show ip interface brief ------------------------------------------ */

static const char *method(const struct port *port)
{
	if (port->from_startup)
		return "NVRAM";
	return port->configured ? "manual" : "unset";
}

static void brief(struct port *port, struct cli_out *o)
{
	const struct iface *iface = &port->iface;
	char addr[IP_ADDR_TEXT] = "unassigned";

	if (ip_is_set(&iface->addr))
		ip_text(&iface->addr, addr);
	cli_say(o, "%-27s%-16s%-4s%-7s%-22s%s\n", iface->name, addr, "YES",
		ip_is_set(&iface->addr) ? method(port) : "unset", status(iface),
		protocol(iface));
}

static void show_brief(void *obj, const struct cli_args *a, struct cli_out *o)
{
	cli_say(o, "%-27s%-16s%-4s%-7s%-22s%s\n", "Interface", "IP-Address",
		"OK?", "Method", "Status", "Protocol");
	each(obj, cli_str(a, "name"), brief, o);
}

/* --- show ip interface ------------------------------------------------ */

static void say_addresses(const struct port *port, struct cli_out *o)
{
	char text[IP_ADDR_TEXT];
	size_t i;

	cli_say(o, "  Internet address is %s/%u\n",
		ip_text(&port->iface.addr, text), port->iface.prefix);
	cli_say(o,
		"  Broadcast address is 255.255.255.255\n"
		"  Address determined by %s\n",
		port->from_startup ? "non-volatile memory" : "setup command");
	cli_say(o, "  MTU is %u bytes\n",
		port->iface.ip_mtu ? port->iface.ip_mtu : port->iface.mtu);
	for (i = 0; i < port->n_secondary; i++)
		cli_say(o, "  Secondary address %s/%u\n",
			ip_text(&port->secondary[i].addr, text),
			port->secondary[i].prefix);
}

static const char *or_not_set(const char *name)
{
	return name ? name : "not set";
}

static void ip_interface(struct port *port, struct cli_out *o)
{
	const char *helper = kept_get(&port->kept, "ip helper-address");
	const struct iface *iface = &port->iface;
	const struct vrf *vrf = iface_vrf(iface);

	cli_say(o, "%s is %s, line protocol is %s\n", iface->name,
		status(iface), protocol(iface));
	if (!ip_is_set(&iface->addr)) {
		cli_say(o, "  Internet protocol processing disabled\n");
		return;
	}
	say_addresses(port, o);
	if (vrf)
		cli_say(o, "  VPN Routing/Forwarding \"%s\"\n", vrf->name);
	cli_say(o,
		"  Helper address is %s\n"
		"  Directed broadcast forwarding is disabled\n"
		"  Outgoing access list is %s\n"
		"  Inbound  access list is %s\n"
		"  Proxy ARP is %s\n"
		"  Local Proxy ARP is disabled\n"
		"  ICMP redirects are %s sent\n"
		"  ICMP unreachables are %s sent\n"
		"  ICMP mask replies are never sent\n",
		helper ? helper + strlen("ip helper-address ") : "not set",
		or_not_set(port->filters[FILTER_OUT]),
		or_not_set(port->filters[FILTER_IN]),
		port->no_proxy_arp ? "disabled" : "enabled",
		port->no_redirects ? "never" : "always",
		port->no_unreachables ? "never" : "always");
}

static void show_ip_interface(void *obj, const struct cli_args *a,
			      struct cli_out *o)
{
	each(obj, cli_str(a, "name"), ip_interface, o);
}

/* --- show interfaces -------------------------------------------------- */

/* The number of a kept line ("bandwidth 512"), or the type's own. */
static unsigned long kept_number(const struct port *port, const char *key,
				 unsigned long otherwise)
{
	const char *text = kept_get(&port->kept, key);

	return text ? strtoul(text + strlen(key), NULL, 10) : otherwise;
}

static void say_head(const struct port *port, struct cli_out *o)
{
	const struct iface *iface = &port->iface;
	const struct ifname_type *type = &ifname_types[port->name.kind];
	char mac[MAC_TEXT], bia[MAC_TEXT], addr[IP_ADDR_TEXT];

	cli_say(o, "%s is %s, line protocol is %s \n", iface->name,
		status(iface), protocol(iface));
	cli_say(o, "  Hardware is %s", type->hardware);
	if (!iface->loopback)
		cli_say(o, ", address is %s (bia %s)",
			mac_text(iface->mac, mac),
			mac_text(port->before.link.mac, bia));
	cli_say(o, "\n");
	if (iface->description)
		cli_say(o, "  Description: %s\n", iface->description);
	if (ip_is_set(&iface->addr))
		cli_say(o, "  Internet address is %s/%u\n",
			ip_text(&iface->addr, addr), iface->prefix);
	/* delay is configured in tens of microseconds */
	cli_say(o, "  MTU %u bytes, BW %lu Kbit/sec, DLY %lu usec, \n",
		iface->mtu, kept_number(port, "bandwidth", type->bandwidth),
		10 * kept_number(port, "delay", type->delay / 10));
	cli_say(o, "  Encapsulation %s, loopback not set\n",
		iface->loopback ? "LOOPBACK" : "ARPA");
}

static void say_cleared(const struct port *port, struct cli_out *o)
{
	const struct timekeeper *tk = port->owner->log->clock;
	char age[STAMP_SIZE] = "never";

	if (port->cleared)
		stamp_age(clock_now(tk->clock) - port->cleared, age);
	cli_say(o, "  Last clearing of \"show interface\" counters %s\n", age);
}

static void say_counters(const struct port *port, struct cli_out *o)
{
	struct nl_counters c;

	say_cleared(port, o);
	if (!port_counters(port, &c))
		return;
	cli_say(o,
		"  Input queue: 0/75/%" PRIu64
		"/0 (size/max/drops/flushes); Total output drops: %" PRIu64
		"\n",
		c.rx_dropped + c.rx_missed, c.tx_dropped);
	port_say_rates(port, o);
	cli_say(o,
		"     %" PRIu64 " packets input, %" PRIu64
		" bytes, 0 no buffer\n",
		c.rx_packets, c.rx_bytes);
	cli_say(o, "     Received %" PRIu64 " multicasts\n", c.multicast);
	cli_say(o,
		"     %" PRIu64 " input errors, %" PRIu64 " CRC, %" PRIu64
		" frame, %" PRIu64 " overrun, 0 ignored\n",
		c.rx_errors, c.rx_crc, c.rx_frame, c.rx_fifo);
	cli_say(o,
		"     %" PRIu64 " packets output, %" PRIu64 " bytes, %" PRIu64
		" underruns\n",
		c.tx_packets, c.tx_bytes, c.tx_fifo);
	cli_say(o,
		"     %" PRIu64 " output errors, %" PRIu64
		" collisions, 0 interface resets\n",
		c.tx_errors, c.collisions);
	cli_say(o, "     %" PRIu64 " lost carrier, 0 no carrier\n",
		c.tx_carrier);
}

static void interface(struct port *port, struct cli_out *o)
{
	say_head(port, o);
	say_counters(port, o);
}

static void show_interfaces(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	each(obj, cli_str(a, "name"), interface, o);
}

static void description(struct port *port, struct cli_out *o)
{
	const struct iface *iface = &port->iface;
	char name[IFNAME_SIZE];

	cli_say(o, "%-31s%-15s%-9s%s\n", ifname_short(&port->name, name),
		iface->shutdown ? "admin down" : status(iface), protocol(iface),
		iface->description ? iface->description : "");
}

static void show_description(void *obj, const struct cli_args *a,
			     struct cli_out *o)
{
	(void)a;
	cli_say(o, "%-31s%-15s%-9s%s\n", "Interface", "Status", "Protocol",
		"Description");
	each(obj, NULL, description, o);
}

/* --- clear counters --------------------------------------------------- */

struct clearing {
	struct ifaces *ifaces;
	char *name; /* NULL: all */
};

static void clear_port(struct port *port)
{
	struct nl_counters now;

	port->zero = (struct nl_counters){ 0 };
	if (port_counters(port, &now))
		port->zero = now;
	port->cleared = clock_now(port->owner->log->clock->clock);
	port_notify(port, IFACE_CLEARED);
}

static void clear_answer(void *arg, const char *line, struct cli_out *o)
{
	struct clearing *c = arg;
	struct port *port;

	(void)o;
	if (*line && *line != 'y' && *line != 'Y')
		return;
	TAILQ_FOREACH (port, &c->ifaces->ports, link)
		if (!c->name || !strcmp(c->name, port->iface.name))
			clear_port(port);
	log_msg(c->ifaces->log, CLEAR_COUNTERS,
		c->name ? c->name : "all interfaces");
}

static void clearing_free(void *arg)
{
	struct clearing *c = arg;

	free(c->name);
	free(c);
}

static void clear_counters(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct clearing *c = xcalloc(1, sizeof(*c));
	const char *name = cli_str(a, "name");

	c->ifaces = obj;
	c->name = name ? xstrdup(name) : NULL;
	cli_ask(o,
		name ? "Clear \"show interface\" counters on this interface "
		       "[confirm]"
		     : "Clear \"show interface\" counters on all interfaces "
		       "[confirm]",
		false, clear_answer, clearing_free, c);
}

/* --- show arp --------------------------------------------------------- */

struct arp_view {
	const struct port *port;
	struct cli_out *o;
};

static void say_arp(struct cli_out *o, const struct ip_addr *addr,
		    const char *age, const uint8_t mac[6], const char *name)
{
	char text[IP_ADDR_TEXT], mac_string[MAC_TEXT];

	cli_say(o, "Internet  %-15s %9s   %s  ARPA   %s\n", ip_text(addr, text),
		age, mac_text(mac, mac_string), name);
}

static void arp_entry(void *arg, const struct nl_neigh *n)
{
	const struct arp_view *v = arg;
	char age[16];

	if (n->addr.family != IP_V4 ||
	    !(n->state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE |
			  NUD_PERMANENT)))
		return;
	snprintf(age, sizeof(age), "%u", n->used_ms / 60000);
	say_arp(v->o, &n->addr, age, n->mac, v->port->iface.name);
}

static void arp(struct port *port, struct cli_out *o)
{
	struct arp_view view = { port, o };
	const struct iface *iface = &port->iface;

	if (iface->loopback || !iface->ifindex || iface->shutdown)
		return;
	if (ip_is_set(&iface->addr))
		say_arp(o, &iface->addr, "-", iface->mac, iface->name);
	(void)nl_neighs(port_nl(port), iface->ifindex, arp_entry, &view);
}

static void show_arp(void *obj, const struct cli_args *a, struct cli_out *o)
{
	cli_say(o, "Protocol  Address          Age (min)  Hardware Addr   "
		   "Type   Interface\n");
	each(obj, cli_str(a, "name"), arp, o);
}

/* --- show running-config interface ------------------------------------ */

/* The interface's block of the whole running-config: what each feature wrote
 * in it. */
static void show_run_interface(void *obj, const struct cli_args *a,
			       struct cli_out *o)
{
	struct ifaces *ifaces = obj;
	char *all = cli_config_text(ifaces->cli);
	char *head = xasprintf("\ninterface %s\n", cli_str(a, "name"));
	char *at = strstr(all, head), *end, *text;

	if (at) {
		for (end = at + strlen(head); *end == ' ';)
			end += strcspn(end, "\n") + 1;
		text = xasprintf("!%.*send\n", (int)(end - at), at);
		cli_say_config(o, text);
		free(text);
	}
	free(head);
	free(all);
}

#define SHOW "show  Show running system information\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = SHOW "ip         IP information\n"
			      "interface  IP interface status and "
			      "configuration\n"
			      "brief      Brief summary of IP status and "
			      "configuration\n"
			      "[ IFPORT$name\n"
			      "]\n",
		.run = show_brief,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW "ip         IP information\n"
			      "interface  IP interface status and "
			      "configuration\n"
			      "[ IFPORT$name\n"
			      "]\n",
		.run = show_ip_interface,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW "interfaces  Interface status and "
			      "configuration\n"
			      "[ IFPORT$name\n"
			      "]\n",
		.run = show_interfaces,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW "interfaces   Interface status and "
			      "configuration\n"
			      "description  Show interface description\n",
		.run = show_description,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW "arp  ARP table\n"
			      "[ IFPORT$name\n"
			      "]\n",
		.run = show_arp,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW "ip   IP information\n"
			      "arp  IP ARP table\n"
			      "[ IFPORT$name\n"
			      "]\n",
		.run = show_arp,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW "running-config  Current operating "
			      "configuration\n"
			      "interface       Show interface configuration\n"
			      "IFPORT$name\n",
		.run = show_run_interface,
	},
	{
		.mode = &cli_mode_exec,
		.words = "clear     Reset functions\n"
			 "counters  Clear counters on one or all interfaces\n"
			 "[ IFPORT$name\n"
			 "]\n",
		.run = clear_counters,
	},
};

void iface_show_init(struct ifaces *ifaces, struct cli *cli)
{
	CLI_ADD(cli, commands, ifaces);
}
