# SPDX-License-Identifier: GPL-3.0-or-later
"""Packets as they pass an interface of a node, both ways.

A packet socket stays in the namespace it was opened in, so one setns(2)
around its creation is enough; the capture then needs no program there.
"""

import ctypes
import os
import socket
import struct
import time
from dataclasses import dataclass

from . import LabError, store

CLONE_NEWNET = 0x40000000   # linux/sched.h
ETH_P_ALL = 0x0003          # linux/if_ether.h
SO_RCVBUFFORCE = 33         # asm-generic/socket.h
ETHERTYPE_IPV4 = 0x0800
ICMP, TCP, UDP, ESP = 1, 6, 17, 50
NAMES = {ICMP: "ICMP", TCP: "TCP", UDP: "UDP", ESP: "ESP"}

# Room for what arrives between two reads: some thousand full frames.
RECEIVE_BUFFER = 16 << 20
SNAP = 1 << 16

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass
class Packet:
    """The outer IPv4 header of a frame."""
    src: str
    dst: str
    protocol: int
    length: int       # of the IP packet, octets
    ttl: int
    tos: int
    payload: bytes

    @property
    def ports(self):
        return struct.unpack("!HH", self.payload[:4])

    def __str__(self):
        name = NAMES.get(self.protocol, str(self.protocol))
        return f"{self.src} > {self.dst} {name} {self.length} octets"


def parse(frame):
    """The IPv4 packet in an Ethernet frame, or None."""
    if len(frame) < 34 or struct.unpack_from("!H", frame, 12)[0] \
            != ETHERTYPE_IPV4:
        return None
    header = (frame[14] & 15) * 4
    tos, length = frame[15], struct.unpack_from("!H", frame, 16)[0]
    return Packet(socket.inet_ntoa(frame[26:30]),
                  socket.inet_ntoa(frame[30:34]), frame[23], length,
                  frame[22], tos, frame[14 + header:14 + length])


def _set_namespace(path_or_fd):
    fd = os.open(path_or_fd, os.O_RDONLY) \
        if isinstance(path_or_fd, str) else path_or_fd
    try:
        if _libc.setns(fd, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(fd)


def packet_socket(netns, device):
    """An ETH_P_ALL socket on a device of a namespace."""
    back = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        _set_namespace(os.path.join(store.NETNS_DIR, netns))
        try:
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                 socket.htons(ETH_P_ALL))
            sock.bind((device, ETH_P_ALL))
        finally:
            _set_namespace(back)
    except OSError as err:
        raise LabError(f"{netns}: cannot capture on {device}: "
                       f"{err.strerror}") from None
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
    sock.setblocking(False)
    return sock


class Capture:
    """with Capture(lab, "P", "eth1") as core: ...; core.packets()"""

    def __init__(self, lab, node, device):
        self._sock = packet_socket(store.netns(lab, node), device)
        self.frames = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.drain()
        self._sock.close()

    def drain(self):
        """Takes what has arrived so far; returns all frames."""
        while self._sock.fileno() >= 0:
            try:
                self.frames.append((time.time(), self._sock.recv(SNAP)))
            except BlockingIOError:
                break
        return self.frames

    def packets(self):
        parsed = (parse(frame) for _, frame in self.drain())
        return [packet for packet in parsed if packet]

    def write_pcap(self, path):
        """Classic pcap, Ethernet, microseconds."""
        with open(path, "wb") as file:
            file.write(struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0,
                                   SNAP, 1))
            for when, frame in self.drain():
                file.write(struct.pack("=IIII", int(when),
                                       int(when % 1 * 1e6), len(frame),
                                       len(frame)))
                file.write(frame)
