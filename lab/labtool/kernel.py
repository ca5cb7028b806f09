# SPDX-License-Identifier: GPL-3.0-or-later
"""Namespaces, cables and bridges, made with the ip program of iproute2.

A cable is a veth pair created inside the two namespaces it joins, so nothing
of a lab is ever seen in the host's own namespace, and a namespace takes its
devices with it when it goes.
"""

import json
import subprocess
import time

from . import LabError

# The kernel's link watch reports a carrier within a second.
FORWARDING_LIMIT = 2.0


def ip(arguments, env=None, stdin=None):
    done = subprocess.run(["ip", *arguments], input=stdin, text=True, env=env,
                          capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["failed"]
        raise LabError(f"ip {' '.join(arguments)}: {said[0]}")
    return done.stdout


def batch(netns, lines, env=None):
    """Several ip commands in one namespace, in one process."""
    if lines:
        ip(["-n", netns, "-batch", "-"], env, "\n".join(lines) + "\n")


def add_netns(netns, env):
    ip(["netns", "add", netns], env)
    batch(netns, ["link set lo up"], env)


def delete_netns(netns):
    ip(["netns", "del", netns])


def add_link(a, b, mtu, env):
    """a and b: (namespace, device)."""
    size = ["mtu", str(mtu)] if mtu else []
    ip(["-n", a[0], "link", "add", a[1], *size, "type", "veth",
        "peer", "name", b[1], *size, "netns", b[0]], env)


def bridge_device(node):
    return node[:15]


def add_bridge(netns, device, ports, env):
    batch(netns, [f"link add {device} type bridge",
                  f"link set {device} up"]
          + [f"link set {port} master {device}" for port in ports], env)


def links_up(netns, devices, env):
    batch(netns, [f"link set {device} up" for device in devices], env)


def wait_until_forwarding(netns, bridge):
    """A bridge forwards for a port only some time after its cable is in."""
    until = time.monotonic() + FORWARDING_LIMIT
    while time.monotonic() < until:
        shown = json.loads(ip(["-n", netns, "-j", "-d", "link", "show",
                               "master", bridge]) or "[]")
        states = [port["linkinfo"]["info_slave_data"]["state"]
                  for port in shown if port.get("linkinfo")]
        if all(state == "forwarding" for state in states):
            break
        time.sleep(0.05)


def routes(netns, device):
    """IPv4 routes over a device that it loses when it goes down."""
    shown = ip(["-n", netns, "-4", "route", "show", "dev", device])
    return [line.strip().replace(" linkdown", "")
            for line in shown.splitlines()
            if line.strip() and "proto kernel" not in line]


def set_down(netns, device):
    ip(["-n", netns, "link", "set", device, "down"])


def set_up(netns, device, lost_routes):
    batch(netns, [f"link set {device} up"]
          + [f"route replace {route} dev {device}" for route in lost_routes])
