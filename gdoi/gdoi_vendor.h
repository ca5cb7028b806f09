/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vendor ID by which our family knows itself, and which tells the GETVPN
 * version of a member (docs/PROTOCOL.md). */
#ifndef GDOI_GDOI_VENDOR_H
#define GDOI_GDOI_VENDOR_H

#include "gdoi/gdoi.h"

#define GDOI_VERSION_TEXT 16

/* True when the peer is of our family: then version (GDOI_VERSION_TEXT
 * octets) is its version, else "". */
bool gdoi_vendor_of(const struct isakmp_sa *sa, char *version);
/* The same of a vendor ID's body. */
bool gdoi_vendor_parse(struct rd body, char *version);

#endif
