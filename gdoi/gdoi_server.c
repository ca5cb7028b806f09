/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key server's side of a GROUPKEY-PULL.  Until HASH(3) has proved that the
 * member is alive and not a replay, nothing is kept but the exchange itself,
 * of which there is a bounded number for a bounded time (RFC 6407 7.2.5). */
#include <stdlib.h>
#include <sys/queue.h>

#include "base/mem.h"
#include "gdoi/gdoi_pull_message.h"
#include "gdoi/gdoi_vendor.h"

enum {
	/* IOS's default of SAs in negotiation; isakmp/ bounds those of one SA,
	 * and ends what does not go on. */
	REGISTRATIONS_MAX = 1000,
	/* Unfinished ones of an address, of all its SAs: a member has one, and
	 * maybe those that it gave up just before. */
	REGISTRATIONS_PER_PEER = 4,
};

enum registration_state {
	SERVE_WAIT_1,
	SERVE_WAIT_3, /* message 2 is out */
};

struct registration {
	TAILQ_ENTRY(registration) link;
	struct gdoi_server *server;
	struct isakmp_exchange *x;
	enum registration_state state;
	struct gdoi_peer peer;
	struct gdoi_id id;
	struct gdoi_nonces nonces;
	struct gdoi_policy *policy;
};

struct gdoi_server {
	struct env *env;
	struct isakmp *isakmp;
	const struct gdoi_server_ops *ops;
	void *ctx;
	TAILQ_HEAD(, registration) all;
	size_t n;
};

static void registration_free(struct registration *reg)
{
	struct gdoi_server *server = reg->server;

	TAILQ_REMOVE(&server->all, reg, link);
	server->n--;
	gdoi_policy_free(reg->policy);
	bytes_wipe(&reg->nonces, sizeof(reg->nonces));
	free(reg);
}

static void end(struct registration *reg)
{
	isakmp_exchange_end(reg->x);
	registration_free(reg);
}

static bool is_genuine(const struct registration *reg,
		       const struct isakmp_message *m)
{
	uint8_t prefix[GDOI_PREFIX_MAX];
	size_t len = 0;

	if (reg->state == SERVE_WAIT_3)
		len = gdoi_prefix(&reg->nonces, prefix);
	return isakmp_hash_ok(reg->x, m, prefix, len);
}

/* Not retransmitted: the member repeats its own message when ours is lost. */
static bool send_body(struct registration *reg, uint8_t first,
		      const struct wr *w)
{
	uint8_t prefix[GDOI_PREFIX_MAX];
	struct gdoi_nonces nonces = reg->nonces;
	size_t len;

	if (reg->state == SERVE_WAIT_1)
		nonces.r.len = 0;
	len = gdoi_prefix(&nonces, prefix);
	return wr_ok(w) && isakmp_exchange_send(reg->x, prefix, len, first,
						w->buf, wr_at(w), false);
}

static bool send_2(struct registration *reg)
{
	uint8_t *body = xcalloc(1, GDOI_BODY_MAX);
	struct wr w = wr_init(body, GDOI_BODY_MAX);
	uint8_t first;
	bool sent;

	first = gdoi_pull_2_write(&w, &reg->nonces.r, reg->policy,
				  reg->peer.extensions);
	sent = first != ISAKMP_NONE && send_body(reg, first, &w);
	free(body);
	return sent;
}

static bool send_4(struct registration *reg)
{
	uint8_t *body = xcalloc(1, GDOI_BODY_MAX);
	struct wr w = wr_init(body, GDOI_BODY_MAX);
	uint8_t first = gdoi_pull_4_write(&w, reg->policy);
	bool sent = send_body(reg, first, &w);

	bytes_wipe(body, wr_at(&w));
	free(body);
	return sent;
}

static struct isakmp_fault take_1(struct registration *reg,
				  const struct isakmp_message *m)
{
	struct gdoi_server *server = reg->server;
	struct isakmp_fault fault;

	fault = gdoi_pull_1_read(m, &reg->nonces.i, &reg->id);
	if (fault.notify)
		return fault;
	fault = ISAKMP_FAULT(INVALID_ID_INFORMATION, "group is not served");
	reg->policy =
		server->ops->policy(server->ctx, &reg->peer, &reg->id, &fault);
	if (!reg->policy)
		return fault;
	reg->nonces.r.len = GDOI_NONCE_SIZE;
	env_random(server->env, reg->nonces.r.data, reg->nonces.r.len);
	if (!send_2(reg)) {
		gdoi_policy_free(reg->policy);
		reg->policy = NULL;
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "the policy cannot be told to this member");
	}
	reg->state = SERVE_WAIT_3;
	return ISAKMP_OK;
}

static struct isakmp_fault take_3(struct registration *reg,
				  const struct isakmp_message *m)
{
	struct gdoi_server *server = reg->server;
	struct isakmp_fault fault;

	fault = gdoi_pull_3_read(m, reg->peer.extensions,
				 &reg->peer.sids_wanted);
	if (fault.notify)
		return fault;
	if (!server->ops->member(server->ctx, &reg->peer, &reg->id,
				 reg->policy))
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "the group takes no more members");
	if (!send_4(reg))
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "the keys do not fit in a message");
	end(reg);
	return ISAKMP_OK;
}

/* The notify of isakmp/ does not say what it is about; ours does, by the
 * member's nonce, so that the member need not wait for nothing. */
static struct isakmp_fault refuse(struct registration *reg,
				  struct isakmp_fault fault)
{
	const struct gdoi_nonce *ni = &reg->nonces.i;

	if (ni->len)
		isakmp_sa_notify(reg->peer.sa, fault.notify, ni->data, ni->len);
	return fault;
}

static struct isakmp_fault on_message(void *ctx, struct isakmp_exchange *x,
				      const struct isakmp_message *m)
{
	struct registration *reg = ctx;
	struct isakmp_fault fault;

	(void)x;
	if (!is_genuine(reg, m))
		return ISAKMP_FAULT(INVALID_HASH_INFORMATION,
				    "hash of a PULL message is wrong");
	if (reg->state == SERVE_WAIT_3)
		fault = take_3(reg, m);
	else
		fault = take_1(reg, m);
	return fault.notify ? refuse(reg, fault) : fault;
}

static void on_gone(void *ctx, struct isakmp_fault why)
{
	(void)why;
	registration_free(ctx);
}

/* A member of our family tells by our nonce that the policy is not for it. */
static void on_notified(void *ctx, struct isakmp_exchange *x, uint16_t notify,
			struct rd data)
{
	struct registration *reg = ctx;
	struct gdoi_server *server = reg->server;

	(void)x;
	(void)notify;
	if (reg->state != SERVE_WAIT_3 || !gdoi_nonce_is(&reg->nonces.r, data))
		return;
	if (server->ops->refused)
		server->ops->refused(server->ctx, &reg->peer, &reg->id);
	end(reg);
}

static const struct isakmp_exchange_ops exchange_ops = {
	.message = on_message,
	.gone = on_gone,
	.notified = on_notified,
};

/* The peer's oldest goes when it has begun too many. */
static void make_room(struct gdoi_server *server, const struct ip_addr *peer)
{
	struct registration *reg, *oldest = NULL;
	unsigned int n = 0;

	TAILQ_FOREACH (reg, &server->all, link) {
		if (!ip_equal(&reg->peer.remote.addr, peer))
			continue;
		n++;
		if (!oldest)
			oldest = reg;
	}
	if (n >= REGISTRATIONS_PER_PEER)
		end(oldest);
}

static bool on_accept(void *arg, struct isakmp_exchange *x,
		      const struct isakmp_exchange_ops **ops, void **ctx)
{
	struct gdoi_server *server = arg;
	struct isakmp_sa *sa = isakmp_exchange_sa(x);
	struct endpoint remote = isakmp_sa_remote(sa);
	struct registration *reg;

	make_room(server, &remote.addr);
	if (server->n == REGISTRATIONS_MAX)
		return false;
	reg = xcalloc(1, sizeof(*reg));
	reg->server = server;
	reg->x = x;
	reg->peer.sa = sa;
	reg->peer.local = isakmp_sa_local(sa);
	reg->peer.remote = remote;
	reg->peer.extensions = gdoi_vendor_of(sa, reg->peer.version);
	TAILQ_INSERT_TAIL(&server->all, reg, link);
	server->n++;
	*ops = &exchange_ops;
	*ctx = reg;
	return true;
}

struct gdoi_server *gdoi_server_new(struct env *env, struct isakmp *isakmp,
				    const struct gdoi_server_ops *ops,
				    void *ctx)
{
	struct gdoi_server *server = xcalloc(1, sizeof(*server));

	server->env = env;
	server->isakmp = isakmp;
	server->ops = ops;
	server->ctx = ctx;
	TAILQ_INIT(&server->all);
	gdoi_announce(isakmp);
	isakmp_serve(isakmp, ISAKMP_GROUPKEY_PULL, on_accept, server);
	return server;
}

void gdoi_server_free(struct gdoi_server *server)
{
	struct registration *reg, *next;

	if (!server)
		return;
	isakmp_serve(server->isakmp, ISAKMP_GROUPKEY_PULL, NULL, NULL);
	TAILQ_FOREACH_SAFE (reg, &server->all, link, next)
		end(reg);
	free(server);
}
