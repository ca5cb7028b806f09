/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "getvpnd/privileges.h"

#include <cap-ng.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/mem.h"

/* What makes it faster, and what a container may have been denied: programs
 * for AF_XDP and for the queues of a TAP, the memory of AF_XDP's frames, which
 * stays in place, and a greater share of the cores for packet threads. */
static void keep_if_there(bool vrfs)
{
	static const unsigned int optional[] = { CAP_BPF, CAP_IPC_LOCK,
						 CAP_SYS_NICE };
	bool had[ARRAY_SIZE(optional)];

	vrfs = vrfs && capng_have_capability(CAPNG_PERMITTED, CAP_SYS_ADMIN);

	for (size_t i = 0; i < ARRAY_SIZE(optional); i++)
		had[i] = capng_have_capability(CAPNG_PERMITTED, optional[i]);
	capng_clear(CAPNG_SELECT_BOTH);
	for (size_t i = 0; i < ARRAY_SIZE(optional); i++)
		if (had[i])
			capng_update(CAPNG_ADD,
				     CAPNG_EFFECTIVE | CAPNG_PERMITTED,
				     optional[i]);
	/* Only for the moment in which a VRF is entered (router/netns.h). */
	if (vrfs)
		capng_update(CAPNG_ADD, CAPNG_PERMITTED, CAP_SYS_ADMIN);
}

/* AF_XDP locks the packets' memory, some megabytes a lane.  Where the limit
 * may not be raised, wires are AF_PACKET's if it is too low. */
static void allow_locked_memory(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	(void)setrlimit(RLIMIT_MEMLOCK, &all);
}

void privileges_drop(bool no_vrf)
{
	const struct rlimit none = { 0, 0 };

	allow_locked_memory();
	if (setrlimit(RLIMIT_CORE, &none) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		log_fatal("cannot protect the process's memory");

	if (capng_get_caps_process() < 0)
		log_fatal("cannot read capabilities");
	keep_if_there(!no_vrf);
	/* SETUID and SETGID are for the terminal processes, which give up
	 * root. */
	capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
		      CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE,
		      CAP_SETUID, CAP_SETGID, -1);
	capng_updatev(CAPNG_ADD, CAPNG_BOUNDING_SET, CAP_SETUID, CAP_SETGID,
		      -1);
	if (capng_apply(CAPNG_SELECT_BOTH) < 0)
		log_fatal("cannot drop capabilities");
}
