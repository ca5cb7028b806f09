/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Grammar strings (cli.h) as graphs.  A graph belongs to one command and does
 * not change once it is made. */
#ifndef CLI_CLI_GRAMMAR_H
#define CLI_CLI_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cli_node_kind {
	/* These take one token or more. */
	CLI_NODE_KEYWORD,
	CLI_NODE_NUMBER,
	CLI_NODE_IPV4,
	CLI_NODE_IPV6,
	CLI_NODE_TYPE, /* of a feature */
	CLI_NODE_WORD,
	CLI_NODE_LINE,
	/* These take none. */
	CLI_NODE_FORK, /* to each of alts */
	CLI_NODE_SET,  /* to each of alts not yet taken, and to next */
	CLI_NODE_DOT,  /* from here on the no form may stop */
	CLI_NODE_END,
};

struct cli_node {
	enum cli_node_kind kind;
	char *text; /* what ? shows */
	char *help; /* "" if none */
	char *name; /* what handlers ask for */
	uint32_t low, high;
	struct cli_node *next;
	struct cli_node **alts;
	size_t n_alts;
	unsigned int first_bit; /* SET: alts[i] is bit first_bit + i */
	struct cli_node *link;	/* all nodes of the graph, for freeing */
};

struct cli_grammar {
	struct cli_node *start;
	struct cli_node *nodes;
	unsigned int bits; /* alternatives of all sets together */
};

enum cli_grammar_limits {
	CLI_SET_BITS = 64,	/* alternatives of the sets of one command */
	CLI_GRAMMAR_DEPTH = 16, /* brackets in brackets */
	CLI_GRAMMAR_ERROR = 160,
};

/* NULL and a text in error[CLI_GRAMMAR_ERROR] when words is malformed. */
struct cli_grammar *cli_grammar_parse(const char *words, char *error);
void cli_grammar_free(struct cli_grammar *g);
/* Whether a handler may ask for this name. */
bool cli_grammar_has_name(const struct cli_grammar *g, const char *name);

#endif
