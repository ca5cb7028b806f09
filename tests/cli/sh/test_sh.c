/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of getvpnsh that see hostile or unlucky input, each by itself:
 * the telnet decoder, the redrawing of a line, the pager, the history. */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/sh/history.h"
#include "cli/sh/pager.h"
#include "cli/sh/screen.h"
#include "cli/sh/term.h"

#define WIDTH 40 /* of the screen in these tests */

/* A client that negotiates, with every kind of command in it. */
static const uint8_t wire[] = {
	255, 253, 1,   255, 253, 3,    255,  251, 24,	255, 251,
	31,  255, 250, 31,  0,	 100,  0,    30,  255,	240, 255,
	250, 24,  0,   'x', 't', 'e',  'r',  'm', 255,	240, 255,
	250, 39,  0,   'A', 1,	 'b',  255,  255, 'c',	255, 240,
	's', 'h', 255, 241, 'o', 'w',  255,  255, '\r', 0,   255,
	250, 86,  255, 240, 'x', '\r', '\n', 255, 244,	'y', '\n',
};
static const char typed[] = "show\xff\rx\r\x1ey\r";

static struct term *open_term(void)
{
	return term_telnet_new(open("/dev/null", O_RDWR));
}

static void check_typed(const struct term *t, const char *what, size_t len)
{
	size_t n;
	const uint8_t *data = queue_data(&t->in, &n);

	ck_assert_uint_eq(n, len);
	ck_assert_mem_eq(data, what, len);
}

START_TEST(a_negotiation_leaves_only_what_was_typed)
{
	struct term *t = open_term();

	t->ops->feed(t, wire, sizeof(wire));
	check_typed(t, typed, sizeof(typed) - 1);
	ck_assert_uint_eq(t->width, 100);
	ck_assert_uint_eq(t->height, 30);
	term_free(t);
}
END_TEST

START_TEST(packets_may_be_cut_anywhere)
{
	struct term *t = open_term();
	size_t cut = (size_t)_i;
	uint8_t *first = xmemdup(wire, cut ? cut : 1);
	uint8_t *second = xmemdup(wire + cut, sizeof(wire) - cut);

	t->ops->feed(t, first, cut);
	t->ops->feed(t, second, sizeof(wire) - cut);
	check_typed(t, typed, sizeof(typed) - 1);
	ck_assert_uint_eq(t->width, 100);
	free(first);
	free(second);
	term_free(t);
}
END_TEST

START_TEST(a_changed_octet_does_no_harm)
{
	uint8_t changed[sizeof(wire)];
	size_t at = (size_t)_i / 8, i;
	struct term *t = open_term();

	memcpy(changed, wire, sizeof(wire));
	changed[at] ^= (uint8_t)(1 << (_i % 8));
	t->ops->feed(t, changed, sizeof(changed));
	ck_assert_uint_le(t->in.len, sizeof(wire));
	/* Whatever state it is in, the end of a sub-negotiation ends it. */
	t->ops->feed(t, (const uint8_t *)"\xff\xf0\xff\xf0\r!", 6);
	for (i = 0; i < t->in.len; i++)
		if (t->in.data[t->in.head + i] == '!')
			break;
	ck_assert_uint_lt(i, t->in.len);
	term_free(t);
}
END_TEST

START_TEST(a_sub_negotiation_without_end_takes_no_memory)
{
	static const uint8_t start[] = { 255, 250, 31 };
	static const uint8_t body[4096] = { 1, 2, 3 };
	struct term *t = open_term();
	int i;

	t->ops->feed(t, start, sizeof(start));
	for (i = 0; i < 1000; i++)
		t->ops->feed(t, body, sizeof(body));
	ck_assert_uint_eq(t->in.len, 0);
	ck_assert_uint_eq(t->width, 0);
	term_free(t);
}
END_TEST

/* --- a glass terminal of one row -------------------------------------- */

struct glass {
	char row[WIDTH + 1];
	size_t at;
};

static struct term *open_screen(struct screen *s)
{
	struct term *t = term_output_new();

	screen_init(s, t);
	screen_set_width(s, WIDTH);
	return t;
}

/* What was printed since the last time; it must not leave the row. */
static void look(struct glass *g, struct term *t)
{
	while (!queue_is_empty(&t->out)) {
		uint8_t c = queue_pop(&t->out);

		if (c == '\b') {
			ck_assert_uint_gt(g->at, 0);
			g->at--;
			continue;
		}
		ck_assert_int_ge(c, ' ');
		ck_assert_uint_lt(g->at, WIDTH);
		g->row[g->at++] = (char)c;
	}
}

static void check_row(const struct glass *g, const char *line, size_t point)
{
	size_t shown = strlen(g->row), len = strlen(line), i;
	char under = point < len ? line[point] : ' ';

	ck_assert(!strncmp(g->row, "R1#", 3));
	ck_assert_uint_ge(g->at, 3);
	ck_assert(g->row[g->at] == under || g->row[g->at] == '$');
	if (len + 3 < WIDTH) {
		ck_assert(!strncmp(g->row + 3, line, len));
		ck_assert_uint_eq(g->at, 3 + point);
		for (i = 3 + len; i < shown; i++)
			ck_assert_int_eq(g->row[i], ' ');
		return;
	}
	/* Left of the cursor stands what stands there in the line. */
	for (i = 1; i <= g->at - 3 && g->row[g->at - i] != '$'; i++)
		ck_assert_int_eq(g->row[g->at - i], line[point - i]);
}

static void change(char *line, size_t *point, uint32_t dice)
{
	size_t len = strlen(line);

	switch (dice % 8) {
	case 0:
		*point = len ? dice / 8 % (len + 1) : 0;
		break;
	case 1:
		if (*point < len)
			memmove(line + *point, line + *point + 1, len - *point);
		break;
	case 2:
		if (dice / 8 % 32 == 0) {
			*point = 0;
			line[0] = '\0';
			break;
		}
		__attribute__((fallthrough));
	default:
		memmove(line + *point + 1, line + *point, len + 1 - *point);
		line[(*point)++] = (char)('a' + dice / 8 % 26);
		break;
	}
}

START_TEST(the_screen_is_right_after_any_edit)
{
	char line[128] = "";
	struct glass g = { 0 };
	uint32_t dice = (uint32_t)_i * 2654435761u + 1;
	struct screen s;
	struct term *t = open_screen(&s);
	size_t point = 0;
	int i;

	memset(g.row, ' ', WIDTH);
	screen_begin(&s, "R1#");
	for (i = 0; i < 2000; i++) {
		dice = dice * 1664525u + 1013904223u;
		change(line, &point, dice >> 8);
		if (strlen(line) > 100)
			line[point = 50] = '\0';
		screen_show(&s, line, strlen(line), point);
		look(&g, t);
		check_row(&g, line, point);
	}
	screen_fini(&s);
	term_free(t);
}
END_TEST

START_TEST(typing_at_the_end_prints_just_that)
{
	struct screen s;
	struct term *t = open_screen(&s);
	char line[256];
	size_t i;

	screen_set_width(&s, 512);
	screen_begin(&s, "");
	for (i = 0; i < sizeof(line); i++) {
		line[i] = (char)('a' + i % 26);
		screen_show(&s, line, i + 1, i + 1);
		ck_assert_uint_eq(t->out.len, 1);
		ck_assert_int_eq(queue_pop(&t->out), line[i]);
	}
	screen_fini(&s);
	term_free(t);
}
END_TEST

START_TEST(a_page_of_any_length_shows_every_line_once)
{
	static const char text[] = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
	struct term *t = term_output_new();
	struct pager p;
	int keys = 0;

	pager_init(&p, t);
	p.length = (unsigned int)_i;
	pager_write(&p, text, sizeof(text) - 1);
	while (p.waiting) {
		ck_assert_int_lt(++keys, 10);
		pager_key(&p, ' ');
	}
	/* length - 1 rows a page, but never less than one */
	ck_assert_int_eq(keys, !_i ? 0 : _i < 3 ? 8 : 8 / (_i - 1));
	pager_fini(&p);
	queue_drop(&t->out, t->out.len);
	term_free(t);
}
END_TEST

/* Keys at the first " --More-- ", and what the screen has after them. */
static const struct {
	const char *keys, *expected;
} patterns[] = {
	{ "/c4\r", "/c4\nfiltering...\n\nc4\nc5\nb6\n" },
	{ "+b\r", "+b\nfiltering...\nb3\nb6\n" },
	{ "-b\r", "-b\nfiltering...\nc4\nc5\n" },
	{ "+x\bb\r", "+x\b \bb\nfiltering...\nb3\nb6\n" },
	{ "+[\r+b\r", "+[\n% Failed to compile regular expression.\n"
		      "+b\nfiltering...\nb3\nb6\n" },
	{ "?", "Press RETURN for another line, SPACE for another page, "
	       "anything else to quit\n --More-- " },
	{ "/c\003", "/c\n" },
};

static char *screen_after(const char *keys)
{
	static const char text[] = "a1\na2\nb3\nc4\nc5\nb6\n";
	struct term *t = term_output_new();
	struct pager p;
	const uint8_t *out;
	char *screen;
	size_t len;

	pager_init(&p, t);
	p.length = 3;
	/* In two pieces: the last comes while the user types. */
	pager_write(&p, text, 13);
	ck_assert(p.waiting);
	queue_drop(&t->out, t->out.len);
	pager_write(&p, text + 13, sizeof(text) - 1 - 13);
	for (; *keys; keys++)
		pager_key(&p, (uint8_t)*keys);
	/* Four rows fit after all. */
	while (p.waiting && !p.sign && p.filter)
		pager_key(&p, ' ');
	pager_end(&p);
	out = queue_data(&t->out, &len);
	screen = strndup((const char *)out, len);
	pager_fini(&p);
	queue_drop(&t->out, t->out.len);
	term_free(t);
	return screen;
}

/* Without the signs that come and go, and carriage returns. */
static void strip(char *screen)
{
	static const char *const noise[] = {
		"\r",
		(" --More-- \b\b\b\b\b\b\b\b\b\b          "
		 "\b\b\b\b\b\b\b\b\b\b"),
		"\b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\b"
	};
	size_t i, len;
	char *at;

	for (i = 0; i < ARRAY_SIZE(noise); i++) {
		len = strlen(noise[i]);
		while ((at = strstr(screen, noise[i])))
			memmove(at, at + len, strlen(at + len) + 1);
	}
}

START_TEST(the_rest_of_a_page_can_be_filtered)
{
	char *screen = screen_after(patterns[_i].keys);

	strip(screen);
	ck_assert_str_eq(screen, patterns[_i].expected);
	free(screen);
}
END_TEST

START_TEST(history_keeps_the_youngest)
{
	struct history h;
	char line[8] = "a";
	int i;

	history_init(&h);
	history_set_size(&h, 3);
	for (i = 0; i < 10; i++) {
		line[0] = (char)('a' + i);
		history_add(&h, line);
		history_add(&h, line);
	}
	ck_assert_uint_eq(h.len, 3);
	ck_assert_str_eq(history_older(&h), "j");
	ck_assert_str_eq(history_older(&h), "i");
	ck_assert_str_eq(history_older(&h), "h");
	ck_assert_ptr_null(history_older(&h));
	ck_assert_str_eq(history_younger(&h), "i");
	history_set_size(&h, 0);
	history_add(&h, "k");
	ck_assert_uint_eq(h.len, 0);
	ck_assert_ptr_null(history_older(&h));
	history_fini(&h);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("getvpnsh");
	TCase *tc = tcase_create("parts");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_negotiation_leaves_only_what_was_typed);
	tcase_add_loop_test(tc, packets_may_be_cut_anywhere, 0, sizeof(wire));
	tcase_add_loop_test(tc, a_changed_octet_does_no_harm, 0,
			    8 * sizeof(wire));
	tcase_add_test(tc, a_sub_negotiation_without_end_takes_no_memory);
	tcase_add_loop_test(tc, the_screen_is_right_after_any_edit, 0, 8);
	tcase_add_test(tc, typing_at_the_end_prints_just_that);
	tcase_add_loop_test(tc, a_page_of_any_length_shows_every_line_once, 0,
			    12);
	tcase_add_loop_test(tc, the_rest_of_a_page_can_be_filtered, 0,
			    (int)ARRAY_SIZE(patterns));
	tcase_add_test(tc, history_keeps_the_youngest);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
