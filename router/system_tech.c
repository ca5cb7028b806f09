/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show tech-support: what one asks first about a router that does not do what
 * it should, without anything that is secret. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "router/system_priv.h"

enum { LINE_MAX_OCTETS = 512 };

static const char removed[] = "<removed>";

static const char *const shows[] = {
	"show running-config", /* secrets are only there */
	"show version",
	"show clock detail",
	"show processes cpu",
	"show processes memory",
	"show memory",
	"show users",
	"show interfaces",
	"show ip interface brief",
	"show ip route",
	"show arp",
	"show access-lists",
	"show crypto isakmp policy",
	"show crypto isakmp sa detail",
	"show crypto ipsec transform-set",
	"show crypto ipsec profile",
	"show crypto map",
	"show crypto gdoi",
	"show crypto gdoi ks policy",
	"show crypto gdoi ks members",
	"show crypto gdoi ks coop",
	"show crypto gdoi gm",
	"show crypto gdoi gm acl",
	"show crypto gdoi gm dataplane counters",
	"show crypto ipsec sa",
	"show platform packet-path",
	"show ip ssh",
	"show debugging",
	"show logging",
};

/* Words behind which, and behind a type of encryption, a secret stands; rest:
 * it goes to the end of the line. */
static const struct {
	const char *word;
	bool rest;
} hints[] = {
	{ "password", true },	{ "secret", true },
	{ "key-string", true }, { "key", false },
	{ "community", false }, { "authentication-key", true },
	{ "md5", true },
};

/* Lines with these words that hold no secret. */
static const char *const plain[] = {
	"crypto key", "crypto keyring", "rekey",    "service pass", "aaa ",
	"key chain",  "password enc",	"hash md5", "ip ssh",
};

static bool is_plain(const char *line)
{
	const char *text = line + strspn(line, " ");
	size_t i;

	if (!strncmp(text, "no ", 3))
		text += 3;
	for (i = 0; i < ARRAY_SIZE(plain); i++)
		if (!strncmp(text, plain[i], strlen(plain[i])))
			return true;
	return false;
}

/* Where the secret begins, NULL: there is none. */
static const char *find_secret(const char *line, bool *rest)
{
	const char *at = line, *next;
	size_t len, i;

	for (; *at; at = next) {
		at += strspn(at, " ");
		len = strcspn(at, " ");
		next = at + len;
		for (i = 0; i < ARRAY_SIZE(hints); i++) {
			if (strlen(hints[i].word) != len ||
			    strncmp(at, hints[i].word, len) || !*next)
				continue;
			*rest = hints[i].rest;
			at = next + strspn(next, " ");
			if (isdigit((unsigned char)at[0]) && at[1] == ' ')
				at += 2;
			return *at ? at : NULL;
		}
	}
	return NULL;
}

void system_redact(const char *line, char *out, size_t size)
{
	bool rest = false;
	const char *secret = is_plain(line) ? NULL : find_secret(line, &rest);
	const char *behind = "";

	if (!secret) {
		snprintf(out, size, "%s", line);
		return;
	}
	if (!rest)
		behind = secret + strcspn(secret, " ");
	snprintf(out, size, "%.*s%s%s", (int)(secret - line), line, removed,
		 behind);
}

static void say_redacted(char *text, bool config, struct cli_out *o)
{
	char *at = text, *line, clean[LINE_MAX_OCTETS];

	while ((line = strsep(&at, "\n"))) {
		if (!at && !*line)
			break;
		if (config)
			system_redact(line, clean, sizeof(clean));
		cli_say(o, "%s\n", config ? clean : line);
	}
}

static void show_tech(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;
	char *text;
	size_t i, len;

	(void)a;
	for (i = 0; i < ARRAY_SIZE(shows); i++) {
		text = cli_output_of(router->cli, shows[i]);
		len = strlen(text);
		cli_say(o, "\n------------------ %s ------------------\n\n",
			shows[i]);
		say_redacted(text, i == 0, o);
		bytes_wipe(text, len);
		free(text);
	}
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show          Show running system information\n"
			 "tech-support  Show system information for "
			 "Tech-Support\n",
		.run = show_tech,
	},
};

void system_tech_init(struct router *router)
{
	CLI_ADD(router->cli, commands, router);
}
