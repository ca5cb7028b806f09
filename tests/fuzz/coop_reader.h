/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key server with the article's group and an RSA key that is always the same,
 * for what others tell it. */
#ifndef TESTS_FUZZ_COOP_READER_H
#define TESTS_FUZZ_COOP_READER_H

#include "ks/ks_group.h"

/* Made once; empty again each time: no keys, no members. */
struct ks_group *coop_reader(bool ipv6);
/* It gets keys and a member: 10.1.1.1 registers with it. */
void coop_reader_join(struct ks_group *g);

#endif
