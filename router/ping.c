/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/ping.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rd.h"
#include "router/ping6.h"
#include "router/ping_packet.h"

enum { TTL = 255 }; /* IOS */

struct ping {
	struct router *router;
	struct ping_job job;
	struct cli_out *out;
	struct loop_fd *watch;
	struct loop_timer *timer;
	int fd;
	uint16_t ident;
	unsigned int sent, answered, total;
	int64_t sent_at;	       /* real us */
	unsigned int rtt_min, rtt_max; /* ms */
	uint64_t rtt_sum;
};

void ping_defaults(struct ping_job *job)
{
	*job = (struct ping_job){
		.repeat = PING_REPEAT,
		.size = PING_SIZE,
		.timeout = PING_TIMEOUT,
		.pattern = PING_PATTERN,
	};
}

/* --- the end ---------------------------------------------------------- */

static void say_result(struct ping *p)
{
	unsigned int percent =
		p->sent ? (unsigned int)((uint64_t)p->answered * 100 / p->sent)
			: 0;

	if (p->sent % PING_MARKS && !p->job.verbose)
		cli_say(p->out, "\n");
	cli_say(p->out, "Success rate is %u percent (%u/%u)", percent,
		p->answered, p->sent);
	if (p->answered)
		cli_say(p->out, ", round-trip min/avg/max = %u/%u/%u ms",
			p->rtt_min, (unsigned int)(p->rtt_sum / p->answered),
			p->rtt_max);
	cli_say(p->out, "\n");
}

static void finish(struct ping *p)
{
	struct cli_out *out = p->out;

	say_result(p);
	loop_timer_cancel(&p->timer);
	loop_fd_close(&p->watch);
	close(p->fd);
	free(p);
	cli_release(out);
}

/* The echo under way does not count. */
static void interrupted(void *arg)
{
	struct ping *p = arg;

	if (p->timer && p->sent)
		p->sent--;
	finish(p);
}

/* --- one echo --------------------------------------------------------- */

static void send_next(struct ping *p);

static unsigned int sizes(const struct ping_job *job)
{
	return job->sweep_max
		       ? (job->sweep_max - job->size) / job->sweep_step + 1
		       : 1;
}

/* Of the echo under way. */
static unsigned int size_now(const struct ping *p)
{
	return p->job.size + (p->sent - 1) % sizes(&p->job) * p->job.sweep_step;
}

/* How many echoes; of a sweep each size as often as repeat says. */
static unsigned int total(const struct ping_job *job)
{
	uint64_t n = (uint64_t)job->repeat * sizes(job);

	return n > UINT32_MAX ? UINT32_MAX : (unsigned int)n;
}

static void say_sign(struct ping *p, char sign)
{
	if (!p->job.verbose) {
		cli_say(p->out, "%c", sign);
		if (p->sent % PING_MARKS == 0)
			cli_say(p->out, "\n");
	} else if (sign == '.') {
		cli_say(p->out, "Request %u timed out\n", p->sent - 1);
	} else if (sign != '!') {
		cli_say(p->out, "Unreachable from request %u (%c)\n",
			p->sent - 1, sign);
	}
}

static void mark(struct ping *p, char sign)
{
	loop_timer_cancel(&p->timer);
	say_sign(p, sign);
	if (p->sent >= p->total)
		finish(p);
	else
		send_next(p);
}

static void timed_out(void *arg)
{
	mark(arg, '.');
}

static void failed(void *arg)
{
	mark(arg, 'M');
}

static bool is_ipv6(const struct ping_job *job)
{
	return job->dst.family == IP_V6;
}

static struct ping_echo echo_of(const struct ping *p)
{
	size_t header = is_ipv6(&p->job) ? PING6_IP_HEADER : PING_IP_HEADER;
	size_t around =
		header + PING_ECHO_HEADER + ping_record_size(p->job.record);
	size_t size = size_now(p);

	return (struct ping_echo){
		.dst = p->job.dst,
		.ident = p->ident,
		.sequence = (uint16_t)p->sent,
		.pattern = p->job.pattern,
		.data = size > around ? size - around : 0,
	};
}

static void send_next(struct ping *p)
{
	uint8_t buf[PING_SIZE_MAX];
	struct endpoint to = { .addr = p->job.dst };
	struct sockaddr_storage ss;
	socklen_t ss_len = endpoint_to_sockaddr(&to, &ss);
	struct ping_echo echo;
	size_t len;

	p->sent++;
	echo = echo_of(p);
	len = is_ipv6(&p->job) ? ping6_packet_write(&echo, buf, sizeof(buf))
			       : ping_packet_write(&echo, buf, sizeof(buf));
	p->sent_at = clock_real_now();
	/* A packet that cannot leave is as lost as one that gets no answer;
	 * only one that is too big is told apart.  It is told from the loop:
	 * a long run must not go down the stack. */
	if (sendto(p->fd, buf, len, 0, (struct sockaddr *)&ss, ss_len) < 0 &&
	    errno == EMSGSIZE)
		loop_timer_set(p->router->loop, &p->timer, 0, failed, p);
	else
		loop_timer_set(p->router->loop, &p->timer, SEC(p->job.timeout),
			       timed_out, p);
}

/* --- answers ---------------------------------------------------------- */

static unsigned int count_rtt(struct ping *p)
{
	int64_t us = clock_real_now() - p->sent_at;
	unsigned int ms = (unsigned int)((us + 500) / 1000);

	if (!ms)
		ms = 1; /* IOS has no 0 ms */
	if (!p->answered || ms < p->rtt_min)
		p->rtt_min = ms;
	if (ms > p->rtt_max)
		p->rtt_max = ms;
	p->rtt_sum += ms;
	p->answered++;
	return ms;
}

/* As IOS tells of a reply when it is asked to be verbose. */
static void say_reply(struct ping *p, unsigned int ms, struct rd packet)
{
	struct ip_addr hops[PING_HOPS];
	char text[IP_ADDR_TEXT];
	unsigned int i, now = 0;

	cli_say(p->out, "Reply to request %u (%u ms)", p->sent - 1, ms);
	if (!p->job.record || !ping_record_read(packet, hops, &now)) {
		cli_say(p->out, " (size %u)\n", size_now(p));
		return;
	}
	cli_say(p->out,
		".  Received packet has options\n"
		" Total option bytes= %zu, padded length=%zu\n"
		" Record route:\n",
		ping_record_size(p->job.record),
		ping_record_size(p->job.record));
	for (i = 0; i < p->job.record; i++)
		cli_say(p->out, "   (%s)%s\n",
			i < now ? ip_text(&hops[i], text) : "0.0.0.0",
			i + 1 == now ? "\n   <*>" : "");
	cli_say(p->out, " End of list\n\n");
}

static char judge(const struct ping *p, const struct sockaddr_storage *from,
		  struct rd packet)
{
	struct ping_echo echo = echo_of(p);
	struct endpoint src;

	if (!is_ipv6(&p->job))
		return ping_packet_judge(&echo, packet, p->job.validate);
	if (!endpoint_from_sockaddr(&src, (const struct sockaddr *)from))
		return 0;
	return ping6_packet_judge(&echo, &src.addr, packet, p->job.validate);
}

static void received(void *arg, unsigned int events)
{
	uint8_t buf[PING_SIZE_MAX + 64];
	struct sockaddr_storage from = { 0 };
	socklen_t from_len = sizeof(from);
	unsigned int ms;
	struct ping *p = arg;
	ssize_t n = recvfrom(p->fd, buf, sizeof(buf), MSG_DONTWAIT,
			     (struct sockaddr *)&from, &from_len);
	char sign;

	(void)events;
	if (n <= 0)
		return;
	sign = judge(p, &from, rd_init(buf, (size_t)n));
	ms = sign == '!' ? count_rtt(p) : 0;
	if (ms && p->job.verbose)
		say_reply(p, ms, rd_init(buf, (size_t)n));
	if (sign)
		mark(p, sign);
}

/* --- the start -------------------------------------------------------- */

static bool set_option(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

static bool set_record(int fd, unsigned int hops)
{
	uint8_t option[PING_OPTIONS_MAX];
	size_t len = ping_record_write(option, hops);

	return !hops || setsockopt(fd, IPPROTO_IP, IP_OPTIONS, option,
				   (socklen_t)len) == 0;
}

static int open_socket(const struct ping_job *job)
{
	struct endpoint from = { .addr = job->source };
	struct sockaddr_storage ss;
	socklen_t len = endpoint_to_sockaddr(&from, &ss);
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			IPPROTO_ICMP);

	if (fd < 0)
		return -1;
	set_option(fd, IPPROTO_IP, IP_TTL, TTL);
	set_option(fd, SOL_SOCKET, SO_BROADCAST, 1);
	if (!set_record(fd, job->record) ||
	    !set_option(fd, IPPROTO_IP, IP_TOS, (int)job->tos) ||
	    !set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER,
			job->df ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT) ||
	    (ip_is_set(&job->source) &&
	     bind(fd, (struct sockaddr *)&ss, len))) {
		close(fd);
		return -1;
	}
	return fd;
}

static void say_start(struct cli_out *o, const struct ping_job *job)
{
	char text[IP_ADDR_TEXT], range[32];

	if (job->sweep_max)
		snprintf(range, sizeof(range), "[%u..%u]", job->size,
			 job->sweep_max);
	else
		snprintf(range, sizeof(range), "%u", job->size);
	cli_say(o,
		"Type escape sequence to abort.\n"
		"Sending %u, %s-byte ICMP Echos to %s, timeout is %u "
		"seconds:\n",
		total(job), range, ip_text(&job->dst, text), job->timeout);
	if (ip_is_set(&job->source))
		cli_say(o, "Packet sent with a source address of %s \n",
			ip_text(&job->source, text));
	if (job->df)
		cli_say(o, "Packet sent with the DF bit set\n");
	if (job->validate)
		cli_say(o, "Reply data will be validated\n");
	if (job->pattern != PING_PATTERN)
		cli_say(o, "Packet has data pattern 0x%04X\n", job->pattern);
}

void ping_start(struct router *router, const struct ping_job *job,
		struct cli_out *o)
{
	int home = vrf_enter(vrf_by_id(router->ifaces->vrfs, job->vrf)), fd;
	struct ping *p;

	errno = home < 0 ? -home : 0;
	fd = home < 0	    ? -1
	     : is_ipv6(job) ? ping6_socket(job)
			    : open_socket(job);
	netns_leave(home);
	if (fd < 0) {
		cli_error(o, "%% Cannot send: %s\n", strerror(errno));
		return;
	}
	say_start(o, job);
	p = xcalloc(1, sizeof(*p));
	p->router = router;
	p->job = *job;
	p->total = total(job);
	p->fd = fd;
	/* Several pings at once must tell their answers apart. */
	p->ident = (uint16_t)((unsigned int)getpid() ^
			      (unsigned int)clock_real_now() ^
			      (unsigned int)fd << 12);
	p->out = cli_hold(o, interrupted, p);
	loop_fd_open(router->loop, &p->watch, fd, LOOP_READ, received, p);
	send_next(p);
}

bool ping_source(struct router *router, uint32_t vrf, const char *text,
		 struct ip_addr *out, struct cli_out *o)
{
	struct ifname name;
	struct iface *iface = NULL;

	if (ip_parse(out, text))
		iface = iface_by_addr_in(router->ifaces, vrf, out);
	else if (ifname_parse(&text, 1, &name) == 1)
		iface = iface_find(router->ifaces, name.text);
	if (!iface || iface->vrf != vrf || !iface->line_up ||
	    !ip_is_set(&iface->addr)) {
		cli_error(o, "%% Invalid source address- IP address not on "
			     "any of our up interfaces\n");
		return false;
	}
	if (!ip_is_set(out))
		*out = iface->addr;
	return true;
}
