/* SPDX-License-Identifier: GPL-3.0-or-later */
/* traceroute on one line, and its dialogue. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "router/ping.h"
#include "router/traceroute.h"
#include "router/vrf_cli.h"

static void read_options(const struct cli_args *a, struct trace_job *job)
{
	job->numeric = cli_has(a, "numeric");
	if (cli_has(a, "port_number"))
		job->port = cli_u32(a, "port_number");
	if (cli_has(a, "probe_count"))
		job->probes = cli_u32(a, "probe_count");
	if (cli_has(a, "seconds"))
		job->timeout = cli_u32(a, "seconds");
	if (cli_has(a, "min")) {
		job->ttl_min = cli_u32(a, "min");
		job->ttl_max = cli_u32(a, "max");
	}
}

static bool is_good(const struct trace_job *job, struct cli_out *o)
{
	if (job->ttl_min <= job->ttl_max)
		return true;
	cli_error(o, "%% Minimum TTL is greater than maximum TTL\n");
	return false;
}

static void trace_line(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;
	struct trace_job job;

	trace_defaults(&job);
	if (!vrf_arg(router->ifaces, a, "vrf_name", &job.vrf, o))
		return;
	job.name = cli_str(a, "host");
	if (!router_resolve(router, job.name, &job.dst) ||
	    job.dst.family != IP_V4) {
		cli_error(o, "%% Unrecognized host or address.\n");
		return;
	}
	read_options(a, &job);
	if (cli_has(a, "source_address") &&
	    !ping_source(router, job.vrf, cli_str(a, "source_address"),
			 &job.source, o))
		return;
	if (cli_has(a, "source_interface") &&
	    !ping_source(router, job.vrf, cli_str(a, "source_interface"),
			 &job.source, o))
		return;
	if (is_good(&job, o))
		trace_start(router, &job, o);
}

/* --- the dialogue ----------------------------------------------------- */

struct dialogue {
	struct router *router;
	struct trace_job job;
	size_t at; /* the question that is being asked */
};

/* false: it is to be asked again. */
typedef bool take(struct dialogue *d, const char *line, struct cli_out *o);

static bool take_number(const char *line, unsigned int low, unsigned int high,
			unsigned int *out, struct cli_out *o)
{
	unsigned long long v;
	char *end;

	if (!*line)
		return true;
	v = strtoull(line, &end, 10);
	if (*end || strlen(line) > 10 || v < low || v > high) {
		cli_error(o, "%% A decimal number between %u and %u.\n", low,
			  high);
		return false;
	}
	*out = (unsigned int)v;
	return true;
}

static bool take_protocol(struct dialogue *d, const char *line,
			  struct cli_out *o)
{
	(void)d;
	if (!*line || !strcasecmp(line, "ip"))
		return true;
	cli_error(o,
		  "%% Unknown protocol - \"%s\", type \"trace ?\" for help\n",
		  line);
	d->at = SIZE_MAX; /* that is the end of it */
	return true;
}

static bool take_target(struct dialogue *d, const char *line, struct cli_out *o)
{
	if (*line && router_resolve(d->router, line, &d->job.dst) &&
	    d->job.dst.family == IP_V4)
		return true;
	cli_error(o, "%% Bad IP address or host name\n");
	d->at = SIZE_MAX;
	return true;
}

static bool take_source(struct dialogue *d, const char *line, struct cli_out *o)
{
	return !*line ||
	       ping_source(d->router, d->job.vrf, line, &d->job.source, o);
}

static bool take_numeric(struct dialogue *d, const char *line,
			 struct cli_out *o)
{
	size_t len = strlen(line);

	d->job.numeric = len && !strncasecmp("yes", line, len);
	if (d->job.numeric || !len || !strncasecmp("no", line, len))
		return true;
	cli_error(o, "%% Please answer 'yes' or 'no'.\n");
	return false;
}

static bool take_timeout(struct dialogue *d, const char *line,
			 struct cli_out *o)
{
	return take_number(line, 0, TRACE_TIMEOUT_MAX, &d->job.timeout, o);
}

static bool take_probes(struct dialogue *d, const char *line, struct cli_out *o)
{
	return take_number(line, 1, TRACE_PROBES_MAX, &d->job.probes, o);
}

static bool take_min(struct dialogue *d, const char *line, struct cli_out *o)
{
	return take_number(line, 1, 255, &d->job.ttl_min, o);
}

static bool take_max(struct dialogue *d, const char *line, struct cli_out *o)
{
	return take_number(line, d->job.ttl_min, 255, &d->job.ttl_max, o);
}

static bool take_port(struct dialogue *d, const char *line, struct cli_out *o)
{
	return take_number(line, 1, UINT16_MAX, &d->job.port, o);
}

static bool take_options(struct dialogue *d, const char *line,
			 struct cli_out *o)
{
	(void)d;
	if (!*line || !strncasecmp("none", line, strlen(line)))
		return true;
	cli_error(o, "%% IP header options cannot be sent\n");
	return false;
}

static const struct {
	const char *prompt;
	take *take;
} questions[] = {
	{ "Protocol [ip]: ", take_protocol },
	{ "Target IP address: ", take_target },
	{ "Source address: ", take_source },
	{ "Numeric display [n]: ", take_numeric },
	{ "Timeout in seconds [3]: ", take_timeout },
	{ "Probe count [3]: ", take_probes },
	{ "Minimum Time to Live [1]: ", take_min },
	{ "Maximum Time to Live [30]: ", take_max },
	{ "Port Number [33434]: ", take_port },
	{ "Loose, Strict, Record, Timestamp, Verbose[none]: ", take_options },
};

static void answer(void *arg, const char *line, struct cli_out *o)
{
	struct dialogue *d = arg;

	if (questions[d->at].take(d, line, o)) {
		if (d->at == SIZE_MAX)
			return;
		d->at++;
	}
	if (d->at < ARRAY_SIZE(questions))
		cli_ask(o, questions[d->at].prompt, false, answer, free, d);
	else
		trace_start(d->router, &d->job, o);
}

static void trace_dialogue(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct router *router = obj;
	struct dialogue *d;
	uint32_t vrf;

	if (!vrf_arg(router->ifaces, a, "vrf_name", &vrf, o))
		return;
	d = xcalloc(1, sizeof(*d));
	d->router = router;
	trace_defaults(&d->job);
	d->job.vrf = vrf;
	cli_ask(o, questions[0].prompt, false, answer, free, d);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "traceroute  Trace route to destination\n"
			 "[ vrf      Select VPN routing instance\n"
			 "WORD$vrf_name  VPN Routing/Forwarding instance name\n"
			 "]\n",
		.run = trace_dialogue,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "traceroute  Trace route to destination\n"
			 "[ vrf      Select VPN routing instance\n"
			 "WORD$vrf_name  VPN Routing/Forwarding instance name\n"
			 "]\n"
			 "[ ip       IP Trace\n"
			 "]\n"
			 "WORD$host  Trace route to destination address or "
			 "hostname\n"
			 "{ numeric  display numeric address\n"
			 "| port     specify port number\n"
			 "<1-65535>$port_number  Port number\n"
			 "| probe    specify number of probes per hop\n"
			 "<1-65535>$probe_count  Probe count\n"
			 "| source   specify source address or name\n"
			 "( A.B.C.D$source_address  Source address\n"
			 "| IFPORT$source_interface\n"
			 ")\n"
			 "| timeout  specify time out\n"
			 "<0-3600>$seconds  Timeout in seconds\n"
			 "| ttl      specify minimum and maximum ttl\n"
			 "<1-255>$min  Minimum TTL\n"
			 "<1-255>$max  Maximum TTL\n"
			 "}\n",
		.run = trace_line,
		.flags = CLI_USER,
	},
};

void traceroute_init(struct router *router)
{
	CLI_ADD(router->cli, commands, router);
}
