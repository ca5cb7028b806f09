/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "base/log.h"

/* readline calls its commands without an argument of ours. */
static struct {
	enum edit_mode mode;
	struct history *history;
	enum edit_event event;
	uint8_t key;
	bool have_key;
	Keymap command, secret;
} edit;

static int raise_event(enum edit_event event)
{
	edit.event = event;
	return 0;
}

static int key_line(int count, int key)
{
	(void)count;
	(void)key;
	return raise_event(EDIT_LINE);
}

static int key_end(int count, int key)
{
	(void)count;
	(void)key;
	return raise_event(EDIT_END);
}

static int key_abort(int count, int key)
{
	(void)count;
	(void)key;
	return raise_event(EDIT_ABORT);
}

static int key_break(int count, int key)
{
	(void)count;
	(void)key;
	return raise_event(EDIT_BREAK);
}

static int key_redraw(int count, int key)
{
	(void)count;
	(void)key;
	return raise_event(EDIT_REDRAW);
}

static int key_help(int count, int key)
{
	if (edit.mode != EDIT_COMMAND)
		return rl_insert(count, key);
	return raise_event(EDIT_HELP);
}

static int key_tab(int count, int key)
{
	if (edit.mode != EDIT_COMMAND)
		return rl_insert(count, key);
	/* Where no word ends there is nothing to complete: indentation of a
	 * pasted configuration. */
	if (!rl_point || strchr(" \t", rl_line_buffer[rl_point - 1]))
		return 0;
	return raise_event(EDIT_COMPLETE);
}

static void recall(const char *line)
{
	if (!line)
		return;
	rl_replace_line(line, 1);
	rl_point = rl_end;
}

static int key_older(int count, int key)
{
	(void)count;
	(void)key;
	if (edit.mode == EDIT_COMMAND && edit.history)
		recall(history_older(edit.history));
	return 0;
}

static int key_younger(int count, int key)
{
	(void)count;
	(void)key;
	if (edit.mode == EDIT_COMMAND && edit.history)
		recall(history_younger(edit.history));
	return 0;
}

/* Without the kill ring: what is erased here must not come back with Ctrl-Y in
 * a line that is shown. */
static int key_erase_all(int count, int key)
{
	(void)count;
	(void)key;
	edit_clear();
	return 0;
}

#define DEL_KEY 0x7f

struct key {
	const char *sequence;
	rl_command_func_t *run;
};

/* IOS "editing keys"; the sequences are those of a VT100. */
static const struct key keys[] = {
	{ "\001", rl_beg_of_line },
	{ "\002", rl_backward_char },
	{ "\003", key_abort },
	{ "\004", rl_delete },
	{ "\005", rl_end_of_line },
	{ "\006", rl_forward_char },
	{ "\010", rl_rubout },
	{ "\011", key_tab },
	{ "\012", key_line },
	{ "\013", rl_kill_line },
	{ "\014", key_redraw },
	{ "\015", key_line },
	{ "\016", key_younger },
	{ "\020", key_older },
	{ "\022", key_redraw },
	{ "\024", rl_transpose_chars },
	{ "\025", rl_unix_line_discard },
	{ "\026", rl_quoted_insert },
	{ "\027", rl_unix_word_rubout },
	{ "\030", rl_unix_line_discard },
	{ "\031", rl_yank },
	{ "\032", key_end },
	{ "\036", key_break },
	{ "?", key_help },
	{ "\177", rl_rubout },
	{ "\033b", rl_backward_word },
	{ "\033B", rl_backward_word },
	{ "\033c", rl_capitalize_word },
	{ "\033C", rl_capitalize_word },
	{ "\033d", rl_kill_word },
	{ "\033D", rl_kill_word },
	{ "\033f", rl_forward_word },
	{ "\033F", rl_forward_word },
	{ "\033l", rl_downcase_word },
	{ "\033L", rl_downcase_word },
	{ "\033u", rl_upcase_word },
	{ "\033U", rl_upcase_word },
	{ "\033\177", rl_backward_kill_word },
	{ "\033[A", key_older },
	{ "\033[B", key_younger },
	{ "\033[C", rl_forward_char },
	{ "\033[D", rl_backward_char },
	{ "\033[F", rl_end_of_line },
	{ "\033[H", rl_beg_of_line },
	{ "\033[1~", rl_beg_of_line },
	{ "\033[3~", rl_delete },
	{ "\033[4~", rl_end_of_line },
	{ "\033OA", key_older },
	{ "\033OB", key_younger },
	{ "\033OC", rl_forward_char },
	{ "\033OD", rl_backward_char },
	{ "\033OF", rl_end_of_line },
	{ "\033OH", rl_beg_of_line },
};

static const struct key secret_keys[] = {
	{ "\003", key_abort },	   { "\010", rl_rubout },
	{ "\012", key_line },	   { "\015", key_line },
	{ "\025", key_erase_all }, { "\026", rl_quoted_insert },
	{ "\030", key_erase_all }, { "\032", key_abort },
	{ "\036", key_break },	   { "\177", rl_rubout },
};

static Keymap make_keymap(const struct key *table, size_t n)
{
	Keymap map = rl_make_bare_keymap();
	size_t i;
	int c;

	for (c = ' '; c < 256; c++)
		if (c != DEL_KEY)
			rl_bind_key_in_map(c, rl_insert, map);
	for (i = 0; i < n; i++)
		rl_bind_keyseq_in_map(table[i].sequence, table[i].run, map);
	return map;
}

static int next_key(FILE *stream)
{
	(void)stream;
	if (!edit.have_key)
		return 0; /* bound to nothing */
	edit.have_key = false;
	return edit.key;
}

/* Readline may not look for more by itself: what is next is decided key by
 * key. */
static int nothing_more(void)
{
	return 0;
}

static void show_nothing(void)
{
}

static void prepare_nothing(int meta)
{
	(void)meta;
}

/* Only Ctrl-D on an empty line comes here (as end of input): it is nothing. */
static void ignore_line(char *line)
{
	free(line);
}

static void take_over(void)
{
	/* What readline prints by itself goes nowhere. */
	FILE *null = fopen("/dev/null", "r+");

	if (!null)
		log_fatal("cannot open /dev/null");
	rl_instream = null;
	rl_outstream = null;
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_change_environment = 0;
	rl_terminal_name = "dumb";
	rl_readline_name = "getvpnsh";
	rl_getc_function = next_key;
	rl_input_available_hook = nothing_more;
	rl_prep_term_function = prepare_nothing;
	rl_deprep_term_function = show_nothing;
}

void edit_init(void)
{
	/* The locale makes readline step over whole UTF-8 characters. */
	setenv("INPUTRC", "/dev/null", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	take_over();
	rl_initialize();
	rl_redisplay_function = show_nothing;
	rl_variable_bind("keyseq-timeout", "0");
	rl_variable_bind("bell-style", "none");
	rl_variable_bind("enable-bracketed-paste", "off");
	rl_variable_bind("blink-matching-paren", "off");
	rl_variable_bind("convert-meta", "off");
	rl_variable_bind("input-meta", "on");
	edit.command = make_keymap(keys, sizeof(keys) / sizeof(keys[0]));
	edit.secret = make_keymap(secret_keys,
				  sizeof(secret_keys) / sizeof(secret_keys[0]));
	rl_callback_handler_install("", ignore_line);
}

void edit_begin(enum edit_mode mode, struct history *history)
{
	edit_clear();
	edit.mode = mode;
	edit.history = history;
	if (history)
		history_rewind(history);
	rl_set_keymap(mode == EDIT_SECRET ? edit.secret : edit.command);
}

/* A line stays one line, whatever was typed after Ctrl-V. */
static void cut_line_end(void)
{
	if (rl_point && strchr("\r\n", rl_line_buffer[rl_point - 1])) {
		rl_delete_text(rl_point - 1, rl_point);
		rl_point--;
	}
}

static void cut_excess(void)
{
	if (rl_end <= EDIT_MAX)
		return;
	rl_delete_text(EDIT_MAX, rl_end);
	if (rl_point > rl_end)
		rl_point = rl_end;
}

enum edit_event edit_key(uint8_t c)
{
	edit.event = EDIT_CHANGED;
	edit.key = c;
	edit.have_key = true;
	rl_callback_read_char();
	cut_line_end();
	cut_excess();
	return edit.event;
}

const char *edit_text(size_t *len)
{
	*len = (size_t)rl_end;
	return rl_line_buffer;
}

size_t edit_point(void)
{
	return (size_t)rl_point;
}

void edit_insert(const char *text)
{
	rl_insert_text(text);
	cut_excess();
}

void edit_clear(void)
{
	/* A password, or a line of a key. */
	if (edit.mode != EDIT_COMMAND)
		explicit_bzero(rl_line_buffer, (size_t)rl_end);
	rl_replace_line("", 1);
	rl_point = 0;
}
