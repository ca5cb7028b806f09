/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of rekeys begin with: the article's key server and two
 * members.  Included by one C file of a program. */
#ifndef TESTS_KS_TWO_MEMBERS_H
#define TESTS_KS_TWO_MEMBERS_H

#include <stdlib.h>

#include "tests/ks/fake_member.h"

static struct ks_world w;
static struct ks_group *g;
static struct fake_member ce1, ce2;

#define LINES(text)                                              \
	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\n" \
			       "server local\n" text)

static void set_up(void)
{
	ks_world_open(&w, NULL);
	ks_world_article(&w);
	g = ks_world_group(&w, "GDOI-GROUP1");
	fake_member_open(&ce1, &w, "192.168.11.3", true);
	fake_member_open(&ce2, &w, "192.168.12.2", true);
}

static void tear_down(void)
{
	fake_member_close(&ce1);
	fake_member_close(&ce2);
	ks_world_close(&w);
}

static inline void join_both(void)
{
	fake_member_join(&ce1);
	fake_member_join(&ce2);
}

static inline void type(const char *lines)
{
	free(ks_world_exec(&w, lines));
	sim_run(w.sim, SEC(1));
}

static inline const struct gdoi_tek *old_tek(const struct gdoi_policy *policy)
{
	size_t i;

	for (i = 0; i < policy->n_teks; i++) {
		if (policy->teks[i].old)
			return &policy->teks[i];
	}
	return NULL;
}

#endif
