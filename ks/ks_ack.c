/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_ack.h"

#include <string.h>

#include "gdoi/gdoi_ack.h"
#include "gdoi/gdoi_debug.h"
#include "ks/coop.h"
#include "ks/ks_delivery.h"
#include "ks/ks_msg.h"
#include "ks/ks_policy.h"

bool ks_ack_affordable(struct ks *ks)
{
	int64_t now = env_now(ks->env);
	int64_t elapsed = now - ks->ack_tokens_at;
	int64_t more = elapsed >= SEC(1)
			       ? KS_ACK_CHECKS
			       : elapsed * KS_ACK_CHECKS_PER_S / US_PER_SEC;

	if (more > 0) {
		ks->ack_tokens_at = now;
		more += ks->ack_tokens;
		ks->ack_tokens = more < KS_ACK_CHECKS ? (unsigned int)more
						      : KS_ACK_CHECKS;
	}
	if (!ks->ack_tokens)
		return false;
	ks->ack_tokens--;
	return true;
}

/* After the retransmissions a late one is as good: the member has the keys.
 * No KEK is made without a rekey, so the last rekey gave the newest. */
static enum ks_ack_result take_late(struct ks_group *g, struct ks_member *m,
				    const struct ks_kek *kek, uint32_t seq)
{
	if (g->delivery || !seq || m->answered || m->kek != kek->number ||
	    m->seq_sent[KS_SEQ_HISTORY - 1] != seq)
		return KS_ACK_AGAIN;
	ks_member_acked(m, seq, env_now(g->ks->env));
	ks_member_holds(m, g->kek->number, g->kek->ack);
	coop_member_changed(g, m);
	return KS_ACK_TAKEN;
}

/* No delivery waits for it.  What the network repeated is no attack. */
static enum ks_ack_result late(struct ks_group *g, const uint8_t *spi,
			       const struct ip_addr *from, struct rd datagram)
{
	struct ks_member *m = ks_members_find(&g->members, from);
	struct ks_kek *kek = ks_kek_find_spi(g->kek, spi);
	struct gdoi_kek keys = { 0 };
	struct ip_addr member;
	uint32_t seq;
	bool genuine;

	if (!kek || !m || !kek->ack[m->extensions])
		return KS_ACK_UNKNOWN;
	if (m->answered && m->late_acks >= KS_ACKS_MAX)
		return m->late_acks++ == KS_ACKS_MAX ? KS_ACK_FLOOD
						     : KS_ACK_IGNORED;
	if (!ks_ack_affordable(g->ks))
		return KS_ACK_IGNORED;
	m->late_acks += m->answered;
	ks_policy_kek(g, kek, m->extensions, &keys);
	genuine = gdoi_ack_read(&keys, datagram, &seq, &member) &&
		  ip_equal(&member, from);
	keybuf_free(&keys.iv);
	keybuf_free(&keys.key);
	keybuf_free(&keys.pubkey);
	return genuine ? take_late(g, m, kek, seq) : KS_ACK_FORGED;
}

static enum ks_ack_result try_group(struct ks_group *g, const uint8_t *spi,
				    const struct ip_addr *from,
				    struct rd datagram)
{
	enum ks_ack_result result = ks_delivery_ack(g, spi, from, datagram);

	return result == KS_ACK_UNKNOWN ? late(g, spi, from, datagram) : result;
}

/* Rate-limited: whoever can send a datagram can cause it. */
static void tell(struct ks *ks, struct ks_group *g, const struct ip_addr *from,
		 enum ks_ack_result result)
{
	const char *group = g ? g->group->name : NULL;
	char text[IP_ADDR_TEXT];

	ip_text(from, text);
	switch (result) {
	case KS_ACK_TAKEN:
	case KS_ACK_IGNORED:
		return;
	case KS_ACK_AGAIN:
		gdoi_debug(ks->config.groups, KS_REKEY, DETAIL, group, from,
			   "an acknowledgement came again");
		return;
	case KS_ACK_UNKNOWN:
		if (ks_may_log(ks))
			env_event(ks->env, KS_UNSOL_ACK, text,
				  "nothing was sent that it could be of");
		return;
	case KS_ACK_FORGED:
		if (ks_may_log(ks))
			env_event(ks->env, KS_UNSOL_ACK, text,
				  "it is not genuine");
		return;
	case KS_ACK_FLOOD:
		if (ks_may_log(ks))
			env_event(ks->env, KS_BLACKHOLE_ACK, text, group);
		return;
	}
}

static void ack_in(void *arg, const struct endpoint *local,
		   const struct endpoint *remote,
		   const struct isakmp_header *header, struct rd datagram)
{
	enum ks_ack_result result = KS_ACK_UNKNOWN;
	struct ks_group *g = NULL;
	struct ks *ks = arg;
	uint8_t spi[16];

	(void)local;
	memcpy(spi, header->icookie, 8);
	memcpy(spi + 8, header->rcookie, 8);
	while (result == KS_ACK_UNKNOWN && (g = ks_group_next(ks, g)))
		result = try_group(g, spi, &remote->addr, datagram);
	if (result == KS_ACK_UNKNOWN || result == KS_ACK_FORGED)
		ks->acks_unexpected++;
	/* It was no part of a flood. */
	if (result == KS_ACK_TAKEN)
		ks->ack_tokens++;
	tell(ks, g, &remote->addr, result);
}

void ks_ack_init(struct ks *ks)
{
	isakmp_serve_raw(ks->config.isakmp, ISAKMP_GROUPKEY_PUSH_ACK, ack_in,
			 ks);
}

void ks_ack_fini(struct ks *ks)
{
	isakmp_serve_raw(ks->config.isakmp, ISAKMP_GROUPKEY_PUSH_ACK, NULL,
			 NULL);
}
