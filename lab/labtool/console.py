# SPDX-License-Identifier: GPL-3.0-or-later
"""A terminal at a router's telnet console.

What the router sends goes to a small screen (one endless page, no wrapping);
commands are typed as a person would: wait for the prompt, type, Enter.
"""

import re
import select
import socket
import time

from . import LabError

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
ECHO, SUPPRESS_GO_AHEAD = 1, 3

PROMPT = re.compile(r"[\w.-]+(\([\w-]+\))?[>#] ?$")
QUESTION = re.compile(r".*[:?\]] ?$")
LOG_LINE = re.compile(r"[*.]?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\.\d{3}: %")

# A prompt counts when nothing follows it for this long (seconds).
QUIET = 0.05
LIMIT = 20.0


class Screen:
    """Text with carriage returns, backspaces and the CSI sequences a line
    editor uses."""

    CONTROL = re.compile(r"\x1b\[([?\d;]*)([A-Za-z@])|\x1b[=>()][AB0]?")

    def __init__(self):
        self.lines = [""]
        self._column = 0
        self._rest = ""

    def feed(self, text):
        text = self._rest + text
        self._rest = ""
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                found = self.CONTROL.match(text, at)
                if not found:
                    if len(text) - at < 12:
                        self._rest = text[at:]
                        return
                    at += 1
                    continue
                self._sequence(found[1] or "", found[2] or "")
                at = found.end()
                continue
            self._character(text[at])
            at += 1

    def _character(self, char):
        if char == "\n":
            self.lines.append("")
            self._column = 0
        elif char == "\r":
            self._column = 0
        elif char == "\b":
            self._column = max(0, self._column - 1)
        elif char >= " ":
            line = self.lines[-1].ljust(self._column)
            self.lines[-1] = (line[:self._column] + char
                              + line[self._column + 1:])
            self._column += 1

    def _sequence(self, numbers, final):
        number = int(numbers) if numbers.isdigit() else None
        line = self.lines[-1]
        if final == "K" and number == 2:
            self.lines[-1] = ""
        elif final in "JK" and not number:
            self.lines[-1] = line[:self._column]
        elif final == "C":
            self._column += number or 1
        elif final == "D":
            self._column = max(0, self._column - (number or 1))
        elif final == "P":
            self.lines[-1] = (line[:self._column]
                              + line[self._column + (number or 1):])
        elif final == "@":
            self.lines[-1] = (line[:self._column] + " " * (number or 1)
                              + line[self._column:])


class Console:
    def __init__(self, port, host="127.0.0.1"):
        self._sock = socket.create_connection((host, port), timeout=LIMIT)
        self._telnet = b""
        self.screen = Screen()
        self.logs = []            # every log line seen, in order
        self._log_mark = 0
        self.send("\r")
        self._until(lambda: PROMPT.match(self.screen.lines[-1]))
        if self.prompt().endswith(">"):
            self.type("enable")
        self.type("terminal length 0")

    def close(self):
        self._sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, text):
        self._sock.sendall(text.encode().replace(b"\xff", b"\xff\xff"))

    def prompt(self):
        return self.screen.lines[-1].rstrip()

    def type(self, command, limit=LIMIT):
        """Types one line; what came until the next prompt, as lines."""
        mark = len(self.screen.lines) - 1
        self.send(command + "\r")
        self._until(lambda: self._echo(mark, command) is not None
                    and PROMPT.match(self.screen.lines[-1]), limit)
        start = self._echo(mark, command) + 1
        shown = self.screen.lines[start:-1]
        # A log line leaves the prompt it interrupted on the screen.
        return [line for line in shown if not LOG_LINE.match(line)
                and not PROMPT.fullmatch(line)]

    def ask(self, line, limit=LIMIT):
        """Types one line that a dialogue answers with a question."""
        mark = len(self.screen.lines) - 1
        self.send(line + "\r")
        self._until(lambda: len(self.screen.lines) - 1 > mark
                    and (QUESTION.match(self.screen.lines[-1])
                         or PROMPT.match(self.screen.lines[-1])), limit)
        return self.screen.lines[-1]

    def help(self, line, limit=LIMIT):
        """Types a line that ends in ?; the help, as lines."""
        mark = len(self.screen.lines) - 1
        self.send(line)
        again = self.prompt_text() + line.removesuffix("?")
        self._until(lambda: len(self.screen.lines) - 1 > mark
                    and self.screen.lines[-1].rstrip() == again.rstrip(),
                    limit)
        shown = self.screen.lines[mark + 1:-1]
        self.send("\x15")
        self._until(lambda: PROMPT.match(self.prompt()), limit)
        return shown

    def prompt_text(self):
        """The prompt, before anything is typed behind it."""
        return PROMPT.match(self.prompt())[0].rstrip()

    def dialogue(self, line, answers, limit=LIMIT):
        """Types a line and answers what it asks, one line each; all that
        was on the screen until the next prompt."""
        mark = len(self.screen.lines)
        for text in answers:
            self.ask(line, limit)
            line = text
        self.ask(line, limit)
        self._until(lambda: PROMPT.match(self.screen.lines[-1]), limit)
        return self.screen.lines[mark:-1]

    def paste(self, text, limit=LIMIT):
        """All of a text at once, as a terminal pastes it."""
        mark = len(self.screen.lines)
        lines = text.strip("\n").split("\n")
        self.send("\r".join(lines) + "\r")
        self._until(lambda: len(self.screen.lines) >= mark + len(lines)
                    and PROMPT.match(self.screen.lines[-1]), limit, quiet=0.5)
        return self.screen.lines[mark - 1:]

    def _echo(self, mark, command):
        for number in range(mark, len(self.screen.lines)):
            line = self.screen.lines[number]
            head, found, tail = line.rstrip().partition(command.rstrip())
            if found and not tail and PROMPT.match(head):
                return number
        return None

    def wait_log(self, pattern, limit=LIMIT):
        """The next log line that matches, of those not yet waited for."""
        until = time.monotonic() + limit
        while True:
            self._collect_logs()
            for number in range(self._log_mark, len(self.logs)):
                if re.search(pattern, self.logs[number]):
                    self._log_mark = number + 1
                    return self.logs[number]
            rest = until - time.monotonic()
            if rest <= 0:
                raise LabError(f"not logged in {limit:.0f} s: {pattern}"
                                     "\n" + "\n".join(self.logs))
            self._receive(min(rest, 0.2))

    def forget_logs(self):
        self.read(0.2)
        self._collect_logs()
        self._log_mark = len(self.logs)

    def _collect_logs(self):
        self.logs = [line for line in self.screen.lines[:-1]
                     if LOG_LINE.match(line)]

    def read(self, seconds):
        """Takes what comes within this time."""
        until = time.monotonic() + seconds
        while (rest := until - time.monotonic()) > 0:
            self._receive(rest)

    def _until(self, ready, limit=LIMIT, quiet=QUIET):
        until = time.monotonic() + limit
        while True:
            if ready() and not self._receive(quiet) and ready():
                return
            rest = until - time.monotonic()
            if rest <= 0:
                tail = "\n".join(self.screen.lines[-15:])
                raise LabError(f"the console did not get there in "
                                     f"{limit:.0f} s; it shows:\n{tail}")
            self._receive(min(rest, 0.2))

    def _receive(self, seconds):
        if not select.select([self._sock], [], [], seconds)[0]:
            return False
        data = self._sock.recv(65536)
        if not data:
            raise LabError("the console closed the connection after:\n"
                                 + "\n".join(self.screen.lines[-15:]))
        self.screen.feed(self._strip(data).decode(errors="replace"))
        return True

    def _strip(self, data):
        """Takes telnet's own octets out and answers them."""
        data, text = self._telnet + data, b""
        self._telnet = b""
        while data:
            plain, mark, rest = data.partition(bytes([IAC]))
            text += plain
            if not mark:
                break
            used = self._command(rest)
            if used is None:
                self._telnet = mark + rest
                break
            if rest[:1] == mark:
                text += mark
            data = rest[used:]
        return text.replace(b"\0", b"")

    def _command(self, rest):
        if not rest:
            return None
        if rest[0] in (DO, DONT, WILL, WONT):
            if len(rest) < 2:
                return None
            self._answer(rest[0], rest[1])
            return 2
        if rest[0] == SB:
            end = rest.find(bytes([IAC, SE]))
            return None if end < 0 else end + 2
        return 1

    def _answer(self, verb, option):
        if verb == WILL:
            known = option in (ECHO, SUPPRESS_GO_AHEAD)
            self._sock.sendall(bytes([IAC, DO if known else DONT, option]))
        elif verb == DO:
            known = option == SUPPRESS_GO_AHEAD
            self._sock.sendall(bytes([IAC, WILL if known else WONT, option]))
