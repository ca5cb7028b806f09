/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sa ... of server local, and the mode of sa ipsec N. */
#include "ks/ks_cli.h"

#include "base/mem.h"
#include "ks/ks_msg.h"

/* --- sa ipsec N ------------------------------------------------------------ */

static void run_sa(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = obj;
	unsigned int number = cli_u32(a, "number"), count = 0;
	struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry)
		count++;
	if (count >= KS_MAX_SAS && !ks_sa_find(g, number)) {
		cli_error(o, "%% A group has at most %u IPsec SAs\n",
			  (unsigned int)KS_MAX_SAS);
		return;
	}
	sa = ks_sa_add(g, number);
	cli_enter(o, ks_mode_for(g, &ks_mode_sa), sa);
}

static void no_sa(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_sa *sa = ks_sa_find(obj, cli_u32(a, "number"));

	(void)o;
	if (!sa)
		return;
	ks_sa_remove(sa);
	ks_group_changed(obj);
}

static void write_sas(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;
	const struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		cli_say(o, "  sa ipsec %u\n", sa->number);
		cli_write_mode(o, ks_mode_for(g, &ks_mode_sa), sa);
	}
}

/* --- sa receive-only, d3p, pair-wise-keying -------------------------------- */

static void run_receive_only(void *obj, const struct cli_args *a,
			     struct cli_out *o)
{
	struct ks_group *g = obj;
	bool wanted = !cli_is_no(a);

	if (g->receive_only == wanted)
		return;
	g->receive_only = wanted;
	ks_group_changed(g);
	if (cli_is_startup(o))
		return;
	if (wanted)
		env_event(g->ks->env, KS_CONV_SAS_INGRESS, g->group->name);
	else
		env_event(g->ks->env, KS_CONV_SAS_DUPLEX, g->group->name);
}

static void write_receive_only(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	if (g->receive_only)
		cli_say(o, "  sa receive-only\n");
}

static void run_d3p(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	g->d3p_in_ms = !cli_is_no(a) && cli_has(a, "msec");
	if (cli_is_no(a))
		g->d3p = 0;
	else if (g->d3p_in_ms)
		g->d3p = cli_u32(a, "ms");
	else
		g->d3p = cli_u32(a, "s") * 1000;
	ks_group_changed(g);
}

static void write_d3p(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	if (g->d3p && g->d3p_in_ms)
		cli_say(o, "  sa d3p window msec %u\n", g->d3p);
	else if (g->d3p)
		cli_say(o, "  sa d3p window sec %u\n", g->d3p / 1000);
}

static void run_pair_wise(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	g->pair_wise = !cli_is_no(a);
	g->safety_limit = 0;
	if (!cli_is_no(a) && cli_has(a, "safety-limit"))
		g->safety_limit = cli_u32(a, "limit");
}

static void write_pair_wise(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	if (g->pair_wise && g->safety_limit)
		cli_say(o, "  sa pair-wise-keying safety-limit %u\n",
			g->safety_limit);
	else if (g->pair_wise)
		cli_say(o, "  sa pair-wise-keying\n");
}

#define SA "sa                Security association policy\n"

static const struct cli_cmd local_commands[] = {
	{
		.mode = &ks_mode_local,
		.words = SA "receive-only      Members decrypt only\n",
		.run = run_receive_only,
		.no = run_receive_only,
		.write = write_receive_only,
		.order = KS_O_SA_GLOBAL,
	},
	{
		.mode = &ks_mode_local,
		.words = SA "d3p               IP delivery delay detection "
			    "protocol\n"
			    ".\n"
			    "window            Window of accepted delay\n"
			    "( msec            In milliseconds\n"
			    "<1000-100000>$ms  Milliseconds\n"
			    "| sec             In seconds\n"
			    "<1-100>$s         Seconds\n"
			    ")\n",
		.run = run_d3p,
		.no = run_d3p,
		.write = write_d3p,
		.order = KS_O_SA_GLOBAL + 1,
	},
	{
		.mode = &ks_mode_local,
		.words = SA "pair-wise-keying  Keys for each pair of members\n"
			    ".\n"
			    "[ safety-limit    Limit of the number of keys\n"
			    "<1-4294967295>$limit  Limit\n"
			    "]\n",
		.run = run_pair_wise,
		.no = run_pair_wise,
		.write = write_pair_wise,
		.why = "keys for pairs of members",
		.order = KS_O_SA_GLOBAL + 2,
	},
	{
		.mode = &ks_mode_local,
		.words = SA "ipsec             IPsec security association\n"
			    "<1-65535>$number  Number of the SA\n",
		.run = run_sa,
		.no = no_sa,
		.write = write_sas,
		.order = KS_O_SA,
	},
};

/* --- in the mode ----------------------------------------------------------- */

static void run_profile(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_sa *sa = obj;

	(void)o;
	ks_set_string(&sa->profile, cli_is_no(a) ? NULL : cli_str(a, "name"));
	ks_group_changed(sa->ks_group);
}

static void write_profile(const void *obj, struct cli_out *o)
{
	const struct ks_sa *sa = obj;

	if (sa->profile)
		cli_say(o, "   profile %s\n", sa->profile);
}

static void run_match(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct gdoi_group *group;
	struct ks_sa *sa = obj;

	group = sa->ks_group->group;
	if (!cli_is_no(a) && cli_has(a, "ipv6") != group->ipv6) {
		cli_error(o,
			  "%% GDOI-group type mismatch: group %s is an %s "
			  "group\n",
			  group->name, group->ipv6 ? "IPv6" : "IPv4");
		return;
	}
	sa->acl_ipv6 = !cli_is_no(a) && group->ipv6;
	ks_set_string(&sa->acl, cli_is_no(a) ? NULL : cli_str(a, "acl"));
	ks_group_changed(sa->ks_group);
}

static void write_match(const void *obj, struct cli_out *o)
{
	const struct ks_sa *sa = obj;

	if (sa->acl)
		cli_say(o, "   match address %s %s\n",
			sa->acl_ipv6 ? "ipv6" : "ipv4", sa->acl);
}

static void set_replay(struct ks_sa *sa, enum ks_replay replay,
		       unsigned int window, bool typed)
{
	sa->replay = replay;
	sa->window = window;
	sa->has_replay = typed;
	ks_group_changed(sa->ks_group);
}

static unsigned int counter_window(const struct cli_args *a)
{
	static const struct {
		const char *name;
		unsigned int window;
	} windows[] = {
		{ "64", 64 },	{ "128", 128 },	  { "256", 256 },
		{ "512", 512 }, { "1024", 1024 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		if (cli_has(a, windows[i].name))
			return windows[i].window;
	}
	return KS_COUNTER_WINDOW;
}

static void run_replay(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	if (cli_has(a, "time"))
		set_replay(obj, KS_REPLAY_TIME, cli_u32(a, "seconds"), true);
	else
		set_replay(obj, KS_REPLAY_COUNTER, counter_window(a), true);
}

static void no_replay(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)a;
	(void)o;
	set_replay(obj, KS_REPLAY_NONE, 0, true);
}

static void default_replay(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	(void)a;
	(void)o;
	set_replay(obj, KS_REPLAY_COUNTER, KS_COUNTER_WINDOW, false);
}

static void write_replay(const void *obj, struct cli_out *o)
{
	const struct ks_sa *sa = obj;

	if (!sa->has_replay)
		return;
	switch (sa->replay) {
	case KS_REPLAY_COUNTER:
		cli_say(o, "   replay counter window-size %u\n", sa->window);
		return;
	case KS_REPLAY_TIME:
		cli_say(o, "   replay time window-size %u\n", sa->window);
		return;
	case KS_REPLAY_NONE:
		cli_say(o, "   no replay\n");
		return;
	}
}

static void run_tag(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_sa *sa = obj;

	(void)o;
	sa->tag_sgt = !cli_is_no(a);
}

static void write_tag(const void *obj, struct cli_out *o)
{
	const struct ks_sa *sa = obj;

	if (sa->tag_sgt)
		cli_say(o, "   tag cts sgt\n");
}

static const struct cli_cmd sa_commands[] = {
	{
		.mode = &ks_mode_sa,
		.words = "profile          IPsec profile of the SA\n"
			 ".\n"
			 "WORD$name        Name of the profile\n",
		.run = run_profile,
		.no = run_profile,
		.write = write_profile,
		.order = 0,
	},
	{
		.mode = &ks_mode_sa,
		.words = "match            Match characteristics of packets\n"
			 "address          Match addresses of packets\n"
			 ".\n"
			 "( ipv4           IPv4 addresses\n"
			 "( <100-199>$acl  IP extended access list\n"
			 "| <2000-2699>$acl  IP extended access list (expanded "
			 "range)\n"
			 "| WORD$acl       Access list name\n"
			 ")\n"
			 "| ipv6           IPv6 addresses\n"
			 "WORD$acl         Access list name\n"
			 ")\n",
		.run = run_match,
		.no = run_match,
		.write = write_match,
		.order = 1,
	},
	{
		.mode = &ks_mode_sa,
		.words = "replay           Anti-replay of the SA\n"
			 ".\n"
			 "( counter        By packet counters\n"
			 "[ window-size    Size of the window\n"
			 "( 64             64 packets (the default)\n"
			 "| 128            128 packets\n"
			 "| 256            256 packets\n"
			 "| 512            512 packets\n"
			 "| 1024           1024 packets\n"
			 ") ]\n"
			 "| time           By time\n"
			 "window-size$time-window  Size of the window\n"
			 "<1-100>$seconds  Seconds\n"
			 ")\n",
		.run = run_replay,
		.no = no_replay,
		.write = write_replay,
		.order = 2,
	},
	{
		.mode = &ks_mode_sa,
		.words = "default          Set a command to its defaults\n"
			 "replay           Anti-replay of the SA\n",
		.run = default_replay,
		.flags = CLI_HIDDEN,
	},
	{
		.mode = &ks_mode_sa,
		.words = "tag              Tags in packets\n"
			 ".\n"
			 "cts              Cisco TrustSec\n"
			 "sgt              Security group tag\n",
		.run = run_tag,
		.no = run_tag,
		.write = write_tag,
		.why = "TrustSec",
		.order = 3,
	},
};

void ks_cli_sa_init(struct ks *ks)
{
	KS_CLI_ADD(ks, local_commands);
	KS_CLI_ADD(ks, sa_commands);
}
