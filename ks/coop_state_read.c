/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading another key server's keys: nothing of it is believed before all of it
 * has been looked at. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_ack.h"
#include "gdoi/gdoi_sak.h"
#include "ks/coop_state_priv.h"

enum { SPI_RESERVED = 256 }; /* RFC 4303 2.1: 0 to 255 */

struct reading {
	const struct ks_group *g;
	struct rd r;
	int64_t offset, now;
	struct coop_state *state;
	uint32_t *spis; /* of all TEKs */
	size_t n_spis;
};

static const char malformed[] = "the keys are malformed";

/* By our clock.  Transport makes times later; a sender that says it of the
 * future is not believed. */
static bool read_time(struct reading *x, int64_t *out)
{
	const int64_t age = SEC(INT64_C(10) * COOP_STATE_LIFE_MAX);
	int64_t t = (int64_t)rd_u64(&x->r);

	if (x->r.bad || __builtin_add_overflow(t, x->offset, out) ||
	    *out > x->now + SEC(COOP_STATE_CLOCK_SLACK) || *out < x->now - age)
		return false;
	if (*out > x->now)
		*out = x->now;
	return true;
}

static const char *read_life(struct reading *x, struct ks_life *life)
{
	if (!read_time(x, &life->born))
		return "a key was not made when it is said";
	life->seconds = rd_u32(&x->r);
	life->override = rd_u32(&x->r);
	if (!life->seconds || life->seconds > COOP_STATE_LIFE_MAX ||
	    life->override > life->seconds)
		return "a key has no life that it may have";
	if (!life->override)
		return rd_u64(&x->r) ? malformed : NULL;
	if (!read_time(x, &life->cut_at) || life->cut_at < life->born)
		return "a life was not cut when it is said";
	return NULL;
}

static bool read_bool(struct reading *x, bool *out)
{
	uint8_t v = rd_u8(&x->r);

	*out = v;
	return !x->r.bad && v <= 1;
}

static bool read_key(struct reading *x, struct keybuf *out, size_t len)
{
	const uint8_t *p = rd_bytes(&x->r, len);

	if (p)
		keybuf_set(out, p, len);
	return p;
}

/* --- KEKs -------------------------------------------------------------------- */

static bool zero(const uint8_t *p, size_t n)
{
	while (n--)
		if (*p++)
			return false;
	return true;
}

static bool kek_sizes(const struct ks_kek *kek)
{
	switch (kek->cipher) {
	case GDOI_KEK_DES:
	case GDOI_KEK_3DES:
		return kek->key_bits == ks_kek_bits(kek->cipher, 0);
	case GDOI_KEK_AES:
		return kek->key_bits == 128 || kek->key_bits == 192 ||
		       kek->key_bits == 256;
	}
	return false;
}

static void sign_with(struct ks_kek *kek, EVP_PKEY *pair, const char *label)
{
	EVP_PKEY_up_ref(pair);
	kek->signer = pair;
	ks_set_string(&kek->signer_label, label);
}

/* Our pair with this public key: the one of now, or one that signs for an
 * older KEK. */
static void find_signer(const struct ks_group *g, struct ks_kek *kek,
			const uint8_t wanted[COOP_FINGERPRINT])
{
	uint8_t fingerprint[COOP_FINGERPRINT];
	const struct ks_kek *own;
	EVP_PKEY *pair = NULL;

	if (g->rekey.key_label && g->ks->config.keys)
		pair = isakmp_keys_find(g->ks->config.keys, g->rekey.key_label);
	coop_state_fingerprint(pair, fingerprint);
	if (pair && bytes_equal(fingerprint, wanted, COOP_FINGERPRINT)) {
		sign_with(kek, pair, g->rekey.key_label);
		return;
	}
	for (own = g->kek; own && !kek->signer; own = own->older) {
		if (!own->signer ||
		    memcmp(own->spi, kek->spi, sizeof(kek->spi)) != 0)
			continue;
		coop_state_fingerprint(own->signer, fingerprint);
		if (bytes_equal(fingerprint, wanted, COOP_FINGERPRINT))
			sign_with(kek, own->signer, own->signer_label);
	}
}

static const char *read_destination(struct reading *x, struct ks_kek *kek)
{
	uint32_t addr;

	if (!read_bool(x, &kek->unicast))
		return malformed;
	addr = rd_u32(&x->r);
	kek->dst.port = rd_u16(&x->r);
	if (!addr)
		return kek->dst.port ? malformed : NULL;
	kek->dst.addr = ip_v4(addr);
	if (kek->unicast || !kek->dst.port || !ip_is_multicast(&kek->dst.addr))
		return "the destination of rekeys cannot be";
	return NULL;
}

static bool read_acks(struct reading *x, struct ks_kek *kek)
{
	size_t i;

	rd_copy(&x->r, kek->ack, sizeof(kek->ack));
	for (i = 0; i < sizeof(kek->ack); i++) {
		if (kek->ack[i] && !gdoi_ack_supported(kek->ack[i]))
			return false;
	}
	return !x->r.bad;
}

static bool known_kek(const struct coop_state *state, const struct ks_kek *kek)
{
	return ks_kek_find_spi(state->kek, kek->spi) ||
	       ks_kek_find(state->kek, kek->number);
}

static const char *read_kek_keys(struct reading *x, struct ks_kek *kek)
{
	kek->number = rd_u32(&x->r);
	rd_copy(&x->r, kek->spi, sizeof(kek->spi));
	kek->cipher = rd_u8(&x->r);
	kek->key_bits = rd_u16(&x->r);
	if (x->r.bad || !kek->number || zero(kek->spi, 8) ||
	    zero(kek->spi + 8, 8) || known_kek(x->state, kek))
		return "a KEK has no number or SPI of its own";
	if (!kek_sizes(kek))
		return "the cipher of a KEK is none of ours";
	if (!read_key(x, &kek->iv, gdoi_kek_iv_size(kek->cipher)) ||
	    !read_key(x, &kek->key, kek->key_bits / 8))
		return malformed;
	return NULL;
}

static const char *read_kek(struct reading *x, struct ks_kek *kek)
{
	uint8_t fingerprint[COOP_FINGERPRINT];
	const char *why = read_kek_keys(x, kek);

	if (!why)
		why = read_life(x, &kek->life);
	if (why)
		return why;
	kek->seq = rd_u32(&x->r);
	kek->sig_hash = rd_u8(&x->r);
	if (kek->sig_hash < GDOI_SIG_MD5 || kek->sig_hash > GDOI_SIG_SHA512)
		return "the hash of signatures is none of ours";
	rd_copy(&x->r, fingerprint, sizeof(fingerprint));
	why = read_destination(x, kek);
	if (why)
		return why;
	if (!read_acks(x, kek))
		return malformed;
	find_signer(x->g, kek, fingerprint);
	x->state->unsigned_keks |= !kek->signer;
	return NULL;
}

static const char *read_keks(struct reading *x)
{
	struct ks_kek **last = &x->state->kek;
	uint16_t n = rd_u16(&x->r);

	if (x->r.bad || n > COOP_STATE_KEKS)
		return "there are too many KEKs";
	while (n--) {
		struct ks_kek *kek = xcalloc(1, sizeof(*kek));
		const char *why = read_kek(x, kek);

		if (why) {
			ks_kek_free(kek);
			return why;
		}
		*last = kek;
		last = &kek->older;
		x->state->n_keks++;
	}
	return NULL;
}

/* --- TEKs ---------------------------------------------------------------------- */

static bool read_port(struct reading *x, struct ace_port *port)
{
	port->op = rd_u8(&x->r);
	port->lo = rd_u16(&x->r);
	return port->op == ACE_EQ || (port->op == ACE_ANY && !port->lo);
}

/* Of the family that it has already. */
static void read_addr(struct reading *x, struct ip_addr *addr)
{
	rd_copy(&x->r, addr->b, ip_size(addr));
}

/* A group's entries are all of its own family. */
static bool read_ace(struct reading *x, struct ace *ace)
{
	uint8_t flags = rd_u8(&x->r);
	bool ipv6 = flags & ACE_F_IPV6;

	if (ipv6)
		ace_init6(ace);
	else
		ace_init(ace);
	ace->permit = flags & ACE_F_PERMIT;
	ace->log = flags & ACE_F_LOG;
	ace->log_input = flags & ACE_F_LOG_INPUT;
	ace->protocol = rd_u8(&x->r);
	read_addr(x, &ace->src);
	read_addr(x, &ace->src_wild);
	read_addr(x, &ace->dst);
	read_addr(x, &ace->dst_wild);
	return ipv6 == x->g->group->ipv6 && read_port(x, &ace->sport) &&
	       read_port(x, &ace->dport) && !x->r.bad &&
	       !(flags & ~ACE_F_ALL) && !gdoi_ace_unsupported(ace);
}

static const char *read_tek(struct reading *x, struct ks_tek_set *set)
{
	struct ks_tek *tek = &set->teks[set->n];

	*tek = (struct ks_tek){ .spi = rd_u32(&x->r) };
	set->n++; /* from here on it is freed with the set */
	if (x->r.bad || tek->spi < SPI_RESERVED)
		return "a TEK has no SPI that it may have";
	if (!read_key(x, &tek->key, esp_key_size(&set->transform)) ||
	    !read_key(x, &tek->auth_key, esp_auth_key_size(&set->transform)) ||
	    !read_bool(x, &tek->per_ace))
		return malformed;
	if (tek->per_ace && (!read_ace(x, &tek->ace) || !tek->ace.permit))
		return "the entry of a TEK is none that can be given";
	if (x->n_spis == COOP_STATE_ALL_TEKS)
		return "there are too many TEKs";
	x->spis = xrealloc(x->spis, x->n_spis + 1, sizeof(*x->spis));
	x->spis[x->n_spis++] = tek->spi;
	return NULL;
}

static bool read_transform(struct reading *x, struct esp_transform *t)
{
	uint8_t cipher = rd_u8(&x->r), auth;

	t->key_bits = rd_u16(&x->r);
	auth = rd_u8(&x->r);
	if (!read_bool(x, &t->transport) || cipher > ESP_AES_GMAC ||
	    auth > ESP_AUTH_SHA512)
		return false;
	t->cipher = cipher;
	t->auth = auth;
	return esp_transform_valid(t);
}

static const char *read_set(struct reading *x, struct ks_tek_set *set)
{
	const char *why = NULL;
	uint16_t n;

	if (!read_transform(x, &set->transform))
		return "a transform is none of ours";
	why = read_life(x, &set->life);
	if (why)
		return why;
	n = rd_u16(&x->r);
	if (x->r.bad || n > COOP_STATE_TEKS)
		return "there are too many TEKs";
	set->teks = xcalloc(n + 1u, sizeof(*set->teks));
	while (n-- && !why)
		why = read_tek(x, set);
	return why;
}

static const char *read_given(struct reading *x, struct coop_state_sa *sa)
{
	uint16_t n = rd_u16(&x->r);
	size_t permits = 0;

	if (x->r.bad || n > KS_MAX_ENTRIES)
		return "there are too many entries";
	sa->given = n ? xcalloc(n, sizeof(*sa->given)) : NULL;
	for (; sa->n_given < n; sa->n_given++) {
		if (!read_ace(x, &sa->given[sa->n_given]))
			return "an entry is none that can be given";
		permits += sa->given[sa->n_given].permit;
	}
	return permits > KS_MAX_PERMITS ? "there are too many entries" : NULL;
}

static const char *read_sets(struct reading *x, struct coop_state_sa *sa)
{
	uint16_t n = rd_u16(&x->r);
	const char *why = NULL;

	if (x->r.bad || n > COOP_STATE_SETS)
		return "there are too many TEKs";
	while (n-- && !why) {
		struct ks_tek_set *set = xcalloc(1, sizeof(*set));

		set->told = true;

		why = read_set(x, set);
		TAILQ_INSERT_TAIL(&sa->sets, set, entry);
	}
	return why;
}

static const char *read_sa(struct reading *x, struct coop_state_sa *sa)
{
	const char *why;

	sa->number = rd_u32(&x->r);
	sa->replay = rd_u8(&x->r);
	sa->window = rd_u32(&x->r);
	/* In the order of their numbers, so none comes twice. */
	if (x->r.bad || sa->replay > KS_REPLAY_NONE ||
	    sa->window > UINT16_MAX ||
	    (x->state->n_sas > 1 && sa->number <= sa[-1].number))
		return "an SA is malformed";
	why = read_given(x, sa);
	return why ? why : read_sets(x, sa);
}

static const char *read_sas(struct reading *x)
{
	struct coop_state *state = x->state;
	uint16_t n = rd_u16(&x->r);
	const char *why = NULL;

	if (x->r.bad || n > KS_MAX_SAS)
		return "there are too many SAs";
	state->sas = xcalloc(n + 1u, sizeof(*state->sas));
	while (n-- && !why) {
		struct coop_state_sa *sa = &state->sas[state->n_sas++];

		TAILQ_INIT(&sa->sets);
		why = read_sa(x, sa);
	}
	return why;
}

static int compare_spi(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool spis_differ(struct reading *x)
{
	size_t i;

	if (x->n_spis)
		qsort(x->spis, x->n_spis, sizeof(*x->spis), compare_spi);
	for (i = 1; i < x->n_spis; i++) {
		if (x->spis[i] == x->spis[i - 1])
			return false;
	}
	return true;
}

/* --- all of it ------------------------------------------------------------------- */

static const char *read_policy(struct reading *x)
{
	uint32_t len = rd_u32(&x->r);
	const uint8_t *text;

	if (x->r.bad || len > COOP_STATE_POLICY)
		return "the policy is too long";
	text = rd_bytes(&x->r, len);
	if (!text || (len && memchr(text, '\0', len)))
		return malformed;
	if (!len)
		return NULL;
	x->state->policy_given = xcalloc(1, len + 1);
	memcpy(x->state->policy_given, text, len);
	return NULL;
}

/* Of no account where there are no keys; then it may be any time. */
static int64_t read_synced_at(struct reading *x)
{
	int64_t t = (int64_t)rd_u64(&x->r);

	if (__builtin_add_overflow(t, x->offset, &t) || t > x->now)
		return x->now;
	return t;
}

/* Whoever drops a key says when it would have ended: not later than any. */
static const char *read_lost(struct reading *x)
{
	const int64_t last = x->now + SEC(COOP_STATE_LIFE_MAX);
	size_t n = rd_u16(&x->r), i;

	if (n > COOP_STATE_LOST)
		return "too many KEKs were dropped";
	for (i = 0; i < n; i++) {
		struct coop_drop *d = &x->state->lost[i];
		int64_t end;

		d->is_kek = true;
		d->spi = rd_u32(&x->r);
		d->seq = rd_u32(&x->r);
		end = (int64_t)rd_u64(&x->r);
		if (x->r.bad || __builtin_add_overflow(end, x->offset, &d->end))
			return malformed;
		if (d->end > last)
			d->end = last;
	}
	x->state->n_lost = n;
	return NULL;
}

static const char *read_all(struct reading *x)
{
	const char *why;

	x->state->keks_made = rd_u32(&x->r);
	x->state->synced_at = read_synced_at(x);
	why = read_keks(x);
	if (!why)
		why = read_sas(x);
	if (!why)
		why = read_policy(x);
	if (!why)
		why = read_lost(x);
	if (!why && !rd_done(&x->r))
		why = "there is more than keys";
	if (!why && !spis_differ(x))
		why = "two TEKs have one SPI";
	return why;
}

struct coop_state *coop_state_read(const struct ks_group *g, struct rd octets,
				   int64_t offset, const char **why)
{
	struct reading x = {
		.g = g,
		.r = octets,
		.offset = offset,
		.now = env_now(g->ks->env),
		.state = xcalloc(1, sizeof(*x.state)),
	};

	*why = read_all(&x);
	free(x.spis);
	if (!*why)
		return x.state;
	coop_state_free(x.state);
	return NULL;
}
