/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a process that listens to strangers may no longer do. */
#ifndef CLI_SH_CONFINE_H
#define CLI_SH_CONFINE_H

/* Nothing can be gained by running programs, memory stays out of core files
 * and debuggers; started by root: an unprivileged user from now on.  Ends the
 * process if that does not work. */
void confine(void);
/* Closes what was inherited, but for the standard streams and these two. */
void confine_files(int a, int b);

#endif
