/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Captured packets as lines: whatever octets they have.  Control thread. */
#ifndef IPSEC_CAPTURE_TEXT_H
#define IPSEC_CAPTURE_TEXT_H

#include "cli/cli.h"
#include "ipsec/capture_store.h"

/* The heading of a table of briefs, and one line of it; start: when the first
 * packet came. */
void capture_brief_heading(struct cli_out *o);
void capture_brief(struct cli_out *o, const struct capture_packet *p,
		   size_t number, int64_t start);
/* Octets, 16 a line, the first at address. */
void capture_octets(struct cli_out *o, const struct capture_packet *p);

#endif
