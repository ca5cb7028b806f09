/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "router/frr_show.h"

struct frr_json *frr_ask(struct frr *frr, enum frr_program program,
			 const char *line)
{
	char *answer = frr_fetch(frr, program, line);
	struct frr_json *json = answer ? frr_json_read(answer) : NULL;

	free(answer);
	return json;
}

void frr_age(uint64_t s, char *out)
{
	const uint64_t hour = 3600, day = 24 * hour, week = 7 * day;

	if (s < day)
		snprintf(out, FRR_AGE, "%02u:%02u:%02u",
			 (unsigned int)(s / hour),
			 (unsigned int)(s % hour / 60), (unsigned int)(s % 60));
	else if (s < week)
		snprintf(out, FRR_AGE, "%ud%02uh", (unsigned int)(s / day),
			 (unsigned int)(s % day / hour));
	else
		snprintf(out, FRR_AGE, "%" PRIu64 "w%ud", s / week,
			 (unsigned int)(s % week / day));
}

/* FRR writes "00:12:34", "1d02h03m" and "02w3d04h". */
static void age_of(const struct frr_node *route, char *out, size_t len)
{
	const char *text = frr_json_text(route, "uptime");
	unsigned int a, b;

	if (strlen(text) == 8 && text[2] == ':')
		snprintf(out, len, "%s", text);
	else if (sscanf(text, "%2ud%2uh", &a, &b) == 2)
		snprintf(out, len, "%ud%02uh", a % 100, b % 100);
	else if (sscanf(text, "%2uw%1ud", &a, &b) == 2)
		snprintf(out, len, "%uw%ud", a % 100, b % 10);
}

static const char *prefix_text(const struct route_entry *e, char *out,
			       size_t len)
{
	char addr[IP_ADDR_TEXT];

	snprintf(out, len, "%s/%u", ip_text(&e->dst, addr), e->prefix);
	return out;
}

/* A next hop that is not a neighbor is shown as it is, not as it is reached. */
static void refine_hops(struct route_entry *e, const struct frr_node *route)
{
	const struct frr_node *hop = frr_json_get(route, "nexthops");
	struct route_path path = { 0 };
	unsigned int n = 0;

	for (hop = hop ? hop->child : NULL; hop; hop = hop->next) {
		if (!frr_json_true(hop, "recursive") || n == NL_HOPS ||
		    !ip_parse(&path.gateway, frr_json_text(hop, "ip")))
			continue;
		e->path[n++] = path;
	}
	if (n)
		e->n_paths = n;
}

static void refine(struct route_entry *e, const struct frr_node *routes)
{
	const struct frr_node *r;

	for (r = routes ? routes->child : NULL; r; r = r->next) {
		if (strcmp(frr_json_text(r, "protocol"), e->source) != 0 ||
		    !frr_json_true(r, "selected"))
			continue;
		e->distance = (unsigned int)frr_json_number(r, "distance");
		e->metric = (unsigned int)frr_json_number(r, "metric");
		age_of(r, e->age, sizeof(e->age));
		refine_hops(e, r);
		return;
	}
}

/* "N IA" of ospfd is O IA, "N E2" O E2. */
static void refine_type(struct route_entry *e, const struct frr_node *route)
{
	const char *type = frr_json_text(route, "routeType");

	if (strlen(type) == 4 && type[1] == ' ')
		snprintf(e->code, sizeof(e->code), "O%s%s",
			 e->prefix ? " " : "*", type + 2);
}

/* Both lists are sorted much alike: the search goes on from *at. */
static const struct frr_node *find(const struct frr_json *json,
				   const struct frr_node **at, const char *key)
{
	const struct frr_node *first = frr_json_root(json)->child;
	const struct frr_node *n = *at && (*at)->next ? (*at)->next : first;
	const struct frr_node *end = n;

	if (!n)
		return NULL;
	do {
		if (n->key && !strcmp(n->key, key)) {
			*at = n;
			return n;
		}
		n = n->next ? n->next : first;
	} while (n != end);
	return NULL;
}

void frr_routes(struct frr *frr, struct route_table *t)
{
	struct frr_json *all = NULL, *ospf = NULL;
	const struct frr_node *in_all = NULL, *in_ospf = NULL;
	char prefix[64];

	for (size_t i = 0; i < t->n; i++) {
		struct route_entry *e = &t->v[i];
		bool is_ospf = !strcmp(e->source, "ospf");

		if (!is_ospf && strcmp(e->source, "bgp") != 0)
			continue;
		if (!all)
			all = frr_ask(frr, FRR_ZEBRA, "show ip route json");
		if (!all)
			break;
		prefix_text(e, prefix, sizeof(prefix));
		refine(e, find(all, &in_all, prefix));
		if (!is_ospf)
			continue;
		if (!ospf)
			ospf = frr_ask(frr, FRR_OSPFD,
				       "show ip ospf route json");
		if (ospf)
			refine_type(e, find(ospf, &in_ospf, prefix));
	}
	route_table_settle(t);
	frr_json_free(all);
	frr_json_free(ospf);
}
