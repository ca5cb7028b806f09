# SPDX-License-Identifier: GPL-3.0-or-later
"""h1 - r1 - r2 - h2: one contender's hosts, gateways, cables and addresses.

    h1 10.0.111.2 --- .1 r1 .1 --- 192.168.12.0/24 --- .2 r2 .1 --- 10.0.33.2 h2
                         lan   wan                  wan   lan
                         r1 192.168.11.1 --- 192.168.11.2 ks (ours alone)

A chain is a lab of lab/labtool: `lab/getvpn-lab --name NAME down` removes one
that was left behind.
"""

import os

from labtool import kernel, lab, process, store

from . import system

H1, H2 = "10.0.111.2", "10.0.33.2"
LAN1, LAN2 = "10.0.111.0/24", "10.0.33.0/24"
WAN1, WAN2 = "192.168.12.1", "192.168.12.2"
LAN_MTU, WAN_MTU = 1400, 1500

FORWARD = ["net/ipv4/ip_forward=1", "net/ipv4/conf/all/send_redirects=0",
           "net/ipv4/conf/default/send_redirects=0",
           "net/ipv4/conf/all/rp_filter=0",
           "net/ipv4/conf/default/rp_filter=0"]


def cable(a, b, mtu, queues=1):
    """A veth pair between two (node, device), each end with its queues."""
    ends = [["numtxqueues", str(queues), "numrxqueues", str(queues)]] * 2
    kernel.ip(["-n", a[0].netns, "link", "add", a[1], "mtu", str(mtu),
               *ends[0], "type", "veth", "peer", "name", b[1], "mtu",
               str(mtu), *ends[1], "netns", b[0].netns])
    for node, device in (a, b):
        kernel.links_up(node.netns, [device], None)


class Chain:
    """with Chain("plain", queues=1) as chain: ..."""

    nodes = ("h1", "r1", "r2", "h2", "ks")

    def __init__(self, name, wire_queues=1):
        self.lab = f"bench{os.getpid()}-{name}"[:40]
        self.wire_queues = wire_queues
        for name in self.nodes:
            setattr(self, name, system.Node(self.lab, name))

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.down()
            raise
        return self

    def __exit__(self, *_):
        self.down()

    def build(self):
        env = process.marked_env(self.lab)
        os.makedirs(store.lab_dir(self.lab), exist_ok=True)
        for node in self.all():
            os.makedirs(node.dir, mode=0o755, exist_ok=True)
            kernel.add_netns(node.netns, env)
        cable((self.h1, "eth1"), (self.r1, "lan"), LAN_MTU)
        cable((self.r1, "wan"), (self.r2, "wan"), WAN_MTU, self.wire_queues)
        cable((self.r2, "lan"), (self.h2, "eth1"), LAN_MTU)
        cable((self.r1, "ks"), (self.ks, "eth1"), WAN_MTU)
        for host, address in ((self.h1, H1), (self.h2, H2)):
            gateway = address.rpartition(".")[0] + ".1"
            kernel.batch(host.netns, [
                f"addr add {address}/24 dev eth1",
                f"route add default via {gateway}"])

    def down(self):
        lab.down(self.lab)

    def all(self):
        return [getattr(self, name) for name in self.nodes]

    def address_gateways(self):
        """Addresses and forwarding of r1 and r2, where the kernel has them."""
        for router, lan, wan in ((self.r1, H1, WAN1), (self.r2, H2, WAN2)):
            gateway = lan.rpartition(".")[0] + ".1"
            kernel.batch(router.netns, [f"addr add {gateway}/24 dev lan",
                                        f"addr add {wan}/24 dev wan"])
            router.run("sysctl", "-qw", *FORWARD)

    def route_over(self, one, two):
        """Routes of the other LAN: how r1 and how r2 get there."""
        kernel.batch(self.r1.netns, [f"route replace {LAN2} {one}"])
        kernel.batch(self.r2.netns, [f"route replace {LAN1} {two}"])

    def offloads_off(self):
        for node in self.all():
            node.offloads_off()

    def offloads_left(self):
        return [text for node in self.all()
                for text in node.offloads_left()]
