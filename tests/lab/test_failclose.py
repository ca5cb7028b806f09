# SPDX-License-Identifier: GPL-3.0-or-later
"""Fail-open and fail-close: before the registration, after the keys' end, and
with client fail-close revert.  Time runs SCALE times faster."""

import socket
import time

import pytest

from flow import inside
from labs import until
from labtool import LabError, store
from pair_lab import ESP, OPEN, PC1, PC2, SECRET, TCP, UDP, PairLab

SCALE = 10
TEK_LIFE = 150            # s
BGP = 179
EVENT_PAUSE = 3           # s; such events are told once a second
MANAGEMENT = 3000         # a port that only the fail-close list lets go


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with PairLab(str(tmp_path_factory.mktemp("pair")), "--time-scale",
                 str(SCALE), lifetime=TEK_LIFE) as made:
        made.wait_registered("GM1", "GM2")
        made.configure("GM1", "ip access-list extended fail-close",
                       "deny tcp any eq bgp any", "deny tcp any any eq bgp",
                       f"deny udp any any eq {MANAGEMENT}")
        yield made


def unregister(lab):
    """The key server cannot be had, and the map is put on again."""
    lab.run("link", "KS1:e0/0", "down")
    lab.bounce("GM1")


def come_back(lab):
    lab.run("link", "KS1:e0/0", "up")
    lab.wait_registered("GM1")


def bgp_on_the_wire(lab):
    """Protocols in which a connection to BGP's port leaves GM1."""
    with lab.capture("net", "n2") as wire, \
            inside(store.netns(lab.name, "PC1")):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.settimeout(2)
            answer = sock.connect_ex((PC2, BGP))
        time.sleep(0.05)
    return answer, {p.protocol for p in wire.packets()
                    if {p.src, p.dst} == {PC1, PC2}}


def closed(lab):
    """Nothing passes but what the list denies."""
    assert lab.cross("PC1", "PC2", SECRET, False) == (False, set())
    assert lab.cross("PC1", "PC2", OPEN, False) == (False, set())
    assert lab.cross("PC1", "PC2", MANAGEMENT, False)[1] == {UDP}
    assert not lab.inject(SECRET, False)
    assert lab.inject(MANAGEMENT)


def test_01_without_fail_close_all_is_in_clear_until_it_registers(lab):
    unregister(lab)
    assert lab.cross("PC1", "PC2", SECRET, False)[1] == {UDP}
    assert lab.inject(SECRET)


def test_02_with_it_nothing_passes_but_what_its_list_denies(lab):
    lab.configure("GM1", "crypto map M gdoi fail-close",
                  "match address fail-close")
    assert lab.cross("PC1", "PC2", SECRET, False)[1] == {UDP}
    lab.configure("GM1", "crypto map M gdoi fail-close", "activate")
    closed(lab)


def test_03_bgp_passes_both_ways_meanwhile(lab):
    answer, seen = bgp_on_the_wire(lab)
    assert seen == {TCP}
    assert answer == 111      # ECONNREFUSED: PC2's answer came through


def test_04_it_registers_and_encrypts(lab):
    come_back(lab)
    assert lab.cross("PC1", "PC2", SECRET) == (True, {ESP})
    assert lab.cross("PC1", "PC2", OPEN) == (True, {UDP})
    assert lab.cross("PC1", "PC2", MANAGEMENT) == (True, {ESP})


def test_05_the_keys_end_and_it_is_closed_again(lab):
    console = lab.console("GM1")
    console.forget_logs()
    lab.run("link", "KS1:e0/0", "down")
    console.wait_log("GM_POLICY_CLEANUP", 2 * TEK_LIFE / SCALE)
    closed(lab)
    come_back(lab)
    lab.wait_registered("GM2")
    assert lab.cross("PC1", "PC2", SECRET) == (True, {ESP})


def refuse(lab, refused):
    lab.configure("KS1", "crypto gdoi group G1", "server local",
                  "authorization address ipv4 77" if refused
                  else "no authorization address ipv4 77")


def test_06_an_unknown_spi_of_the_group_makes_it_register_again(lab):
    """client recovery-check; the key server refuses it this time, and it
    keeps its keys."""
    lab.configure("GM1", "crypto gdoi group G1",
                  "client recovery-check interval 100")
    console = lab.console("GM1")
    console.forget_logs()
    refuse(lab, True)
    spi = lab.spi("PC1", "PC2", SECRET)
    lab.inject_esp(spi ^ 0xff000000)      # another group's
    console.read(EVENT_PAUSE / SCALE)
    assert not [line for line in console.logs if "RECOVERY" in line]
    lab.inject_esp(spi ^ 0x00ffffff)
    console.wait_log("GM_RECOVERY_REGISTRATION: GM recovery re-registration "
                     "for group G1 will start", 5)
    console.wait_log("GM_REGSTER", 5)
    until(lambda: "Re-registering" in lab.cli("GM1", "show crypto gdoi gm"),
          5, "GM1 tries to register")
    assert lab.cross("PC1", "PC2", SECRET) == (True, {ESP})


def test_07_with_revert_who_is_refused_gives_up_its_keys(lab):
    refuse(lab, False)
    lab.bounce("GM1")
    lab.wait_registered("GM1")
    lab.configure("GM1", "crypto gdoi group G1", "client fail-close revert")
    refuse(lab, True)
    console = lab.console("GM1")
    console.forget_logs()
    # A rekey that comes in between ends a recovery.
    for attempt in range(3):
        lab.inject_esp(lab.spi("PC1", "PC2", SECRET) ^ 0x00ffffff)
        try:
            console.wait_log("GM_POLICY_CLEANUP", 12)
            break
        except LabError:
            assert attempt < 2
    closed(lab)
    assert "Fail-Close Revert : Enabled" in lab.cli(
        "GM1", "show crypto gdoi gm")
    refuse(lab, False)
    lab.wait_registered("GM1", "GM2")
    assert lab.cross("PC1", "PC2", SECRET) == (True, {ESP})


def test_08_no_activate_opens_at_once(lab):
    unregister(lab)
    closed(lab)
    lab.configure("GM1", "crypto map M gdoi fail-close", "no activate")
    assert lab.cross("PC1", "PC2", SECRET, False)[1] == {UDP}
    until(lambda: lab.inject(SECRET), 5, "clear packets are taken")


def test_09_the_configuration_comes_back(lab):
    shown = lab.cli("GM1", "show running-config | section crypto")
    assert ("crypto map M gdoi fail-close\n match address fail-close\n"
            "crypto map M 1 gdoi \n set group G1\n") in shown
    assert (" server address ipv4 192.168.1.1\n"
            " client recovery-check interval 100\n"
            " client fail-close revert\n") in shown
