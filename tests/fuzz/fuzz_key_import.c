/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto key import: the lines of a dialogue as a terminal sends them, then
 * what was gathered is read as keys.  The first line is the passphrase. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "isakmp/isakmp_pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void read_keys(const struct isakmp_pem_input *in, const char *passphrase)
{
	const char *why = NULL;
	EVP_PKEY *public, *private;

	public = isakmp_pem_public(in->public ? in->public : "", &why);
	private = isakmp_pem_private(in->private ? in->private : "", passphrase,
				     &why);
	/* A large key is seconds of work: only small ones here. */
	if (public && private && EVP_PKEY_get_bits(private) <= 1024)
		(void)isakmp_pem_objection(private, public);
	EVP_PKEY_free(public);
	EVP_PKEY_free(private);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct isakmp_pem_input in = { 0 };
	char *text = xcalloc(len + 1, 1), *rest = text, *passphrase, *line;

	memcpy(text, data, len);
	passphrase = strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n")))
		if (isakmp_pem_line(&in, line) == PEM_DONE)
			break;
	if ((in.public && strlen(in.public) > PEM_TEXT_MAX) ||
	    (in.private && strlen(in.private) > PEM_TEXT_MAX))
		abort();
	read_keys(&in, passphrase);
	isakmp_pem_input_free(&in);
	free(text);
	return 0;
}
