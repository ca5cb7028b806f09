# SPDX-License-Identifier: GPL-3.0-or-later
"""What kernels give whole and take whole: superpackets of TCP and UDP through
gateways, in ESP and clear, and what has to be cut and put together again.

Once between gateways as they are, once between one on AF_XDP and ipsec-mb and
one on AF_PACKET and OpenSSL."""

import os
import re

import pytest

import bulk
from flow import CoreWatch
from labs import TOP, Lab, until

HOST1, HOST3 = "10.0.111.2", "10.0.33.2"
PE1_LAN, CE1_WAN = "192.168.11.1", "192.168.11.3"
MIXED = {"CE1": {"GETVPN_WIRE": "af-xdp", "GETVPN_CRYPTO": "ipsec-mb"},
         "CE3": {"GETVPN_WIRE": "af-packet", "GETVPN_CRYPTO": "openssl"}}
BGP = 179                  # denied by the article's access list: goes clear
V6 = {"CE1": ("gv-eth1", "fd00::3"), "PE1": ("lan", "fd00::1")}
MEMBERS = ("CE1", "CE2", "CE3", "CE4")


def with_backends(nodes):
    """The article's topology, with these in the environment of nodes."""
    with open(os.path.join(TOP, "lab", "article.clab.yml"),
              encoding="utf-8") as file:
        text = file.read().replace("- configs/", f"- {TOP}/lab/configs/")
    for node, env in nodes.items():
        more = "".join(f"        {key}: {value}\n"
                       for key, value in env.items())
        text, times = re.subn(rf"(    {node}:\n(?:      .*\n)*?"
                              r"      env:\n)", rf"\g<1>{more}", text)
        assert times == 1
    return text


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    path = tmp_path_factory.mktemp("mixed") / "mixed.clab.yml"
    path.write_text(with_backends(MIXED))
    with Lab(str(path)) as lab:
        lab.wait_registered(*MEMBERS)
        yield lab


@pytest.fixture(scope="module")
def before():
    """What was dropped before this module, by lab and node: the article's lab
    has seen attackers."""
    return {}


@pytest.fixture(params=["article", "mixed"])
def lab(request, before):
    found = request.getfixturevalue(request.param)
    if request.param not in before:
        before[request.param] = {node: bulk.drops(bulk.packet_path(found, node))
                                 for node in ("CE1", "CE3")}
    found.dropped_before = before[request.param]
    return found


def core(lab):
    return CoreWatch(lab, "P", "eth1", HOST1, HOST3)


def segments(lab, node):
    return bulk.total(bulk.packet_path(lab, node), "segments")


def test_each_gateway_has_the_backends_it_was_given(mixed):
    for node, env in MIXED.items():
        shown = bulk.packet_path(mixed, node)
        assert re.search(rf"Crypto: {env['GETVPN_CRYPTO']}\b", shown)
        assert re.search(rf"wire eth1 by {env['GETVPN_WIRE']}\b", shown)


@pytest.mark.parametrize("one, other, address", [
    ("HOST1", "HOST3", HOST3), ("HOST3", "HOST1", HOST1)])
def test_tcp_in_superpackets_arrives_whole(lab, one, other, address):
    """Both kernels hand over superpackets; what crosses the core is ESP."""
    sender = {"HOST1": "CE1", "HOST3": "CE3"}[one]
    before = segments(lab, sender)
    with core(lab) as watched:
        bulk.tcp(lab, one, other, address)
    assert watched.clear == 0 and watched.esp > 0
    assert segments(lab, sender) - before > (32 << 20) // 1500 / 2


def test_tcp_segments_are_joined_for_the_receiver(lab):
    before = bulk.total(bulk.packet_path(lab, "CE3"), "joined")
    bulk.tcp(lab, "HOST1", "HOST3", HOST3)
    assert bulk.total(bulk.packet_path(lab, "CE3"), "joined") > before


@pytest.mark.parametrize("mss", [88, 536, 1379])
def test_tcp_of_any_segment_size_arrives_whole(lab, mss):
    bulk.tcp(lab, "HOST1", "HOST3", HOST3, length=4 << 20, mss=mss)


@pytest.mark.parametrize("one, other, address", [
    ("HOST1", "HOST3", HOST3), ("HOST3", "HOST1", HOST1)])
def test_clear_tcp_in_superpackets_arrives_whole(lab, one, other, address):
    with core(lab) as watched:
        bulk.tcp(lab, one, other, address, port=BGP)
    assert watched.esp == 0 and watched.clear > 0


@pytest.mark.parametrize("one, other, address", [
    ("CE1", "PE1", PE1_LAN), ("PE1", "CE1", CE1_WAN)])
def test_clear_tcp_of_the_gateway_itself(lab, one, other, address):
    """To and from its own TCP: with checksums that nobody has computed."""
    bulk.tcp(lab, one, other, address, port=BGP)


@pytest.mark.parametrize("size", [100, 1000, 1300])
def test_udp_in_superpackets_arrives_datagram_by_datagram(lab, size):
    before = segments(lab, "CE1")
    assert bulk.udp(lab, "HOST1", "HOST3", HOST3, size=size) == 3000
    assert bulk.udp(lab, "HOST3", "HOST1", HOST1, size=size) == 3000
    assert segments(lab, "CE1") - before >= 3000


@pytest.fixture
def v6(lab):
    for node, (device, address) in V6.items():
        lab.exec(node, "sysctl", "-qw",
                 f"net.ipv6.conf.{device}.disable_ipv6=0",
                 f"net.ipv6.conf.{device}.accept_dad=0", check=False)
        lab.exec(node, "ip", "-6", "addr", "add", f"{address}/64", "dev",
                 device, "nodad")
    until(lambda: lab.exec("CE1", "ping", "-6", "-c", "1", "-W", "1",
                           "fd00::1", check=False).returncode == 0,
          10, "IPv6 neighbours")
    yield lab
    for node, (device, address) in V6.items():
        lab.exec(node, "ip", "-6", "addr", "del", f"{address}/64", "dev",
                 device)


def test_ipv6_in_superpackets_passes_clear(v6):
    bulk.tcp(v6, "CE1", "PE1", "fd00::1")
    bulk.tcp(v6, "PE1", "CE1", "fd00::3")


@pytest.mark.parametrize("size", [1400, 3000, 20000, 65507])
def test_a_ping_of_any_size_is_answered(lab, size):
    done = lab.exec("HOST1", "ping", "-c", "5", "-i", "0.1", "-W", "2", "-s",
                    str(size), HOST3, check=False)
    assert " 5 received" in done.stdout, done.stdout


def test_nothing_was_dropped_for_want_of_a_key_or_by_the_crypto(lab):
    """The last word on all of the above."""
    for node in ("CE1", "CE3"):
        found = {reason for reason, count in bulk.drops(
                     bulk.packet_path(lab, node)).items()
                 if count > lab.dropped_before[node].get(reason, 0)}
        assert not {"permit without a usable SA", "unknown SPI", "ICV wrong",
                    "outside the replay window", "crypto failed",
                    "superpacket not understood"}.intersection(found), found
