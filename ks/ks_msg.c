/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_msg.h"

MSG_DEFINE(KS_MSGS)
