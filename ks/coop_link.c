/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/coop_link.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ks/coop_link_priv.h"

const char *coop_link_status_name(enum coop_link_status status)
{
	switch (status) {
	case COOP_LINK_IDLE:
		return "No session";
	case COOP_LINK_IN_PROGRESS:
		return "In Progress";
	case COOP_LINK_ESTABLISHED:
		return "Established";
	case COOP_LINK_FAILED:
		return "Failed to establish";
	}
	return "No session";
}

/* --- as COOP sees it --------------------------------------------------------- */

static struct coop_link *find(struct coop_session *s, const struct gdoi_id *id)
{
	struct coop_link *link;

	if (!s)
		return NULL;
	TAILQ_FOREACH (link, &s->links, entry)
		if (!link->closed && gdoi_id_equal(&link->id, id))
			return link;
	return NULL;
}

static struct coop_link *open_link(void *arg, const struct ip_addr *local,
				   const struct ip_addr *peer,
				   const struct gdoi_id *id,
				   const struct coop_link_ops *ops, void *ctx)
{
	struct coop_session *s = coop_session_get(arg, local, peer);
	struct coop_link *link = xcalloc(1, sizeof(*link));

	link->session = s;
	link->id = *id;
	link->ops = ops;
	link->ctx = ctx;
	coop_outbox_init(link);
	TAILQ_INSERT_TAIL(&s->links, link, entry);
	coop_session_wake(s);
	return link;
}

/* What was sent last may still arrive: that we leave, for one. */
static void close_link(struct coop_link *link)
{
	link->closed = true;
	coop_inbox_fini(link);
	coop_session_wake(link->session);
}

void coop_link_free(struct coop_link *link)
{
	coop_inbox_fini(link);
	coop_outbox_fini(link);
	TAILQ_REMOVE(&link->session->links, link, entry);
	free(link);
}

static bool send_message(struct coop_link *link, const void *message,
			 size_t len, size_t pdu)
{
	return coop_outbox_add(link, message, len, pdu);
}

static void want(struct coop_link *link, bool fast)
{
	link->wanted = true;
	coop_session_want(link->session, fast);
}

struct coop_transport coop_links_transport(struct coop_links *links)
{
	return (struct coop_transport){
		.open = open_link,
		.close = close_link,
		.send = send_message,
		.want = want,
		.arg = links,
	};
}

/* --- what comes in ----------------------------------------------------------- */

static struct isakmp_fault answer(struct isakmp_exchange *x,
				  const struct coop_pdu *pdu, uint8_t kind)
{
	struct coop_pdu out = *pdu;
	size_t octets;

	out.kind = kind;
	out.octets = rd_init(NULL, 0);
	if (!coop_pdu_send(x, &out, false, &octets))
		return ISAKMP_FAULT(PAYLOAD_MALFORMED, "answer is too long");
	isakmp_exchange_end(x);
	return ISAKMP_OK;
}

/* Nothing is kept of one whom nobody has told us of; it gets an answer, or its
 * session, which other groups may use, would look dead to it. */
static struct isakmp_fault refuse(struct coop_links *links,
				  struct isakmp_exchange *x,
				  const struct coop_pdu *pdu)
{
	struct endpoint local = isakmp_sa_local(isakmp_exchange_sa(x));
	struct endpoint remote = isakmp_sa_remote(isakmp_exchange_sa(x));
	struct isakmp_fault fault = answer(x, pdu, COOP_PART_REFUSED);

	if (links->on_stranger)
		links->on_stranger(links->on_stranger_ctx, &local.addr,
				   &remote.addr, &pdu->id);
	return fault;
}

static struct isakmp_fault take(struct coop_link *link,
				struct isakmp_exchange *x,
				const struct coop_pdu *pdu)
{
	struct isakmp_fault fault;
	bool whole;
	uint8_t kind = coop_inbox_take(link, pdu, &whole);

	if (!kind)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "part that contradicts another one");
	fault = answer(x, pdu, kind);
	if (whole)
		coop_inbox_deliver(link);
	return fault;
}

static struct isakmp_fault on_part(void *ctx, struct isakmp_exchange *x,
				   const struct isakmp_message *m)
{
	struct coop_links *links = ctx;
	struct endpoint local = isakmp_sa_local(isakmp_exchange_sa(x));
	struct endpoint remote = isakmp_sa_remote(isakmp_exchange_sa(x));
	const struct isakmp_payload *p;
	struct coop_link *link;
	struct coop_pdu pdu;
	const char *wrong;

	if (!isakmp_hash_ok(x, m, "", 0))
		return ISAKMP_FAULT(INVALID_HASH_INFORMATION,
				    "the hash of a COOP message is wrong");
	p = isakmp_find(m, COOP_PAYLOAD);
	wrong = p ? coop_pdu_read(p->body, &pdu) : "no COOP payload";
	if (wrong && links->on_unreadable)
		links->on_unreadable(links->on_unreadable_ctx, &local.addr,
				     &remote.addr, wrong);
	if (!wrong && pdu.kind != COOP_PART)
		wrong = "an answer that nobody waits for";
	if (wrong)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED, wrong);
	link = find(coop_session_find(links, &local.addr, &remote.addr),
		    &pdu.id);
	return link ? take(link, x, &pdu) : refuse(links, x, &pdu);
}

/* Nothing hangs on an exchange of the peer. */
static void on_gone(void *ctx, struct isakmp_fault why)
{
	(void)ctx;
	(void)why;
}

static const struct isakmp_exchange_ops part_ops = {
	.message = on_part,
	.gone = on_gone,
};

static bool on_accept(void *arg, struct isakmp_exchange *x,
		      const struct isakmp_exchange_ops **ops, void **ctx)
{
	(void)x;
	*ops = &part_ops;
	*ctx = arg;
	return true;
}

/* --- the instance ------------------------------------------------------------ */

struct coop_links *coop_links_new(struct env *env, struct isakmp *isakmp)
{
	struct coop_links *links = xcalloc(1, sizeof(*links));

	links->env = env;
	links->isakmp = isakmp;
	TAILQ_INIT(&links->sessions);
	isakmp_serve(isakmp, COOP_EXCHANGE, on_accept, links);
	isakmp_on_sa(isakmp, coop_session_sa, links);
	return links;
}

void coop_links_free(struct coop_links *links)
{
	struct coop_session *s;

	if (!links)
		return;
	isakmp_serve(links->isakmp, COOP_EXCHANGE, NULL, NULL);
	isakmp_on_sa(links->isakmp, NULL, NULL);
	while ((s = TAILQ_FIRST(&links->sessions)))
		coop_session_free(s);
	free(links);
}

void coop_links_on_unreadable(struct coop_links *links,
			      void (*fn)(void *ctx, const struct ip_addr *local,
					 const struct ip_addr *remote,
					 const char *why),
			      void *ctx)
{
	links->on_unreadable = fn;
	links->on_unreadable_ctx = ctx;
}

void coop_links_on_stranger(struct coop_links *links,
			    void (*fn)(void *ctx, const struct ip_addr *local,
				       const struct ip_addr *remote,
				       const struct gdoi_id *id),
			    void *ctx)
{
	links->on_stranger = fn;
	links->on_stranger_ctx = ctx;
}
