# SPDX-License-Identifier: GPL-3.0-or-later
"""Another network: other addresses, names, group number, transforms, and a
policy that protects some subnets only."""

import pytest

from labs import Lab

SITES = ("NORTH", "SOUTH", "EAST")
NORTH, SOUTH, EAST, OPEN = ("10.40.1.10", "10.40.2.10", "10.40.3.10",
                            "10.40.1.99")
PORTS = {"pc-north": "metro1", "pc-south": "metro2", "pc-east": "metro3"}
ESP, ICMP = 50, 1


@pytest.fixture(scope="module")
def campus():
    with Lab("campus") as lab:
        lab.wait_registered(*SITES)
        yield lab


def ping(lab, node, target, *options):
    done = lab.exec(node, "ping", "-c", "5", "-i", "0.2", "-W", "2", *options,
                    target)
    assert " 0% packet loss" in done.stdout


@pytest.mark.parametrize("node, source, target, protocol", [
    ("pc-north", NORTH, SOUTH, ESP),
    ("pc-east", EAST, NORTH, ESP),
    ("pc-south", SOUTH, EAST, ICMP),     # no entry of the policy
    ("pc-south", SOUTH, OPEN, ICMP),     # a deny entry before the permit
])
def test_the_policy_decides_what_is_encrypted(campus, node, source, target,
                                              protocol):
    with campus.capture("metro", PORTS[node]) as wan:
        ping(campus, node, target)
    seen = [p for p in wan.packets() if {p.src, p.dst} == {source, target}]
    assert {p.protocol for p in seen} == {protocol}
    assert len(seen) == 10


def test_the_members_show_the_strong_transform(campus):
    shown = campus.cli("EAST", "show crypto gdoi")
    assert "transform: esp-256-aes esp-sha256-hmac" in shown
    assert "Anti-Replay(Time Based) : 20 sec interval" in shown
    assert "alg key size: 32 (bytes)" in shown
    assert "sig key size: 32 (bytes)" in shown


def test_the_key_server_knows_all_sites(campus):
    shown = campus.cli("VAULT", "show crypto gdoi ks members summary")
    for number in (1, 2, 3):
        assert f"172.20.0.{number} " in shown
    assert "Group ID          : 471147" in shown


def test_the_key_servers_numbers_are_the_configured_ones(campus):
    shown = campus.cli("VAULT", "show crypto gdoi ks policy")
    assert "orig life(sec)     : 1800" in shown
    assert "orig life(sec)     : 43200" in shown
    assert "sig key name       : CAMPUSKEY" in shown


def test_an_esp_packet_is_as_long_as_sha256_makes_it(campus):
    """84 octets of ping, 12 of TBAR, padded to 112 with the trailer; 20 outer
    header, 8 SPI and sequence, 16 IV, 16 ICV (RFC 4868)."""
    with campus.capture("metro", PORTS["pc-north"]) as wan:
        ping(campus, "pc-north", SOUTH)
    lengths = {p.length for p in wan.packets() if p.protocol == ESP}
    assert lengths == {20 + 8 + 16 + 112 + 16}
