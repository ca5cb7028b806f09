/* SPDX-License-Identifier: GPL-3.0-or-later */
/* identifier of server local: the KSSIDs of this key server. */
#include "ks/ks_cli.h"

#include <string.h>

#include "ks/ks_sid.h"

static void run_identifier(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)a;
	g->identifier.on = true;
	cli_enter(o, ks_mode_for(g, &ks_mode_identifier), &g->identifier);
}

static void no_identifier(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)a;
	cli_forget(cli_of(o), &g->identifier);
	g->identifier.on = false;
	g->identifier.n = 0;
	ks_sid_layout_changed(g);
}

static void write_identifier(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	if (!g->identifier.on)
		return;
	cli_say(o, "  identifier\n");
	cli_write_mode(o, ks_mode_for(g, &ks_mode_identifier), &g->identifier);
}

static struct ks_range typed_range(const struct cli_args *a)
{
	struct ks_range range;

	if (cli_has(a, "range")) {
		range.first = cli_u32(a, "first");
		range.last = cli_u32(a, "last");
	} else {
		range.first = cli_u32(a, "number");
		range.last = range.first;
	}
	return range;
}

/* An ID that stands twice would be given to two members. */
static bool overlaps(const struct ks_identifier *id,
		     const struct ks_range *range)
{
	size_t i;

	for (i = 0; i < id->n; i++) {
		if (range->first <= id->ranges[i].last &&
		    range->last >= id->ranges[i].first)
			return true;
	}
	return false;
}

static void run_range(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_identifier *id = obj;
	struct ks_range range = typed_range(a);
	size_t at = id->n;

	if (range.first > range.last || overlaps(id, &range) ||
	    id->n == KS_MAX_RANGES) {
		cli_error(o, "%% Identifiers overlap or are too many\n");
		return;
	}
	while (at > 0 && id->ranges[at - 1].first > range.first) {
		id->ranges[at] = id->ranges[at - 1];
		at--;
	}
	id->ranges[at] = range;
	id->n++;
	ks_sid_layout_changed(id->ks_group);
}

static void no_range(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_identifier *id = obj;
	struct ks_range range = typed_range(a);
	size_t i;

	(void)o;
	for (i = 0; i < id->n; i++) {
		if (id->ranges[i].first != range.first ||
		    id->ranges[i].last != range.last)
			continue;
		memmove(&id->ranges[i], &id->ranges[i + 1],
			(--id->n - i) * sizeof(range));
		ks_sid_layout_changed(id->ks_group);
		return;
	}
}

static void write_ranges(const void *obj, struct cli_out *o)
{
	const struct ks_identifier *id = obj;
	size_t i;

	for (i = 0; i < id->n; i++) {
		if (id->ranges[i].first == id->ranges[i].last)
			cli_say(o, "   value %u\n", id->ranges[i].first);
		else
			cli_say(o, "   range %u - %u\n", id->ranges[i].first,
				id->ranges[i].last);
	}
}

static const struct cli_cmd commands[] = {
	{
		.mode = &ks_mode_local,
		.words = "identifier       Sender IDs of this key server\n",
		.run = run_identifier,
		.no = no_identifier,
		.write = write_identifier,
		.order = KS_O_IDENTIFIER,
	},
	{
		.mode = &ks_mode_identifier,
		.words = "( range          Several identifiers\n"
			 "<0-127>$first    The first\n"
			 "-                To\n"
			 "<0-127>$last     The last\n"
			 "| value          One identifier\n"
			 "<0-127>$number   Identifier\n"
			 ")\n",
		.run = run_range,
		.no = no_range,
		.write = write_ranges,
		.order = 0,
	},
};

void ks_cli_identifier_init(struct ks *ks)
{
	KS_CLI_ADD(ks, commands);
}
