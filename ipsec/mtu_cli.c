/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto ipsec df-bit and crypto ipsec fragmentation, of the router and of an
 * interface, whose own word comes first. */
#include "ipsec/ipsec_cli.h"
#include "router/iface.h"

static enum ipsec_df typed_df(const struct cli_args *a)
{
	if (cli_is_no(a))
		return IPSEC_DF_UNSET;
	if (cli_has(a, "clear"))
		return IPSEC_DF_CLEAR;
	return cli_has(a, "set") ? IPSEC_DF_SET : IPSEC_DF_COPY;
}

static const char *df_text(unsigned int df)
{
	if (df == IPSEC_DF_COPY)
		return "copy";
	return df == IPSEC_DF_SET ? "set" : "clear";
}

static void run_df(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipsec_config *config = obj;

	(void)o;
	config->sa.df = typed_df(a);
	ipsec_config_changed(config);
}

static void run_fragmentation(void *obj, const struct cli_args *a,
			      struct cli_out *o)
{
	struct ipsec_config *config = obj;

	(void)o;
	config->fragment_after = !cli_is_no(a) && cli_has(a, "after");
	ipsec_config_changed(config);
}

/* What is as it would be anyway is not printed. */
void mtu_write_global(const struct ipsec_config *config, struct cli_out *o)
{
	if (config->sa.df == IPSEC_DF_CLEAR || config->sa.df == IPSEC_DF_SET)
		cli_say(o, "crypto ipsec df-bit %s\n", df_text(config->sa.df));
	if (config->fragment_after)
		cli_say(o, "crypto ipsec fragmentation after-encryption\n");
}

static void run_if_df(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct iface *iface = obj;

	(void)o;
	iface->ipsec_df = (uint8_t)typed_df(a);
	iface_notify(iface, IFACE_MTU);
}

static void write_if_df(const void *obj, struct cli_out *o)
{
	const struct iface *iface = obj;

	if (iface->ipsec_df != IPSEC_DF_UNSET)
		cli_say(o, " crypto ipsec df-bit %s\n",
			df_text(iface->ipsec_df));
}

static void run_if_fragmentation(void *obj, const struct cli_args *a,
				 struct cli_out *o)
{
	struct iface *iface = obj;

	(void)o;
	iface->ipsec_fragment = IPSEC_FRAGMENT_UNSET;
	if (!cli_is_no(a))
		iface->ipsec_fragment = cli_has(a, "after")
						? IPSEC_FRAGMENT_AFTER
						: IPSEC_FRAGMENT_BEFORE;
	iface_notify(iface, IFACE_MTU);
}

static void write_if_fragmentation(const void *obj, struct cli_out *o)
{
	const struct iface *iface = obj;

	if (iface->ipsec_fragment != IPSEC_FRAGMENT_UNSET)
		cli_say(o, " crypto ipsec fragmentation %s-encryption\n",
			iface->ipsec_fragment == IPSEC_FRAGMENT_AFTER
				? "after"
				: "before");
}

static const char df_words[] =
	CRYPTO_IPSEC "df-bit             Handling of encapsulated DF bit.\n"
		     ".\n"
		     "( clear            Clear DF bit for encapsulation.\n"
		     "| copy             Copy DF bit from original header.\n"
		     "| set              Set DF bit for encapsulation.\n"
		     ")\n";

static const char fragmentation_words[] = CRYPTO_IPSEC
	"fragmentation      Handling of fragmentation of near-MTU sized "
	"packets\n"
	".\n"
	"( after-encryption$after    Perform fragmentation after encryption\n"
	"| before-encryption$before  Perform fragmentation before encryption\n"
	")\n";

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = df_words,
		.run = run_df,
		.no = run_df,
	},
	{
		.mode = &cli_mode_config,
		.words = fragmentation_words,
		.run = run_fragmentation,
		.no = run_fragmentation,
	},
	{
		.mode = &router_mode_if,
		.words = df_words,
		.run = run_if_df,
		.no = run_if_df,
		.write = write_if_df,
		.order = IFACE_O_CRYPTO_MAP + 1,
	},
	{
		.mode = &router_mode_if,
		.words = fragmentation_words,
		.run = run_if_fragmentation,
		.no = run_if_fragmentation,
		.write = write_if_fragmentation,
		.order = IFACE_O_CRYPTO_MAP + 2,
	},
};

void mtu_cli_init(struct ipsec_config *config, struct cli *cli)
{
	CLI_ADD(cli, commands, config);
}
