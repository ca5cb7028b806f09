# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rekey, and a crypto map that comes or goes, cost the traffic."""

import os
import re
import threading
import time

from labtool import LabError, capture, router

from . import BenchError, load, udp
from .chain import H1, H2
from .ours import Ours

DROPS = re.compile(r"^ {4}\S.*?(\d+)$", re.M)
UNSENT = re.compile(r"(\d+) not sent")
STREAM = 1000          # packets a second
CALM = 0.7             # seconds of stream before and after a change
SETTLE = 3.0           # and until a member has its keys


# --- rekeys ------------------------------------------------------------------

def drops(contender):
    """What both gateways dropped so far, and did not get sent."""
    total = 0
    for name in ("r1", "r2"):
        shown = contender.packet_path(name)
        total += sum(int(n) for pattern in (DROPS, UNSENT)
                     for n in pattern.findall(shown))
    return total


def tcp_with_rekeys(contender, seconds, rekeys):
    """TCP x1; a rekey each second if so wanted."""
    stop, done = threading.Event(), []

    def go_on():
        while not stop.wait(1.0):
            contender.cli("ks", "crypto gdoi ks rekey")
            done.append(time.monotonic())

    before = drops(contender)
    thread = threading.Thread(target=go_on)
    server, client = load.start_tcp(contender.chain, 1, seconds)
    if rekeys:
        thread.start()
    try:
        told = load.end_tcp(server, client, seconds)
    finally:
        stop.set()
        if rekeys:
            thread.join()
    if rekeys and len(done) < 0.8 * (seconds - 1):
        raise BenchError(f"{len(done)} rekeys in {seconds} s")
    return told, drops(contender) - before, len(done)


def rekey_test(contender, seconds):
    calm, calm_drops, _ = tcp_with_rekeys(contender, seconds, False)
    busy, busy_drops, count = tcp_with_rekeys(contender, seconds, True)
    return {"plain_retr": calm["retransmits"],
            "rekey_retr": busy["retransmits"],
            "plain_drops": calm_drops, "rekey_drops": busy_drops,
            "plain_gbps": calm["gbps"], "rekey_gbps": busy["gbps"],
            "rekeys": count}


# --- a crypto map comes and goes ---------------------------------------------

class Fronting(Ours):
    """r2 forwards without a crypto map: r1's stream is seen at its wire, in
    clear or as ESP."""

    of = "ours"

    def __init__(self):
        super().__init__("fronting", "crypto map applied and removed",
                         variant=("fronting",))
        self.map = False


def gaps(frames):
    """(longest time without a frame of the stream, ms; how many came)."""
    times = []
    for when, frame in frames:
        packet = capture.parse(frame)
        if packet and packet.src == H1 and packet.dst == H2 and \
                packet.protocol in (capture.UDP, capture.ESP):
            times.append(when)
    if len(times) < 2:
        raise BenchError("the stream is not seen at the wire")
    return max(b - a for a, b in zip(times, times[1:])) * 1000, len(times)


class _Reader(threading.Thread):
    """Takes frames as they come, so that each has its time."""

    def __init__(self, seen):
        super().__init__()
        self.seen, self.stop = seen, threading.Event()

    def run(self):
        while not self.stop.wait(0.0002):
            self.seen.drain()


def change(contender, *lines):
    """Longest gap in ms that the change makes in the stream."""
    seconds = 2 * CALM + SETTLE
    with capture.Capture(contender.chain.lab, "r2", "wan") as seen:
        reader = _Reader(seen)
        reader.start()
        try:
            with udp.load(contender.chain, 200, STREAM, seconds, 1):
                time.sleep(CALM)
                contender.cli("r1", "configure terminal",
                              "interface Ethernet0/0", *lines, "end")
        finally:
            reader.stop.set()
            reader.join()
        return gaps(seen.frames)[0]


def fronting_test(contender):
    applied = change(contender, "crypto map gdoimap")
    contender.wait_registered("r1")
    return {"front_gap": applied,
            "unfront_gap": change(contender, "no crypto map")}
