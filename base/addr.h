/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IP addresses and UDP endpoints as plain values. */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum ip_family { IP_NONE = 0, IP_V4 = 4, IP_V6 = 6 };

/* b[] is in network order; IPv4 uses the first 4 octets, the rest is 0. */
struct ip_addr {
	uint8_t family; /* enum ip_family */
	uint8_t b[16];
};

/* The same address is another place in another VRF. */
struct endpoint {
	struct ip_addr addr;
	uint16_t port; /* host order */
	uint32_t vrf;  /* router/vrf.h; 0: none, the global table */
};

#define IP_ADDR_TEXT  48
#define ENDPOINT_TEXT 56

struct ip_addr ip_v4(uint32_t host_order);
/* Host order; 0 if it is no IPv4 address. */
uint32_t ip_v4_host(const struct ip_addr *a);
size_t ip_size(const struct ip_addr *a); /* 4, 16 or 0 */
bool ip_is_set(const struct ip_addr *a);
bool ip_is_any(const struct ip_addr *a); /* 0.0.0.0 or :: */
bool ip_is_multicast(const struct ip_addr *a);
bool ip_equal(const struct ip_addr *a, const struct ip_addr *b);
/* Order for sorted lists: family, then octets. */
int ip_compare(const struct ip_addr *a, const struct ip_addr *b);
bool ip_parse(struct ip_addr *out, const char *text);
/* "192.168.111.111", "2001:DB8::1"; "0.0.0.0" for none.  out has IP_ADDR_TEXT octets. */
const char *ip_text(const struct ip_addr *a, char *out);

/* "24" -> 255.255.255.0 and back; prefix -1 if the mask has holes. */
struct ip_addr ip_mask(enum ip_family family, unsigned int prefix);
int ip_prefix(const struct ip_addr *mask);
bool ip_in(const struct ip_addr *a, const struct ip_addr *net,
	   unsigned int prefix);
struct ip_addr ip_network(const struct ip_addr *a, unsigned int prefix);

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);
/* "192.168.11.3/848", as IOS writes it.  out has ENDPOINT_TEXT octets. */
const char *endpoint_text(const struct endpoint *e, char *out);
socklen_t endpoint_to_sockaddr(const struct endpoint *e,
			       struct sockaddr_storage *out);
bool endpoint_from_sockaddr(struct endpoint *out, const struct sockaddr *sa);

#endif
