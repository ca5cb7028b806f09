/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gm/gm_msg.h"

MSG_DEFINE(GM_MSGS)
