/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/sieve.h"

#include <libtelnet.h>
#include <string.h>

#define SB_MAX 256 /* octets of a sub-negotiation we look at */

static void pass(struct sieve *s, uint8_t c)
{
	telnet_recv(s->telnet, (const char *)&c, 1);
}

static void sb_start(struct sieve *s, uint8_t option)
{
	bool ours = s->wanted(option);

	s->state = ours ? SIEVE_PASS : SIEVE_DROP;
	s->sb_len = 0;
	if (option == TELNET_IAC) /* no option: RFC 854 has no such thing */
		s->state = SIEVE_DROP_IAC;
	if (!ours)
		return;
	pass(s, TELNET_IAC);
	pass(s, TELNET_SB);
	pass(s, option);
}

static void sb_pass(struct sieve *s, uint8_t c)
{
	if (c == TELNET_IAC) {
		s->state = SIEVE_PASS_IAC;
	} else if (++s->sb_len <= SB_MAX) {
		pass(s, c);
	} else {
		/* What came so far is closed; the rest is swallowed. */
		pass(s, TELNET_IAC);
		pass(s, TELNET_SE);
		s->state = SIEVE_DROP;
	}
}

static void sb_pass_iac(struct sieve *s, uint8_t c)
{
	pass(s, TELNET_IAC);
	if (c == TELNET_IAC) {
		pass(s, TELNET_IAC);
		s->sb_len++;
		s->state = SIEVE_PASS;
	} else {
		/* Anything but SE here is an error: the SB ends all the same. */
		pass(s, TELNET_SE);
		s->state = SIEVE_DATA;
	}
}

static void after_iac(struct sieve *s, uint8_t c)
{
	s->state = SIEVE_DATA;
	if (c == TELNET_SB) {
		s->state = SIEVE_SB;
	} else if (c != TELNET_SE) {
		pass(s, TELNET_IAC);
		pass(s, c);
	}
}

static void take(struct sieve *s, uint8_t c)
{
	switch (s->state) {
	case SIEVE_DATA:
		if (c == TELNET_IAC)
			s->state = SIEVE_IAC;
		else
			pass(s, c);
		break;
	case SIEVE_IAC:
		after_iac(s, c);
		break;
	case SIEVE_SB:
		sb_start(s, c);
		break;
	case SIEVE_PASS:
		sb_pass(s, c);
		break;
	case SIEVE_PASS_IAC:
		sb_pass_iac(s, c);
		break;
	case SIEVE_DROP:
		if (c == TELNET_IAC)
			s->state = SIEVE_DROP_IAC;
		break;
	case SIEVE_DROP_IAC:
		s->state = c == TELNET_SE ? SIEVE_DATA : SIEVE_DROP;
		break;
	}
}

/* The octets up to the next IAC are data and need no second look. */
static size_t take_data(struct sieve *s, const uint8_t *data, size_t len)
{
	const uint8_t *iac = memchr(data, TELNET_IAC, len);
	size_t n = iac ? (size_t)(iac - data) : len;

	if (n)
		telnet_recv(s->telnet, (const char *)data, n);
	return n;
}

void sieve_feed(struct sieve *s, const uint8_t *data, size_t len)
{
	size_t at = 0;

	while (at < len) {
		if (s->state == SIEVE_DATA)
			at += take_data(s, data + at, len - at);
		if (at < len)
			take(s, data[at++]);
	}
}
