#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Much data from one node to another, in superpackets where the kernel makes
them, and whether each octet arrived.

A child process has both sockets, each opened in its node's namespace: a
thread receives while the main one sends."""

import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import threading

from flow import inside
from labtool import store

LIMIT = 60                 # s, a transfer
PIECE = 1 << 18
BUFFER = 16 << 20
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33    # asm-generic/socket.h
UDP_SEGMENT = 103          # linux/udp.h
UDP_SEGMENTS = 64          # of one superpacket, Linux before 6.9


def pattern(length, seed):
    """Octets that do not repeat within a segment."""
    block = hashlib.shake_256(seed.encode()).digest(min(length, PIECE + 1))
    return (block * (length // len(block) + 1))[:length]


def _socket(netns, address, kind):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with inside(netns):
        made = socket.socket(family, kind)
    made.settimeout(LIMIT)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return made


def _receive(listener, digest):
    sock = listener.accept()[0]
    sock.settimeout(LIMIT)
    while data := sock.recv(PIECE):
        digest.update(data)
    sock.close()


def tcp_main(one, other, address, port, length, mss):
    data = pattern(int(length), address)
    listener = _socket(other, address, socket.SOCK_STREAM)
    listener.bind((address, int(port)))
    listener.listen()
    got = hashlib.sha256()
    thread = threading.Thread(target=_receive, args=(listener, got))
    thread.start()
    sender = _socket(one, address, socket.SOCK_STREAM)
    if int(mss):
        sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, int(mss))
    sender.connect((address, int(port)))
    sender.sendall(data)
    sender.shutdown(socket.SHUT_WR)
    thread.join(LIMIT)
    assert got.digest() == hashlib.sha256(data).digest(), "octets differ"


def udp_main(one, other, address, port, size, count):
    """count datagrams of size octets in superpackets; how many came whole.
    Nothing sends them again, so the sender waits for each superpacket."""
    size, count = int(size), int(count)
    receiver = _socket(other, address, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
    receiver.bind((address, int(port)))
    receiver.settimeout(2)
    sender = _socket(one, address, socket.SOCK_DGRAM)
    sender.setsockopt(socket.SOL_UDP, UDP_SEGMENT, size)
    whole = 0
    at_once = min(60000 // size, UDP_SEGMENTS)
    for first in range(0, count, at_once):
        sent = [number.to_bytes(4, "big") + pattern(size - 4, str(number))
                for number in range(first, min(first + at_once, count))]
        sender.sendto(b"".join(sent), (address, int(port)))
        try:
            for expected in sent:
                whole += receiver.recv(1 << 16) == expected
        except TimeoutError:
            break
    print(json.dumps(whole))


def _child(*argv):
    done = subprocess.run([sys.executable, os.path.realpath(__file__),
                           *map(str, argv)], capture_output=True, text=True,
                          timeout=2 * LIMIT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def tcp(lab, one, other, address, port=5001, length=32 << 20, mss=0):
    """Sends from node one to other, which has the address; fails when not
    each octet comes."""
    _child("tcp", store.netns(lab.name, one), store.netns(lab.name, other),
           address, port, length, mss)


def udp(lab, one, other, address, port=5002, size=1000, count=3000):
    return json.loads(_child("udp", store.netns(lab.name, one),
                             store.netns(lab.name, other), address, port,
                             size, count))


# --- what a gateway says of its packets --------------------------------------

def packet_path(lab, node):
    return lab.cli(node, "show platform packet-path")


def total(shown, what):
    """The sum over all workers of a number that stands before a word."""
    return sum(map(int, re.findall(rf"(\d+) {what}\b", shown)))


def drops(shown):
    """{reason: packets}, of all that were dropped anywhere."""
    found = {}
    for line in shown.splitlines():
        row = re.match(r" {6}(\S.*?) {2,}(\d+) +(\d+)$", line)
        if row:
            found[row[1]] = found.get(row[1], 0) + int(row[2]) + int(row[3])
    return found


if __name__ == "__main__":
    {"tcp": tcp_main, "udp": udp_main}[sys.argv[1]](*sys.argv[2:])
