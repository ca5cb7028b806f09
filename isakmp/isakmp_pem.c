/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The envelope: markers, headers, base64, and the cipher of DEK-Info. */
#include "isakmp/isakmp_pem.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

#define BEGIN  "-----BEGIN "
#define END    "-----END "
#define DASHES "-----"

enum {
	LINE_OCTETS = 48, /* 64 characters */
	HEADER_MAX = 128,
};

static const struct {
	const char *name;
	unsigned int encr, key_bits;
} ciphers[] = {
	{ "DES-CBC", ISAKMP_ENCR_DES, 64 },
	{ "DES-EDE3-CBC", ISAKMP_ENCR_3DES, 192 },
	{ "AES-128-CBC", ISAKMP_ENCR_AES, 128 },
	{ "AES-192-CBC", ISAKMP_ENCR_AES, 192 },
	{ "AES-256-CBC", ISAKMP_ENCR_AES, 256 },
};

void isakmp_pem_free(struct isakmp_pem *pem)
{
	if (pem->data)
		bytes_wipe(pem->data, pem->len);
	free(pem->data);
	*pem = (struct isakmp_pem){ 0 };
}

/* --- reading -------------------------------------------------------------- */

/* Finds BEGIN and END of one type; *body and *end are what is between. */
static bool find(const char *text, char type[PEM_TYPE], const char **body,
		 const char **end)
{
	const char *p = strstr(text, BEGIN);
	const char *dashes;
	size_t len;

	if (!p)
		return false;
	p += strlen(BEGIN);
	dashes = strstr(p, DASHES);
	len = dashes ? (size_t)(dashes - p) : PEM_TYPE;
	if (len >= PEM_TYPE)
		return false;
	memcpy(type, p, len);
	type[len] = '\0';
	*body = dashes + strlen(DASHES);
	*end = strstr(*body, END);
	if (!*end)
		return false;
	p = *end + strlen(END);
	return !strncmp(p, type, len) &&
	       !strncmp(p + len, DASHES, strlen(DASHES));
}

static bool read_dek(struct isakmp_pem *out, const char *value)
{
	size_t i, len = strcspn(value, ",");

	for (i = 0; i < ARRAY_SIZE(ciphers); i++) {
		if (strlen(ciphers[i].name) != len ||
		    strncmp(ciphers[i].name, value, len) || !value[len])
			continue;
		out->encrypted = true;
		out->encr = ciphers[i].encr;
		out->key_bits = ciphers[i].key_bits;
		return bytes_from_hex(out->iv, isakmp_cipher_block(out->encr),
				      value + len + 1);
	}
	return false;
}

static bool read_header(struct isakmp_pem *out, const char *line, size_t len)
{
	static const char dek[] = "DEK-Info:";
	char header[HEADER_MAX];
	const char *value;

	while (len && isspace((unsigned char)line[len - 1]))
		len--;
	if (len >= sizeof(header))
		return false;
	memcpy(header, line, len);
	header[len] = '\0';
	if (strncmp(header, dek, strlen(dek)) != 0)
		return true; /* Proc-Type says nothing more */
	value = header + strlen(dek);
	return read_dek(out, value + strspn(value, " "));
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && isspace((unsigned char)*p))
		p++;
	return p;
}

/* Lines with a colon, which base64 has not.  The blank line after them is
 * often lost on the way. */
static const char *read_headers(struct isakmp_pem *out, const char *p,
				const char *end)
{
	const char *newline;
	size_t len;

	for (;;) {
		p = skip_blanks(p, end);
		newline = memchr(p, '\n', (size_t)(end - p));
		len = (size_t)((newline ? newline : end) - p);
		if (!memchr(p, ':', len))
			return p;
		if (!read_header(out, p, len))
			return NULL;
		p += len;
	}
}

/* Only the alphabet, and "=" only at the end. */
static bool is_base64(const char *p, size_t len)
{
	size_t pad = 0;

	while (pad < 2 && pad < len && p[len - 1 - pad] == '=')
		pad++;
	len -= pad;
	while (len && (isalnum((unsigned char)*p) || *p == '+' || *p == '/')) {
		p++;
		len--;
	}
	return !len;
}

static bool read_base64(struct isakmp_pem *out, const char *p, const char *end)
{
	char *packed = xcalloc((size_t)(end - p) + 1, 1);
	size_t len = 0, pad;
	bool ok;

	for (; p < end; p++)
		if (!isspace((unsigned char)*p))
			packed[len++] = *p;
	ok = len && len % 4 == 0 && is_base64(packed, len);
	if (ok) {
		pad = (packed[len - 1] == '=') + (packed[len - 2] == '=');
		out->data = xcalloc(len / 4, 3);
		out->len = len / 4 * 3 - pad;
		ok = EVP_DecodeBlock(out->data, (unsigned char *)packed,
				     (int)len) >= 0;
	}
	bytes_wipe(packed, len);
	free(packed);
	return ok;
}

bool isakmp_pem_read(const char *text, struct isakmp_pem *out)
{
	const char *body, *end;

	*out = (struct isakmp_pem){ 0 };
	if (strnlen(text, PEM_TEXT_MAX + 1) > PEM_TEXT_MAX ||
	    !find(text, out->type, &body, &end))
		return false;
	body = read_headers(out, body, end);
	return body && read_base64(out, body, end);
}

/* --- writing -------------------------------------------------------------- */

static void write_headers(const struct isakmp_pem *pem, FILE *out)
{
	size_t i, block = isakmp_cipher_block(pem->encr);

	if (!pem->encrypted)
		return;
	for (i = 0; i < ARRAY_SIZE(ciphers); i++)
		if (ciphers[i].encr == pem->encr &&
		    ciphers[i].key_bits == pem->key_bits)
			fprintf(out,
				"Proc-Type: 4,ENCRYPTED\n"
				"DEK-Info: %s,",
				ciphers[i].name);
	for (i = 0; i < block; i++)
		fprintf(out, "%02X", pem->iv[i]);
	fprintf(out, "\n\n");
}

char *isakmp_pem_write(const struct isakmp_pem *pem)
{
	unsigned char line[LINE_OCTETS / 3 * 4 + 1];
	size_t at, n, size;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out, BEGIN "%s" DASHES "\n", pem->type);
	write_headers(pem, out);
	for (at = 0; at < pem->len; at += n) {
		n = pem->len - at < LINE_OCTETS ? pem->len - at : LINE_OCTETS;
		EVP_EncodeBlock(line, pem->data + at, (int)n);
		fprintf(out, "%s\n", line);
	}
	fprintf(out, END "%s" DASHES "\n", pem->type);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* --- the cipher ----------------------------------------------------------- */

static const EVP_CIPHER *evp_of(const struct isakmp_pem *pem)
{
	if (pem->encr == ISAKMP_ENCR_DES)
		return EVP_des_cbc(); /* only its key length counts */
	if (pem->encr == ISAKMP_ENCR_3DES)
		return EVP_des_ede3_cbc();
	if (pem->key_bits == 128)
		return EVP_aes_128_cbc();
	return pem->key_bits == 192 ? EVP_aes_192_cbc() : EVP_aes_256_cbc();
}

static bool crypt(const struct isakmp_pem *pem, bool encrypt,
		  const char *passphrase, uint8_t *data, size_t len)
{
	struct isakmp_cipher c = { .encr = pem->encr,
				   .key_len = pem->key_bits / 8 };
	bool ok;

	/* The salt is the IV, or the first half of it. */
	ok = EVP_BytesToKey(evp_of(pem), EVP_md5(), pem->iv,
			    (const uint8_t *)passphrase,
			    (int)strlen(passphrase), 1, c.key, NULL) > 0 &&
	     isakmp_cipher_run(&c, encrypt, pem->iv, data, len);
	bytes_wipe(&c, sizeof(c));
	return ok;
}

/* The padding says how long it is, in each of its octets. */
static bool unpad(struct isakmp_pem *pem)
{
	size_t i, pad = pem->data[pem->len - 1];

	if (!pad || pad > isakmp_cipher_block(pem->encr))
		return false;
	for (i = 0; i < pad; i++)
		if (pem->data[pem->len - 1 - i] != pad)
			return false;
	pem->len -= pad;
	return true;
}

bool isakmp_pem_decrypt(struct isakmp_pem *pem, const char *passphrase)
{
	if (!crypt(pem, false, passphrase, pem->data, pem->len))
		return false;
	pem->encrypted = false;
	return unpad(pem);
}

bool isakmp_pem_encrypt(struct isakmp_pem *pem, const char *passphrase)
{
	size_t block = isakmp_cipher_block(pem->encr);
	size_t pad = block - pem->len % block;
	uint8_t *data = xcalloc(pem->len + pad, 1);

	memcpy(data, pem->data, pem->len);
	memset(data + pem->len, (int)pad, pad);
	bytes_wipe(pem->data, pem->len);
	free(pem->data);
	pem->data = data;
	pem->len += pad;
	pem->encrypted = true;
	return crypt(pem, true, passphrase, data, pem->len);
}
