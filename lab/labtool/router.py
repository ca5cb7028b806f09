# SPDX-License-Identifier: GPL-3.0-or-later
"""One router: getvpnd in its namespace, and its console.

The console's listening socket is opened here, in the host's namespace, and
handed to getvpnd: so telnet to 127.0.0.1 reaches a router that has no other
way to the host.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import time
import zlib

from . import LabError, process, store

CHECKOUT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))

# How long a router may take until its console answers.  It takes less than a
# second; the rest is for machines that are busy with something else.
BOOT_LIMIT = 60.0
POLL = 0.02

# Ports of the consoles: below Linux's ephemeral ports (32768 and up).
PORT_FIRST = 10000
PORT_COUNT = 20000
PORT_TRIES = 200


def program(name, built):
    """Path of one of our programs: from build/ in a checkout, else $PATH."""
    build = os.environ.get("GETVPN_BUILD") or os.path.join(CHECKOUT, "build")
    path = os.path.join(build, built)
    if os.access(path, os.X_OK):
        return path
    path = shutil.which(name)
    if not path:
        raise LabError(f"{name} is not built yet: run ./quickstart --prepare")
    return path


def getvpnd():
    return program("getvpnd", "getvpnd/getvpnd")


def getvpnsh():
    return program("getvpnsh", "cli/sh/getvpnsh")


def ssh_keeper():
    """getvpn-sshd and its options: a script that is not built, and what is."""
    build = os.environ.get("GETVPN_BUILD") or os.path.join(CHECKOUT, "build")
    script = os.path.join(CHECKOUT, "cli", "ssh", "getvpn-sshd")
    module = os.path.join(build, "cli", "ssh", "libnss_getvpn.so.2")
    if os.access(script, os.X_OK) and os.path.exists(module):
        return [script, "--module", module, "--getvpnsh", getvpnsh()]
    script = shutil.which("getvpn-sshd")
    return [script, "--getvpnsh", getvpnsh()] if script else None


def environment(lab, node, plan):
    """What programs of this node see: the file's env, and our programs."""
    env = process.marked_env(lab)
    env["GETVPN_LAB_DIR"] = store.lab_dir(lab)
    env.update(plan["nodes"][node]["env"])
    places = []
    with contextlib.suppress(LabError):
        places = [os.path.dirname(getvpnd()), os.path.dirname(getvpnsh())]
    env["PATH"] = ":".join([*places, env.get("PATH", "/usr/sbin:/usr/bin")])
    if plan["nodes"][node]["kind"] == "router":
        env["GETVPN_STATE_DIR"] = store.node_dir(lab, node)
    return env


def listen(lab, node, wanted=None):
    """A listening socket for a console; the same port each time, if free."""
    start = zlib.crc32(f"{lab}/{node}".encode()) % PORT_COUNT
    ports = [PORT_FIRST + (start + n) % PORT_COUNT for n in range(PORT_TRIES)]
    if wanted:
        ports.insert(0, wanted)
    for port in [*ports, 0]:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
            sock.listen()
            return sock
        except OSError:
            sock.close()
    raise LabError("no free port on 127.0.0.1 for a console")


class Router:
    """A router of a lab that is being started."""

    def __init__(self, lab, node, plan):
        self.lab, self.node, self.plan = lab, node, plan
        self.dir = store.node_dir(lab, node)
        self.child = None

    def start(self, sock):
        """Starts getvpnd; the socket is its from then on."""
        mine = self.plan["nodes"][self.node]
        os.makedirs(self.dir, mode=0o700, exist_ok=True)
        argv = ["ip", "netns", "exec", mine["netns"],
                *self.argv(sock.fileno())]
        with sock, open(os.path.join(self.dir, "log"), "ab") as log:
            self.child = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=[sock.fileno()], start_new_session=True,
                env=environment(self.lab, self.node, self.plan), cwd="/")
        process.record(os.path.join(self.dir, "process"), self.child.pid)

    def argv(self, console_fd):
        """getvpnd and its arguments, as it runs in its namespace."""
        argv = [getvpnd(), "--state-dir", self.dir,
                "--console-fd", str(console_fd),
                "--getvpnsh", getvpnsh()]
        if self.plan["nodes"][self.node]["startup_config"]:
            argv += ["--startup-config", self._first_config()]
        if os.environ.get("GETVPN_NO_FRR"):
            argv.append("--no-frr")
        if self.plan["time_scale"] != 1:
            argv += ["--time-scale", str(self.plan["time_scale"])]
        return argv

    def _first_config(self):
        """A copy: getvpnd may not read what is another user's."""
        path = os.path.join(self.dir, "first-config")
        if not os.path.exists(path):
            shutil.copyfile(self.plan["nodes"][self.node]["startup_config"],
                            path)
        return path

    def wait(self, stop):
        """Returns when the console answers, or stop is set."""
        until = time.monotonic() + BOOT_LIMIT
        while not stop.is_set() and not self._answers():
            status = self.child.poll()
            if status is not None:
                raise LabError(self._obituary(f"ended with {status}"))
            if time.monotonic() > until:
                raise LabError(self._obituary("does not answer"))
            time.sleep(POLL)

    def _answers(self):
        path = os.path.join(self.dir, "cli.sock")
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as sock:
            try:
                sock.connect(path)
            except OSError:
                return False
        done = subprocess.run([getvpnsh(), "-r", self.dir, "-c", "show clock"],
                              stdin=subprocess.DEVNULL, capture_output=True,
                              check=False)
        return done.returncode == 0

    def _obituary(self, what):
        with open(os.path.join(self.dir, "log"), encoding="utf-8",
                  errors="replace") as file:
            tail = file.read().splitlines()[-10:]
        said = "".join(f"\n  {line}" for line in tail) or " (its log is empty)"
        return f"{self.node}: getvpnd {what}:{said}"


def commands(lab, node, *lines):
    """Runs commands in one session; what they print.  An error line of IOS's
    is a LabError."""
    argv = [getvpnsh(), "-r", store.node_dir(lab, node)]
    for line in lines:
        argv += ["-c", line]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, errors="replace", check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).strip() or "no answer"
        raise LabError(f"{node}: '{lines[-1]}': {said}")
    return done.stdout


def state(lab, node):
    """(\"up\", id) or (\"dead\", None)."""
    found = process.recorded(os.path.join(store.node_dir(lab, node),
                                          "process"))
    return ("up", found[0]) if found else ("dead", None)
