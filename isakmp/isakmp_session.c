/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto session: what is protected, then the ISAKMP SAs. */
#include "isakmp/isakmp_internal.h"

#include <stdio.h>

#include "isakmp/isakmp_cli.h"

/* --- the frame ------------------------------------------------------------ */

static const char *vrf_text(const struct isakmp *isakmp, uint32_t vrf)
{
	const char *name = NULL;

	if (vrf && isakmp->vrf_name)
		name = isakmp->vrf_name(isakmp->vrf_arg, vrf);
	return name ? name : "(none)";
}

void isakmp_session_say(const struct isakmp *isakmp,
			const struct isakmp_session *s, bool detail,
			struct cli_out *o)
{
	char peer[IP_ADDR_TEXT];

	if (s->ifname)
		cli_say(o, "Interface: %s\n", s->ifname);
	cli_say(o, "Session status: %-14s\n", s->status);
	cli_say(o, "Peer: %s port %u ", ip_text(&s->peer.addr, peer),
		s->peer.port);
	if (detail)
		cli_say(o,
			"fvrf: %s ivrf: %s\n      Phase1_id: %s\n"
			"      Desc: (none)",
			vrf_text(isakmp, s->peer.vrf),
			vrf_text(isakmp, s->ivrf), s->id ? s->id : "(none)");
	cli_say(o, "\n  Session ID: 0  \n");
}

/* --- ISAKMP SAs ----------------------------------------------------------- */

static void say_sa(const struct isakmp *isakmp, const struct isakmp_sa *sa,
		   bool detail, struct cli_out *o)
{
	char local[IP_ADDR_TEXT], remote[IP_ADDR_TEXT];
	bool up = sa->state == MM_UP;
	const struct isakmp_session session = {
		.ifname = isakmp->interface ? isakmp->interface(
						      isakmp->interface_arg,
						      &sa->local)
					    : NULL,
		.status = up ? "UP-IDLE" : "DOWN-NEGOTIATING",
		.peer = sa->remote,
		.ivrf = sa->local.vrf,
		.id = up ? ip_text(&sa->remote.addr, remote) : NULL,
	};
	int64_t left = up ? isakmp_sa_remaining(sa) / US_PER_SEC : 0;

	isakmp_session_say(isakmp, &session, detail, o);
	cli_say(o, "  IKEv1 SA: local %s/%u remote %s/%u %s \n",
		ip_text(&sa->local.addr, local), sa->local.port,
		ip_text(&sa->remote.addr, remote), sa->remote.port,
		up ? "Active" : "Inactive");
	if (left < 0)
		left = 0;
	if (detail)
		cli_say(o,
			"          Capabilities:%s connid:%u "
			"lifetime:%02d:%02d:%02d\n",
			sa->peer_dpd ? "D" : "(none)", sa->conn_id,
			(int)(left / 3600), (int)(left / 60 % 60),
			(int)(left % 60));
	cli_say(o, "\n");
}

static void show_session(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	const struct isakmp *isakmp = ctx;
	const struct isakmp_sa *sa;
	bool detail = cli_has(a, "detail");

	cli_say(o, "Crypto session current status\n\n");
	if (detail)
		cli_say(o, "Code: C - IKE Configuration mode, D - Dead Peer "
			   "Detection     \n"
			   "K - Keepalives, N - NAT-traversal, T - cTCP "
			   "encapsulation     \n"
			   "X - IKE Extended Authentication, F - IKE "
			   "Fragmentation\n"
			   "R - IKE Auto Reconnect, U - IKE Dynamic Route "
			   "Update\n\n");
	if (isakmp->on_session)
		isakmp->on_session(isakmp->on_session_arg, detail, o);
	TAILQ_FOREACH (sa, &isakmp->sas, entry)
		say_sa(isakmp, sa, detail, o);
}

void isakmp_on_session(struct isakmp *isakmp,
		       void (*fn)(void *arg, bool detail, struct cli_out *o),
		       void *arg)
{
	isakmp->on_session = fn;
	isakmp->on_session_arg = arg;
}

void isakmp_set_interfaces(struct isakmp *isakmp,
			   const char *(*interface)(void *arg,
						    const struct endpoint *at),
			   void *arg)
{
	isakmp->interface = interface;
	isakmp->interface_arg = arg;
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show     Show running system information\n"
			 "crypto   Encryption module\n"
			 "session  Show crypto sessions (tunnels)\n"
			 "[ detail  detailed output\n"
			 "]\n",
		.run = show_session,
		.flags = CLI_USER,
	},
};

void isakmp_session_cli_init(struct isakmp *isakmp)
{
	CLI_ADD(isakmp->cli, commands, isakmp);
}
