/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_feature.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* The versions are those in which Cisco's release notes bring the feature, as
 * far as outputs of devices bear them out; IP D3P and the interoperable
 * acknowledgement came last. */
static const struct gdoi_feature features[] = {
	{ "ckm", 26, false },
	{ "crl-check", 9, false },
	{ "cts-sgt", 5, false },
	{ "dp-recovery", 10, false },
	{ "gdoi-interop-ack", 27, true }, /* RFC 8263 */
	{ "gdoi-mib", 4, false },
	{ "gikev2", 14, false },
	{ "gm-removal", 2, true },
	{ "ip-d3p", 27, false },
	{ "ipv6-crypto-path", 3, false },
	{ "long-sa-lifetime", 9, true },
	{ "pfs", 26, false },
	{ "policy-replace", 2, true },
	{ "suite-b", 4, true },
};

const struct gdoi_feature *gdoi_feature_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(features); i++) {
		if (strcmp(features[i].name, name) == 0)
			return &features[i];
	}
	return NULL;
}

const struct gdoi_feature *gdoi_feature_next(const struct gdoi_feature *after)
{
	size_t next = after ? (size_t)(after - features) + 1 : 0;

	return next < ARRAY_SIZE(features) ? &features[next] : NULL;
}

bool gdoi_feature_of(const struct gdoi_feature *feature, const char *version,
		     bool family)
{
	unsigned int number;

	if (family)
		return feature->ours;
	return sscanf(version, "1.0.%5u", &number) == 1 &&
	       number >= feature->since;
}

void gdoi_feature_say(const struct gdoi_feature *feature, const char *address,
		      const char *version, bool family, struct cli_out *o)
{
	cli_say(o, "        %s          %s         %s\n", address,
		version[0] ? version : "unknown",
		gdoi_feature_of(feature, version, family) ? "Yes" : "No");
}
