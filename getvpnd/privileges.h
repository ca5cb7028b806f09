/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the process may still do once it runs. */
#ifndef GETVPND_PRIVILEGES_H
#define GETVPND_PRIVILEGES_H

#include <stdbool.h>

/* Keys stay out of core files and away from debuggers; nothing that is
 * started later gains rights; of root's capabilities only those remain that a
 * router needs, and that for namespaces, not effective, unless no_vrf.  Ends the process when the kernel refuses. */
void privileges_drop(bool no_vrf);

#endif
