# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets in by telnet: users, passwords of lines, access lists, time."""

import re

import pexpect

from access import access, configure  # noqa: F401
from labs import PROGRAM

LIMIT = 20


def telnet(lab, source=None):
    argv = ["--name", lab.name, "exec", "PC", "--", "telnet"]
    argv += ["-b", source] if source else []
    return pexpect.spawn(PROGRAM, [*argv, "10.0.0.1"], timeout=LIMIT,
                         encoding="utf-8")


def log_in(lab, user, password, **options):
    child = telnet(lab, **options)
    child.expect("Username: ")
    child.sendline(user)
    child.expect("Password: ")
    child.sendline(password)
    return child


def test_hashes_of_real_routers_let_their_users_in(access):  # noqa: F811
    child = log_in(access, "joe", "hashcat")
    child.expect_exact("R1>")
    child.sendline("enable")
    child.expect("Password: ")
    child.sendline("cisco")
    child.expect_exact("R1#")
    child.close()
    child = log_in(access, "admin", "password")
    child.expect_exact("R1#")
    child.close()


def test_three_wrong_logins_close_the_line(access):  # noqa: F811
    child = telnet(access)
    for _ in range(3):
        child.expect("Username: ")
        child.sendline("joe")
        child.expect("Password: ")
        child.sendline("wrong")
        child.expect("% Login invalid")
    child.expect(pexpect.EOF)
    logged = access.cli("R1", "show logging | include LOGIN_FAILED")
    assert "[user: joe] [Source: 10.0.0.2] [localport: 23]" in logged


def test_a_line_without_password_says_so(access):  # noqa: F811
    configure(access, "line vty 0 4", "login")
    child = telnet(access)
    child.expect("Password required, but none set")
    child.expect(pexpect.EOF)
    configure(access, "line vty 0 4", "password lineword")
    child = telnet(access)
    child.expect("Password: ")
    for _ in range(3):
        child.sendline("wrong")
    child.expect("% Bad passwords")
    child.expect(pexpect.EOF)
    child = telnet(access)
    child.expect("Password: ")
    child.sendline("lineword")
    child.expect_exact("R1>")
    child.close()
    configure(access, "line vty 0 4", "no password", "login local")


def test_an_access_class_admits_by_address(access):  # noqa: F811
    configure(access, "access-list 8 permit host 10.0.0.3", "line vty 0 4",
              "access-class 8 in")
    child = telnet(access)
    child.expect("Connection closed by foreign host|reset by peer")
    child = log_in(access, "joe", "hashcat", source="10.0.0.3")
    child.expect_exact("R1>")
    child.close()
    matches = access.cli("R1", "show access-lists 8")
    assert re.search(r"permit 10\.0\.0\.3 \(\d+ match", matches)
    configure(access, "line vty 0 4", "no access-class 8 in")


def test_an_idle_user_is_sent_away(access):  # noqa: F811
    configure(access, "line vty 0 4", "exec-timeout 0 2")
    child = log_in(access, "joe", "hashcat")
    child.expect_exact("R1>")
    child.expect(pexpect.EOF, timeout=10)
    logged = access.cli("R1", "show logging | include TTY_EXPIRE")
    assert re.search(r"%SYS-6-TTY_EXPIRE_TIMER: \(exec timer expired, tty \d+ "
                     r"\(10\.0\.0\.2\)\), user joe", logged)
    configure(access, "line vty 0 4", "exec-timeout 10 0")


def test_transport_input_ssh_keeps_telnet_out(access):  # noqa: F811
    configure(access, "line vty 0 4", "transport input ssh")
    child = telnet(access)
    child.expect("refused|reset by peer|closed")
    configure(access, "line vty 0 4", "transport input all")


def test_new_model_with_local_users(access):  # noqa: F811
    configure(access, "aaa new-model",
              "aaa authentication login default local",
              "aaa authorization exec default local")
    child = log_in(access, "admin", "password")
    child.expect_exact("R1#")
    child.close()
    child = log_in(access, "admin", "wrong")
    child.expect("% Authentication failed")
    child.close()
    configure(access, "no aaa new-model")


def test_banners_stand_where_ios_has_them(access):  # noqa: F811
    configure(access, "banner motd #Welcome to $(hostname).$(domain)#",
              "banner login #Log in on line $(line)#",
              "banner exec #You are in#")
    child = telnet(access)
    child.expect("Welcome to R1.lab.example")
    child.expect("Log in on line 2")
    child.expect("User Access Verification")
    child.expect("Username: ")
    child.sendline("joe")
    child.expect("Password: ")
    child.sendline("hashcat")
    child.expect("You are in")
    child.expect_exact("R1>")
    child.close()
    configure(access, "no banner motd", "no banner login", "no banner exec")
