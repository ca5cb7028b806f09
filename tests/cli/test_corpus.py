# SPDX-License-Identifier: GPL-3.0-or-later
"""What people paste: every line of a configuration is acted on or kept and
shown again, and what is shown makes the same router.

$GETVPN_CORPUS names a directory of further configurations (*.cfg);
$GETVPN_CORPUS_REFUSED is an expression for those of their lines that IOS
refuses as well.
"""

import ctypes
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("GETVPN_BUILD", TOP / "build"))
CORPUS = pathlib.Path(__file__).parent / "corpus"
KEPT = ("getvpn", "interfaces", "routing", "security", "services")
MORE = sorted(pathlib.Path(os.environ.get("GETVPN_CORPUS", "/nonexistent"))
              .glob("*.cfg"))
REFUSED = os.environ.get("GETVPN_CORPUS_REFUSED", r"$^")

ERROR = re.compile(r"% (Invalid input|Incomplete|Ambiguous)")
MARK = re.compile(r" +! kept, not acted on: .+$")
DATA = re.compile(r"([0-9A-F]{2,8} ?)+$|quit$")
SERVED = ("crypto gdoi group SERVED", "server local")
ACTED_ON = {("interface Ethernet0/1",), ("ip access-list extended OFFICE",),
            ("crypto ipsec profile PROFILE",), SERVED[:1], SERVED,
            SERVED + ("sa ipsec 1",), ("crypto gdoi group JOINED",),
            ("interface Ethernet0/1", "ip access-group 120 in"),
            ("interface Ethernet0/1", "ip access-group BLOCKED out")}


class Router:
    """A getvpnd in a network namespace that ends with it."""

    def __init__(self, path, *options):
        self.dir = path
        log = path.with_suffix(".log")
        with log.open("w") as file:
            self.process = subprocess.Popen(
                ["unshare", "-n", BUILD / "getvpnd" / "getvpnd",
                 "--state-dir", path, "--vty-port", "0", "--workers", "1",
                 "--no-frr",
                 "--getvpnsh", BUILD / "cli" / "sh" / "getvpnsh",
                 "--interface", "Ethernet0/0=eth0",
                 "--interface", "Ethernet0/1=eth1", *options],
                stdout=file, stderr=file, pass_fds=_inherited(options))
        for _ in range(400):
            if (path / "cli.sock").exists():
                return
            time.sleep(0.05)
        raise AssertionError(log.read_text())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=20) == 0

    def run(self, *arguments):
        done = subprocess.run(
            [BUILD / "cli" / "sh" / "getvpnsh", "-r", self.dir, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, errors="replace", timeout=60,
            check=False)
        return done.stdout.decode(errors="replace") \
            if isinstance(done.stdout, bytes) else done.stdout

    def paste(self, path):
        """Types a file in; what was answered."""
        return self.run("-f", path)

    def show(self, what="running-config"):
        return self.run("-c", f"show {what}")


def _inherited(options):
    return [int(value) for name, value in zip(options, options[1:])
            if name == "--console-fd"]


@pytest.fixture
def router(tmp_path):
    with Router(tmp_path / "state") as it:
        yield it


def config(text):
    """The lines that are configuration, without what tells the time."""
    return [line.rstrip() for line in text.splitlines() if line.strip()
            and not line.startswith(("Building", "Current", "! Last", "! NV"))]


def paths(text):
    """Each line with the lines of the blocks around it."""
    found, around = [], []
    for line in text.splitlines():
        depth = len(line) - len(line.lstrip())
        if not line.strip() or line.lstrip().startswith("!"):
            continue
        around = [(d, words) for d, words in around if d < depth]
        around.append((depth, line.strip()))
        found.append(tuple(words for _, words in around))
    return found


def marked(text):
    """The lines of show configuration unsupported that are not acted on."""
    lines = text.splitlines()
    wanted = [bool(MARK.search(line)) for line in lines if line.strip()
              and not line.lstrip().startswith("!")]
    plain = paths("\n".join(MARK.sub("", line) for line in lines))
    return {path for path, yes in zip(plain, wanted) if yes}


def errors(said):
    return [line for line in said.splitlines() if ERROR.match(line)]


def round_trip(first, tmp_path):
    """A router of its own shows what it was given."""
    wanted = first.show()
    (tmp_path / "shown").write_text(wanted)
    with Router(tmp_path / "second") as second:
        said = second.paste(tmp_path / "shown")
        assert not errors(said), said
        assert config(second.show()) == config(wanted)


@pytest.mark.parametrize("name", KEPT)
def test_what_is_not_acted_on_is_kept_and_named(router, tmp_path, name):
    said = router.paste(CORPUS / f"{name}.cfg")
    assert not errors(said), said
    shown, named = paths(router.show()), marked(
        router.show("configuration unsupported"))
    for path in paths((CORPUS / f"{name}.cfg").read_text()):
        assert path in shown
        if DATA.match(path[-1]) or path in ACTED_ON:
            continue
        assert path in named, "neither acted on nor named"
    round_trip(router, tmp_path)


def test_what_is_acted_on_is_not_named(router, tmp_path):
    (tmp_path / "typed").write_text(
        "crypto isakmp identity host\ncrypto isakmp aggressive-mode disable\n")
    router.paste(tmp_path / "typed")
    assert "crypto isakmp identity hostname\n" in router.show()
    assert router.show("configuration unsupported").endswith(
        "0 lines are kept and not acted on\n")


def test_a_kept_line_goes_with_no(router):
    before = config(router.show())
    router.paste(CORPUS / "services.cfg")
    heads = [path[0] for path in
             paths((CORPUS / "services.cfg").read_text()) if len(path) == 1]
    said = router.run("-c", "configure terminal",
                      *[word for head in heads for word in ("-c",
                        head[3:] if head.startswith("no ") else f"no {head}")],
                      "-c", "end")
    assert not errors(said), said
    # "no service dhcp" is a line of its own.
    assert [line for line in config(router.show())
            if line != "no service dhcp" and line != "!"] == [
                line for line in before if line != "!"]


@pytest.mark.parametrize("how", ["plain", "crlf", "tabs", "prompts",
                                 "typography", "twice"])
def test_a_whole_running_config_of_another_router(tmp_path, router, how):
    text = (CORPUS / "whole.cfg").read_text()
    head, _, banner = text.partition("banner motd ^C\n")
    banner, _, tail = banner.partition("^C\n")
    changed = {
        "plain": lambda t: t,
        "crlf": lambda t: t.replace("\n", "\r\n"),
        "tabs": lambda t: re.sub(r"^( +)(?=\S)", "\t", t, flags=re.M),
        "prompts": lambda t: re.sub(r"^(?=[^!\s])", "R7(config)#", t,
                                    flags=re.M),
        "typography": lambda t: t.replace(" ", "\u00a0"),
        "twice": lambda t: t,
    }[how]
    if how == "prompts":        # lines of data have none
        head = head.partition("bytes\n")[2]
        head, _, chain = head.partition("crypto pki certificate chain")
        chain, _, rest = chain.partition("\tquit\n")
        given = (changed(head) + "crypto pki certificate chain" + chain
                 + "\tquit\n" + changed(rest))
    else:
        given = changed(head)
    given += "banner motd ^C\n" + banner + "^C\n" + changed(tail)
    (tmp_path / "given").write_bytes(given.encode())
    said = router.paste(tmp_path / "given")
    assert not errors(said), said
    if how == "twice":
        said = router.paste(tmp_path / "given")
        assert not errors(said), said
    shown = paths(router.show())
    for path in paths(head + tail):
        if path[0].startswith(("Building", "Current", "end", "username")):
            continue
        if DATA.match(path[-1]):
            continue
        assert path in shown, how
    assert "! this line is the banner's, too" in router.show()
    round_trip(router, tmp_path)


def test_abbreviations_are_kept_in_full(router, tmp_path):
    typed, wanted = [], []
    for line in (CORPUS / "abbreviated.cfg").read_text().splitlines()[1:]:
        left, _, right = line.partition(" -> ")
        typed.append(left.rstrip())
        wanted.append(right)
    (tmp_path / "typed").write_text("\n".join(typed) + "\n")
    said = router.paste(tmp_path / "typed")
    assert not errors(said), said
    shown = paths(router.show())
    for path in paths("\n".join(wanted)):
        assert path in shown


def test_what_ios_refuses_is_refused(router):
    lines = [line for line in (CORPUS / "refused.cfg").read_text()
             .splitlines() if not line.startswith("!")]
    before = config(router.show())
    for line in lines:
        said = router.run("-c", "configure terminal", "-c", line)
        assert errors(said), line
    assert paths("\n".join(config(router.show()))) == paths(
        "\n".join(before))


def test_a_line_that_is_refused_does_not_leave_its_block(router, tmp_path):
    (tmp_path / "typed").write_text(
        "router eigrp 1\n netwrok 10.0.0.0\n network 10.0.0.0\n")
    assert len(errors(router.paste(tmp_path / "typed"))) == 1
    assert ("router eigrp 1", "network 10.0.0.0") in paths(router.show())


# --- ten thousand lines at once ----------------------------------------------

LINES = 10000


def long_config():
    """Some of all: kept, acted on, in blocks."""
    text = ["configure terminal", "ip access-list extended LONG"]
    text += [f" permit ip host 10.{n // 250}.{n % 250}.1 any"
             for n in range(LINES // 2)]
    text += [f"ip prefix-list LONG seq {5 * n + 5} permit "
             f"10.{n // 250}.{n % 250}.0/24" for n in range(LINES // 2 - 3)]
    return text + ["end"]


def type_all(sock, lines):
    """Sends everything without waiting, reading meanwhile."""
    data = "".join(line + "\r" for line in lines).encode()
    sender = threading.Thread(target=sock.sendall, args=(data,))
    sender.start()
    said = b""
    sock.settimeout(60)
    while b"#!the last line" not in said[-200:]:
        said += sock.recv(65536)
    sender.join()
    return said.decode(errors="replace")


def check_long(router, said):
    assert not errors(said), said[:2000]
    shown = config(router.show())
    wanted = [line for line in long_config()
              if line.startswith((" permit", "ip prefix-list"))]
    here = set(shown)
    assert [line for line in wanted if line not in here] == []


def test_ten_thousand_lines_at_once_at_the_console(tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with Router(tmp_path / "state", "--console-fd",
                    str(listener.fileno())) as router, \
                socket.create_connection(listener.getsockname()) as sock:
            said = type_all(sock, ["", "enable", *long_config(),
                                   "!the last line"])
            check_long(router, said)


def inside(pid, port):
    """A connection made in the network namespace of a process."""
    found = []

    def connect():
        with open(f"/proc/{pid}/ns/net", "rb") as namespace:
            assert ctypes.CDLL(None).setns(namespace.fileno(), 0) == 0
        found.append(socket.create_connection(("127.0.0.1", port)))

    thread = threading.Thread(target=connect)   # its namespace ends with it
    thread.start()
    thread.join()
    return found[0]


def test_ten_thousand_lines_at_once_over_telnet(tmp_path):
    with Router(tmp_path / "state", "--vty-port", "2323") as router:
        router.run("-c", "configure terminal", "-c", "line vty 0 4",
                   "-c", "no login", "-c", "privilege level 15", "-c", "end")
        with inside(router.process.pid, 2323) as sock:
            check_long(router, type_all(sock, [*long_config(),
                                               "!the last line"]))


@pytest.mark.skipif(not MORE, reason="GETVPN_CORPUS is not set")
@pytest.mark.parametrize("path", MORE, ids=[path.stem for path in MORE])
def test_further_configurations(router, tmp_path, path):
    lines = path.read_text(errors="replace").splitlines()
    said = router.paste(path)
    wrong = sum(1 for line in lines if re.search(REFUSED, line))
    assert len(errors(said)) == wrong, said
    round_trip(router, tmp_path)
