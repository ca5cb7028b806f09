/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the nodes said. */
#include "tests/sim/sim_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Takes text. */
void sim_line_add(struct sim_node *node, bool debug, char *text)
{
	struct sim *sim = node->sim;
	struct sim_line *line;

	if (sim->n_lines == sim->lines_room) {
		sim->lines_room = sim->lines_room ? 2 * sim->lines_room : 64;
		sim->lines = xrealloc(sim->lines, sim->lines_room,
				      sizeof(*sim->lines));
	}
	line = &sim->lines[sim->n_lines++];
	line->at = sim->now;
	line->node = node;
	line->debug = debug;
	line->text = text;
	sim_digest_add(sim, &sim->now, sizeof(sim->now));
	sim_digest_add(sim, text, strlen(text));
}

size_t sim_lines(const struct sim *sim)
{
	return sim->n_lines;
}

const struct sim_line *sim_line(const struct sim *sim, size_t i)
{
	return &sim->lines[i];
}

static unsigned int count(const struct sim *sim, const struct sim_node *node,
			  bool debug, const char *text)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < sim->n_lines; i++)
		if ((!node || sim->lines[i].node == node) &&
		    sim->lines[i].debug == debug &&
		    strstr(sim->lines[i].text, text))
			n++;
	return n;
}

unsigned int sim_logged(const struct sim_node *node, const char *text)
{
	return count(node->sim, node, false, text);
}

unsigned int sim_logged_all(const struct sim *sim, const char *text)
{
	return count(sim, NULL, false, text);
}

unsigned int sim_debugged(const struct sim_node *node, const char *text)
{
	return count(node->sim, node, true, text);
}

const struct sim_line *sim_last(const struct sim_node *node, const char *text)
{
	const struct sim *sim = node->sim;
	size_t i;

	for (i = sim->n_lines; i > 0; i--)
		if (sim->lines[i - 1].node == node &&
		    !sim->lines[i - 1].debug &&
		    strstr(sim->lines[i - 1].text, text))
			return &sim->lines[i - 1];
	return NULL;
}

void sim_print(const struct sim *sim, FILE *out)
{
	size_t i;

	for (i = 0; i < sim->n_lines; i++)
		fprintf(out, "%8" PRId64 ".%06" PRId64 " %-8s %s\n",
			sim->lines[i].at / US_PER_SEC,
			sim->lines[i].at % US_PER_SEC, sim->lines[i].node->name,
			sim->lines[i].text);
}

void sim_forget_lines(struct sim *sim)
{
	while (sim->n_lines)
		free((char *)(uintptr_t)sim->lines[--sim->n_lines].text);
}

void sim_lines_free(struct sim *sim)
{
	sim_forget_lines(sim);
	free(sim->lines);
}
