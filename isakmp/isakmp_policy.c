/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp_policy.h"

#include <stdlib.h>

#include "base/mem.h"

const struct isakmp_proposal isakmp_proposal_default = {
	.encr = ISAKMP_ENCR_DES,
	.hash = ISAKMP_HASH_SHA,
	.auth = ISAKMP_AUTH_RSA_SIG,
	.group = 1,
	.lifetime = ISAKMP_LIFETIME_DEFAULT,
};

#define BUILT_IN(e, bits, h, a, g)                                          \
	{                                                                   \
		ISAKMP_ENCR_##e, bits, ISAKMP_HASH_##h, ISAKMP_AUTH_##a, g, \
			ISAKMP_LIFETIME_DEFAULT                             \
	}
const struct isakmp_proposal isakmp_built_in[ISAKMP_N_BUILT_IN] = {
	BUILT_IN(AES, 128, SHA, RSA_SIG, 5), BUILT_IN(AES, 128, SHA, PSK, 5),
	BUILT_IN(AES, 128, MD5, RSA_SIG, 5), BUILT_IN(AES, 128, MD5, PSK, 5),
	BUILT_IN(3DES, 0, SHA, RSA_SIG, 2),  BUILT_IN(3DES, 0, SHA, PSK, 2),
	BUILT_IN(3DES, 0, MD5, RSA_SIG, 2),  BUILT_IN(3DES, 0, MD5, PSK, 2),
};

struct isakmp_policy *isakmp_policy_find(const struct isakmp_policies *all,
					 uint32_t priority)
{
	struct isakmp_policy *policy;

	LIST_FOREACH (policy, &all->list, entry)
		if (policy->priority == priority)
			return policy;
	return NULL;
}

static void insert(struct isakmp_policies *all, struct isakmp_policy *policy)
{
	struct isakmp_policy *before = LIST_FIRST(&all->list);

	if (!before || before->priority > policy->priority) {
		LIST_INSERT_HEAD(&all->list, policy, entry);
		return;
	}
	while (LIST_NEXT(before, entry) &&
	       LIST_NEXT(before, entry)->priority < policy->priority)
		before = LIST_NEXT(before, entry);
	LIST_INSERT_AFTER(before, policy, entry);
}

struct isakmp_policy *isakmp_policy_get(struct isakmp *isakmp,
					struct isakmp_policies *all,
					uint32_t priority)
{
	struct isakmp_policy *policy = isakmp_policy_find(all, priority);

	if (policy)
		return policy;
	policy = xcalloc(1, sizeof(*policy));
	policy->isakmp = isakmp;
	policy->priority = priority;
	policy->p = isakmp_proposal_default;
	insert(all, policy);
	return policy;
}

void isakmp_policy_free(struct isakmp_policy *policy)
{
	LIST_REMOVE(policy, entry);
	free(policy);
}

void isakmp_policies_free(struct isakmp_policies *all)
{
	while (!LIST_EMPTY(&all->list))
		isakmp_policy_free(LIST_FIRST(&all->list));
}
