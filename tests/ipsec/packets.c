/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ipsec/packets.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define WITH_AUTHS(cipher, bits)                          \
	{ cipher, bits, ESP_AUTH_MD5, false },            \
		{ cipher, bits, ESP_AUTH_SHA1, false },   \
		{ cipher, bits, ESP_AUTH_SHA256, false }, \
		{ cipher, bits, ESP_AUTH_SHA384, false }, \
	{                                                 \
		cipher, bits, ESP_AUTH_SHA512, false      \
	}

const struct esp_transform all_transforms[] = {
	WITH_AUTHS(ESP_AES_CBC, 128),
	WITH_AUTHS(ESP_AES_CBC, 192),
	WITH_AUTHS(ESP_AES_CBC, 256),
	WITH_AUTHS(ESP_3DES_CBC, 0),
	WITH_AUTHS(ESP_DES_CBC, 0),
	WITH_AUTHS(ESP_NULL, 0),
	{ ESP_AES_GCM, 128, ESP_AUTH_NONE, false },
	{ ESP_AES_GCM, 192, ESP_AUTH_NONE, false },
	{ ESP_AES_GCM, 256, ESP_AUTH_NONE, false },
	{ ESP_AES_GMAC, 128, ESP_AUTH_NONE, false },
	{ ESP_AES_GMAC, 192, ESP_AUTH_NONE, false },
	{ ESP_AES_GMAC, 256, ESP_AUTH_NONE, false },
};
const size_t n_transforms = ARRAY_SIZE(all_transforms);

const struct esp_transform article_transform = { ESP_AES_CBC, 128,
						 ESP_AUTH_SHA1, false };

static void fill_key(struct keybuf *key, size_t len, uint8_t seed)
{
	uint8_t octets[64];

	for (size_t i = 0; i < len; i++)
		octets[i] = (uint8_t)(seed + 37 * i);
	keybuf_set(key, octets, len);
}

struct ipsec_sa sa_make(const struct esp_transform *t, uint8_t seed)
{
	struct ipsec_sa sa = {
		.spi = 0x6bafd300u + seed,
		.transform = *t,
		.expires = INT64_MAX,
		.sender_id = 5,
		.sender_id_bits = 24,
	};

	fill_key(&sa.key, esp_key_size(t), seed);
	fill_key(&sa.auth_key, esp_auth_key_size(t), (uint8_t)(seed + 101));
	return sa;
}

void sa_clear(struct ipsec_sa *sa)
{
	keybuf_free(&sa->key);
	keybuf_free(&sa->auth_key);
}

void frame_make(struct pkt *p, uint32_t src, uint32_t dst, uint8_t protocol,
		size_t total)
{
	static const uint8_t ethernet[ETH_HEADER] = { 2, 0, 0, 0, 0, 1, 2,
						      0, 0, 0, 0, 2, 8, 0 };
	struct ipv4 ip = {
		.src = src,
		.dst = dst,
		.total = (uint16_t)total,
		.id = 0x1234,
		.tos = 0xb8,
		.ttl = 61,
		.protocol = protocol,
	};
	uint8_t *frame;

	p->off = PKT_HEAD;
	p->len = (uint32_t)(ETH_HEADER + total);
	frame = pkt_data(p);
	memcpy(frame, ethernet, sizeof(ethernet));
	ipv4_write(&ip, frame + ETH_HEADER);
	for (size_t i = IPV4_HEADER; i < total; i++)
		frame[ETH_HEADER + i] = (uint8_t)(i * 7);
}

void frame_ports(struct pkt *p, uint16_t sport, uint16_t dport)
{
	put16(pkt_data(p) + ETH_HEADER + IPV4_HEADER, sport);
	put16(pkt_data(p) + ETH_HEADER + IPV4_HEADER + 2, dport);
}

void frame_make6(struct pkt *p, const char *src, const char *dst, uint8_t next,
		 size_t total)
{
	uint8_t *packet;
	struct ip_addr a;

	frame_make(p, 0, 0, 0, total);
	packet = pkt_data(p) + ETH_HEADER;
	put16(packet - 2, ETHERTYPE_IPV6);
	put32(packet, 0x6b812345); /* traffic class 0xb8, flow label 0x12345 */
	ipv6_set_total(packet, total);
	packet[6] = next;
	packet[7] = 61;
	ck_assert(ip_parse(&a, src) && a.family == IP_V6);
	memcpy(packet + IPV6_SRC_AT, a.b, IPV6_ADDRESS);
	ck_assert(ip_parse(&a, dst) && a.family == IP_V6);
	memcpy(packet + IPV6_DST_AT, a.b, IPV6_ADDRESS);
}

struct ipv4 frame_ip(const struct pkt *p)
{
	const uint8_t *packet = pkt_data(p) + ETH_HEADER;
	struct ipv4 ip;

	ck_assert_uint_ge(p->len, ETH_HEADER);
	if (get16(packet - 2) == ETHERTYPE_IPV6)
		ck_assert(ipv6_read(&ip, packet, p->len - ETH_HEADER));
	else
		ck_assert(ipv4_read(&ip, packet, p->len - ETH_HEADER));
	return ip;
}
