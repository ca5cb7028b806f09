/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show platform packet-path: our own command (IOS has none of that name). */
#include <inttypes.h>

#include "ipsec/ipsec_priv.h"

static double mean(uint64_t frames, uint64_t batches)
{
	return batches ? (double)frames / (double)batches : 0;
}

/* Frames, and what they were cut into. */
static uint64_t packets_out(const struct lane_stats *s)
{
	return STAT_READ(s->tap_rx) + STAT_READ(s->out_segments);
}

static void show_out(struct cli_out *o, const struct lane *lane)
{
	const struct lane_stats *s = &lane->stats;

	cli_say(o,
		"    Outbound: %" PRIu64 " frames in %" PRIu64
		" batches, mean %.1f\n",
		STAT_READ(s->tap_rx), STAT_READ(s->out_batches),
		mean(STAT_READ(s->tap_rx), STAT_READ(s->out_batches)));
	cli_say(o,
		"      %" PRIu64 " segments, %" PRIu64 " fragments, %" PRIu64
		" ESP fragments, %" PRIu64 " ICMP, %" PRIu64 " sent, %" PRIu64
		" not sent, %.0f cycles a packet\n",
		STAT_READ(s->out_segments), STAT_READ(s->fragments),
		STAT_READ(s->after), STAT_READ(s->icmp),
		STAT_READ(lane->wire->tx_frames),
		STAT_READ(lane->wire->tx_failed),
		mean(STAT_READ(s->out_cycles), packets_out(s)));
}

static void show_in(struct cli_out *o, const struct lane *lane)
{
	const struct lane_stats *s = &lane->stats;

	cli_say(o,
		"    Inbound: %" PRIu64 " frames in %" PRIu64
		" batches, mean %.1f\n",
		STAT_READ(s->wire_rx), STAT_READ(s->in_batches),
		mean(STAT_READ(s->wire_rx), STAT_READ(s->in_batches)));
	cli_say(o,
		"      %" PRIu64 " missed, %" PRIu64 " not read, %" PRIu64
		" joined, %" PRIu64 " reassembled, %" PRIu64
		" path MTUs told, %" PRIu64 " sent, %" PRIu64
		" not sent, %.0f cycles a packet\n",
		STAT_READ(lane->wire->rx_missed),
		STAT_READ(lane->wire->rx_failed), STAT_READ(s->in_joined),
		STAT_READ(s->reassembled), STAT_READ(s->path_mtus),
		STAT_READ(lane->tap->tx_frames),
		STAT_READ(lane->tap->tx_failed),
		mean(STAT_READ(s->in_cycles), STAT_READ(s->wire_rx)));
}

static void show_drops(struct cli_out *o, const struct lane_stats *s)
{
	uint64_t out, in;

	cli_say(o, "    Drops:%44s%12s\n", "outbound", "inbound");
#define SHOW_DROP(name, text)                                               \
	out = STAT_READ(s->out.name);                                       \
	in = STAT_READ(s->in.name);                                         \
	if (out || in)                                                      \
		cli_say(o, "      %-36s%12" PRIu64 "%12" PRIu64 "\n", text, \
			out, in);
	LANE_DROPS(SHOW_DROP)
#undef SHOW_DROP
}

static void show_front(const struct ipsec *ipsec, struct front *f,
		       struct cli_out *o)
{
	const struct iface *iface = iface_find(ipsec->ifaces, f->name);
	uint64_t in, out;

	front_drops(f, &in, &out);
	cli_say(o, "%s: front %s, wire %s by %s\n", f->name,
		iface && iface->device ? iface->device : "-",
		iface && iface->wire ? iface->wire : "-", wire_text(f->wire));
	for (unsigned int i = 0; i < f->n; i++) {
		cli_say(o, "  Worker %u:\n", f->lanes[i].esp->number);
		show_out(o, &f->lanes[i]);
		show_in(o, &f->lanes[i]);
		show_drops(o, &f->lanes[i].stats);
	}
}

static void run_packet_path(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	const struct ipsec *ipsec = obj;
	struct front *f;

	(void)a;
	cli_say(o, "Crypto: %s, %u workers\n", ipsec->crypto->backend->name,
		ipsec->n_workers);
	if (TAILQ_EMPTY(&ipsec->fronts))
		cli_say(o, "No interface has packet features\n");
	TAILQ_FOREACH (f, &ipsec->fronts, link)
		show_front(ipsec, f, o);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show         Show running system information\n"
			 "platform     Show platform information\n"
			 "packet-path  Frames, batches and drops of the "
			 "dataplane\n",
		.run = run_packet_path,
		.flags = CLI_USER,
	},
};

void ipsec_cli_init(struct ipsec *ipsec, struct cli *cli)
{
	CLI_ADD(cli, commands, ipsec);
}
