# SPDX-License-Identifier: GPL-3.0-or-later
"""The tools at a router's prompt: ping, traceroute, files, configure
replace, show tech-support."""

import os
import re

import pytest

from labs import TOP, Lab, until

TOPOLOGY = os.path.join(TOP, "tests", "lab", "configs", "tools.clab.yml")


@pytest.fixture(scope="module")
def tools():
    with Lab(TOPOLOGY) as lab:
        until(lambda: "(5/5)" in lab.cli("R1", "ping 10.0.2.2"), 20,
              "PC answers")
        yield lab


def configure(lab, *lines):
    lab.cli("R1", "configure terminal", *lines, "end")


def test_ping_as_large_as_a_packet_can_be(tools):
    assert "(5/5)" in tools.cli("R1", "ping 10.0.2.2 size 65535")


def test_ping_tells_what_does_not_fit(tools):
    shown = tools.cli("R1", "ping 10.0.2.2 size 1401 df-bit timeout 1")
    assert "Packet sent with the DF bit set" in shown
    assert "MMMMM" in shown and "(0/5)" in shown
    assert "(5/5)" in tools.cli("R1", "ping 10.0.2.2 size 1400 df-bit")


def test_a_sweep_finds_the_mtu(tools):
    shown = tools.cli("R1", "ping", "", "10.0.2.2", "1", "", "1", "y", "", "",
                      "y", "", "", "", "y", "1398", "1403", "1")
    assert "Sending 6, [1398..1403]-byte ICMP Echos to 10.0.2.2" in shown
    assert "!!!MMM" in shown and "(3/6)" in shown


def test_ping_marks_what_is_unreachable(tools):
    configure(tools, "ip route 10.7.0.0 255.255.0.0 10.0.1.2")
    shown = tools.cli("R1", "ping 10.7.0.1 timeout 1 repeat 3")
    assert re.search(r"^[U.]{3}$", shown, re.M) and "U" in shown
    configure(tools, "no ip route 10.7.0.0 255.255.0.0 10.0.1.2")


def test_ping_is_sent_as_it_was_asked_for(tools):
    with tools.capture("R2", "eth1") as capture:
        shown = tools.cli("R1", "ping 10.0.2.2 source Loopback0 tos 184 "
                          "data 1234 repeat 2 validate")
        seen = [p for p in capture.packets()
                if p.src == "10.9.9.1" and b"\x12\x34" * 20 in p.payload]
    assert "Packet sent with a source address of 10.9.9.1" in shown
    assert "(2/2)" in shown
    assert len(seen) == 2 and {p.tos for p in seen} == {184}


def test_the_route_is_recorded(tools):
    shown = tools.cli("R1", "ping", "", "10.0.2.2", "1", "", "", "y", "", "",
                      "", "", "", "r", "", "", "")
    assert "Record route:" in shown
    assert "(10.0.2.1)" in shown and "(10.0.2.2)" in shown


def test_traceroute_names_each_router(tools):
    shown = tools.cli("R1", "traceroute PC")
    assert "Tracing the route to PC (10.0.2.2)" in shown
    assert re.search(r"^  1 10\.0\.1\.2 \d+ msec", shown, re.M)
    assert re.search(r"^  2 PC \(10\.0\.2\.2\) \d+ msec \d+ msec \d+ msec$",
                     shown, re.M)
    shown = tools.cli("R1", "traceroute 10.0.2.2 numeric probe 1 ttl 2 2 "
                      "source Loopback0")
    assert re.search(r"^  2 10\.0\.2\.2 \d+ msec$", shown, re.M)
    assert "  1 " not in shown


def test_traceroute_tells_what_is_unreachable_or_silent(tools):
    configure(tools, "ip route 10.7.0.0 255.255.0.0 10.0.1.2")
    shown = tools.cli("R1", "traceroute 10.7.0.1 timeout 1 probe 1 ttl 2 2")
    assert re.search(r"^  2 10\.0\.1\.2 !\w +$", shown, re.M) \
        or "  * " in shown
    shown = tools.cli("R1", "traceroute 10.0.1.99 timeout 1 probe 1 ttl 1 2")
    assert shown.count("*") == 2
    configure(tools, "no ip route 10.7.0.0 255.255.0.0 10.0.1.2")


def test_files_are_copied_shown_and_deleted(tools):
    shown = tools.cli("R1", "copy running-config flash:base.cfg", "")
    assert re.search(r"\d+ bytes copied in \d\.\d+ secs", shown)
    assert "base.cfg" in tools.cli("R1", "dir flash:")
    assert "hostname R1" in tools.cli("R1", "more flash:base.cfg")
    shown = tools.cli("R1", "copy run flash:base.cfg", "", "")
    assert "already existing with this name" in shown
    tools.cli("R1", "copy flash:base.cfg startup-config", "")
    assert "hostname R1" in tools.cli("R1", "show startup-config")
    tools.cli("R1", "delete flash:base.cfg", "", "")
    assert "base.cfg" not in tools.cli("R1", "dir")
    for name in ("flash:../startup-config", "flash:/etc/passwd",
                 "flash:.hidden", "tftp://10.0.0.1/x"):
        done = tools.run("cli", "R1", f"more {name}", check=False)
        assert done.returncode and "%Error opening" in done.stdout


def test_a_configuration_is_replaced_by_another(tools):
    before = tools.cli("R1", "copy run flash:good.cfg", "",
                       "show running-config")
    configure(tools, "hostname OTHER", "interface Loopback5",
              "ip address 5.5.5.5 255.255.255.255", "interface Loopback0",
              "description changed", "ip access-list extended A",
              "permit ip any any", "username u password p",
              "banner motd #hello#", "line vty 0 4", "exec-timeout 1 0")
    differences = tools.cli("R1", "show archive config differences "
                            "flash:good.cfg")
    assert "+hostname OTHER" in differences
    assert "interface Loopback0\n +description changed" in differences
    shown = tools.cli("R1", "configure replace flash:good.cfg list", "y")
    assert "This will apply all necessary additions and deletions" in shown
    assert "no interface Loopback5" in shown and "Rollback Done" in shown
    after = tools.cli("R1", "show running-config")

    def lines(text):
        return [line for line in text.splitlines()
                if re.match(r" ?[a-z]", line)]
    assert lines(after) == [line for line in lines(before)
                            if "bytes copied" not in line
                            and "Destination" not in line]
    assert "No changes were found" in tools.cli(
        "R1", "show archive config differences flash:good.cfg")


def test_a_configuration_with_an_error_changes_nothing(tools):
    state = tools.node("R1")["state_dir"]
    os.makedirs(os.path.join(state, "flash"), exist_ok=True)
    with open(os.path.join(state, "flash", "bad.cfg"), "w",
              encoding="ascii") as file:
        file.write("version 15.4\nhostname BAD\nnonsense here\nend\n")
    done = tools.run("cli", "R1", "configure replace flash:bad.cfg force",
                     check=False)
    assert done.returncode and "nonsense here" in done.stdout
    assert "as it was before" in done.stdout
    shown = tools.cli("R1", "show running-config")
    assert "hostname R1" in shown and "10.0.1.1" in shown
    assert "(5/5)" in tools.cli("R1", "ping 10.0.2.2")


def test_tech_support_has_no_secrets(tools):
    configure(tools, "username u password VERYSECRET",
              "crypto isakmp key VERYSECRET address 10.0.1.2",
              "line vty 0 4", "password VERYSECRET")
    shown = tools.cli("R1", "show tech-support")
    assert "VERYSECRET" not in shown and "<removed>" in shown
    heads = re.findall(r"^-{18} (show .*) -{18}$", shown, re.M)
    assert heads[0] == "show running-config" and len(heads) > 20
    assert "% Invalid input" not in shown
    configure(tools, "no username u",
              "no crypto isakmp key VERYSECRET address 10.0.1.2",
              "line vty 0 4", "no password")


def test_processes_are_the_threads_of_the_router(tools):
    shown = tools.cli("R1", "show processes cpu sorted")
    assert re.search(r"^CPU utilization for five seconds: \d+%/0%; one "
                     r"minute: \d+%; five minutes: \d+%$", shown, re.M)
    pid = tools.node("R1")["pid"]
    assert re.search(rf"^ *{pid} +\d+ +\d+ .* getvpnd$", shown, re.M)
    assert "Holding" in tools.cli("R1", "show processes memory")
    assert re.search(r"^Processor +\d+ +\d+ +\d+$",
                     tools.cli("R1", "show memory"), re.M)
