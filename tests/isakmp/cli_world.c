/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/isakmp/cli_world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *hostname(void *ctx)
{
	(void)ctx;
	return "KS1";
}

static void stamp(void *ctx, char *out)
{
	(void)ctx;
	snprintf(out, 64, "18:00:00 UTC Sat Jan 2 2016");
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

static bool internal(void *arg)
{
	return ((struct cli_world *)arg)->internal;
}

struct cli *cli_world_cli(struct loop *loop)
{
	const struct cli_hooks hooks = {
		.hostname = hostname,
		.save = save,
		.saved = saved,
		.erase = erase,
		.configured = configured,
		.stamp = stamp,
	};

	return cli_new(loop, &hooks);
}

void cli_world_open(struct cli_world *w)
{
	*w = (struct cli_world){ 0 };
	pair_open(&w->p, 1);
	isakmp_policies_free(&w->p.ks->policies);
	isakmp_keyring_free(&w->p.ks->keyring);
	w->loop = loop_new();
	w->cli = cli_world_cli(w->loop);
	isakmp_cli_init(w->p.ks, w->cli, internal, w);
}

void cli_world_close(struct cli_world *w)
{
	pair_close(&w->p);
	cli_free(w->cli);
	loop_free(w->loop);
}

void cli_world_expect(struct cli *cli, const char *lines, const char *screen)
{
	char *got = cli_test_run(cli, lines);

	ck_assert_str_eq(got, screen);
	free(got);
}

void cli_world_configure(struct cli *cli, const char *lines)
{
	struct cli_test *t = cli_test_new(cli);
	char *got;

	cli_test_type(t, "configure terminal\n");
	free(cli_test_take(t));
	cli_test_type(t, lines);
	got = cli_test_take(t);
	ck_assert_str_eq(got, "");
	free(got);
	cli_test_free(t);
}

char *cli_world_crypto(struct cli *cli)
{
	char *config = cli_config_text(cli);
	char *out = calloc(1, strlen(config) + 1);
	const char *line = config;
	bool in = false;
	size_t len;

	for (; *line; line += len) {
		len = strcspn(line, "\n") + 1;
		if (*line != ' ')
			in = !strncmp(line, "crypto", 6) ||
			     !strncmp(line, "no crypto", 9);
		if (in)
			strncat(out, line, len);
	}
	free(config);
	return out;
}
