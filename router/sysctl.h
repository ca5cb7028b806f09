/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Switches of the kernel under /proc/sys/net, of one network
 * namespace, with a memory of what they were before. */
#ifndef ROUTER_SYSCTL_H
#define ROUTER_SYSCTL_H

#include <stdbool.h>

#include "router/netns.h"

struct sysctls;

/* ns NULL: of the namespace we are in; it lives longer. */
struct sysctls *sysctls_new(const struct netns *ns);
/* Puts every switch back (newest first) that still is there. */
void sysctls_free(struct sysctls *sysctls);
/* path: "ipv4/conf/eth1/rp_filter".  0 or -errno; -ENOENT when the kernel has
 * no such switch; sysctls NULL: nothing is switched any more. */
int sysctls_set(struct sysctls *sysctls, const char *path, const char *value);
/* One of "ipvN/conf/DEVICE/KEY". */
int sysctls_set_device(struct sysctls *sysctls, const char *version,
		       const char *device, const char *key, bool on);

#endif
