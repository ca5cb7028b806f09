# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rekey, and a crypto map that comes or goes, cost the traffic."""

import re
import socket
import struct
import threading
import time

from labtool import capture

from . import BenchError, load, udp
from .chain import H1, H2
from .ours import Ours

# Of show platform packet-path: a reason with its two directions, and the
# figures of the ports.
DROPS = re.compile(r"^ +[A-Za-z].*? {2,}(\d+) +(\d+)$", re.M)
PORTS = re.compile(r"(\d+) (?:not sent|missed|not read)\b")
STREAM = 1000          # packets a second
STREAM_SIZE = 200
SNAP = 2048
SO_TIMESTAMPNS = 35    # asm-generic/socket.h
CALM = 0.7             # seconds of stream before and after a change
SETTLE = 3.0           # and until a member has its keys


# --- rekeys ------------------------------------------------------------------

def drops(contender):
    """What both gateways dropped, missed and did not get sent so far."""
    total = 0
    for name in ("r1", "r2"):
        shown = contender.packet_path(name)
        if "Drops:" not in shown:
            raise BenchError(f"{name} shows no drops")
        total += sum(int(n) for pair in DROPS.findall(shown) for n in pair)
        total += sum(map(int, PORTS.findall(shown)))
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


def stream_times(sock):
    """When the kernel saw each frame of the stream, in seconds."""
    times = []
    while True:
        try:
            frame, extra, _, _ = sock.recvmsg(SNAP, 256)
        except BlockingIOError:
            return times
        packet = capture.parse(frame)
        if packet and (packet.src, packet.dst) == (H1, H2) and \
                packet.protocol in (capture.UDP, capture.ESP):
            for level, kind, data in extra:
                if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
                    seconds, nanoseconds = struct.unpack("=qq", data)
                    times.append(seconds + nanoseconds / 1e9)


def change(contender, *lines):
    """Longest gap in ms that the change makes in the stream."""
    chain = contender.chain
    with capture.packet_socket(chain.r2.netns, "wan") as sock:
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        with udp.load(chain, STREAM_SIZE, STREAM, 2 * CALM + SETTLE, 1):
            time.sleep(CALM)
            contender.cli("r1", "configure terminal",
                          "interface Ethernet0/0", *lines, "end")
        times = stream_times(sock)
    if len(times) < STREAM * CALM:
        raise BenchError("the stream is not seen at the wire")
    return max(b - a for a, b in zip(times, times[1:])) * 1000


def fronting_test(contender):
    applied = change(contender, "crypto map gdoimap")
    contender.wait_registered("r1")
    return {"front_gap": applied,
            "unfront_gap": change(contender, "no crypto map")}
