/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers registrations (gdoi_server_ops). */
#ifndef KS_KS_REGISTER_H
#define KS_KS_REGISTER_H

#include "ks/ks_group.h"

extern const struct gdoi_server_ops ks_register_ops; /* ctx: struct ks */

#endif
