/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/mem.h"
#include "cli/cli_test.h"
#include "router/ifname.h"
#include "router/logging.h"
#include "router/router_msg.h"
#include "tests/check_main.h"

/* 2 January 2016, 18:10:37 UTC, as the article's routers had it. */
#define ARTICLE_DAY INT64_C(1451758237)

static struct clock wall;
static struct timekeeper tk;

/* Far from the next second, however slow the machine. */
static void at(int64_t seconds)
{
	clock_init(&wall, 1);
	timekeeper_init(&tk, &wall);
	clock_set_wall(&wall, SEC(seconds));
}

static void check_log(struct stamp_style style, const char *expected)
{
	char text[STAMP_SIZE];

	at(ARTICLE_DAY);
	ck_assert_str_eq(stamp_log(&tk, &style, text), expected);
}

START_TEST(a_log_stamp_is_that_of_ios)
{
	struct stamp_style style = { .kind = STAMP_DATETIME };

	check_log(style, "*Jan  2 18:10:37: ");
	style.year = true;
	check_log(style, "*Jan  2 2016 18:10:37: ");
	style.show_timezone = true;
	check_log(style, "*Jan  2 2016 18:10:37 UTC: ");
	style.kind = STAMP_UPTIME;
	check_log(style, "00:00:00: ");
	style.kind = STAMP_NONE;
	check_log(style, "");
}
END_TEST

START_TEST(milliseconds_follow_the_seconds)
{
	struct stamp_style style = { .kind = STAMP_DATETIME, .msec = true };
	char text[STAMP_SIZE];

	at(ARTICLE_DAY);
	clock_set_wall(&wall, SEC(ARTICLE_DAY) + MSEC(203));
	stamp_log(&tk, &style, text);
	text[21] = '\0'; /* some tests run slowly: the last digit is free */
	ck_assert_msg(!strncmp(text, "*Jan  2 18:10:37.20", 19), "%s", text);
}
END_TEST

START_TEST(a_clock_that_was_set_has_no_star)
{
	struct stamp_style style = { .kind = STAMP_DATETIME,
				     .localtime = true,
				     .show_timezone = true };
	char text[STAMP_SIZE];

	at(ARTICLE_DAY);
	tk.set = true;
	snprintf(tk.zone, sizeof(tk.zone), "CET");
	tk.offset_minutes = 60;
	ck_assert_str_eq(stamp_log(&tk, &style, text), "Jan  2 19:10:37 CET: ");
	ck_assert_str_eq(stamp_config(&tk, text),
			 "19:10:37 CET Sat Jan 2 2016");
	stamp_clock(&tk, text);
	ck_assert_msg(!strncmp(text, "19:10:37.", 9), "%s", text);
	ck_assert_str_eq(text + 12, " CET Sat Jan 2 2016");
	ck_assert_int_eq(stamp_to_wall(&tk, 2016, 0, 2, 19, 10, 37),
			 SEC(ARTICLE_DAY));
}
END_TEST

START_TEST(ages_are_short_and_long)
{
	static const struct {
		int64_t seconds;
		const char *age, *uptime;
	} v[] = {
		{ 0, "00:00:00", "0 minutes" },
		{ 83, "00:01:23", "1 minute" },
		{ 86399, "23:59:59", "23 hours, 59 minutes" },
		{ 93600, "1d02h", "1 day, 2 hours" },
		{ 604800 * 3 + 86400 * 4, "3w4d", "3 weeks, 4 days" },
		{ 31449600 + 604800, "1y1w", "1 year, 1 week" },
	};
	char text[STAMP_SIZE];

	ck_assert_str_eq(stamp_age(SEC(v[_i].seconds), text), v[_i].age);
	ck_assert_str_eq(stamp_uptime(SEC(v[_i].seconds), text), v[_i].uptime);
}
END_TEST

/* --- the buffer ------------------------------------------------------- */

static struct logging log_;

static void log_setup(void)
{
	at(ARTICLE_DAY);
	logging_init(&log_, &tk);
	log_.log_style.kind = STAMP_NONE;
}

static void log_teardown(void)
{
	logging_fini(&log_);
}

START_TEST(the_buffer_keeps_what_is_severe_enough)
{
	log_.buffer.level = LOGGING_NOTICES;
	log_msg(&log_, SYS_CONFIG_I, "console by console");
	logging_debug(&log_, "not this");
	ck_assert_uint_eq(log_.buffer.count, 1);
	ck_assert_uint_eq(log_.ring_len,
			  strlen("%SYS-5-CONFIG_I: Configured from console by "
				 "console\n"));
}
END_TEST

START_TEST(the_buffer_drops_whole_old_lines)
{
	char who[32], *last;
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		snprintf(who, sizeof(who), "user %u", i);
		log_msg(&log_, SYS_CONFIG_I, who);
		ck_assert_uint_le(log_.ring_len, log_.ring_size);
		ck_assert_int_eq(log_.ring[0], '%');
	}
	last = xasprintf("Configured from user 999\n");
	ck_assert_int_eq(memcmp(log_.ring + log_.ring_len - strlen(last), last,
				strlen(last)),
			 0);
	free(last);
}
END_TEST

START_TEST(a_long_line_is_cut)
{
	char text[3 * LOGGING_LINE];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_msg(&log_, SYS_CONFIG_I, text);
	ck_assert_uint_le(log_.ring_len, LOGGING_LINE);
}
END_TEST

/* --- names of interfaces ---------------------------------------------- */

static const struct {
	const char *first, *second; /* tokens */
	int used;
	const char *name;
} names[] = {
	{ "e0/0", NULL, 1, "Ethernet0/0" },
	{ "Eth", "0/1", 2, "Ethernet0/1" },
	{ "ETHERNET1/3", NULL, 1, "Ethernet1/3" },
	{ "Gi0/0/1", NULL, 1, "GigabitEthernet0/0/1" },
	{ "fas", "0/0", 2, "FastEthernet0/0" },
	{ "lo0", NULL, 1, "Loopback0" },
	{ "Loopback", NULL, -1, "" },
	{ "e", "x", 0, "" },
	{ "e0/", NULL, 0, "" },
	{ "e0/0x", NULL, 0, "" },
	{ "tu7", NULL, 1, "Tunnel7" },
	{ "t7", NULL, 0, "" }, /* TenGigabitEthernet, too */
	{ "Se0/1/0.52", NULL, 1, "Serial0/1/0.52" },
	{ "se", "0/0/0:15", 2, "Serial0/0/0:15" },
	{ "e0/0.", NULL, 0, "" },
	{ "e0/0.1.2", NULL, 0, "" },
	{ "po1", NULL, 1, "Port-channel1" },
	{ "lo2147483648", NULL, 0, "" },
	{ "e1/2/3/4/5", NULL, 0, "" },
	{ "0/0", NULL, 0, "" },
};

START_TEST(interface_names_are_abbreviated)
{
	const char *const tokens[] = { names[_i].first, names[_i].second };
	struct ifname name;

	ck_assert_int_eq(ifname_parse(tokens, names[_i].second ? 2 : 1, &name),
			 names[_i].used);
	if (names[_i].used > 0)
		ck_assert_str_eq(name.text, names[_i].name);
}
END_TEST

START_TEST(the_31st_of_february_is_no_day)
{
	ck_assert(!stamp_date_is_real(2016, 1, 31));
	ck_assert(stamp_date_is_real(2016, 1, 29));
	ck_assert(!stamp_date_is_real(2015, 1, 29));
	ck_assert(stamp_date_is_real(2016, 0, 2));
}
END_TEST

static TCase *stamps(void)
{
	TCase *tc = tcase_create("stamps");

	tcase_add_test(tc, the_31st_of_february_is_no_day);
	tcase_add_test(tc, a_log_stamp_is_that_of_ios);
	tcase_add_test(tc, milliseconds_follow_the_seconds);
	tcase_add_test(tc, a_clock_that_was_set_has_no_star);
	tcase_add_loop_test(tc, ages_are_short_and_long, 0, 6);
	return tc;
}

static TCase *buffer(void)
{
	TCase *tc = tcase_create("buffer");

	tcase_add_checked_fixture(tc, log_setup, log_teardown);
	tcase_add_test(tc, the_buffer_keeps_what_is_severe_enough);
	tcase_add_test(tc, the_buffer_drops_whole_old_lines);
	tcase_add_test(tc, a_long_line_is_cut);
	return tc;
}

static TCase *ifnames(void)
{
	TCase *tc = tcase_create("names");

	tcase_add_loop_test(tc, interface_names_are_abbreviated, 0,
			    ARRAY_SIZE(names));
	return tc;
}

RUN_CASES("stamp", stamps, buffer, ifnames)
