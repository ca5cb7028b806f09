/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages 5 and 6 of main mode: who one is, and the hash that proves it
 * (RFC 2409 5.4). */
#include "isakmp/isakmp_internal.h"

#include <stdlib.h>
#include <string.h>

enum {
	UDP = 17,
	ID_IPV4_ADDR = 1, /* RFC 2407 4.6.2.1 */
	ID_IPV6_ADDR = 5,
	OLD_IKE_PORT = 500,
};

/* False: there is none to tell. */
static bool own_name(const struct isakmp_sa *sa, struct wr *w)
{
	const struct isakmp *isakmp = sa->isakmp;
	char *name = isakmp->by_name && isakmp->name
			     ? isakmp->name(isakmp->name_arg)
			     : NULL;
	size_t len = name ? strlen(name) : 0;

	if (len && len < ID_MAX) {
		wr_u8(w, ISAKMP_ID_FQDN);
		wr_u8(w, UDP);
		wr_u16(w, GDOI_PORT);
		wr_bytes(w, name, len);
	}
	free(name);
	return len && len < ID_MAX;
}

static void own_id(const struct isakmp_sa *sa, struct wr *w)
{
	const struct ip_addr *addr = &sa->local.addr;

	if (own_name(sa, w))
		return;
	wr_u8(w, addr->family == IP_V6 ? ID_IPV6_ADDR : ID_IPV4_ADDR);
	wr_u8(w, UDP);
	wr_u16(w, GDOI_PORT);
	wr_bytes(w, addr->b, ip_size(addr));
}

static void initial_contact_write(const struct isakmp_sa *sa, struct wr *w)
{
	size_t begin = isakmp_payload_begin(w, ISAKMP_NONE);

	wr_u32(w, IPSEC_DOI); /* RFC 2407 4.6.3.3 defines it there */
	wr_u8(w, 1);	      /* ISAKMP */
	wr_u8(w, 2 * ISAKMP_COOKIE);
	wr_u16(w, ISAKMP_N_INITIAL_CONTACT);
	wr_bytes(w, sa->icookie, ISAKMP_COOKIE);
	wr_bytes(w, sa->rcookie, ISAKMP_COOKIE);
	isakmp_payload_end(w, begin);
}

void isakmp_auth_send(struct isakmp_sa *sa)
{
	bool contact = sa->initiator &&
		       !isakmp_sa_between(sa->isakmp, &sa->local, &sa->remote);
	struct isakmp_seen all = isakmp_main_seen(sa);
	uint8_t hash[ISAKMP_HASH_MAX];
	uint8_t buf[ID_MAX + 256];
	struct wr w = wr_init(buf, sizeof(buf));
	size_t begin = isakmp_payload_begin(&w, ISAKMP_HASH);
	size_t body = wr_at(&w);
	struct isakmp_part id;

	own_id(sa, &w);
	id = (struct isakmp_part){ buf + body, wr_at(&w) - body };
	isakmp_payload_end(&w, begin);
	isakmp_skeyid_auth(&sa->keys, &all, sa->initiator, id, hash);
	begin = isakmp_payload_begin(&w, contact ? ISAKMP_NOTIFICATION
						 : ISAKMP_NONE);
	wr_bytes(&w, hash, sa->keys.len);
	isakmp_payload_end(&w, begin);
	if (contact)
		initial_contact_write(sa, &w);
	isakmp_main_send(sa, ISAKMP_ID, buf, wr_at(&w), true);
}

static bool id_is_address(const struct isakmp_sa *sa, struct rd data)
{
	const struct ip_addr *addr = &sa->remote.addr;

	return rd_left(&data) == ip_size(addr) &&
	       bytes_equal(data.p, addr->b, ip_size(addr));
}

/* RFC 2407 4.6.2, and 848 for GDOI.  No translation of addresses stands
 * between a member and its key server, so an address must be the peer's. */
static bool id_good(const struct isakmp_sa *sa, struct rd r)
{
	uint8_t type = rd_u8(&r);
	uint8_t protocol = rd_u8(&r);
	uint16_t port = rd_u16(&r);

	if (r.bad || rd_left(&r) == 0 || rd_left(&r) > ID_MAX)
		return false;
	if ((protocol && protocol != UDP) ||
	    (port && port != OLD_IKE_PORT && port != GDOI_PORT))
		return false;
	switch (type) {
	case ID_IPV4_ADDR:
	case ID_IPV6_ADDR:
		return (type == ID_IPV4_ADDR) ==
			       (sa->remote.addr.family == IP_V4) &&
		       id_is_address(sa, r);
	case ISAKMP_ID_FQDN:
	case ISAKMP_ID_USER_FQDN:
		return true;
	default:
		return false;
	}
}

static void id_keep(struct isakmp_sa *sa, struct rd r)
{
	sa->id_type = rd_u8(&r);
	rd_skip(&r, 3);
	sa->id_len = rd_left(&r);
	rd_copy(&r, sa->id, sa->id_len);
}

static void debug_id(const struct isakmp_sa *sa)
{
	char text[IP_ADDR_TEXT];

	sa_debug(sa, DETAIL, "ID payload: type %u, address %s, %zu octets",
		 sa->id_type, ip_text(&sa->remote.addr, text), sa->id_len);
}

/* The hash does not cover a notify that rides behind it, and a change of the
 * last block would move the next IV.  So it must be one we know through and
 * through: INITIAL-CONTACT about this SA (RFC 2407 4.6.3.3). */
static bool contact_good(const struct isakmp_sa *sa, struct rd r)
{
	uint32_t doi = rd_u32(&r);
	uint8_t protocol = rd_u8(&r);
	uint8_t spi_size = rd_u8(&r);
	uint16_t type = rd_u16(&r);

	if (r.bad || doi > GDOI_DOI || protocol > 1 ||
	    type != ISAKMP_N_INITIAL_CONTACT || rd_left(&r) != spi_size)
		return false;
	return !spi_size ||
	       (spi_size == 2 * ISAKMP_COOKIE &&
		bytes_equal(r.p, sa->icookie, ISAKMP_COOKIE) &&
		bytes_equal(r.p + ISAKMP_COOKIE, sa->rcookie, ISAKMP_COOKIE));
}

static bool notifies_good(const struct isakmp_sa *sa,
			  const struct isakmp_message *m, bool *contact)
{
	size_t i;

	*contact = false;
	for (i = 0; i < m->n; i++) {
		if (m->payloads[i].type != ISAKMP_NOTIFICATION)
			continue;
		if (!contact_good(sa, m->payloads[i].body))
			return false;
		*contact = true;
	}
	return true;
}

struct isakmp_fault isakmp_auth_take(struct isakmp_sa *sa,
				     const struct isakmp_message *m)
{
	struct rd id = isakmp_find(m, ISAKMP_ID)->body;
	struct rd hash = isakmp_find(m, ISAKMP_HASH)->body;
	struct isakmp_seen all = isakmp_main_seen(sa);
	uint8_t expected[ISAKMP_HASH_MAX];
	bool contact;

	isakmp_skeyid_auth(&sa->keys, &all, !sa->initiator,
			   (struct isakmp_part){ id.p, rd_left(&id) },
			   expected);
	if (rd_left(&hash) != sa->keys.len ||
	    !bytes_equal(hash.p, expected, sa->keys.len)) {
		sa->isakmp->counters.bad_hash++;
		return ISAKMP_FAULT(INVALID_HASH_INFORMATION,
				    "the peer's hash is wrong");
	}
	if (!id_good(sa, id))
		return ISAKMP_FAULT(INVALID_ID_INFORMATION,
				    "the peer's identity is not acceptable");
	if (!notifies_good(sa, m, &contact))
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "a notify that does not belong");
	id_keep(sa, id);
	debug_id(sa);
	sa->neg->initial_contact = contact;
	return ISAKMP_OK;
}
