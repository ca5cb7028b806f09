/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "getvpnd/sockets.h"

#include <stdlib.h>

#include "base/mem.h"

struct place {
	TAILQ_ENTRY(place) link;
	uint32_t vrf;
	struct udp *udp;
};

struct sockets {
	struct loop *loop;
	struct udp_config config;
	TAILQ_HEAD(, place) places;
};

static struct place *find(const struct sockets *s, uint32_t vrf)
{
	struct place *p;

	TAILQ_FOREACH (p, &s->places, link)
		if (p->vrf == vrf)
			return p;
	return NULL;
}

static bool open_in(struct sockets *s, const struct vrf *vrf)
{
	struct udp_config config = s->config;
	struct udp *udp;
	struct place *p;

	config.vrf = vrf;
	udp = udp_new(s->loop, &config);
	if (!udp)
		return false;
	p = xcalloc(1, sizeof(*p));
	p->vrf = vrf ? vrf->id : 0;
	p->udp = udp;
	TAILQ_INSERT_TAIL(&s->places, p, link);
	return true;
}

static void close_place(struct sockets *s, struct place *p)
{
	TAILQ_REMOVE(&s->places, p, link);
	udp_free(p->udp);
	free(p);
}

static void on_vrf(void *arg, struct vrf *vrf, enum vrf_change change)
{
	struct sockets *s = arg;
	struct place *p = find(s, vrf->id);

	if (change == VRF_NEW && vrf->ns)
		(void)open_in(s, vrf);
	else if (change == VRF_GONE && p)
		close_place(s, p);
}

struct sockets *sockets_new(struct loop *loop, const struct udp_config *config,
			    struct vrfs *vrfs)
{
	struct sockets *s = xcalloc(1, sizeof(*s));

	TAILQ_INIT(&s->places);
	s->loop = loop;
	s->config = *config;
	if (!open_in(s, NULL)) {
		sockets_free(s);
		return NULL;
	}
	vrfs_watch(vrfs, on_vrf, s);
	return s;
}

void sockets_free(struct sockets *s)
{
	if (!s)
		return;
	while (!TAILQ_EMPTY(&s->places))
		close_place(s, TAILQ_FIRST(&s->places));
	free(s);
}

void sockets_send(struct sockets *s, const struct endpoint *local,
		  const struct endpoint *remote, const void *data, size_t len)
{
	const struct place *p = find(s, local->vrf);

	if (p)
		udp_send(p->udp, local, remote, data, len);
}

void sockets_join(struct sockets *s, const struct ip_addr *group,
		  const struct endpoint *local, bool on)
{
	const struct place *p = find(s, local->vrf);

	if (p)
		udp_join(p->udp, group, &local->addr, on);
}

void sockets_interfaces_changed(struct sockets *s)
{
	struct place *p;

	TAILQ_FOREACH (p, &s->places, link)
		udp_interfaces_changed(p->udp);
}
