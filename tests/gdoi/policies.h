/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policies for tests: the article's, random ones, and their comparison. */
#ifndef TESTS_GDOI_POLICIES_H
#define TESTS_GDOI_POLICIES_H

#include "gdoi/gdoi.h"

/* deny udp any eq 848 any, permit ip any any; AES-128 and SHA-1 for both the
 * TEK and the KEK; TBAR window 5 s.  The signature key is a real one of 1024
 * bits, always the same. */
struct gdoi_policy *policy_article(void);
/* The same without what a strict RFC 6407 member does not know. */
struct gdoi_policy *policy_strict(void);
/* Any policy that can be sent; seed decides. */
struct gdoi_policy *policy_random(unsigned int seed);
/* Checks all that goes over the wire; keys only if they are asked for. */
void policy_check_equal(const struct gdoi_policy *a,
			const struct gdoi_policy *b, bool keys);

#endif
