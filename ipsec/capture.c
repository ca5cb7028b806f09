/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/capture_priv.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "ipsec/ipsec_msg.h"
#include "ipsec/ipsec_priv.h"

#define MB ((size_t)1048576)

struct capture *capture_find(struct captures *all, const char *name, bool old)
{
	struct capture *c;

	TAILQ_FOREACH (c, &all->list, link)
		if (c->old == old && strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

struct capture *capture_get(struct captures *all, const char *name, bool old)
{
	struct capture *c = capture_find(all, name, old);
	unsigned int n = 0;

	if (c)
		return c;
	TAILQ_FOREACH (c, &all->list, link)
		n++;
	if (n >= CAPTURES_MAX || strlen(name) >= CAPTURE_NAME)
		return NULL;
	c = xcalloc(1, sizeof(*c));
	c->all = all;
	c->old = old;
	snprintf(c->name, sizeof(c->name), "%s", name);
	capture_store_init(&c->store,
			   old ? CAPTURE_OLD_KB * 1024 : CAPTURE_MB * MB,
			   false);
	if (old)
		c->packet_len = CAPTURE_OLD_LEN;
	TAILQ_INSERT_TAIL(&all->list, c, link);
	return c;
}

void capture_remove(struct capture *c)
{
	capture_stop(c);
	capture_store_clear(&c->store);
	TAILQ_REMOVE(&c->all->list, c, link);
	free(c);
}

const char *capture_direction(unsigned int points)
{
	if (!(points & CAPTURE_OUT))
		return "in";
	return points & CAPTURE_IN ? "both" : "out";
}

/* --- lanes ---------------------------------------------------------------- */

static bool is_at(const struct capture_place *p, const char *ifname)
{
	return p->tap && strcmp(p->ifname, ifname) == 0;
}

/* NULL: nobody captures there. */
static struct capture_set *set_of(const struct captures *all,
				  const char *ifname)
{
	struct capture_set *set = xcalloc(1, sizeof(*set));
	const struct capture *c;

	TAILQ_FOREACH (c, &all->list, link)
		for (size_t i = 0; i < c->n_places; i++)
			if (is_at(&c->places[i], ifname) &&
			    set->n < CAPTURE_TAPS)
				set->taps[set->n++] = c->places[i].tap;
	if (set->n)
		return set;
	free(set);
	return NULL;
}

void captures_fronted(struct captures *all, const char *ifname)
{
	struct front *f = ipsec_front(all->config.ipsec, ifname);
	struct capture_set *set;

	if (!f)
		return;
	set = set_of(all, ifname);
	if (set || f->capture)
		free(front_set_capture(f, set));
}

static bool is_used(const struct captures *all, const char *ifname)
{
	struct capture_set *set = set_of(all, ifname);

	free(set);
	return set != NULL;
}

/* --- filters -------------------------------------------------------------- */

static const struct acl *acl_of(const struct capture *c)
{
	const struct acls *acls = c->all->config.acls;
	const struct acl *acl = acls_find(acls, c->acl);

	return acl ? acl : acls_find6(acls, c->acl);
}

static void wake(void *arg)
{
	struct captures *all = arg;

	loop_wake_ring(all->bell);
}

static struct capture_tap *tap_of_acl(const struct capture *c,
				      unsigned int rings)
{
	const struct acl *acl = acl_of(c);
	struct ace *aces = xcalloc(acl && acl->n ? acl->n : 1, sizeof(*aces));
	struct capture_tap *tap;
	size_t n = 0;

	for (size_t i = 0; acl && i < acl->n; i++)
		if (!acl->entries[i].remark)
			aces[n++] = acl->entries[i].ace;
	tap = capture_tap_new(rings, aces, n, false);
	free(aces);
	return tap;
}

static struct capture_tap *tap_of(struct capture *c,
				  const struct capture_place *place)
{
	unsigned int rings = c->all->config.ipsec->n_workers;
	struct capture_tap *tap;

	if (c->match == MATCH_ACL)
		tap = tap_of_acl(c, rings);
	else
		tap = capture_tap_new(rings, &c->ace, c->match == MATCH_LINE,
				      c->match != MATCH_LINE);
	tap->points = place->points;
	tap->packet_len = c->packet_len;
	tap->source = (uint32_t)(place - c->places);
	tap->wake = wake;
	tap->wake_arg = c->all;
	return tap;
}

/* --- start and stop ------------------------------------------------------- */

/* What a tap has when it goes is kept. */
static void take_rest(struct capture *c, struct capture_tap *tap);

static void close_places(struct capture *c)
{
	struct captures *all = c->all;

	for (size_t i = 0; i < c->n_places; i++) {
		struct capture_place *p = &c->places[i];
		struct capture_tap *tap = p->tap;

		if (!tap)
			continue;
		p->tap = NULL;
		captures_fronted(all, p->ifname);
		take_rest(c, tap);
		c->lost += capture_tap_lost(tap);
		capture_tap_free(tap);
	}
}

static void release_places(struct capture *c)
{
	for (size_t i = 0; i < c->n_places; i++)
		if (!is_used(c->all, c->places[i].ifname))
			ipsec_release(c->all->config.ipsec, c->places[i].ifname,
				      IPSEC_USER_CAPTURE);
}

static bool open_places(struct capture *c)
{
	struct captures *all = c->all;

	for (size_t i = 0; i < c->n_places; i++) {
		struct capture_place *p = &c->places[i];

		if (ipsec_hold(all->config.ipsec, p->ifname,
			       IPSEC_USER_CAPTURE))
			return false;
		p->tap = tap_of(c, p);
		captures_fronted(all, p->ifname);
	}
	return true;
}

static void time_is_over(void *arg)
{
	struct capture *c = arg;

	c->over = true;
	c->why = "Capture duration reached";
	capture_drain(c->all);
}

const char *capture_start(struct capture *c)
{
	struct env *env = c->all->config.env;

	if (!c->n_places)
		return "% An interface has to be given first";
	if (c->match == MATCH_ACL && !acl_of(c))
		return "% The access list does not exist";
	c->over = false;
	c->seen = c->lost = 0;
	if (!open_places(c)) {
		close_places(c);
		release_places(c);
		return "% Packets of the interface cannot be captured";
	}
	c->active = true;
	if (c->duration)
		env_timer_set(env, &c->ends, SEC(c->duration), time_is_over, c);
	if (!c->old) /* its points are told of */
		env_event(env, BUFCAP_ENABLE, c->name);
	return NULL;
}

static void end(struct capture *c)
{
	env_timer_cancel(c->all->config.env, &c->ends);
	close_places(c);
	release_places(c);
	c->active = false;
}

void capture_stop(struct capture *c)
{
	if (!c->active)
		return;
	end(c);
	if (!c->old)
		env_event(c->all->config.env, BUFCAP_DISABLE, c->name);
}

/* --- packets -------------------------------------------------------------- */

/* Sampling and rate. */
static bool is_wanted(struct capture *c, int64_t now)
{
	if (c->every && c->seen++ % c->every)
		return false;
	if (!c->pps)
		return true;
	if (c->second != now / SEC(1)) {
		c->second = now / SEC(1);
		c->in_second = 0;
	}
	return c->in_second++ < c->pps;
}

static void keep(struct capture *c, const struct capture_record *r,
		 const uint8_t *frame)
{
	struct env *env = c->all->config.env;
	const struct capture_packet p = {
		.wall = env_wall(env) - (env_now(env) - r->now),
		.len = r->len,
		.kept = r->kept,
		.point = r->point,
		.source = r->source,
	};

	if (c->over || !is_wanted(c, r->now))
		return;
	if (!capture_store_add(&c->store, &p, frame)) {
		c->over = true;
		c->why = "Buffer full";
	} else if (c->packets && c->store.n >= c->packets) {
		c->over = true;
		c->why = "Packet limit reached";
	}
}

static void take_rest(struct capture *c, struct capture_tap *tap)
{
	struct capture_record r;

	while (capture_tap_next(tap, &r, c->all->frame))
		keep(c, &r, c->all->frame);
}

void capture_drain(struct captures *all)
{
	struct capture *c;

	TAILQ_FOREACH (c, &all->list, link) {
		for (size_t i = 0; i < c->n_places; i++)
			if (c->places[i].tap)
				take_rest(c, c->places[i].tap);
		if (!c->active || !c->over)
			continue;
		end(c);
		env_event(all->config.env, BUFCAP_DISABLE_ASYNC, c->name,
			  c->why);
	}
}

uint64_t capture_lost(const struct capture *c)
{
	uint64_t n = c->lost + c->store.dropped;

	for (size_t i = 0; i < c->n_places; i++)
		if (c->places[i].tap)
			n += capture_tap_lost(c->places[i].tap);
	return n;
}

/* --- life ----------------------------------------------------------------- */

static void drain(void *arg)
{
	capture_drain(arg);
}

/* A filter that runs follows its list. */
static void acl_changed(void *arg, const char *name)
{
	struct captures *all = arg;
	struct capture *c;

	TAILQ_FOREACH (c, &all->list, link) {
		if (!c->active || c->match != MATCH_ACL ||
		    strcmp(c->acl, name) != 0)
			continue;
		close_places(c);
		if (!open_places(c))
			capture_stop(c);
	}
}

static void configured(void *arg)
{
	struct captures *all = arg;

	if (!all->config.internal(all->config.arg))
		capture_keys_wipe(all->keys);
}

struct captures *captures_new(const struct captures_config *config)
{
	struct captures *all = xcalloc(1, sizeof(*all));

	all->config = *config;
	all->frame = xcalloc(1, CAPTURE_FRAME);
	all->keys = capture_keys_new(config->internal, config->arg);
	TAILQ_INIT(&all->list);
	TAILQ_INIT(&all->spots);
	loop_wake_open(config->loop, &all->bell, drain, all);
	acls_watch(config->acls, acl_changed, all);
	cli_on_configured(config->cli, configured, all);
	config->ipsec->captures = all;
	capture_cli_init(all);
	capture_old_cli_init(all);
	capture_show_init(all);
	return all;
}

void captures_free(struct captures *all)
{
	struct capture_spot *spot;

	if (!all)
		return;
	while (!TAILQ_EMPTY(&all->list)) {
		end(TAILQ_FIRST(&all->list));
		capture_remove(TAILQ_FIRST(&all->list));
	}
	while ((spot = TAILQ_FIRST(&all->spots))) {
		TAILQ_REMOVE(&all->spots, spot, link);
		free(spot);
	}
	all->config.ipsec->captures = NULL;
	acls_unwatch(all->config.acls, acl_changed, all);
	loop_wake_close(&all->bell);
	capture_keys_free(all->keys);
	free(all->frame);
	free(all);
}

struct capture_keys *captures_keys(struct captures *all)
{
	return all->keys;
}
