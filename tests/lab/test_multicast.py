# SPDX-License-Identifier: GPL-3.0-or-later
"""Rekeys by multicast, across a core that forwards what IGMP asks for."""

import re
import socket
import struct
import time

import pytest

from labs import Lab, until

MEMBERS = ("GM1", "GM2", "GM3")
SERVER, GROUP, PORT = "192.168.60.1", "239.0.1.2", 848
IGMP, ICMP, UDP, ESP = 2, 1, 17, 50
IGMP_V2_REPORT, IGMP_V2_LEAVE, IGMP_V3_REPORT = 0x16, 0x17, 0x22
TO_INCLUDE = 3       # RFC 3376 4.2.12; without sources a leave
# In the order of the way from the key server: where a rekey is seen, and how
# many routers it has crossed then.  The last two are the members' cables.
WAY = (("PE1", "eth2", 0), ("P", "eth1", 1), ("PE2", "eth1", 2),
       ("PE2", "eth2", 3), ("PE3", "eth3", 3))
TTL = 64
LIMIT = 30           # s for what is a matter of one or two, on a busy machine
RETRANSMIT = 10      # s, of the lab's configuration


@pytest.fixture(scope="module")
def lab():
    with Lab("multicast") as made:
        made.wait_registered(*MEMBERS)
        for name in MEMBERS:
            until(lambda name=name: joined(made, name), LIMIT, f"{name} joined")
        yield made


def memberships(lab, node):
    """{device: groups} as /proc/net/igmp tells."""
    found, device = {}, None
    for line in lab.exec(node, "cat", "/proc/net/igmp").stdout.splitlines()[1:]:
        if not line.startswith("\t"):
            device = line.split()[1]
            found[device] = set()
        else:
            octets = struct.pack("=I", int(line.split()[0], 16))
            found[device].add(socket.inet_ntoa(octets))
    return found


def joined(lab, node):
    """The devices of a node that are in the rekey group."""
    return [device for device, groups in memberships(lab, node).items()
            if GROUP in groups]


def received(lab, node):
    shown = lab.cli(node, "show crypto gdoi gm")
    shown += lab.cli(node, "show crypto gdoi")
    return int(re.search(r"Multicast rekey rcvd\s*: (\d+)", shown)[1])


def rekey(lab, members=MEMBERS):
    """A rekey of the key server's that all of these get, the second copy at
    the latest."""
    before = {name: received(lab, name) for name in members}
    lab.cli("KS1", "crypto gdoi ks rekey")
    for name in members:
        until(lambda name=name: received(lab, name) == before[name] + 1,
              RETRANSMIT + LIMIT, f"{name} got the rekey")


def rekeys_in(capture):
    return [p for p in capture.packets() if p.protocol == UDP
            and p.dst == GROUP and p.ports == (PORT, PORT)]


def test_a_member_joins_on_the_device_that_carries_its_address(lab):
    """Not on the wire under it, which is dead to the kernel."""
    for name in MEMBERS:
        assert joined(lab, name) == ["gv-eth1"]


def test_a_rekey_reaches_all_members_once(lab):
    before = {name: received(lab, name) for name in MEMBERS}
    captures = [lab.capture(node, device) for node, device, _ in WAY]
    try:
        rekey(lab)
        seen = [rekeys_in(capture) for capture in captures]
    finally:
        for capture in captures:
            capture.__exit__()
    assert [len(packets) for packets in seen] == [1] * len(WAY)
    assert [packets[0].ttl for packets in seen] == \
        [TTL - crossed for _, _, crossed in WAY]
    assert {packets[0].src for packets in seen} == {SERVER}
    assert len({packets[0].payload for packets in seen}) == 1
    for name in MEMBERS:
        assert received(lab, name) == before[name] + 1
        assert f"Received Rekey for group MCAST from {SERVER} to {GROUP}" \
            in lab.cli(name, "show logging")
    assert "Sending Multicast Rekey for group MCAST from address " \
        f"{SERVER} to {GROUP}" in lab.cli("KS1", "show logging")


def test_it_is_sent_again_and_counts_once(lab):
    before = received(lab, "GM1")
    with lab.capture("PE2", "eth2") as cable:
        rekey(lab)
        until(lambda: len(rekeys_in(cable)) >= 2, RETRANSMIT + LIMIT,
              "the second copy")
        first, second = rekeys_in(cable)[:2]
    assert first.payload == second.payload
    assert received(lab, "GM1") == before + 1


def test_traffic_goes_on_with_the_new_keys(lab):
    with lab.capture("P", "eth2") as core:
        done = lab.exec("PC1", "ping", "-c", "3", "-i", "0.2", "10.52.0.10")
    assert " 0% packet loss" in done.stdout
    passed = [p for p in core.packets()
              if {p.src, p.dst} == {"10.51.0.10", "10.52.0.10"}]
    assert len(passed) == 6 and {p.protocol for p in passed} == {ESP}


def test_a_cable_that_was_out_brings_the_next_rekey(lab):
    lab.run("link", "GM1:Ethernet0/0", "down")
    time.sleep(0.5)
    with lab.capture("PE2", "eth2") as cable:
        lab.run("link", "GM1:Ethernet0/0", "up")
        # It registers again; what it sends first may be lost.
        until(lambda: joined(lab, "GM1") == ["gv-eth1"], LIMIT, "GM1 joined")
        until(lambda: reports(cable), LIMIT, "GM1 reports its membership")
    wait_way_to_gm1(lab)
    rekey(lab)


def wait_way_to_gm1(lab):
    """Its report has travelled on.  PE2 forwards with the next rekey."""
    until(lambda: joined(lab, "PE2") == ["eth1"], LIMIT, "PE2 joined")
    until(lambda: "eth2" in way_out(lab, "P"), LIMIT, "P forwards to PE2")


def reports(capture):
    """IGMP reports of our group, in clear."""
    group = socket.inet_aton(GROUP)
    return [p for p in capture.packets() if p.protocol == IGMP
            and p.payload[0] in (IGMP_V2_REPORT, IGMP_V3_REPORT)
            and group in p.payload]


def leaves(capture):
    """The same of farewells."""
    group = socket.inet_aton(GROUP)
    record = bytes([TO_INCLUDE, 0, 0, 0]) + group
    return [p for p in capture.packets() if p.protocol == IGMP
            and (p.payload[0] == IGMP_V2_LEAVE and group in p.payload
                 or p.payload[0] == IGMP_V3_REPORT and record in p.payload)]


def test_shutdown_and_back(lab):
    lab.cli("GM2", "configure terminal", "interface Ethernet0/0", "shutdown",
            "end")
    rekey(lab, ("GM1", "GM3"))
    lab.cli("GM2", "configure terminal", "interface Ethernet0/0",
            "no shutdown", "end")
    lab.wait_registered("GM2")
    until(lambda: joined(lab, "GM2") == ["gv-eth1"], LIMIT, "GM2 joined")
    until(lambda: "eth2" in way_out(lab, "PE3"), LIMIT,
          "PE3 forwards to GM2")
    rekey(lab)


def way_out(lab, node):
    """The devices to which a core router forwards the rekeys."""
    shown = lab.exec(node, "ip", "mroute", "show").stdout
    found = re.search(rf"\({SERVER},{GROUP}\).*Oifs: (.*?)\s+State", shown)
    return found[1].split() if found else []


def test_another_address_takes_the_membership_along(lab):
    def set_address(address):
        lab.cli("GM3", "configure terminal", "interface Ethernet0/0",
                f"ip address {address} 255.255.255.0", "end")
        until(lambda: lab.registered("GM3"), 60, "GM3 is registered")
        until(lambda: joined(lab, "GM3") == ["gv-eth1"], LIMIT, "GM3 joined")
        until(lambda: "eth3" in way_out(lab, "PE3"), LIMIT,
              "PE3 forwards to GM3")
    set_address("192.168.53.7")
    try:
        rekey(lab)
    finally:
        set_address("192.168.53.2")
    rekey(lab)


def test_without_its_crypto_map_a_member_leaves(lab):
    """It says so where it is then, on the wire that is no front's any more;
    PE2, whose last member it was, leaves in its turn."""
    with lab.capture("PE2", "eth2") as cable:
        lab.cli("GM1", "configure terminal", "interface Ethernet0/0",
                "no crypto map WAN", "end")
        until(lambda: joined(lab, "GM1") == [], LIMIT, "GM1 has left")
        until(lambda: leaves(cable), LIMIT, "GM1 says so")
    assert {p.src for p in leaves(cable)} == {"192.168.51.2"}
    until(lambda: joined(lab, "PE2") == [], LIMIT, "PE2 has left")
    rekey(lab, ("GM2", "GM3"))


def test_a_second_front_joins_again(lab):
    lab.cli("GM1", "configure terminal", "interface Ethernet0/0",
            "crypto map WAN", "end")
    lab.wait_registered("GM1")
    until(lambda: joined(lab, "GM1") == ["gv-eth1"], LIMIT, "GM1 joined")
    wait_way_to_gm1(lab)
    rekey(lab)
