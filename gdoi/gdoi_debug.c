/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_debug.h"

#include <stdio.h>

#include "gdoi/group_priv.h"

enum { LINE_MAX_LEN = 512 };

static const struct {
	const char *name, *title;
} areas[] = {
#define AREA(id, role, word, name, title) { name, title },
	GDOI_DEBUG_AREAS(AREA)
#undef AREA
};

void gdoi_debug_init(struct gdoi_groups *groups)
{
	size_t i;

	for (i = 0; i < GDOI_DEBUG_N_AREAS; i++) {
		groups->debug[i].flag.title = areas[i].title;
		env_debug_register(groups->env, &groups->debug[i].flag);
	}
}

void gdoi_debug_fini(struct gdoi_groups *groups)
{
	size_t i;

	for (i = 0; i < GDOI_DEBUG_N_AREAS; i++)
		env_debug_unregister(groups->env, &groups->debug[i].flag);
}

bool gdoi_debug_wanted(const struct gdoi_groups *groups,
		       enum gdoi_debug_area area, enum gdoi_debug_level level,
		       const char *group, const struct ip_addr *peer)
{
	const struct gdoi_debug_switch *d = &groups->debug[area];

	(void)group;
	(void)peer;
	return d->flag.on && (d->levels & 1u << level);
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
