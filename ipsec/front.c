/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/front.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "ipsec/qos_tree.h"
#include "router/vrf.h"

/* What opening needs of all lanes at once. */
struct parts {
	struct pkt_pool **pools;
	struct port **taps, **wires;
};

static struct parts parts_new(const struct front *f)
{
	struct parts parts = {
		.pools = xcalloc(f->n, sizeof(struct pkt_pool *)),
		.taps = xcalloc(f->n, sizeof(struct port *)),
		.wires = xcalloc(f->n, sizeof(struct port *)),
	};

	for (unsigned int i = 0; i < f->n; i++)
		parts.pools[i] = f->lanes[i].pool;
	return parts;
}

static void parts_free(struct parts *parts)
{
	free(parts->pools);
	free(parts->taps);
	free(parts->wires);
}

/* "gv-eth1"; a name that does not fit or is taken gets a number instead. */
static int open_tap(const struct front *f, struct parts *parts,
		    const char *device, char *name)
{
	int len;

	memset(name, 0, IFNAMSIZ);
	len = snprintf(name, IFNAMSIZ, "gv-%s", device);
	if (len < IFNAMSIZ &&
	    port_tap_open(parts->taps, parts->pools, f->n, name) == 0)
		return 0;
	memset(name, 0, IFNAMSIZ);
	snprintf(name, IFNAMSIZ, "gv-%%d");
	return port_tap_open(parts->taps, parts->pools, f->n, name);
}

static int open_wire(struct front *f, struct parts *parts,
		     const struct iface *iface)
{
	struct wire_spec spec = {
		.device = iface->device,
		.ifindex = iface->ifindex,
		.mtu = iface->mtu,
		.pools = parts->pools,
		.n = f->n,
	};

	memcpy(spec.mac, iface->mac, sizeof(spec.mac));
	return wire_open(&f->wire, parts->wires, &spec, NULL);
}

/* What the kernel of the interface's VRF sees of it: the TAP, and what sends
 * errors as this router. */
static int open_inside(struct front *f, struct parts *parts,
		       const struct iface *iface, char *tap)
{
	int err = open_tap(f, parts, iface->device, tap);

	for (unsigned int i = 0; i < f->n && !err; i++) {
		struct lane *lane = &f->lanes[i];

		lane->tap = parts->taps[i];
		lane->joins_udp = port_tap_takes_udp(lane->tap);
	}
	for (unsigned int i = 0; i < f->n && !err; i++) {
		struct lane *lane = &f->lanes[i];

		err = port_raw_open(&lane->icmp);
		if (!err)
			lane->icmp->pool = lane->pool;
	}
	return err;
}

/* tap: IFNAMSIZ octets for the name of the new one.  The wire is at home,
 * where its device is. */
static int open_ports(struct front *f, const struct iface *iface, char *tap)
{
	int home = vrf_enter(iface_vrf(iface)), err;
	struct parts parts;

	if (home < 0)
		return home;
	parts = parts_new(f);
	err = open_inside(f, &parts, iface, tap);
	netns_leave(home);
	if (!err)
		err = open_wire(f, &parts, iface);
	for (unsigned int i = 0; i < f->n; i++)
		f->lanes[i].wire = parts.wires[i];
	parts_free(&parts);
	return err ? err : wire_hide(&f->hide_fd, iface->device);
}

static void lane_init(struct front *f, unsigned int i, struct crypto *crypto)
{
	struct lane *lane = &f->lanes[i];
	struct worker *worker = f->workers[i];

	memcpy(lane->name, f->name, sizeof(lane->name));
	lane->pool = pkt_pool_new(FRONT_SMALL, FRONT_BIG);
	lane->crypto = crypto;
	lane->events = worker_events(worker);
	lane->esp = worker_esp(worker);
	lane->reasm = reasm_new();
	lane->gather = reasm_new();
	lane->pmtu = &f->pmtu;
}

static void lane_fini(struct lane *lane)
{
	port_close(lane->tap);
	port_close(lane->wire);
	port_close(lane->icmp);
	reasm_free(lane->reasm);
	reasm_free(lane->gather);
	pkt_pool_free(lane->pool);
}

static void front_free(struct front *f)
{
	for (unsigned int i = 0; i < f->n; i++)
		lane_fini(&f->lanes[i]);
	wire_close(f->wire);
	if (f->hide_fd >= 0)
		close(f->hide_fd);
	policy_free(f->policy);
	for (int i = 0; i < IPSEC_QOS_DIRECTIONS; i++)
		qos_tree_free(f->qos[i]);
	free(f->capture);
	free(f->lanes);
	free(f);
}

/* No worker of them looks at its lane after it. */
static void stop(struct front *f, unsigned int n)
{
	while (n--)
		worker_remove(f->workers[n], &f->lanes[n]);
}

static int start(struct front *f)
{
	int err;

	for (unsigned int i = 0; i < f->n; i++) {
		err = worker_add(f->workers[i], &f->lanes[i]);
		if (err) {
			stop(f, i);
			return err;
		}
	}
	return 0;
}

static void *lanes_new(unsigned int n)
{
	void *lanes;

	if (posix_memalign(&lanes, 64, n * sizeof(struct lane)) != 0)
		log_fatal("no memory for an interface");
	memset(lanes, 0, n * sizeof(struct lane));
	return lanes;
}

int front_open(struct front **out, struct ifaces *ifaces, struct iface *iface,
	       struct crypto *crypto, struct worker *const *workers,
	       unsigned int n, struct policy *policy)
{
	struct front *f = xcalloc(1, sizeof(*f));
	char tap[IFNAMSIZ];
	int err;

	snprintf(f->name, sizeof(f->name), "%s", iface->name);
	f->vrf = iface->vrf;
	f->hide_fd = -1;
	f->n = n;
	f->workers = workers;
	f->lanes = lanes_new(n);
	for (unsigned int i = 0; i < n; i++) {
		lane_init(f, i, crypto);
		(void)lane_set_policy(&f->lanes[i], policy);
	}
	err = open_ports(f, iface, tap);
	if (!err)
		err = iface_front(ifaces, iface, tap);
	if (!err) {
		err = start(f);
		if (err)
			(void)iface_unfront(ifaces, iface);
	}
	if (err) {
		front_free(f);
		return err;
	}
	f->policy = policy;
	iface->front = f;
	iface->front_drops = front_drops;
	*out = f;
	return 0;
}

void front_close(struct front *f, struct ifaces *ifaces)
{
	struct iface *iface = iface_find(ifaces, f->name);
	int err;

	stop(f, f->n);
	if (iface) {
		iface->front_drops = NULL;
		iface->front = NULL;
		err = iface_unfront(ifaces, iface);
		if (err)
			log_warn("%s: its device cannot be given back: %s",
				 f->name, strerror(-err));
	}
	front_free(f);
}

struct policy *front_set_policy(struct front *f, struct policy *policy)
{
	struct policy *old = f->policy;

	f->policy = policy;
	for (unsigned int i = 0; i < f->n; i++)
		(void)lane_set_policy(&f->lanes[i], policy);
	workers_wait();
	return old;
}

struct capture_set *front_set_capture(struct front *f, struct capture_set *set)
{
	struct capture_set *old = f->capture;

	f->capture = set;
	for (unsigned int i = 0; i < f->n; i++)
		atomic_store_explicit(&f->lanes[i].capture, set,
				      memory_order_release);
	workers_wait();
	return old;
}

struct qos_tree *front_set_qos(struct front *f,
			       enum ipsec_qos_direction direction,
			       struct qos_tree *tree)
{
	struct qos_tree *old = f->qos[direction];

	f->qos[direction] = tree;
	if (old)
		qos_tree_retire(old);
	for (unsigned int i = 0; i < f->n; i++)
		atomic_store_explicit(&f->lanes[i].qos[direction], tree,
				      memory_order_release);
	workers_wait();
	return old;
}

static uint64_t sum(const struct lane_drops *drops)
{
	uint64_t n = 0;

#define COUNT_DROP(name, text) n += STAT_READ(drops->name);
	LANE_DROPS(COUNT_DROP)
#undef COUNT_DROP
	return n;
}

static void refresh(struct port *port)
{
	if (port->ops->refresh)
		port->ops->refresh(port);
}

void front_drops(void *front, uint64_t *in, uint64_t *out)
{
	struct front *f = front;

	*in = *out = 0;
	for (unsigned int i = 0; i < f->n; i++) {
		struct lane *lane = &f->lanes[i];

		refresh(lane->wire);
		*in += sum(&lane->stats.in) + STAT_READ(lane->wire->rx_missed) +
		       STAT_READ(lane->tap->tx_failed);
		*out += sum(&lane->stats.out) +
			STAT_READ(lane->wire->tx_failed);
	}
}
