/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi gm dataplane counters */
#include "gm/gm_show.h"

/* Two counters a line: the send side, then the receive side. */
static void say_counters(const struct ipsec_counters *c, struct cli_out *o)
{
	const struct {
		const char *label;
		uint64_t value;
	} all[] = {
#define COUNTER(name, label) { label, c->name },
		IPSEC_COUNTERS(COUNTER)
#undef COUNTER
	};
	size_t i;

	for (i = 0; i + 1 < ARRAY_SIZE(all); i += 2)
		cli_say(o, "    #pkts %-19s: %-5llu    #pkts %-19s: %llu\n",
			all[i].label, (unsigned long long)all[i].value,
			all[i + 1].label, (unsigned long long)all[i + 1].value);
}

static void show_one(const struct gm_member *m, const struct cli_args *a,
		     struct cli_out *o)
{
	const struct dataplane *d = &m->gm->config.dataplane;
	struct ipsec_counters c;

	(void)a;
	d->ops->counters(d->ctx, m->group->key, &c);
	cli_say(o, "\nData-plane statistics for group %s:\n", m->group->name);
	say_counters(&c, o);
}

static void show_counters(void *ctx, const struct cli_args *a,
			  struct cli_out *o)
{
	gm_show_each(ctx, a, o, show_one);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW "gm  Group member information\n"
				   "dataplane  Data-plane information\n"
				   "counters  Data-plane counters\n",
		.run = show_counters,
		.flags = CLI_USER,
	},
};

void gm_show_counters_init(struct gm *gm)
{
	CLI_ADD(gm->config.cli, commands, gm);
}
