# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of bench/dataplane."""

import argparse
import os
import signal
import sys

from labtool import LabError

from . import (events, gateway, ours, peers, plan, plot, report, system,
               verdict)
from .samples import MODES, NO_OFFLOADS, OFFLOADS, Samples

ROUNDS = 3


def words(known):
    def split(text):
        for word in text.split(","):
            if word not in known:
                raise argparse.ArgumentTypeError(
                    f"'{word}' is none of {', '.join(known)}")
        return text.split(",")
    return split


def parse(argv, contenders):
    parser = argparse.ArgumentParser(
        prog="bench/dataplane", description="Measures gateways side by side, "
        "in network namespaces of its own. docs/BENCH.md says how to read "
        "it.", epilog=f"contenders: {' '.join(contenders)}; "
        f"tests: {' '.join(plan.GROUPS)}")
    parser.add_argument("--only", type=words(contenders), metavar="NAME,...",
                        help="these contenders alone")
    parser.add_argument("--tests", type=words(plan.GROUPS),
                        default=list(plan.GROUPS), metavar="TEST,...",
                        help="these tests alone")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N",
                        help=f"rounds of each measurement ({ROUNDS})")
    parser.add_argument("--quick", action="store_true",
                        help="shorter trials: for tuning, not for a verdict")
    parser.add_argument("--offloads", dest="modes", action="append_const",
                        const=OFFLOADS, help="offloads as the system has "
                        "them (both modes without a choice)")
    parser.add_argument("--no-offloads", dest="modes", action="append_const",
                        const=NO_OFFLOADS, help="GSO, TSO and GRO off on "
                        "every device")
    parser.add_argument("--json", metavar="FILE", help="writes all figures")
    parser.add_argument("--plot", metavar="FILE",
                        help="draws them, as SVG or PNG")
    parser.add_argument("--getvpnd", metavar="DIR",
                        help="the build tree of ours (build)")
    options = parser.parse_args(argv)
    if options.rounds < 1:
        parser.error("at least one round")
    return options


def leave(number, _frame):
    """Ends the run in order, once: what is up has to come down."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)
    raise SystemExit(128 + number)


def choose(options, every, samples):
    """The contenders that can run; remarks about those that cannot."""
    chosen = []
    for contender in every:
        if options.only and contender.key not in options.only and \
                contender.of not in options.only:
            continue
        missing = contender.missing()
        if missing:
            text = f"{contender.key} left out: {missing}"
            samples.remarks.append(text)
            print("! " + text, file=sys.stderr)
            continue
        chosen.append(contender)
        samples.titles[contender.key] = contender.title
        if contender.peer:
            samples.peers.append(contender.key)
    return chosen


HEADINGS = {OFFLOADS: "Offloads as the system has them",
            NO_OFFLOADS: "GSO, TSO and GRO off on every device"}


def tell(samples, modes, options):
    """Prints what there is to say; writes the files that were asked for."""
    machine = report.machine()
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    for mode in modes:
        if samples.names(mode):
            print(f"\n== {HEADINGS[mode]}\n")
            print(report.table(samples, mode))
    verdicts = verdict.lines(samples)
    if verdicts:
        print("\n== Goals\n")
        print("\n".join(map(str, verdicts)))
    if options.json:
        report.write_json(options.json, samples, verdicts, vars(options))
    if options.plot:
        try:
            plot.draw(options.plot, samples, modes)
        except LabError as err:
            samples.remarks.append(str(err))
    if samples.remarks:
        print("\n== Remarks\n")
        print("\n".join(samples.remarks))


def main(argv):
    every = [*peers.all_peers(), *ours.all_ours(), *gateway.all_gateways(),
             events.Fronting()]
    options = parse(argv, [contender.key for contender in every])
    if os.geteuid():
        print("bench/dataplane: needs root: network namespaces",
              file=sys.stderr)
        return 2
    os.environ["PATH"] = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    if options.getvpnd:
        os.environ["GETVPN_BUILD"] = os.path.abspath(options.getvpnd)
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, leave)
    samples = Samples()
    modes = [mode for mode in MODES if mode in (options.modes or MODES)]
    try:
        with system.room_for_sockets():
            plan.Run(options, choose(options, every, samples),
                     samples).go(modes)
    except LabError as err:
        print(f"bench/dataplane: {err}", file=sys.stderr)
        return 1
    tell(samples, modes, options)
    return 0
