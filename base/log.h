/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program's own voice: problems of the process itself, one line each on
 * stderr.  What an IOS user reads goes through env_event() (base/env.h). */
#ifndef BASE_LOG_H
#define BASE_LOG_H

void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Prints and ends the process with status 1. */
_Noreturn void log_fatal(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

#endif
