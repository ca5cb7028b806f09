/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads JSON (RFC 8259) that FRR's show commands answer with.  Names in it may
 * be those that neighbors gave themselves: text comes out printable. */
#ifndef ROUTER_FRR_JSON_H
#define ROUTER_FRR_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum frr_json_limits {
	FRR_JSON_DEPTH = 16,
	FRR_JSON_NODES = 2000000, /* values */
};

enum frr_json_type {
	FRR_JSON_NULL,
	FRR_JSON_BOOL,
	FRR_JSON_NUMBER,
	FRR_JSON_STRING,
	FRR_JSON_ARRAY,
	FRR_JSON_OBJECT,
};

struct frr_node {
	enum frr_json_type type;
	const char *key;  /* in an object, else NULL */
	const char *text; /* strings; numbers and words as they stand; or "" */
	const struct frr_node *child, *next; /* in order; or NULL */
};

struct frr_json;

/* text is copied.  NULL: it is not JSON, or beyond the limits. */
struct frr_json *frr_json_read(const char *text);
void frr_json_free(struct frr_json *json);
const struct frr_node *frr_json_root(const struct frr_json *json);

/* All take NULL for a node that is not there. */
const struct frr_node *frr_json_get(const struct frr_node *in, const char *key);
/* The text of a member; "" if there is none. */
const char *frr_json_text(const struct frr_node *in, const char *key);
/* A member that is a whole number from 0 up; 0 if it is not. */
uint64_t frr_json_number(const struct frr_node *in, const char *key);
/* A member that is true. */
bool frr_json_true(const struct frr_node *in, const char *key);

#endif
