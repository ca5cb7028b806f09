/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gm/gm_map.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void gm_set_text(char **where, const char *text)
{
	char *copy = text ? xstrdup(text) : NULL;

	free(*where);
	*where = copy;
}

void gm_maps_init(struct gm_maps *maps)
{
	TAILQ_INIT(&maps->maps);
	TAILQ_INIT(&maps->bindings);
}

void gm_maps_fini(struct gm_maps *maps)
{
	struct gm_binding *binding;
	struct gm_map *map;

	while ((binding = TAILQ_FIRST(&maps->bindings)))
		gm_unbind(maps, binding);
	while ((map = TAILQ_FIRST(&maps->maps)))
		gm_map_free(maps, map);
}

struct gm_map *gm_map_find(struct gm_maps *maps, const char *name, bool ipv6)
{
	struct gm_map *map;

	TAILQ_FOREACH (map, &maps->maps, entry)
		if (map->ipv6 == ipv6 && strcmp(map->name, name) == 0)
			return map;
	return NULL;
}

/* By name, IPv4 before IPv6. */
static bool before(const struct gm_map *a, const struct gm_map *b)
{
	int order = strcmp(a->name, b->name);

	return order < 0 || (order == 0 && !a->ipv6 && b->ipv6);
}

static void insert_map(struct gm_maps *maps, struct gm_map *map)
{
	struct gm_map *other;

	TAILQ_FOREACH (other, &maps->maps, entry)
		if (before(map, other)) {
			TAILQ_INSERT_BEFORE(other, map, entry);
			return;
		}
	TAILQ_INSERT_TAIL(&maps->maps, map, entry);
}

struct gm_map *gm_map_get(struct gm_maps *maps, const char *name, bool ipv6)
{
	struct gm_map *map = gm_map_find(maps, name, ipv6);

	if (map)
		return map;
	map = xcalloc(1, sizeof(*map));
	map->name = xstrdup(name);
	map->ipv6 = ipv6;
	TAILQ_INIT(&map->entries);
	insert_map(maps, map);
	return map;
}

void gm_map_free(struct gm_maps *maps, struct gm_map *map)
{
	struct gm_map_entry *entry;

	while ((entry = TAILQ_FIRST(&map->entries)))
		gm_map_entry_free(entry);
	TAILQ_REMOVE(&maps->maps, map, entry);
	free(map->name);
	free(map->local_interface);
	free(map->fail_close_acl);
	free(map);
}

bool gm_map_is_empty(const struct gm_map *map)
{
	return TAILQ_EMPTY(&map->entries) && !map->fail_close &&
	       !map->local_interface;
}

struct gm_map_entry *gm_map_entry_find(struct gm_map *map, uint32_t sequence)
{
	struct gm_map_entry *entry;

	TAILQ_FOREACH (entry, &map->entries, entry)
		if (entry->sequence == sequence)
			return entry;
	return NULL;
}

static void insert_entry(struct gm_map *map, struct gm_map_entry *entry)
{
	struct gm_map_entry *other;

	TAILQ_FOREACH (other, &map->entries, entry)
		if (other->sequence > entry->sequence) {
			TAILQ_INSERT_BEFORE(other, entry, entry);
			return;
		}
	TAILQ_INSERT_TAIL(&map->entries, entry, entry);
}

struct gm_map_entry *gm_map_entry_get(struct gm_map *map, uint32_t sequence)
{
	struct gm_map_entry *entry = gm_map_entry_find(map, sequence);

	if (entry)
		return entry;
	entry = xcalloc(1, sizeof(*entry));
	entry->map = map;
	entry->sequence = sequence;
	insert_entry(map, entry);
	return entry;
}

void gm_map_entry_free(struct gm_map_entry *entry)
{
	TAILQ_REMOVE(&entry->map->entries, entry, entry);
	free(entry->group);
	free(entry->acl);
	free(entry->description);
	free(entry);
}

struct gm_binding *gm_binding_find(struct gm_maps *maps, const char *ifname,
				   bool ipv6)
{
	struct gm_binding *binding;

	TAILQ_FOREACH (binding, &maps->bindings, entry)
		if (binding->map->ipv6 == ipv6 &&
		    strcmp(binding->ifname, ifname) == 0)
			return binding;
	return NULL;
}

struct gm_binding *gm_binding_sister(struct gm_maps *maps,
				     const struct gm_binding *binding)
{
	return gm_binding_find(maps, binding->ifname, !binding->map->ipv6);
}

struct gm_binding *gm_binding_of(struct gm_maps *maps, const struct gm_map *map)
{
	struct gm_binding *binding;

	TAILQ_FOREACH (binding, &maps->bindings, entry)
		if (binding->map == map)
			return binding;
	return NULL;
}

struct gm_binding *gm_bind(struct gm_maps *maps, const char *ifname,
			   struct gm_map *map)
{
	struct gm_binding *binding = xcalloc(1, sizeof(*binding));

	binding->ifname = xstrdup(ifname);
	binding->map = map;
	TAILQ_INSERT_TAIL(&maps->bindings, binding, entry);
	return binding;
}

void gm_unbind(struct gm_maps *maps, struct gm_binding *binding)
{
	TAILQ_REMOVE(&maps->bindings, binding, entry);
	free(binding->ifname);
	free(binding);
}
