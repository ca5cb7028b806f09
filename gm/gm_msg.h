/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System messages of the group member.  Sources: the IOS 15.4 logs of the
 * article the project grew from; config guides for the others. */
#ifndef GM_GM_MSG_H
#define GM_GM_MSG_H

#include "base/msg.h"

/* clang-format off */
#define GM_MSGS(M) \
	M(GM_REGSTER, "CRYPTO", 5, "GM_REGSTER", \
	  "Start registration to KS %s for group %s using address %s" \
	  " fvrf default ivrf default ") \
	M(GM_TEK_UPDATED, "GDOI", 5, "SA_TEK_UPDATED", "SA TEK was updated") \
	M(GM_KEK_UPDATED, "GDOI", 5, "SA_KEK_UPDATED", "SA KEK was updated") \
	M(GM_REGS_COMPL, "GDOI", 5, "GM_REGS_COMPL", \
	  "Registration to KS %s complete for group %s using address %s" \
	  " fvrf default ivrf default ") \
	M(GM_INSTALL_POLICIES_SUCCESS, "GDOI", 5, \
	  "GM_INSTALL_POLICIES_SUCCESS", \
	  "SUCCESS: Installation of Reg/Rekey policies from KS %s for" \
	  " group %s & gm identity %s fvrf default ivrf default") \
	M(GM_INSTALL_POLICIES_FAILED, "GDOI", 5, \
	  "GM_INSTALL_POLICIES_FAILED", \
	  "FAILED: Installation of Reg/Rekey policies from KS %s for" \
	  " group %s & gm identity %s fvrf default ivrf default") \
	M(GM_RE_REGISTER, "GDOI", 4, "GM_RE_REGISTER", \
	  "The IPSec SA created for group %s may have expired/been" \
	  " cleared, or didn't go through. Re-register to KS.") \
	M(GM_REJECTING_SA_PAYLOAD, "GDOI", 4, "GM_REJECTING_SA_PAYLOAD", \
	  "Registration: Policy in SA payload sent by KS %s rejected by" \
	  " GM in the group %s reason %s") \
	M(GM_NO_CRYPTO_ENGINE, "GDOI", 3, "GM_NO_CRYPTO_ENGINE", \
	  "No suitable crypto engine is found for crypto map %s") \
	M(GM_CLEAR_REGISTER, "GDOI", 5, "GM_CLEAR_REGISTER", \
	  "Config: GM cleared gdoi configuration for the group %s.") \
	M(GM_LOCAL_PERMIT, "GDOI", 4, "GM_LOCAL_ACL_PERMIT", \
	  "ACL %s of crypto map %s: permit entries are not supported in a local" \
	  " policy and are ignored")
/* clang-format on */

MSG_DECLARE(GM_MSGS)

#endif
