/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "isakmp/isakmp.h"
#include "ks/ks_cli.h"
#include "ks/ks_group.h"

enum { NAMES_MAX = 1000 }; /* of one list; our choice */

struct name {
	TAILQ_ENTRY(name) entry;
	bool dn; /* of a certificate, which no member here has: kept */
	char *text;
};

struct ks_identity {
	TAILQ_ENTRY(ks_identity) entry;
	char *name, *description;
	TAILQ_HEAD(, name) names;
	size_t n;
};

static const struct cli_mode identity_mode = {
	.prompt = "config-crypto-identity",
	.heading = "Crypto identity configuration commands:",
	.exit_help = "Exit from crypto identity submode",
	.parent = &cli_mode_config,
};

static struct ks_identity *find(const struct ks *ks, const char *name)
{
	struct ks_identity *list;

	TAILQ_FOREACH (list, &ks->identities, entry)
		if (!strcmp(list->name, name))
			return list;
	return NULL;
}

static void name_free(struct ks_identity *list, struct name *name)
{
	TAILQ_REMOVE(&list->names, name, entry);
	list->n--;
	free(name->text);
	free(name);
}

static void list_free(struct ks *ks, struct ks_identity *list)
{
	while (!TAILQ_EMPTY(&list->names))
		name_free(list, TAILQ_FIRST(&list->names));
	TAILQ_REMOVE(&ks->identities, list, entry);
	free(list->name);
	free(list->description);
	free(list);
}

void ks_identities_init(struct ks *ks)
{
	TAILQ_INIT(&ks->identities);
}

void ks_identities_free(struct ks *ks)
{
	while (!TAILQ_EMPTY(&ks->identities))
		list_free(ks, TAILQ_FIRST(&ks->identities));
}

/* --- who is let in ----------------------------------------------------------- */

/* Names of hosts do not care for case. */
static bool same(const char *text, const uint8_t *data, size_t len)
{
	return strlen(text) == len &&
	       !strncasecmp(text, (const char *)data, len);
}

bool ks_identity_admits(const struct ks *ks, const char *list,
			const struct isakmp_sa *sa)
{
	const struct ks_identity *l = find(ks, list);
	const struct name *name;
	const uint8_t *data;
	size_t len;
	uint8_t type = isakmp_sa_peer_id(sa, &data, &len);

	if (!l || (type != ISAKMP_ID_FQDN && type != ISAKMP_ID_USER_FQDN))
		return false;
	TAILQ_FOREACH (name, &l->names, entry)
		if (!name->dn && same(name->text, data, len))
			return true;
	return false;
}

/* It comes from the network: nothing of it may move the cursor. */
const char *ks_identity_text(const struct isakmp_sa *sa, char *out)
{
	const struct endpoint peer = isakmp_sa_remote(sa);
	const uint8_t *data;
	size_t len, i;
	uint8_t type = isakmp_sa_peer_id(sa, &data, &len);

	if (type != ISAKMP_ID_FQDN && type != ISAKMP_ID_USER_FQDN)
		return ip_text(&peer.addr, out);
	for (i = 0; i < len && i + 1 < KS_IDENTITY_TEXT; i++)
		out[i] = data[i] > ' ' && data[i] < 0x7f ? (char)data[i] : '?';
	out[i] = '\0';
	return out;
}

/* --- crypto identity NAME ------------------------------------------------------ */

static void set_list(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct ks *ks = ctx;
	struct ks_identity *list = find(ks, cli_str(a, "name"));

	if (!list) {
		list = xcalloc(1, sizeof(*list));
		list->name = xstrdup(cli_str(a, "name"));
		TAILQ_INIT(&list->names);
		TAILQ_INSERT_TAIL(&ks->identities, list, entry);
	}
	cli_enter(o, &identity_mode, list);
}

static void no_list(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct ks *ks = ctx;
	struct ks_identity *list = find(ks, cli_str(a, "name"));

	(void)o;
	if (!list)
		return;
	cli_forget(ks->config.cli, list);
	list_free(ks, list);
}

static void write_lists(const void *ctx, struct cli_out *o)
{
	const struct ks *ks = ctx;
	const struct ks_identity *list;

	TAILQ_FOREACH (list, &ks->identities, entry) {
		cli_say(o, "crypto identity %s\n", list->name);
		cli_write_mode(o, &identity_mode, list);
		cli_say(o, "!\n");
	}
}

/* fqdn NAME, dn LINE */

static void set_name(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_identity *list = obj;
	bool dn = cli_has(a, "dn");
	const char *text = cli_str(a, "text");
	struct name *name;

	TAILQ_FOREACH (name, &list->names, entry)
		if (name->dn == dn && !strcmp(name->text, text))
			break;
	if (name && cli_is_no(a))
		name_free(list, name);
	if (name || cli_is_no(a))
		return;
	if (list->n == NAMES_MAX) {
		cli_error(o, "%% Too many names\n");
		return;
	}
	name = xcalloc(1, sizeof(*name));
	name->dn = dn;
	name->text = xstrdup(text);
	TAILQ_INSERT_TAIL(&list->names, name, entry);
	list->n++;
}

static void write_names(const void *obj, struct cli_out *o)
{
	const struct ks_identity *list = obj;
	const struct name *name;

	TAILQ_FOREACH (name, &list->names, entry)
		cli_say(o, " %s %s\n", name->dn ? "dn" : "fqdn", name->text);
}

static void set_description(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	struct ks_identity *list = obj;

	(void)o;
	ks_set_string(&list->description,
		      cli_is_no(a) ? NULL : cli_str(a, "text"));
}

static void write_description(const void *obj, struct cli_out *o)
{
	const struct ks_identity *list = obj;

	if (list->description)
		cli_say(o, " description %s\n", list->description);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "crypto    Encryption module\n"
			 "identity  Enter a crypto identity list\n"
			 "WORD$name  Name of the list\n",
		.run = set_list,
		.no = no_list,
		.write = write_lists,
		.order = CLI_O_IDENTITY,
	},
	{
		.mode = &identity_mode,
		.words = "description  Describe the list\n"
			 ".\n"
			 "LINE$text  Text\n",
		.run = set_description,
		.no = set_description,
		.write = write_description,
		.order = 10,
	},
	{
		.mode = &identity_mode,
		.words = "( fqdn  Match the name of phase 1\n"
			 "| dn  Match the name in a certificate\n"
			 ")\n"
			 "LINE$text  The name\n",
		.run = set_name,
		.no = set_name,
		.write = write_names,
		.order = 20,
	},
};

void ks_cli_identity_init(struct ks *ks)
{
	CLI_ADD(ks->config.cli, commands, ks);
}
