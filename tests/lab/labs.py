# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs for tests: booted with lab/getvpn-lab as a user would, named so that
no two runs meet, and always taken down."""

import itertools
import json
import os
import re
import subprocess
import sys
import time

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
PROGRAM = os.path.join(TOP, "lab", "getvpn-lab")
sys.path.insert(0, os.path.join(TOP, "lab"))

from labtool.capture import Capture, parse  # noqa: E402,F401

from console import Console  # noqa: E402

UP_LIMIT = 120
COMMAND_LIMIT = 120

_numbers = itertools.count(1)


def run(*arguments, check=True, limit=COMMAND_LIMIT, stdin=None, env=None):
    done = subprocess.run([PROGRAM, *arguments], text=True, errors="replace",
                          capture_output=True, timeout=limit, input=stdin,
                          env={**os.environ, **(env or {})}, check=False)
    if check:
        assert done.returncode == 0, \
            f"getvpn-lab {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done


def until(ready, limit, what):
    """Asks again and again; the first true answer."""
    end = time.monotonic() + limit
    while True:
        answer = ready()
        if answer:
            return answer
        assert time.monotonic() < end, f"not within {limit} s: {what}"
        time.sleep(0.1)


def leftovers(name):
    """All of a lab that the system still knows."""
    left = [entry for entry in _names("/run/netns")
            if entry.startswith(f"gv-{name}.")]
    left += [entry for entry in _names("/run/getvpn-lab") if entry == name]
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                marked = f"_GETVPN_LAB_OWNER={name}".encode() \
                    in file.read().split(b"\0")
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if marked or any(f"/run/getvpn-lab/{name}/".encode() in word
                         for word in words):
            left.append(f"process {pid}: {b' '.join(words).decode()}")
    return left


def _names(place):
    try:
        return os.listdir(place)
    except FileNotFoundError:
        return []


class Lab:
    def __init__(self, topology, *options, name=None):
        self.name = name or f"test{os.getpid()}-{next(_numbers)}"
        self._consoles = {}
        try:
            self.said = run("--name", self.name, "up", topology, *options,
                            limit=UP_LIMIT)
        except BaseException:
            self.down()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.down()

    def down(self):
        for console in self._consoles.values():
            console.close()
        run("--name", self.name, "down")
        left = leftovers(self.name)
        assert not left, f"left behind: {left}"

    def status(self):
        return json.loads(run("--name", self.name, "status", "--json").stdout)

    def node(self, name):
        return self.status()["nodes"][name]

    def run(self, *arguments, **options):
        return run("--name", self.name, *arguments, **options)

    def cli(self, node, *commands, check=True):
        return self.run("cli", node, *commands, check=check).stdout

    def exec(self, node, *argv, check=True):
        return self.run("exec", node, "--", *argv, check=check)

    def start(self, node, *argv):
        """A program that goes on in a node; its output can be read."""
        return subprocess.Popen(
            [PROGRAM, "--name", self.name, "exec", node, "--", *argv],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def capture(self, node, device):
        return Capture(self.name, node, device)

    def console(self, node, fresh=False):
        """The telnet console of a router; one each, unless a fresh one."""
        if fresh or node not in self._consoles:
            console = Console(self.node(node)["console"]["port"])
            if fresh:
                return console
            self._consoles[node] = console
        return self._consoles[node]

    def registered(self, node):
        shown = self.cli(node, "show crypto gdoi gm", check=False)
        return re.search(r"Registration status\s*: Registered$", shown, re.M)

    def wait_registered(self, *nodes, limit=100):
        for node in nodes:
            until(lambda node=node: self.registered(node), limit,
                  f"{node} is registered")

    def counters(self, node):
        """(encrypted, decrypted)"""
        shown = self.cli(node, "show crypto gdoi gm dataplane counters")
        found = re.search(r"#pkts encrypt\s*: (\d+)\s+#pkts decrypt\s*: (\d+)",
                          shown)
        return int(found[1]), int(found[2])
