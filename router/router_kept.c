/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Global lines of a real router's configuration that have no work to do here:
 * accepted, kept and printed where IOS prints them. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/paste.h"
#include "router/router_priv.h"

const struct cli_mode router_mode_cp = {
	.prompt = "config-cp",
	.heading = "Control Plane configuration commands:",
	.exit_help = "Exit from control-plane configuration mode",
	.parent = &cli_mode_config,
};

static void keep(void *obj, const char *key, const char *text)
{
	struct router *router = obj;

	kept_set(&router->kept, key, text);
}

static void keep_value(void *obj, const char *key, const char *value)
{
	char *text = value ? xasprintf("%s %s", key, value) : xstrdup(key);

	keep(obj, key, text);
	free(text);
}

/* Lines that say what is so here whether they stand there or not. */
static bool is_so(const char *text)
{
	static const char *const so[] = {
		"ip cef",
		"ip classless",
		"ip forward-protocol nd",
		"ip subnet-zero",
		"multilink bundle-name authenticated",
	};
	size_t i;

	if (!strcmp(text, "no ip icmp rate-limit unreachable"))
		return false;
	for (i = 0; i < ARRAY_SIZE(so); i++)
		if (!strcmp(text, so[i]))
			return true;
	return !strncmp(text, "no ", 3);
}

static void write_kept(const void *obj, const char *key, const char *otherwise,
		       struct cli_out *o)
{
	const struct router *router = obj;
	const char *text = kept_get(&router->kept, key);

	if (!text)
		text = otherwise;
	if (!text)
		return;
	cli_why(o, is_so(text) ? NULL : "this part of IOS");
	cli_say(o, "%s\n", text);
}

/* "key" or "no key"; otherwise: what is printed before either was typed, or
 * NULL for nothing. */
#define SWITCH(fn, key, otherwise)                                 \
	static void set_##fn(void *obj, const struct cli_args *a,  \
			     struct cli_out *o)                    \
	{                                                          \
		(void)o;                                           \
		keep(obj, key, cli_is_no(a) ? "no " key : key);    \
	}                                                          \
	static void write_##fn(const void *obj, struct cli_out *o) \
	{                                                          \
		write_kept(obj, key, otherwise, o);                \
	}

/* "key value"; no takes it away. */
#define VALUE(fn, key)                                             \
	static void set_##fn(void *obj, const struct cli_args *a,  \
			     struct cli_out *o)                    \
	{                                                          \
		(void)o;                                           \
		if (cli_is_no(a))                                  \
			keep(obj, key, NULL);                      \
		else                                               \
			keep_value(obj, key, cli_str(a, "value")); \
	}                                                          \
	static void write_##fn(const void *obj, struct cli_out *o) \
	{                                                          \
		write_kept(obj, key, NULL, o);                     \
	}

SWITCH(keepalives_in, "service tcp-keepalives-in", NULL)
SWITCH(keepalives_out, "service tcp-keepalives-out", NULL)
SWITCH(pad, "service pad", NULL)
SWITCH(config, "service config", NULL)
SWITCH(linenumber, "service linenumber", NULL)
SWITCH(aqm, "aqm-register-fnf", NULL)
SWITCH(cef, "ip cef", "ip cef")
SWITCH(ipv6_cef, "ipv6 cef", "no ipv6 cef")
SWITCH(multilink, "multilink bundle-name authenticated",
       "multilink bundle-name authenticated")
SWITCH(cdp, "cdp run", NULL)
SWITCH(rate_limit, "ip icmp rate-limit unreachable", NULL)
SWITCH(forward_nd, "ip forward-protocol nd", "ip forward-protocol nd")
SWITCH(http, "ip http server", "no ip http server")
SWITCH(https, "ip http secure-server", "no ip http secure-server")
SWITCH(subnet_zero, "ip subnet-zero", NULL)
SWITCH(classless, "ip classless", NULL)
SWITCH(bootp, "ip bootp server", NULL)
SWITCH(source_route, "ip source-route", NULL)
VALUE(mmi_polling, "mmi polling-interval")
SWITCH(mmi_auto, "mmi auto-configure", NULL)
SWITCH(mmi_pvc, "mmi pvc", NULL)
VALUE(mmi_snmp, "mmi snmp-timeout")
VALUE(synwait, "ip tcp synwait-time")
VALUE(pim_rp, "ip pim rp-address")
VALUE(pim_ssm, "ip pim ssm")
VALUE(logging_source, "logging source-interface")
VALUE(logging_facility, "logging facility")
SWITCH(logging_userinfo, "logging userinfo", NULL)

static void set_control_plane(void *obj, const struct cli_args *a,
			      struct cli_out *o)
{
	(void)a;
	cli_enter(o, &router_mode_cp, obj);
}

static void no_control_plane(void *obj, const struct cli_args *a,
			     struct cli_out *o)
{
	(void)obj;
	(void)a;
	(void)o;
}

static void write_control_plane(const void *obj, struct cli_out *o)
{
	cli_say(o, "control-plane\n");
	cli_write_mode(o, &router_mode_cp, obj);
}

#define ROW(at, fn, grammar)                                                 \
	{                                                                    \
		.mode = &cli_mode_config, .words = grammar, .run = set_##fn, \
		.no = set_##fn, .write = write_##fn, .order = (int)(at)      \
	}
#define SERVICE "service  Modify use of network based services\n"
#define IP	"ip  Global IP configuration subcommands\n"
#define LOGGING "logging  Modify message logging facilities\n"
#define MMI	"mmi  Configure MMI platform information\n"

static const struct cli_cmd commands[] = {
	ROW(CLI_O_SERVICE + 1, pad, SERVICE "pad  Enable PAD commands\n"),
	ROW(CLI_O_SERVICE + 2, keepalives_in,
	    SERVICE "tcp-keepalives-in  Generate keepalives on idle incoming "
		    "network connections\n"),
	ROW(CLI_O_SERVICE + 3, keepalives_out,
	    SERVICE "tcp-keepalives-out  Generate keepalives on idle outgoing "
		    "network connections\n"),
	ROW(CLI_O_SERVICE + 4, config,
	    SERVICE "config  TFTP load config files\n"),
	ROW(CLI_O_SERVICE + 5, linenumber,
	    SERVICE "linenumber  enable line number banner for each exec\n"),
	ROW(CLI_O_LOGGING + 20, logging_userinfo,
	    LOGGING "userinfo  Enable logging of user info on privileged "
		    "mode enabling\n"),
	ROW(CLI_O_ACL + 48, logging_facility,
	    LOGGING "facility  Facility parameter for syslog messages\n"
		    ".\n"
		    "WORD$value  Facility\n"),
	ROW(CLI_O_ACL + 49, logging_source,
	    LOGGING "source-interface  Specify interface for source address "
		    "in logging transactions\n"
		    ".\n"
		    "IFNAME$value\n"),
	ROW(CLI_O_CLOCK + 10, mmi_polling,
	    MMI "polling-interval  Polling interval\n"
		".\n"
		"<1-3600>$value  Seconds\n"),
	ROW(CLI_O_CLOCK + 11, mmi_auto,
	    MMI "auto-configure  Automatic configuration\n"),
	ROW(CLI_O_CLOCK + 12, mmi_pvc, MMI "pvc  PVC discovery\n"),
	ROW(CLI_O_CLOCK + 13, mmi_snmp,
	    MMI "snmp-timeout  SNMP timeout\n"
		".\n"
		"<1-3600>$value  Seconds\n"),
	ROW(CLI_O_CLOCK + 20, aqm,
	    "aqm-register-fnf  Register application queue monitoring\n"),
	ROW(CLI_O_IP - 20, source_route,
	    IP "source-route  Process packets with source routing header "
	       "options\n"),
	ROW(CLI_O_IP - 10, rate_limit,
	    IP "icmp  ICMP configuration\n"
	       "rate-limit  Rate limit of ICMP messages\n"
	       "unreachable  Unreachable messages\n"),
	ROW(CLI_O_IP + 7, bootp,
	    IP "bootp   Config BOOTP services\n"
	       "server  Enable BOOTP server\n"),
	ROW(CLI_O_IP + 10, cef, IP "cef  Cisco Express Forwarding\n"),
	ROW(CLI_O_IP + 11, ipv6_cef,
	    "ipv6  Global IPv6 configuration commands\n"
	    "cef   Cisco Express Forwarding for IPv6\n"),
	ROW(CLI_O_IP + 20, multilink,
	    "multilink      PPP multilink global configuration\n"
	    "bundle-name    Select method for naming multilink bundles\n"
	    "authenticated  Use peer's authenticated name\n"),
	ROW(CLI_O_USERNAME + 50, cdp,
	    "cdp  Global CDP configuration subcommands\n"
	    "run  Enable CDP\n"),
	ROW(CLI_O_USERNAME + 60, synwait,
	    IP "tcp           Global TCP parameters\n"
	       "synwait-time  Set time to wait on new TCP connections\n"
	       ".\n"
	       "<5-300>$value  Wait time in seconds\n"),
	ROW(CLI_O_IP_ROUTE - 30, subnet_zero,
	    IP "subnet-zero  Allow 'subnet zero' subnets\n"),
	ROW(CLI_O_IP_ROUTE - 29, classless,
	    IP "classless  Follow classless routing forwarding rules\n"),
	ROW(CLI_O_IP_ROUTE - 20, forward_nd,
	    IP "forward-protocol  Controls forwarding of physical and "
	       "directed IP broadcasts\n"
	       "nd  Sun's Network Disk protocol\n"),
	ROW(CLI_O_IP_ROUTE - 9, http,
	    IP "http    HTTP server configuration\n"
	       "server  Enable http server\n"),
	ROW(CLI_O_IP_ROUTE - 8, https,
	    IP "http           HTTP server configuration\n"
	       "secure-server  Enable HTTP secure server\n"),
	ROW(CLI_O_IP_ROUTE - 5, pim_rp,
	    IP "pim  PIM global commands\n"
	       "rp-address  PIM RP-address (Rendezvous Point)\n"
	       ".\n"
	       "LINE$value  IP address of the RP and its group list\n"),
	ROW(CLI_O_IP_ROUTE - 4, pim_ssm,
	    IP "pim  PIM global commands\n"
	       "ssm  Configure Source Specific Multicast\n"
	       ".\n"
	       "LINE$value  Group range\n"),
	{
		.mode = &cli_mode_config,
		.words = "control-plane  Configure control plane services\n",
		.run = set_control_plane,
		.no = no_control_plane,
		.write = write_control_plane,
		.order = CLI_O_CONTROL_PLANE,
	},
};

void router_kept_init(struct router *router)
{
	CLI_ADD(router->cli, commands, router);
}
