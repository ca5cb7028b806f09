/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp_internal.h"

void isakmp_kept_free(struct isakmp *isakmp)
{
	(void)isakmp;
}
