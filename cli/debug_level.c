/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/debug_level.h"

#include <stdio.h>

static const char *const words[] = {
	[DEBUG_ERROR] = "error",   [DEBUG_TERSE] = "terse",
	[DEBUG_EVENT] = "event",   [DEBUG_DETAIL] = "detail",
	[DEBUG_PACKET] = "packet",
};

unsigned int debug_levels_named(const struct cli_args *a)
{
	unsigned int levels = 0;
	int i;

	if (cli_has(a, "all-levels"))
		return DEBUG_ALL;
	for (i = 0; i < DEBUG_N_LEVELS; i++)
		if (cli_has(a, words[i]))
			levels |= 1u << i;
	return levels;
}

unsigned int debug_levels_after(unsigned int now, unsigned int named, bool on)
{
	if (on)
		return now | (named ? named : DEBUG_DEFAULT);
	return named ? now & ~named : 0;
}

const char *debug_levels_text(unsigned int levels, char out[DEBUG_LEVELS_TEXT])
{
	size_t len = 0;
	int i;

	out[0] = '\0';
	if (levels == DEBUG_DEFAULT)
		return out;
	if (levels == DEBUG_ALL) {
		snprintf(out, DEBUG_LEVELS_TEXT, " all-levels");
		return out;
	}
	for (i = 0; i < DEBUG_N_LEVELS && len < DEBUG_LEVELS_TEXT; i++)
		if (levels & 1u << i)
			len += (size_t)snprintf(out + len,
						DEBUG_LEVELS_TEXT - len, " %s",
						words[i]);
	return out;
}
