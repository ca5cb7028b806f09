/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What taps take from lanes, what buffers keep, what files and lines say. */
#include <check.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/loop.h"
#include "base/mem.h"
#include "cli/cli_test.h"
#include "ipsec/capture_keys.h"
#include "ipsec/capture_tap.h"
#include "ipsec/capture_text.h"
#include "tests/check_main.h"
#include "tests/ipsec/lanes.h"

enum {
	ICMP = 1,
	TCP = 6,
	UDP = 17,
	ESP = 50,
	NOW = 5000000,
	FRAMES = 10,
	SIZE = 100, /* of a packet */
	FRAME = ETH_HEADER + SIZE,
};

static uint8_t octets[CAPTURE_FRAME];
static unsigned int woken;
static struct pkt_pool *pool;
static struct pkt *frame;

static void wake(void *arg)
{
	(void)arg;
	woken++;
}

static void set_up(void)
{
	pool = pkt_pool_new(4, 4);
	frame = pkt_get_big(pool);
	woken = 0;
}

static void tear_down(void)
{
	pkt_put(frame);
	pkt_pool_free(pool);
}

static struct capture_tap *tap_new(unsigned int points, const struct ace *aces,
				   size_t n)
{
	struct capture_tap *tap = capture_tap_new(1, aces, n, !aces);

	tap->points = points;
	tap->wake = wake;
	return tap;
}

/* How many packets of the protocol are in the tap; they are gone then. */
static unsigned int count(struct capture_tap *tap, uint8_t protocol)
{
	struct capture_record r;
	unsigned int n = 0;

	while (capture_tap_next(tap, &r, octets)) {
		ck_assert_uint_le(r.kept, r.len);
		n += octets[ETH_HEADER + 9] == protocol;
	}
	return n;
}

/* --- lanes ---------------------------------------------------------------- */

static void send_pings(struct gateway *g, const struct capture_set *set)
{
	atomic_store(&g->lane.capture, set);
	for (int i = 0; i < FRAMES; i++) {
		frame_make(frame, HOST1, HOST3, ICMP, SIZE);
		fake_push(g->tap, pkt_data(frame), frame->len);
	}
	gateway_out(g, NOW);
}

START_TEST(inside_is_clear_and_outside_is_esp_both_ways)
{
	struct gateway *a = gateway_new(), *b = gateway_new();
	struct capture_tap *in = tap_new(CAPTURE_INSIDE, NULL, 0);
	struct capture_tap *out = tap_new(CAPTURE_OUTSIDE, NULL, 0);
	const struct capture_set set = { .n = 2, .taps = { in, out } };

	gateway_policy(a, policy_article());
	gateway_policy(b, policy_article());
	send_pings(a, &set);
	ck_assert_uint_gt(woken, 0);
	ck_assert_uint_eq(count(in, ICMP), FRAMES);
	ck_assert_uint_eq(count(out, ESP), FRAMES);
	atomic_store(&b->lane.capture, &set);
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, FRAMES);
	ck_assert_uint_eq(count(out, ESP), FRAMES);
	ck_assert_uint_eq(count(in, ICMP), FRAMES);
	gateway_free(a);
	gateway_free(b);
	capture_tap_free(in);
	capture_tap_free(out);
}
END_TEST

START_TEST(without_a_set_nobody_looks)
{
	struct gateway *a = gateway_new();
	struct capture_tap *tap = tap_new(CAPTURE_INSIDE, NULL, 0);
	const struct capture_set set = { .n = 1, .taps = { tap } };

	gateway_policy(a, policy_article());
	send_pings(a, &set);
	ck_assert_uint_eq(count(tap, ICMP), FRAMES);
	send_pings(a, NULL);
	ck_assert_uint_eq(count(tap, ICMP), 0);
	gateway_free(a);
	capture_tap_free(tap);
}
END_TEST

START_TEST(a_tap_takes_only_its_directions_and_lengths)
{
	struct gateway *a = gateway_new();
	struct capture_tap *in = tap_new(CAPTURE_IN, NULL, 0);
	struct capture_tap *out = tap_new(CAPTURE_OUTSIDE_OUT, NULL, 0);
	const struct capture_set set = { .n = 2, .taps = { in, out } };
	struct capture_record r;

	out->packet_len = 64;
	gateway_policy(a, policy_article());
	send_pings(a, &set);
	ck_assert(!capture_tap_next(in, &r, octets));
	ck_assert(capture_tap_next(out, &r, octets));
	ck_assert_uint_eq(r.kept, 64);
	ck_assert_uint_gt(r.len, FRAME);
	ck_assert_int_eq(r.now, NOW);
	gateway_free(a);
	capture_tap_free(in);
	capture_tap_free(out);
}
END_TEST

START_TEST(a_full_ring_counts_what_it_loses)
{
	struct capture_tap *tap = tap_new(CAPTURE_INSIDE, NULL, 0);
	const struct capture_set set = { .n = 1, .taps = { tap } };
	const unsigned int many = 2 * CAPTURE_RING / FRAME;
	unsigned int kept;

	frame_make(frame, HOST1, HOST3, ICMP, SIZE);
	for (unsigned int i = 0; i < many; i++)
		capture_take(&set, CAPTURE_INSIDE_IN, 0, NOW, &frame, 1);
	kept = count(tap, ICMP);
	ck_assert_uint_gt(kept, 0);
	ck_assert_uint_eq(kept + capture_tap_lost(tap), many);
	capture_take(&set, CAPTURE_INSIDE_IN, 0, NOW, &frame, 1);
	ck_assert_uint_eq(count(tap, ICMP), 1);
	capture_tap_free(tap);
}
END_TEST

/* --- filter --------------------------------------------------------------- */

static bool permits(const struct ace *aces, size_t n)
{
	return capture_permits(aces, n, pkt_data(frame), frame->len);
}

START_TEST(the_first_entry_that_matches_decides)
{
	struct ace aces[2];

	ace_init(&aces[0]);
	aces[0].permit = false;
	aces[0].protocol = UDP;
	aces[0].dport = (struct ace_port){ .op = ACE_EQ, .lo = 848 };
	ace_init(&aces[1]);
	aces[1].protocol = UDP;
	frame_make(frame, HOST1, HOST3, UDP, SIZE);
	frame_ports(frame, 5000, 848);
	ck_assert(!permits(aces, 2));
	frame_ports(frame, 5000, 849);
	ck_assert(permits(aces, 2));
	frame_make(frame, HOST1, HOST3, ICMP, SIZE);
	ck_assert(!permits(aces, 2));
	ck_assert(!permits(aces, 0));
}
END_TEST

START_TEST(entries_are_of_one_family)
{
	struct ace v4, v6;

	ace_init(&v4);
	ace_init6(&v6);
	frame_make6(frame, SITE1, SITE3, UDP, SIZE);
	ck_assert(!permits(&v4, 1));
	ck_assert(permits(&v6, 1));
	ck_assert(ip_parse(&v6.src, SITE3));
	memset(v6.src_wild.b, 0, sizeof(v6.src_wild.b));
	ck_assert(!permits(&v6, 1));
	ck_assert(ip_parse(&v6.src, SITE1));
	ck_assert(permits(&v6, 1));
}
END_TEST

/* --- buffer --------------------------------------------------------------- */

static bool add(struct capture_store *s, int64_t wall, uint32_t len)
{
	const struct capture_packet p = { .wall = wall,
					  .len = len,
					  .kept = len };

	memset(octets, (int)wall, len);
	return capture_store_add(s, &p, octets);
}

START_TEST(a_linear_buffer_ends_full_and_keeps_the_first)
{
	struct capture_store s;
	int64_t n = 0;

	capture_store_init(&s, 4096, false);
	while (add(&s, n, 100))
		n++;
	ck_assert_int_gt(n, 10);
	ck_assert_uint_le(s.used, s.size);
	ck_assert_int_eq(STAILQ_FIRST(&s.packets)->wall, 0);
	ck_assert_uint_eq(s.n, n);
	ck_assert_uint_eq(s.dropped, 1);
	capture_store_clear(&s);
	ck_assert_uint_eq(s.used, 0);
	ck_assert(add(&s, 1, 100));
	capture_store_clear(&s);
}
END_TEST

START_TEST(a_circular_buffer_keeps_the_last)
{
	struct capture_store s;
	int64_t first;

	capture_store_init(&s, 4096, true);
	for (int64_t i = 0; i < 100; i++)
		ck_assert(add(&s, i, 100));
	ck_assert_uint_le(s.used, s.size);
	first = STAILQ_FIRST(&s.packets)->wall;
	ck_assert_uint_eq(s.n + (uint64_t)first, 100);
	ck_assert_uint_eq(s.dropped, first);
	/* One that is larger than all of it. */
	ck_assert(!add(&s, 100, 8000));
	ck_assert_uint_eq(s.n, 0);
	capture_store_clear(&s);
}
END_TEST

/* --- file ----------------------------------------------------------------- */

START_TEST(libpcap_reads_what_was_written)
{
	char error[PCAP_ERRBUF_SIZE], path[] = "/tmp/captureXXXXXX";
	int fd = mkstemp(path);
	struct capture_store s;
	struct pcap_pkthdr *h;
	const u_char *data;
	struct stat st;
	pcap_t *pcap;

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(chmod(path, 0644), 0);
	capture_store_init(&s, 4096, false);
	ck_assert(add(&s, 1700000000123456, 60));
	ck_assert(add(&s, 1700000001000007, 61));
	ck_assert_int_eq(capture_store_write(&s, path), 24 + 2 * 16 + 60 + 61);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	pcap = pcap_open_offline(path, error);
	ck_assert_ptr_nonnull(pcap);
	ck_assert_int_eq(pcap_datalink(pcap), DLT_EN10MB);
	ck_assert_int_eq(pcap_next_ex(pcap, &h, &data), 1);
	ck_assert_int_eq(h->ts.tv_sec, 1700000000);
	ck_assert_int_eq(h->ts.tv_usec, 123456);
	ck_assert_uint_eq(h->len, 60);
	ck_assert_uint_eq(data[59], (uint8_t)1700000000123456);
	ck_assert_int_eq(pcap_next_ex(pcap, &h, &data), 1);
	ck_assert_uint_eq(h->caplen, 61);
	ck_assert_int_eq(pcap_next_ex(pcap, &h, &data), PCAP_ERROR_BREAK);
	pcap_close(pcap);
	capture_store_clear(&s);
	unlink(path);
}
END_TEST

START_TEST(a_file_that_cannot_be_written_is_an_error)
{
	struct capture_store s;

	capture_store_init(&s, 4096, false);
	ck_assert_int_lt(capture_store_write(&s, "/nowhere/at/all"), 0);
}
END_TEST

/* --- keys ----------------------------------------------------------------- */

static bool internal(void *arg)
{
	return *(bool *)arg;
}

START_TEST(keys_are_kept_with_service_internal_alone)
{
	static const uint8_t cookie[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	static const uint8_t key[4] = { 0xaa, 0xbb, 0xcc, 0xdd };
	char path[] = "/tmp/keysXXXXXX", *text;
	struct ipsec_policy *p = policy_article();
	struct capture_keys *k;
	int fd = mkstemp(path);
	struct stat st;
	bool on = false;

	close(fd);
	k = capture_keys_new(internal, &on);
	capture_keys_phase1(k, cookie, sizeof(cookie), key, sizeof(key));
	capture_keys_policy(k, p);
	ck_assert_uint_eq(capture_keys_count(k), 0);
	on = true;
	for (int i = 0; i < 3; i++) {
		capture_keys_phase1(k, cookie, sizeof(cookie), key,
				    sizeof(key));
		capture_keys_policy(k, p);
	}
	ck_assert_uint_eq(capture_keys_count(k), 1 + 2 * p->n_sas);
	ck_assert_int_gt(capture_keys_write(k, path), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	text = file_read(path, 65536, NULL);
	ck_assert_ptr_nonnull(text);
	ck_assert_ptr_nonnull(strstr(text, "uat:ikev1_decryption_table:"
					   "0102030405060708,aabbccdd\n"));
	ck_assert_ptr_nonnull(strstr(text, "AES-CBC [RFC3602]"));
	free(text);
	capture_keys_wipe(k);
	ck_assert_uint_eq(capture_keys_count(k), 0);
	capture_keys_free(k);
	ipsec_policy_free(p);
	unlink(path);
}
END_TEST

START_TEST(of_many_keys_the_newest_stay)
{
	uint8_t cookie[8] = { 0 };
	struct capture_keys *k;
	bool on = true;

	k = capture_keys_new(internal, &on);
	for (unsigned int i = 0; i < 2 * CAPTURE_KEYS; i++) {
		cookie[0] = (uint8_t)i;
		cookie[1] = (uint8_t)(i >> 8);
		capture_keys_phase1(k, cookie, sizeof(cookie), cookie, 8);
	}
	ck_assert_uint_eq(capture_keys_count(k), CAPTURE_KEYS);
	capture_keys_free(k);
}
END_TEST

/* --- lines ---------------------------------------------------------------- */

static const char *hostname(void *ctx)
{
	(void)ctx;
	return "R1";
}

static void say(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct capture_store *s = obj;
	const struct capture_packet *p;
	size_t i = 0;

	(void)a;
	capture_brief_heading(o);
	STAILQ_FOREACH (p, &s->packets, link) {
		capture_brief(o, p, i++, 0);
		capture_octets(o, p);
	}
}

/* What a terminal shows of the buffer; to be freed. */
static char *shown(struct capture_store *s)
{
	static const struct cli_hooks hooks = { .hostname = hostname };
	static const struct cli_cmd command[] = { {
		.mode = &cli_mode_exec,
		.words = "look  At packets\n",
		.run = say,
	} };
	struct loop *loop = loop_new();
	struct cli *cli = cli_new(loop, &hooks);
	char *text;

	CLI_ADD(cli, command, s);
	text = cli_test_run(cli, "look\n");
	cli_free(cli);
	loop_free(loop);
	return text;
}

static void add_frame(struct capture_store *s, size_t len)
{
	struct capture_packet p = { .wall = 1500000,
				    .len = frame->len,
				    .kept = (uint32_t)len };
	/* Nothing behind what was kept may be looked at. */
	uint8_t *exact = xcalloc(1, len ? len : 1);

	memcpy(exact, pkt_data(frame), len);
	ck_assert(capture_store_add(s, &p, exact));
	free(exact);
}

START_TEST(a_brief_has_addresses_dscp_and_protocol)
{
	struct capture_store s;
	char *text;

	capture_store_init(&s, 1 << 20, false);
	frame_make(frame, HOST1, HOST3, ICMP, SIZE);
	ipv4_set_tos(pkt_data(frame) + ETH_HEADER, 46 << 2);
	add_frame(&s, frame->len);
	frame_make6(frame, SITE1, SITE3, UDP, SIZE);
	add_frame(&s, frame->len);
	text = shown(&s);
	ck_assert_ptr_nonnull(
		strstr(text, "   0  114      1.500000   192.168.11.3     ->  "
			     "192.168.33.3     46 EF    ICMP\n"));
	ck_assert_ptr_nonnull(strstr(text, "->  2001:DB8:3::10   46 EF    "
					   "UDP\n"));
	ck_assert_ptr_nonnull(strstr(text, "  0070:  "));
	free(text);
	capture_store_clear(&s);
}
END_TEST

START_TEST(any_octets_and_any_length_can_be_shown)
{
	static const uint16_t types[] = { 0x0800, 0x86dd, 0x0806, 0xffff };
	struct capture_store s;
	uint32_t seed = 1;
	char *text;

	capture_store_init(&s, 1 << 24, false);
	for (size_t t = 0; t < ARRAY_SIZE(types); t++) {
		frame_make(frame, HOST1, HOST3, ICMP, SIZE);
		for (size_t i = 0; i < FRAME; i++) {
			seed = seed * 1103515245 + 12345;
			pkt_data(frame)[i] = (uint8_t)(seed >> 16);
		}
		put16(pkt_data(frame) + ETH_HEADER - 2, types[t]);
		for (size_t len = 0; len <= FRAME; len++)
			add_frame(&s, len);
	}
	text = shown(&s);
	ck_assert_ptr_nonnull(strstr(text, "0xffff"));
	free(text);
	capture_store_clear(&s);
}
END_TEST

START_TEST(a_filter_reads_no_further_than_the_frame)
{
	struct ace ace[2];

	ace_init(&ace[0]);
	ace[0].protocol = TCP;
	ace[0].established = true;
	ace_init6(&ace[1]);
	ace[1].protocol = TCP;
	ace[1].dport = (struct ace_port){ .op = ACE_EQ, .lo = 1 };
	for (int v6 = 0; v6 < 2; v6++) {
		for (size_t len = 0; len <= FRAME; len++) {
			uint8_t *exact = xcalloc(1, len ? len : 1);

			if (v6)
				frame_make6(frame, SITE1, SITE3, TCP, SIZE);
			else
				frame_make(frame, HOST1, HOST3, TCP, SIZE);
			memcpy(exact, pkt_data(frame), len);
			ck_assert(!capture_permits(ace, 2, exact, len) ||
				  len == FRAME);
			free(exact);
		}
	}
}
END_TEST

static TCase *captures(void)
{
	TCase *tc = tcase_create("captures");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, inside_is_clear_and_outside_is_esp_both_ways);
	tcase_add_test(tc, without_a_set_nobody_looks);
	tcase_add_test(tc, a_tap_takes_only_its_directions_and_lengths);
	tcase_add_test(tc, a_full_ring_counts_what_it_loses);
	tcase_add_test(tc, the_first_entry_that_matches_decides);
	tcase_add_test(tc, entries_are_of_one_family);
	tcase_add_test(tc, a_linear_buffer_ends_full_and_keeps_the_first);
	tcase_add_test(tc, a_circular_buffer_keeps_the_last);
	tcase_add_test(tc, libpcap_reads_what_was_written);
	tcase_add_test(tc, a_file_that_cannot_be_written_is_an_error);
	tcase_add_test(tc, keys_are_kept_with_service_internal_alone);
	tcase_add_test(tc, of_many_keys_the_newest_stay);
	tcase_add_test(tc, a_brief_has_addresses_dscp_and_protocol);
	tcase_add_test(tc, any_octets_and_any_length_can_be_shown);
	tcase_add_test(tc, a_filter_reads_no_further_than_the_frame);
	return tc;
}

RUN_CASES("captures", captures)
