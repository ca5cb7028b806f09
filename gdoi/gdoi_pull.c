/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The group member's side of a GROUPKEY-PULL. */
#include <stdlib.h>

#include "base/mem.h"
#include "gdoi/gdoi_pull_message.h"
#include "gdoi/gdoi_vendor.h"

enum pull_state {
	PULL_WAIT_2, /* message 1 is out */
	PULL_WAIT_4, /* message 3 is out */
	PULL_STALE,  /* it begins anew */
	PULL_OVER,   /* the callback is due */
};

struct gdoi_pull {
	struct env *env;
	struct isakmp_sa *sa;	   /* NULL when it is gone */
	struct isakmp_exchange *x; /* NULL when it is gone */
	const struct gdoi_pull_ops *ops;
	void *ctx;
	unsigned int sids_wanted;
	bool extensions;
	struct gdoi_id id;
	struct gdoi_nonces nonces;
	int64_t asked; /* env time when message 1 went out first, us */
	enum pull_state state;
	struct gdoi_policy *policy;
	struct isakmp_fault why; /* of the failure */
	bool delete_sa;		 /* RFC 6407 3.3 */
	struct env_timer *over;
};

static void pull_free(struct gdoi_pull *pull)
{
	env_timer_cancel(pull->env, &pull->over);
	gdoi_policy_free(pull->policy);
	bytes_wipe(&pull->nonces, sizeof(pull->nonces));
	free(pull);
}

/* From a timer of its own: the owner may do to the SA and to us what it likes,
 * and isakmp/ is not in the middle of a message. */
static void report(void *arg)
{
	struct gdoi_pull *pull = arg;
	const struct gdoi_pull_ops *ops = pull->ops;
	struct gdoi_policy *policy = pull->policy;
	struct isakmp_fault why = pull->why;
	struct isakmp_sa *sa = pull->sa;
	void *ctx = pull->ctx;
	bool delete_sa = pull->delete_sa && sa;

	pull->policy = NULL;
	if (pull->x)
		isakmp_exchange_end(pull->x);
	pull_free(pull);
	if (!why.notify) {
		ops->done(ctx, policy);
		return;
	}
	gdoi_policy_free(policy);
	if (delete_sa)
		isakmp_sa_delete(sa);
	ops->failed(ctx, why);
}

static void finish(struct gdoi_pull *pull, struct isakmp_fault why)
{
	if (pull->state == PULL_OVER)
		return;
	pull->state = PULL_OVER;
	pull->why = why;
	env_timer_set(pull->env, &pull->over, 0, report, pull);
}

/* What a genuine key server sent is not acceptable: the member tears the
 * session down after saying so (RFC 6407 3.3). */
static struct isakmp_fault refuse(struct gdoi_pull *pull,
				  struct isakmp_fault why)
{
	const struct gdoi_nonce *nr = &pull->nonces.r;

	if (nr->len)
		isakmp_sa_notify(pull->sa, why.notify, nr->data, nr->len);
	pull->delete_sa = true;
	finish(pull, why);
	return why;
}

static bool is_genuine(struct gdoi_pull *pull, struct isakmp_exchange *x,
		       const struct isakmp_message *m)
{
	struct gdoi_nonces nonces = pull->nonces;
	uint8_t prefix[GDOI_PREFIX_MAX];

	if (pull->state == PULL_WAIT_2)
		nonces.r.len = 0;
	return isakmp_hash_ok(x, m, prefix, gdoi_prefix(&nonces, prefix));
}

static bool send_body(struct gdoi_pull *pull, uint8_t first, const struct wr *w)
{
	uint8_t prefix[GDOI_PREFIX_MAX];
	size_t len = 0;

	if (pull->state == PULL_WAIT_4)
		len = gdoi_prefix(&pull->nonces, prefix);
	return wr_ok(w) && isakmp_exchange_send(pull->x, prefix, len, first,
						w->buf, wr_at(w), true);
}

static bool send_1(struct gdoi_pull *pull)
{
	uint8_t body[256];
	struct wr w = wr_init(body, sizeof(body));
	uint8_t first = gdoi_pull_1_write(&w, &pull->nonces.i, &pull->id);

	return send_body(pull, first, &w);
}

static bool send_3(struct gdoi_pull *pull)
{
	bool counter_mode = gdoi_policy_has_counter_mode(pull->policy);
	uint8_t body[64];
	struct wr w = wr_init(body, sizeof(body));
	uint8_t first;

	first = gdoi_pull_3_write(&w, counter_mode ? pull->sids_wanted : 0);
	return send_body(pull, first, &w);
}

static void begin(struct gdoi_pull *pull);

static void begin_again(void *arg)
{
	struct gdoi_pull *pull = arg;

	isakmp_exchange_end(pull->x);
	gdoi_policy_free(pull->policy);
	pull->policy = NULL;
	begin(pull);
}

/* The pseudotime in message 2 is from when the key server first heard of us,
 * which may be long ago if messages were lost: a clock that may be off by a
 * fifth of the window is no clock.  A new exchange brings a new one. */
static bool is_stale(const struct gdoi_pull *pull)
{
	const struct gdoi_policy *p = pull->policy;

	return p->tbar && p->as_of - pull->asked > SEC(p->tbar_window) / 5;
}

static struct isakmp_fault take_2(struct gdoi_pull *pull,
				  const struct isakmp_message *m)
{
	struct isakmp_fault fault;

	fault = gdoi_pull_2_read(m, pull->extensions, &pull->nonces.r,
				 &pull->policy);
	if (fault.notify)
		return refuse(pull, fault);
	pull->policy->as_of = env_now(pull->env);
	if (is_stale(pull)) {
		pull->state = PULL_STALE;
		env_timer_set(pull->env, &pull->over, 0, begin_again, pull);
		return ISAKMP_OK;
	}
	fault = pull->ops->check(pull->ctx, pull->policy);
	if (fault.notify)
		return refuse(pull, fault);
	pull->state = PULL_WAIT_4;
	if (!send_3(pull))
		return refuse(pull, ISAKMP_FAULT(PAYLOAD_MALFORMED,
						 "message 3 is too long"));
	return ISAKMP_OK;
}

static struct isakmp_fault take_4(struct gdoi_pull *pull,
				  const struct isakmp_message *m)
{
	struct isakmp_fault fault = gdoi_pull_4_read(m, pull->policy);

	if (fault.notify)
		return refuse(pull, fault);
	finish(pull, ISAKMP_OK);
	return ISAKMP_OK;
}

static struct isakmp_fault on_message(void *ctx, struct isakmp_exchange *x,
				      const struct isakmp_message *m)
{
	struct gdoi_pull *pull = ctx;

	if (pull->state == PULL_OVER || pull->state == PULL_STALE)
		return ISAKMP_FAULT(INVALID_MESSAGE_ID,
				    "a message after the last one");
	if (!is_genuine(pull, x, m))
		return ISAKMP_FAULT(INVALID_HASH_INFORMATION,
				    "hash of a PULL message is wrong");
	return pull->state == PULL_WAIT_2 ? take_2(pull, m) : take_4(pull, m);
}

static void on_gone(void *ctx, struct isakmp_fault why)
{
	struct gdoi_pull *pull = ctx;

	pull->x = NULL;
	pull->sa = NULL;
	finish(pull, why);
}

/* The key server says, by our nonce, that it will not go on: no use to wait.
 * Whoever can say that could as well be silent. */
static void on_notified(void *ctx, struct isakmp_exchange *x, uint16_t notify,
			struct rd data)
{
	struct gdoi_pull *pull = ctx;

	(void)x;
	if (notify && gdoi_nonce_is(&pull->nonces.i, data))
		finish(pull, (struct isakmp_fault){ notify,
						    "the key server refused" });
}

static const struct isakmp_exchange_ops exchange_ops = {
	.message = on_message,
	.gone = on_gone,
	.notified = on_notified,
};

static void begin(struct gdoi_pull *pull)
{
	pull->state = PULL_WAIT_2;
	pull->asked = env_now(pull->env);
	pull->nonces = (struct gdoi_nonces){ 0 };
	pull->nonces.i.len = GDOI_NONCE_SIZE;
	env_random(pull->env, pull->nonces.i.data, pull->nonces.i.len);
	pull->x = isakmp_exchange_new(pull->sa, ISAKMP_GROUPKEY_PULL,
				      &exchange_ops, pull);
	if (!pull->x || !send_1(pull))
		finish(pull, ISAKMP_FAULT(INVALID_EXCHANGE_TYPE,
					  "the exchange cannot begin"));
}

struct gdoi_pull *gdoi_pull_start(struct env *env, struct isakmp_sa *sa,
				  const struct gdoi_id *id,
				  unsigned int sids_wanted,
				  const struct gdoi_pull_ops *ops, void *ctx)
{
	struct gdoi_pull *pull = xcalloc(1, sizeof(*pull));
	char version[GDOI_VERSION_TEXT];

	*pull = (struct gdoi_pull){
		.env = env,
		.sa = sa,
		.id = *id,
		.ops = ops,
		.ctx = ctx,
		.sids_wanted = sids_wanted,
		.extensions = gdoi_vendor_of(sa, version),
	};
	begin(pull);
	return pull;
}

void gdoi_pull_cancel(struct gdoi_pull *pull)
{
	if (pull->x)
		isakmp_exchange_end(pull->x);
	pull_free(pull);
}
