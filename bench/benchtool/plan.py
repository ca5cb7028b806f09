# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tests run on which contender, in which order.

All chains of a mode are up at once; each test goes through its contenders in
turn, round by round, so that what disturbs the machine for a while hits all of
them alike.
"""

import contextlib
import sys
import time

from labtool import LabError

from . import events, gateway, load, udp
from .samples import FIGURES, MODES, NO_OFFLOADS, OFFLOADS

IMIX_FLOWS = 64
LOAD_SIZE = 1400       # octets of the load beside which ping is timed
LOAD_SHARE = 0.8       # of the rate that loses nothing
LOAD_PING = 2          # ms between two pings under load


class Test:
    """One measurement of a contender: a dict of figures."""

    def __init__(self, group, name, run, seconds, *, own=None, modes=MODES,
                 once=False):
        self.group, self.name, self.run = group, name, run
        self.seconds = seconds     # about so long, for the progress
        self.own = own             # for these contenders alone
        self.modes, self.once = modes, once

    def takes(self, contender, mode, named):
        if mode not in self.modes:
            return False
        if self.own is not None:
            return contender.key in self.own
        if not contender.variant:
            return True
        if contender.of:
            return False
        return contender.key in named or (
            mode == OFFLOADS and self.group in contender.variant)


def tcp_tests(options):
    seconds = 1 if options.quick else 3

    def run(streams):
        return lambda contender: {f"tcp{streams}": load.tcp(
            contender.chain, streams, seconds)["gbps"]}

    return [Test("tcp", f"TCP x{streams}", run(streams), seconds + 0.5)
            for streams in (1, 4, 64)]


def search(contender, options, size, flood, flows=udp.SENDERS):
    quick = {"steps": 5, "seconds": 0.6} if options.quick else {}
    return udp.free_of_loss(contender.chain, size, flood, flows=flows,
                            **quick)


def udp_tests(options):
    seconds = 0.6 if options.quick else udp.TRIAL

    def run(size):
        def measure(contender):
            flood = udp.trial(contender.chain, size, 0, seconds)
            free = search(contender, options, size, flood.delivered)
            if size == LOAD_SIZE:
                contender.free_rate = free
            return {f"flood{size}": flood.delivered / 1000,
                    f"free{size}": free / 1000}
        return measure

    return [Test("udp", f"UDP {size}", run(size), 10 * (seconds + 0.2))
            for size in (1400, 576, 64)]


def aces_tests(options):
    seconds = 0.6 if options.quick else udp.TRIAL

    def measure(contender):
        flood = udp.trial(contender.chain, "imix", 0, seconds, IMIX_FLOWS)
        free = search(contender, options, "imix", flood.delivered, IMIX_FLOWS)
        return {"floodimix": flood.delivered / 1000, "freeimix": free / 1000}

    return [Test("aces", "IMIX x64", measure, 10 * (seconds + 0.2))]


def latency_tests(options):
    count = 300 if options.quick else 1000

    def idle(contender):
        told = load.idle_ping(contender.chain, count)
        return {"ping_min": told["min"], "ping_avg": told["avg"],
                "ping_p99": told["p99"]}

    def under_load(contender):
        if contender.free_rate is None:
            flood = udp.trial(contender.chain, LOAD_SIZE)
            contender.free_rate = search(contender, options, LOAD_SIZE,
                                         flood.delivered)
        rate = LOAD_SHARE * contender.free_rate
        with udp.load(contender.chain, LOAD_SIZE, rate,
                      count * LOAD_PING / 1000 + 1):
            told = load.ping(contender.chain, "-i", str(LOAD_PING / 1000),
                             "-c", str(count))
        return {"load_avg": told["avg"], "load_p99": told["p99"]}

    tests = [Test("latency", "idle ping", idle, 0.5)]
    if "udp" in options.tests or not options.quick:
        tests.append(Test("latency", "ping under load", under_load, 3.5))
    return tests


def gateway_tests(_options):
    return [Test("gateway", "one gateway alone",
                 lambda contender: {"gateway": gateway.rate(contender) / 1000},
                 3, modes=(OFFLOADS,),
                 own=[one.key for one in gateway.all_gateways()])]


def rekey_tests(options):
    seconds = 10 if options.quick else 60
    return [Test("rekey", "TCP with rekeys",
                 lambda contender: events.rekey_test(contender, seconds),
                 2 * seconds, modes=(OFFLOADS,), own=["ours"], once=True)]


def fronting_tests(_options):
    return [Test("fronting", "crypto map", events.fronting_test, 10,
                 modes=(OFFLOADS,), own=["fronting"])]


GROUPS = {"tcp": tcp_tests, "udp": udp_tests, "latency": latency_tests,
          "gateway": gateway_tests, "aces": aces_tests, "rekey": rekey_tests,
          "fronting": fronting_tests}


class Progress:
    def __init__(self, steps, seconds):
        self.steps, self.done = steps, 0
        self.seconds, self.began = seconds, time.monotonic()
        self.spent = 0.0

    def say(self, text):
        print(text, file=sys.stderr, flush=True)

    def step(self, seconds, text):
        self.done += 1
        self.spent += seconds
        taken = time.monotonic() - self.began
        left = taken / self.spent * (self.seconds - self.spent) \
            if self.spent else 0
        self.say(f"[{self.done}/{self.steps}, {left / 60:.0f} min left] "
                 f"{text}")


def figures_text(figures):
    return ", ".join(
        f"{FIGURES[name].title} {value:.3g} {FIGURES[name].unit}".rstrip()
        for name, value in figures.items() if value is not None)


class Run:
    def __init__(self, options, contenders, samples):
        self.options, self.samples = options, samples
        self.contenders = contenders
        self.named = options.only or []
        self.tests = [test for group in options.tests if group in GROUPS
                      for test in GROUPS[group](options)]

    def steps(self, modes):
        return [(mode, test, contender) for mode in modes
                for test in self.tests for contender in self.contenders
                if test.takes(contender, mode, self.named)]

    def rounds(self, test):
        return 1 if test.once else self.options.rounds

    def go(self, modes):
        steps = self.steps(modes)
        if not steps:
            return
        self.progress = Progress(
            sum(self.rounds(test) for _, test, _ in steps),
            sum(test.seconds * self.rounds(test) for _, test, _ in steps))
        for mode in modes:
            with contextlib.ExitStack() as chains:
                self.mode(mode, chains)

    def mode(self, mode, chains):
        wanted = {one.key for m, _, one in self.steps([mode])}
        up = []
        for contender in self.contenders:
            if contender.key in wanted and self.bring_up(contender, mode,
                                                         chains):
                up.append(contender)
        for test in self.tests:
            for number in range(self.rounds(test)):
                mine = [c for c in up if test.takes(c, mode, self.named)]
                for contender in mine[::-1] if number % 2 else mine:
                    self.measure(mode, test, contender, number)

    def bring_up(self, contender, mode, chains):
        began = time.monotonic()
        try:
            chains.enter_context(contender)
            if mode == NO_OFFLOADS:
                self.offloads_off(contender)
        except LabError as err:
            self.remark(f"{mode}: {contender.key} left out: {err}")
            return False
        taken = time.monotonic() - began
        about = contender.describe()
        self.samples.about[contender.key] = about
        self.progress.say(f"{mode}: {contender.key} is up ({taken:.1f} s)"
                          + (f": {about}" if about else ""))
        return True

    def offloads_off(self, contender):
        contender.chain.offloads_off()
        left = contender.chain.offloads_left()
        if left:
            self.remark(f"{contender.key}: on in spite of all: "
                        + ", ".join(left))

    def measure(self, mode, test, contender, number):
        try:
            figures = test.run(contender)
        except LabError as err:
            self.remark(f"{mode}: {test.name}: {contender.key}: {err}")
            figures = {}
        self.samples.add(mode, contender.key, figures)
        self.progress.step(test.seconds, f"{mode} round {number + 1} "
                           f"{contender.key}: {figures_text(figures) or '-'}")

    def remark(self, text):
        self.progress.say("! " + text)
        self.samples.remarks.append(text)
