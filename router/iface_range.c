/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interface range: several at once; default interface. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "router/iface_priv.h"

struct range {
	struct ifaces *ifaces;
	struct cli_out *o;
	void *iface[CLI_RANGE_MAX];
	size_t n;
};

static bool add(struct range *r, const char *text)
{
	struct ifname name;
	struct iface *iface;
	size_t i;

	if (r->n == CLI_RANGE_MAX || ifname_parse(&text, 1, &name) <= 0)
		return false;
	iface = iface_select(r->ifaces, name.text, r->o);
	for (i = 0; i < r->n; i++)
		if (r->iface[i] == iface)
			return true;
	r->iface[r->n++] = iface;
	return true;
}

/* "Ethernet0/0-3", without blanks.  The names of some types have a dash. */
static bool add_item(struct range *r, char *item)
{
	char *dash = strrchr(item, '-'), *end, name[IFNAME_SIZE];
	size_t head = dash ? (size_t)(dash - item) : 0;
	unsigned long first, last;

	while (head && strchr("0123456789", item[head - 1]))
		head--;
	if (!dash || &item[head] == dash)
		return add(r, item);
	first = strtoul(&item[head], NULL, 10);
	last = strtoul(dash + 1, &end, 10);
	if (end == dash + 1 || *end || last < first ||
	    last - first >= CLI_RANGE_MAX)
		return false;
	for (; first <= last; first++) {
		if ((size_t)snprintf(name, sizeof(name), "%.*s%lu", (int)head,
				     item, first) >= sizeof(name) ||
		    !add(r, name))
			return false;
	}
	return true;
}

static void drop_blanks(char *text)
{
	char *to = text;

	for (; *text; text++)
		if (*text != ' ' && *text != '\t')
			*to++ = *text;
	*to = '\0';
}

static void enter_range(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct range r = { .ifaces = obj, .o = o };
	char *list = xstrdup(cli_str(a, "list")), *rest = list, *item;
	bool good = true;

	drop_blanks(list);
	while (good && (item = strsep(&rest, ",")))
		good = add_item(&r, item);
	free(list);
	if (!good)
		cli_error(o, "%% Invalid interface range\n");
	else
		cli_enter_range(o, &router_mode_if, r.iface, r.n);
}

/* Its lines go, it stays. */
static void default_interface(void *obj, const struct cli_args *a,
			      struct cli_out *o)
{
	struct iface *iface = iface_find(obj, cli_str(a, "name"));
	char head[IFNAME_SIZE + 16];

	if (!iface) {
		cli_error(o, "%% Invalid interface\n");
		return;
	}
	snprintf(head, sizeof(head), "interface %s", iface->name);
	cli_say(o, "Building configuration...\n\n");
	cli_empty_block(o, &router_mode_if, head, iface);
	cli_say(o, "Interface %s set to default configuration\n", iface->name);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "default      Set a command to its defaults\n"
			 "interface    Select an interface to configure\n"
			 "IFNAME$name\n",
		.run = default_interface,
	},
	{
		.mode = &cli_mode_config,
		.words = "interface    Select an interface to configure\n"
			 "range        interface range command\n"
			 "LINE$list    Interfaces, as e0/0 - 3 , lo1\n",
		.run = enter_range,
	},
};

void iface_range_cli_init(struct ifaces *ifaces)
{
	CLI_ADD(ifaces->cli, commands, ifaces);
}
