/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reading of one line, between the files that translate. */
#ifndef ROUTER_FRR_TEXT_PRIV_H
#define ROUTER_FRR_TEXT_PRIV_H

#include "router/frr_text.h"

enum frr_text_limits {
	FRR_WORDS = 24, /* of a line; what is behind stays in the last one */
};

struct frr_interface {
	char *name;
	unsigned int kbits; /* bandwidth, or 0 */
	bool cost;	    /* ip ospf cost is set */
};

struct frr_reader {
	struct frr_config *config;
	const struct frr_world *world;
	/* What stands before a line that others refer to goes first. */
	struct frr_lines early[FRR_PROGRAMS];
	char *block;	    /* "router bgp 65001", of the line at work */
	char *inner;	    /* "address-family ipv4" in it, or NULL */
	const char *source; /* the line at work, without blanks before it */
	/* Its words, without "no". */
	bool no;
	char *word[FRR_WORDS + 2];
	size_t n;
	/* Of the protocols. */
	char *bgp;	/* "router bgp 65001" that is in force, or NULL */
	char *ospf;	/* "router ospf 1" */
	char *map;	/* "route-map X permit 10", of the block at work */
	char *hostname; /* "hostname R1" */
	bool bgp_id, ospf_id;
	bool bgp_quiet, ospf_quiet; /* neighbors are not logged */
	unsigned int reference;	    /* Mbit/s, ospf's auto-cost */
	struct frr_interface *interface;
	size_t n_interfaces;
};

/* word i, or "". */
const char *frr_word(const struct frr_reader *r, size_t i);
bool frr_word_is(const struct frr_reader *r, size_t i, const char *text);
/* Words from i on, to be freed. */
char *frr_words_from(const struct frr_reader *r, size_t i);
/* A password from word i on, perhaps behind its type (0 or 7), to be freed and
 * wiped; NULL: it cannot be one. */
char *frr_secret(const struct frr_reader *r, size_t i);
void frr_not_acted_on(struct frr_reader *r, const char *why);
/* A line for the program, "no " before it when the source has that. */
void frr_emit(struct frr_reader *r, enum frr_program program, bool early,
	      const char *context, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* "10.0.0.0/8" of an address and a mask (or, wild, a wildcard); false: it is
 * no prefix. */
bool frr_prefix(const char *addr, const char *mask, bool wild, char *out,
		size_t len);

/* One line in its block; r->block, r->inner say where. */
void frr_bgp_line(struct frr_reader *r);
void frr_ospf_line(struct frr_reader *r);
void frr_interface_line(struct frr_reader *r);
void frr_interface_open(struct frr_reader *r);
/* The line that opens a block. */
void frr_bgp_open(struct frr_reader *r);
void frr_ospf_open(struct frr_reader *r);
/* Filters that BGP refers to: ip prefix-list and the like, route maps. */
void frr_list_line(struct frr_reader *r);
void frr_map_open(struct frr_reader *r);
void frr_map_line(struct frr_reader *r);
/* What IOS does without being told. */
void frr_bgp_end(struct frr_reader *r);
void frr_ospf_end(struct frr_reader *r);

#endif
