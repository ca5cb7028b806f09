/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Label : value" lines of show commands, as tables.  Each line says which
 * line set it belongs to: IOS 15.4's, which is the default, or IOS XE 17's
 * (service gdoi-output modern), which tools of today expect. */
#ifndef GDOI_GDOI_LINES_H
#define GDOI_GDOI_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "cli/cli.h"

enum gdoi_line_set {
	GDOI_LINES_ALL,
	GDOI_LINES_15_4,  /* IOS XE 17 has it no more */
	GDOI_LINES_XE_17, /* IOS 15.4 does not have it yet */
};

enum gdoi_line_sizes {
	GDOI_COLUMN = 29, /* where the colon stands, the first column is 0 */
	/* Longest value: the longest name that a command line can hold. */
	GDOI_VALUE = 320,
};

struct gdoi_line {
	enum gdoi_line_set set;
	int indent;	   /* columns */
	const char *label; /* "" is an empty line */
	/* Writes what stands behind the colon, GDOI_VALUE octets at most;
	 * false: there is no such line now.  NULL: the label is the line. */
	bool (*value)(const void *obj, char *out);
	int column; /* of the colon where it is out of line; else 0 */
};

/* set: ALL, 15_4, XE_17. */
#define GDOI_LINE(set, indent, label, value)               \
	{                                                  \
		GDOI_LINES_##set, indent, label, value, 0, \
	}
#define GDOI_LINE_AT(set, indent, label, value, column)         \
	{                                                       \
		GDOI_LINES_##set, indent, label, value, column, \
	}
#define GDOI_EMPTY_LINE GDOI_LINE(ALL, 0, "", NULL)

void gdoi_say_lines(struct cli_out *o, const struct gdoi_line *lines, size_t n,
		    bool modern, const void *obj);
#define GDOI_SAY_LINES(o, lines, modern, obj) \
	gdoi_say_lines(o, lines, ARRAY_SIZE(lines), modern, obj)

/* For value(): prints into out, true. */
bool gdoi_value(char *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
