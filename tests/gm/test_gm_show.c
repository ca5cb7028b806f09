/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a member shows, in the words of IOS 15.4: registered with a real key
 * server and rekeyed by it, over a dataplane of the test's own. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gm/gm_member.h"
#include "ks/ks_group.h"
#include "tests/check_main.h"
#include "tests/exchange/box.h"

static struct sim *sim;
static struct box *ks, *ce;

static void set_up(void)
{
	sim = sim_new(23);
	ks = box_new(sim, "KS1", "192.168.111.111");
	ce = box_new(sim, "CE1", "192.168.11.3");
	box_make_key(ks);
	box_type(ks, ARTICLE_KS);
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(5));
}

static void tear_down(void)
{
	box_free(ce);
	box_free(ks);
	sim_free(sim);
}

static const struct gm_member *member(void)
{
	const struct gm_member *m = TAILQ_FIRST(&ce->gm->members);

	ck_assert_ptr_nonnull(m);
	return m;
}

static void rekey(void)
{
	free(box_show(ks, "crypto gdoi ks rekey"));
	sim_run(sim, SEC(31));
}

/* Takes want. */
static void shows(struct box *box, const char *command, char *want)
{
	char *got = box_show(box, command);

	ck_assert_str_eq(got, want);
	free(got);
	free(want);
}

static void shows_part(struct box *box, const char *command, const char *want)
{
	char *got = box_show(box, command);

	ck_assert_msg(strstr(got, want), "%s: %s", command, got);
	free(got);
}

static void shows_not(struct box *box, const char *command, const char *text)
{
	char *got = box_show(box, command);

	ck_assert_msg(!strstr(got, text), "%s: %s", command, got);
	free(got);
}

#define UP_TO_ATTEMPTS                                               \
	"Group Member Information For Group GDOI-GROUP1:\n"          \
	"    IPSec SA Direction       : Both\n"                      \
	"    ACL Received From KS     : "                            \
	"gdoi_group_GDOI-GROUP1_temp_acl\n"                          \
	"\n"                                                         \
	"    Group member             : 192.168.11.3    vrf: None\n" \
	"       Local addr/port       : 192.168.11.3/848\n"          \
	"       Remote addr/port      : 192.168.111.111/848\n"       \
	"       fvrf/ivrf             : None/None\n"                 \
	"       Version               : 1.0.8\n"                     \
	"       Registration status   : Registered\n"                \
	"       Registered with       : 192.168.111.111\n"           \
	"       Re-registers in       : %u sec\n"                    \
	"       Succeeded registration: 1\n"                         \
	"       Attempted registration: 1\n"

START_TEST(show_gm_before_any_rekey)
{
	shows(ce, "show crypto gdoi gm",
	      xasprintf(UP_TO_ATTEMPTS
			"       Last rekey from       : 0.0.0.0\n"
			"       Last rekey seq num    : 0\n"
			"       Unicast rekey received: 0\n"
			"       Rekey ACKs sent       : 0\n"
			"       Rekey Received        : never\n"
			"       DP Error Monitoring   : OFF\n"
			"\n",
			gm_timers_reregisters_in(member())));
}
END_TEST

START_TEST(show_gm_after_rekeys)
{
	unsigned int seq;

	rekey();
	rekey();
	seq = member()->rekey.last_seq;
	shows(ce, "sh crypto gdoi gm",
	      xasprintf(UP_TO_ATTEMPTS
			"       Last rekey from       : 192.168.111.111\n"
			"       Last rekey seq num    : %u\n"
			"       Unicast rekey received: 2\n"
			"       Rekey ACKs sent       : 2\n"
			"       Rekey Rcvd(hh:mm:ss)  : 00:00:30\n"
			"       DP Error Monitoring   : OFF\n"
			"\n",
			gm_timers_reregisters_in(member()), seq));
	shows_part(ce, "show crypto gdoi",
		   "    Rekeys received          : 2\n");
	shows_part(ce, "show crypto gdoi",
		   "    Rekeys cumulative\n"
		   "       Total received        : 2\n"
		   "       After latest register : 2\n"
		   "       Rekey Acks sents      : 2\n");
}
END_TEST

START_TEST(show_gdoi_section_kek)
{
	sim_run(sim, SEC(95));
	shows(ce, "show crypto gdoi | s KEK",
	      xstrdup("KEK POLICY:\n"
		      "    Rekey Transport Type     : Unicast\n"
		      "    Lifetime (secs)          : 86300\n"
		      "    Encrypt Algorithm        : AES\n"
		      "    Key Size                 : 128\n"
		      "    Sig Hash Algorithm       : HMAC_AUTH_SHA\n"
		      "    Sig Key Length (bits)    : 1296\n"));
}
END_TEST

#define TEK_FORM                                                 \
	"    IPsec SA:\n"                                        \
	"        spi: 0x%X(%u)\n"                                \
	"        transform: esp-aes esp-sha-hmac\n"              \
	"        sa timing:remaining key lifetime (sec): (%u)\n" \
	"        Anti-Replay(Time Based) : 5 sec interval\n"     \
	"        tag method : disabled\n"                        \
	"        alg key size: 16 (bytes)\n"                     \
	"        sig key size: 20 (bytes)\n"                     \
	"        encaps: ENCAPS_TUNNEL\n"
#define TEK_VALUES(t) (t).tek.spi, (t).tek.spi, left((t).expires)

static unsigned int left(int64_t when)
{
	return (unsigned int)((when - env_now(ce->env)) / US_PER_SEC);
}

START_TEST(show_gdoi_section_tek)
{
	const struct gm_keys *keys = &member()->keys;

	shows(ce, "show crypto gdoi | s TEK",
	      xasprintf("TEK POLICY for the current KS-Policy ACEs Downloaded:"
			"\n"
			"  Ethernet0/0:\n" TEK_FORM,
			TEK_VALUES(keys->teks[0])));
}
END_TEST

START_TEST(in_a_roll_over_the_old_tek_comes_second)
{
	const struct gm_keys *keys = &member()->keys;
	uint32_t old = keys->teks[0].tek.spi;
	char *want;

	rekey();
	ck_assert_uint_eq(keys->n_teks, 2);
	ck_assert_uint_eq(keys->teks[1].tek.spi, old);
	want = xasprintf("  Ethernet0/0:\n" TEK_FORM "\n" TEK_FORM "\n",
			 TEK_VALUES(keys->teks[0]), TEK_VALUES(keys->teks[1]));
	shows_part(ce, "show crypto gdoi", want);
	free(want);
	sim_run(sim, SEC(600));
	shows_not(ce, "show crypto gdoi | s TEK", "\n\n");
}
END_TEST

START_TEST(both_sas_stand_in_show_crypto_isakmp_sa)
{
	char *want = xasprintf(
		"IPv4 Crypto ISAKMP SA\n"
		"dst             src             state          conn-id status\n"
		"192.168.11.3    192.168.111.111 GDOI_REKEY       %5u ACTIVE\n"
		"192.168.111.111 192.168.11.3    GDOI_IDLE        %5u ACTIVE\n",
		1002, 1001);

	shows_not(ce, "show crypto isakmp sa", "GDOI_REKEY");
	box_type(ce, "service gdoi-output modern\n");
	shows(ce, "show crypto isakmp sa", want);
	box_type(ce, "no service gdoi-output modern\n");
	shows(ce, "show crypto gdoi rekey sa",
	      xstrdup("GETVPN REKEY SA\n"
		      "dst             src             conn-id         "
		      "status\n"
		      "192.168.11.3    192.168.111.111 1002            "
		      "ACTIVE\n"));
	shows_not(ks, "show crypto isakmp sa", "GDOI_REKEY");
}
END_TEST

static void hex_of(const uint8_t *data, char *out)
{
	snprintf(out, 9, "%02X%02X%02X%02X", data[0], data[1], data[2],
		 data[3]);
}

START_TEST(rekey_sas_move_down_as_rekeys_come)
{
	const struct gm_rekey_sa *sas = member()->rekey.sas;
	char mine[9], theirs[9];
	uint8_t first[16];

	memcpy(first, sas[GM_REKEY_NEW].kek.spi, sizeof(first));
	hex_of(first + 8, mine);
	hex_of(first, theirs);
	shows(ce, "show crypto gdoi gm rekey detail",
	      xasprintf("Group GDOI-GROUP1 (Unicast)\n"
			"    Number of Rekeys received (cumulative)       : 0\n"
			"    Number of Rekeys received after registration : 0\n"
			"    Number of Rekey Acks sent                    : 0\n"
			"\n"
			"Rekey (KEK) SA information :\n"
			"          dst             src             conn-id  "
			"my-cookie  his-cookie\n"
			"New     : 192.168.11.3    192.168.111.111   1002   %s"
			"   %s\n"
			"Current : ---             ---               ---    ---"
			"        ---\n"
			"Previous: ---             ---               ---    ---"
			"        ---\n"
			"\n\n",
			mine, theirs));
	rekey();
	ck_assert_mem_eq(sas[GM_REKEY_CURRENT].kek.spi, first, 16);
	shows_part(ce, "show crypto gdoi gm rekey detail | i Current", theirs);
	shows_not(ce, "show crypto gdoi gm rekey detail | i New", theirs);
	rekey();
	shows_part(ce, "show crypto gdoi gm rekey detail | i Previous", theirs);
	shows_part(ce, "show crypto gdoi gm rekey",
		   "    Number of Rekey Acks sent                    : 2\n");
}
END_TEST

START_TEST(the_database_of_rekey_sas_is_counted)
{
	char *want;

	rekey();
	rekey();
	want = xasprintf("    num_active = 2\n"
			 "    num_malloc = %u\n"
			 "    num_free = %u\n",
			 member()->rekey.made, member()->rekey.made - 3);
	ck_assert_uint_ge(member()->rekey.made, 3);
	shows_part(ce, "show crypto gdoi rekey sa detail", want);
	free(want);
	shows_part(ce, "show crypto gdoi rekey sa detail",
		   "    sig hash algorithm : enabled     sig key length    : "
		   "162\n"
		   "    sig size           : 128\n"
		   "    acknowledgement    : Cisco\n");
}
END_TEST

START_TEST(pubkey_is_the_key_of_the_key_server)
{
	char *screen = box_show(ce, "show crypto gdoi gm pubkey");
	char *own = box_show(ks, "show crypto key mypubkey rsa");
	char first[80];

	ck_assert_ptr_nonnull(strstr(screen, "  GDOI Group: GDOI-GROUP1\n"
					     "    KS IP Address: "
					     "192.168.111.111\n"
					     "    conn-id: 1002    "
					     "my-cookie:"));
	/* Its first line, as the key server shows it of its own. */
	memcpy(first, strstr(screen, "30819F30"), 71);
	first[71] = '\0';
	ck_assert_ptr_nonnull(strstr(own, "30819F30"));
	ck_assert_int_eq(strncmp(first, strstr(own, "30819F30"), 71), 0);
	free(screen);
	free(own);
	shows(ks, "show crypto gdoi gm pubkey",
	      xstrdup("  GDOI Group: GDOI-GROUP1\n"));
}
END_TEST

START_TEST(a_member_tells_its_own_features)
{
	shows(ce, "show crypto gdoi feature gm-removal",
	      xstrdup("Group Name: GDOI-GROUP1\n"
		      "    Version    Feature Supported\n"
		      "    1.0.8           Yes\n"
		      "\n"));
	shows_part(ce, "show crypto gdoi feature",
		   "Feature: ckm\n"
		   "Group Name: GDOI-GROUP1\n"
		   "    Version    Feature Supported\n"
		   "    1.0.8           No\n"
		   "\n"
		   "Feature: crl-check\n");
	shows_part(ce, "show crypto gdoi feature", "Feature: suite-b\n");
}
END_TEST

START_TEST(sender_ids_of_a_counter_mode)
{
	shows_part(ce, "show crypto gdoi gm identifier",
		   "    Transform Mode                  : Non-Counter "
		   "(Non-Suite-B)\n");
	box_type(ks, "crypto ipsec transform-set gcm esp-gcm\n"
		     "crypto ipsec profile profile1\n"
		     " set transform-set gcm\n"
		     "crypto gdoi group GDOI-GROUP1\n"
		     " server local\n"
		     "  identifier\n"
		     "   range 3 - 4\n");
	free(box_show(ce, "clear crypto gdoi\nyes"));
	free(box_show(ks, "clear crypto gdoi\nyes"));
	sim_run(sim, SEC(120));
	shows_part(ce, "show crypto gdoi gm identifier detail",
		   "    Transform Mode                  : Counter (Suite-B)\n");
	shows_part(ce, "show crypto gdoi gm identifier detail",
		   "    CURRENT SIDs:\n"
		   "      SID Length (Group Size)       : 24 bits (MEDIUM)\n"
		   "      # of SIDs                     : 1\n"
		   "      SID In-Use                    : 0x60000\n");
	shows_part(ks, "show crypto gdoi ks identifier detail",
		   "    KSSID(s) Assigned        : 3-4\n"
		   "    KSSID(s) Used            : 3\n"
		   "    KSSID(s) Used (Old)      : none\n"
		   "    Available KSSID(s)       : 4\n");
}
END_TEST

/* --- a dataplane that saw replays --------------------------------------------- */

static unsigned int cleared;

static void some_counters(void *ctx, const char *group,
			  struct ipsec_counters *out)
{
	(void)ctx;
	(void)group;
	*out = (struct ipsec_counters){ .replay_in = 1234567,
					.replay_out = 42,
					.replay_fail = 2,
					.replay_max_delta = 1250000 };
}

static size_t some_errors(void *ctx, const char *group,
			  struct ipsec_replay_error *out, size_t n)
{
	(void)ctx;
	(void)group;
	ck_assert_uint_ge(n, 1);
	/* 17 October 2016, 18:56:04.554 */
	out[0] = (struct ipsec_replay_error){
		.wall = INT64_C(1476730564554000),
		.mine = UINT64_C(512) << 32,
		.peer = (UINT64_C(500) << 32) | 0x40000000u,
	};
	ck_assert(ip_parse(&out[0].src, "192.168.12.2"));
	return 1;
}

static void note_cleared(void *ctx, const char *group)
{
	(void)ctx;
	ck_assert_str_eq(group, "GDOI-GROUP1");
	cleared++;
}

START_TEST(replay_errors_are_told)
{
	static struct dataplane_ops ops; /* lives as long as the box */

	ops = *ce->gm->config.dataplane.ops;
	ops.replay_errors = NULL;
	ce->gm->config.dataplane.ops = &ops;
	shows_part(ce, "show crypto gdoi gm replay",
		   "Anti-replay Information For Group GDOI-GROUP1:\n"
		   "  Timebased Replay:\n"
		   "    Replay Value             : ");
	shows_part(ce, "show crypto gdoi gm replay",
		   "TBAR Error History (sampled at 10pak/min):\n"
		   "    No TBAR errors detected\n");
	ops.counters = some_counters;
	ops.replay_errors = some_errors;
	shows_part(ce, "show crypto gkm gm replay",
		   "    Input Packets            : 1234567   "
		   "Output Packets           : 42\n"
		   "    Input Error Packets      : 2         "
		   "Output Error Packets     : 0\n"
		   "    Time Sync Error          : 0         "
		   "Max time delta           : 1.25 secs\n"
		   "\n"
		   "TBAR Error History (sampled at 10pak/min):\n"
		   "    18:56:04.554 UTC Mon Oct 17 2016: src=192.168.12.2; "
		   "my_pst=512.00 secs; peer_pst=500.25 secs\n");
	ops.clear_replay = NULL;
	free(box_show(ce, "clear crypto gdoi replay counter"));
	ops.clear_replay = note_cleared;
	cleared = 0;
	free(box_show(ce, "clear crypto gdoi replay counter"));
	ck_assert_uint_eq(cleared, 1);
	ops.clear_counters = note_cleared;
	free(box_show(ce, "clear crypto gdoi gm dataplane counters"));
	ck_assert_uint_eq(cleared, 2);
}
END_TEST

/* --- multicast ------------------------------------------------------------------- */

START_TEST(multicast_rekeys_have_their_own_words)
{
	box_type(ks, "ip access-list extended rekeys\n"
		     " permit udp host 192.168.111.111 eq 848"
		     " host 239.0.1.2 eq 848\n"
		     "crypto gdoi group GDOI-GROUP1\n"
		     " server local\n"
		     "  no rekey transport unicast\n"
		     "  rekey address ipv4 rekeys\n");
	free(box_show(ks, "clear crypto gdoi\nyes"));
	free(box_show(ce, "clear crypto gdoi\nyes"));
	sim_run(sim, SEC(120));
	shows_part(ce, "show crypto gdoi gm",
		   "       Multicast rekey rcvd  : 0\n"
		   "       Rekey Received        : never\n");
	shows_part(ce, "show crypto gdoi | s KEK",
		   "    Rekey Transport Type     : Multicast\n");
	rekey();
	shows_part(ce, "show crypto isakmp sa",
		   "239.0.1.2       192.168.111.111 GDOI_REKEY ");
	shows_part(ks, "show crypto isakmp sa",
		   "239.0.1.2       192.168.111.111 GDOI_REKEY ");
	shows_part(ks, "show crypto gdoi rekey sa detail",
		   "  KEK POLICY (transport type : Multicast)\n"
		   "   Local addr/port : 192.168.111.111/848\n"
		   "   Remote addr/port : 239.0.1.2/848\n");
	shows_part(ks, "show crypto gdoi ks rekey",
		   "    Multicast destination address       : 239.0.1.2\n");
}
END_TEST

static TCase *show_case(void)
{
	TCase *tc = tcase_create("show");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, show_gm_before_any_rekey);
	tcase_add_test(tc, show_gm_after_rekeys);
	tcase_add_test(tc, show_gdoi_section_kek);
	tcase_add_test(tc, show_gdoi_section_tek);
	tcase_add_test(tc, in_a_roll_over_the_old_tek_comes_second);
	tcase_add_test(tc, both_sas_stand_in_show_crypto_isakmp_sa);
	tcase_add_test(tc, rekey_sas_move_down_as_rekeys_come);
	tcase_add_test(tc, the_database_of_rekey_sas_is_counted);
	tcase_add_test(tc, pubkey_is_the_key_of_the_key_server);
	tcase_add_test(tc, a_member_tells_its_own_features);
	tcase_add_test(tc, sender_ids_of_a_counter_mode);
	tcase_add_test(tc, replay_errors_are_told);
	tcase_add_test(tc, multicast_rekeys_have_their_own_words);
	return tc;
}

RUN_CASES("gm_show", show_case)
