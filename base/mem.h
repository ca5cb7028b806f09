/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory of bounded size for the control plane.  These never return NULL:
 * without memory the process ends with one line on stderr.  A size that comes
 * from a peer is bounded before it gets here. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

void *xcalloc(size_t n, size_t size) __attribute__((warn_unused_result));
void *xrealloc(void *p, size_t n, size_t size)
	__attribute__((warn_unused_result));
char *xstrdup(const char *s) __attribute__((warn_unused_result));
void *xmemdup(const void *p, size_t len) __attribute__((warn_unused_result));
char *xasprintf(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), warn_unused_result));
char *xvasprintf(const char *fmt, va_list ap)
	__attribute__((format(printf, 1, 0), warn_unused_result));

#endif
