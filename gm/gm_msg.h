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
	  " fvrf %s ivrf %s ") \
	M(GM_ON_OFF, "CRYPTO", 6, "GDOI_ON_OFF", "GDOI is %s") \
	M(GM_TEK_UPDATED, "GDOI", 5, "SA_TEK_UPDATED", "SA TEK was updated") \
	M(GM_KEK_UPDATED, "GDOI", 5, "SA_KEK_UPDATED", "SA KEK was updated") \
	M(GM_REGS_COMPL, "GDOI", 5, "GM_REGS_COMPL", \
	  "Registration to KS %s complete for group %s using address %s" \
	  " fvrf %s ivrf %s ") \
	M(GM_INSTALL_POLICIES_SUCCESS, "GDOI", 5, \
	  "GM_INSTALL_POLICIES_SUCCESS", \
	  "SUCCESS: Installation of Reg/Rekey policies from KS %s for" \
	  " group %s & gm identity %s fvrf %s ivrf %s") \
	M(GM_INSTALL_POLICIES_FAILED, "GDOI", 5, \
	  "GM_INSTALL_POLICIES_FAILED", \
	  "FAILED: Installation of Reg/Rekey policies from KS %s for" \
	  " group %s & gm identity %s fvrf %s ivrf %s") \
	M(GM_RE_REGISTER, "GDOI", 4, "GM_RE_REGISTER", \
	  "The IPSec SA created for group %s may have expired/been" \
	  " cleared, or didn't go through. Re-register to KS.") \
	M(GM_REJECTING_SA_PAYLOAD, "GDOI", 4, "GM_REJECTING_SA_PAYLOAD", \
	  "Registration: Policy in SA payload sent by KS %s rejected by" \
	  " GM in the group %s reason %s") \
	M(GM_INCOMPLETE_CFG, "GDOI", 3, "GM_INCOMPLETE_CFG", \
	  "Registration: incomplete config for group %s") \
	M(GM_NO_CRYPTO_ENGINE, "GDOI", 3, "GM_NO_CRYPTO_ENGINE", \
	  "No suitable crypto engine is found for crypto map %s") \
	M(GM_CLEAR_REGISTER, "GDOI", 5, "GM_CLEAR_REGISTER", \
	  "Config: GM cleared gdoi configuration for the group %s.") \
	M(GM_LOCAL_PERMIT, "GDOI", 4, "GM_LOCAL_ACL_PERMIT", \
	  "ACL %s of crypto map %s: permit entries are not supported in a local" \
	  " policy and are ignored") \
	M(GM_RECV_REKEY, "GDOI", 5, "GM_RECV_REKEY", \
	  "Received Rekey for group %s from %s to %s with seq # %u, spi 0x%s") \
	M(GM_RECV_POLICY_REPLACE_NOW, "GDOI", 4, "GM_RECV_POLICY_REPLACE_NOW", \
	  "GM received policy replace now rekey from KS in group %s.") \
	M(GM_RECV_DELETE, "GDOI", 4, "GM_RECV_DELETE", \
	  "GM received delete-msg from KS in group %s. TEKs lifetime are" \
	  " reduced and re-registration will start before SA expiry") \
	M(GM_RECV_DELETE_IMMEDIATE, "GDOI", 4, "GM_RECV_DELETE_IMMEDIATE", \
	  "GM receive REMOVAL-NOW in group %s to cleanup downloaded policy" \
	  " now. Re-registration will start in a randomly chosen period of" \
	  " %d sec") \
	M(GM_REKEY_FAILURE, "GDOI", 3, "GDOI_REKEY_FAILURE", \
	  "Processing of REKEY payloads failed on GM %s in the group %s, with" \
	  " peer at %s") \
	M(GM_REKEY_SEQ_FAILURE, "GDOI", 3, "GDOI_REKEY_SEQ_FAILURE", \
	  "Failed to process rekey seq # %u in seq payload for group %s, last" \
	  " seq # %u") \
	M(GM_PSEUDO_TIME_LARGE, "GDOI", 3, "PSEUDO_TIME_LARGE", \
	  "Pseudotime difference between KS (%lld sec) and GM (%lld sec) is" \
	  " larger than expected in group %s. Adjust to new PST") \
	M(GM_PSEUDO_TIME_TOO_OLD, "GDOI", 3, "PSEUDO_TIME_TOO_OLD", \
	  "Rekey received in group %s is too old and fail PST check: my_pst is" \
	  " %lld sec, peer_pst is %lld sec, allowable_skew is %d sec") \
	M(GM_SA_INGRESS, "GDOI", 5, "GM_SA_INGRESS", \
	  "Receive only ACL received from KS %s in group %s.") \
	M(GM_CONV_SA_DUPLEX, "GDOI", 5, "GM_CONV_SA_DUPLEX", \
	  "IPSec SAs converted to Duplex in group %s on the GM") \
	M(GM_CONV_SA_DUPLEX_LOCAL, "GDOI", 5, "GM_CONV_SA_DUPLEX_LOCAL", \
	  "IPSec SAs converted to Duplex in group %s on a GM by a local event") \
	M(GM_REKEY_TRANS_2_MULTI, "GDOI", 5, "GM_REKEY_TRANS_2_MULTI", \
	  "Group %s transitioned to Multicast Rekey.") \
	M(GM_REKEY_TRANS_2_UNI, "GDOI", 5, "GM_REKEY_TRANS_2_UNI", \
	  "Group %s transitioned to Unicast Rekey.") \
	M(GM_POLICY_CLEANUP, "GDOI", 5, "GM_POLICY_CLEANUP", \
	  "Reg/Rekey policies from KS %s cleaned up for group %s & gm identity" \
	  " %s fvrf %s ivrf %s") \
	M(GM_REKEY_CIPHER_HASH_CHECK_FAIL, "GDOI", 5, \
	  "GM_REKEY_CIPHER_HASH_CHECK_FAIL", \
	  "Rekey cipher/hash used in group %s is unacceptable by this client" \
	  " GM.") \
	M(GM_SA_TRANSFORM_SET_CHECK_FAIL, "GDOI", 5, \
	  "GM_SA_TRANSFORM_SET_CHECK_FAIL", \
	  "Transform-set used for data-protection in group %s is unacceptable" \
	  " by this client GM.") \
	M(GM_RECOVERY_REGISTRATION, "GDOI", 4, "GM_RECOVERY_REGISTRATION", \
	  "GM recovery re-registration for group %s will start in a randomly" \
	  " chosen period of %d sec") \
	M(GM_IV_EXHAUSTED, "GDOI", 5, "GM_IV_EXHAUSTED", \
	  "GM for group %s exhausted its IV space for interface %s and will" \
	  " re-register.")
/* clang-format on */

MSG_DECLARE(GM_MSGS)

#endif
