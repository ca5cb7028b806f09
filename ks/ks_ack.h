/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes in acknowledgements of rekeys (RFC 8263). */
#ifndef KS_KS_ACK_H
#define KS_KS_ACK_H

#include "ks/ks_group.h"

void ks_ack_init(struct ks *ks);
void ks_ack_fini(struct ks *ks);

#endif
