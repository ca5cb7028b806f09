/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All debugging of both roles, from the first message to a rekey and the end:
 * it speaks of every step, and never of a secret. */
#include <ctype.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "isakmp/isakmp_internal.h"
#include "ks/ks_group.h"
#include "tests/check_main.h"
#include "tests/exchange/box.h"

enum {
	WINDOW = 6, /* octets of a secret in hex that no line may have */
	SECRETS_MAX = 64,
};

static struct sim *sim;
static struct box *ks, *ce;
static struct keybuf secrets[SECRETS_MAX];
static size_t n_secrets;

static void debug_all(struct box *box)
{
	free(box_show(box, "debug crypto isakmp all-levels"));
	free(box_show(box, "debug crypto gdoi all-levels"));
}

static void set_up(void)
{
	sim = sim_new(7);
	ks = box_new(sim, "KS1", "192.168.111.111");
	ce = box_new(sim, "CE1", "192.168.11.3");
	box_make_key(ks);
	debug_all(ks);
	debug_all(ce);
	box_type(ks, ARTICLE_KS);
	n_secrets = 0;
}

static void tear_down(void)
{
	while (n_secrets)
		keybuf_free(&secrets[--n_secrets]);
	box_free(ce);
	box_free(ks);
	sim_free(sim);
}

static void secret(const void *data, size_t len)
{
	ck_assert_uint_lt(n_secrets, SECRETS_MAX);
	ck_assert_uint_ge(len, WINDOW);
	keybuf_set(&secrets[n_secrets++], data, len);
}

static void phase_1_secrets(const struct isakmp *isakmp)
{
	const struct isakmp_sa *sa = TAILQ_FIRST(&isakmp->sas);

	ck_assert_ptr_nonnull(sa);
	secret(sa->keys.skeyid, sa->keys.len);
	secret(sa->keys.d, sa->keys.len);
	secret(sa->keys.a, sa->keys.len);
	secret(sa->keys.e, sa->keys.len);
	secret(sa->keys.cipher.key, sa->keys.cipher.key_len);
}

static void private_key_secrets(void)
{
	static const char *const names[] = {
		OSSL_PKEY_PARAM_RSA_D,
		OSSL_PKEY_PARAM_RSA_FACTOR1,
		OSSL_PKEY_PARAM_RSA_FACTOR2,
	};
	EVP_PKEY *key = isakmp_keys_find(ks->keys, "MYRSAKEY");
	uint8_t data[512];
	BIGNUM *n;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		n = NULL;
		ck_assert_int_eq(EVP_PKEY_get_bn_param(key, names[i], &n), 1);
		secret(data, (size_t)BN_bn2bin(n, data));
		BN_free(n);
	}
}

static void group_secrets(void)
{
	const struct ks_group *g =
		gdoi_group_first(ks->groups)->part[GDOI_ROLE_KS];
	const struct ks_kek *kek;
	size_t i;

	for (kek = g->kek; kek; kek = kek->older)
		secret(kek->key.data, kek->key.len);
	for (i = 0; i < ce->policy->n_sas; i++) {
		secret(ce->policy->sas[i].key.data, ce->policy->sas[i].key.len);
		secret(ce->policy->sas[i].auth_key.data,
		       ce->policy->sas[i].auth_key.len);
	}
}

/* Only the hex digits of a line, in small letters. */
static char *digits(const char *text)
{
	char *out = xcalloc(strlen(text) + 1, 1);
	size_t n = 0;

	for (; *text; text++)
		if (isxdigit((unsigned char)*text))
			out[n++] = (char)tolower((unsigned char)*text);
	return out;
}

static void says_nothing(const char *line)
{
	char hex[2 * WINDOW + 1], *text = digits(line);
	size_t i, at;

	ck_assert_msg(!strstr(line, "MYGDOIPSK"), "%s", line);
	for (i = 0; i < n_secrets; i++)
		for (at = 0; at + WINDOW <= secrets[i].len; at++) {
			bytes_hex(hex, secrets[i].data + at, WINDOW);
			ck_assert_msg(!strstr(text, hex), "%s", line);
		}
	free(text);
}

START_TEST(no_line_has_a_secret)
{
	unsigned int debugged = 0;
	size_t i;

	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(10));
	phase_1_secrets(ks->isakmp);
	phase_1_secrets(ce->isakmp);
	private_key_secrets();
	group_secrets();
	free(box_show(ks, "crypto gdoi ks rekey"));
	sim_run(sim, SEC(120));
	group_secrets();
	free(box_show(ce, "clear crypto gdoi\nyes"));
	sim_run(sim, SEC(120));
	group_secrets();
	for (i = 0; i < sim_lines(sim); i++) {
		debugged += sim_line(sim, i)->debug;
		says_nothing(sim_line(sim, i)->text);
	}
	ck_assert_uint_gt(debugged, 100);
}
END_TEST

/* That the search would find what it looks for. */
START_TEST(a_line_with_a_secret_would_be_found)
{
	static const uint8_t key[] = { 0x01, 0xab, 0x02, 0xcd,
				       0x03, 0xef, 0x04, 0x05 };
	char *text = digits("key: AB02 cd03:EF04");

	ck_assert_str_eq(text, "eab02cd03ef04");
	secret(key, sizeof(key));
	free(text);
	text = xcalloc(2 * WINDOW + 1, 1);
	ck_assert_str_eq(bytes_hex(text, key + 1, WINDOW), "ab02cd03ef04");
	free(text);
}
END_TEST

START_TEST(the_steps_can_be_followed)
{
	static const char *const at_member[] = {
		"ISAKMP:(0):beginning Main Mode exchange",
		"ISAKMP:(0):sending packet to 192.168.111.111 my_port 848"
		" peer_port 848 (I) MM_NO_STATE",
		"ISAKMP:(0):received packet from 192.168.111.111 dport 848"
		" sport 848 Global (I) MM_NO_STATE",
		"ISAKMP:(0):processing SA payload. message ID = 0",
		"ISAKMP:(0):vendor ID is DPD",
		"ISAKMP:(0):     encryption AES-CBC",
		"ISAKMP:(0):     hash SHA",
		"ISAKMP:(0):atts are acceptable",
		"ISAKMP:(0):Old State = IKE_I_MM1  New State = IKE_I_MM2",
		"ISAKMP:(0):processing KE payload. message ID = 0",
		"ISAKMP:(0):SKEYID state generated",
		"ISAKMP:(1001):SA has been authenticated with 192.168.111.111",
		"ISAKMP:(1001):beginning GROUPKEY-PULL exchange, M-ID of ",
		"ISAKMP:(1001):processing KD payload. message ID = ",
		"error FALSE reason \"Done\"",
		"Global (N) GDOI_REKEY",
		"octets: GROUPKEY-PUSH exchange, message ID = 0",
	};
	static const char *const at_server[] = {
		("ISAKMP:(0):received packet from 192.168.11.3 dport 848 "
		 "sport 848 Global (N) NEW SA"),
		"Old State = IKE_R_MM4  New State = IKE_P1_COMPLETE",
		"octets: GROUPKEY-PULL exchange",
	};
	size_t i;

	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(10));
	free(box_show(ks, "crypto gdoi ks rekey"));
	sim_run(sim, SEC(60));
	for (i = 0; i < ARRAY_SIZE(at_member); i++)
		ck_assert_msg(sim_debugged(ce->node, at_member[i]), "%s",
			      at_member[i]);
	for (i = 0; i < ARRAY_SIZE(at_server); i++)
		ck_assert_msg(sim_debugged(ks->node, at_server[i]), "%s",
			      at_server[i]);
}
END_TEST

static TCase *case_debug(void)
{
	TCase *c = tcase_create("debug");

	tcase_set_timeout(c, 60);
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, no_line_has_a_secret);
	tcase_add_test(c, a_line_with_a_secret_would_be_found);
	tcase_add_test(c, the_steps_can_be_followed);
	return c;
}

RUN_CASES("debug", case_debug)
