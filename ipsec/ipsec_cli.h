/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the command files of ipsec/ share: the SA options, which stand under
 * "crypto ipsec security-association" and a profile's "set
 * security-association". */
#ifndef IPSEC_IPSEC_CLI_H
#define IPSEC_IPSEC_CLI_H

#include "cli/cli.h"
#include "ipsec/ipsec_config.h"

#define CRYPTO_IPSEC                             \
	"crypto             Encryption module\n" \
	"ipsec              Configure IPSEC policy\n"

/* Long lifetimes are those of IOS's long-SA images. */
#define IPSEC_SA_OPTIONS                                                     \
	"security-association       Security association parameters\n"       \
	"( lifetime                 security association lifetime\n"         \
	".\n"                                                                \
	"( seconds                  Time-based key duration in seconds\n"    \
	".\n"                                                                \
	"<120-2592000>$seconds-n    Security association duration in "       \
	"seconds\n"                                                          \
	"| days                     Time-based key duration in days\n"       \
	".\n"                                                                \
	"<1-30>$days-n              Security association duration in days\n" \
	"| kilobytes                Volume-based key duration\n"             \
	".\n"                                                                \
	"( disable$no-kilobytes     Disable volume-based rekeying\n"         \
	"| <2560-4294967295>$kilobytes-n  Security association duration "    \
	"in kilobytes\n"                                                     \
	") )\n"                                                              \
	"| idle-time                Automatically delete IPSec SAs after "   \
	"a given idle period.\n"                                             \
	".\n"                                                                \
	"<60-86400>$idle            Idle time in seconds\n"                  \
	"| replay                   Set replay checking.\n"                  \
	".\n"                                                                \
	"( disable$no-replay        Disable replay checking\n"               \
	"| window-size              Set replay window size.\n"               \
	".\n"                                                                \
	"( 64$w64                   Window size of 64 (default)\n"           \
	"| 128$w128                 Window size of 128\n"                    \
	"| 256$w256                 Window size of 256\n"                    \
	"| 512$w512                 Window size of 512\n"                    \
	"| 1024$w1024               Window size of 1024\n"                   \
	") ) )\n"

/* One typed option, or its "no". */
void ipsec_sa_option_set(struct ipsec_sa_options *sa, const struct cli_args *a);
/* Their lines, each after prefix. */
void ipsec_sa_options_write(const struct ipsec_sa_options *sa,
			    struct cli_out *o, const char *prefix);

void ipsec_profile_cli_init(struct ipsec_config *config, struct cli *cli);
/* mtu_cli.c: crypto ipsec df-bit, crypto ipsec fragmentation. */
void mtu_cli_init(struct ipsec_config *config, struct cli *cli);
void mtu_write_global(const struct ipsec_config *config, struct cli_out *o);

#endif
