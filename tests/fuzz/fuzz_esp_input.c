/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Target: lane_run_in() and lane_run_out() with all below them: IPv4 and IPv6
 * headers, reassembly, ESP, padding, time stamps, inner packets, classification,
 * fragmentation.
 *
 * The input is a run of frames: one octet of what to do, two of length, and
 * the octets.  A frame goes to the wire or to the TAP as it is; or it is the
 * plaintext of an ESP packet (trailer included) that is encrypted with the
 * key of an SA, so that it gets past the ICV (and, with a good time stamp put
 * in front, past the tag's form); or it is an inner packet whose ESP is handed
 * to the other side, which must give it back unchanged.  The policy may be
 * replaced at any time: another SA sends then, by another sender ID, with
 * another window, with or without a multicast group. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rd.h"
#include "ipsec/lane.h"
#include "ipsec/pmtu.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	N_PACKETS = 256,
	N_SAS = 7,
	TRANSPORT = 4, /* the SA that does not send: it changes headers */
	KEY_OCTETS = 64,
	N_RULES = 4,
	FRAMES_MAX = 64,
	SENT_MAX = 4096, /* octets of a frame that a port keeps */
	MTU = 1500,
};
enum what {
	TO_WIRE,
	TO_TAP,
	PLAINTEXT,
	ROUND_TRIP,
	TAGGED,
	SWAP,
	PLAINTEXT6,
	ROUND_TRIP6,
	TAGGED6,
	N_WHATS
};

/* Gives out one frame, keeps the last one that is sent. */
struct one_port {
	struct port port;
	const uint8_t *frame;
	size_t len;
	uint8_t sent[SENT_MAX];
	size_t sent_len;
	unsigned int n_sent;
};

static unsigned int one_rx(struct port *port, struct pkt **pkts,
			   unsigned int max)
{
	struct one_port *o = (struct one_port *)port;

	if (!o->frame || !max)
		return 0;
	pkts[0] = pkt_get_big(port->pool);
	if (!pkts[0])
		abort();
	pkts[0]->len = (uint32_t)o->len;
	memcpy(pkt_data(pkts[0]), o->frame, o->len);
	o->frame = NULL;
	return 1;
}

static void one_tx(struct port *port, struct pkt **pkts, unsigned int n)
{
	struct one_port *o = (struct one_port *)port;

	for (unsigned int i = 0; i < n; i++) {
		o->sent_len = pkts[i]->len;
		o->n_sent++;
		if (o->sent_len <= SENT_MAX)
			memcpy(o->sent, pkt_data(pkts[i]), o->sent_len);
		pkt_put(pkts[i]);
	}
}

static const struct port_ops one_ops = { .rx = one_rx, .tx = one_tx };

struct bench {
	struct crypto *crypto;
	struct sa_store *store;
	struct stats *stats;
	struct events events;
	struct esp_worker worker;
	struct one_port tap, wire, icmp;
	struct lane lane;
	struct policy *policy;
	struct pmtu pmtu;
};

static const struct esp_transform transforms[N_SAS] = {
	{ ESP_AES_CBC, 128, ESP_AUTH_SHA1, false },
	{ ESP_AES_CBC, 256, ESP_AUTH_SHA256, false },
	{ ESP_AES_GCM, 128, ESP_AUTH_NONE, false },
	{ ESP_NULL, 0, ESP_AUTH_SHA256, false },
	{ ESP_AES_CBC, 128, ESP_AUTH_SHA1, true },
	{ ESP_AES_GCM, 256, ESP_AUTH_NONE, false },
	{ ESP_AES_GMAC, 128, ESP_AUTH_NONE, false },
};

static const enum ipsec_replay replays[N_SAS] = {
	IPSEC_REPLAY_TIME, IPSEC_REPLAY_NONE, IPSEC_REPLAY_COUNTER,
	IPSEC_REPLAY_TIME, IPSEC_REPLAY_NONE, IPSEC_REPLAY_TIME,
	IPSEC_REPLAY_TIME
};

/* seed: what differs from one policy to the next. */
static void add_sas(struct ipsec_policy *p, unsigned int seed)
{
	uint8_t key[KEY_OCTETS] = { 1, 2, 3 };

	p->sas = xcalloc(N_SAS, sizeof(*p->sas));
	p->flows[0].sas = xcalloc(N_SAS, sizeof(unsigned int));
	p->flows[0].n = p->n_sas = N_SAS;
	for (unsigned int i = 0; i < N_SAS; i++) {
		struct ipsec_sa *sa = &p->sas[i];

		p->flows[0].sas[i] = (i + seed) % N_SAS;
		key[0] = (uint8_t)i; /* no two counter modes share one */
		sa->spi = 0x1000 + i;
		sa->transform = transforms[i];
		sa->replay = replays[i];
		sa->window = 64u << seed % 5;
		sa->pst_offset = -SEC(seed % 3);
		sa->expires = INT64_MAX;
		sa->sender_id = seed;
		sa->sender_id_bits = 16;
		keybuf_set(&sa->key, key, esp_key_size(&sa->transform));
		keybuf_set(&sa->auth_key, key,
			   esp_auth_key_size(&sa->transform));
	}
}

/* deny udp any eq 848 any; permit ip any any; the same for IPv6 */
static struct policy *make_policy(struct bench *b, unsigned int seed)
{
	struct ipsec_policy *p = xcalloc(1, sizeof(*p));
	struct policy *out;

	p->groups = xcalloc(1, sizeof(*p->groups));
	p->groups[0].name = xstrdup("G");
	p->flows = xcalloc(1, sizeof(*p->flows));
	p->n_groups = p->n_flows = 1;
	p->rules = xcalloc(N_RULES, sizeof(*p->rules));
	p->n_rules = N_RULES;
	for (size_t i = 0; i < N_RULES; i++) {
		struct ace *ace = &p->rules[i].ace;

		if (i < N_RULES / 2)
			ace_init(ace);
		else
			ace_init6(ace);
		p->rules[i].action = i % 2 ? IPSEC_PROTECT : IPSEC_CLEAR;
		ace->protocol = i % 2 ? 0 : 17;
		if (i % 2 == 0)
			ace->sport = (struct ace_port){ ACE_EQ, 848, 0 };
	}
	p->bypass = ip_v4(0x0a000001);
	if (seed & 1) {
		p->bypass_groups = xcalloc(1, sizeof(*p->bypass_groups));
		p->bypass_groups[p->n_bypass_groups++] = ip_v4(0xefc00101);
	}
	add_sas(p, seed % N_SAS == TRANSPORT ? seed + 1 : seed);
	out = policy_new(p, b->store, b->stats);
	ipsec_policy_free(p);
	if (!out)
		abort();
	out->mtu = seed & 2 ? MTU / 2 : MTU;
	out->clear_mtu = seed & 4 ? out->mtu : 0;
	out->mtu6 = seed & 2 ? IPV6_MTU_MIN : MTU;
	out->link_mtu = MTU;
	out->df = (enum ipsec_df)(seed >> 3 & 3);
	out->fragment_after = seed >> 5 & 1;
	out->address = 0x0a000001;
	return out;
}

static struct crypto *the_crypto(void)
{
	static struct crypto *crypto; /* costs more than an input */

	if (!crypto)
		crypto = crypto_new(NULL, 1);
	return crypto;
}

static void port_init(struct one_port *o, struct pkt_pool *pool)
{
	o->port.ops = &one_ops;
	o->port.pool = pool;
}

static struct bench *bench_new(void)
{
	static const uint8_t seed[IVGEN_SEED];
	struct bench *b = xcalloc(1, sizeof(*b));
	struct lane *lane = &b->lane;

	b->crypto = the_crypto();
	b->store = sa_store_new(b->crypto);
	b->stats = stats_new(1);
	b->worker.ivgen = ivgen_new(seed);
	lane->pool = pkt_pool_new(0, N_PACKETS);
	lane->crypto = b->crypto;
	lane->events = &b->events;
	lane->esp = &b->worker;
	lane->reasm = reasm_new();
	lane->gather = reasm_new();
	lane->pmtu = &b->pmtu;
	port_init(&b->tap, lane->pool);
	port_init(&b->wire, lane->pool);
	port_init(&b->icmp, lane->pool);
	lane->tap = &b->tap.port;
	lane->wire = &b->wire.port;
	lane->icmp = &b->icmp.port;
	b->policy = make_policy(b, 0);
	lane_set_policy(lane, b->policy);
	return b;
}

static void bench_free(struct bench *b)
{
	/* Whatever came, no packet is lost and none is there twice. */
	if (pkt_available(b->lane.pool) != N_PACKETS)
		abort();
	policy_free(lane_set_policy(&b->lane, NULL));
	reasm_free(b->lane.reasm);
	reasm_free(b->lane.gather);
	pkt_pool_free(b->lane.pool);
	ivgen_free(b->worker.ivgen);
	stats_free(b->stats);
	sa_store_free(b->store);
	free(b);
}

static void give(struct bench *b, struct one_port *to, const uint8_t *frame,
		 size_t len)
{
	b->tap.sent_len = b->wire.sent_len = 0;
	b->tap.n_sent = b->wire.n_sent = 0;
	to->frame = frame;
	to->len = len;
	if (to == &b->wire)
		lane_run_in(&b->lane, SEC(1000));
	else
		lane_run_out(&b->lane, SEC(1000));
}

/* The outer header: addresses of the inner one where there is one. */
static void write_outer(uint8_t *at, const uint8_t *inner, size_t len,
			size_t total)
{
	struct ipv4 outer = { .total = (uint16_t)total,
			      .ttl = 64,
			      .protocol = ESP_PROTOCOL };

	if (len >= IPV4_HEADER) {
		outer.src = get32(inner + 12);
		outer.dst = get32(inner + 16);
	}
	ipv4_write(&outer, at);
}

static void swap(struct bench *b, unsigned int seed)
{
	b->policy = make_policy(b, seed);
	policy_free(lane_set_policy(&b->lane, b->policy));
}

/* At the start of a plaintext: all but the protocol that follows. */
static void write_good_tag(const struct esp_sa *sa, uint8_t *at)
{
	static const uint8_t fixed[] = { TBAR_WORDS, TBAR_VERSION, 0 };
	uint8_t shift = at[4];

	memcpy(at + 1, fixed, sizeof(fixed));
	put32(at + 4, (uint32_t)(1000 + sa->pst_offset / US_PER_SEC + shift));
}

static void write_outer6(uint8_t *at, const uint8_t *inner, size_t len,
			 size_t total)
{
	at[0] = 0x60;
	at[6] = ESP_PROTOCOL;
	at[7] = 64;
	ipv6_set_total(at, total);
	if (len >= IPV6_HEADER)
		memcpy(at + IPV6_SRC_AT, inner + IPV6_SRC_AT, IPV6_ENDS);
}

static size_t start_frame(uint8_t *frame, bool v6)
{
	put16(frame + ETH_HEADER - 2, v6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
	return ETH_HEADER + (v6 ? (size_t)IPV6_HEADER : (size_t)IPV4_HEADER);
}

static void plaintext(struct bench *b, const uint8_t *data, size_t len,
		      bool tagged, bool v6)
{
	uint8_t frame[SENT_MAX] = { 0 };
	size_t l4 = start_frame(frame, v6);
	const struct esp_sa *sa = &b->policy->sas[len % N_SAS];
	size_t head = l4 + ESP_HEADER + sa->iv;
	size_t clear = len / sa->block * sa->block;
	size_t tag = sa->replay == IPSEC_REPLAY_TIME ? TBAR_HEADER : 0;
	struct crypto_op op;

	if (clear < tag || head + clear + sa->icv > sizeof(frame))
		return;
	put32(frame + l4, sa->spi);
	put32(frame + l4 + 4, 1);
	memcpy(frame + head, data, clear);
	if (tag && tagged)
		write_good_tag(sa, frame + head);
	op.esp = frame + l4;
	op.len = (uint32_t)(ESP_HEADER + sa->iv + clear);
	(v6 ? write_outer6 : write_outer)(frame + ETH_HEADER, data + tag,
					  clear - tag,
					  l4 - ETH_HEADER + op.len + sa->icv);
	crypto_encrypt(b->crypto, 0, sa->key->crypto, &op, 1);
	give(b, &b->wire, frame, head + clear + sa->icv);
}

/* The frame is one ESP packet of ours. */
static bool is_esp(const uint8_t *frame, size_t len, bool v6)
{
	const uint8_t *packet = frame + ETH_HEADER;
	struct ipv4 ip;

	return (v6 ? ipv6_read(&ip, packet, len - ETH_HEADER)
		   : ipv4_read(&ip, packet, len - ETH_HEADER)) &&
	       ip.protocol == ESP_PROTOCOL && !ipv4_is_fragment(&ip) &&
	       ip.header == IP_OUTER(&ip) &&
	       get32(packet + ip.header) - 0x1000 < N_SAS;
}

static void round_trip(struct bench *b, const uint8_t *data, size_t len,
		       bool v6)
{
	uint8_t frame[SENT_MAX] = { 0 }, esp[SENT_MAX];
	size_t header = start_frame(frame, v6) - ETH_HEADER, esp_len;

	if (len < header || len > 1000)
		return;
	memcpy(frame + ETH_HEADER, data, len);
	frame[ETH_HEADER] = v6 ? 0x60 : 0x45;
	put16(frame + ETH_HEADER + (v6 ? 4 : 2),
	      (uint16_t)(v6 ? len - header : len));
	give(b, &b->tap, frame, ETH_HEADER + len);
	esp_len = b->wire.sent_len;
	/* In pieces, or not at all. */
	if (b->wire.n_sent != 1 || esp_len > sizeof(esp))
		return;
	memcpy(esp, b->wire.sent, esp_len);
	if (!is_esp(esp, esp_len, v6))
		return;
	give(b, &b->wire, esp, esp_len);
	if (b->tap.sent_len != ETH_HEADER + len ||
	    memcmp(b->tap.sent, frame, b->tap.sent_len) != 0)
		abort();
}

static void play(struct bench *b, enum what what, const uint8_t *frame,
		 size_t len)
{
	switch (what) {
	case TO_WIRE:
	case TO_TAP:
		if (len >= PKT_MIN_ETH)
			give(b, what == TO_WIRE ? &b->wire : &b->tap, frame,
			     len);
		break;
	case PLAINTEXT:
	case PLAINTEXT6:
		plaintext(b, frame, len, false, what == PLAINTEXT6);
		break;
	case TAGGED:
	case TAGGED6:
		plaintext(b, frame, len, true, what == TAGGED6);
		break;
	case SWAP:
		swap(b, (unsigned int)len);
		break;
	case ROUND_TRIP:
	case ROUND_TRIP6:
		round_trip(b, frame, len, what == ROUND_TRIP6);
		break;
	case N_WHATS:
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bench *b = bench_new();
	struct rd r = rd_init(data, size);

	for (int i = 0; i < FRAMES_MAX && rd_left(&r) > 3; i++) {
		enum what what = rd_u8(&r) % N_WHATS;
		size_t len = rd_u16(&r);
		const uint8_t *frame;

		if (len > rd_left(&r))
			len = rd_left(&r);
		frame = rd_bytes(&r, len);
		play(b, what, frame, len);
	}
	bench_free(b);
	return 0;
}
