/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What does not fit: fragments before or after encryption, and the ICMP
 * message to who may not be fragmented. */
#include "ipsec/lane_out.h"

#include <netinet/in.h>
#include <string.h>

#include "base/clock.h"
#include "ipsec/csum.h"
#include "ipsec/gso.h"

unsigned int lane_learned_mtu(const struct lane *lane, const struct pkt *pkt,
			      const struct ipv4 *ip, unsigned int mtu)
{
	return pmtu_find(
		lane->pmtu,
		ip->v6 ? pmtu_key6(pkt_data(pkt) + ETH_HEADER + IPV6_DST_AT)
		       : pmtu_key4(ip->dst),
		mtu, lane->esp->now);
}

/* IOS: with "set" nothing is fragmented, with "clear" everything may be. */
bool lane_may_fragment(const struct policy *p, const struct ipv4 *ip)
{
	if (ip->v6)
		return ip->total <= IPV6_MTU_MIN;
	switch (POLICY_READ(p->df)) {
	case IPSEC_DF_SET:
		return false;
	case IPSEC_DF_CLEAR:
		return true;
	case IPSEC_DF_UNSET:
	case IPSEC_DF_COPY:
		break;
	}
	return !(ip->fragment & IPV4_DF);
}

/* The largest packet that the SA wraps into mtu. */
static unsigned int inner_mtu(const struct esp_sa *sa, const struct ipv4 *ip,
			      unsigned int mtu)
{
	size_t header = esp_outer(sa, ip);
	unsigned int inner = mtu;

	/* At most a block and the fixed parts too much: a few steps. */
	while (inner > header && esp_wrapped_size(sa, inner, header) > mtu)
		inner--;
	return ip->v6 && inner < IPV6_MTU_MIN ? IPV6_MTU_MIN : inner;
}

static bool icmp_allowed(struct lane *lane)
{
	int64_t now = lane->esp->now;

	if (now - lane->icmp_second >= US_PER_SEC) {
		lane->icmp_second = now;
		lane->icmp_count = 0;
	}
	return lane->icmp_count++ < LANE_ICMP_PER_SECOND;
}

/* The answer's source is found by who sends it (port_raw.c). */
static size_t write_answer6(uint8_t *out, const uint8_t *packet,
			    const struct ipv4 *ip, unsigned int mtu)
{
	size_t len = icmp6_too_big(out + IPV6_HEADER, packet, ip, mtu);

	if (!len)
		return 0;
	memset(out, 0, IPV6_HEADER);
	out[0] = 6 << 4;
	out[6] = IPPROTO_ICMPV6;
	out[7] = ICMP_TTL;
	memcpy(out + IPV6_DST_AT, packet + IPV6_SRC_AT, IPV6_ADDRESS);
	ipv6_set_total(out, IPV6_HEADER + len);
	return IPV6_HEADER + len;
}

static size_t write_answer(uint8_t *out, const struct policy *p,
			   const uint8_t *packet, const struct ipv4 *ip,
			   unsigned int mtu)
{
	uint32_t address = POLICY_READ(p->address);

	if (ip->v6)
		return write_answer6(out, packet, ip, mtu);
	return address ? icmp_too_big(out, address, packet, ip, (uint16_t)mtu)
		       : 0;
}

static void tell_too_big(struct lane *lane, const struct policy *p,
			 const struct pkt *pkt, const struct ipv4 *ip,
			 unsigned int mtu)
{
	const uint8_t *packet = pkt_data(pkt) + ETH_HEADER;
	struct pkt *answer;
	size_t len;

	if (!lane->icmp || !icmp_allowed(lane))
		return;
	answer = pkt_get_for(lane->pool, ETH_HEADER + IPV6_MTU_MIN);
	if (!answer)
		return;
	memcpy(pkt_data(answer), pkt_data(pkt), ETH_HEADER);
	len = write_answer(pkt_data(answer) + ETH_HEADER, p, packet, ip, mtu);
	if (!len) {
		pkt_put(answer);
		return;
	}
	answer->len = (uint32_t)(ETH_HEADER + len);
	STAT_INC(lane->stats.icmp);
	lane->icmp->ops->tx(lane->icmp, &answer, 1);
}

void lane_too_big(struct lane *lane, const struct policy *p,
		  const struct esp_sa *sa, struct pkt *pkt,
		  const struct ipv4 *ip, unsigned int mtu)
{
	if (sa) {
		STAT_INC(lane_counters(lane, p, sa->group)->c.encaps_fail);
		mtu = inner_mtu(sa, ip, mtu);
	}
	STAT_INC(lane->drops->too_big);
	tell_too_big(lane, p, pkt, ip, mtu);
	pkt_put(pkt);
}

/* The next fragment as a frame; NULL: there is none, or no buffer. */
static struct pkt *next_fragment(struct lane *lane, struct ipv4_cut *cut,
				 const struct pkt *whole, unsigned int mtu)
{
	struct pkt *f;
	size_t len;

	if (ipv4_cut_done(cut))
		return NULL;
	f = pkt_get_for(lane->pool, ETH_HEADER + mtu);
	if (!f) {
		STAT_INC(lane->drops->no_buffer);
		return NULL;
	}
	memcpy(pkt_data(f), pkt_data(whole), ETH_HEADER);
	f->qos = whole->qos;
	len = ipv4_cut_next(cut, pkt_data(f) + ETH_HEADER);
	f->len = (uint32_t)(ETH_HEADER + len);
	return f;
}

/* Each fragment becomes an ESP packet of its own, or goes clear without an
 * SA. */
static void send_fragments(struct lane *lane, const struct policy *p,
			   const struct esp_sa *sa, struct pkt *pkt,
			   const struct ipv4 *ip, unsigned int mtu)
{
	struct ipv4_cut cut;
	struct ipv4 piece;
	struct pkt *f;

	if (!ipv4_cut_start(&cut, pkt_data(pkt) + ETH_HEADER, ip, mtu)) {
		STAT_INC(lane->drops->too_big);
		pkt_put(pkt);
		return;
	}
	while ((f = next_fragment(lane, &cut, pkt, mtu))) {
		STAT_INC(lane->stats.fragments);
		if (!sa)
			lane_enqueue(lane, p, f);
		else if (ipv4_read(&piece, pkt_data(f) + ETH_HEADER,
				   f->len - ETH_HEADER))
			lane_send_esp(lane, p, sa, f, &piece);
		else
			pkt_put(f);
	}
	pkt_put(pkt);
}

/* Of IPv6 only ESP packets are cut, for the narrowest way in the batch. */
void lane_send_cut6(struct lane *lane, const struct policy *p,
		    const struct esp_sa *sa, struct pkt *pkt,
		    const struct ipv4 *ip, unsigned int mtu)
{
	struct lane_batch *b = &lane->out;

	lane_send_esp(lane, p, sa, pkt, ip);
	b->oversize = true;
	if (!b->cut6 || mtu < b->cut6)
		b->cut6 = mtu;
}

/* Transport mode takes no fragments: there the ESP packet is cut, whatever is
 * configured. */
void lane_fit_esp(struct lane *lane, const struct policy *p,
		  const struct esp_sa *sa, struct pkt *pkt,
		  const struct ipv4 *ip, unsigned int mtu)
{
	if (!lane_may_fragment(p, ip))
		lane_too_big(lane, p, sa, pkt, ip, mtu);
	else if (ip->v6)
		lane_send_cut6(lane, p, sa, pkt, ip, mtu);
	else if (sa->transport || POLICY_READ(p->fragment_after))
		lane_send_esp(lane, p, sa, pkt, ip);
	else
		send_fragments(lane, p, sa, pkt, ip, inner_mtu(sa, ip, mtu));
}

static void fit_clear_plain(struct lane *lane, const struct policy *p,
			    struct pkt *pkt, const struct ipv4 *ip)
{
	unsigned int mtu = POLICY_READ(p->clear_mtu);

	if (!mtu || ip->total <= mtu) {
		lane_send_clear(lane, p, pkt);
	} else if (ip->fragment & IPV4_DF) {
		lane_too_big(lane, p, NULL, pkt, ip, mtu);
	} else if (csum_complete(pkt)) {
		send_fragments(lane, p, NULL, pkt, ip, mtu);
	} else {
		STAT_INC(lane->drops->bad_super);
		pkt_put(pkt);
	}
}

static void fit_clear_segment(struct lane *lane, const struct policy *p,
			      struct pkt *pkt, const void *arg)
{
	struct ipv4 ip;

	(void)arg;
	if (ipv4_read(&ip, pkt_data(pkt) + ETH_HEADER, pkt->len - ETH_HEADER))
		fit_clear_plain(lane, p, pkt, &ip);
	else
		pkt_put(pkt);
}

void lane_fit_clear(struct lane *lane, const struct policy *p, struct pkt *pkt,
		    const struct ipv4 *ip)
{
	unsigned int mtu = POLICY_READ(p->clear_mtu);
	struct ipv4 first = *ip;
	struct gso g;

	if (!gso_is_super(pkt)) {
		fit_clear_plain(lane, p, pkt, ip);
		return;
	}
	if (!gso_start(&g, pkt) || gso_packet_size(&g) <= mtu) {
		lane_send_clear(lane, p, pkt);
		return;
	}
	first.total = (uint16_t)gso_packet_size(&g);
	if (ip->fragment & IPV4_DF)
		lane_too_big(lane, p, NULL, pkt, &first, mtu);
	else
		lane_cut_super(lane, p, pkt, fit_clear_segment, NULL);
}

/* Frames that are ready, on their way to the wire. */
struct outbox {
	struct pkt *pkts[LANE_BURST];
	unsigned int n;
};

static void outbox_put(struct lane *lane, struct outbox *o, struct pkt *pkt)
{
	if (o->n == LANE_BURST) {
		lane_to_wire(lane, o->pkts, o->n);
		o->n = 0;
	}
	o->pkts[o->n++] = pkt;
}

static void cut_esp4(struct lane *lane, struct outbox *o, struct pkt *pkt,
		     unsigned int mtu)
{
	const uint8_t *packet = pkt_data(pkt) + ETH_HEADER;
	struct ipv4_cut cut;
	struct ipv4 ip;
	struct pkt *f;

	if (!ipv4_read(&ip, packet, pkt->len - ETH_HEADER) ||
	    !ipv4_cut_start(&cut, packet, &ip, mtu)) {
		STAT_INC(lane->drops->too_big);
		return;
	}
	while ((f = next_fragment(lane, &cut, pkt, mtu))) {
		STAT_INC(lane->stats.after);
		outbox_put(lane, o, f);
	}
}

/* Of different workers no two are the same. */
static uint32_t next_id(struct esp_worker *w)
{
	return (uint32_t)w->number << 24 | (++w->fragment_id & 0xffffff);
}

static void cut_esp6(struct lane *lane, struct outbox *o, struct pkt *pkt,
		     unsigned int mtu)
{
	struct ipv6_cut cut;
	struct pkt *f;

	if (!ipv6_cut_start(&cut, pkt_data(pkt) + ETH_HEADER,
			    pkt->len - ETH_HEADER, next_id(lane->esp), mtu)) {
		STAT_INC(lane->drops->too_big);
		return;
	}
	while (!ipv6_cut_done(&cut)) {
		f = pkt_get_for(lane->pool, ETH_HEADER + mtu);
		if (!f) {
			STAT_INC(lane->drops->no_buffer);
			return;
		}
		memcpy(pkt_data(f), pkt_data(pkt), ETH_HEADER);
		f->qos = pkt->qos;
		f->len = (uint32_t)(ETH_HEADER +
				    ipv6_cut_next(&cut,
						  pkt_data(f) + ETH_HEADER));
		STAT_INC(lane->stats.after);
		outbox_put(lane, o, f);
	}
}

/* What has to be cut, and for which MTU; 0: nothing.  What is clear is never
 * longer than the wire takes, but where it takes superpackets. */
static unsigned int cut_for(const struct pkt *pkt, unsigned int mtu4,
			    unsigned int mtu6)
{
	const uint8_t *packet = pkt_data(pkt) + ETH_HEADER;
	uint16_t type = get16(packet - 2);

	if (gso_is_super(pkt))
		return 0;
	if (type == ETHERTYPE_IPV4 && pkt->len > ETH_HEADER + mtu4)
		return mtu4;
	if (type == ETHERTYPE_IPV6 && pkt->len > ETH_HEADER + mtu6 &&
	    packet[6] == ESP_PROTOCOL)
		return mtu6;
	return 0;
}

void lane_send_pieces(struct lane *lane, const struct policy *p,
		      struct pkt **pkts, unsigned int n)
{
	unsigned int mtu4 = POLICY_READ(p->mtu), mtu;
	unsigned int mtu6 =
		lane->out.cut6 ? lane->out.cut6 : POLICY_READ(p->mtu6);
	struct outbox o = { .n = 0 };

	for (unsigned int i = 0; i < n; i++) {
		mtu = cut_for(pkts[i], mtu4, mtu6);
		if (!mtu) {
			outbox_put(lane, &o, pkts[i]);
			continue;
		}
		if (get16(pkt_data(pkts[i]) + ETH_HEADER - 2) == ETHERTYPE_IPV4)
			cut_esp4(lane, &o, pkts[i], mtu);
		else
			cut_esp6(lane, &o, pkts[i], mtu);
		pkt_put(pkts[i]);
	}
	if (o.n)
		lane_to_wire(lane, o.pkts, o.n);
}

struct pkt *lane_gather(struct lane *lane, struct pkt *pkt, struct ipv4 *ip)
{
	uint64_t dropped = 0;

	if (!lane->gather || !csum_complete(pkt)) {
		STAT_INC(lane->drops->fragment);
		pkt_put(pkt);
		return NULL;
	}
	pkt = reasm_add(lane->gather, pkt, ip, false, lane->esp->now, &dropped);
	STAT_ADD(lane->drops->fragment, dropped);
	return pkt;
}
