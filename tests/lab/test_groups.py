# SPDX-License-Identifier: GPL-3.0-or-later
"""Several groups on one key server, who may register with them, and where a
member registers from."""

import re
import time

import pytest

from labs import until
from pair_lab import ESP, GM1, GM2, KS1, SECRET, UDP, PairLab

LOOPBACK1 = "172.31.0.1"
GDOI = 848
ANSWERED = 1.0          # s; a member answers within
SECOND = ("crypto gdoi group G2", "identity number 2", "server local",
          "rekey algorithm aes 128", "rekey authentication mypubkey rsa "
          "MYRSAKEY", "rekey transport unicast", "sa ipsec 1",
          "profile profile1", "match address ipv4 traffic",
          "replay counter window-size 64", f"address ipv4 {KS1}")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with PairLab(str(tmp_path_factory.mktemp("pair"))) as made:
        made.wait_registered("GM1", "GM2")
        yield made


def members(lab, group):
    shown = lab.cli("KS1", f"show crypto gdoi group {group} ks members")
    return re.findall(r"^Group Member ID +: ([\d.]+)", shown, re.M)


def join(lab, node, number):
    lab.configure(node, "crypto gdoi group G1", f"identity number {number}")
    lab.wait_registered(node)


def serve(lab, group, line):
    lab.configure("KS1", f"crypto gdoi group {group}", "server local", line)


# --- groups -------------------------------------------------------------------

def test_01_a_member_moves_to_another_group(lab):
    lab.configure("KS1", *SECOND)
    assert members(lab, "G1") == [GM1, GM2] and members(lab, "G2") == []
    join(lab, "GM2", 2)
    assert members(lab, "G2") == [GM2]
    assert lab.registered("GM1")


def test_02_groups_do_not_understand_each_other(lab):
    console = lab.console("GM2")
    console.forget_logs()
    spi = lab.spi_of_refused("PC1", "PC2", SECRET)
    line = console.wait_log("RECVD_PKT_INV_SPI", 5)
    assert line.rstrip().endswith(
        "%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid "
        f"spi for destaddr=10.1.2.2, prot=50, spi=0x{spi:X}({spi}), "
        "srcaddr=10.1.1.2, input interface=Ethernet0/0")


def test_03_each_group_has_its_own_keys_and_rekeys(lab):
    keys = [set(re.findall(r"spi +: (0x[0-9A-F]+)", lab.cli(
        "KS1", f"show crypto gdoi group {group} ks policy")))
        for group in ("G1", "G2")]
    assert keys[0] and keys[1] and not keys[0] & keys[1]
    console = lab.console("GM2")
    console.forget_logs()
    lab.cli("KS1", "crypto gdoi ks rekey")
    assert "group G1 from" in console.wait_log("GM_RECV_REKEY", 10)
    until(lambda: lab.registered("GM1"), 5, "GM1 goes on")


def test_04_back_in_the_first_group_both_understand(lab):
    join(lab, "GM2", 1)
    assert lab.cross("PC1", "PC2", SECRET) == (True, {ESP})


# --- authorization -------------------------------------------------------------

def test_05_an_address_that_is_not_in_the_list_is_refused(lab):
    ks, gm = lab.console("KS1"), lab.console("GM2")
    lab.configure("KS1", f"access-list 10 permit {GM1}")
    serve(lab, "G1", "authorization address ipv4 10")
    ks.forget_logs()
    lab.bounce("GM2")
    ks.wait_log("%GDOI-1-UNAUTHORIZED_IPADDR: Group G1 received registration "
                f"from unauthorized ip address: {GM2}", 10)
    assert not lab.registered("GM2")
    assert lab.registered("GM1")
    gm.forget_logs()
    lab.configure("KS1", f"access-list 10 permit {GM2}")
    lab.bounce("GM2")
    lab.wait_registered("GM2")
    serve(lab, "G1", "no authorization address ipv4")


def test_06_a_name_that_is_not_in_the_list_is_refused(lab):
    ks = lab.console("KS1")
    lab.configure("KS1", "crypto identity MEMBERS", "fqdn gm1.example.com",
                  "fqdn gm2.example.com")
    serve(lab, "G1", "authorization identity MEMBERS")
    ks.forget_logs()
    lab.cli("GM2", "clear crypto isakmp")
    lab.bounce("GM2")
    ks.wait_log("%GDOI-1-UNAUTHORIZED_IDENTITY: Group G1 received "
                f"registration from unauthorized identity: {GM2}", 10)
    lab.configure("GM2", "ip domain name example.com",
                  "crypto isakmp identity hostname")
    lab.cli("GM2", "clear crypto isakmp")
    lab.bounce("GM2")
    lab.wait_registered("GM2")
    serve(lab, "G1", "no authorization identity")


# --- where from, and in clear ----------------------------------------------------

def test_07_the_registration_interface_is_whom_the_key_server_sees(lab):
    lab.configure("KS1", f"ip route {LOOPBACK1} 255.255.255.255 {GM1}")
    lab.configure("GM1", "crypto gdoi group G1",
                  "client registration interface Loopback0")
    until(lambda: LOOPBACK1 in members(lab, "G1"), 20,
          "GM1 is registered with its loopback")
    lab.wait_registered("GM1")
    shown = lab.cli("GM1", "show crypto gdoi gm")
    assert re.search(rf"Local addr/port +: {LOOPBACK1}/{GDOI}$", shown, re.M)
    assert lab.cross("PC1", "PC2", SECRET) == (True, {ESP})
    lab.configure("GM1", "crypto gdoi group G1",
                  "no client registration interface")
    until(lambda: GM1 in members(lab, "G1"), 20, "GM1 is back")
    lab.wait_registered("GM1")


def answered(lab):
    """Protocols in which GM1 answers a rekey."""
    with lab.capture("net", "n2") as wire:
        lab.cli("KS1", "crypto gdoi ks rekey")
        time.sleep(ANSWERED)
    return {p.protocol for p in wire.packets() if (p.src, p.dst) == (GM1, KS1)}


def test_08_without_bypass_the_list_decides_for_its_own_messages(lab):
    """A list that wants them encrypted: the rekey is refused at the door."""
    lab.configure("KS1", "ip access-list extended traffic", "no 20", "no 30",
                  f"5 permit udp host {GM1} host {KS1}")
    lab.cli("KS1", "crypto gdoi ks rekey")
    until(lambda: GM1 in lab.cli("GM1", "show crypto gdoi gm acl"),
          10, "GM1 has the new list")
    assert answered(lab) == {UDP}
    lab.configure("GM1", "crypto gdoi group G1", "no client bypass-policy")
    assert answered(lab) == set()
    lab.configure("GM1", "crypto gdoi group G1", "client bypass-policy")
    assert answered(lab) == {UDP}
