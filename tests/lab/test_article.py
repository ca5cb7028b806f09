# SPDX-License-Identifier: GPL-3.0-or-later
"""The article up to its part on QoS, typed at telnet consoles in its order: key
server, first member, its shows, the other members, the ping, and the access
list that lets telnet through in clear and takes it back."""

import re

import pytest

import transcript
from conftest import MEMBERS
from labs import TOP, Lab, until

CONFIGS = TOP + "/lab/steps/"
HOSTS = {"10.0.111.2", "10.0.33.2"}
TCP, ESP = 6, 50
GOLDEN_IP_LENGTH = 184      # a 100-octet ping under the article's policy


def config(name):
    with open(CONFIGS + name + ".cfg", encoding="utf-8") as file:
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


def expect_logs(console, name):
    """Waits for the log lines of a transcript; returns what was printed."""
    printed = []
    for line in transcript.load(name)[0][2]:
        printed.append(console.wait_log(
            re.escape(line.partition(": ")[2].partition("{")[0]), 20))
        assert transcript.difference([line], printed[-1:]) is None
    return printed


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
    expect_logs(ce1, "bounce_logs")
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
        lab.run("paste", name, CONFIGS + "GM.cfg")
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


def test_13_telnet_is_exempted_on_the_key_server(ks1):
    ks1.forget_logs()
    transcript.play(ks1, "acl_change")
    lines = expect_logs(ks1, "acl_change_logs")
    assert lines[0].split(": %")[0] == lines[1].split(": %")[0]


def test_14_members_do_not_know_of_it_yet(ce1):
    transcript.play(ce1, "gm_acl")


def test_15_the_operator_sends_a_rekey(ks1, ce1):
    ks1.forget_logs()
    transcript.play(ks1, "rekey")
    expect_logs(ks1, "rekey_logs")
    until(lambda: "port = 23" in "\n".join(
        ce1.type("show crypto gdoi gm acl")), 10, "CE1 has the new list")
    transcript.play(ce1, "gm_acl_after_change")


def test_16_the_member_tells_of_the_rekey(ce1):
    transcript.play(ce1, "gm_after_rekey")


def test_17_all_members_have_acknowledged_it(lab):
    def acknowledged():
        shown = lab.cli("KS1", "show crypto gdoi ks members")
        return len(re.findall(r"Rekey Acks Rcvd +: 1$", shown, re.M)) == 4
    until(acknowledged, 10, "four acknowledgements")


def telnet(lab):
    """The article's telnet; the TCP and ESP packets of it in the core."""
    host1 = lab.console("HOST1")
    with lab.capture("P", "eth1") as core:
        transcript.play(host1, "telnet")
        host1.read(0.2)
    passed = [p for p in core.packets() if {p.src, p.dst} == HOSTS]
    return ([p for p in passed if p.protocol == TCP],
            [p for p in passed if p.protocol == ESP], len(passed))


def test_18_telnet_crosses_in_clear_and_the_counters_stand_still(lab, ce1):
    clear, encrypted, passed = telnet(lab)
    assert len(clear) == passed >= 8
    assert not encrypted
    assert {23} < {port for packet in clear for port in packet.ports}
    transcript.play(ce1, "counters")


def test_19_the_exemption_is_taken_back(ks1, ce1):
    ks1.forget_logs()
    transcript.play(ks1, "acl_removal")
    expect_logs(ks1, "acl_change_logs")
    transcript.play(ks1, "rekey")
    expect_logs(ks1, "rekey_logs")
    until(lambda: "port = 23" not in "\n".join(
        ce1.type("show crypto gdoi gm acl")), 10, "CE1 has the old list")
    transcript.play(ce1, "gm_acl")


def test_20_telnet_is_encrypted_and_the_counters_move(lab):
    until(lambda: "port = 23" not in lab.cli("CE3", "show crypto gdoi gm acl"),
          10, "CE3 has the old list")
    clear, encrypted, passed = telnet(lab)
    assert not clear
    assert len(encrypted) == passed >= 8
    out = len([p for p in encrypted if p.src == "10.0.111.2"])
    assert lab.counters("CE1") == (10 + out, 10 + passed - out)


def test_21_it_comes_up_again_as_it_was_saved(lab):
    shown = lab.cli("CE1", "write memory")
    assert "Building configuration...\n[OK]" in shown
    before = lab.cli("CE1", "show running-config | section crypto|interface")
    lab.run("restart", "CE1")
    after = lab.cli("CE1", "show running-config | section crypto|interface")
    assert after == before
    lab.wait_registered("CE1")


def test_22_a_power_cut_loses_nothing_that_was_saved(lab):
    lab.cli("KS1", "copy running-config startup-config", "")
    before = lab.cli("KS1", "show running-config | section crypto|access-list")
    lab.run("restart", "KS1", "--power-cut")
    assert lab.cli("KS1", "show running-config | "
                   "section crypto|access-list") == before
    assert "Key name: MYRSAKEY" in lab.cli("KS1",
                                           "show crypto key mypubkey rsa")
