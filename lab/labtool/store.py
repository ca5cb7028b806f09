# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to a lab, kept under /run/getvpn-lab/LAB.

lab.json    the plan; written before anything of it is created
NODE/       a router's state directory (getvpnd --state-dir), plus
NODE/log    what getvpnd says on stderr
NODE/process  its process id and start time

Namespaces are called gv-LAB.NODE; a lab's name has no dot, so the lab of a
namespace can be told from its name alone, even when lab.json is gone.
Whoever changes a lab holds a lock on its directory.
"""

import contextlib
import fcntl
import json
import os
import shutil

from . import LabError

ROOT = "/run/getvpn-lab"
NETNS_DIR = "/run/netns"
PLAN = "lab.json"
# sockaddr_un.sun_path holds 108 octets with the NUL (unix(7)).
SOCKET_PATH_MAX = 107


def lab_dir(name):
    return os.path.join(ROOT, name)


def node_dir(lab, node):
    return os.path.join(ROOT, lab, node)


def netns_prefix(lab):
    return f"gv-{lab}."


def netns(lab, node):
    return netns_prefix(lab) + node


def check_length(lab, node):
    if len(os.path.join(node_dir(lab, node), "cli.sock")) > SOCKET_PATH_MAX:
        raise LabError(f"the names {lab} and {node} are too long together")


def running():
    """Names of the labs that have a directory, sorted."""
    with contextlib.suppress(FileNotFoundError):
        return sorted(entry.name for entry in os.scandir(ROOT)
                      if entry.is_dir())
    return []


def not_up(lab):
    others = [name for name in running() if name != lab]
    return (f"lab {lab} is not up"
            + (f"; running: {', '.join(others)}" if others else ""))


def namespaces(lab):
    """Names of the namespaces that belong to a lab, by their prefix."""
    with contextlib.suppress(FileNotFoundError):
        return sorted(name for name in os.listdir(NETNS_DIR)
                      if name.startswith(netns_prefix(lab)))
    return []


def read_plan(lab):
    """The plan of a lab, or None when it has none (or half of one)."""
    try:
        with open(os.path.join(lab_dir(lab), PLAN), encoding="utf-8") as file:
            return json.load(file)
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError):
        return None


def write_plan(lab, plan):
    path = os.path.join(lab_dir(lab), PLAN)
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(plan, file, indent=1)
    os.replace(path + ".new", path)


@contextlib.contextmanager
def locked(lab, make=False):
    """Holds the lab's directory (made on demand) for one writer.

    The directory may be removed by the holder before us: then our lock is on
    a directory without a name, and we start over.
    """
    path = lab_dir(lab)
    while True:
        if make:
            os.makedirs(path, mode=0o755, exist_ok=True)
        try:
            fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            if make:
                continue
            raise LabError(not_up(lab)) from None
        fcntl.flock(fd, fcntl.LOCK_EX)
        if _names(path, fd):
            break
        os.close(fd)
    try:
        yield
    finally:
        os.close(fd)


def _names(path, fd):
    try:
        there, ours = os.stat(path), os.fstat(fd)
    except FileNotFoundError:
        return False
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)


def remove(lab):
    """Removes the lab's directory; the root too when it was the last one."""
    shutil.rmtree(lab_dir(lab), ignore_errors=True)
    with contextlib.suppress(OSError):
        os.rmdir(ROOT)
