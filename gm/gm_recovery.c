/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client recovery-check: packets that cannot be taken although they are the
 * group's mean that this member has not the keys or the time of the others;
 * it asks the next key server of its list for them. */
#include <string.h>

#include "gdoi/gdoi_id.h"
#include "gm/gm_member.h"
#include "gm/gm_msg.h"

/* Key servers of our kind write the group into an SPI's first octet, so that
 * another group's packets are known by it. */
static bool is_ours(const struct gm_member *m, const char *group, uint32_t spi)
{
	if (group)
		return strcmp(m->group->key, group) == 0;
	return spi >> 24 == gdoi_spi_prefix(&m->id);
}

static void check(struct gm_member *m)
{
	const struct gm_group *g = gm_group_of(m->group);
	int64_t now = env_now(m->gm->env);

	if (m->state != GM_REGISTERED || m->recovering ||
	    (m->recovered && now - m->recovered_at < SEC(g->recovery)))
		return;
	m->recovering = true;
	m->recovered = true;
	m->recovered_at = now;
	env_event(m->gm->env, GM_RECOVERY_REGISTRATION, m->group->name,
		  GM_SPREAD);
	gm_timers_soon(m);
}

void gm_recovery_trouble(void *arg, const char *ifname, const char *group,
			 uint32_t spi)
{
	struct gm *gm = arg;
	struct gm_member *m;

	TAILQ_FOREACH (m, &gm->members, entry) {
		const struct gm_group *g = gm_group_of(m->group);

		if (strcmp(m->ifname, ifname) == 0 && g && g->recovery &&
		    m->keys.policy && is_ours(m, group, spi))
			check(m);
	}
}

size_t gm_recovery_server(struct gm_member *m)
{
	const struct gm_group *g = gm_group_of(m->group);
	size_t i;

	if (!m->recovering)
		return 0;
	m->recovering = false;
	for (i = 0; i < g->n_servers; i++)
		if (ip_equal(&g->servers[i], &m->registered_with))
			return (i + 1) % g->n_servers;
	return 0;
}
