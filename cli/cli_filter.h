/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Output filters: show ... | include RE. */
#ifndef CLI_CLI_FILTER_H
#define CLI_CLI_FILTER_H

#include <stdbool.h>
#include <stddef.h>

struct cli_filter;

enum cli_filter_kind {
	CLI_FILTER_NONE,
	CLI_FILTER_BEGIN,
	CLI_FILTER_COUNT,
	CLI_FILTER_EXCLUDE,
	CLI_FILTER_INCLUDE,
	CLI_FILTER_SECTION,
	CLI_FILTER_SECTION_EXCLUDE,
};

typedef void cli_filter_emit(void *arg, const char *text, size_t len);

/* NULL when pattern is no regular expression. */
struct cli_filter *cli_filter_new(enum cli_filter_kind kind,
				  const char *pattern);
void cli_filter_text(struct cli_filter *f, const char *text, size_t len,
		     cli_filter_emit *emit, void *arg);
/* The text has ended. */
void cli_filter_done(struct cli_filter *f, cli_filter_emit *emit, void *arg);
void cli_filter_free(struct cli_filter *f);

#endif
