# SPDX-License-Identifier: GPL-3.0-or-later
"""Our gateways: a key server beside r1, and r1 and r2 as its members.

The policy is the article's unless a variant says otherwise: AES-128-CBC with
SHA1, time-based anti-replay, an ACL of five lines.
"""

import os
import re
import threading

from labtool import LabError, process, router, store

from . import BenchError
from .peers import Contender, until, write

REGISTERED = re.compile(r"Registration status\s*: Registered$", re.M)
REGISTRATION_LIMIT = 60.0

PHASE1 = """\
crypto isakmp policy 1
 encr aes
 authentication pre-share
 group 14
"""

KEY_SERVER = """\
hostname KS
!
{phase1}crypto isakmp key MYGDOIPSK address 0.0.0.0
!
crypto ipsec transform-set aes128 {transform}
 mode tunnel
!
crypto ipsec profile profile1
 set transform-set aes128
!
crypto gdoi group GDOI-GROUP1
 identity number 1234
 server local
  rekey algorithm aes 128
  rekey authentication mypubkey rsa MYRSAKEY
  rekey transport unicast
  sa ipsec 1
   profile profile1
   match address ipv4 getvpn-acl
{replay}  address ipv4 192.168.111.111
!
interface Loopback0
 ip address 192.168.111.111 255.255.255.255
!
interface Ethernet0/0
 ip address 192.168.11.2 255.255.255.0
 no shutdown
!
ip route 0.0.0.0 0.0.0.0 192.168.11.1
!
ip access-list extended getvpn-acl
{acl}!
line con 0
 exec-timeout 0 0
!
end
"""

MEMBER = """\
hostname {name}
!
{phase1}crypto isakmp key MYGDOIPSK address 192.168.111.111
!
crypto gdoi group GDOI-GROUP1
 identity number 1234
 server address ipv4 192.168.111.111
!
crypto map gdoimap 1 gdoi
 set group GDOI-GROUP1
!
interface Ethernet0/0
 ip address {wan} 255.255.255.0
 no shutdown
{map}!
interface Ethernet0/1
 ip address {lan} 255.255.255.0
 no shutdown
!
{more}!
line con 0
 exec-timeout 0 0
!
end
"""
MAP = " crypto map gdoimap\n"
TO_KEY_SERVER = """\
interface Ethernet0/2
 ip address 192.168.11.1 255.255.255.0
 no shutdown
!
ip route 192.168.111.111 255.255.255.255 192.168.11.2
ip route 10.0.33.0 255.255.255.0 192.168.12.2
"""
OVER_R1 = """\
ip route 192.168.111.111 255.255.255.255 192.168.12.1
ip route 192.168.11.0 255.255.255.0 192.168.12.1
ip route 10.0.111.0 255.255.255.0 192.168.12.1
"""

ARTICLE_ACL = """\
 deny   udp any eq 848 any
 deny   udp any any eq 848
 deny   tcp any eq bgp any
 deny   tcp any any eq bgp
 permit ip any any
"""
# The hosts' LANs alone: a single entry that leaves the rest in clear.
ONE_ACE = " permit ip 10.0.0.0 0.0.255.255 10.0.0.0 0.0.255.255\n"
CBC_SHA1 = "esp-aes esp-sha-hmac"
TBAR = "   replay time window-size 5\n"
NO_REPLAY = "   no replay\n"


def long_acl(entries):
    """The article's five lines, and before its permit as many others as make
    up the number: of networks and ports that no packet of ours has, in the
    ways that real policies mix."""
    lines = ARTICLE_ACL.splitlines(keepends=True)
    for n in range(entries - len(lines)):
        net = f"172.{16 + n % 16}.{n}.0 0.0.0.255"
        lines.insert(-1, (
            f" deny   ip {net} any\n",
            f" deny   tcp any {net} eq {1000 + n}\n",
            f" deny   udp any range {2000 + 10 * n} {2009 + 10 * n} {net}\n",
            f" permit ip any {net}\n")[n % 4])
    return "".join(lines)


class OurRouter(router.Router):
    """getvpnd, or a program like it, with so many workers."""

    def __init__(self, lab, node, plan, program, workers):
        super().__init__(lab, node, plan)
        self.program, self.workers = program, workers

    def argv(self, console_fd):
        argv = super().argv(console_fd)
        if self.program:
            argv[0] = self.program
        return [*argv, "--workers", str(self.workers)]


class Ours(Contender):
    peer = False

    def __init__(self, key="ours", what="AES-128-CBC SHA1", *,
                 transform=CBC_SHA1, replay=TBAR, acl=ARTICLE_ACL,
                 program=None, env=None, workers=1, variant=()):
        super().__init__()
        self.key, self.title = key, f"OpenGETVPN {what}"
        self.transform, self.replay, self.acl = transform, replay, acl
        self.program, self.env, self.workers = program, env or {}, workers
        self.wire_queues, self.variant = workers, variant
        self.map = True
        self.routers = {}

    def missing(self):
        try:
            router.getvpnd(), router.getvpnsh()
        except LabError as err:
            return str(err)
        if self.program and not os.access(self.path(), os.X_OK):
            return f"{self.program} is not built"
        return None

    def path(self):
        """The program of r1 and r2, when it is not getvpnd."""
        if not self.program:
            return None
        build = os.environ.get("GETVPN_BUILD") or \
            os.path.join(router.CHECKOUT, "build")
        return os.path.join(build, self.program)

    def configure(self, chain):
        chain.r1.run("sysctl", "-qw", "net/ipv4/conf/all/send_redirects=0")
        r1 = MEMBER.format(name="R1", phase1=PHASE1, wan="192.168.12.1",
                           lan="10.0.111.1", more=TO_KEY_SERVER,
                           map=MAP if self.map else "")
        r2 = MEMBER.format(name="R2", phase1=PHASE1, wan="192.168.12.2",
                           lan="10.0.33.1", more=OVER_R1,
                           map=MAP if self.map else "")
        self.boot({"ks": (self.key_server(), "Ethernet0/0=eth1"),
                   "r1": (r1, "Ethernet0/0=wan,Ethernet0/1=lan,"
                          "Ethernet0/2=ks"),
                   "r2": (r2, "Ethernet0/0=wan,Ethernet0/1=lan")})

    def key_server(self):
        return KEY_SERVER.format(phase1=PHASE1, transform=self.transform,
                                 replay=self.replay, acl=self.acl)

    def boot(self, configs):
        lab = self.chain.lab
        plan = {"name": lab, "file": "", "time_scale": 1, "complete": True,
                "nodes": {}, "unplugged": {}, "links": []}
        for name, (config, ifmap) in configs.items():
            node = getattr(self.chain, name)
            plan["nodes"][name] = {
                "kind": "router", "netns": node.netns, "devices": [],
                "startup_config": write(node, "config", config),
                "env": {"GETVPN_IFMAP": ifmap,
                        **(self.env if name != "ks" else {})}}
        store.write_plan(lab, plan)
        for name in configs:
            sock = router.listen(lab, name)
            plan["nodes"][name]["console_port"] = sock.getsockname()[1]
            one = OurRouter(lab, name, plan, self.path()
                            if name != "ks" else None, self.workers)
            one.start(sock)
            self.routers[name] = one
            one.wait(threading.Event())
            if name == "ks":
                self.cli("ks", "configure terminal", "crypto key generate rsa "
                         "label MYRSAKEY modulus 1024 exportable")
        store.write_plan(lab, plan)

    def cli(self, node, *lines):
        return router.commands(self.chain.lab, node, *lines)

    def wait(self):
        for name in ("r1", "r2"):
            if self.map and name in self.routers:
                self.wait_registered(name)
        if "r2" in self.routers:
            super().wait()

    def wait_registered(self, name):
        until(f"{self.key}: {name} registered", lambda: REGISTERED.search(
            self.cli(name, "show crypto gdoi gm")), REGISTRATION_LIMIT)

    def describe(self):
        """What r1 chose: "ipsec-mb, 1 workers, AF_XDP"."""
        shown = self.packet_path("r1")
        crypto = re.search(r"^Crypto: (.*)$", shown, re.M)
        wire = re.search(r" wire \S+ by (.*)$", shown, re.M)
        return ", ".join(found[1] for found in (crypto, wire) if found)

    def packet_path(self, name):
        return self.cli(name, "show platform packet-path")

    def pid(self, name):
        found = process.recorded(os.path.join(
            store.node_dir(self.chain.lab, name), "process"))
        if not found:
            raise BenchError(f"{self.key}: {name} has ended")
        return found[0]


NOTHING = "bench/getvpnd-nocrypto"


def all_ours():
    return [
        Ours(),
        Ours("ours-none", "crypto replaced by nothing", program=NOTHING,
             variant=("tcp", "udp")),
        Ours("ours-aes256", "AES-256-CBC SHA2-256",
             transform="esp-aes 256 esp-sha256-hmac", variant=("tcp", "udp")),
        Ours("ours-gcm", "AES-128-GCM", transform="esp-gcm",
             variant=("tcp", "udp")),
        Ours("ours-notbar", "without anti-replay", replay=NO_REPLAY,
             variant=("tcp", "udp")),
        Ours("ours-1ace", "1 ACE", acl=ONE_ACE,
             variant=("tcp", "aces")),
        Ours("ours-100ace", "100 ACEs", acl=long_acl(100),
             variant=("tcp", "aces")),
        Ours("ours-afpacket", "over AF_PACKET",
             env={"GETVPN_WIRE": "af-packet"}, variant=("tcp", "udp")),
        Ours("ours-openssl", "with OpenSSL", env={"GETVPN_CRYPTO": "openssl"},
             variant=("tcp", "udp")),
    ]
