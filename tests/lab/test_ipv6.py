# SPDX-License-Identifier: GPL-3.0-or-later
"""A group for IPv6 beside one for IPv4, with real packets."""

import re
import socket
import struct

import pytest

import bulk
import ipv6_lab
from flow import Flow
from ipv6_lab import PC1, PC2, PC1_4, PC2_4
from labs import Lab, until
from labtool import store
from labtool.capture import packet_socket

MEMBERS = ("GM1", "GM2")
IPV6, IPV4 = 0x86DD, 0x0800
TCP, ESP, ICMPV6 = 6, 50, 58
HEADER = struct.Struct("!IHBB16s16s")      # RFC 8200 3


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with Lab(ipv6_lab.write(tmp_path_factory.mktemp("six"))) as made:
        made.wait_registered(*MEMBERS)
        for node in MEMBERS:
            until(lambda node=node: counters(made, node), 30,
                  f"{node} is registered for IPv6")
        # Neighbours are found once.
        until(lambda: " 0% packet loss" in ping(made, PC2), 30, "a path")
        yield made


def configure(lab, node, *lines):
    lab.cli(node, "configure terminal", *lines, "end")


def ping(lab, to, *options, node="PC1", count=3):
    done = lab.exec(node, "ping", "-c", str(count), "-i", "0.2", "-W", "2",
                    *options, to, check=False)
    return done.stdout + done.stderr


def counters(lab, node):
    """(encrypted, decrypted) of the IPv6 group, the second one."""
    shown = lab.cli(node, "show crypto gdoi gm dataplane counters")
    found = re.findall(r"#pkts encrypt\s*: (\d+)\s+#pkts decrypt\s*: (\d+)",
                       shown)
    return tuple(map(int, found[1])) if len(found) == 2 else None


class Packet:
    """The outer IPv6 header of a frame."""

    def __init__(self, frame):
        first, self.length, self.next, self.hops, src, dst = \
            HEADER.unpack_from(frame, 14)
        self.traffic_class, self.flow = first >> 20 & 255, first & 0xfffff
        self.src = socket.inet_ntop(socket.AF_INET6, src)
        self.dst = socket.inet_ntop(socket.AF_INET6, dst)
        self.payload = frame[54:54 + self.length]


def packets(cable, *ends):
    """IPv6 packets between the two hosts."""
    seen = [Packet(frame) for _, frame in cable.drain()
            if struct.unpack_from("!H", frame, 12)[0] == IPV6]
    return [p for p in seen if {p.src, p.dst} == set(ends or (PC1, PC2))]


def test_the_core_sees_esp_with_the_hosts_addresses(lab):
    """Traffic class, flow label and hop limit are the inner packet's."""
    before = counters(lab, "GM1")
    with lab.capture("PC1", "eth1") as lan, \
            lab.capture("P", "eth2") as core:
        assert " 3 received" in ping(lab, PC2, "-Q", "0xb8", "-F", "0x12345")
    inner = [p for p in packets(lan) if p.src == PC1]
    outer = [p for p in packets(core) if p.src == PC1]
    assert {p.next for p in packets(lan)} == {ICMPV6}
    assert {p.next for p in packets(core)} == {ESP}
    assert len(inner) == len(outer) == 3
    for a, b in zip(inner, outer):
        assert (b.traffic_class, b.flow) == (a.traffic_class, a.flow) \
            == (0xb8, 0x12345)
        assert b.hops == a.hops - 1
        assert a.payload not in b.payload
    after = counters(lab, "GM1")
    assert (after[0] - before[0], after[1] - before[1]) == (3, 3)


@pytest.mark.parametrize("size, length", [
    # inner packet with TBAR's header and ESP's trailer to 16 octets:
    # 8 SPI and sequence, 16 IV, n*16 body, 16 ICV
    (8, 8 + 16 + 80 + 16),
    (1000, 8 + 16 + 1072 + 16),
])
def test_a_ping_has_the_length_rfc_4303_gives(lab, size, length):
    with lab.capture("P", "eth2") as core:
        assert " 3 received" in ping(lab, PC2, "-s", str(size))
    assert {p.length for p in packets(core)} == {length}


def test_both_families_are_encrypted_at_once(lab):
    four = lab.counters("GM1")
    with lab.capture("P", "eth2") as core:
        assert " 3 received" in ping(lab, PC2)
        assert " 3 received" in ping(lab, PC2_4)
    assert {p.next for p in packets(core)} == {ESP}
    assert {p.protocol for p in core.packets()
            if {p.src, p.dst} == {PC1_4, PC2_4}} == {ESP}
    assert lab.counters("GM1") == (four[0] + 3, four[1] + 3)


def test_tcp_passes_and_its_exemption_goes_clear(lab):
    """The key server's list denies port 22."""
    with lab.capture("P", "eth2") as core:
        bulk.tcp(lab, "PC1", "PC2", PC2, length=1 << 20)
    assert {p.next for p in packets(core)} == {ESP}
    with lab.capture("P", "eth2") as core:
        lab.exec("PC1", "/usr/bin/python3", "-c",
                 "import socket; socket.socket(socket.AF_INET6)"
                 f".connect_ex(('{PC2}', 22))")
    assert TCP in {p.next for p in packets(core)}


def test_a_large_ping_is_cut_by_the_host_when_it_knows_the_mtu(lab):
    """Routers cut no IPv6: the first packet tells, and so does the first
    reply."""
    ping(lab, PC2, "-s", "2000")
    assert " 3 received" in ping(lab, PC2, "-s", "20000")


def test_a_host_hears_of_the_mtu_that_esp_leaves(lab):
    told = ping(lab, PC2, "-M", "do", "-s", "1452")
    found = re.search(r"mtu ?[=:] ?(\d+)", told)
    assert found, told
    shown = lab.cli("GM1", "show crypto ipsec sa")
    assert f"plaintext mtu {found[1]}," in shown
    largest = str(int(found[1]) - 48)
    assert " 3 received" in ping(lab, PC2, "-M", "do", "-s", largest)


def test_ipv6_mtu_is_of_the_packet_on_the_wire(lab):
    for node in MEMBERS:
        configure(lab, node, "interface e0/0", "ipv6 mtu 1440")
    try:
        # Both hosts learn it, of their own link first.
        ping(lab, PC2, "-s", "2000")
        ping(lab, PC1, "-s", "2000", node="PC2")
        with lab.capture("P", "eth2") as core:
            assert " 3 received" in ping(lab, PC2, "-s", "4000")
        assert max(p.length for p in packets(core)) + HEADER.size <= 1440
        shown = lab.cli("GM1", "show crypto ipsec sa")
        assert "path mtu 1440, ip mtu 1440" in shown
        assert "path mtu 1500, ip mtu 1500" in shown
    finally:
        for node in MEMBERS:
            configure(lab, node, "interface e0/0", "no ipv6 mtu")


def test_neighbours_are_found_in_clear(lab):
    """ND is the link's; the members' own link is not in the group's list,
    and a list that permits everything would not stop it either."""
    lab.exec("P", "ip", "-6", "neigh", "flush", "dev", "eth2", check=False)
    configure(lab, "KS1", "ipv6 access-list SIX", "permit ipv6 any any")
    lab.cli("KS1", "crypto gdoi ks rekey")
    try:
        until(lambda: "permit ipv6 any any"
              in lab.cli("GM1", "show crypto gdoi gm acl"), 10, "a rekey")
        with lab.capture("P", "eth2") as cable:
            lab.exec("P", "ping", "-c", "1", "-W", "1", "2001:db8:62::2",
                     check=False)
        kinds = {p.payload[0] for p in
                 map(Packet, (f for _, f in cable.drain()
                              if f[12:14] == b"\x86\xdd"))
                 if p.next == ICMPV6}
        assert {135, 136} <= kinds        # solicitation, advertisement
        assert " 3 received" in ping(lab, PC2)
    finally:
        configure(lab, "KS1", "ipv6 access-list SIX",
                  "no permit ipv6 any any")
        lab.cli("KS1", "crypto gdoi ks rekey")
        until(lambda: "permit ipv6 any any"
              not in lab.cli("GM1", "show crypto gdoi gm acl"), 10, "a rekey")


def test_a_member_pings_over_its_own_group(lab):
    before = counters(lab, "GM1")
    shown = lab.cli("GM1", f"ping {PC2} source Ethernet0/1")
    assert "(5/5)" in shown, shown
    after = counters(lab, "GM1")
    assert (after[0] - before[0], after[1] - before[1]) == (5, 5)


def test_a_rekey_loses_no_packet(lab):
    spi = re.compile(r"current outbound spi: (0x[0-9A-F]+)")

    def newest():
        return spi.findall(lab.cli("GM1", "show crypto ipsec sa"))[-1]

    old = newest()
    with Flow(lab, ("PC1", PC1), ("PC2", PC2), rate=200) as flow:
        configure(lab, "KS1", "ipv6 access-list SIX",
                  "sequence 5 deny tcp any any eq 23")
        lab.cli("KS1", "crypto gdoi ks rekey")
        until(lambda: newest() != old, 10, "a rekey")
        assert "deny tcp any any eq telnet" \
            in lab.cli("GM2", "show crypto gdoi gm acl")
        until(lambda: flow.elapsed() > 3, 10, "packets of both keys")
    assert flow.sent > 1000
    assert flow.lost == 0, str(flow)


def clear_frame(lab, to, source, protocol=17):
    """UDP, from the core as if it came from the other site."""
    def mac(node, device):
        shown = lab.exec(node, "cat", f"/sys/class/net/{device}/address")
        return bytes.fromhex(shown.stdout.strip().replace(":", ""))

    udp = struct.pack("!HHHH", 7, 7, 8, 0)
    return mac("GM2", "eth1") + mac("P", "eth3") + struct.pack("!H", IPV6) \
        + HEADER.pack(6 << 28, len(udp), protocol, 64,
                      socket.inet_pton(socket.AF_INET6, source),
                      socket.inet_pton(socket.AF_INET6, to)) + udp


def test_a_clear_packet_is_refused_and_told(lab):
    lab.cli("GM2", "clear logging", "")
    core = packet_socket(store.netns(lab.name, "P"), "eth3")
    with lab.capture("PC2", "eth1") as lan:
        core.send(clear_frame(lab, PC2, PC1))
        logged = until(
            lambda: re.search(r"%CRYPTO-4-RECVD_PKT_NOT_IPSEC: .*",
                              lab.cli("GM2", "show logging")), 5, "it is told")
    core.close()
    assert "2001:DB8:2::10" in logged[0] and "2001:DB8:1::10" in logged[0]
    assert not [p for p in packets(lan) if p.next == 17]


def test_without_the_map_ipv6_is_clear_and_ipv4_is_not(lab):
    for node in MEMBERS:
        configure(lab, node, "interface e0/0", "no ipv6 crypto map WAN")
    try:
        with lab.capture("P", "eth2") as core:
            assert " 3 received" in ping(lab, PC2)
            assert " 3 received" in ping(lab, PC2_4)
        assert {p.next for p in packets(core)} == {ICMPV6}
        assert {p.protocol for p in core.packets()
                if {p.src, p.dst} == {PC1_4, PC2_4}} == {ESP}
    finally:
        for node in MEMBERS:
            configure(lab, node, "interface e0/0", "ipv6 crypto map WAN")
    until(lambda: all("permit ipv6" in lab.cli(node, "show crypto gdoi gm acl")
                      for node in MEMBERS), 20, "registered again")
    with lab.capture("P", "eth2") as core:
        assert " 3 received" in ping(lab, PC2)
    assert {p.next for p in packets(core)} == {ESP}


def test_fail_close_holds_ipv6_alone(lab):
    configure(lab, "GM1", "crypto map ipv6 WAN gdoi fail-close", "activate",
              "exit", "crypto gdoi group ipv6 GROUP",
              "no server address ipv4 192.168.61.2")
    try:
        with lab.capture("P", "eth2") as core:
            assert " 0 received" in ping(lab, PC2)
            assert " 3 received" in ping(lab, PC2_4)
        assert not packets(core)
    finally:
        configure(lab, "GM1", "crypto gdoi group ipv6 GROUP",
                  "server address ipv4 192.168.61.2", "exit",
                  "no crypto map ipv6 WAN gdoi fail-close")
    until(lambda: " 3 received" in ping(lab, PC2), 20, "registered again")


def test_the_configuration_comes_back(lab):
    shown = lab.cli("GM1", "show running-config")
    for line in ("ipv6 unicast-routing", "crypto gdoi group ipv6 GROUP",
                 "crypto map ipv6 WAN 10 gdoi", " ipv6 crypto map WAN",
                 " ipv6 address FE80::1 link-local",
                 " ipv6 address 2001:DB8:62::2/64",
                 "ipv6 route ::/0 2001:DB8:62::1"):
        assert line in shown, line
