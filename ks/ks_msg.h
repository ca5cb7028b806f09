/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key server's system messages (IOS 15.4; the texts of the
 * first three are known from a device). */
#ifndef KS_KS_MSG_H
#define KS_KS_MSG_H

#include "base/msg.h"

#define KS_MSGS(M)                                                             \
	M(KS_UNAUTHORIZED_IPADDR, "GDOI", 1, "UNAUTHORIZED_IPADDR",            \
	  "Group %s received registration from unauthorized ip address: %s")   \
	M(KS_UNAUTHORIZED_IDENTITY, "GDOI", 1, "UNAUTHORIZED_IDENTITY",        \
	  "Group %s received registration from unauthorized identity: %s")     \
	M(KS_POLICY_CHANGE, "GDOI", 5, "POLICY_CHANGE",                        \
	  "GDOI group %s policy has changed. Use 'crypto gdoi ks rekey' to "   \
	  "send a rekey, or the changes will be send in the next scheduled "   \
	  "rekey")                                                             \
	M(KS_NO_RSA_KEYS, "GDOI", 1, "KS_NO_RSA_KEYS",                         \
	  "RSA Key - %s : Not found, Required for group %s")                   \
	M(KS_ACL_NUM, "GDOI", 1, "GDOI_ACL_NUM",                               \
	  "The ACL has too many entries. GDOI will honor only the first 100 "  \
	  "ACL entries specified.")                                            \
	M(KS_ACL_RANGE, "GDOI", 1, "GDOI_ACL_RANGE",                           \
	  "The ACL %s contains port range which is NOT supported. WARNING: "   \
	  "No TEK policy will be created.")                                    \
	M(KS_ACL_ENTRY, "GDOI", 1, "GDOI_ACL_ENTRY",                           \
	  "The ACL %s contains an entry which is NOT supported (%s). "         \
	  "WARNING: No TEK policy will be created.")                           \
	M(KS_CONV_SAS_INGRESS, "GDOI", 5, "KS_CONV_SAS_INGRESS",               \
	  "IPSec SAs converted to Ingress in group %s.")                       \
	M(KS_CONV_SAS_DUPLEX, "GDOI", 5, "KS_CONV_SAS_DUPLEX",                 \
	  "IPSec SAs converted to Duplex in group %s.")                        \
	M(KS_USING_DEFAULT_TRANSFORM, "GDOI", 5, "KS_USING_DEFAULT_TRANSFORM", \
	  "GETVPN is using default transforms for profile %s")                 \
	M(KS_INCOMPLETE_CFG, "GDOI", 3, "KS_INCOMPLETE_CFG",                   \
	  "Registration: incomplete config for group %s: %s")                  \
	M(KS_NO_SID_AVAILABLE, "GDOI", 3, "KS_NO_SID_AVAILABLE",               \
	  "Sender IDs of group %s are used up, registration of %s is refused") \
	M(KS_SID_SHARE, "GDOI", 4, "KS_SID_SHARE",                             \
	  "Registration: GM %s has had its share of the Sender IDs of group "  \
	  "%s, refused until the next TEK")                                    \
	M(KS_REINIT_GROUP, "GDOI", 5, "KS_REINIT_GROUP",                       \
	  "Sender IDs are used up for group %s and will re-initialize the "    \
	  "group")                                                             \
	M(KS_UNAUTHORIZED, "GDOI", 4, "KS_UNAUTHORIZED",                       \
	  "Registration: Unauthorized %s tried to join the group %s")          \
	M(KS_BAD_ID, "GDOI", 4, "KS_BAD_ID",                                   \
	  "Registration: %s config mismatch between KS and the GM %s, in the " \
	  "group %s.")                                                         \
	M(KS_GM_REJECTS_SA_PAYLOAD, "GDOI", 4, "KS_GM_REJECTS_SA_PAYLOAD",     \
	  "Registration: GM %s rejected by a policy in the SA proposal sent "  \
	  "by KS, in the group %s.")                                           \
	M(KS_GM_LIMIT, "GDOI", 4, "KS_GM_LIMIT",                               \
	  "Registration: GM %s refused, group %s has reached its limit of "    \
	  "%u members")                                                        \
	M(KS_REINIT_FINISH, "GDOI", 5, "KS_REINIT_FINISH",                     \
	  "Re-initialization of group %s completed")                           \
	M(KS_SEND_UNICAST_REKEY, "GDOI", 5, "KS_SEND_UNICAST_REKEY",           \
	  "Sending Unicast Rekey %sfor group %s from address %s with seq # "   \
	  "%u")                                                                \
	M(KS_SEND_MCAST_REKEY, "GDOI", 5, "KS_SEND_MCAST_REKEY",               \
	  "Sending Multicast Rekey %sfor group %s from address %s to %s with " \
	  "seq # %u")                                                          \
	M(KS_REKEY_TRANS_2_MULTI, "GDOI", 5, "KS_REKEY_TRANS_2_MULTI",         \
	  "Group %s transitioned to Multicast Rekey.")                         \
	M(KS_REKEY_TRANS_2_UNI, "GDOI", 5, "KS_REKEY_TRANS_2_UNI",             \
	  "Group %s transitioned to Unicast Rekey.")                           \
	M(KS_NACK_GM_EJECT, "GDOI", 5, "KS_NACK_GM_EJECT",                     \
	  "KS ejected GM %s in group %s.")                                     \
	M(KS_UNSOL_ACK, "GDOI", 3, "KS_UNSOL_ACK",                             \
	  "KS received an unexpected rekey acknowledgement from %s: %s")       \
	M(KS_BLACKHOLE_ACK, "GDOI", 3, "KS_BLACKHOLE_ACK",                     \
	  "KS ignores further acknowledgements of GM %s in group %s until "    \
	  "the next rekey")                                                    \
	M(KS_REKEY_AUTH_KEY_LENGTH_INSUFFICIENT, "GDOI", 3,                    \
	  "KS_REKEY_AUTH_KEY_LENGTH_INSUFFICIENT",                             \
	  "Rejected rekey sig-hash algorithm change: %s requires an "          \
	  "authentication key of at least %u bits, key \"%s\" has only %u "    \
	  "bits")                                                              \
	M(COOP_KS_TRANS_TO_PRI, "GDOI", 5, "COOP_KS_TRANS_TO_PRI",             \
	  "KS %s in group %s transitioned to Primary (Previous Primary = %s)") \
	M(COOP_KS_ELECTION, "GDOI", 5, "COOP_KS_ELECTION",                     \
	  "KS entering election mode in group %s (Previous Primary = %s)")     \
	M(COOP_KS_UNREACH, "GDOI", 3, "COOP_KS_UNREACH",                       \
	  "Cooperative KS %s Unreachable in group %s. IKE SA Status = %s.")    \
	M(COOP_KS_REACH, "GDOI", 5, "COOP_KS_REACH",                           \
	  "Reachability restored with Cooperative KS %s in group %s.")         \
	M(COOP_KS_ADD, "GDOI", 5, "COOP_KS_ADD",                               \
	  "%s added as COOP Key Server in group %s.")                          \
	M(COOP_KS_REMOVE, "GDOI", 5, "COOP_KS_REMOVE",                         \
	  "%s removed as COOP Key Server in group %s.")                        \
	M(COOP_KS_ADMN_USRP, "GDOI", 5, "COOP_KS_ADMN_USRP",                   \
	  "Primary role Usurped by KS %s in group %s.")                        \
	M(COOP_KS_UNAUTH, "GDOI", 4, "COOP_KS_UNAUTH",                         \
	  "Contact from unauthorized KS %s in group %s at local address %s "   \
	  "(Possible MISCONFIG of peer/local address)")                        \
	M(COOP_KS_VER_MISMATCH, "GDOI", 4, "COOP_KS_VER_MISMATCH",             \
	  "COOP_KS ANN received from KS %s in group %s cannot be taken: %s")   \
	M(COOP_CONFIG_MISMATCH, "GDOI", 3, "COOP_CONFIG_MISMATCH",             \
	  "WARNING: Group %s, %s configuration between Primary KS and "        \
	  "Secondary KS are mismatched")                                       \
	M(COOP_LIMIT_REACHED, "GDOI", 3, "COOP_LIMIT_REACHED",                 \
	  "Peer %s has reached COOP limit of maximum number of gms. COOP GM "  \
	  "database sync fails.")                                              \
	M(COOP_KS_BLOCK_NEW_GM_REGISTER, "GDOI", 5,                            \
	  "COOP_KS_BLOCK_NEW_GM_REGISTER",                                     \
	  "This KS temporarily blocks GM with ip-addr %s from registering in " \
	  "group %s as the KS election is underway")                           \
	M(COOP_KS_BLOCK_NEW_GM_REGISTER_ANN, "GDOI", 5,                        \
	  "COOP_KS_BLOCK_NEW_GM_REGISTER_ANN",                                 \
	  "This KS temporarily blocks GM with ip-addr %s from registering in " \
	  "group %s as the KS has not received an ANN with valid PST for "     \
	  "prolonged period")                                                  \
	M(COOP_KS_VALID_ANN_TIMER, "GDOI", 5, "COOP_KS_VALID_ANN_TIMER",       \
	  "This KS receives ANN with valid PST in group %s. Unblock GM "       \
	  "registration")                                                      \
	M(GDOI_ANN_TIMESTAMP_LARGE, "GDOI", 4, "GDOI_ANN_TIMESTAMP_LARGE",     \
	  "COOP_KS ANN received from KS %s in group %s has PST bigger than "   \
	  "myself. Adjust to new PST: my_old_pst is %u sec, peer_pst is %u "   \
	  "sec")                                                               \
	M(GDOI_ANN_TIMESTAMP_TOO_OLD, "GDOI", 4, "GDOI_ANN_TIMESTAMP_TOO_OLD", \
	  "COOP_KS ANN from KS %s in group %s detects previous PST %u sec "    \
	  "that is too old, my_pst is %u sec")                                 \
	M(KS_CLEAR_REGISTER, "GDOI", 5, "KS_CLEAR_REGISTER",                   \
	  "Config: KS cleared gdoi configuration for the group %s.")

MSG_DECLARE(KS_MSGS)

#endif
