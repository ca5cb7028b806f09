/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the command files of isakmp/ share. */
#ifndef ISAKMP_ISAKMP_CLI_H
#define ISAKMP_ISAKMP_CLI_H

#include <stdbool.h>

#define ISAKMP_CONFIG                 \
	"crypto  Encryption module\n" \
	"isakmp  Configure ISAKMP policy\n"

#define ISAKMP_SHOW                                 \
	"show    Show running system information\n" \
	"crypto  Encryption module\n"               \
	"isakmp  Show ISAKMP\n"

struct isakmp;
struct isakmp_keyring;
struct isakmp_psk;
struct cli_args;
struct cli_out;

void isakmp_policy_cli_init(struct isakmp *isakmp);
void isakmp_key_cli_init(struct isakmp *isakmp);
void isakmp_show_cli_init(struct isakmp *isakmp);
void isakmp_session_cli_init(struct isakmp *isakmp);
void isakmp_engine_cli_init(struct isakmp *isakmp);
void isakmp_kept_cli_init(struct isakmp *isakmp);

/* A key as it was typed: address, mask, host, secret. */
void isakmp_key_set(struct isakmp_keyring *ring, const struct cli_args *a,
		    bool no_xauth, struct cli_out *o);
void isakmp_key_unset(struct isakmp_keyring *ring, const struct cli_args *a,
		      struct cli_out *o);
/* "address 10.1.0.0 255.255.0.0" */
void isakmp_key_write_peer(const struct isakmp_psk *psk, struct cli_out *o);
/* A line of show crypto isakmp key. */
void isakmp_key_say(const char *ring, const struct isakmp_psk *psk,
		    struct cli_out *o);
/* Those of all crypto keyrings. */
void isakmp_rings_say(const struct isakmp *isakmp, struct cli_out *o);

#endif
