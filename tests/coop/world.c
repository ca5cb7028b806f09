/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/coop/world.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/cli_test.h"

#define LABEL "COOP"

/* --- chance ----------------------------------------------------------------- */

/* SplitMix64: the schedule has its own stream, apart from the nodes'. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint32_t world_below(struct world *w, uint32_t bound)
{
	return bound ? (uint32_t)(next_random(&w->random) % bound) : 0;
}

/* --- what is said ----------------------------------------------------------- */

void world_say_text(struct world *w, char *text)
{
	printf("%10.3f  %s\n", (double)sim_now(w->sim) / US_PER_SEC, text);
	free(text);
}

void world_fail_text(struct world *w, const char *rule, char *text)
{
	const char *ignore = w->options.ignore;

	if (w->failure || (ignore && strstr(ignore, rule))) {
		free(text);
		return;
	}
	w->rule = rule;
	w->failed_at = sim_now(w->sim);
	w->failure = xasprintf("%s: at %.3f s: %s", rule,
			       (double)w->failed_at / US_PER_SEC, text);
	world_say(w, "VIOLATION of %s: %s", rule, text);
	free(text);
}

/* --- the network ------------------------------------------------------------ */

bool world_ks_reach(const struct world *w, unsigned int a, unsigned int b)
{
	return w->ks[a].up && w->ks[b].up && w->ks_side[a] == w->ks_side[b] &&
	       !w->ks_cut[a][b];
}

bool world_gm_reach(const struct world *w, const struct world_gm *m,
		    unsigned int ks)
{
	return w->ks[ks].up && w->gm_side[m->index] == w->ks_side[ks] &&
	       !(m->cut & 1u << ks);
}

struct world_ks *world_ks_at(struct world *w, const struct ip_addr *addr)
{
	unsigned int i;

	for (i = 0; i < w->n_ks; i++) {
		if (ip_equal(&w->ks[i].addr, addr))
			return &w->ks[i];
	}
	return NULL;
}

bool world_is_primary(const struct world_ks *ks)
{
	return ks->up && ks->g->cooperation && coop_is_primary(ks->g);
}

void world_disturbed(struct world *w)
{
	w->disturbed = sim_now(w->sim);
	world_links_changed(w);
}

void world_trouble(struct world *w, int64_t seconds)
{
	int64_t until = sim_now(w->sim) + SEC(seconds);

	if (until > w->trouble)
		w->trouble = until;
}

/* 10.0.0.1 and up are key servers, 10.1.x.y members. */
static struct world_gm *gm_at(struct world *w, const struct ip_addr *addr)
{
	uint32_t n = ip_v4_host(addr) - 0x0a010001;

	return n < w->n_gms ? &w->gms[n] : NULL;
}

static enum sim_verdict tap(void *arg, struct sim_datagram *d)
{
	struct world *w = arg;
	struct world_ks *ks = world_ks_at(w, &d->src.addr);
	struct world_gm *m = gm_at(w, ks ? &d->dst.addr : &d->src.addr);

	if (!ks)
		ks = world_ks_at(w, &d->dst.addr);
	if (!m || !ks || !ks->up)
		return SIM_DROP;
	if (d->from == ks->node)
		world_push_tap(ks, &d->dst.addr, d->data, d->len);
	return world_gm_reach(w, m, ks->index) ? SIM_PASS : SIM_DROP;
}

/* --- what all have alike ---------------------------------------------------- */

static EVP_PKEY *rsa_pair(void)
{
	static EVP_PKEY *pair; /* making one takes longer than a schedule */

	if (!pair)
		pair = EVP_RSA_gen(1024);
	if (!pair)
		log_fatal("no RSA key pair");
	return pair;
}

static void configure(struct world *w)
{
	static const struct cli_hooks hooks = { 0 };
	char *lines, *screen;

	w->loop = loop_new();
	w->cli = cli_new(w->loop, &hooks);
	w->acls = acls_new();
	w->ipsec = ipsec_config_new();
	acl_cli_init(w->acls, w->cli);
	ipsec_config_cli_init(w->ipsec, w->cli);
	lines = xasprintf("configure terminal\n"
			  "crypto ipsec transform-set T %s\n"
			  "crypto ipsec profile P\n"
			  " set security-association lifetime seconds %u\n"
			  " set transform-set T\n"
			  "ip access-list extended A\n"
			  " permit ip any any\n"
			  "end\n",
			  w->counter ? "esp-gcm" : "esp-aes esp-sha-hmac",
			  w->tek_life);
	screen = cli_test_run(w->cli, lines);
	if (strchr(screen, '%'))
		log_fatal("%s", screen);
	free(screen);
	free(lines);
}

/* --- a key server ----------------------------------------------------------- */

static void ks_input(void *arg, const struct endpoint *local,
		     const struct endpoint *remote, const void *data,
		     size_t len)
{
	struct world_ks *ks = arg;

	isakmp_input(ks->isakmp, local, remote, data, len);
}

static bool is_local(void *arg, const struct ip_addr *addr)
{
	const struct world_ks *ks = arg;

	return ip_equal(&ks->addr, addr);
}

static void set_rekey(struct world *w, struct ks_group *g)
{
	struct ks_sa *sa = ks_sa_add(g, 1);

	g->rekey.cipher = GDOI_KEK_AES;
	g->rekey.lifetime = w->kek_life;
	g->rekey.unicast = true;
	g->rekey.has_retransmit = true;
	g->rekey.interval = 10;
	g->rekey.number = 2;
	ks_set_string(&g->rekey.key_label, LABEL);
	ks_set_string(&sa->profile, "P");
	ks_set_string(&sa->acl, "A");
	sa->replay = KS_REPLAY_TIME;
	sa->window = 5;
}

static void set_redundancy(struct world *w, struct world_ks *ks)
{
	struct ks_group *g = ks->g;
	unsigned int i;

	g->coop.on = true;
	g->coop.priority = ks->priority;
	for (i = 0; i < w->n_ks; i++) {
		if (i != ks->index)
			g->coop.peers[g->coop.n_peers++] = w->ks[i].addr;
	}
	if (!w->counter)
		return;
	g->identifier.on = true;
	g->identifier.n = 1;
	g->identifier.ranges[0].first = 10 * ks->index;
	g->identifier.ranges[0].last = 10 * ks->index + 9;
}

void world_ks_up(struct world_ks *ks)
{
	const struct gdoi_id id = { .is_set = true, .number = WORLD_GROUP };
	struct world *w = ks->world;
	struct env *env = sim_env(ks->node);
	struct gdoi_group *group;

	world_links_open(ks);
	ks->isakmp = isakmp_new(env);
	ks->keys = isakmp_keys_new(env, "/nonexistent/private-config");
	isakmp_keys_add(ks->keys, LABEL, RSA_GENERAL, true, 0, rsa_pair());
	ks->groups = gdoi_groups_new(env, NULL);
	ks->ks = ks_new(&(struct ks_config){
		.env = env,
		.isakmp = ks->isakmp,
		.transport = &ks->transport,
		.keys = ks->keys,
		.groups = ks->groups,
		.acls = w->acls,
		.ipsec = w->ipsec,
		.is_local = is_local,
		.arg = ks,
	});
	group = gdoi_group_add(ks->groups, "G", false);
	gdoi_group_set_id(group, &id);
	ks->g = ks_group_add(ks->ks, group);
	ks->g->address = ks->addr;
	set_rekey(w, ks->g);
	set_redundancy(w, ks);
	ks->up = true;
	ks->boots++;
	ks->booted = ks->role_since = sim_now(w->sim);
	ks->role = COOP_ELECTION;
	ks_group_changed(ks->g);
	coop_configured(ks->g);
	sim_listen(ks->node, GDOI_PORT, ks_input, ks);
	world_disturbed(w);
}

void world_ks_down(struct world_ks *ks)
{
	unsigned int i;

	if (!ks->up)
		return;
	ks->up = false; /* nothing gets out any more */
	sim_listen(ks->node, GDOI_PORT, NULL, NULL);
	ks_free(ks->ks);
	gdoi_groups_free(ks->groups);
	isakmp_keys_free(ks->keys);
	isakmp_free(ks->isakmp);
	ks->ks = NULL;
	ks->g = NULL;
	ks->live = false;
	ks->differs_since = ks->lacks_since = ks->silent_until = 0;
	memset(ks->touched, 0, sizeof(ks->touched));
	for (i = 0; i < WORLD_KS; i++)
		ks->two_since[i] = ks->world->ks[i].two_since[ks->index] = 0;
	world_disturbed(ks->world);
}

/* --- all of it -------------------------------------------------------------- */

static void open_ks(struct world *w, unsigned int i)
{
	struct world_ks *ks = &w->ks[i];
	char name[16], addr[IP_ADDR_TEXT];

	ks->world = w;
	ks->index = i;
	ks->addr = ip_v4(0x0a000001 + i);
	ks->priority = 1 + world_below(w, 255);
	snprintf(name, sizeof(name), "KS%u", i + 1);
	ks->node = sim_node_new(w->sim, name, ip_text(&ks->addr, addr));
}

static void draw(struct world *w)
{
	static const uint32_t teks[] = { 600, 900, 1200, 1800, 3600 };
	static const uint32_t keks[] = { 1800, 3600, 7200, 86400 };

	w->n_ks = 2 + world_below(w, world_below(w, 4) ? 3 : 7);
	w->n_gms = 10 + (world_below(w, 10) ? world_below(w, 50)
					    : world_below(w, 290));
	w->tek_life = teks[world_below(w, 5)];
	w->kek_life = keks[world_below(w, 4)];
	w->counter = !world_below(w, 8);
	w->delay_max = MSEC(1 + world_below(w, 200));
}

struct world *world_new(uint64_t seed, const struct world_options *options)
{
	struct world *w = xcalloc(1, sizeof(*w));
	unsigned int i;

	w->seed = w->random = seed;
	w->options = *options;
	w->sim = sim_new(seed);
	draw(w);
	configure(w);
	sim_tap(w->sim, tap, w);
	w->gm_node = sim_node_new(w->sim, "GM", "10.255.255.255");
	w->gm.env = sim_env(w->gm_node);
	w->gm.config.env = w->gm.env;
	w->gm.config.isakmp = isakmp_new(w->gm.env);
	w->gm.config.groups = gdoi_groups_new(w->gm.env, NULL);
	for (i = 0; i < w->n_ks; i++)
		open_ks(w, i);
	w->gms = xcalloc(w->n_gms, sizeof(*w->gms));
	w->gm_side = xcalloc(w->n_gms, sizeof(*w->gm_side));
	for (i = 0; i < w->n_gms; i++)
		world_gm_open(w, i);
	return w;
}

void world_free(struct world *w)
{
	unsigned int i;

	for (i = 0; i < w->n_gms; i++)
		world_gm_close(&w->gms[i]);
	for (i = 0; i < w->n_ks; i++)
		world_ks_down(&w->ks[i]);
	world_push_free(w);
	world_keys_free(w);
	gdoi_groups_free(w->gm.config.groups);
	isakmp_free(w->gm.config.isakmp);
	sim_free(w->sim);
	ipsec_config_free(w->ipsec);
	acls_free(w->acls);
	cli_free(w->cli);
	loop_free(w->loop);
	free(w->gms);
	free(w->gm_side);
	free(w->failure);
	free(w);
}

char *world_run(uint64_t seed, const struct world_options *options,
		const char **rule)
{
	struct world *w = world_new(seed, options);
	char *failure;

	world_schedule(w);
	failure = w->failure;
	*rule = w->rule;
	w->failure = NULL;
	world_free(w);
	return failure;
}
