/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/coop_reader.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_test.h"
#include "isakmp/isakmp_keys.h"
#include "ks/coop_state.h"
#include "ks/ks_register.h"
#include "tests/article.h"
#include "tests/gdoi/rekeys.h"
#include "tests/sim/sim.h"

#define ADDRESS "192.168.111.111"

static void must(bool holds)
{
	if (!holds)
		abort();
}

static bool is_local(void *arg, const struct ip_addr *addr)
{
	(void)arg;
	return ip_v4_host(addr) == 0xc0a86f6f; /* ADDRESS */
}

static const char *hostname(void *arg)
{
	(void)arg;
	return "KS1";
}

static bool internal(void *arg)
{
	(void)arg;
	return false;
}

/* What a key server stands on. */
static struct ks_config make_ground(struct env *env)
{
	static const struct cli_hooks hooks = { .hostname = hostname };
	struct cli *cli = cli_new(loop_new(), &hooks);

	return (struct ks_config){
		.env = env,
		.cli = cli,
		.isakmp = isakmp_new(env),
		.keys = isakmp_keys_new(env, "none"),
		.groups = gdoi_groups_new(env, cli),
		.acls = acls_new(),
		.ipsec = ipsec_config_new(),
		.is_local = is_local,
	};
}

static void add_commands(const struct ks_config *c, struct ks *ks)
{
	acl_cli_init(c->acls, c->cli);
	ipsec_config_cli_init(c->ipsec, c->cli);
	isakmp_cli_init(c->isakmp, c->cli, internal, NULL);
	gdoi_group_cli_init(c->groups);
	ks_cli_init(ks);
}

static void add_pair(struct isakmp_keys *keys)
{
	EVP_PKEY *pair = rekey_pair(512);

	isakmp_keys_add(keys, "MYRSAKEY", RSA_GENERAL, true, 0, pair);
	EVP_PKEY_free(pair);
}

/* clang-format off */
#define ARTICLE_KS6 \
	"ipv6 access-list SIX\n" \
	" permit ipv6 2001:db8:1::/48 2001:db8:2::/48\n" \
	"crypto gdoi group ipv6 GROUP6\n" \
	" identity number 6666\n" \
	" server local\n" \
	"  rekey authentication mypubkey rsa MYRSAKEY\n" \
	"  rekey transport unicast\n" \
	"  sa ipsec 1\n" \
	"   profile profile1\n" \
	"   match address ipv6 SIX\n" \
	"  address ipv4 192.168.111.111\n"
/* clang-format on */

static struct gdoi_groups *make(void)
{
	struct sim_node *node = sim_node_new(sim_new(1), "KS1", ADDRESS);
	struct ks_config config = make_ground(sim_env(node));
	struct ks *ks = ks_new(&config);
	char *screen;

	add_commands(&config, ks);
	add_pair(config.keys);
	screen = cli_test_run(config.cli,
			      "configure terminal\n" ARTICLE_KS ARTICLE_KS6
			      "end\n");
	must(!strchr(screen, '%'));
	free(screen);
	return config.groups;
}

struct ks_group *coop_reader(bool ipv6)
{
	static struct gdoi_groups *groups; /* as long as the process */
	struct ks_group *g;

	if (!groups)
		groups = make();
	g = ks_group_of(
		gdoi_group_find(groups, ipv6 ? "GROUP6" : "GDOI-GROUP1"));
	must(g);
	ks_group_reset(g);
	coop_state_forget_dropped(g);
	return g;
}

void coop_reader_join(struct ks_group *g)
{
	struct gdoi_peer peer = {
		.extensions = true,
		.version = GDOI_VERSION,
		.remote = { ip_v4(0x0a010101), GDOI_PORT },
		.local = { ip_v4(0xc0a86f6f), GDOI_PORT },
	};
	struct isakmp_fault why = ISAKMP_OK;
	struct gdoi_policy *policy;

	policy = ks_register_ops.policy(g->ks, &peer, &g->group->id, &why);
	must(policy);
	must(ks_register_ops.member(g->ks, &peer, &g->group->id, policy));
	gdoi_policy_free(policy);
}
