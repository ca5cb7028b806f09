# SPDX-License-Identifier: GPL-3.0-or-later
"""A containerlab topology file, read into plain values.

Of https://containerlab.dev/manual/topo-def-file/ this takes in: name,
topology.{defaults,kinds,groups,nodes,links}; of a node kind, image, group,
binds, exec, env, startup-config.  Everything else (mgmt, labels, cpu ...)
has no meaning without containers and is passed over.
"""

import os
import re
from dataclasses import dataclass, field

import yaml

from . import LabError

# A lab name has no dot: the first dot of a namespace's name ends it (store.py).
LAB_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}\Z")
NODE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}\Z")
# IFNAMSIZ - 1, and no character the kernel refuses in a device name.
DEVICE_NAME = re.compile(r"[^\s/:%]{1,15}\Z")

OUR_IMAGE = "opengetvpn"
CONFIG_TARGET = "/etc/getvpn/startup-config"
# The lab's own directory; exec lines find it as GETVPN_LAB_DIR.
LAB_DIR = "__clabDir__"

ROUTER, LINUX, BRIDGE = "router", "linux", "bridge"


@dataclass
class Node:
    name: str
    kind: str
    image: str = ""
    env: dict = field(default_factory=dict)
    exec: list = field(default_factory=list)
    startup_config: str = ""

    def ifmap(self):
        """The IOS name of each Linux device, as GETVPN_IFMAP says."""
        pairs = re.split("[, ]+", self.env.get("GETVPN_IFMAP", ""))
        return dict(reversed(p.split("=", 1))
                    for p in pairs if "=" in p)


@dataclass
class Link:
    a: tuple          # (node name, device name)
    b: tuple
    mtu: int = 0      # 0: the system's default


@dataclass
class Topology:
    name: str
    path: str
    nodes: dict
    links: list
    remarks: list     # what of the file this runner passes over


def check_lab_name(name):
    if not LAB_NAME.match(name):
        raise LabError(f"'{name}' cannot be a lab's name: letters, digits, "
                       "'-' and '_', at most 40")
    return name


def load(path):
    doc = _read(path)
    name = doc.get("name")
    if not name:
        raise LabError(f"{path}: the lab has no name")
    top = _mapping(path, doc, "topology")
    remarks = []
    nodes = {}
    for key, value in _mapping(path, top, "nodes").items():
        nodes[str(key)] = _node(path, top, str(key), value or {}, remarks)
    if not nodes:
        raise LabError(f"{path}: the topology has no nodes")
    links = [_link(path, nodes, n, item)
             for n, item in enumerate(top.get("links") or [], 1)]
    _check_ends_are_free(path, links)
    return Topology(check_lab_name(str(name)), os.path.abspath(path), nodes,
                    links, remarks)


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            doc = yaml.safe_load(file)
    except OSError as err:
        raise LabError(f"{path}: {err.strerror}") from None
    except yaml.YAMLError as err:
        raise LabError(f"{path}: not YAML: {err}") from None
    if not isinstance(doc, dict):
        raise LabError(f"{path}: not a topology file")
    return doc


def _mapping(path, doc, key):
    value = doc.get(key) or {}
    if not isinstance(value, dict):
        raise LabError(f"{path}: '{key}' must be a mapping")
    return value


def _node(path, top, name, own, remarks):
    if not NODE_NAME.match(name) or not isinstance(own, dict):
        raise LabError(f"{path}: bad node '{name}'")
    levels = _levels(path, top, own)
    image = _nearest(levels, "image")
    kind = _kind(path, name, _nearest(levels, "kind") or "linux", image)
    env, lines, binds = {}, [], []
    for level in levels:
        env.update({str(k): "" if v is None else str(v)
                    for k, v in (level.get("env") or {}).items()})
        lines += [str(line) for line in level.get("exec") or []]
        binds += [str(bind) for bind in level.get("binds") or []]
    node = Node(name, kind, image, env, lines)
    node.startup_config = _startup_config(path, node, levels, binds, remarks)
    return node


def _levels(path, top, own):
    """What applies to a node, the most general first."""
    defaults = _mapping(path, top, "defaults")
    groups = _mapping(path, top, "groups")
    group = _mapping(path, groups, own["group"]) if own.get("group") else {}
    kind = own.get("kind") or group.get("kind") or defaults.get("kind")
    kinds = _mapping(path, top, "kinds")
    return [defaults, _mapping(path, kinds, kind or "linux"), group, own]


def _nearest(levels, key):
    for level in reversed(levels):
        if level.get(key):
            return str(level[key])
    return ""


def _kind(path, name, kind, image):
    if kind == "bridge":
        return BRIDGE
    if kind != "linux":
        raise LabError(f"{path}: node {name}: kind '{kind}' needs containers; "
                       "this runner knows linux and bridge")
    last = image.rsplit("/", 1)[-1]
    return ROUTER if last.startswith(OUR_IMAGE) else LINUX


def _startup_config(path, node, levels, binds, remarks):
    source = _nearest(levels, "startup-config")
    for bind in binds:
        parts = bind.split(":")
        if len(parts) > 1 and parts[1] == CONFIG_TARGET:
            source = parts[0]
        elif parts[0] != LAB_DIR:
            remarks.append(f"{node.name}: bind {bind} passed over")
    if not source or node.kind != ROUTER:
        return ""
    base = os.path.dirname(os.path.abspath(path))
    file = os.path.join(base, os.path.expanduser(source))
    if not os.path.isfile(file):
        raise LabError(f"{path}: node {node.name}: no file {source}")
    return file


def _link(path, nodes, number, item):
    where = f"{path}: link {number}"
    ends = item.get("endpoints") if isinstance(item, dict) else None
    if not isinstance(ends, list) or len(ends) != 2:
        raise LabError(f"{where}: needs two endpoints")
    if item.get("type", "veth") != "veth":
        raise LabError(f"{where}: type {item['type']} is not known here")
    pair = [_endpoint(where, nodes, end) for end in ends]
    mtu = item.get("mtu") or 0
    if not isinstance(mtu, int) or not 0 <= mtu <= 65535:
        raise LabError(f"{where}: mtu {mtu} is not a number of octets")
    return Link(pair[0], pair[1], mtu)


def _endpoint(where, nodes, end):
    if isinstance(end, dict):
        node, device = str(end.get("node")), str(end.get("interface"))
    else:
        node, _, device = str(end).partition(":")
    if node not in nodes:
        raise LabError(f"{where}: no node '{node}'")
    if not DEVICE_NAME.match(device) or device in (".", "..", "lo"):
        raise LabError(f"{where}: '{device}' cannot be an interface's name")
    return node, device


def _check_ends_are_free(path, links):
    seen = set()
    for link in links:
        for end in (link.a, link.b):
            if end in seen:
                raise LabError(f"{path}: {end[0]}:{end[1]} is used twice")
            seen.add(end)
