# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal connected to somewhere else (telnet), and back."""

import os
import socket
import time

import pytest

from fake import (DO, DONT, ECHO, ENVIRON, IAC, NAWS, PATIENCE, SB, SE, SGA,
                  TTYPE, WILL, WONT, Telnet, tcp_pair)

BREAK = "\x1e"
CLOSED, ESCAPED, SILENT = 0, 1, 2
MOST = 10  # connections of one terminal


class Far:
    """The far end of a connection."""

    def __init__(self):
        self.sock, self.theirs = tcp_pair()
        self.sock.settimeout(PATIENCE)
        self.seen = b""

    def say(self, data):
        self.sock.sendall(data.encode() if isinstance(data, str) else data)

    def expect(self, end):
        end = end.encode() if isinstance(end, str) else end
        while end not in self.seen:
            data = self.sock.recv(65536)
            assert data, f"no {end!r} in {self.seen[-500:]!r}"
            self.seen += data
        head, _, self.seen = self.seen.partition(end)
        return head

    def is_closed(self):
        try:
            return self.sock.recv(1) == b""
        except ConnectionResetError:
            return True


def hand(router, number, far=None):
    """CLI_S_CONNECT."""
    body = b"C" + bytes([number])
    if far:
        socket.send_fds(router.sock, [body], [far.theirs.fileno()])
        far.theirs.close()
    else:
        router.sock.send(body)


class Calls:
    """What the fake router does for "telnet N", "resume N", "hangup N"."""

    def __init__(self):
        self.far = {}

    def line(self, router, text):
        word, _, number = text.partition(" ")
        if word == "telnet":
            self.far[int(number)] = Far()
            router.text("Trying ... Open\n")
            hand(router, int(number), self.far[int(number)])
        elif word == "resume":
            hand(router, int(number))
        elif word == "hangup":
            router.send("D", bytes([int(number)]))
            router.prompt()
        else:
            router.answer(text)


class Session(Telnet):
    """Answers the end of a connection as the router does."""

    def __init__(self, **options):
        self.calls = Calls()
        super().__init__(on_line=self.calls.line, **options)
        serve = self.router.handle

        def handle(kind, body):
            if kind == "R":
                self.router.text("end %d %d\n" % tuple(map(ord, body)))
                self.router.prompt()
            else:
                serve(kind, body)
        self.router.handle = handle

    def call(self, number=1):
        self.write("telnet %d\r" % number)
        self.expect("Open\r\n")
        return self.calls.far[number]


@pytest.fixture
def session():
    made = Session()
    yield made
    if made.process.poll() is None:
        assert made.close() == 0 or True


def test_keys_go_there_and_text_comes_here(session):
    far = session.call()
    far.say(bytes([IAC, WILL, ECHO]) + b"hello\r\n")
    session.expect("hello\r\n")
    far.expect(bytes([IAC, DO, ECHO]))
    session.write("show x\x03\x1a?\t\r")
    assert far.expect("\r\n") == b"show x\x03\x1a?\t"
    session.nothing_more()


def test_without_an_echo_over_there_what_is_typed_is_shown_here(session):
    far = session.call()
    session.write("GET /\r")
    assert far.expect("\r\n") == b"GET /"
    session.expect("GET /\r\n")


def test_the_end_over_there_is_told_and_the_prompt_comes(session):
    far = session.call()
    far.say("Password required, but none set\r\n")
    far.sock.close()
    shown = session.expect("R1#")
    assert shown.endswith("none set\r\nend 1 0\r\nR1#")


def test_text_without_end_of_line_does_not_run_into_the_prompt(session):
    far = session.call()
    far.say("bye")
    far.sock.close()
    assert session.expect("R1#") == "bye\r\nend 1 0\r\nR1#"


def test_a_reset_is_an_end_too(session):
    far = session.call()
    far.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        b"\1\0\0\0\0\0\0\0")
    far.sock.close()
    session.expect("end 1 0\r\nR1#")


def test_the_escape_leaves_it_open_and_resume_goes_back(session):
    far = session.call()
    far.say("over there")
    session.expect("over there")
    session.write(BREAK + "x")
    session.expect("end 1 1\r\nR1#")
    far.say("meanwhile\r\n")
    session.command("show here")
    session.nothing_more()
    session.write("resume 1\r")
    session.expect("meanwhile\r\n")
    session.write("again\r")
    assert far.expect("\r\n") == b"again"


def test_several_connections_are_not_mixed_up(session):
    first = session.call(1)
    session.write("one\r" + BREAK + "x")
    session.expect("R1#")
    second = session.call(2)
    session.write("two\r" + BREAK + "x")
    session.expect("R1#")
    assert first.expect("\r\n") == b"one"
    assert second.expect("\r\n") == b"two"
    session.write("hangup 1\r")
    session.expect("R1#")
    assert first.is_closed()
    session.write("resume 2\r")
    second.say("still here")
    session.expect("still here")
    session.write(BREAK + "x")
    session.expect("R1#")
    session.write("hangup 0\r")
    assert second.is_closed()


def test_the_escape_sequence_has_keys_for_telnets_own_commands(session):
    far = session.call()
    for key, command in ("b", 243), ("c", 244), ("t", 246):
        session.write(BREAK + key)
        far.expect(bytes([IAC, command]))
    session.write(BREAK + BREAK + "\r")
    assert far.expect("\r\n") == b"\x1e"
    session.write(BREAK + "?")
    session.expect("^^B  sends telnet BREAK\r\n")


def test_an_octet_255_is_data_both_ways(session):
    far = session.call()
    far.say(bytes([IAC, WILL, ECHO, IAC, IAC]) + b"<\r\n")
    while b"\xff\xff<" not in session.seen:  # it is doubled here as well
        data = session.sock.recv(4096)
        assert data
        session.seen += data
    session.write(bytes([IAC, IAC]) + b"\r")
    far.expect(bytes([IAC, IAC]) + b"\r\n")


def test_terminal_type_and_size_are_told_on_demand(session):
    far = session.call()
    far.say(bytes([IAC, DO, TTYPE, IAC, DO, NAWS]))
    far.expect(bytes([IAC, WILL, TTYPE]))
    far.expect(bytes([IAC, WILL, NAWS]))
    far.say(bytes([IAC, SB, TTYPE, 1, IAC, SE]))
    far.expect(bytes([IAC, SB, TTYPE, 0]) + b"VT100" + bytes([IAC, SE]))
    session.write(bytes([IAC, WILL, NAWS, IAC, SB, NAWS, 0, 101, 0, 33,
                         IAC, SE]))
    far.expect(bytes([IAC, SB, NAWS, 0, 101, 0, 33, IAC, SE]))


def test_other_options_are_refused(session):
    far = session.call()
    for option in (ENVIRON, 0, 5, 24 + 100, 86):
        far.say(bytes([IAC, WILL, option]))
        far.expect(bytes([IAC, DONT, option]))
        far.say(bytes([IAC, DO, option]))
        far.expect(bytes([IAC, WONT, option]))
    far.say(bytes([IAC, DO, ECHO]))
    far.expect(bytes([IAC, WONT, ECHO]))
    far.say(bytes([IAC, DO, SGA]))
    far.expect(bytes([IAC, WILL, SGA]))


@pytest.mark.parametrize("junk", [
    bytes([IAC, SB, ENVIRON]) + b"x" * 100000 + bytes([IAC, SE]),
    bytes([IAC, SB, TTYPE]) + b"x" * 100000 + bytes([IAC, SE]),
    bytes([IAC, SB, TTYPE, IAC, SE, IAC, SB, IAC, SE]),
    bytes([IAC, SB, TTYPE, 1, IAC, 7]),
    bytes([IAC, SB, 86, IAC, SE]) + b"" + bytes([IAC, 240, IAC, 241]),
    bytes([IAC, WILL, ECHO, IAC, WONT, ECHO] * 5000),
], ids=["environ", "long", "empty", "unfinished", "compress", "flicker"])
def test_a_hostile_far_end_gets_no_further_than_text(session, junk):
    far = session.call()
    far.say(junk)
    far.say(b"\r\nafter\r\n")
    session.expect("after\r\n")
    session.write("x\r")
    far.expect("x\r\n")


def test_who_asks_and_does_not_read_is_not_read_any_more(session):
    """Its answers stay within bounds: no memory for a flood of questions."""
    far = session.call()
    far.sock.setblocking(False)
    sent, quiet = 0, time.monotonic() + 1
    while time.monotonic() < quiet and sent < 64 << 20:
        try:
            sent += far.sock.send(bytes([IAC, DO, ENVIRON]) * 4000)
            quiet = time.monotonic() + 1
        except BlockingIOError:
            time.sleep(0.02)
    assert sent < 64 << 20
    with open(f"/proc/{session.process.pid}/status", encoding="ascii") as file:
        grown = next(int(line.split()[1]) for line in file
                     if line.startswith("RssAnon"))
    assert grown < 64 * 1024
    session.write(BREAK + "x")
    session.expect("R1#")


def test_a_log_line_is_shown_in_between(session):
    far = session.call()
    far.say("half a line")
    session.expect("half a line")
    session.router.log("*Jan 1: %SYS-5-RESTART\n")
    session.expect("\r\n*Jan 1: %SYS-5-RESTART\r\n")


def test_a_prompt_takes_the_terminal_back(session):
    far = session.call()
    session.router.prompt()
    session.expect("R1#")
    session.command("show here")
    session.write("resume 1\r")
    far.say("back\r\n")
    session.expect("back\r\n")


@pytest.mark.parametrize("number", [0, MOST + 1, 255])
def test_a_number_that_cannot_be_is_passed_over(session, number):
    far = Far()
    hand(session.router, number, far)
    assert far.is_closed()
    session.command("show here")


def test_a_connection_without_a_socket_is_passed_over(session):
    hand(session.router, 3)
    session.command("show here")


def test_a_socket_for_a_number_in_use_is_closed(session):
    far = session.call()
    session.write(BREAK + "x")
    session.expect("R1#")
    other = Far()
    hand(session.router, 1, other)
    assert other.is_closed()
    session.write("resume 1\r")
    far.say("the first\r\n")
    session.expect("the first\r\n")


def test_descriptors_that_come_with_other_messages_do_not_pile_up(session):
    def count():
        return len(os.listdir(f"/proc/{session.process.pid}/fd"))

    session.command("show here")
    before = count()
    for _ in range(20):
        far = Far()
        socket.send_fds(session.router.sock, [b"Ttext\n"],
                        [far.theirs.fileno(), far.sock.fileno()])
        far.theirs.close()
        far.sock.close()
    session.command("show here")
    assert count() == before


def test_the_end_of_the_terminal_closes_all_of_them(session):
    first = session.call(1)
    session.write(BREAK + "x")
    session.expect("R1#")
    second = session.call(2)
    session.sock.close()
    assert first.is_closed() and second.is_closed()
    session.process.wait(PATIENCE)


@pytest.mark.parametrize("size", [1, 3 << 20])
def test_nothing_of_what_was_said_at_the_end_is_lost(session, size):
    far = session.call()
    text = b"0123456789abcde\n" * (size // 16) + b"the last\r\n"
    pid = os.fork()
    if not pid:
        far.sock.settimeout(None)
        far.sock.sendall(text)
        os._exit(0)
    far.sock.close()
    shown = session.expect("end 1 0\r\n")
    os.waitpid(pid, 0)
    assert shown.replace("\r", "").count("\n") == text.count(b"\n") + 1
    assert shown.endswith("the last\r\nend 1 0\r\n")
