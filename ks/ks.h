/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key server: groups with "server local", their policy and keys, the
 * database of members.  Control thread only; sans-IO. */
#ifndef KS_KS_H
#define KS_KS_H

#include "base/env.h"
#include "gdoi/group.h"
#include "ipsec/transform.h"
#include "isakmp/isakmp.h"
#include "router/acl.h"

struct ks;
struct coop_transport; /* ks/coop_link.h */

struct ks_config {
	struct env *env;
	struct cli *cli; /* may be NULL: no commands (simulation) */
	struct isakmp *isakmp;
	/* The way to other key servers; NULL: ISAKMP. */
	const struct coop_transport *transport;
	struct isakmp_keys *keys;
	struct gdoi_groups *groups;
	struct acls *acls;
	struct ipsec_config *ipsec;
	/* The address is one of this router's own, on an interface that is up
	 * (address ipv4 A of server local). */
	bool (*is_local)(void *arg, const struct ip_addr *addr);
	/* The primary address of an interface (address ipv4 INTERFACE); may
	 * be NULL: then commands take no interface names. */
	bool (*interface_addr)(void *arg, const char *name,
			       struct ip_addr *out);
	void *arg;
};

/* What config points to must outlive it; no command may be typed after
 * ks_free(). */
struct ks *ks_new(const struct ks_config *config);
void ks_free(struct ks *ks);
/* The interface came up, went down, changed its address, or is gone. */
void ks_interface_changed(struct ks *ks, const char *name);
/* The commands of server local and below, show crypto gdoi ks ... */
void ks_cli_init(struct ks *ks);

#endif
