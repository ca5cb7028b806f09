/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What does not fit: fragments before or after encryption, and the ICMP
 * message to who may not be fragmented. */
#include "ipsec/lane_out.h"

#include <string.h>

#include "base/clock.h"
#include "ipsec/csum.h"
#include "ipsec/gso.h"

unsigned int lane_path_mtu(const struct lane *lane, const struct policy *p,
			   const struct ipv4 *ip)
{
	unsigned int mtu = POLICY_READ(p->mtu);

	if (!lane->pmtu || !pmtu_any(lane->pmtu))
		return mtu;
	return pmtu_find(lane->pmtu, pmtu_key4(ip->dst), mtu, lane->esp->now);
}

/* IOS: with "set" nothing is fragmented, with "clear" everything may be. */
bool lane_may_fragment(const struct policy *p, const struct ipv4 *ip)
{
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
	size_t header = sa->transport ? ip->header : IPV4_HEADER;
	unsigned int inner = mtu;

	/* At most a block and the fixed parts too much: a few steps. */
	while (inner > header && esp_wrapped_size(sa, inner, header) > mtu)
		inner--;
	return inner;
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

static void tell_too_big(struct lane *lane, const struct policy *p,
			 const struct pkt *pkt, const struct ipv4 *ip,
			 unsigned int mtu)
{
	const uint8_t *packet = pkt_data(pkt) + ETH_HEADER;
	uint32_t address = POLICY_READ(p->address);
	struct pkt *answer;
	size_t len;

	if (!lane->icmp || !address || !icmp_allowed(lane))
		return;
	answer = pkt_get_for(lane->pool,
			     ETH_HEADER + IPV4_HEADER + 8 + ICMP_QUOTE);
	if (!answer)
		return;
	memcpy(pkt_data(answer), pkt_data(pkt), ETH_HEADER);
	len = icmp_too_big(pkt_data(answer) + ETH_HEADER, address, packet, ip,
			   (uint16_t)mtu);
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

/* Transport mode takes no fragments: there the ESP packet is cut, whatever is
 * configured. */
void lane_fit_esp(struct lane *lane, const struct policy *p,
		  const struct esp_sa *sa, struct pkt *pkt,
		  const struct ipv4 *ip, unsigned int mtu)
{
	if (!lane_may_fragment(p, ip))
		lane_too_big(lane, p, sa, pkt, ip, mtu);
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
		lane->wire->ops->tx(lane->wire, o->pkts, o->n);
		o->n = 0;
	}
	o->pkts[o->n++] = pkt;
}

static void cut_esp(struct lane *lane, struct outbox *o, struct pkt *pkt,
		    unsigned int mtu)
{
	const uint8_t *packet = pkt_data(pkt) + ETH_HEADER;
	struct ipv4_cut cut;
	struct ipv4 ip;
	struct pkt *f;

	if (!ipv4_read(&ip, packet, pkt->len - ETH_HEADER) ||
	    !ipv4_cut_start(&cut, packet, &ip, mtu)) {
		STAT_INC(lane->drops->too_big);
		pkt_put(pkt);
		return;
	}
	while ((f = next_fragment(lane, &cut, pkt, mtu))) {
		STAT_INC(lane->stats.after);
		outbox_put(lane, o, f);
	}
	pkt_put(pkt);
}

/* What is clear is never longer than the wire takes, but where it takes
 * superpackets. */
static bool is_oversize(const struct pkt *pkt, unsigned int mtu)
{
	return pkt->len > ETH_HEADER + mtu && !gso_is_super(pkt) &&
	       get16(pkt_data(pkt) + ETH_HEADER - 2) == ETHERTYPE_IPV4;
}

void lane_send_pieces(struct lane *lane, const struct policy *p,
		      struct pkt **pkts, unsigned int n)
{
	unsigned int mtu = POLICY_READ(p->mtu);
	struct outbox o = { .n = 0 };

	for (unsigned int i = 0; i < n; i++) {
		if (is_oversize(pkts[i], mtu))
			cut_esp(lane, &o, pkts[i], mtu);
		else
			outbox_put(lane, &o, pkts[i]);
	}
	if (o.n)
		lane->wire->ops->tx(lane->wire, o.pkts, o.n);
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
