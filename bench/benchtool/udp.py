# SPDX-License-Identifier: GPL-3.0-or-later
"""UDP through a chain: floods, the rate that loses nothing, and a stream."""

import contextlib
import itertools
import json
import os
import subprocess

from labtool import router

from . import BenchError, system
from .chain import H2

FLOOD = "bench/flood"
SENDERS = RECEIVERS = 2
TRIAL = 1.2            # seconds
LOSS = 0.001           # what is called free of loss
STEPS = 7              # of the search: to 1 % of where it starts
SLACK = 1.25           # over a flood's delivered rate, where it starts
NEARLY = 0.01          # a trial that lost no more than this is tried again
WARM = 0.2             # of a trial, until its rate is counted
END_LIMIT = 20.0

_runs = itertools.count(1)


def program():
    build = os.environ.get("GETVPN_BUILD") or \
        os.path.join(router.CHECKOUT, "build")
    path = os.path.join(build, FLOOD)
    if not os.access(path, os.X_OK):
        raise BenchError(f"{FLOOD} is not built")
    return path


class Trial:
    """What a load of so much has come to."""

    def __init__(self, sent, received):
        self.sent, self.received = sent["sent"], received["received"]
        self.reordered = received["reordered"]
        self.host_drops = received["socket_drops"]
        seconds = (sent["end_us"] - sent["start_us"]) / 1e6
        self.offered = self.sent / seconds
        self.delivered = self._rate(sent, received)
        self.loss = 1 - self.received / self.sent if self.sent else 1.0

    @staticmethod
    def _rate(sent, received):
        """Packets a second while the sender was at it and warm: what comes
        after it from a long queue does not count."""
        width = received["bucket_us"]
        length = sent["end_us"] - sent["start_us"]
        first = sent["start_us"] + WARM * length - received["began_us"]
        last = sent["end_us"] - received["began_us"]
        whole = range(int(first // width) + 1, int(last // width))
        counted = sum(received["buckets"][n] for n in whole
                      if n < len(received["buckets"]))
        return counted * 1e6 / (width * len(whole)) if len(whole) else 0.0


@contextlib.contextmanager
def _receiver(chain, run):
    child = chain.h2.start(program(), "receive", "--threads", str(RECEIVERS),
                           "--run", str(run), stdin=subprocess.PIPE,
                           output=subprocess.PIPE)
    try:
        if child.stdout.readline() != b"ready\n":
            raise BenchError("the receiver of the flood does not start")
        yield child
    finally:
        system.end(child)


def _send(chain, run, size, rate, seconds, flows):
    return ["--to", H2, "--threads", str(SENDERS), "--receivers",
            str(RECEIVERS), "--run", str(run), "--size", str(size),
            "--rate", str(int(rate)), "--seconds", str(seconds),
            "--flows", str(flows)]


@contextlib.contextmanager
def load(chain, size, rate, seconds, flows=SENDERS):
    """The load is there within; the trial is in the list that this gives."""
    run, told = next(_runs), []
    with _receiver(chain, run) as receiver:
        sender = chain.h1.start(
            program(), "send", *_send(chain, run, size, rate, seconds, flows),
            output=subprocess.PIPE)
        try:
            yield told
            sent = sender.communicate(timeout=seconds + END_LIMIT)[0]
        finally:
            system.end(sender)
        received = receiver.communicate(timeout=END_LIMIT)[0]
    try:
        told.append(Trial(json.loads(sent), json.loads(received)))
    except json.JSONDecodeError:
        raise BenchError(f"the flood failed: {chain.h1.log()[-200:]}") \
            from None


def trial(chain, size, rate=0, seconds=TRIAL, flows=SENDERS):
    with load(chain, size, rate, seconds, flows) as told:
        pass
    return told[0]


def free_of_loss(chain, size, start, seconds=TRIAL, flows=SENDERS,
                 steps=STEPS):
    """Packets a second that arrive when at most LOSS of them are lost: a
    binary search from what a flood delivered."""
    low, high, best = 0.0, start * SLACK, 0.0
    for _ in range(steps):
        rate = (low + high) / 2
        one = trial(chain, size, rate, seconds, flows)
        if LOSS < one.loss <= NEARLY:
            one = trial(chain, size, rate, seconds, flows)
        if one.loss <= LOSS:
            low, best = rate, max(best, one.offered * (1 - one.loss))
        else:
            high = rate
    return best
