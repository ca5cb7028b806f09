/* SPDX-License-Identifier: GPL-3.0-or-later */
/* liburcu's QSBR with what ThreadSanitizer needs to know about it: the library
 * is not built with it, so the order that a grace period makes would be
 * invisible and every free after one be called a race. */
#ifndef IPSEC_QUIESCE_H
#define IPSEC_QUIESCE_H

#include <urcu-qsbr.h>

#ifdef __SANITIZE_THREAD__
void __tsan_acquire(void *addr);
void __tsan_release(void *addr);
extern char quiesce_order; /* only its address counts */
#define QUIESCE_RELEASE() __tsan_release(&quiesce_order)
#define QUIESCE_ACQUIRE() __tsan_acquire(&quiesce_order)
#else
#define QUIESCE_RELEASE() ((void)0)
#define QUIESCE_ACQUIRE() ((void)0)
#endif

static inline void quiesce_online(void)
{
	urcu_qsbr_thread_online();
}

static inline void quiesce_offline(void)
{
	QUIESCE_RELEASE();
	urcu_qsbr_thread_offline();
}

static inline void quiesce_now(void)
{
	QUIESCE_RELEASE();
	urcu_qsbr_quiescent_state();
}

static inline void quiesce_wait(void)
{
	urcu_qsbr_synchronize_rcu();
	QUIESCE_ACQUIRE();
}

#endif
