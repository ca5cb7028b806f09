/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/wire.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "ipsec/port_packet.h"
#include "ipsec/port_xdp.h"
#include "ipsec/xdp_program.h"

enum {
	/* The kernel gives a queue free some time after its socket is closed
	 * (net/xdp/xdp_umem.c defers it): attempts, and microseconds between. */
	WIRE_ATTEMPTS = 100,
	WIRE_PAUSE_US = 1000,
};

struct wire {
	struct xdp_program program;
	int multicast_fd;
	char text[128];
};

static void close_all(struct port **ports, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		port_close(ports[i]);
		ports[i] = NULL;
	}
}

/* --- AF_PACKET --------------------------------------------------------------- */

static int packet_ports(struct port **ports, const struct wire_spec *spec)
{
	unsigned int opened = 0;
	int err = 0;

	while (opened < spec->n && !err) {
		err = port_packet_open(&ports[opened], spec, opened, true);
		opened += !err;
	}
	if (!err)
		err = port_packet_start(ports, spec->n);
	if (err)
		close_all(ports, opened);
	return err;
}

/* --- AF_XDP -------------------------------------------------------------------- */

#ifdef HAVE_XDP
static int ethtool(const char *device, void *request)
{
	struct ifreq req = { .ifr_data = request };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return -errno;
	snprintf(req.ifr_name, sizeof(req.ifr_name), "%s", device);
	err = ioctl(fd, SIOCETHTOOL, &req) ? -errno : 0;
	close(fd);
	return err;
}

/* A device that cannot tell has one. */
static unsigned int receive_queues(const char *device)
{
	struct ethtool_channels c = { .cmd = ETHTOOL_GCHANNELS };

	if (ethtool(device, &c) || c.rx_count + c.combined_count < 1)
		return 1;
	return c.rx_count + c.combined_count;
}

static bool is_veth(const char *device)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };

	return ethtool(device, &info) == 0 && strcmp(info.driver, "veth") == 0;
}

static int open_patiently(struct port **out, const struct port_xdp_spec *x)
{
	int err, attempts = 0;

	while ((err = port_xdp_open(out, x)) == -EBUSY &&
	       ++attempts < WIRE_ATTEMPTS)
		usleep(WIRE_PAUSE_US);
	return err;
}

static int open_lane(struct port **out, struct port_xdp_spec *x,
		     unsigned int lane)
{
	x->lane = lane;
	if (lane < x->queues)
		return open_patiently(out, x);
	return port_packet_open(out, x->wire, lane, false);
}

static int xdp_mode(struct wire *w, struct port **ports,
		    const struct wire_spec *spec, bool generic)
{
	struct port_xdp_spec x = { .wire = spec,
				   .queues = receive_queues(spec->device),
				   .generic = generic };
	unsigned int opened = 0, queues = x.queues;
	int err = xdp_program_load(&w->program, spec->mac, queues, generic);

	x.map = w->program.map;
	while (opened < spec->n && !err) {
		err = open_lane(&ports[opened], &x, opened);
		opened += !err;
	}
	if (!err)
		err = xdp_program_attach(&w->program, spec->ifindex,
					 generic ? XDP_FLAGS_SKB_MODE
						 : XDP_FLAGS_DRV_MODE);
	if (err) {
		close_all(ports, opened);
		xdp_program_close(&w->program);
		return err;
	}
	snprintf(w->text, sizeof(w->text), "af-xdp (%s), %u queue%s",
		 generic ? "generic" : "native", queues,
		 queues == 1 ? "" : "s");
	return 0;
}

/* On a veth generic mode is as fast as the native one, and leaves superpackets
 * whole; a card's driver has it the other way round.  But generic mode numbers
 * the receive queues of a veth one too low (the first two are the first), so
 * that a lane would get nothing. */
static int xdp_ports(struct wire *w, struct port **ports,
		     const struct wire_spec *spec)
{
	bool generic =
		is_veth(spec->device) && receive_queues(spec->device) == 1;
	int err, other;

	if (spec->mtu + ETH_HLEN > PKT_SMALL_DATA)
		return -EMSGSIZE;
	err = xdp_mode(w, ports, spec, generic);
	if (!err)
		return 0;
	other = xdp_mode(w, ports, spec, !generic);
	return !other || err == -EOPNOTSUPP ? other : err;
}
#else
static int xdp_ports(struct wire *w, struct port **ports,
		     const struct wire_spec *spec)
{
	(void)w;
	(void)ports;
	(void)spec;
	return -EOPNOTSUPP;
}
#endif

/* --- the choice ---------------------------------------------------------------- */

static int open_ports(struct wire *w, struct port **ports,
		      const struct wire_spec *spec, const char *how)
{
	bool xdp = !how || strcmp(how, "af-xdp") == 0;
	int err;

	if (!xdp && strcmp(how, "af-packet") != 0)
		return -EINVAL;
	if (xdp) {
		err = xdp_ports(w, ports, spec);
		if (!err || how)
			return err;
		snprintf(w->text, sizeof(w->text), "af-packet (no af-xdp: %s)",
			 strerror(-err));
	} else {
		snprintf(w->text, sizeof(w->text), "af-packet");
	}
	return packet_ports(ports, spec);
}

int wire_open(struct wire **out, struct port **ports,
	      const struct wire_spec *spec, const char *how)
{
	struct wire *w = xcalloc(1, sizeof(*w));
	int err;

	if (!how)
		how = getenv("GETVPN_WIRE");
	w->program = (struct xdp_program){ -1, -1, -1 };
	w->multicast_fd = port_packet_multicast(spec->ifindex);
	err = w->multicast_fd < 0 ? w->multicast_fd
				  : open_ports(w, ports, spec, how);
	if (err) {
		wire_close(w);
		return err;
	}
	*out = w;
	return 0;
}

void wire_close(struct wire *w)
{
	if (!w)
		return;
	xdp_program_close(&w->program);
	if (w->multicast_fd >= 0)
		close(w->multicast_fd);
	free(w);
}

const char *wire_text(const struct wire *w)
{
	return w->text;
}
