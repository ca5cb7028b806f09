/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interface lines that belong to a real router's configuration and mean
 * nothing to a Linux device, or belong to a routing daemon: they are kept and
 * printed where IOS prints them. */
#include "router/iface_kept.h"

#include <stdlib.h>

#include "base/mem.h"
#include "router/iface_priv.h"

static void line_keep(void *obj, const char *key, const char *text)
{
	kept_set(&port_of(obj)->kept, key, text);
}

static const char *line_of(const void *obj, const char *key)
{
	const struct port *port = obj;

	return kept_get(&port->kept, key);
}

static void keep(void *obj, const char *key, const char *value)
{
	char *text = value ? xasprintf("%s %s", key, value) : xstrdup(key);

	line_keep(obj, key, text);
	free(text);
}

static void keep_no(void *obj, const char *key)
{
	char *text = xasprintf("no %s", key);

	line_keep(obj, key, text);
	free(text);
}

static void write_line(const void *obj, const char *key, struct cli_out *o)
{
	const char *text = line_of(obj, key);

	if (text)
		cli_say(o, " %s\n", text);
}

/* Off unless set: "key value". */
#define KEPT(fn, key)                                              \
	static void set_##fn(void *obj, const struct cli_args *a,  \
			     struct cli_out *o)                    \
	{                                                          \
		(void)o;                                           \
		keep(obj, key, cli_str(a, "value"));               \
	}                                                          \
	static void no_##fn(void *obj, const struct cli_args *a,   \
			    struct cli_out *o)                     \
	{                                                          \
		(void)a;                                           \
		(void)o;                                           \
		line_keep(obj, key, NULL);                         \
	}                                                          \
	static void write_##fn(const void *obj, struct cli_out *o) \
	{                                                          \
		write_line(obj, key, o);                           \
	}

/* The same, and somebody reckons with it. */
#define KEPT_TOLD(fn, key)                                         \
	KEPT(fn, key)                                              \
	static void tell_##fn(void *obj, const struct cli_args *a, \
			      struct cli_out *o)                   \
	{                                                          \
		if (cli_is_no(a))                                  \
			no_##fn(obj, a, o);                        \
		else                                               \
			set_##fn(obj, a, o);                       \
		iface_notify(obj, IFACE_LOAD);                     \
	}

/* On unless "no key". */
#define KEPT_ON(fn, key)                                           \
	static void set_##fn(void *obj, const struct cli_args *a,  \
			     struct cli_out *o)                    \
	{                                                          \
		(void)a;                                           \
		(void)o;                                           \
		line_keep(obj, key, NULL);                         \
	}                                                          \
	static void no_##fn(void *obj, const struct cli_args *a,   \
			    struct cli_out *o)                     \
	{                                                          \
		(void)a;                                           \
		(void)o;                                           \
		keep_no(obj, key);                                 \
	}                                                          \
	static void write_##fn(const void *obj, struct cli_out *o) \
	{                                                          \
		write_line(obj, key, o);                           \
	}

KEPT_TOLD(bandwidth, "bandwidth")
KEPT(delay, "delay")
KEPT_TOLD(load_interval, "load-interval")
KEPT(duplex, "duplex")
KEPT(speed, "speed")
KEPT(negotiation, "negotiation")
KEPT(media_type, "media-type")
KEPT(carrier_delay, "carrier-delay")
KEPT(helper, "ip helper-address")
KEPT(nat, "ip nat")
KEPT(reassembly, "ip virtual-reassembly")
KEPT_ON(route_cache, "ip route-cache")
KEPT_ON(split_horizon, "ip split-horizon")
KEPT_ON(mop, "mop enabled")

static void set_keepalive(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	const char *value = cli_str(a, "value");

	(void)o;
	if (value)
		keep(obj, "keepalive", value);
	else
		line_keep(obj, "keepalive", NULL);
}

static void no_keepalive(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)a;
	(void)o;
	keep_no(obj, "keepalive");
}

static void write_keepalive(const void *obj, struct cli_out *o)
{
	write_line(obj, "keepalive", o);
}

#define IP "ip  Interface Internet Protocol config commands\n"

#define WHY "this setting of interfaces"
#define ROW(at, fn, grammar)                                                \
	{                                                                   \
		.mode = &router_mode_if, .words = grammar, .run = set_##fn, \
		.no = no_##fn, .write = write_##fn, .order = (int)(at),     \
		.why = WHY                                                  \
	}

#define ROW_TOLD(at, fn, grammar)                                            \
	{                                                                    \
		.mode = &router_mode_if, .words = grammar, .run = tell_##fn, \
		.no = tell_##fn, .write = write_##fn, .order = (int)(at)     \
	}

static const struct cli_cmd commands[] = {
	ROW_TOLD(IFACE_O_BANDWIDTH, bandwidth,
		 "bandwidth  Set bandwidth informational parameter\n"
		 ".\n"
		 "<1-10000000>$value  Bandwidth in kilobits\n"),
	ROW(IFACE_O_IP + 3, helper,
	    IP "helper-address  Specify a destination address for UDP "
	       "broadcasts\n"
	       ".\n"
	       "A.B.C.D$value  IP destination address\n"),
	ROW(IFACE_O_IP + 5, nat,
	    IP "nat      NAT interface commands\n"
	       ".\n"
	       "( inside$value  Inside interface for address translation\n"
	       "| outside$value  Outside interface for address translation\n"
	       ")\n"),
	ROW(IFACE_O_IP + 7, reassembly,
	    IP "virtual-reassembly  Virtual Reassembly\n"
	       "[ in$value  Ingress direction\n"
	       "| out$value  Egress direction\n"
	       "]\n"),
	ROW(IFACE_O_IP + 9, route_cache,
	    IP "route-cache  Enable fast-switching cache for outgoing "
	       "packets\n"),
	ROW(IFACE_O_IP + 10, split_horizon,
	    IP "split-horizon  Perform split horizon\n"),
	ROW_TOLD(IFACE_O_LOAD, load_interval,
		 "load-interval  Specify interval for load calculation for an "
		 "interface\n"
		 ".\n"
		 "<30-600>$value  Load interval delay in seconds\n"),
	ROW(IFACE_O_HARDWARE, delay,
	    "delay  Specify interface throughput delay\n"
	    ".\n"
	    "<1-16777215>$value  Throughput delay (tens of microseconds)\n"),
	ROW(IFACE_O_HARDWARE + 1, duplex,
	    "duplex       Configure duplex operation.\n"
	    ".\n"
	    "( auto$value  Enable AUTO duplex configuration\n"
	    "| full$value  Force full duplex operation\n"
	    "| half$value  Force half-duplex operation\n"
	    ")\n"),
	ROW(IFACE_O_HARDWARE + 2, speed,
	    "speed        Configure speed operation.\n"
	    ".\n"
	    "( 10$value    Force 10 Mbps operation\n"
	    "| 100$value   Force 100 Mbps operation\n"
	    "| 1000$value  Force 1000 Mbps operation\n"
	    "| auto$value  Enable AUTO speed configuration\n"
	    ")\n"),
	ROW(IFACE_O_HARDWARE + 3, media_type,
	    "media-type  Interface media type\n"
	    ".\n"
	    "WORD$value  Media type\n"),
	ROW(IFACE_O_HARDWARE + 4, negotiation,
	    "negotiation  Select Autonegotiation mode\n"
	    ".\n"
	    "auto$value   Perform link autonegotiation\n"),
	ROW(IFACE_O_HARDWARE + 5, carrier_delay,
	    "carrier-delay  Specify delay for interface transitions\n"
	    ".\n"
	    "<0-60>$value  Carrier Transitions delay seconds\n"),
	ROW(IFACE_O_HARDWARE + 6, keepalive,
	    "keepalive  Enable keepalive\n"
	    "[ <1-32767>$value  Keepalive period (default 10 seconds)\n"
	    "]\n"),
	ROW(IFACE_O_HARDWARE + 8, mop,
	    "mop      DEC MOP server commands\n"
	    "enabled  Enable MOP for interface\n"),
};

void iface_kept_init(struct cli *cli)
{
	CLI_ADD(cli, commands, NULL);
}
