/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The members' part of an announcement (docs/PROTOCOL.md). */
#include "ks/coop_members.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum flags {
	F_FULL = 1,  /* who is not here is no member */
	F_SHORT = 2, /* records without what is counted of rekeys */
	F_ALL = F_FULL | F_SHORT,
};

enum record_flags {
	R_EXTENSIONS = 1,
	R_ACKS = 2,
	R_ACKED = 4,
	R_BEHIND = 8,
	R_ALL = 15,
};

enum {
	KEKS_MAX = 16,
	NO_KEK = 255,
	/* A registration that is told on looks later by what it was on its
	 * way. */
	SLACK_S = 2,
	/* A member that registered here so recently may not have been reported
	 * yet. */
	UNREPORTED_S = 120,
};

/* A member that went, in the order of stamps. */
struct coop_removed {
	struct ip_addr addr; /* unset: all of them, then it is the first */
	uint64_t stamp;
	/* env_now() when it was last heard of here, or all were removed: who
	 * was heard of later by another key server is there. */
	int64_t heard;
};

/* --- facts ------------------------------------------------------------------ */

void coop_members_changed(struct ks_group *g, struct ks_member *m)
{
	m->stamp = ++g->members.stamp;
}

/* The first stays if it is of all. */
static void forget_removal(struct ks_members *members)
{
	size_t i = !ip_is_set(&members->removed[0].addr);

	members->removed_from = members->removed[i].stamp;
	members->n_removed--;
	memmove(&members->removed[i], &members->removed[i + 1],
		(members->n_removed - i) * sizeof(*members->removed));
}

static void remember_removal(struct ks_members *members,
			     const struct ip_addr *addr, int64_t heard)
{
	if (!members->removed)
		members->removed =
			xcalloc(COOP_REMOVED_MAX, sizeof(*members->removed));
	if (!addr)
		members->n_removed = 0;
	if (members->n_removed == COOP_REMOVED_MAX)
		forget_removal(members);
	members->removed[members->n_removed++] = (struct coop_removed){
		.addr = addr ? *addr : (struct ip_addr){ 0 },
		.stamp = ++members->stamp,
		.heard = heard,
	};
}

void coop_members_removed(struct ks_group *g, const struct ip_addr *addr)
{
	const struct ks_member *m =
		addr ? ks_members_find(&g->members, addr) : NULL;

	remember_removal(&g->members, addr, m ? m->heard : env_now(g->ks->env));
}

static bool covers(const struct coop_removed *removed,
		   const struct ks_member *m)
{
	if (!ip_is_set(&removed->addr))
		return m->heard <= removed->heard;
	return ip_equal(&removed->addr, &m->addr) &&
	       m->heard <= removed->heard + SEC(SLACK_S);
}

static bool was_removed(const struct ks_group *g, const struct ks_member *m)
{
	const struct ks_members *members = &g->members;
	size_t i;

	for (i = 0; i < members->n_removed; i++) {
		if (covers(&members->removed[i], m))
			return true;
	}
	return false;
}

/* --- writing ------------------------------------------------------------------ */

static void write_addr(struct wr *w, const struct ip_addr *addr)
{
	wr_u8(w, addr->family);
	wr_bytes(w, addr->b, ip_size(addr));
}

static uint8_t kek_index(const struct ks_group *g, unsigned int number)
{
	const struct ks_kek *kek;
	uint8_t i = 0;

	for (kek = g->kek; kek && i < KEKS_MAX; kek = kek->older, i++) {
		if (number && kek->number == number)
			return i;
	}
	return NO_KEK;
}

static void write_keks(struct wr *w, const struct ks_group *g)
{
	const struct ks_kek *kek;
	uint8_t n = 0;

	for (kek = g->kek; kek && n < KEKS_MAX; kek = kek->older)
		n++;
	wr_u8(w, n);
	for (kek = g->kek; kek && n--; kek = kek->older)
		wr_bytes(w, kek->spi, sizeof(kek->spi));
}

static void write_counts(struct wr *w, const struct ks_member *m)
{
	size_t i;

	wr_u32(w, m->rekeys_sent);
	wr_u32(w, m->rekeys_retried);
	wr_u32(w, m->acks_received);
	wr_u32(w, m->acks_missed);
	wr_u32(w, m->missed_in_a_row);
	for (i = 0; i < KS_SEQ_HISTORY; i++)
		wr_u32(w, m->seq_sent[i]);
	for (i = 0; i < KS_SEQ_HISTORY; i++)
		wr_u32(w, m->seq_acked[i]);
}

static void write_member(struct wr *w, const struct ks_group *g,
			 const struct ks_member *m, bool brief)
{
	size_t len = strnlen(m->version, sizeof(m->version));

	write_addr(w, &m->addr);
	write_addr(w, &m->server);
	wr_u8(w, (uint8_t)len);
	wr_bytes(w, m->version, len);
	wr_u8(w, (m->extensions ? R_EXTENSIONS : 0) | (m->acks ? R_ACKS : 0) |
			 (m->acks_received ? R_ACKED : 0) |
			 (m->behind ? R_BEHIND : 0));
	wr_u8(w, kek_index(g, m->kek));
	wr_u8(w, kek_index(g, m->proved));
	wr_u32(w, m->registration);
	wr_u64(w, (uint64_t)m->registered);
	wr_u64(w, (uint64_t)m->heard);
	wr_u32(w, m->registrations);
	if (!brief)
		write_counts(w, m);
}

static void write_removed(struct wr *w, const struct ks_members *members,
			  uint64_t confirmed)
{
	size_t first = members->n_removed, i;

	while (first && members->removed[first - 1].stamp > confirmed)
		first--;
	wr_u32(w, (uint32_t)(members->n_removed - first));
	for (i = first; i < members->n_removed; i++) {
		write_addr(w, &members->removed[i].addr);
		wr_u64(w, (uint64_t)members->removed[i].heard);
	}
}

struct choice {
	struct ip_addr local;
	bool ours, full, brief;
	uint64_t confirmed;
};

static bool is_told(const struct choice *choice, const struct ks_member *m)
{
	if (choice->ours && !ip_equal(&m->server, &choice->local))
		return false;
	return choice->full || m->stamp > choice->confirmed;
}

static uint32_t count_told(const struct choice *choice,
			   struct ks_members *members)
{
	struct ks_member *m = NULL;
	size_t n = 0;

	while ((m = ks_members_next(members, m)))
		n += is_told(choice, m);
	return (uint32_t)n;
}

static bool nothing_new(const struct choice *choice, struct ks_members *members)
{
	if (choice->full)
		return false;
	return members->stamp == choice->confirmed ||
	       (choice->ours && !count_told(choice, members));
}

bool coop_members_write(struct wr *w, struct ks_group *g, bool optimize,
			bool ours, uint64_t confirmed, uint64_t *stamp)
{
	struct ks_members *members = &g->members;
	const struct choice choice = {
		.local = ks_group_address(g),
		.ours = ours,
		.full = !optimize || !confirmed ||
			confirmed < members->removed_from,
		.brief = optimize,
		.confirmed = confirmed,
	};
	struct ks_member *m = NULL;
	uint32_t n;

	*stamp = members->stamp;
	if (nothing_new(&choice, members))
		return false;
	wr_u8(w, (choice.full && !ours ? F_FULL : 0) |
			 (choice.brief ? F_SHORT : 0));
	write_keks(w, g);
	/* Who is removed is for the primary to say. */
	write_removed(w, members,
		      ours	    ? UINT64_MAX
		      : choice.full ? 0
				    : confirmed);
	n = count_told(&choice, members);
	wr_u32(w, n);
	while (n && (m = ks_members_next(members, m))) {
		if (!is_told(&choice, m))
			continue;
		write_member(w, g, m, choice.brief);
		n--;
	}
	return true;
}

/* --- reading ------------------------------------------------------------------- */

struct part {
	uint8_t flags;
	uint8_t keks[KEKS_MAX][16];
	uint8_t n_keks;
	uint32_t n_removed, n;
	struct rd removed, members;
};

static bool read_addr(struct rd *r, struct ip_addr *out)
{
	*out = (struct ip_addr){ .family = rd_u8(r) };
	if (out->family != IP_V4 && out->family != IP_V6)
		r->bad = true;
	else
		rd_copy(r, out->b, ip_size(out));
	return !r->bad;
}

static void read_version(struct rd *r, char version[16])
{
	uint8_t len = rd_u8(r);

	memset(version, 0, 16);
	if (len > 15) {
		r->bad = true;
		return;
	}
	rd_copy(r, version, len);
	if (!r->bad && strspn(version, "0123456789.") != len)
		r->bad = true;
}

static void read_counts(struct rd *r, struct ks_member *out)
{
	size_t i;

	out->rekeys_sent = rd_u32(r);
	out->rekeys_retried = rd_u32(r);
	out->acks_received = rd_u32(r);
	out->acks_missed = rd_u32(r);
	out->missed_in_a_row = rd_u32(r);
	for (i = 0; i < KS_SEQ_HISTORY; i++)
		out->seq_sent[i] = rd_u32(r);
	for (i = 0; i < KS_SEQ_HISTORY; i++)
		out->seq_acked[i] = rd_u32(r);
}

static unsigned int read_kek(struct rd *r, const struct part *part)
{
	uint8_t kek = rd_u8(r);

	if (kek != NO_KEK && kek >= part->n_keks)
		r->bad = true;
	return kek == NO_KEK ? 0 : kek + 1u;
}

/* KEKs become the index + 1 in the part. */
static bool read_member(struct rd *r, const struct part *part,
			struct ks_member *out)
{
	uint8_t flags;

	*out = (struct ks_member){ 0 };
	if (!read_addr(r, &out->addr) || !read_addr(r, &out->server))
		return false;
	read_version(r, out->version);
	flags = rd_u8(r);
	out->kek = read_kek(r, part);
	out->proved = read_kek(r, part);
	out->registration = rd_u32(r);
	out->registered = (int64_t)rd_u64(r);
	out->heard = (int64_t)rd_u64(r);
	out->registrations = rd_u32(r);
	if (!(part->flags & F_SHORT))
		read_counts(r, out);
	if (flags & ~R_ALL)
		r->bad = true;
	out->extensions = flags & R_EXTENSIONS;
	out->acks = flags & R_ACKS;
	out->behind = flags & R_BEHIND;
	if ((flags & R_ACKED) && !out->acks_received)
		out->acks_received = 1;
	return !r->bad;
}

static bool read_removal(struct rd *r, struct coop_removed *out)
{
	out->addr = (struct ip_addr){ 0 };
	if (rd_left(r) && *r->p == IP_NONE)
		rd_skip(r, 1);
	else if (!read_addr(r, &out->addr))
		return false;
	out->heard = (int64_t)rd_u64(r);
	return !r->bad;
}

static bool skip_removals(struct rd *r, uint32_t n)
{
	struct coop_removed removed;

	while (n-- && !r->bad)
		read_removal(r, &removed);
	return !r->bad;
}

static bool skip_members(struct rd *r, const struct part *part)
{
	struct ks_member m;
	uint32_t n = part->n;

	while (n-- && !r->bad)
		read_member(r, part, &m);
	return !r->bad;
}

/* All of it is looked at before anything is changed. */
static const char *parse(struct rd r, struct part *part)
{
	uint8_t i;

	part->flags = rd_u8(&r);
	part->n_keks = rd_u8(&r);
	if (r.bad || (part->flags & ~F_ALL) || part->n_keks > KEKS_MAX)
		return "the head of the members is malformed";
	for (i = 0; i < part->n_keks; i++)
		rd_copy(&r, part->keks[i], sizeof(part->keks[i]));
	part->n_removed = rd_u32(&r);
	part->removed = r;
	if (part->n_removed > COOP_REMOVED_MAX ||
	    !skip_removals(&r, part->n_removed))
		return "a removed member is malformed";
	part->n = rd_u32(&r);
	part->members = r;
	if (part->n > KS_MAX_MEMBERS || !skip_members(&r, part))
		return "a member is malformed";
	return rd_done(&r) ? NULL : "there is more than members";
}

/* --- taking over ------------------------------------------------------------------ */

struct taking {
	struct ks_group *g;
	const struct part *part;
	int64_t offset, now;
	bool from_primary, changed, beyond;
};

static unsigned int kek_number(const struct taking *t, unsigned int index)
{
	const struct ks_kek *kek;

	kek = index ? ks_kek_find_spi(t->g->kek, t->part->keks[index - 1])
		    : NULL;
	return kek ? kek->number : 0;
}

static bool much_later(int64_t a, int64_t b)
{
	return a > b + SEC(SLACK_S);
}

/* The same registration, told again. */
static bool is_same(const struct ks_member *m, const struct ks_member *record)
{
	return ip_equal(&m->server, &record->server) &&
	       m->registration == record->registration;
}

/* Of two registrations the later one counts; of one what its primary says, or
 * who heard of the member later.  Where members do not answer that is the same,
 * and what its key server gave it last decides: KEKs of others come behind all
 * of ours that members were given, with greater numbers. */
static bool knows_better(const struct taking *t, const struct ks_member *m,
			 const struct ks_member *record)
{
	struct ip_addr local = ks_group_address(t->g);

	if (!is_same(m, record))
		return record->registered > m->registered;
	if (t->from_primary || much_later(record->heard, m->heard))
		return true;
	return !much_later(m->heard, record->heard) && record->kek > m->kek &&
	       !ip_equal(&m->server, &local);
}

static bool differs(const struct ks_member *m, const struct ks_member *record)
{
	return !is_same(m, record) || m->proved != record->proved ||
	       m->kek != record->kek || m->acks != record->acks ||
	       m->extensions != record->extensions ||
	       strcmp(m->version, record->version) != 0;
}

static void copy_counts(struct ks_member *m, const struct ks_member *record)
{
	m->rekeys_sent = record->rekeys_sent;
	m->rekeys_retried = record->rekeys_retried;
	m->acks_received = record->acks_received;
	m->acks_missed = record->acks_missed;
	m->missed_in_a_row = record->missed_in_a_row;
	memcpy(m->seq_sent, record->seq_sent, sizeof(m->seq_sent));
	memcpy(m->seq_acked, record->seq_acked, sizeof(m->seq_acked));
}

static void copy_record(struct taking *t, struct ks_member *m,
			const struct ks_member *record)
{
	/* Each time that it is told on it looks later. */
	if (!is_same(m, record) || record->registered < m->registered)
		m->registered = record->registered;
	m->registration = record->registration;
	m->server = record->server;
	memcpy(m->version, record->version, sizeof(m->version));
	m->extensions = record->extensions;
	m->acks = record->acks;
	m->kek = record->kek;
	m->proved = record->proved;
	if (much_later(record->heard, m->heard))
		m->heard = record->heard;
	if (record->registrations > m->registrations)
		m->registrations = record->registrations;
	if (!(t->part->flags & F_SHORT))
		copy_counts(m, record);
	else if (!m->acks_received)
		m->acks_received = record->acks_received;
}

/* Nobody's word about a time to come is taken. */
static int64_t local_time(const struct taking *t, int64_t at)
{
	int64_t here;

	if (__builtin_add_overflow(at, t->offset, &here) || here > t->now)
		return t->now;
	return here;
}

static bool has_room(const struct taking *t)
{
	return (t->part->flags & F_SHORT) ||
	       t->g->members.count < COOP_BASE_MEMBERS;
}

static void take_record(struct taking *t, struct ks_member *record)
{
	struct ks_members *members = &t->g->members;
	struct ks_member *m = ks_members_find(members, &record->addr);
	bool is_new = !m;

	record->kek = kek_number(t, record->kek);
	record->proved = kek_number(t, record->proved);
	record->registered = local_time(t, record->registered);
	record->heard = local_time(t, record->heard);
	/* Whom we removed when we were primary is a member if ours says so. */
	if (m ? !knows_better(t, m, record)
	      : !t->from_primary && was_removed(t->g, record))
		return;
	if (is_new && has_room(t))
		m = ks_members_add(members, &record->addr);
	if (!m) {
		t->beyond = true;
		return;
	}
	if (!t->from_primary)
		members->behind |= record->behind;
	if (is_new || differs(m, record)) {
		t->changed = true;
		m->stamp = ++members->stamp;
	}
	copy_record(t, m, record);
}

static void take_records(struct taking *t)
{
	struct rd r = t->part->members;
	struct ks_member record;
	uint32_t n = t->part->n;

	while (n-- && read_member(&r, t->part, &record))
		take_record(t, &record);
}

static bool is_unreported(const struct taking *t, const struct ks_member *m)
{
	struct ip_addr local = ks_group_address(t->g);

	return ip_equal(&m->server, &local) &&
	       t->now - m->registered < SEC(UNREPORTED_S);
}

static void drop_member(struct taking *t, struct ks_member *m)
{
	remember_removal(&t->g->members, &m->addr, m->heard);
	ks_members_remove(&t->g->members, m);
	t->changed = true;
}

static void drop_covered(struct taking *t, const struct coop_removed *removed)
{
	struct ks_members *members = &t->g->members;
	struct ks_member *m, *next;

	if (ip_is_set(&removed->addr)) {
		m = ks_members_find(members, &removed->addr);
		if (m && covers(removed, m))
			drop_member(t, m);
		return;
	}
	for (m = ks_members_next(members, NULL); m; m = next) {
		next = ks_members_next(members, m);
		if (!covers(removed, m))
			continue;
		ks_members_remove(members, m);
		t->changed = true;
	}
}

/* What was removed here before does not matter after that. */
static void take_all_removed(struct taking *t,
			     const struct coop_removed *removed)
{
	const struct ks_members *members = &t->g->members;

	if (!members->n_removed || ip_is_set(&members->removed[0].addr) ||
	    much_later(removed->heard, members->removed[0].heard))
		remember_removal(&t->g->members, NULL, removed->heard);
}

static void take_removals(struct taking *t)
{
	struct rd r = t->part->removed;
	struct coop_removed removed;
	uint32_t n = t->part->n_removed;

	while (n-- && read_removal(&r, &removed)) {
		removed.heard = local_time(t, removed.heard);
		drop_covered(t, &removed);
		if (!ip_is_set(&removed.addr))
			take_all_removed(t, &removed);
	}
}

static int compare_addr(const void *a, const void *b)
{
	return ip_compare(a, b);
}

/* Who is not in the whole database is no member. */
static void drop_absent(struct taking *t)
{
	struct ip_addr *there = xcalloc(t->part->n + 1u, sizeof(*there));
	struct ks_members *members = &t->g->members;
	struct ks_member *m, *next, record;
	struct rd r = t->part->members;
	size_t n = 0;

	while (n < t->part->n && read_member(&r, t->part, &record))
		there[n++] = record.addr;
	qsort(there, n, sizeof(*there), compare_addr);
	for (m = ks_members_next(members, NULL); m; m = next) {
		next = ks_members_next(members, m);
		if (!bsearch(&m->addr, there, n, sizeof(*there),
			     compare_addr) &&
		    !is_unreported(t, m))
			drop_member(t, m);
	}
	free(there);
}

const char *coop_members_read(struct ks_group *g, struct rd octets,
			      int64_t offset, bool from_primary, bool *changed,
			      bool *beyond)
{
	struct part part;
	const char *why = parse(octets, &part);
	struct taking t = {
		.g = g,
		.part = &part,
		.offset = offset,
		.now = env_now(g->ks->env),
		.from_primary = from_primary,
	};

	*changed = *beyond = false;
	if (why)
		return why;
	if (from_primary)
		take_removals(&t);
	if (from_primary && (part.flags & F_FULL))
		drop_absent(&t);
	take_records(&t);
	*changed = t.changed;
	*beyond = t.beyond;
	return NULL;
}
