/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/exchange/box.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cli_test.h"

#define WAN "Ethernet0/0"

/* --- the box around the control plane ---------------------------------------- */

static const char *hostname(void *ctx)
{
	return sim_node_name(((struct box *)ctx)->node);
}

static void stamp(void *ctx, char *out)
{
	(void)ctx;
	out[0] = '\0';
}

static int save(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	(void)text;
	(void)len;
	return 0;
}

static char *saved(void *ctx)
{
	(void)ctx;
	return NULL;
}

static int erase(void *ctx)
{
	(void)ctx;
	return 0;
}

static void configured(void *ctx, const char *who)
{
	(void)ctx;
	(void)who;
}

static void input(void *arg, const struct endpoint *local,
		  const struct endpoint *remote, const void *data, size_t len)
{
	isakmp_input(((struct box *)arg)->isakmp, local, remote, data, len);
}

static bool is_local(void *arg, const struct ip_addr *addr)
{
	const struct box *box = arg;

	return box->up && ip_equal(addr, &box->addr);
}

static void interface_view(void *arg, const char *name,
			   struct gm_interface *out)
{
	const struct box *box = arg;

	*out = (struct gm_interface){ 0 };
	if (strcmp(name, WAN) != 0)
		return;
	*out = (struct gm_interface){ .exists = true,
				      .up = box->up,
				      .addr = box->addr,
				      .mtu = 1500,
				      .mtu6 = 1500 };
}

static bool interface_addr(void *arg, const char *name, struct ip_addr *out)
{
	const struct box *box = arg;

	if (strcmp(name, WAN) != 0 || !ip_is_set(&box->addr))
		return false;
	*out = box->addr;
	return true;
}

static bool not_internal(void *arg)
{
	(void)arg;
	return false;
}

/* --- its interface: enough of "interface Ethernet0/0" -------------------------- */

static const struct cli_mode if_mode = {
	.prompt = "config-if",
	.parent = &cli_mode_config,
};

static void enter_interface(void *ctx, const struct cli_args *a,
			    struct cli_out *o)
{
	(void)a;
	cli_enter(o, &if_mode, ctx);
}

static void write_interface(const void *ctx, struct cli_out *o)
{
	cli_say(o, "interface " WAN "\n");
	cli_write_mode(o, &if_mode, ctx);
	cli_say(o, "!\n");
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "interface  Select an interface to configure\n"
			 "IFNAME$name  Interface\n",
		.run = enter_interface,
		.write = write_interface,
		.order = CLI_O_INTERFACE,
	},
};

static const char *if_name(const void *obj)
{
	(void)obj;
	return WAN;
}

static int match_ifname(void *ctx, const char *const *tokens, size_t n,
			char **text, uint32_t *number)
{
	(void)ctx;
	(void)n;
	if (strcmp(tokens[0], "e0/0") != 0 && strcmp(tokens[0], WAN) != 0)
		return 0;
	*text = xstrdup(WAN);
	*number = 0;
	return 1;
}

static void help_ifname(void *ctx, const char *prefix,
			void (*add)(void *, const char *, const char *),
			void *arg)
{
	(void)ctx;
	(void)prefix;
	add(arg, "Ethernet", "IEEE 802.3");
}

static void make_cli(struct box *box)
{
	const struct cli_hooks hooks = {
		.ctx = box,
		.hostname = hostname,
		.save = save,
		.saved = saved,
		.erase = erase,
		.configured = configured,
		.stamp = stamp,
	};
	const struct cli_type ifname = { .name = "IFNAME",
					 .match = match_ifname,
					 .help = help_ifname };

	box->loop = loop_new();
	box->cli = cli_new(box->loop, &hooks);
	cli_type_add(box->cli, &ifname);
	CLI_ADD(box->cli, commands, box);
}

/* --- its dataplane -------------------------------------------------------------- */

static int attach(void *ctx, const char *ifname)
{
	struct box *box = ctx;

	ck_assert_str_eq(ifname, WAN);
	ck_assert(!box->attached);
	box->attached = true;
	return 0;
}

static void forget_policy(struct box *box)
{
	if (box->policy)
		ipsec_policy_free(box->policy);
	box->policy = NULL;
}

static void detach(void *ctx, const char *ifname)
{
	struct box *box = ctx;

	(void)ifname;
	ck_assert(box->attached);
	box->attached = false;
	forget_policy(box);
}

static int set_policy(void *ctx, const char *ifname,
		      struct ipsec_policy *policy)
{
	struct box *box = ctx;

	(void)ifname;
	ck_assert(box->attached);
	if (box->refuses) {
		ipsec_policy_free(policy);
		return -EINVAL;
	}
	forget_policy(box);
	box->policy = policy;
	box->installs++;
	if (box->installed)
		box->installed(box->installed_arg, box);
	return 0;
}

static void counters(void *ctx, const char *group, struct ipsec_counters *out)
{
	(void)ctx;
	(void)group;
	*out = (struct ipsec_counters){ 0 };
}

static void clear_counters(void *ctx, const char *group)
{
	(void)ctx;
	(void)group;
}

/* As many as the rule's number, so that a test sees which was asked. */
static struct ipsec_rule_counters rule_counters(void *ctx, const char *ifname,
						size_t rule)
{
	(void)ctx;
	(void)ifname;
	return (struct ipsec_rule_counters){ rule, rule };
}

static size_t replay_errors(void *ctx, const char *group,
			    struct ipsec_replay_error *out, size_t n)
{
	(void)ctx;
	(void)group;
	(void)out;
	(void)n;
	return 0;
}

static void watch(void *ctx, const struct dataplane_watch *watch)
{
	((struct box *)ctx)->watch = *watch;
}

static const struct dataplane_ops dataplane_ops = {
	.attach = attach,
	.detach = detach,
	.set_policy = set_policy,
	.counters = counters,
	.clear_counters = clear_counters,
	.rule_counters = rule_counters,
	.replay_errors = replay_errors,
	.watch = watch,
};

/* --- life ------------------------------------------------------------------------- */

static void start_roles(struct box *box)
{
	const struct ks_config ks = {
		.env = box->env,
		.cli = box->cli,
		.isakmp = box->isakmp,
		.keys = box->keys,
		.groups = box->groups,
		.acls = box->acls,
		.ipsec = box->ipsec,
		.is_local = is_local,
		.interface_addr = interface_addr,
		.arg = box,
	};
	const struct gm_config gm = {
		.env = box->env,
		.cli = box->cli,
		.if_mode = &if_mode,
		.if_name = if_name,
		.isakmp = box->isakmp,
		.groups = box->groups,
		.acls = box->acls,
		.ipsec = box->ipsec,
		.dataplane = { &dataplane_ops, box },
		.interface = interface_view,
		.arg = box,
	};

	box->ks = ks_new(&ks);
	ks_cli_init(box->ks);
	box->gm = gm_new(&gm);
	gm_cli_init(box->gm);
}

static void start(struct box *box)
{
	make_cli(box);
	box->env->debug_flags = NULL;
	box->acls = acls_new();
	acl_cli_init(box->acls, box->cli);
	box->ipsec = ipsec_config_new();
	ipsec_config_cli_init(box->ipsec, box->cli);
	box->keys = isakmp_keys_new(box->env, box->key_file);
	isakmp_keys_cli_init(box->keys, box->cli, NULL, NULL);
	box->isakmp = isakmp_new(box->env);
	isakmp_cli_init(box->isakmp, box->cli, not_internal, box);
	box->groups = gdoi_groups_new(box->env, box->cli);
	gdoi_group_cli_init(box->groups);
	start_roles(box);
	sim_listen(box->node, GDOI_PORT, input, box);
}

static void stop(struct box *box)
{
	sim_listen(box->node, GDOI_PORT, NULL, NULL);
	gm_free(box->gm);
	ks_free(box->ks);
	gdoi_groups_free(box->groups);
	isakmp_free(box->isakmp);
	isakmp_keys_free(box->keys);
	ipsec_config_free(box->ipsec);
	acls_free(box->acls);
	cli_free(box->cli);
	loop_free(box->loop);
	forget_policy(box);
	box->attached = false;
}

struct box *box_new(struct sim *sim, const char *name, const char *address)
{
	struct box *box = xcalloc(1, sizeof(*box));
	char path[] = "/tmp/getvpn-box-XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	close(fd);
	unlink(path);
	box->key_file = xstrdup(path);
	box->sim = sim;
	box->node = sim_node_new(sim, name, address);
	box->env = sim_env(box->node);
	box->addr = sim_node_addr(box->node);
	box->up = true;
	start(box);
	return box;
}

void box_free(struct box *box)
{
	stop(box);
	unlink(box->key_file);
	free(box->key_file);
	free(box);
}

void box_restart(struct box *box)
{
	stop(box);
	start(box);
}

void box_type(struct box *box, const char *lines)
{
	char *all = xasprintf("configure terminal\n%send\n", lines);
	char *screen = cli_test_run(box->cli, all);

	ck_assert_msg(!strstr(screen, "% Inv") && !strstr(screen, "% Inc") &&
			      !strstr(screen, "% Amb"),
		      "%s: %s", sim_node_name(box->node), screen);
	free(screen);
	free(all);
}

char *box_show(struct box *box, const char *command)
{
	char *line = xasprintf("%s\n", command);
	char *screen = cli_test_run(box->cli, line);

	free(line);
	return screen;
}

void box_link(struct box *box, bool up)
{
	sim_node_cut(box->node, !up);
	box->up = up;
	gm_interface_changed(box->gm, WAN);
}

void box_make_key(struct box *box)
{
	struct cli_test *t = cli_test_new(box->cli);

	cli_test_type(t, "configure terminal\n"
			 "crypto key generate rsa label MYRSAKEY modulus 1024"
			 " exportable\n");
	sim_run(box->sim, SEC(1));
	ck_assert_ptr_nonnull(isakmp_keys_find(box->keys, "MYRSAKEY"));
	cli_test_free(t);
}
