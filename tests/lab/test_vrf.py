# SPDX-License-Identifier: GPL-3.0-or-later
"""VRF-lite: one member, two VRFs with the same addresses, two groups."""

import os
import re
import time

import pytest

import attacker
import vrf_lab
from labs import Lab, until
from test_round_trip import config_of, empty_router

TARGET = "10.72.0.10"
NEAR = "10.71.0.10"
SIDES = {"RED": "PCR", "BLUE": "PCB"}
CORES = {"RED": "PR", "BLUE": "PB"}
ICMP, ESP = 1, 50
PORTS = ("Ethernet0/0", "Ethernet0/1", "Ethernet0/2", "Ethernet0/3")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with Lab(vrf_lab.write(tmp_path_factory.mktemp("vrf"))) as made:
        made.wait_registered("GMR", "GMB")
        wait_both(made)
        # Neighbours are found once.
        for host in SIDES.values():
            until(lambda host=host: passes(made, host), 20, "a path")
        yield made


def wait_both(lab):
    until(lambda: statuses(lab) == ["Registered"] * 2, 60,
          "both memberships are registered")


def statuses(lab):
    shown = lab.cli("GM", "show crypto gdoi gm", check=False)
    return re.findall(r"Registration status\s*: (.*)", shown)


def ping(lab, host, to=TARGET, count=3):
    done = lab.exec(host, "ping", "-c", str(count), "-i", "0.2", "-W", "1",
                    to, check=False)
    return int(re.search(r"(\d+) received", done.stdout)[1])


def passes(lab, host):
    return ping(lab, host) == 3


def counters(lab):
    """{group: (encrypted, decrypted)} of the member."""
    shown = lab.cli("GM", "show crypto gdoi gm dataplane counters")
    return {name: (int(out), int(inwards)) for name, out, inwards in re.findall(
        r"group (\w+):\s+#pkts encrypt\s*: (\d+)\s+#pkts decrypt\s*: (\d+)",
        shown)}


def spis(frames):
    return {p[20:24] for p in attacker.ip_packets(frames, ESP, NEAR, TARGET)}


def test_01_each_interface_works_in_its_vrf(lab):
    rows = {line.split()[0]: line.split()[1:]
            for line in lab.cli("GM", "show ip interface brief").splitlines()}
    for name in PORTS:
        assert rows[name][-2:] == ["up", "up"]
    assert rows["Ethernet0/0"][0] == rows["Ethernet0/2"][0] == "192.168.72.2"
    assert lab.cli("GM", "show vrf").splitlines() == [
        "  Name                             Default RD            Protocols"
        "   Interfaces",
        "  BLUE                             65000:2               ipv4     "
        "   Lo2",
        " " * 69 + "Et0/2",
        " " * 69 + "Et0/3",
        "  RED                              65000:1               ipv4     "
        "   Lo1",
        " " * 69 + "Et0/0",
        " " * 69 + "Et0/1"]
    shown = lab.cli("GM", "show ip vrf interfaces")
    assert re.search(r"^Et0/2 +192\.168\.72\.2 +BLUE +up$", shown, re.M)


def test_02_each_vrf_has_a_routing_table_of_its_own(lab):
    red = lab.cli("GM", "show ip route vrf RED")
    assert "Routing Table: RED\n" in red
    assert re.search(r"^S\* +0\.0\.0\.0/0 \[1/0\] via 192\.168\.72\.1$", red,
                     re.M)
    assert "C        10.71.0.0/24 is directly connected, Ethernet0/1" in red
    assert "Ethernet0/2" not in red
    blue = lab.cli("GM", "show ip route vrf BLUE")
    assert "C        10.71.0.0/24 is directly connected, Ethernet0/3" in blue
    assert "directly connected" not in lab.cli("GM", "show ip route")
    assert "% VRF GREEN does not exist" in lab.cli(
        "GM", "show ip route vrf GREEN", check=False)


def test_03_both_are_registered_out_of_their_vrf(lab):
    shown = lab.cli("GM", "show crypto gdoi gm")
    assert re.findall(r"Group member +: (\S+) +vrf: (\w+)", shown) == [
        ("192.168.72.2", "RED"), ("192.168.72.2", "BLUE")]
    assert re.findall(r"fvrf/ivrf +: (\S+)", shown) == [
        "RED/RED", "BLUE/BLUE"]
    logged = lab.cli("GM", "show logging | include REGS_COMPL")
    for vrf in SIDES:
        assert f"complete for group {vrf} using address 192.168.72.2 " \
            f"fvrf {vrf} ivrf {vrf}" in logged
    assert re.findall(r"protected vrf: (\w+)",
                      lab.cli("GM", "show crypto ipsec sa")) == [
        "RED", "RED", "BLUE", "BLUE"]
    assert sorted(re.findall(
        r"192\.168\.72\.2 +192\.168\.71\.2 +(\w+) +ACTIVE",
        lab.cli("GM", "show crypto isakmp sa detail"))) == ["BLUE", "RED"]
    # Two key servers with one address, each with a key of its own.
    keys = lab.cli("GM", "show crypto isakmp key")
    assert re.findall(r"^(\w+) +192\.168\.71\.2 +(\S+)$", keys, re.M) == [
        ("BLUE", "Blue-Pass"), ("RED", "Red-Pass")]


def test_03_sessions_are_shown_with_their_vrf(lab):
    shown = lab.cli("GM", "show crypto session")
    assert shown.startswith("Crypto session current status\n\n"
                            "Interface: Ethernet0/0\n"
                            "Session status: UP-ACTIVE     \n"
                            "Peer: 0.0.0.0 port 848 \n")
    assert re.findall(r"permit ip (\S+) (\S+) \n +Active SAs: 2", shown) == [
        ("10.71.0.0/255.255.0.0", "10.72.0.0/255.255.0.0"),
        ("10.72.0.0/255.255.0.0", "10.71.0.0/255.255.0.0")] * 2
    assert shown.count("IKEv1 SA: local 192.168.72.2/848 remote "
                       "192.168.71.2/848 Active ") == 2
    detail = lab.cli("GM", "show crypto session detail")
    assert sorted(re.findall(
        r"^Interface: (\S+)\nSession status: (\S+) +\n"
        r"Peer: (\S+) port 848 fvrf: (\w+) ivrf: (\w+)$", detail, re.M)) == [
        (f"Ethernet0/{port}", status, peer, vrf, vrf)
        for port, vrf in ((0, "RED"), (2, "BLUE"))
        for status, peer in (("UP-ACTIVE", "0.0.0.0"),
                             ("UP-IDLE", "192.168.71.2"))]
    shown = lab.cli("KSR", "show crypto session detail")
    assert "Peer: 192.168.72.2 port 848 fvrf: (none) ivrf: (none)" in shown


@pytest.mark.parametrize("vrf, other", [("RED", "BLUE"), ("BLUE", "RED")])
def test_04_what_is_of_one_vrf_stays_in_it(lab, vrf, other):
    before = counters(lab)
    with lab.capture(CORES[vrf], "eth2") as mine, \
            lab.capture(CORES[other], "eth2") as theirs:
        assert passes(lab, SIDES[vrf])
    assert len(attacker.ip_packets(mine.frames, ESP, NEAR, TARGET)) == 3
    assert not attacker.ip_packets(mine.frames, ICMP, NEAR, TARGET)
    for protocol in (ICMP, ESP):
        assert not attacker.ip_packets(theirs.frames, protocol, NEAR, TARGET)
    after = counters(lab)
    assert [b - a for a, b in zip(before[vrf], after[vrf])] == [3, 3]
    assert before[other] == after[other]


def test_05_the_keys_of_one_vrf_open_nothing_in_the_other(lab):
    """ESP of the red core, played into the blue core."""
    with lab.capture("PR", "eth2") as core:
        assert passes(lab, "PCR")
    stolen = attacker.ip_packets(core.frames, ESP, TARGET, NEAR)
    assert len(stolen) == 3
    with lab.capture("PCB", "eth1") as lan, lab.capture("PCR", "eth1") as own:
        attacker.send_ip(lab, "PB", stolen)
        time.sleep(0.3)
    for seen in (lan, own):
        assert not attacker.ip_packets(seen.frames, ICMP, TARGET, NEAR)
    until(lambda: "RECVD_PKT_INV_SPI" in lab.cli("GM", "show logging"), 10,
          "the foreign SPI is logged")


def test_05_the_log_names_the_vrf(lab):
    lab.exec("PB", "ip", "addr", "add", f"{TARGET}/32", "dev", "lo")
    lab.exec("PB", "ping", "-c", "1", "-W", "1", "-I", TARGET, NEAR,
             check=False)
    lab.exec("PB", "ip", "addr", "del", f"{TARGET}/32", "dev", "lo")
    until(lambda: f"vrf/dest_addr= BLUE/{NEAR}, src_addr= {TARGET}" in
          lab.cli("GM", "show logging"), 10, "the clear packet is logged")


def test_06_tools_look_out_of_a_vrf(lab):
    for vrf in SIDES:
        shown = lab.cli("GM", f"ping vrf {vrf} {TARGET} source "
                        f"{'lo1' if vrf == 'RED' else 'lo2'} repeat 3")
        assert "Success rate is 100 percent (3/3)" in shown
    shown = lab.cli("GM", f"ping {TARGET} repeat 1 timeout 1")
    assert "Success rate is 0 percent (0/1)" in shown
    shown = lab.cli("GM", f"traceroute vrf RED {TARGET} probe 1")
    assert re.search(r"^ +1 192\.168\.72\.1 \d+ msec$", shown, re.M)
    assert "% Invalid source address" in lab.cli(
        "GM", f"ping vrf RED {TARGET} source e0/2", check=False)
    shown = lab.cli("GM", "telnet 192.168.71.2 /vrf RED", check=False)
    assert "Trying 192.168.71.2 ... Open" in shown
    shown = lab.cli("GM", "telnet 192.168.71.2", check=False)
    assert "Destination unreachable" in shown


def test_07_a_rekey_stays_in_its_vrf(lab):
    with lab.capture("PR", "eth2") as before:
        assert passes(lab, "PCR")
    lab.cli("KSR", "crypto gdoi ks rekey replace-now")
    until(lambda: "seq # 1" in lab.cli(
        "GM", "show logging | include RECV_REKEY.*RED"), 20, "a rekey")
    assert not re.search("GDOI-5-GM_RECV_REKEY.*BLUE",
                         lab.cli("GM", "show logging"))
    until(lambda: passes(lab, "PCR"), 10, "red goes on")
    with lab.capture("PR", "eth2") as after:
        assert passes(lab, "PCR")
    assert not spis(before.frames) & spis(after.frames)
    assert passes(lab, "PCB")


def test_08_a_power_cut_loses_nothing(lab):
    wanted = config_of(lab, "GM")
    lab.cli("GM", "write memory")
    lab.run("restart", "GM", "--power-cut")
    wait_both(lab)
    assert config_of(lab, "GM") == wanted
    for host in SIDES.values():
        until(lambda host=host: passes(lab, host), 10, "it works again")
    # What belongs to the machine is where it was.
    shown = lab.exec("GM", "ls", "/sys/class/net").stdout.split()
    assert {"eth1", "eth2", "eth3", "eth4"} <= set(shown)


def test_09_a_running_config_is_a_router(lab, make_lab, tmp_path):
    (tmp_path / "empty.clab.yml").write_text(empty_router(4))
    empty = make_lab(str(tmp_path / "empty.clab.yml"))
    (tmp_path / "running").write_text(lab.cli("GM", "show running-config"))
    empty.run("paste", "R", str(tmp_path / "running"))
    assert config_of(empty, "R") == config_of(lab, "GM")
    assert empty.cli("R", "show vrf") == lab.cli("GM", "show vrf")
    assert "Ethernet0/0                192.168.72.2" in empty.cli(
        "R", "show ip interface brief")


def test_10_interfaces_come_and_go(lab):
    said = lab.cli("GM", "configure terminal", "interface e0/1",
                   "no vrf forwarding", "ip address 10.71.0.1 255.255.255.0",
                   f"do ping {NEAR} repeat 2", "end")
    assert "% Interface Ethernet0/1 IPv4 disabled and address(es) removed " \
        "due to disabling VRF RED" in said
    assert "Success rate is 100 percent (2/2)" in said
    assert not ping(lab, "PCR", count=1)
    assert passes(lab, "PCB")
    said = lab.cli("GM", "configure terminal", "interface e0/1",
                   "vrf forwarding RED", "ip address 10.71.0.1 255.255.255.0",
                   "end")
    assert "address(es) removed due to enabling VRF RED" in said
    until(lambda: passes(lab, "PCR"), 10, "it is back")
    lab.cli("GM", "configure terminal", "interface e0/0", "no vrf forwarding",
            "end")
    until(lambda: "Not initialized" in statuses(lab), 10,
          "nowhere to register from")
    lab.cli("GM", "configure terminal", "interface e0/0", "vrf forwarding RED",
            "ip address 192.168.72.2 255.255.255.0", "end")
    wait_both(lab)
    until(lambda: passes(lab, "PCR"), 10, "it is back")


def test_11_a_member_may_register_in_another_vrf(lab):
    """What it protects is in RED, its key server is BLUE's."""
    lab.cli("GM", "configure terminal", "crypto gdoi group RED",
            "identity number 2222", "client registration interface e0/2",
            "end")
    wait_both(lab)
    shown = lab.cli("GM", "show crypto gdoi gm")
    assert re.findall(r"fvrf/ivrf +: (\S+)", shown) == [
        "BLUE/RED", "BLUE/BLUE"]
    assert "address 192.168.72.2 fvrf BLUE ivrf RED" in lab.cli(
        "GM", "show logging | include REGS_COMPL")
    lab.cli("GM", "configure terminal", "crypto gdoi group RED",
            "identity number 1111", "no client registration interface", "end")
    wait_both(lab)
    until(lambda: passes(lab, "PCR"), 10, "it is back")


def test_12_a_vrf_that_goes_takes_its_addresses_and_routes(lab):
    said = lab.cli("GM", "configure terminal", "no ip vrf BLUE", "end")
    assert "% IPv4 and IPv6 addresses from all interfaces in VRF BLUE have " \
        "been removed" in said
    shown = lab.cli("GM", "show running-config")
    assert "forwarding BLUE" not in shown and "route vrf BLUE" not in shown
    rows = lab.cli("GM", "show ip interface brief")
    assert re.search(r"Ethernet0/2 +unassigned", rows)
    assert passes(lab, "PCR")
    assert not ping(lab, "PCB", count=1)


def test_13_it_leaves_the_machine_as_it_was(lab):
    pid = lab.node("GM")["pid"]
    before = set(os.listdir(f"/proc/{pid}/fd"))
    spaces = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in before]
    assert len([s for s in spaces if s.startswith("net:")]) == 1   # RED
    lab.cli("GM", "configure terminal", "no vrf definition RED", "end")
    spaces = [os.readlink(f"/proc/{pid}/fd/{fd}")
              for fd in os.listdir(f"/proc/{pid}/fd")]
    assert not [s for s in spaces if s.startswith("net:")]
    shown = lab.exec("GM", "ls", "/sys/class/net").stdout
    assert "gv-" not in shown.replace("gv-eth1", "").replace("gv-eth3", "")
