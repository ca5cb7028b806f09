/* SPDX-License-Identifier: GPL-3.0-or-later */
/* telnet HOST, and a host in place of a command. */
#include <stdlib.h>

#include "base/mem.h"
#include "router/ping.h"
#include "router/telnet.h"
#include "router/vrf_cli.h"

/* No name server is asked, so the answer comes at once. */
static void say_unknown(const struct router *router, const char *name,
			struct cli_out *o)
{
	if (router->domain_lookup)
		cli_say(o,
			"Translating \"%s\"...domain server "
			"(255.255.255.255)\n",
			name);
	cli_error(o, "%% Unknown command or computer name, or unable to find "
		     "computer address\n");
}

static bool resolve(const struct router *router, const char *name,
		    struct telnet_job *job, struct cli_out *o)
{
	job->name = name;
	if (router_resolve(router, name, &job->to.addr) &&
	    job->to.addr.family == IP_V4)
		return true;
	say_unknown(router, name, o);
	return false;
}

static void telnet(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct telnet_job job = { .to.port = TELNET_PORT_DEFAULT };
	struct router *router = obj;

	if (!vrf_arg(router->ifaces, a, "vrf_name", &job.to.vrf, o) ||
	    !resolve(router, cli_str(a, "host"), &job, o))
		return;
	if (cli_has(a, "port"))
		job.to.port = (uint16_t)cli_u32(a, "port");
	if (cli_has(a, "source") &&
	    !ping_source(router, job.to.vrf, cli_str(a, "source"), &job.source,
			 o))
		return;
	telnet_start(router, &job, o);
}

static void host_given(void *arg, const char *line, struct cli_out *o)
{
	struct telnet_job job = { .to.port = TELNET_PORT_DEFAULT };

	if (*line && resolve(arg, line, &job, o))
		telnet_start(arg, &job, o);
}

static void telnet_dialogue(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	(void)a;
	cli_ask(o, "Host: ", false, host_given, NULL, obj);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "telnet  Open a telnet connection\n",
		.run = telnet_dialogue,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "telnet     Open a telnet connection\n"
			 "WORD$host  IP address or hostname of a remote "
			 "system\n"
			 "[ TCPPORT$port  Port number\n"
			 "]\n"
			 "{ /source-interface  Specify source interface\n"
			 "IFPORT$source\n"
			 "| /vrf        Specify vrf table to use\n"
			 "WORD$vrf_name  VPN Routing/Forwarding instance name\n"
			 "}\n",
		.run = telnet,
		.flags = CLI_USER,
	},
};

static bool known(void *arg, const char *word)
{
	struct ip_addr addr;

	return router_resolve(arg, word, &addr) && addr.family == IP_V4;
}

void telnet_init(struct router *router)
{
	CLI_ADD(router->cli, commands, router);
	cli_set_hosts(router->cli, known, router);
}
