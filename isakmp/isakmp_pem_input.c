/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of the lines that are pasted belong to which key. */
#include "isakmp/isakmp_pem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/mem.h"

#define BEGIN "-----BEGIN "
#define END   "-----END "

void isakmp_pem_input_free(struct isakmp_pem_input *in)
{
	char **text[] = { &in->public, &in->private };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(text); i++) {
		if (*text[i])
			bytes_wipe(*text[i], strlen(*text[i]));
		free(*text[i]);
	}
	*in = (struct isakmp_pem_input){ 0 };
}

/* One allocation for all: nothing is left behind when it grows. */
static void append(struct isakmp_pem_input *in, char **text, const char *line,
		   size_t len)
{
	size_t had;

	if (!*text)
		*text = xcalloc(PEM_TEXT_MAX + 1, 1);
	had = strlen(*text);
	if (len + 1 > PEM_TEXT_MAX - had) {
		in->too_long = true;
		return;
	}
	memcpy(*text + had, line, len);
	(*text)[had + len] = '\n';
}

static size_t trim(const char **line)
{
	size_t len;

	while (isspace((unsigned char)**line))
		(*line)++;
	len = strlen(*line);
	while (len && isspace((unsigned char)(*line)[len - 1]))
		len--;
	return len;
}

static enum isakmp_pem_next go_private(struct isakmp_pem_input *in,
				       const char *rest, size_t len)
{
	in->in_private = true;
	if (len)
		append(in, &in->private, rest, len);
	return PEM_PRIVATE;
}

/* Where in a line of the public part the private key begins: after the END of
 * the public one, or with a BEGIN that says so. */
static const char *private_begin(const struct isakmp_pem_input *in,
				 const char *line)
{
	const char *begin = strstr(line, BEGIN);

	if (!begin)
		return NULL;
	if (strstr(begin, "PRIVATE KEY") ||
	    (in->public && strstr(in->public, END)))
		return begin;
	return NULL;
}

static enum isakmp_pem_next public_line(struct isakmp_pem_input *in,
					const char *line, size_t len, bool quit)
{
	const char *begin = private_begin(in, line);

	if (quit)
		return go_private(in, "", 0);
	if (begin) {
		if (begin > line)
			append(in, &in->public, line, (size_t)(begin - line));
		return go_private(in, begin, len - (size_t)(begin - line));
	}
	if (len) {
		append(in, &in->public, line, len);
	} else if (in->public) {
		in->blank_ended = true;
		return go_private(in, "", 0);
	}
	return PEM_MORE;
}

/* Who ends the public part with a blank line and "quit", as the text for it
 * can be read, has not ended the private one. */
static enum isakmp_pem_next private_line(struct isakmp_pem_input *in,
					 const char *line, size_t len,
					 bool quit)
{
	if (quit) {
		if (in->private || !in->blank_ended || in->quit_skipped)
			return PEM_DONE;
		in->quit_skipped = true;
	} else if (len) {
		append(in, &in->private, line, len);
	}
	return PEM_MORE;
}

enum isakmp_pem_next isakmp_pem_line(struct isakmp_pem_input *in,
				     const char *line)
{
	size_t len = trim(&line);
	bool quit = len == 4 && !strncasecmp(line, "quit", 4);

	return in->in_private ? private_line(in, line, len, quit)
			      : public_line(in, line, len, quit);
}
