/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/ipv6_prefix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

bool ipv6_prefix_parse(const char *text, struct ip_addr *addr,
		       unsigned int *prefix)
{
	const char *slash = strchr(text, '/');
	char host[IP_ADDR_TEXT];
	unsigned long bits;
	char *end;

	if (!slash || (size_t)(slash - text) >= sizeof(host) ||
	    slash[1] < '0' || slash[1] > '9')
		return false;
	snprintf(host, sizeof(host), "%.*s", (int)(slash - text), text);
	bits = strtoul(slash + 1, &end, 10);
	*prefix = (unsigned int)bits;
	return !*end && end - slash <= 4 && bits <= 128 &&
	       ip_parse(addr, host) && addr->family == IP_V6;
}

const char *ipv6_prefix_text(const struct ip_addr *addr, unsigned int prefix,
			     char *out)
{
	char text[IP_ADDR_TEXT];

	snprintf(out, IPV6_PREFIX_TEXT, "%s/%u", ip_text(addr, text), prefix);
	return out;
}

static int match(void *ctx, const char *const *tokens, size_t n, char **text,
		 uint32_t *number)
{
	char out[IPV6_PREFIX_TEXT];
	struct ip_addr addr;
	unsigned int prefix;

	(void)ctx;
	(void)n;
	*number = 0;
	if (!ipv6_prefix_parse(tokens[0], &addr, &prefix))
		return 0;
	*text = xstrdup(ipv6_prefix_text(&addr, prefix, out));
	return 1;
}

static void help(void *ctx, const char *prefix,
		 void (*add)(void *arg, const char *word, const char *help),
		 void *arg)
{
	(void)ctx;
	if (prefix[strspn(prefix, "0123456789abcdefABCDEF:./")] == '\0')
		add(arg, "X:X:X:X::X/<0-128>", "IPv6 prefix");
}

void ipv6_prefix_type(struct cli *cli)
{
	const struct cli_type type = { "IPV6PREFIX", match, help, NULL };

	cli_type_add(cli, &type);
}
