/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto ipsec transform-set and the global crypto ipsec lines. */
#include "ipsec/ipsec_cli.h"

#include <stdlib.h>
#include <string.h>

static const struct cli_mode mode_set = {
	.prompt = "cfg-crypto-trans",
	.heading = "Crypto transform configuration commands:",
	.exit_help = "Exit from crypto transform configuration mode",
	.parent = &cli_mode_config,
};

/* crypto ipsec transform-set NAME transforms */

#define KEY_SIZES(p)                        \
	"[ ( 128$" p "128  128 bit keys.\n" \
	"| 192$" p "192    192 bit keys.\n" \
	"| 256$" p "256    256 bit keys.\n" \
	") ]\n"
#define AES_SIZES  KEY_SIZES("aes")
#define GCM_SIZES  KEY_SIZES("gcm")
#define GMAC_SIZES KEY_SIZES("gmac")

/* One of each kind, in any order, as IOS takes them. */
static const char set_words[] = CRYPTO_IPSEC
	"transform-set      Define transform and settings\n"
	"WORD$name          Transform set tag\n"
	".\n"
	"{ (\n"
	"ah-md5-hmac        AH-HMAC-MD5 transform\n"
	"| ah-sha-hmac      AH-HMAC-SHA transform\n"
	"| ah-sha256-hmac   AH-HMAC-SHA256 transform\n"
	"| ah-sha384-hmac   AH-HMAC-SHA384 transform\n"
	"| ah-sha512-hmac   AH-HMAC-SHA512 transform\n"
	") | (\n"
	"esp-3des           ESP transform using 3DES(EDE) cipher (168 bits)\n"
	"| esp-aes          ESP transform using AES cipher\n" AES_SIZES
	"| esp-des          ESP transform using DES cipher (56 bits)\n"
	"| esp-gcm          ESP transform using GCM cipher\n" GCM_SIZES
	"| esp-gmac         ESP transform using GMAC cipher\n" GMAC_SIZES
	"| esp-null         ESP transform w/o cipher\n"
	"| esp-seal         ESP transform using SEAL cipher (160 bits)\n"
	") | (\n"
	"esp-md5-hmac       ESP transform using HMAC-MD5 auth\n"
	"| esp-sha-hmac     ESP transform using HMAC-SHA auth\n"
	"| esp-sha256-hmac  ESP transform using HMAC-SHA256 auth\n"
	"| esp-sha384-hmac  ESP transform using HMAC-SHA384 auth\n"
	"| esp-sha512-hmac  ESP transform using HMAC-SHA512 auth\n"
	") | comp-lzs       IP Compression using the LZS algorithm\n"
	"}\n";

static const struct {
	const char *word;
	enum esp_auth auth;
} esp_auths[] = {
	{ "esp-md5-hmac", ESP_AUTH_MD5 },
	{ "esp-sha-hmac", ESP_AUTH_SHA1 },
	{ "esp-sha256-hmac", ESP_AUTH_SHA256 },
	{ "esp-sha384-hmac", ESP_AUTH_SHA384 },
	{ "esp-sha512-hmac", ESP_AUTH_SHA512 },
}, ah_auths[] = {
	{ "ah-md5-hmac", ESP_AUTH_MD5 },
	{ "ah-sha-hmac", ESP_AUTH_SHA1 },
	{ "ah-sha256-hmac", ESP_AUTH_SHA256 },
	{ "ah-sha384-hmac", ESP_AUTH_SHA384 },
	{ "ah-sha512-hmac", ESP_AUTH_SHA512 },
};

static const struct {
	const char *word, *k192, *k256; /* sizes: NULL when it has none */
	enum esp_cipher cipher;
} esp_ciphers[] = {
	{ "esp-null", NULL, NULL, ESP_NULL },
	{ "esp-des", NULL, NULL, ESP_DES_CBC },
	{ "esp-3des", NULL, NULL, ESP_3DES_CBC },
	{ "esp-aes", "aes192", "aes256", ESP_AES_CBC },
	{ "esp-gcm", "gcm192", "gcm256", ESP_AES_GCM },
	{ "esp-gmac", "gmac192", "gmac256", ESP_AES_GMAC },
};

static void read_cipher(struct ipsec_set *set, const struct cli_args *a)
{
	struct esp_transform *t = &set->transform;

	for (size_t i = 0; i < ARRAY_SIZE(esp_ciphers); i++) {
		if (!cli_has(a, esp_ciphers[i].word))
			continue;
		set->cipher = true;
		t->cipher = esp_ciphers[i].cipher;
		if (!esp_ciphers[i].k192)
			continue;
		t->key_bits = 128;
		if (cli_has(a, esp_ciphers[i].k192))
			t->key_bits = 192;
		if (cli_has(a, esp_ciphers[i].k256))
			t->key_bits = 256;
	}
	set->extra.seal = cli_has(a, "esp-seal");
}

static void read_transforms(struct ipsec_set *set, const struct cli_args *a)
{
	read_cipher(set, a);
	for (size_t i = 0; i < ARRAY_SIZE(esp_auths); i++)
		if (cli_has(a, esp_auths[i].word))
			set->transform.auth = esp_auths[i].auth;
	for (size_t i = 0; i < ARRAY_SIZE(ah_auths); i++)
		if (cli_has(a, ah_auths[i].word))
			set->extra.ah = ah_auths[i].auth;
	set->extra.lzs = cli_has(a, "comp-lzs");
}

/* What IOS refuses although each word is known; NULL: nothing. */
static const char *bad_combination(const struct ipsec_set *set)
{
	const struct esp_transform *t = &set->transform;
	const struct ipsec_extra *x = &set->extra;

	if (!set->cipher && !x->seal && t->auth == ESP_AUTH_NONE &&
	    x->ah == ESP_AUTH_NONE)
		return x->lzs ? "% Compression needs another transform"
			      : "% Incomplete command.";
	if (esp_is_aead(t) && t->auth != ESP_AUTH_NONE)
		return "% Combined mode transform cannot be used with an ESP "
		       "authentication transform";
	if (set->cipher && t->cipher == ESP_NULL && t->auth == ESP_AUTH_NONE)
		return "% esp-null needs an ESP authentication transform";
	return NULL;
}

static bool unusable(const struct ipsec_set *set)
{
	return set->extra.ah != ESP_AUTH_NONE || set->extra.lzs ||
	       set->extra.seal;
}

static void warn_unusable(const struct ipsec_set *set, struct cli_out *o)
{
	char text[IPSEC_SET_TEXT];

	if (unusable(set))
		cli_say(o,
			"WARNING: crypto engine does not support transform\n"
			" %swithin IPSec transform %s\n",
			ipsec_set_text(set, false, text), set->name);
}

static void run_set(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipsec_config *config = obj;
	struct ipsec_set *set, wanted = { 0 };
	const char *refused;

	read_transforms(&wanted, a);
	refused = bad_combination(&wanted);
	if (refused) {
		cli_error(o, "%s\n", refused);
		return;
	}
	set = ipsec_set_get(config, cli_str(a, "name"));
	wanted.transform.transport = set->transform.transport;
	set->transform = wanted.transform;
	set->cipher = wanted.cipher;
	set->extra = wanted.extra;
	warn_unusable(set, o);
	cli_enter(o, &mode_set, set);
	ipsec_config_changed(config);
}

static void no_set(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipsec_config *config = obj;
	struct ipsec_set *set = ipsec_set_find(config, cli_str(a, "name"));

	if (!set) {
		cli_error(o, "%% Transform set %s does not exist\n",
			  cli_str(a, "name"));
		return;
	}
	ipsec_set_remove(config, set);
	ipsec_config_changed(config);
}

static void write_sets(const void *obj, struct cli_out *o)
{
	const struct ipsec_config *config = obj;
	const struct ipsec_set *set;
	char text[IPSEC_SET_TEXT];

	TAILQ_FOREACH (set, &config->sets, link) {
		cli_why(o, unusable(set) ? "this transform" : NULL);
		cli_say(o, "crypto ipsec transform-set %s %s\n", set->name,
			ipsec_set_text(set, false, text));
		cli_write_mode(o, &mode_set, set);
		cli_why(o, NULL);
	}
}

/* mode tunnel | transport [require] */

static void run_mode(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipsec_set *set = obj;

	(void)o;
	set->transform.transport = !cli_is_no(a) && cli_has(a, "transport");
	set->transport_require = !cli_is_no(a) && cli_has(a, "require");
}

static void write_mode(const void *obj, struct cli_out *o)
{
	const struct ipsec_set *set = obj;

	cli_say(o, " mode %s%s\n",
		set->transform.transport ? "transport" : "tunnel",
		set->transport_require ? " require" : "");
}

static const struct cli_cmd set_commands[] = {
	{
		.mode = &mode_set,
		.words = "mode           encapsulation mode "
			 "(transport/tunnel)\n"
			 ".\n"
			 "( tunnel       tunnel (datagram encapsulation) mode\n"
			 "| transport    transport (payload encapsulation) "
			 "mode\n"
			 "[ require      Accept transport mode only\n"
			 "] )\n",
		.run = run_mode,
		.no = run_mode,
		.write = write_mode,
	},
};

/* crypto ipsec security-association ... */

static void run_sa(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipsec_config *config = obj;

	(void)o;
	ipsec_sa_option_set(&config->sa, a);
	ipsec_config_changed(config);
}

static void write_global(const void *obj, struct cli_out *o)
{
	const struct ipsec_config *config = obj;

	ipsec_sa_options_write(&config->sa, o,
			       "crypto ipsec security-association");
	mtu_write_global(config, o);
	cli_why(o, IPSEC_TUNNELS);
	if (config->optional)
		cli_say(o, "crypto ipsec optional\n");
	if (config->optional_retry)
		cli_say(o, "crypto ipsec optional retry %u\n",
			config->optional_retry);
	cli_why(o, NULL);
}

/* crypto ipsec optional */

static void run_optional(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipsec_config *config = obj;

	(void)o;
	if (cli_has(a, "retry"))
		config->optional_retry = cli_is_no(a) ? 0 : cli_u32(a, "s");
	else
		config->optional = !cli_is_no(a);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = set_words,
		.run = run_set,
		.no = no_set,
		.write = write_sets,
		.order = CLI_O_IPSEC + 1,
	},
	{
		.mode = &cli_mode_config,
		.words = CRYPTO_IPSEC IPSEC_SA_OPTIONS,
		.run = run_sa,
		.no = run_sa,
		.write = write_global,
		.order = CLI_O_IPSEC,
	},
	{
		.mode = &cli_mode_config,
		.words = CRYPTO_IPSEC
		"optional           Enable optional encryption for IPSec\n"
		"[ retry            Retry encryption after sending clear\n"
		"<60-86400>$s       Seconds\n"
		"]\n",
		.run = run_optional,
		.no = run_optional,
	},
};

void ipsec_config_cli_init(struct ipsec_config *config, struct cli *cli)
{
	config->cli = cli;
	CLI_ADD(cli, commands, config);
	CLI_ADD(cli, set_commands, config);
	mtu_cli_init(config, cli);
	ipsec_profile_cli_init(config, cli);
	ipsec_show_init(config, cli);
}
