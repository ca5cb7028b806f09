/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/gro.h"

void gro_start(struct gro *g, struct pkt **out, bool udp)
{
	g->frames = out;
	g->udp = udp;
	g->n = 0;
}

void gro_add(struct gro *g, struct pkt *p, const struct ipv4 *ip)
{
	(void)ip;
	gro_pass(g, p);
}

void gro_pass(struct gro *g, struct pkt *p)
{
	g->frames[g->n++] = p;
}

unsigned int gro_end(struct gro *g)
{
	return g->n;
}
