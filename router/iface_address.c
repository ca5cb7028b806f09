/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ip address: what IOS takes for an address of an interface, and in which
 * order primary and secondary ones come and go. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli_kept.h"
#include "router/iface_priv.h"

static bool host_address(const struct ip_addr *addr)
{
	uint8_t first = addr->b[0];

	return first != 0 && first != 127 && first < 224;
}

static bool check_address(const struct ip_addr *addr,
			  const struct ip_addr *mask, unsigned int *prefix,
			  struct cli_out *o)
{
	uint32_t host = ip_v4_host(addr) & ~ip_v4_host(mask);
	int bits = ip_prefix(mask);
	char text[IP_ADDR_TEXT];

	ip_text(addr, text);
	if (!host_address(addr)) {
		cli_error(o, "Not a valid host address - %s\n", text);
		return false;
	}
	if (bits < 1) {
		cli_error(o, "Bad mask 0x%" PRIX32 " for address %s\n",
			  ip_v4_host(mask), text);
		return false;
	}
	if (bits < 31 && (host == 0 || host == ~ip_v4_host(mask))) {
		cli_error(o, "Bad mask /%d for address %s\n", bits, text);
		return false;
	}
	*prefix = (unsigned int)bits;
	return true;
}

static bool overlap(const struct ip_addr *a, unsigned int a_prefix,
		    const struct ip_addr *b, unsigned int b_prefix)
{
	return ip_is_set(b) &&
	       ip_in(a, b, a_prefix < b_prefix ? a_prefix : b_prefix);
}

/* The other interface that has a part of this subnet, or NULL. */
static struct port *find_overlap(struct port *self, const struct if_prefix *p)
{
	struct port *port;
	size_t i;

	TAILQ_FOREACH (port, &self->owner->ports, link) {
		if (port == self || port->iface.vrf != self->iface.vrf)
			continue;
		if (overlap(&p->addr, p->prefix, &port->iface.addr,
			    port->iface.prefix))
			return port;
		for (i = 0; i < port->n_secondary; i++)
			if (overlap(&p->addr, p->prefix,
				    &port->secondary[i].addr,
				    port->secondary[i].prefix))
				return port;
	}
	return NULL;
}

static bool check_overlap(struct port *port, const struct if_prefix *p,
			  struct cli_out *o)
{
	struct port *other = find_overlap(port, p);
	struct ip_addr net = ip_network(&p->addr, p->prefix);
	char text[IP_ADDR_TEXT];

	if (other)
		cli_error(o, "%% %s overlaps with %s\n", ip_text(&net, text),
			  other->iface.name);
	return !other;
}

static size_t find_secondary(const struct port *port,
			     const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < port->n_secondary; i++)
		if (ip_equal(&port->secondary[i].addr, addr))
			break;
	return i;
}

static void drop_secondary(struct port *port, size_t i)
{
	memmove(&port->secondary[i], &port->secondary[i + 1],
		(port->n_secondary - i - 1) * sizeof(*port->secondary));
	port->n_secondary--;
}

static void add_secondary(struct port *port, const struct if_prefix *p,
			  struct cli_out *o)
{
	size_t i = find_secondary(port, &p->addr);

	if (ip_equal(&port->iface.addr, &p->addr)) {
		cli_error(o, "%% Secondary can't be same as primary\n");
		return;
	}
	if (i == port->n_secondary) {
		if (port->n_secondary + 1 >= IFACE_ADDRESSES) {
			cli_error(o, "%% Too many IP addresses\n");
			return;
		}
		port->secondary =
			xrealloc(port->secondary, port->n_secondary + 1,
				 sizeof(*port->secondary));
		port->n_secondary++;
	}
	port->secondary[i] = *p;
	port_addresses_changed(port);
}

static void set_primary(struct port *port, const struct if_prefix *p)
{
	size_t i = find_secondary(port, &p->addr);

	if (i < port->n_secondary)
		drop_secondary(port, i);
	if (ip_equal(&port->iface.addr, &p->addr) &&
	    port->iface.prefix == p->prefix)
		return;
	port->iface.addr = p->addr;
	port->iface.prefix = p->prefix;
	port->from_startup = port->owner->booting;
	port_addresses_changed(port);
}

/* ip address dhcp and the like, which are only kept. */
static void no_other_address(struct port *port, struct cli_out *o)
{
	cli_kept_drop(o, port, "ip address");
	cli_kept_drop(o, port, "ip unnumbered");
}

static bool has_other_address(const struct port *port, struct cli_out *o)
{
	return cli_kept_has(o, port, "ip address") ||
	       cli_kept_has(o, port, "ip unnumbered");
}

static void set_address(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct port *port = obj;
	struct ip_addr mask = cli_addr(a, "mask");
	struct if_prefix p = { .addr = cli_addr(a, "address") };

	if (!check_address(&p.addr, &mask, &p.prefix, o) ||
	    !check_overlap(port, &p, o))
		return;
	if (cli_has(a, "secondary"))
		add_secondary(port, &p, o);
	else
		set_primary(port, &p);
	no_other_address(port, o);
}

static void clear_addresses(struct port *port)
{
	port->iface.addr = (struct ip_addr){ 0 };
	port->iface.prefix = 0;
	port->n_secondary = 0;
	port_addresses_changed(port);
}

static void no_address(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct port *port = obj;
	struct ip_addr addr = cli_addr(a, "address");
	size_t i = find_secondary(port, &addr);

	if (!ip_is_set(&addr)) {
		if (ip_is_set(&port->iface.addr) || port->n_secondary)
			clear_addresses(port);
		no_other_address(port, o);
	} else if (i < port->n_secondary) {
		drop_secondary(port, i);
		port_addresses_changed(port);
	} else if (!ip_equal(&addr, &port->iface.addr)) {
		cli_error(o, "%% Invalid address\n");
	} else if (port->n_secondary) {
		cli_error(o, "%% Must delete secondary before deleting "
			     "primary\n");
	} else {
		clear_addresses(port);
	}
}

static void write_one(struct cli_out *o, const struct ip_addr *addr,
		      unsigned int prefix, const char *tail)
{
	struct ip_addr mask = ip_mask(IP_V4, prefix);
	char a[IP_ADDR_TEXT], m[IP_ADDR_TEXT];

	cli_say(o, " ip address %s %s%s\n", ip_text(addr, a), ip_text(&mask, m),
		tail);
}

static void write_address(const void *obj, struct cli_out *o)
{
	const struct port *port = obj;
	size_t i;

	for (i = 0; i < port->n_secondary; i++)
		write_one(o, &port->secondary[i].addr,
			  port->secondary[i].prefix, " secondary");
	if (ip_is_set(&port->iface.addr))
		write_one(o, &port->iface.addr, port->iface.prefix, "");
	else if (!port->n_secondary && !has_other_address(port, o))
		cli_say(o, " no ip address\n");
}

static const struct cli_cmd commands[] = {
	{
		.mode = &router_mode_if,
		.words = "ip         Interface Internet Protocol config "
			 "commands\n"
			 "address    Set the IP address of an interface\n"
			 ".\n"
			 "A.B.C.D$address  IP address\n"
			 "A.B.C.D$mask     IP subnet mask\n"
			 "[ secondary      Make this IP address a "
			 "secondary address\n"
			 "]\n",
		.run = set_address,
		.no = no_address,
		.write = write_address,
		.order = IFACE_O_ADDRESS,
	},
};

void iface_address_init(struct cli *cli)
{
	CLI_ADD(cli, commands, NULL);
}
