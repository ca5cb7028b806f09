# SPDX-License-Identifier: GPL-3.0-or-later
"""Packets that are too big for their way: fragments before and after
encryption, path MTU discovery, DF bits, and TCP that adapts."""

import json
import re
import socket
import struct

import pytest

import bulk
import mtu_lab
from flow import CoreWatch
from labs import Lab, until
from mtu_lab import PC1, PC2

MEMBERS = ("GM1", "GM2")
CORE = (("P1", "eth1"), ("P2", "eth1"))
ESP, TCP = 50, 6
SYN, MSS = 0x02, 2
DF, MF = 0x4000, 0x2000


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with Lab(mtu_lab.write(tmp_path_factory.mktemp("mtu"))) as made:
        made.wait_registered(*MEMBERS)
        yield made


def configure(lab, node, *lines):
    lab.cli(node, "configure terminal", *lines, "end")


def interface(lab, node, *lines, name="Ethernet0/0"):
    configure(lab, node, f"interface {name}", *lines)


@pytest.fixture(autouse=True)
def as_before(lab):
    """Each test finds the routers as they were, and no path known."""
    core_mtu(lab, 1500)
    yield
    for node in MEMBERS:
        configure(lab, node, "no crypto ipsec df-bit",
                  "no crypto ipsec fragmentation", "interface Ethernet0/0",
                  "ip mtu 1500", "no ip mtu", "no crypto ipsec df-bit",
                  "no crypto ipsec fragmentation",
                  "interface Ethernet0/1", "no ip tcp adjust-mss",
                  "no ip mtu")


def core_mtu(lab, mtu):
    for node, device in CORE:
        lab.exec(node, "ip", "link", "set", device, "mtu", str(mtu))
    for node in ("PC1", "PC2", "P1", "P2", *MEMBERS):
        lab.exec(node, "ip", "route", "flush", "cache")


def core(lab):
    return CoreWatch(lab, "P1", "eth1", PC1, PC2)


def ping(lab, *options, node="PC1", to=PC2):
    done = lab.exec(node, "ping", "-c", "3", "-i", "0.2", "-W", "2", *options,
                    to, check=False)
    return done.stdout + done.stderr


def iperf(lab, length=16 << 20):
    """iperf3 from PC1 to PC2; what it sent, and what had come by then."""
    server = lab.start("PC2", "iperf3", "-s", "-1", "-p", "5301")
    try:
        until(lambda: "5301" in lab.exec("PC2", "ss", "-ltn").stdout, 10,
              "iperf3 listens")
        done = lab.exec("PC1", "iperf3", "-c", PC2, "-p", "5301", "-n",
                        str(length), "-J", check=False)
        assert done.returncode == 0, done.stdout
        end = json.loads(done.stdout)["end"]
        assert end["sum_sent"]["bytes"] >= length
        return end["sum_received"]["bytes"]
    finally:
        server.terminate()
        server.wait()


def dropped(lab):
    return {node: bulk.drops(bulk.packet_path(lab, node)) for node in MEMBERS}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("mtu", [1500, 1400, 576])
def test_a_large_ping_and_tcp_pass_a_narrow_core(lab, mtu, when):
    for node in MEMBERS:
        configure(lab, node, f"crypto ipsec fragmentation {when}-encryption")
    core_mtu(lab, mtu)
    with core(lab) as watched:
        assert " 3 received" in ping(lab, "-s", "65000")
        assert iperf(lab) > 8 << 20
    assert watched.clear == 0 and watched.esp > 0


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("mtu", [1400, 576])
def test_a_member_makes_packets_fit_its_own_interface(lab, mtu, when):
    for node in MEMBERS:
        interface(lab, node, f"ip mtu {mtu}",
                  f"crypto ipsec fragmentation {when}-encryption")
    shown = lab.cli("GM1", "show running-config interface Ethernet0/0")
    assert f" crypto ipsec fragmentation {when}-encryption" in shown
    with lab.capture("P1", "eth1") as cable:
        assert " 3 received" in ping(lab, "-s", "65000")
        bulk.tcp(lab, "PC1", "PC2", PC2, length=2 << 20)
    seen = [p for p in cable.packets() if {p.src, p.dst} == {PC1, PC2}]
    assert seen and {p.protocol for p in seen} == {ESP}
    assert max(p.length for p in seen) <= mtu
    what = {"before": "fragments", "after": "ESP fragments"}[when]
    assert bulk.total(bulk.packet_path(lab, "GM1"), what) > 100


def test_path_mtu_discovery_tells_what_esp_leaves_over(lab):
    """The member's own interface first, then a link of the core that it
    learns of: in both cases the host hears of the inner packet's size."""
    told = ping(lab, "-M", "do", "-s", "1472")
    own = int(re.search(r"mtu ?= ?(\d+)", told)[1])
    assert 1400 < own < 1500
    assert " 3 received" in ping(lab, "-M", "do", "-s", str(own - 28))
    lab.exec("PC1", "ip", "route", "flush", "cache")
    core_mtu(lab, 1400)
    ping(lab, "-M", "do", "-s", str(own - 28))
    told = ping(lab, "-M", "do", "-s", str(own - 28))
    learned = int(re.search(r"mtu ?= ?(\d+)", told)[1])
    assert own - learned in range(85, 116)
    assert " 3 received" in ping(lab, "-M", "do", "-s", str(learned - 28))
    assert bulk.total(bulk.packet_path(lab, "GM1"), "path MTUs told") > 0


def fragment_fields(cable):
    """DF, MF and offset of each ESP packet that PC1's became."""
    return [struct.unpack_from("!H", frame, 20)[0]
            for _, frame in cable.drain()
            if frame[12:14] == b"\x08\x00" and frame[23] == ESP
            and frame[26:30] == socket.inet_aton(PC1)]


@pytest.mark.parametrize("df, inner, outer", [
    ("copy", "do", DF), ("copy", "dont", 0), ("set", "dont", DF),
    ("clear", "do", 0)])
def test_df_of_the_outer_header(lab, df, inner, outer):
    interface(lab, "GM1", f"crypto ipsec df-bit {df}")
    with lab.capture("P1", "eth3") as wire:
        assert " 3 received" in ping(lab, "-M", inner, "-s", "100")
    assert {field & DF for field in fragment_fields(wire)} == {outer}


def test_with_df_clear_a_large_packet_passes_in_spite_of_its_df(lab):
    assert "mtu" in ping(lab, "-M", "do", "-s", "1472")
    lab.exec("PC1", "ip", "route", "flush", "cache")
    for node in MEMBERS:
        configure(lab, node, "crypto ipsec df-bit clear")
    assert " 3 received" in ping(lab, "-M", "do", "-s", "1472")


def test_with_df_set_a_large_packet_does_not_pass_without_one(lab):
    configure(lab, "GM1", "crypto ipsec df-bit set")
    before = dropped(lab)["GM1"].get("too big and not to be fragmented", 0)
    ping(lab, "-M", "dont", "-s", "1472")
    after = dropped(lab)["GM1"].get("too big and not to be fragmented", 0)
    assert after - before >= 1


def test_a_router_pings_with_as_much_as_ios_lets_it(lab):
    shown = lab.cli("GM1", "ping 10.72.0.1 source Ethernet0/1 size 18024")
    assert "Success rate is 100 percent" in shown


def mss_of(frame):
    """The MSS in a TCP SYN, or None."""
    if frame[12:14] != b"\x08\x00" or frame[23] != TCP:
        return None
    tcp = frame[14 + (frame[14] & 15) * 4:]
    if not tcp[13] & SYN:
        return None
    options = tcp[20:(tcp[12] >> 4) * 4]
    while options and options[0] != MSS:
        options = options[1 if options[0] == 1 else options[1]:]
    return struct.unpack_from("!H", options, 2)[0]


@pytest.mark.parametrize("name", ["Ethernet0/0", "Ethernet0/1"])
def test_adjust_mss_lowers_what_both_sides_announce(lab, name):
    """On the interface with the crypto map, and on one that is the kernel's."""
    interface(lab, "GM1", "ip tcp adjust-mss 1000", name=name)
    with lab.capture("PC1", "eth1") as one, lab.capture("PC2", "eth1") as two:
        bulk.tcp(lab, "PC1", "PC2", PC2, length=1 << 20)
    told = [mss for _, frame in one.drain() if (mss := mss_of(frame))]
    heard = [mss for _, frame in two.drain() if (mss := mss_of(frame))]
    assert 1460 in told and 1000 in told
    assert 1460 in heard and 1000 in heard
    assert "ip tcp adjust-mss 1000" in lab.cli("GM1", "show running-config")


def test_ip_mtu_of_an_interface_that_only_the_kernel_sees(lab):
    """Its packets are made to fit, and what comes in may be longer."""
    interface(lab, "GM2", "ip mtu 1000", name="Ethernet0/1")
    with lab.capture("PC2", "eth1") as cable:
        assert " 3 received" in ping(lab, "-s", "1300", "-M", "dont")
    came = [p for p in cable.packets() if p.src == PC1]
    sent = [p for p in cable.packets() if p.src == PC2]
    assert came and max(p.length for p in came) <= 1000
    assert max(p.length for p in sent) == 1328
    told = ping(lab, "-s", "1300", "-M", "do")
    assert re.search(r"mtu ?= ?1000", told)


def test_nothing_was_dropped_but_what_was_too_big(lab):
    allowed = {"too big and not to be fragmented", "before the first policy"}
    for node, drops in dropped(lab).items():
        assert not set(drops) - allowed, (node, drops)


def test_transport_mode_takes_fragments_and_makes_some(tmp_path):
    """The whole packet is encrypted, then cut."""
    with Lab(mtu_lab.write(tmp_path, mode="transport")) as lab:
        lab.wait_registered(*MEMBERS)
        for mtu in (1500, 576):
            core_mtu(lab, mtu)
            assert " 3 received" in ping(lab, "-s", "65000")
            assert iperf(lab) > 8 << 20
