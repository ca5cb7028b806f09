/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What qos_policy_cli.c and qos_action_cli.c share. */
#ifndef ROUTER_QOS_POLICY_CLI_H
#define ROUTER_QOS_POLICY_CLI_H

#include "router/qos.h"

/* Its object is a struct qos_member. */
extern const struct cli_mode qos_mode_member;

/* priority, bandwidth, shape, police, set ... */
void qos_action_cli_init(struct qos *qos);

#endif
