# SPDX-License-Identifier: GPL-3.0-or-later
"""A multicast stream from a host behind one member to hosts behind two others:
as ESP to the group's own address across the carrier's network, and to nobody
who is not meant."""

import collections
import re
import struct
import threading
import time

import pytest

from labs import until
from mcast_lab import HOSTS, MEMBERS, Receiver, StreamLab

GROUP, OTHER, EMPTY = "239.1.1.1", "239.1.2.2", "239.1.3.3"
UDP, ESP, IGMP = 17, 50, 2
COUNT, RATE, SIZE = 1000, 150, 200
SCALE = 10           # a new TEK every 3 s
QUIET = 1.0          # s in which something that leaked would have come
LIMIT = 20
# A prune takes effect when nobody has objected for 3 s.
PRUNE_LIMIT = 15


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with StreamLab(str(tmp_path_factory.mktemp("stream")),
                   "--time-scale", str(SCALE)) as made:
        made.wait_registered(*MEMBERS)
        for name in MEMBERS:
            until(lambda name=name: len(neighbours(made, name)) == 2, LIMIT,
                  f"{name} has its neighbours")
        yield made


def neighbours(lab, name):
    return re.findall(r"^(192\.168\.1\.1\d) +Ethernet0/0 ",
                      lab.cli(name, "show ip pim neighbor"), re.M)


def groups(lab, name):
    return re.findall(r"^(239\.\S+) +Ethernet0/1 ",
                      lab.cli(name, "show ip igmp groups"), re.M)


def wait_member(lab, name, group):
    until(lambda: group in groups(lab, name), LIMIT,
          f"{name} knows of a member of {group}")


def way(lab, name, group):
    """(incoming interface, outgoing ones), or None."""
    shown = lab.cli(name, f"show ip mroute {group}")
    found = re.search(r"Incoming interface: (\S+), .*\n"
                      r"  Outgoing interface list:(.*\n(?:    .*\n)*)", shown)
    return found and (found[1], re.findall(r"    (\S+), Forward", found[2]))


def datagram(number):
    head = struct.pack("!I", number)
    return head + bytes((number + at) & 255 for at in range(SIZE - len(head)))


def to_group(packets, group=GROUP):
    return [p for p in packets if p.dst == group and p.protocol != IGMP]


def lead(lab, group, receivers):
    """The first datagram: it opens the way through all routers."""
    first = b"first of " + group.encode()
    lab.send(first, group)
    for receiver in receivers:
        until(lambda receiver=receiver: first in receiver.take(), LIMIT,
              f"{first} has come")
        receiver.got.remove(first)


def stream(lab, at_number=()):
    """COUNT numbered datagrams at RATE; at_number: {number: what to do}."""
    start, todo = time.monotonic(), dict(at_number)
    for number in range(COUNT):
        todo.get(number, lambda: None)()
        pause = start + number / RATE - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        lab.send(datagram(number), GROUP)


def teks(lab):
    return re.findall(r"spi: (0x\w+)",
                      lab.cli("GM1", "show crypto gdoi | include spi:"))


def spis(packets):
    return list(dict.fromkeys(struct.unpack("!I", p.payload[:4])[0]
                              for p in packets))


def test_a_stream_arrives_whole_once_and_encrypted_across_rekeys(lab):
    """The key server renews the TEK by itself and at a command meanwhile."""
    def rekey():
        threading.Thread(target=lab.cli, args=(
            "KS1", "crypto gdoi ks rekey")).start()

    # The TEKs overlap: from now on one is over every few seconds.
    until(lambda: len(teks(lab)) >= 3, LIMIT, "three TEKs")
    before = {name: lab.counters(name) for name in MEMBERS}
    with Receiver(lab, "PC2", GROUP) as two, \
            Receiver(lab, "PC3", GROUP) as three, \
            Receiver(lab, "SPY", GROUP) as spy, \
            lab.capture("SPY", "eth1") as tapped, \
            lab.capture("net", "n2") as wire:
        wait_member(lab, "GM2", GROUP)
        wait_member(lab, "GM3", GROUP)
        lead(lab, GROUP, (two, three))
        stream(lab, {COUNT // 2: rekey})
        wanted = [datagram(number) for number in range(COUNT)]
        for receiver in (two, three):
            until(lambda receiver=receiver:
                  len(receiver.take()) >= COUNT, LIMIT, "all have come")
        time.sleep(QUIET)
        for receiver in (two, three):
            assert collections.Counter(receiver.take()) == \
                collections.Counter(wanted)
        assert spy.take() == []
    for capture in (wire, tapped):
        passed = to_group(capture.packets())
        assert len(passed) == COUNT + 1
        assert {(p.src, p.protocol) for p in passed} == {(HOSTS["PC1"], ESP)}
        assert not any(datagram(0)[8:40] in p.payload for p in passed)
    assert len(spis(to_group(wire.packets()))) >= 3
    after = {name: lab.counters(name) for name in MEMBERS}
    assert after["GM1"][0] - before["GM1"][0] == COUNT + 1
    for name in ("GM2", "GM3"):
        assert after[name][1] - before[name][1] == COUNT + 1
    assert way(lab, "GM1", GROUP) == ("Ethernet0/1", ["Ethernet0/0"])
    assert way(lab, "GM2", GROUP) == ("Ethernet0/0", ["Ethernet0/1"])


def test_the_shows_count_it(lab):
    assert re.search(r"#pkts encaps: [1-9]\d{3}, #pkts encrypt: [1-9]\d{3}",
                     lab.cli("GM1", "show crypto ipsec sa"))
    assert re.search(r"#pkts decaps: [1-9]\d{3}, #pkts decrypt: [1-9]\d{3}",
                     lab.cli("GM2", "show crypto ipsec sa"))
    assert "239.1.0.0 0.0.255.255" in lab.cli("GM2", "show crypto gdoi")


def test_nothing_comes_to_who_has_not_asked(lab):
    with Receiver(lab, "PC2", OTHER) as two, \
            lab.capture("PC3", "eth1") as idle:
        wait_member(lab, "GM2", OTHER)
        lead(lab, OTHER, (two,))
        for number in range(20):
            lab.send(datagram(number), OTHER)
        until(lambda: len(two.take()) == 20, LIMIT, "all have come")
        time.sleep(QUIET)
        assert to_group(idle.packets(), OTHER) == []
        assert way(lab, "GM3", OTHER) == ("Ethernet0/0", [])


def test_a_prune_ends_what_nobody_wants_and_a_graft_brings_it_back(lab):
    """Nobody is in the group: the sender's router stops."""
    lab.send(b"nobody", EMPTY)
    until(lambda: way(lab, "GM1", EMPTY) == ("Ethernet0/1", []), PRUNE_LIMIT,
          "GM1 forwards no more")
    with lab.capture("net", "n2") as wire:
        for number in range(20):
            lab.send(datagram(number), EMPTY)
        time.sleep(QUIET)
        assert to_group(wire.packets(), EMPTY) == []
    with Receiver(lab, "PC3", EMPTY) as three:
        until(lambda: way(lab, "GM1", EMPTY) ==
              ("Ethernet0/1", ["Ethernet0/0"]), LIMIT, "GM1 forwards again")
        lab.send(b"somebody", EMPTY)
        until(lambda: three.take() == [b"somebody"], LIMIT, "it has come")


def test_a_host_that_leaves_gets_no_more_and_the_others_do(lab):
    with Receiver(lab, "PC2", GROUP) as two:
        with Receiver(lab, "PC3", GROUP):
            wait_member(lab, "GM2", GROUP)
            wait_member(lab, "GM3", GROUP)
        until(lambda: GROUP not in groups(lab, "GM3"), LIMIT, "PC3 has left")
        # GM3's prune finds GM2's objection.
        with lab.capture("net", "n2") as wire, \
                lab.capture("PC3", "eth1") as idle:
            end = time.monotonic() + 5
            sent = 0
            while time.monotonic() < end:
                lab.send(datagram(sent), GROUP)
                sent += 1
                time.sleep(0.05)
            until(lambda: len(two.take()) == sent, LIMIT, "PC2 has all")
            assert to_group(idle.packets()) == []
        assert len(to_group(wire.packets())) == sent


def test_clear_multicast_of_a_stranger_is_refused(lab):
    with Receiver(lab, "PC2", GROUP) as two, \
            lab.capture("net", "n3") as wire:
        wait_member(lab, "GM2", GROUP)
        lead(lab, GROUP, (two,))
        for number in range(5):
            lab.forge(datagram(number), GROUP)
        until(lambda: len([p for p in to_group(wire.packets())
                           if p.protocol == UDP]) == 5, LIMIT,
              "they are on GM2's cable")
        time.sleep(QUIET)
        assert two.take() == []


def test_a_configured_group_needs_no_host(lab):
    def typed(*lines):
        shown = lab.cli("GM3", "configure terminal", "interface e0/1",
                        *lines, "end")
        assert "%" not in shown, shown

    typed(f"ip igmp static-group {OTHER}")
    with lab.capture("PC3", "eth1") as lan:
        until(lambda: way(lab, "GM1", OTHER) in
              (None, ("Ethernet0/1", ["Ethernet0/0"])), LIMIT, "a graft")
        lab.send(b"static", OTHER)
        until(lambda: any(p.payload[8:] == b"static"
                          for p in to_group(lan.packets(), OTHER)), LIMIT,
              "it is on the LAN")
    typed(f"no ip igmp static-group {OTHER}", f"ip igmp join-group {OTHER}")
    assert f" ip igmp join-group {OTHER}" in \
        lab.cli("GM3", "show running-config interface Ethernet0/1")
    typed(f"no ip igmp join-group {OTHER}")


def test_without_multicast_routing_nothing_is_forwarded(lab):
    with Receiver(lab, "PC3", GROUP) as three:
        wait_member(lab, "GM3", GROUP)
        lead(lab, GROUP, (three,))
        lab.cli("GM3", "configure terminal", "no ip multicast-routing", "end")
        lab.send(b"too late", GROUP)
        time.sleep(QUIET)
        assert three.take() == []
        until(lambda: len(neighbours(lab, "GM1")) == 1, LIMIT,
              "GM3 has said goodbye")
        assert "%PIM-5-NBRCHG: neighbor 192.168.1.13 DOWN on interface " \
            "Ethernet0/0" in lab.cli("GM1", "show logging")
