/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping on one line, and ping's dialogue. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "router/ping6.h"
#include "router/vrf_cli.h"

static const char unknown_host[] =
	"%% Unrecognized host or address, or protocol not running.\n";

/* --- on one line ------------------------------------------------------ */

static bool read_pattern(const char *text, uint16_t *out)
{
	unsigned long v;
	char *end;

	if (!strncasecmp(text, "0x", 2))
		text += 2;
	v = strtoul(text, &end, 16);
	*out = (uint16_t)v;
	return end != text && !*end && strlen(text) <= 4;
}

static void read_options(const struct cli_args *a, struct ping_job *job)
{
	if (cli_has(a, "repeat_count"))
		job->repeat = cli_u32(a, "repeat_count");
	if (cli_has(a, "size_octets"))
		job->size = cli_u32(a, "size_octets");
	if (cli_has(a, "timeout_seconds"))
		job->timeout = cli_u32(a, "timeout_seconds");
	if (cli_has(a, "tos_value"))
		job->tos = cli_u32(a, "tos_value");
	if (cli_has(a, "sweep")) {
		job->size = cli_u32(a, "sweep_min");
		job->sweep_max = cli_u32(a, "sweep_max");
		job->sweep_step = cli_u32(a, "sweep_step");
	}
	job->df = cli_has(a, "df-bit");
	job->validate = cli_has(a, "validate");
}

/* "ping ip" and "ping ipv6" want that family. */
static bool family_fits(const struct cli_args *a, const struct ping_job *job)
{
	return !cli_has(a, job->dst.family == IP_V6 ? "ip" : "ipv6");
}

/* False and an error: it is none. */
static bool read_source(struct router *router, const struct cli_args *a,
			struct ping_job *job, struct cli_out *o)
{
	static const char *const names[] = { "source_address",
					     "source_address6",
					     "source_interface" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!cli_has(a, names[i]))
			continue;
		if (job->dst.family == IP_V6)
			return ping6_source(router, job->vrf,
					    cli_str(a, names[i]), &job->source,
					    o);
		return ping_source(router, job->vrf, cli_str(a, names[i]),
				   &job->source, o);
	}
	return true;
}

static void ping_line(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;
	struct ping_job job;

	ping_defaults(&job);
	if (!vrf_arg(router->ifaces, a, "vrf_name", &job.vrf, o))
		return;
	if (!router_resolve(router, cli_str(a, "host"), &job.dst) ||
	    !family_fits(a, &job)) {
		cli_error(o, unknown_host);
		return;
	}
	read_options(a, &job);
	if (job.sweep_max && job.sweep_max < job.size) {
		cli_error(o, "%% The largest size is below the smallest\n");
		return;
	}
	if (cli_has(a, "pattern") &&
	    !read_pattern(cli_str(a, "pattern"), &job.pattern)) {
		cli_error(o, "%% Bad data pattern\n");
		return;
	}
	if (read_source(router, a, &job, o))
		ping_start(router, &job, o);
}

/* --- the dialogue ----------------------------------------------------- */

struct dialogue {
	struct router *router;
	struct ping_job job;
};

typedef bool dialogue_take(struct dialogue *d, const char *line,
			   struct cli_out *o);

/* One question: take gives false when it is to be asked again. */
struct question {
	const char *prompt;
	dialogue_take *take;
};

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

static bool take_yes_no(const char *line, bool *out, struct cli_out *o)
{
	size_t len = strlen(line);

	if (!len)
		return true;
	if (!strncasecmp("yes", line, len))
		*out = true;
	else if (!strncasecmp("no", line, len))
		*out = false;
	else
		cli_error(o, "%% Please answer 'yes' or 'no'.\n");
	return !strncasecmp("yes", line, len) || !strncasecmp("no", line, len);
}

static bool take_repeat(struct dialogue *d, const char *line, struct cli_out *o)
{
	return take_number(line, 1, INT32_MAX, &d->job.repeat, o);
}

static bool take_size(struct dialogue *d, const char *line, struct cli_out *o)
{
	return take_number(line, PING_SIZE_MIN, PING_SIZE_MAX, &d->job.size, o);
}

static bool take_timeout(struct dialogue *d, const char *line,
			 struct cli_out *o)
{
	return take_number(line, 0, PING_TIMEOUT_MAX, &d->job.timeout, o);
}

static bool take_source(struct dialogue *d, const char *line, struct cli_out *o)
{
	if (!*line)
		return true;
	if (d->job.dst.family == IP_V6)
		return ping6_source(d->router, d->job.vrf, line, &d->job.source,
				    o);
	return ping_source(d->router, d->job.vrf, line, &d->job.source, o);
}

static bool take_tos(struct dialogue *d, const char *line, struct cli_out *o)
{
	return take_number(line, 0, 255, &d->job.tos, o);
}

static bool take_df(struct dialogue *d, const char *line, struct cli_out *o)
{
	return take_yes_no(line, &d->job.df, o);
}

static bool take_validate(struct dialogue *d, const char *line,
			  struct cli_out *o)
{
	return take_yes_no(line, &d->job.validate, o);
}

static bool take_pattern(struct dialogue *d, const char *line,
			 struct cli_out *o)
{
	if (!*line || read_pattern(line, &d->job.pattern))
		return true;
	cli_error(o, "%% Bad data pattern\n");
	return false;
}

static const struct question extended[] = {
	{ "Source address or interface: ", take_source },
	{ "Type of service [0]: ", take_tos },
	{ "Set DF bit in IP header? [no]: ", take_df },
	{ "Validate reply data? [no]: ", take_validate },
	{ "Data pattern [0xABCD]: ", take_pattern },
};

static void ask(struct dialogue *d, struct cli_out *o, const char *prompt,
		cli_answer *answer)
{
	cli_ask(o, prompt, false, answer, free, d);
}

/* One answer function a question: the dialogue has no other memory of where
 * it stands. */
#define EXTENDED(i, then)                                              \
	static void extended_##i(void *arg, const char *line,          \
				 struct cli_out *o)                    \
	{                                                              \
		if (extended[i].take(arg, line, o))                    \
			then(arg, o);                                  \
		else                                                   \
			ask(arg, o, extended[i].prompt, extended_##i); \
	}                                                              \
	static void ask_##i(struct dialogue *d, struct cli_out *o)     \
	{                                                              \
		ask(d, o, extended[i].prompt, extended_##i);           \
	}

static void start(struct dialogue *d, struct cli_out *o)
{
	ping_start(d->router, &d->job, o);
}

/* --- a sweep of sizes */

static void answer_step(void *arg, const char *line, struct cli_out *o)
{
	struct dialogue *d = arg;

	if (take_number(line, 1, PING_SIZE_MAX, &d->job.sweep_step, o))
		start(d, o);
	else
		ask(d, o, "Sweep interval [1]: ", answer_step);
}

static void answer_max(void *arg, const char *line, struct cli_out *o)
{
	struct dialogue *d = arg;

	if (take_number(line, d->job.size, PING_SIZE_MAX, &d->job.sweep_max, o))
		ask(d, o, "Sweep interval [1]: ", answer_step);
	else
		ask(d, o, "Sweep max size [18024]: ", answer_max);
}

static void answer_min(void *arg, const char *line, struct cli_out *o)
{
	struct dialogue *d = arg;

	if (take_number(line, PING_SIZE_MIN, PING_SWEEP_MAX, &d->job.size, o))
		ask(d, o, "Sweep max size [18024]: ", answer_max);
	else
		ask(d, o, "Sweep min size [36]: ", answer_min);
}

static void answer_sweep(void *arg, const char *line, struct cli_out *o)
{
	struct dialogue *d = arg;
	bool sweep = false;

	if (!take_yes_no(line, &sweep, o)) {
		ask(d, o, "Sweep range of sizes [n]: ", answer_sweep);
	} else if (!sweep) {
		start(d, o);
	} else {
		d->job.size = PING_SIZE_MIN;
		d->job.sweep_max = PING_SWEEP_MAX;
		d->job.sweep_step = 1;
		ask(d, o, "Sweep min size [36]: ", answer_min);
	}
}

/* --- options of the IP header */

static void answer_options(void *arg, const char *line, struct cli_out *o);

static void ask_5(struct dialogue *d, struct cli_out *o)
{
	char *prompt =
		xasprintf("Loose, Strict, Record, Timestamp, "
			  "Verbose[%s%s%s]: ",
			  d->job.record ? "R" : "", d->job.verbose ? "V" : "",
			  d->job.record || d->job.verbose ? "" : "none");

	ask(d, o, prompt, answer_options);
	free(prompt);
}

static void answer_hops(void *arg, const char *line, struct cli_out *o)
{
	struct dialogue *d = arg;

	d->job.record = PING_HOPS;
	if (!take_number(line, 1, PING_HOPS, &d->job.record, o)) {
		ask(d, o, "Number of hops [ 9 ]: ", answer_hops);
		return;
	}
	d->job.verbose = true;
	ask_5(d, o);
}

/* Loose and strict routes are refused by routers everywhere (RFC 7126), time
 * stamps tell nothing that the round trip does not. */
static void answer_options(void *arg, const char *line, struct cli_out *o)
{
	struct dialogue *d = arg;

	if (!*line || !strncasecmp("none", line, strlen(line))) {
		ask(d, o, "Sweep range of sizes [n]: ", answer_sweep);
	} else if (!strncasecmp("record", line, strlen(line))) {
		ask(d, o, "Number of hops [ 9 ]: ", answer_hops);
	} else {
		if (!strncasecmp("verbose", line, strlen(line)))
			d->job.verbose = true;
		else
			cli_error(o, "%% This option cannot be sent\n");
		ask_5(d, o);
	}
}

EXTENDED(4, ask_5)
EXTENDED(3, ask_4)
EXTENDED(2, ask_3)
EXTENDED(1, ask_2)
EXTENDED(0, ask_1)

/* Of IPv6 the source is all that we can be told. */
static void answer_source6(void *arg, const char *line, struct cli_out *o)
{
	if (take_source(arg, line, o))
		start(arg, o);
	else
		ask(arg, o, extended[0].prompt, answer_source6);
}

static void answer_extended(void *arg, const char *line, struct cli_out *o)
{
	const struct dialogue *d = arg;
	bool more = false;

	if (!take_yes_no(line, &more, o))
		ask(arg, o, "Extended commands [n]: ", answer_extended);
	else if (more && d->job.dst.family == IP_V6)
		ask(arg, o, extended[0].prompt, answer_source6);
	else if (more)
		ask_0(arg, o);
	else
		start(arg, o);
}

static void answer_timeout(void *arg, const char *line, struct cli_out *o)
{
	if (take_timeout(arg, line, o))
		ask(arg, o, "Extended commands [n]: ", answer_extended);
	else
		ask(arg, o, "Timeout in seconds [2]: ", answer_timeout);
}

static void answer_size(void *arg, const char *line, struct cli_out *o)
{
	if (take_size(arg, line, o))
		ask(arg, o, "Timeout in seconds [2]: ", answer_timeout);
	else
		ask(arg, o, "Datagram size [100]: ", answer_size);
}

static void answer_repeat(void *arg, const char *line, struct cli_out *o)
{
	if (take_repeat(arg, line, o))
		ask(arg, o, "Datagram size [100]: ", answer_size);
	else
		ask(arg, o, "Repeat count [5]: ", answer_repeat);
}

static void answer_target(void *arg, const char *line, struct cli_out *o)
{
	struct dialogue *d = arg;

	if (!*line || !router_resolve(d->router, line, &d->job.dst) ||
	    d->job.dst.family != IP_V4)
		cli_error(o, "%% Bad IP address or host name\n");
	else
		ask(d, o, "Repeat count [5]: ", answer_repeat);
}

static void answer_target6(void *arg, const char *line, struct cli_out *o)
{
	struct dialogue *d = arg;

	if (!*line || !router_resolve(d->router, line, &d->job.dst) ||
	    d->job.dst.family != IP_V6)
		cli_error(o, "%% Bad IPv6 address or host name\n");
	else
		ask(d, o, "Repeat count [5]: ", answer_repeat);
}

static void answer_protocol(void *arg, const char *line, struct cli_out *o)
{
	if (!strcasecmp(line, "ipv6"))
		ask(arg, o, "Target IPv6 address: ", answer_target6);
	else if (*line && strcasecmp(line, "ip"))
		cli_error(o,
			  "%% Unknown protocol - \"%s\", type \"ping ?\" for "
			  "help\n",
			  line);
	else
		ask(arg, o, "Target IP address: ", answer_target);
}

static void ping_dialogue(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct router *router = obj;
	struct dialogue *d;
	uint32_t vrf;

	if (!vrf_arg(router->ifaces, a, "vrf_name", &vrf, o))
		return;
	d = xcalloc(1, sizeof(*d));
	d->router = router;
	ping_defaults(&d->job);
	d->job.vrf = vrf;
	ask(d, o, "Protocol [ip]: ", answer_protocol);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "ping  Send echo messages\n"
			 "[ vrf  Select VPN routing instance\n"
			 "WORD$vrf_name  VPN Routing/Forwarding instance name\n"
			 "]\n",
		.run = ping_dialogue,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "ping      Send echo messages\n"
			 "[ vrf     Select VPN routing instance\n"
			 "WORD$vrf_name  VPN Routing/Forwarding instance name\n"
			 "]\n"
			 "[ ip      IP echo\n"
			 "| ipv6    IPv6 echo\n"
			 "]\n"
			 "WORD$host  Ping destination address or hostname\n"
			 "{ data    specify data pattern\n"
			 "WORD$pattern  Hexadecimal data pattern\n"
			 "| df-bit  enable do not fragment bit in IP header\n"
			 "| repeat  specify repeat count\n"
			 "<1-2147483647>$repeat_count  Repeat count\n"
			 "| size    specify datagram size\n"
			 "<36-65535>$size_octets  Datagram size\n"
			 "| source  specify source address or name\n"
			 "( A.B.C.D$source_address  Source address\n"
			 "| X:X:X:X::X$source_address6  Source address\n"
			 "| IFPORT$source_interface\n"
			 ")\n"
			 "| sweep   specify a range of sizes\n"
			 "<36-65535>$sweep_min  Smallest size\n"
			 "<36-65535>$sweep_max  Largest size\n"
			 "<1-65535>$sweep_step  Interval\n"
			 "| timeout  specify timeout interval\n"
			 "<0-3600>$timeout_seconds  Timeout in seconds\n"
			 "| tos     specify type of service value\n"
			 "<0-255>$tos_value  Type of service\n"
			 "| validate  validate reply data\n"
			 "}\n",
		.run = ping_line,
		.flags = CLI_USER,
	},
};

void ping_init(struct router *router)
{
	CLI_ADD(router->cli, commands, router);
}
