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


def say(text=""):
    print(text, flush=True)


def title(text):
    say()
    say(f"== {text}")


def show(node, *lines):
    """Runs commands and prints them as a console would show them."""
    for line in lines:
        say(f"{node}#{line}")
        printed = router.commands(LAB, node, line)
        say("\n".join("  " + row for row in printed.rstrip().splitlines()))
    return printed


def boot():
    title("1. The lab: a key server, four members, four hosts, a core")
    here = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    if LAB in store.running() and store.read_plan(LAB):
        say("It is up already.")
    else:
        began = time.monotonic()
        lab.up(os.path.join(here, "article.clab.yml"))
        say(f"Up in {time.monotonic() - began:.1f} s: every router answers at "
            "its console.")
    say("""
  HOST1 --- CE1 --+                 +-- PE3 -- CE3 --- HOST3
 10.0.111.2       +-- PE1 --- P ----+                 10.0.33.2
            KS1 --+                 +-- PE2, PE4 ...
""".rstrip())


def wait_for_members():
    title("2. Registration: each member gets policy and keys from KS1")
    waiting = list(MEMBERS)
    until = time.monotonic() + REGISTRATION_LIMIT
    while waiting:
        waiting = [name for name in waiting if "Registered" not in
                   _status(name)]
        if waiting and time.monotonic() > until:
            raise LabError(f"not registered after {REGISTRATION_LIMIT:.0f} s: "
                           f"{', '.join(waiting)}")
        time.sleep(0.2 if waiting else 0)
    say("What CE1 logged:")
    show("CE1", "show logging | include GM_REGSTER|UPDATED|REGS_COMPL|INSTALL")
    say("The rules it was given (deny: in clear, permit: encrypt):")
    show("CE1", "show crypto gdoi gm acl")


def _status(name):
    shown = router.commands(LAB, name, "show crypto gdoi gm")
    found = re.search(r"Registration status\s*:\s*(.*)", shown)
    return found[1] if found else ""


def counters():
    shown = router.commands(LAB, "CE1",
                            "show crypto gdoi gm dataplane counters")
    found = re.search(r"#pkts encrypt\s*:\s*(\d+)\s+#pkts decrypt\s*:\s*(\d+)",
                      shown)
    if not found:
        raise LabError("CE1 shows no dataplane counters")
    return int(found[1]), int(found[2])


def ping():
    title(f"3. HOST1 pings HOST3, and we listen in the core, on P")
    before = counters()
    with capture.Capture(LAB, "P", "eth1") as core:
        answer = show("HOST1", f"ping {TARGET} repeat {PINGS}")
    if f"({PINGS}/{PINGS})" not in answer:
        raise LabError(f"not all of the {PINGS} pings were answered")
    passed = [p for p in core.packets()
              if {p.src, p.dst} == {SOURCE, TARGET}]
    return before, passed


def explain(passed):
    title("4. What the core saw between the two hosts")
    for name in sorted({str(p) for p in passed}):
        count = sum(str(p) == name for p in passed)
        say(f"  {count:3} x  {name}")
    clear = [p for p in passed if p.protocol != capture.ESP]
    if clear:
        raise LabError(f"{len(clear)} packets crossed the core in clear")
    if len(passed) != 2 * PINGS:
        raise LabError(f"{len(passed)} ESP packets instead of {2 * PINGS}")
    say("Only ESP, between the hosts' own addresses: the outer IP header is a "
        "copy\nof the inner one, so the core routes as ever.  No ICMP was "
        "seen.  One whole\nESP packet, as P saw it after the IP header:")
    data = passed[0].payload
    for at in range(0, min(len(data), 64), 16):
        say(f"  {at:04x}  {data[at:at + 16].hex(' ')}")
    say(f"  ...   ({len(data)} octets; SPI 0x{data[:4].hex().upper()}, "
        f"sequence number {int.from_bytes(data[4:8], 'big')})")


def check_counters(before):
    title("5. CE1 agrees")
    show("CE1", "show crypto gdoi gm dataplane counters")
    after = counters()
    if (after[0] - before[0], after[1] - before[1]) != (PINGS, PINGS):
        raise LabError(f"CE1 counted {after[0] - before[0]} encrypted and "
                       f"{after[1] - before[1]} decrypted, not {PINGS}")
    say(f"{PINGS} more packets encrypted, {PINGS} decrypted.")


def farewell():
    title("Now it is yours")
    say("  lab/getvpn-lab status                what runs, and telnet ports")
    say("  lab/getvpn-lab console CE1           a console (exit leaves it)")
    one = lab.status(LAB)["nodes"]["KS1"]["console"]
    say(f"  telnet {one['host']} {one['port']:<22}the same for KS1, "
        "by telnet")
    say('  lab/getvpn-lab cli KS1 "show crypto gdoi ks members"')
    say("  lab/getvpn-lab exec P -- tcpdump -ni eth1")
    say("  lab/getvpn-lab down                  ends it; nothing is left "
        "behind")


def main():
    try:
        boot()
        wait_for_members()
        before, passed = ping()
        explain(passed)
        check_counters(before)
        farewell()
    except LabError as err:
        sys.stdout.flush()
        print(f"\nquickstart: {err}", file=sys.stderr)
        print("quickstart: the lab is still there to be looked at; "
              "'lab/getvpn-lab down' ends it", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
