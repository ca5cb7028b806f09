/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/front_users.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "ipsec/capture.h"
#include "ipsec/ipsec_priv.h"
#include "ipsec/qos_tree.h"

struct front *ipsec_front(const struct ipsec *ipsec, const char *ifname)
{
	struct front *f;

	TAILQ_FOREACH (f, &ipsec->fronts, link)
		if (strcmp(f->name, ifname) == 0)
			return f;
	return NULL;
}

/* --- what could not be opened in another VRF ------------------------------- */

/* Who holds an interface that has no front now: the next front is theirs, so
 * that an interface with a crypto map never comes back without. */
struct front_lost {
	TAILQ_ENTRY(front_lost) link;
	char name[LANE_NAME];
	unsigned int users;
};

static struct front_lost *lost_find(const struct ipsec *ipsec,
				    const char *ifname)
{
	struct front_lost *l;

	TAILQ_FOREACH (l, &ipsec->lost, link)
		if (strcmp(l->name, ifname) == 0)
			return l;
	return NULL;
}

static unsigned int lost_users(const struct ipsec *ipsec, const char *ifname)
{
	const struct front_lost *l = lost_find(ipsec, ifname);

	return l ? l->users : 0;
}

static void lost_set(struct ipsec *ipsec, const char *ifname,
		     unsigned int users)
{
	struct front_lost *l = lost_find(ipsec, ifname);

	if (!l && users) {
		l = xcalloc(1, sizeof(*l));
		snprintf(l->name, sizeof(l->name), "%s", ifname);
		TAILQ_INSERT_TAIL(&ipsec->lost, l, link);
	}
	if (!l)
		return;
	l->users = users;
	if (users)
		return;
	TAILQ_REMOVE(&ipsec->lost, l, link);
	free(l);
}

void ipsec_lost_free(struct ipsec *ipsec)
{
	while (!TAILQ_EMPTY(&ipsec->lost))
		lost_set(ipsec, TAILQ_FIRST(&ipsec->lost)->name, 0);
}

/* --- users ---------------------------------------------------------------- */

/* Without rules: everything passes. */
static struct policy *clear_policy(const struct ipsec *ipsec,
				   const struct iface *iface)
{
	const struct ipsec_policy none = { .n_rules = 0 };
	struct policy *p = policy_new(&none, ipsec->store, ipsec->stats);

	if (!p)
		log_fatal("a policy without rules is refused");
	ipsec_dress(ipsec, p, iface);
	return p;
}

static void front_added(struct ipsec *ipsec, struct front *f)
{
	TAILQ_INSERT_TAIL(&ipsec->fronts, f, link);
	if (ipsec->captures)
		captures_fronted(ipsec->captures, f->name);
}

static int front_new(struct ipsec *ipsec, struct front **out,
		     const char *ifname, enum ipsec_user user)
{
	struct iface *iface = iface_find(ipsec->ifaces, ifname);
	unsigned int users = IPSEC_USER_BIT(user) | lost_users(ipsec, ifname);
	struct policy *first = NULL;
	int err;

	if (!iface || !iface->device || iface->loopback)
		return -ENODEV;
	if (!(users & IPSEC_USER_BIT(IPSEC_USER_MAP)))
		first = clear_policy(ipsec, iface);
	err = front_open(out, ipsec->ifaces, iface, ipsec->crypto,
			 ipsec->workers, ipsec->n_workers, first);
	if (err) {
		policy_free(first);
		return err;
	}
	(*out)->users = users;
	lost_set(ipsec, ifname, 0);
	front_added(ipsec, *out);
	return 0;
}

int ipsec_hold(struct ipsec *ipsec, const char *ifname, enum ipsec_user user)
{
	struct front *f = ipsec_front(ipsec, ifname);
	int err;

	if (f && (f->users & IPSEC_USER_BIT(user)))
		return 0;
	if (!f) {
		err = front_new(ipsec, &f, ifname, user);
		if (err)
			return err;
	} else if (user == IPSEC_USER_MAP) {
		policy_free(front_set_policy(f, NULL));
	}
	f->users |= IPSEC_USER_BIT(user);
	return 0;
}

/* A front is told its service-policies one by one. */
static void take_qos(struct front *f, struct qos_tree **trees)
{
	for (int i = 0; i < IPSEC_QOS_DIRECTIONS; i++)
		trees[i] =
			f->qos[i]
				? front_set_qos(f, (enum ipsec_qos_direction)i,
						NULL)
				: NULL;
}

static void give_qos(struct front *f, struct qos_tree **trees)
{
	for (int i = 0; i < IPSEC_QOS_DIRECTIONS; i++)
		if (trees[i])
			(void)front_set_qos(f, (enum ipsec_qos_direction)i,
					    trees[i]);
}

/* Its users and its rules go with it; what it knew of paths does not. */
static void front_move(struct ipsec *ipsec, struct front *f,
		       struct iface *iface)
{
	struct policy *policy = f->policy;
	struct qos_tree *trees[IPSEC_QOS_DIRECTIONS];
	unsigned int users = f->users;
	int err;

	take_qos(f, trees);
	f->policy = NULL;
	ipsec_front_close(ipsec, f);
	err = front_open(&f, ipsec->ifaces, iface, ipsec->crypto,
			 ipsec->workers, ipsec->n_workers, policy);
	if (err) {
		log_warn("%s: it cannot be moved to its VRF: %s", iface->name,
			 strerror(-err));
		lost_set(ipsec, iface->name, users);
		policy_free(policy);
		for (int i = 0; i < IPSEC_QOS_DIRECTIONS; i++)
			qos_tree_free(trees[i]);
		return;
	}
	give_qos(f, trees);
	f->users = users;
	front_added(ipsec, f);
}

void ipsec_follow_vrf(struct ipsec *ipsec, struct iface *iface)
{
	struct front *f;
	int err = 0;

	if (iface->loopback)
		return;
	if (!iface->vrf)
		ipsec_release(ipsec, iface->name, IPSEC_USER_VRF);
	f = ipsec_front(ipsec, iface->name);
	if (f && f->vrf != iface->vrf)
		front_move(ipsec, f, iface);
	for (int user = 0; user < IPSEC_N_USERS && !f; user++)
		if (lost_users(ipsec, iface->name) & IPSEC_USER_BIT(user))
			err = ipsec_hold(ipsec, iface->name,
					 (enum ipsec_user)user);
	if (iface->vrf && iface->device && iface->ifindex)
		err = ipsec_hold(ipsec, iface->name, IPSEC_USER_VRF);
	if (err)
		log_warn("%s: it cannot work in its VRF: %s", iface->name,
			 strerror(-err));
}

void ipsec_front_close(struct ipsec *ipsec, struct front *f)
{
	TAILQ_REMOVE(&ipsec->fronts, f, link);
	front_close(f, ipsec->ifaces);
}

void ipsec_release(struct ipsec *ipsec, const char *ifname,
		   enum ipsec_user user)
{
	struct front *f = ipsec_front(ipsec, ifname);
	struct iface *iface = iface_find(ipsec->ifaces, ifname);

	if (!f)
		lost_set(ipsec, ifname,
			 lost_users(ipsec, ifname) & ~IPSEC_USER_BIT(user));
	if (!f || !(f->users & IPSEC_USER_BIT(user)))
		return;
	f->users &= ~IPSEC_USER_BIT(user);
	if (!f->users || !iface)
		ipsec_front_close(ipsec, f);
	else if (user == IPSEC_USER_MAP)
		policy_free(front_set_policy(f, clear_policy(ipsec, iface)));
}
