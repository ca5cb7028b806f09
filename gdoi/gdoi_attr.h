/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Attributes of SAK, GAP and SAT as tables: which there are, in which form,
 * each at most once.  RFC 6407 5.3.2 and 5.4: what a member does not know
 * makes it abort. */
#ifndef GDOI_GDOI_ATTR_H
#define GDOI_GDOI_ATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rd.h"
#include "isakmp/isakmp.h"

enum gdoi_attr_form {
	GDOI_ATTR_BASIC,    /* TV only */
	GDOI_ATTR_VARIABLE, /* TLV of 1 to 8 octets; a TV if it fits */
};

struct gdoi_attr_rule {
	uint16_t type;
	enum gdoi_attr_form form;
	bool private; /* one of our extensions */
};

/* Values are given in the order of the rules. */
struct gdoi_attr_value {
	bool seen;
	uint64_t number;
};

struct gdoi_attr_table {
	const struct gdoi_attr_rule *rules;
	size_t n;
	const char *unknown, *malformed, *twice; /* fault texts */
};

/* Reads all that is left in body.  Without extensions our private attributes
 * are as unknown as anybody's. */
struct isakmp_fault
gdoi_attr_parse(struct rd body, const struct gdoi_attr_table *table,
		bool extensions, struct gdoi_attr_value *values)
	__attribute__((warn_unused_result));

#endif
