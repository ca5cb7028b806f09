/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Workers at work while the control thread replaces policies, takes events
 * and adds and removes lanes: what ThreadSanitizer should see. */
#include <check.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/env_real.h"
#include "base/mem.h"
#include "ipsec/worker.h"
#include "tests/check_main.h"
#include "tests/ipsec/lanes.h"
#include "tests/ipsec/pairs.h"

enum { ROUNDS = 300, FRAMES = 20, TOTAL = ROUNDS * FRAMES };

struct rig {
	struct loop *loop;
	struct clock clock;
	struct env *env;
	struct crypto *crypto;
	struct sa_store *store;
	struct stats *stats;
	struct worker *worker;
	struct lane lane;
	int tap, wire; /* the test's ends */
	enum ipsec_replay replay;
	_Atomic unsigned int wakes;
};

static void woken(void *arg)
{
	struct rig *r = arg;

	atomic_fetch_add(&r->wakes, 1);
}

static struct rig *rig_new(void)
{
	static const struct env_real_out out;
	struct rig *r = xcalloc(1, sizeof(*r));
	struct lane *lane = &r->lane;

	r->replay = IPSEC_REPLAY_TIME;
	r->loop = loop_new();
	clock_init(&r->clock, 1);
	r->env = env_real_new(r->loop, &r->clock, &out);
	r->crypto = crypto_new(NULL, 1);
	r->store = sa_store_new(r->crypto);
	r->stats = stats_new(1);
	r->worker = worker_new(0, -1, &r->clock, r->env, woken, r);
	lane->pool = pkt_pool_new(0, 512);
	lane->crypto = r->crypto;
	lane->events = worker_events(r->worker);
	lane->esp = worker_esp(r->worker);
	lane->reasm = reasm_new();
	lane->tap = pair_new(&r->tap, lane->pool);
	lane->wire = pair_new(&r->wire, lane->pool);
	return r;
}

static void rig_free(struct rig *r)
{
	worker_free(r->worker);
	policy_free(lane_set_policy(&r->lane, NULL));
	reasm_free(r->lane.reasm);
	port_close(r->lane.tap);
	port_close(r->lane.wire);
	close(r->tap);
	close(r->wire);
	pkt_pool_free(r->lane.pool);
	stats_free(r->stats);
	sa_store_free(r->store);
	crypto_free(r->crypto);
	env_real_free(r->env);
	loop_free(r->loop);
	free(r);
}

static void swap_policy(struct rig *r)
{
	struct ipsec_policy *in = policy_article();
	struct policy *p;

	in->sas[0].replay = r->replay;
	p = policy_new(in, r->store, r->stats);
	ck_assert_ptr_nonnull(p);
	ipsec_policy_free(in);
	p->mtu = 1500;
	p = lane_set_policy(&r->lane, p);
	workers_wait();
	policy_free(p);
}

static size_t take(int fd, uint8_t *out, size_t size)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	ck_assert_int_eq(poll(&ready, 1, 5000), 1);
	return (size_t)recv(fd, out, size, 0);
}

START_TEST(policies_change_while_packets_flow)
{
	struct pkt_pool *scratch = pkt_pool_new(0, 1);
	struct pkt *frame = pkt_get_big(scratch);
	struct rig *r = rig_new();
	struct ipsec_counters c;
	const size_t size = _i ? 182 : 198; /* without and with a stamp */
	uint32_t sequence = 0;
	uint8_t got[2048];

	if (_i)
		r->replay = IPSEC_REPLAY_COUNTER;
	frame_make(frame, HOST1, HOST3, 1, 100);
	swap_policy(r);
	ck_assert_int_eq(worker_add(r->worker, &r->lane), 0);
	for (int i = 0; i < ROUNDS; i++) {
		for (int j = 0; j < FRAMES; j++)
			ck_assert_int_eq(send(r->tap, pkt_data(frame), 114, 0),
					 114);
		swap_policy(r);
		stats_read(r->stats, "G", &c);
		for (int j = 0; j < FRAMES; j++) {
			/* Each encrypted, none lost, none out of order. */
			ck_assert_uint_eq(take(r->wire, got, sizeof(got)),
					  size);
			ck_assert_uint_eq(get32(got + 38), ++sequence);
			ck_assert_int_eq(send(r->wire, got, size, 0), size);
		}
		for (int j = 0; j < FRAMES; j++) {
			ck_assert_uint_eq(take(r->tap, got, sizeof(got)), 114);
			ck_assert_mem_eq(got, pkt_data(frame), 114);
		}
	}
	worker_remove(r->worker, &r->lane);
	stats_read(r->stats, "G", &c);
	ck_assert_uint_eq(c.encrypt, TOTAL);
	ck_assert_uint_eq(c.decrypt, TOTAL);
	rig_free(r);
	pkt_put(frame);
	pkt_pool_free(scratch);
}
END_TEST

START_TEST(a_lane_may_leave_and_come_back_under_traffic)
{
	struct pkt_pool *scratch = pkt_pool_new(0, 1);
	struct pkt *frame = pkt_get_big(scratch);
	struct rig *r = rig_new();
	uint8_t got[2048];

	frame_make(frame, HOST1, HOST3, 1, 100);
	swap_policy(r);
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(worker_add(r->worker, &r->lane), 0);
		ck_assert_int_eq(send(r->tap, pkt_data(frame), 114, 0), 114);
		ck_assert_int_eq(send(r->tap, pkt_data(frame), 114, 0), 114);
		take(r->wire, got, sizeof(got));
		worker_remove(r->worker, &r->lane);
		/* Nobody touches the lane now. */
		r->lane.stats.icmp = (uint64_t)i;
	}
	rig_free(r);
	pkt_put(frame);
	pkt_pool_free(scratch);
}
END_TEST

static void no_wake(void *arg)
{
	(void)arg;
}

/* How many packets the tap has; they are gone then. */
static unsigned int captured(struct capture_tap *tap)
{
	static uint8_t data[CAPTURE_FRAME];
	struct capture_record r;
	unsigned int n = 0;

	while (capture_tap_next(tap, &r, data))
		n++;
	return n;
}

START_TEST(captures_come_and_go_under_traffic)
{
	struct pkt_pool *scratch = pkt_pool_new(0, 1);
	struct pkt *frame = pkt_get_big(scratch);
	struct rig *r = rig_new();
	uint8_t got[2048];

	frame_make(frame, HOST1, HOST3, 1, 100);
	swap_policy(r);
	ck_assert_int_eq(worker_add(r->worker, &r->lane), 0);
	for (int i = 0; i < 100; i++) {
		struct capture_tap *tap = capture_tap_new(1, NULL, 0, true);
		struct capture_set *set = xcalloc(1, sizeof(*set));
		unsigned int n = 0;

		tap->points = CAPTURE_OUTSIDE_OUT;
		tap->wake = no_wake;
		set->n = 1;
		set->taps[0] = tap;
		atomic_store(&r->lane.capture, set);
		workers_wait();
		for (int j = 0; j < FRAMES; j++) {
			ck_assert_int_eq(send(r->tap, pkt_data(frame), 114, 0),
					 114);
			n += captured(tap);
		}
		for (int j = 0; j < FRAMES; j++)
			take(r->wire, got, sizeof(got));
		/* These nobody has to see. */
		ck_assert_int_eq(send(r->tap, pkt_data(frame), 114, 0), 114);
		atomic_store(&r->lane.capture, NULL);
		workers_wait();
		free(set);
		n += captured(tap);
		ck_assert_uint_ge(n, FRAMES);
		ck_assert_uint_le(n, FRAMES + 1);
		take(r->wire, got, sizeof(got));
		ck_assert_uint_eq(captured(tap), 0);
		capture_tap_free(tap);
	}
	worker_remove(r->worker, &r->lane);
	rig_free(r);
	pkt_put(frame);
	pkt_pool_free(scratch);
}
END_TEST

START_TEST(events_arrive_at_the_control_thread)
{
	struct pkt_pool *scratch = pkt_pool_new(0, 1);
	struct pkt *frame = pkt_get_big(scratch);
	struct rig *r = rig_new();
	struct event e;

	frame_make(frame, HOST3, HOST1, 1, 100);
	swap_policy(r);
	ck_assert_int_eq(worker_add(r->worker, &r->lane), 0);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(send(r->wire, pkt_data(frame), 114, 0), 114);
	while (!atomic_load(&r->wakes))
		usleep(1000);
	worker_remove(r->worker, &r->lane);
	ck_assert(events_take(worker_events(r->worker), &e));
	ck_assert_int_eq(e.kind, EVENT_NOT_IPSEC);
	ck_assert_uint_eq(e.src, HOST3);
	ck_assert_uint_eq(e.protocol, 1);
	rig_free(r);
	pkt_put(frame);
	pkt_pool_free(scratch);
}
END_TEST

/* --- what is logged ---------------------------------------------------- */

struct fake_env {
	struct env env;
	int64_t now;
	unsigned int n;
	char last[256];
};

static int64_t fake_now(struct env *env)
{
	return ((struct fake_env *)env)->now;
}

static void fake_event(struct env *env, const struct msg_def *def,
		       const char *text)
{
	struct fake_env *f = (struct fake_env *)env;

	f->n++;
	snprintf(f->last, sizeof(f->last), "%%%s-%d-%s: %s", def->facility,
		 def->severity, def->mnemonic, text);
}

START_TEST(messages_read_as_on_ios_and_come_once_a_minute)
{
	static const struct env_ops ops = { .now = fake_now,
					    .event = fake_event };
	struct fake_env f = { .env.ops = &ops, .now = SEC(5) };
	struct event e = { .kind = EVENT_NOT_IPSEC,
			   .src = 0xc0a80b03,
			   .dst = 0xc0a82121,
			   .protocol = 1 };
	struct event_log log = { 0 };

	event_log(&log, &f.env, &e, "");
	ck_assert_str_eq(f.last,
			 "%CRYPTO-4-RECVD_PKT_NOT_IPSEC: Rec'd packet not an "
			 "IPSEC packet. (ip) vrf/dest_addr= /192.168.33.33, "
			 "src_addr= 192.168.11.3, prot= 1");
	f.now += SEC(59);
	event_log(&log, &f.env, &e, "");
	ck_assert_uint_eq(f.n, 1);
	e.kind = EVENT_BAD_SPI; /* another kind has its own minute */
	e.src = 0xc0a80e02;
	e.dst = 0x0a006f0b;
	e.spi = 0xa0b897b5;
	memcpy(e.interface, "Ethernet0/0", 12);
	event_log(&log, &f.env, &e, "");
	ck_assert_str_eq(f.last,
			 "%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC "
			 "packet has invalid spi for destaddr=10.0.111.11, "
			 "prot=50, spi=0xA0B897B5(2696452021), "
			 "srcaddr=192.168.14.2, input interface=Ethernet0/0");
	f.now += SEC(1);
	e.kind = EVENT_NOT_IPSEC;
	event_log(&log, &f.env, &e, "RED");
	ck_assert_uint_eq(f.n, 3);
	ck_assert_ptr_nonnull(strstr(f.last, "vrf/dest_addr= RED/10.0.111.11"));
}
END_TEST

START_TEST(a_full_queue_loses_events_and_nothing_else)
{
	struct events q = { 0 };
	struct event e = { .kind = EVENT_NOT_IPSEC };
	int64_t now = SEC(1);
	unsigned int n = 0;

	while (events_post(&q, &e, now)) {
		ck_assert(!events_post(&q, &e, now)); /* the same second */
		now += EVENT_POST_US;
		n++;
	}
	ck_assert_uint_eq(n, EVENT_QUEUE);
	while (events_take(&q, &e))
		n--;
	ck_assert_uint_eq(n, 0);
	ck_assert(events_post(&q, &e, now));
}
END_TEST

static TCase *worker_case(void)
{
	TCase *tc = tcase_create("worker");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, policies_change_while_packets_flow, 0, 2);
	tcase_add_test(tc, a_lane_may_leave_and_come_back_under_traffic);
	tcase_add_test(tc, captures_come_and_go_under_traffic);
	tcase_add_test(tc, events_arrive_at_the_control_thread);
	tcase_add_test(tc, messages_read_as_on_ios_and_come_once_a_minute);
	tcase_add_test(tc, a_full_queue_loses_events_and_nothing_else);
	return tc;
}

RUN_CASES("ipsec/worker", worker_case)
