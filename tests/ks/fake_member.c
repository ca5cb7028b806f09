/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ks/fake_member.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_ack.h"

enum { GROUP = 1234 };

static int find_kek(const struct fake_member *m, const uint8_t *spi)
{
	int i;

	for (i = 0; i < FAKE_KEKS && m->keks[i]; i++) {
		if (memcmp(m->keks[i]->kek.spi, spi, 16) == 0)
			return i;
	}
	return -1;
}

static void new_kek(struct fake_member *m, const struct gdoi_policy *policy)
{
	gdoi_policy_free(m->keks[FAKE_KEKS - 1]);
	memmove(m->keks + 1, m->keks, (FAKE_KEKS - 1) * sizeof(m->keks[0]));
	memmove(m->seq + 1, m->seq, (FAKE_KEKS - 1) * sizeof(m->seq[0]));
	m->keks[0] = gdoi_policy_copy(policy);
	m->seq[0] = 0;
}

static void forget_keks(struct fake_member *m)
{
	size_t i;

	for (i = 0; i < FAKE_KEKS; i++) {
		gdoi_policy_free(m->keks[i]);
		m->keks[i] = NULL;
		m->seq[i] = 0;
	}
}

static void accept_push(struct fake_member *m, int kek, struct gdoi_push *push)
{
	uint8_t kind = m->keks[kek]->kek.ack;

	m->accepted++;
	m->seq[kek] = push->seq;
	if (kind && !m->mute)
		fake_member_ack(m, (size_t)kek, push->seq, &m->addr);
	if (push->policy && push->policy->has_kek &&
	    find_kek(m, push->policy->kek.spi) < 0)
		new_kek(m, push->policy);
	if (push->policy) {
		gdoi_policy_free(m->policy);
		m->policy = push->policy;
		push->policy = NULL;
	}
	if (push->delete_kek)
		forget_keks(m);
}

/* As a member does whose acknowledgement was lost. */
static void answer_again(struct fake_member *m, int kek,
			 const struct fake_rekey *r)
{
	const struct fake_rekey *before;

	for (before = m->log; before < r; before++) {
		if (before->result != GDOI_PUSH_OK || before->len != r->len ||
		    memcmp(before->data, r->data, r->len) != 0)
			continue;
		if (m->keks[kek]->kek.ack && !m->mute)
			fake_member_ack(m, (size_t)kek, before->seq, &m->addr);
		return;
	}
}

static struct fake_rekey *log_datagram(struct fake_member *m, const void *data,
				       size_t len)
{
	struct fake_rekey *r = &m->log[m->n_log++];

	ck_assert_uint_le(m->n_log, FAKE_LOG);
	*r = (struct fake_rekey){
		.at = sim_now(m->world->sim),
		.data = xmemdup(data, len),
		.len = len,
	};
	memcpy(r->under, data, 16);
	return r;
}

static void describe(struct fake_rekey *r, const struct gdoi_push *push)
{
	r->seq = push->seq;
	r->delete_teks = push->delete_teks;
	r->delete_kek = push->delete_kek;
	r->has_policy = push->policy;
	r->has_kek = push->policy && push->policy->has_kek;
}

static void input(void *arg, const struct endpoint *local,
		  const struct endpoint *remote, const void *data, size_t len)
{
	struct fake_member *m = arg;
	struct gdoi_push push = { 0 };
	struct isakmp_fault why;
	struct fake_rekey *r;
	int kek;

	(void)local;
	(void)remote;
	if (m->deaf)
		return;
	ck_assert_uint_gt(len, ISAKMP_HEADER_SIZE);
	r = log_datagram(m, data, len);
	kek = find_kek(m, r->under);
	ck_assert_msg(kek >= 0, "a rekey under a KEK it never got");
	r->result = gdoi_push_open(
		&(struct gdoi_push_expect){
			.under = &m->keks[kek]->kek,
			.last_seq = m->seq[kek],
			.extensions = m->extensions,
		},
		rd_init(data, len), &push, &why);
	ck_assert_msg(r->result == GDOI_PUSH_OK ||
			      r->result == GDOI_PUSH_OLD_SEQ,
		      "%d: %s", r->result, why.text);
	if (r->result == GDOI_PUSH_OK) {
		describe(r, &push);
		accept_push(m, kek, &push);
	} else {
		answer_again(m, kek, r);
	}
	gdoi_push_fini(&push);
}

void fake_member_open(struct fake_member *m, struct ks_world *w,
		      const char *address, bool extensions)
{
	*m = (struct fake_member){ .world = w, .extensions = extensions };
	m->node = sim_node_new(w->sim, address, address);
	m->addr = sim_node_addr(m->node);
	sim_listen(m->node, GDOI_PORT, input, m);
}

void fake_member_close(struct fake_member *m)
{
	size_t i;

	sim_listen(m->node, GDOI_PORT, NULL, NULL);
	gdoi_policy_free(m->policy);
	forget_keks(m);
	for (i = 0; i < m->n_log; i++)
		free(m->log[i].data);
}

void fake_member_join(struct fake_member *m)
{
	struct gdoi_peer peer =
		ks_world_peer(sim_node_name(m->node), m->extensions);

	gdoi_policy_free(m->policy);
	m->policy = ks_world_register(m->world, &peer, GROUP);
	ck_assert_ptr_nonnull(m->policy);
	forget_keks(m);
	if (!m->policy->has_kek)
		return;
	new_kek(m, m->policy);
	m->seq[0] = m->policy->seq;
}

const struct fake_rekey *fake_member_last(const struct fake_member *m)
{
	ck_assert_uint_gt(m->n_log, 0);
	return &m->log[m->n_log - 1];
}

void fake_member_ack(struct fake_member *m, size_t kek, uint32_t seq,
		     const struct ip_addr *who)
{
	const struct endpoint from = { m->addr, GDOI_PORT, 0 };
	struct endpoint to = { .port = GDOI_PORT };
	struct keybuf ack = { 0 };

	ck_assert(ip_parse(&to.addr, KS_ADDRESS));
	ck_assert(gdoi_ack_write(&m->keks[kek]->kek, seq, who, &ack));
	env_send(sim_env(m->node), &from, &to, ack.data, ack.len);
	keybuf_free(&ack);
	m->acked++;
}
