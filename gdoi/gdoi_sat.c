/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_sat.h"

#include "base/mem.h"
#include "gdoi/gdoi_attr.h"
#include "gdoi/gdoi_id.h"

/* RFC 2407 4.5; 14 and 15 are RFC 6407 5.5.1.1. */
enum sat_attribute {
	SAT_LIFE_TYPE = 1,
	SAT_LIFE_DURATION = 2,
	SAT_GROUP_DESCRIPTION = 3,
	SAT_ENCAPSULATION_MODE = 4,
	SAT_AUTH_ALGORITHM = 5,
	SAT_KEY_LENGTH = 6,
	SAT_ADDRESS_PRESERVATION = 14,
	SAT_SA_DIRECTION = 15,
};

enum { LIFE_SECONDS = 1, MODE_TUNNEL = 1, MODE_TRANSPORT = 2 };

/* RFC 2407 4.5: what holds when no lifetime is given, s. */
enum { SA_LIFETIME_DEFAULT = 28800 };

/* RFC 4303 2.1: SPIs below are reserved. */
enum { SPI_MIN = 256 };

enum {
	LIFE_TYPE,
	LIFETIME,
	GROUP,
	MODE,
	AUTH,
	KEY_BITS,
	PRESERVE,
	DIRECTION,
	N_RULES
};

static const struct gdoi_attr_rule rules[N_RULES] = {
	[LIFE_TYPE] = { SAT_LIFE_TYPE, GDOI_ATTR_BASIC, false },
	[LIFETIME] = { SAT_LIFE_DURATION, GDOI_ATTR_VARIABLE, false },
	/* RFC 6407 5.5.1.1.1: has no meaning here, ignored. */
	[GROUP] = { SAT_GROUP_DESCRIPTION, GDOI_ATTR_BASIC, false },
	[MODE] = { SAT_ENCAPSULATION_MODE, GDOI_ATTR_BASIC, false },
	[AUTH] = { SAT_AUTH_ALGORITHM, GDOI_ATTR_BASIC, false },
	[KEY_BITS] = { SAT_KEY_LENGTH, GDOI_ATTR_BASIC, false },
	[PRESERVE] = { SAT_ADDRESS_PRESERVATION, GDOI_ATTR_BASIC, false },
	[DIRECTION] = { SAT_SA_DIRECTION, GDOI_ATTR_BASIC, false },
};

static const struct gdoi_attr_table table = {
	.rules = rules,
	.n = ARRAY_SIZE(rules),
	.unknown = "SAT attribute is unknown",
	.malformed = "SAT attribute is malformed",
	.twice = "SAT attribute is there twice",
};

/* IANA's ESP transform identifiers and authentication algorithms. */
static const struct {
	uint8_t wire;
	enum esp_cipher cipher;
	bool has_key_length, authenticates;
} ciphers[] = {
	{ 2, ESP_DES_CBC, false, false }, { 3, ESP_3DES_CBC, false, false },
	{ 11, ESP_NULL, false, false },	  { 12, ESP_AES_CBC, true, false },
	{ 20, ESP_AES_GCM, true, true },  { 23, ESP_AES_GMAC, true, true },
};

static const struct {
	uint16_t wire;
	enum esp_auth auth;
} auths[] = {
	{ 1, ESP_AUTH_MD5 },	{ 2, ESP_AUTH_SHA1 },	{ 5, ESP_AUTH_SHA256 },
	{ 6, ESP_AUTH_SHA384 }, { 7, ESP_AUTH_SHA512 },
};

static struct isakmp_fault parse_selector(struct rd *r,
					  struct gdoi_selector *out)
{
	uint8_t type = rd_u8(r);
	uint16_t port = rd_u16(r);
	uint8_t len = rd_u8(r);
	struct rd data = rd_sub(r, len);
	bool v6 = type == GDOI_ID_IPV6_ADDR || type == GDOI_ID_IPV6_SUBNET;
	bool subnet =
		type == GDOI_ID_IPV4_SUBNET || type == GDOI_ID_IPV6_SUBNET;
	struct ip_addr addr = { .family = v6 ? IP_V6 : IP_V4 };
	struct ip_addr mask = addr;
	int prefix = v6 ? 128 : 32;

	if (!v6 && !subnet && type != GDOI_ID_IPV4_ADDR)
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "SAT selector is of an unknown type");
	rd_copy(&data, addr.b, ip_size(&addr));
	if (subnet) {
		rd_copy(&data, mask.b, ip_size(&mask));
		prefix = ip_prefix(&mask);
	}
	if (!rd_done(&data))
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "SAT selector is malformed");
	if (prefix < 0)
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "SAT selector has a mask with holes");
	out->port = port;
	out->prefix = (unsigned int)prefix;
	out->addr = ip_network(&addr, out->prefix);
	return ISAKMP_OK;
}

static void write_selector(struct wr *w, const struct gdoi_selector *s)
{
	size_t size = ip_size(&s->addr);
	bool v6 = s->addr.family == IP_V6;
	bool host = s->prefix == size * 8;
	struct ip_addr mask = ip_mask(s->addr.family, s->prefix);

	if (host)
		wr_u8(w, v6 ? GDOI_ID_IPV6_ADDR : GDOI_ID_IPV4_ADDR);
	else
		wr_u8(w, v6 ? GDOI_ID_IPV6_SUBNET : GDOI_ID_IPV4_SUBNET);
	wr_u16(w, s->port);
	wr_u8(w, (uint8_t)(host ? size : 2 * size));
	wr_bytes(w, s->addr.b, size);
	if (!host)
		wr_bytes(w, mask.b, size);
}

static bool take_auth(struct gdoi_sat *sat, const struct gdoi_attr_value *v)
{
	size_t i;

	sat->transform.auth = ESP_AUTH_NONE;
	if (!v[AUTH].seen)
		return true;
	for (i = 0; i < ARRAY_SIZE(auths); i++) {
		if (auths[i].wire != v[AUTH].number)
			continue;
		sat->transform.auth = auths[i].auth;
		return true;
	}
	return false;
}

static bool take_transform(struct gdoi_sat *sat, uint8_t id,
			   const struct gdoi_attr_value *v)
{
	unsigned int bits = (unsigned int)v[KEY_BITS].number;
	size_t i = 0;

	while (i < ARRAY_SIZE(ciphers) && ciphers[i].wire != id)
		i++;
	if (i == ARRAY_SIZE(ciphers) || !take_auth(sat, v))
		return false;
	if (ciphers[i].authenticates && sat->transform.auth != ESP_AUTH_NONE)
		return false;
	/* 0 is what a peer says that has no key for its AES: readable, but no
	 * policy to follow. */
	if (bits && (!ciphers[i].has_key_length ||
		     (bits != 128 && bits != 192 && bits != 256)))
		return false;
	sat->transform.cipher = ciphers[i].cipher;
	sat->transform.key_bits = bits;
	return true;
}

static bool take_lifetime(struct gdoi_sat *sat, const struct gdoi_attr_value *v)
{
	sat->lifetime = SA_LIFETIME_DEFAULT;
	if (v[LIFE_TYPE].seen != v[LIFETIME].seen)
		return false;
	if (!v[LIFETIME].seen)
		return true;
	sat->lifetime = (uint32_t)v[LIFETIME].number;
	return v[LIFE_TYPE].number == LIFE_SECONDS && v[LIFETIME].number > 0 &&
	       v[LIFETIME].number <= UINT32_MAX;
}

static bool take_mode(struct gdoi_sat *sat, const struct gdoi_attr_value *v)
{
	sat->transform.transport = v[MODE].number == MODE_TRANSPORT;
	return v[MODE].number == MODE_TUNNEL ||
	       v[MODE].number == MODE_TRANSPORT;
}

/* RFC 6407 5.5.1.1.3, .4: both have a default. */
static bool take_use(struct gdoi_sat *sat, const struct gdoi_attr_value *v)
{
	uint64_t preserve = GDOI_PRESERVE_BOTH, direction = GDOI_SYMMETRIC;

	if (v[PRESERVE].seen)
		preserve = v[PRESERVE].number;
	if (v[DIRECTION].seen)
		direction = v[DIRECTION].number;
	sat->preserve = (uint8_t)preserve;
	sat->direction = (uint8_t)direction;
	return preserve >= GDOI_PRESERVE_NONE &&
	       preserve <= GDOI_PRESERVE_BOTH &&
	       direction >= GDOI_SENDER_ONLY && direction <= GDOI_SYMMETRIC;
}

static struct isakmp_fault take_attributes(struct gdoi_sat *sat, uint8_t id,
					   const struct gdoi_attr_value *v)
{
	if (!take_transform(sat, id, v))
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "SAT has no transform we know");
	if (!take_lifetime(sat, v))
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "SAT lifetime is not in seconds");
	if (!take_mode(sat, v))
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "SAT has no encapsulation mode we know");
	if (!take_use(sat, v))
		return ISAKMP_FAULT(ATTRIBUTES_NOT_SUPPORTED,
				    "SAT direction or preservation unknown");
	if (sat->spi < SPI_MIN)
		return ISAKMP_FAULT(INVALID_SPI, "SAT has a reserved SPI");
	return ISAKMP_OK;
}

/* A deny entry has no SA. */
static struct isakmp_fault parse_deny(struct rd body, uint8_t id, uint32_t spi)
{
	if (id != 0 || spi != 0 || !rd_done(&body))
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "SAT of a deny entry has an SA");
	return ISAKMP_OK;
}

struct isakmp_fault gdoi_sat_parse(struct rd body, bool extensions,
				   struct gdoi_sat *out)
{
	struct gdoi_attr_value v[N_RULES];
	struct isakmp_fault fault;
	uint8_t id;

	*out = (struct gdoi_sat){ .protocol_id = rd_u8(&body) };
	if (out->protocol_id != GDOI_SAT_ESP &&
	    !(out->protocol_id == GDOI_SAT_DENY && extensions))
		return ISAKMP_FAULT(INVALID_PROTOCOL_ID, "SAT is not for ESP");
	out->protocol = rd_u8(&body);
	fault = parse_selector(&body, &out->src);
	if (!fault.notify)
		fault = parse_selector(&body, &out->dst);
	if (fault.notify)
		return fault;
	id = rd_u8(&body);
	out->spi = rd_u32(&body);
	if (body.bad || out->src.addr.family != out->dst.addr.family)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "SAT payload is malformed");
	if (out->protocol_id == GDOI_SAT_DENY)
		return parse_deny(body, id, out->spi);
	fault = gdoi_attr_parse(body, &table, extensions, v);
	if (fault.notify)
		return fault;
	return take_attributes(out, id, v);
}

static uint8_t wire_cipher(enum esp_cipher cipher)
{
	size_t i = 0;

	while (ciphers[i].cipher != cipher)
		i++;
	return ciphers[i].wire;
}

static void write_attributes(struct wr *w, const struct gdoi_sat *sat)
{
	const struct esp_transform *t = &sat->transform;
	size_t i;

	isakmp_attribute_tv(w, SAT_LIFE_TYPE, LIFE_SECONDS);
	isakmp_attribute_u32_tlv(w, SAT_LIFE_DURATION, sat->lifetime);
	isakmp_attribute_tv(w, SAT_ENCAPSULATION_MODE,
			    t->transport ? MODE_TRANSPORT : MODE_TUNNEL);
	for (i = 0; i < ARRAY_SIZE(auths); i++) {
		if (auths[i].auth == t->auth)
			isakmp_attribute_tv(w, SAT_AUTH_ALGORITHM,
					    auths[i].wire);
	}
	if (t->key_bits)
		isakmp_attribute_tv(w, SAT_KEY_LENGTH, (uint16_t)t->key_bits);
	isakmp_attribute_tv(w, SAT_ADDRESS_PRESERVATION, sat->preserve);
	isakmp_attribute_tv(w, SAT_SA_DIRECTION, sat->direction);
}

void gdoi_sat_write(struct wr *w, uint8_t next, const struct gdoi_sat *sat)
{
	size_t begin = isakmp_payload_begin(w, next);
	bool deny = sat->protocol_id == GDOI_SAT_DENY;

	wr_u8(w, sat->protocol_id);
	wr_u8(w, sat->protocol);
	write_selector(w, &sat->src);
	write_selector(w, &sat->dst);
	wr_u8(w, deny ? 0 : wire_cipher(sat->transform.cipher));
	wr_u32(w, deny ? 0 : sat->spi);
	if (!deny)
		write_attributes(w, sat);
	isakmp_payload_end(w, begin);
}

static bool selector_equal(const struct gdoi_selector *a,
			   const struct gdoi_selector *b)
{
	return ip_equal(&a->addr, &b->addr) && a->prefix == b->prefix &&
	       a->port == b->port;
}

bool gdoi_sat_same_selectors(const struct gdoi_sat *a, const struct gdoi_sat *b)
{
	return a->protocol == b->protocol && selector_equal(&a->src, &b->src) &&
	       selector_equal(&a->dst, &b->dst);
}
