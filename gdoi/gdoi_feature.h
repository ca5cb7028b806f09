/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What GETVPN software of which version can do (show crypto gdoi feature). */
#ifndef GDOI_GDOI_FEATURE_H
#define GDOI_GDOI_FEATURE_H

#include <stdbool.h>

#include "cli/cli.h"

struct gdoi_feature {
	const char *name;
	/* The first version 1.0.N of Cisco's that has it. */
	unsigned int since;
	bool ours; /* this software has it */
};

/* NULL: there is no such feature. */
const struct gdoi_feature *gdoi_feature_find(const char *name);
/* All, in alphabetical order; NULL begins, NULL ends. */
const struct gdoi_feature *gdoi_feature_next(const struct gdoi_feature *after);
/* A router with software of that version ("1.0.8", "" unknown) has it; family:
 * it is of our family, which has no more than this software. */
bool gdoi_feature_of(const struct gdoi_feature *feature, const char *version,
		     bool family);
/* One line of the table: a router, its version, Yes or No. */
void gdoi_feature_say(const struct gdoi_feature *feature, const char *address,
		      const char *version, bool family, struct cli_out *o);

#endif
