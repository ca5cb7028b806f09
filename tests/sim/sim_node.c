/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes and their env. */
#include "tests/sim/sim_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

struct env_timer {
	struct sim_due due;
	struct env_timer **handle;
	struct sim_node *node;
	void (*fire)(void *arg);
	void *arg;
};

struct env_job {
	struct sim_due due;
	struct env_job **handle; /* NULL once cancelled */
	void (*done)(void *arg, bool ok);
	void *arg;
};

static struct sim_node *node_of(struct env *env)
{
	return (struct sim_node *)env;
}

static int64_t node_now(struct env *env)
{
	return node_of(env)->sim->now;
}

static int64_t node_wall(struct env *env)
{
	struct sim_node *node = node_of(env);

	return SIM_WALL_START + node->sim->now + node->wall_offset;
}

static void timer_fire(struct sim *sim, struct sim_due *due)
{
	struct env_timer *timer = (struct env_timer *)due;
	void (*fire)(void *) = timer->fire;
	void *arg = timer->arg;

	if (sim->ending)
		log_fatal("sim: %s has left a timer", timer->node->name);
	*timer->handle = NULL;
	free(timer);
	fire(arg);
}

static void node_timer_cancel(struct env *env, struct env_timer **timer)
{
	sim_due_remove(node_of(env)->sim, &(*timer)->due);
	free(*timer);
	*timer = NULL;
}

static void node_timer_set(struct env *env, struct env_timer **timer,
			   int64_t delay, void (*fire)(void *), void *arg)
{
	struct env_timer *t;

	if (*timer)
		node_timer_cancel(env, timer);
	t = xcalloc(1, sizeof(*t));
	t->handle = timer;
	t->node = node_of(env);
	t->fire = fire;
	t->arg = arg;
	*timer = t;
	sim_due_add(t->node->sim, &t->due, delay, timer_fire);
}

static void node_random(struct env *env, void *out, size_t len)
{
	uint8_t *p = out;
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (i % sizeof(v) == 0)
			v = sim_random(&node_of(env)->random);
		p[i] = (uint8_t)(v >> (8 * (i % sizeof(v))));
	}
}

static void node_send(struct env *env, const struct endpoint *local,
		      const struct endpoint *remote, const void *data,
		      size_t len)
{
	sim_net_send(node_of(env), local, remote, data, len);
}

static void job_fire(struct sim *sim, struct sim_due *due)
{
	struct env_job *job = (struct env_job *)due;
	bool ok = job->handle && !sim->ending;

	if (ok)
		*job->handle = NULL;
	job->done(job->arg, ok);
	free(job);
}

static void node_job(struct env *env, struct env_job **handle,
		     void (*work)(void *), void (*done)(void *, bool),
		     void *arg)
{
	struct env_job *job = xcalloc(1, sizeof(*job));
	struct sim *sim = node_of(env)->sim;

	job->handle = handle;
	job->done = done;
	job->arg = arg;
	*handle = job;
	work(arg);
	sim_due_add(sim, &job->due, sim->job_time, job_fire);
}

/* done() comes at its time all the same, as it does from a thread pool. */
static void node_job_cancel(struct env *env, struct env_job **handle)
{
	(void)env;
	(*handle)->handle = NULL;
	*handle = NULL;
}

static void node_event(struct env *env, const struct msg_def *def,
		       const char *text)
{
	sim_line_add(node_of(env), false,
		     xasprintf("%%%s-%d-%s: %s", def->facility, def->severity,
			       def->mnemonic, text));
}

static void node_debug(struct env *env, const char *text)
{
	sim_line_add(node_of(env), true, xstrdup(text));
}

static void node_join(struct env *env, const struct ip_addr *group,
		      const struct endpoint *local, bool on)
{
	char text[IP_ADDR_TEXT];

	(void)local;
	if (on)
		sim_node_join(node_of(env), ip_text(group, text));
	else
		sim_node_leave(node_of(env), ip_text(group, text));
}

static const struct env_ops node_ops = {
	.now = node_now,
	.wall = node_wall,
	.timer_set = node_timer_set,
	.timer_cancel = node_timer_cancel,
	.random = node_random,
	.send = node_send,
	.join = node_join,
	.job = node_job,
	.job_long = node_job,
	.job_cancel = node_job_cancel,
	.event = node_event,
	.debug = node_debug,
};

struct sim_node *sim_node_new(struct sim *sim, const char *name,
			      const char *address)
{
	struct sim_node *node = xcalloc(1, sizeof(*node));

	node->env.ops = &node_ops;
	node->sim = sim;
	node->name = xstrdup(name);
	LIST_INIT(&node->addresses);
	LIST_INIT(&node->ports);
	/* Its own stream, so that one node's appetite changes no other. */
	node->random.state =
		sim->seed ^ (UINT64_C(0x5851f42d4c957f2d) * ++sim->n_nodes);
	TAILQ_INSERT_TAIL(&sim->nodes, node, entry);
	sim_node_add_addr(node, address);
	node->addr = LIST_FIRST(&node->addresses)->addr;
	return node;
}

struct env *sim_env(struct sim_node *node)
{
	return &node->env;
}

const char *sim_node_name(const struct sim_node *node)
{
	return node->name;
}

struct ip_addr sim_node_addr(const struct sim_node *node)
{
	return node->addr;
}

void sim_node_add_addr(struct sim_node *node, const char *address)
{
	struct sim_address *a = xcalloc(1, sizeof(*a));

	if (!ip_parse(&a->addr, address))
		log_fatal("sim: %s is no address", address);
	LIST_INSERT_HEAD(&node->addresses, a, entry);
}

void sim_node_join(struct sim_node *node, const char *group)
{
	sim_node_add_addr(node, group);
}

void sim_node_leave(struct sim_node *node, const char *group)
{
	struct sim_address *a;
	struct ip_addr addr;

	if (!ip_parse(&addr, group))
		log_fatal("sim: %s is no address", group);
	LIST_FOREACH (a, &node->addresses, entry)
		if (ip_equal(&a->addr, &addr))
			break;
	if (!a)
		return;
	LIST_REMOVE(a, entry);
	free(a);
}

static struct sim_port *port_find(struct sim_node *node, uint16_t port)
{
	struct sim_port *p;

	LIST_FOREACH (p, &node->ports, entry)
		if (p->port == port)
			return p;
	return NULL;
}

void sim_listen(struct sim_node *node, uint16_t port, sim_input *input,
		void *arg)
{
	struct sim_port *p = port_find(node, port);

	if (!p) {
		p = xcalloc(1, sizeof(*p));
		p->port = port;
		LIST_INSERT_HEAD(&node->ports, p, entry);
	}
	p->input = input;
	p->arg = arg;
}

void sim_node_wall_offset(struct sim_node *node, int64_t us)
{
	node->wall_offset = us;
}

static void node_free(struct sim_node *node)
{
	struct sim_address *a;
	struct sim_port *p;

	while ((a = LIST_FIRST(&node->addresses))) {
		LIST_REMOVE(a, entry);
		free(a);
	}
	while ((p = LIST_FIRST(&node->ports))) {
		LIST_REMOVE(p, entry);
		free(p);
	}
	free(node->name);
	free(node);
}

void sim_nodes_free(struct sim *sim)
{
	struct sim_node *node;

	while ((node = TAILQ_FIRST(&sim->nodes))) {
		TAILQ_REMOVE(&sim->nodes, node, entry);
		node_free(node);
	}
}
