# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs in namespaces, and what is asked of their devices."""

import contextlib
import json
import os
import shutil
import subprocess

from labtool import process, store

from . import BenchError

# What makes or takes superpackets; of ethtool(8), -K.
OFFLOADS = ("gso", "tso", "gro", "tx-udp-segmentation")

# Sockets of TUN programs may hold so much; theirs alone ask for it.
SOCKET_BUFFER = 32 << 20
SYSCTLS = {"net/core/rmem_max": SOCKET_BUFFER,
           "net/core/wmem_max": SOCKET_BUFFER}


def have(*programs):
    """The first of the programs that is missing, or None."""
    for name in programs:
        if not find(name):
            return name
    return None


def find(name):
    places = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/lib/ipsec"
    return shutil.which(name, path=places)


def run(argv, **keywords):
    """A program that has to succeed; what it printed."""
    done = subprocess.run(argv, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, check=False, **keywords)
    if done.returncode:
        said = (done.stderr + done.stdout).strip().splitlines()
        raise BenchError(f"{' '.join(argv[:6])}: "
                         f"{said[-1] if said else done.returncode}")
    return done.stdout


class Node:
    """A namespace of a lab, and the programs that were started in it."""

    def __init__(self, lab, name):
        self.lab, self.name = lab, name
        self.netns = store.netns(lab, name)
        self.dir = store.node_dir(lab, name)

    def argv(self, argv):
        return ["ip", "netns", "exec", self.netns, *argv]

    def run(self, *argv, **keywords):
        return run(self.argv(argv), **keywords)

    def shell(self, text):
        return self.run("sh", "-ec", text)

    def start(self, *argv, env=None, output=None, stdin=subprocess.DEVNULL):
        """A program that runs until the lab ends; its output in a log."""
        os.makedirs(self.dir, exist_ok=True)
        log = open(os.path.join(self.dir, "log"), "ab")
        with log:
            return subprocess.Popen(
                self.argv(argv), stdin=stdin, stdout=output or log,
                stderr=log, cwd="/", start_new_session=True,
                env={**process.marked_env(self.lab), **(env or {})})

    def log(self):
        with contextlib.suppress(OSError):
            with open(os.path.join(self.dir, "log"), encoding="utf-8",
                      errors="replace") as file:
                return file.read()
        return ""

    def devices(self):
        shown = json.loads(run(["ip", "-n", self.netns, "-j", "link"]))
        return [link["ifname"] for link in shown if link["ifname"] != "lo"]

    def count(self, device, counter):
        """A counter of a device, of /sys/class/net/DEVICE/statistics."""
        shown = json.loads(run(["ip", "-n", self.netns, "-j", "-s", "link",
                                "show", "dev", device]))
        way, what = counter.split("_", 1)
        return shown[0]["stats64"][way][what]

    def offloads_off(self):
        for device in self.devices():
            for feature in OFFLOADS:
                subprocess.run(
                    self.argv([find("ethtool"), "-K", device, feature,
                               "off"]), capture_output=True, check=False)

    def offloads_left(self):
        """Devices that still make superpackets, with the feature's name."""
        names = ("generic-segmentation-offload", "tcp-segmentation-offload",
                 "generic-receive-offload", "tx-udp-segmentation")
        left = []
        for device in self.devices():
            shown = self.run(find("ethtool"), "-k", device)
            left += [f"{self.name}:{device} {line.split(':')[0]}"
                     for line in shown.splitlines()
                     if line.split(":")[0] in names and ": on" in line]
        return left


def end(child, grace=2.0):
    """Ends a program that start() gave, by its id."""
    if child and child.poll() is None:
        child.terminate()
        try:
            child.wait(grace)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def give_way(child, nice=19):
    """A program from start() yields to all others: its own priority, and its
    session's where the kernel groups tasks by session (sched(7))."""
    os.setpriority(os.PRIO_PROCESS, child.pid, nice)
    with contextlib.suppress(OSError):
        _write(f"/proc/{child.pid}/autogroup", nice)


def threads(pid, name):
    """Ids of a process's threads of that name, in the order of their ids."""
    found = []
    for tid in sorted(int(t) for t in os.listdir(f"/proc/{pid}/task")):
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/task/{tid}/comm",
                      encoding="ascii") as file:
                if file.read().strip().startswith(name):
                    found.append(tid)
    return found


def cpu_ticks(pid):
    """User and system time of a process so far, in seconds."""
    with open(f"/proc/{pid}/stat", encoding="ascii",
              errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def room_for_sockets():
    """Lets programs have big socket buffers; puts the limits back."""
    before = {}
    for name, value in SYSCTLS.items():
        path = "/proc/sys/" + name
        with open(path, encoding="ascii") as file:
            now = int(file.read())
        if now < value:
            before[path] = now
            _write(path, value)
    try:
        yield
    finally:
        for path, value in before.items():
            _write(path, value)


def _write(path, value):
    with open(path, "w", encoding="ascii") as file:
        file.write(f"{value}\n")
