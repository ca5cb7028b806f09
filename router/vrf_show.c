/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show vrf, show ip vrf [brief | detail | interfaces]. */
#include <stdio.h>
#include <string.h>

#include "router/vrf_cli.h"

enum { SHORT = 32 };

bool vrf_arg(const struct ifaces *ifaces, const struct cli_args *a,
	     const char *arg, uint32_t *out, struct cli_out *o)
{
	const char *name = cli_str(a, arg);
	const struct vrf *vrf;

	*out = 0;
	if (!name)
		return true;
	vrf = vrf_find(ifaces->vrfs, name);
	if (vrf)
		*out = vrf->id;
	else
		cli_error(o, "%% VRF %s does not exist\n", name);
	return vrf;
}

static const char *protocols(const struct vrf *vrf)
{
	if (vrf->ipv4 && vrf->ipv6)
		return "ipv4,ipv6";
	return vrf->ipv4 ? "ipv4" : vrf->ipv6 ? "ipv6" : "";
}

static const char *rd(const struct vrf *vrf)
{
	return vrf->rd ? vrf->rd : "<not set>";
}

/* The interface after one of the same VRF; NULL: the first, there is no
 * more. */
static const struct port *next_port(const struct router *router,
				    const struct vrf *vrf,
				    const struct port *port)
{
	port = port ? TAILQ_NEXT(port, link)
		    : TAILQ_FIRST(&router->ifaces->ports);
	while (port && port->iface.vrf != vrf->id)
		port = TAILQ_NEXT(port, link);
	return port;
}

/* One interface a line, below each other from the column on. */
static void say_interfaces(const struct router *router, const struct vrf *vrf,
			   int column, struct cli_out *o)
{
	const struct port *port = next_port(router, vrf, NULL);
	char text[SHORT];

	while (port) {
		cli_say(o, "%s\n", ifname_short(&port->name, text));
		port = next_port(router, vrf, port);
		if (port)
			cli_say(o, "%*s", column, "");
	}
	if (!next_port(router, vrf, NULL))
		cli_say(o, "\n");
}

/* NULL: all; the name of one that is not there is answered. */
static bool wanted(const struct router *router, const struct cli_args *a,
		   const char **name, struct cli_out *o)
{
	uint32_t id;

	*name = cli_str(a, "vrf_name");
	return vrf_arg(router->ifaces, a, "vrf_name", &id, o);
}

static bool is_wanted(const struct vrf *vrf, const char *name)
{
	return !name || !strcmp(vrf->name, name);
}

static void show_vrf(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct router *router = obj;
	const struct vrf *vrf;
	const char *name;

	if (!wanted(router, a, &name, o))
		return;
	cli_say(o, "  %-33s%-22s%-12s%s\n", "Name", "Default RD", "Protocols",
		"Interfaces");
	TAILQ_FOREACH (vrf, &router->ifaces->vrfs->list, link) {
		if (!is_wanted(vrf, name))
			continue;
		cli_say(o, "  %-33s%-22s%-12s", vrf->name, rd(vrf),
			protocols(vrf));
		say_interfaces(router, vrf, 2 + 33 + 22 + 12, o);
	}
}

static void show_ip_vrf(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct router *router = obj;
	const struct vrf *vrf;
	const char *name;

	if (!wanted(router, a, &name, o))
		return;
	cli_say(o, "  %-33s%-22s%s\n", "Name", "Default RD", "Interfaces");
	TAILQ_FOREACH (vrf, &router->ifaces->vrfs->list, link) {
		if (!vrf->ipv4 || !is_wanted(vrf, name))
			continue;
		cli_say(o, "  %-33s%-22s", vrf->name, rd(vrf));
		say_interfaces(router, vrf, 2 + 33 + 22, o);
	}
}

static void show_detail(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct router *router = obj;
	const struct port *port;
	const struct vrf *vrf;
	char text[SHORT];
	const char *name;

	if (!wanted(router, a, &name, o))
		return;
	TAILQ_FOREACH (vrf, &router->ifaces->vrfs->list, link) {
		if (!is_wanted(vrf, name))
			continue;
		cli_say(o,
			"VRF %s (VRF Id = %u); default RD %s; default VPNID "
			"<not set>\n",
			vrf->name, vrf->id, rd(vrf));
		if (vrf->description)
			cli_say(o, "  Description: %s\n", vrf->description);
		cli_say(o, next_port(router, vrf, NULL) ? "  Interfaces:\n"
							: "  No interfaces\n");
		for (port = next_port(router, vrf, NULL); port;
		     port = next_port(router, vrf, port))
			cli_say(o, "    %-24s\n",
				ifname_short(&port->name, text));
	}
}

static void show_interfaces(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	const struct router *router = obj;
	char text[SHORT], addr[IP_ADDR_TEXT];
	const struct port *port;
	const struct vrf *vrf;
	const char *name;

	if (!wanted(router, a, &name, o))
		return;
	cli_say(o, "%-23s%-16s%-33s%s\n", "Interface", "IP-Address", "VRF",
		"Protocol");
	TAILQ_FOREACH (vrf, &router->ifaces->vrfs->list, link) {
		if (!is_wanted(vrf, name))
			continue;
		for (port = next_port(router, vrf, NULL); port;
		     port = next_port(router, vrf, port))
			cli_say(o, "%-23s%-16s%-33s%s\n",
				ifname_short(&port->name, text),
				ip_is_set(&port->iface.addr)
					? ip_text(&port->iface.addr, addr)
					: "unassigned",
				vrf->name, port->iface.line_up ? "up" : "down");
	}
}

#define SHOW "show   Show running system information\n"
#define SHOW_IP_VRF                    \
	SHOW "ip     IP information\n" \
	     "vrf    VPN Routing/Forwarding instance information\n"
#define NAME "[ WORD$vrf_name  VRF name\n]\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = SHOW "vrf    VPN Routing/Forwarding instance "
			      "information\n"
			      "[ brief  Brief VRF information\n]\n" NAME,
		.run = show_vrf,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW "vrf    VPN Routing/Forwarding instance "
			      "information\n"
			      "detail  Detailed VRF information\n" NAME,
		.run = show_detail,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW_IP_VRF
		"[ brief  Brief VPN Routing/Forwarding instance "
		"information\n]\n" NAME,
		.run = show_ip_vrf,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW_IP_VRF
		"detail  Detailed VPN Routing/Forwarding instance "
		"information\n" NAME,
		.run = show_detail,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW_IP_VRF
		"interfaces  Show VPN Routing/Forwarding interface "
		"information\n" NAME,
		.run = show_interfaces,
		.flags = CLI_USER,
	},
};

void vrf_show_init(struct router *router)
{
	CLI_ADD(router->cli, commands, router);
}
