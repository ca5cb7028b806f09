/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The env of the running daemon: libevent loop, scaled clock, OpenSSL random
 * source, thread pool.  Sockets and message output are the owner's: it gives
 * a function for each. */
#ifndef BASE_ENV_REAL_H
#define BASE_ENV_REAL_H

#include "base/env.h"
#include "base/loop.h"

struct env_real_out {
	void *ctx;
	void (*send)(void *ctx, const struct endpoint *local,
		     const struct endpoint *remote, const void *data,
		     size_t len);
	void (*join)(void *ctx, const struct ip_addr *group,
		     const struct endpoint *local, bool on);
	void (*event)(void *ctx, const struct msg_def *def, const char *text);
	void (*debug)(void *ctx, const char *text);
};

/* clock stays the caller's and must outlive the env. */
struct env *env_real_new(struct loop *loop, struct clock *clock,
			 const struct env_real_out *out);
void env_real_free(struct env *env);

#endif
