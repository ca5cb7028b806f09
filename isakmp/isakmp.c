/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The instance: what comes in, and to whom it goes. */
#include "isakmp/isakmp_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define FIRST_CONN_ID 1001 /* IOS */

struct isakmp *isakmp_new(struct env *env)
{
	struct isakmp *isakmp = xcalloc(1, sizeof(*isakmp));
	size_t i;

	isakmp->env = env;
	isakmp->next_conn_id = FIRST_CONN_ID;
	isakmp->keylog.title = "Crypto ISAKMP Key Log";
	isakmp->keepalive.retry = ISAKMP_DPD_RETRY_DEFAULT;
	env_random(env, isakmp->secret, sizeof(isakmp->secret));
	env_random(env, &isakmp->bucket_key, sizeof(isakmp->bucket_key));
	LIST_INIT(&isakmp->policies.list);
	TAILQ_INIT(&isakmp->keyring);
	TAILQ_INIT(&isakmp->sas);
	TAILQ_INIT(&isakmp->half_open);
	TAILQ_INIT(&isakmp->failed);
	for (i = 0; i < BUCKETS; i++) {
		LIST_INIT(&isakmp->by_cookie[i]);
		LIST_INIT(&isakmp->by_peer[i]);
	}
	isakmp_debug_init(isakmp);
	env_debug_register(env, &isakmp->keylog);
	return isakmp;
}

void isakmp_free(struct isakmp *isakmp)
{
	if (!isakmp)
		return;
	while (!TAILQ_EMPTY(&isakmp->sas))
		isakmp_sa_delete(TAILQ_FIRST(&isakmp->sas));
	isakmp_connects_free(isakmp);
	isakmp_debug_fini(isakmp);
	env_debug_unregister(isakmp->env, &isakmp->keylog);
	isakmp_policies_free(&isakmp->policies);
	isakmp_keyring_free(&isakmp->keyring);
	isakmp_kept_free(isakmp);
	bytes_wipe(isakmp->secret, sizeof(isakmp->secret));
	free(isakmp);
}

void isakmp_set_vendor_id(struct isakmp *isakmp, const void *id, size_t len)
{
	if (len > VENDOR_ID_MAX)
		log_fatal("vendor ID of %zu octets", len);
	memcpy(isakmp->vendor_id, id, len);
	isakmp->vendor_id_len = len;
}

void isakmp_on_notify(struct isakmp *isakmp,
		      void (*fn)(void *ctx, struct isakmp_sa *sa,
				 uint16_t notify, struct rd data),
		      void *ctx)
{
	isakmp->on_notify = fn;
	isakmp->on_notify_ctx = ctx;
}

void isakmp_on_sa(struct isakmp *isakmp,
		  void (*fn)(void *ctx, struct isakmp_sa *sa, bool up),
		  void *ctx)
{
	isakmp->on_sa = fn;
	isakmp->on_sa_ctx = ctx;
}

void isakmp_on_show(struct isakmp *isakmp,
		    void (*fn)(void *ctx,
			       void (*row)(void *arg,
					   const struct isakmp_show_row *r),
			       void *arg),
		    void *ctx)
{
	isakmp->on_show = fn;
	isakmp->on_show_ctx = ctx;
}

unsigned int isakmp_new_conn_id(struct isakmp *isakmp)
{
	return isakmp->next_conn_id++;
}

static struct isakmp_served *serve(struct isakmp *isakmp, uint8_t type,
				   void *arg)
{
	struct isakmp_served *s = isakmp->served;
	size_t i;

	for (i = 0; i < isakmp->n_served && s->type != type; i++)
		s++;
	if (i == SERVED_MAX)
		log_fatal("too many kinds of exchanges");
	if (i == isakmp->n_served)
		isakmp->n_served++;
	*s = (struct isakmp_served){ .type = type, .arg = arg };
	return s;
}

void isakmp_serve(struct isakmp *isakmp, uint8_t type,
		  bool (*accept)(void *arg, struct isakmp_exchange *x,
				 const struct isakmp_exchange_ops **ops,
				 void **ctx),
		  void *arg)
{
	serve(isakmp, type, arg)->accept = accept;
}

void isakmp_serve_raw(struct isakmp *isakmp, uint8_t type,
		      void (*fn)(void *arg, const struct endpoint *local,
				 const struct endpoint *remote,
				 const struct isakmp_header *header,
				 struct rd datagram),
		      void *arg)
{
	serve(isakmp, type, arg)->raw = fn;
}

const struct isakmp_served *isakmp_served_find(const struct isakmp *isakmp,
					       uint8_t type)
{
	size_t i;

	for (i = 0; i < isakmp->n_served; i++)
		if (isakmp->served[i].type == type)
			return &isakmp->served[i];
	return NULL;
}

bool isakmp_rate_ok(struct env *env, struct isakmp_rate *rate, int64_t stretch,
		    unsigned int most)
{
	int64_t now = env_now(env);

	if (!rate->n || now - rate->start >= stretch) {
		rate->start = now;
		rate->n = 0;
	}
	if (rate->n >= most)
		return false;
	rate->n++;
	return true;
}

void isakmp_taken_set(struct isakmp_taken *taken, struct rd datagram)
{
	const struct isakmp_part part = { datagram.p, rd_left(&datagram) };

	isakmp_hash(ISAKMP_HASH_SHA256, &part, 1, taken->hash);
	taken->set = true;
}

bool isakmp_taken_is(const struct isakmp_taken *taken, struct rd datagram)
{
	struct isakmp_taken other;

	if (!taken->set)
		return false;
	isakmp_taken_set(&other, datagram);
	return bytes_equal(taken->hash, other.hash,
			   isakmp_hash_len(ISAKMP_HASH_SHA256));
}

void isakmp_sent_set(struct isakmp_sent *sent, const void *data, size_t len)
{
	isakmp_sent_free(sent);
	sent->data = xmemdup(data, len);
	sent->len = len;
}

void isakmp_sent_free(struct isakmp_sent *sent)
{
	free(sent->data);
	*sent = (struct isakmp_sent){ 0 };
}

void isakmp_transmit(const struct isakmp_sa *sa, const void *data, size_t len)
{
	isakmp_debug_sent(sa, data, len);
	env_send(sa->isakmp->env, &sa->local, &sa->remote, data, len);
}

#define LOG(isakmp, rate, id, remote)                               \
	do {                                                        \
		char text_[IP_ADDR_TEXT];                           \
		if (isakmp_rate_ok((isakmp)->env, rate, SEC(60),    \
				   LOG_PER_MINUTE))                 \
			env_event((isakmp)->env, id,                \
				  ip_text(&(remote)->addr, text_)); \
	} while (0)

void isakmp_log_bad(struct isakmp *isakmp, const struct endpoint *remote)
{
	LOG(isakmp, &isakmp->log_bad, IKMP_BAD_MESSAGE, remote);
}

void isakmp_log_mode(struct isakmp *isakmp, const struct endpoint *remote)
{
	LOG(isakmp, &isakmp->log_mode, IKMP_MODE_FAILURE, remote);
}

void isakmp_log_clear(struct isakmp *isakmp, const struct endpoint *remote)
{
	isakmp->counters.not_encrypted++;
	LOG(isakmp, &isakmp->log_clear, IKMP_NOT_ENCRYPTED, remote);
}

/* A message about an SA that we do not have: after a restart the peers' last
 * ones look like this. */
static void no_sa(struct isakmp *isakmp, const struct endpoint *local,
		  const struct endpoint *remote, const struct isakmp_header *h)
{
	isakmp_debug_received_alone(isakmp, local, remote, h, "no SA");
	if (h->exchange == ISAKMP_INFORMATIONAL) {
		isakmp->counters.hints++;
		return;
	}
	isakmp->counters.no_sa++;
	stranger_debug(isakmp, ERROR, &remote->addr,
		       "no SA for this packet, it is dropped");
	LOG(isakmp, &isakmp->log_no_sa, IKMP_NO_SA, remote);
}

static void to_sa(struct isakmp_sa *sa, const struct isakmp_header *h,
		  struct rd datagram)
{
	isakmp_sa_hold(sa);
	isakmp_debug_received(sa, h);
	if (h->exchange == ISAKMP_MAIN_MODE)
		isakmp_main_message(sa, h, datagram);
	else if (h->exchange == ISAKMP_INFORMATIONAL)
		isakmp_info_input(sa, h, datagram);
	else if (sa->state == MM_UP)
		isakmp_exchange_input(sa, h, datagram);
	else
		sa->isakmp->counters.unexpected++;
	isakmp_sa_release(sa);
}

static bool is_zero(const uint8_t *cookie)
{
	static const uint8_t zero[ISAKMP_COOKIE];

	return !memcmp(cookie, zero, ISAKMP_COOKIE);
}

static void dispatch(struct isakmp *isakmp, const struct endpoint *local,
		     const struct endpoint *remote,
		     const struct isakmp_header *h, struct rd datagram)
{
	struct isakmp_sa *sa;

	if (h->exchange == ISAKMP_MAIN_MODE && is_zero(h->rcookie)) {
		isakmp_debug_received_alone(isakmp, local, remote, h, "NEW SA");
		isakmp_main_first(isakmp, local, remote, h, datagram);
		return;
	}
	sa = isakmp_sa_find(isakmp, local, remote, h->icookie, h->rcookie);
	if (sa)
		to_sa(sa, h, datagram);
	else
		no_sa(isakmp, local, remote, h);
}

static void raw(const struct isakmp_served *served, struct isakmp *isakmp,
		const struct endpoint *local, const struct endpoint *remote,
		const struct isakmp_header *h, struct rd datagram)
{
	isakmp_debug_received_alone(
		isakmp, local, remote, h,
		h->exchange == ISAKMP_GROUPKEY_PUSH
			? "GDOI_REKEY"
			: isakmp_exchange_name(h->exchange));
	served->raw(served->arg, local, remote, h, datagram);
}

void isakmp_input(struct isakmp *isakmp, const struct endpoint *local,
		  const struct endpoint *remote, const void *data, size_t len)
{
	struct rd r = rd_init(data, len);
	const struct isakmp_served *served;
	struct isakmp_header h;

	if (isakmp->disabled)
		return;
	if (!isakmp_header_parse(&r, &h) || h.length != len ||
	    h.version >> 4 != ISAKMP_VERSION >> 4 || is_zero(h.icookie)) {
		isakmp->counters.malformed++;
		stranger_debug(isakmp, ERROR, &remote->addr,
			       "the header of a packet is malformed");
		return;
	}
	served = isakmp_served_find(isakmp, h.exchange);
	if (ip_is_multicast(&local->addr) && h.exchange != ISAKMP_GROUPKEY_PUSH)
		isakmp->counters.unexpected++;
	else if (served && served->raw)
		raw(served, isakmp, local, remote, &h, rd_init(data, len));
	else
		dispatch(isakmp, local, remote, &h, rd_init(data, len));
}
