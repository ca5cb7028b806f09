/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_lines.h"

#include <stdarg.h>
#include <stdio.h>

static bool is_in(enum gdoi_line_set set, bool modern)
{
	return set == GDOI_LINES_ALL || (set == GDOI_LINES_XE_17) == modern;
}

static void say_line(struct cli_out *o, const struct gdoi_line *line,
		     const void *obj)
{
	int column = line->column ? line->column : GDOI_COLUMN;
	char value[GDOI_VALUE] = "";

	if (!line->label[0])
		cli_say(o, "\n");
	else if (!line->value)
		cli_say(o, "%*s%s\n", line->indent, "", line->label);
	else if (line->value(obj, value))
		cli_say(o, "%*s%-*s: %s\n", line->indent, "",
			column - line->indent, line->label, value);
}

void gdoi_say_lines(struct cli_out *o, const struct gdoi_line *lines, size_t n,
		    bool modern, const void *obj)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (is_in(lines[i].set, modern))
			say_line(o, &lines[i], obj);
	}
}

bool gdoi_value(char *out, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(out, GDOI_VALUE, fmt, args);
	va_end(args);
	return true;
}
