/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/coop_link.h"
