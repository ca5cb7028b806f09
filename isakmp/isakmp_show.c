/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto isakmp sa | policy | peers */
#include "isakmp/isakmp_internal.h"

#include <stdio.h>

#include "base/mem.h"
#include "isakmp/isakmp_cli.h"

enum { FIRST_CONN_ID = 1001 };

/* show crypto isakmp sa */

static void say_row(struct cli_out *o, const struct ip_addr *dst,
		    const struct ip_addr *src, const char *state,
		    unsigned int conn_id)
{
	char to[IP_ADDR_TEXT], from[IP_ADDR_TEXT];

	cli_say(o, "%-16s%-16s%-17s%5u %s\n", ip_text(dst, to),
		ip_text(src, from), state, conn_id, "ACTIVE");
}

static void say_other(void *arg, const struct isakmp_show_row *r)
{
	say_row(arg, &r->dst, &r->src, r->state, r->conn_id);
}

static void show_sa(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	const struct isakmp *isakmp = ctx;
	const struct isakmp_sa *sa;

	cli_say(o, "IPv4 Crypto ISAKMP SA\n"
		   "dst             src             state          "
		   "conn-id status\n");
	/* There is no other router that would hold some of them. */
	if (cli_has(a, "standby"))
		return;
	/* As IOS has them: what phase 1 brought is above it. */
	if (isakmp->on_show)
		isakmp->on_show(isakmp->on_show_ctx, say_other, o);
	/* dst is who was called. */
	TAILQ_FOREACH (sa, &isakmp->sas, entry)
		say_row(o, sa->initiator ? &sa->remote.addr : &sa->local.addr,
			sa->initiator ? &sa->local.addr : &sa->remote.addr,
			isakmp_sa_state_name(sa), sa->conn_id);
}

static const char *encr_text(const struct isakmp_proposal *p)
{
	if (p->encr == ISAKMP_ENCR_AES)
		return "aes";
	return p->encr == ISAKMP_ENCR_3DES ? "3des" : "des";
}

static const char *hash_text(unsigned int hash)
{
	switch (hash) {
	case ISAKMP_HASH_MD5:
		return "md5";
	case ISAKMP_HASH_SHA:
		return "sha";
	case ISAKMP_HASH_SHA256:
		return "sha256";
	case ISAKMP_HASH_SHA384:
		return "sha384";
	default:
		return "sha512";
	}
}

static void say_lifetime(const struct isakmp_sa *sa, char *out, size_t size)
{
	int64_t s =
		sa->state == MM_UP ? isakmp_sa_remaining(sa) / US_PER_SEC : 0;

	if (s < 0)
		s = 0;
	snprintf(out, size, "%02d:%02d:%02d", (int)(s / 3600),
		 (int)(s / 60 % 60), (int)(s % 60));
}

static void say_detail(const struct isakmp_sa *sa, struct cli_out *o)
{
	char local[IP_ADDR_TEXT], remote[IP_ADDR_TEXT], life[32];
	const struct isakmp *isakmp = sa->isakmp;
	const char *vrf = NULL;

	/* The VRF of a GETVPN interface is that of what it protects. */
	if (sa->local.vrf && isakmp->vrf_name)
		vrf = isakmp->vrf_name(isakmp->vrf_arg, sa->local.vrf);
	say_lifetime(sa, life, sizeof(life));
	cli_say(o, "%-5u %-15s %-15s %-6s %-6s %-4s %-6s %-4s %-2u %s %-4s\n",
		sa->conn_id, ip_text(&sa->local.addr, local),
		ip_text(&sa->remote.addr, remote), vrf ? vrf : "", "ACTIVE",
		encr_text(&sa->chosen), hash_text(sa->chosen.hash), "psk",
		sa->chosen.group, life, sa->peer_dpd ? "D" : "");
	cli_say(o, "       Engine-id:Conn-id =  SW:%u\n\n",
		sa->conn_id ? sa->conn_id - FIRST_CONN_ID + 1 : 0);
}

static void show_sa_detail(void *ctx, const struct cli_args *a,
			   struct cli_out *o)
{
	static const char columns[] =
		"C-id  Local           Remote          I-VRF  Status Encr "
		"Hash   Auth DH Lifetime Cap.\n\n";
	const struct isakmp *isakmp = ctx;
	const struct isakmp_sa *sa;

	(void)a;
	cli_say(o, "Codes: C - IKE configuration mode, "
		   "D - Dead Peer Detection\n"
		   "       K - Keepalives, N - NAT-traversal\n"
		   "       T - cTCP encapsulation, "
		   "X - IKE Extended Authentication\n"
		   "       psk - Preshared key, rsig - RSA signature\n"
		   "       renc - RSA encryption\n"
		   "IPv4 Crypto ISAKMP SA\n\n");
	cli_say(o, "%s", columns);
	TAILQ_FOREACH (sa, &isakmp->sas, entry)
		if (sa->conn_id)
			say_detail(sa, o);
	cli_say(o, "IPv6 Crypto ISAKMP SA\n\n");
}

static void show_sa_count(void *ctx, const struct cli_args *a,
			  struct cli_out *o)
{
	const struct isakmp *isakmp = ctx;
	const struct isakmp_sa *sa;
	unsigned int active = 0, negotiated = 0;

	(void)a;
	TAILQ_FOREACH (sa, &isakmp->sas, entry)
		++*(sa->state == MM_UP ? &active : &negotiated);
	cli_say(o,
		"Active ISAKMP SA's: %u\n\n"
		"Standby ISAKMP SA's: 0\n\n"
		"Currently being negotiated ISAKMP SA's: %u\n\n"
		"Dead ISAKMP SA's: 0\n\n",
		active, negotiated);
}

/* show crypto isakmp policy, show crypto isakmp default policy */

static void say_encr(const struct isakmp_proposal *p, struct cli_out *o)
{
	cli_say(o, "\tencryption algorithm:\t");
	if (p->encr == ISAKMP_ENCR_AES)
		cli_say(o, "AES - Advanced Encryption Standard (%u bit keys).",
			p->key_bits);
	else if (p->encr == ISAKMP_ENCR_3DES)
		cli_say(o, "Three key triple DES");
	else
		cli_say(o, "DES - Data Encryption Standard (56 bit keys).");
	cli_say(o, "\n");
}

static const char *hash_long(unsigned int hash)
{
	switch (hash) {
	case ISAKMP_HASH_MD5:
		return "Message Digest 5";
	case ISAKMP_HASH_SHA:
		return "Secure Hash Standard";
	case ISAKMP_HASH_SHA256:
		return "Secure Hash Standard 2 (256 bit)";
	case ISAKMP_HASH_SHA384:
		return "Secure Hash Standard 2 (384 bit)";
	default:
		return "Secure Hash Standard 2 (512 bit)";
	}
}

static const char *auth_long(unsigned int auth)
{
	if (auth == ISAKMP_AUTH_PSK)
		return "Pre-Shared Key";
	return auth == ISAKMP_AUTH_RSA_SIG ? "Rivest-Shamir-Adleman Signature"
					   : "Rivest-Shamir-Adleman Encryption";
}

static void say_proposal(const struct isakmp_proposal *p, struct cli_out *o)
{
	say_encr(p, o);
	cli_say(o, "\thash algorithm:\t\t%s\n", hash_long(p->hash));
	cli_say(o, "\tauthentication method:\t%s\n", auth_long(p->auth));
	cli_say(o, "\tDiffie-Hellman group:\t#%u (%u bit%s)\n", p->group,
		isakmp_dh_bits(p->group),
		p->group == 24 ? ", 256 bit subgroup" : "");
	cli_say(o, "\tlifetime:\t\t%u seconds, no volume limit\n", p->lifetime);
}

static void say_built_in(struct cli_out *o)
{
	unsigned int i;

	cli_say(o, "\n");
	for (i = 0; i < ISAKMP_N_BUILT_IN; i++) {
		cli_say(o, "Default protection suite of priority %u\n",
			ISAKMP_BUILT_IN_FIRST + i);
		say_proposal(&isakmp_built_in[i], o);
	}
}

static void show_policy(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	const struct isakmp *isakmp = ctx;
	const struct isakmp_policies *all = &isakmp->policies;
	const struct isakmp_policy *policy;

	(void)a;
	if (LIST_EMPTY(&all->list) && !all->no_defaults) {
		say_built_in(o);
		return;
	}
	cli_say(o, "\nGlobal IKE policy\n");
	LIST_FOREACH (policy, &all->list, entry) {
		cli_say(o, "Protection suite of priority %u\n",
			policy->priority);
		say_proposal(&policy->p, o);
	}
}

static void show_default_policy(void *ctx, const struct cli_args *a,
				struct cli_out *o)
{
	(void)a;
	if (!((const struct isakmp *)ctx)->policies.no_defaults)
		say_built_in(o);
}

/* show crypto isakmp peers */

static void show_peers(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	const struct isakmp *isakmp = ctx;
	const struct isakmp_sa *sa;
	char local[IP_ADDR_TEXT], remote[IP_ADDR_TEXT];

	(void)a;
	TAILQ_FOREACH (sa, &isakmp->sas, entry)
		if (sa->state == MM_UP)
			cli_say(o,
				"Peer: %s Port: %u Local: %s\n"
				" Phase1 id: %s\n",
				ip_text(&sa->remote.addr, remote),
				sa->remote.port,
				ip_text(&sa->local.addr, local), remote);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = ISAKMP_SHOW "sa  Show ISAKMP Security Associations\n"
				     "[ ( active  Show only active ISAKMP SAs\n"
				     "| standby  Show only standby ISAKMP SAs\n"
				     ") ]\n",
		.run = show_sa,
	},
	{
		.mode = &cli_mode_exec,
		.words = ISAKMP_SHOW "sa  Show ISAKMP Security Associations\n"
				     "detail  Show ISAKMP SA Detail\n",
		.run = show_sa_detail,
	},
	{
		.mode = &cli_mode_exec,
		.words = ISAKMP_SHOW "sa  Show ISAKMP Security Associations\n"
				     "count  Show ISAKMP SA Count\n",
		.run = show_sa_count,
	},
	{
		.mode = &cli_mode_exec,
		.words = ISAKMP_SHOW
		"policy  Show ISAKMP protection suite policy\n",
		.run = show_policy,
	},
	{
		.mode = &cli_mode_exec,
		.words = ISAKMP_SHOW
		"default  Show ISAKMP default policies\n"
		"policy  Show ISAKMP protection suite policy\n",
		.run = show_default_policy,
	},
	{
		.mode = &cli_mode_exec,
		.words = ISAKMP_SHOW "peers  Show ISAKMP peer structures\n",
		.run = show_peers,
	},
};

void isakmp_show_cli_init(struct isakmp *isakmp)
{
	CLI_ADD(isakmp->cli, commands, isakmp);
}
