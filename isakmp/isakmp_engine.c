/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto engine connections active: the SAs with what they have done,
 * IPsec's above ISAKMP's. */
#include "isakmp/isakmp_internal.h"

#include <stdio.h>

#include "isakmp/isakmp_cli.h"

enum { ALGORITHM = 32 };

void isakmp_engine_say(const struct isakmp_engine *e, struct cli_out *o)
{
	char addr[IP_ADDR_TEXT];

	cli_say(o, "%5u  %-6s  %-18s%9llu%9llu%9u %s\n", e->conn_id, e->type,
		e->algorithm, e->encrypted, e->decrypted, 0,
		ip_text(&e->addr, addr));
}

static const char *hash_name(unsigned int hash)
{
	switch (hash) {
	case ISAKMP_HASH_MD5:
		return "MD5";
	case ISAKMP_HASH_SHA:
		return "SHA";
	case ISAKMP_HASH_SHA256:
		return "SHA256";
	case ISAKMP_HASH_SHA384:
		return "SHA384";
	default:
		return "SHA512";
	}
}

/* "SHA+AES", "SHA256+AES256" */
static void algorithm(const struct isakmp_proposal *p, char *out)
{
	const char *hash = hash_name(p->hash);

	if (p->encr == ISAKMP_ENCR_3DES)
		snprintf(out, ALGORITHM, "%s+3DES", hash);
	else if (p->encr != ISAKMP_ENCR_AES)
		snprintf(out, ALGORITHM, "%s+DES", hash);
	else if (p->key_bits > 128)
		snprintf(out, ALGORITHM, "%s+AES%u", hash, p->key_bits);
	else
		snprintf(out, ALGORITHM, "%s+AES", hash);
}

static void say_sa(const struct isakmp_sa *sa, struct cli_out *o)
{
	char name[ALGORITHM];
	const struct isakmp_engine row = {
		.conn_id = sa->conn_id,
		.type = "IKE",
		.algorithm = name,
		.addr = sa->local.addr,
	};

	algorithm(&sa->chosen, name);
	isakmp_engine_say(&row, o);
}

static void show_engine(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	const struct isakmp *isakmp = ctx;
	const struct isakmp_sa *sa;

	(void)a;
	cli_say(o,
		"Crypto Engine Connections\n\n"
		"   ID  Type    Algorithm           Encrypt  Decrypt LastSeqN "
		"IP-Address\n");
	if (isakmp->on_engine)
		isakmp->on_engine(isakmp->on_engine_arg, o);
	TAILQ_FOREACH (sa, &isakmp->sas, entry)
		if (sa->state == MM_UP)
			say_sa(sa, o);
	cli_say(o, "\n");
}

void isakmp_on_engine(struct isakmp *isakmp,
		      void (*fn)(void *arg, struct cli_out *o), void *arg)
{
	isakmp->on_engine = fn;
	isakmp->on_engine_arg = arg;
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show         Show running system information\n"
			 "crypto       Encryption module\n"
			 "engine       Show crypto engine info\n"
			 "connections  Show crypto engine connections\n"
			 "active       Show crypto engine active connections\n",
		.run = show_engine,
	},
};

void isakmp_engine_cli_init(struct isakmp *isakmp)
{
	CLI_ADD(isakmp->cli, commands, isakmp);
}
