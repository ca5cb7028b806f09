/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A configuration as a tree by its indentation, and what two of them differ
 * in.  Comments, the version and "end" are no part of it; a banner is one
 * line with line breaks in it. */
#ifndef CLI_CLI_TREE_H
#define CLI_CLI_TREE_H

#include <stdbool.h>
#include <stddef.h>

struct cli_tree {
	char *line; /* without indentation; NULL: the root */
	struct cli_tree **child;
	size_t n;
};

struct cli_tree *cli_tree_parse(const char *text);
void cli_tree_free(struct cli_tree *t);
/* The lines that make the configuration from another, one a line, to be freed;
 * "" when there are none.  gentle: of a section that is to go, only what is in
 * it is taken away (that of an interface cannot go). */
char *cli_tree_commands(const struct cli_tree *from, const struct cli_tree *to,
			bool gentle);
/* "+line" is only in b, "-line" only in a, with the sections they stand in, to
 * be freed. */
char *cli_tree_differences(const struct cli_tree *a, const struct cli_tree *b);

#endif
