/* SPDX-License-Identifier: GPL-3.0-or-later */
/* redundancy of server local: the lines; ks/coop.h is told of each. */
#include "ks/coop.h"
#include "ks/ks_cli.h"

#include <string.h>

static void run_redundancy(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)a;
	g->coop.on = true;
	coop_configured(g);
	cli_enter(o, ks_mode_for(g, &ks_mode_coop), &g->coop);
}

static void no_redundancy(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)a;
	cli_forget(cli_of(o), &g->coop);
	g->coop = (struct ks_coop){
		.ks_group = g,
		.priority = KS_COOP_PRIORITY,
	};
	coop_configured(g);
}

static void write_redundancy(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	if (!g->coop.on)
		return;
	cli_say(o, "  redundancy\n");
	cli_write_mode(o, ks_mode_for(g, &ks_mode_coop), &g->coop);
}

static void run_priority(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_coop *coop = obj;

	(void)o;
	coop->priority = cli_is_no(a) ? KS_COOP_PRIORITY : cli_u32(a, "value");
	coop_configured(coop->ks_group);
}

static void write_priority(const void *obj, struct cli_out *o)
{
	const struct ks_coop *coop = obj;

	if (coop->priority != KS_COOP_PRIORITY)
		cli_say(o, "   local priority %u\n", coop->priority);
}

static size_t find_peer(const struct ks_coop *coop, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < coop->n_peers; i++) {
		if (ip_equal(&coop->peers[i], addr))
			break;
	}
	return i;
}

/* Why it cannot be added (constant text). */
static const char *peer_defect(const struct ks_coop *coop,
			       const struct ip_addr *addr)
{
	struct ip_addr own = ks_group_address(coop->ks_group);

	if (ip_is_any(addr) || ip_is_multicast(addr))
		return "this is not the address of a key server";
	if (ip_equal(addr, &own))
		return "this is the local address of the key server";
	if (coop->n_peers == KS_MAX_PEERS)
		return "the group has as many peers as it may have";
	return NULL;
}

static void run_peer(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_coop *coop = obj;
	struct ip_addr addr = cli_addr(a, "peer-address");
	char text[IP_ADDR_TEXT];
	const char *why;

	if (find_peer(coop, &addr) < coop->n_peers)
		return;
	why = peer_defect(coop, &addr);
	if (why) {
		cli_error(o, "%% Peer %s is not added: %s\n",
			  ip_text(&addr, text), why);
		return;
	}
	coop->peers[coop->n_peers++] = addr;
	coop_configured(coop->ks_group);
}

static void no_peer(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_coop *coop = obj;
	struct ip_addr addr = cli_addr(a, "peer-address");
	size_t i = find_peer(coop, &addr);

	(void)o;
	if (i == coop->n_peers)
		return;
	memmove(&coop->peers[i], &coop->peers[i + 1],
		(--coop->n_peers - i) * sizeof(addr));
	coop_configured(coop->ks_group);
}

static void write_peers(const void *obj, struct cli_out *o)
{
	const struct ks_coop *coop = obj;
	char text[IP_ADDR_TEXT];
	size_t i;

	for (i = 0; i < coop->n_peers; i++)
		cli_say(o, "   peer address ipv4 %s\n",
			ip_text(&coop->peers[i], text));
}

static void run_version(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_coop *coop = obj;

	(void)o;
	coop->has_version = !cli_is_no(a);
	coop->optimize = !cli_is_no(a) && cli_has(a, "optimize");
	coop_configured(coop->ks_group);
}

static void run_pdu(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_coop *coop = obj;

	(void)o;
	coop->pdu = cli_is_no(a) ? 0 : cli_u32(a, "octets");
	coop_configured(coop->ks_group);
}

static void run_timeout(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_coop *coop = obj;
	unsigned int seconds = cli_is_no(a) ? 0 : cli_u32(a, "seconds");

	(void)o;
	if (cli_has(a, "refresh"))
		coop->refresh = seconds;
	else if (cli_has(a, "periodic"))
		coop->periodic = seconds;
	else
		coop->retransmit = seconds;
	coop_configured(coop->ks_group);
}

static void run_retries(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_coop *coop = obj;

	(void)o;
	coop->retries = cli_is_no(a) ? 0 : cli_u32(a, "count");
	coop_configured(coop->ks_group);
}

static void write_protocol(const void *obj, struct cli_out *o)
{
	const struct ks_coop *coop = obj;

	if (coop->has_version)
		cli_say(o, "   protocol version %s\n",
			coop->optimize ? "optimize" : "base");
	if (coop->pdu)
		cli_say(o, "   protocol pdu %u\n", coop->pdu);
	if (coop->refresh)
		cli_say(o, "   protocol timeout refresh %u\n", coop->refresh);
	if (coop->periodic)
		cli_say(o, "   protocol timeout periodic %u\n", coop->periodic);
	if (coop->retransmit)
		cli_say(o, "   protocol timeout retransmit %u\n",
			coop->retransmit);
	if (coop->retries)
		cli_say(o, "   protocol retransmit %u\n", coop->retries);
}

#define PROTOCOL "protocol                 Protocol between key servers\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &ks_mode_local,
		.words = "redundancy               Other key servers of the "
			 "group\n",
		.run = run_redundancy,
		.no = no_redundancy,
		.write = write_redundancy,
		.order = KS_O_REDUNDANCY,
	},
	{
		.mode = &ks_mode_coop,
		.words = "local                    This key server\n"
			 "priority                 Priority, higher is better\n"
			 ".\n"
			 "<1-255>$value            Priority\n",
		.run = run_priority,
		.no = run_priority,
		.write = write_priority,
		.order = 0,
	},
	{
		.mode = &ks_mode_coop,
		.words = "peer                     Another key server\n"
			 "address                  Its address\n"
			 "ipv4                     IPv4 address\n"
			 "A.B.C.D$peer-address     Address\n",
		.run = run_peer,
		.no = no_peer,
		.write = write_peers,
		.order = 1,
	},
	{
		.mode = &ks_mode_coop,
		.words = PROTOCOL "version                  Version\n"
				  ".\n"
				  "( base                   For 4000 members\n"
				  "| optimize               For 8000 members\n"
				  ")\n",
		.run = run_version,
		.no = run_version,
		.write = write_protocol,
		.order = 2,
	},
	{
		.mode = &ks_mode_coop,
		.words = PROTOCOL "pdu                      Greatest message\n"
				  ".\n"
				  "<1-65000>$octets         Octets\n",
		.run = run_pdu,
		.no = run_pdu,
	},
	{
		.mode = &ks_mode_coop,
		.words = PROTOCOL
		"timeout                  Timers\n"
		"( refresh                Announcements of the "
		"primary\n"
		"| periodic               Silence of the primary\n"
		"| retransmit             Between retransmissions\n"
		")\n"
		".\n"
		"<1-3600>$seconds         Seconds\n",
		.run = run_timeout,
		.no = run_timeout,
	},
	{
		.mode = &ks_mode_coop,
		.words = PROTOCOL "retransmit               Retransmissions\n"
				  ".\n"
				  "<1-100>$count            How many\n",
		.run = run_retries,
		.no = run_retries,
	},
};

void ks_cli_coop_init(struct ks *ks)
{
	KS_CLI_ADD(ks, commands);
}
