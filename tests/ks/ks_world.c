/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ks/ks_world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ks/ks_register.h"
#include "tests/article.h"

static bool is_local(void *arg, const struct ip_addr *addr)
{
	const struct ks_world *w = arg;
	struct ip_addr own = sim_node_addr(w->node);

	return !w->local_down && ip_equal(addr, &own);
}

static bool interface_addr(void *arg, const char *name, struct ip_addr *out)
{
	const struct ks_world *w = arg;

	*out = sim_node_addr(w->node);
	return !strcmp(name, "Loopback0");
}

/* The router's type of interface names, with one interface. */
static int match_interface(void *ctx, const char *const *tokens, size_t n,
			   char **text, uint32_t *number)
{
	(void)ctx;
	(void)n;
	*number = 0;
	if (strcasecmp(tokens[0], "lo0") && strcasecmp(tokens[0], "Loopback0"))
		return 0;
	*text = xstrdup("Loopback0");
	return 1;
}

static void help_interface(void *ctx, const char *prefix,
			   void (*add)(void *arg, const char *word,
				       const char *help),
			   void *arg)
{
	(void)ctx;
	if (!strncasecmp("Loopback", prefix, strlen(prefix)))
		add(arg, "Loopback", "Loopback interface");
}

static const struct cli_type ifname = {
	.name = "IFNAME",
	.match = match_interface,
	.help = help_interface,
};

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

static void input(void *arg, const struct endpoint *local,
		  const struct endpoint *remote, const void *data, size_t len)
{
	struct ks_world *w = arg;

	isakmp_input(w->isakmp, local, remote, data, len);
}

static void add_commands(struct ks_world *w)
{
	cli_type_add(w->cli, &ifname);
	acl_cli_init(w->acls, w->cli);
	ipsec_config_cli_init(w->ipsec, w->cli);
	isakmp_cli_init(w->isakmp, w->cli, internal, NULL);
	isakmp_keys_cli_init(w->keys, w->cli, NULL, NULL);
	gdoi_group_cli_init(w->groups);
	ks_cli_init(w->ks);
}

void ks_world_open(struct ks_world *w, struct sim *sim)
{
	static const struct cli_hooks hooks = { .hostname = hostname };
	char path[sizeof(w->dir) + 32];
	struct env *env;

	*w = (struct ks_world){ .sim = sim ? sim : sim_new(1),
				.own_sim = !sim };
	w->node = sim_node_new(w->sim, "KS1", KS_ADDRESS);
	env = sim_env(w->node);
	snprintf(w->dir, sizeof(w->dir), "%s", "ks_world.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(w->dir));
	snprintf(path, sizeof(path), "%s/private-config", w->dir);

	w->loop = loop_new();
	w->cli = cli_new(w->loop, &hooks);
	w->acls = acls_new();
	w->ipsec = ipsec_config_new();
	w->isakmp = isakmp_new(env);
	w->keys = isakmp_keys_new(env, path);
	w->groups = gdoi_groups_new(env, w->cli);
	w->ks = ks_new(&(struct ks_config){
		.env = env,
		.cli = w->cli,
		.isakmp = w->isakmp,
		.keys = w->keys,
		.groups = w->groups,
		.acls = w->acls,
		.ipsec = w->ipsec,
		.is_local = is_local,
		.interface_addr = interface_addr,
		.arg = w,
	});
	add_commands(w);
	sim_listen(w->node, GDOI_PORT, input, w);
}

void ks_world_close(struct ks_world *w)
{
	char path[sizeof(w->dir) + 32];

	sim_listen(w->node, GDOI_PORT, NULL, NULL);
	ks_free(w->ks);
	gdoi_groups_free(w->groups);
	isakmp_keys_free(w->keys);
	isakmp_free(w->isakmp);
	ipsec_config_free(w->ipsec);
	acls_free(w->acls);
	cli_free(w->cli);
	loop_free(w->loop);
	snprintf(path, sizeof(path), "%s/private-config", w->dir);
	unlink(path);
	rmdir(w->dir);
	if (w->own_sim)
		sim_free(w->sim);
}

char *ks_world_exec(struct ks_world *w, const char *lines)
{
	return cli_test_run(w->cli, lines);
}

void ks_world_configure(struct ks_world *w, const char *lines)
{
	char *all = xasprintf("configure terminal\n%s\nend\n", lines);
	char *screen = cli_test_run(w->cli, all);

	ck_assert_msg(!strchr(screen, '%'), "%s", screen);
	free(screen);
	free(all);
}

static void make_key(struct ks_world *w, const char *label, unsigned int bits)
{
	struct cli_test *t = cli_test_new(w->cli);
	char *line = xasprintf("configure terminal\ncrypto key generate rsa "
			       "label %s modulus %u exportable\nend\n",
			       label, bits);

	cli_test_type(t, line);
	sim_run(w->sim, SEC(10));
	cli_test_free(t);
	free(line);
	ck_assert_ptr_nonnull(isakmp_keys_find(w->keys, label));
}

void ks_world_make_key(struct ks_world *w, const char *label)
{
	make_key(w, label, 1024);
}

void ks_world_make_short_key(struct ks_world *w, const char *label)
{
	make_key(w, label, 512);
}

void ks_world_article(struct ks_world *w)
{
	ks_world_make_key(w, "MYRSAKEY");
	ks_world_configure(w, ARTICLE_KS);
}

char *ks_world_section(struct ks_world *w)
{
	char *text = cli_config_text(w->cli);
	char *start = strstr(text, "crypto gdoi group");
	char *end, *section;

	if (!start)
		start = strstr(text, "crypto gkm group");
	ck_assert_ptr_nonnull(start);
	end = strstr(start, "!\n");
	section = strndup(start, (size_t)(end - start));
	free(text);
	return section;
}

struct ks_group *ks_world_group(struct ks_world *w, const char *name)
{
	struct gdoi_group *group = gdoi_group_find(w->groups, name);

	ck_assert_ptr_nonnull(group);
	ck_assert_ptr_nonnull(ks_group_of(group));
	return ks_group_of(group);
}

struct gdoi_peer ks_world_peer(const char *address, bool extensions)
{
	struct gdoi_peer peer = { .extensions = extensions };

	ck_assert(ip_parse(&peer.remote.addr, address));
	ck_assert(ip_parse(&peer.local.addr, KS_ADDRESS));
	peer.remote.port = GDOI_PORT;
	peer.local.port = GDOI_PORT;
	if (extensions)
		snprintf(peer.version, sizeof(peer.version), "%s",
			 GDOI_VERSION);
	return peer;
}

struct gdoi_policy *ks_world_register(struct ks_world *w,
				      const struct gdoi_peer *peer,
				      uint32_t group)
{
	const struct gdoi_id id = { .is_set = true, .number = group };
	struct isakmp_fault why = ISAKMP_OK;
	struct gdoi_policy *policy;

	policy = ks_register_ops.policy(w->ks, peer, &id, &why);
	if (!policy) {
		ck_assert_uint_ne(why.notify, 0);
		return NULL;
	}
	ck_assert_uint_eq(why.notify, 0);
	if (ks_register_ops.member(w->ks, peer, &id, policy))
		return policy;
	gdoi_policy_free(policy);
	return NULL;
}

void ks_world_join(struct ks_world *w, const char *address, uint32_t group)
{
	struct gdoi_peer peer = ks_world_peer(address, true);
	struct gdoi_policy *policy = ks_world_register(w, &peer, group);

	ck_assert_ptr_nonnull(policy);
	gdoi_policy_free(policy);
}
