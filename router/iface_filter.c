/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ip access-group, ipv6 traffic-filter, ip unreachables. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "router/iface_priv.h"

/* us: lists that are pasted change line by line. */
#define SETTLE 10000

static void tell(struct port *port)
{
	if (port->owner->acls)
		filter_count(port->filter, port->owner->acls);
}

void port_filter_close(struct port *port)
{
	tell(port);
	filter_free(port->filter);
	port->filter = NULL;
	port->filter_index = 0;
}

void port_filter_fini(struct port *port)
{
	port_filter_close(port);
	for (int i = 0; i < FILTER_LISTS; i++)
		free(port->filters[i]);
}

static struct filter *make(struct port *port)
{
	struct filter_want want = { .ifindex = port->iface.ifindex,
				    .number = port->owner->last_filter++,
				    .silent = port->no_unreachables };
	struct filter *made = NULL;
	int err, home;

	for (int i = 0; i < FILTER_LISTS; i++)
		want.name[i] = port->filters[i];
	home = vrf_enter(port->place);
	err = home;
	if (home >= 0)
		made = filter_new(port->owner->acls, &want, &err);
	netns_leave(home);
	if (err < 0)
		log_warn("%s: the kernel does not take its access lists: %s",
			 port->iface.name, strerror(-err));
	return made;
}

/* The old rules hold until the new ones do. */
static void refilter(struct port *port)
{
	struct filter *made = NULL;

	if (port->owner->booting || !port->owner->acls)
		return;
	if (port->iface.ifindex && !port->iface.loopback)
		made = make(port);
	port_filter_close(port);
	port->filter = made;
	port->filter_index = port->iface.ifindex;
}

void port_filter(struct port *port)
{
	if (port->filter_index != port->iface.ifindex)
		refilter(port);
}

/* --- the lists change ------------------------------------------------- */

static void all(void *arg)
{
	struct ifaces *ifaces = arg;
	struct port *port;

	TAILQ_FOREACH (port, &ifaces->ports, link)
		if (port->filter)
			refilter(port);
}

static void list_changed(void *arg, const char *name)
{
	struct ifaces *ifaces = arg;

	(void)name;
	if (!ifaces->booting && !ifaces->refilter)
		loop_timer_set(ifaces->loop, &ifaces->refilter, SETTLE, all,
			       ifaces);
}

static void asked(void *arg)
{
	struct ifaces *ifaces = arg;
	struct port *port;

	TAILQ_FOREACH (port, &ifaces->ports, link)
		tell(port);
}

void ifaces_filter_by(struct ifaces *ifaces, struct acls *acls)
{
	if (ifaces->acls) {
		acls_unwatch(ifaces->acls, list_changed, ifaces);
		acls_ask(ifaces->acls, NULL, NULL);
	}
	ifaces->acls = acls;
	if (acls) {
		acls_watch(acls, list_changed, ifaces);
		acls_ask(acls, asked, ifaces);
	}
}

void ifaces_filter_fini(struct ifaces *ifaces)
{
	loop_timer_cancel(&ifaces->refilter);
}

/* --- commands --------------------------------------------------------- */

static void put(struct port *port, enum filter_list list, const char *name)
{
	free(port->filters[list]);
	port->filters[list] = name ? xstrdup(name) : NULL;
}

/* "no ip access-group in" names no list. */
static bool meant(const struct cli_args *a, const char *name,
		  const char *direction)
{
	if (cli_has(a, "in") || cli_has(a, "out"))
		return cli_has(a, direction);
	return !name || (strcmp(name, "in") && strcmp(name, "out")) ||
	       !strcmp(name, direction);
}

static void run_group(struct port *port, const struct cli_args *a,
		      enum filter_list in, enum filter_list out)
{
	const char *name = cli_str(a, "name");
	char number[16];

	if (!name && cli_has(a, "number")) {
		snprintf(number, sizeof(number), "%" PRIu32,
			 cli_u32(a, "number"));
		name = number;
	}
	if (meant(a, name, "in"))
		put(port, in, cli_is_no(a) ? NULL : name);
	if (meant(a, name, "out"))
		put(port, out, cli_is_no(a) ? NULL : name);
	refilter(port);
}

static void run_group4(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	run_group(obj, a, FILTER_IN, FILTER_OUT);
}

static void run_group6(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	run_group(obj, a, FILTER_IN6, FILTER_OUT6);
}

static void write_group(const char *const *names, const char *words,
			struct cli_out *o)
{
	if (names[0])
		cli_say(o, " %s %s in\n", words, names[0]);
	if (names[1])
		cli_say(o, " %s %s out\n", words, names[1]);
}

static void write_group4(const void *obj, struct cli_out *o)
{
	const struct port *port = obj;

	write_group((const char *const *)&port->filters[FILTER_IN],
		    "ip access-group", o);
}

static void write_group6(const void *obj, struct cli_out *o)
{
	const struct port *port = obj;

	write_group((const char *const *)&port->filters[FILTER_IN6],
		    "ipv6 traffic-filter", o);
}

static void run_unreachables(void *obj, const struct cli_args *a,
			     struct cli_out *o)
{
	struct port *port = obj;

	(void)o;
	port->no_unreachables = cli_is_no(a);
	refilter(port);
}

static void write_unreachables(const void *obj, struct cli_out *o)
{
	const struct port *port = obj;

	if (port->no_unreachables)
		cli_say(o, " no ip unreachables\n");
}

#define IP "ip  Interface Internet Protocol config commands\n"
#define DIRECTION                   \
	"( in   inbound packets\n"  \
	"| out  outbound packets\n" \
	")\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &router_mode_if,
		.words = IP
		"access-group  Specify access control for packets\n"
		".\n"
		"( <1-199>$number      IP access list (standard or extended)\n"
		"| <1300-2699>$number  IP expanded access list (standard or "
		"extended)\n"
		"| WORD$name           Access-list name\n"
		")\n" DIRECTION,
		.run = run_group4,
		.no = run_group4,
		.write = write_group4,
		.order = IFACE_O_IP,
	},
	{
		.mode = &router_mode_if,
		.words = "ipv6            IPv6 interface subcommands\n"
			 "traffic-filter  Access control list for packets\n"
			 ".\n"
			 "WORD$name       Access-list name\n" DIRECTION,
		.run = run_group6,
		.no = run_group6,
		.write = write_group6,
		.order = IFACE_O_IP + 9,
	},
	{
		.mode = &router_mode_if,
		.words = IP "unreachables  Enable sending ICMP Unreachable "
			    "messages\n",
		.run = run_unreachables,
		.no = run_unreachables,
		.write = write_unreachables,
		.order = IFACE_O_IP,
	},
};

void iface_filter_init(struct cli *cli)
{
	CLI_ADD(cli, commands, NULL);
}
