/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/addr.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

struct ip_addr ip_v4(uint32_t v)
{
	return (struct ip_addr){ .family = IP_V4,
				 .b = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
					(uint8_t)(v >> 8), (uint8_t)v } };
}

uint32_t ip_v4_host(const struct ip_addr *a)
{
	if (a->family != IP_V4)
		return 0;
	return (uint32_t)a->b[0] << 24 | (uint32_t)a->b[1] << 16 |
	       (uint32_t)a->b[2] << 8 | a->b[3];
}

size_t ip_size(const struct ip_addr *a)
{
	if (a->family == IP_V4)
		return 4;
	return a->family == IP_V6 ? 16 : 0;
}

bool ip_is_set(const struct ip_addr *a)
{
	return a->family != IP_NONE;
}

bool ip_is_any(const struct ip_addr *a)
{
	static const uint8_t zero[16];

	return memcmp(a->b, zero, sizeof(zero)) == 0;
}

bool ip_is_multicast(const struct ip_addr *a)
{
	if (a->family == IP_V4)
		return (a->b[0] & 0xf0) == 0xe0;
	return a->family == IP_V6 && a->b[0] == 0xff;
}

int ip_compare(const struct ip_addr *a, const struct ip_addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->b, b->b, sizeof(a->b));
}

bool ip_equal(const struct ip_addr *a, const struct ip_addr *b)
{
	return ip_compare(a, b) == 0;
}

bool ip_parse(struct ip_addr *out, const char *text)
{
	*out = (struct ip_addr){ 0 };
	if (inet_pton(AF_INET, text, out->b) == 1)
		out->family = IP_V4;
	else if (inet_pton(AF_INET6, text, out->b) == 1)
		out->family = IP_V6;
	return ip_is_set(out);
}

const char *ip_text(const struct ip_addr *a, char *out)
{
	int af = a->family == IP_V6 ? AF_INET6 : AF_INET;
	char *p;

	inet_ntop(af, a->b, out, IP_ADDR_TEXT);
	for (p = out; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return out;
}

struct ip_addr ip_mask(enum ip_family family, unsigned int prefix)
{
	struct ip_addr m = { .family = (uint8_t)family };
	unsigned int i;

	for (i = 0; i < prefix && i < 8 * ip_size(&m); i++)
		m.b[i / 8] |= (uint8_t)(0x80 >> i % 8);
	return m;
}

int ip_prefix(const struct ip_addr *mask)
{
	unsigned int n = 0, bits = (unsigned int)(8 * ip_size(mask));
	struct ip_addr want;

	while (n < bits && (mask->b[n / 8] & (0x80 >> n % 8)))
		n++;
	want = ip_mask(mask->family, n);
	return ip_equal(mask, &want) ? (int)n : -1;
}

struct ip_addr ip_network(const struct ip_addr *a, unsigned int prefix)
{
	struct ip_addr m = ip_mask(a->family, prefix);
	size_t i;

	for (i = 0; i < sizeof(m.b); i++)
		m.b[i] &= a->b[i];
	return m;
}

bool ip_in(const struct ip_addr *a, const struct ip_addr *net,
	   unsigned int prefix)
{
	struct ip_addr x = ip_network(a, prefix), y = ip_network(net, prefix);

	return ip_equal(&x, &y);
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->vrf == b->vrf && a->port == b->port &&
	       ip_equal(&a->addr, &b->addr);
}

const char *endpoint_text(const struct endpoint *e, char *out)
{
	char ip[IP_ADDR_TEXT];

	snprintf(out, ENDPOINT_TEXT, "%s/%u", ip_text(&e->addr, ip), e->port);
	return out;
}

socklen_t endpoint_to_sockaddr(const struct endpoint *e,
			       struct sockaddr_storage *out)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET,
				   .sin_port = htons(e->port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
				    .sin6_port = htons(e->port) };

	*out = (struct sockaddr_storage){ 0 };
	if (e->addr.family == IP_V6) {
		memcpy(&in6.sin6_addr, e->addr.b, 16);
		memcpy(out, &in6, sizeof(in6));
		return sizeof(in6);
	}
	memcpy(&in4.sin_addr, e->addr.b, 4);
	memcpy(out, &in4, sizeof(in4));
	return sizeof(in4);
}

bool endpoint_from_sockaddr(struct endpoint *out, const struct sockaddr *sa)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	*out = (struct endpoint){ 0 };
	if (sa->sa_family == AF_INET) {
		memcpy(&in4, sa, sizeof(in4));
		out->addr.family = IP_V4;
		memcpy(out->addr.b, &in4.sin_addr, 4);
		out->port = ntohs(in4.sin_port);
	} else if (sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof(in6));
		out->addr.family = IP_V6;
		memcpy(out->addr.b, &in6.sin6_addr, 16);
		out->port = ntohs(in6.sin6_port);
	}
	return ip_is_set(&out->addr);
}
