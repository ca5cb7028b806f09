# SPDX-License-Identifier: GPL-3.0-or-later
"""SSH to a router: when it is there, who gets in, and as whom it runs."""

import os
import re
import shutil

import pexpect
import pytest

from access import access, configure, make_key  # noqa: F401
from labs import PROGRAM, until

OPTIONS = ["-o", "StrictHostKeyChecking=no", "-o",
           "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o",
           "PreferredAuthentications=password", "-o", "NumberOfPasswordPrompts=1"]
LIMIT = 20

pytestmark = pytest.mark.skipif(not shutil.which("ssh"), reason="no ssh")


def call(lab, user, password, *command, source=None):
    """ssh of a person at PC; what it shows after the password."""
    argv = ["--name", lab.name, "exec", "PC", "--", "ssh", *OPTIONS]
    argv += ["-b", source] if source else []
    child = pexpect.spawn(PROGRAM, [*argv, f"{user}@10.0.0.1", *command],
                          timeout=LIMIT, encoding="utf-8")
    child.expect("[Pp]assword: ?")
    child.sendline(password)
    return child


def run(lab, *arguments, **options):
    child = call(lab, *arguments, **options)
    child.expect(pexpect.EOF)
    child.close()
    return child.before.replace("\r", "")


def port_answers(lab):
    done = lab.exec("PC", "sh", "-c",
                    "ssh-keyscan -T 2 -t rsa 10.0.0.1 2>/dev/null",
                    check=False)
    return "ssh-rsa" in done.stdout


def test_without_a_key_there_is_no_ssh_and_with_one_there_is(access):  # noqa: F811,E501
    assert "SSH Disabled" in access.cli("R1", "show ip ssh")
    assert not port_answers(access)
    make_key(access)
    assert port_answers(access)
    logged = access.cli("R1", "show logging | include SSH-5")
    assert "%SSH-5-ENABLED: SSH 2.0 has been enabled" in logged


def test_the_host_key_is_the_router_s_own(access):  # noqa: F811
    make_key(access)
    scanned = access.exec("PC", "sh", "-c",
                          "ssh-keyscan -t rsa 10.0.0.1 2>/dev/null").stdout
    access.cli("R1", "crypto key zeroize rsa", "yes")
    until(lambda: not port_answers(access), 10, "port 22 is closed")
    make_key(access)
    again = access.exec("PC", "sh", "-c",
                        "ssh-keyscan -t rsa 10.0.0.1 2>/dev/null").stdout
    assert scanned and again and scanned.split()[-1] != again.split()[-1]


def test_a_user_works_at_his_prompt(access):  # noqa: F811
    make_key(access)
    child = call(access, "joe", "hashcat")
    child.expect_exact("R1>")
    child.sendline("enable")
    child.expect("Password: ")
    child.sendline("cisco")
    child.expect_exact("R1#")
    child.sendline("show users")
    child.expect(r"\*\s+\d vty \d\s+joe\s+idle\s+\S+\s+10\.0\.0\.2")
    child.sendline("show ssh")
    child.expect(r"2\.0\s+IN\s+Session started\s+joe")
    child.sendline("exit")
    child.expect(pexpect.EOF)
    logged = access.cli("R1", "show logging | include LOGIN_SUCCESS")
    assert "[user: joe] [Source: 10.0.0.2] [localport: 22]" in logged


def test_a_command_behind_ssh_is_run_and_nothing_else(access):  # noqa: F811
    make_key(access)
    shown = run(access, "admin", "password", "show privilege")
    assert "Current privilege level is 15" in shown
    for command in ("/bin/sh -c id", "show privilege; id", "`id`"):
        assert "uid=" not in run(access, "admin", "password", command)


@pytest.mark.parametrize("user, password", [
    ("joe", "wrong"), ("joe", ""), ("nobody", "hashcat"), ("root", ""),
    ("sshd", "x"), ("stranger", "hashcat")])
def test_who_has_no_password_stays_out(access, user, password):  # noqa: F811
    make_key(access)
    shown = run(access, user, password)
    assert "ermission denied" in shown and "R1>" not in shown


def test_a_failure_is_logged_without_the_password(access):  # noqa: F811
    make_key(access)
    run(access, "joe", "TopSecret99")
    logged = access.cli("R1", "show logging")
    assert re.search(r"%SEC_LOGIN-4-LOGIN_FAILED: Login failed \[user: joe\] "
                     r"\[Source: 10\.0\.0\.2\] \[localport: 22\]", logged)
    state = access.node("R1")["state_dir"]
    for name in ("log", "ssh.log"):
        with open(os.path.join(state, name), encoding="utf-8",
                  errors="replace") as file:
            assert "TopSecret99" not in file.read()
    assert "TopSecret99" not in logged


def test_the_session_has_no_rights_on_the_machine(access):  # noqa: F811
    make_key(access)
    child = call(access, "admin", "password")
    child.expect_exact("R1#")
    shells = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if b"--ssh" not in file.read().split(b"\0"):
                    continue
            with open(f"/proc/{pid}/status", encoding="ascii") as file:
                shells.append(dict(line.rstrip("\n").split(":", 1)
                                   for line in file))
        except OSError:
            continue
    child.close()
    assert shells
    for status in shells:
        assert "0" not in status["Uid"].split()
        assert status["CapEff"].strip("\t0") == ""
        assert status["CapPrm"].strip("\t0") == ""
        assert status["NoNewPrivs"].strip() == "1"


def test_nobody_can_claim_a_session_without_a_password(access):  # noqa: F811
    make_key(access)
    program = ("import socket\n"
               "s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)\n"
               "s.connect('\\0getvpnd-ssh')\n"
               "s.send(b'Hv10.0.0.2 22')\n"
               "s.settimeout(5)\n"
               "print(len(s.recv(100)))\n")
    done = access.exec("R1", "setpriv", "--reuid", "60848", "--clear-groups",
                       "/usr/bin/python3", "-c", program)
    assert done.stdout.strip() == "0"


def test_who_only_connects_keeps_nobody_out(access):  # noqa: F811
    make_key(access)
    idle = [access.start("PC", "/usr/bin/python3", "-c",
                         "import socket, time\n"
                         "s = socket.create_connection(('10.0.0.1', 22))\n"
                         "s.recv(100)\n"
                         "time.sleep(60)\n") for _ in range(10)]
    try:
        until(lambda: servers(access) > 3, 10, "sshds are there")
        assert "level is 15" in run(access, "admin", "password",
                                    "show privilege")
        until(lambda: servers(access) <= 9, 10, "not more than 8 sshds")
        child = pexpect.spawn(PROGRAM, ["--name", access.name, "exec", "PC",
                                        "--", "telnet", "10.0.0.1"],
                              timeout=LIMIT, encoding="utf-8")
        child.expect("Username:")
        child.close()
    finally:
        for process in idle:
            process.terminate()
            process.wait()
    until(lambda: not servers(access), 30, "all of them have ended")


def servers(lab):
    """sshds in R1's namespace, without their unprivileged children."""
    home = os.stat(os.path.join("/run/netns", lab.node("R1")["netns"])).st_ino
    count = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="ascii") as file:
                count += (file.read() == "sshd\n"
                          and os.stat(f"/proc/{pid}/ns/net").st_ino == home
                          and os.stat(f"/proc/{pid}").st_uid == 0)
        except OSError:
            continue
    return count


def test_transport_input_and_access_class_are_about_ssh_too(access):  # noqa: F811,E501
    make_key(access)
    configure(access, "access-list 7 permit 10.0.0.3", "line vty 0 4",
              "access-class 7 in")
    assert not port_answers(access)
    shown = run(access, "admin", "password", "show clock", source="10.0.0.3")
    assert "UTC" in shown
    configure(access, "line vty 0 4", "no access-class 7 in",
              "transport input telnet")
    assert not port_answers(access)
    configure(access, "line vty 0 4", "transport input ssh")
    assert port_answers(access)
    configure(access, "line vty 0 4", "transport input all")
