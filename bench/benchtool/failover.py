# SPDX-License-Identifier: GPL-3.0-or-later
"""Fail-over of cooperative key servers: kill -9 of the primary until the other
one has taken over, and until a member has accepted its first rekey.

In real time in the lab article-coop, where the two take turns in dying; and in
simulated time (bench/failover_sim), where nothing else takes time."""

import argparse
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import time

from labtool import LabError, lab, router

from .peers import until

ROUNDS, RUNS = 5, 32
LAB = "failover"
SERVERS = {"KS1": "192.168.111.111", "KS2": "192.168.222.222"}
MEMBER, MEMBERS = "CE1", ("CE1", "CE2", "CE3", "CE4")
REFRESH = 20               # s between two announcements of the primary
LIMIT = 300.0              # s for each step
ROLES = re.compile(r"Local KS Role: (\w+) .*Peer KS Role: (\w+) *, "
                   r"Peer KS Status: (\w+)", re.S)
REGISTERED = re.compile(r"Registration status\s*: Registered$", re.M)
TOOK_OVER = "COOP_KS_TRANS_TO_PRI: KS {} "
LAST_REKEY = re.compile(r"Last rekey from\s*: (\S+)")
TIMERS = """\
configured: the primary announces every 20 s; after 30 s without one it is
asked 3 times, every 10 s; crypto isakmp keepalive 10 periodic"""


def ask(node, *lines):
    return router.commands(LAB, node, *lines)


def roles(node):
    found = ROLES.search(ask(node, "show crypto gdoi ks coop"))
    return found.groups() if found else None


def wait(what, ready, scale):
    until(what, ready, LIMIT / min(scale, 10))


def settled(primary, secondary):
    return roles(primary) == ("Primary", "Secondary", "Alive") \
        and roles(secondary) == ("Secondary", "Primary", "Alive")


def takeovers(node):
    """How often its log says that it has become primary."""
    return ask(node, "show logging | include TRANS_TO_PRI").count(
        TOOK_OVER.format(SERVERS[node]))


def fail_over(primary, secondary, scale):
    """(seconds until the secondary is primary, until a member has its rekey);
    then the one that died is there again."""
    before = takeovers(secondary)
    time.sleep(random.uniform(0, REFRESH) / scale)
    os.kill(lab.status(LAB)["nodes"][primary]["pid"], signal.SIGKILL)
    died = time.monotonic()
    wait("taking over", lambda: takeovers(secondary) > before, scale)
    took_over = time.monotonic() - died
    ask(secondary, "crypto gdoi ks rekey")
    wait("a rekey", lambda: LAST_REKEY.search(ask(
        MEMBER, "show crypto gdoi gm"))[1] == SERVERS[secondary], scale)
    rekeyed = time.monotonic() - died
    lab.restart(LAB, primary)
    wait("its return", lambda: settled(secondary, primary), scale)
    return took_over * scale, rekeyed * scale


def in_the_lab(rounds, scale):
    """Figures of as many fail-overs."""
    here = os.path.join(router.CHECKOUT, "lab", "article-coop.clab.yml")
    pair, figures = list(SERVERS), []
    try:
        lab.up(here, LAB, scale)
        wait("roles", lambda: settled(*pair), scale)
        for name in MEMBERS:
            wait(f"{name} registered", lambda name=name: REGISTERED.search(
                ask(name, "show crypto gdoi gm")), scale)
        for name in SERVERS:
            ask(name, "copy running-config startup-config", "")
        for number in range(rounds):
            figures.append(fail_over(*pair, scale))
            pair.reverse()
            print(f"round {number + 1}: {figures[-1][0]:.1f} s, "
                  f"{figures[-1][1]:.1f} s", file=sys.stderr, flush=True)
    finally:
        lab.down(LAB)
    return figures


def simulated(runs):
    build = os.environ.get("GETVPN_BUILD") or \
        os.path.join(router.CHECKOUT, "build")
    program = os.path.join(build, "bench", "failover_sim")
    if not os.access(program, os.X_OK):
        raise LabError(f"not built: make -C {build} bench/failover_sim")
    said = subprocess.run([program, str(runs)], text=True, check=False,
                          capture_output=True)
    if said.returncode:
        raise LabError(said.stderr.strip() or "failover_sim failed")
    return [tuple(int(word) / 1000 for word in line.split())
            for line in said.stdout.splitlines()]


ROWS = ("kill -9 until Transitioned to Primary", "kill -9 until a member has "
        "taken a rekey")


def print_table(title, figures):
    print(f"\n{title:<52}{'median':>9}{'min':>9}{'max':>9}")
    for row, values in zip(ROWS, zip(*figures)):
        print(f"  {row:<50}{statistics.median(values):>8.2f}s"
              f"{min(values):>8.2f}s{max(values):>8.2f}s")


def parse(argv):
    parser = argparse.ArgumentParser(
        prog="bench/failover", description="Measures how soon a cooperative "
        "key server takes over. docs/BENCH.md says how to read it.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N",
                        help=f"fail-overs in the lab ({ROUNDS})")
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N",
                        help=f"simulated fail-overs ({RUNS})")
    parser.add_argument("--time-scale", type=int, default=1, metavar="N",
                        help="the lab runs N times faster, for tuning; times "
                        "are multiplied again")
    parser.add_argument("--json", metavar="FILE", help="writes all figures")
    options = parser.parse_args(argv)
    if min(options.rounds, options.runs) < 0 or options.time_scale < 1:
        parser.error("counts from 0 up, a scale from 1 up")
    return options


def main(argv):
    options = parse(argv)
    scale, told = options.time_scale, {}
    try:
        if options.runs:
            told["simulated"] = simulated(options.runs)
        if options.rounds:
            told["lab"] = in_the_lab(options.rounds, scale)
    except LabError as err:
        print(f"failover: {err}", file=sys.stderr)
        return 1
    print(TIMERS)
    titles = {"simulated": "simulated time, {} runs",
              "lab": "real time, {} runs in the lab" if scale == 1 else
              f"time x{scale} in the lab, {{}} runs"}
    for name, figures in told.items():
        print_table(titles[name].format(len(figures)), figures)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"time_scale": scale, **told}, file, indent=1)
    return 0
