/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/env.h"

#include <stdlib.h>

#include "base/mem.h"

uint32_t env_random_below(struct env *env, uint32_t bound)
{
	/* Values below the threshold would make small results likelier. */
	uint32_t threshold = -bound % bound;
	uint32_t v;

	do
		env_random(env, &v, sizeof(v));
	while (v < threshold);
	return v % bound;
}

void env_event_fmt(struct env *env, const struct msg_def *def, const char *fmt,
		   ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	env->ops->event(env, def, text);
	free(text);
}

void env_debug_fmt(struct env *env, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	env->ops->debug(env, text);
	free(text);
}

void env_debug_register(struct env *env, struct debug_flag *flag)
{
	flag->next = env->debug_flags;
	env->debug_flags = flag;
}

void env_debug_unregister(struct env *env, struct debug_flag *flag)
{
	struct debug_flag **at;

	for (at = &env->debug_flags; *at; at = &(*at)->next)
		if (*at == flag) {
			*at = flag->next;
			return;
		}
}
