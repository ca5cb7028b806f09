/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp_msg.h"

MSG_DEFINE(ISAKMP_MSGS)
