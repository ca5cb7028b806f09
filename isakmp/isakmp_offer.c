/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SA payload of main mode: offering policies, choosing one, answering. */
#include "isakmp/isakmp_policy.h"

#include <string.h>

#include "base/mem.h"
#include "isakmp/isakmp_dh.h"

enum {
	PROTO_ISAKMP = 1,  /* RFC 2407 4.4.1 */
	KEY_IKE = 1,	   /* RFC 2407 4.4.2 */
	SIT_IDENTITY = 1,  /* RFC 2407 4.2 */
	LIFE_SECONDS = 1,  /* RFC 2409 appendix A */
	MAX_OFFERED = 40,  /* transforms we offer at most */
	MAX_COPIED = 1024, /* octets of a transform that we would copy */
};

/* RFC 2409 appendix A */
enum attribute {
	A_ENCR = 1,
	A_HASH = 2,
	A_AUTH = 3,
	A_GROUP = 4,
	A_LIFE_TYPE = 11,
	A_LIFE = 12,
	A_KEY_LENGTH = 14,
};

/* What this program can do with its own hands (no certificates). */
static bool usable(const struct isakmp_proposal *p)
{
	return p->auth == ISAKMP_AUTH_PSK && isakmp_hash_len(p->hash) &&
	       isakmp_dh_public_len(p->group) &&
	       isakmp_cipher_key_len(p->encr, p->key_bits);
}

/* The i-th of ours, by priority; NULL after the last. */
static const struct isakmp_proposal *ours(const struct isakmp_policies *all,
					  size_t i)
{
	const struct isakmp_policy *policy = LIST_FIRST(&all->list);

	if (!policy && !all->no_defaults)
		return i < ISAKMP_N_BUILT_IN ? &isakmp_built_in[i] : NULL;
	while (policy && i--)
		policy = LIST_NEXT(policy, entry);
	return policy ? &policy->p : NULL;
}

static void transform_write(struct wr *w, const struct isakmp_proposal *p,
			    uint8_t number, bool last)
{
	size_t begin =
		isakmp_payload_begin(w, last ? ISAKMP_NONE : ISAKMP_TRANSFORM);

	wr_u8(w, number);
	wr_u8(w, KEY_IKE);
	wr_u16(w, 0);
	isakmp_attribute_tv(w, A_ENCR, (uint16_t)p->encr);
	if (p->encr == ISAKMP_ENCR_AES)
		isakmp_attribute_tv(w, A_KEY_LENGTH, (uint16_t)p->key_bits);
	isakmp_attribute_tv(w, A_HASH, (uint16_t)p->hash);
	isakmp_attribute_tv(w, A_GROUP, (uint16_t)p->group);
	isakmp_attribute_tv(w, A_AUTH, (uint16_t)p->auth);
	isakmp_attribute_tv(w, A_LIFE_TYPE, LIFE_SECONDS);
	isakmp_attribute_u32_tlv(w, A_LIFE, p->lifetime);
	isakmp_payload_end(w, begin);
}

static size_t collect(const struct isakmp_policies *all,
		      const struct isakmp_proposal **out)
{
	const struct isakmp_proposal *p;
	size_t n = 0;
	size_t i;

	for (i = 0; (p = ours(all, i)) && n < MAX_OFFERED; i++)
		if (usable(p))
			out[n++] = p;
	return n;
}

static size_t proposal_begin(struct wr *w, uint8_t number, size_t n)
{
	size_t begin = isakmp_payload_begin(w, ISAKMP_NONE);

	wr_u8(w, number);
	wr_u8(w, PROTO_ISAKMP);
	wr_u8(w, 0); /* no SPI: the cookies are it */
	wr_u8(w, (uint8_t)n);
	return begin;
}

bool isakmp_offer_write(const struct isakmp_policies *all, struct wr *w)
{
	const struct isakmp_proposal *p[MAX_OFFERED];
	size_t n = collect(all, p);
	size_t begin;
	size_t i;

	if (!n)
		return false;
	wr_u32(w, GDOI_DOI);
	wr_u32(w, SIT_IDENTITY);
	begin = proposal_begin(w, 1, n);
	for (i = 0; i < n; i++)
		transform_write(w, p[i], (uint8_t)(i + 1), i + 1 == n);
	isakmp_payload_end(w, begin);
	return wr_ok(w);
}

/* Sets one field; false: it was there before, or does not fit. */
static bool set_once(unsigned int *seen, const struct isakmp_attribute *a,
		     uint32_t *out)
{
	unsigned int bit = 1u << (a->type & 31);

	if (*seen & bit)
		return false;
	*seen |= bit;
	return isakmp_attribute_u32(a, out);
}

/* Life in kilobytes is read over: there is no volume in phase 1. */
static bool take(struct isakmp_proposal *p, unsigned int *seen,
		 uint32_t *life_type, const struct isakmp_attribute *a)
{
	uint32_t life;

	switch (a->type) {
	case A_ENCR:
		return set_once(seen, a, &p->encr);
	case A_KEY_LENGTH:
		return set_once(seen, a, &p->key_bits);
	case A_HASH:
		return set_once(seen, a, &p->hash);
	case A_GROUP:
		return set_once(seen, a, &p->group);
	case A_AUTH:
		return set_once(seen, a, &p->auth);
	case A_LIFE_TYPE:
		return isakmp_attribute_u32(a, life_type);
	case A_LIFE:
		if (!isakmp_attribute_u32(a, &life))
			return false;
		if (*life_type == LIFE_SECONDS)
			p->lifetime = life;
		return true;
	default:
		return false;
	}
}

/* False: it is malformed, or holds what we do not know. */
static bool transform_read(struct rd r, struct isakmp_proposal *out)
{
	struct isakmp_attribute a;
	uint32_t life_type = 0;
	unsigned int seen = 0;

	*out = (struct isakmp_proposal){ 0 };
	(void)rd_u8(&r); /* number */
	if (rd_u8(&r) != KEY_IKE)
		return false;
	(void)rd_u16(&r);
	while (isakmp_attribute_next(&r, &a))
		if (!take(out, &seen, &life_type, &a))
			return false;
	return !r.bad;
}

static bool same(const struct isakmp_proposal *a,
		 const struct isakmp_proposal *b)
{
	return a->encr == b->encr && a->key_bits == b->key_bits &&
	       a->hash == b->hash && a->auth == b->auth && a->group == b->group;
}

/* Into the proposals of an SA payload's body. */
static bool sa_open(struct rd *r)
{
	uint32_t doi = rd_u32(r);
	uint32_t situation = rd_u32(r);

	return !r->bad && (doi == GDOI_DOI || doi == IPSEC_DOI) &&
	       situation <= SIT_IDENTITY;
}

/* Into the transforms of a proposal's body. */
static bool proposal_open(struct rd *r, uint8_t *number)
{
	uint8_t protocol;
	uint8_t spi_size;

	*number = rd_u8(r);
	protocol = rd_u8(r);
	spi_size = rd_u8(r);
	(void)rd_u8(r); /* number of transforms: the chain says it too */
	rd_skip(r, spi_size);
	return !r->bad && protocol == PROTO_ISAKMP;
}

/* The first transform of the proposal that want accepts. */
static bool search_proposal(struct rd body, const struct isakmp_proposal *want,
			    struct isakmp_proposal *got, struct rd *transform,
			    uint8_t *number)
{
	struct isakmp_message m;
	size_t i;

	if (!proposal_open(&body, number) ||
	    isakmp_chain_parse(body, ISAKMP_TRANSFORM, &m).notify)
		return false;
	for (i = 0; i < m.n; i++) {
		if (m.payloads[i].type != ISAKMP_TRANSFORM ||
		    m.payloads[i].raw_len > MAX_COPIED ||
		    !transform_read(m.payloads[i].body, got) ||
		    !same(want, got))
			continue;
		*transform = rd_init(m.payloads[i].raw, m.payloads[i].raw_len);
		return true;
	}
	return false;
}

static uint32_t shorter(uint32_t mine, uint32_t peers)
{
	return peers && peers < mine ? peers : mine;
}

/* want against all proposals of the offer. */
static bool search(const struct isakmp_message *offer,
		   const struct isakmp_proposal *want,
		   struct isakmp_proposal *chosen, struct rd *transform,
		   uint8_t *number)
{
	struct isakmp_proposal got;
	size_t i;

	for (i = 0; i < offer->n; i++) {
		if (offer->payloads[i].type != ISAKMP_PROPOSAL ||
		    !search_proposal(offer->payloads[i].body, want, &got,
				     transform, number))
			continue;
		*chosen = *want;
		chosen->lifetime = shorter(want->lifetime, got.lifetime);
		return true;
	}
	return false;
}

struct isakmp_fault isakmp_offer_choose(const struct isakmp_policies *all,
					struct rd body,
					struct isakmp_proposal *chosen,
					struct rd *transform, uint8_t *number)
{
	const struct isakmp_proposal *want;
	struct isakmp_message offer;
	struct isakmp_fault fault;
	size_t i;

	if (!sa_open(&body))
		return ISAKMP_FAULT(DOI_NOT_SUPPORTED,
				    "SA payload of another DOI or situation");
	fault = isakmp_chain_parse(body, ISAKMP_PROPOSAL, &offer);
	if (fault.notify)
		return fault;
	for (i = 0; (want = ours(all, i)); i++)
		if (usable(want) &&
		    search(&offer, want, chosen, transform, number))
			return ISAKMP_OK;
	return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
			    "no offered policy is one of ours");
}

void isakmp_answer_write(struct wr *w, struct rd offer, struct rd transform,
			 uint8_t number)
{
	size_t begin;

	wr_bytes(w, rd_bytes(&offer, 8), 8); /* DOI, situation */
	begin = proposal_begin(w, number, 1);
	/* The transform as it came, but the last of its chain now. */
	(void)rd_u8(&transform);
	wr_u8(w, ISAKMP_NONE);
	wr_bytes(w, transform.p, rd_left(&transform));
	isakmp_payload_end(w, begin);
}

static struct isakmp_fault bad_answer(void)
{
	return ISAKMP_FAULT(BAD_PROPOSAL_SYNTAX,
			    "the answer is not one transform of our offer");
}

struct isakmp_fault isakmp_answer_read(const struct isakmp_policies *all,
				       struct rd body,
				       struct isakmp_proposal *chosen)
{
	const struct isakmp_proposal *p[MAX_OFFERED];
	size_t n = collect(all, p);
	struct isakmp_message m;
	uint8_t number;
	size_t i;

	if (!sa_open(&body) ||
	    isakmp_chain_parse(body, ISAKMP_PROPOSAL, &m).notify || m.n != 1 ||
	    m.payloads[0].type != ISAKMP_PROPOSAL)
		return bad_answer();
	body = m.payloads[0].body;
	if (!proposal_open(&body, &number) ||
	    isakmp_chain_parse(body, ISAKMP_TRANSFORM, &m).notify || m.n != 1)
		return bad_answer();
	body = m.payloads[0].body;
	for (i = 0; i < n; i++)
		if (transform_read(body, chosen) && same(p[i], chosen)) {
			chosen->lifetime =
				shorter(p[i]->lifetime, chosen->lifetime);
			return ISAKMP_OK;
		}
	return bad_answer();
}
