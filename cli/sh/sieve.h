/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the far end of a telnet connection sends, on its way to libtelnet.
 * The sieve swallows sub-negotiations of options that we never agreed to
 * (environment, compression, ...), so that the code behind them cannot be
 * reached from the network, and bounds those that pass. */
#ifndef CLI_SH_SIEVE_H
#define CLI_SH_SIEVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct telnet_t; /* of libtelnet */

enum sieve_state {
	SIEVE_DATA,
	SIEVE_IAC,	/* after IAC */
	SIEVE_SB,	/* after IAC SB */
	SIEVE_PASS,	/* in a sub-negotiation that goes through */
	SIEVE_PASS_IAC, /* after IAC in it */
	SIEVE_DROP,	/* in one that does not */
	SIEVE_DROP_IAC,
};

struct sieve {
	struct telnet_t *telnet;
	/* Options whose sub-negotiations pass. */
	bool (*wanted)(uint8_t option);
	enum sieve_state state;
	size_t sb_len;
};

void sieve_feed(struct sieve *s, const uint8_t *data, size_t len);

#endif
