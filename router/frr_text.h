/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A running-config's routing protocols in FRR's words: a value, made from text,
 * without side effects. */
#ifndef ROUTER_FRR_TEXT_H
#define ROUTER_FRR_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/addr.h"
#include "router/frr_keeper.h"

/* What the lines refer to. */
struct frr_world {
	void *ctx;
	/* The Linux device that carries the interface's addresses in the global
	 * table, NULL: there is none. */
	const char *(*device)(void *ctx, const char *interface);
	/* Its primary address; false: none. */
	bool (*address)(void *ctx, const char *interface, struct ip_addr *out);
	struct ip_addr router_id; /* for who does not set one; or unset */
};

/* A line that FRR gets, and the one it comes from ("" and "": no one's). */
struct frr_line {
	/* The lines that open the block, parted by newlines; "" for none. */
	char *context;
	char *text;
	char *block, *source; /* of the running-config */
};

struct frr_lines {
	struct frr_line *v;
	size_t n;
};

/* A line that is not acted on. */
struct frr_refusal {
	char *block, *source;
	const char *why;
};

struct frr_config {
	struct frr_lines part[FRR_PROGRAMS];
	uint32_t wanted; /* bits 1 << enum frr_program that have work */
	struct frr_refusal *refused;
	size_t n_refused;
};

/* text is not changed. */
void frr_config_read(struct frr_config *config, const char *text,
		     const struct frr_world *world);
void frr_config_fini(struct frr_config *config);
void frr_lines_fini(struct frr_lines *lines);
void frr_lines_copy(struct frr_lines *to, const struct frr_lines *from);
/* Without those of this text. */
void frr_lines_drop(struct frr_lines *lines, const char *context,
		    const char *text);

void frr_refuse(struct frr_config *config, const char *block,
		const char *source, const char *why);
/* Why a line is not acted on, or NULL. */
const char *frr_refused(const struct frr_config *config, const char *block,
			const char *source);

#endif
