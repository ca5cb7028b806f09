/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path_trace TRANSFORM TRAFFIC ACES: sends the traffic through the packet path
 * of two members, there and in, twice: to fill the caches that it has, and to
 * be measured.  Prints how many packets were measured.  instructions.py runs
 * it under callgrind, which counts what measured_out() or measured_in() do. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "tests/guard/member.h"

#define NOW SEC(1000)

/* What Check's assertions call: here they end the program. */
void _mark_point(const char *file, int line)
{
	(void)file;
	(void)line;
}

void _ck_assert_failed(const char *file, int line, const char *expression,
		       const char *message, ...)
{
	(void)message;
	log_fatal("%s:%d: %s", file, line, expression);
}

static const struct esp_transform *transform_of(const char *name)
{
	static const struct esp_transform gcm = { ESP_AES_GCM, 128,
						  ESP_AUTH_NONE, false };

	if (strcmp(name, "cbc") == 0)
		return &article_transform;
	if (strcmp(name, "gcm") == 0)
		return &gcm;
	log_fatal("no transform '%s'", name);
}

static struct traffic *traffic_of(const char *name)
{
	if (strcmp(name, "imix") == 0)
		return traffic_imix();
	if (strcmp(name, "tcp") == 0)
		return traffic_super();
	if (strcmp(name, "imix6") == 0)
		return traffic_imix6();
	if (strcmp(name, "tcp6") == 0)
		return traffic_super6();
	log_fatal("no traffic '%s'", name);
}

/* Not measured: the same work, so that nothing is done for the first time. */
static void warm_up(struct member *a, struct member *b, const struct traffic *t)
{
	memory_port_feed(&a->wire, NULL, 0);
	memory_port_feed(&a->tap, t->frames, t->n);
	while (lane_run_out(&a->gateway->lane, NOW))
		;
	memory_port_feed(&b->tap, NULL, 0);
	memory_port_feed(&b->wire, a->wire.kept, a->wire.n_tx);
	while (lane_run_in(&b->gateway->lane, NOW))
		;
}

static void measure(struct member *a, struct member *b, const struct traffic *t)
{
	memory_port_feed(&a->wire, NULL, 0);
	memory_port_feed(&a->tap, t->frames, t->n);
	measured_out(&a->gateway->lane, NOW);
	memory_port_feed(&b->tap, NULL, 0);
	memory_port_feed(&b->wire, a->wire.kept, a->wire.n_tx);
	measured_in(&b->gateway->lane, NOW);
	if (a->wire.packets != t->packets || b->tap.packets != t->packets)
		log_fatal("of %llu packets %llu were sent and %llu received",
			  (unsigned long long)t->packets,
			  (unsigned long long)a->wire.packets,
			  (unsigned long long)b->tap.packets);
}

int main(int argc, char **argv)
{
	const struct esp_transform *transform;
	struct traffic *t;
	struct member *a, *b;
	unsigned int aces;

	if (argc != 4)
		log_fatal("usage: path_trace cbc|gcm imix|tcp ACES");
	transform = transform_of(argv[1]);
	t = traffic_of(argv[2]);
	aces = (unsigned int)strtoul(argv[3], NULL, 10);
	a = member_new(traffic_policy(transform, aces));
	b = member_new(traffic_policy(transform, aces));
	warm_up(a, b, t);
	measure(a, b, t);
	printf("%llu packets, %zu frames to the kernel, %s\n",
	       (unsigned long long)t->packets, b->tap.n_tx,
	       a->gateway->crypto->backend->name);
	member_free(a);
	member_free(b);
	traffic_free(t);
	return 0;
}
