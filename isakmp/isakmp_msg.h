/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System messages of isakmp/ (base/msg.h).  The argument is the peer's
 * address. */
#ifndef ISAKMP_ISAKMP_MSG_H
#define ISAKMP_ISAKMP_MSG_H

#include "base/msg.h"

#define ISAKMP_MSGS(M)                                                        \
	M(IKMP_BAD_MESSAGE, "CRYPTO", 4, "IKMP_BAD_MESSAGE",                  \
	  "IKE message from %s failed its sanity check or is malformed")      \
	M(IKMP_NO_SA, "CRYPTO", 4, "IKMP_NO_SA",                              \
	  "IKE message from %s has no SA and is not an initialization offer") \
	M(IKMP_MODE_FAILURE, "CRYPTO", 6, "IKMP_MODE_FAILURE",                \
	  "Processing of Main mode failed with peer at %s")                   \
	M(IKMP_NOT_ENCRYPTED, "CRYPTO", 6, "IKMP_NOT_ENCRYPTED",              \
	  "IKE packet from %s was not encrypted and it should've been.")

MSG_DECLARE(ISAKMP_MSGS)

#endif
