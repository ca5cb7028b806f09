/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "getvpnd/privileges.h"

#include <cap-ng.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/log.h"

void privileges_drop(void)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		log_fatal("cannot protect the process's memory");

	/* SETUID and SETGID are for the terminal processes, which give up
	 * root; BPF is for AF_XDP. */
	capng_clear(CAPNG_SELECT_BOTH);
	capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
		      CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE,
		      CAP_SETUID, CAP_SETGID, CAP_BPF, -1);
	capng_updatev(CAPNG_ADD, CAPNG_BOUNDING_SET, CAP_SETUID, CAP_SETGID,
		      -1);
	if (capng_apply(CAPNG_SELECT_BOTH) < 0)
		log_fatal("cannot drop capabilities");
}
