/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/isakmp/keys_world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *label(void *arg)
{
	const struct keys_world *w = arg;

	return w->default_label ? xstrdup(w->default_label) : NULL;
}

static void told(void *arg, const char *label)
{
	struct keys_world *w = arg;

	w->told++;
	snprintf(w->told_label, sizeof(w->told_label), "%s", label);
}

void keys_world_start(struct keys_world *w)
{
	w->keys = isakmp_keys_new(sim_env(w->node), w->path);
	isakmp_keys_watch(w->keys, told, w);
	w->loop = loop_new();
	w->cli = cli_world_cli(w->loop);
	isakmp_keys_cli_init(w->keys, w->cli, label, w);
	w->term = cli_test_new(w->cli);
}

void keys_world_stop(struct keys_world *w)
{
	cli_test_free(w->term);
	isakmp_keys_free(w->keys);
	cli_free(w->cli);
	loop_free(w->loop);
}

void keys_world_open(struct keys_world *w)
{
	*w = (struct keys_world){ 0 };
	snprintf(w->dir, sizeof(w->dir), "keys.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(w->dir));
	snprintf(w->path, sizeof(w->path), "%s/private-config", w->dir);
	w->sim = sim_new(1);
	w->node = sim_node_new(w->sim, "KS1", "10.0.0.1");
	keys_world_start(w);
}

void keys_world_close(struct keys_world *w)
{
	char damaged[128];

	keys_world_stop(w);
	sim_free(w->sim);
	snprintf(damaged, sizeof(damaged), "%s.damaged", w->path);
	unlink(damaged);
	unlink(w->path);
	rmdir(w->dir);
}

char *keys_world_type(struct keys_world *w, const char *lines)
{
	cli_test_type(w->term, lines);
	sim_run(w->sim, SEC(120));
	return cli_test_take(w->term);
}

void keys_world_expect(struct keys_world *w, const char *lines,
		       const char *screen)
{
	char *got = keys_world_type(w, lines);

	ck_assert_str_eq(got, screen);
	free(got);
}
