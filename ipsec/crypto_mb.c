/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The crypto backend of intel-ipsec-mb.  Key schedules are read only once
 * made; managers change while they work, so each worker has its own pair:
 * one for short bursts, where the wide registers of the other cost more than
 * they gain, and one for long ones, which is as slow as its longest packet.
 *
 * A burst goes through cipher and hash one after the other, all packets at
 * once (bench/crypto: up to a seventh faster than a queue of jobs); what the
 * library has no burst function for goes as jobs.  GCM takes its packets one
 * by one and needs no company. */
#include "ipsec/crypto_mb.h"

#include <stdlib.h>
#include <string.h>

#include "ipsec/esp_format.h"

enum mb_limits {
	MB_EXTRA = 100, /* what the work around a packet costs, in octets */
	/* Packets are sorted by length into buckets. */
	MB_BUCKETS = 64,
	MB_BUCKET = 32, /* octets */
};

struct managers {
	IMB_MGR *brief, *full;
	IMB_JOB jobs[CRYPTO_BURST];
};

struct mb_crypto {
	struct crypto base;
	IMB_MGR *setup; /* the control thread's, for key schedules */
	struct managers *workers;
	unsigned int n;
};

static bool usable(void)
{
	IMB_MGR *m = alloc_mb_mgr(0);
	bool ok;

	if (!m)
		return false;
	init_mb_mgr_auto(m, NULL);
	ok = imb_get_errno(m) == 0;
	free_mb_mgr(m);
	return ok;
}

static IMB_MGR *manager(bool brief)
{
	IMB_MGR *m = alloc_mb_mgr(0);

	if (!m)
		return NULL;
	if (brief)
		init_mb_mgr_sse(m);
	else
		init_mb_mgr_auto(m, NULL);
	if (imb_get_errno(m) == 0)
		return m;
	free_mb_mgr(m);
	return NULL;
}

static void manager_free(IMB_MGR *m)
{
	if (m)
		free_mb_mgr(m);
}

static void destroy(struct crypto *base)
{
	struct mb_crypto *c = (struct mb_crypto *)base;

	for (unsigned int i = 0; i < c->n; i++) {
		manager_free(c->workers[i].brief);
		manager_free(c->workers[i].full);
	}
	manager_free(c->setup);
	free(c->workers);
	free(c);
}

static struct crypto *create(unsigned int workers)
{
	struct mb_crypto *c = xcalloc(1, sizeof(*c));
	bool ok;

	c->n = workers;
	c->workers = xcalloc(workers, sizeof(*c->workers));
	c->setup = manager(false);
	ok = c->setup != NULL;
	for (unsigned int i = 0; ok && i < workers; i++) {
		c->workers[i].brief = manager(true);
		c->workers[i].full = manager(false);
		ok = c->workers[i].brief && c->workers[i].full;
	}
	if (ok)
		return &c->base;
	destroy(&c->base);
	return NULL;
}

static struct crypto_sa *sa_create(struct crypto *base,
				   const struct esp_transform *t,
				   const uint8_t *key, const uint8_t *auth_key)
{
	struct mb_crypto *c = (struct mb_crypto *)base;
	struct mb_sa *sa;
	void *memory;

	if (posix_memalign(&memory, 64, sizeof(*sa)) != 0)
		return NULL;
	memset(memory, 0, sizeof(*sa));
	sa = memory;
	mb_sa_init(sa, c->setup, t, key, auth_key);
	return &sa->base;
}

static void sa_destroy(struct crypto_sa *base)
{
	struct mb_sa *sa = mb_sa_of(base);

	bytes_wipe(sa, sizeof(*sa));
	free(sa);
}

static void gcm(const struct mb_sa *sa, bool encrypt, struct crypto_op *op)
{
	bool gmac = sa->base.transform.cipher == ESP_AES_GMAC;
	size_t head = gmac ? op->len : (size_t)ESP_HEADER + sa->base.iv;
	uint8_t *payload = op->esp + head, *icv = op->esp + op->len;
	uint8_t nonce[CRYPTO_SALT + 8], tag[16];
	struct gcm_context_data ctx;

	memcpy(nonce, sa->salt, CRYPTO_SALT);
	memcpy(nonce + CRYPTO_SALT, op->esp + ESP_HEADER, 8);
	(encrypt ? sa->gcm_enc : sa->gcm_dec)(
		&sa->gcm, &ctx, payload, payload, op->len - head, nonce,
		op->esp, gmac ? op->len : (size_t)ESP_HEADER, tag, sizeof(tag));
	op->ok = encrypt || bytes_equal(tag, icv, sizeof(tag));
	if (encrypt)
		memcpy(icv, tag, sizeof(tag));
}

static void fill(IMB_JOB *job, const struct mb_sa *sa, struct crypto_op *op,
		 uint8_t *tag)
{
	uint32_t head = ESP_HEADER + sa->base.iv;

	*job = sa->job;
	job->src = op->esp;
	job->dst = op->esp + head;
	job->msg_len_to_cipher_in_bytes = op->len - head;
	job->msg_len_to_hash_in_bytes = op->len;
	job->iv = op->esp + ESP_HEADER;
	job->auth_tag_output = tag;
	job->user_data = op;
}

#ifdef IMB_SUBMIT_HASH_BURST_NOCHECK
static bool cipher_burst(IMB_MGR *m, const struct mb_sa *sa, bool encrypt,
			 IMB_JOB *jobs, uint32_t n)
{
	return sa->job.cipher_mode == IMB_CIPHER_NULL ||
	       IMB_SUBMIT_CIPHER_BURST_NOCHECK(m, jobs, n, sa->job.cipher_mode,
					       encrypt ? IMB_DIR_ENCRYPT
						       : IMB_DIR_DECRYPT,
					       sa->key_len) == n;
}

static bool hash_burst(IMB_MGR *m, const struct mb_sa *sa, IMB_JOB *jobs,
		       uint32_t n)
{
	return sa->job.hash_alg == IMB_AUTH_NULL ||
	       IMB_SUBMIT_HASH_BURST_NOCHECK(m, jobs, n, sa->job.hash_alg) == n;
}

static void run_burst(IMB_MGR *m, const struct mb_sa *sa, bool encrypt,
		      IMB_JOB *jobs, struct crypto_op *ops, uint32_t n)
{
	bool ok = encrypt ? cipher_burst(m, sa, encrypt, jobs, n) &&
				    hash_burst(m, sa, jobs, n)
			  : hash_burst(m, sa, jobs, n) &&
				    cipher_burst(m, sa, encrypt, jobs, n);

	for (uint32_t i = 0; i < n; i++)
		ops[i].ok = ok;
}
#endif

static void finish(const IMB_JOB *job)
{
	struct crypto_op *op = job->user_data;

	op->ok = job->status == IMB_STATUS_COMPLETED;
}

static void run_jobs(IMB_MGR *m, bool encrypt, const IMB_JOB *jobs, size_t n)
{
	IMB_JOB *job;

	for (size_t i = 0; i < n; i++) {
		job = IMB_GET_NEXT_JOB(m);
		*job = jobs[i];
		job->cipher_direction =
			encrypt ? IMB_DIR_ENCRYPT : IMB_DIR_DECRYPT;
		job->chain_order =
			encrypt ? IMB_ORDER_CIPHER_HASH : IMB_ORDER_HASH_CIPHER;
		for (job = IMB_SUBMIT_JOB(m); job;
		     job = IMB_GET_COMPLETED_JOB(m))
			finish(job);
	}
	while ((job = IMB_FLUSH_JOB(m)))
		finish(job);
}

struct shape {
	uint32_t sum, longest, shortest; /* octets */
};

static struct shape shape_of(const struct crypto_op *ops, size_t n)
{
	struct shape s = { .shortest = UINT32_MAX };

	for (size_t i = 0; i < n; i++) {
		s.sum += ops[i].len;
		s.longest = ops[i].len > s.longest ? ops[i].len : s.longest;
		s.shortest = ops[i].len < s.shortest ? ops[i].len : s.shortest;
	}
	return s;
}

static bool is_wide(const struct mb_sa *sa, const struct shape *s)
{
	return s->sum > sa->wide_from * (s->longest + MB_EXTRA);
}

static size_t bucket_of(const struct crypto_op *op)
{
	size_t b = op->len / MB_BUCKET;

	return MB_BUCKETS - 1 - (b < MB_BUCKETS ? b : MB_BUCKETS - 1);
}

/* The longest first: short ones then fill the lanes beside them, and no long
 * one is left to the end with all other lanes idle. */
static void sort(const struct crypto_op *ops, size_t n, uint8_t *order)
{
	uint8_t at[MB_BUCKETS + 1] = { 0 };

	for (size_t i = 0; i < n; i++)
		at[bucket_of(&ops[i]) + 1]++;
	for (size_t b = 1; b < MB_BUCKETS; b++)
		at[b] = (uint8_t)(at[b] + at[b - 1]);
	for (size_t i = 0; i < n; i++)
		order[at[bucket_of(&ops[i])]++] = (uint8_t)i;
}

/* tags: where the ICVs go; NULL: behind the packets. */
static void run(struct managers *w, const struct mb_sa *sa, bool encrypt,
		struct crypto_op *ops, size_t n,
		uint8_t (*tags)[CRYPTO_ICV_MAX])
{
	struct shape s = shape_of(ops, n);
	bool wide = is_wide(sa, &s);
	bool sorted = wide && s.longest - s.shortest >= MB_BUCKET;
	IMB_MGR *m = wide ? w->full : w->brief;
	uint8_t order[CRYPTO_BURST];

	if (sorted)
		sort(ops, n, order);
	for (size_t i = 0; i < n; i++) {
		size_t k = sorted ? order[i] : i;

		fill(&w->jobs[i], sa, &ops[k],
		     tags ? tags[k] : ops[k].esp + ops[k].len);
	}
#ifdef IMB_SUBMIT_HASH_BURST_NOCHECK
	if (sa->bursts) {
		run_burst(m, sa, encrypt, w->jobs, ops, (uint32_t)n);
		return;
	}
#endif
	run_jobs(m, encrypt, w->jobs, n);
}

static void encrypt(struct crypto *base, unsigned int worker,
		    struct crypto_sa *sa, struct crypto_op *ops, size_t n)
{
	struct managers *w = &((struct mb_crypto *)base)->workers[worker];
	const struct mb_sa *mb = mb_sa_of(sa);

	if (!esp_is_aead(&sa->transform)) {
		run(w, mb, true, ops, n, NULL);
		return;
	}
	for (size_t i = 0; i < n; i++)
		gcm(mb, true, &ops[i]);
}

static void decrypt(struct crypto *base, unsigned int worker,
		    struct crypto_sa *sa, struct crypto_op *ops, size_t n)
{
	struct managers *w = &((struct mb_crypto *)base)->workers[worker];
	uint8_t tags[CRYPTO_BURST][CRYPTO_ICV_MAX];
	const struct mb_sa *mb = mb_sa_of(sa);

	if (esp_is_aead(&sa->transform)) {
		for (size_t i = 0; i < n; i++)
			gcm(mb, false, &ops[i]);
		return;
	}
	run(w, mb, false, ops, n, tags);
	for (size_t i = 0; i < n; i++)
		ops[i].ok =
			ops[i].ok &&
			bytes_equal(tags[i], ops[i].esp + ops[i].len, sa->icv);
}

const struct crypto_backend crypto_mb = {
	.name = "ipsec-mb",
	.usable = usable,
	.create = create,
	.destroy = destroy,
	.sa_create = sa_create,
	.sa_destroy = sa_destroy,
	.encrypt = encrypt,
	.decrypt = decrypt,
};
