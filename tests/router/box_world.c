/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/router/box_world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "router/paste.h"
#include "tests/router/ns.h"

const char box_world_network[] = "hostname CE1\n"
				 "interface Loopback0\n"
				 "ip address 192.168.1.1 255.255.255.255\n"
				 "interface e0/0\n"
				 "ip address 192.168.11.3 255.255.255.0\n"
				 "no shutdown\n"
				 "interface Eth 0/1\n"
				 "description the LAN\n"
				 "ip address 10.0.111.1 255.255.255.0\n"
				 "no shutdown\n"
				 "ip route 0.0.0.0 0.0.0.0 192.168.11.1\n"
				 "ip route 10.9.0.0 255.255.0.0 Null0";

void box_world_pump(struct box_world *w, unsigned int ms)
{
	ns_pump(w->loop, ms);
}

void box_world_start(struct box_world *w, const char *initial)
{
	struct router_config config = { .loop = w->loop,
					.clock = &w->wall,
					.state_dir = w->dir };

	w->router = router_new(&config);
	ck_assert_ptr_nonnull(w->router);
	paste_init(router_cli(w->router));
	router_boot(w->router, initial);
	box_world_pump(w, BOX_WORLD_SETTLE);
	w->term = cli_test_new(router_cli(w->router));
}

void box_world_stop(struct box_world *w)
{
	cli_test_free(w->term);
	router_free(w->router);
	w->router = NULL;
}

void box_world_open(struct box_world *w)
{
	*w = (struct box_world){ .root = ns_enter() };
	if (!w->root)
		return;
	w->nl = nl_open();
	ck_assert_ptr_nonnull(w->nl);
	ns_veth(w->nl, "eth0", "p0");
	ns_veth(w->nl, "eth1", "p1");
	nl_link_flags(w->nl, if_nametoindex("p0"), IFF_UP, IFF_UP);
	nl_link_flags(w->nl, if_nametoindex("p1"), IFF_UP, IFF_UP);
	snprintf(w->dir, sizeof(w->dir), "box-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(w->dir));
	w->loop = loop_new();
	clock_init(&w->wall, 1);
	box_world_start(w, NULL);
}

void box_world_close(struct box_world *w)
{
	char *path;

	if (!w->root)
		return;
	if (w->router)
		box_world_stop(w);
	loop_free(w->loop);
	nl_close(w->nl);
	path = xasprintf("%s/startup-config", w->dir);
	unlink(path);
	free(path);
	rmdir(w->dir);
}

static char *type(struct box_world *w, const char *lines)
{
	cli_test_type(w->term, lines);
	box_world_pump(w, BOX_WORLD_SETTLE);
	return cli_test_take(w->term);
}

void box_world_check(struct box_world *w, const char *lines,
		     const char *expected)
{
	char *screen = type(w, lines);

	ck_assert_msg(strstr(screen, expected) != NULL, "%s", screen);
	free(screen);
}

void box_world_check_not(struct box_world *w, const char *lines,
			 const char *unexpected)
{
	char *screen = type(w, lines);

	ck_assert_msg(!strstr(screen, unexpected), "%s", screen);
	free(screen);
}

void box_world_configure(struct box_world *w, const char *lines)
{
	char *all = xasprintf("configure terminal\n%s\nend\n", lines);

	box_world_check_not(w, all, "%");
	free(all);
}
