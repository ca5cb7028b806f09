/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wires and TAPs of the kernel, each test in a network namespace of its own
 * with a neighbour at the other end of a cable.  Needs root; is skipped
 * without. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "ipsec/csum.h"
#include "ipsec/ip.h"
#include "ipsec/wire.h"
#include "ipsec/xdp_program.h"
#include "tests/check_main.h"
#include "tests/ipsec/cable.h"
#include "tests/ipsec/nodes.h"
#include "tests/ipsec/segments.h"

enum {
	SMALL = 8192,
	BIG = 64,
	BURST = 64,
	LANES = 2,
	PATIENCE_MS = 1000,
	QUIET_MS = 50, /* what is not there by then does not come */
	MTU = 1500,
	NUMBERED = 500,
	FLOOD = 10000,
	MSS = 1400,
	SUPER = 40 * MSS + 100, /* payload of a superpacket */
};

static const char *const wires[] = {
	"af-packet",
#ifdef HAVE_XDP
	"af-xdp",
#endif
};
enum { WIRES = ARRAY_SIZE(wires) };

/* --- a wire with its lanes -------------------------------------------------- */

struct rig {
	struct cable cable;
	struct pkt_pool *pools[LANES];
	struct port *ports[LANES];
	struct wire *wire;
	unsigned int n;
	size_t all; /* packets of a pool */
};

static int rig_open(struct rig *r, const char *how, unsigned int mtu)
{
	struct wire_spec spec = { .device = "wire0",
				  .ifindex = r->cable.ifindex,
				  .mtu = mtu,
				  .pools = r->pools,
				  .n = r->n };

	memcpy(spec.mac, r->cable.mac, sizeof(spec.mac));
	return wire_open(&r->wire, r->ports, &spec, how);
}

static void rig_pools(struct rig *r, size_t small)
{
	for (unsigned int i = 0; i < r->n; i++)
		r->pools[i] = pkt_pool_new(small, BIG);
	r->all = pkt_available(r->pools[0]);
}

static void rig_start(struct rig *r, const char *how, unsigned int lanes,
		      unsigned int queues)
{
	int err;

	cable_make(&r->cable, queues);
	r->n = lanes;
	rig_pools(r, SMALL);
	err = rig_open(r, how, MTU);
	ck_assert_msg(err == 0, "%s: %s", how, strerror(-err));
}

/* None of the packets may be lost. */
static void rig_stop(struct rig *r)
{
	for (unsigned int i = 0; i < r->n; i++)
		port_close(r->ports[i]);
	wire_close(r->wire);
	for (unsigned int i = 0; i < r->n; i++) {
		ck_assert_uint_eq(pkt_available(r->pools[i]), r->all);
		pkt_pool_free(r->pools[i]);
	}
	close(r->cable.fd);
}

static bool readable(const struct port *port, int ms)
{
	struct pollfd p = { .fd = port->fd, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

/* Up to max frames, as soon as there are some.  A port may be readable
 * without a frame for us. */
static unsigned int receive(struct port *port, struct pkt **pkts,
			    unsigned int max, int ms)
{
	unsigned int n = port->ops->rx(port, pkts, max);

	for (int i = 0; i < 3 && !n && readable(port, ms); i++)
		n = port->ops->rx(port, pkts, max);
	return n;
}

static struct pkt *receive_one(struct port *port)
{
	struct pkt *p = NULL;

	ck_assert_uint_eq(receive(port, &p, 1, PATIENCE_MS), 1);
	return p;
}

static bool nothing_comes(struct port *port)
{
	struct pkt *p = NULL;
	unsigned int n = receive(port, &p, 1, QUIET_MS);

	pkt_put(p);
	return n == 0;
}

static void send_one(struct port *port, struct pkt *p)
{
	port->ops->tx(port, &p, 1);
}

static size_t make_frame(const struct rig *r, uint8_t *frame, size_t len,
			 unsigned int number)
{
	uint8_t *body = cable_header(&r->cable, frame, CABLE_ETHERTYPE);

	cable_fill(body, len - ETH_HLEN, number);
	return len;
}

/* --- frames ----------------------------------------------------------------- */

static void there_and_back(struct rig *r, size_t len)
{
	static uint8_t sent[CABLE_FRAME], back[CABLE_FRAME];
	struct virtio_net_hdr vnet;
	struct pkt *p;

	cable_send(&r->cable, sent, make_frame(r, sent, len, (unsigned)len));
	p = receive_one(r->ports[0]);
	ck_assert_uint_eq(p->len, len);
	ck_assert(memcmp(pkt_data(p), sent, len) == 0);
	ck_assert_ptr_null(p->next);
	ck_assert_uint_eq(p->size, PKT_SMALL);
	ck_assert_uint_ge(p->off, PKT_HEAD);
	send_one(r->ports[0], p);
	ck_assert_uint_eq(cable_receive(&r->cable, &vnet, back), len);
	ck_assert(memcmp(back, sent, len) == 0);
}

START_TEST(frames_of_all_sizes_pass_both_ways)
{
	struct rig r = { 0 };

	rig_start(&r, wires[_i], 1, 1);
	for (size_t len = ETH_HLEN; len <= ETH_HLEN + MTU; len++)
		there_and_back(&r, len);
	ck_assert_uint_eq(r.ports[0]->rx_frames, MTU + 1);
	ck_assert_uint_eq(r.ports[0]->tx_frames, MTU + 1);
	ck_assert_uint_eq(r.ports[0]->tx_failed, 0);
	rig_stop(&r);
}
END_TEST

static uint32_t number_of(const uint8_t *frame)
{
	return get32(frame + ETH_HLEN);
}

static void send_numbered(struct rig *r, uint32_t n)
{
	uint8_t frame[ETH_HLEN + 100] = { 0 };

	for (uint32_t i = 0; i < n; i++) {
		put32(cable_header(&r->cable, frame, CABLE_ETHERTYPE), i);
		cable_send(&r->cable, frame, sizeof(frame));
	}
}

START_TEST(frames_keep_their_order_both_ways)
{
	static uint8_t back[CABLE_FRAME];
	struct virtio_net_hdr vnet;
	struct pkt *pkts[BURST];
	unsigned int n, next = 0;
	struct rig r = { 0 };

	rig_start(&r, wires[_i], 1, 1);
	send_numbered(&r, NUMBERED);
	while (next < NUMBERED) {
		n = receive(r.ports[0], pkts, BURST, PATIENCE_MS);
		ck_assert_uint_gt(n, 0);
		for (unsigned int i = 0; i < n; i++)
			ck_assert_uint_eq(number_of(pkt_data(pkts[i])), next++);
		r.ports[0]->ops->tx(r.ports[0], pkts, n);
	}
	for (next = 0; next < NUMBERED; next++) {
		ck_assert_uint_gt(cable_receive(&r.cable, &vnet, back), 0);
		ck_assert_uint_eq(number_of(back), next);
	}
	rig_stop(&r);
}
END_TEST

static void send_to(struct rig *r, const uint8_t mac[6], const uint8_t *type)
{
	uint8_t frame[ETH_HLEN + 64] = { 0 };

	cable_header(&r->cable, frame, CABLE_ETHERTYPE);
	memcpy(frame, mac, 6);
	if (type)
		memcpy(frame + 12, type, 4);
	cable_send(&r->cable, frame, sizeof(frame));
}

START_TEST(frames_for_others_and_of_vlans_are_left_out)
{
	static const uint8_t other[6] = { 2, 3, 4, 5, 6, 7 };
	static const uint8_t all[6] = { 255, 255, 255, 255, 255, 255 };
	static const uint8_t group[6] = { 1, 0, 0x5e, 1, 2, 3 };
	static const uint8_t tag[4] = { 0x81, 0, 0, 7 };
	static const uint8_t outer[4] = { 0x88, 0xa8, 0, 7 };
	struct rig r = { 0 };
	uint8_t almost[6];

	rig_start(&r, wires[_i], 1, 1);
	memcpy(almost, r.cable.mac, 6);
	almost[5] ^= 1;
	send_to(&r, other, NULL);
	send_to(&r, almost, NULL);
	almost[5] ^= 1;
	almost[0] ^= 4;
	send_to(&r, almost, NULL);
	send_to(&r, r.cable.mac, tag);
	send_to(&r, all, tag);
	send_to(&r, all, outer);
	ck_assert(nothing_comes(r.ports[0]));
	send_to(&r, all, NULL);
	pkt_put(receive_one(r.ports[0]));
	send_to(&r, group, NULL);
	pkt_put(receive_one(r.ports[0]));
	send_to(&r, r.cable.mac, NULL);
	pkt_put(receive_one(r.ports[0]));
	ck_assert(nothing_comes(r.ports[0]));
	rig_stop(&r);
}
END_TEST

/* --- superpackets ----------------------------------------------------------- */

static void make_super(const struct cable *c, struct pkt *p, uint8_t seed)
{
	static const struct segment s = { .tcp = true,
					  .flags = ACK,
					  .src = 0x0a090002,
					  .dst = 0x0a090001,
					  .sport = 5001,
					  .dport = 80,
					  .sequence = 1000 };

	segment_write_super(p, &s, seed, SUPER, MSS);
	cable_header(c, pkt_data(p), ETH_P_IP);
}

static void compare_pieces(const struct pkt *p, const uint8_t *want, size_t len)
{
	size_t at = 0;

	for (; p; p = p->next) {
		ck_assert_uint_le(at + p->len, len);
		ck_assert(memcmp(pkt_data(p), want + at, p->len) == 0);
		at += p->len;
	}
	ck_assert_uint_eq(at, len);
}

/* What a lane makes of it; by AF_PACKET it is so already. */
static void check_super(struct port *port, struct pkt *p)
{
	if (!port->offloads)
		csum_guess(p, MTU);
	ck_assert_uint_eq(p->vnet.gso_type, VIRTIO_NET_HDR_GSO_TCPV4);
	ck_assert_uint_eq(p->vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM, 1);
	ck_assert_uint_eq(p->vnet.csum_start, ETH_HLEN + 20);
	ck_assert_uint_eq(p->vnet.csum_offset, 16);
}

/* By AF_PACKET in one piece with the header, by AF_XDP in many without.  A
 * burst of them finds place, and what is sent between them stays there. */
START_TEST(superpackets_of_a_neighbour_arrive_whole)
{
	enum { SUPERS = 60 };
	struct pkt_pool *pool = pkt_pool_new(0, 1);
	struct pkt *super = pkt_get_big(pool), *p;
	uint8_t frame[ETH_HLEN + 100];
	struct rig r = { 0 };

	rig_start(&r, wires[_i], 1, 1);
	for (uint8_t i = 0; i < SUPERS; i++) {
		make_super(&r.cable, super, i);
		cable_send_super(&r.cable, &super->vnet, pkt_data(super),
				 super->len);
		make_frame(&r, frame, sizeof(frame), i);
		cable_send(&r.cable, frame, sizeof(frame));
	}
	for (uint8_t i = 0; i < SUPERS; i++) {
		make_super(&r.cable, super, i);
		p = receive_one(r.ports[0]);
		compare_pieces(p, pkt_data(super), super->len);
		check_super(r.ports[0], p);
		pkt_put(p);
		make_frame(&r, frame, sizeof(frame), i);
		p = receive_one(r.ports[0]);
		compare_pieces(p, frame, sizeof(frame));
		pkt_put(p);
	}
	pkt_put(super);
	pkt_pool_free(pool);
	rig_stop(&r);
}
END_TEST

START_TEST(a_port_with_offloads_sends_superpackets_whole)
{
	static uint8_t back[CABLE_FRAME];
	struct virtio_net_hdr vnet;
	struct rig r = { 0 };
	struct pkt *p;

	rig_start(&r, "af-packet", 1, 1);
	p = pkt_get_big(r.pools[0]);
	make_super(&r.cable, p, 1);
	memset(pkt_data(p), 255, 6); /* to far0, too */
	send_one(r.ports[0], p);
	ck_assert_uint_eq(cable_receive(&r.cable, &vnet, back),
			  ETH_HLEN + 40 + SUPER);
	ck_assert_uint_eq(vnet.gso_type, VIRTIO_NET_HDR_GSO_TCPV4);
	ck_assert_uint_eq(vnet.gso_size, MSS);
	rig_stop(&r);
}
END_TEST

START_TEST(frames_in_pieces_and_of_other_pools_are_sent)
{
	static uint8_t want[1000], back[CABLE_FRAME];
	struct virtio_net_hdr vnet;
	struct rig r = { 0 };
	struct pkt *a, *b;

	rig_start(&r, wires[_i], 1, 1);
	make_frame(&r, want, sizeof(want), 5);
	a = pkt_get_big(r.pools[0]);
	b = pkt_get(r.pools[0]);
	a->len = 600;
	b->len = 400;
	memcpy(pkt_data(a), want, 600);
	memcpy(pkt_data(b), want + 600, 400);
	a->next = b;
	send_one(r.ports[0], a);
	ck_assert_uint_eq(cable_receive(&r.cable, &vnet, back), sizeof(want));
	ck_assert(memcmp(back, want, sizeof(want)) == 0);
	rig_stop(&r);
}
END_TEST

/* --- too much ----------------------------------------------------------------- */

static unsigned int drain(struct port *port)
{
	struct pkt *pkts[BURST];
	unsigned int n, total = 0;

	while ((n = receive(port, pkts, BURST, QUIET_MS))) {
		for (unsigned int i = 0; i < n; i++)
			pkt_put(pkts[i]);
		total += n;
	}
	return total;
}

START_TEST(what_a_full_ring_cannot_take_is_counted)
{
	struct rig r = { 0 };
	struct port *port;
	unsigned int came;

	rig_start(&r, wires[_i], 1, 1);
	port = r.ports[0];
	send_numbered(&r, FLOOD);
	came = drain(port);
	ck_assert_uint_ge(came, 4000);
	ck_assert_uint_lt(came, FLOOD);
	port->ops->refresh(port);
	ck_assert_uint_eq(port->rx_missed, FLOOD - came);
	send_numbered(&r, 1000);
	ck_assert_uint_eq(drain(port), 1000);
	port->ops->refresh(port);
	ck_assert_uint_eq(port->rx_missed, FLOOD - came);
	rig_stop(&r);
}
END_TEST

/* A lane that keeps what it gets leaves nothing for the kernel to fill; it
 * goes on when the packets are back. */
START_TEST(a_pool_that_runs_dry_is_no_end)
{
	static struct pkt *kept[2 * SMALL];
	unsigned int n = 0, more;
	struct rig r = { 0 };
	struct port *port;

	rig_start(&r, wires[_i], 1, 1);
	port = r.ports[0];
	for (int round = 0; round < 8; round++) {
		send_numbered(&r, 2000);
		while ((more = receive(port, kept + n, BURST, 1)) &&
		       n < 2 * SMALL - BURST)
			n += more;
	}
	ck_assert_uint_ge(n, SMALL / 2);
	ck_assert_uint_le(n, SMALL + BIG);
	while (n)
		pkt_put(kept[--n]);
	(void)drain(port);
	send_numbered(&r, 1000);
	ck_assert_uint_eq(drain(port), 1000);
	rig_stop(&r);
}
END_TEST

/* Of a burst that is longer than a quarter of the lane's packets the rest is
 * dropped. */
START_TEST(what_af_xdp_has_no_place_for_is_dropped_and_counted)
{
	enum { FEW = 128 };
	struct pkt *pkts[BURST];
	struct rig r = { .n = 1 };

	cable_make(&r.cable, 1);
	rig_pools(&r, FEW);
	ck_assert_int_eq(rig_open(&r, "af-xdp", MTU), 0);
	for (unsigned int i = 0; i < BURST; i++) {
		pkts[i] = pkt_get(r.pools[0]);
		ck_assert_ptr_nonnull(pkts[i]);
		pkts[i]->len = 60;
		make_frame(&r, pkt_data(pkts[i]), 60, i);
	}
	r.ports[0]->ops->tx(r.ports[0], pkts, BURST);
	ck_assert_uint_eq(r.ports[0]->tx_frames, FEW / 4);
	ck_assert_uint_eq(r.ports[0]->tx_failed, BURST - FEW / 4);
	rig_stop(&r);
}
END_TEST

START_TEST(frames_that_do_not_fit_are_dropped_and_counted)
{
	struct rig r = { 0 };
	struct pkt *p;

	rig_start(&r, wires[_i], 1, 1);
	p = pkt_get_big(r.pools[0]);
	p->len = 5000;
	make_frame(&r, pkt_data(p), p->len, 0);
	send_one(r.ports[0], p);
	ck_assert_uint_eq(r.ports[0]->tx_failed, 1);
	there_and_back(&r, 100);
	rig_stop(&r);
}
END_TEST

/* --- lanes -------------------------------------------------------------------- */

enum { FLOWS = 32, ROUNDS = 10 };

/* UDP flows of far0's kernel, which picks a queue by their hash. */
static void send_flows(const struct cable *c)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int senders[FLOWS];

	cable_address(c, "10.9.0.2", "10.9.0.1");
	to.sin_port = htons(9);
	to.sin_addr.s_addr = htonl(0x0a090001);
	for (unsigned int i = 0; i < FLOWS; i++) {
		struct sockaddr_in from = { .sin_family = AF_INET };

		from.sin_port = htons((uint16_t)(1000 + i));
		senders[i] = socket(AF_INET, SOCK_DGRAM, 0);
		NEED(bind(senders[i], (struct sockaddr *)&from, sizeof(from)) ==
		     0);
	}
	for (unsigned int i = 0; i < FLOWS * ROUNDS; i++)
		NEED(sendto(senders[i % FLOWS], "flow", 4, 0,
			    (struct sockaddr *)&to, sizeof(to)) == 4);
	for (unsigned int i = 0; i < FLOWS; i++)
		close(senders[i]);
}

/* Which flows came by this port: bits; adds up how many frames. */
static uint32_t flows_of(struct port *port, unsigned int *frames)
{
	struct pkt *p;
	uint32_t flows = 0;

	while (receive(port, &p, 1, QUIET_MS)) {
		flows |= 1u << (get16(pkt_data(p) + ETH_HLEN + 20) - 1000);
		(*frames)++;
		pkt_put(p);
	}
	return flows;
}

START_TEST(flows_are_spread_over_the_lanes)
{
	unsigned int frames = 0;
	uint32_t first, second;
	struct rig r = { 0 };

	rig_start(&r, wires[_i], 2, 2);
	send_flows(&r.cable);
	first = flows_of(r.ports[0], &frames);
	second = flows_of(r.ports[1], &frames);
	ck_assert_uint_eq(frames, FLOWS * ROUNDS);
	ck_assert_uint_eq(first & second, 0);
	ck_assert_uint_ne(first, 0);
	ck_assert_uint_ne(second, 0);
	rig_stop(&r);
}
END_TEST

START_TEST(a_lane_takes_what_comes_by_several_queues)
{
	unsigned int frames = 0;
	struct rig r = { 0 };

	rig_start(&r, wires[_i], 1, 2);
	send_flows(&r.cable);
	ck_assert_uint_eq(flows_of(r.ports[0], &frames), UINT32_MAX);
	ck_assert_uint_eq(frames, FLOWS * ROUNDS);
	there_and_back(&r, 100);
	rig_stop(&r);
}
END_TEST

START_TEST(lanes_beyond_the_queues_only_send)
{
	static uint8_t back[CABLE_FRAME];
	struct virtio_net_hdr vnet;
	struct rig r = { 0 };
	struct pkt *p;

	rig_start(&r, "af-xdp", 2, 1);
	ck_assert_int_lt(r.ports[1]->fd, 0);
	ck_assert(r.ports[1]->offloads);
	ck_assert(!r.ports[0]->offloads);
	ck_assert_str_eq(wire_text(r.wire), "af-xdp (generic), 1 queue");
	there_and_back(&r, 1000);
	p = pkt_get(r.pools[1]);
	p->len = 60;
	make_frame(&r, pkt_data(p), 60, 0);
	send_one(r.ports[1], p);
	ck_assert_uint_eq(cable_receive(&r.cable, &vnet, back), 60);
	rig_stop(&r);
}
END_TEST

/* --- the choice, and the end ---------------------------------------------------- */

START_TEST(a_way_that_is_none_is_refused)
{
	struct rig r = { .n = 1 };

	cable_make(&r.cable, 1);
	rig_pools(&r, SMALL);
	ck_assert_int_eq(rig_open(&r, "pigeons", MTU), -EINVAL);
	setenv("GETVPN_WIRE", "pigeons", 1);
	ck_assert_int_eq(rig_open(&r, NULL, MTU), -EINVAL);
	setenv("GETVPN_WIRE", "af-packet", 1);
	ck_assert_int_eq(rig_open(&r, NULL, MTU), 0);
	ck_assert_str_eq(wire_text(r.wire), "af-packet");
	rig_stop(&r);
}
END_TEST

START_TEST(the_choice_is_af_xdp_where_it_can_be)
{
	struct rig r = { 0 };

	unsetenv("GETVPN_WIRE");
	rig_start(&r, NULL, 1, 1);
	ck_assert_str_eq(wire_text(r.wire), "af-xdp (generic), 1 queue");
	rig_stop(&r);
}
END_TEST

static void falls_back(struct rig *r, unsigned int mtu, int err,
		       const char *text)
{
	unsetenv("GETVPN_WIRE");
	ck_assert_int_eq(rig_open(r, "af-xdp", mtu), err);
	ck_assert_uint_eq(pkt_available(r->pools[0]), r->all);
	ck_assert_int_eq(rig_open(r, NULL, mtu), 0);
	ck_assert_str_eq(wire_text(r->wire), text);
	ck_assert_str_eq(r->ports[0]->ops->name, "af-packet");
}

START_TEST(jumbo_frames_go_by_af_packet)
{
	static uint8_t sent[CABLE_FRAME], back[CABLE_FRAME];
	struct rig r = { .n = 1 };
	struct virtio_net_hdr vnet;
	struct pkt *p;

	cable_make(&r.cable, 1);
	cable_set_mtu(9000);
	rig_pools(&r, SMALL);
	falls_back(&r, 9000, -EMSGSIZE,
		   "af-packet (no af-xdp: Message too long)");
	cable_send(&r.cable, sent, make_frame(&r, sent, 9014, 0));
	p = receive_one(r.ports[0]);
	ck_assert_uint_eq(p->len, 9014);
	ck_assert(memcmp(pkt_data(p), sent, p->len) == 0);
	send_one(r.ports[0], p);
	ck_assert_uint_eq(cable_receive(&r.cable, &vnet, back), 9014);
	rig_stop(&r);
}
END_TEST

START_TEST(a_device_with_a_program_goes_by_af_packet)
{
	struct rig r = { .n = 1 };
	struct xdp_program theirs;

	cable_make(&r.cable, 1);
	rig_pools(&r, SMALL);
	ck_assert_int_eq(xdp_program_load(&theirs, r.cable.mac, 1, false), 0);
	ck_assert_int_eq(xdp_program_attach(&theirs, r.cable.ifindex,
					    XDP_FLAGS_SKB_MODE),
			 0);
	falls_back(&r, MTU, -EBUSY,
		   "af-packet (no af-xdp: Device or resource busy)");
	rig_stop(&r);
	xdp_program_close(&theirs);
}
END_TEST

/* What the kernel's stack gets of wire0. */
static int kernel_view(const struct rig *r)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(CABLE_ETHERTYPE),
				  .sll_ifindex = (int)r->cable.ifindex };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);

	NEED(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	return fd;
}

static void become_killed(struct rig *r)
{
	if (rig_open(r, "af-xdp", MTU) == 0)
		raise(SIGKILL);
	_exit(1);
}

START_TEST(a_killed_process_leaves_the_device_to_the_kernel)
{
	uint8_t frame[60], back[CABLE_FRAME];
	struct rig r = { .n = 1 };
	int status, fd, tries = 0;
	pid_t pid;

	cable_make(&r.cable, 1);
	rig_pools(&r, SMALL);
	fd = kernel_view(&r);
	pid = fork();
	if (pid == 0)
		become_killed(&r);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	make_frame(&r, frame, sizeof(frame), 0);
	do {
		cable_send(&r.cable, frame, sizeof(frame));
		usleep(1000);
	} while (recv(fd, back, sizeof(back), 0) < 0 && ++tries < 1000);
	ck_assert_int_lt(tries, 1000);
	ck_assert_int_eq(rig_open(&r, "af-xdp", MTU), 0);
	while (recv(fd, back, sizeof(back), 0) > 0)
		;
	there_and_back(&r, 60);
	ck_assert_int_lt(recv(fd, back, sizeof(back), 0), 0);
	close(fd);
	rig_stop(&r);
}
END_TEST

START_TEST(a_wire_can_be_opened_again_at_once)
{
	struct rig r = { 0 };

	rig_start(&r, wires[_i], 1, 1);
	for (int i = 0; i < 5; i++) {
		there_and_back(&r, 100);
		port_close(r.ports[0]);
		wire_close(r.wire);
		ck_assert_int_eq(rig_open(&r, wires[_i], MTU), 0);
	}
	rig_stop(&r);
}
END_TEST

static TCase *both_cases(void)
{
	TCase *tc = tcase_create("both ways");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, frames_of_all_sizes_pass_both_ways, 0, WIRES);
	tcase_add_loop_test(tc, frames_keep_their_order_both_ways, 0, WIRES);
	tcase_add_loop_test(tc, frames_for_others_and_of_vlans_are_left_out, 0,
			    WIRES);
	tcase_add_loop_test(tc, superpackets_of_a_neighbour_arrive_whole, 0,
			    WIRES);
	tcase_add_loop_test(tc, frames_in_pieces_and_of_other_pools_are_sent, 0,
			    WIRES);
	tcase_add_loop_test(tc, what_a_full_ring_cannot_take_is_counted, 0,
			    WIRES);
	tcase_add_loop_test(tc, a_pool_that_runs_dry_is_no_end, 0, WIRES);
	tcase_add_loop_test(tc, frames_that_do_not_fit_are_dropped_and_counted,
			    0, WIRES);
	tcase_add_loop_test(tc, flows_are_spread_over_the_lanes, 0, WIRES);
	tcase_add_loop_test(tc, a_lane_takes_what_comes_by_several_queues, 0,
			    WIRES);
	tcase_add_loop_test(tc, a_wire_can_be_opened_again_at_once, 0, WIRES);
	return tc;
}

static TCase *choice_cases(void)
{
	TCase *tc = tcase_create("choice");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, a_port_with_offloads_sends_superpackets_whole);
	tcase_add_test(tc, a_way_that_is_none_is_refused);
	if (WIRES == 1)
		return tc; /* built without AF_XDP */
	tcase_add_test(tc, the_choice_is_af_xdp_where_it_can_be);
	tcase_add_test(tc, what_af_xdp_has_no_place_for_is_dropped_and_counted);
	tcase_add_test(tc, lanes_beyond_the_queues_only_send);
	tcase_add_test(tc, jumbo_frames_go_by_af_packet);
	tcase_add_test(tc, a_device_with_a_program_goes_by_af_packet);
	tcase_add_test(tc, a_killed_process_leaves_the_device_to_the_kernel);
	return tc;
}

int main(void)
{
	static make_case *const cases[] = { both_cases, choice_cases };

	if (geteuid() != 0) {
		printf("skipped: needs root\n");
		return SKIPPED;
	}
	return run_cases("ports", cases, ARRAY_SIZE(cases));
}
