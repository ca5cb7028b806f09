/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_vendor.h"
#include "tests/check_main.h"
#include "tests/gdoi/mutate.h"

static const char ours[] = "OpenGETVPN GETVPN/" GDOI_VERSION;

static bool parses(struct rd body)
{
	char version[GDOI_VERSION_TEXT];
	bool family = gdoi_vendor_parse(body, version);

	/* Whatever it was, it is a string, and shown only to our family. */
	ck_assert_uint_lt(strnlen(version, sizeof(version)), sizeof(version));
	ck_assert_int_eq(family, version[0] != '\0');
	return family;
}

START_TEST(our_family_tells_its_version)
{
	char version[GDOI_VERSION_TEXT];

	ck_assert(gdoi_vendor_parse(rd_init(ours, strlen(ours)), version));
	ck_assert_str_eq(version, "1.0.8");
}
END_TEST

START_TEST(cut_or_changed_ids_do_no_harm)
{
	const uint8_t *octets = (const uint8_t *)ours;
	size_t i;

	for (i = 0; i < strlen("OpenGETVPN GETVPN/") + 1; i++)
		ck_assert(!parses_copy(parses, octets, i));
	survives_flips(parses, octets, strlen(ours));
}
END_TEST

static const char *const strangers[] = {
	"",
	"OpenGETVPN GETVPN/1.0.8\n",
	"OpenGETVPN GETVPN/%s%s",
	"OpenGETVPN GETVPN/1234567890123456",
	"GETVPN/1.0.8",
};

START_TEST(strangers_are_not_of_our_family)
{
	ck_assert(!parses(rd_init(strangers[_i], strlen(strangers[_i]))));
}
END_TEST

static TCase *vendor_case(void)
{
	TCase *tc = tcase_create("vendor ID");

	tcase_add_test(tc, our_family_tells_its_version);
	tcase_add_test(tc, cut_or_changed_ids_do_no_harm);
	tcase_add_loop_test(tc, strangers_are_not_of_our_family, 0, 5);
	return tc;
}

RUN_CASES("gdoi_vendor", vendor_case)
