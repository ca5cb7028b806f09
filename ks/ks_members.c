/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_members.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int compare(const struct ks_member *a, const struct ks_member *b)
{
	return ip_compare(&a->addr, &b->addr);
}

RB_GENERATE_INTERNAL(ks_member_tree, ks_member, node, compare,
		     static __attribute__((unused)))

void ks_members_init(struct ks_members *members)
{
	RB_INIT(&members->tree);
	members->count = 0;
}

void ks_members_remove(struct ks_members *members, struct ks_member *m)
{
	RB_REMOVE(ks_member_tree, &members->tree, m);
	members->count--;
	free(m);
}

void ks_members_clear(struct ks_members *members)
{
	while (members->count)
		ks_members_remove(members, RB_ROOT(&members->tree));
	free(members->removed);
	members->removed = NULL;
	members->n_removed = 0;
	/* Whoever cooperates gets the whole database again. */
	members->removed_from = ++members->stamp;
}

struct ks_member *ks_members_find(struct ks_members *members,
				  const struct ip_addr *addr)
{
	struct ks_member key = { .addr = *addr };

	return RB_FIND(ks_member_tree, &members->tree, &key);
}

struct ks_member *ks_members_next(struct ks_members *members,
				  struct ks_member *after)
{
	if (!after)
		return RB_MIN(ks_member_tree, &members->tree);
	return RB_NEXT(ks_member_tree, &members->tree, after);
}

/* The one that has been silent longest, if since before stale. */
static struct ks_member *most_stale(struct ks_members *members, int64_t stale)
{
	struct ks_member *oldest = NULL;
	struct ks_member *m;

	RB_FOREACH (m, ks_member_tree, &members->tree) {
		if (!oldest || m->heard < oldest->heard)
			oldest = m;
	}
	return oldest && oldest->heard < stale ? oldest : NULL;
}

bool ks_members_have_room(struct ks_members *members,
			  const struct ip_addr *addr, int64_t stale)
{
	return members->count < KS_MAX_MEMBERS ||
	       ks_members_find(members, addr) || most_stale(members, stale);
}

const struct ks_member *ks_members_in_the_way(struct ks_members *members,
					      const struct ip_addr *addr,
					      int64_t stale)
{
	if (members->count < KS_MAX_MEMBERS || ks_members_find(members, addr))
		return NULL;
	return most_stale(members, stale);
}

static void remember(uint32_t *history, uint32_t seq)
{
	memmove(history, history + 1, (KS_SEQ_HISTORY - 1) * sizeof(*history));
	history[KS_SEQ_HISTORY - 1] = seq;
}

void ks_member_reminded(struct ks_member *m, uint32_t seq)
{
	remember(m->seq_sent, seq);
	m->late_acks = 0;
	m->answered = false;
}

void ks_member_sent(struct ks_member *m, uint32_t seq)
{
	ks_member_reminded(m, seq);
	m->rekeys_sent++;
}

void ks_member_acked(struct ks_member *m, uint32_t seq, int64_t now)
{
	m->heard = now;
	m->answered = true;
	remember(m->seq_acked, seq);
	m->acks_received++;
	m->missed_in_a_row = 0;
}

void ks_member_holds(struct ks_member *m, unsigned int kek,
		     const uint8_t acks[2])
{
	m->kek = kek;
	m->acks = kek && acks[m->extensions];
}

bool ks_member_answers(const struct ks_member *m)
{
	return m->acks && (m->extensions || m->acks_received);
}

/* What a peer calls its version is shown to people: digits and dots only. */
static void set_version(struct ks_member *m, const struct gdoi_peer *peer)
{
	size_t len = strnlen(peer->version, sizeof(peer->version));

	memset(m->version, 0, sizeof(m->version));
	if (len < sizeof(m->version) &&
	    strspn(peer->version, "0123456789.") >= len)
		memcpy(m->version, peer->version, len);
}

struct ks_member *ks_members_add(struct ks_members *members,
				 const struct ip_addr *addr)
{
	struct ks_member *m;

	if (members->count >= KS_MAX_MEMBERS)
		return NULL;
	m = xcalloc(1, sizeof(*m));
	m->addr = *addr;
	RB_INSERT(ks_member_tree, &members->tree, m);
	members->count++;
	return m;
}

struct ks_member *ks_members_register(struct ks_members *members,
				      const struct gdoi_peer *peer, int64_t now,
				      int64_t stale)
{
	struct ks_member *m = ks_members_find(members, &peer->remote.addr);

	if (!m) {
		if (!ks_members_have_room(members, &peer->remote.addr, stale))
			return NULL;
		if (members->count >= KS_MAX_MEMBERS)
			ks_members_remove(members, most_stale(members, stale));
		m = ks_members_add(members, &peer->remote.addr);
	}

	set_version(m, peer);
	m->extensions = peer->extensions;
	m->server = peer->local.addr;
	m->registered = now;
	m->heard = now;
	m->registrations++;
	m->proved = 0;
	m->missed_in_a_row = 0;
	return m;
}
