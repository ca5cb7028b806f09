/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The group member: crypto maps of kind gdoi, registration with the key
 * servers of a group in order, what the dataplane shall do.  Control thread
 * only; sans-IO. */
#ifndef GM_GM_H
#define GM_GM_H

#include "base/env.h"
#include "gdoi/group.h"
#include "ipsec/dataplane.h"
#include "isakmp/isakmp.h"
#include "router/acl.h"

struct gm;

struct gm_interface { /* what the member needs to know of one */
	bool exists, up;
	struct ip_addr addr;
	unsigned int mtu;  /* IP MTU, octets */
	unsigned int mtu6; /* of IPv6 */
	uint32_t vrf;	   /* as in struct endpoint */
};

struct gm_config {
	struct env *env;
	struct cli *cli; /* may be NULL: no commands (simulation) */
	/* The mode of interface sub-commands, and the name of its object; NULL
	 * without cli. */
	const struct cli_mode *if_mode;
	int if_order; /* of crypto map among the interface's lines */
	const char *(*if_name)(const void *if_obj);
	struct isakmp *isakmp;
	struct gdoi_groups *groups;
	struct acls *acls;
	/* For client transform-sets; NULL: none of them exists. */
	const struct ipsec_config *ipsec;
	struct dataplane dataplane;
	/* Interface by full name. */
	void (*interface)(void *arg, const char *name,
			  struct gm_interface *out);
	/* Its name, NULL: there is none of that number.  Or NULL: there are
	 * no VRFs. */
	const char *(*vrf_name)(void *arg, uint32_t vrf);
	/* Maps, or what interfaces have, may be others now; or NULL. */
	void (*refreshed)(void *arg);
	void *arg;
};

struct gm *gm_new(const struct gm_config *config);
void gm_free(struct gm *gm);
/* crypto map ..., its mode, crypto map on interfaces, server address and the
 * client lines of a group, show crypto gdoi gm ..., show crypto ipsec sa,
 * show crypto map, crypto gdoi gm ... */
void gm_cli_init(struct gm *gm);
/* The interface came up, went down, changed its address, or is gone. */
void gm_interface_changed(struct gm *gm, const char *name);

/* Whether a crypto map of the interface says "qos pre-classify". */
bool gm_pre_classify(const struct gm *gm, const char *ifname);

#endif
