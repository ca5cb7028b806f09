# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody on a router of the core: plays recorded packets again, as they
were or changed."""

import socket

from flow import inside
from labs import parse
from labtool import store

IP_TRANSPARENT = 19        # linux/in.h
ETHERNET = 14
UDP_HEADER = 8
GDOI_PORT = 848
ISAKMP_EXCHANGE, GROUPKEY_PUSH = 18, 33


def ip_packets(frames, protocol, source, target):
    """Whole IP packets of captured frames."""
    found = []
    for _, frame in frames:
        packet = parse(frame)
        if packet and (packet.src, packet.dst, packet.protocol) == \
                (source, target, protocol):
            found.append(frame[ETHERNET:ETHERNET + packet.length])
    return found


def send_ip(lab, node, packets):
    """Recorded packets leave a node as they stand."""
    with inside(store.netns(lab.name, node)), \
            socket.socket(socket.AF_INET, socket.SOCK_RAW,
                          socket.IPPROTO_RAW) as sock:
        for packet in packets:
            sock.sendto(packet, (socket.inet_ntoa(packet[16:20]), 0))


def rekeys_of(frames, member):
    """(source, UDP payload) of the GROUPKEY-PUSHes to a member, in order."""
    found = []
    for _, frame in frames:
        packet = parse(frame)
        if not packet or packet.protocol != socket.IPPROTO_UDP \
                or packet.dst != member:
            continue
        data = packet.payload[UDP_HEADER:]
        if packet.ports[1] == GDOI_PORT and len(data) > ISAKMP_EXCHANGE \
                and data[ISAKMP_EXCHANGE] == GROUPKEY_PUSH:
            found.append((packet.src, data))
    return found


class Forger:
    """Sends UDP from an address that is not the node's."""

    def __init__(self, lab, node, source):
        with inside(store.netns(lab.name, node)):
            self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.setsockopt(socket.SOL_IP, IP_TRANSPARENT, 1)
        self._sock.bind((source, GDOI_PORT))

    def send(self, target, data):
        self._sock.sendto(data, (target, GDOI_PORT))

    def close(self):
        self._sock.close()
