# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab runner with plain namespaces: what needs no router of ours."""

import os
import signal
import subprocess
import threading
import time

import pytest

from labs import PROGRAM, leftovers, run, until

PLAIN = """\
name: plain
mgmt: {network: none, ipv4-subnet: 172.80.80.0/24}
topology:
  defaults: {kind: linux, image: "alpine:3", env: {COLOUR: grey}}
  kinds:
    linux: {exec: ["ip link set lo mtu 9000"]}
  nodes:
    a:
      cpu: 1
      exec:
        - ip addr add 10.9.0.1/24 dev eth1
        - ip addr add 10.8.0.1/24 dev eth2
    b: {exec: ["ip addr add 10.9.0.2/24 dev eth1"]}
    c:
      exec:
        - ip addr add 10.8.0.2/24 dev eth1
        - ip route add 10.9.0.0/24 via 10.8.0.1
    sw: {kind: bridge}
  links:
    - endpoints: ["a:eth1", "sw:port-a"]
    - endpoints: ["b:eth1", "sw:port-b"]
    - type: veth
      mtu: 1400
      endpoints: [{node: a, interface: eth2}, {node: c, interface: eth1}]
"""


@pytest.fixture
def plain_file(tmp_path):
    path = tmp_path / "plain.clab.yml"
    path.write_text(PLAIN)
    return str(path)


@pytest.fixture
def plain(plain_file, make_lab):
    return make_lab(plain_file)


def pings(lab, node, address):
    return lab.exec(node, "ping", "-c", "1", "-W", "1", address,
                    check=False).returncode == 0


def test_cables_and_bridges_carry_packets(plain):
    assert pings(plain, "a", "10.9.0.2")
    assert pings(plain, "a", "10.8.0.2")


def test_a_link_has_the_mtu_the_file_gives(plain):
    assert "mtu 1400" in plain.exec("c", "ip", "link", "show", "eth1").stdout


def test_kinds_and_defaults_reach_every_node(plain):
    for node in "abc":
        assert "mtu 9000" in plain.exec(node, "ip", "link", "show", "lo").stdout
        assert plain.exec(node, "printenv", "COLOUR").stdout == "grey\n"


def test_exec_passes_the_exit_status_on(plain):
    assert plain.exec("a", "sh", "-c", "exit 7", check=False).returncode == 7


def test_options_may_stand_behind_the_verb(plain):
    assert f"lab {plain.name} " in run("status", "--name", plain.name).stdout


def test_a_pulled_cable_carries_nothing_and_routes_come_back(plain):
    plain.run("link", "c:eth1", "down")
    assert not pings(plain, "a", "10.8.0.2")
    assert plain.status()["unplugged"] == ["c:eth1"]
    plain.run("link", "c:eth1", "up")
    until(lambda: pings(plain, "a", "10.8.0.2"), 5, "the cable is back")
    assert "10.9.0.0/24 via 10.8.0.1" in plain.exec("c", "ip", "route").stdout


def test_the_host_sees_no_device_of_a_lab(plain_file, make_lab):
    before = set(os.listdir("/sys/class/net"))
    make_lab(plain_file)
    assert set(os.listdir("/sys/class/net")) == before


def test_two_labs_of_one_file_do_not_meet(plain_file, make_lab):
    one, two = make_lab(plain_file), make_lab(plain_file)
    two.exec("b", "ip", "addr", "del", "10.9.0.2/24", "dev", "eth1")
    assert pings(one, "a", "10.9.0.2")
    assert not pings(two, "a", "10.9.0.2")
    two.down()
    assert pings(one, "a", "10.9.0.2")


def test_up_refuses_a_lab_that_is_there(plain, plain_file):
    again = run("--name", plain.name, "up", plain_file, check=False)
    assert again.returncode == 1
    assert "is there already" in again.stderr
    assert pings(plain, "a", "10.9.0.2")


def test_down_twice_is_no_error(plain):
    plain.down()
    done = run("--name", plain.name, "down")
    assert "is not up" in done.stdout


def test_down_ends_programs_that_run_in_a_node(plain):
    with subprocess.Popen([PROGRAM, "--name", plain.name, "exec", "a", "--",
                           "sleep", "98765"]) as sleeper:
        until(lambda: "98765" in plain.exec("a", "ps", "ax").stdout, 5,
              "it runs")
        plain.down()
        assert sleeper.wait(5) != 0


def test_down_ends_a_program_that_ignores_being_asked(plain):
    with subprocess.Popen([PROGRAM, "--name", plain.name, "exec", "a", "--",
                           "sh", "-c",
                           "trap '' TERM; while :; do sleep 1; done"]):
        time.sleep(0.5)
        plain.down()


@pytest.mark.parametrize("delay", [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8])
def test_nothing_is_left_of_a_killed_up(plain_file, delay):
    name = f"test{os.getpid()}-killed"
    with subprocess.Popen([PROGRAM, "--name", name, "up", plain_file],
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as child:
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
    run("--name", name, "down")
    assert leftovers(name) == []


def test_nothing_is_left_of_an_up_that_was_told_to_end(plain_file):
    name = f"test{os.getpid()}-told"
    try:
        with subprocess.Popen([PROGRAM, "--name", name, "up", plain_file],
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as child:
            until(lambda: leftovers(name), 5, "it has begun")
            child.send_signal(signal.SIGTERM)
        assert leftovers(name) == []
    finally:
        run("--name", name, "down")


def test_two_users_at_once_are_kept_apart(plain_file):
    name = f"test{os.getpid()}-race"
    results = []

    def work():
        results.append(run("--name", name, "up", plain_file,
                           check=False).returncode)
    threads = [threading.Thread(target=work) for _ in range(3)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == [0, 1, 1]
    finally:
        run("--name", name, "down")
    assert leftovers(name) == []


@pytest.mark.parametrize("text, complaint", [
    ("name: x\n", "no nodes"),
    ("topology: {nodes: {a: {}}}\n", "no name"),
    ("name: a.b\ntopology: {nodes: {a: {}}}\n", "cannot be a lab's name"),
    ("name: x\ntopology: {nodes: {a: {kind: srl}}}\n", "needs containers"),
    ("name: x\ntopology: {nodes: {a: {}}, links: [{endpoints: ['a:eth1', "
     "'b:eth1']}]}\n", "no node 'b'"),
    ("name: x\ntopology: {nodes: {a: {}, b: {}, c: {}}, links: [{endpoints: "
     "['a:eth1', 'b:eth1']}, {endpoints: ['a:eth1', 'c:eth1']}]}\n",
     "used twice"),
    ("name: x\ntopology: {nodes: {a: {}, b: {}}, links: [{endpoints: "
     "['a:eth1-is-too-long', 'b:eth1']}]}\n", "interface's name"),
    ("name: [x\n", "not YAML"),
    ("name: x\ntopology: {nodes: {a: {image: opengetvpn, binds: "
     "['none.cfg:/etc/getvpn/startup-config']}}}\n", "no file none.cfg"),
])
def test_a_bad_file_is_refused_with_the_reason(tmp_path, text, complaint):
    path = tmp_path / "bad.yml"
    path.write_text(text)
    done = run("--name", "testbad", "up", str(path), check=False)
    assert done.returncode == 1
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
    assert leftovers("testbad") == []


def test_a_failing_exec_line_is_reported_and_passed_over(tmp_path, make_lab):
    path = tmp_path / "exec.yml"
    path.write_text("name: x\ntopology: {nodes: {a: {exec: "
                    "['ip link add nonsense', 'ip link set lo mtu 1234']}}}\n")
    lab = make_lab(str(path))
    assert "a: 'ip link add nonsense' failed" in lab.said.stderr
    assert "mtu 1234" in lab.exec("a", "ip", "link", "show", "lo").stdout


def test_a_verb_without_its_lab_says_which_there_are(plain):
    done = run("--name", "testnone", "exec", "a", "--", "true", check=False)
    assert done.returncode == 1
    assert "lab testnone is not up" in done.stderr
    assert plain.name in done.stderr


def test_help_names_every_verb():
    shown = run("--help").stdout
    for verb in ("up", "down", "status", "console", "cli", "paste", "exec",
                 "link", "restart"):
        assert f"\n    {verb} " in shown
