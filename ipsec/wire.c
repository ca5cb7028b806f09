/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/wire.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ipsec/port_packet.h"

struct wire {
	unsigned int n;
};

int wire_open(struct wire **out, struct port **ports,
	      const struct wire_spec *spec, const char *how)
{
	int err = 0;
	unsigned int i;

	(void)how;
	for (i = 0; i < spec->n && !err; i++)
		err = port_packet_open(&ports[i], spec, i);
	if (err) {
		while (--i)
			port_close(ports[i - 1]);
		return err;
	}
	*out = xcalloc(1, sizeof(**out));
	(*out)->n = spec->n;
	return 0;
}

void wire_close(struct wire *wire)
{
	free(wire);
}

const char *wire_text(const struct wire *wire)
{
	(void)wire;
	return "af-packet";
}
