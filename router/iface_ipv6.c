/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/iface_ipv6.h"

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "router/iface_priv.h"
#include "router/ipv6_prefix.h"

enum { HALF = 64, LINK_LOCAL_BITS = 10 };

bool port_ipv6_on(const struct port *port)
{
	const struct if_ipv6 *six = &port->ipv6;

	return six->enable || six->n || ip_is_set(&six->link_local);
}

/* RFC 4291 appendix A. */
static void fill_eui64(struct ip_addr *addr, const uint8_t mac[6])
{
	addr->b[8] = mac[0] ^ 0x02;
	addr->b[9] = mac[1];
	addr->b[10] = mac[2];
	addr->b[11] = 0xff;
	addr->b[12] = 0xfe;
	addr->b[13] = mac[3];
	addr->b[14] = mac[4];
	addr->b[15] = mac[5];
}

struct ip_addr port_ipv6_link_local(const struct port *port)
{
	struct ip_addr addr = { .family = IP_V6, .b = { 0xfe, 0x80 } };

	if (ip_is_set(&port->ipv6.link_local))
		return port->ipv6.link_local;
	if (port->iface.loopback || !port->iface.ifindex)
		return (struct ip_addr){ 0 };
	fill_eui64(&addr, port->iface.mac);
	return addr;
}

struct ip_addr port_ipv6_address(const struct port *port, size_t i)
{
	const struct if_ipv6_addr *a = &port->ipv6.addrs[i];
	struct ip_addr addr = a->addr;

	if (a->eui64) {
		addr = ip_network(&addr, HALF);
		fill_eui64(&addr, port->iface.mac);
	}
	return addr;
}

unsigned int port_ipv6_covers(const struct port *port,
			      const struct ip_addr *addr)
{
	const struct if_ipv6 *six = &port->ipv6;
	unsigned int best = 0;
	size_t i;

	for (i = 0; i < six->n; i++)
		if (six->addrs[i].prefix > best &&
		    ip_in(addr, &six->addrs[i].addr, six->addrs[i].prefix))
			best = six->addrs[i].prefix;
	return best;
}

/* --- the kernel ------------------------------------------------------- */

static void set_number(struct port *port, const char *key, unsigned int value)
{
	char path[96], text[16];

	snprintf(path, sizeof(path), "ipv6/conf/%s/%s", port->iface.device,
		 key);
	snprintf(text, sizeof(text), "%u", value);
	(void)sysctls_set(port_sysctls(port), path, text);
}

/* Addresses are ours to give, not a neighbour's; those that are moved to
 * another device were looked for on the link when they were set. */
void port_ipv6_switches(struct port *port)
{
	struct sysctls *s = port_sysctls(port);
	const char *device = port->iface.device;
	bool on = port_ipv6_on(port);

	if (!device || !port->iface.ifindex)
		return;
	if (on) {
		sysctls_set_device(s, "ipv6", device, "accept_ra", false);
		sysctls_set_device(s, "ipv6", device, "autoconf", false);
		sysctls_set_device(s, "ipv6", device, "accept_redirects",
				   false);
		sysctls_set_device(s, "ipv6", device, "accept_dad",
				   !port->wire_index);
		/* 1: none is made, 0: from the MAC */
		set_number(port, "addr_gen_mode",
			   ip_is_set(&port->ipv6.link_local));
	}
	sysctls_set_device(s, "ipv6", device, "disable_ipv6", !on);
	if (port->iface.wire)
		sysctls_set_device(port->owner->sysctls, "ipv6",
				   port->iface.wire, "disable_ipv6", true);
}

static void apply_mtu(struct port *port)
{
	unsigned int mtu =
		port->iface.ipv6_mtu ? port->iface.ipv6_mtu : port->iface.mtu;

	if (port->iface.device && mtu >= IPV6_MTU_MIN)
		set_number(port, "mtu", mtu);
}

static void add(struct if_prefix *v, size_t *n, const struct ip_addr *addr,
		unsigned int prefix)
{
	v[(*n)++] = (struct if_prefix){ *addr, prefix };
}

static struct if_prefix *wanted(const struct port *port, size_t *n)
{
	const struct if_ipv6 *six = &port->ipv6;
	struct if_prefix *v = xcalloc(six->n + 1, sizeof(*v));
	size_t i;

	*n = 0;
	if (port->iface.loopback && port->iface.shutdown)
		return v;
	if (ip_is_set(&six->link_local) && !port->iface.loopback)
		add(v, n, &six->link_local, HALF);
	for (i = 0; i < six->n; i++) {
		struct ip_addr addr = port_ipv6_address(port, i);

		/* A prefix on lo would make the whole subnet ours. */
		add(v, n, &addr,
		    port->iface.loopback ? 128 : six->addrs[i].prefix);
	}
	return v;
}

static bool is_link_local(const struct ip_addr *addr)
{
	const struct ip_addr net = { .family = IP_V6, .b = { 0xfe, 0x80 } };

	return ip_in(addr, &net, LINK_LOCAL_BITS);
}

static int kernel_addr(struct port *port, const struct if_prefix *p, bool on)
{
	const struct nl_addr a = {
		.index = port->iface.ifindex,
		.addr = p->addr,
		.prefix = p->prefix,
		.scope = is_link_local(&p->addr) ? RT_SCOPE_LINK
						 : RT_SCOPE_UNIVERSE,
	};
	struct nl *nl = port_nl(port);

	return on ? nl_addr_add(nl, &a) : nl_addr_del(nl, &a);
}

static bool has(const struct if_prefix *v, size_t n,
		const struct if_prefix *want)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i].prefix == want->prefix &&
		    ip_equal(&v[i].addr, &want->addr))
			return true;
	return false;
}

/* The kernel forgets them when a device goes down: each is set again. */
static void sync_addresses(struct port *port)
{
	struct if_ipv6 *six = &port->ipv6;
	char text[IP_ADDR_TEXT];
	struct if_prefix *want;
	size_t i, n;
	int err;

	want = wanted(port, &n);
	for (i = 0; i < six->n_applied; i++)
		if (!has(want, n, &six->applied[i]))
			(void)kernel_addr(port, &six->applied[i], false);
	for (i = 0; i < n; i++) {
		err = kernel_addr(port, &want[i], true);
		if (err)
			log_warn("%s: address %s refused: %s", port->iface.name,
				 ip_text(&want[i].addr, text), strerror(-err));
	}
	free(six->applied);
	six->applied = want;
	six->n_applied = n;
}

void port_ipv6_apply(struct port *port)
{
	bool on = port_ipv6_on(port);

	if (port->owner->booting || !port->iface.ifindex ||
	    !port_in_place(port) || (!on && !port->ipv6.was_on))
		return;
	if (port->iface.loopback && on)
		sysctls_set_device(port_sysctls(port), "ipv6", "lo",
				   "disable_ipv6", false);
	port_ipv6_switches(port);
	if (on)
		apply_mtu(port);
	sync_addresses(port);
	port->ipv6.was_on = on;
}

void port_ipv6_fini(struct port *port)
{
	struct if_ipv6 *six = &port->ipv6;
	size_t i;

	for (i = 0; i < six->n_applied && port->iface.ifindex; i++)
		(void)kernel_addr(port, &six->applied[i], false);
	free(six->applied);
	free(six->addrs);
	*six = (struct if_ipv6){ 0 };
}

/* --- commands --------------------------------------------------------- */

static void changed(struct port *port)
{
	port_ipv6_apply(port);
	if (!port->owner->booting)
		port_notify(port, IFACE_ADDRESS);
}

bool port_ipv6_clear(struct port *port)
{
	struct if_ipv6 *six = &port->ipv6;
	bool had = six->n || six->enable || ip_is_set(&six->link_local);

	six->n = 0;
	six->enable = false;
	six->link_local = (struct ip_addr){ 0 };
	if (had)
		changed(port);
	return had;
}

static size_t find(const struct if_ipv6 *six, const struct if_ipv6_addr *want)
{
	size_t i;

	for (i = 0; i < six->n; i++)
		if (six->addrs[i].prefix == want->prefix &&
		    six->addrs[i].eui64 == want->eui64 &&
		    ip_equal(&six->addrs[i].addr, &want->addr))
			break;
	return i;
}

static bool usable(const struct if_ipv6_addr *a, struct cli_out *o)
{
	char text[IPV6_PREFIX_TEXT];
	const char *why = NULL;

	if (ip_is_multicast(&a->addr) || ip_is_any(&a->addr))
		why = "not a unicast address";
	else if (is_link_local(&a->addr))
		why = "a link-local address has the word link-local";
	else if (a->eui64 && a->prefix > HALF)
		why = "eui-64 needs a prefix of 64 bits at most";
	if (why)
		cli_error(o, "%% %s: %s\n",
			  ipv6_prefix_text(&a->addr, a->prefix, text), why);
	return !why;
}

/* The other interface that has a part of this subnet, or NULL. */
static const struct port *overlapping(const struct port *self,
				      const struct if_ipv6_addr *a,
				      const struct if_ipv6_addr **with)
{
	const struct port *port;
	unsigned int prefix;
	size_t i;

	TAILQ_FOREACH (port, &self->owner->ports, link) {
		for (i = 0;
		     port != self && port->iface.vrf == self->iface.vrf &&
		     i < port->ipv6.n;
		     i++) {
			*with = &port->ipv6.addrs[i];
			prefix = (*with)->prefix < a->prefix ? (*with)->prefix
							     : a->prefix;
			if (ip_in(&a->addr, &(*with)->addr, prefix))
				return port;
		}
	}
	return NULL;
}

static bool free_of_others(const struct port *port,
			   const struct if_ipv6_addr *a, struct cli_out *o)
{
	char mine[IPV6_PREFIX_TEXT], theirs[IPV6_PREFIX_TEXT];
	const struct if_ipv6_addr *with = NULL;
	const struct port *other = overlapping(port, a, &with);
	struct ip_addr x, y;

	if (!other)
		return true;
	x = ip_network(&a->addr, a->prefix);
	y = ip_network(&with->addr, with->prefix);
	cli_error(o, "%%Error: %s is overlapping with %s on %s\n",
		  ipv6_prefix_text(&x, a->prefix, mine),
		  ipv6_prefix_text(&y, with->prefix, theirs),
		  other->iface.name);
	return false;
}

static struct if_ipv6_addr typed(const struct cli_args *a)
{
	struct if_ipv6_addr out = { .eui64 = cli_has(a, "eui-64") };

	(void)ipv6_prefix_parse(cli_str(a, "prefix"), &out.addr, &out.prefix);
	if (out.eui64 && out.prefix <= HALF)
		out.addr = ip_network(&out.addr, HALF);
	return out;
}

static void set_address(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct if_ipv6_addr addr = typed(a);
	struct port *port = obj;
	struct if_ipv6 *six = &port->ipv6;

	if (find(six, &addr) < six->n || !usable(&addr, o) ||
	    !free_of_others(port, &addr, o))
		return;
	if (six->n >= IPV6_ADDRESSES) {
		cli_error(o, "%% Too many IPv6 addresses\n");
		return;
	}
	six->addrs = xrealloc(six->addrs, six->n + 1, sizeof(*six->addrs));
	six->addrs[six->n++] = addr;
	changed(port);
}

static void no_address(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct port *port = obj;
	struct if_ipv6 *six = &port->ipv6;
	struct if_ipv6_addr addr;
	size_t i;

	if (!cli_has(a, "prefix")) {
		six->n = 0;
		six->link_local = (struct ip_addr){ 0 };
		changed(port);
		return;
	}
	addr = typed(a);
	i = find(six, &addr);
	if (i == six->n) {
		cli_error(o, "%% Invalid address\n");
		return;
	}
	memmove(&six->addrs[i], &six->addrs[i + 1],
		(six->n - i - 1) * sizeof(*six->addrs));
	six->n--;
	changed(port);
}

static void set_link_local(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct ip_addr addr = cli_addr(a, "address");
	struct port *port = obj;

	if (!is_link_local(&addr)) {
		cli_error(o, "%% Invalid link-local address\n");
		return;
	}
	if (cli_is_no(a) && !ip_equal(&addr, &port->ipv6.link_local)) {
		cli_error(o, "%% Invalid address\n");
		return;
	}
	port->ipv6.link_local = cli_is_no(a) ? (struct ip_addr){ 0 } : addr;
	changed(port);
}

static void write_addresses(const void *obj, struct cli_out *o)
{
	const struct port *port = obj;
	const struct if_ipv6 *six = &port->ipv6;
	char text[IPV6_PREFIX_TEXT];
	size_t i;

	if (ip_is_set(&six->link_local))
		cli_say(o, " ipv6 address %s link-local\n",
			ip_text(&six->link_local, text));
	for (i = 0; i < six->n; i++)
		cli_say(o, " ipv6 address %s%s\n",
			ipv6_prefix_text(&six->addrs[i].addr,
					 six->addrs[i].prefix, text),
			six->addrs[i].eui64 ? " eui-64" : "");
}

static void set_enable(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct port *port = obj;

	(void)o;
	port->ipv6.enable = !cli_is_no(a);
	changed(port);
}

static void write_enable(const void *obj, struct cli_out *o)
{
	const struct port *port = obj;

	if (port->ipv6.enable)
		cli_say(o, " ipv6 enable\n");
}

static void set_mtu(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct port *port = obj;
	unsigned int mtu = cli_is_no(a) ? 0 : cli_u32(a, "octets");

	if (mtu > port->iface.mtu && port->iface.ifindex) {
		cli_error(o, "%% Invalid MTU: %s has %u octets\n",
			  port->iface.name, port->iface.mtu);
		return;
	}
	port->iface.ipv6_mtu = mtu;
	port_ipv6_apply(port);
	port_notify(port, IFACE_MTU);
}

static void write_mtu(const void *obj, struct cli_out *o)
{
	const struct port *port = obj;

	if (port->iface.ipv6_mtu)
		cli_say(o, " ipv6 mtu %u\n", port->iface.ipv6_mtu);
}

#define IPV6 "ipv6       IPv6 interface subcommands\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &router_mode_if,
		.words = IPV6 "address    Configure IPv6 address on interface\n"
			      ".\n"
			      "IPV6PREFIX$prefix\n"
			      "[ eui-64   Use eui-64 interface identifier\n"
			      "]\n",
		.run = set_address,
		.no = no_address,
		.write = write_addresses,
		.order = IFACE_O_IP + 10,
	},
	{
		.mode = &router_mode_if,
		.words = IPV6 "address    Configure IPv6 address on interface\n"
			      "X:X:X:X::X$address  IPv6 link-local address\n"
			      "link-local  Use link-local address\n",
		.run = set_link_local,
		.no = set_link_local,
	},
	{
		.mode = &router_mode_if,
		.words = IPV6 "enable     Enable IPv6 on interface\n",
		.run = set_enable,
		.no = set_enable,
		.write = write_enable,
		.order = IFACE_O_IP + 11,
	},
	{
		.mode = &router_mode_if,
		.words = IPV6 "mtu        Set IPv6 Maximum Transmission Unit\n"
			      ".\n"
			      "<1280-18000>$octets  MTU (bytes)\n",
		.run = set_mtu,
		.no = set_mtu,
		.write = write_mtu,
		.order = IFACE_O_IP + 12,
	},
};

void iface_ipv6_init(struct cli *cli)
{
	ipv6_prefix_type(cli);
	CLI_ADD(cli, commands, NULL);
}
