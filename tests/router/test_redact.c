/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show tech-support hides what is secret in a configuration. */
#include <string.h>

#include "base/mem.h"
#include "router/system_priv.h"
#include "tests/check_main.h"

static const struct {
	const char *line, *expected;
} lines[] = {
	{ "enable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0",
	  "enable secret 5 <removed>" },
	{ "enable secret level 5 9 $9$x$y", "enable secret <removed>" },
	{ "enable password two words", "enable password <removed>" },
	{ "username joe privilege 15 secret 8 $8$x$y",
	  "username joe privilege 15 secret 8 <removed>" },
	{ "username joe password 0 pass word",
	  "username joe password 0 <removed>" },
	{ " password 7 02050D480809", " password 7 <removed>" },
	{ "crypto isakmp key TOP address 10.0.0.1",
	  "crypto isakmp key <removed> address 10.0.0.1" },
	{ "crypto isakmp key 6 TOP address 10.0.0.1",
	  "crypto isakmp key 6 <removed> address 10.0.0.1" },
	{ "  pre-shared-key address 0.0.0.0 0.0.0.0 key TOP",
	  "  pre-shared-key address 0.0.0.0 0.0.0.0 key <removed>" },
	{ "snmp-server community TOP RO",
	  "snmp-server community <removed> RO" },
	{ " neighbor 10.0.0.1 password TOP",
	  " neighbor 10.0.0.1 password <removed>" },
	{ " ip ospf message-digest-key 1 md5 TOP",
	  " ip ospf message-digest-key 1 md5 <removed>" },
	{ " key-string 7 02050D480809", " key-string 7 <removed>" },
	/* Nothing is hidden here. */
	{ "service password-encryption", "service password-encryption" },
	{ "no service password-encryption", "no service password-encryption" },
	{ "hostname secret", "hostname secret" },
	{ " hash md5", " hash md5" },
	{ "crypto keyring K", "crypto keyring K" },
	{ "  rekey authentication mypubkey rsa K",
	  "  rekey authentication mypubkey rsa K" },
};

START_TEST(a_line_is_shown_without_its_secret)
{
	char out[256];

	system_redact(lines[_i].line, out, sizeof(out));
	ck_assert_str_eq(out, lines[_i].expected);
}
END_TEST

static TCase *redact(void)
{
	TCase *tc = tcase_create("redact");

	tcase_add_loop_test(tc, a_line_is_shown_without_its_secret, 0,
			    (int)ARRAY_SIZE(lines));
	return tc;
}

RUN_CASES("redact", redact)
