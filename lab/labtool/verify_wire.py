# SPDX-License-Identifier: GPL-3.0-or-later
"""What verify looks for on the wire."""

from . import capture, store


def between(seen, one, other):
    """Packets of a capture between two addresses, both ways."""
    return [p for p in seen.packets() if {p.src, p.dst} == {one, other}]


def crossed(seen, source, target, protocol):
    """Whole frames of a capture, one way."""
    found = []
    for _, frame in seen.drain():
        packet = capture.parse(frame)
        if packet and (packet.src, packet.dst, packet.protocol) == \
                (source, target, protocol):
            found.append(frame)
    return found


def replay(lab, node, device, frames):
    """Sends frames out of a device once more, as they stand."""
    sock = capture.packet_socket(store.netns(lab, node), device)
    try:
        for frame in frames:
            sock.send(frame)
    finally:
        sock.close()
