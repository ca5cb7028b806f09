/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ip multicast-routing, ip pim, ip igmp. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/mcast.h"

static void run_routing(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct mcast *m = obj;

	m->on = !cli_is_no(a);
	m->distributed = m->on && cli_has(a, "distributed");
	mcast_sync(m);
	if (m->on && m->failed)
		cli_error(o, "%% Multicast routing is not available here: "
			     "another program does it, or may not be done\n");
}

static void write_routing(const void *obj, struct cli_out *o)
{
	const struct mcast *m = obj;

	if (m->on)
		cli_say(o, "ip multicast-routing%s\n",
			m->distributed ? " distributed" : "");
}

/* --- ip pim ----------------------------------------------------------- */

static const char *const modes[] = {
	[MCAST_DENSE] = "dense-mode",
	[MCAST_SPARSE] = "sparse-mode",
	[MCAST_SPARSE_DENSE] = "sparse-dense-mode",
};

static void run_pim(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct mcast *m = cli_ctx(o);
	struct iface *iface = obj;
	struct mcast_iface *mi = mcast_iface_get(m, iface);
	enum mcast_mode mode = MCAST_OFF;

	if (!cli_is_no(a))
		for (mode = MCAST_DENSE; !cli_has(a, modes[mode]);)
			mode++;
	if (mode && !m->on && !cli_is_startup(o))
		cli_say(o, "WARNING: \"ip multicast-routing\" is not "
			   "configured,\n"
			   "         IP Multicast packets will not be "
			   "forwarded\n");
	if (mode == mi->mode)
		return;
	mi->mode = mode;
	mcast_sync(m);
	if (m->fd >= 0)
		mcast_routes_update(m);
}

static const struct mcast_iface *written(const void *obj, struct cli_out *o)
{
	struct mcast_iface *mi;
	struct mcast *m = cli_ctx(o);

	TAILQ_FOREACH (mi, &m->ifs, link)
		if (mi->iface == obj)
			return mi;
	return NULL;
}

static void write_pim(const void *obj, struct cli_out *o)
{
	const struct mcast_iface *mi = written(obj, o);

	if (!mi || !mi->mode)
		return;
	if (mi->iface->vrf)
		cli_why(o, "multicast routing in a VRF");
	else if (mi->mode == MCAST_SPARSE)
		cli_why(o, "joins towards a rendezvous point");
	else
		cli_why(o, NULL);
	cli_say(o, " ip pim %s\n", modes[mi->mode]);
}

/* --- ip igmp ---------------------------------------------------------- */

static size_t find_configured(const struct mcast_iface *mi, uint32_t group,
			      bool joined)
{
	size_t i;

	for (i = 0; i < mi->n_configured; i++)
		if (mi->configured[i].group == group &&
		    mi->configured[i].joined == joined)
			break;
	return i;
}

static void add_configured(struct mcast_iface *mi, uint32_t group, bool joined)
{
	mi->configured = xrealloc(mi->configured, mi->n_configured + 1,
				  sizeof(*mi->configured));
	mi->configured[mi->n_configured++] =
		(struct mcast_configured){ group, joined };
	if (joined && mi->vif >= 0)
		mcast_kernel_join(mi, group, true);
}

static void remove_configured(struct mcast_iface *mi, size_t i)
{
	struct mcast_configured c = mi->configured[i];

	mi->n_configured--;
	memmove(&mi->configured[i], &mi->configured[i + 1],
		(mi->n_configured - i) * sizeof(c));
	if (c.joined && mi->vif >= 0)
		mcast_kernel_join(mi, c.group, false);
}

static void run_igmp(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct mcast *m = cli_ctx(o);
	struct mcast_iface *mi = mcast_iface_get(m, obj);
	struct ip_addr addr = cli_addr(a, "group");
	uint32_t group = ip_v4_host(&addr);
	bool joined = cli_has(a, "join-group");
	size_t i = find_configured(mi, group, joined);

	if (!ip_is_multicast(&addr)) {
		cli_error(o, "%% Illegal multicast group address\n");
		return;
	}
	if (group >> 8 == 0xe00000) {
		cli_error(o,
			  "%% Groups of the link (224.0.0.x) need no join\n");
		return;
	}
	if (cli_is_no(a) && i < mi->n_configured)
		remove_configured(mi, i);
	else if (cli_is_no(a) || i < mi->n_configured)
		return;
	else if (mi->n_configured < MCAST_CONFIGURED)
		add_configured(mi, group, joined);
	else
		cli_error(o, "%% Too many groups on this interface\n");
	if (m->fd >= 0)
		mcast_routes_of(m, group);
}

static void write_igmp(const void *obj, struct cli_out *o)
{
	const struct mcast_iface *mi = written(obj, o);
	char text[IP_ADDR_TEXT];
	size_t i;

	for (i = 0; mi && i < mi->n_configured; i++) {
		struct ip_addr group = ip_v4(mi->configured[i].group);

		cli_why(o,
			mi->iface->vrf ? "multicast routing in a VRF" : NULL);
		cli_say(o, " ip igmp %s %s\n",
			mi->configured[i].joined ? "join-group"
						 : "static-group",
			ip_text(&group, text));
	}
}

#define IF_IP "ip  Interface Internet Protocol config commands\n"

static const struct cli_cmd global[] = {
	{
		.mode = &cli_mode_config,
		.words = "ip  Global IP configuration subcommands\n"
			 "multicast-routing  Enable IP multicast forwarding\n"
			 ".\n"
			 "[ distributed  Distributed multicast switching\n"
			 "]\n",
		.run = run_routing,
		.no = run_routing,
		.write = write_routing,
		.order = CLI_O_IP + 6,
	},
	{
		.mode = &router_mode_if,
		.words = IF_IP
		"pim  PIM interface commands\n"
		".\n"
		"( dense-mode  Enable PIM dense-mode operation\n"
		"| sparse-dense-mode  Enable PIM sparse-dense-mode operation\n"
		"| sparse-mode  Enable PIM sparse-mode operation\n"
		")\n",
		.run = run_pim,
		.no = run_pim,
		.write = write_pim,
		.order = IFACE_O_IP + 4,
	},
	{
		.mode = &router_mode_if,
		.words = IF_IP "igmp  IGMP interface commands\n"
			       "( join-group  IGMP join multicast group\n"
			       "| static-group  IGMP static multicast group\n"
			       ")\n"
			       "A.B.C.D$group  IP group address\n",
		.run = run_igmp,
		.no = run_igmp,
		.write = write_igmp,
		.order = IFACE_O_IP + 6,
	},
};

void mcast_cli_init(struct mcast *m, struct cli *cli)
{
	CLI_ADD(cli, global, m);
}
