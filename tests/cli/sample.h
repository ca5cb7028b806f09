/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small feature with the shapes of the real ones: modes in modes, objects
 * that come and go, types, sets, dialogues, commands that go on. */
#ifndef TESTS_CLI_SAMPLE_H
#define TESTS_CLI_SAMPLE_H

#include <stdbool.h>
#include <sys/queue.h>

#include "cli/cli.h"

enum { SAMPLE_NAME = 64, SAMPLE_IFS = 2 };

struct sample_group {
	TAILQ_ENTRY(sample_group) link;
	char name[SAMPLE_NAME];
	unsigned int identity; /* 0: none */
	char server[IP_ADDR_TEXT];
	bool local;
	unsigned int retransmit; /* 0: none */
	bool periodic;
	bool unicast;
	unsigned int sa; /* 0: none */
	char profile[SAMPLE_NAME];
	char acl[SAMPLE_NAME];
	unsigned int window;
	char address[IP_ADDR_TEXT];
};

struct sample_if {
	char name[SAMPLE_NAME];
	char address[IP_ADDR_TEXT], mask[IP_ADDR_TEXT];
	char map[SAMPLE_NAME];
	char description[256];
	bool shutdown;
};

struct sample {
	struct cli *cli;
	char hostname[SAMPLE_NAME];
	TAILQ_HEAD(, sample_group) groups;
	struct sample_if ifs[SAMPLE_IFS];
	struct cli_out *held; /* ping at work */
	unsigned int interrupts;
	unsigned int released; /* dialogues that ended */
	char *saved;
	char configured[128]; /* what the last configured() said */
	unsigned int n_configured;
};

struct sample *sample_new(struct loop *loop);
void sample_free(struct sample *s);
/* The next sign of the ping, and its end. */
void sample_ping_sign(struct sample *s, char sign);
void sample_ping_end(struct sample *s);

#endif
