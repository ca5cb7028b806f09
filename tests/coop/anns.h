/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Announcements to write and to compare, for tests and fuzzers. */
#ifndef TESTS_COOP_ANNS_H
#define TESTS_COOP_ANNS_H

#include "ks/coop_ann.h"

/* All there can be, each list as long as it may be. */
struct coop_ann ann_full(void);
/* Of a key server that just came up: no keys, nobody known. */
struct coop_ann ann_minimal(void);

/* The first field in which they differ; NULL: the same value. */
const char *ann_difference(const struct coop_ann *a, const struct coop_ann *b);

#endif
