/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_kek.h"

#include <string.h>

#include "gdoi/gdoi_sak.h"
#include "isakmp/isakmp_cipher.h"

static unsigned int encr_of(enum gdoi_kek_cipher cipher)
{
	switch (cipher) {
	case GDOI_KEK_DES:
		return ISAKMP_ENCR_DES;
	case GDOI_KEK_3DES:
		return ISAKMP_ENCR_3DES;
	case GDOI_KEK_AES:
		return ISAKMP_ENCR_AES;
	}
	return 0;
}

bool gdoi_kek_run(const struct gdoi_kek *kek, bool encrypt, uint8_t *data,
		  size_t len)
{
	struct isakmp_cipher cipher = { .encr = encr_of(kek->cipher) };
	bool ok;

	cipher.key_len = isakmp_cipher_key_len(cipher.encr, kek->key_bits);
	if (cipher.key_len == 0 || kek->key.len != cipher.key_len ||
	    kek->iv.len != gdoi_kek_iv_size(kek->cipher))
		return false;
	memcpy(cipher.key, kek->key.data, cipher.key_len);
	ok = isakmp_cipher_run(&cipher, encrypt, kek->iv.data, data, len);
	bytes_wipe(&cipher, sizeof(cipher));
	return ok;
}
