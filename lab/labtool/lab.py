# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs that change a lab: up, down, link, restart; and status."""

import concurrent.futures
import contextlib
import glob
import os
import re
import shlex
import subprocess
import sys
import tempfile
import threading

from . import LabError, kernel, process, router, ssh, store
from .topology import BRIDGE, LINUX, ROUTER, check_lab_name, load

# How many routers start, or namespaces are made, at the same moment.
WIDTH = 16

# An exec line with one of these outside of a shell's own words needs a shell.
SHELL = re.compile(r"[|&;<>`$*]")


def note(text):
    print(f"getvpn-lab: {text}", file=sys.stderr)


# --- up --------------------------------------------------------------------

def up(path, name=None, time_scale=1):
    """Boots a lab; returns its name when every router answers."""
    topology = load(path)
    lab = check_lab_name(name or topology.name)
    for node in topology.nodes:
        store.check_length(lab, node)
    if any(node.kind == ROUTER for node in topology.nodes.values()):
        router.getvpnd(), router.getvpnsh()
    for remark in topology.remarks:
        note(remark)
    with store.locked(lab, make=True):
        if store.read_plan(lab):
            raise LabError(f"lab {lab} is there already; "
                           f"'getvpn-lab --name {lab} down' ends it")
        try:
            _build(lab, topology, time_scale)
        except BaseException:
            _clear(lab)
            raise
    return lab


def _build(lab, topology, time_scale):
    _clear(lab, keep_dir=True)
    sockets = {name: router.listen(lab, name)
               for name, node in topology.nodes.items() if node.kind == ROUTER}
    plan = _plan(lab, topology, time_scale, sockets)
    store.write_plan(lab, plan)
    env = process.marked_env(lab)
    _each(lambda name: kernel.add_netns(store.netns(lab, name), env),
          topology.nodes)
    for link in topology.links:
        kernel.add_link(_device(lab, link.a), _device(lab, link.b),
                        link.mtu, env)
    _each(lambda name: _wire(lab, name, plan, env), topology.nodes)
    for name in _of_kind(topology, LINUX, BRIDGE):
        _exec_lines(lab, name, plan, topology.nodes[name].exec)
    _boot(lab, topology, plan, sockets)
    why = ssh.start(lab, plan)
    if why:
        note(why)
    for name in _of_kind(topology, BRIDGE):
        kernel.wait_until_forwarding(store.netns(lab, name),
                                     kernel.bridge_device(name))
    plan["complete"] = True
    store.write_plan(lab, plan)


def _boot(lab, topology, plan, sockets):
    """Routers with exec lines come first: what these make is there when the
    others look for it (the key server's RSA key, for one)."""
    routers = _of_kind(topology, ROUTER)
    for wave in ([n for n in routers if topology.nodes[n].exec],
                 [n for n in routers if not topology.nodes[n].exec]):
        started = [router.Router(lab, name, plan) for name in wave]
        for one in started:
            one.start(sockets[one.node])
        stop = threading.Event()
        _each(lambda one, stop=stop: one.wait(stop), started, stop)
        for name in wave:
            _exec_lines(lab, name, plan, topology.nodes[name].exec)


def _plan(lab, topology, time_scale, sockets):
    nodes = {}
    for name, node in topology.nodes.items():
        port = sockets[name].getsockname()[1] if name in sockets else None
        nodes[name] = {
            "kind": node.kind, "netns": store.netns(lab, name),
            "image": node.image, "console_port": port, "env": node.env,
            "startup_config": node.startup_config, "ifmap": node.ifmap(),
            "devices": [end[1] for link in topology.links
                        for end in (link.a, link.b) if end[0] == name],
        }
    return {"name": lab, "file": topology.path, "time_scale": time_scale,
            "complete": False, "nodes": nodes, "unplugged": {},
            "links": [[link.a, link.b] for link in topology.links]}


def _device(lab, end):
    return store.netns(lab, end[0]), end[1]


def _of_kind(topology, *kinds):
    return [name for name, node in topology.nodes.items()
            if node.kind in kinds]


def _each(work, names, stop=None):
    """Does the work for every name at once; the first failure is raised.

    stop is set then, for work that can take long and looks at it.
    """
    with concurrent.futures.ThreadPoolExecutor(WIDTH) as pool:
        try:
            for done in concurrent.futures.as_completed(
                    [pool.submit(work, name) for name in names]):
                done.result()
        except BaseException:
            if stop:
                stop.set()
            raise


def _wire(lab, name, plan, env):
    mine = plan["nodes"][name]
    if mine["kind"] == BRIDGE:
        kernel.add_bridge(mine["netns"], kernel.bridge_device(name),
                          mine["devices"], env)
    kernel.links_up(mine["netns"], mine["devices"], env)


def _argv(line):
    words = shlex.split(line)
    if SHELL.search(line) and words[0] not in ("sh", "bash"):
        return ["sh", "-c", line]
    return words


def _exec_lines(lab, name, plan, lines):
    """As in containerlab, a line that fails is reported and passed over.

    What it says goes to a file: a daemon that it leaves behind may keep that
    open for as long as it lives.
    """
    for line in lines:
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            done = subprocess.run(
                ["ip", "netns", "exec", plan["nodes"][name]["netns"],
                 *_argv(line)], env=router.environment(lab, name, plan),
                stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, check=False)
            output.seek(0)
            said = output.read().strip().splitlines()
        if done.returncode:
            note(f"{name}: '{line}' failed: "
                 f"{said[-1] if said else done.returncode}")


# --- down ------------------------------------------------------------------

def down(lab):
    """Removes all of a lab, however much of it is there."""
    check_lab_name(lab)
    if lab not in store.running() and not store.namespaces(lab):
        return False
    with store.locked(lab, make=True):
        _clear(lab)
    return True


def _clear(lab, keep_dir=False):
    namespaces = store.namespaces(lab)
    owner = process.Owner(lab, [os.path.join(store.NETNS_DIR, name)
                                for name in namespaces],
                          glob.glob(store.node_dir(lab, "*/process")))
    if not process.end_all(owner):
        raise LabError(f"some processes of lab {lab} do not end")
    for name in namespaces:
        with contextlib.suppress(FileNotFoundError):
            kernel.delete_netns(name)
    if not keep_dir:
        store.remove(lab)


# --- a lab that runs ---------------------------------------------------------

def plan_of(lab):
    plan = store.read_plan(lab)
    if plan is None:
        raise LabError(store.not_up(lab))
    return plan


def node_of(plan, name):
    """The node's true name; letter case need not match."""
    if name in plan["nodes"]:
        return name
    alike = [n for n in plan["nodes"] if n.lower() == name.lower()]
    if len(alike) == 1:
        return alike[0]
    raise LabError(f"lab {plan['name']} has no node '{name}': "
                   f"{' '.join(plan['nodes'])}")


def router_of(plan, name):
    name = node_of(plan, name)
    if plan["nodes"][name]["kind"] != ROUTER:
        raise LabError(f"{name} is no router of ours: use 'exec {name} -- …'")
    return name


def restart(lab, name, power_cut=False):
    """Ends a router and starts it again with what it had saved."""
    with store.locked(lab):
        plan = plan_of(lab)
        name = router_of(plan, name)
        found = process.recorded(
            os.path.join(store.node_dir(lab, name), "process"))
        if found:
            process.end_one(*found, 0 if power_cut else process.GRACE)
        port = plan["nodes"][name]["console_port"]
        sock = router.listen(lab, name, port)
        plan["nodes"][name]["console_port"] = sock.getsockname()[1]
        store.write_plan(lab, plan)
        again = router.Router(lab, name, plan)
        again.start(sock)
        again.wait(threading.Event())


def link(lab, place, state):
    """Pulls a cable or plugs it in again.

    A veth pair has no plug: one end is set down, and the other then has no
    carrier.  Where only one end is a router of ours it is that one, because
    getvpnd puts its routes back; for any other node they are kept here.
    """
    with store.locked(lab):
        plan = plan_of(lab)
        near = _find_end(plan, place)
        name, device = _end_to_cut(plan, near)
        key = f"{name}:{device}"
        netns = plan["nodes"][name]["netns"]
        if state == "down" and key not in plan["unplugged"]:
            keep = [] if plan["nodes"][name]["kind"] == ROUTER \
                else kernel.routes(netns, device)
            kernel.set_down(netns, device)
            plan["unplugged"][key] = keep
        elif state == "up" and key in plan["unplugged"]:
            kernel.set_up(netns, device, plan["unplugged"].pop(key))
        store.write_plan(lab, plan)


def _find_end(plan, place):
    node, _, name = place.partition(":")
    node = node_of(plan, node)
    mine = plan["nodes"][node]
    for device in mine["devices"]:
        ios = mine["ifmap"].get(device, "")
        if name == device or ios and _same_interface(name, ios):
            return node, device
    known = ", ".join(f"{d} ({mine['ifmap'][d]})" if d in mine["ifmap"] else d
                      for d in mine["devices"])
    raise LabError(f"{node} has no interface '{name}': {known}")


def _same_interface(typed, full):
    """e0/0, Eth0/0 and Ethernet0/0 are one interface."""
    split = re.compile(r"([A-Za-z]+)\s*([0-9/.]+)\Z")
    a, b = split.match(typed), split.match(full)
    return bool(a and b and a[2] == b[2]
                and b[1].lower().startswith(a[1].lower()))


def _end_to_cut(plan, near):
    for ends in plan["links"]:
        ends = [tuple(end) for end in ends]
        if near in ends:
            far = ends[1 - ends.index(near)]
            kinds = [plan["nodes"][end[0]]["kind"] for end in (near, far)]
            return far if kinds[0] != ROUTER and kinds[1] == ROUTER else near
    return near


def status(lab):
    """What there is of a lab, as plain values."""
    plan = plan_of(lab)
    nodes = {}
    for name, mine in plan["nodes"].items():
        there = os.path.exists(os.path.join(store.NETNS_DIR, mine["netns"]))
        state, pid = "up" if there else "missing", None
        if mine["kind"] == ROUTER and there:
            state, pid = router.state(lab, name)
        nodes[name] = {
            "kind": mine["kind"], "state": state, "pid": pid,
            "console": ({"host": "127.0.0.1", "port": mine["console_port"]}
                        if mine["kind"] == ROUTER else None),
            "netns": mine["netns"],
            "state_dir": (store.node_dir(lab, name)
                          if mine["kind"] == ROUTER else None),
            "interfaces": {d: mine["ifmap"].get(d) for d in mine["devices"]},
        }
    return {"name": lab, "file": plan["file"], "complete": plan["complete"],
            "time_scale": plan["time_scale"], "nodes": nodes,
            "links": [[":".join(end) for end in ends]
                      for ends in plan["links"]],
            "unplugged": sorted(plan["unplugged"])}
