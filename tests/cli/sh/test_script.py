# SPDX-License-Identifier: GPL-3.0-or-later
"""getvpnsh -r DIR with -c, -f, a pipe and a tty."""

import os
import pty
import select
import socket
import subprocess
import termios
import threading
import time

import pytest

from fake import DIALOGUE, HIDDEN, PATIENCE, Router, program


class Place:
    """A state directory with a router in it."""

    def __init__(self, path):
        self.path = path
        self.on_line = None
        self._routers, self._adding = [], threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        os.makedirs(path)
        before = os.getcwd()
        os.chdir(path)  # the path may be too long for bind()
        self.listener.bind("cli.sock")
        os.chdir(before)
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            with self._adding:
                self._routers.append(Router(sock, on_line=self.on_line))

    @property
    def routers(self):
        """One begins to talk before it has its place in the list."""
        with self._adding:
            return self._routers

    def run(self, *arguments, **options):
        return subprocess.run([program(), "-r", self.path, *arguments],
                              capture_output=True, text=True,
                              timeout=PATIENCE, **options)


@pytest.fixture
def place(tmp_path):
    made = Place(str(tmp_path / "r1"))
    yield made
    made.listener.close()


def test_commands_run_in_order_and_show_neither_prompt_nor_echo(place):
    done = place.run("-c", "show a", "-c", "show b", stdin=subprocess.DEVNULL)
    assert done.stdout == "output of show a\noutput of show b\n"
    assert (done.returncode, done.stderr) == (0, "")
    assert place.routers[0].wait_for("H") == ["s"]


def test_a_failed_command_gives_status_1_and_the_rest_still_runs(place):
    done = place.run("-c", "bad", "-c", "show b")
    assert done.returncode == 1
    assert done.stdout == ("        ^\n% Invalid input detected at '^' marker."
                           "\n\noutput of show b\n")


def test_the_next_command_answers_a_question(place):
    def ask(router, line):
        if line == "reload":
            router.text("Warning\n")
            router.prompt("Proceed? [confirm]", DIALOGUE)
        elif line == "enable":
            router.prompt("Password: ", DIALOGUE | HIDDEN)
        else:
            router.text("got %s\n" % line)
            router.prompt()

    place.on_line = ask
    done = place.run("-c", "reload", "-c", "y", "-c", "enable", "-c", "pw")
    assert done.stdout == ("Warning\nProceed? [confirm]y\ngot y\n"
                           "Password: \ngot pw\n")
    assert done.returncode == 0


def test_a_question_without_an_answer_gives_status_1(place):
    place.on_line = lambda router, _: router.prompt("Sure? ", DIALOGUE)
    done = place.run("-c", "reload")
    assert (done.returncode, done.stdout) == (1, "Sure? \n")
    assert "unanswered" in done.stderr


def test_a_command_that_ends_with_a_question_mark_asks_for_help(place):
    done = place.run("-c", "show cl?", "-c", "show ?", "-c", "show a")
    assert done.stdout == ("help for [show cl]\n\nhelp for [show ]\n\n"
                           "output of show a\n")
    assert done.returncode == 0
    assert place.routers[0].lines() == ["show a"]


def test_a_question_mark_in_a_file_is_text(place, tmp_path):
    config = tmp_path / "config"
    config.write_text("description why?\n")
    assert place.run("-f", str(config)).returncode == 0
    assert "description why?" in place.routers[0].lines()


def test_a_long_output_is_not_paged(place):
    done = place.run("-c", "lines 5000")
    assert done.stdout == "".join("line %d\n" % (n + 1) for n in range(5000))


def test_a_file_is_typed_into_configuration_mode(place, tmp_path):
    lines = ["hostname R1", "!", "", "interface Ethernet0/0"] + \
        [" description %d" % n for n in range(1000)]
    config = tmp_path / "config"
    config.write_bytes("\r\n".join(lines).encode())
    done = place.run("-f", str(config))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert place.routers[0].lines() == \
        ["configure terminal"] + lines + ["end"]


def test_a_file_that_ends_configuration_itself_is_not_ended_again(
        place, tmp_path):
    config = tmp_path / "config"
    config.write_text("hostname R1\nend\n")
    assert place.run("-f", str(config)).returncode == 0
    assert place.routers[0].lines() == [
        "configure terminal", "hostname R1", "end"]


def test_a_bad_line_in_a_file_gives_status_1(place, tmp_path):
    config = tmp_path / "config"
    config.write_text("bad\nhostname R1\n")
    assert place.run("-f", str(config)).returncode == 1
    assert place.routers[0].lines()[-1] == "end"


def test_the_state_directory_may_come_from_the_environment(place):
    done = subprocess.run([program(), "-c", "show a"], capture_output=True,
                          text=True, timeout=PATIENCE,
                          env=dict(os.environ, GETVPN_STATE_DIR=place.path))
    assert done.stdout == "output of show a\n"


def test_a_deep_state_directory_works(tmp_path):
    place = Place(str(tmp_path / ("d" * 120)))
    assert place.run("-c", "show a").stdout == "output of show a\n"
    place.listener.close()


def test_no_router_is_an_error(tmp_path):
    done = subprocess.run([program(), "-r", str(tmp_path), "-c", "show a"],
                          capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1
    assert "no router" in done.stderr


@pytest.mark.parametrize("arguments", [
    ["--telnet", "3"], ["-x"], ["-r", "d", "word"], ["--telnet", "a",
                                                     "--control", "4"]])
def test_wrong_usage_has_status_2(arguments):
    done = subprocess.run([program(), *arguments], capture_output=True,
                          timeout=PATIENCE)
    assert done.returncode == 2


def test_a_router_that_dies_under_a_script_gives_status_1(place):
    place.on_line = lambda router, _: router.sock.shutdown(socket.SHUT_RDWR)
    done = place.run("-c", "reload", "-c", "show a")
    assert done.returncode == 1
    assert "[Connection to router lost]" in done.stdout


def test_commands_after_the_end_of_the_session_give_status_1(place):
    assert place.run("-c", "exit").returncode == 0
    assert place.run("-c", "exit", "-c", "show a").returncode == 1


@pytest.mark.parametrize("how", ["pipe", "file"])
def test_an_interactive_session_reads_a_pipe_to_its_end(place, tmp_path, how):
    if how == "pipe":
        done = place.run(input="show a\nshow b\n")
    else:
        (tmp_path / "keys").write_text("show a\nshow b\n")
        with open(tmp_path / "keys") as keys:
            done = place.run(stdin=keys)
    assert done.returncode == 0
    assert done.stdout == ("R1#show a\noutput of show a\n"
                           "R1#show b\noutput of show b\nR1#")


class Tty:
    """A session on a pseudo-terminal."""

    def __init__(self, place):
        self.master, self.slave = pty.openpty()
        termios.tcsetwinsize(self.slave, (30, 100))
        self.before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(
            [program(), "-r", place.path], stdin=self.slave,
            stdout=self.slave, start_new_session=True)

    def expect(self, end):
        out = b""
        limit = time.monotonic() + PATIENCE
        while not out.endswith(end.encode()):
            left = limit - time.monotonic()
            assert left > 0 and select.select([self.master], [], [], left)[0]
            out += os.read(self.master, 65536)
        return out.decode()

    def close(self):
        os.close(self.master)
        os.close(self.slave)
        self.process.wait(PATIENCE)


@pytest.fixture
def tty(place):
    made = Tty(place)
    yield made
    made.close()


def test_a_tty_is_raw_during_the_session_and_as_before_after_it(tty):
    tty.expect("R1#")
    assert not termios.tcgetattr(tty.slave)[3] & termios.ECHO
    os.write(tty.master, b"show a\r")
    assert tty.expect("a\r\nR1#") == "show a\r\noutput of show a\r\nR1#"
    os.write(tty.master, b"\x1d")
    assert tty.process.wait(PATIENCE) == 0
    assert termios.tcgetattr(tty.slave)[3] == tty.before[3]


def test_a_session_can_be_left_while_the_router_is_busy(tty, place):
    tty.expect("R1#")
    place.routers[0].on_line = lambda router, line: None
    os.write(tty.master, b"wait\r")
    place.routers[0].wait_for("L")
    os.write(tty.master, b"\x1d")
    assert tty.process.wait(PATIENCE) == 0


def test_the_size_of_a_tty_and_its_changes_reach_the_router(tty, place):
    tty.expect("R1#")
    router = place.routers[0]
    assert router.wait_for("W") == [bytes([0, 100, 0, 30])]
    termios.tcsetwinsize(tty.slave, (40, 120))
    tty.process.send_signal(28)
    assert router.wait_for("W", 2)[1] == bytes([0, 120, 0, 40])


def test_a_paste_into_a_tty_loses_nothing(tty, place):
    tty.expect("R1#")
    lines = ["access-list 100 permit ip host 10.0.0.%d any" % n
             for n in range(500)]
    data = "".join(line + "\r" for line in lines).encode()
    out = b""
    while out.count(b"\n") < len(lines):
        want = [tty.master] if data else []
        readable, writable, _ = select.select([tty.master], want, [], PATIENCE)
        assert readable or writable
        if readable:
            out += os.read(tty.master, 65536)
        elif writable:
            data = data[os.write(tty.master, data[:1024]):]
    assert place.routers[0].wait_for("L", 500) == lines
