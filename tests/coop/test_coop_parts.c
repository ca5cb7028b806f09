/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts that no honest key server sends, under a good phase-1 SA. */
#include <string.h>

#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/coop/links.h"

static struct links_world w;
static struct links_end *const a = &w.end[0], *const b = &w.end[1];

/* What b answered to a hostile part; 0: nothing. */
static uint8_t answer;
static unsigned int faults;

static void setup(void)
{
	links_setup(&w, 1);
	answer = 0;
	faults = 0;
	links_meet(&w);
	sim_run(w.p.sim, SEC(10));
}

static void teardown(void)
{
	links_teardown(&w);
}

static struct isakmp_fault message(void *ctx, struct isakmp_exchange *x,
				   const struct isakmp_message *m)
{
	struct coop_pdu pdu;

	(void)ctx;
	ck_assert(isakmp_hash_ok(x, m, "", 0));
	ck_assert_ptr_null(
		coop_pdu_read(isakmp_find(m, COOP_PAYLOAD)->body, &pdu));
	answer = pdu.kind;
	isakmp_exchange_end(x);
	return ISAKMP_OK;
}

static void gone(void *ctx, struct isakmp_fault why)
{
	(void)ctx;
	(void)why;
}

static void notified(void *ctx, struct isakmp_exchange *x, uint16_t notify,
		     struct rd data)
{
	(void)ctx;
	(void)x;
	(void)notify;
	(void)data;
	faults++;
}

static const struct isakmp_exchange_ops ops = {
	.message = message,
	.gone = gone,
	.notified = notified,
};

/* The payload as it is, said once; what b answers. */
static uint8_t say(uint8_t type, const uint8_t *body, size_t len)
{
	struct isakmp_exchange *x = isakmp_exchange_new(
		pair_up(a->isakmp), COOP_EXCHANGE, &ops, NULL);
	uint8_t buf[4096];
	struct wr wr = wr_init(buf, sizeof(buf));
	size_t begin = isakmp_payload_begin(&wr, ISAKMP_NONE);

	wr_bytes(&wr, body, len);
	isakmp_payload_end(&wr, begin);
	ck_assert(wr_ok(&wr));
	answer = 0;
	ck_assert(isakmp_exchange_send(x, "", 0, type, buf, wr_at(&wr), false));
	sim_run(w.p.sim, MSEC(300));
	if (!answer)
		isakmp_exchange_end(x);
	return answer;
}

static uint8_t say_part(const struct coop_pdu *pdu)
{
	uint8_t buf[4096];
	struct wr wr = wr_init(buf, sizeof(buf));

	coop_pdu_write(&wr, pdu);
	return say(COOP_PAYLOAD, buf, wr_at(&wr));
}

/* A part of 10 octets out of a message of parts of them. */
static struct coop_pdu part(uint32_t stream, uint32_t number, uint16_t index,
			    uint16_t count)
{
	return (struct coop_pdu){
		.kind = COOP_PART,
		.id = links_group,
		.stream = stream,
		.number = number,
		.index = index,
		.count = count,
		.total = 10u * count,
		.octets = rd_init("0123456789", 10),
	};
}

static uint8_t say_plain(uint32_t stream, uint32_t number, uint16_t index,
			 uint16_t count)
{
	struct coop_pdu pdu = part(stream, number, index, count);

	return say_part(&pdu);
}

/* After whatever was done to it, b still takes an honest message. */
static void still_good(void)
{
	unsigned int before = b->n_received;

	ck_assert(links_send(a, 3000, 77));
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(b->n_received, before + 1);
	ck_assert(links_got(b, 3000, 77));
	ck_assert_int_eq(links_status(a), COOP_LINK_ESTABLISHED);
}

START_TEST(a_message_is_delivered_once)
{
	ck_assert_uint_eq(say_plain(5, 1, 1, 2), COOP_PART_ACK);
	ck_assert_uint_eq(say_plain(5, 1, 1, 2), COOP_PART_ACK);
	ck_assert_uint_eq(b->n_received, 0);
	ck_assert_uint_eq(say_plain(5, 1, 0, 2), COOP_PART_DONE);
	ck_assert_uint_eq(b->n_received, 1);
	ck_assert_uint_eq(say_plain(5, 1, 0, 2), COOP_PART_DONE);
	ck_assert_uint_eq(say_plain(5, 1, 1, 2), COOP_PART_DONE);
	ck_assert_uint_eq(b->n_received, 1);
	still_good();
}
END_TEST

START_TEST(the_newest_message_wins)
{
	ck_assert_uint_eq(say_plain(5, 1, 0, 2), COOP_PART_ACK);
	ck_assert_uint_eq(say_plain(5, 2, 0, 2), COOP_PART_ACK);
	ck_assert_uint_eq(say_plain(5, 1, 1, 2), COOP_PART_REFUSED);
	ck_assert_uint_eq(say_plain(5, 2, 1, 2), COOP_PART_DONE);
	ck_assert_uint_eq(b->n_received, 1);
}
END_TEST

START_TEST(numbers_go_round)
{
	ck_assert_uint_eq(say_plain(5, UINT32_MAX, 0, 1), COOP_PART_DONE);
	ck_assert_uint_eq(say_plain(5, 0, 0, 1), COOP_PART_DONE);
	ck_assert_uint_eq(b->n_received, 2);
	ck_assert_uint_eq(say_plain(5, UINT32_MAX, 0, 1), COOP_PART_REFUSED);
	ck_assert_uint_eq(b->n_received, 2);
}
END_TEST

START_TEST(an_ended_stream_does_not_come_back)
{
	ck_assert_uint_eq(say_plain(5, 1, 0, 1), COOP_PART_DONE);
	ck_assert_uint_eq(say_plain(6, 1, 0, 1), COOP_PART_DONE);
	ck_assert_uint_eq(say_plain(5, 2, 0, 1), COOP_PART_REFUSED);
	ck_assert_uint_eq(b->n_received, 2);
	still_good();
}
END_TEST

START_TEST(a_message_that_stays_incomplete_is_given_up)
{
	ck_assert_uint_eq(say_plain(5, 1, 0, 2), COOP_PART_ACK);
	sim_run(w.p.sim, SEC(COOP_ASSEMBLY));
	ck_assert_uint_eq(b->link->in.data.len, 0);
	ck_assert_uint_eq(say_plain(5, 1, 1, 2), COOP_PART_REFUSED);
	ck_assert_uint_eq(say_plain(5, 1, 0, 2), COOP_PART_REFUSED);
	ck_assert_uint_eq(b->n_received, 0);
	still_good();
}
END_TEST

START_TEST(parts_that_contradict_each_other_are_refused)
{
	struct coop_pdu pdu = part(5, 1, 2, 4);

	ck_assert_uint_eq(say_plain(5, 1, 0, 3), COOP_PART_ACK);
	ck_assert_uint_eq(say_part(&pdu), 0);
	pdu = part(5, 1, 2, 3);
	pdu.total--;
	pdu.octets = rd_init("012345678", 9);
	ck_assert_uint_eq(say_part(&pdu), 0);
	ck_assert_uint_ge(faults, 2);
	ck_assert_uint_eq(say_plain(5, 1, 1, 3), COOP_PART_ACK);
	ck_assert_uint_eq(say_plain(5, 1, 2, 3), COOP_PART_DONE);
	ck_assert_uint_eq(b->n_received, 1);
}
END_TEST

START_TEST(parts_of_wrong_lengths_are_refused)
{
	struct coop_pdu pdu = part(5, 1, 0, 3);

	pdu.octets = rd_init("012345678", 9);
	ck_assert_uint_eq(say_part(&pdu), 0);
	pdu.octets = rd_init("0123456789a", 11);
	ck_assert_uint_eq(say_part(&pdu), 0);
	pdu.octets = rd_init(NULL, 0);
	ck_assert_uint_eq(say_part(&pdu), 0);
	pdu = part(5, 1, 3, 3);
	ck_assert_uint_eq(say_part(&pdu), 0);
	pdu = part(5, 1, 0, 1);
	pdu.total = UINT32_MAX;
	ck_assert_uint_eq(say_part(&pdu), 0);
	ck_assert_uint_eq(b->link->in.data.len, 0);
	ck_assert_uint_eq(b->n_received, 0);
	still_good();
}
END_TEST

START_TEST(an_answer_out_of_the_blue_is_refused)
{
	struct coop_pdu pdu = part(5, 1, 0, 1);

	pdu.kind = COOP_PART_DONE;
	ck_assert_uint_eq(say_part(&pdu), 0);
	ck_assert_uint_eq(faults, 1);
	still_good();
}
END_TEST

START_TEST(another_payload_is_refused)
{
	ck_assert_uint_eq(say(COOP_PAYLOAD, (const uint8_t *)"x", 0), 0);
	ck_assert_uint_eq(say(ISAKMP_NONCE, (const uint8_t *)"xyz", 3), 0);
	ck_assert_uint_eq(faults, 2);
	still_good();
}
END_TEST

enum { MAJOR_AT = 4 }; /* docs/PROTOCOL.md 11.2 */

START_TEST(a_part_of_another_major_version_is_told_of)
{
	struct coop_pdu pdu = part(5, 1, 0, 2);
	uint8_t buf[128];
	struct wr wr = wr_init(buf, sizeof(buf));

	coop_pdu_write(&wr, &pdu);
	ck_assert_uint_eq(buf[MAJOR_AT], COOP_PDU_MAJOR);
	buf[MAJOR_AT] = COOP_PDU_MAJOR + 1;
	ck_assert_uint_eq(say(COOP_PAYLOAD, buf, wr_at(&wr)), 0);
	ck_assert_uint_eq(b->n_unreadable, 1);
	ck_assert_uint_eq(faults, 1);
	still_good();
	ck_assert_uint_eq(b->n_unreadable, 1);
}
END_TEST

START_TEST(each_cut_and_each_changed_octet_is_survived)
{
	struct coop_pdu pdu = part(5, 1, 0, 2);
	uint8_t buf[128];
	struct wr wr = wr_init(buf, sizeof(buf));
	size_t i;

	coop_pdu_write(&wr, &pdu);
	for (i = 0; i < wr_at(&wr); i++)
		ck_assert_uint_eq(say(COOP_PAYLOAD, buf, i), 0);
	for (i = 0; i < wr_at(&wr); i++) {
		buf[i] ^= 0x41;
		say(COOP_PAYLOAD, buf, wr_at(&wr));
		buf[i] ^= 0x41;
	}
	ck_assert_uint_eq(b->n_received, 0);
	still_good();
}
END_TEST

/* One octet of every fourth datagram in the air is changed, another one for
 * each message: the hash keeps all of it out, and repetition brings the truth.
 */
struct flipper {
	size_t at;
	uint32_t random;
};

static enum sim_verdict flip(void *arg, struct sim_datagram *d)
{
	struct flipper *f = arg;

	f->random = f->random * 1103515245 + 12345;
	if ((f->random >> 16) % 4 == 0)
		d->data[f->at % d->len] ^= 0x10;
	return SIM_PASS;
}

static bool a_is_done(void *arg)
{
	(void)arg;
	return TAILQ_EMPTY(&a->link->out.queue);
}

START_TEST(datagrams_changed_on_their_way_do_no_harm)
{
	struct flipper f = { 0 };
	size_t i;

	sim_tap(w.p.sim, flip, &f);
	for (i = 0; i < 250; i += 1 + (i > 60) * 7) {
		f.at = i;
		ck_assert(links_send(a, 100, (uint8_t)i));
		ck_assert(sim_run_until(w.p.sim, a_is_done, NULL, SEC(60)));
		ck_assert_msg(links_got(b, 100, (uint8_t)i), "octet %zu", i);
	}
	ck_assert_uint_eq(b->n_received, a->n_arrived);
	ck_assert_uint_eq(a->n_failed, 0);
	sim_tap(w.p.sim, NULL, NULL);
	still_good();
}
END_TEST

/* Everything that was ever said is said again. */
struct recorder {
	struct {
		struct endpoint src, dst;
		uint8_t *data;
		size_t len;
	} d[512];
	size_t n;
};

static enum sim_verdict record(void *arg, struct sim_datagram *d)
{
	struct recorder *r = arg;

	if (r->n < ARRAY_SIZE(r->d)) {
		r->d[r->n].src = d->src;
		r->d[r->n].dst = d->dst;
		r->d[r->n].data = xmemdup(d->data, d->len);
		r->d[r->n++].len = d->len;
	}
	return SIM_PASS;
}

START_TEST(repeated_messages_are_not_delivered_again)
{
	static struct recorder r;
	unsigned int before;
	size_t i;

	r.n = 0;
	sim_tap(w.p.sim, record, &r);
	for (i = 0; i < 20; i++) {
		ck_assert(links_send(a, 3000, (uint8_t)i));
		sim_run(w.p.sim, SEC(1));
	}
	before = b->n_received;
	ck_assert_uint_eq(before, 20);
	sim_tap(w.p.sim, NULL, NULL);
	for (i = 0; i < r.n; i++) {
		sim_inject(w.p.sim, &r.d[i].src, &r.d[i].dst, r.d[i].data,
			   r.d[i].len);
		sim_run(w.p.sim, MSEC(10));
		free(r.d[i].data);
	}
	ck_assert_uint_eq(b->n_received, before);
	ck_assert_uint_eq(a->n_received, 0);
	still_good();
}
END_TEST

static TCase *case_parts(void)
{
	TCase *tc = tcase_create("parts");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_message_is_delivered_once);
	tcase_add_test(tc, the_newest_message_wins);
	tcase_add_test(tc, numbers_go_round);
	tcase_add_test(tc, an_ended_stream_does_not_come_back);
	tcase_add_test(tc, a_message_that_stays_incomplete_is_given_up);
	tcase_add_test(tc, parts_that_contradict_each_other_are_refused);
	tcase_add_test(tc, parts_of_wrong_lengths_are_refused);
	tcase_add_test(tc, an_answer_out_of_the_blue_is_refused);
	tcase_add_test(tc, another_payload_is_refused);
	tcase_add_test(tc, a_part_of_another_major_version_is_told_of);
	tcase_add_test(tc, each_cut_and_each_changed_octet_is_survived);
	tcase_add_test(tc, datagrams_changed_on_their_way_do_no_harm);
	tcase_add_test(tc, repeated_messages_are_not_delivered_again);
	return tc;
}

RUN_CASES("coop_parts", case_parts)
