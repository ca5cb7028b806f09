/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Announcements on their way out: those that become due in the same moment are
 * one. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/coop_members.h"
#include "ks/coop_priv.h"
#include "ks/ks_show.h"

enum { MEMBER_ROOM = 192, ANN_ROOM = 4096 }; /* octets, at most; at first */

static void write_header(struct coop *c, const struct coop_peer *p,
			 struct coop_ann *ann)
{
	struct ks_group *g = c->g;

	ann->id = c->id;
	ann->role = coop_role_now(c);
	ann->priority = (uint8_t)g->coop.priority;
	ann->reply = p->due_reply;
	ann->optimize = g->coop.optimize;
	ann->boot = c->boot;
	ann->seq = ++c->seq;
	ann->clock = env_now(g->ks->env);
	ann->live = g->live;
	ann->pseudotime = ks_pseudotime(g);
	ann->tag = c->tag;
	memcpy(ann->known, c->known, c->n_known * sizeof(c->known[0]));
	ann->n_known = c->n_known;
	if (c->role) {
		ann->primary = coop_role_primary(c->role);
		ann->primary_age = coop_role_primary_age(c->role);
	}
	strlcpy(ann->ks_version, GDOI_VERSION, sizeof(ann->ks_version));
	strlcpy(ann->coop_version, KS_COOP_VERSION, sizeof(ann->coop_version));
	coop_digests(g, ann->digests);
	ann->reinit_wanted = c->reinit_wanted;
	coop_sids_write(g, ann);
}

static void add_state(struct coop *c, struct coop_ann *ann)
{
	coop_seal_state(c);
	ann->state = rd_init(c->state.data, c->state.len);
	ann->signature = rd_init(c->signature.data, c->signature.len);
	if (!c->state.len)
		ann->tag.version = 0;
}

/* Whom the peer has to hear about: from a primary all, from a secondary its own
 * ones; all, too, as long as the primary has not taken up our keys. */
static bool only_ours(const struct coop *c, const struct coop_peer *p)
{
	return coop_role_now(c) == COOP_SECONDARY &&
	       p->tag.lineage == c->tag.lineage;
}

/* Who does not have our keys has not believed what we said of members. */
static uint64_t confirmed(const struct coop *c, const struct coop_peer *p)
{
	return p->tag.lineage == c->tag.lineage ? p->confirmed : 0;
}

static uint8_t *write_members(struct coop *c, const struct coop_peer *p,
			      size_t *len, uint64_t *stamp)
{
	size_t cap = ANN_ROOM + (size_t)c->g->members.count * MEMBER_ROOM;
	uint8_t *buf = xcalloc(1, cap);
	struct wr w = wr_init(buf, cap);

	*stamp = p->confirmed;
	if (coop_members_write(&w, c->g, c->g->coop.optimize, only_ours(c, p),
			       confirmed(c, p), stamp) &&
	    wr_ok(&w)) {
		*len = wr_at(&w);
		return buf;
	}
	free(buf);
	*len = 0;
	return NULL;
}

static bool deliver(struct coop_peer *p, const struct coop_ann *ann)
{
	const struct coop_transport *t = p->coop->g->ks->config.transport;
	size_t cap = ANN_ROOM + rd_left(&ann->state) + rd_left(&ann->members);
	unsigned int pdu = p->coop->g->coop.pdu;
	uint8_t *buf = xcalloc(1, cap);
	struct wr w = wr_init(buf, cap);
	bool sent;

	coop_ann_write(&w, ann);
	sent = wr_ok(&w) && t->send(p->link, buf, wr_at(&w), pdu);
	bytes_wipe(buf, cap);
	free(buf);
	return sent;
}

static void remember(struct coop_peer *p, uint64_t stamp)
{
	if (p->n_in_flight < COOP_IN_FLIGHT)
		p->in_flight[p->n_in_flight++] = stamp;
}

void coop_sent(void *ctx, bool arrived, size_t octets)
{
	struct coop_peer *p = ctx;
	uint64_t stamp;

	p->counters.octets_sent += octets;
	if (!arrived)
		p->counters.sent_drops++;
	if (!p->n_in_flight)
		return;
	stamp = p->in_flight[0];
	memmove(p->in_flight, p->in_flight + 1,
		--p->n_in_flight * sizeof(stamp));
	if (arrived && stamp > p->confirmed)
		p->confirmed = stamp;
}

static void send_to(struct coop_peer *p, struct coop_ann *ann)
{
	struct coop *c = p->coop;
	uint64_t stamp;
	uint8_t *members;
	size_t len;

	members = write_members(c, p, &len, &stamp);
	ann->members = rd_init(members, len);
	if (!deliver(p, ann)) {
		p->counters.sent_drops++;
	} else {
		remember(p, stamp);
		if (ann->reply)
			p->counters.ann_sent_reply++;
		else
			p->counters.ann_sent++;
	}
	free(members);
	COOP_DEBUG(c, DETAIL, &p->addr, "announcement %u is sent%s", ann->seq,
		   ann->reply ? ", a reply is asked for" : "");
}

static void flush(void *arg)
{
	struct coop *c = arg;
	size_t i;

	for (i = 0; i < c->n_peers; i++) {
		struct coop_peer *p = c->peers[i];
		struct coop_ann ann = { 0 };

		if (!p->due)
			continue;
		write_header(c, p, &ann);
		add_state(c, &ann);
		p->due = p->due_reply = false;
		send_to(p, &ann);
	}
}

void coop_announce(struct coop *c, struct coop_peer *p, bool reply,
		   int64_t delay)
{
	struct env *env = c->g->ks->env;
	int64_t at = env_now(env) + delay;
	size_t i;

	for (i = 0; i < c->n_peers; i++) {
		if (p && p != c->peers[i])
			continue;
		c->peers[i]->due = true;
		c->peers[i]->due_reply |= reply;
	}
	if (c->soon && c->soon_at <= at)
		return;
	c->soon_at = at;
	env_timer_set(env, &c->soon, delay, flush, c);
}

void coop_say_goodbye(struct coop *c)
{
	size_t i;

	for (i = 0; i < c->n_peers; i++) {
		struct coop_peer *p = c->peers[i];
		struct coop_ann ann = { 0 };

		write_header(c, p, &ann);
		ann.reply = false;
		ann.leaving = true;
		ann.tag.version = 0;
		deliver(p, &ann);
	}
}
