/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_seq.h"

struct isakmp_fault gdoi_seq_parse(struct rd body, uint32_t *number)
{
	*number = rd_u32(&body);

	if (!rd_done(&body))
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "SEQ payload is not 4 octets");
	return ISAKMP_OK;
}

void gdoi_seq_write(struct wr *w, uint8_t next, uint32_t number)
{
	size_t begin = isakmp_payload_begin(w, next);

	wr_u32(w, number);
	isakmp_payload_end(w, begin);
}
