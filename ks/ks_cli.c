/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The modes, and server local itself. */
#include "ks/ks_cli.h"

#include <stdlib.h>

#include "base/mem.h"

const struct cli_mode ks_mode_local = {
	.prompt = "gdoi-local-server",
	.heading = "GDOI local server commands:",
	.exit_help = "Exit from local server configuration mode",
	.parent = &gdoi_mode_group,
};
const struct cli_mode ks_mode_sa = {
	.prompt = "gdoi-sa-ipsec",
	.heading = "GDOI local server IPsec SA commands:",
	.exit_help = "Exit from IPsec SA configuration mode",
	.parent = &ks_mode_local,
};
const struct cli_mode ks_mode_coop = {
	.prompt = "gdoi-coop-ks-config",
	.heading = "Cooperative key server commands:",
	.exit_help = "Exit from redundancy configuration mode",
	.parent = &ks_mode_local,
};
const struct cli_mode ks_mode_identifier = {
	.prompt = "gdoi-identifier",
	.heading = "Key server identifier commands:",
	.exit_help = "Exit from identifier configuration mode",
	.parent = &ks_mode_local,
};

static const struct cli_mode gkm_local = {
	.prompt = "gkm-local-server",
	.heading = "GKM local server commands:",
	.exit_help = "Exit from local server configuration mode",
	.parent = &gdoi_mode_gkm_group,
};
static const struct cli_mode gkm_sa = {
	.prompt = "gkm-sa-ipsec",
	.heading = "GKM local server IPsec SA commands:",
	.exit_help = "Exit from IPsec SA configuration mode",
	.parent = &gkm_local,
};
static const struct cli_mode gkm_coop = {
	.prompt = "gkm-coop-ks-config",
	.heading = "Cooperative key server commands:",
	.exit_help = "Exit from redundancy configuration mode",
	.parent = &gkm_local,
};
static const struct cli_mode gkm_identifier = {
	.prompt = "gkm-identifier",
	.heading = "Key server identifier commands:",
	.exit_help = "Exit from identifier configuration mode",
	.parent = &gkm_local,
};

static const struct {
	const struct cli_mode *gdoi, *gkm;
} mode_pairs[] = {
	{ &gdoi_mode_group, &gdoi_mode_gkm_group },
	{ &ks_mode_local, &gkm_local },
	{ &ks_mode_sa, &gkm_sa },
	{ &ks_mode_coop, &gkm_coop },
	{ &ks_mode_identifier, &gkm_identifier },
};

static const struct cli_mode *gkm_mode(const struct cli_mode *mode)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mode_pairs); i++) {
		if (mode_pairs[i].gdoi == mode)
			return mode_pairs[i].gkm;
	}
	return mode;
}

const struct cli_mode *ks_mode_for(const struct ks_group *g,
				   const struct cli_mode *mode)
{
	return g->group->gkm ? gkm_mode(mode) : mode;
}

void ks_cli_add(struct ks *ks, const struct cli_cmd *table, size_t n)
{
	struct cli_cmd *copy = xcalloc(n, sizeof(*copy));
	size_t i;

	for (i = 0; i < n; i++) {
		copy[i] = table[i];
		copy[i].mode = gkm_mode(table[i].mode);
	}
	ks->tables = xrealloc(ks->tables, ks->n_tables + 1,
			      sizeof(struct cli_cmd *));
	ks->tables[ks->n_tables++] = copy;
	cli_add(ks->config.cli, table, n, ks);
	cli_add(ks->config.cli, copy, n, ks);
}

/* --- server local --------------------------------------------------------- */

static void run_server(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = ks_group_add(cli_ctx(o), obj);

	(void)a;
	cli_enter(o, ks_mode_for(g, &ks_mode_local), g);
}

static void no_server(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = ks_group_of(obj);

	(void)a;
	(void)o;
	if (g)
		ks_group_remove(g);
}

static void write_server(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = ks_group_of(obj);

	if (!g)
		return;
	cli_say(o, " server local\n");
	cli_write_mode(o, ks_mode_for(g, &ks_mode_local), g);
}

static const struct cli_cmd group_commands[] = {
	{
		.mode = &gdoi_mode_group,
		.words = "server  Configure the server for this group\n"
			 "local   Configure this box as the key server\n",
		.run = run_server,
		.no = no_server,
		.write = write_server,
		.order = GDOI_O_SERVER,
	},
};

void ks_cli_init(struct ks *ks)
{
	if (!ks->config.cli)
		return;
	KS_CLI_ADD(ks, group_commands);
	ks_cli_clear_init(ks);
	ks_cli_rekey_init(ks);
	ks_cli_local_init(ks);
	ks_cli_sa_init(ks);
	ks_cli_identifier_init(ks);
	ks_cli_identity_init(ks);
	ks_cli_coop_init(ks);
	ks_show_init(ks);
	ks_show_members_init(ks);
	ks_show_policy_init(ks);
	ks_show_rekey_init(ks);
	ks_show_coop_init(ks);
}
