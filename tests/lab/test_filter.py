# SPDX-License-Identifier: GPL-3.0-or-later
"""ip access-group and ipv6 traffic-filter: what passes, what is refused and
how, what is counted; on a plain interface and under a crypto map."""

import re

import pytest

from labs import until
from pair_lab import GM1, GM2, OPEN, PC1, PC2, SECRET, PairLab

INSIDE, WAN = "interface e0/1", "interface e0/0"
ICMP, UNREACHABLE, PROHIBITED = 1, 3, 13


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with PairLab(str(tmp_path_factory.mktemp("filter"))) as made:
        made.wait_registered("GM1", "GM2")
        until(lambda: received(made, "PC1", PC2) == 2, 20, "a path")
        yield made


@pytest.fixture(autouse=True)
def clean(lab):
    yield
    for interface in (INSIDE, WAN):
        lab.configure("GM1", interface, "no ip access-group in",
                      "no ip access-group out", "ip unreachables")
    lab.configure("GM1", "no ip access-list extended F")


def received(lab, host, to, count=2, *options):
    done = lab.exec(host, "ping", "-c", str(count), "-i", "0.2", "-W", "1",
                    *options, to, check=False)
    return int(re.search(r"(\d+) received", done.stdout)[1])


def access(lab, *entries, on=INSIDE, direction="in"):
    lab.configure("GM1", "ip access-list extended F", *entries,
                  on, f"ip access-group F {direction}")


def matches(lab):
    """{sequence number: matches}"""
    shown = lab.cli("GM1", "show access-lists F")
    return {int(number): int(count or 0) for number, count in re.findall(
        r"^    (\d+) [^(\n]*?(?: \((\d+) match(?:es)?\))?$", shown, re.M)}


def unreachables(capture):
    return [(p.src, p.dst) for p in capture.packets()
            if p.protocol == ICMP and
            tuple(p.payload[:2]) == (UNREACHABLE, PROHIBITED)]


def test_what_comes_in_is_filtered_and_counted(lab):
    access(lab, "permit udp any any range 4999 5000",
           f"deny udp any host {PC2} gt 1999", "permit ip any any")
    lab.cli("GM1", "clear access-list counters")
    assert lab.cross("PC1", "PC2", SECRET)[0]
    assert not lab.cross("PC1", "PC2", OPEN, False)[0]
    assert received(lab, "PC1", PC2, 3) == 3
    assert matches(lab) == {10: 1, 20: 1, 30: 3}
    shown = lab.cli("GM1", "show ip access-lists F")
    assert "    10 permit udp any any range 4999 5000 (1 match)\n" in shown
    assert "    30 permit ip any any (3 matches)\n" in shown
    lab.cli("GM1", "clear ip access-list counters F")
    assert matches(lab) == {10: 0, 20: 0, 30: 0}
    assert received(lab, "PC1", PC2, 2) == 2
    assert matches(lab) == {10: 0, 20: 0, 30: 2}


def test_what_is_for_the_router_is_filtered_too(lab):
    assert received(lab, "PC1", "10.1.1.1") == 2
    access(lab, f"permit icmp any host {PC2} echo")
    assert received(lab, "PC1", "10.1.1.1", 1) == 0
    assert received(lab, "PC1", PC2) == 2


def test_the_sender_is_told_unless_unreachables_are_off(lab):
    access(lab, "permit tcp any any")
    with lab.capture("PC1", "eth1") as seen:
        assert not lab.cross("PC1", "PC2", OPEN, False)[0]
    assert unreachables(seen) == [("10.1.1.1", PC1)]
    lab.configure("GM1", INSIDE, "no ip unreachables")
    assert "ICMP unreachables are never sent" in lab.cli(
        "GM1", "show ip interface e0/1")
    with lab.capture("PC1", "eth1") as seen:
        assert not lab.cross("PC1", "PC2", SECRET, False)[0]
    assert unreachables(seen) == []


def test_a_list_acts_as_it_is_edited(lab):
    access(lab, "permit icmp any any")
    assert received(lab, "PC1", PC2) == 2
    assert not lab.cross("PC1", "PC2", OPEN, False)[0]
    lab.configure("GM1", "ip access-list extended F", "5 deny icmp any any",
                  f"permit udp any any eq {OPEN}")
    assert received(lab, "PC1", PC2, 1) == 0
    assert lab.cross("PC1", "PC2", OPEN)[0]
    lab.configure("GM1", "ip access-list extended F", "no 5")
    assert received(lab, "PC1", PC2) == 2
    # What has been counted stays with its entry.
    assert matches(lab)[10] == 4
    lab.configure("GM1", "no ip access-list extended F")
    assert lab.cross("PC1", "PC2", SECRET)[0]


def test_out_is_for_what_is_forwarded_only(lab):
    access(lab, "deny ip any any", direction="out")
    assert received(lab, "PC2", PC1, 1) == 0
    shown = lab.cli("GM1", f"ping {PC1} repeat 2")
    assert "Success rate is 100 percent (2/2)" in shown
    assert received(lab, "PC1", "10.1.1.1") == 2
    shown = lab.cli("GM1", "show ip interface e0/1")
    assert "  Outgoing access list is F\n" in shown
    assert "  Inbound  access list is not set\n" in shown


def test_under_a_crypto_map_the_clear_packet_is_seen(lab):
    lab.cli("GM1", "clear access-list counters")
    access(lab, f"permit icmp host {PC2} host {PC1}",
           "permit udp any any eq 848",
           f"deny udp host {PC2} any", on=WAN)
    assert received(lab, "PC1", PC2) == 2
    assert not lab.cross("PC2", "PC1", SECRET, False)[0]
    assert matches(lab) == {10: 2, 20: 0, 30: 1}
    lab.configure("GM1", WAN, "no ip access-group F in",
                  "no ip access-list extended F")
    access(lab, f"deny udp any any eq {SECRET}", "permit ip any any",
           on=WAN, direction="out")
    assert not lab.cross("PC1", "PC2", SECRET, False)[0]
    assert received(lab, "PC1", PC2) == 2
    assert matches(lab) == {10: 1, 20: 2}
    # The interface's device is another one, and again.
    lab.bounce("GM1")
    lab.wait_registered("GM1")
    assert not lab.cross("PC1", "PC2", SECRET, False)[0]
    assert received(lab, "PC1", PC2) == 2


def test_later_fragments_follow_their_addresses(lab):
    access(lab, f"permit icmp any host {PC2} echo")
    assert received(lab, "PC1", PC2, 2, "-s", "3000") == 2
    lab.configure("GM1", "ip access-list extended F",
                  "5 deny icmp any any fragments")
    assert received(lab, "PC1", PC2, 1, "-s", "3000") == 0
    assert received(lab, "PC1", PC2) == 2


def test_ipv6_is_filtered_and_neighbours_are_found(lab):
    lab.configure("GM1", INSIDE, "ipv6 address 2001:db8:1::1/64")
    lab.exec("PC1", "ip", "addr", "add", "2001:db8:1::2/64", "dev", "eth1",
             "nodad")
    until(lambda: received(lab, "PC1", "2001:db8:1::1") == 2, 20, "IPv6")
    lab.configure("GM1", "ipv6 access-list SIX",
                  "permit udp any any eq 53",
                  INSIDE, "ipv6 traffic-filter SIX in")
    lab.exec("PC1", "ip", "-6", "neigh", "flush", "dev", "eth1")
    assert received(lab, "PC1", "2001:db8:1::1", 1) == 0
    lab.configure("GM1", "ipv6 access-list SIX",
                  "permit icmp any host 2001:db8:1::1 echo-request")
    lab.exec("PC1", "ip", "-6", "neigh", "flush", "dev", "eth1")
    assert received(lab, "PC1", "2001:db8:1::1") == 2
    assert "(2 matches) sequence 20" in lab.cli(
        "GM1", "show ipv6 access-list SIX")
    lab.configure("GM1", INSIDE, "no ipv6 traffic-filter SIX in",
                  "no ipv6 access-list SIX")


def test_the_lines_are_kept_over_a_restart_of_the_text(lab):
    access(lab, "permit ip any any")
    shown = lab.cli("GM1", "show running-config interface e0/1")
    assert " ip access-group F in\n" in shown
    assert "access-group" not in lab.cli(
        "GM1", "show configuration unsupported", check=False)
