# SPDX-License-Identifier: GPL-3.0-or-later
"""The article's first half, typed at telnet consoles in its order: key server,
first member, its shows, then the other members and the ping."""

import re

import pytest

import transcript
from conftest import MEMBERS
from labs import TOP, Lab, until

CONFIGS = TOP + "/tests/lab/configs/"
GOLDEN_IP_LENGTH = 184      # a 100-octet ping under the article's policy


def config(name):
    with open(CONFIGS + name + ".txt", encoding="utf-8") as file:
        return file.read()


def meaningful(text):
    """Lines of a configuration, without their layout."""
    return [" ".join(line.split()) for line in text.splitlines()
            if line.strip()]


def paste_config(console, name, typed=lambda text: text):
    """A whole configuration at once; no line may be refused."""
    shown = console.paste("configure terminal\n" + typed(config(name))
                          + "\nend")
    refused = [line for line in shown if line.startswith("%")
               and "NOTE" not in line]
    assert not refused, "\n".join(shown)


@pytest.fixture(scope="module")
def lab():
    with Lab("article-blank") as made:
        yield made


@pytest.fixture(scope="module")
def ks1(lab):
    return lab.console("KS1")


@pytest.fixture(scope="module")
def ce1(lab):
    return lab.console("CE1")


def test_01_the_key_is_generated(ks1):
    ks1.type("configure terminal")
    transcript.play(ks1, "rsa_key")
    ks1.type("end")
    shown = "\n".join(ks1.type("show crypto key mypubkey rsa"))
    assert "Key name: MYRSAKEY" in shown
    assert re.search(r"Key is exportable", shown)


def test_02_the_key_servers_configuration_is_pasted(ks1):
    paste_config(ks1, "KS1")
    running = meaningful("\n".join(ks1.type("show running-config")))
    missing = [line for line in meaningful(config("KS1"))
               if line not in running]
    assert not missing


def test_03_the_pasted_configuration_keeps_its_order(ks1):
    """The order and indentation in which the article shows it."""
    shown = [line.rstrip() for line in
             ks1.type("show running-config | section gdoi group")]
    wanted = config("KS1").splitlines()
    start = wanted.index("crypto gdoi group GDOI-GROUP1")
    wanted = wanted[start:wanted.index("", start)]
    assert shown[shown.index(wanted[0]):] == wanted


def test_04_a_member_is_pasted_as_copied_from_a_web_page(ce1):
    """The article is a web page: blanks come as U+00A0."""
    paste_config(ce1, "GM", lambda text: text.replace(" ", "\u00a0"))
    ce1.wait_log("GM_INSTALL_POLICIES_SUCCESS", 60)
    running = meaningful("\n".join(ce1.type("show running-config")))
    wanted = [line.replace("int e0/0", "interface Ethernet0/0")
              for line in meaningful(config("GM"))]
    assert not [line for line in wanted if line not in running]


def test_05_show_run_interface(ce1):
    transcript.play(ce1, "show_run_interface")


def test_06_the_crypto_map_is_bounced(ce1):
    ce1.forget_logs()
    transcript.play(ce1, "bounce")
    for line in transcript.load("bounce_logs")[0][2]:
        text = line.partition(": ")[2]
        seen = ce1.wait_log(re.escape(text), 60)
        assert transcript.difference([line], [seen]) is None
    ce1.type("end")


@pytest.mark.parametrize("name", ["gm_acl", "ipsec_sa", "isakmp_sa_gm", "gm",
                                  "kek", "tek"])
def test_07_the_member_shows(ce1, name):
    transcript.play(ce1, name)


@pytest.mark.parametrize("name", ["isakmp_sa_ks", "ks_members"])
def test_08_the_key_server_shows(ks1, name):
    transcript.play(ks1, name)


def test_09_both_ends_show_the_same_tek(lab):
    spi = re.search(r"spi: 0x([0-9A-F]+)\(", lab.cli("CE1",
                                                     "show crypto gdoi"))[1]
    assert f"0x{spi}" in lab.cli("KS1", "show crypto gdoi ks policy")


def test_10_the_other_members_get_the_same_configuration(lab):
    for name in MEMBERS[1:]:
        lab.run("paste", name, CONFIGS + "GM.txt")
    lab.wait_registered(*MEMBERS)
    shown = lab.cli("KS1", "show crypto gdoi ks members summary")
    assert len(re.findall(r"^Group Member ID", shown, re.M)) == 4


def test_11_the_ping_and_its_counters(lab, ce1):
    with lab.capture("P", "eth1") as core:
        transcript.play(lab.console("HOST1"), "ping")
    transcript.play(ce1, "counters")
    passed = [p for p in core.packets() if p.src.startswith("10.0.")
              or p.protocol == 1]
    assert {(p.src, p.dst) for p in passed} == {
        ("10.0.111.2", "10.0.33.2"), ("10.0.33.2", "10.0.111.2")}
    assert {p.protocol for p in passed} == {50}
    assert [p.length for p in passed] == [GOLDEN_IP_LENGTH] * 20


def test_12_the_far_end_counted_the_same(lab):
    until(lambda: lab.counters("CE3") == (10, 10), 5, "CE3 counted 10 and 10")


def test_13_it_comes_up_again_as_it_was_saved(lab):
    shown = lab.cli("CE1", "write memory")
    assert "Building configuration...\n[OK]" in shown
    before = lab.cli("CE1", "show running-config | section crypto|interface")
    lab.run("restart", "CE1")
    after = lab.cli("CE1", "show running-config | section crypto|interface")
    assert after == before
    lab.wait_registered("CE1")


def test_14_a_power_cut_loses_nothing_that_was_saved(lab):
    lab.cli("KS1", "copy running-config startup-config", "")
    before = lab.cli("KS1", "show running-config | section crypto|access-list")
    lab.run("restart", "KS1", "--power-cut")
    assert lab.cli("KS1", "show running-config | "
                   "section crypto|access-list") == before
    assert "Key name: MYRSAKEY" in lab.cli("KS1",
                                           "show crypto key mypubkey rsa")
