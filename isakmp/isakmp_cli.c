/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto isakmp keepalive and the other switches, clear. */
#include "isakmp/isakmp_internal.h"

#include "base/mem.h"
#include "isakmp/isakmp_cli.h"

/* crypto isakmp keepalive SECONDS [RETRY] [periodic | on-demand] */

static void restart_dpd(struct isakmp *isakmp)
{
	struct isakmp_sa *sa;

	TAILQ_FOREACH (sa, &isakmp->sas, entry)
		isakmp_dpd_start(sa);
}

static void set_keepalive(void *ctx, const struct cli_args *a,
			  struct cli_out *o)
{
	struct isakmp *isakmp = ctx;
	struct isakmp_keepalive *k = &isakmp->keepalive;

	(void)o;
	*k = (struct isakmp_keepalive){ .retry = ISAKMP_DPD_RETRY_DEFAULT };
	if (!cli_is_no(a)) {
		k->seconds = cli_u32(a, "seconds");
		if (cli_has(a, "retry"))
			k->retry = cli_u32(a, "retry");
		k->periodic = cli_has(a, "periodic");
	}
	restart_dpd(isakmp);
}

static void write_keepalive(const void *ctx, struct cli_out *o)
{
	const struct isakmp_keepalive *k =
		&((const struct isakmp *)ctx)->keepalive;

	if (!k->seconds)
		return;
	cli_say(o, "crypto isakmp keepalive %u", k->seconds);
	if (k->retry != ISAKMP_DPD_RETRY_DEFAULT)
		cli_say(o, " %u", k->retry);
	cli_say(o, "%s\n", k->periodic ? " periodic" : "");
}

/* crypto isakmp enable */

static void set_enable(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct isakmp *isakmp = ctx;

	(void)o;
	isakmp->disabled = cli_is_no(a);
	while (isakmp->disabled && !TAILQ_EMPTY(&isakmp->sas))
		isakmp_sa_delete(TAILQ_FIRST(&isakmp->sas));
}

static void write_enable(const void *ctx, struct cli_out *o)
{
	if (((const struct isakmp *)ctx)->disabled)
		cli_say(o, "no crypto isakmp enable\n");
}

/* clear crypto isakmp [CONN-ID] */

static void clear(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct isakmp *isakmp = ctx;
	struct isakmp_sa *sa, *next;

	(void)o;
	for (sa = TAILQ_FIRST(&isakmp->sas); sa; sa = next) {
		if (!cli_has(a, "conn-id")) {
			isakmp_sa_delete(sa);
			next = TAILQ_FIRST(&isakmp->sas);
			continue;
		}
		next = TAILQ_NEXT(sa, entry);
		if (sa->conn_id == cli_u32(a, "conn-id")) {
			isakmp_sa_delete(sa);
			return;
		}
	}
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = ISAKMP_CONFIG
		"keepalive  Set a keepalive interval for use with IOS"
		" peers\n"
		".\n"
		"<10-3600>$seconds  Number of seconds between keep"
		" alives\n"
		"[ <2-60>$retry  Number of seconds between retries if"
		" keepalive fails\n"
		"]\n"
		"[ ( on-demand  send keepalive only if data is being"
		" sent\n"
		"| periodic  send keepalives at regular intervals\n"
		") ]\n",
		.run = set_keepalive,
		.no = set_keepalive,
		.write = write_keepalive,
		.order = CLI_O_ISAKMP + 2,
	},
	{
		.mode = &cli_mode_config,
		.words = ISAKMP_CONFIG "enable  Enable ISAKMP\n",
		.run = set_enable,
		.no = set_enable,
		.write = write_enable,
		.order = CLI_O_ISAKMP + 3,
	},
	{
		.mode = &cli_mode_exec,
		.words = "clear   Reset functions\n"
			 "crypto  Encryption subsystem\n"
			 "isakmp  Flush the ISAKMP database\n"
			 "[ <1-4294967295>$conn-id  connection id of SA\n"
			 "]\n",
		.run = clear,
	},
};

void isakmp_set_name(struct isakmp *isakmp, char *(*name)(void *arg), void *arg)
{
	isakmp->name = name;
	isakmp->name_arg = arg;
}

void isakmp_set_vrfs(struct isakmp *isakmp,
		     const char *(*name)(void *arg, uint32_t vrf), void *arg)
{
	isakmp->vrf_name = name;
	isakmp->vrf_arg = arg;
}

void isakmp_cli_init(struct isakmp *isakmp, struct cli *cli,
		     bool (*internal)(void *arg), void *arg)
{
	isakmp->cli = cli;
	isakmp->internal = internal;
	isakmp->internal_arg = arg;
	isakmp_policy_cli_init(isakmp);
	isakmp_key_cli_init(isakmp);
	CLI_ADD(cli, commands, isakmp);
	isakmp_kept_cli_init(isakmp);
	isakmp_show_cli_init(isakmp);
	isakmp_session_cli_init(isakmp);
	isakmp_engine_cli_init(isakmp);
	isakmp_debug_cli_init(isakmp);
}
