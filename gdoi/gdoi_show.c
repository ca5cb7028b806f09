/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_show.h"

#include <stdio.h>

#include "base/bytes.h"
#include "gdoi/group_priv.h"

/* --- words ------------------------------------------------------------------- */

const char *gdoi_kek_cipher_text(enum gdoi_kek_cipher cipher)
{
	switch (cipher) {
	case GDOI_KEK_DES:
		return "DES";
	case GDOI_KEK_3DES:
		return "3DES";
	case GDOI_KEK_AES:
		break;
	}
	return "AES";
}

const char *gdoi_transport_text(bool unicast)
{
	return unicast ? "Unicast" : "Multicast";
}

const char *gdoi_hex(const uint8_t *data, size_t n, char *out)
{
	char *p;

	bytes_hex(out, data, n);
	for (p = out; *p; p++)
		if (*p >= 'a')
			*p = (char)(*p - 'a' + 'A');
	return out;
}

const char *gdoi_sid_length_text(unsigned int bits, char *out, size_t size)
{
	enum { MEDIUM = 24, LARGE = 32 };
	const char *name = bits >= LARGE   ? "LARGE"
			   : bits < MEDIUM ? "SMALL"
					   : "MEDIUM";

	snprintf(out, size, "%u bits (%s)", bits, name);
	return out;
}

/* --- rekey SAs ----------------------------------------------------------------- */

static void each_rekey_sa(struct gdoi_groups *groups, struct gdoi_group *group,
			  gdoi_rekey_row *row, void *arg)
{
	int i;

	for (i = 0; i < GDOI_N_ROLES; i++) {
		const struct gdoi_show_entry *role = &groups->shows[i];

		if (group->part[i] && role->ops)
			role->ops->rekey_sas(role->ctx, group, row, arg);
	}
}

struct isakmp_rows {
	bool modern;
	void (*row)(void *arg, const struct isakmp_show_row *r);
	void *arg;
};

/* On 15.4 a member that has just registered has no such row yet. */
static void say_isakmp_row(void *arg, const struct gdoi_group *group,
			   const struct gdoi_rekey_view *view)
{
	const struct isakmp_rows *rows = arg;
	const struct isakmp_show_row row = { .dst = view->dst,
					     .src = view->src,
					     .state = "GDOI_REKEY",
					     .conn_id = view->conn_id };

	(void)group;
	if (view->used || rows->modern)
		rows->row(rows->arg, &row);
}

static void show_in_isakmp(void *ctx,
			   void (*row)(void *arg,
				       const struct isakmp_show_row *r),
			   void *arg)
{
	struct gdoi_groups *groups = ctx;
	struct isakmp_rows rows = { groups->modern, row, arg };
	struct gdoi_group *group;

	for (group = groups->first; group; group = group->next)
		each_rekey_sa(groups, group, say_isakmp_row, &rows);
}

void gdoi_show_set_role(struct gdoi_groups *groups, enum gdoi_role role,
			const struct gdoi_show_ops *ops, void *ctx,
			struct isakmp *isakmp)
{
	groups->shows[role] = (struct gdoi_show_entry){ ops, ctx };
	isakmp_on_show(isakmp, show_in_isakmp, groups);
}

/* --- show crypto gdoi rekey sa [detail] ---------------------------------------- */

static void say_row(void *arg, const struct gdoi_group *group,
		    const struct gdoi_rekey_view *view)
{
	char dst[IP_ADDR_TEXT], src[IP_ADDR_TEXT];

	(void)group;
	cli_say(arg, "%-16s%-16s%-16uACTIVE\n", ip_text(&view->dst, dst),
		ip_text(&view->src, src), view->conn_id);
}

#define PAIR "    %-19s: %-12u%-18s: %u\n"

static void say_keys(const struct gdoi_rekey_view *view, struct cli_out *o)
{
	char spi[33];

	cli_say(o, "    spi : 0x%s\n", gdoi_hex(view->spi, 16, spi));
	cli_say(o, "    %-19s: %-12s%-18s: %s\n", "management alg", "disabled",
		"encrypt alg", gdoi_kek_cipher_text(view->cipher));
	cli_say(o, PAIR, "crypto iv length", (unsigned int)view->iv_octets,
		"key size", (unsigned int)view->key_octets);
	cli_say(o, "    %-19s: %u\n", "orig life(sec)", view->lifetime);
	cli_say(o, "    %-19s: %-12s%-18s: %u\n", "sig hash algorithm",
		"enabled", "sig key length", (unsigned int)view->der_octets);
	cli_say(o, "    %-19s: %u\n", "sig size",
		(unsigned int)view->sig_octets);
	cli_say(o, "    %-19s: %s\n", "acknowledgement", view->acknowledgement);
}

static void say_detail(void *arg, const struct gdoi_group *group,
		       const struct gdoi_rekey_view *view)
{
	char local[ENDPOINT_TEXT], remote[ENDPOINT_TEXT];
	const struct endpoint here = { view->local, GDOI_PORT, 0 };
	const struct endpoint there = { view->remote, GDOI_PORT, 0 };
	struct cli_out *o = arg;

	cli_say(o, "\n  KEK POLICY (transport type : %s)\n",
		gdoi_transport_text(view->unicast));
	cli_say(o, "   Local addr/port : %s\n", endpoint_text(&here, local));
	cli_say(o, "   Remote addr/port : %s\n", endpoint_text(&there, remote));
	say_keys(view, o);
	cli_say(o, "    %-19s: %u\n", "conn_id (IKEv1)", view->conn_id);
	cli_say(o, PAIR, "seq num", view->seq, "prev seq num", view->prev_seq);
	cli_say(o, "    %-19s: %X\n", "handle", group->handle);
	cli_say(o, "    %-19s: %s\n", "Interface", view->interface);
	cli_say(o, "    %-19s: %s\n", "Group Name", group->name);
}

static void count_row(void *arg, const struct gdoi_group *group,
		      const struct gdoi_rekey_view *view)
{
	(void)group;
	(void)view;
	++*(unsigned int *)arg;
}

/* Of the whole router, as the database is one. */
static void say_stats(struct gdoi_groups *groups, struct cli_out *o)
{
	struct gdoi_rekey_stats stats = { 0 };
	struct gdoi_group *group;
	unsigned int active = 0;
	int i;

	for (group = groups->first; group; group = group->next) {
		each_rekey_sa(groups, group, count_row, &active);
		for (i = 0; i < GDOI_N_ROLES; i++) {
			const struct gdoi_show_entry *role = &groups->shows[i];

			if (group->part[i] && role->ops)
				role->ops->rekey_stats(role->ctx, group,
						       &stats);
		}
	}
	cli_say(o,
		"KEK SA DB STATS:\n"
		"    num_active = %u\n"
		"    num_malloc = %u\n"
		"    num_free = %u\n",
		active, stats.made, stats.made - stats.kept);
}

static void show_rekey_sa(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct gdoi_groups *groups = obj;
	bool detail = cli_has(a, "detail");
	struct gdoi_group *group;

	if (!gdoi_group_known(groups, a, o))
		return;
	if (detail)
		say_stats(groups, o);
	else
		cli_say(o, "GETVPN REKEY SA\n"
			   "dst             src             conn-id         "
			   "status\n");
	for (group = groups->first; group; group = group->next) {
		if (gdoi_group_meant(group, a))
			each_rekey_sa(groups, group,
				      detail ? say_detail : say_row, o);
	}
	if (detail)
		cli_say(o, "\n");
}

/* --- show crypto gdoi feature [NAME] ------------------------------------------- */

static void say_feature(struct gdoi_groups *groups, const struct cli_args *a,
			const struct gdoi_feature *feature, struct cli_out *o)
{
	struct gdoi_group *group;
	int i;

	for (group = groups->first; group; group = group->next) {
		for (i = 0; i < GDOI_N_ROLES; i++) {
			const struct gdoi_show_entry *role = &groups->shows[i];

			if (group->part[i] && role->ops &&
			    gdoi_group_meant(group, a))
				role->ops->feature(role->ctx, group, feature,
						   o);
		}
	}
}

/* NULL: none was typed. */
static const struct gdoi_feature *typed_feature(const struct cli_args *a)
{
	const struct gdoi_feature *feature = NULL;

	while ((feature = gdoi_feature_next(feature))) {
		if (cli_has(a, feature->name))
			break;
	}
	return feature;
}

static void show_feature(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct gdoi_feature *feature = typed_feature(a);
	struct gdoi_groups *groups = obj;

	if (!gdoi_group_known(groups, a, o))
		return;
	if (feature) {
		say_feature(groups, a, feature, o);
		return;
	}
	while ((feature = gdoi_feature_next(feature))) {
		cli_say(o, "Feature: %s\n", feature->name);
		say_feature(groups, a, feature, o);
	}
}

/* clang-format off */
static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW
			 "rekey     Rekey SAs\n"
			 "sa        Rekey SAs\n"
			 "[ detail  Details\n"
			 "]\n",
		.run = show_rekey_sa,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW
			 "feature             Versions of all group members and "
			 "key servers\n"
			 "[ ckm               CKM key generation\n"
			 "| crl-check         Registration after a new CRL\n"
			 "| cts-sgt           TrustSec tags\n"
			 "| dp-recovery       Recovery from data-plane errors\n"
			 "| gdoi-interop-ack  Acknowledgements of RFC 8263\n"
			 "| gdoi-mib          SNMP MIB of GDOI\n"
			 "| gikev2            G-IKEv2\n"
			 "| gm-removal        Removal of group members\n"
			 "| ip-d3p            IP delivery delay detection\n"
			 "| ipv6-crypto-path  IPv6 in the crypto path\n"
			 "| long-sa-lifetime  SA lifetimes of more than a day\n"
			 "| pfs               Perfect forward secrecy\n"
			 "| policy-replace    Replacement of the policy\n"
			 "| suite-b           Suite B algorithms\n"
			 "]\n",
		.run = show_feature,
		.flags = CLI_USER,
	},
};
/* clang-format on */

void gdoi_show_cli_init(struct gdoi_groups *groups)
{
	CLI_ADD(groups->cli, commands, groups);
}
