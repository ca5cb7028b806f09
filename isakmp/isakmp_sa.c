/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a phase-1 SA. */
#include "isakmp/isakmp_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* RFC 3706 5.1 */
static const uint8_t dpd_vendor_id[] = {
	0xaf, 0xca, 0xd7, 0x13, 0x68, 0xa1, 0xf1, 0xc9,
	0x6b, 0x86, 0x96, 0xfc, 0x77, 0x57, 0x01, 0x00,
};

/* Addresses are the sender's choice, so the key is ours. */
static struct isakmp_bucket *bucket(struct isakmp *isakmp,
				    struct isakmp_bucket *table,
				    const uint8_t *data, size_t len)
{
	uint32_t h = isakmp->bucket_key;

	while (len--)
		h = (h ^ *data++) * 0x01000193;
	return &table[(h ^ h >> 16) % BUCKETS];
}

struct isakmp_bucket *isakmp_peer_bucket(struct isakmp *isakmp,
					 const struct ip_addr *peer)
{
	return bucket(isakmp, isakmp->by_peer, peer->b, sizeof(peer->b));
}

struct isakmp_sa *isakmp_sa_new(struct isakmp *isakmp, bool initiator,
				const struct endpoint *local,
				const struct endpoint *remote,
				const uint8_t *icookie, const uint8_t *rcookie)
{
	struct isakmp_sa *sa = xcalloc(1, sizeof(*sa));
	const uint8_t *own = initiator ? sa->icookie : sa->rcookie;

	sa->isakmp = isakmp;
	sa->initiator = initiator;
	sa->state = initiator ? MM_OFFERED : MM_R_ANSWERED;
	sa->local = *local;
	sa->remote = *remote;
	memcpy(sa->icookie, icookie, ISAKMP_COOKIE);
	if (rcookie)
		memcpy(sa->rcookie, rcookie, ISAKMP_COOKIE);
	sa->created = env_now(isakmp->env);
	sa->refs = 1;
	sa->neg = xcalloc(1, sizeof(*sa->neg));
	TAILQ_INIT(&sa->exchanges);
	TAILQ_INIT(&sa->connects);
	TAILQ_INSERT_TAIL(&isakmp->sas, sa, entry);
	LIST_INSERT_HEAD(bucket(isakmp, isakmp->by_cookie, own, ISAKMP_COOKIE),
			 sa, by_cookie);
	LIST_INSERT_HEAD(isakmp_peer_bucket(isakmp, &remote->addr), sa,
			 by_peer);
	if (!initiator) {
		TAILQ_INSERT_TAIL(&isakmp->half_open, sa, half_open);
		isakmp->n_half_open++;
	}
	return sa;
}

static bool is_its(const struct isakmp_sa *sa, bool initiator,
		   const struct endpoint *local, const struct endpoint *remote,
		   const uint8_t *icookie, const uint8_t *rcookie)
{
	bool know_rcookie = !initiator || sa->state != MM_OFFERED;

	return sa->initiator == initiator &&
	       !memcmp(sa->icookie, icookie, ISAKMP_COOKIE) &&
	       (!know_rcookie ||
		!memcmp(sa->rcookie, rcookie, ISAKMP_COOKIE)) &&
	       endpoint_equal(&sa->local, local) &&
	       endpoint_equal(&sa->remote, remote);
}

struct isakmp_sa *isakmp_sa_find(struct isakmp *isakmp,
				 const struct endpoint *local,
				 const struct endpoint *remote,
				 const uint8_t *icookie, const uint8_t *rcookie)
{
	struct isakmp_sa *sa;

	LIST_FOREACH (sa,
		      bucket(isakmp, isakmp->by_cookie, rcookie, ISAKMP_COOKIE),
		      by_cookie)
		if (is_its(sa, false, local, remote, icookie, rcookie))
			return sa;
	LIST_FOREACH (sa,
		      bucket(isakmp, isakmp->by_cookie, icookie, ISAKMP_COOKIE),
		      by_cookie)
		if (is_its(sa, true, local, remote, icookie, rcookie))
			return sa;
	return NULL;
}

struct isakmp_sa *isakmp_sa_between(struct isakmp *isakmp,
				    const struct endpoint *local,
				    const struct endpoint *remote)
{
	struct isakmp_sa *best = NULL;
	struct isakmp_sa *sa;

	LIST_FOREACH (sa, isakmp_peer_bucket(isakmp, &remote->addr), by_peer)
		if (sa->state == MM_UP && !sa->suspect &&
		    endpoint_equal(&sa->remote, remote) &&
		    endpoint_equal(&sa->local, local) &&
		    isakmp_sa_remaining(sa) >= SEC(SA_REUSE_MIN) &&
		    (!best || sa->up_at > best->up_at))
			best = sa;
	return best;
}

void isakmp_sa_hold(struct isakmp_sa *sa)
{
	sa->refs++;
}

void isakmp_sa_release(struct isakmp_sa *sa)
{
	if (--sa->refs)
		return;
	bytes_wipe(sa->iv, sizeof(sa->iv));
	isakmp_skeyid_wipe(&sa->keys);
	isakmp_sent_free(&sa->sent);
	free(sa);
}

void isakmp_negotiation_free(struct isakmp_sa *sa)
{
	if (!sa->neg)
		return;
	free(sa->neg->sai_b);
	bytes_wipe(sa->neg, sizeof(*sa->neg));
	free(sa->neg);
	sa->neg = NULL;
}

bool isakmp_sa_is_half_open(const struct isakmp_sa *sa)
{
	return !sa->initiator && sa->state != MM_UP;
}

/* Is up, or ends. */
static void leave_half_open(struct isakmp_sa *sa)
{
	TAILQ_REMOVE(&sa->isakmp->half_open, sa, half_open);
	sa->isakmp->n_half_open--;
}

static void tell(struct isakmp_sa *sa, bool up)
{
	if (sa->isakmp->on_sa)
		sa->isakmp->on_sa(sa->isakmp->on_sa_ctx, sa, up);
}

void isakmp_sa_end(struct isakmp_sa *sa, struct isakmp_fault why)
{
	struct env *env = sa->isakmp->env;
	char peer[IP_ADDR_TEXT];

	if (sa->dead)
		return;
	sa->dead = true;
	sa_debug(sa, TERSE, "deleting SA reason \"%s\" state (%c) %s (peer %s)",
		 why.text, sa->initiator ? 'I' : 'R', isakmp_sa_state_name(sa),
		 ip_text(&sa->remote.addr, peer));
	if (isakmp_sa_is_half_open(sa))
		leave_half_open(sa);
	TAILQ_REMOVE(&sa->isakmp->sas, sa, entry);
	LIST_REMOVE(sa, by_cookie);
	LIST_REMOVE(sa, by_peer);
	env_timer_cancel(env, &sa->retry);
	env_timer_cancel(env, &sa->expiry);
	env_timer_cancel(env, &sa->dpd);
	env_job_cancel(env, &sa->job);
	isakmp_exchanges_end(sa, why);
	isakmp_connects_failed(sa, why);
	isakmp_negotiation_free(sa);
	if (sa->conn_id)
		tell(sa, false);
	isakmp_sa_release(sa);
}

void isakmp_sa_delete(struct isakmp_sa *sa)
{
	if (sa->dead)
		return;
	if (sa->state == MM_UP)
		isakmp_info_delete(sa);
	isakmp_sa_end(sa, ISAKMP_FAULT(INVALID_COOKIE, "SA was deleted"));
}

static void expired(void *arg)
{
	isakmp_sa_delete(arg);
}

int64_t isakmp_sa_remaining(const struct isakmp_sa *sa)
{
	int64_t end = sa->up_at + SEC(sa->chosen.lifetime);

	return end - env_now(sa->isakmp->env);
}

/* One that was up before the peer began this one; an SA that came up
 * meanwhile (both sides called each other) is no old one. */
static struct isakmp_sa *stale(struct isakmp_sa *sa)
{
	struct isakmp_sa *other;

	LIST_FOREACH (other, isakmp_peer_bucket(sa->isakmp, &sa->remote.addr),
		      by_peer)
		if (other != sa && other->state == MM_UP &&
		    other->up_at < sa->created &&
		    other->local.vrf == sa->local.vrf &&
		    ip_equal(&other->remote.addr, &sa->remote.addr) &&
		    ip_equal(&other->local.addr, &sa->local.addr))
			return other;
	return NULL;
}

static struct isakmp_sa *oldest(struct isakmp_sa *sa, unsigned int *n)
{
	struct isakmp_sa *found = NULL;
	struct isakmp_sa *other;

	*n = 0;
	LIST_FOREACH (other, isakmp_peer_bucket(sa->isakmp, &sa->remote.addr),
		      by_peer) {
		if (other->state != MM_UP ||
		    other->remote.vrf != sa->remote.vrf ||
		    !ip_equal(&other->remote.addr, &sa->remote.addr))
			continue;
		++*n;
		if (!found || other->up_at < found->up_at)
			found = other;
	}
	return found;
}

static void make_room(struct isakmp_sa *sa, bool initial_contact)
{
	struct isakmp_sa *other;
	unsigned int n;

	while (initial_contact && (other = stale(sa)))
		isakmp_sa_end(other, ISAKMP_FAULT(INVALID_COOKIE,
						  "the peer has begun anew"));
	while ((other = oldest(sa, &n)) && n > SA_PER_PEER && other != sa)
		isakmp_sa_delete(other);
}

/* What tshark's table "ikev1_decryption_table" is fed with.  "no service
 * internal" stops it, too. */
static void log_key(const struct isakmp_sa *sa)
{
	const struct isakmp *isakmp = sa->isakmp;
	char cookie[2 * ISAKMP_COOKIE + 1];
	char key[2 * ISAKMP_KEY_MAX + 1];

	if (!isakmp->internal || !isakmp->internal(isakmp->internal_arg))
		return;
	if (isakmp->on_keys)
		isakmp->on_keys(isakmp->on_keys_arg, sa->icookie,
				sa->keys.cipher.key, sa->keys.cipher.key_len);
	if (!isakmp->keylog.on)
		return;
	bytes_hex(cookie, sa->icookie, ISAKMP_COOKIE);
	bytes_hex(key, sa->keys.cipher.key, sa->keys.cipher.key_len);
	env_debug(sa->isakmp->env, &sa->isakmp->keylog,
		  "ISAKMP:(%u):keylog %s,%s", sa->conn_id, cookie, key);
	bytes_wipe(key, sizeof(key));
}

void isakmp_sa_set_up(struct isakmp_sa *sa, bool initial_contact)
{
	struct env *env = sa->isakmp->env;
	char peer[IP_ADDR_TEXT];

	if (!sa->initiator)
		leave_half_open(sa);
	sa->conn_id = isakmp_new_conn_id(sa->isakmp);
	sa->up_at = sa->heard = env_now(env);
	isakmp_negotiation_free(sa);
	env_timer_cancel(env, &sa->retry);
	env_timer_set(env, &sa->expiry, SEC(sa->chosen.lifetime), expired, sa);
	sa_debug(sa, EVENT, "SA authentication status: authenticated");
	sa_debug(sa, TERSE, "SA has been authenticated with %s",
		 ip_text(&sa->remote.addr, peer));
	log_key(sa);
	make_room(sa, initial_contact);
	isakmp_dpd_start(sa);
	isakmp_sa_hold(sa);
	tell(sa, true);
	isakmp_connects_up(sa);
	isakmp_sa_release(sa);
}

void isakmp_sa_vendor_ids(struct isakmp_sa *sa, const struct isakmp_message *m)
{
	struct isakmp_vendor_id *v;
	struct rd body;
	size_t i;

	sa->n_vendor_ids = 0;
	sa->peer_dpd = false;
	for (i = 0; i < m->n; i++) {
		body = m->payloads[i].body;
		if (m->payloads[i].type != ISAKMP_VENDOR_ID ||
		    rd_left(&body) > VENDOR_ID_MAX ||
		    sa->n_vendor_ids == VENDOR_IDS_MAX)
			continue;
		v = &sa->vendor_ids[sa->n_vendor_ids++];
		v->len = rd_left(&body);
		rd_copy(&body, v->data, v->len);
		if (v->len == sizeof(dpd_vendor_id) &&
		    !memcmp(v->data, dpd_vendor_id, v->len)) {
			sa->peer_dpd = true;
			sa_debug(sa, EVENT, "vendor ID is DPD");
		}
	}
}

static void vendor_id_write(struct wr *w, const void *id, size_t len, bool last)
{
	size_t begin =
		isakmp_payload_begin(w, last ? ISAKMP_NONE : ISAKMP_VENDOR_ID);

	wr_bytes(w, id, len);
	isakmp_payload_end(w, begin);
}

void isakmp_vendor_ids_write(const struct isakmp *isakmp, struct wr *w)
{
	bool own = isakmp->vendor_id_len;

	vendor_id_write(w, dpd_vendor_id, sizeof(dpd_vendor_id), !own);
	if (own)
		vendor_id_write(w, isakmp->vendor_id, isakmp->vendor_id_len,
				true);
}

#define STATE_NAME(id, text) [id] = text,
static const char *const state_names[MM_N_STATES] = { MM_STATES(STATE_NAME) };

const char *isakmp_sa_state_name(const struct isakmp_sa *sa)
{
	return state_names[sa->state];
}

struct endpoint isakmp_sa_local(const struct isakmp_sa *sa)
{
	return sa->local;
}

struct endpoint isakmp_sa_remote(const struct isakmp_sa *sa)
{
	return sa->remote;
}

bool isakmp_sa_is_ours(const struct isakmp_sa *sa)
{
	return sa->initiator;
}

unsigned int isakmp_sa_conn_id(const struct isakmp_sa *sa)
{
	return sa->conn_id;
}

const uint8_t *isakmp_sa_vendor_id(const struct isakmp_sa *sa,
				   const void *prefix, size_t prefix_len,
				   size_t *len)
{
	size_t i;

	for (i = 0; i < sa->n_vendor_ids; i++) {
		if (sa->vendor_ids[i].len < prefix_len ||
		    memcmp(sa->vendor_ids[i].data, prefix, prefix_len))
			continue;
		*len = sa->vendor_ids[i].len;
		return sa->vendor_ids[i].data;
	}
	return NULL;
}

uint8_t isakmp_sa_peer_id(const struct isakmp_sa *sa, const uint8_t **data,
			  size_t *len)
{
	*data = sa->id;
	*len = sa->id_len;
	return sa->id_type;
}
