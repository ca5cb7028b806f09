/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of a wire's packet sockets takes what: a replay window belongs to one
 * worker, so that a packet must come to the same one however it is sent. */
#include <check.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "ipsec/ipv6.h"
#include "ipsec/wire.h"
#include "tests/check_main.h"
#include "tests/ipsec/cable.h"

enum {
	LANES = 4,
	SMALL = 4096,
	BIG = 64,
	MTU = 1500,
	SOURCES = 24,
	SPIS = 3,
	ESP = 50,
	FRAME = 200,
	SOURCE_AT = ETH_HLEN + 15, /* the last octet of IPv4's, and IPv6's */
	SOURCE6_AT = ETH_HLEN + 23,
	QUIET_MS = 200,
};

static struct cable cable;
static struct pkt_pool *pools[LANES];
static struct port *ports[LANES];
static struct wire *wire;

static void setup(void)
{
	struct wire_spec spec = {
		.device = "wire0", .mtu = MTU, .pools = pools, .n = LANES
	};

	cable_make(&cable, 1);
	spec.ifindex = cable.ifindex;
	memcpy(spec.mac, cable.mac, sizeof(spec.mac));
	for (unsigned int i = 0; i < LANES; i++)
		pools[i] = pkt_pool_new(SMALL, BIG);
	ck_assert_int_eq(wire_open(&wire, ports, &spec, "af-packet"), 0);
}

static void teardown(void)
{
	for (unsigned int i = 0; i < LANES; i++)
		port_close(ports[i]);
	wire_close(wire);
	for (unsigned int i = 0; i < LANES; i++)
		pkt_pool_free(pools[i]);
	close(cable.fd);
}

/* ESP of a source: whole with an SPI, or (spi 0) a piece of one. */
static void send_esp4(uint8_t source, uint32_t spi)
{
	uint8_t frame[FRAME] = { 0 };
	struct ipv4 ip = { .src = 0x0a010000u + source,
			   .dst = 0x0a020001,
			   .total = FRAME - ETH_HLEN,
			   .fragment = spi ? 0 : 8,
			   .ttl = 9,
			   .protocol = ESP };
	uint8_t *packet = cable_header(&cable, frame, ETH_P_IP);

	ipv4_write(&ip, packet);
	put32(packet + IPV4_HEADER, spi);
	cable_send(&cable, frame, sizeof(frame));
}

static void send_esp6(uint8_t source, uint32_t spi)
{
	uint8_t frame[FRAME] = { 0 };
	uint8_t *packet = cable_header(&cable, frame, ETH_P_IPV6);

	packet[0] = 0x60;
	ipv6_set_total(packet, FRAME - ETH_HLEN);
	packet[6] = spi ? ESP : IPPROTO_FRAGMENT;
	packet[7] = 9;
	packet[IPV6_SRC_AT] = packet[IPV6_DST_AT] = 0x20;
	packet[IPV6_DST_AT - 1] = source;
	if (spi) {
		put32(packet + IPV6_HEADER, spi);
	} else {
		packet[IPV6_HEADER] = ESP;
		put16(packet + IPV6_HEADER + 2, 8);
	}
	cable_send(&cable, frame, sizeof(frame));
}

/* Counts the frames of each source that came by the port. */
static void count(struct port *port, size_t at, unsigned int *frames)
{
	struct pollfd p = { .fd = port->fd, .events = POLLIN };
	struct pkt *pkts[64];
	unsigned int n;

	do {
		n = port->ops->rx(port, pkts, 64);
		for (unsigned int i = 0; i < n; i++) {
			ck_assert_uint_lt(pkt_data(pkts[i])[at], SOURCES);
			frames[pkt_data(pkts[i])[at]]++;
			pkt_put(pkts[i]);
		}
	} while (n || poll(&p, 1, QUIET_MS) > 0);
}

START_TEST(esp_and_its_pieces_come_by_the_same_socket)
{
	unsigned int used = 0;

	for (uint8_t i = 0; i < SOURCES; i++)
		for (uint32_t spi = 0; spi <= SPIS; spi++)
			(_i ? send_esp6 : send_esp4)(i, spi * 0x01234567);
	for (unsigned int lane = 0; lane < LANES; lane++) {
		unsigned int frames[SOURCES] = { 0 }, any = 0;

		count(ports[lane], _i ? SOURCE6_AT : SOURCE_AT, frames);
		for (unsigned int i = 0; i < SOURCES; i++) {
			ck_assert_msg(!frames[i] || frames[i] == SPIS + 1,
				      "%u of source %u by socket %u", frames[i],
				      i, lane);
			any |= frames[i];
		}
		used += any != 0;
	}
	ck_assert_uint_eq(used, LANES); /* sources are spread */
}
END_TEST

static TCase *fanout_case(void)
{
	TCase *tc = tcase_create("fanout");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, esp_and_its_pieces_come_by_the_same_socket, 0,
			    2);
	return tc;
}

RUN_CASES("ipsec/fanout", fanout_case)
