# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds a lab's processes and ends them, each by its own id.

A process belongs to a lab when its environment carries the lab's mark, when it
lives in one of the lab's namespaces, or when it was written down with its
start time.  A pidfd is taken first and the
question asked again after that, so that an id that was given to another
process meanwhile is never signalled.
"""

import contextlib
import os
import select
import signal
import time

MARK = "_GETVPN_LAB_OWNER"

# How long an orderly end may take before the process is killed.
GRACE = 3.0
# How long the kernel may take to clear away what was killed.
CLEAR = 5.0


def marked_env(lab):
    env = dict(os.environ)
    env[MARK] = lab
    return env


def start_time(pid):
    """Start time of a process in clock ticks since boot, None when gone.

    With the id it names a process for good (proc(5), stat, field 22).
    """
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii",
                  errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


class Owner:
    """Tells which processes belong to a lab."""

    def __init__(self, lab, namespaces, records):
        self._mark = f"{MARK}={lab}".encode()
        self._ids = set()
        for path in namespaces:
            with contextlib.suppress(OSError):
                info = os.stat(path)
                self._ids.add((info.st_dev, info.st_ino))
        self._known = {recorded(path) for path in records}

    def of(self, pid):
        if (pid, start_time(pid)) in self._known:
            return True
        with contextlib.suppress(OSError):
            info = os.stat(f"/proc/{pid}/ns/net")
            if (info.st_dev, info.st_ino) in self._ids:
                return True
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/environ", "rb") as file:
                return self._mark in file.read().split(b"\0")
        return False


def _ancestors():
    """This process and those above it: they run the command that ends."""
    line, pid = set(), os.getpid()
    while pid > 0:
        line.add(pid)
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii",
                      errors="replace") as file:
                pid = int(file.read().rpartition(")")[2].split()[1])
        except OSError:
            break
    return line


def find(owner):
    spared = _ancestors()
    pids = (int(name) for name in os.listdir("/proc") if name.isdigit())
    return [pid for pid in pids
            if pid not in spared and start_time(pid) is not None
            and owner.of(pid)]


def _take(pid, still_ours):
    try:
        fd = os.pidfd_open(pid)
    except OSError:
        return None
    if still_ours(pid):
        return fd
    os.close(fd)
    return None


def _send(fds, number):
    for fd in fds:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(fd, number)


def _wait(fds, seconds):
    """Waits for processes to end; those that did not are returned."""
    left = set(fds)
    until = time.monotonic() + seconds
    while left:
        rest = until - time.monotonic()
        if rest <= 0:
            break
        poll = select.poll()
        for fd in left:
            poll.register(fd, select.POLLIN)
        for fd, _ in poll.poll(rest * 1000):
            left.discard(fd)
    return left


def _end(fds, grace):
    try:
        if grace:
            _send(fds, signal.SIGTERM)
            fds_left = _wait(fds, grace)
        else:
            fds_left = set(fds)
        _send(fds_left, signal.SIGKILL)
        _wait(fds_left, CLEAR)
    finally:
        for fd in fds:
            os.close(fd)


def end_all(owner, grace=GRACE):
    """Ends every process of a lab.  What those start meanwhile, too."""
    for _ in range(10):
        taken = [_take(pid, owner.of) for pid in find(owner)]
        fds = [fd for fd in taken if fd is not None]
        if not fds:
            return True
        _end(fds, grace)
        grace = 0
    return not find(owner)


def end_one(pid, started, grace=GRACE):
    """Ends one process known by id and start time; grace 0 kills at once."""
    fd = _take(pid, lambda p: start_time(p) == started)
    if fd is not None:
        _end([fd], grace)


def record(path, pid):
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(f"{pid} {start_time(pid) or 0}\n")
    os.replace(path + ".new", path)


def recorded(path):
    """(id, start time) when that process still runs, else None."""
    try:
        with open(path, encoding="ascii") as file:
            pid, started = map(int, file.read().split())
    except (OSError, ValueError):
        return None
    return (pid, started) if start_time(pid) == started else None
