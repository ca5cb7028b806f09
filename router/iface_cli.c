/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interface and its sub-commands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "router/iface_kept.h"
#include "router/iface_priv.h"
#include "router/router_msg.h"
#include "router/vrf_cli.h"

const struct cli_mode router_mode_if = {
	.prompt = "config-if",
	.heading = "Interface configuration commands:",
	.exit_help = "Exit from interface configuration mode",
	.parent = &cli_mode_config,
};

/* --- IFNAME: any that a router may have; IFPORT: what there is ---------- */

static int match_name(struct ifaces *ifaces, const char *const *tokens,
		      size_t n, bool any, char **text)
{
	struct ifname name;
	int used = ifname_parse(tokens, n, &name);

	if (used <= 0)
		return used;
	if (!any && !iface_find(ifaces, name.text))
		return 0;
	*text = xstrdup(name.text);
	return used;
}

static int match_any(void *ctx, const char *const *tokens, size_t n,
		     char **text, uint32_t *number)
{
	*number = 0;
	return match_name(ctx, tokens, n, true, text);
}

static int match_present(void *ctx, const char *const *tokens, size_t n,
			 char **text, uint32_t *number)
{
	*number = 0;
	return match_name(ctx, tokens, n, false, text);
}

static bool has_kind(const struct ifaces *ifaces, enum ifname_kind kind)
{
	const struct port *port;

	TAILQ_FOREACH (port, &ifaces->ports, link)
		if (port->name.kind == kind)
			return true;
	return kind == IFNAME_LOOPBACK;
}

static void
help_name(void *ctx, const char *prefix,
	  void (*add)(void *arg, const char *word, const char *help), void *arg)
{
	size_t len = strlen(prefix);
	int kind;

	for (kind = 0; kind < IFNAME_KINDS; kind++)
		if (has_kind(ctx, (enum ifname_kind)kind) &&
		    !strncasecmp(ifname_types[kind].name, prefix, len))
			add(arg, ifname_types[kind].name,
			    ifname_types[kind].help);
}

/* --- interface -------------------------------------------------------- */

/* A loopback, or one that only the configuration knows. */
static struct port *make_port(struct ifaces *ifaces, const char *text,
			      struct cli_out *o)
{
	struct ifname name;
	struct port *port;

	ifname_parse(&text, 1, &name);
	if (name.kind != IFNAME_LOOPBACK || name.has_sub) {
		if (!cli_is_startup(o))
			cli_say(o,
				"%% NOTE: there is no %s here: its lines are "
				"kept and not acted on.\n",
				name.text);
		return port_absent(ifaces, &name);
	}
	port = port_loopback(ifaces, &name);
	port_apply(port);
	return port;
}

struct iface *iface_select(struct ifaces *ifaces, const char *name,
			   struct cli_out *o)
{
	struct iface *iface = iface_find(ifaces, name);
	struct port *port = iface ? port_of(iface) : make_port(ifaces, name, o);

	/* A block of a whole configuration without "shutdown" means up; a port
	 * that no configuration ever named is down. */
	if (cli_is_whole(o) && !port->configured)
		port_set_shutdown(port, false);
	port->configured = true;
	return &port->iface;
}

static void enter_interface(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	struct iface *iface = iface_select(obj, cli_str(a, "name"), o);

	if (cli_has(a, "form"))
		port_of(iface)->form = !strcmp(cli_str(a, "form"), "multipoint")
					       ? "multipoint"
					       : "point-to-point";
	cli_enter(o, &router_mode_if, iface);
}

static void no_interface(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ifaces *ifaces = obj;
	struct iface *iface = iface_find(ifaces, cli_str(a, "name"));

	if (!iface)
		return;
	if (!iface->loopback && !port_is_absent(port_of(iface))) {
		cli_error(o, "%% Removal of physical interfaces is not "
			     "permitted.\n");
		return;
	}
	if (iface->loopback && !iface->shutdown)
		log_msg(ifaces->log, LINK_CHANGED, iface->name);
	port_notify(port_of(iface), IFACE_GONE);
	cli_forget(ifaces->cli, iface);
	port_free(port_of(iface));
}

static void write_interfaces(const void *obj, struct cli_out *o)
{
	const struct ifaces *ifaces = obj;
	struct port *port;

	TAILQ_FOREACH (port, &ifaces->ports, link) {
		cli_why(o, port_is_absent(port) ? "no such interface" : NULL);
		cli_say(o, "interface %s%s%s\n", port->iface.name,
			port->form ? " " : "", port->form ? port->form : "");
		cli_write_mode(o, &router_mode_if, &port->iface);
		cli_say(o, "!\n");
	}
}

/* --- description, shutdown, mtu --------------------------------------- */

static void set_description(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	struct iface *iface = obj;

	(void)o;
	free(iface->description);
	iface->description = xstrdup(cli_str(a, "text"));
}

static void no_description(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct iface *iface = obj;

	(void)a;
	(void)o;
	free(iface->description);
	iface->description = NULL;
}

static void write_description(const void *obj, struct cli_out *o)
{
	const struct iface *iface = obj;

	if (iface->description)
		cli_say(o, " description %s\n", iface->description);
}

static void set_shutdown(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)a;
	(void)o;
	port_set_shutdown(obj, true);
}

static void no_shutdown(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)a;
	(void)o;
	port_set_shutdown(obj, false);
}

static void write_shutdown(const void *obj, struct cli_out *o)
{
	const struct iface *iface = obj;

	if (iface->shutdown)
		cli_say(o, " shutdown\n");
}

static void set_mtu(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct port *port = obj;
	unsigned int mtu = cli_u32(a, "octets");

	if (port->iface.loopback || port_set_mtu(port, mtu)) {
		cli_error(o,
			  "%% Interface %s does not support user settable "
			  "mtu of %u.\n",
			  port->iface.name, mtu);
		return;
	}
	port->mtu_set = mtu;
}

static void no_mtu(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct port *port = obj;

	(void)a;
	(void)o;
	port->mtu_set = 0;
	if (port->before.link.mtu)
		(void)port_set_mtu(port, port->before.link.mtu);
}

static void write_mtu(const void *obj, struct cli_out *o)
{
	const struct port *port = obj;

	if (port->mtu_set)
		cli_say(o, " mtu %u\n", port->mtu_set);
}

static void set_ip_mtu(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct iface *iface = obj;

	(void)o;
	iface->ip_mtu = cli_u32(a, "octets");
	port_notify(port_of(iface), IFACE_MTU);
}

static void no_ip_mtu(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct iface *iface = obj;

	(void)a;
	(void)o;
	iface->ip_mtu = 0;
	port_notify(port_of(iface), IFACE_MTU);
}

static void write_ip_mtu(const void *obj, struct cli_out *o)
{
	const struct iface *iface = obj;

	if (iface->ip_mtu)
		cli_say(o, " ip mtu %u\n", iface->ip_mtu);
}

/* --- ip redirects, ip proxy-arp --------------------------------------- */

static void set_redirects(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct port *port = obj;

	(void)o;
	port->no_redirects = cli_is_no(a);
	port_switches(port);
}

static void write_redirects(const void *obj, struct cli_out *o)
{
	const struct port *port = obj;

	if (port->no_redirects)
		cli_say(o, " no ip redirects\n");
}

static void set_proxy_arp(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct port *port = obj;

	(void)o;
	port->no_proxy_arp = cli_is_no(a);
	port_switches(port);
}

static void write_proxy_arp(const void *obj, struct cli_out *o)
{
	const struct port *port = obj;

	if (port->no_proxy_arp)
		cli_say(o, " no ip proxy-arp\n");
}

#define IP "ip  Interface Internet Protocol config commands\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words =
			"interface    Select an interface to configure\n"
			"IFNAME$name\n"
			"[ ( multipoint$form      Treat as a multipoint link\n"
			"| point-to-point$form  Treat as a point-to-point link\n"
			") ]\n",
		.run = enter_interface,
		.no = no_interface,
		.write = write_interfaces,
		.order = CLI_O_INTERFACE,
	},
	{
		.mode = &router_mode_if,
		.words = "description  Interface specific description\n"
			 ".\n"
			 "LINE$text    Up to 200 characters describing this "
			 "interface\n",
		.run = set_description,
		.no = no_description,
		.write = write_description,
		.order = IFACE_O_DESCRIPTION,
	},
	{
		.mode = &router_mode_if,
		.words = "mtu  Set the interface Maximum Transmission Unit "
			 "(MTU)\n"
			 ".\n"
			 "<68-18000>$octets  MTU size in bytes\n",
		.run = set_mtu,
		.no = no_mtu,
		.write = write_mtu,
		.order = IFACE_O_DESCRIPTION + 1,
	},
	{
		.mode = &router_mode_if,
		.words = IP "redirects  Enable sending ICMP Redirect "
			    "messages\n",
		.run = set_redirects,
		.no = set_redirects,
		.write = write_redirects,
		.order = IFACE_O_IP - 1,
	},
	{
		.mode = &router_mode_if,
		.words = IP "proxy-arp  Enable proxy ARP\n",
		.run = set_proxy_arp,
		.no = set_proxy_arp,
		.write = write_proxy_arp,
		.order = IFACE_O_IP + 1,
	},
	{
		.mode = &router_mode_if,
		.words = IP "mtu        Set IP Maximum Transmission Unit\n"
			    ".\n"
			    "<68-18000>$octets  MTU (bytes)\n",
		.run = set_ip_mtu,
		.no = no_ip_mtu,
		.write = write_ip_mtu,
		.order = IFACE_O_IP + 2,
	},
	{
		.mode = &router_mode_if,
		.words = "shutdown   Shutdown the selected interface\n",
		.run = set_shutdown,
		.no = no_shutdown,
		.write = write_shutdown,
		.order = IFACE_O_SHUTDOWN,
	},
};

void ifaces_cli_init(struct ifaces *ifaces, struct cli *cli)
{
	const struct cli_type any = { "IFNAME", match_any, help_name, ifaces };
	const struct cli_type present = { "IFPORT", match_present, help_name,
					  ifaces };

	ifaces->cli = cli;
	cli_type_add(cli, &any);
	cli_type_add(cli, &present);
	CLI_ADD(cli, commands, ifaces);
	iface_range_cli_init(ifaces);
	iface_address_init(cli);
	iface_ipv6_init(cli);
	iface_ipv6_show_init(ifaces, cli);
	iface_mss_init(cli);
	iface_filter_init(cli);
	iface_kept_init(cli);
	iface_show_init(ifaces, cli);
	vrf_cli_init(ifaces->vrfs, cli);
}
