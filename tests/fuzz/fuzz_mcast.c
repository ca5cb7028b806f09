/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IGMP and PIM of the link: the IP packets that raw sockets give, with
 * checksums made right first.  A first octet of 'i' makes it IGMP. */
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/igmp_packet.h"
#include "router/ip_packet.h"
#include "router/pim_packet.h"

enum { IP_SIZE = 20, SUM_AT = 2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void set_sum(uint8_t *p, size_t size)
{
	size_t header = size ? (size_t)(p[0] & 15) * 4 : 0;
	uint16_t sum;

	if (header < IP_SIZE || size < header + SUM_AT + sizeof(sum))
		return;
	p += header;
	p[SUM_AT] = p[SUM_AT + 1] = 0;
	sum = ip_sum(p, size - header);
	p[SUM_AT] = (uint8_t)(sum >> 8);
	p[SUM_AT + 1] = (uint8_t)sum;
}

static void igmp(struct rd r)
{
	struct igmp_note notes[IGMP_RECORDS];
	uint32_t src = 0;
	size_t n = igmp_packet_read(r, &src, notes);

	if (n > IGMP_RECORDS)
		abort();
	for (size_t i = 0; i < n; i++)
		if (!IN_MULTICAST(notes[i].group) &&
		    (notes[i].what != IGMP_QUERY || notes[i].group))
			abort();
}

static void pim(struct rd r)
{
	struct pim_message m;

	if (!pim_packet_read(r, &m))
		return;
	if (m.n > PIM_RECORDS)
		abort();
	for (size_t i = 0; i < m.n; i++)
		if (!IN_MULTICAST(m.records[i].group))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if (size < 2)
		return 0;
	copy = xmemdup(data + 1, size - 1);
	set_sum(copy, size - 1);
	if (*data == 'i')
		igmp(rd_init(copy, size - 1));
	else
		pim(rd_init(copy, size - 1));
	free(copy);
	return 0;
}
