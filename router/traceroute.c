/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/traceroute.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rd.h"
#include "router/traceroute_packet.h"

enum {
	PACKET_MAX = 2048, /* octets of an ICMP error that are looked at */
	SOURCE_NONE = -1,
};

struct trace {
	struct router *router;
	struct trace_job job;
	struct cli_out *out;
	struct loop_fd *watch;
	struct loop_timer *timer;
	int icmp, udp;
	uint16_t sport;
	unsigned int ttl, probe; /* under way; probes count from 0 */
	unsigned int port;
	int64_t sent_at;     /* real us */
	struct ip_addr last; /* who has answered in this line */
	bool end;	     /* this is the last TTL */
};

void trace_defaults(struct trace_job *job)
{
	*job = (struct trace_job){
		.port = TRACE_PORT,
		.probes = TRACE_PROBES,
		.timeout = TRACE_TIMEOUT,
		.ttl_min = 1,
		.ttl_max = TRACE_TTL_MAX,
	};
}

static void finish(struct trace *t)
{
	struct cli_out *out = t->out;

	cli_say(out, "\n");
	loop_timer_cancel(&t->timer);
	loop_fd_close(&t->watch);
	close(t->icmp);
	close(t->udp);
	free(t);
	cli_release(out);
}

static void interrupted(void *arg)
{
	finish(arg);
}

/* --- one probe after the other ---------------------------------------- */

static void send_probe(struct trace *t);

static void timed_out(void *arg);

static void next(struct trace *t)
{
	loop_timer_cancel(&t->timer);
	if (++t->probe < t->job.probes) {
		send_probe(t);
		return;
	}
	if (t->end || t->ttl >= t->job.ttl_max) {
		finish(t);
		return;
	}
	t->probe = 0;
	t->ttl++;
	t->last = (struct ip_addr){ 0 };
	cli_say(t->out, "\n%3u", t->ttl);
	send_probe(t);
}

static void timed_out(void *arg)
{
	struct trace *t = arg;

	cli_say(t->out, "  * ");
	next(t);
}

static void send_probe(struct trace *t)
{
	struct endpoint to = { .addr = t->job.dst };
	struct sockaddr_storage ss;
	const int ttl = (int)t->ttl;
	static const uint8_t data[12];
	socklen_t len;

	to.port = (uint16_t)t->port++;
	len = endpoint_to_sockaddr(&to, &ss);
	(void)setsockopt(t->udp, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	t->sent_at = clock_real_now();
	/* What cannot leave is as lost as what gets no answer. */
	(void)sendto(t->udp, data, sizeof(data), 0, (struct sockaddr *)&ss,
		     len);
	loop_timer_set(t->router->loop, &t->timer, SEC(t->job.timeout),
		       timed_out, t);
}

static const char *name_of(const struct trace *t, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; !t->job.numeric && i < t->router->n_hosts; i++)
		if (ip_equal(&t->router->hosts[i].addr, addr))
			return t->router->hosts[i].name;
	return NULL;
}

/* Who answers is named once in a line; somebody else begins a new one. */
static void say_who(struct trace *t, const struct ip_addr *from)
{
	const char *name = name_of(t, from);
	char text[IP_ADDR_TEXT];

	if (ip_is_set(&t->last) && ip_equal(&t->last, from))
		return;
	if (ip_is_set(&t->last))
		cli_say(t->out, "\n   ");
	t->last = *from;
	if (name)
		cli_say(t->out, " %s (%s)", name, ip_text(from, text));
	else
		cli_say(t->out, " %s", ip_text(from, text));
}

static void received(void *arg, unsigned int events)
{
	uint8_t buf[PACKET_MAX];
	struct trace *t = arg;
	const struct trace_probe probe = { .dst = t->job.dst,
					   .sport = t->sport,
					   .dport = (uint16_t)(t->port - 1) };
	ssize_t n = recv(t->icmp, buf, sizeof(buf), MSG_DONTWAIT);
	enum trace_answer answer;
	struct ip_addr from;
	char code = 0;

	(void)events;
	if (n <= 0)
		return;
	answer = trace_packet_judge(&probe, rd_init(buf, (size_t)n), &from,
				    &code);
	if (answer == TRACE_NOTHING)
		return;
	say_who(t, &from);
	if (answer == TRACE_REFUSED)
		cli_say(t->out, " !%c ", code);
	else
		cli_say(t->out, " %u msec",
			(unsigned int)((clock_real_now() - t->sent_at + 500) /
				       1000));
	t->end = t->end || answer != TRACE_PASSING;
	next(t);
}

/* --- the start -------------------------------------------------------- */

/* 0 or -errno. */
static int open_sockets(struct trace *t)
{
	struct endpoint from = { .addr = t->job.source };
	struct sockaddr_storage ss;
	socklen_t len;

	t->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	t->icmp = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			 IPPROTO_ICMP);
	if (t->udp < 0 || t->icmp < 0)
		return -errno;
	if (!ip_is_set(&from.addr))
		from.addr = ip_v4(INADDR_ANY);
	len = endpoint_to_sockaddr(&from, &ss);
	if (bind(t->udp, (struct sockaddr *)&ss, len) < 0)
		return -errno;
	len = sizeof(ss);
	if (getsockname(t->udp, (struct sockaddr *)&ss, &len) < 0 ||
	    !endpoint_from_sockaddr(&from, (struct sockaddr *)&ss))
		return -EINVAL;
	t->sport = from.port;
	return 0;
}

static void say_start(struct cli_out *o, const struct trace_job *job)
{
	char text[IP_ADDR_TEXT];

	ip_text(&job->dst, text);
	cli_say(o, "Type escape sequence to abort.\n");
	if (job->name && strcmp(job->name, text))
		cli_say(o, "Tracing the route to %s (%s)\n", job->name, text);
	else
		cli_say(o, "Tracing the route to %s\n", text);
	cli_say(o, "VRF info: (vrf in name/id, vrf out name/id)\n");
}

void trace_start(struct router *router, const struct trace_job *job,
		 struct cli_out *o)
{
	struct trace *t = xcalloc(1, sizeof(*t));
	int error, home;

	t->router = router;
	t->job = *job;
	t->port = job->port;
	t->ttl = job->ttl_min;
	t->udp = t->icmp = SOURCE_NONE;
	home = vrf_enter(vrf_by_id(router->ifaces->vrfs, job->vrf));
	error = home < 0 ? home : open_sockets(t);
	netns_leave(home);
	if (error) {
		cli_error(o, "%% Cannot send: %s\n", strerror(-error));
		if (t->udp >= 0)
			close(t->udp);
		if (t->icmp >= 0)
			close(t->icmp);
		free(t);
		return;
	}
	say_start(o, job);
	t->job.name = NULL;
	t->out = cli_hold(o, interrupted, t);
	loop_fd_open(router->loop, &t->watch, t->icmp, LOOP_READ, received, t);
	cli_say(t->out, "%3u", t->ttl);
	send_probe(t);
}
