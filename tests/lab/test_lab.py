# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab runner with routers of ours."""

import os
import signal
import subprocess
import time

import pytest

from labs import PROGRAM, leftovers, run, until

MEMORY_LIMIT_KB = 20 * 1024
# The packets of an AF_XDP socket stay in place: 8192 of 2 KB, and its rings; a
# ring of AF_PACKET is as large.
WIRE_KB = 18 * 1024
# A router starts in under a second; the machine that tests may be busy.
START_LIMIT = 3.0


def test_status_lists_routers_with_their_consoles(article):
    nodes = article.status()["nodes"]
    routers = [n for n in nodes.values() if n["kind"] == "router"]
    assert len(routers) == 9
    assert all(n["state"] == "up" for n in nodes.values())
    assert len({n["console"]["port"] for n in routers}) == 9
    assert nodes["CE1"]["interfaces"] == {"eth1": "Ethernet0/0",
                                          "eth2": "Ethernet0/1"}


def test_cli_fails_when_the_router_says_an_error(article):
    for command in ("show nonsense", "show ip"):
        done = article.run("cli", "CE1", command, check=False)
        assert done.returncode == 1
        assert "% " in done.stdout


def test_cli_is_one_session(article):
    shown = article.cli("HOST4", "configure terminal", "interface Loopback7",
                        "ip address 10.7.7.7 255.255.255.255", "end",
                        "show ip interface brief | include Loopback7",
                        "configure terminal", "no interface Loopback7")
    assert "10.7.7.7" in shown


def test_node_names_may_be_typed_in_any_case(article):
    assert article.cli("host1", "show clock") != ""


def test_paste_types_a_file(article, tmp_path):
    path = tmp_path / "some.cfg"
    path.write_text("interface Loopback9\n ip address 10.9.9.9 "
                    "255.255.255.255\n!\nno interface Loopback9\n")
    article.run("paste", "HOST4", str(path))
    path.write_text("interface Loopback9\n ip adress 10.9.9.9\n")
    done = article.run("paste", "HOST4", str(path), check=False)
    assert done.returncode == 1
    article.cli("HOST4", "configure terminal", "no interface Loopback9")


def test_two_consoles_of_one_router_do_not_disturb_each_other(article):
    with article.console("HOST4", fresh=True) as one, \
            article.console("HOST4", fresh=True) as two:
        one.type("configure terminal")
        assert two.prompt() == "HOST4#"
        assert one.prompt() == "HOST4(config)#"
        two.type("terminal length 7")
        one.type("end")


def test_a_pulled_cable_is_seen_and_mended(article):
    article.run("link", "CE4:e0/1", "down")
    until(lambda: "(0/2)" in article.cli(
        "CE4", "ping 10.0.44.2 repeat 2 timeout 1"), 10, "no answer")
    article.run("link", "CE4:e0/1", "up")
    until(lambda: "(2/2)" in article.cli(
        "CE4", "ping 10.0.44.2 repeat 2 timeout 1"), 20, "an answer")


def test_a_router_holds_little_memory(article, capsys):
    sizes, over = {}, {}
    for name, node in article.status()["nodes"].items():
        if node["kind"] == "router":
            with open(f"/proc/{node['pid']}/status", encoding="ascii") as file:
                sizes[name] = int(file.read().split("VmRSS:")[1].split()[0])
            wires = article.cli(name, "show platform packet-path").count(
                " by af-")
            if sizes[name] >= MEMORY_LIMIT_KB + wires * WIRE_KB:
                over[name] = sizes[name]
    with capsys.disabled():
        print(f"\nmemory of a router: {min(sizes.values())} to "
              f"{max(sizes.values())} KB")
    assert not over


def test_a_router_starts_quickly(article, capsys):
    began = time.monotonic()
    article.run("restart", "HOST4")
    taken = time.monotonic() - began
    with capsys.disabled():
        print(f"\na router ended and started in {taken:.2f} s")
    assert taken < START_LIMIT


def test_nothing_is_left_when_routers_were_killed(make_lab):
    lab = make_lab("article")
    for name in ("KS1", "CE1", "HOST1"):
        os.kill(lab.node(name)["pid"], signal.SIGKILL)
    until(lambda: lab.node("CE1")["state"] == "dead", 5, "CE1 is dead")
    lab.down()


@pytest.mark.parametrize("delay", [0.3, 0.6, 1.0])
def test_nothing_is_left_of_a_killed_up_with_routers(delay):
    name = f"test{os.getpid()}-killed"
    with subprocess.Popen([PROGRAM, "--name", name, "up"],
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as child:
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
    run("--name", name, "down")
    assert leftovers(name) == []


def test_a_router_that_cannot_start_says_why(tmp_path):
    path = tmp_path / "bad.yml"
    path.write_text("name: x\ntopology: {nodes: {R1: {image: opengetvpn, "
                    "env: {GETVPN_IFMAP: 'Ethernet0/0'}}}}\n")
    name = f"test{os.getpid()}-bad"
    done = run("--name", name, "up", str(path), check=False)
    assert done.returncode == 1
    assert "R1: getvpnd" in done.stderr
    assert leftovers(name) == []


def test_two_labs_of_the_article_run_side_by_side(article, make_lab):
    other = make_lab("article")
    other.wait_registered("CE1", "CE3")
    assert "(5/5)" in other.cli("HOST1", "ping 10.0.33.2")
    assert "(5/5)" in article.cli("HOST1", "ping 10.0.33.2")
    other.down()
    assert "(5/5)" in article.cli("HOST1", "ping 10.0.33.2")


def test_a_daemon_of_an_exec_line_lives_until_down(make_lab, tmp_path):
    """Even one that holds on to what it was started with."""
    mark = tmp_path / "pid"
    path = tmp_path / "daemon.clab.yml"
    path.write_text("name: daemon\ntopology:\n  nodes:\n    pc:\n"
                    "      kind: linux\n      exec:\n"
                    f"        - sh -c 'sleep 1000 & echo $! >{mark}'\n")
    lab = make_lab(str(path))
    pid = int(mark.read_text())
    os.kill(pid, 0)
    lab.down()
    until(lambda: not os.path.exists(f"/proc/{pid}"), 5, "it has ended")
