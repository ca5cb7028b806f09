/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens, and when: drawn from the seed. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/coop_priv.h"
#include "ks/ks_rekey.h"
#include "tests/coop/world.h"

enum {
	START_S = 240, /* all come up, members register */
	LENGTH_MIN = 1800,
	LENGTH_MAX = 9000,
	NEWS_S = 5, /* until what is new has been told to others */
};

static struct world_ks *some_ks(struct world *w)
{
	return &w->ks[world_below(w, w->n_ks)];
}

static struct world_ks *some_primary(struct world *w)
{
	unsigned int i, first = world_below(w, w->n_ks);

	for (i = 0; i < w->n_ks; i++) {
		struct world_ks *ks = &w->ks[(first + i) % w->n_ks];

		if (world_is_primary(ks))
			return ks;
	}
	return NULL;
}

/* --- the network -------------------------------------------------------------- */

static void set_weather(struct world *w, unsigned int loss)
{
	struct sim_weather weather = sim_fair;

	if (w->loss)
		w->lossy_until = sim_now(w->sim);
	w->loss = loss;
	weather.loss = loss;
	weather.delay_max += w->delay_max;
	if (loss) {
		weather.duplicate = loss / 4;
		weather.reorder = loss / 2;
		weather.reorder_delay = SEC(1);
	}
	sim_weather_set(w->sim, &weather);
	world_say(w, "weather: loss %u per mille", loss);
}

static bool whole(const struct world *w)
{
	unsigned int i, j;

	for (i = 0; i < w->n_ks; i++) {
		if (w->ks_side[i])
			return false;
		for (j = 0; j < w->n_ks; j++) {
			if (w->ks_cut[i][j])
				return false;
		}
	}
	return true;
}

static void heal(struct world *w)
{
	unsigned int i;

	if (!whole(w)) {
		world_say(w, "all links are whole again");
		world_trouble(w, WORLD_MERGE + WORLD_TWO_PRIMARIES +
					 (w->loss ? w->tek_life : 0));
		/* The KEK of the others is no longer known where it was
		 * dropped: they come when their keys end. */
		if (w->half_removed)
			world_trouble(w, w->tek_life + 120);
		w->half_removed = false;
	}
	memset(w->ks_side, 0, sizeof(w->ks_side));
	memset(w->ks_cut, 0, sizeof(w->ks_cut));
	memset(w->gm_side, 0, w->n_gms * sizeof(*w->gm_side));
	for (i = 0; i < w->n_gms; i++) {
		if (w->gms[i].cut)
			w->gms[i].exempt =
				sim_now(w->sim) + SEC(w->tek_life + 120);
		w->gms[i].cut = 0;
	}
	w->db_trouble = sim_now(w->sim);
	world_disturbed(w);
}

static void split(struct world *w)
{
	unsigned int i, sides = 2 + !world_below(w, 4), here = 0;

	/* Members that change sides apart from their key servers have only
	 * their next registration to bring them together. */
	if (!whole(w)) {
		heal(w);
		return;
	}
	if (w->loss || sim_now(w->sim) < w->trouble)
		world_trouble(w, w->tek_life + 120);
	for (i = 0; i < w->n_ks; i++) {
		w->ks_side[i] = world_below(w, sides);
		here |= 1u << w->ks_side[i];
	}
	/* Members are where a key server is. */
	for (i = 0; i < w->n_gms; i++) {
		do
			w->gm_side[i] = world_below(w, sides);
		while (!(here & 1u << w->gm_side[i]));
	}
	world_say(w, "a split: KS1..%u on sides %u%u%u%u%u%u%u%u", w->n_ks,
		  w->ks_side[0], w->ks_side[1], w->ks_side[2], w->ks_side[3],
		  w->ks_side[4], w->ks_side[5], w->ks_side[6], w->ks_side[7]);
	world_disturbed(w);
}

/* Members hear both key servers, which may both be primary. */
static void cut_pair(struct world *w)
{
	unsigned int a = world_below(w, w->n_ks), b = world_below(w, w->n_ks);

	if (a == b)
		return;
	world_say(w, "KS%u and KS%u do not reach each other", a + 1, b + 1);
	w->ks_cut[a][b] = w->ks_cut[b][a] = true;
	world_disturbed(w);
}

static void cut_member(struct world *w)
{
	struct world_gm *m = &w->gms[world_below(w, w->n_gms)];

	m->cut |= 1u << world_below(w, w->n_ks);
	m->exempt = INT64_MAX;
}

/* --- key servers ------------------------------------------------------------------ */

static void come_up(void *arg)
{
	struct world_ks *ks = arg;

	if (ks->up)
		return;
	world_say(ks->world, "KS%u (priority %u) comes up", ks->index + 1,
		  ks->priority);
	world_ks_up(ks);
}

/* Its keys are of nobody else who is there. */
static bool knows_alone(const struct world *w, const struct world_ks *ks)
{
	const struct coop_tag *tag = &ks->g->cooperation->tag;
	unsigned int i;

	for (i = 0; i < w->n_ks; i++) {
		const struct world_ks *o = &w->ks[i];

		if (o != ks && o->up &&
		    coop_covers(&o->g->cooperation->tag,
				o->g->cooperation->known,
				o->g->cooperation->n_known, tag))
			return false;
	}
	return tag->version;
}

/* Who registered a moment ago is not reported yet, nor who did in a split. */
static bool has_news(const struct world *w, const struct world_ks *ks)
{
	int64_t since = sim_now(w->sim) - SEC(NEWS_S);
	unsigned int i;

	if (!whole(w) && w->disturbed - SEC(NEWS_S) < since)
		since = w->disturbed - SEC(NEWS_S);
	for (i = 0; i < w->n_gms; i++) {
		if (w->gms[i].pushed_by == ks->index &&
		    w->gms[i].pushed_at > since)
			return true;
	}
	return false;
}

static void crash(struct world *w, struct world_ks *ks)
{
	if (!ks || !ks->up)
		return;
	world_say(w, "KS%u (%s) crashes", ks->index + 1,
		  coop_role_name(ks->role));
	/* What is lost with it comes back when members register again. */
	if (knows_alone(w, ks))
		world_trouble(w, 2 * (int64_t)w->tek_life + 120);
	else if (has_news(w, ks))
		world_trouble(w, w->tek_life + 120);
	world_ks_down(ks);
	sim_at(w->sim,
	       SEC(world_below(w, 3) ? 5 + world_below(w, 120)
				     : 60 + world_below(w, 1500)),
	       come_up, ks);
}

/* Who registers elsewhere in the second of a removal is not told of it: the
 * KEK that it was given is gone. */
static void forgive_new(struct world *w, const struct world_ks *ks)
{
	unsigned int i;

	for (i = 0; i < w->n_gms; i++) {
		struct world_gm *m = &w->gms[i];

		if (m->pushed_by != ks->index &&
		    sim_now(w->sim) - m->pushed_at < SEC(NEWS_S) &&
		    m->exempt < sim_now(w->sim) + SEC(w->tek_life))
			m->exempt = sim_now(w->sim) + SEC(w->tek_life + 120);
	}
}

static void rekey(struct world *w, enum ks_rekey_kind kind, const char *name)
{
	struct world_ks *ks = some_primary(w);
	const char *why;

	if (!ks)
		return;
	world_say(w, "KS%u# %s", ks->index + 1, name);
	w->spoken = sim_now(w->sim);
	w->db_trouble = w->spoken;
	ks->silent_until = 0;
	if (kind == KS_REKEY_REPLACE_NOW || kind == KS_REKEY_REMOVE_NOW) {
		world_trouble(w, 40);
		forgive_new(w, ks);
	}
	if (w->loss || !whole(w))
		world_trouble(w, w->tek_life + 120);
	if (kind == KS_REKEY_REMOVE_NOW) {
		w->removed_at = sim_now(w->sim);
		w->removed_by = ks->index;
	}
	if (kind == KS_REKEY_REMOVE_NOW && !whole(w))
		w->half_removed = true;
	ks_rekey(ks->g, kind, &why);
}

static void clear_role(struct world *w)
{
	struct world_ks *ks = some_ks(w);

	if (!ks->up)
		return;
	world_say(w, "KS%u# clear crypto gdoi ks coop role", ks->index + 1);
	w->spoken = w->disturbed = sim_now(w->sim);
	coop_clear_role(ks->g);
}

static void new_priority(struct world *w)
{
	struct world_ks *ks = some_ks(w);

	ks->priority = 1 + world_below(w, 255);
	if (!ks->up)
		return;
	world_say(w, "KS%u# local priority %u", ks->index + 1, ks->priority);
	ks->g->coop.priority = ks->priority;
	coop_configured(ks->g);
}

/* --- the schedule ------------------------------------------------------------------- */

static void something(struct world *w)
{
	switch (world_below(w, 16)) {
	case 0:
	case 1:
		crash(w, some_ks(w));
		break;
	case 2:
	case 3:
		crash(w, some_primary(w));
		break;
	case 4:
	case 5:
	case 6:
		split(w);
		break;
	case 7:
	case 8:
		heal(w);
		break;
	case 9:
		cut_pair(w);
		break;
	case 10:
		cut_member(w);
		break;
	case 11:
		set_weather(w, world_below(w, 2) ? 0 : world_below(w, 150));
		break;
	case 12:
		rekey(w, KS_REKEY_REPLACE, "crypto gdoi ks rekey");
		break;
	case 13:
		if (world_below(w, 2))
			rekey(w, KS_REKEY_REPLACE_NOW,
			      "crypto gdoi ks rekey replace-now");
		else
			rekey(w, KS_REKEY_REMOVE_NOW,
			      "clear crypto gdoi ks members now");
		break;
	case 14:
		clear_role(w);
		break;
	default:
		new_priority(w);
		break;
	}
}

static void run_to(struct world *w, int64_t end)
{
	while (sim_now(w->sim) < end && !w->failure) {
		sim_run(w->sim, SEC(1));
		world_check(w);
		sim_forget_lines(w->sim);
	}
}

static bool partial(const struct world *w)
{
	unsigned int i, j;

	for (i = 0; i < w->n_ks; i++) {
		for (j = 0; j < w->n_ks; j++) {
			if (w->ks_cut[i][j])
				return true;
		}
	}
	return false;
}

static int64_t pause_of(struct world *w)
{
	uint32_t most = world_below(w, 3) ? 900 : 60;

	return SEC(5 + world_below(w, most));
}

/* Two primaries that members of both hear, while their link is cut. */
static void events(struct world *w, int64_t end)
{
	while (sim_now(w->sim) < end && !w->failure) {
		something(w);
		if (partial(w))
			world_trouble(w, INT32_MAX);
		else if (w->trouble > SEC(INT32_MAX))
			w->trouble = sim_now(w->sim) + SEC(w->tek_life + 300);
		run_to(w, sim_now(w->sim) + pause_of(w));
	}
}

/* Peace: in the end all is well, and stays so through the next keys. */
static void rest(struct world *w)
{
	unsigned int i;

	w->healing = true;
	heal(w);
	set_weather(w, 0);
	for (i = 0; i < w->n_ks; i++)
		come_up(&w->ks[i]);
	if (w->trouble > SEC(INT32_MAX))
		w->trouble = sim_now(w->sim) + SEC(w->tek_life + 300);
	run_to(w, sim_now(w->sim) + SEC(WORLD_REST + 2 * w->tek_life));
}

void world_schedule(struct world *w)
{
	int64_t length = LENGTH_MIN + world_below(w, LENGTH_MAX - LENGTH_MIN);
	unsigned int i;

	world_say(w,
		  "seed %llu: %u key servers, %u members, TEK %u s%s, "
		  "KEK %u s",
		  (unsigned long long)w->seed, w->n_ks, w->n_gms, w->tek_life,
		  w->counter ? " (counter mode)" : "", w->kek_life);
	set_weather(w, 0);
	for (i = 0; i < w->n_ks; i++)
		sim_at(w->sim, SEC(world_below(w, 40)), come_up, &w->ks[i]);
	world_trouble(w, START_S + 120);
	run_to(w, SEC(START_S));
	events(w, SEC(START_S + length));
	rest(w);
	world_say(w,
		  "%u registrations, %u rekeys taken, %u take-overs, "
		  "%u merges",
		  w->registrations, w->pushes_taken, w->takeovers, w->merges);
}
