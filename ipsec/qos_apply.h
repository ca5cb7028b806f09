/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The policies of router/qos.h on the interfaces that have them: each goes to
 * the packet path when what it amounts to is another than before, or when the
 * interface is there again.  And show policy-map interface.  Control thread. */
#ifndef IPSEC_QOS_APPLY_H
#define IPSEC_QOS_APPLY_H

#include "base/env.h"
#include "cli/cli.h"
#include "ipsec/qos.h"
#include "router/qos.h"

struct qos_apply;

struct qos_apply_config {
	struct env *env;
	struct cli *cli;
	struct ipsec *ipsec;
	struct ifaces *ifaces;
	struct qos *qos;
	/* Whether the interface's crypto map says "qos pre-classify". */
	bool (*pre_classify)(void *arg, const char *ifname);
	void *arg;
};

/* All that config points to lives longer. */
struct qos_apply *qos_apply_new(const struct qos_apply_config *config);
void qos_apply_free(struct qos_apply *a);
/* Something may have changed: looked at when the event is over, so that a
 * pasted policy counts as one change. */
void qos_apply_soon(struct qos_apply *a);
/* At once. */
void qos_apply_now(struct qos_apply *a);

void qos_apply_interface_changed(struct qos_apply *a, const struct iface *iface,
				 enum iface_change change);

/* qos_show.c */
void qos_apply_show_init(struct qos_apply *a);
const struct qos_apply_config *qos_apply_config(const struct qos_apply *a);

#endif
