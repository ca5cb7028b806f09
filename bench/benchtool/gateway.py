# SPDX-License-Identifier: GPL-3.0-or-later
"""One gateway alone: superpackets in at its LAN, frames counted at its wire.

r1 is a member that encrypts; its wire ends in r2's namespace, where nobody
forwards: the frames are for a station that is not there, so that the kernel
drops them as soon as it has counted them.  A single worker has a core for
itself, and the generator another; as many workers as cores share these with
generators that give way (nice).
"""

import os
import subprocess
import time

from labtool import kernel

from . import BenchError, system, udp
from .chain import H2, WAN2
from .ours import MAP, MEMBER, NOTHING, PHASE1, TO_KEY_SERVER, Ours

NOBODY = "02:00:00:00:00:99"
SIZE = 1400
SEGMENTS = 40          # of a superpacket: 55 KB
FLOWS = 64
WARM = 0.4             # seconds before the count begins
COUNTED = 1.5


class Gateway(Ours):
    of = "ours"

    def __init__(self, key, what, **keywords):
        super().__init__(key, what, variant=("gateway",), **keywords)

    def missing(self):
        if len(os.sched_getaffinity(0)) < 2:
            return "no second core"
        return super().missing()

    def configure(self, chain):
        r1 = MEMBER.format(name="R1", phase1=PHASE1, wan="192.168.12.1",
                           lan="10.0.111.1", more=TO_KEY_SERVER, map=MAP)
        self.boot({"ks": (self.key_server(), "Ethernet0/0=eth1"),
                   "r1": (r1, "Ethernet0/0=wan,Ethernet0/1=lan,"
                          "Ethernet0/2=ks")})

    def wait(self):
        super().wait()
        front = "gv-wan"
        kernel.batch(self.chain.r1.netns, [
            f"neigh replace {WAN2} lladdr {NOBODY} dev {front} "
            "nud permanent"])
        self.pin()

    def pin(self):
        """The workers have the last cores, the generators what is left."""
        cores = sorted(os.sched_getaffinity(0))
        found = system.threads(self.pid("r1"), "worker")
        if len(found) != self.workers:
            raise BenchError(f"{len(found)} workers, not {self.workers}")
        mine = cores[-self.workers:]
        for thread, core in zip(found, mine):
            os.sched_setaffinity(thread, {core})
        self.generators = [c for c in cores if c not in mine] or mine

    def generate(self, seconds):
        cores = ",".join(map(str, self.generators))
        shared = len(self.generators) == self.workers and self.workers > 1
        child = self.chain.h1.start(
            "taskset", "-c", cores, udp.program(), "send", "--to", H2,
            "--threads", str(self.workers if shared else 1), "--pin",
            "--flows", str(FLOWS), "--size", str(SIZE),
            "--gso", str(SEGMENTS), "--seconds", str(seconds),
            output=subprocess.DEVNULL)
        if shared:
            system.give_way(child)
        return child

    def count(self):
        return time.monotonic(), self.chain.r2.count("wan", "rx_packets")


def rate(gateway):
    """Packets a second that came out of the wire encrypted."""
    child = gateway.generate(WARM + COUNTED + 1)
    try:
        time.sleep(WARM)
        began, before = gateway.count()
        time.sleep(COUNTED)
        ended, after = gateway.count()
    finally:
        system.end(child)
    if after == before:
        raise BenchError(f"{gateway.key}: nothing came out of the wire")
    return (after - before) / (ended - began)


def all_gateways():
    return [Gateway("gateway", "alone, 1 worker"),
            Gateway("gateway-none", "alone, 1 worker, crypto replaced by "
                    "nothing", program=NOTHING),
            Gateway("gateway-2", "alone, 2 workers", workers=2)]
