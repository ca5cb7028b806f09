/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ip vrf, vrf definition, and vrf forwarding of interfaces. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/iface_priv.h"
#include "router/vrf_cli.h"

const struct cli_mode router_mode_vrf = {
	.prompt = "config-vrf",
	.heading = "IP VPN Routing/Forwarding instance configuration commands:",
	.exit_help = "Exit from VRF configuration mode",
	.parent = &cli_mode_config,
};

/* Of both address families: there is nothing in it that a router without
 * MPLS does. */
const struct cli_mode router_mode_vrf_af = {
	.prompt = "config-vrf-af",
	.heading = "IP VPN Routing/Forwarding instance configuration commands:",
	.exit_help = "Exit from VRF address-family configuration mode",
	.parent = &router_mode_vrf,
};

/* --- the VRF ------------------------------------------------------------ */

static struct vrf *get(struct vrfs *vrfs, const struct cli_args *a,
		       struct cli_out *o)
{
	const char *name = cli_str(a, "name");
	struct vrf *vrf = vrf_find(vrfs, name);

	if (vrf)
		return vrf;
	if (strlen(name) > VRF_NAME_MAX) {
		cli_error(o, "%% Name is too long\n");
		return NULL;
	}
	vrf = vrf_new(vrfs, name);
	if (!vrf)
		cli_error(o, "%% Too many VRFs\n");
	else if (!vrf->ns && !cli_is_startup(o))
		cli_say(o,
			"%% NOTE: the system gives no namespace for VRF "
			"%s: its interfaces stay down.\n",
			name);
	return vrf;
}

static void enter_vrf(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct vrf *old = vrf_find(obj, cli_str(a, "name")), *vrf;

	if (old && old->definition) {
		cli_error(o,
			  "%% Use 'vrf definition %s' to configure this "
			  "VRF\n",
			  old->name);
		return;
	}
	vrf = get(obj, a, o);
	if (!vrf)
		return;
	vrf->ipv4 = true;
	cli_enter(o, &router_mode_vrf, vrf);
}

static void enter_definition(void *obj, const struct cli_args *a,
			     struct cli_out *o)
{
	bool known = vrf_find(obj, cli_str(a, "name")) != NULL;
	struct vrf *vrf = get(obj, a, o);

	if (!vrf)
		return;
	if (known && !vrf->definition) {
		cli_error(o, "%% Use 'ip vrf %s' to configure this VRF\n",
			  vrf->name);
		return;
	}
	vrf->definition = true;
	cli_enter(o, &router_mode_vrf, vrf);
}

static void no_vrf(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const char *name = cli_str(a, "name");
	struct vrf *vrf = vrf_find(obj, name);

	if (!vrf) {
		cli_error(o, "%% VRF %s does not exist\n", name);
		return;
	}
	cli_say(o,
		"%% IPv4 and IPv6 addresses from all interfaces in VRF %s "
		"have been removed\n",
		name);
	vrf_free(vrf);
}

static void write_all(const struct vrfs *vrfs, bool definition,
		      struct cli_out *o)
{
	const struct vrf *vrf;

	TAILQ_FOREACH (vrf, &vrfs->list, link) {
		if (vrf->definition != definition)
			continue;
		cli_why(o, vrf->ns ? NULL : "no network namespace");
		cli_say(o, "%s %s\n", definition ? "vrf definition" : "ip vrf",
			vrf->name);
		cli_write_mode(o, &router_mode_vrf, vrf);
		cli_say(o, "!\n");
	}
	cli_why(o, NULL);
}

static void write_vrfs(const void *obj, struct cli_out *o)
{
	write_all(obj, false, o);
}

static void write_definitions(const void *obj, struct cli_out *o)
{
	write_all(obj, true, o);
}

static void set_text(char **field, const struct cli_args *a, const char *name)
{
	free(*field);
	*field = cli_is_no(a) ? NULL : xstrdup(cli_str(a, name));
}

static void run_description(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	(void)o;
	set_text(&((struct vrf *)obj)->description, a, "text");
}

static void write_description(const void *obj, struct cli_out *o)
{
	const struct vrf *vrf = obj;

	if (vrf->description)
		cli_say(o, " description %s\n", vrf->description);
}

/* AS:number or address:number. */
static bool is_rd(const char *text)
{
	const char *colon = strchr(text, ':');
	size_t left = colon ? (size_t)(colon - text) : 0;

	return left && colon[1] && strspn(text, "0123456789.") == left &&
	       strspn(colon + 1, "0123456789") == strlen(colon + 1);
}

static void run_rd(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct vrf *vrf = obj;

	if (!cli_is_no(a) && !is_rd(cli_str(a, "rd_value"))) {
		cli_error(o, "%% Malformed Route Distinguisher\n");
		return;
	}
	set_text(&vrf->rd, a, "rd_value");
}

static void write_rd(const void *obj, struct cli_out *o)
{
	const struct vrf *vrf = obj;

	if (vrf->rd)
		cli_say(o, " rd %s\n", vrf->rd);
}

/* --- address families ----------------------------------------------------- */

static void run_family(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct vrf *vrf = obj;
	bool *family = cli_has(a, "ipv6") ? &vrf->ipv6 : &vrf->ipv4;

	if (!vrf->definition) {
		cli_error(o, "%% Address families are for vrf definition\n");
		return;
	}
	*family = !cli_is_no(a);
	/* The families' lines hang on their own objects. */
	if (*family)
		cli_enter(o, &router_mode_vrf_af, family);
	else if (vrf->owner->cli)
		cli_forget(vrf->owner->cli, family);
}

static void write_family(const bool *family, const char *name,
			 struct cli_out *o)
{
	if (!*family)
		return;
	cli_say(o, " !\n address-family %s\n", name);
	cli_write_mode(o, &router_mode_vrf_af, family);
	cli_say(o, " exit-address-family\n");
}

static void write_families(const void *obj, struct cli_out *o)
{
	const struct vrf *vrf = obj;

	if (!vrf->definition)
		return;
	write_family(&vrf->ipv4, "ipv4", o);
	write_family(&vrf->ipv6, "ipv6", o);
}

static void leave_family(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct vrfs *vrfs = cli_ctx(o);
	struct vrf *vrf;

	(void)a;
	TAILQ_FOREACH (vrf, &vrfs->list, link)
		if (obj == &vrf->ipv4 || obj == &vrf->ipv6)
			cli_enter(o, &router_mode_vrf, vrf);
}

/* --- vrf forwarding ------------------------------------------------------- */

static void move(struct port *port, struct vrf *vrf, const char *name,
		 struct cli_out *o)
{
	if (port->iface.vrf == (vrf ? vrf->id : 0))
		return;
	if (port_set_vrf(port, vrf) && !cli_is_startup(o))
		cli_say(o,
			"%% Interface %s IPv4 disabled and address(es) "
			"removed due to %s VRF %s\n",
			port->iface.name, vrf ? "enabling" : "disabling", name);
}

static void run_forwarding(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct port *port = obj;
	struct vrfs *vrfs = cli_ctx(o);
	const struct vrf *now = vrf_by_id(vrfs, port->iface.vrf);
	struct vrf *vrf;

	if (cli_is_no(a)) {
		if (now)
			move(port, NULL, now->name, o);
		return;
	}
	vrf = vrf_find(vrfs, cli_str(a, "vrf_name"));
	if (vrf)
		move(port, vrf, vrf->name, o);
	else
		cli_error(o, "%% VRF %s not configured\n",
			  cli_str(a, "vrf_name"));
}

static void write_forwarding(const void *obj, struct cli_out *o)
{
	const struct port *port = obj;
	const struct vrf *vrf = vrf_by_id(cli_ctx(o), port->iface.vrf);

	if (vrf)
		cli_say(o, " %svrf forwarding %s\n",
			vrf->definition ? "" : "ip ", vrf->name);
}

static void write_nothing(const void *obj, struct cli_out *o)
{
	(void)obj;
	(void)o;
}

#define FORWARDING                                              \
	"vrf         VPN Routing/Forwarding parameters on the " \
	"interface\n"                                           \
	"forwarding  Configure forwarding table\n"              \
	".\n"                                                   \
	"WORD$vrf_name  Table name\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "vrf         VRF commands\n"
			 "definition  VRF definition\n"
			 "WORD$name   VRF name\n",
		.run = enter_definition,
		.no = no_vrf,
		.write = write_definitions,
		.order = CLI_O_VRF,
	},
	{
		.mode = &cli_mode_config,
		.words = "ip         Global IP configuration subcommands\n"
			 "vrf        Configure an IP VPN Routing/Forwarding "
			 "instance\n"
			 "WORD$name  VPN Routing/Forwarding instance name\n",
		.run = enter_vrf,
		.no = no_vrf,
		.write = write_vrfs,
		.order = CLI_O_VRF + 1,
	},
	{
		.mode = &router_mode_vrf,
		.words = "description  VRF specific description\n"
			 ".\n"
			 "LINE$text    Up to 244 characters describing this "
			 "VRF\n",
		.run = run_description,
		.no = run_description,
		.write = write_description,
		.order = 0,
	},
	{
		.mode = &router_mode_vrf,
		.words = "rd             Specify Route Distinguisher\n"
			 ".\n"
			 "WORD$rd_value  ASN:nn or IP-address:nn\n",
		.run = run_rd,
		.no = run_rd,
		.write = write_rd,
		.order = 1,
	},
	{
		.mode = &router_mode_vrf,
		.words = "address-family  Enter Address Family command mode\n"
			 "( ipv4          Address family\n"
			 "| ipv6          Address family\n"
			 ")\n"
			 "[ unicast       Address family modifier\n"
			 "]\n",
		.run = run_family,
		.no = run_family,
		.write = write_families,
		.order = 10,
	},
	{
		.mode = &router_mode_vrf_af,
		.words = "exit-address-family  Exit from VRF address-family "
			 "configuration mode\n",
		.run = leave_family,
	},
	{
		.mode = &router_mode_if,
		.words = "ip          Interface Internet Protocol config "
			 "commands\n" FORWARDING,
		.run = run_forwarding,
		.no = run_forwarding,
		.write = write_forwarding,
		.order = IFACE_O_VRF,
	},
	{
		.mode = &router_mode_if,
		.words = FORWARDING,
		.run = run_forwarding,
		.no = run_forwarding,
		.write = write_nothing,
		.order = IFACE_O_VRF,
	},
};

void vrf_cli_init(struct vrfs *vrfs, struct cli *cli)
{
	vrfs->cli = cli;
	CLI_ADD(cli, commands, vrfs);
}
