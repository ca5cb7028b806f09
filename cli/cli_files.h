/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flash:, nvram: and system: as IOS names files. */
#ifndef CLI_CLI_FILES_H
#define CLI_CLI_FILES_H

#include <stdbool.h>

struct cli;
struct cli_out;

enum cli_file_kind {
	CLI_FILE_RUNNING,
	CLI_FILE_STARTUP,
	CLI_FILE_FLASH,
};

struct cli_file {
	enum cli_file_kind kind;
	char name[65]; /* in flash:, may be "" */
};

/* "flash:base.cfg", "base.cfg", "nvram:startup-config", "running-config"; false
 * after an error was said. */
bool cli_file_parse(struct cli_file *out, const char *url, struct cli_out *o);
/* Its text, to be wiped and freed; NULL after an error was said. */
char *cli_file_read(const struct cli_file *f, struct cli_out *o);
/* "flash:/base.cfg"; out has 96 octets. */
const char *cli_file_text(const struct cli_file *f, char *out);

#endif
