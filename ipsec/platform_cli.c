/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show platform packet-path: our own command (IOS has none of that name). */
#include <inttypes.h>

#include "ipsec/ipsec_priv.h"

static double mean(uint64_t frames, uint64_t batches)
{
	return batches ? (double)frames / (double)batches : 0;
}

static void show_port(struct cli_out *o, const char *name,
		      const struct port *port)
{
	cli_say(o,
		"  %-7s %" PRIu64 " frames in, %" PRIu64 " out, %" PRIu64
		" not read, %" PRIu64 " not sent\n",
		name, STAT_READ(port->rx_frames), STAT_READ(port->tx_frames),
		STAT_READ(port->rx_failed), STAT_READ(port->tx_failed));
}

static void show_drops(struct cli_out *o, const struct lane_stats *s)
{
	uint64_t n;

	cli_say(o, "  Drops:\n");
#define SHOW_DROP(name, text)          \
	n = STAT_READ(s->drop_##name); \
	if (n)                         \
		cli_say(o, "    %-36s %" PRIu64 "\n", text, n);
	LANE_DROPS(SHOW_DROP)
#undef SHOW_DROP
}

static void show_front(const struct ipsec *ipsec, const struct front *f,
		       struct cli_out *o)
{
	const struct iface *iface = iface_find(ipsec->ifaces, f->lane.name);
	const struct lane_stats *s = &f->lane.stats;

	cli_say(o, "%s: worker %u, front %s, wire %s\n", f->lane.name,
		f->lane.esp->number,
		iface && iface->device ? iface->device : "-",
		iface && iface->wire ? iface->wire : "-");
	show_port(o, "front:", f->lane.tap);
	show_port(o, "wire:", f->lane.wire);
	cli_say(o,
		"  Outbound: %" PRIu64 " batches, mean %.1f frames, %" PRIu64
		" fragments, %" PRIu64 " ICMP\n",
		STAT_READ(s->out_batches),
		mean(STAT_READ(s->tap_rx), STAT_READ(s->out_batches)),
		STAT_READ(s->fragments), STAT_READ(s->icmp));
	cli_say(o, "  Inbound: %" PRIu64 " batches, mean %.1f frames\n",
		STAT_READ(s->in_batches),
		mean(STAT_READ(s->wire_rx), STAT_READ(s->in_batches)));
	show_drops(o, s);
}

static void run_packet_path(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	const struct ipsec *ipsec = obj;
	const struct front *f;

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
