/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_pull_message.h"

#include <stdlib.h>

#include "base/mem.h"
#include "gdoi/gdoi_gap.h"
#include "gdoi/gdoi_id.h"
#include "gdoi/gdoi_kd.h"
#include "gdoi/gdoi_sa.h"
#include "gdoi/gdoi_seq.h"

enum { FORM_MAX = 4 };

/* Which payloads a message must have, each once, and which it may. */
struct form {
	uint8_t need[FORM_MAX], may[FORM_MAX];
};

/* RFC 6407 3.2 */
static const struct form forms[] = {
	{ .need = { ISAKMP_HASH, ISAKMP_NONCE, ISAKMP_ID } },
	{ .need = { ISAKMP_HASH, ISAKMP_NONCE, ISAKMP_SA } },
	{ .need = { ISAKMP_HASH }, .may = { ISAKMP_GAP } },
	{ .need = { ISAKMP_HASH, ISAKMP_KD }, .may = { ISAKMP_SEQ } },
};

static unsigned int count(const struct isakmp_message *m, uint8_t type)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < m->n; i++)
		n += m->payloads[i].type == type;
	return n;
}

static struct isakmp_fault check_form(const struct isakmp_message *m,
				      unsigned int number)
{
	const struct form *form = &forms[number - 1];
	size_t known = 0, i;
	unsigned int n;

	for (i = 0; i < FORM_MAX && form->need[i]; i++) {
		n = count(m, form->need[i]);
		if (n != 1)
			return ISAKMP_FAULT(PAYLOAD_MALFORMED,
					    "a payload is missing or there "
					    "twice");
		known += n;
	}
	for (i = 0; i < FORM_MAX && form->may[i]; i++) {
		n = count(m, form->may[i]);
		if (n > 1)
			return ISAKMP_FAULT(PAYLOAD_MALFORMED,
					    "a payload is there twice");
		known += n;
	}
	/* KE, CERT and POP of RFC 3547 end here, too. */
	if (known != m->n)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "a payload does not belong there");
	return ISAKMP_OK;
}

static struct rd body_of(const struct isakmp_message *m, uint8_t type)
{
	return isakmp_find(m, type)->body;
}

size_t gdoi_prefix(const struct gdoi_nonces *nonces, uint8_t *out)
{
	struct wr w = wr_init(out, GDOI_PREFIX_MAX);

	wr_bytes(&w, nonces->i.data, nonces->i.len);
	wr_bytes(&w, nonces->r.data, nonces->r.len);
	return wr_at(&w);
}

bool gdoi_nonce_is(const struct gdoi_nonce *nonce, struct rd octets)
{
	size_t len = rd_left(&octets);
	const uint8_t *p = rd_bytes(&octets, len);

	return nonce->len && len == nonce->len &&
	       bytes_equal(p, nonce->data, len);
}

static struct isakmp_fault read_nonce(struct rd body, struct gdoi_nonce *out)
{
	size_t len = rd_left(&body);

	if (len < GDOI_NONCE_MIN || len > GDOI_NONCE_MAX)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "nonce is too short or too long");
	rd_copy(&body, out->data, len);
	out->len = len;
	return ISAKMP_OK;
}

static void write_nonce(struct wr *w, uint8_t next,
			const struct gdoi_nonce *nonce)
{
	size_t begin = isakmp_payload_begin(w, next);

	wr_bytes(w, nonce->data, nonce->len);
	isakmp_payload_end(w, begin);
}

struct isakmp_fault gdoi_pull_1_read(const struct isakmp_message *m,
				     struct gdoi_nonce *ni, struct gdoi_id *id)
{
	struct isakmp_fault fault = check_form(m, 1);

	if (!fault.notify)
		fault = read_nonce(body_of(m, ISAKMP_NONCE), ni);
	if (!fault.notify)
		fault = gdoi_id_parse(body_of(m, ISAKMP_ID), id);
	return fault;
}

uint8_t gdoi_pull_1_write(struct wr *w, const struct gdoi_nonce *ni,
			  const struct gdoi_id *id)
{
	write_nonce(w, ISAKMP_ID, ni);
	gdoi_id_write(w, ISAKMP_NONE, id);
	return ISAKMP_NONCE;
}

struct isakmp_fault gdoi_pull_2_read(const struct isakmp_message *m,
				     bool extensions, struct gdoi_nonce *nr,
				     struct gdoi_policy **policy)
{
	struct isakmp_fault fault = check_form(m, 2);
	struct gdoi_sa sa;

	if (!fault.notify)
		fault = read_nonce(body_of(m, ISAKMP_NONCE), nr);
	if (fault.notify)
		return fault;
	fault = gdoi_sa_parse(body_of(m, ISAKMP_SA), extensions, &sa);
	if (!fault.notify)
		fault = gdoi_sa_to_policy(&sa, extensions, policy);
	gdoi_sa_fini(&sa);
	return fault;
}

uint8_t gdoi_pull_2_write(struct wr *w, const struct gdoi_nonce *nr,
			  const struct gdoi_policy *policy, bool extensions)
{
	struct gdoi_sa sa;
	bool ok = gdoi_sa_from_policy(policy, extensions, &sa);

	write_nonce(w, ISAKMP_SA, nr);
	if (ok)
		gdoi_sa_write(w, ISAKMP_NONE, &sa);
	gdoi_sa_fini(&sa);
	return ok ? ISAKMP_NONCE : ISAKMP_NONE;
}

struct isakmp_fault gdoi_pull_3_read(const struct isakmp_message *m,
				     bool extensions, unsigned int *sids_wanted)
{
	struct isakmp_fault fault = check_form(m, 3);
	struct gdoi_gap gap = { 0 };

	*sids_wanted = 0;
	if (!fault.notify && isakmp_find(m, ISAKMP_GAP))
		fault = gdoi_gap_parse(body_of(m, ISAKMP_GAP), extensions,
				       &gap);
	if (!fault.notify)
		*sids_wanted = gap.sids_wanted;
	return fault;
}

uint8_t gdoi_pull_3_write(struct wr *w, unsigned int sids_wanted)
{
	const struct gdoi_gap gap = { .sids_wanted = (uint16_t)sids_wanted };

	if (!sids_wanted)
		return ISAKMP_NONE;
	gdoi_gap_write(w, ISAKMP_NONE, &gap);
	return ISAKMP_GAP;
}

/* RFC 6407 3.2: no SEQ is needed when no PUSH was sent yet, and none may be
 * there when there will be no PUSH. */
static struct isakmp_fault read_seq(const struct isakmp_message *m,
				    struct gdoi_policy *policy)
{
	policy->seq = 0;
	if (!isakmp_find(m, ISAKMP_SEQ))
		return ISAKMP_OK;
	if (!policy->has_kek)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED, "SEQ without a KEK");
	return gdoi_seq_parse(body_of(m, ISAKMP_SEQ), &policy->seq);
}

struct isakmp_fault gdoi_pull_4_read(const struct isakmp_message *m,
				     struct gdoi_policy *policy)
{
	struct isakmp_fault fault = check_form(m, 4);
	struct gdoi_kd *kd;

	if (!fault.notify)
		fault = read_seq(m, policy);
	if (fault.notify)
		return fault;
	kd = xcalloc(1, sizeof(*kd));
	fault = gdoi_kd_parse(body_of(m, ISAKMP_KD), kd);
	if (!fault.notify)
		fault = gdoi_kd_apply(kd, true, policy);
	free(kd);
	return fault;
}

uint8_t gdoi_pull_4_write(struct wr *w, const struct gdoi_policy *policy)
{
	if (policy->has_kek)
		gdoi_seq_write(w, ISAKMP_KD, policy->seq);
	gdoi_kd_write(w, ISAKMP_NONE, policy);
	return policy->has_kek ? ISAKMP_SEQ : ISAKMP_KD;
}
