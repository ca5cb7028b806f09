/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the interfaces share. */
#ifndef ROUTER_IFACE_PRIV_H
#define ROUTER_IFACE_PRIV_H

#include <sys/queue.h>

#include "base/loop.h"
#include "router/devstate.h"
#include "router/filter.h"
#include "router/iface.h"
#include "router/iface_ipv6.h"
#include "router/ifname.h"
#include "router/kept.h"
#include "router/logging.h"
#include "router/netlink.h"
#include "router/sysctl.h"
#include "router/vrf.h"

enum iface_limits {
	IFACE_ADDRESSES = 256, /* of one interface, primary included */
	IFACE_SLOT = 4,	       /* ports of a slot when names are automatic */
	IFACE_MTU_MIN = 68,    /* RFC 791 */
	IFACE_MTU_MAX = 18000, /* IOS: mtu <64-18000> */
};

struct if_prefix {
	struct ip_addr addr;
	unsigned int prefix;
};

enum if_rate_of {
	IF_RX_BYTES,
	IF_RX_PACKETS,
	IF_TX_BYTES,
	IF_TX_PACKETS,
	IF_RATES
};

struct if_rate {
	uint64_t last; /* the count at the tick before */
	uint64_t mean; /* in 1000 s, over the load-interval */
};

struct port {
	struct iface iface; /* first: the public face */
	TAILQ_ENTRY(port) link;
	struct ifaces *owner;
	struct ifname name;
	char *mapped;		 /* the Linux device it is bound to by name;
				  * "": only a configuration names it */
	const char *form;	 /* "multipoint", or NULL; constant */
	struct vrf *place;	 /* where iface.ifindex is; NULL: at home */
	struct devstate before;	 /* the device as it was found */
	unsigned int wire_index; /* 0: not fronted */
	bool carrier;
	bool configured;   /* an interface command named it */
	bool from_startup; /* its address is from startup-config */
	bool no_redirects, no_proxy_arp;
	unsigned int mtu_set; /* mtu N; 0: as the device was */
	struct if_prefix *secondary;
	size_t n_secondary;
	struct if_prefix *applied; /* what the kernel has from us, in order */
	size_t n_applied;
	int mss_fd; /* the kernel's rule, while mss_index is not 0 */
	unsigned int mss_index, mss_now; /* whose it is, and what it says */
	char *filters[FILTER_LISTS];	 /* names of access lists, or NULL */
	bool no_unreachables;
	struct filter *filter;	   /* what the kernel has of them, or NULL */
	unsigned int filter_index; /* of the device that it is of */
	struct if_ipv6 ipv6;
	struct kept kept;
	struct nl_counters zero; /* clear counters */
	int64_t cleared;	 /* clock_now(), 0: never */
	struct if_rate rates[IF_RATES];
	bool measured;
};

TAILQ_HEAD(ports, port);

struct if_watch {
	void (*fn)(void *arg, struct iface *iface, enum iface_change change);
	void *arg;
};

struct ifaces {
	struct loop *loop;
	struct logging *log;
	struct nl *nl;
	struct nl_monitor *monitor;
	struct sysctls *sysctls;
	struct vrfs *vrfs;
	struct cli *cli;	     /* NULL without commands */
	struct acls *acls;	     /* NULL: nothing is filtered */
	struct loop_timer *refilter; /* lists have changed */
	unsigned int last_filter;
	struct ports ports;
	struct if_watch *watches;
	size_t n_watches;
	/* An interface has another device; or NULL. */
	void (*renamed)(void *arg);
	void *renamed_arg;
	struct loop_timer *rates;
	unsigned int lo_index;
	bool lo_was_up;
	/* Until ifaces_started() commands only change the model. */
	bool booting;
};

/* map: "Ethernet0/0=eth1" each; n 0: automatic.  NULL and a line on stderr
 * when the kernel refuses. */
struct ifaces *ifaces_new(struct loop *loop, struct logging *log,
			  const char *const *map, size_t n);
/* Puts back what was changed in the kernel. */
void ifaces_free(struct ifaces *ifaces);
/* The startup-config has been read: from now on the kernel follows. */
void ifaces_started(struct ifaces *ifaces);
void ifaces_cli_init(struct ifaces *ifaces, struct cli *cli);
/* iface_address.c: ip address. */
/* The interface of that name (in full), made when there is none. */
struct iface *iface_select(struct ifaces *ifaces, const char *name,
			   struct cli_out *o);
void iface_range_cli_init(struct ifaces *ifaces);
void iface_address_init(struct cli *cli);
/* iface_mss.c: ip tcp adjust-mss. */
void iface_mss_init(struct cli *cli);
/* The kernel's rule follows the model and the device. */
void port_mss(struct port *port);
void port_mss_close(struct port *port);
/* iface_filter.c: ip access-group, ipv6 traffic-filter, ip unreachables. */
void iface_filter_init(struct cli *cli);
/* The kernel's rules follow the model, the lists and the device. */
void port_filter(struct port *port);
void port_filter_close(struct port *port);
/* And the configuration of it goes. */
void port_filter_fini(struct port *port);
void ifaces_filter_fini(struct ifaces *ifaces);
void iface_show_init(struct ifaces *ifaces, struct cli *cli);

static inline struct port *port_of(struct iface *iface)
{
	return (struct port *)iface;
}

/* Of the namespace that iface.ifindex is in. */
static inline struct nl *port_nl(const struct port *port)
{
	return port->place ? port->place->nl : port->owner->nl;
}

static inline struct sysctls *port_sysctls(const struct port *port)
{
	return port->place ? port->place->sysctls : port->owner->sysctls;
}

/* False: it waits for a front in its VRF. */
static inline bool port_in_place(const struct port *port)
{
	return port->iface.vrf == (port->place ? port->place->id : 0);
}

/* A router that was killed left its wire deaf (iface_front.c): an Ethernet
 * that answers no ARP.  It was not so before. */
void port_revive_wire(struct nl *nl, struct nl_link *link);

/* port.c: one interface. */
struct port *port_new(struct ifaces *ifaces, const struct ifname *name,
		      const char *device);
/* Puts its device back as it was found. */
void port_free(struct port *port);
/* An interface that this router does not have: what a configuration of
 * another one says of it is kept, and it stays down. */
struct port *port_absent(struct ifaces *ifaces, const struct ifname *name);
bool port_is_absent(const struct port *port);
struct port *port_loopback(struct ifaces *ifaces, const struct ifname *name);
/* The device is there now. */
void port_bind(struct port *port, const struct nl_link *link);
void port_unbind(struct port *port);
/* Makes the kernel follow the model. */
void port_apply(struct port *port);
void port_set_shutdown(struct port *port, bool shutdown);
void port_set_carrier(struct port *port, bool carrier);
/* After a change of addresses. */
void port_addresses_changed(struct port *port);
/* Into a VRF (NULL: the global table), without its addresses.  Whether it had
 * some. */
bool port_set_vrf(struct port *port, struct vrf *vrf);
/* 0 or -errno. */
int port_set_mtu(struct port *port, unsigned int mtu);
void port_switches(struct port *port);
void port_notify(struct port *port, enum iface_change change);
/* Counters since clear counters. */
bool port_counters(const struct port *port, struct nl_counters *out);

/* iface_rate.c: from now on rates are measured; and what they are. */
void ifaces_rates_start(struct ifaces *ifaces);
void port_say_rates(const struct port *port, struct cli_out *o);

#endif
