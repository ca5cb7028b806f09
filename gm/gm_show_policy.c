/* SPDX-License-Identifier: GPL-3.0-or-later */
/* KEK POLICY and TEK POLICY of show crypto gdoi. */
#include "gm/gm_show.h"

/* --- the rekey SA --------------------------------------------------------------- */

static const char *sig_hash_text(enum gdoi_sig_hash hash)
{
	switch (hash) {
	case GDOI_SIG_MD5:
		return "HMAC_AUTH_MD5";
	case GDOI_SIG_SHA256:
		return "HMAC_AUTH_SHA256";
	case GDOI_SIG_SHA384:
		return "HMAC_AUTH_SHA384";
	case GDOI_SIG_SHA512:
		return "HMAC_AUTH_SHA512";
	case GDOI_SIG_SHA1:
		break;
	}
	return "HMAC_AUTH_SHA";
}

static bool transport(const void *obj, char *out)
{
	return gdoi_value(out, "%s", gdoi_transport_text(gm_show_unicast(obj)));
}

static bool kek_lifetime(const void *obj, char *out)
{
	const struct gm_member *m = obj;

	return gdoi_value(out, "%u",
			  gm_show_left(m, gm_show_rekey_sa(m)->expires));
}

static bool kek_cipher(const void *obj, char *out)
{
	return gdoi_value(
		out, "%s",
		gdoi_kek_cipher_text(gm_show_rekey_sa(obj)->kek.cipher));
}

static bool kek_size(const void *obj, char *out)
{
	return gdoi_value(out, "%u", gm_show_rekey_sa(obj)->kek.key_bits);
}

static bool sig_hash(const void *obj, char *out)
{
	return gdoi_value(out, "%s",
			  sig_hash_text(gm_show_rekey_sa(obj)->kek.sig_hash));
}

/* IOS measures the DER form of the public key, not its modulus. */
static bool sig_length(const void *obj, char *out)
{
	return gdoi_value(out, "%zu",
			  8 * gm_show_rekey_sa(obj)->kek.pubkey.len);
}

static const struct gdoi_line kek_lines[] = {
	GDOI_EMPTY_LINE,
	GDOI_LINE(ALL, 0, "KEK POLICY:", NULL),
	GDOI_LINE(ALL, 4, "Rekey Transport Type", transport),
	GDOI_LINE(ALL, 4, "Lifetime (secs)", kek_lifetime),
	GDOI_LINE(ALL, 4, "Encrypt Algorithm", kek_cipher),
	GDOI_LINE(ALL, 4, "Key Size", kek_size),
	GDOI_LINE(ALL, 4, "Sig Hash Algorithm", sig_hash),
	GDOI_LINE(ALL, 4, "Sig Key Length (bits)", sig_length),
};

/* --- the data SAs ----------------------------------------------------------------- */

static void say_replay(const struct gm_tek *t, struct cli_out *o)
{
	if (t->replay == IPSEC_REPLAY_TIME)
		cli_say(o,
			"        Anti-Replay(Time Based) : %u sec interval\n",
			t->window);
	else if (t->replay == IPSEC_REPLAY_COUNTER)
		cli_say(o, "        Anti-Replay(Counter Based) : %u\n",
			t->window);
	else
		cli_say(o, "        Anti-Replay : Disabled\n");
}

static void say_tek(const struct gm_member *m, const struct gm_tek *t,
		    struct cli_out *o)
{
	char text[ESP_TRANSFORM_TEXT];

	cli_say(o, "    IPsec SA:\n");
	cli_say(o, "        spi: 0x%X(%u)\n", t->tek.spi, t->tek.spi);
	cli_say(o, "        transform: %s\n",
		esp_transform_text(&t->tek.transform, text));
	cli_say(o, "        sa timing:remaining key lifetime (sec): (%u)\n",
		gm_show_left(m, t->expires));
	say_replay(t, o);
	/* Tags are none of a policy that it would accept. */
	cli_say(o, "        tag method : disabled\n");
	cli_say(o, "        alg key size: %u (bytes)\n",
		(unsigned int)esp_key_size(&t->tek.transform));
	cli_say(o, "        sig key size: %u (bytes)\n",
		(unsigned int)esp_auth_key_size(&t->tek.transform));
	cli_say(o, "        encaps: %s\n",
		t->tek.transform.transport ? "ENCAPS_TRANSPORT"
					   : "ENCAPS_TUNNEL");
}

/* During a roll-over the old one comes second, after an empty line. */
static void say_teks(const struct gm_member *m, struct cli_out *o)
{
	bool first = true;
	size_t i;

	cli_say(o, "\nTEK POLICY for the current KS-Policy ACEs"
		   " Downloaded:\n");
	cli_say(o, "  %s:\n", m->ifname);
	for (i = 0; i < m->keys.n_teks; i++) {
		if (!gm_show_left(m, m->keys.teks[i].expires))
			continue;
		if (!first)
			cli_say(o, "\n");
		say_tek(m, &m->keys.teks[i], o);
		first = false;
	}
}

/* --- pairwise keys ------------------------------------------------------------------ */

static bool own_address(const void *obj, char *out)
{
	const struct gm_member *m = obj;
	char text[IP_ADDR_TEXT];

	return gdoi_value(out, "local_addr %s", ip_text(&m->local, text));
}

enum { PAIRWISE_COLUMN = 8 };

static const struct gdoi_line pairwise_lines[] = {
	GDOI_LINE(XE_17, 0, "", NULL),
	GDOI_LINE(XE_17, 0, "", NULL),
	GDOI_LINE(XE_17, 0, "KGS POLICY:", NULL),
	GDOI_LINE_AT(XE_17, 2, "REG_GM", own_address, PAIRWISE_COLUMN),
	GDOI_LINE(XE_17, 0, "", NULL),
	GDOI_LINE(XE_17, 0, "P2P POLICY:", NULL),
	GDOI_LINE_AT(XE_17, 2, "REG_GM", own_address, PAIRWISE_COLUMN),
};

void gm_show_policy(const struct gm_member *m, struct cli_out *o)
{
	bool modern = gm_show_modern(m->gm);

	if (gm_show_rekey_sa(m))
		GDOI_SAY_LINES(o, kek_lines, modern, m);
	if (!m->keys.policy)
		return;
	say_teks(m, o);
	GDOI_SAY_LINES(o, pairwise_lines, modern, m);
}
