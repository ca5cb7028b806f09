# SPDX-License-Identifier: GPL-3.0-or-later
"""A small router and a small terminal for the tests of getvpnsh.

The router answers in the words of cli/proto.h; what it answers is a function
from line to text.  The terminal is the far end of a socket pair that getvpnsh
takes for a telnet client."""

import os
import pathlib
import select
import socket
import struct
import subprocess
import threading
import time

FAILED, HIDDEN, DIALOGUE, CONFIG = 1, 2, 4, 8
FORGET = 32
PATIENCE = 20  # seconds; a loaded machine is slow, a hanging test is worse

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
ECHO, SGA, TTYPE, NAWS, ENVIRON = 1, 3, 24, 31, 39


def program():
    named = os.environ.get("GETVPNSH")
    root = pathlib.Path(__file__).resolve().parents[3]
    build = pathlib.Path(os.environ.get("GETVPN_BUILD", root / "build"))
    return named or str(build / "cli" / "sh" / "getvpnsh")


class Router:
    """Serves one connection in a thread.

    on_line(router, text) is called for every finished line and answers with
    text(), prompt(), ...; the default is an exec and a configuration mode
    whose commands print what they are."""

    def __init__(self, sock, on_line=None, first=True, terminal=None):
        self.sock = sock
        self.on_line = on_line or Router.answer
        self.first = first
        self.terminal = terminal
        self.config = False
        self.got = []  # (type letter, body)
        self.changed = threading.Condition()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def send(self, kind, body=b""):
        if isinstance(body, str):
            body = body.encode()
        self.sock.send(kind.encode() + body)

    def text(self, body):
        self.send("T", body)

    def log(self, body):
        self.send("A", body)

    def prompt(self, text=None, flags=0):
        if text is None:
            text = "R1(config)#" if self.config else "R1#"
            flags |= CONFIG if self.config else 0
        self.send("P", bytes([flags]) + text.encode())

    def answer(self, line):
        word = line.strip()
        if word == "configure terminal":
            self.config = True
        elif word == "end":
            self.config = False
        elif word == "exit":
            self.send("B", "bye\n")
            self.sock.shutdown(socket.SHUT_RDWR)
            return
        elif word.startswith("bad"):
            self.text("        ^\n% Invalid input detected at '^' marker.\n\n")
            self.prompt(flags=FAILED)
            return
        elif word.startswith("secret"):
            self.prompt(flags=FORGET)
            return
        elif word.startswith("lines "):
            for n in range(int(word.split()[1])):
                self.text("line %d\n" % (n + 1))
        elif word.startswith("show "):
            self.text("output of %s\n" % word)
        self.prompt()

    def help(self, text):
        self.send("?", "help for [%s]\n\n" % text)

    def complete(self, text):
        word = text.split()[-1]
        known = {"conf": "igure ", "sh": "ow "}
        self.send("\t", known.get(word, ""))

    def serve(self):
        while True:
            try:
                message = self.sock.recv(65536)
            except OSError:
                message = b""
            if not message:
                return
            kind, body = chr(message[0]), message[1:]
            if kind != "W":
                body = body.decode("utf-8", "surrogateescape")
            with self.changed:
                self.got.append((kind, body))
                self.changed.notify_all()
            try:
                self.handle(kind, body)
            except OSError:
                return  # the terminal has left in the middle

    def handle(self, kind, body):
        if kind == "H" and self.first:
            if self.terminal:
                self.send("S", struct.pack("!HHH", *self.terminal))
            self.prompt()
        elif kind == "L":
            self.on_line(self, body)
        elif kind == "Z":
            self.config = False
            self.prompt()
        elif kind == "?":
            self.help(body)
        elif kind == "\t":
            self.complete(body)

    def wait_for(self, kind, count=1):
        """The bodies of the first messages of that type."""

        def bodies():
            return [body for k, body in self.got if k == kind]

        with self.changed:
            ok = self.changed.wait_for(lambda: len(bodies()) >= count, PATIENCE)
        assert ok, "%d of %d %r, last %r" % (
            len(bodies()), count, kind, self.got[-3:])
        return bodies()

    def lines(self):
        with self.changed:
            return [body for kind, body in self.got if kind == "L"]

    def close(self):
        self.sock.close()
        self.thread.join(PATIENCE)


def tcp_pair():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        return client, listener.accept()[0]


class Telnet:
    """A getvpnsh with a telnet client that looks at single octets."""

    def __init__(self, quiet=True, tcp=False, **router):
        self.sock, theirs = tcp_pair() if tcp else socket.socketpair()
        ours, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        fds = (theirs.fileno(), control.fileno())
        for fd in fds:
            os.set_inheritable(fd, True)
        self.process = subprocess.Popen(
            [program(), "--telnet", str(fds[0]), "--control", str(fds[1])],
            stdin=subprocess.DEVNULL, close_fds=False)
        theirs.close()
        control.close()
        self.router = Router(ours, **router)
        self.seen = b""  # not expected yet
        self.options = []
        if quiet:
            self.expect("R1#")

    def write(self, data):
        if isinstance(data, str):
            data = data.encode()
        while data:
            self.read(0)
            if select.select([], [self.sock], [], 1)[1]:
                data = data[self.sock.send(data[:4096]):]

    def read(self, timeout):
        if not select.select([self.sock], [], [], timeout)[0]:
            return False
        data = self.sock.recv(65536)
        if not data:
            return False
        self.seen += self.strip(data)
        return True

    def strip(self, data):
        """Negotiation is three octets and never cut in these tests."""
        out = bytearray()
        at = 0
        while at < len(data):
            if data[at] == IAC and data[at + 1] >= WILL:
                self.options.append((data[at + 1], data[at + 2]))
                at += 3
            elif data[at] == IAC and data[at + 1] == SB:
                end = data.index(bytes([IAC, SE]), at)
                self.options.append((SB,) + tuple(data[at + 2:end]))
                at = end + 2
            elif data[at] == IAC:
                at += 2
            else:
                out.append(data[at])
                at += 1
        return bytes(out)

    def expect(self, end):
        """Everything up to and including these octets."""
        end = end.encode() if isinstance(end, str) else end
        limit = time.monotonic() + PATIENCE
        while end not in self.seen:
            left = limit - time.monotonic()
            assert left > 0 and self.read(left), \
                "no %r in %r" % (end, self.seen[-2000:])
        head, _, self.seen = self.seen.partition(end)
        return (head + end).decode("utf-8", "surrogateescape")

    def nothing_more(self, seconds=0.2):
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            self.read(limit - time.monotonic())
        assert self.seen == b""

    def settle(self, seconds=0.2):
        """Everything that comes until it is quiet."""
        while self.read(seconds):
            pass
        out, self.seen = self.seen, b""
        return out.decode()

    def rest(self):
        """Until the FIN."""
        while self.read(PATIENCE):
            pass
        out, self.seen = self.seen, b""
        return out.decode()

    def command(self, line):
        """Types a line; what the screen shows up to the next prompt."""
        self.write(line + "\r")
        return self.expect(line + "\r\n") and self.expect("#")

    def close(self):
        self.sock.close()
        self.router.close()
        return self.process.wait(PATIENCE)


def screen(text, width=200):
    """What a glass terminal shows of it: a list of lines."""
    lines, row, column = [[]], 0, 0
    for c in text:
        if c == "\r":
            column = 0
        elif c == "\n":
            row += 1
            if row == len(lines):
                lines.append([])
        elif c == "\b":
            column = max(0, column - 1)
        else:
            line = lines[row]
            line.extend(" " * (column + 1 - len(line)))
            line[column] = c
            column += 1
            assert column <= width
    return ["".join(line).rstrip() for line in lines]
