/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ip tcp adjust-mss. */
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "router/iface_priv.h"
#include "router/tcp_mss.h"

void port_mss_close(struct port *port)
{
	if (port->mss_index)
		close(port->mss_fd);
	port->mss_index = 0;
}

void port_mss(struct port *port)
{
	const struct iface *iface = &port->iface;
	int home;

	if (port->mss_index && port->mss_index == iface->ifindex &&
	    port->mss_now == iface->adjust_mss)
		return;
	port_mss_close(port);
	if (!iface->adjust_mss || !iface->ifindex || iface->loopback)
		return;
	home = vrf_enter(port->place);
	port->mss_fd = home < 0 ? home
				: tcp_mss_adjust(iface->ifindex,
						 (uint16_t)iface->adjust_mss);
	netns_leave(home);
	if (port->mss_fd < 0) {
		log_warn("%s: the kernel does not adjust the MSS: %s",
			 iface->name, strerror(-port->mss_fd));
		return;
	}
	port->mss_index = iface->ifindex;
	port->mss_now = iface->adjust_mss;
}

static void run_mss(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct port *port = obj;

	(void)o;
	port->iface.adjust_mss = cli_is_no(a) ? 0 : cli_u32(a, "octets");
	port_mss(port);
}

static void write_mss(const void *obj, struct cli_out *o)
{
	const struct iface *iface = obj;

	if (iface->adjust_mss)
		cli_say(o, " ip tcp adjust-mss %u\n", iface->adjust_mss);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &router_mode_if,
		.words = "ip  Interface Internet Protocol config commands\n"
			 "tcp  TCP interface commands\n"
			 "adjust-mss  Adjust the mss of transit packets\n"
			 ".\n"
			 "<500-1460>$octets  Maximum segment size in bytes\n",
		.run = run_mss,
		.no = run_mss,
		.write = write_mss,
		.order = IFACE_O_IP + 8,
	},
};

void iface_mss_init(struct cli *cli)
{
	CLI_ADD(cli, commands, NULL);
}
