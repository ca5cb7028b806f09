/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Network namespaces of our own, one a VRF.  The control thread goes into one
 * for as long as it takes to open a socket, a TAP or a file below
 * /proc/sys/net there; what was opened stays in it.  A namespace has no name:
 * it ends with the last descriptor, so a router that is killed leaves none
 * behind.  It takes CAP_SYS_ADMIN, which is effective only inside these
 * calls. */
#ifndef ROUTER_NETNS_H
#define ROUTER_NETNS_H

struct netns;

/* A new one, empty but for its lo.  NULL with errno set. */
struct netns *netns_new(void);
void netns_free(struct netns *ns);
/* ns NULL: the router's own, nothing happens.  To be handed to netns_leave();
 * -errno: we are where we were. */
int netns_enter(const struct netns *ns);
void netns_leave(int home);
/* For a thread that has no business in any of them. */
void netns_forsake(void);

#endif
