/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ISAKMP under fire, in a simulated world where one input is one run.  The
 * first octet of the input says how far the two routers have got and who is
 * hit:
 *
 *	bits 0-2	datagrams that pass between them first (0 to 7)
 *	bit 3		the responder is hit, else the initiator
 *	bit 4		the input is the plaintext of a protected message
 *	bit 5		cookies and length of the header are put right
 *	bits 6-7	of a plaintext: main mode, informational, PULL, raw
 *
 * What follows are datagrams: two octets of length, then so many octets. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/isakmp/pair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { AFTER = 7, RESPONDER = 8, PLAIN = 16, REPAIR = 32, KIND_SHIFT = 6 };

static const uint8_t kinds[] = { ISAKMP_MAIN_MODE, ISAKMP_INFORMATIONAL,
				 ISAKMP_GROUPKEY_PULL, ISAKMP_GROUPKEY_PUSH };

struct run {
	struct pair p;
	unsigned int left; /* datagrams that may still pass */
};

static enum sim_verdict count_down(void *arg, struct sim_datagram *d)
{
	struct run *run = arg;

	(void)d;
	if (!run->left)
		return SIM_DROP;
	run->left--;
	return SIM_PASS;
}

/* An owner that looks at what it gets and answers. */
static struct isakmp_fault message(void *ctx, struct isakmp_exchange *x,
				   const struct isakmp_message *m)
{
	(void)ctx;
	if (!isakmp_hash_ok(x, m, "", 0))
		return ISAKMP_FAULT(INVALID_HASH_INFORMATION, "hash");
	if (!isakmp_exchange_send(x, "", 0, ISAKMP_NONE, "", 0, false))
		return ISAKMP_FAULT(PAYLOAD_MALFORMED, "too long");
	return ISAKMP_OK;
}

static void gone(void *ctx, struct isakmp_fault why)
{
	(void)ctx;
	(void)why;
}

static const struct isakmp_exchange_ops ops = { .message = message,
						.gone = gone };

static bool accept_all(void *arg, struct isakmp_exchange *x,
		       const struct isakmp_exchange_ops **out, void **ctx)
{
	(void)x;
	*out = &ops;
	*ctx = arg;
	return true;
}

static void raw(void *arg, const struct endpoint *local,
		const struct endpoint *remote,
		const struct isakmp_header *header, struct rd datagram)
{
	(void)arg;
	(void)local;
	(void)remote;
	(void)header;
	while (rd_left(&datagram))
		(void)rd_u8(&datagram);
}

static void repair(const struct isakmp_sa *sa, uint8_t *data, size_t len)
{
	if (len < ISAKMP_HEADER_SIZE)
		return;
	memcpy(data, sa->icookie, ISAKMP_COOKIE);
	memcpy(data + ISAKMP_COOKIE, sa->rcookie, ISAKMP_COOKIE);
	data[17] = ISAKMP_VERSION;
	data[24] = data[25] = 0;
	data[26] = (uint8_t)(len >> 8);
	data[27] = (uint8_t)len;
}

/* Encrypts the input as its peer would, with a HASH that is right where there
 * is one: the parsers behind the decryption are reached. */
static uint8_t *protect(struct isakmp_sa *sa, uint8_t kind, const uint8_t *data,
			size_t len, size_t *out_len)
{
	uint8_t iv[ISAKMP_BLOCK_MAX];
	uint8_t first = len ? data[0] : 0;
	uint32_t message_id = kind == ISAKMP_MAIN_MODE ? 0 : 77;

	if (message_id)
		isakmp_skeyid_iv(&sa->keys, sa->iv, message_id, iv);
	else
		memcpy(iv, sa->iv, sizeof(iv));
	return isakmp_seal(sa, kind, message_id, iv,
			   (struct isakmp_part){ "", 0 }, first,
			   (struct isakmp_part){ data + !!len, len - !!len },
			   out_len);
}

static void hit(struct run *run, uint8_t how, const uint8_t *data, size_t len)
{
	bool responder = how & RESPONDER;
	struct isakmp *target = responder ? run->p.ks : run->p.gm;
	struct endpoint *local = responder ? &run->p.ks_at : &run->p.gm_at;
	struct endpoint *remote = responder ? &run->p.gm_at : &run->p.ks_at;
	struct isakmp_sa *sa = TAILQ_FIRST(&target->sas);
	uint8_t *copy;

	if (how & PLAIN && sa && sa->keys.len) {
		copy = protect(sa, kinds[how >> KIND_SHIFT], data, len, &len);
	} else {
		copy = malloc(len ? len : 1);
		if (copy)
			memcpy(copy, data, len);
		if (copy && how & REPAIR && sa)
			repair(sa, copy, len);
	}
	if (copy)
		isakmp_input(target, local, remote, copy, len);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(data, size);
	uint8_t how = rd_u8(&r);
	struct run run;
	size_t len;

	pair_open(&run.p, 1);
	isakmp_serve(run.p.ks, ISAKMP_GROUPKEY_PULL, accept_all, NULL);
	isakmp_serve(run.p.gm, ISAKMP_GROUPKEY_PULL, accept_all, NULL);
	isakmp_serve_raw(run.p.gm, ISAKMP_GROUPKEY_PUSH, raw, NULL);
	run.left = how & AFTER;
	sim_tap(run.p.sim, count_down, &run);
	pair_connect(&run.p);
	sim_run(run.p.sim, SEC(1));
	while (rd_left(&r) > 2) {
		len = rd_u16(&r);
		if (len > rd_left(&r))
			len = rd_left(&r);
		hit(&run, how, r.p, len);
		rd_skip(&r, len);
		sim_run(run.p.sim, MSEC(10));
	}
	sim_run(run.p.sim, SEC(20));
	pair_close(&run.p);
	return 0;
}
