/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/esp.h"

#include <netinet/in.h>
#include <string.h>

#include "base/clock.h"
#include "base/rd.h"
#include "ipsec/ipv6.h"

enum {
	WARN_TENTHS = 9, /* of its numbers used: the member is told */
	ECN_MASK = 3,
	ECN_NOT_ECT = 0,
	ECN_CE = 3, /* congestion experienced, RFC 3168 5 */
};

#define INLINE static inline __attribute__((always_inline))

/* RFC 6054: the sender's own part of the IV space.  Without one, two members
 * would sooner or later use the same IV. */
static void set_sender(struct esp_sa *out, const struct ipsec_sa *sa)
{
	unsigned int bits = sa->sender_id_bits;
	uint64_t space;

	out->number_end = 0;
	if (!bits)
		return;
	out->sender = sa_sender_get(out->key, sa->sender_id, bits);
	if (!out->sender) { /* another ID is what it needs */
		out->wear = &out->key->wear;
		atomic_store(&out->wear->near_end, true);
		return;
	}
	space = UINT64_C(1) << (64 - bits);
	out->sender_bits = bits;
	out->iv_prefix = (uint64_t)sa->sender_id << (64 - bits);
	out->number_base = out->sender->base;
	out->number_end = out->number_base + space;
	out->number_warn = out->number_base + space / 10 * WARN_TENTHS;
	out->wear = &out->sender->wear;
}

/* RFC 4303 3.3.3: with a replay window of packets the sequence number may not
 * start again from zero. */
static void set_sequence_end(struct esp_sa *out)
{
	if (out->number_end <= UINT32_MAX)
		return;
	out->number_end = UINT32_MAX;
	out->number_warn = UINT32_MAX / 10 * WARN_TENTHS;
	out->wear = &out->key->wear;
}

bool esp_sa_init(struct esp_sa *out, const struct ipsec_sa *sa,
		 struct sa_key *key)
{
	const struct esp_transform *t = &sa->transform;

	if (!key || !esp_transform_valid(t) || sa->sender_id_bits > 32)
		return false;
	if (sa->replay == IPSEC_REPLAY_COUNTER &&
	    sa->window > REPLAY_WINDOW_MAX)
		return false;
	*out = (struct esp_sa){
		.spi = sa->spi,
		.key = key,
		.aead = esp_is_aead(t),
		.transport = t->transport,
		.iv = (uint8_t)esp_iv_size(t),
		.icv = (uint8_t)esp_icv_size(t),
		.block = (uint8_t)esp_block_size(t),
		.replay = sa->replay,
		.window = sa->window,
		.pst_offset = sa->pst_offset,
		.send_from = sa->send_from,
		.expires = sa->expires,
		.group = sa->group,
		.number_end = UINT64_MAX,
		.number_block = SA_NUMBER_BLOCK,
		.number_warn = UINT64_MAX,
	};
	out->most = (uint8_t)(IPV6_HEADER + ESP_HEADER + out->iv + TBAR_HEADER +
			      out->block + ESP_TRAILER + out->icv);
	if (out->aead)
		set_sender(out, sa);
	if (sa->replay == IPSEC_REPLAY_COUNTER) {
		set_sequence_end(out);
		out->number_block = 1;
	}
	return true;
}

void esp_sa_clear(struct esp_sa *sa)
{
	if (sa->sender)
		sa_sender_put(sa->key, sa->sender);
	sa->sender = NULL;
}

static size_t tag_size(const struct esp_sa *sa)
{
	return sa->replay == IPSEC_REPLAY_TIME ? TBAR_HEADER : 0;
}

/* From the ESP header to the end of the trailer. */
static size_t esp_size(const struct esp_sa *sa, size_t content)
{
	size_t clear = tag_size(sa) + content + ESP_TRAILER;
	size_t rest = sa->block - 1u; /* blocks are powers of two */

	return (size_t)ESP_HEADER + sa->iv + ((clear + rest) & ~rest);
}

size_t esp_wrapped_size(const struct esp_sa *sa, size_t len, size_t header)
{
	if (sa->transport)
		return header + esp_size(sa, len - header) + sa->icv;
	return header + esp_size(sa, len) + sa->icv;
}

/* 32.32 fixed point seconds; after 2^32 of them it starts again.  The same for
 * all packets of a burst. */
static uint64_t pseudotime(struct esp_worker *w, const struct esp_sa *sa)
{
	int64_t us;
	uint64_t u;

	if (__builtin_add_overflow(w->now, sa->pst_offset, &us))
		us = sa->pst_offset > 0 ? INT64_MAX : 0;
	if (us <= 0)
		return 0;
	if (us != w->stamped) {
		u = (uint64_t)us;
		w->stamp = u / US_PER_SEC << 32 |
			   (u % US_PER_SEC << 32) / US_PER_SEC;
		w->stamped = us;
	}
	return w->stamp;
}

static void write_iv(struct esp_worker *w, const struct esp_sa *sa,
		     uint64_t number, uint8_t *at)
{
	if (sa->aead)
		put64(at, sa->iv_prefix | (number - sa->number_base));
	else
		ivgen_take(w->ivgen, at, sa->iv);
}

static void write_tag(struct esp_worker *w, const struct esp_sa *sa,
		      uint8_t next, uint8_t *at)
{
	at[0] = next;
	at[1] = TBAR_WORDS;
	at[2] = TBAR_VERSION;
	at[3] = 0;
	put64(at + 4, pseudotime(w, sa));
}

/* Padding 1, 2, 3 .. and the trailer, from end of content to the end. */
static void write_trailer(uint8_t *at, uint8_t *end, uint8_t next)
{
	uint8_t pad = (uint8_t)(end - at - ESP_TRAILER);

	for (uint8_t i = 1; i <= pad; i++)
		*at++ = i;
	*at++ = pad;
	*at = next;
}

/* The two may overlap; memmove() would be a call. */
static void move_ethernet(uint8_t *to, const uint8_t *from)
{
	uint8_t header[ETH_HEADER];

	memcpy(header, from, sizeof(header));
	memcpy(to, header, sizeof(header));
}

static bool take_number(struct esp_worker *w, const struct esp_sa *sa,
			uint64_t *number)
{
	bool ok = sa_number(sa->key, w->number, sa->number_base, sa->number_end,
			    sa->number_block, number);

	if ((!ok || *number >= sa->number_warn) && sa->wear &&
	    !atomic_load_explicit(&sa->wear->near_end, memory_order_relaxed)) {
		atomic_store_explicit(&sa->wear->near_end, true,
				      memory_order_relaxed);
		w->worn = true;
	}
	return ok;
}

/* Where things go in a frame that becomes ESP. */
struct layout {
	uint8_t *ip;   /* the outer header */
	size_t header; /* its octets */
	uint8_t *esp;
	uint8_t *content; /* the inner packet, or what follows the IP header */
	size_t len;	  /* of content */
	size_t total;	  /* from ip to the end of the ICV */
	uint8_t next;
};

INLINE struct layout lay_out(const struct esp_sa *sa, const struct pkt *p,
			     const struct ipv4 *ip, bool v6)
{
	uint8_t *packet = pkt_data(p) + ETH_HEADER;
	size_t before = (size_t)ESP_HEADER + sa->iv + tag_size(sa);
	struct layout l = {
		.header = v6 ? (unsigned int)IPV6_HEADER
			     : (unsigned int)IPV4_HEADER,
		.next = v6 ? IPPROTO_IPV6 : IPPROTO_IPV4,
	};

	l.content = packet;
	l.len = ip->total;
	if (sa->transport) {
		l.header = ip->header;
		l.content += ip->header;
		l.len -= ip->header;
		l.next = ip->protocol;
	}
	l.esp = l.content - before;
	l.ip = l.esp - l.header;
	l.total = l.header + esp_size(sa, l.len) + sa->icv;
	return l;
}

/* All but length and protocol is the inner one's: traffic class, flow label,
 * hop limit, addresses. */
static void write_outer6(const struct esp_sa *sa, const struct layout *l,
			 const struct ipv4 *ip)
{
	if (sa->transport) {
		memmove(l->ip, l->content - ip->header, ip->header);
		l->ip[ipv6_next_at(l->ip, ip->header)] = ESP_PROTOCOL;
	} else {
		memcpy(l->ip, l->content, IPV6_HEADER);
		l->ip[6] = ESP_PROTOCOL;
	}
	ipv6_set_total(l->ip, l->total);
}

static void write_outer(struct esp_worker *w, const struct esp_sa *sa,
			const struct layout *l, const struct ipv4 *ip)
{
	struct ipv4 outer = *ip;

	if (sa->transport) {
		memmove(l->ip, l->content - ip->header, ip->header);
		put16(l->ip + 6, ip->fragment);
		ipv4_rewrite(l->ip, (uint16_t)l->total, ip->tos, ESP_PROTOCOL);
		return;
	}
	outer.total = (uint16_t)l->total;
	outer.id = ++w->ip_id;
	outer.fragment = ip->fragment & IPV4_DF;
	outer.protocol = ESP_PROTOCOL;
	ipv4_write(&outer, l->ip);
}

/* v6 is known at each call: there is one of it for each family. */
INLINE enum esp_result wrap(struct esp_worker *w, const struct esp_sa *sa,
			    struct pkt *p, const struct ipv4 *ip,
			    struct crypto_op *op, bool v6)
{
	struct layout l = lay_out(sa, p, ip, v6);
	uint8_t *frame = l.ip - ETH_HEADER;
	uint64_t number;

	if (l.total > UINT16_MAX || frame < p->buf ||
	    (size_t)(p->buf + p->size - l.ip) < l.total ||
	    (sa->transport && ipv4_is_fragment(ip)))
		return ESP_BAD_LENGTH;
	if (!take_number(w, sa, &number))
		return ESP_NO_NUMBER;
	move_ethernet(frame, pkt_data(p));
	if (v6)
		write_outer6(sa, &l, ip);
	else
		write_outer(w, sa, &l, ip);
	put32(l.esp, sa->spi);
	put32(l.esp + 4, (uint32_t)(number + 1));
	write_iv(w, sa, number, l.esp + ESP_HEADER);
	op->esp = l.esp;
	op->len = (uint32_t)(l.total - l.header - sa->icv);
	write_trailer(l.content + l.len, l.esp + op->len,
		      tag_size(sa) ? TBAR_NEXT_HEADER : l.next);
	if (tag_size(sa))
		write_tag(w, sa, l.next, l.content - TBAR_HEADER);
	p->off = (uint32_t)(frame - p->buf);
	p->len = (uint32_t)(ETH_HEADER + l.total);
	return ESP_OK;
}

enum esp_result esp_wrap(struct esp_worker *w, const struct esp_sa *sa,
			 struct pkt *p, const struct ipv4 *ip,
			 struct crypto_op *op)
{
	return ip->v6 ? wrap(w, sa, p, ip, op, true)
		      : wrap(w, sa, p, ip, op, false);
}

enum esp_result esp_open(const struct esp_sa *sa, const struct pkt *p,
			 const struct ipv4 *ip, struct crypto_op *op)
{
	size_t head = (size_t)ESP_HEADER + sa->iv;
	size_t len = (size_t)ip->total - ip->header;
	size_t clear;

	if (len < head + sa->block + sa->icv)
		return ESP_BAD_LENGTH;
	clear = len - head - sa->icv;
	if (clear & (sa->block - 1u))
		return ESP_BAD_LENGTH;
	op->esp = pkt_data(p) + ETH_HEADER + ip->header;
	op->len = (uint32_t)(len - sa->icv);
	op->ok = false;
	return ESP_OK;
}

/* The content without padding and trailer; next: what the trailer says. */
static bool read_trailer(const uint8_t *clear, size_t len, size_t *content,
			 uint8_t *next)
{
	uint8_t pad = clear[len - 2];

	*next = clear[len - 1];
	if ((size_t)pad + ESP_TRAILER > len)
		return false;
	*content = len - ESP_TRAILER - pad;
	for (uint8_t i = 0; i < pad; i++) /* RFC 4303 2.4 */
		if (clear[*content + i] != i + 1)
			return false;
	return true;
}

/* Of two stamps, the shorter way round. */
static uint64_t distance(uint64_t a, uint64_t b)
{
	return a - b < b - a ? a - b : b - a;
}

uint64_t esp_times_delta(const struct esp_times *times)
{
	uint64_t d = distance(times->mine, times->peer);
	uint64_t fraction = (d & UINT32_MAX) * US_PER_SEC + (UINT32_MAX >> 1);

	return (d >> 32) * US_PER_SEC + (fraction >> 32);
}

static enum esp_result read_tag(struct esp_worker *w, const struct esp_sa *sa,
				struct rd *content, uint8_t *next,
				struct esp_times *times)
{
	const uint8_t *tag = rd_bytes(content, TBAR_HEADER);

	if (*next != TBAR_NEXT_HEADER || !tag || tag[1] != TBAR_WORDS ||
	    tag[2] != TBAR_VERSION)
		return ESP_NOT_TAGGED;
	*next = tag[0];
	times->peer = get64(tag + 4);
	times->mine = pseudotime(w, sa);
	if (distance(times->mine, times->peer) > (uint64_t)sa->window << 32)
		return ESP_REPLAYED;
	return ESP_OK;
}

/* The sender ID in the packet's IV; 0 where there is none. */
static uint32_t sender_of(const struct esp_sa *sa, const struct crypto_op *op)
{
	if (!sa->sender_bits)
		return 0;
	return get32(op->esp + ESP_HEADER) >> (32 - sa->sender_bits);
}

/* Who is known by a sender ID, or else by its address alone; of IPv6 that is
 * a hash. */
static uint64_t source_of(const struct esp_sa *sa, const struct crypto_op *op,
			  const struct ipv4 *inner)
{
	return (uint64_t)sender_of(sa, op) << 32 | inner->src;
}

/* The sequence number has not come from this source before. */
static bool is_new(const struct esp_worker *w, const struct esp_sa *sa,
		   const struct crypto_op *op, const struct ipv4 *inner)
{
	uint64_t source = source_of(sa, op, inner);

	return sa->replay != IPSEC_REPLAY_COUNTER ||
	       replay_take(sa->key->workers[w->number].replay, source,
			   get32(op->esp + 4), sa->window);
}

/* As is_new(), in transport mode, where no address is covered by the ICV. */
static bool is_new_to_all(const struct esp_sa *sa, const struct crypto_op *op)
{
	return sa->replay != IPSEC_REPLAY_COUNTER ||
	       replay_shared_take(sa->key->shared, sender_of(sa, op),
				  get32(op->esp + 4), sa->window);
}

/* The frame now ends with len octets at packet, which is its IP packet. */
static void reframe(struct pkt *p, uint8_t *packet, size_t len)
{
	move_ethernet(packet - ETH_HEADER, pkt_data(p));
	p->off = (uint32_t)(packet - ETH_HEADER - p->buf);
	p->len = (uint32_t)(ETH_HEADER + len);
}

static enum esp_result read_inner(const struct ipv4 *outer,
				  const uint8_t *content, size_t len,
				  struct ipv4 *inner)
{
	if (!ipv4_read(inner, content, len))
		return ESP_BAD_INNER;
	if (inner->src != outer->src || inner->dst != outer->dst)
		return ESP_BAD_ADDRESS;
	return ESP_OK;
}

/* outer: the whole packet of which content is what was inside. */
static enum esp_result read_inner6(const uint8_t *outer, const uint8_t *content,
				   size_t len, struct ipv4 *inner)
{
	if (!ipv6_read(inner, content, len))
		return ESP_BAD_INNER;
	if (memcmp(outer + IPV6_SRC_AT, content + IPV6_SRC_AT, IPV6_ENDS) != 0)
		return ESP_BAD_ADDRESS;
	return ESP_OK;
}

static void set_tos(uint8_t *packet, const struct ipv4 *ip, uint8_t tos)
{
	if (ip->v6)
		ipv6_set_tos(packet, tos);
	else
		ipv4_set_tos(packet, tos);
}

static void unwrap_tunnel(struct pkt *p, const struct ipv4 *outer,
			  uint8_t *packet, const struct ipv4 *inner)
{
	/* RFC 6040 4.2: congestion met on the way is told to the end host. */
	if ((outer->tos & ECN_MASK) == ECN_CE &&
	    (inner->tos & ECN_MASK) != ECN_NOT_ECT &&
	    (inner->tos & ECN_MASK) != ECN_CE)
		set_tos(packet, inner, inner->tos | ECN_CE);
	reframe(p, packet, inner->total);
}

static enum esp_result unwrap_transport(struct pkt *p, const struct ipv4 *outer,
					uint8_t *content, size_t len,
					uint8_t next, struct ipv4 *inner)
{
	uint8_t *packet = content - outer->header;
	size_t total = outer->header + len;

	memmove(packet, pkt_data(p) + ETH_HEADER, outer->header);
	if (outer->v6) {
		packet[ipv6_next_at(packet, outer->header)] = next;
		ipv6_set_total(packet, total);
	} else {
		ipv4_rewrite(packet, (uint16_t)total, outer->tos, next);
	}
	if (outer->v6 ? !ipv6_read(inner, packet, total)
		      : !ipv4_read(inner, packet, total))
		return ESP_BAD_INNER;
	reframe(p, packet, inner->total);
	return ESP_OK;
}

enum esp_result esp_unwrap(struct esp_worker *w, const struct esp_sa *sa,
			   struct pkt *p, const struct ipv4 *ip,
			   const struct crypto_op *op, struct ipv4 *inner,
			   struct esp_times *times)
{
	uint8_t *clear = op->esp + ESP_HEADER + sa->iv, *at;
	enum esp_result result = ESP_OK;
	struct rd content;
	uint8_t next;
	size_t len;

	if (!read_trailer(clear, op->len - ESP_HEADER - sa->iv, &len, &next))
		return ESP_BAD_PADDING;
	content = rd_init(clear, len);
	if (sa->replay == IPSEC_REPLAY_TIME)
		result = read_tag(w, sa, &content, &next, times);
	if (result != ESP_OK)
		return result;
	if (next == IPPROTO_NO_NEXT)
		return ESP_DUMMY;
	at = clear + len - rd_left(&content);
	len = rd_left(&content);
	if (sa->transport)
		return is_new_to_all(sa, op)
			       ? unwrap_transport(p, ip, at, len, next, inner)
			       : ESP_REPLAYED;
	if (next != (ip->v6 ? IPPROTO_IPV6 : IPPROTO_IPV4))
		return ESP_BAD_PROTOCOL;
	result = ip->v6 ? read_inner6(pkt_data(p) + ETH_HEADER, at, len, inner)
			: read_inner(ip, at, len, inner);
	if (result != ESP_OK)
		return result;
	if (!is_new(w, sa, op, inner))
		return ESP_REPLAYED;
	unwrap_tunnel(p, ip, at, inner);
	return ESP_OK;
}
