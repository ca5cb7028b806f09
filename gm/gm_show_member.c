/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Group Member Information of show crypto gdoi: registration and rekeys of one
 * member. */
#include "gm/gm_restrict.h"
#include "gm/gm_show.h"

/* --- registration ------------------------------------------------------------- */

static bool direction(const void *obj, char *out)
{
	return gdoi_value(out, "%s", gm_show_direction(obj));
}

static bool received_acl(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gdoi_value(out, "gdoi_group_%s_temp_acl", m->group->name);
}

static bool member_address(const void *obj, char *out)
{
	const struct gm_member *m = obj;
	char text[IP_ADDR_TEXT];

	return gdoi_value(out, "%-15s vrf: %s", ip_text(&m->local, text),
			  gm_vrf_text(m->gm, m->ivrf, "None"));
}

static bool local_port(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return endpoint_text(&(struct endpoint){ m->local, GDOI_PORT, 0 }, out);
}

static bool remote_port(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return endpoint_text(&(struct endpoint){ m->trying, GDOI_PORT, 0 },
			     out);
}

static bool vrfs(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gdoi_value(out, "%s/%s", gm_vrf_text(m->gm, m->fvrf, "None"),
			  gm_vrf_text(m->gm, m->ivrf, "None"));
}

static bool version(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, GDOI_VERSION);
}

static bool status(const void *obj, char *out)
{
	return gdoi_value(out, "%s", gm_member_status(obj));
}

static bool registered_with(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return ip_text(&m->registered_with, out);
}

static bool reregisters(const void *obj, char *out)
{
	return gdoi_value(out, "%u sec", gm_timers_reregisters_in(obj));
}

static bool succeeded(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gdoi_value(out, "%u", m->succeeded);
}

static bool attempted(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gdoi_value(out, "%u", m->attempted);
}

/* --- rekeys --------------------------------------------------------------------- */

static bool last_from(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return ip_text(&m->rekey.last_from, out);
}

static bool last_seq(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gdoi_value(out, "%u", m->rekey.last_seq);
}

static bool unicast_received(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gm_show_unicast(m) && gdoi_value(out, "%u", m->rekey.since);
}

static bool multicast_received(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return !gm_show_unicast(m) && gdoi_value(out, "%u", m->rekey.since);
}

static bool acks_sent(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gm_show_unicast(m) &&
	       gdoi_value(out, "%u", m->rekey.acked_since);
}

static bool never(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return !ip_is_set(&m->rekey.last_from) && gdoi_value(out, "never");
}

static bool last_age(const void *obj, char *out)
{
	const struct gm_member *m = obj;
	unsigned int age;

	if (!ip_is_set(&m->rekey.last_from))
		return false;
	age = (unsigned int)((env_now(m->gm->env) - m->rekey.last_at) /
			     US_PER_SEC);
	return gdoi_value(out, "%02u:%02u:%02u", age / 3600, age / 60 % 60,
			  age % 60);
}

/* A rekey with perfect forward secrecy is none that it would accept. */
static bool pfs_received(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, "0");
}

static bool dp_monitoring(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gdoi_value(out, gm_group_of(m->group)->recovery ? "ON" : "OFF");
}

/* The data plane asked for them, out of numbers to send with. */
static bool dp_registrations(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gdoi_value(out, "%u", m->dataplane_asked);
}

/* They are due at once. */
static bool dp_postponed(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, "0");
}

static bool active_teks(const void *obj, char *out)
{
	const struct gm_member *m = obj;
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < m->keys.n_teks; i++)
		count += gm_show_left(m, m->keys.teks[i].expires) > 0;
	return gdoi_value(out, "%u", count);
}

/* 15.4 has no line for what is off. */
static bool quiet(const struct gm_member *m, bool on)
{
	return !on && !gm_show_modern(m->gm);
}

static bool sa_track(const void *obj, char *out)
{
	const struct gm_member *m = obj;
	unsigned int object = gm_group_of(m->group)->tracked;
	bool up = gm_keys_complete(&m->keys, env_now(m->gm->env));

	if (quiet(m, object))
		return false;
	return object ? gdoi_value(out, "%u/%s", object, up ? "up" : "down")
		      : gdoi_value(out, "disabled");
}

static bool fail_close_revert(const void *obj, char *out)
{
	const struct gm_member *m = obj;
	bool on = gm_group_of(m->group)->revert;

	return !quiet(m, on) && gdoi_value(out, on ? "Enabled" : "Disabled");
}

enum { REGISTRATIONS_COLUMN = 34, REVERT_COLUMN = 25 };

static const struct gdoi_line member_lines[] = {
	GDOI_LINE(ALL, 4, "IPSec SA Direction", direction),
	GDOI_LINE(ALL, 4, "ACL Received From KS", received_acl),
	GDOI_EMPTY_LINE,
	GDOI_LINE(ALL, 4, "Group member", member_address),
	GDOI_LINE(ALL, 7, "Local addr/port", local_port),
	GDOI_LINE(ALL, 7, "Remote addr/port", remote_port),
	GDOI_LINE(ALL, 7, "fvrf/ivrf", vrfs),
	GDOI_LINE(ALL, 7, "Version", version),
	GDOI_LINE(ALL, 7, "Registration status", status),
	GDOI_LINE(ALL, 7, "Registered with", registered_with),
	GDOI_LINE(ALL, 7, "Re-registers in", reregisters),
	GDOI_LINE(ALL, 7, "Succeeded registration", succeeded),
	GDOI_LINE(ALL, 7, "Attempted registration", attempted),
	GDOI_LINE(ALL, 7, "Last rekey from", last_from),
	GDOI_LINE(ALL, 7, "Last rekey seq num", last_seq),
	GDOI_LINE(ALL, 7, "Unicast rekey received", unicast_received),
	GDOI_LINE(ALL, 7, "Rekey ACKs sent", acks_sent),
	GDOI_LINE(ALL, 7, "Multicast rekey rcvd", multicast_received),
	GDOI_LINE(ALL, 7, "Rekey Received", never),
	GDOI_LINE(ALL, 7, "Rekey Rcvd(hh:mm:ss)", last_age),
	GDOI_LINE(XE_17, 7, "PFS Rekey received", pfs_received),
	GDOI_LINE(ALL, 7, "DP Error Monitoring", dp_monitoring),
	GDOI_LINE_AT(XE_17, 7, "IPSEC init reg executed", dp_registrations,
		     REGISTRATIONS_COLUMN),
	GDOI_LINE_AT(XE_17, 7, "IPSEC init reg postponed", dp_postponed,
		     REGISTRATIONS_COLUMN),
	GDOI_LINE(XE_17, 7, "Active TEK Number", active_teks),
	GDOI_LINE(ALL, 7, "SA Track (OID/status)", sa_track),
	GDOI_LINE_AT(ALL, 7, "Fail-Close Revert", fail_close_revert,
		     REVERT_COLUMN),
};

void gm_show_member(const struct gm_member *m, struct cli_out *o)
{
	cli_say(o, "Group Member Information For Group %s:\n", m->group->name);
	GDOI_SAY_LINES(o, member_lines, gm_show_modern(m->gm), m);
}

/* --- what it allows, and how many rekeys came ------------------------------------ */

static bool allowed_ciphers(const void *obj, char *out)
{
	const struct gm_member *m = obj;
	char text[GM_RESTRICT_TEXT];

	return gdoi_value(out, "%s",
			  gm_restrict_ciphers_text(gm_group_of(m->group),
						   text));
}

static bool allowed_hashes(const void *obj, char *out)
{
	const struct gm_member *m = obj;
	char text[GM_RESTRICT_TEXT];

	return gdoi_value(out, "%s",
			  gm_restrict_hashes_text(gm_group_of(m->group), text));
}

static bool allowed_transforms(const void *obj, char *out)
{
	const struct gm_member *m = obj;
	const struct gm_group *g = gm_group_of(m->group);
	char text[GDOI_VALUE] = "";
	size_t i;

	if (!g->n_transform_sets)
		return gdoi_value(out, "any ESP");
	for (i = 0; i < g->n_transform_sets; i++) {
		gdoi_value(out, "%s%s%s", text, i ? " " : "",
			   g->transform_sets[i]);
		gdoi_value(text, "%s", out);
	}
	return true;
}

static bool total_received(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gdoi_value(out, "%u", m->rekey.received);
}

static bool since_register(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gdoi_value(out, "%u", m->rekey.since);
}

static bool total_acked(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gdoi_value(out, "%u", m->rekey.acked);
}

static const struct gdoi_line rekey_lines[] = {
	GDOI_EMPTY_LINE,
	GDOI_LINE(ALL, 7, "allowable rekey cipher", allowed_ciphers),
	GDOI_LINE(ALL, 7, "allowable rekey hash", allowed_hashes),
	GDOI_LINE(ALL, 7, "allowable transformtag", allowed_transforms),
	GDOI_EMPTY_LINE,
	GDOI_LINE(ALL, 4, "Rekeys cumulative", NULL),
	GDOI_LINE(ALL, 7, "Total received", total_received),
	GDOI_LINE(ALL, 7, "After latest register", since_register),
	GDOI_LINE(ALL, 7, "Rekey Acks sents", total_acked),
	GDOI_EMPTY_LINE,
};

void gm_show_rekeys(const struct gm_member *m, struct cli_out *o)
{
	GDOI_SAY_LINES(o, rekey_lines, gm_show_modern(m->gm), m);
}
