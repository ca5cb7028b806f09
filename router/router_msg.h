/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system messages of the box (IOS 15.4's words). */
#ifndef ROUTER_ROUTER_MSG_H
#define ROUTER_ROUTER_MSG_H

#include "base/msg.h"

#define ROUTER_MSGS(M)                                                      \
	M(SYS_CONFIG_I, "SYS", 5, "CONFIG_I", "Configured from %s")         \
	M(SYS_RESTART, "SYS", 5, "RESTART",                                 \
	  "System restarted --\nOpenGETVPN %s, compatible with Cisco IOS "  \
	  "Software, Version 15.4(1)T")                                     \
	M(SSH_ENABLED, "SSH", 5, "ENABLED", "SSH %s has been enabled")      \
	M(SSH_DISABLED, "SSH", 5, "DISABLED", "SSH %s has been disabled")   \
	M(LOGIN_FAILED, "SEC_LOGIN", 4, "LOGIN_FAILED",                     \
	  "Login failed [user: %s] [Source: %s] [localport: %u] [Reason: "  \
	  "Login Authentication Failed] at %s")                             \
	M(LOGIN_SUCCESS, "SEC_LOGIN", 5, "LOGIN_SUCCESS",                   \
	  "Login Success [user: %s] [Source: %s] [localport: %u] at %s")    \
	M(SYS_NV_BLOCK_INIT, "SYS", 7, "NV_BLOCK_INIT",                     \
	  "Initialized the geometry of nvram")                              \
	M(SYS_TTY_EXPIRE_TIMER, "SYS", 6, "TTY_EXPIRE_TIMER",               \
	  "(exec timer expired, tty %d (%s)), user %s")                     \
	M(SYS_RELOAD, "SYS", 5, "RELOAD",                                   \
	  "Reload requested by %s. Reload Reason: %s.")                     \
	M(SYS_SCHEDULED_RELOAD, "SYS", 5, "SCHEDULED_RELOAD",               \
	  "Reload requested for %s at %s by %s. Reload Reason: %s.")        \
	M(SYS_SCHEDULED_RELOAD_CANCELLED, "SYS", 5,                         \
	  "SCHEDULED_RELOAD_CANCELLED", "Scheduled reload cancelled at %s") \
	M(SYS_CLOCKUPDATE, "SYS", 6, "CLOCKUPDATE",                         \
	  "System clock has been updated from %s to %s, configured from "   \
	  "%s.")                                                            \
	M(SYS_LOGGINGHOST, "SYS", 6, "LOGGINGHOST_STARTSTOP",               \
	  "Logging to host %s port %u %s")                                  \
	M(LINK_CHANGED, "LINK", 5, "CHANGED",                               \
	  "Interface %s, changed state to administratively down")           \
	M(LINK_UPDOWN, "LINK", 3, "UPDOWN",                                 \
	  "Interface %s, changed state to %s")                              \
	M(LINEPROTO_UPDOWN, "LINEPROTO", 5, "UPDOWN",                       \
	  "Line protocol on Interface %s, changed state to %s")             \
	M(BGP_ADJCHANGE_UP, "BGP", 5, "ADJCHANGE", "neighbor %s Up")        \
	M(BGP_ADJCHANGE_DOWN, "BGP", 5, "ADJCHANGE", "neighbor %s Down %s") \
	M(OSPF_ADJCHG, "OSPF", 5, "ADJCHG",                                 \
	  "Process %u, Nbr %s on %s from %s to %s, %s")                     \
	M(PIM_NBRCHG, "PIM", 5, "NBRCHG", "neighbor %s %s on interface %s") \
	M(CLEAR_COUNTERS, "CLEAR", 5, "COUNTERS",                           \
	  "Clear counter on %s by console")

MSG_DECLARE(ROUTER_MSGS)

#endif
