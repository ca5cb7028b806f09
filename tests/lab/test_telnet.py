# SPDX-License-Identifier: GPL-3.0-or-later
"""telnet from router to router: the client at the prompt, the vty lines."""

import subprocess
import time

import pytest

import transcript
from labs import PROGRAM, Lab, until

TCP, ESP = 6, 50
BREAK = "\x1e"
CTRL_C = "\x03"
OPEN = "Trying 10.1.1.2 ... Open"
CLOSED = "[Connection to 10.1.1.2 closed by foreign host]"
REFUSED = "% Connection refused by remote host"
TIMED_OUT = "% Connection timed out; remote host not responding"
UNREACHABLE = "% Destination unreachable; gateway or host down"
# IOS: ip tcp synwait-time 30; a script waits 10 s for one that is silent.
SYN_WAIT, SILENCE = 30, 10

TOPOLOGY = """\
name: telnet
topology:
  nodes:
    R1:
      kind: linux
      image: opengetvpn:latest
      env: {GETVPN_IFMAP: Ethernet0/0=eth1}
      startup-config: R1.cfg
    R2:
      kind: linux
      image: opengetvpn:latest
      env: {GETVPN_IFMAP: "Ethernet0/0=eth1,Ethernet0/1=eth2"}
      startup-config: R2.cfg
    pc:
      kind: linux
      exec:
        - ip addr add 10.1.2.10/24 dev eth1
        - ip route add 10.1.1.0/24 via 10.1.2.1
  links:
    - endpoints: ["R1:eth1", "R2:eth1"]
    - endpoints: ["R2:eth2", "pc:eth1"]
"""
CONFIGS = {
    "R1": """\
hostname R1
ip host far 10.1.1.2
interface Loopback0
 ip address 10.1.9.1 255.255.255.255
interface Ethernet0/0
 ip address 10.1.1.1 255.255.255.0
 no shutdown
ip route 10.1.2.0 255.255.255.0 10.1.1.2
end
""",
    "R2": """\
hostname R2
enable secret Rain-3
username kim secret Snow-4
interface Ethernet0/0
 ip address 10.1.1.2 255.255.255.0
 no shutdown
interface Ethernet0/1
 ip address 10.1.2.1 255.255.255.0
 no shutdown
ip route 10.1.9.1 255.255.255.255 10.1.1.1
end
"""}

# Holds as many telnet sessions as it is told, until its input ends; each is
# waited for until it asks for something, or is closed.
HOLDER = """\
import socket, sys
held = []
for _ in range({count}):
    held.append(socket.create_connection(("10.1.1.2", 23), timeout=10))
    seen = data = b"-"
    while data and not seen.endswith((b"R2>", b"Password: ")):
        data = held[-1].recv(4096)
        seen += data
print("held", flush=True)
sys.stdin.read()
"""
# Says something once, or never, and closes when the other end does.
SPEAKER = """\
import socket
with socket.create_server(("10.1.2.10", 7777)) as server:
    print("ready", flush=True)
    sock = server.accept()[0]
    sock.sendall({text!r})
    if {wait}:
        while sock.recv(4096):
            pass
print("closed", flush=True)
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    place = tmp_path_factory.mktemp("telnet")
    (place / "telnet.clab.yml").write_text(TOPOLOGY)
    for name, text in CONFIGS.items():
        (place / f"{name}.cfg").write_text(text)
    with Lab(str(place / "telnet.clab.yml")) as made:
        yield made


@pytest.fixture
def line(lab):
    """Sets up the vty lines of R2; as they were when the test is over."""
    def configure(*commands):
        lab.cli("R2", "configure terminal", "line vty 0 4", *commands, "end")
    yield configure
    configure("login", "no password", "transport input all",
              "no privilege level")


class Program:
    """A Python program in a node, that is ready when it says so."""

    def __init__(self, lab, node, text, ready):
        self.process = subprocess.Popen(
            [PROGRAM, "--name", lab.name, "exec", node, "--", "python3", "-c",
             text], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == ready + "\n"

    def end(self):
        out, _ = self.process.communicate(timeout=20)
        return out


def test_the_articles_transcript(article):
    """And the session is in ESP on its way through the core."""
    with article.capture("P", "eth1") as core:
        transcript.play(article.console("HOST1"), "telnet")
    passed = [p for p in core.packets()
              if {p.src, p.dst} == {"10.0.111.2", "10.0.33.2"}]
    assert len(passed) >= 6
    assert {p.protocol for p in passed} == {ESP}
    assert TCP not in {p.protocol for p in core.packets()}


def test_a_password_is_asked_for_and_must_be_right(lab, line):
    line("password Wind-1", "login")
    r1 = lab.console("R1")
    assert r1.ask("telnet 10.1.1.2") == "Password: "
    shown = r1.screen.lines
    assert shown[-5:-1] == [OPEN, "", "User Access Verification", ""]
    assert r1.ask("Wind-2") == "Password: "
    r1.ask("Wind-1")
    assert r1.prompt() == "R2>"
    assert "Wind" not in "\n".join(r1.screen.lines)
    assert r1.type("exit") == [CLOSED]


def test_three_wrong_passwords_end_it(lab, line):
    line("password Wind-1", "login")
    r1 = lab.console("R1")
    r1.ask("telnet 10.1.1.2")
    r1.ask("a")
    r1.ask("b")
    r1.ask("c")
    r1.read(0.5)
    assert r1.screen.lines[-4:-1] == ["% Bad passwords", "", CLOSED]
    assert r1.prompt() == "R1#"


def test_a_user_logs_in_by_name(lab, line):
    line("login local")
    r1 = lab.console("R1")
    assert r1.ask("telnet 10.1.1.2") == "Username: "
    assert r1.ask("kim") == "Password: "
    r1.ask("Snow-4")
    assert r1.prompt() == "R2>"
    shown = "\n".join(r1.type("show users"))
    assert "kim" in shown and "10.1.1.1" in shown
    assert r1.type("exit") == [CLOSED]


@pytest.mark.parametrize("command, opened", [
    ("10.1.1.2", OPEN), ("far", "Trying far (10.1.1.2)... Open"),
    ("telnet far", "Trying far (10.1.1.2)... Open"),
    ("telnet 10.1.1.2 telnet", OPEN),
    ("telnet 10.1.1.2 23 /source-interface Ethernet0/0", OPEN)])
def test_ways_to_say_it(lab, command, opened):
    shown = lab.console("R1").type(command)
    assert shown[:2] == [opened, "Password required, but none set"]
    assert shown[2].endswith("closed by foreign host]") and len(shown) == 3


def test_the_source_interface_gives_the_address(lab, line):
    line("no login")
    r1 = lab.console("R1")
    r1.type("telnet 10.1.1.2 /source-interface Loopback0")
    assert "10.1.9.1" in "\n".join(r1.type("show users"))
    r1.type("exit")


def test_from_a_host_that_is_no_router(lab, line):
    line("password Wind-1", "login")
    done = lab.run("exec", "pc", "--", "sh", "-c",
                   "(sleep 1; echo Wind-1; sleep 1; echo show users; sleep 1;"
                   " echo exit; sleep 1) | telnet 10.1.2.1", check=False)
    assert "10.1.2.10" in done.stdout


def test_nobody_listens_there(lab):
    shown = lab.console("R1").type("telnet 10.1.1.2 81")
    assert shown == ["Trying 10.1.1.2, 81 ... ", REFUSED, ""]


def test_there_is_no_such_host(lab):
    r1 = lab.console("R1")
    assert r1.type("telnet 10.1.1.77") == ["Trying 10.1.1.77 ... ",
                                           UNREACHABLE, ""]
    assert r1.type("telnet 10.200.0.1")[1] == UNREACHABLE


def test_a_host_that_does_not_answer(lab):
    lab.exec("pc", "ip", "route", "add", "blackhole", "10.1.1.1/32")
    began = time.monotonic()
    try:
        shown = lab.console("R1").type("telnet 10.1.2.10", SYN_WAIT + 10)
    finally:
        lab.exec("pc", "ip", "route", "del", "blackhole", "10.1.1.1/32")
    assert shown == ["Trying 10.1.2.10 ... ", TIMED_OUT, ""]
    assert SYN_WAIT - 1 < time.monotonic() - began < SYN_WAIT + 5


def test_trying_can_be_broken_off(lab):
    lab.exec("pc", "ip", "route", "add", "blackhole", "10.1.1.1/32")
    r1 = lab.console("R1")
    try:
        r1.send("telnet 10.1.2.10\r")
        r1.read(0.5)
        r1.send(BREAK)
        r1.read(0.5)
        assert r1.prompt() == "R1#"
    finally:
        lab.exec("pc", "ip", "route", "del", "blackhole", "10.1.1.1/32")


def test_away_and_back(lab, line):
    line("no login")
    r1 = lab.console("R1")
    assert r1.type("telnet 10.1.1.2") == [OPEN, ""] or r1.prompt() == "R2>"
    assert r1.type("show privilege") == ["Current privilege level is 1"]
    r1.send(BREAK + "x")
    r1.read(0.5)
    assert r1.prompt() == "R1#"
    assert r1.type("show privilege") == ["Current privilege level is 15"]
    assert r1.type("show sessions")[1].split() == \
        ["*", "1", "10.1.1.2", "10.1.1.2", "0", "10.1.1.2"]
    r1.send("resume\r\r")
    r1.read(0.5)
    assert "[Resuming connection 1 to 10.1.1.2 ... ]" in r1.screen.lines
    assert r1.prompt() == "R2>"
    r1.send(BREAK + "x")
    r1.read(0.5)
    assert r1.ask("disconnect") == "Closing connection to 10.1.1.2 [confirm]"
    r1.ask("")
    assert r1.type("show sessions") == ["% No connections open"]
    until(lambda: "10.1.1.1" not in lab.cli("R2", "show users"), 5,
          "R2 has noticed")


def test_control_c_goes_to_the_far_end(lab, line):
    line("no login", "privilege level 15")
    r1 = lab.console("R1")
    r1.type("telnet 10.1.1.2")
    r1.type("configure terminal")
    assert r1.prompt() == "R2(config)#"
    r1.send(CTRL_C)
    r1.read(0.5)
    assert r1.prompt() == "R2#"
    assert r1.type("exit") == [CLOSED]


def test_the_next_user_of_a_console_finds_no_connections(lab, line):
    line("no login")
    with lab.console("R1", fresh=True) as r1:
        r1.type("telnet 10.1.1.2")
        r1.send(BREAK + "x")
        r1.read(0.5)
        assert "10.1.1.1" in lab.cli("R2", "show users")
        r1.send("exit\r")
        r1.read(0.5)
        r1.send("\r")
        r1.read(0.5)
        assert r1.type("show sessions") == ["% No connections open"]
    until(lambda: "10.1.1.1" not in lab.cli("R2", "show users"), 5,
          "R2 has noticed")


def test_all_lines_taken_is_refused_until_one_is_free(lab, line):
    line("no login")
    r1 = lab.console("R1")
    holder = Program(lab, "R1", HOLDER.format(count=5), "held")
    try:
        assert r1.type("telnet 10.1.1.2") == ["Trying 10.1.1.2 ... ",
                                              REFUSED, ""]
    finally:
        holder.end()

    def answers():
        r1.type("telnet 10.1.1.2")
        return r1.prompt() == "R2>"
    until(answers, 5, "a line is free again")
    r1.type("exit")


def test_who_does_not_log_in_keeps_nobody_out(lab, line):
    line("password Wind-1", "login")
    holder = Program(lab, "R1", HOLDER.format(count=8), "held")
    try:
        r1 = lab.console("R1")
        assert r1.ask("telnet 10.1.1.2") == "Password: "
        r1.ask("Wind-1")
        assert r1.prompt() == "R2>"
        r1.type("exit")
    finally:
        holder.end()


def test_lines_that_let_nobody_in_refuse(lab, line):
    line("transport input none")
    r1 = lab.console("R1")
    r1.type("telnet 10.1.1.2")
    assert r1.type("telnet 10.1.1.2")[1] == REFUSED
    line("transport input telnet")
    until(lambda: "Open" in r1.type("telnet 10.1.1.2")[0], 5, "it is open")


def test_a_script_sees_all_of_it(lab):
    text = b"\xff\xfb\x01one\r\ntwo\r\n" + b"x" * 100000 + b"\r\nlast"
    far = Program(lab, "pc", SPEAKER.format(text=text, wait=False), "ready")
    done = lab.run("cli", "R1", "telnet 10.1.2.10 7777", "show privilege")
    assert done.stdout == (
        "Trying 10.1.2.10, 7777 ... Open\none\ntwo\n" + "x" * 100000
        + "\nlast\n[Connection to 10.1.2.10 closed by foreign host]\n"
          "Current privilege level is 15\n")
    far.end()


def test_a_script_does_not_wait_for_ever(lab):
    far = Program(lab, "pc", SPEAKER.format(text=b"Password: ", wait=True),
                  "ready")
    began = time.monotonic()
    done = lab.run("cli", "R1", "telnet 10.1.2.10 7777", check=False)
    assert done.returncode == 1
    assert "Password: \n[Connection to 10.1.2.10 closed: it is silent]" \
        in done.stdout
    assert SILENCE - 1 < time.monotonic() - began < SILENCE + 5
    assert far.end() == "closed\n"
