/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole files, written so that a reader or a crash sees the old or the new
 * one, never half of one (temporary name, fsync, rename, fsync of folder). */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

/* 0 or -errno. */
int file_write(const char *path, mode_t mode, const void *data, size_t len)
	__attribute__((warn_unused_result));
/* The content with a NUL after it, to be freed; NULL with errno set. *len may
 * be NULL.  Files over max octets are refused (EFBIG).  Whoever reads secrets
 * wipes the content; no other copy of it is left. */
char *file_read(const char *path, size_t max, size_t *len);

#endif
