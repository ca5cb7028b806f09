/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_debug.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gdoi/group_priv.h"

enum { LINE_MAX_LEN = 512 };

static const struct {
	const char *role, *word, *name, *title;
} areas[] = {
#define AREA(id, role, word, name, title) { role, word, name, title },
	GDOI_DEBUG_AREAS(AREA)
#undef AREA
};

const char *gdoi_debug_role(enum gdoi_debug_area area)
{
	return areas[area].role;
}

const char *gdoi_debug_word(enum gdoi_debug_area area)
{
	return areas[area].word;
}

const char *gdoi_debug_title(enum gdoi_debug_area area)
{
	return areas[area].title;
}

void gdoi_debug_set(struct gdoi_groups *groups, enum gdoi_debug_area area,
		    unsigned int levels)
{
	struct gdoi_debug_switch *d = &groups->debug[area];
	char text[DEBUG_LEVELS_TEXT];

	snprintf(d->title, sizeof(d->title), "%s%s", areas[area].title,
		 debug_levels_text(levels, text));
	d->levels = levels;
	d->flag.on = levels != 0;
}

void gdoi_debug_init(struct gdoi_groups *groups)
{
	size_t i;

	for (i = 0; i < GDOI_DEBUG_N_AREAS; i++) {
		groups->debug[i].flag.title = groups->debug[i].title;
		gdoi_debug_set(groups, i, 0);
		if (groups->env)
			env_debug_register(groups->env, &groups->debug[i].flag);
	}
}

void gdoi_debug_fini(struct gdoi_groups *groups)
{
	size_t i;

	for (i = 0; i < GDOI_DEBUG_N_AREAS; i++)
		if (groups->env)
			env_debug_unregister(groups->env,
					     &groups->debug[i].flag);
	for (i = 0; i < groups->conditions.n; i++)
		free(groups->conditions.v[i].group);
}

enum verdict { NO_CONDITION, MET, NOT_MET, UNKNOWN };

static enum verdict group_verdict(const struct gdoi_debug_conditions *c,
				  const char *group)
{
	enum verdict verdict = NO_CONDITION;
	size_t i;

	for (i = 0; i < c->n; i++) {
		if (!c->v[i].group)
			continue;
		if (!group)
			return UNKNOWN;
		if (!strcmp(c->v[i].group, group))
			return MET;
		verdict = NOT_MET;
	}
	return verdict;
}

static enum verdict peer_verdict(const struct gdoi_debug_conditions *c,
				 const struct ip_addr *peer)
{
	enum verdict verdict = NO_CONDITION;
	size_t i;

	for (i = 0; i < c->n; i++) {
		if (c->v[i].group)
			continue;
		if (!peer)
			return UNKNOWN;
		if (ip_equal(&c->v[i].peer, peer))
			return MET;
		verdict = NOT_MET;
	}
	return verdict;
}

/* Conditions of one kind are alternatives; with both kinds both must hold. */
static bool conditions_met(const struct gdoi_debug_conditions *c,
			   const char *group, const struct ip_addr *peer)
{
	enum verdict by_group = group_verdict(c, group);
	enum verdict by_peer = peer_verdict(c, peer);

	if (by_group == NOT_MET || by_peer == NOT_MET)
		return false;
	return c->unmatched || (by_group != UNKNOWN && by_peer != UNKNOWN);
}

bool gdoi_debug_wanted(const struct gdoi_groups *groups,
		       enum gdoi_debug_area area, enum debug_level level,
		       const char *group, const struct ip_addr *peer)
{
	const struct gdoi_debug_switch *d = &groups->debug[area];

	return d->flag.on && (d->levels & 1u << level) &&
	       conditions_met(&groups->conditions, group, peer);
}

void gdoi_debug_say(const struct gdoi_groups *groups, enum gdoi_debug_area area,
		    const char *group, const char *fmt, ...)
{
	char line[LINE_MAX_LEN];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	env_debug_fmt(groups->env, "GDOI:%s:(%s): %s", areas[area].name,
		      group ? group : "-", line);
}
