/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/group_ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct question {
	const char *text;
	void (*yes)(void *arg, struct cli_out *o);
	void (*release)(void *arg);
	void *arg;
};

static void question_free(void *arg)
{
	struct question *q = arg;

	q->release(q->arg);
	free(q);
}

static void answered(void *arg, const char *line, struct cli_out *o)
{
	const struct question *q = arg;
	size_t len = strlen(line);

	if (!len || strncasecmp(line, "no", len) == 0)
		return;
	if (strncasecmp(line, "yes", len) == 0) {
		q->yes(q->arg, o);
		return;
	}
	cli_say(o, "%% Please answer 'yes' or 'no'.\n");
	cli_ask(o, q->text, false, answered, question_free, arg);
}

void gdoi_ask(struct cli_out *o, const char *question,
	      void (*yes)(void *arg, struct cli_out *o),
	      void (*release)(void *arg), void *arg)
{
	struct question *q = xcalloc(1, sizeof(*q));

	*q = (struct question){ question, yes, release, arg };
	cli_ask(o, question, false, answered, question_free, q);
}
