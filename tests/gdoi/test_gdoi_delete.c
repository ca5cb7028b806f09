/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_delete.h"
#include "tests/check_main.h"
#include "tests/gdoi/mutate.h"

static const uint8_t kek_spi[] = "sixteen octets!!";

/* RFC 6407 5.9, laid out by hand: bodies after the generic header */
static const uint8_t two_teks[] = {
	0, 0, 0, 2, 1, 4, 0, 2, 0x10, 0, 0, 1, 0x20, 0, 0, 2,
};
static const uint8_t this_kek[] = {
	0,   0,	  0,   2,   0,	 16,  0,   1,	's', 'i', 'x', 't',
	'e', 'e', 'n', ' ', 'o', 'c', 't', 'e', 't', 's', '!', '!',
};
/* With the generic header: next payload SA. */
static const uint8_t all_teks[] = {
	1, 0, 0, 16, 0, 0, 0, 2, 1, 4, 0, 1, 0, 0, 0, 0,
};
static const uint8_t all_keks[] = {
	9, 0, 0, 28, 0, 0, 0, 2, 0, 16, 0, 1, 0, 0,
	0, 0, 0, 0,  0, 0, 0, 0, 0, 0,	0, 0, 0, 0,
};

static bool parses(struct rd body)
{
	struct gdoi_push push = { 0 };

	return !gdoi_delete_parse(body, kek_spi, &push).notify;
}

START_TEST(single_teks_are_read)
{
	struct gdoi_push push = { 0 };
	struct rd body = rd_init(two_teks, sizeof(two_teks));

	ck_assert(!gdoi_delete_parse(body, kek_spi, &push).notify);
	ck_assert(!push.delete_teks && !push.delete_kek);
	ck_assert_uint_eq(push.n_deleted, 2);
	ck_assert_uint_eq(push.deleted[0], 0x10000001);
	ck_assert_uint_eq(push.deleted[1], 0x20000002);
	/* a second payload adds */
	ck_assert(!gdoi_delete_parse(body, kek_spi, &push).notify);
	ck_assert_uint_eq(push.n_deleted, 4);
}
END_TEST

START_TEST(the_kek_is_read_by_its_spi)
{
	struct gdoi_push push = { 0 };
	struct rd body = rd_init(this_kek, sizeof(this_kek));

	ck_assert(!gdoi_delete_parse(body, kek_spi, &push).notify);
	ck_assert(push.delete_kek && !push.delete_teks);
	push.delete_kek = false;
	ck_assert(!gdoi_delete_parse(body, (const uint8_t *)"another KEK's SPI",
				     &push)
			   .notify);
	ck_assert(!push.delete_kek);
}
END_TEST

START_TEST(everything_is_read_as_written)
{
	struct gdoi_push push = { 0 };
	uint8_t buf[64];
	struct wr w = wr_init(buf, sizeof(buf));

	gdoi_delete_write_teks(&w, ISAKMP_SA);
	ck_assert_octets(buf, wr_at(&w), all_teks, sizeof(all_teks));
	ck_assert(!gdoi_delete_parse(body_of_payload(buf, wr_at(&w)), kek_spi,
				     &push)
			   .notify);
	ck_assert(push.delete_teks && !push.delete_kek && !push.n_deleted);
	w = wr_init(buf, sizeof(buf));
	gdoi_delete_write_kek(&w, ISAKMP_SIG);
	ck_assert_octets(buf, wr_at(&w), all_keks, sizeof(all_keks));
	ck_assert(!gdoi_delete_parse(body_of_payload(buf, wr_at(&w)), kek_spi,
				     &push)
			   .notify);
	ck_assert(push.delete_teks && push.delete_kek && !push.n_deleted);
}
END_TEST

START_TEST(truncations_are_refused)
{
	refuses_truncations(parses, two_teks, sizeof(two_teks));
	refuses_truncations(parses, this_kek, sizeof(this_kek));
}
END_TEST

START_TEST(changed_octets_do_no_harm)
{
	/* The 8 octets of the two SPIs may be any. */
	ck_assert_uint_ge(survives_flips(parses, two_teks, sizeof(two_teks)),
			  80);
	ck_assert_uint_ge(survives_flips(parses, this_kek, sizeof(this_kek)),
			  160);
}
END_TEST

static const struct {
	uint8_t body[12];
	size_t len;
} bad[] = {
	{ { 0, 0, 0, 1, 1, 4, 0, 1, 0, 0, 0, 1 }, 12 },	    /* IPsec DOI */
	{ { 0, 0, 0, 2, 2, 4, 0, 1, 0, 0, 0, 1 }, 12 },	    /* AH */
	{ { 0, 0, 0, 2, 128, 4, 0, 1, 0, 0, 0, 1 }, 12 },   /* deny entries */
	{ { 0, 0, 0, 2, 0, 4, 0, 1, 0, 0, 0, 1 }, 12 },	    /* short KEK SPI */
	{ { 0, 0, 0, 2, 1, 2, 0, 2, 0, 0, 0, 1 }, 12 },	    /* short TEK SPI */
	{ { 0, 0, 0, 2, 1, 4, 0, 0 }, 8 },		    /* no SPI */
	{ { 0, 0, 0, 2, 1, 4, 0, 0, 0, 0, 0, 1 }, 12 },	    /* none counted */
	{ { 0, 0, 0, 2, 1, 4, 255, 255, 0, 0, 0, 1 }, 12 }, /* too many */
	{ { 0, 0, 0, 2, 1, 0, 0, 1 }, 8 }, /* SPIs of nothing */
};

START_TEST(bad_bodies_are_refused)
{
	ck_assert(!parses_copy(parses, bad[_i].body, bad[_i].len));
}
END_TEST

START_TEST(no_more_are_taken_than_there_can_be)
{
	uint8_t body[8 + 4 * GDOI_MAX_TEKS];
	struct gdoi_push push = { 0 };
	struct wr w = wr_init(body, sizeof(body));
	uint32_t i;

	wr_u32(&w, 2);
	wr_u16(&w, 0x0104);
	wr_u16(&w, GDOI_MAX_TEKS);
	for (i = 0; i < GDOI_MAX_TEKS; i++)
		wr_u32(&w, i + 1);
	ck_assert(!gdoi_delete_parse(rd_init(body, wr_at(&w)), kek_spi, &push)
			   .notify);
	ck_assert_uint_eq(push.n_deleted, GDOI_MAX_TEKS);
	ck_assert_uint_eq(gdoi_delete_parse(rd_init(two_teks, sizeof(two_teks)),
					    kek_spi, &push)
				  .notify,
			  ISAKMP_N_PAYLOAD_MALFORMED);
}
END_TEST

static TCase *delete_case(void)
{
	TCase *tc = tcase_create("D");

	tcase_add_test(tc, single_teks_are_read);
	tcase_add_test(tc, the_kek_is_read_by_its_spi);
	tcase_add_test(tc, everything_is_read_as_written);
	tcase_add_test(tc, truncations_are_refused);
	tcase_add_test(tc, changed_octets_do_no_harm);
	tcase_add_loop_test(tc, bad_bodies_are_refused, 0, 9);
	tcase_add_test(tc, no_more_are_taken_than_there_can_be);
	return tc;
}

RUN_CASES("gdoi_delete", delete_case)
