/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

#define SCRIPT_FILE_MAX (16 * 1024 * 1024)

struct script {
	char **lines;
	size_t len, at;
	bool file;  /* the lines come from one */
	bool leave; /* the configuration mode at the end */
};

struct script *script_new(void)
{
	return xcalloc(1, sizeof(struct script));
}

void script_free(struct script *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < s->len; i++)
		free(s->lines[i]);
	free(s->lines);
	free(s);
}

void script_add(struct script *s, const char *line)
{
	s->lines = xrealloc(s->lines, s->len + 1, sizeof(*s->lines));
	s->lines[s->len++] = xstrdup(line);
}

static void add_text(struct script *s, char *text)
{
	char *line;

	while (*text) {
		line = strsep(&text, "\n");
		line[strcspn(line, "\r")] = '\0';
		script_add(s, line);
		if (!text)
			return;
	}
}

int script_add_file(struct script *s, const char *path)
{
	char *text = file_read(path, SCRIPT_FILE_MAX, NULL);

	if (!text)
		return -errno;
	script_add(s, "configure terminal");
	add_text(s, text);
	s->file = true;
	s->leave = true;
	free(text);
	return 0;
}

const char *script_next(struct script *s, bool config)
{
	if (s->at < s->len)
		return s->lines[s->at++];
	if (s->leave && config) {
		s->leave = false;
		return "end";
	}
	return NULL;
}

bool script_is_done(const struct script *s)
{
	return s->at == s->len;
}

bool script_asks_help(const struct script *s, const char *line)
{
	size_t len = strlen(line);

	return !s->file && len && line[len - 1] == '?';
}
