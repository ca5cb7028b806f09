/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing a group's keys for other key servers, and what goes with them. */
#include "ks/coop_state.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/coop_state_priv.h"
#include "ks/ks_policy.h"

/* --- writing --------------------------------------------------------------- */

static void write_life(struct wr *w, const struct ks_life *life)
{
	wr_u64(w, (uint64_t)life->born);
	wr_u32(w, life->seconds);
	wr_u32(w, life->override);
	wr_u64(w, life->override ? (uint64_t)life->cut_at : 0);
}

void coop_state_fingerprint(struct evp_pkey_st *pair,
			    uint8_t out[COOP_FINGERPRINT])
{
	const struct ks_kek kek = { .signer = pair };
	struct keybuf der = { 0 };

	memset(out, 0, COOP_FINGERPRINT);
	ks_kek_public_key(&kek, &der);
	if (der.len)
		SHA256(der.data, der.len, out);
	keybuf_free(&der);
}

static void write_kek(struct wr *w, const struct ks_kek *kek)
{
	uint8_t fingerprint[COOP_FINGERPRINT];

	coop_state_fingerprint(kek->signer, fingerprint);
	wr_u32(w, kek->number);
	wr_bytes(w, kek->spi, sizeof(kek->spi));
	wr_u8(w, (uint8_t)kek->cipher);
	wr_u16(w, (uint16_t)kek->key_bits);
	wr_bytes(w, kek->iv.data, kek->iv.len);
	wr_bytes(w, kek->key.data, kek->key.len);
	write_life(w, &kek->life);
	wr_u32(w, kek->seq);
	wr_u8(w, (uint8_t)kek->sig_hash);
	wr_bytes(w, fingerprint, sizeof(fingerprint));
	wr_u8(w, kek->unicast);
	wr_u32(w, ip_v4_host(&kek->dst.addr));
	wr_u16(w, kek->dst.port);
	wr_bytes(w, kek->ack, sizeof(kek->ack));
}

static void write_keks(struct wr *w, const struct ks_group *g)
{
	const struct ks_kek *kek;
	unsigned int n = 0;

	for (kek = g->kek; kek && n < COOP_STATE_KEKS; kek = kek->older)
		n++;
	wr_u16(w, (uint16_t)n);
	for (kek = g->kek; n--; kek = kek->older)
		write_kek(w, kek);
}

static void write_addr(struct wr *w, const struct ip_addr *addr)
{
	wr_bytes(w, addr->b, ip_size(addr));
}

static void write_ace(struct wr *w, const struct ace *ace)
{
	bool ipv6 = ace_family(ace) == IP_V6;

	wr_u8(w, (uint8_t)((ace->permit ? ACE_F_PERMIT : 0) |
			   (ace->log ? ACE_F_LOG : 0) |
			   (ace->log_input ? ACE_F_LOG_INPUT : 0) |
			   (ipv6 ? ACE_F_IPV6 : 0)));
	wr_u8(w, ace->protocol);
	write_addr(w, &ace->src);
	write_addr(w, &ace->src_wild);
	write_addr(w, &ace->dst);
	write_addr(w, &ace->dst_wild);
	wr_u8(w, ace->sport.op);
	wr_u16(w, ace->sport.lo);
	wr_u8(w, ace->dport.op);
	wr_u16(w, ace->dport.lo);
}

static void write_set(struct wr *w, const struct ks_tek_set *set)
{
	size_t i;

	wr_u8(w, (uint8_t)set->transform.cipher);
	wr_u16(w, (uint16_t)set->transform.key_bits);
	wr_u8(w, (uint8_t)set->transform.auth);
	wr_u8(w, set->transform.transport);
	write_life(w, &set->life);
	wr_u16(w, (uint16_t)set->n);
	for (i = 0; i < set->n; i++) {
		const struct ks_tek *tek = &set->teks[i];

		wr_u32(w, tek->spi);
		wr_bytes(w, tek->key.data, tek->key.len);
		wr_bytes(w, tek->auth_key.data, tek->auth_key.len);
		wr_u8(w, tek->per_ace);
		if (tek->per_ace)
			write_ace(w, &tek->ace);
	}
}

static void write_sa(struct wr *w, const struct ks_sa *sa)
{
	const struct ks_tek_set *set;
	unsigned int window, n = 0;
	enum ks_replay replay = ks_sa_replay(sa, &window);
	size_t i;

	wr_u32(w, sa->number);
	wr_u8(w, (uint8_t)replay);
	wr_u32(w, window);
	wr_u16(w, (uint16_t)sa->n_given);
	for (i = 0; i < sa->n_given; i++)
		write_ace(w, &sa->given[i]);
	TAILQ_FOREACH (set, &sa->sets, entry)
		n++;
	wr_u16(w, (uint16_t)n);
	TAILQ_FOREACH (set, &sa->sets, entry)
		write_set(w, set);
}

void coop_state_write(struct wr *w, const struct ks_group *g)
{
	const char *policy = g->policy_given ? g->policy_given : "";
	const struct ks_sa *sa;
	uint16_t n = 0;

	wr_u32(w, g->keks_made);
	wr_u64(w, (uint64_t)g->synced_at);
	write_keks(w, g);
	TAILQ_FOREACH (sa, &g->sas, entry)
		n++;
	wr_u16(w, n);
	TAILQ_FOREACH (sa, &g->sas, entry)
		write_sa(w, sa);
	wr_u32(w, (uint32_t)strlen(policy));
	wr_bytes(w, policy, strlen(policy));
	coop_drops_write(w, g);
}

/* --- the end of one ---------------------------------------------------------- */

static void free_sa(struct coop_state_sa *sa)
{
	struct ks_tek_set *set;

	while ((set = TAILQ_FIRST(&sa->sets))) {
		TAILQ_REMOVE(&sa->sets, set, entry);
		ks_tek_set_free(set);
	}
	free(sa->given);
}

void coop_state_free(struct coop_state *state)
{
	size_t i;

	if (!state)
		return;
	ks_kek_free_all(state->kek);
	for (i = 0; i < state->n_sas; i++)
		free_sa(&state->sas[i]);
	free(state->sas);
	free(state->policy_given);
	free(state);
}

/* --- sequence numbers --------------------------------------------------------- */

void coop_state_jump(struct ks_group *g)
{
	struct ks_kek *kek;

	for (kek = g->kek; kek; kek = kek->older) {
		if (kek->seq < UINT32_MAX - COOP_SEQ_JUMP)
			kek->seq += COOP_SEQ_JUMP;
	}
}

uint32_t coop_state_kek_spi(const struct ks_kek *kek)
{
	struct rd r = rd_init(kek->spi, sizeof(kek->spi));

	return rd_u32(&r);
}
