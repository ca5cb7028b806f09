/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client lines of crypto gdoi group that say how the member behaves:
 * registration interface, bypass-policy, recovery-check, fail-close revert,
 * status active-sa track. */
#include <stdlib.h>
#include <string.h>

#include "gm/gm_map.h"
#include "gm/gm_member.h"
#include "gm/gm_priv.h"

/* A no makes nothing; what it leaves empty goes. */
static struct gm_group *part(struct gdoi_group *group, const struct cli_args *a)
{
	return cli_is_no(a) ? gm_group_of(group) : gm_group_get(group);
}

static void changed(struct gdoi_group *group)
{
	struct gm *gm = gdoi_group_role_ctx(group, GDOI_ROLE_GM);

	gm_group_tidy(group);
	gm_refresh(gm);
}

static void set_interface(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct gm_group *g = part(obj, a);

	(void)o;
	if (!g)
		return;
	gm_set_text(&g->registration_interface,
		    cli_is_no(a) ? NULL : cli_str(a, "interface"));
	changed(obj);
}

static void write_interface(const void *obj, struct cli_out *o)
{
	const struct gm_group *g = gm_group_of(obj);

	if (g && g->registration_interface)
		cli_say(o, " client registration interface %s\n",
			g->registration_interface);
}

/* The default is on: it is the no that is kept. */
static void set_bypass(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gm_group *g =
		cli_is_no(a) ? gm_group_get(obj) : gm_group_of(obj);

	(void)o;
	if (!g)
		return;
	g->no_bypass = cli_is_no(a);
	changed(obj);
}

static void write_bypass(const void *obj, struct cli_out *o)
{
	const struct gm_group *g = gm_group_of(obj);

	if (g && g->no_bypass)
		cli_say(o, " no client bypass-policy\n");
}

static void set_recovery(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gm_group *g = part(obj, a);

	(void)o;
	if (!g)
		return;
	g->recovery = cli_is_no(a) ? 0 : cli_u32(a, "seconds");
	changed(obj);
}

static void write_recovery(const void *obj, struct cli_out *o)
{
	const struct gm_group *g = gm_group_of(obj);

	if (g && g->recovery)
		cli_say(o, " client recovery-check interval %u\n", g->recovery);
}

static void set_track(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gm_group *g = part(obj, a);

	(void)o;
	if (!g)
		return;
	g->tracked = cli_is_no(a) ? 0 : cli_u32(a, "object");
	changed(obj);
}

static void write_track(const void *obj, struct cli_out *o)
{
	const struct gm_group *g = gm_group_of(obj);

	cli_why(o, "object tracking");
	if (g && g->tracked)
		cli_say(o, " client status active-sa track %u\n", g->tracked);
	cli_why(o, NULL);
}

static void set_revert(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gm_group *g = part(obj, a);

	(void)o;
	if (!g)
		return;
	g->revert = !cli_is_no(a);
	changed(obj);
}

static void write_revert(const void *obj, struct cli_out *o)
{
	const struct gm_group *g = gm_group_of(obj);

	if (g && g->revert)
		cli_say(o, " client fail-close revert\n");
}

/* clang-format off */
#define CLIENT "client  Set the group client parameters\n"
#define OPTION(the_mode, the_words, name, at)                               \
	{                                                                   \
		.mode = the_mode,                                           \
		.words = CLIENT the_words,                                  \
		.run = set_##name, .no = set_##name, .write = write_##name, \
		.order = GDOI_O_CLIENT + 3 + (at),                          \
	}
#define OPTIONS(the_mode)                                                   \
	OPTION(the_mode,                                                    \
		"registration  Where to register from\n"                    \
		"interface  Whose address the key server is to see\n"       \
		".\n"                                                       \
		"IFNAME$interface  Interface\n", interface, 0),             \
	OPTION(the_mode,                                                    \
		"recovery-check  Register again when the data plane meets"  \
		" errors\n"                                                 \
		".\n"                                                       \
		"interval  How often to look\n"                             \
		"<100-1000>$seconds  Interval in seconds\n", recovery, 1),  \
	OPTION(the_mode,                                                    \
		"bypass-policy  Key server messages of this member always"  \
		" pass in clear\n", bypass, 2),                             \
	OPTION(the_mode,                                                    \
		"status  Tell others of the client's state\n"               \
		"active-sa  Whether there is an active IPsec SA\n"          \
		".\n"                                                       \
		"track  The object to keep in step\n"                       \
		"<1-1000>$object  Number of a stub object\n", track, 3),    \
	OPTION(the_mode,                                                    \
		"fail-close  Fail-close of the crypto map\n"                \
		"revert  Return to it as soon as registration fails\n",     \
		revert, 4)
/* clang-format on */

static const struct cli_cmd commands[] = {
	OPTIONS(&gdoi_mode_group),
	OPTIONS(&gdoi_mode_gkm_group),
};

void gm_option_cli_init(struct gm *gm)
{
	CLI_ADD(gm->config.cli, commands, gm);
}
