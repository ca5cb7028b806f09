# SPDX-License-Identifier: GPL-3.0-or-later
"""What crosses the core when hosts and members talk."""

import re
import time

import pytest

from labs import parse, until
from labtool import store
from labtool.capture import packet_socket

ESP, ICMP, UDP = 50, 1, 17
HOST1, HOST3 = "10.0.111.2", "10.0.33.2"


def test_every_host_reaches_every_other_through_esp(article):
    addresses = {"HOST1": "10.0.111.2", "HOST2": "10.0.222.2",
                 "HOST3": "10.0.33.2", "HOST4": "10.0.44.2"}
    with article.capture("P", "eth1") as one, \
            article.capture("P", "eth2") as two, \
            article.capture("P", "eth3") as three:
        for source in addresses:
            for target in addresses.values():
                if target != addresses[source]:
                    shown = article.cli(source, f"ping {target} repeat 2")
                    assert "(2/2)" in shown, f"{source} to {target}: {shown}"
    passed = one.packets() + two.packets() + three.packets()
    assert not [p for p in passed if p.protocol == ICMP]
    assert len([p for p in passed if p.protocol == ESP]) >= 24


@pytest.mark.parametrize("size, length", [
    # inner packet padded with ESP's trailer and TBAR's header to 16 octets:
    # 20 outer, 8 SPI and sequence, 16 IV, n*16 body, 12 ICV
    (36, 20 + 8 + 16 + 64 + 12),
    (100, 184),
    (1000, 20 + 8 + 16 + 1024 + 12),
])
def test_a_ping_of_each_size_has_the_length_rfc_4303_gives(article, size,
                                                           length):
    with article.capture("P", "eth1") as core:
        shown = article.cli("HOST1", f"ping {HOST3} repeat 3 size {size}")
    assert "(3/3)" in shown
    lengths = [p.length for p in core.packets() if p.protocol == ESP]
    assert lengths == [length] * 6


def test_big_packets_arrive_in_fragments(article):
    shown = article.cli("HOST1", f"ping {HOST3} repeat 3 size 3000")
    assert "(3/3)" in shown


def test_too_big_with_df_set_is_not_sent(article):
    shown = article.cli("HOST1", f"ping {HOST3} repeat 2 size 1500 df-bit")
    assert "(0/2)" in shown
    assert "M" in shown.split("seconds:")[1]


def test_the_outer_header_is_a_copy_of_the_inner_one(article):
    """Addresses are the hosts'; the TTL went down once, at CE1."""
    with article.capture("CE1", "eth2") as lan, \
            article.capture("PE1", "eth3") as wan:
        article.cli("HOST1", f"ping {HOST3} repeat 1")
    inner = [p for p in lan.packets() if (p.src, p.dst) == (HOST1, HOST3)]
    outer = [p for p in wan.packets() if (p.src, p.dst) == (HOST1, HOST3)]
    assert [p.protocol for p in inner] == [ICMP]
    assert [p.protocol for p in outer] == [ESP]
    assert outer[0].ttl == inner[0].ttl - 1
    assert outer[0].tos == inner[0].tos


def test_registration_itself_crosses_in_clear_udp_848(article):
    article.run("cli", "CE2", "configure terminal", "interface e0/0",
                "no crypto map gdoimap")
    with article.capture("P", "eth2") as core:
        article.run("cli", "CE2", "configure terminal", "interface e0/0",
                    "crypto map gdoimap")
        article.wait_registered("CE2")
    talk = [p for p in core.packets() if p.protocol == UDP]
    assert talk
    assert {p.ports for p in talk} == {(848, 848)}


def test_a_member_encrypts_its_own_packets(article):
    before = article.counters("CE1")
    shown = article.cli("CE1", "ping 192.168.33.33 source Loopback0")
    assert "(5/5)" in shown
    after = article.counters("CE1")
    assert (after[0] - before[0], after[1] - before[1]) == (5, 5)


def test_clear_packets_are_refused_by_a_member(article):
    """PE3 is not in the group: what it sends to HOST3's network mirrors a
    permit entry and must not pass CE3."""
    article.cli("CE3", "clear logging", "")
    done = article.exec("PE3", "ping", "-c", "2", "-W", "1", HOST3,
                        check=False)
    assert done.returncode != 0
    logged = article.cli("CE3", "show logging | include NOT.IPSEC")
    assert re.search(r"%CRYPTO-4-RECVD_PKT_NOT_IPSEC: Rec'd packet not an "
                     r"IPSEC packet. \(ip\) vrf/dest_addr= /10\.0\.33\.2, "
                     r"src_addr= 192\.168\.13\.1, prot= 1", logged)


def test_tcp_works_end_to_end_through_the_group(article):
    """vty of HOST3 by telnet from HOST1's namespace; the log-in itself is
    refused, as there is no password."""
    script = ("import socket; s = socket.create_connection(('10.0.33.2', 23),"
              " 5); s.settimeout(5); print(s.recv(100))")
    with article.capture("P", "eth1") as core:
        done = article.exec("HOST1", "/usr/bin/python3", "-c", script)
    assert done.stdout.startswith("b'")
    assert {p.protocol for p in core.packets()
            if HOST1 in (p.src, p.dst)} == {ESP}


def test_a_capture_played_again_is_refused_after_the_window(article):
    """The window is 5 s: what an attacker has, as on IOS."""
    article.cli("CE3", "clear logging", "")
    with article.capture("PE3", "eth2") as wan:
        article.cli("HOST1", f"ping {HOST3} repeat 3")
        ended = time.monotonic()
    old = [frame for _, frame in wan.frames
           if (p := parse(frame)) and (p.protocol, p.dst) == (ESP, HOST3)]
    assert len(old) == 3
    attacker = packet_socket(store.netns(article.name, "PE3"), "eth2")
    decrypted = article.counters("CE3")[1]
    for frame in old:
        attacker.send(frame)
    until(lambda: article.counters("CE3")[1] == decrypted + 3, 2,
          "a copy within the window is taken")
    time.sleep(max(0, ended + 6 - time.monotonic()))
    with article.capture("CE3", "eth2") as lan:
        for frame in old:
            attacker.send(frame)
        logged = until(lambda: re.search(
            r"%GDOI-4-TIMEBASED_REPLAY_FAILED: .*",
            article.cli("CE3", "show logging")), 5, "it is told")
    attacker.close()
    assert article.counters("CE3")[1] == decrypted + 3
    assert not [p for p in lan.packets() if p.dst == HOST3]
    assert re.search(r"my_pseudotime = \d+\.\d\d secs, peer_pseudotime = "
                     r"\d+\.\d\d secs, replay_window = 5 \(sec\), "
                     r"src_addr = 10\.0\.111\.2, dst_addr = 10\.0\.33\.2",
                     logged[0])
