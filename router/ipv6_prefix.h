/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "2001:DB8::1/64" as text and on the command line (token IPV6PREFIX). */
#ifndef ROUTER_IPV6_PREFIX_H
#define ROUTER_IPV6_PREFIX_H

#include "base/addr.h"
#include "cli/cli.h"

#define IPV6_PREFIX_TEXT (IP_ADDR_TEXT + 4)

/* Address and length of 0 to 128; bits behind the prefix stay. */
bool ipv6_prefix_parse(const char *text, struct ip_addr *addr,
		       unsigned int *prefix);
/* "2001:DB8::/32".  out has IPV6_PREFIX_TEXT octets. */
const char *ipv6_prefix_text(const struct ip_addr *addr, unsigned int prefix,
			     char *out);
/* Makes IPV6PREFIX known; again does no harm. */
void ipv6_prefix_type(struct cli *cli);

#endif
