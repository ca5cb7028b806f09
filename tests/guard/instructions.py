#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the instructions that the packet path takes for a packet.

    instructions.py BUILD [--record]

runs BUILD/tests/guard/path_trace under valgrind's callgrind, on the same
frames every time, and prints what each step of the path took beside what is
recorded in instructions.txt.  Ends with 1 when a step takes more than a tenth
more than was recorded.  With --record the file is written anew, which is what
to do when a change is worth its price (and when one made things better: what
was won shall not be lost unseen).

Nothing is timed, so a busy machine does not matter.  The instructions of the
crypto library are shown but not judged: they depend on the processor (valgrind
knows nothing newer than AVX2 and has no SHA instructions, so it takes another
way through the library than a real run).  Instructions of the processor's own
memcpy() count where it was called.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
RECORDED = os.path.join(HERE, "instructions.txt")
TRACES = [("cbc", "imix", 1), ("cbc", "imix", 100), ("cbc", "tcp", 1),
          ("cbc", "tcp", 100), ("gcm", "imix", 1), ("gcm", "tcp", 1),
          ("cbc", "imix6", 1), ("cbc", "tcp6", 1)]
WAYS = {"out": "measured_out", "in": "measured_in"}
MORE = 1.10                # so much of what was recorded is too much
SLACK = 2.0                # instructions a packet, for the smallest steps
LIMIT = 120                # s, one run

# What is left out: the ports of the test, and the crypto library.
PORTS = re.compile(r":memory_port_[rt]x$")
LIBRARIES = re.compile(r"/lib(IPSec_MB|crypto)\.so")

# Steps: functions ("file:name") whose instructions, with those of all that
# they call, are one step; and whose calls of the library are part of it.
CLASSIFY = r"/(classify\w*|flow\w*)\.c:", None
STEPS = {
    "out": {"classify": CLASSIFY,
            "segment": (r"/gso\.c:", None),
            "encapsulate": (r"/esp\.c:esp_wrap$", r"/ivgen\.c:"),
            "encrypt": (r"/ipsec/crypto_\w+\.c:",) * 2},
    "in": {"decrypt": (r"/ipsec/crypto_\w+\.c:",) * 2,
           "open": (r"/esp\.c:esp_(open|unwrap)$", None),
           "classify": CLASSIFY,
           "coalesce": (r"/gro\.c:", None)},
}
LIBRARY = "crypto library"
ALL = "all"


class Profile:
    """What callgrind wrote: who called whom, and the instructions of it.

    A function is (object, "file:name")."""

    def __init__(self, path):
        self.names = {}
        self.own = 0
        self.calls = {}                # (caller, callee): instructions
        where = {"ob": "", "fl": "", "fn": ""}
        called = {}
        pending = False
        with open(path, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                found = re.match(r"(ob|fl|fi|fe|fn|cob|cfi|cfl|cfn)="
                                 r"(?:\((\d+)\))? ?(.*)$", line)
                if found:
                    self._name(where, called, *found.groups())
                elif line.startswith("calls="):
                    pending = True
                elif re.match(r"[+\-*\d]", line):
                    cost = int(line.split()[-1])
                    if pending:
                        self._call(where, called, cost)
                    else:
                        self.own += cost
                    pending = False

    def _name(self, where, called, key, number, name):
        kind = "fl" if key[-2:] in ("fl", "fi", "fe") else key[-2:]
        if number is not None:
            if name:
                self.names[kind, number] = name
            name = self.names[kind, number]
        if key.startswith("c") and len(key) == 3:
            called[kind] = name
        elif key in ("ob", "fl", "fn"):
            where[key] = name

    def _call(self, where, called, cost):
        caller = where["ob"], f"{where['fl']}:{where['fn']}"
        callee = (called.get("ob", where["ob"]),
                  f"{called.get('fl', where['fl'])}:{called['fn']}")
        called.clear()
        key = caller, callee
        self.calls[key] = self.calls.get(key, 0) + cost

    def taken(self, inside, caller_fits=lambda caller: True):
        """Instructions of the functions for which inside() holds, with all
        that they call; each counted once."""
        return sum(cost for (caller, callee), cost in self.calls.items()
                   if inside(callee) and not inside(caller)
                   and caller_fits(caller))


def run(build, trace, way):
    """{step: instructions a packet}"""
    with tempfile.TemporaryDirectory() as place:
        out = os.path.join(place, "callgrind.out")
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}",
             f"--toggle-collect={WAYS[way]}", "--compress-pos=no",
             os.path.join(build, "tests/guard/path_trace"),
             *map(str, trace)], env={**os.environ, "GETVPN_CRYPTO": "ipsec-mb"},
            capture_output=True, text=True, timeout=LIMIT, check=False)
        if done.returncode:
            sys.exit(f"{name(trace)}: {done.stdout}{done.stderr}")
        packets = int(done.stdout.split()[0])
        return steps(Profile(out), way, packets)


def steps(profile, way, packets):
    def named(pattern):
        return lambda function: re.search(pattern, function[1])

    def library(function):
        return LIBRARIES.search(function[0])
    found = {}
    for step, (pattern, calls) in STEPS[way].items():
        found[step] = profile.taken(named(pattern))
        if calls:
            found[step] -= profile.taken(library, named(calls))
    found[LIBRARY] = profile.taken(library)
    found[ALL] = (profile.own - profile.taken(lambda f: PORTS.search(f[1])) - found[LIBRARY])
    return {step: count / packets for step, count in found.items()}


def name(trace):
    return "-".join(map(str, trace))


def measure(build):
    """{(trace, way): {step: instructions}}"""
    wanted = [(trace, way) for trace in TRACES for way in WAYS]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda one: run(build, *one), wanted)
        return {(name(trace), way): counts
                for (trace, way), counts in zip(wanted, found)}


def read_recorded():
    recorded = {}
    with open(RECORDED, encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                trace, way, step, count = line.rsplit(None, 1)[0].split(
                    None, 2) + [line.rsplit(None, 1)[1]]
                recorded[trace, way, step] = float(count)
    return recorded


def write_recorded(found):
    with open(RECORDED, "w", encoding="utf-8") as out:
        out.write("# Instructions a packet; written by instructions.py "
                  "--record.\n# trace (transform-traffic-entries), way, step, "
                  "instructions\n")
        for (trace, way), counts in found.items():
            for step, count in counts.items():
                out.write(f"{trace:<14} {way:<4} {step:<15} {count:8.1f}\n")


def judge(found, recorded):
    """Prints all; what is worse."""
    worse = []
    for (trace, way), counts in found.items():
        words = []
        for step, count in counts.items():
            was = recorded.get((trace, way, step))
            words.append(f"{step} {count:.0f} "
                         f"({'-' if was is None else format(was, '.0f')})")
            if was is None:
                worse.append(f"{trace} {way}: {step} is not recorded")
            elif step != LIBRARY and count > was * MORE + SLACK:
                worse.append(f"{trace} {way}: {step} takes {count:.0f} "
                             f"instructions a packet, {was:.0f} are recorded")
        print(f"figures: {trace} {way}: {', '.join(words)}")
    return worse


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    found = measure(given.build)
    if given.record:
        write_recorded(found)
        return 0
    worse = judge(found, read_recorded())
    for line in worse:
        print(line)
    if worse:
        print("When that is as it shall be: make check-guard in the build, "
              "tests/guard/instructions.py BUILD --record, and say why in "
              "the commit.")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
