/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/acl_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void ace_init(struct ace *ace)
{
	*ace = (struct ace){
		.permit = true,
		.src = ip_v4(0),
		.src_wild = ip_v4(UINT32_MAX),
		.dst = ip_v4(0),
		.dst_wild = ip_v4(UINT32_MAX),
		.icmp_type = -1,
		.icmp_code = -1,
		.igmp_type = -1,
		.dscp = -1,
		.precedence = -1,
		.tos = -1,
		.flow_label = -1,
	};
}

void ace_init6(struct ace *ace)
{
	ace_init(ace);
	ace->src = ace->dst = (struct ip_addr){ .family = IP_V6 };
	ace->src_wild = ace->dst_wild = ip_mask(IP_V6, 128);
}

enum ip_family ace_family(const struct ace *ace)
{
	return (enum ip_family)ace->src.family;
}

static bool port_equal(const struct ace_port *a, const struct ace_port *b)
{
	return a->op == b->op && a->lo == b->lo && a->hi == b->hi;
}

bool ace_equal(const struct ace *a, const struct ace *b)
{
	return a->permit == b->permit && a->protocol == b->protocol &&
	       ip_equal(&a->src, &b->src) && ip_equal(&a->dst, &b->dst) &&
	       ip_equal(&a->src_wild, &b->src_wild) &&
	       ip_equal(&a->dst_wild, &b->dst_wild) &&
	       port_equal(&a->sport, &b->sport) &&
	       port_equal(&a->dport, &b->dport) &&
	       a->icmp_type == b->icmp_type && a->icmp_code == b->icmp_code &&
	       a->igmp_type == b->igmp_type && a->dscp == b->dscp &&
	       a->flow_label == b->flow_label && a->routing == b->routing &&
	       a->precedence == b->precedence && a->tos == b->tos &&
	       a->established == b->established && a->fragments == b->fragments;
}

struct acls *acls_new(void)
{
	struct acls *acls = xcalloc(1, sizeof(*acls));

	TAILQ_INIT(&acls->lists);
	return acls;
}

void acls_detach(struct acls *acls)
{
	acls->cli = NULL;
}

static void entry_free(struct acl_entry *e)
{
	free(e->remark);
}

static void list_free(struct acl_list *list)
{
	size_t i;

	for (i = 0; i < list->acl.n; i++)
		entry_free(&list->acl.entries[i]);
	free(list->acl.entries);
	free(list->acl.name);
	free(list);
}

void acls_free(struct acls *acls)
{
	struct acl_list *list;

	if (!acls)
		return;
	while ((list = TAILQ_FIRST(&acls->lists))) {
		TAILQ_REMOVE(&acls->lists, list, link);
		if (acls->cli)
			cli_forget(acls->cli, list);
		list_free(list);
	}
	free(acls->watches);
	free(acls);
}

static void changed(struct acls *acls, const char *name)
{
	size_t i;

	for (i = 0; i < acls->n_watches; i++)
		acls->watches[i].fn(acls->watches[i].arg, name);
}

void acls_watch(struct acls *acls, void (*fn)(void *arg, const char *name),
		void *arg)
{
	struct acl_watch *w;

	acls->watches =
		xrealloc(acls->watches, acls->n_watches + 1, sizeof(*w));
	w = &acls->watches[acls->n_watches++];
	w->fn = fn;
	w->arg = arg;
}

void acls_unwatch(struct acls *acls, void (*fn)(void *arg, const char *name),
		  void *arg)
{
	size_t i;

	for (i = 0; i < acls->n_watches; i++) {
		if (acls->watches[i].fn != fn || acls->watches[i].arg != arg)
			continue;
		acls->watches[i] = acls->watches[--acls->n_watches];
		return;
	}
}

bool acl_number_kind(const char *name, bool *standard)
{
	unsigned long n;
	char *end;

	if (name[0] < '1' || name[0] > '9')
		return false;
	n = strtoul(name, &end, 10);
	if (*end)
		return false;
	*standard = n <= 99 || (n >= 1300 && n <= 1999);
	return *standard || (n >= 100 && n <= 199) || (n >= 2000 && n <= 2699);
}

struct acl_list *acl_list_find(const struct acls *acls, const char *name)
{
	struct acl_list *list;

	TAILQ_FOREACH (list, &acls->lists, link)
		if (!strcmp(list->acl.name, name))
			return list;
	return NULL;
}

const struct acl *acls_find(const struct acls *acls, const char *name)
{
	const struct acl_list *list = acl_list_find(acls, name);

	return list && list->acl.family == IP_V4 ? &list->acl : NULL;
}

const struct acl *acls_find6(const struct acls *acls, const char *name)
{
	const struct acl_list *list = acl_list_find(acls, name);

	return list && list->acl.family == IP_V6 ? &list->acl : NULL;
}

/* IPv4 before IPv6, standard before extended, numbers before names. */
static bool before(const struct acl_list *a, const struct acl_list *b)
{
	if (a->acl.family != b->acl.family)
		return a->acl.family < b->acl.family;
	if (a->acl.standard != b->acl.standard)
		return a->acl.standard;
	if (a->numbered != b->numbered)
		return a->numbered;
	if (a->numbered)
		return strtoul(a->acl.name, NULL, 10) <
		       strtoul(b->acl.name, NULL, 10);
	return strcmp(a->acl.name, b->acl.name) < 0;
}

static struct acl_list *list_new(struct acls *acls, const char *name,
				 enum ip_family family, bool standard)
{
	struct acl_list *list = xcalloc(1, sizeof(*list)), *next;
	bool kind;

	list->acl.name = xstrdup(name);
	list->acl.family = family;
	list->acl.standard = standard;
	list->owner = acls;
	list->numbered = family == IP_V4 && acl_number_kind(name, &kind);
	TAILQ_FOREACH (next, &acls->lists, link)
		if (before(list, next))
			break;
	if (next)
		TAILQ_INSERT_BEFORE(next, list, link);
	else
		TAILQ_INSERT_TAIL(&acls->lists, list, link);
	changed(acls, name);
	return list;
}

struct acl_list *acl_list_get(struct acls *acls, const char *name,
			      bool standard)
{
	struct acl_list *list = acl_list_find(acls, name);

	if (!list)
		return list_new(acls, name, IP_V4, standard);
	if (list->acl.family != IP_V4 || list->acl.standard != standard)
		return NULL;
	return list;
}

struct acl_list *acl_list_get6(struct acls *acls, const char *name)
{
	struct acl_list *list = acl_list_find(acls, name);

	if (!list)
		return list_new(acls, name, IP_V6, false);
	return list->acl.family == IP_V6 ? list : NULL;
}

void acl_list_remove(struct acl_list *list)
{
	struct acls *acls = list->owner;
	char *name = list->acl.name;

	TAILQ_REMOVE(&acls->lists, list, link);
	if (acls->cli)
		cli_forget(acls->cli, list);
	list->acl.name = NULL;
	list_free(list);
	changed(acls, name);
	free(name);
}

/* Remarks take no number of their own: they stand before the entry that has
 * the same number, or will have it. */
uint32_t acl_next_sequence(const struct acl *acl, size_t n)
{
	const struct acl_entry *last = n ? &acl->entries[n - 1] : NULL;

	if (!last)
		return ACL_STEP;
	if (last->remark)
		return last->sequence;
	/* 1, 2 are followed by 12, as IOS counts: last plus the step. */
	return last->sequence <= ACL_SEQUENCE_MAX - ACL_STEP
		       ? last->sequence + ACL_STEP
		       : 0;
}

static struct acl_entry *insert(struct acl_list *list, uint32_t sequence)
{
	struct acl *acl = &list->acl;
	size_t at = acl->n;

	acl->entries =
		xrealloc(acl->entries, acl->n + 1, sizeof(*acl->entries));
	while (at > 0 && acl->entries[at - 1].sequence > sequence) {
		acl->entries[at] = acl->entries[at - 1];
		at--;
	}
	acl->n++;
	acl->entries[at] = (struct acl_entry){ .sequence = sequence };
	return &acl->entries[at];
}

static bool taken(const struct acl *acl, uint32_t sequence)
{
	size_t i;

	for (i = 0; i < acl->n; i++)
		if (!acl->entries[i].remark &&
		    acl->entries[i].sequence == sequence)
			return true;
	return false;
}

static size_t find_ace(const struct acl *acl, const struct ace *ace)
{
	size_t i;

	for (i = 0; i < acl->n; i++)
		if (!acl->entries[i].remark &&
		    ace_equal(&acl->entries[i].ace, ace))
			break;
	return i;
}

enum acl_add acl_list_add(struct acl_list *list, uint32_t sequence,
			  const struct ace *ace)
{
	struct acl_entry *e;

	if (find_ace(&list->acl, ace) < list->acl.n)
		return ACL_SAME;
	if (!sequence)
		sequence = acl_next_sequence(&list->acl, list->acl.n);
	if (!sequence || taken(&list->acl, sequence))
		return ACL_TAKEN;
	e = insert(list, sequence);
	e->ace = *ace;
	changed(list->owner, list->acl.name);
	return ACL_ADDED;
}

static size_t find_remark(const struct acl *acl, const char *remark)
{
	size_t i;

	for (i = 0; i < acl->n; i++)
		if (acl->entries[i].remark &&
		    !strcmp(acl->entries[i].remark, remark))
			break;
	return i;
}

/* As with entries, a list that is pasted again does not grow. */
enum acl_add acl_list_remark(struct acl_list *list, uint32_t sequence,
			     const char *remark)
{
	struct acl_entry *e;

	if (!sequence && find_remark(&list->acl, remark) < list->acl.n)
		return ACL_SAME;
	if (!sequence)
		sequence = acl_next_sequence(&list->acl, list->acl.n);
	if (!sequence)
		return ACL_TAKEN;
	e = insert(list, sequence);
	e->remark = xstrdup(remark);
	ace_init(&e->ace);
	changed(list->owner, list->acl.name);
	return ACL_ADDED;
}

static bool del(struct acl_list *list, size_t at)
{
	struct acl *acl = &list->acl;

	if (at >= acl->n)
		return false;
	entry_free(&acl->entries[at]);
	memmove(&acl->entries[at], &acl->entries[at + 1],
		(acl->n - at - 1) * sizeof(*acl->entries));
	acl->n--;
	changed(list->owner, list->acl.name);
	return true;
}

bool acl_list_del_sequence(struct acl_list *list, uint32_t sequence)
{
	size_t i;

	for (i = 0; i < list->acl.n; i++)
		if (!list->acl.entries[i].remark &&
		    list->acl.entries[i].sequence == sequence)
			break;
	return del(list, i);
}

bool acl_list_del_ace(struct acl_list *list, const struct ace *ace)
{
	return del(list, find_ace(&list->acl, ace));
}

bool acl_list_del_remark(struct acl_list *list, const char *remark)
{
	return del(list, find_remark(&list->acl, remark));
}

bool acl_list_resequence(struct acl_list *list, uint32_t start, uint32_t step)
{
	struct acl *acl = &list->acl;
	uint64_t next = start;
	size_t i;

	if (acl->n && start + (uint64_t)step * (acl->n - 1) > ACL_SEQUENCE_MAX)
		return false;
	for (i = 0; i < acl->n; i++) {
		acl->entries[i].sequence = (uint32_t)next;
		if (!acl->entries[i].remark)
			next += step;
	}
	changed(list->owner, acl->name);
	return true;
}

void acl_list_clear_counters(struct acl_list *list)
{
	size_t i;

	for (i = 0; i < list->acl.n; i++)
		list->acl.entries[i].matches = 0;
}

void acls_matched(struct acls *acls, const char *name, const struct ace *ace,
		  uint64_t matches)
{
	struct acl_list *list = acl_list_find(acls, name);
	size_t i;

	if (!list || list->acl.family != ace_family(ace))
		return;
	i = find_ace(&list->acl, ace);
	if (i < list->acl.n)
		list->acl.entries[i].matches += matches;
}

void acls_ask(struct acls *acls, void (*fn)(void *arg), void *arg)
{
	acls->ask = fn;
	acls->ask_arg = arg;
}

void acls_refresh(struct acls *acls)
{
	if (acls->ask)
		acls->ask(acls->ask_arg);
}
