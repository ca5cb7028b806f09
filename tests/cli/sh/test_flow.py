# SPDX-License-Identifier: GPL-3.0-or-later
"""Pasting, paging, log lines, interrupts, telnet options, the end."""

import os
import pathlib
import re
import socket
import struct
import time

import pytest

from fake import (DIALOGUE, DO, DONT, ECHO, ENVIRON, IAC, NAWS, SB, SE,
                  SGA, TTYPE, WILL, WONT, screen)

MORE = " --More-- "


def erased(text):
    """Text after the terminal has taken it away with backspaces."""
    return "\b" * len(text) + " " * len(text) + "\b" * len(text)


# --- pasting


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_paste_of_2000_lines_loses_nothing(telnet, end):
    session = telnet(terminal=(24, 512, 10))
    lines = [" ip access-list extended A%d permit ip any any" % n
             for n in range(2000)]
    session.write("".join(line + end for line in lines))
    session.router.wait_for("L", 2000)
    assert session.router.lines() == lines
    out = session.settle()
    assert "".join("R1#%s\r\n" % line for line in lines)[3:] + "R1#" == out


def test_a_paste_into_a_slow_router_waits_for_it(telnet):
    def slow(router, line):
        time.sleep(0.002)
        router.text("did %s\n" % line)
        router.prompt()

    session = telnet(on_line=slow)
    session.write("".join("line %d\n" % n for n in range(300)))
    session.router.wait_for("L", 300)
    assert session.router.lines() == ["line %d" % n for n in range(300)]
    out = session.settle()
    assert re.findall(r"R1#(.*)\r\ndid \1\r\n", "R1#" + out) == \
        session.router.lines()


def test_a_pasted_line_longer_than_the_screen_reaches_the_router_whole(telnet):
    session = telnet(terminal=(24, 80, 10))
    line = "description " + "0123456789" * 20
    session.write((line + "\n") * 20)
    session.router.wait_for("L", 20)
    assert session.router.lines() == [line] * 20
    for shown in screen("R1#" + session.settle(), 80):
        assert len(shown) < 80


def test_a_client_that_only_sends_and_hangs_up_its_half_is_served(telnet):
    session = telnet(quiet=False)
    session.write("show a\nshow b\n")
    session.sock.shutdown(socket.SHUT_WR)
    out = session.rest()
    assert out.endswith("output of show b\r\nR1#")
    assert session.process.wait(10) == 0


# --- paging


def test_a_long_output_stops_after_a_screenful(telnet):
    session = telnet(terminal=(10, 80, 10))
    session.write("lines 20\r")
    out = session.expect(MORE)
    assert out.count("line ") == 9 and out.endswith("line 9\r\n" + MORE)
    session.nothing_more()
    session.write("\r")
    assert session.expect(MORE) == erased(MORE) + "line 10\r\n" + MORE
    session.write(" ")
    out = session.expect(MORE)
    assert out.startswith(erased(MORE) + "line 11\r\n")
    assert out.endswith("line 19\r\n" + MORE)
    session.write(" ")
    assert session.expect("R1#") == erased(MORE) + "line 20\r\nR1#"


@pytest.mark.parametrize("key", ["q", "\x03", "x"])
def test_any_other_key_ends_the_output(telnet, key):
    session = telnet(terminal=(10, 80, 10))
    session.write("lines 500\r")
    session.expect(MORE)
    session.write(key)
    assert session.expect("R1#") == erased(MORE) + "R1#"
    session.write("show a\r")
    assert session.expect("R1#") == "show a\r\noutput of show a\r\nR1#"


def test_an_output_that_just_fits_does_not_stop(telnet):
    session = telnet(terminal=(10, 80, 10))
    session.write("lines 9\r")
    assert MORE not in session.expect("R1#")


def test_length_0_never_stops(telnet):
    session = telnet(terminal=(0, 80, 10))
    session.write("lines 3000\r")
    assert MORE not in session.expect("line 3000\r\nR1#")


def test_a_line_that_wraps_counts_as_the_rows_it_takes(telnet):
    def wide(router, _):
        router.text(("x" * 100 + "\n") * 10)
        router.prompt()

    session = telnet(terminal=(10, 40, 10), on_line=wide)
    session.write("show\r")
    assert session.expect(MORE).count("x") == 3 * 100
    session.write("q")
    session.expect("R1#")


def test_the_pager_takes_the_next_pasted_character(telnet):
    session = telnet(terminal=(10, 80, 10))
    session.write("lines 20\r  show a\r")
    out = session.expect("output of show a\r\nR1#")
    assert "line 20\r\nR1#show a\r\n" in out
    assert out.count(MORE) == 2


def test_dialogues_and_logs_are_not_paged(telnet):
    def ask(router, line):
        if line == "ask":
            router.text("many\n" * 9)
            router.prompt("Really? ", DIALOGUE)
        else:
            router.prompt()

    session = telnet(terminal=(10, 80, 10), on_line=ask)
    session.write("ask\r")
    assert MORE not in session.expect("Really? ")
    for _ in range(30):
        session.router.log("*Jan  2: %SYS-5-X: log\n")
    assert MORE not in session.settle()


def test_a_log_line_while_the_pager_waits_leaves_it_there(telnet):
    session = telnet(terminal=(10, 80, 10))
    session.write("lines 20\r")
    session.expect(MORE)
    session.router.log("*log\n")
    assert session.expect(MORE) == erased(MORE) + "*log\r\n" + MORE
    session.write("q")
    session.expect("R1#")


def test_long_help_is_paged_and_the_line_comes_back(telnet):
    session = telnet(terminal=(10, 80, 10))
    session.router.help = lambda text: session.router.send("?", "help\n" * 30)
    session.write("sh")
    session.expect("sh")
    session.write("?")
    session.expect(MORE)
    session.write("q")
    assert session.expect("R1#sh") == erased(MORE) + "R1#sh"
    session.write("ow a\r")
    session.expect("output of show a")


def test_a_router_that_dies_behind_the_pager_is_reported_after_it(telnet):
    session = telnet(terminal=(10, 80, 10))
    session.write("lines 20\r")
    session.expect(MORE)
    session.router.sock.shutdown(socket.SHUT_RDWR)
    session.nothing_more()
    session.write(" ")
    session.expect(MORE)
    session.write(" ")
    assert session.rest() == (
        erased(MORE) + "line 19\r\nline 20\r\nR1#\r\n"
        "[Connection to router lost]\r\n")
    assert session.process.wait(10) == 1


# --- log lines


def test_a_log_line_does_not_tear_the_line_being_typed(telnet):
    session = telnet()
    session.write("show cl")
    session.expect("show cl")
    session.router.log("*Jan  2 19:16:51.992: %SYS-5-CONFIG_I: text\n")
    assert session.expect("R1#show cl") == (
        "\r\n*Jan  2 19:16:51.992: %SYS-5-CONFIG_I: text\r\nR1#show cl")
    session.write("ock\r")
    assert session.expect("R1#") == "ock\r\noutput of show clock\r\nR1#"


def test_log_lines_in_a_row_stand_below_each_other(telnet):
    session = telnet()
    for n in range(3):
        session.router.log("*log %d\n" % n)
    out = "R1#" + session.settle()
    assert out == "R1#\r\n*log 0\r\n*log 1\r\n*log 2\r\nR1#"


def test_a_key_after_a_log_line_finds_its_line_again(telnet):
    session = telnet()
    session.write("sh")
    session.expect("sh")
    session.router.log("*log\n")
    session.expect("*log\r\n")
    session.write("ow a\r")
    assert session.expect("R1#") == "R1#"
    assert session.expect("R1#") == "show a\r\noutput of show a\r\nR1#"


def test_the_cursor_is_where_it_was_after_a_log_line(telnet):
    session = telnet()
    session.write("shw\x02")
    session.settle()
    session.router.log("*log\n")
    session.settle()
    session.write("o\r")
    assert session.router.wait_for("L") == ["show"]


def test_a_log_line_during_a_command_starts_at_column_0(telnet):
    def ping(router, _):
        router.text("!!!")
        router.log("*log\n")
        router.text("!!\n")
        router.prompt()

    session = telnet(on_line=ping)
    session.write("ping\r")
    assert session.expect("R1#") == "ping\r\n!!!\r\n*log\r\n!!\r\nR1#"


def test_a_hidden_answer_survives_a_log_line_unseen(telnet):
    def login(router, line):
        router.prompt(*(("Password: ", 6) if line == "enable" else ()))

    session = telnet(on_line=login)
    session.write("enable\r")
    session.expect("Password: ")
    session.write("sec")
    session.router.log("*log\n")
    assert session.expect("Password: ") == "\r\n*log\r\nPassword: "
    session.write("ret\r")
    session.expect("R1#")
    assert session.router.lines()[-1] == "secret"


# --- interrupts


@pytest.mark.parametrize("key", [b"\x03", b"\x1e", bytes([IAC, 244]),
                                 bytes([IAC, 243])])
def test_a_break_interrupts_the_running_command(telnet, key):
    session = telnet(on_line=lambda router, line: router.text("...."))
    session.write("ping\r")
    session.expect("....")
    session.write(key)
    session.router.wait_for("I")
    session.router.prompt()
    assert session.expect("R1#") == "\r\nR1#"


def test_many_breaks_are_one_interrupt(telnet):
    session = telnet(on_line=lambda router, line: router.text("...."))
    session.write("ping\r")
    session.expect("....")
    session.write("\x03" * 1000)
    session.router.wait_for("I")
    session.router.prompt()
    session.write("\x03" * 10 + "show a\r")
    session.router.wait_for("L", 2)
    assert len(session.router.wait_for("I")) == 1


def test_a_break_behind_unread_characters_waits_its_turn(telnet):
    session = telnet(on_line=lambda router, line: None)
    session.write("ping\r")
    session.router.wait_for("L")
    session.write("abc\x03")
    time.sleep(0.3)
    assert ("I", "") not in session.router.got
    session.router.prompt()
    assert session.expect("^C\r\nR1#") == "ping\r\nR1#abc^C\r\nR1#"


def test_an_interrupt_that_came_too_late_does_not_lose_what_is_typed(telnet):
    session = telnet()
    session.write("show cl")
    session.expect("show cl")
    session.router.prompt()
    assert session.expect("R1#show cl") == "\r\nR1#show cl"
    session.write("ock\r")
    session.expect("output of show clock")


# --- telnet


def test_the_server_offers_echo_and_asks_for_type_and_size(telnet):
    session = telnet()
    assert set(session.options) >= {
        (WILL, ECHO), (WILL, SGA), (DO, TTYPE), (DO, NAWS)}


def test_the_window_size_reaches_the_router(telnet):
    session = telnet()
    session.write(bytes([IAC, WILL, NAWS, IAC, SB, NAWS, 0, 132, 0, 50,
                         IAC, SE]))
    assert session.router.wait_for("W") == [struct.pack("!HH", 132, 50)]


def test_a_window_of_255_columns_is_understood(telnet):
    session = telnet()
    session.write(bytes([IAC, WILL, NAWS, IAC, SB, NAWS, 0, IAC, IAC, 0, 50,
                         IAC, SE]))
    assert session.router.wait_for("W") == [struct.pack("!HH", 255, 50)]


def test_unknown_options_are_refused_and_change_nothing(telnet):
    session = telnet()
    session.options.clear()
    session.write(bytes([IAC, WILL, ENVIRON, IAC, DO, 99]) + b"show a\r")
    session.expect("output of show a\r\nR1#")
    assert session.options == [(DONT, ENVIRON), (WONT, 99)]


@pytest.mark.parametrize("body", [
    bytes([ENVIRON, 0, 0]) + b"USER\x01-f root",
    bytes([86]),  # compression
    bytes([NAWS]) + b"x" * 100000,
    bytes([TTYPE, 0]) + b"x" * 100000,
    bytes([ENVIRON]) + b"x" * 100000 + bytes([IAC, IAC]),
    bytes([NAWS, 0]),
    b"",
])
def test_no_sub_negotiation_reaches_the_line(telnet, body):
    session = telnet()
    session.write(bytes([IAC, SB]) + body + bytes([IAC, SE]) + b"show a\r")
    out = session.expect("output of show a\r\nR1#")
    assert out.startswith("show a\r\n")


def test_octet_255_is_a_character_when_it_is_doubled(telnet):
    session = telnet()
    session.write(b"a" + bytes([IAC, IAC]) + b"b\r")
    assert session.router.wait_for("L") == ["a\udcffb"]


def test_the_router_is_told_who_the_client_is(telnet):
    session = telnet(tcp=True)
    assert session.router.wait_for("H") == ["v127.0.0.1"]
    session.write("show a\r\nexit\r\n")
    assert session.rest() == (
        "show a\r\noutput of show a\r\nR1#exit\r\nbye\r\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give it up")
def test_a_session_with_a_stranger_has_no_privileges(telnet):
    with open("/dev/zero") as inherited:
        os.set_inheritable(inherited.fileno(), True)
        session = telnet()
    proc = pathlib.Path("/proc/%d" % session.process.pid)
    status = (proc / "status").read_text()
    assert "\nUid:\t65534\t65534\t65534\t65534\n" in status
    assert "\nGid:\t65534\t65534\t65534\t65534\n" in status
    assert re.search(r"^NoNewPrivs:\t1$", status, re.M)
    assert re.search(r"^CapPrm:\t0+$", status, re.M)
    assert re.search(r"^CapEff:\t0+$", status, re.M)
    open_files = {os.readlink(fd) for fd in (proc / "fd").iterdir()}
    assert "/dev/zero" not in open_files


# --- the end


def test_the_end_of_a_session_is_a_clean_fin(telnet):
    session = telnet()
    session.write("exit\rmore typed after it")
    assert session.rest() == "exit\r\nbye\r\n"
    assert session.process.wait(10) == 0


def test_a_router_that_dies_is_reported(telnet):
    session = telnet()
    session.router.sock.shutdown(socket.SHUT_RDWR)
    assert session.rest() == "\r\n[Connection to router lost]\r\n"
    assert session.process.wait(10) == 1


def test_a_client_that_goes_away_ends_the_session(telnet):
    session = telnet()
    session.sock.close()
    assert session.process.wait(10) in (0, 1)


def test_a_client_that_goes_away_during_a_silent_command_is_noticed(telnet):
    session = telnet(on_line=lambda router, line: None)
    session.write("wait\r")
    session.router.wait_for("L")
    session.sock.close()
    assert session.process.wait(10) == 1


def test_a_client_that_does_not_read_holds_back_only_itself(telnet):
    done = []

    def flood(router, _):
        for _ in range(100):
            router.text("x" * 60000 + "\n")
        done.append(True)
        router.prompt()

    session = telnet(terminal=(0, 0, 10), on_line=flood)
    session.write("show\r")
    time.sleep(0.5)
    assert not done
    assert session.expect("\nR1#").count("x") == 100 * 60000


def test_what_automation_does_first(telnet):
    """Terminal settings, a change of mode, a long line: each waits for the
    exact echo of what was sent."""
    def router(r, line):
        if line.startswith("terminal width"):
            r.send("S", struct.pack("!HHH", 24, 511, 10))
        elif line == "terminal length 0":
            r.send("S", struct.pack("!HHH", 0, 511, 10))
        elif line == "configure terminal":
            r.text("Enter configuration commands, one per line.\n")
            r.config = True
        elif line == "end":
            r.config = False
        r.prompt()

    session = telnet(on_line=router, terminal=(24, 80, 10))
    long = "crypto key generate rsa general-keys label " + "L" * 100
    for line in ("terminal width 511", "terminal length 0",
                 "configure terminal", "description " + "d" * 200, long,
                 "end"):
        session.write(line + "\n")
        assert session.expect(line) == line
        session.expect("#")
        session.nothing_more(0.02)
    assert session.router.lines()[-2] == long
