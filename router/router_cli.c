/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Global configuration of the box: name, services, names of hosts. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "router/router_priv.h"

/* --- hostname --------------------------------------------------------- */

static bool legal_hostname(const char *s)
{
	if (!isalpha((unsigned char)*s))
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("-_.", *s))
			return false;
	return true;
}

static void set_hostname(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;
	const char *name = cli_str(a, "name");

	if (!legal_hostname(name)) {
		cli_error(o, "%% Hostname contains one or more illegal "
			     "characters.\n");
		return;
	}
	if (strlen(name) > HOSTNAME_MAX) {
		cli_error(o, "%% Hostname is too long\n");
		return;
	}
	snprintf(router->hostname, sizeof(router->hostname), "%s", name);
}

static void no_hostname(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;

	(void)a;
	(void)o;
	snprintf(router->hostname, sizeof(router->hostname), "Router");
}

static void write_hostname(const void *obj, struct cli_out *o)
{
	const struct router *router = obj;

	cli_say(o, "hostname %s\n", router->hostname);
}

/* --- service timestamps ----------------------------------------------- */

static struct stamp_style *style_of(struct router *router,
				    const struct cli_args *a)
{
	return cli_has(a, "debug") ? &router->log.debug_style
				   : &router->log.log_style;
}

static void set_timestamps(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct stamp_style *style = style_of(obj, a);

	(void)o;
	*style = (struct stamp_style){
		.kind = cli_has(a, "datetime") ? STAMP_DATETIME : STAMP_UPTIME,
		.msec = cli_has(a, "msec"),
		.localtime = cli_has(a, "localtime"),
		.show_timezone = cli_has(a, "show-timezone"),
		.year = cli_has(a, "year"),
	};
}

static void no_timestamps(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	(void)o;
	*style_of(obj, a) = (struct stamp_style){ .kind = STAMP_NONE };
}

/* service timestamps alone: uptime on debug lines. */
static void set_all_timestamps(void *obj, const struct cli_args *a,
			       struct cli_out *o)
{
	struct router *router = obj;

	(void)o;
	if (cli_is_no(a))
		router->log.log_style.kind = STAMP_NONE;
	router->log.debug_style =
		(struct stamp_style){ .kind = cli_is_no(a) ? STAMP_NONE
							   : STAMP_UPTIME };
}

static void write_style(const char *what, const struct stamp_style *s,
			struct cli_out *o)
{
	switch (s->kind) {
	case STAMP_NONE:
		cli_say(o, "no service timestamps %s\n", what);
		break;
	case STAMP_UPTIME:
		cli_say(o, "service timestamps %s uptime\n", what);
		break;
	case STAMP_DATETIME:
		cli_say(o, "service timestamps %s datetime%s%s%s%s\n", what,
			s->msec ? " msec" : "",
			s->localtime ? " localtime" : "",
			s->show_timezone ? " show-timezone" : "",
			s->year ? " year" : "");
		break;
	}
}

static void write_timestamps(const void *obj, struct cli_out *o)
{
	const struct router *router = obj;

	write_style("debug", &router->log.debug_style, o);
	write_style("log", &router->log.log_style, o);
}

static void set_sequence(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;

	(void)o;
	router->log.sequence_numbers = !cli_is_no(a);
}

static void write_sequence(const void *obj, struct cli_out *o)
{
	const struct router *router = obj;

	if (router->log.sequence_numbers)
		cli_say(o, "service sequence-numbers\n");
}

static void set_internal(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;

	(void)o;
	router->internal = !cli_is_no(a);
}

static void write_internal(const void *obj, struct cli_out *o)
{
	const struct router *router = obj;

	if (router->internal)
		cli_say(o, "service internal\n");
}

/* --- names ------------------------------------------------------------ */

static void set_lookup(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;

	(void)o;
	router->domain_lookup = !cli_is_no(a);
}

static void write_lookup(const void *obj, struct cli_out *o)
{
	const struct router *router = obj;

	if (!router->domain_lookup)
		cli_say(o, "no ip domain lookup\n");
}

static void set_domain(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;

	(void)o;
	free(router->domain);
	router->domain = cli_is_no(a) ? NULL : xstrdup(cli_str(a, "domain"));
}

static void write_domain(const void *obj, struct cli_out *o)
{
	const struct router *router = obj;

	if (router->domain)
		cli_say(o, "ip domain name %s\n", router->domain);
}

static size_t find_host(const struct router *router, const char *name)
{
	size_t i;

	for (i = 0; i < router->n_hosts; i++)
		if (!strcasecmp(router->hosts[i].name, name))
			break;
	return i;
}

static void set_host(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;
	size_t i = find_host(router, cli_str(a, "name"));

	if (i == HOSTS_MAX) {
		cli_error(o, "%% Too many hosts\n");
		return;
	}
	if (i == router->n_hosts)
		router->hosts[router->n_hosts++].name =
			xstrdup(cli_str(a, "name"));
	router->hosts[i].addr = cli_addr(a, "address");
}

static void no_host(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;
	size_t i = find_host(router, cli_str(a, "name"));

	(void)o;
	if (i == router->n_hosts)
		return;
	free(router->hosts[i].name);
	memmove(&router->hosts[i], &router->hosts[i + 1],
		(router->n_hosts - i - 1) * sizeof(router->hosts[0]));
	router->n_hosts--;
}

static void write_hosts(const void *obj, struct cli_out *o)
{
	const struct router *router = obj;
	char text[IP_ADDR_TEXT];
	size_t i;

	for (i = 0; i < router->n_hosts; i++)
		cli_say(o, "ip host %s %s\n", router->hosts[i].name,
			ip_text(&router->hosts[i].addr, text));
}

static void show_hosts(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct router *router = obj;
	char text[IP_ADDR_TEXT];
	size_t i;

	(void)a;
	cli_say(o, "Default domain is %s\n",
		router->domain ? router->domain : "not set");
	cli_say(o, "Name/address lookup uses static mappings\n\n");
	cli_say(o, "Codes: UN - unknown, EX - expired, OK - OK, "
		   "?? - revalidate\n"
		   "       temp - temporary, perm - permanent\n"
		   "       NA - Not Applicable None - Not defined\n\n"
		   "Host                      Port  Flags      Age Type   "
		   "Address(es)\n");
	for (i = 0; i < router->n_hosts; i++)
		cli_say(o, "%-25s None  (perm, OK)  0   IP    %s\n",
			router->hosts[i].name,
			ip_text(&router->hosts[i].addr, text));
}

#define SERVICE "service  Modify use of network based services\n"
#define IP	"ip  Global IP configuration subcommands\n"
#define STYLES                                                      \
	"( uptime         Timestamp with system uptime\n"           \
	"| datetime       Timestamp with date and time\n"           \
	"{ localtime      Use local time zone for timestamps\n"     \
	"| msec           Include milliseconds in timestamp\n"      \
	"| show-timezone  Add time zone information to timestamp\n" \
	"| year           Include year in timestamp\n"              \
	"} )\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = SERVICE "timestamps  Timestamp debug/log messages\n"
				 "( debug      Timestamp debug messages\n"
				 "| log        Timestamp log messages\n"
				 ")\n.\n" STYLES,
		.run = set_timestamps,
		.no = no_timestamps,
		.write = write_timestamps,
		.order = CLI_O_SERVICE,
	},
	{
		.mode = &cli_mode_config,
		.words = SERVICE "timestamps  Timestamp debug/log messages\n",
		.run = set_all_timestamps,
		.no = set_all_timestamps,
	},
	{
		.mode = &cli_mode_config,
		.words = SERVICE "sequence-numbers  Stamp logger messages "
				 "with a sequence number\n",
		.run = set_sequence,
		.no = set_sequence,
		.write = write_sequence,
		.order = CLI_O_SERVICE + 20,
	},
	{
		.mode = &cli_mode_config,
		.words = SERVICE "internal  Enable/Disable Internal commands\n",
		.run = set_internal,
		.no = set_internal,
		.write = write_internal,
		.order = CLI_O_SERVICE + 21,
		.flags = CLI_HIDDEN,
	},
	{
		.mode = &cli_mode_config,
		.words = "hostname   Set system's network name\n"
			 ".\n"
			 "WORD$name  This system's network name\n",
		.run = set_hostname,
		.no = no_hostname,
		.write = write_hostname,
		.order = CLI_O_HOSTNAME,
	},
	{
		.mode = &cli_mode_config,
		.words = IP "domain  IP DNS Resolver\n"
			    "lookup  Enable IP Domain Name System hostname "
			    "translation\n",
		.run = set_lookup,
		.no = set_lookup,
		.write = write_lookup,
		.order = CLI_O_IP,
	},
	{
		.mode = &cli_mode_config,
		.words = IP "domain-lookup  Enable IP Domain Name System "
			    "hostname translation\n",
		.run = set_lookup,
		.no = set_lookup,
		.flags = CLI_HIDDEN,
	},
	{
		.mode = &cli_mode_config,
		.words = IP "domain  IP DNS Resolver\n"
			    "name    Define the default domain name\n"
			    ".\n"
			    "WORD$domain  Default domain name\n",
		.run = set_domain,
		.no = set_domain,
		.write = write_domain,
		.order = CLI_O_IP + 1,
	},
	{
		.mode = &cli_mode_config,
		.words = IP "domain-name  Define the default domain name\n"
			    ".\n"
			    "WORD$domain  Default domain name\n",
		.run = set_domain,
		.no = set_domain,
		.flags = CLI_HIDDEN,
	},
	{
		.mode = &cli_mode_config,
		.words = IP "host  Add an entry to the ip hostname table\n"
			    "WORD$name  Name of host\n"
			    ".\n"
			    "A.B.C.D$address  Host IP address\n",
		.run = set_host,
		.no = no_host,
		.write = write_hosts,
		.order = CLI_O_IP + 2,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show   Show running system information\n"
			 "hosts  IP domain-name, lookup style, nameservers, "
			 "and host table\n",
		.run = show_hosts,
		.flags = CLI_USER,
	},
};

void router_cli_init(struct router *router)
{
	CLI_ADD(router->cli, commands, router);
}
