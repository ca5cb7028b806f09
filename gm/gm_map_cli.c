/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto map ..., its modes, and crypto map on an interface. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli_kept.h"
#include "gm/gm_member.h"
#include "gm/gm_priv.h"

static const struct cli_mode map_mode = {
	.prompt = "config-crypto-map",
	.heading = "Crypto Map configuration commands:",
	.exit_help = "Exit from crypto map configuration mode",
	.parent = &cli_mode_config,
};

static const struct cli_mode fail_close_mode = {
	.prompt = "config-crypto-map-fail-close",
	.heading = "Crypto Map fail-close configuration commands:",
	.exit_help = "Exit from crypto map fail-close configuration mode",
	.parent = &cli_mode_config,
};

/* The map that was typed; NULL: there is none. */
static struct gm_map *typed_map(struct gm *gm, const struct cli_args *a)
{
	return gm_map_find(&gm->maps, cli_str(a, "map-name"),
			   cli_has(a, "ipv6"));
}

static struct gm_map *typed_map_get(struct gm *gm, const struct cli_args *a)
{
	return gm_map_get(&gm->maps, cli_str(a, "map-name"),
			  cli_has(a, "ipv6"));
}

/* An emptied map that no interface has is gone. */
static void tidy(struct gm *gm, struct gm_map *map)
{
	if (!gm_map_is_empty(map) || gm_binding_of(&gm->maps, map))
		return;
	cli_forget(gm->config.cli, map);
	gm_map_free(&gm->maps, map);
}

/* False, and IOS's refusal, while an interface has the map. */
static bool removable(struct gm *gm, const struct gm_map *map,
		      struct cli_out *o)
{
	const struct gm_binding *binding = gm_binding_of(&gm->maps, map);

	if (!binding)
		return true;
	cli_error(o,
		  "%% Crypto-map %s is in use by interface(s): %s\n"
		  "Please remove the crypto map from the above"
		  " interface(s) first\n",
		  map->name, binding->ifname);
	return false;
}

static void remove_entry(struct gm *gm, struct gm_map_entry *entry)
{
	struct gm_member *m, *next;

	TAILQ_FOREACH_SAFE (m, &gm->members, entry, next)
		if (m->map_entry == entry)
			gm_member_free(m);
	cli_forget(gm->config.cli, entry);
	gm_map_entry_free(entry);
}

/* crypto map NAME SEQ gdoi */

static void set_entry(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct gm *gm = ctx;
	struct gm_map *map = typed_map_get(gm, a);
	uint32_t sequence = cli_u32(a, "sequence");

	if (!gm_map_entry_find(map, sequence) && !cli_is_startup(o))
		cli_say(o, "%% NOTE: This new crypto map will remain disabled"
			   " until a valid\n"
			   "        group has been configured.\n");
	cli_enter(o, &map_mode, gm_map_entry_get(map, sequence));
	gm_refresh(gm);
}

static void remove_map(struct gm *gm, struct gm_map *map)
{
	struct gm_map_entry *entry;

	while ((entry = TAILQ_FIRST(&map->entries)))
		remove_entry(gm, entry);
	map->fail_close = false;
	gm_set_text(&map->local_interface, NULL);
	tidy(gm, map);
}

static void no_entry(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct gm *gm = ctx;
	struct gm_map *map = typed_map(gm, a);
	struct gm_map_entry *entry;

	if (!map) {
		cli_error(o, "%% Could not find crypto map entry\n");
		return;
	}
	if (!removable(gm, map, o))
		return;
	if (!cli_has(a, "sequence")) {
		remove_map(gm, map);
		return;
	}
	entry = gm_map_entry_find(map, cli_u32(a, "sequence"));
	if (entry)
		remove_entry(gm, entry);
	else
		cli_error(o, "%% Could not find crypto map entry\n");
	tidy(gm, map);
}

static const char *family_word(const struct gm_map *map)
{
	return map->ipv6 ? "ipv6 " : "";
}

static void write_fail_close(const struct gm_map *map, struct cli_out *o)
{
	if (!map->fail_close)
		return;
	cli_say(o, "crypto map %s%s gdoi fail-close\n", family_word(map),
		map->name);
	cli_write_mode(o, &fail_close_mode, map);
}

static void write_maps(const void *ctx, struct cli_out *o)
{
	const struct gm *gm = ctx;
	const struct gm_map_entry *entry;
	const struct gm_map *map;

	TAILQ_FOREACH (map, &gm->maps.maps, entry) {
		if (map->local_interface)
			cli_say(o, "crypto map %s%s local-address %s\n",
				family_word(map), map->name,
				map->local_interface);
		write_fail_close(map, o);
		TAILQ_FOREACH (entry, &map->entries, entry) {
			cli_say(o, "crypto map %s%s %u gdoi \n",
				family_word(map), map->name, entry->sequence);
			cli_write_mode(o, &map_mode, entry);
		}
		cli_say(o, "!\n");
	}
}

/* crypto map NAME local-address IF */

static void set_local(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct gm *gm = ctx;
	struct gm_map *map;

	(void)o;
	if (cli_is_no(a))
		map = typed_map(gm, a);
	else
		map = typed_map_get(gm, a);
	if (!map)
		return;
	gm_set_text(&map->local_interface,
		    cli_is_no(a) ? NULL : cli_str(a, "interface"));
	tidy(gm, map);
	gm_refresh(gm);
}

/* crypto map NAME gdoi fail-close */

static void set_fail_close(void *ctx, const struct cli_args *a,
			   struct cli_out *o)
{
	struct gm *gm = ctx;
	struct gm_map *map = typed_map_get(gm, a);

	map->fail_close = true;
	cli_enter(o, &fail_close_mode, map);
}

static void no_fail_close(void *ctx, const struct cli_args *a,
			  struct cli_out *o)
{
	struct gm *gm = ctx;
	struct gm_map *map = typed_map(gm, a);

	(void)o;
	if (!map)
		return;
	map->fail_close = false;
	map->fail_close_active = false;
	gm_set_text(&map->fail_close_acl, NULL);
	cli_forget(gm->config.cli, map);
	tidy(gm, map);
	gm_refresh(gm);
}

static const struct cli_cmd map_commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "crypto  Encryption module\n"
			 "map  Enter a crypto map\n"
			 "[ ipv6  IPv6 crypto map\n"
			 "] WORD$map-name  Crypto map tag\n"
			 ".\n"
			 "<1-65535>$sequence  Sequence to insert into crypto"
			 " map entry\n"
			 ".\n"
			 "gdoi  Crypto map type GDOI\n",
		.run = set_entry,
		.no = no_entry,
		.write = write_maps,
		.order = CLI_O_CRYPTO_MAP,
	},
	{
		.mode = &cli_mode_config,
		.words = "crypto  Encryption module\n"
			 "map  Enter a crypto map\n"
			 "[ ipv6  IPv6 crypto map\n"
			 "] WORD$map-name  Crypto map tag\n"
			 "local-address  Interface to use for local address"
			 " for this crypto map\n"
			 ".\n"
			 "IFNAME$interface  Interface\n",
		.run = set_local,
		.no = set_local,
	},
	{
		.mode = &cli_mode_config,
		.words = "crypto  Encryption module\n"
			 "map  Enter a crypto map\n"
			 "[ ipv6  IPv6 crypto map\n"
			 "] WORD$map-name  Crypto map tag\n"
			 "gdoi  Crypto map type GDOI\n"
			 "fail-close  What may go clear until the group is"
			 " joined\n",
		.run = set_fail_close,
		.no = no_fail_close,
	},
};

/* set group NAME */

/* The only group of that name is one of the other family. */
static bool other_family(const struct gm *gm, const struct gm_map *map,
			 const char *name)
{
	return !gdoi_group_find_family(gm->config.groups, name, map->ipv6) &&
	       gdoi_group_find_family(gm->config.groups, name, !map->ipv6);
}

static void refuse_family(const struct gm_map *map, const char *name,
			  struct cli_out *o)
{
	if (map->ipv6)
		cli_error(o,
			  "Group %s is an IPv4 group and Crypto map is for "
			  "IPv6.\nPlease set an IPv6 group.\n",
			  name);
	else
		cli_error(o,
			  "Group %s is an IPv6 group and Crypto map is for "
			  "IPv4.\nPlease set an IPv4 group.\n",
			  name);
}

static void set_group(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gm_map_entry *entry = obj;
	struct gm *gm = cli_ctx(o);
	const char *name = cli_str(a, "group-name");

	if (!cli_is_no(a) && other_family(gm, entry->map, name)) {
		refuse_family(entry->map, name, o);
		return;
	}
	gm_set_text(&entry->group, cli_is_no(a) ? NULL : name);
	if (!cli_is_no(a) && !cli_is_startup(o) &&
	    !gdoi_group_find(gm->config.groups, name))
		cli_say(o, "%% group %s doesn't yet exist.\n", name);
	gm_refresh(gm);
}

static void write_group(const void *obj, struct cli_out *o)
{
	const struct gm_map_entry *entry = obj;

	if (entry->group)
		cli_say(o, " set group %s\n", entry->group);
}

/* match address ACL */

/* The family's word goes with maps of IPv6, where it may be left out. */
static bool match_fits(const struct gm_map *map, const struct cli_args *a,
		       struct cli_out *o)
{
	if (map->ipv6 || !cli_has(a, "ipv6"))
		return true;
	cli_error(o, "%% Crypto map %s is for IPv4\n", map->name);
	return false;
}

static void set_match(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gm_map_entry *entry = obj;

	if (!match_fits(entry->map, a, o))
		return;
	gm_set_text(&entry->acl, cli_is_no(a) ? NULL : cli_str(a, "acl"));
	gm_note_permits(cli_ctx(o), entry);
	gm_refresh(cli_ctx(o));
}

static void write_match(const void *obj, struct cli_out *o)
{
	const struct gm_map_entry *entry = obj;

	if (entry->acl)
		cli_say(o, " match address %s%s\n", family_word(entry->map),
			entry->acl);
}

/* description TEXT */

static void set_description(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	struct gm_map_entry *entry = obj;

	(void)o;
	gm_set_text(&entry->description,
		    cli_is_no(a) ? NULL : cli_str(a, "text"));
}

static void write_description(const void *obj, struct cli_out *o)
{
	const struct gm_map_entry *entry = obj;

	if (entry->description)
		cli_say(o, " description %s\n", entry->description);
}

/* qos pre-classify */

static void set_pre_classify(void *obj, const struct cli_args *a,
			     struct cli_out *o)
{
	struct gm_map_entry *entry = obj;

	entry->pre_classify = !cli_is_no(a);
	gm_refresh(cli_ctx(o));
}

static void write_pre_classify(const void *obj, struct cli_out *o)
{
	const struct gm_map_entry *entry = obj;

	if (entry->pre_classify)
		cli_say(o, " qos pre-classify\n");
}

static const struct cli_cmd entry_commands[] = {
	{
		.mode = &map_mode,
		.words = "description  Description of the crypto map"
			 " statement policy\n"
			 ".\n"
			 "LINE$text  Up to 80 characters\n",
		.run = set_description,
		.no = set_description,
		.write = write_description,
		.order = 10,
	},
	{
		.mode = &map_mode,
		.words = "set  Set values for encryption/decryption\n"
			 "group  Set the GDOI group for this crypto map\n"
			 ".\n"
			 "WORD$group-name  GDOI group name\n",
		.run = set_group,
		.no = set_group,
		.write = write_group,
		.order = 20,
	},
	{
		.mode = &map_mode,
		.words = "match  Match values.\n"
			 "address  Match address of packets to encrypt.\n"
			 ".\n"
			 "[ ipv6  IPv6 access-list\n"
			 "] WORD$acl  Access-list name or number\n",
		.run = set_match,
		.no = set_match,
		.write = write_match,
		.order = 30,
	},
	{
		.mode = &map_mode,
		.words = "qos  Quality of Service related commands\n"
			 "pre-classify  Enable QOS pre-classification\n",
		.run = set_pre_classify,
		.no = set_pre_classify,
		.write = write_pre_classify,
		.order = 40,
	},
};

/* fail-close: match address ACL, activate */

static void set_fail_close_acl(void *obj, const struct cli_args *a,
			       struct cli_out *o)
{
	struct gm_map *map = obj;

	if (!match_fits(map, a, o))
		return;
	gm_set_text(&map->fail_close_acl,
		    cli_is_no(a) ? NULL : cli_str(a, "acl"));
	gm_refresh(cli_ctx(o));
}

static void write_fail_close_acl(const void *obj, struct cli_out *o)
{
	const struct gm_map *map = obj;

	if (map->fail_close_acl)
		cli_say(o, " match address %s%s\n", family_word(map),
			map->fail_close_acl);
}

static void set_activate(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gm_map *map = obj;

	map->fail_close_active = !cli_is_no(a);
	gm_refresh(cli_ctx(o));
}

static void write_activate(const void *obj, struct cli_out *o)
{
	const struct gm_map *map = obj;

	if (map->fail_close_active)
		cli_say(o, " activate\n");
}

static const struct cli_cmd fail_close_commands[] = {
	{
		.mode = &fail_close_mode,
		.words = "match  Match values.\n"
			 "address  Match address of packets that may go"
			 " clear.\n"
			 ".\n"
			 "[ ipv6  IPv6 access-list\n"
			 "] WORD$acl  Access-list name or number\n",
		.run = set_fail_close_acl,
		.no = set_fail_close_acl,
		.write = write_fail_close_acl,
		.order = 10,
	},
	{
		.mode = &fail_close_mode,
		.words = "activate  Activate fail-close\n",
		.run = set_activate,
		.no = set_activate,
		.write = write_activate,
		.order = 20,
	},
};

/* --- crypto map NAME on an interface ---------------------------------------- */

static void unbind(struct gm *gm, struct gm_binding *binding)
{
	const struct dataplane *d = &gm->config.dataplane;
	struct gm_member *m, *next;
	struct gm_map *map = binding->map;

	TAILQ_FOREACH_SAFE (m, &gm->members, entry, next)
		if (m->map_entry->map == map &&
		    strcmp(m->ifname, binding->ifname) == 0)
			gm_member_free(m);
	if (binding->attached && !gm_binding_sister(&gm->maps, binding))
		d->ops->detach(d->ctx, binding->ifname);
	gm_unbind(&gm->maps, binding);
	tidy(gm, map);
}

/* The exec override of the direction lasts until the map is put on again. */
static void forget_overrides(struct gm *gm, const struct gm_map *map)
{
	const struct gm_map_entry *entry;
	struct gm_group *g;

	TAILQ_FOREACH (entry, &map->entries, entry) {
		g = entry->group ? gm_group_of(gdoi_group_find_family(
					   gm->config.groups, entry->group,
					   map->ipv6))
				 : NULL;
		if (g)
			g->has_override = false;
	}
}

/* A map whose entries are of kinds that are only kept. */
static bool has_tunnels(struct cli_out *o, const char *name)
{
	char *words = xasprintf("crypto map %s", name);
	bool has = cli_kept_has(o, NULL, words);

	free(words);
	if (has)
		cli_say(o,
			"%% NOTE: crypto map %s is kept and not acted on:"
			" nothing is encrypted by it.\n",
			name);
	return has;
}

static void bind_map(void *obj, const struct cli_args *a, bool ipv6,
		     struct cli_out *o)
{
	struct gm *gm = cli_ctx(o);
	const char *ifname = gm->config.if_name(obj);
	const char *name = cli_str(a, "map-name");
	struct gm_map *map = gm_map_find(&gm->maps, name, ipv6);
	struct gm_binding *binding = gm_binding_find(&gm->maps, ifname, ipv6);

	if (!map && !ipv6 && has_tunnels(o, name))
		map = gm_map_get(&gm->maps, name, ipv6);
	if (!map) {
		cli_error(o,
			  "ERROR: Crypto Map with tag \"%s\" does not"
			  " exist.\n",
			  name);
		return;
	}
	if (binding && binding->map == map)
		return;
	if (binding)
		unbind(gm, binding);
	forget_overrides(gm, map);
	gm_bind(&gm->maps, ifname, map);
	gm_refresh(gm);
}

static void set_if_map(void *obj, const struct cli_args *a, struct cli_out *o)
{
	bind_map(obj, a, false, o);
}

static void set_if_map6(void *obj, const struct cli_args *a, struct cli_out *o)
{
	bind_map(obj, a, true, o);
}

static void unbind_map(void *obj, const struct cli_args *a, bool ipv6,
		       struct cli_out *o)
{
	struct gm *gm = cli_ctx(o);
	struct gm_binding *binding =
		gm_binding_find(&gm->maps, gm->config.if_name(obj), ipv6);

	if (!binding || (cli_has(a, "map-name") &&
			 strcmp(binding->map->name, cli_str(a, "map-name"))))
		return;
	unbind(gm, binding);
	gm_refresh(gm);
}

static void no_if_map(void *obj, const struct cli_args *a, struct cli_out *o)
{
	unbind_map(obj, a, false, o);
}

static void no_if_map6(void *obj, const struct cli_args *a, struct cli_out *o)
{
	unbind_map(obj, a, true, o);
}

static void write_bound(const void *obj, bool ipv6, struct cli_out *o)
{
	struct gm *gm = cli_ctx(o);
	const struct gm_binding *binding =
		gm_binding_find(&gm->maps, gm->config.if_name(obj), ipv6);

	if (binding)
		cli_why(o, gm_map_is_empty(binding->map)
				   ? "other VPNs than GETVPN"
				   : NULL);
	if (binding)
		cli_say(o, " %scrypto map %s\n", family_word(binding->map),
			binding->map->name);
}

static void write_if_map(const void *obj, struct cli_out *o)
{
	write_bound(obj, false, o);
}

static void write_if_map6(const void *obj, struct cli_out *o)
{
	write_bound(obj, true, o);
}

/* The interface mode is the router's: its address is known at run time. */
static void add_interface_command(struct gm *gm)
{
	gm->if_command = (struct cli_cmd){
		.mode = gm->config.if_mode,
		.words = "crypto  Encryption/Decryption commands\n"
			 "map  Assign a Crypto Map\n"
			 ".\n"
			 "WORD$map-name  Crypto Map tag\n",
		.run = set_if_map,
		.no = no_if_map,
		.write = write_if_map,
		.order = gm->config.if_order,
	};
	gm->if_command6 = (struct cli_cmd){
		.mode = gm->config.if_mode,
		.words = "ipv6  IPv6 interface subcommands\n"
			 "crypto  Encryption/Decryption commands\n"
			 "map  Assign a Crypto Map\n"
			 ".\n"
			 "WORD$map-name  Crypto Map tag\n",
		.run = set_if_map6,
		.no = no_if_map6,
		.write = write_if_map6,
		.order = gm->config.if_order + 1,
	};
	cli_add(gm->config.cli, &gm->if_command, 1, gm);
	cli_add(gm->config.cli, &gm->if_command6, 1, gm);
}

void gm_map_cli_init(struct gm *gm)
{
	CLI_ADD(gm->config.cli, map_commands, gm);
	CLI_ADD(gm->config.cli, entry_commands, gm);
	CLI_ADD(gm->config.cli, fail_close_commands, gm);
	add_interface_command(gm);
}
