/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto keyring; and configuration that belongs to ISAKMP and means nothing to
 * a GETVPN router: it is kept as typed and printed where IOS prints it. */
#include "isakmp/isakmp_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "isakmp/isakmp_cli.h"

#define IDENTITY "crypto isakmp identity "

enum { KEPT_MAX = 256 }; /* lines in all, sections in all */

struct isakmp_line {
	TAILQ_ENTRY(isakmp_line) entry;
	char *text;
};

TAILQ_HEAD(lines, isakmp_line);

/* crypto keyring N, crypto isakmp profile N */
struct isakmp_section {
	TAILQ_ENTRY(isakmp_section) entry;
	const char *kind; /* "crypto keyring" */
	char *name;
	char *vrf; /* of a keyring's peers; NULL: the global table */
	struct isakmp_keyring ring;
	struct lines lines; /* that are only kept */
};

struct isakmp_kept {
	struct lines lines;
	TAILQ_HEAD(, isakmp_section) sections;
	unsigned int n;
};

static const struct cli_mode keyring_mode = {
	.prompt = "conf-keyring",
	.heading = "Keyring configuration commands:",
	.exit_help = "Exit from keyring configuration mode",
	.parent = &cli_mode_config,
};

static const struct cli_mode profile_mode = {
	.prompt = "conf-isa-prof",
	.heading = "Crypto ISAKMP Profile Commands are:",
	.exit_help = "Exit from crypto isakmp profile configuration mode",
	.parent = &cli_mode_config,
};

static void line_free(struct isakmp_kept *kept, struct lines *lines,
		      struct isakmp_line *line)
{
	TAILQ_REMOVE(lines, line, entry);
	bytes_wipe(line->text, strlen(line->text));
	free(line->text);
	free(line);
	kept->n--;
}

/* Takes text. */
static void line_put(struct isakmp_kept *kept, struct lines *lines, char *text,
		     bool add, struct cli_out *o)
{
	struct isakmp_line *line;

	TAILQ_FOREACH (line, lines, entry)
		if (!strcmp(line->text, text))
			break;
	if (line && !add)
		line_free(kept, lines, line);
	if (line || !add) {
		free(text);
		return;
	}
	if (kept->n >= KEPT_MAX) {
		cli_error(o, "%% Too many lines\n");
		free(text);
		return;
	}
	line = xcalloc(1, sizeof(*line));
	line->text = text;
	TAILQ_INSERT_TAIL(lines, line, entry);
	kept->n++;
}

/* Sections */

static struct isakmp_section *section_find(struct isakmp_kept *kept,
					   const char *kind, const char *name)
{
	struct isakmp_section *s;

	TAILQ_FOREACH (s, &kept->sections, entry)
		if (!strcmp(s->kind, kind) && !strcmp(s->name, name))
			return s;
	return NULL;
}

static struct isakmp_section *section_get(struct isakmp_kept *kept,
					  const char *kind, const char *name,
					  const char *vrf)
{
	struct isakmp_section *s = section_find(kept, kind, name);

	if (s || kept->n >= KEPT_MAX)
		return s;
	s = xcalloc(1, sizeof(*s));
	s->kind = kind;
	s->name = xstrdup(name);
	s->vrf = vrf ? xstrdup(vrf) : NULL;
	TAILQ_INIT(&s->ring);
	TAILQ_INIT(&s->lines);
	TAILQ_INSERT_TAIL(&kept->sections, s, entry);
	kept->n++;
	return s;
}

static void section_free(struct isakmp_kept *kept, struct isakmp_section *s)
{
	while (!TAILQ_EMPTY(&s->lines))
		line_free(kept, &s->lines, TAILQ_FIRST(&s->lines));
	TAILQ_REMOVE(&kept->sections, s, entry);
	free(s->name);
	free(s->vrf);
	isakmp_keyring_free(&s->ring);
	free(s);
	kept->n--;
}

static void set_section(struct isakmp *isakmp, const struct cli_args *a,
			struct cli_out *o, const char *kind,
			const struct cli_mode *mode)
{
	const char *vrf = mode == &keyring_mode ? cli_str(a, "vrf-name") : NULL;
	struct isakmp_section *s;

	s = section_get(isakmp->kept, kind, cli_str(a, "name"), vrf);
	if (s)
		cli_enter(o, mode, s);
	else
		cli_error(o, "%% Too many lines\n");
}

static void no_section(struct isakmp *isakmp, const struct cli_args *a,
		       const char *kind)
{
	struct isakmp_section *s =
		section_find(isakmp->kept, kind, cli_str(a, "name"));

	if (!s)
		return;
	cli_forget(isakmp->cli, s);
	section_free(isakmp->kept, s);
}

static void write_sections(const struct isakmp *isakmp, struct cli_out *o,
			   const char *kind, const char *why)
{
	const struct isakmp_section *s;
	const struct isakmp_line *line;
	const struct isakmp_psk *psk;

	TAILQ_FOREACH (s, &isakmp->kept->sections, entry) {
		if (strcmp(s->kind, kind))
			continue;
		cli_say(o, "%s %s%s%s\n", kind, s->name, s->vrf ? " vrf " : "",
			s->vrf ? s->vrf : "");
		cli_why(o, why);
		TAILQ_FOREACH (line, &s->lines, entry)
			cli_say(o, " %s\n", line->text);
		cli_why(o, NULL);
		TAILQ_FOREACH (psk, &s->ring, entry) {
			cli_say(o, "  pre-shared-key ");
			isakmp_key_write_peer(psk, o);
			cli_say(o, " key %s\n", psk->secret);
		}
	}
}

/* --- crypto keyring ------------------------------------------------------- */

static bool same_vrf(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* The default ring is that of the global table.  A VRF that has no name any
 * more has no keys. */
const struct isakmp_psk *isakmp_psk_for(const struct isakmp *isakmp,
					const struct endpoint *peer)
{
	const struct isakmp_psk *best = NULL, *psk;
	const struct isakmp_section *s;
	const char *vrf = NULL;

	if (!peer->vrf)
		best = isakmp_keyring_find(&isakmp->keyring, &peer->addr);
	else if (isakmp->vrf_name)
		vrf = isakmp->vrf_name(isakmp->vrf_arg, peer->vrf);
	if (!isakmp->kept || (peer->vrf && !vrf))
		return best;
	TAILQ_FOREACH (s, &isakmp->kept->sections, entry) {
		psk = same_vrf(s->vrf, vrf)
			      ? isakmp_keyring_find(&s->ring, &peer->addr)
			      : NULL;
		if (psk && (!best || psk->prefix > best->prefix))
			best = psk;
	}
	return best;
}

void isakmp_rings_say(const struct isakmp *isakmp, struct cli_out *o)
{
	const struct isakmp_section *s;
	const struct isakmp_psk *psk;

	TAILQ_FOREACH (s, &isakmp->kept->sections, entry)
		TAILQ_FOREACH (psk, &s->ring, entry)
			isakmp_key_say(s->name, psk, o);
}

static void run_key(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct isakmp_section *s = obj;

	if (cli_is_no(a))
		isakmp_key_unset(&s->ring, a, o);
	else
		isakmp_key_set(&s->ring, a, false, o);
}

static void set_keyring(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	set_section(ctx, a, o, "crypto keyring", &keyring_mode);
}

static void no_keyring(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	no_section(ctx, a, "crypto keyring");
}

static void write_keyrings(const void *ctx, struct cli_out *o)
{
	write_sections(ctx, o, "crypto keyring", "this part of keyrings");
}

static void set_profile(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	set_section(ctx, a, o, "crypto isakmp profile", &profile_mode);
}

static void no_profile(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	no_section(ctx, a, "crypto isakmp profile");
}

static void write_profiles(const void *ctx, struct cli_out *o)
{
	write_sections(ctx, o, "crypto isakmp profile", "ISAKMP profiles");
}

/* The first words of the lines inside; what follows is not looked at. */
static const char *const section_words[] = {
	"accounting",
	"ca",
	"client",
	"description",
	"keepalive",
	"keyring",
	"local-address",
	"match",
	"rsa-pubkey",
	"virtual-template",
	"pre-shared-key",
	"self-identity",
	"vrf",
	"initiate",
};

static void keep_inside(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct isakmp *isakmp = cli_ctx(o);
	struct isakmp_section *s = obj;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(section_words); i++)
		if (cli_has(a, section_words[i]))
			line_put(isakmp->kept, &s->lines,
				 xasprintf("%s %s", section_words[i],
					   cli_str(a, "rest")),
				 !cli_is_no(a), o);
}

/* Single lines */

static const char *const line_words[] = {
	"aggressive-mode",	"fragmentation", "identity",
	"invalid-spi-recovery", "nat",		 "peer",
};

/* Of these there is one at a time: a new one takes the old one's place, and
 * the no form need not say which it was. */
static bool is_single(const char *word)
{
	return !strcmp(word, "identity") || !strcmp(word, "nat");
}

static void drop_like(struct isakmp_kept *kept, const char *text)
{
	struct isakmp_line *line, *next;

	for (line = TAILQ_FIRST(&kept->lines); line; line = next) {
		next = TAILQ_NEXT(line, entry);
		if (!strncmp(line->text, text, strlen(text)))
			line_free(kept, &kept->lines, line);
	}
}

static const char *whole_identity(const char *typed)
{
	static const char *const kinds[] = { "address", "dn", "hostname" };
	size_t i;

	for (i = 0; typed && i < ARRAY_SIZE(kinds); i++)
		if (!strncmp(kinds[i], typed, strlen(typed)))
			return kinds[i];
	return typed;
}

static void keep_one(struct isakmp *isakmp, const struct cli_args *a,
		     struct cli_out *o, const char *word)
{
	struct lines *lines = &isakmp->kept->lines;
	const char *rest = cli_str(a, "rest");
	char *head = xasprintf("crypto isakmp %s", word);

	if (!strcmp(word, "identity"))
		rest = whole_identity(rest);

	if (is_single(word))
		drop_like(isakmp->kept, head);
	if (!strcmp(word, "identity"))
		isakmp->by_name =
			!cli_is_no(a) && rest && !strcmp(rest, "hostname");
	/* "identity address" is what holds anyway. */
	if (strcmp(word, "identity") || !rest || strcmp(rest, "address"))
		line_put(isakmp->kept, lines,
			 xasprintf("%s%s%s", head, rest ? " " : "",
				   rest ? rest : ""),
			 !cli_is_no(a), o);
	free(head);
}

static void keep_line(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(line_words); i++)
		if (cli_has(a, line_words[i]))
			keep_one(ctx, a, o, line_words[i]);
}

static void keep_admission(void *ctx, const struct cli_args *a,
			   struct cli_out *o)
{
	struct isakmp *isakmp = ctx;

	line_put(isakmp->kept, &isakmp->kept->lines,
		 xasprintf("crypto call admission limit ike %s",
			   cli_str(a, "rest")),
		 !cli_is_no(a), o);
}

/* Aggressive mode is not there, whatever is said. */
static const char *why(const struct isakmp *isakmp, const char *text)
{
	if (!strcmp(text, "crypto isakmp aggressive-mode disable") ||
	    (isakmp->by_name && !strncmp(text, IDENTITY, strlen(IDENTITY))))
		return NULL;
	return "this setting of ISAKMP";
}

static void write_lines(const void *ctx, struct cli_out *o)
{
	const struct isakmp *isakmp = ctx;
	const struct isakmp_line *line;

	TAILQ_FOREACH (line, &isakmp->kept->lines, entry) {
		cli_why(o, why(isakmp, line->text));
		cli_say(o, "%s\n", line->text);
	}
	cli_why(o, NULL);
}

#define INSIDE                                                           \
	"( accounting        Enable AAA accounting\n"                    \
	"| ca                Specify certificate authorities to trust\n" \
	"| client            Specify client configuration settings\n"    \
	"| description       Specify a description\n"                    \
	"| initiate          Initiate mode configuration\n"              \
	"| keepalive         Set a keepalive interval\n"                 \
	"| keyring           Specify keyring to use\n"                   \
	"| local-address     Interface or address it is bound to\n"      \
	"| match             Match values of peer\n"                     \
	"| pre-shared-key    Define a pre-shared key\n"                  \
	"| rsa-pubkey        Define a peer's RSA public key\n"           \
	"| self-identity     Specify identity to use\n"                  \
	"| virtual-template  Specify the virtual-template\n"             \
	"| vrf               Specify the VRF it is related to\n"         \
	")\n"                                                            \
	"LINE$rest  Arguments, kept as they are typed\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "crypto   Encryption module\n"
			 "keyring  Key ring commands\n"
			 "WORD$name  Name of the keyring\n"
			 "[ vrf  VRF of the keyring\n"
			 "WORD$vrf-name  Name of the VRF\n"
			 "]\n",
		.run = set_keyring,
		.no = no_keyring,
		.write = write_keyrings,
		.order = CLI_O_KEYRING,
	},
	{
		.mode = &cli_mode_config,
		.words = ISAKMP_CONFIG "profile  Define ISAKMP Profiles\n"
				       "WORD$name  ISAKMP profile name\n",
		.run = set_profile,
		.no = no_profile,
		.write = write_profiles,
		.order = CLI_O_ISAKMP + 5,
		.why = "ISAKMP profiles",
	},
	{
		.mode = &keyring_mode,
		.words =
			"pre-shared-key  Define a preshared key\n"
			"( address       Define a preshared key with IP "
			"address\n"
			"( A.B.C.D$peer  Peer IP address\n"
			"[ A.B.C.D$mask  Peer IP subnet mask\n"
			"]\n"
			"| ipv6          Define a preshared key with IPv6 "
			"address\n"
			"WORD$peer6      IPv6 address/prefix\n"
			")\n"
			"| hostname      Define a preshared key with hostname\n"
			"WORD$host       Peer hostname\n"
			")\n"
			".\n"
			"key             Preshared key\n"
			"[ 0  Specifies an UNENCRYPTED password will follow\n"
			"]\n"
			"WORD$secret     The UNENCRYPTED (cleartext) user "
			"password\n",
		.run = run_key,
		.no = run_key,
		.flags = CLI_SECRET,
	},
	{
		.mode = &keyring_mode,
		.words = INSIDE,
		.run = keep_inside,
		.no = keep_inside,
	},
	{
		.mode = &profile_mode,
		.words = INSIDE,
		.run = keep_inside,
		.no = keep_inside,
	},
	{
		.mode = &cli_mode_config,
		.words = ISAKMP_CONFIG
		"( aggressive-mode       Aggressive mode, which is"
		" never used here\n"
		"| fragmentation         IKE Fragmentation enabled if"
		" required\n"
		"| identity              Set the identity which ISAKMP"
		" will use\n"
		"| invalid-spi-recovery  Initiate IKE and send Invalid"
		" SPI Notify\n"
		"| nat                   Set a nat keepalive interval\n"
		"| peer                  Set Peer Policy\n"
		")\n"
		"[ LINE$rest  \n"
		"]\n",
		.run = keep_line,
		.no = keep_line,
		.write = write_lines,
		.order = CLI_O_ISAKMP + 4,
	},
	{
		.mode = &cli_mode_config,
		.words = "crypto  Encryption module\n"
			 "call  Configure Crypto Call Admission Control\n"
			 "admission  Configure Crypto Call Admission Control\n"
			 "limit  Configure Call Admission Control limits\n"
			 "ike  Configure Call Admission Control limits for"
			 " IKE\n"
			 "LINE$rest  Arguments, kept as they are typed\n",
		.run = keep_admission,
		.no = keep_admission,
	},
};

void isakmp_kept_cli_init(struct isakmp *isakmp)
{
	isakmp->kept = xcalloc(1, sizeof(*isakmp->kept));
	TAILQ_INIT(&isakmp->kept->lines);
	TAILQ_INIT(&isakmp->kept->sections);
	CLI_ADD(isakmp->cli, commands, isakmp);
}

void isakmp_kept_free(struct isakmp *isakmp)
{
	struct isakmp_kept *kept = isakmp->kept;

	if (!kept)
		return;
	while (!TAILQ_EMPTY(&kept->sections))
		section_free(kept, TAILQ_FIRST(&kept->sections));
	while (!TAILQ_EMPTY(&kept->lines))
		line_free(kept, &kept->lines, TAILQ_FIRST(&kept->lines));
	free(kept);
}
