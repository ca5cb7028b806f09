/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The octets of an announcement, to be changed before they are read. */
#ifndef TESTS_COOP_ANN_WIRE_H
#define TESTS_COOP_ANN_WIRE_H

#include "tests/coop/anns.h"
#include "tests/gdoi/mutate.h"

enum {
	ROOM = 4096,
	/* Where fields of the header are (docs/PROTOCOL.md 11.3). */
	AT_MAJOR = 4,
	AT_MINOR = 5,
	AT_FLAGS = 6,
	AT_ROLE = 8,
	AT_PRIORITY = 9,
	AT_GROUP = 10,
	AT_CLOCK = 30,
	AT_PSEUDOTIME = 38,
	HEADER = 58,
	TLV = 6, /* type and length */
};

struct wire {
	uint8_t octets[ROOM];
	size_t len;
};

static inline void write_ann(const struct coop_ann *ann, struct wire *wire)
{
	struct wr w = wr_init(wire->octets, sizeof(wire->octets));

	coop_ann_write(&w, ann);
	ck_assert(wr_ok(&w));
	wire->len = wr_at(&w);
}

static inline const char *read_wire(const struct wire *wire,
				    struct coop_ann *out)
{
	return coop_ann_read(rd_init(wire->octets, wire->len), out);
}

static inline void assert_reads(const struct wire *wire,
				const struct coop_ann *want)
{
	struct coop_ann got;

	ck_assert_ptr_null(read_wire(wire, &got));
	ck_assert_pstr_eq(ann_difference(&got, want), NULL);
}

static inline void assert_refused(const struct wire *wire, const char *why)
{
	struct coop_ann got;

	ck_assert_pstr_eq(read_wire(wire, &got), why);
}

static inline void add_tlv(struct wire *wire, uint16_t type, const void *body,
			   size_t len)
{
	struct wr w = wr_init(wire->octets, sizeof(wire->octets));

	w.len = wire->len;
	wr_u16(&w, type);
	wr_u32(&w, (uint32_t)len);
	wr_bytes(&w, body, len);
	ck_assert(wr_ok(&w));
	wire->len = wr_at(&w);
}

/* A minimal one with one more TLV. */
static inline void with_tlv(struct wire *wire, uint16_t type, const void *body,
			    size_t len)
{
	struct coop_ann ann = ann_minimal();

	write_ann(&ann, wire);
	add_tlv(wire, type, body, len);
}

/* A header with one octet changed. */
static inline void with_octet(struct wire *wire, size_t at, uint8_t value)
{
	struct coop_ann ann = ann_full();

	write_ann(&ann, wire);
	wire->octets[at] = value;
}

#endif
