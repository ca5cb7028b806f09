#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A steady stream of numbered UDP packets between two nodes, both ways, and
what became of each of them.

Flow runs this file as a program of its own, so that what a test does meanwhile
cannot hold the stream up.  Both ends are sockets of that one process, each
opened in its node's namespace.  Packets are sent by an absolute schedule: what
was late is made up for, in small portions, and nothing is left out.

CoreWatch counts what of it passes a device in the core, in clear or as ESP,
inside the kernel: no packet is missed however busy the machine is.
"""

import array
import contextlib
import ctypes
import errno
import json
import os
import select
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "../../lab"))

from labtool import capture, store  # noqa: E402

RATE = 1000                # packets a second, each way
PORT = 40000
BUFFER = 16 << 20
SO_SNDBUFFORCE = 32        # asm-generic/socket.h
PORTION = 8                # so many late packets at once, then a pause
PAUSE = 0.001
SETTLE = 1.0               # the last packets arrive within this
HEADER = struct.Struct("!II")      # whose stream, number
FILLER = bytes(100 - 28 - HEADER.size)


@contextlib.contextmanager
def inside(netns):
    """This thread in a namespace; a socket stays in the one it was made in."""
    setns = ctypes.CDLL(None, use_errno=True).setns
    with open("/proc/thread-self/ns/net", "rb") as back, \
            open(os.path.join(store.NETNS_DIR, netns), "rb") as there:
        try:
            if setns(there.fileno(), capture.CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), f"setns {netns}")
            yield
        finally:
            setns(back.fileno(), capture.CLONE_NEWNET)


class End:
    """A socket of one node: its own packets and the other's."""

    def __init__(self, netns, address, number, port):
        self.address = (address, port)
        self.number = number
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with inside(netns):
            self.sock = socket.socket(family, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        for option in (capture.SO_RCVBUFFORCE, SO_SNDBUFFORCE):
            self.sock.setsockopt(socket.SOL_SOCKET, option, BUFFER)
        self.sock.bind(self.address)
        self.sent = array.array("d")       # when, by number
        self.times = bytearray()           # how often it came, by number
        self.received = self.duplicated = self.reordered = 0
        self.newest = -1
        self.last_at = None
        self.gap = self.delay = 0.0

    def send(self, peer, now):
        """False: the socket is full; try again later.  What the node itself
        does not want to send (it has no route) is lost."""
        try:
            self.sock.sendto(HEADER.pack(self.number, len(self.sent)) + FILLER,
                             peer.address)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.ENOBUFS):
                return False
        self.sent.append(now)
        return True

    def take(self, peer):
        while True:
            try:
                data = self.sock.recv(2048)
            except BlockingIOError:
                return
            number, at = HEADER.unpack_from(data)
            if number == peer.number and at < len(peer.sent):
                self._count(at, peer.sent[at], time.monotonic())

    def _count(self, at, sent, now):
        if at >= len(self.times):
            self.times.extend(bytes(at + 1 - len(self.times)))
        if self.times[at]:
            self.duplicated += 1
            return
        self.times[at] = 1
        self.received += 1
        self.reordered += at < self.newest
        self.newest = max(self.newest, at)
        self.delay = max(self.delay, now - sent)
        if self.last_at is not None:
            self.gap = max(self.gap, now - self.last_at)
        self.last_at = now

    def report(self, peer, start):
        """What of the peer's packets came here."""
        missing = [at for at in range(len(peer.sent))
                   if at >= len(self.times) or not self.times[at]]
        return {"sent": len(peer.sent), "received": self.received,
                "lost": len(missing), "duplicated": self.duplicated,
                "reordered": self.reordered,
                "longest_gap": round(self.gap, 3),
                "longest_delay": round(self.delay, 3),
                "lost_at": [round(peer.sent[at] - start, 3)
                            for at in missing[:1000]]}


def stream(ends, rate, stop_fd):
    """Sends until something can be read from stop_fd; returns the start."""
    poll = select.poll()
    for watched in (stop_fd, *(end.sock.fileno() for end in ends)):
        poll.register(watched, select.POLLIN)
    start, number, stopped = time.monotonic(), 0, None
    while stopped is None or time.monotonic() < stopped + SETTLE:
        now = time.monotonic()
        due = 0 if stopped else int((now - start) * rate) + 1 - number
        for _ in range(min(due, PORTION)):
            for end, peer in zip(ends, reversed(ends)):
                while len(end.sent) <= number and not end.send(peer, now):
                    time.sleep(PAUSE)
            number += 1
        wait = 0.1 if stopped else start + number / rate - now
        for fd, _ in poll.poll(max(wait, PAUSE / 2) * 1000):
            if fd == stop_fd:
                poll.unregister(fd)
                stopped = time.monotonic()
        for end, peer in zip(ends, reversed(ends)):
            end.take(peer)
    return start


def main(first, first_address, second, second_address, rate, port):
    ends = [End(first, first_address, 1, int(port)),
            End(second, second_address, 2, int(port))]
    print("ready", flush=True)
    start = stream(ends, int(rate), sys.stdin.fileno())
    print(json.dumps([ends[1].report(ends[0], start),
                      ends[0].report(ends[1], start)]), flush=True)


class Flow:
    """with Flow(lab, ("HOST1", "10.0.111.2"), ("HOST3", "10.0.33.2")) as f:
    ...; afterwards f.there and f.back, and f.sent and f.lost of both."""

    def __init__(self, lab, one, other, rate=RATE, port=PORT):
        self._argv = [sys.executable, os.path.realpath(__file__)]
        for node, address in (one, other):
            self._argv += [store.netns(lab.name, node), address]
        self._argv += [str(rate), str(port)]
        self.there = self.back = None

    def __enter__(self):
        self._child = subprocess.Popen(
            self._argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, preexec_fn=lambda: os.nice(-5))
        assert self._child.stdout.readline() == "ready\n"
        self.started = time.monotonic()
        return self

    def __exit__(self, *_):
        said = self._child.communicate("stop\n")[0]
        self.there, self.back = json.loads(said)

    def elapsed(self):
        return time.monotonic() - self.started

    @property
    def sent(self):
        return self.there["sent"] + self.back["sent"]

    @property
    def lost(self):
        return self.there["lost"] + self.back["lost"]

    def lost_when(self):
        """Seconds since the start at which lost packets were sent."""
        return sorted(self.there["lost_at"] + self.back["lost_at"])

    def __str__(self):
        return "; ".join(
            f"{way}: " + ", ".join(f"{report[key]} {key.replace('_', ' ')}"
                                   for key in report if key != "lost_at")
            for way, report in (("there", self.there), ("back", self.back)))


# --- what passes the core ----------------------------------------------------

SO_ATTACH_FILTER = 26      # asm-generic/socket.h
SOL_PACKET, PACKET_STATISTICS = 263, 6     # linux/if_packet.h

# Classic BPF (linux/filter.h): absolute loads, and, jump if equal, return.
LOAD_WORD, LOAD_HALF, LOAD_BYTE, AND = 0x20, 0x28, 0x30, 0x54
JUMP_EQUAL, RETURN = 0x15, 0x06
ETHERTYPE, PROTOCOL, SOURCE, TARGET = 12, 23, 26, 30
RANDOM = 0xfffff000 + 56   # SKF_AD_OFF + SKF_AD_RANDOM
HEADERS = 14 + 20 + 8      # Ethernet, IP, ESP
SAMPLE = 32                # one packet in so many


def between(one, other, is_esp, sample=1):
    """A filter for IPv4 packets between two hosts, ESP or all others; one in
    so many of them (a power of two), by chance."""
    a, b = (struct.unpack("!I", socket.inet_aton(host))[0]
            for host in (one, other))
    from_one, same, chosen, take, drop = 7, 9, 11, 14, 15      # lines
    yes, no = (chosen, drop) if is_esp else (drop, chosen)
    lines = [
        (LOAD_HALF, ETHERTYPE), (JUMP_EQUAL, 2, drop, 0x0800),
        (LOAD_WORD, SOURCE), (JUMP_EQUAL, from_one, 4, a),
        (JUMP_EQUAL, 5, drop, b),
        (LOAD_WORD, TARGET), (JUMP_EQUAL, same, drop, a),
        (LOAD_WORD, TARGET), (JUMP_EQUAL, same, drop, b),
        (LOAD_BYTE, PROTOCOL), (JUMP_EQUAL, yes, no, socket.IPPROTO_ESP),
        (LOAD_WORD, RANDOM), (AND, sample - 1), (JUMP_EQUAL, take, drop, 0),
        (RETURN, HEADERS), (RETURN, 0),
    ]
    program = b""
    for at, (code, *rest) in enumerate(lines):
        skip = [line - at - 1 for line in rest[:-1]] or (0, 0)
        program += struct.pack("=HBBI", code, *skip, rest[-1])
    return program


class Counter:
    """Counts the packets of a device that a filter takes."""

    def __init__(self, netns, device, program):
        self.sock = capture.packet_socket(netns, device)
        code = ctypes.create_string_buffer(program, len(program))
        self.sock.setsockopt(
            socket.SOL_SOCKET, SO_ATTACH_FILTER,
            struct.pack("HP", len(program) // 8, ctypes.addressof(code)))
        self._statistics()
        self.count = 0

    def _statistics(self):
        """What passed since it was asked last, read or not."""
        return struct.unpack("=II", self.sock.getsockopt(
            SOL_PACKET, PACKET_STATISTICS, 8))[0]

    def read(self):
        self.count += self._statistics()
        return self.count


class CoreWatch:
    """with CoreWatch(lab, "P", "eth1", HOST1, HOST3) as core: ...
    core.esp and core.clear: packets between the two; core.spis: the SPIs
    that a sample of them had, in the order in which they came up."""

    def __init__(self, lab, node, device, one, other):
        netns = store.netns(lab.name, node)
        self._esp = Counter(netns, device, between(one, other, True))
        self._clear = Counter(netns, device, between(one, other, False))
        self._some = Counter(netns, device, between(one, other, True, SAMPLE))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.esp, self.clear = self._esp.read(), self._clear.read()
        self.spis = list(dict.fromkeys(self._sampled()))
        for counter in (self._esp, self._clear, self._some):
            counter.sock.close()

    def _sampled(self):
        while True:
            try:
                frame = self._some.sock.recv(HEADERS)
            except BlockingIOError:
                return
            at = 14 + (frame[14] & 15) * 4
            yield f"0x{frame[at:at + 4].hex().upper()}"


if __name__ == "__main__":
    main(*sys.argv[1:])
