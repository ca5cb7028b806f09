/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TAPs of the kernel, each test in a network namespace of its own.  Needs
 * root; is skipped without. */
#include <check.h>
#include <linux/capability.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "base/mem.h"
#include "ipsec/gso.h"
#include "ipsec/ip.h"
#include "ipsec/port.h"
#include "tests/check_main.h"
#include "tests/ipsec/nodes.h"
#include "tests/ipsec/segments.h"

enum {
	QUEUES = 4,
	SMALL = 512,
	BIG = 64,
	PATIENCE_MS = 1000,
	FLOWS = 64,
	ROUNDS = 20,
	SEGMENT = 1000,
	DATAGRAM = 20500, /* in 21 of them */
	PORT = 1000,	  /* the first flow's */
};

#define HERE  0x0a090001
#define THERE 0x0a090002

static const uint8_t their_mac[6] = { 2, 0, 0, 0, 0, 9 };

struct rig {
	struct pkt_pool *pools[QUEUES];
	struct port *ports[QUEUES];
	unsigned int n;
	size_t all;
	char name[IFNAMSIZ];
	uint8_t mac[6];
};

static struct ifreq request(const struct rig *r)
{
	struct ifreq req = { 0 };

	memcpy(req.ifr_name, r->name, IFNAMSIZ);
	return req;
}

static void put_address(struct sockaddr *to, uint32_t address)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	in.sin_addr.s_addr = htonl(address);
	memcpy(to, &in, sizeof(in));
}

/* Up, with HERE/24, and THERE is somebody on it. */
static void configure(struct rig *r)
{
	struct ifreq req = request(r);
	struct arpreq arp = { .arp_flags = ATF_COM | ATF_PERM };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	NEED(ioctl(fd, SIOCGIFHWADDR, &req) == 0);
	memcpy(r->mac, req.ifr_hwaddr.sa_data, 6);
	put_address(&req.ifr_addr, HERE);
	NEED(ioctl(fd, SIOCSIFADDR, &req) == 0);
	put_address(&req.ifr_netmask, 0xffffff00);
	NEED(ioctl(fd, SIOCSIFNETMASK, &req) == 0);
	req.ifr_flags = IFF_UP | IFF_BROADCAST | IFF_MULTICAST;
	NEED(ioctl(fd, SIOCSIFFLAGS, &req) == 0);
	memcpy(arp.arp_dev, r->name, sizeof(arp.arp_dev));
	put_address(&arp.arp_pa, THERE);
	arp.arp_ha.sa_family = ARPHRD_ETHER;
	memcpy(arp.arp_ha.sa_data, their_mac, sizeof(their_mac));
	NEED(ioctl(fd, SIOCSARP, &arp) == 0);
	close(fd);
}

static void rig_start(struct rig *r, unsigned int n)
{
	NEED(unshare(CLONE_NEWNET) == 0);
	r->n = n;
	for (unsigned int i = 0; i < n; i++)
		r->pools[i] = pkt_pool_new(SMALL, BIG);
	r->all = SMALL + BIG;
	snprintf(r->name, sizeof(r->name), "tap%%d");
	ck_assert_int_eq(port_tap_open(r->ports, r->pools, n, r->name), 0);
	ck_assert_str_eq(r->name, "tap0");
	configure(r);
}

static void rig_stop(struct rig *r)
{
	for (unsigned int i = 0; i < r->n; i++)
		port_close(r->ports[i]);
	for (unsigned int i = 0; i < r->n; i++) {
		ck_assert_uint_eq(pkt_available(r->pools[i]), r->all);
		pkt_pool_free(r->pools[i]);
	}
	ck_assert_uint_eq(if_nametoindex("tap0"), 0);
}

static bool readable(const struct port *port, int ms)
{
	struct pollfd p = { .fd = port->fd, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

static bool is_ipv4_for(const struct pkt *p, uint8_t protocol)
{
	return get16(pkt_data(p) + 12) == ETH_P_IP &&
	       pkt_data(p)[ETH_HLEN + 9] == protocol;
}

/* The next one of that protocol; NULL: none comes. */
static struct pkt *receive(struct port *port, uint8_t protocol, int ms)
{
	struct pkt *p;

	while (readable(port, ms)) {
		if (!port->ops->rx(port, &p, 1))
			continue;
		if (is_ipv4_for(p, protocol))
			return p;
		pkt_put(p); /* IPv6 of the kernel's own */
	}
	return NULL;
}

/* A UDP socket that sends from and receives at HERE. */
static int udp_open(uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	at.sin_port = htons(port);
	NEED(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	return fd;
}

static void udp_send(int fd, const void *data, size_t len)
{
	struct sockaddr_in to = { .sin_family = AF_INET };

	to.sin_port = htons(9);
	to.sin_addr.s_addr = htonl(THERE);
	NEED(sendto(fd, data, len, 0, (struct sockaddr *)&to, sizeof(to)) ==
	     (ssize_t)len);
}

/* --- out of the kernel --------------------------------------------------- */

START_TEST(frames_of_the_kernel_land_in_small_buffers)
{
	static uint8_t data[1472];
	struct rig r = { 0 };
	struct pkt *p;
	int fd;

	rig_start(&r, 1);
	fd = udp_open(PORT);
	for (size_t len = 1; len <= sizeof(data); len += 7) {
		memset(data, (int)len, len);
		udp_send(fd, data, len);
		p = receive(r.ports[0], IPPROTO_UDP, PATIENCE_MS);
		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq(p->size, PKT_SMALL);
		ck_assert_uint_eq(p->len, ETH_HLEN + 28 + len);
		ck_assert(memcmp(pkt_data(p), their_mac, 6) == 0);
		ck_assert(memcmp(pkt_data(p) + ETH_HLEN + 28, data, len) == 0);
		ck_assert_uint_eq(p->vnet.gso_type, 0);
		pkt_put(p);
	}
	close(fd);
	rig_stop(&r);
}
END_TEST

START_TEST(superpackets_of_the_kernel_come_whole_in_big_ones)
{
	static uint8_t data[DATAGRAM];
	int fd, size = SEGMENT;
	struct rig r = { 0 };
	struct pkt *p;

	rig_start(&r, 1);
	if (!port_tap_takes_udp(r.ports[0]))
		return; /* a kernel before Linux 6.2 */
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 31 + i / 256);
	fd = udp_open(PORT);
	NEED(setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)) ==
	     0);
	for (int i = 0; i < 2; i++) {
		udp_send(fd, data, sizeof(data));
		p = receive(r.ports[0], IPPROTO_UDP, PATIENCE_MS);
		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq(p->size, PKT_BIG);
		ck_assert_uint_eq(p->len, ETH_HLEN + 28 + sizeof(data));
		ck_assert(memcmp(pkt_data(p) + ETH_HLEN + 28, data,
				 sizeof(data)) == 0);
		ck_assert_uint_eq(p->vnet.gso_type, GSO_UDP_L4);
		ck_assert_uint_eq(p->vnet.gso_size, SEGMENT);
		ck_assert(p->vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM);
		pkt_put(p);
	}
	close(fd);
	rig_stop(&r);
}
END_TEST

/* A pool without packets leaves the frames where they are. */
START_TEST(frames_wait_for_packets)
{
	static struct pkt *kept[SMALL];
	struct rig r = { 0 };
	struct pkt *p;
	size_t n = 0;
	int fd;

	rig_start(&r, 1);
	fd = udp_open(PORT);
	while ((p = pkt_get(r.pools[0])))
		kept[n++] = p;
	udp_send(fd, "late", 4);
	ck_assert_uint_eq(r.ports[0]->ops->rx(r.ports[0], &p, 1), 0);
	while (n)
		pkt_put(kept[--n]);
	p = receive(r.ports[0], IPPROTO_UDP, PATIENCE_MS);
	ck_assert_ptr_nonnull(p);
	ck_assert(memcmp(pkt_data(p) + ETH_HLEN + 28, "late", 4) == 0);
	pkt_put(p);
	close(fd);
	rig_stop(&r);
}
END_TEST

/* --- into the kernel ----------------------------------------------------- */

static void datagram_read(int fd, const uint8_t *want, size_t len)
{
	static uint8_t got[2048];
	struct pollfd p = { .fd = fd, .events = POLLIN };

	ck_assert_int_gt(poll(&p, 1, PATIENCE_MS), 0);
	ck_assert_int_eq(recv(fd, got, sizeof(got), 0), (int)len);
	ck_assert(memcmp(got, want, len) == 0);
}

/* The frame in p in pieces of size octets. */
static struct pkt *cut(const struct rig *r, struct pkt *p, uint32_t size)
{
	struct pkt *first = pkt_get(r->pools[0]), *last = first;

	for (uint32_t at = 0; at < p->len; at += size) {
		if (at) {
			last->next = pkt_get(r->pools[0]);
			last = last->next;
		}
		last->len = p->len - at < size ? p->len - at : size;
		memcpy(pkt_data(last), pkt_data(p) + at, last->len);
	}
	first->vnet = p->vnet;
	pkt_put(p);
	return first;
}

static struct pkt *for_us(const struct rig *r, const struct segment *s,
			  size_t n, uint16_t size)
{
	struct pkt *p = pkt_get_big(r->pools[0]);

	if (size)
		segment_write_super(p, s, 0, n, size);
	else
		segment_write(p, s, 0, n);
	memcpy(pkt_data(p), r->mac, 6);
	memcpy(pkt_data(p) + 6, their_mac, 6);
	return p;
}

static const struct segment datagram = {
	.src = THERE, .dst = HERE, .sport = 9, .dport = PORT
};

START_TEST(frames_in_pieces_reach_the_kernel_as_one)
{
	uint8_t want[SEGMENT];
	struct rig r = { 0 };
	struct pkt *p;
	int fd;

	rig_start(&r, 1);
	fd = udp_open(PORT);
	p = for_us(&r, &datagram, SEGMENT, 0);
	memcpy(want, pkt_data(p) + segment_payload(&datagram), SEGMENT);
	p = cut(&r, p, 100);
	r.ports[0]->ops->tx(r.ports[0], &p, 1);
	datagram_read(fd, want, SEGMENT);
	ck_assert_uint_eq(r.ports[0]->tx_frames, 1);
	close(fd);
	rig_stop(&r);
}
END_TEST

START_TEST(superpackets_in_pieces_reach_the_kernel_as_segments)
{
	enum { SEGMENTS = 20 };
	static uint8_t want[SEGMENTS * SEGMENT];
	struct rig r = { 0 };
	struct pkt *p;
	int fd;

	rig_start(&r, 1);
	if (!port_tap_takes_udp(r.ports[0]))
		return;
	fd = udp_open(PORT);
	p = for_us(&r, &datagram, sizeof(want), SEGMENT);
	memcpy(want, pkt_data(p) + segment_payload(&datagram), sizeof(want));
	p = cut(&r, p, SEGMENT);
	r.ports[0]->ops->tx(r.ports[0], &p, 1);
	for (unsigned int i = 0; i < SEGMENTS; i++)
		datagram_read(fd, want + i * SEGMENT, SEGMENT);
	close(fd);
	rig_stop(&r);
}
END_TEST

START_TEST(a_frame_in_too_many_pieces_is_dropped)
{
	struct rig r = { 0 };
	struct pkt *p;

	rig_start(&r, 1);
	p = cut(&r, for_us(&r, &datagram, SEGMENT, 0), 10);
	r.ports[0]->ops->tx(r.ports[0], &p, 1);
	ck_assert_uint_eq(r.ports[0]->tx_failed, 1);
	ck_assert_uint_eq(r.ports[0]->tx_frames, 0);
	rig_stop(&r);
}
END_TEST

/* --- queues -------------------------------------------------------------- */

static uint16_t flow_of(const struct pkt *p)
{
	return (uint16_t)(get16(pkt_data(p) + ETH_HLEN + 20) - PORT);
}

/* An answer of every flow by this port: the kernel's own way would send the
 * flows there from now on. */
static void answer_all(struct rig *r, struct port *port)
{
	for (unsigned int i = 0; i < FLOWS; i++) {
		struct segment s = datagram;
		struct pkt *p;

		s.dport = (uint16_t)(PORT + i);
		p = for_us(r, &s, 10, 0);
		port->ops->tx(port, &p, 1);
	}
}

static void take_all(struct rig *r, int queue_of[FLOWS], unsigned int *frames)
{
	struct pkt *p;

	for (unsigned int q = 0; q < r->n; q++)
		while ((p = receive(r->ports[q], IPPROTO_UDP, 1))) {
			int *was = &queue_of[flow_of(p)];

			if (*was < 0)
				*was = (int)q;
			ck_assert_int_eq(*was, (int)q);
			(*frames)++;
			pkt_put(p);
		}
}

START_TEST(a_flow_never_moves_to_another_queue)
{
	int queue_of[FLOWS], fds[FLOWS], used[QUEUES] = { 0 };
	unsigned int frames = 0;
	struct rig r = { 0 };

	rig_start(&r, QUEUES);
	for (unsigned int i = 0; i < FLOWS; i++) {
		fds[i] = udp_open((uint16_t)(PORT + i));
		queue_of[i] = -1;
	}
	for (unsigned int round = 0; round < ROUNDS; round++) {
		for (unsigned int i = 0; i < FLOWS; i++)
			udp_send(fds[i], "flow", 4);
		take_all(&r, queue_of, &frames);
		answer_all(&r, r.ports[round % QUEUES]);
	}
	ck_assert_uint_eq(frames, FLOWS * ROUNDS);
	for (unsigned int i = 0; i < FLOWS; i++) {
		used[queue_of[i]]++;
		close(fds[i]);
	}
	for (unsigned int q = 0; q < QUEUES; q++) /* 16 each, if it were even */
		ck_assert_int_ge(used[q], 4);
	rig_stop(&r);
}
END_TEST

/* Frames as a packet socket sends them: what is in them is ours to say. */
static int queue_of_frame(struct rig *r, const struct pkt *frame)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = 6 };
	int fd = socket(AF_PACKET, SOCK_RAW, 0), queue = -1;
	struct pkt *p;

	to.sll_ifindex = (int)if_nametoindex(r->name);
	to.sll_protocol = htons(get16(pkt_data(frame) + 12));
	NEED(sendto(fd, pkt_data(frame), frame->len, 0, (struct sockaddr *)&to,
		    sizeof(to)) == (ssize_t)frame->len);
	close(fd);
	for (unsigned int q = 0; q < r->n; q++)
		while (r->ports[q]->ops->rx(r->ports[q], &p, 1)) {
			if (p->len == frame->len &&
			    memcmp(pkt_data(p), pkt_data(frame), p->len) == 0)
				queue = (int)q;
			pkt_put(p);
		}
	return queue;
}

static int queue_of_segment(struct rig *r, const struct segment *s, size_t n)
{
	struct pkt *p = for_us(r, s, n, 0);
	int queue = queue_of_frame(r, p);

	pkt_put(p);
	return queue;
}

/* By addresses, protocol and ports alone. */
START_TEST(the_rest_of_a_packet_does_not_steer)
{
	unsigned int used = 0;
	struct rig r = { 0 };

	rig_start(&r, QUEUES);
	for (unsigned int i = 0; i < FLOWS; i++) {
		struct segment s = { .v6 = i & 1,
				     .tcp = i & 2,
				     .src = i / 8,
				     .dst = 77,
				     .sport = (uint16_t)i,
				     .dport = 80 };
		int queue = queue_of_segment(&r, &s, 10);

		ck_assert_int_ge(queue, 0);
		s.tos = 0xb8;
		s.flags = s.tcp ? ACK : 0;
		s.sequence = s.tcp ? 12345 : 0;
		s.ip_options = s.v6 ? 0 : 8;
		ck_assert_int_eq(queue_of_segment(&r, &s, 1000), queue);
		used |= 1u << queue;
	}
	ck_assert_uint_eq(used, (1u << QUEUES) - 1);
	rig_stop(&r);
}
END_TEST

/* Fragments of a datagram have ports only in the first one. */
START_TEST(fragments_keep_together)
{
	struct rig r = { 0 };

	rig_start(&r, QUEUES);
	for (unsigned int i = 0; i < FLOWS; i++) {
		struct segment s = datagram;
		struct pkt *p = for_us(&r, &s, 100, 0);
		uint8_t *ip = pkt_data(p) + ETH_HLEN;
		int queue;

		ip[15] = (uint8_t)i;
		put16(ip + 6, 0x2000);
		queue = queue_of_frame(&r, p);
		ck_assert_int_ge(queue, 0);
		pkt_put(p);
		p = for_us(&r, &s, 60, 0);
		ip = pkt_data(p) + ETH_HLEN;
		ip[15] = (uint8_t)i;
		put16(ip + 6, 10);
		put32(ip + 20, 0xdeadbeef + i);
		ck_assert_int_eq(queue_of_frame(&r, p), queue);
		pkt_put(p);
	}
	rig_stop(&r);
}
END_TEST

/* Not even an IP header, and no IP at all. */
START_TEST(what_cannot_be_steered_comes_by_the_first_queue)
{
	struct rig r = { 0 };
	struct pkt *p;

	rig_start(&r, QUEUES);
	p = for_us(&r, &datagram, 10, 0);
	for (p->len = ETH_HLEN; p->len < ETH_HLEN + 20; p->len++)
		ck_assert_int_eq(queue_of_frame(&r, p), 0);
	p->len = 60;
	put16(pkt_data(p) + 12, ETH_P_ARP);
	ck_assert_int_eq(queue_of_frame(&r, p), 0);
	pkt_put(p);
	rig_stop(&r);
}
END_TEST

static void lose_bpf(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct caps[2] = { 0 };

	NEED(syscall(SYS_capget, &head, caps) == 0);
	caps[CAP_BPF / 32].effective &= ~(1u << CAP_BPF % 32);
	caps[0].effective &= ~(1u << CAP_SYS_ADMIN);
	NEED(syscall(SYS_capset, &head, caps) == 0);
}

START_TEST(without_the_right_to_steer_all_comes_by_the_first_port)
{
	uint8_t want[SEGMENT];
	struct rig r = { .n = QUEUES };
	struct pkt *p;
	int fd;

	NEED(unshare(CLONE_NEWNET) == 0);
	lose_bpf();
	for (unsigned int i = 0; i < QUEUES; i++)
		r.pools[i] = pkt_pool_new(SMALL, BIG);
	r.all = SMALL + BIG;
	memcpy(r.name, "tap0", 5);
	ck_assert_int_eq(port_tap_open(r.ports, r.pools, QUEUES, r.name), 0);
	configure(&r);
	for (unsigned int i = 0; i < QUEUES; i++)
		ck_assert_int_eq(r.ports[i]->fd<0, i> 0);
	for (uint16_t i = 0; i < FLOWS; i++) {
		fd = udp_open((uint16_t)(PORT + i));
		udp_send(fd, "flow", 4);
		close(fd);
		p = receive(r.ports[0], IPPROTO_UDP, PATIENCE_MS);
		ck_assert_ptr_nonnull(p);
		pkt_put(p);
	}
	fd = udp_open(PORT);
	p = for_us(&r, &datagram, SEGMENT, 0);
	memcpy(want, pkt_data(p) + segment_payload(&datagram), SEGMENT);
	r.ports[QUEUES - 1]->ops->tx(r.ports[QUEUES - 1], &p, 1);
	datagram_read(fd, want, SEGMENT);
	close(fd);
	rig_stop(&r);
}
END_TEST

static TCase *frames_cases(void)
{
	TCase *tc = tcase_create("frames");

	tcase_add_test(tc, frames_of_the_kernel_land_in_small_buffers);
	tcase_add_test(tc, superpackets_of_the_kernel_come_whole_in_big_ones);
	tcase_add_test(tc, frames_wait_for_packets);
	tcase_add_test(tc, frames_in_pieces_reach_the_kernel_as_one);
	tcase_add_test(tc, superpackets_in_pieces_reach_the_kernel_as_segments);
	tcase_add_test(tc, a_frame_in_too_many_pieces_is_dropped);
	return tc;
}

static TCase *queues_cases(void)
{
	TCase *tc = tcase_create("queues");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, a_flow_never_moves_to_another_queue);
	tcase_add_test(tc, the_rest_of_a_packet_does_not_steer);
	tcase_add_test(tc, fragments_keep_together);
	tcase_add_test(tc, what_cannot_be_steered_comes_by_the_first_queue);
	tcase_add_test(tc,
		       without_the_right_to_steer_all_comes_by_the_first_port);
	return tc;
}

int main(void)
{
	static make_case *const cases[] = { frames_cases, queues_cases };

	if (geteuid() != 0) {
		printf("skipped: needs root\n");
		return SKIPPED;
	}
	return run_cases("taps", cases, ARRAY_SIZE(cases));
}
