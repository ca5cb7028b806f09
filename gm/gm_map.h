/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Crypto maps of kind gdoi, and which interface has which.  Configuration
 * only: what follows from a change is gm_refresh()'s business (gm_priv.h). */
#ifndef GM_GM_MAP_H
#define GM_GM_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

/* crypto map NAME SEQ gdoi */
struct gm_map_entry {
	TAILQ_ENTRY(gm_map_entry) entry;
	struct gm_map *map;
	uint32_t sequence;    /* 1..65535 */
	char *group;	      /* set group; NULL: none yet */
	char *acl;	      /* match address: local exceptions; or NULL */
	char *description;    /* or NULL */
	bool pre_classify;    /* qos pre-classify */
	bool told_incomplete; /* that its group cannot be registered with */
};

struct gm_map {
	TAILQ_ENTRY(gm_map) entry;
	char *name;
	bool ipv6;	       /* crypto map ipv6: names are of their own */
	char *local_interface; /* local-address; or NULL */
	bool fail_close;       /* the fail-close block exists */
	char *fail_close_acl;  /* or NULL */
	bool fail_close_active;
	TAILQ_HEAD(gm_map_entries, gm_map_entry) entries; /* by sequence */
};

/* An interface with a crypto map; it may have one of each family. */
struct gm_binding {
	TAILQ_ENTRY(gm_binding) entry;
	char *ifname;
	struct gm_map *map;
	bool attached; /* the dataplane has the interface */
};

struct gm_maps {
	TAILQ_HEAD(, gm_map) maps; /* by name */
	TAILQ_HEAD(, gm_binding) bindings;
};

void gm_maps_init(struct gm_maps *maps);
void gm_maps_fini(struct gm_maps *maps);

struct gm_map *gm_map_find(struct gm_maps *maps, const char *name, bool ipv6);
struct gm_map *gm_map_get(struct gm_maps *maps, const char *name, bool ipv6);
/* The map must not be on an interface. */
void gm_map_free(struct gm_maps *maps, struct gm_map *map);
/* Nothing in it: the map is gone for the user. */
bool gm_map_is_empty(const struct gm_map *map);
struct gm_map_entry *gm_map_entry_find(struct gm_map *map, uint32_t sequence);
struct gm_map_entry *gm_map_entry_get(struct gm_map *map, uint32_t sequence);
void gm_map_entry_free(struct gm_map_entry *entry);

struct gm_binding *gm_binding_find(struct gm_maps *maps, const char *ifname,
				   bool ipv6);
/* The one of the other family on the same interface, or NULL. */
struct gm_binding *gm_binding_sister(struct gm_maps *maps,
				     const struct gm_binding *binding);
/* The first interface that has the map, or NULL. */
struct gm_binding *gm_binding_of(struct gm_maps *maps,
				 const struct gm_map *map);
struct gm_binding *gm_bind(struct gm_maps *maps, const char *ifname,
			   struct gm_map *map);
void gm_unbind(struct gm_maps *maps, struct gm_binding *binding);

/* Replaces a heap string; text may be NULL. */
void gm_set_text(char **where, const char *text);

#endif
