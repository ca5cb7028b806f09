/* SPDX-License-Identifier: GPL-3.0-or-later */
/* monitor capture: packets of interfaces go into buffers, to be looked at and
 * to be written to files.  An interface is fronted while something captures on
 * it.  Control thread. */
#ifndef IPSEC_CAPTURE_H
#define IPSEC_CAPTURE_H

#include "ipsec/ipsec.h"
#include "router/acl.h"

struct captures;
struct capture_keys;

struct captures_config {
	struct loop *loop;
	struct env *env;
	struct ipsec *ipsec;
	struct acls *acls;
	struct cli *cli;
	/* "service internal" is on: keys may be taken down. */
	bool (*internal)(void *arg);
	void *arg;
};

/* With its commands.  ipsec has to live longer. */
struct captures *captures_new(const struct captures_config *config);
/* Ends all captures. */
void captures_free(struct captures *captures);
/* An interface has a front, or another one: who captures there goes on. */
void captures_fronted(struct captures *captures, const char *ifname);
/* Where keys are taken down (capture_keys.h). */
struct capture_keys *captures_keys(struct captures *captures);

#endif
