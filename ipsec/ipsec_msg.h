/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System messages of the dataplane. */
#ifndef IPSEC_IPSEC_MSG_H
#define IPSEC_IPSEC_MSG_H

#include "base/msg.h"

#define IPSEC_MSGS(M)                                                         \
	M(RECVD_PKT_NOT_IPSEC, "CRYPTO", 4, "RECVD_PKT_NOT_IPSEC",            \
	  "Rec'd packet not an IPSEC packet. (ip) vrf/dest_addr= %s/%s, "     \
	  "src_addr= %s, prot= %u")                                           \
	M(RECVD_PKT_INV_SPI, "CRYPTO", 4, "RECVD_PKT_INV_SPI",                \
	  "decaps: rec'd IPSEC packet has invalid spi for destaddr=%s, "      \
	  "prot=50, spi=0x%X(%u), srcaddr=%s, input interface=%s")            \
	M(RECVD_PKT_MAC_ERR, "CRYPTO", 4, "RECVD_PKT_MAC_ERR",                \
	  "decrypt: mac verify failed for connection id=%u spi=%08X "         \
	  "seqno=%08X")                                                       \
	M(PKT_REPLAY_ERR, "CRYPTO", 4, "PKT_REPLAY_ERR",                      \
	  "decrypt: replay check failed connection id=%u, sequence "          \
	  "number=%u")                                                        \
	M(BUFCAP_ENABLE, "BUFCAP", 6, "ENABLE", "Capture Point %s enabled.")  \
	M(BUFCAP_DISABLE, "BUFCAP", 6, "DISABLE",                             \
	  "Capture Point %s disabled.")                                       \
	M(BUFCAP_DISABLE_ASYNC, "BUFCAP", 6, "DISABLE_ASYNC",                 \
	  "Capture Point %s disabled. Reason : %s")                           \
	M(BUFCAP_CREATE, "BUFCAP", 6, "CREATE", "Capture Point %s created.")  \
	M(BUFCAP_DELETE, "BUFCAP", 6, "DELETE", "Capture Point %s deleted.")  \
	M(TIMEBASED_REPLAY_FAILED, "GDOI", 4, "TIMEBASED_REPLAY_FAILED",      \
	  "An anti replay check has failed in group %s: my_pseudotime = "     \
	  "%u.%02u secs, peer_pseudotime = %u.%02u secs, replay_window = %u " \
	  "(sec), src_addr = %s, dst_addr = %s")

MSG_DECLARE(IPSEC_MSGS)

#endif
