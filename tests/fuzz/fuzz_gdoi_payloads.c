/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GDOI payloads as they stand after decryption.  The first octet chooses the
 * parser; the second, for what needs one, the policy that came before.  What
 * is accepted must come out the same when it is written and read again. */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_gap.h"
#include "gdoi/gdoi_id.h"
#include "gdoi/gdoi_kd.h"
#include "gdoi/gdoi_pull_message.h"
#include "gdoi/gdoi_rsa.h"
#include "gdoi/gdoi_sa.h"
#include "gdoi/gdoi_sak.h"
#include "gdoi/gdoi_seq.h"
#include "gdoi/gdoi_vendor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static struct rd written(const struct wr *w)
{
	must(wr_ok(w));
	return rd_init(w->buf + ISAKMP_GENERIC_SIZE,
		       wr_at(w) - ISAKMP_GENERIC_SIZE);
}

static void try_id(struct rd body, struct wr *w)
{
	struct gdoi_id id, again;

	if (gdoi_id_parse(body, &id).notify)
		return;
	gdoi_id_write(w, ISAKMP_NONE, &id);
	must(!gdoi_id_parse(written(w), &again).notify);
	must(gdoi_id_equal(&id, &again));
}

static void try_seq(struct rd body, struct wr *w)
{
	uint32_t number, again;

	if (gdoi_seq_parse(body, &number).notify)
		return;
	gdoi_seq_write(w, ISAKMP_NONE, number);
	must(!gdoi_seq_parse(written(w), &again).notify && number == again);
}

static void try_gap(struct rd body, struct wr *w)
{
	struct gdoi_gap gap, again;

	if (gdoi_gap_parse(body, true, &gap).notify)
		return;
	gdoi_gap_write(w, ISAKMP_NONE, &gap);
	must(!gdoi_gap_parse(written(w), true, &again).notify);
	must(gap.atd == again.atd && gap.tbar == again.tbar &&
	     gap.pseudotime == again.pseudotime);
}

static void try_sak(struct rd body, struct wr *w)
{
	struct gdoi_kek kek, again;

	if (gdoi_sak_parse(body, &kek).notify)
		return;
	gdoi_sak_write(w, ISAKMP_NONE, &kek);
	must(!gdoi_sak_parse(written(w), &again).notify);
	must(kek.cipher == again.cipher && kek.lifetime == again.lifetime &&
	     endpoint_equal(&kek.dst, &again.dst));
}

static void try_sat(struct rd body, struct wr *w)
{
	struct gdoi_sat sat, again;
	struct ace ace;

	if (gdoi_sat_parse(body, true, &sat).notify)
		return;
	gdoi_sat_write(w, ISAKMP_NONE, &sat);
	must(!gdoi_sat_parse(written(w), true, &again).notify);
	must(gdoi_sat_same_selectors(&sat, &again) && sat.spi == again.spi);
	if (gdoi_sat_to_ace(&sat, &ace))
		must(gdoi_sat_from_ace(&ace, &again) &&
		     gdoi_sat_same_selectors(&sat, &again));
}

/* A policy that was read can be told to others. */
static void try_sa(struct rd body, struct wr *w)
{
	struct gdoi_policy *policy = NULL, *again = NULL;
	struct gdoi_sa sa, out;

	if (!gdoi_sa_parse(body, true, &sa).notify &&
	    !gdoi_sa_to_policy(&sa, true, &policy).notify) {
		must(gdoi_sa_from_policy(policy, true, &out));
		gdoi_sa_write(w, ISAKMP_NONE, &out);
		gdoi_sa_fini(&out);
		if (wr_ok(w)) {
			must(!gdoi_sa_parse(written(w), true, &out).notify);
			must(!gdoi_sa_to_policy(&out, true, &again).notify);
			must(policy->n_rules == again->n_rules &&
			     policy->n_teks == again->n_teks);
			gdoi_sa_fini(&out);
		}
	}
	gdoi_sa_fini(&sa);
	gdoi_policy_free(policy);
	gdoi_policy_free(again);
}

/* OpenSSL reads the same key in it. */
static void try_rsa(struct rd body, struct wr *w)
{
	struct keybuf spki = { 0 };
	EVP_PKEY *ours, *theirs;
	const uint8_t *p;
	unsigned int bits;

	(void)w;
	if (gdoi_rsa_read(body, &spki, &bits).notify)
		return;
	p = spki.data;
	ours = gdoi_rsa_key(&spki);
	theirs = d2i_PUBKEY(NULL, &p, (long)spki.len);
	must(ours && theirs && EVP_PKEY_eq(ours, theirs) == 1);
	must((unsigned int)EVP_PKEY_get_bits(ours) == bits);
	EVP_PKEY_free(ours);
	EVP_PKEY_free(theirs);
	keybuf_free(&spki);
}

static void try_vendor(struct rd body, struct wr *w)
{
	char version[GDOI_VERSION_TEXT];

	(void)w;
	must(gdoi_vendor_parse(body, version) == (version[0] != '\0'));
}

/* Policies whose keys the input may bring: the SPIs are small, so that the
 * fuzzer finds them. */
static struct gdoi_policy *expected(uint8_t choice)
{
	static const struct esp_transform transforms[] = {
		{ ESP_AES_CBC, 128, ESP_AUTH_SHA1, false },
		{ ESP_AES_GCM, 128, ESP_AUTH_NONE, false },
		{ ESP_NULL, 0, ESP_AUTH_SHA256, false },
		{ ESP_3DES_CBC, 0, ESP_AUTH_MD5, false },
	};
	struct gdoi_policy *policy = gdoi_policy_new();
	size_t i;

	policy->n_teks = choice & 3;
	policy->teks = xcalloc(4, sizeof(*policy->teks));
	for (i = 0; i < policy->n_teks; i++) {
		policy->teks[i].spi = 0x100 + (uint32_t)i;
		policy->teks[i].transform = transforms[choice >> 2 & 3];
	}
	policy->has_kek = choice & 16;
	policy->kek.cipher = choice & 32 ? GDOI_KEK_AES : GDOI_KEK_3DES;
	policy->kek.key_bits = choice & 32 ? 128 : 192;
	return policy;
}

static void try_kd(struct rd body, struct wr *w)
{
	struct gdoi_policy *policy = expected(rd_u8(&body));
	struct gdoi_kd *kd = xcalloc(1, sizeof(*kd));

	if (!gdoi_kd_parse(body, kd).notify &&
	    !gdoi_kd_apply(kd, true, policy).notify) {
		gdoi_kd_write(w, ISAKMP_NONE, policy);
		must(!gdoi_kd_parse(written(w), kd).notify);
		must(!gdoi_kd_apply(kd, true, policy).notify);
	}
	free(kd);
	gdoi_policy_free(policy);
}

/* A whole message from its HASH on. */
static void try_message(struct rd body, struct wr *w)
{
	uint8_t choice = rd_u8(&body);
	struct gdoi_policy *policy = NULL, *keys = expected(choice);
	struct isakmp_message m = { 0 };
	struct gdoi_nonce nonce;
	struct gdoi_id id;
	unsigned int sids;
	bool extensions = choice & 64;

	(void)w;
	if (!isakmp_chain_parse(body, ISAKMP_HASH, &m).notify) {
		must(gdoi_pull_1_read(&m, &nonce, &id).notify ||
		     nonce.len >= GDOI_NONCE_MIN);
		must(gdoi_pull_2_read(&m, extensions, &nonce, &policy).notify ||
		     policy);
		must(gdoi_pull_3_read(&m, extensions, &sids).notify ||
		     sids <= UINT16_MAX);
		must(gdoi_pull_4_read(&m, keys).notify || !keys->n_teks ||
		     keys->teks[0].key.len || keys->teks[0].auth_key.len);
	}
	gdoi_policy_free(policy);
	gdoi_policy_free(keys);
}

static void (*const tries[])(struct rd body, struct wr *w) = {
	try_id, try_seq, try_gap, try_sak,    try_sat,
	try_sa, try_kd,	 try_rsa, try_vendor, try_message,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t buf[GDOI_BODY_MAX];
	struct wr w = wr_init(buf, sizeof(buf));

	if (size == 0)
		return 0;
	tries[data[0] % ARRAY_SIZE(tries)](rd_init(data + 1, size - 1), &w);
	return 0;
}
