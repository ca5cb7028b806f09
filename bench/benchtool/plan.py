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

from . import load
from .samples import FIGURES, NO_OFFLOADS


class Test:
    """One measurement of a contender: a dict of figures."""

    def __init__(self, group, name, run, seconds, contenders=None):
        self.group, self.name, self.run = group, name, run
        self.seconds = seconds          # about so long, for the progress
        self.contenders = contenders    # keys; None: all

    def takes(self, contender, mode, named):
        if self.contenders is not None:
            return contender.key in self.contenders
        if contender.variant and mode == NO_OFFLOADS:
            return contender.key in named
        return not contender.variant or self.group in contender.variant \
            or contender.key in named


def tcp_tests(options):
    seconds = 1 if options.quick else 3
    return [Test("tcp", f"TCP x{streams}",
                 lambda c, n=streams: {f"tcp{n}": load.tcp(
                     c.chain, n, seconds)["gbps"]}, seconds + 0.5)
            for streams in (1, 4, 64)]


def latency_tests(options):
    count = 300 if options.quick else 1000

    def idle(contender):
        told = load.idle_ping(contender.chain, count)
        return {"ping_min": told["min"], "ping_avg": told["avg"],
                "ping_p99": told["p99"]}

    return [Test("latency", "idle ping", idle, 0.5)]


GROUPS = {"tcp": tcp_tests, "latency": latency_tests}


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

    def go(self, modes):
        steps = self.steps(modes)
        if not steps:
            return
        self.progress = Progress(
            len(steps) * self.options.rounds,
            sum(test.seconds for _, test, _ in steps) * self.options.rounds)
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
            for number in range(self.options.rounds):
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
        self.progress.say(f"{mode}: {contender.key} is up ({taken:.1f} s)")
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
