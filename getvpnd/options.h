/* SPDX-License-Identifier: GPL-3.0-or-later */
/* getvpnd's command line. */
#ifndef GETVPND_OPTIONS_H
#define GETVPND_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct options {
	const char *state_dir;
	const char *startup_config; /* or NULL */
	char **if_map;		    /* "Ethernet0/0=eth1" each */
	size_t n_map;
	int console_fd; /* listening, or -1 */
	unsigned int time_scale;
	char *getvpnsh;
	int vty_port; /* 0: none */
	unsigned int workers;
	/* Print a reference page and end. */
	bool list_commands, list_messages;
	bool no_vrf;
	bool no_frr;
};

/* Ends the process with a usage text when argv makes no sense. */
void options_parse(struct options *o, int argc, char **argv);
void options_free(struct options *o);

#endif
