/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The router's side of IGMP version 2 (RFC 2236) on one interface. */
#include <netinet/in.h>
#include <stdlib.h>

#include "base/mem.h"
#include "router/igmp_packet.h"
#include "router/mcast.h"

enum { TENTHS = 10 };

static const uint32_t all_hosts = 0xe0000001; /* 224.0.0.1 */

/* 224.0.0.x never leaves its link. */
static bool is_link_group(uint32_t group)
{
	return group >> 8 == all_hosts >> 8;
}

static struct mcast_member *find(const struct mcast_iface *mi, uint32_t group)
{
	struct mcast_member *member;

	TAILQ_FOREACH (member, &mi->members, link)
		if (member->group == group)
			return member;
	return NULL;
}

/* NULL: there are too many. */
static struct mcast_member *get(struct mcast_iface *mi, uint32_t group)
{
	struct mcast_member *member = find(mi, group);

	if (member || mi->n_members == MCAST_MEMBERS)
		return member;
	member = xcalloc(1, sizeof(*member));
	member->group = group;
	member->since = mcast_now();
	TAILQ_INSERT_TAIL(&mi->members, member, link);
	mi->n_members++;
	return member;
}

static void remove_member(struct mcast_iface *mi, struct mcast_member *member)
{
	TAILQ_REMOVE(&mi->members, member, link);
	mi->n_members--;
	free(member);
}

bool mcast_igmp_wants(const struct mcast_iface *mi, uint32_t group)
{
	size_t i;

	for (i = 0; i < mi->n_configured; i++)
		if (mi->configured[i].group == group)
			return true;
	return find(mi, group) != NULL;
}

void mcast_igmp_joined(struct mcast_iface *mi, uint32_t group, int64_t until)
{
	struct mcast_member *member = until ? get(mi, group) : find(mi, group);

	if (!member)
		return;
	member->joined_until = until;
	if (!until && !member->expires)
		remove_member(mi, member);
	mcast_routes_of(mi->owner, group);
}

void mcast_igmp_forget_joins(struct mcast_iface *mi)
{
	struct mcast_member *member, *next;

	for (member = TAILQ_FIRST(&mi->members); member; member = next) {
		next = TAILQ_NEXT(member, link);
		member->joined_until = 0;
		if (!member->expires)
			remove_member(mi, member);
	}
}

static void ask(const struct mcast_iface *mi, uint32_t group, unsigned int time)
{
	uint8_t query[IGMP_QUERY_SIZE];

	igmp_query_write(query, group, (uint8_t)(time * TENTHS));
	mcast_kernel_send(mi, mi->owner->fd, group ? group : all_hosts, query,
			  sizeof(query));
}

static bool is_querier(const struct mcast_iface *mi)
{
	return mi->querier == mi->addr;
}

static void on_join(struct mcast_iface *mi, uint32_t group, uint32_t src)
{
	struct mcast_member *member;
	bool fresh;

	if (is_link_group(group))
		return;
	member = get(mi, group);
	if (!member)
		return;
	fresh = !member->expires;
	member->reporter = src;
	member->asks = 0;
	member->expires = mcast_now() + SEC(IGMP_MEMBER_TIME);
	if (fresh)
		mcast_routes_of(mi->owner, group);
}

/* Somebody else may still want it: the querier asks. */
static void on_leave(struct mcast_iface *mi, uint32_t group)
{
	struct mcast_member *member = find(mi, group);
	int64_t now = mcast_now();

	if (!member || !member->expires || member->asks || !is_querier(mi))
		return;
	member->asks = IGMP_ROBUSTNESS;
	member->ask = now;
	member->expires =
		now + SEC(IGMP_ROBUSTNESS * IGMP_LAST_MEMBER_TIME) + 1;
}

/* The lowest address asks.  A question about one group, after a leave, is one
 * for us, too: who does not answer is gone. */
static void on_query(struct mcast_iface *mi, uint32_t group, uint32_t src)
{
	struct mcast_member *member = group ? find(mi, group) : NULL;
	int64_t now = mcast_now();
	int64_t last = now + SEC(IGMP_ROBUSTNESS * IGMP_LAST_MEMBER_TIME) + 1;

	if (!src || src >= mi->addr || src > mi->querier)
		return;
	mi->querier = src;
	mi->querier_until = now + SEC(IGMP_OTHER_QUERIER_TIME);
	if (member && member->expires > last)
		member->expires = last;
}

void mcast_igmp_input(struct mcast_iface *mi, struct rd packet)
{
	struct igmp_note notes[IGMP_RECORDS];
	uint32_t src = 0;
	size_t i, n = igmp_packet_read(packet, &src, notes);

	if (src == mi->addr)
		return;
	for (i = 0; i < n; i++) {
		switch (notes[i].what) {
		case IGMP_QUERY:
			on_query(mi, notes[i].group, src);
			break;
		case IGMP_JOIN:
			on_join(mi, notes[i].group, src);
			break;
		case IGMP_LEAVE:
			on_leave(mi, notes[i].group);
			break;
		case IGMP_OTHER:
			break;
		}
	}
}

static void general_query(struct mcast_iface *mi, int64_t now)
{
	ask(mi, 0, IGMP_RESPONSE_TIME);
	mi->query = now + SEC(mi->startup_queries ? IGMP_STARTUP_TIME
						  : IGMP_QUERY_TIME);
	if (mi->startup_queries)
		mi->startup_queries--;
}

static void tick_member(struct mcast_iface *mi, struct mcast_member *member,
			int64_t now)
{
	uint32_t group = member->group;

	if (member->asks && member->ask <= now) {
		ask(mi, group, IGMP_LAST_MEMBER_TIME);
		member->asks--;
		member->ask = now + SEC(IGMP_LAST_MEMBER_TIME);
	}
	if (member->expires && member->expires <= now)
		member->expires = 0;
	if (member->joined_until && member->joined_until <= now)
		member->joined_until = 0;
	if (member->expires || member->joined_until)
		return;
	remove_member(mi, member);
	mcast_routes_of(mi->owner, group);
}

void mcast_igmp_tick(struct mcast_iface *mi)
{
	struct mcast_member *member, *next;
	int64_t now = mcast_now();

	if (!is_querier(mi) && mi->querier_until <= now) {
		mi->querier = mi->addr;
		mi->query = now;
	}
	if (is_querier(mi) && mi->query <= now)
		general_query(mi, now);
	for (member = TAILQ_FIRST(&mi->members); member; member = next) {
		next = TAILQ_NEXT(member, link);
		tick_member(mi, member, now);
	}
}

void mcast_igmp_start(struct mcast_iface *mi)
{
	size_t i;

	mi->querier = mi->addr;
	mi->startup_queries = IGMP_ROBUSTNESS;
	for (i = 0; i < mi->n_configured; i++)
		if (mi->configured[i].joined)
			mcast_kernel_join(mi, mi->configured[i].group, true);
	general_query(mi, mcast_now());
}

void mcast_igmp_stop(struct mcast_iface *mi)
{
	struct mcast_member *member;
	size_t i;

	for (i = 0; i < mi->n_configured; i++)
		if (mi->configured[i].joined)
			mcast_kernel_join(mi, mi->configured[i].group, false);
	while ((member = TAILQ_FIRST(&mi->members)))
		remove_member(mi, member);
}
