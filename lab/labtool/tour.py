# SPDX-License-Identifier: GPL-3.0-or-later
"""The guided walk of ./quickstart: a host's ping, encrypted, step by step."""

import os
import re
import sys
import time

from . import LabError, capture, lab, router, store

LAB = "article"
MEMBERS = ("CE1", "CE2", "CE3", "CE4")
SOURCE, TARGET = "10.0.111.2", "10.0.33.2"
PINGS = 10
# A member tries a key server for 40 s before it gives up on it; twice that.
REGISTRATION_LIMIT = 90.0

MAP = """
  HOST1 --- CE1 --+                 +-- PE3 -- CE3 --- HOST3
 10.0.111.2       +-- PE1 --- P ----+                 10.0.33.2
            KS1 --+                 +-- PE2, PE4 ...
"""
STATUS = re.compile(r"Registration status\s*: Registered$", re.M)
COUNTED = re.compile(r"#pkts encrypt\s*: (\d+)\s+#pkts decrypt\s*: (\d+)")
REGISTRATION_LOG = ("show logging | include "
                    "REGSTER|UPDATED|COMPL|INSTALL")
ONLY_ESP = """\
Only ESP, between the hosts' own addresses: the outer IP header is a copy of
the inner one, so the core routes as ever.  No ICMP was seen.  One whole ESP
packet, as P saw it after the IP header:"""
COMMANDS = """\
  lab/getvpn-lab status              what runs, and the consoles' telnet ports
  lab/getvpn-lab console CE1         a console; Ctrl-] leaves it
  telnet {host} {port:<18}  the same for KS1, by telnet
  lab/getvpn-lab cli KS1 "show crypto gdoi ks members"
  lab/getvpn-lab exec P -- tcpdump -ni eth1
  lab/getvpn-lab down                ends it; nothing is left behind"""


def say(text=""):
    print(text, flush=True)


def title(text):
    say()
    say(f"== {text}")


class Tour:
    def __init__(self, name):
        self.lab = name

    def show(self, node, *lines):
        """Runs commands and prints them as a console would show them."""
        for line in lines:
            say(f"{node}#{line}")
            printed = router.commands(self.lab, node, line)
            say("\n".join("  " + row for row in printed.rstrip().splitlines()))
        return printed

    def boot(self):
        title("1. The lab: a key server, four members, four hosts, a core")
        here = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
        if self.lab in store.running() and store.read_plan(self.lab):
            say("It is up already.")
        else:
            began = time.monotonic()
            lab.up(os.path.join(here, "article.clab.yml"), self.lab)
            taken = time.monotonic() - began
            say(f"Up in {taken:.1f} s: every router answers at its console.")
        say(MAP)

    def wait_for_members(self):
        title("2. Registration: each member gets policy and keys from KS1")
        waiting = list(MEMBERS)
        until = time.monotonic() + REGISTRATION_LIMIT
        while waiting:
            waiting = [name for name in waiting if not STATUS.search(
                router.commands(self.lab, name, "show crypto gdoi gm"))]
            if waiting and time.monotonic() > until:
                raise LabError("not registered after "
                               f"{REGISTRATION_LIMIT:.0f} s: "
                               f"{', '.join(waiting)}")
            time.sleep(0.2 if waiting else 0)
        say("What CE1 logged:")
        self.show("CE1", REGISTRATION_LOG)
        say("The rules it was given (deny: in clear, permit: encrypt):")
        self.show("CE1", "show crypto gdoi gm acl")

    def counters(self):
        shown = router.commands(self.lab, "CE1",
                                "show crypto gdoi gm dataplane counters")
        found = COUNTED.search(shown)
        if not found:
            raise LabError("CE1 shows no dataplane counters")
        return int(found[1]), int(found[2])

    def ping(self):
        title("3. HOST1 pings HOST3, and we listen in the core, on P")
        before = self.counters()
        with capture.Capture(self.lab, "P", "eth1") as core:
            answer = self.show("HOST1", f"ping {TARGET} repeat {PINGS}")
        if f"({PINGS}/{PINGS})" not in answer:
            raise LabError(f"not all of the {PINGS} pings were answered")
        return before, core.packets()

    @staticmethod
    def explain(seen):
        title("4. What the core saw")
        passed = [p for p in seen if {p.src, p.dst} == {SOURCE, TARGET}]
        for name in sorted({str(p) for p in passed}):
            count = sum(str(p) == name for p in passed)
            say(f"  {count:3} x  {name}")
        clear = [p for p in passed if p.protocol != capture.ESP]
        clear += [p for p in seen if p.protocol == capture.ICMP]
        if clear:
            raise LabError(f"{len(clear)} packets crossed the core in clear")
        if len(passed) != 2 * PINGS:
            raise LabError(f"{len(passed)} ESP packets instead of {2 * PINGS}")
        say(ONLY_ESP)
        data = passed[0].payload
        for at in range(0, min(len(data), 64), 16):
            say(f"  {at:04x}  {data[at:at + 16].hex(' ')}")
        say(f"  ...   ({len(data)} octets; SPI 0x{data[:4].hex().upper()}, "
            f"sequence number {int.from_bytes(data[4:8], 'big')})")

    def check_counters(self, before):
        title("5. CE1 agrees")
        self.show("CE1", "show crypto gdoi gm dataplane counters")
        after = self.counters()
        if (after[0] - before[0], after[1] - before[1]) != (PINGS, PINGS):
            raise LabError(f"CE1 counted {after[0] - before[0]} encrypted and "
                           f"{after[1] - before[1]} decrypted, not {PINGS}")
        say(f"{PINGS} more packets encrypted, {PINGS} decrypted.")

    def farewell(self):
        title("Now it is yours")
        one = lab.status(self.lab)["nodes"]["KS1"]["console"]
        say(COMMANDS.format(**one))


def main(name=LAB):
    tour = Tour(name)
    try:
        tour.boot()
        tour.wait_for_members()
        before, seen = tour.ping()
        tour.explain(seen)
        tour.check_counters(before)
        tour.farewell()
    except LabError as err:
        sys.stdout.flush()
        print(f"\nquickstart: {err}", file=sys.stderr)
        if store.read_plan(name):
            print("quickstart: the lab is still there to be looked at; "
                  "'lab/getvpn-lab down' ends it", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
