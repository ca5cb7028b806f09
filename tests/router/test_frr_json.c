/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/frr_json.h"
#include "tests/check_main.h"

static const char sample[] =
	"{ \"as\":65001, \"peers\":{ \"10.0.0.2\":{ \"up\":true, "
	"\"state\":\"Active\\/x\", \"none\":null, \"minus\":-4 } },\n"
	"\"list\":[1,[2,3],{}],\"empty\":[],\"name\":\"a\\u00e9\\nb\x01\" }";

static struct frr_json *json;

static const struct frr_node *get(const char *key)
{
	return frr_json_get(frr_json_root(json), key);
}

START_TEST(values_are_found_by_their_names)
{
	const struct frr_node *peer, *list;

	json = frr_json_read(sample);
	ck_assert_ptr_nonnull(json);
	ck_assert_uint_eq(frr_json_number(frr_json_root(json), "as"), 65001);
	peer = get("peers")->child;
	ck_assert_str_eq(peer->key, "10.0.0.2");
	ck_assert(frr_json_true(peer, "up"));
	ck_assert_str_eq(frr_json_text(peer, "state"), "Active/x");
	ck_assert_str_eq(frr_json_text(peer, "none"), "null");
	ck_assert_str_eq(frr_json_text(peer, "minus"), "-4");
	ck_assert_uint_eq(frr_json_number(peer, "minus"), 0);
	ck_assert_str_eq(frr_json_text(peer, "nothing"), "");
	list = get("list");
	ck_assert_str_eq(list->child->text, "1");
	ck_assert_str_eq(list->child->next->child->next->text, "3");
	ck_assert_ptr_null(list->child->next->next->child);
	ck_assert_ptr_null(get("empty")->child);
	ck_assert_ptr_null(frr_json_get(NULL, "x"));
	frr_json_free(json);
}
END_TEST

START_TEST(text_comes_out_printable)
{
	json = frr_json_read(sample);
	ck_assert_str_eq(frr_json_text(frr_json_root(json), "name"), "a..b.");
	frr_json_free(json);
}
END_TEST

static const char *const bad[] = {
	"",	   "{",		 "{\"a\"}", "{\"a\":}", "[1,]",
	"[1 2]",   "{\"a\":1,}", "tru",	    "\"",	"\"\\",
	"\"\\u12", "\"\\x\"",	 "[1]]",    "{1:2}",	"[\"a\" \"b\"]",
	"nul",	   "{\"a\" 1}",	 "}",	    "[}",	"\"\\u12g4\"",
};

START_TEST(what_is_not_json_is_refused)
{
	ck_assert_ptr_null(frr_json_read(bad[_i]));
}
END_TEST

START_TEST(nesting_has_a_limit)
{
	char text[2 * FRR_JSON_DEPTH + 3] = "";

	memset(text, '[', FRR_JSON_DEPTH);
	memset(text + FRR_JSON_DEPTH, ']', FRR_JSON_DEPTH);
	json = frr_json_read(text);
	ck_assert_ptr_nonnull(json);
	frr_json_free(json);
	memset(text, '[', FRR_JSON_DEPTH + 1);
	memset(text + FRR_JSON_DEPTH + 1, ']', FRR_JSON_DEPTH + 1);
	ck_assert_ptr_null(frr_json_read(text));
}
END_TEST

/* In copies of exactly their size, for the sanitizer to see. */
START_TEST(every_truncation_and_every_flipped_octet_does_no_harm)
{
	char *copy;
	size_t i;

	for (i = 0; i < strlen(sample); i++) {
		copy = xcalloc(i + 1, 1);
		memcpy(copy, sample, i);
		ck_assert_ptr_null(frr_json_read(copy));
		free(copy);
	}
	for (i = 0; i < strlen(sample); i++) {
		copy = xstrdup(sample);
		copy[i] ^= (char)0x82;
		frr_json_free(frr_json_read(copy));
		free(copy);
	}
}
END_TEST

START_TEST(many_values_are_read)
{
	const size_t n = 5000;
	char *text = xcalloc(2 * n + 2, 1);
	const struct frr_node *node;
	size_t seen = 0;

	for (size_t i = 0; i < n; i++)
		memcpy(text + 2 * i, i ? ",7" : "[7", 2);
	text[2 * n] = ']';
	json = frr_json_read(text);
	ck_assert_ptr_nonnull(json);
	for (node = frr_json_root(json)->child; node; node = node->next) {
		ck_assert_str_eq(node->text, "7");
		seen++;
	}
	ck_assert_uint_eq(seen, n);
	frr_json_free(json);
	free(text);
}
END_TEST

static TCase *case_json(void)
{
	TCase *tc = tcase_create("frr json");

	tcase_add_test(tc, values_are_found_by_their_names);
	tcase_add_test(tc, text_comes_out_printable);
	tcase_add_loop_test(tc, what_is_not_json_is_refused, 0,
			    (int)ARRAY_SIZE(bad));
	tcase_add_test(tc, nesting_has_a_limit);
	tcase_add_test(tc,
		       every_truncation_and_every_flipped_octet_does_no_harm);
	tcase_add_test(tc, many_values_are_read);
	return tc;
}

RUN_CASES("frr json", case_json)
