/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alone in its file: the linker takes it only where a program does not bring a
 * table of its own, as those of bench/ do. */
#include "ipsec/crypto.h"

#include <stddef.h>

const struct crypto_backend *const crypto_backends[] = {
#ifdef HAVE_IPSEC_MB
	&crypto_mb,
#endif
	&crypto_openssl,
	NULL,
};
