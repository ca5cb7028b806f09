/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SEQ payload (RFC 6407 5.7): the number of the last PUSH of a KEK. */
#ifndef GDOI_GDOI_SEQ_H
#define GDOI_GDOI_SEQ_H

#include "base/rd.h"
#include "base/wr.h"
#include "isakmp/isakmp.h"

struct isakmp_fault gdoi_seq_parse(struct rd body, uint32_t *number)
	__attribute__((warn_unused_result));
void gdoi_seq_write(struct wr *w, uint8_t next, uint32_t number);

#endif
