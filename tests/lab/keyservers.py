# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs with two key servers that cooperate: roles, and key servers that lose
their power."""

import os
import re
import signal

import rekeys
from labs import until

KS1, KS2 = "192.168.111.111", "192.168.222.222"
TO_PRIMARY = (r"%GDOI-5-COOP_KS_TRANS_TO_PRI: KS {} in group GDOI-GROUP1 "
              "transitioned to Primary")
ROLE = re.compile(r"Local KS Role: (\w+) ")
PEER = re.compile(r"Peer KS Role: (\w+) *, Peer KS Status: (\w+)")


def roles(console):
    """(own role, peer's role, peer's status); None if the peer is not known
    yet."""
    shown = rekeys.shown(console, "show crypto gdoi ks coop")
    own, peer = ROLE.search(shown), PEER.search(shown)
    return (own[1], peer[1], peer[2]) if own and peer else None


def wait_roles(ks1, ks2, first="Primary", second="Secondary", limit=30):
    def agreed():
        return roles(ks1) == (first, second, "Alive") \
            and roles(ks2) == (second, first, "Alive")
    until(agreed, limit, f"KS1 {first}, KS2 {second}, both of that opinion")


def kill(lab, node):
    """No time to say anything: the daemon is gone."""
    os.kill(lab.node(node)["pid"], signal.SIGKILL)
    until(lambda: lab.node(node)["state"] == "dead", 5, f"{node} is dead")
