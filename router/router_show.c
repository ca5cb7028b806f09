/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show version, show inventory, show debugging, undebug all. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "router/router_priv.h"

#define KILO 1024

/* Memory of the process in KiB: all of the machine, and what is ours. */
static void read_memory(unsigned long *total, unsigned long *used)
{
	unsigned long size, resident, page = (unsigned long)getpagesize();
	FILE *f = fopen("/proc/self/statm", "re");

	*total = (unsigned long)sysconf(_SC_PHYS_PAGES) / KILO * page;
	*used = 0;
	if (!f)
		return;
	if (fscanf(f, "%lu %lu", &size, &resident) == 2)
		*used = resident * page / KILO;
	fclose(f);
}

/* A number that stays: from the address of the first port. */
static unsigned int board_id(const struct router *router)
{
	const struct port *port;
	const uint8_t *m;

	TAILQ_FOREACH (port, &router->ifaces->ports, link) {
		if (port->iface.loopback || !port->iface.ifindex)
			continue;
		m = port->before.link.mac;
		return (unsigned int)m[2] << 24 | (unsigned int)m[3] << 16 |
		       (unsigned int)m[4] << 8 | m[5];
	}
	return 0;
}

/* "2 Ethernet interfaces", for each kind there is. */
static void say_interfaces(struct router *router, struct cli_out *o)
{
	unsigned int count[IFNAME_KINDS] = { 0 };
	const struct port *port;
	int kind;

	TAILQ_FOREACH (port, &router->ifaces->ports, link)
		count[port->name.kind]++;
	for (kind = IFNAME_ETHERNET; kind < IFNAME_SERIAL; kind++) {
		const char *name = ifname_types[kind].name;

		/* IOS: "2 Gigabit Ethernet interfaces", "1 FastEthernet" */
		if (kind == IFNAME_GIGABIT_ETHERNET)
			name = "Gigabit Ethernet";
		if (kind == IFNAME_TEN_GIGABIT_ETHERNET)
			name = "Ten Gigabit Ethernet";
		if (count[kind])
			cli_say(o, "%u %s interface%s\n", count[kind], name,
				count[kind] == 1 ? "" : "s");
	}
}

/* The words that Netmiko, NAPALM, Ansible and Genie look for, around what
 * this is. */
static void show_version(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;
	char age[STAMP_SIZE];
	unsigned long total, used;
	struct utsname host;

	(void)a;
	uname(&host);
	read_memory(&total, &used);
	stamp_uptime(clock_now(router->clock) - router->time.started, age);
	cli_say(o,
		"Cisco IOS Software, OpenGETVPN compatible Software "
		"(OPENGETVPN-ADVENTERPRISEK9-M), Version 15.4(1)T, RELEASE "
		"SOFTWARE (fc1)\n"
		"Technical Support: this is OpenGETVPN " PACKAGE_VERSION
		", free software, not made by Cisco\n"
		"It speaks the command language of Cisco IOS 15.4 and contains "
		"nothing of it.\n"
		"Licence: GNU General Public License, version 3 or later\n\n"
		"ROM: %s %s\n\n",
		host.sysname, host.release);
	cli_say(o,
		"%s uptime is %s\n"
		"System returned to ROM by reload\n"
		"System image file is \"unix:getvpnd\"\n"
		"Last reload reason: %s\n\n\n",
		router->hostname, age,
		router->last_reload ? router->last_reload : "Unknown reason");
	cli_say(o,
		"Cisco IOS/OpenGETVPN (%s) processor (revision 1.0) "
		"with %luK/%luK bytes of memory.\n"
		"Processor board ID %u\n",
		host.machine, total - used, used, board_id(router));
	say_interfaces(router, o);
	cli_say(o, "256K bytes of NVRAM.\n\n"
		   "Configuration register is 0x0\n\n");
}

static void show_inventory(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct router *router = obj;
	const struct port *port;

	(void)a;
	cli_say(o,
		"NAME: \"Chassis\", DESCR: \"OpenGETVPN " PACKAGE_VERSION
		" router\"\n"
		"PID: OPENGETVPN        , VID: 1.0, SN: %u\n\n",
		board_id(router));
	TAILQ_FOREACH (port, &router->ifaces->ports, link)
		if (!port->iface.loopback)
			cli_say(o,
				"NAME: \"%s\", DESCR: \"Linux device %s\"\n"
				"PID: NIC               , VID: , SN: \n\n",
				port->iface.name, port->mapped);
}

/* --- debugging -------------------------------------------------------- */

static void show_debugging(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	const struct router *router = obj;
	const struct debug_flag *f;

	(void)a;
	if (!router->env)
		return;
	for (f = router->env->debug_flags; f; f = f->next)
		if (f->on)
			cli_say(o, "%s debugging is on\n", f->title);
}

static void undebug_all(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;
	struct debug_flag *f;

	(void)a;
	for (f = router->env ? router->env->debug_flags : NULL; f; f = f->next)
		f->on = false;
	cli_say(o, "All possible debugging has been turned off\n");
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show     Show running system information\n"
			 "version  System hardware and software status\n",
		.run = show_version,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show       Show running system information\n"
			 "inventory  Show the physical inventory\n",
		.run = show_inventory,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show       Show running system information\n"
			 "debugging  State of each debugging option\n",
		.run = show_debugging,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "undebug  Disable debugging functions (see also "
			 "'debug')\n"
			 "all      Enable all debugging\n",
		.run = undebug_all,
	},
	{
		.mode = &cli_mode_exec,
		.words = "debug  Debugging functions (see also 'undebug')\n"
			 "all    Enable all debugging\n",
		.no = undebug_all,
	},
};

void router_show_init(struct router *router)
{
	CLI_ADD(router->cli, commands, router);
}
