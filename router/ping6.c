/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/ping6.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wr.h"

enum { HOPS = 64 }; /* IOS: ipv6 hop-limit */

/* --- messages ----------------------------------------------------------- */

static uint8_t data_at(const struct ping_echo *echo, size_t i)
{
	return (uint8_t)(i % 2 ? echo->pattern : echo->pattern >> 8);
}

size_t ping6_packet_write(const struct ping_echo *echo, void *buf, size_t cap)
{
	struct wr w = wr_init(buf, cap);
	size_t i;

	wr_u8(&w, ICMP6_ECHO_REQUEST);
	wr_u8(&w, 0);
	wr_u16(&w, 0);
	wr_u16(&w, echo->ident);
	wr_u16(&w, echo->sequence);
	for (i = 0; i < echo->data; i++)
		wr_u8(&w, data_at(echo, i));
	return wr_ok(&w) ? wr_at(&w) : 0;
}

static bool is_ours(const struct ping_echo *echo, struct rd *r)
{
	uint16_t ident = rd_u16(r), sequence = rd_u16(r);

	return !r->bad && ident == echo->ident && sequence == echo->sequence;
}

static bool data_is_ours(const struct ping_echo *echo, struct rd data)
{
	size_t i;

	if (rd_left(&data) != echo->data)
		return false;
	for (i = 0; i < echo->data; i++)
		if (rd_u8(&data) != data_at(echo, i))
			return false;
	return true;
}

/* An error quotes the packet it is about from its IPv6 header on.  We send no
 * extension headers. */
static bool quotes_ours(const struct ping_echo *echo, struct rd r)
{
	struct ip_addr dst = { .family = IP_V6 };
	uint8_t next, type;

	rd_skip(&r, 6);
	next = rd_u8(&r);
	rd_skip(&r, 1 + 16);
	rd_copy(&r, dst.b, sizeof(dst.b));
	type = rd_u8(&r);
	rd_skip(&r, 3);
	return !r.bad && next == IPPROTO_ICMPV6 && ip_equal(&dst, &echo->dst) &&
	       type == ICMP6_ECHO_REQUEST && is_ours(echo, &r);
}

/* As IOS lists them for IPv6. */
static char error_mark(uint8_t type, uint8_t code)
{
	switch (type) {
	case ICMP6_DST_UNREACH:
		if (code == ICMP6_DST_UNREACH_NOROUTE)
			return 'N';
		if (code == ICMP6_DST_UNREACH_ADMIN)
			return 'A';
		return code == ICMP6_DST_UNREACH_NOPORT ? 'P' : 'U';
	case ICMP6_PACKET_TOO_BIG:
		return 'B';
	case ICMP6_TIME_EXCEEDED:
		return 'T';
	case ICMP6_PARAM_PROB:
		return 'U';
	default:
		return 0;
	}
}

char ping6_packet_judge(const struct ping_echo *echo, const struct ip_addr *src,
			struct rd r, bool validate)
{
	uint8_t type = rd_u8(&r), code = rd_u8(&r);

	rd_skip(&r, 2);
	if (type != ICMP6_ECHO_REPLY) {
		rd_skip(&r, 4);
		return quotes_ours(echo, r) ? error_mark(type, code) : 0;
	}
	/* A group answers with its members' addresses. */
	if (!is_ours(echo, &r) ||
	    (!ip_equal(src, &echo->dst) && !ip_is_multicast(&echo->dst)))
		return 0;
	return validate && !data_is_ours(echo, r) ? '?' : '!';
}

/* --- the socket --------------------------------------------------------- */

static bool set_option(int fd, int name, int value)
{
	return setsockopt(fd, IPPROTO_IPV6, name, &value, sizeof(value)) == 0;
}

/* Neighbours' talk does not concern us. */
static bool set_filter(int fd)
{
	struct icmp6_filter filter;
	uint8_t type;

	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
	for (type = ICMP6_DST_UNREACH; type <= ICMP6_PARAM_PROB; type++)
		ICMP6_FILTER_SETPASS(type, &filter);
	return setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter,
			  sizeof(filter)) == 0;
}

int ping6_socket(const struct ping_job *job)
{
	struct endpoint from = { .addr = job->source };
	struct sockaddr_storage ss;
	socklen_t len = endpoint_to_sockaddr(&from, &ss);
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			IPPROTO_ICMPV6);

	if (fd < 0)
		return -1;
	set_option(fd, IPV6_UNICAST_HOPS, HOPS);
	if (!set_filter(fd) || !set_option(fd, IPV6_TCLASS, (int)job->tos) ||
	    !set_option(fd, IPV6_DONTFRAG, job->df) ||
	    (ip_is_set(&job->source) &&
	     bind(fd, (struct sockaddr *)&ss, len))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* --- the source --------------------------------------------------------- */

static bool owns(const struct port *port, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < port->ipv6.n; i++) {
		struct ip_addr own = port_ipv6_address(port, i);

		if (ip_equal(&own, addr))
			return true;
	}
	return false;
}

bool ping6_source(struct router *router, uint32_t vrf, const char *text,
		  struct ip_addr *out, struct cli_out *o)
{
	bool typed = ip_parse(out, text);
	struct ifname name;
	struct port *port;

	if (!typed && ifname_parse(&text, 1, &name) != 1)
		name.text[0] = '\0';
	TAILQ_FOREACH (port, &router->ifaces->ports, link) {
		if (!port->iface.line_up || !port->ipv6.n ||
		    port->iface.vrf != vrf)
			continue;
		if (typed ? owns(port, out)
			  : !strcmp(port->iface.name, name.text))
			break;
	}
	if (!port) {
		cli_error(o, "%% Invalid source address- IPv6 address not on "
			     "any of our up interfaces\n");
		return false;
	}
	if (!typed)
		*out = port_ipv6_address(port, 0);
	return true;
}
