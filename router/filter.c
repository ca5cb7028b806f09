/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/filter.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "router/filter_ace.h"

enum {
	TABLE_NAME = 64,
	PRIORITY_RAW = -300,  /* NF_IP_PRI_RAW: before fragments are joined */
	PRIORITY_FILTER = 0,  /* NF_IP_PRI_FILTER */
	FILTER_RULES = 16384, /* of an interface */
};

/* A rule's entry, and what it had met when we looked last. */
struct filter_rule {
	struct ace ace;
	uint8_t list; /* enum filter_list */
	uint64_t packets;
};

struct filter {
	int fd;
	char table[TABLE_NAME];
	char *name[FILTER_LISTS];
	bool silent;
	struct filter_rule *rules;
	size_t n;
	/* While it is written. */
	struct nft_batch *batch;
	/* While it is read. */
	struct acls *acls;
};

static const char *const chains[FILTER_LISTS] = { "in", "out", "in6", "out6" };

static bool is_v6(enum filter_list list)
{
	return list >= FILTER_IN6;
}

static const struct acl *find(const struct acls *acls, enum filter_list list,
			      const char *name)
{
	return is_v6(list) ? acls_find6(acls, name) : acls_find(acls, name);
}

static bool has_entries(const struct acl *acl)
{
	size_t i;

	for (i = 0; acl && i < acl->n; i++)
		if (!acl->entries[i].remark)
			return true;
	return false;
}

static void begin(struct filter *f, struct nft_rule *r, const char *chain)
{
	nft_rule_begin(r, f->batch, NFPROTO_INET, f->table, chain);
}

static void act(const struct filter *f, struct nft_rule *r, bool permit)
{
	if (permit)
		nft_verdict(r, NF_ACCEPT, NULL);
	else if (f->silent)
		nft_verdict(r, NF_DROP, NULL);
	else
		nft_reject(r);
}

static void put_entry(struct filter *f, enum filter_list list,
		      const struct ace *ace, bool later)
{
	const uint32_t number = (uint32_t)f->n;
	struct nft_rule r;

	if (f->n == FILTER_RULES)
		return;
	f->rules = xrealloc(f->rules, f->n + 1, sizeof(*f->rules));
	f->rules[f->n++] = (struct filter_rule){ *ace, (uint8_t)list, 0 };
	begin(f, &r, chains[list]);
	filter_ace_put(&r, ace, later);
	nft_count(&r);
	act(f, &r, ace->permit);
	mnl_attr_nest_end(r.h, r.list);
	mnl_attr_put(r.h, NFTA_RULE_USERDATA, sizeof(number), &number);
	nft_end(r.batch, r.h);
}

/* Neighbours must be found, whatever an IPv6 list says: IOS's implicit
 * entries. */
static void put_neighbours(struct filter *f, enum filter_list list)
{
	static const uint8_t types[] = { ND_NEIGHBOR_SOLICIT,
					 ND_NEIGHBOR_ADVERT };
	const uint8_t icmp = IPPROTO_ICMPV6;
	struct nft_rule r;
	size_t i;

	for (i = 0; i < sizeof(types); i++) {
		begin(f, &r, chains[list]);
		nft_load_meta(&r, NFT_META_L4PROTO);
		nft_is_equal(&r, &icmp, sizeof(icmp));
		nft_load_payload(&r, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1);
		nft_is_equal(&r, &types[i], sizeof(types[i]));
		nft_verdict(&r, NF_ACCEPT, NULL);
		nft_rule_end(&r);
	}
}

static void put_list(struct filter *f, enum filter_list list,
		     const struct acl *acl)
{
	struct nft_rule r;
	size_t i;

	nft_put_chain(f->batch, NFPROTO_INET, f->table, chains[list], -1, 0);
	for (i = 0; i < acl->n; i++) {
		const struct ace *ace = &acl->entries[i].ace;

		if (acl->entries[i].remark)
			continue;
		put_entry(f, list, ace, false);
		if (filter_ace_takes_fragments(ace))
			put_entry(f, list, ace, true);
	}
	if (is_v6(list))
		put_neighbours(f, list);
	begin(f, &r, chains[list]);
	act(f, &r, false);
	nft_rule_end(&r);
}

/* The device and the family; the rest of the rule follows. */
static void start_of(struct filter *f, struct nft_rule *r, const char *chain,
		     bool in, bool v6, const uint32_t *ifindex)
{
	const uint8_t family = v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;

	begin(f, r, chain);
	nft_load_meta(r, in ? NFT_META_IIF : NFT_META_OIF);
	nft_is_equal(r, ifindex, sizeof(*ifindex));
	nft_load_meta(r, NFT_META_NFPROTO);
	nft_is_equal(r, &family, sizeof(family));
}

/* The kernel has no switch for the unreachables of an interface. */
static void put_silence(struct filter *f, const uint32_t *ifindex)
{
	const uint8_t icmp = IPPROTO_ICMP, type = ICMP_UNREACH;
	struct nft_rule r;

	nft_put_chain(f->batch, NFPROTO_INET, f->table, "own",
		      NF_INET_LOCAL_OUT, PRIORITY_FILTER);
	start_of(f, &r, "own", false, false, ifindex);
	nft_load_meta(&r, NFT_META_L4PROTO);
	nft_is_equal(&r, &icmp, sizeof(icmp));
	nft_load_payload(&r, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1);
	nft_is_equal(&r, &type, sizeof(type));
	nft_verdict(&r, NF_DROP, NULL);
	nft_rule_end(&r);
}

static void put_lists(struct filter *f, const struct acls *acls,
		      const uint32_t *ifindex)
{
	const struct acl *acl;
	struct nft_rule r;

	nft_put_chain(f->batch, NFPROTO_INET, f->table, "from",
		      NF_INET_PRE_ROUTING, PRIORITY_RAW);
	nft_put_chain(f->batch, NFPROTO_INET, f->table, "to", NF_INET_FORWARD,
		      PRIORITY_FILTER);
	for (int i = 0; i < FILTER_LISTS; i++) {
		bool in = i == FILTER_IN || i == FILTER_IN6;

		acl = f->name[i] ? find(acls, i, f->name[i]) : NULL;
		if (!has_entries(acl))
			continue;
		put_list(f, i, acl);
		start_of(f, &r, in ? "from" : "to", in, is_v6(i), ifindex);
		nft_verdict(&r, NFT_GOTO, chains[i]);
		nft_rule_end(&r);
	}
}

struct filter *filter_new(const struct acls *acls,
			  const struct filter_want *want, int *err)
{
	const uint32_t ifindex = want->ifindex; /* host order */
	struct nft_batch batch;
	struct filter *f;
	bool any = want->silent;

	*err = 0;
	for (int i = 0; i < FILTER_LISTS; i++)
		any |= want->name[i] != NULL;
	if (!any)
		return NULL;
	f = xcalloc(1, sizeof(*f));
	f->silent = want->silent;
	f->batch = &batch;
	for (int i = 0; i < FILTER_LISTS; i++)
		f->name[i] = want->name[i] ? xstrdup(want->name[i]) : NULL;
	snprintf(f->table, sizeof(f->table), "getvpn-acl-%u-%u", ifindex,
		 want->number);
	nft_begin(&batch);
	nft_put_table(&batch, NFPROTO_INET, f->table);
	put_lists(f, acls, &ifindex);
	if (f->silent)
		put_silence(f, &ifindex);
	f->fd = f->n < FILTER_RULES ? nft_commit(&batch) : -E2BIG;
	free(batch.buf);
	if (f->fd >= 0)
		return f;
	*err = f->fd;
	filter_free(f);
	return NULL;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	for (int i = 0; i < FILTER_LISTS; i++)
		free(f->name[i]);
	free(f->rules);
	free(f);
}

static void count(void *arg, const void *user, size_t len, uint64_t packets)
{
	struct filter *f = arg;
	struct filter_rule *rule;
	uint32_t number;

	if (len != sizeof(number))
		return;
	memcpy(&number, user, sizeof(number));
	if (number >= f->n)
		return;
	rule = &f->rules[number];
	acls_matched(f->acls, f->name[rule->list], &rule->ace,
		     packets - rule->packets);
	rule->packets = packets;
}

void filter_count(struct filter *f, struct acls *acls)
{
	if (!f || !f->n)
		return;
	f->acls = acls;
	(void)nft_rules(f->fd, NFPROTO_INET, f->table, count, f);
}
