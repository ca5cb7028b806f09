/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the command files of isakmp/ share. */
#ifndef ISAKMP_ISAKMP_CLI_H
#define ISAKMP_ISAKMP_CLI_H

#define ISAKMP_CONFIG                 \
	"crypto  Encryption module\n" \
	"isakmp  Configure ISAKMP policy\n"

#define ISAKMP_SHOW                                 \
	"show    Show running system information\n" \
	"crypto  Encryption module\n"               \
	"isakmp  Show ISAKMP\n"

struct isakmp;

void isakmp_policy_cli_init(struct isakmp *isakmp);
void isakmp_key_cli_init(struct isakmp *isakmp);
void isakmp_show_cli_init(struct isakmp *isakmp);
void isakmp_kept_cli_init(struct isakmp *isakmp);

#endif
