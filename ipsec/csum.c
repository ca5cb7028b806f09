/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/csum.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "ipsec/ipv6.h"

enum {
	BLOCK = 64,
	TCP_HEADER = 20,
	TCP_CHECKSUM = 16, /* where it is in the header */
	TCP_CWR = 0x80,
	UDP_HEADER = 8,
	UDP_CHECKSUM = 6,
};

/* Words of 64 bits; each half is added to its own sum, so nothing is carried
 * before the end.  The compiler makes of it what the machine has. */
typedef uint64_t vector __attribute__((vector_size(16)));

#define INLINE static inline __attribute__((always_inline))

/* copy is known at each call: without it there is no to. */
INLINE uint32_t word_at(uint8_t *to, const uint8_t *from, size_t at, size_t len,
			bool copy)
{
	uint32_t word = 0;

	memcpy(&word, from + at, len);
	if (copy)
		memcpy(to + at, &word, len);
	return word;
}

INLINE vector vector_at(uint8_t *to, const uint8_t *from, size_t at, bool copy)
{
	vector v;

	memcpy(&v, from + at, sizeof(v));
	if (copy)
		memcpy(to + at, &v, sizeof(v));
	return v;
}

INLINE uint64_t add(uint64_t sum, uint8_t *to, const uint8_t *from, size_t len,
		    bool copy)
{
	vector low = { 0 }, high = { 0 };
	size_t at = 0;

	for (; len - at >= BLOCK; at += BLOCK) {
		vector a = vector_at(to, from, at, copy);
		vector b = vector_at(to, from, at + 16, copy);
		vector c = vector_at(to, from, at + 32, copy);
		vector d = vector_at(to, from, at + 48, copy);

		low += (a & UINT32_MAX) + (b & UINT32_MAX);
		high += (a >> 32) + (b >> 32);
		low += (c & UINT32_MAX) + (d & UINT32_MAX);
		high += (c >> 32) + (d >> 32);
	}
	low += high;
	sum += low[0] + low[1];
	for (; len - at >= sizeof(uint32_t); at += sizeof(uint32_t))
		sum += word_at(to, from, at, sizeof(uint32_t), copy);
	if (len - at)
		sum += word_at(to, from, at, len - at, copy);
	return sum;
}

uint64_t csum_add(uint64_t sum, const void *p, size_t len)
{
	return add(sum, NULL, p, len, false);
}

uint64_t csum_copy(uint64_t sum, void *to, const void *from, size_t len)
{
	return add(sum, to, from, len, true);
}

uint64_t csum_pseudo4(const uint8_t *addresses, uint8_t protocol, size_t len)
{
	return csum_add(0, addresses, 8) + htonl(protocol) +
	       htonl((uint32_t)len);
}

uint64_t csum_pseudo6(const uint8_t *addresses, uint8_t protocol, size_t len)
{
	return csum_add(0, addresses, 32) + htonl(protocol) +
	       htonl((uint32_t)len);
}

static uint16_t fold(uint64_t sum)
{
	sum = (sum & UINT32_MAX) + (sum >> 32);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	return (uint16_t)((sum & UINT16_MAX) + (sum >> 16));
}

uint16_t csum_fold(uint64_t sum)
{
	return (uint16_t)~fold(sum);
}

/* Of the frame's octets from one on, at most len. */
static uint64_t add_frame(uint64_t sum, const struct pkt *p, uint32_t from,
			  uint32_t len)
{
	bool odd = false;

	for (; p && len; p = p->next, from = 0) {
		uint32_t n = p->len - from < len ? p->len - from : len;
		uint16_t part = fold(csum_add(0, pkt_data(p) + from, n));

		sum += odd ? (uint16_t)(part << 8 | part >> 8) : part;
		odd ^= n & 1;
		len -= n;
	}
	return sum;
}

bool csum_complete(struct pkt *p)
{
	uint32_t start = p->vnet.csum_start;
	uint32_t at = start + p->vnet.csum_offset;
	uint16_t checksum;

	if (p->vnet.gso_type != VIRTIO_NET_HDR_GSO_NONE)
		return false;
	if (p->vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
		if (at + sizeof(checksum) > p->len)
			return false;
		checksum = csum_fold(add_frame(0, p, start, UINT32_MAX));
		/* Zero says none in UDP (RFC 768). */
		if (!checksum)
			checksum = UINT16_MAX;
		memcpy(pkt_data(p) + at, &checksum, sizeof(checksum));
	}
	p->vnet = (struct virtio_net_hdr){ 0 };
	return true;
}

/* What is in a frame behind its IP header. */
struct content {
	uint32_t at, len;
	uint32_t total; /* with the IP header */
	uint8_t protocol;
	bool v6;
	uint64_t pseudo;
};

static uint32_t frame_len(const struct pkt *p)
{
	uint32_t len = 0;

	for (; p; p = p->next)
		len += p->len;
	return len;
}

static bool read_v4(const struct pkt *p, struct content *c)
{
	const uint8_t *header = pkt_data(p) + ETH_HEADER;
	struct ipv4 ip;

	if (p->len < ETH_HEADER + IPV4_HEADER ||
	    !ipv4_read(&ip, header, frame_len(p) - ETH_HEADER) ||
	    ipv4_is_fragment(&ip))
		return false;
	c->at = ETH_HEADER + ip.header;
	c->len = ip.total - ip.header;
	c->total = ip.total;
	c->protocol = ip.protocol;
	c->pseudo = csum_pseudo4(header + 12, ip.protocol, c->len);
	return true;
}

static bool read_v6(const struct pkt *p, struct content *c)
{
	const uint8_t *header = pkt_data(p) + ETH_HEADER;

	if (p->len < ETH_HEADER + IPV6_HEADER || header[0] >> 4 != 6)
		return false;
	c->at = ETH_HEADER + IPV6_HEADER;
	c->len = get16(header + 4);
	c->total = c->len + IPV6_HEADER;
	c->protocol = header[6];
	c->v6 = true;
	c->pseudo = csum_pseudo6(header + 8, c->protocol, c->len);
	return c->total <= frame_len(p) - ETH_HEADER;
}

/* The whole header of TCP or UDP is there, in the first piece. */
static bool read_content(const struct pkt *p, struct content *c)
{
	uint32_t need;

	if (p->len < PKT_MIN_ETH)
		return false;
	switch (get16(pkt_data(p) + 12)) {
	case ETHERTYPE_IPV4:
		if (!read_v4(p, c))
			return false;
		break;
	case ETHERTYPE_IPV6:
		if (!read_v6(p, c))
			return false;
		break;
	default:
		return false;
	}
	if (c->protocol != IPPROTO_TCP && c->protocol != IPPROTO_UDP)
		return false;
	need = c->protocol == IPPROTO_TCP ? TCP_HEADER : UDP_HEADER;
	return c->len >= need && p->len >= c->at + need;
}

/* Segments as long as mtu has room for: what the sender's would be. */
static bool guess_segments(struct pkt *p, const struct content *c,
			   unsigned int mtu)
{
	const uint8_t *tcp = pkt_data(p) + c->at;
	uint32_t header, headers;

	if (c->protocol != IPPROTO_TCP)
		return false;
	header = (uint32_t)(tcp[12] >> 4) * 4;
	headers = c->at - ETH_HEADER + header;
	if (header < TCP_HEADER || headers >= mtu ||
	    ETH_HEADER + headers > p->len ||
	    ETH_HEADER + c->total != frame_len(p))
		return false;
	p->vnet.gso_type =
		c->v6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
	if (tcp[13] & TCP_CWR)
		p->vnet.gso_type |= VIRTIO_NET_HDR_GSO_ECN;
	p->vnet.gso_size = (uint16_t)(mtu - headers);
	p->vnet.hdr_len = (uint16_t)(ETH_HEADER + headers);
	return true;
}

bool csum_guess(struct pkt *p, unsigned int mtu)
{
	struct content c = { 0 };
	uint32_t offset;
	uint16_t field;

	if (!read_content(p, &c))
		return true;
	offset = c.protocol == IPPROTO_TCP ? TCP_CHECKSUM : UDP_CHECKSUM;
	memcpy(&field, pkt_data(p) + c.at + offset, sizeof(field));
	if (field != fold(c.pseudo))
		return true;
	if (c.total > mtu) {
		if (!guess_segments(p, &c, mtu))
			return c.protocol == IPPROTO_TCP;
	} else if (csum_fold(add_frame(c.pseudo, p, c.at, c.len)) == 0) {
		return true;
	}
	p->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	p->vnet.csum_start = (uint16_t)c.at;
	p->vnet.csum_offset = (uint16_t)offset;
	return true;
}
