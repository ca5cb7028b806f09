# SPDX-License-Identifier: GPL-3.0-or-later
"""SSH to the routers of a lab: one getvpn-sshd for all of them."""

import os
import subprocess

from . import process, router, store

SSHD = "/usr/sbin/sshd"


def start(lab, plan):
    """Starts the keeper; returns why not, or None.  It ends with the lab."""
    if not os.access(SSHD, os.X_OK):
        return "OpenSSH's server is not installed: there is no SSH to routers"
    routers = [name for name, node in plan["nodes"].items()
               if node["kind"] == "router"]
    if not routers:
        return None
    argv = router.ssh_keeper()
    if not argv:
        return "getvpn-sshd is not built: there is no SSH to routers"
    argv += [f"{store.node_dir(lab, name)}={plan['nodes'][name]['netns']}"
             for name in routers]
    with open(os.path.join(store.lab_dir(lab), "ssh.log"), "ab") as log:
        subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log,
                         stderr=log, cwd="/", start_new_session=True,
                         env=process.marked_env(lab))
    return None
