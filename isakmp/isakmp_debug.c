/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp_debug.h"

#include <inttypes.h>
#include <stdio.h>

#include "isakmp/isakmp_internal.h"

enum { LINE_MAX_LEN = 512 };

void isakmp_debug_set(struct isakmp *isakmp, unsigned int levels)
{
	struct isakmp_debug *d = &isakmp->debug;
	char text[DEBUG_LEVELS_TEXT];

	snprintf(d->title, sizeof(d->title), "Crypto ISAKMP%s",
		 debug_levels_text(levels, text));
	d->levels = levels;
	d->flag.on = levels != 0;
}

void isakmp_debug_init(struct isakmp *isakmp)
{
	isakmp->debug.flag.title = isakmp->debug.title;
	isakmp_debug_set(isakmp, 0);
	env_debug_register(isakmp->env, &isakmp->debug.flag);
}

void isakmp_debug_fini(struct isakmp *isakmp)
{
	env_debug_unregister(isakmp->env, &isakmp->debug.flag);
}

static bool condition_met(const struct isakmp_debug *d,
			  const struct ip_addr *peer)
{
	size_t i;

	if (!d->n_peers)
		return true;
	if (!peer)
		return d->unmatched;
	for (i = 0; i < d->n_peers; i++)
		if (ip_equal(&d->peers[i], peer))
			return true;
	return false;
}

bool isakmp_debug_wanted(const struct isakmp *isakmp, enum debug_level level,
			 const struct ip_addr *peer)
{
	const struct isakmp_debug *d = &isakmp->debug;

	return d->flag.on && (d->levels & 1u << level) &&
	       condition_met(d, peer);
}

bool isakmp_debug_stranger(struct isakmp *isakmp, enum debug_level level,
			   const struct ip_addr *peer)
{
	return isakmp_debug_wanted(isakmp, level, peer) &&
	       isakmp_rate_ok(isakmp->env, &isakmp->strangers, SEC(1),
			      ISAKMP_DEBUG_STRANGERS_PER_SEC);
}

void isakmp_debug_say(const struct isakmp *isakmp, unsigned int conn_id,
		      const char *fmt, ...)
{
	char line[LINE_MAX_LEN];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	env_debug_fmt(isakmp->env, "ISAKMP:(%u):%s", conn_id, line);
}

/* --- names ---------------------------------------------------------------- */

struct name {
	unsigned int number;
	const char *text;
};

static const struct name payloads[] = {
	{ ISAKMP_SA, "SA" },
	{ ISAKMP_KE, "KE" },
	{ ISAKMP_ID, "ID" },
	{ ISAKMP_CERT, "CERT" },
	{ ISAKMP_CERTREQ, "CERT_REQ" },
	{ ISAKMP_HASH, "HASH" },
	{ ISAKMP_SIG, "SIG" },
	{ ISAKMP_NONCE, "NONCE" },
	{ ISAKMP_NOTIFICATION, "NOTIFY" },
	{ ISAKMP_DELETE, "DELETE" },
	{ ISAKMP_VENDOR_ID, "vendor id" },
	{ ISAKMP_SAK, "SAK" },
	{ ISAKMP_SAT, "SAT" },
	{ ISAKMP_KD, "KD" },
	{ ISAKMP_SEQ, "SEQ" },
	{ ISAKMP_GAP, "GAP" },
};

static const struct name exchanges[] = {
	{ ISAKMP_MAIN_MODE, "Main Mode" },
	{ ISAKMP_AGGRESSIVE, "Aggressive Mode" },
	{ ISAKMP_INFORMATIONAL, "Informational" },
	{ ISAKMP_GROUPKEY_PULL, "GROUPKEY-PULL" },
	{ ISAKMP_GROUPKEY_PUSH, "GROUPKEY-PUSH" },
	{ ISAKMP_GROUPKEY_PUSH_ACK, "GROUPKEY-PUSH-ACK" },
};

static const struct name notifies[] = {
	{ ISAKMP_N_INVALID_PAYLOAD_TYPE, "INVALID_PAYLOAD_TYPE" },
	{ ISAKMP_N_DOI_NOT_SUPPORTED, "DOI_NOT_SUPPORTED" },
	{ ISAKMP_N_INVALID_COOKIE, "INVALID_COOKIE" },
	{ ISAKMP_N_INVALID_EXCHANGE_TYPE, "INVALID_EXCHANGE_TYPE" },
	{ ISAKMP_N_INVALID_FLAGS, "INVALID_FLAGS" },
	{ ISAKMP_N_INVALID_MESSAGE_ID, "INVALID_MESSAGE_ID" },
	{ ISAKMP_N_ATTRIBUTES_NOT_SUPPORTED, "ATTRIBUTES_NOT_SUPPORTED" },
	{ ISAKMP_N_NO_PROPOSAL_CHOSEN, "NO_PROPOSAL_CHOSEN" },
	{ ISAKMP_N_BAD_PROPOSAL_SYNTAX, "BAD_PROPOSAL_SYNTAX" },
	{ ISAKMP_N_PAYLOAD_MALFORMED, "PAYLOAD_MALFORMED" },
	{ ISAKMP_N_INVALID_KEY_INFORMATION, "INVALID_KEY_INFORMATION" },
	{ ISAKMP_N_INVALID_ID_INFORMATION, "INVALID_ID_INFORMATION" },
	{ ISAKMP_N_INVALID_HASH_INFORMATION, "INVALID_HASH_INFORMATION" },
	{ ISAKMP_N_AUTHENTICATION_FAILED, "AUTHENTICATION_FAILED" },
	{ ISAKMP_N_INVALID_SIGNATURE, "INVALID_SIGNATURE" },
	{ ISAKMP_N_RESPONDER_LIFETIME, "RESPONDER_LIFETIME" },
	{ ISAKMP_N_INITIAL_CONTACT, "INITIAL_CONTACT" },
	{ ISAKMP_N_R_U_THERE, "DPD/R_U_THERE" },
	{ ISAKMP_N_R_U_THERE_ACK, "DPD/R_U_THERE_ACK" },
};

static const char *name_of(const struct name *names, size_t n,
			   unsigned int number)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (names[i].number == number)
			return names[i].text;
	return "unknown";
}

const char *isakmp_exchange_name(uint8_t type)
{
	return name_of(exchanges, ARRAY_SIZE(exchanges), type);
}

const char *isakmp_notify_name(uint16_t notify)
{
	return name_of(notifies, ARRAY_SIZE(notifies), notify);
}

/* --- messages ------------------------------------------------------------- */

void isakmp_debug_payloads(const struct isakmp_sa *sa,
			   const struct isakmp_message *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		sa_debug(sa, EVENT,
			 "processing %s payload. message ID = %" PRIu32,
			 name_of(payloads, ARRAY_SIZE(payloads),
				 m->payloads[i].type),
			 m->header.message_id);
}

static void received(struct isakmp *isakmp, unsigned int conn_id,
		     const struct endpoint *local,
		     const struct endpoint *remote, char role,
		     const char *state)
{
	char peer[IP_ADDR_TEXT];

	isakmp_debug_say(isakmp, conn_id,
			 "received packet from %s dport %u sport %u Global (%c)"
			 " %s",
			 ip_text(&remote->addr, peer), local->port,
			 remote->port, role, state);
}

void isakmp_debug_received(const struct isakmp_sa *sa,
			   const struct isakmp_header *h)
{
	if (isakmp_debug_wanted(sa->isakmp, DEBUG_EVENT, &sa->remote.addr))
		received(sa->isakmp, sa->conn_id, &sa->local, &sa->remote,
			 sa->initiator ? 'I' : 'R', isakmp_sa_state_name(sa));
	sa_debug(sa, PACKET,
		 "received %" PRIu32
		 " octets: %s exchange, message ID = %" PRIu32,
		 h->length, isakmp_exchange_name(h->exchange), h->message_id);
}

void isakmp_debug_received_alone(struct isakmp *isakmp,
				 const struct endpoint *local,
				 const struct endpoint *remote,
				 const struct isakmp_header *h,
				 const char *what)
{
	if (isakmp_debug_stranger(isakmp, DEBUG_EVENT, &remote->addr))
		received(isakmp, 0, local, remote, 'N', what);
	stranger_debug(isakmp, PACKET, &remote->addr,
		       "received %" PRIu32 " octets: %s exchange, message ID = "
		       "%" PRIu32,
		       h->length, isakmp_exchange_name(h->exchange),
		       h->message_id);
}

void isakmp_debug_sent(const struct isakmp_sa *sa, const void *data, size_t len)
{
	struct rd r = rd_init(data, len);
	struct isakmp_header h;
	char peer[IP_ADDR_TEXT];

	sa_debug(sa, EVENT,
		 "sending packet to %s my_port %u peer_port %u (%c) %s",
		 ip_text(&sa->remote.addr, peer), sa->local.port,
		 sa->remote.port, sa->initiator ? 'I' : 'R',
		 isakmp_sa_state_name(sa));
	if (isakmp_header_parse(&r, &h))
		sa_debug(sa, PACKET,
			 "sent %zu octets: %s exchange, message ID = %" PRIu32,
			 len, isakmp_exchange_name(h.exchange), h.message_id);
}

static const char *encr_name(const struct isakmp_proposal *p)
{
	if (p->encr == ISAKMP_ENCR_AES)
		return "AES-CBC";
	return p->encr == ISAKMP_ENCR_3DES ? "3DES-CBC" : "DES-CBC";
}

static const char *hash_name(unsigned int hash)
{
	switch (hash) {
	case ISAKMP_HASH_MD5:
		return "MD5";
	case ISAKMP_HASH_SHA:
		return "SHA";
	case ISAKMP_HASH_SHA256:
		return "SHA256";
	case ISAKMP_HASH_SHA384:
		return "SHA384";
	default:
		return "SHA512";
	}
}

void isakmp_debug_proposal(const struct isakmp_sa *sa)
{
	const struct isakmp_proposal *p = &sa->chosen;

	sa_debug(sa, DETAIL, "     encryption %s", encr_name(p));
	if (p->key_bits)
		sa_debug(sa, DETAIL, "     keylength of %u", p->key_bits);
	sa_debug(sa, DETAIL, "     hash %s", hash_name(p->hash));
	sa_debug(sa, DETAIL, "     default group %u", p->group);
	sa_debug(sa, DETAIL, "     auth pre-share");
	sa_debug(sa, DETAIL, "     life duration of %" PRIu32 " seconds",
		 p->lifetime);
	sa_debug(sa, EVENT, "atts are acceptable");
}
