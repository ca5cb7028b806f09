# SPDX-License-Identifier: GPL-3.0-or-later
"""A small network: a key server and two members on one segment, a plain Linux
host behind each member, and a node on the segment (SPY) that sends what
it likes.

    PC1 10.1.1.2 -- GM1 .11 --+-- net -- KS1 .1
    PC2 10.1.2.2 -- GM2 .12 --+-- SPY .99         192.168.1.0/24
"""

import os
import re
import socket
import struct
import time

from flow import inside
from labs import Lab, until
from labtool import capture, store

PC1, PC2 = "10.1.1.2", "10.1.2.2"
GM1, GM2, KS1 = "192.168.1.11", "192.168.1.12", "192.168.1.1"
SECRET, OPEN = 5000, 2000      # UDP ports: a permit's, a deny's
UDP, ESP, TCP = 17, 50, 6
QUIET = 0.4                    # s after which nothing more comes
COME = 5.0                     # s within which something has come

TOPOLOGY = """\
name: pair
topology:
  defaults: {kind: linux}
  nodes:
    net: {kind: bridge}
    KS1:
      image: opengetvpn:latest
      env: {GETVPN_IFMAP: Ethernet0/0=eth1}
      binds: ["KS1.cfg:/etc/getvpn/startup-config"]
      exec:
        - getvpnsh -c "configure terminal" -c "crypto key generate rsa label MYRSAKEY modulus 1024 exportable"
    GM1:
      image: opengetvpn:latest
      env: {GETVPN_IFMAP: "Ethernet0/0=eth1,Ethernet0/1=eth2"}
      binds: ["GM1.cfg:/etc/getvpn/startup-config"]
    GM2:
      image: opengetvpn:latest
      env: {GETVPN_IFMAP: "Ethernet0/0=eth1,Ethernet0/1=eth2"}
      binds: ["GM2.cfg:/etc/getvpn/startup-config"]
    PC1:
      exec: [ip addr add 10.1.1.2/24 dev eth1, ip route replace default via 10.1.1.1]
    PC2:
      exec: [ip addr add 10.1.2.2/24 dev eth1, ip route replace default via 10.1.2.1]
    SPY:
      exec:
        - ip addr add 192.168.1.99/24 dev eth1
        - ip route add 10.1.1.0/24 via 192.168.1.11
        - ip route add 10.1.2.0/24 via 192.168.1.12
  links:
    - endpoints: ["net:n1", "KS1:eth1"]
    - endpoints: ["net:n2", "GM1:eth1"]
    - endpoints: ["net:n3", "GM2:eth1"]
    - endpoints: ["net:n4", "SPY:eth1"]
    - endpoints: ["GM1:eth2", "PC1:eth1"]
    - endpoints: ["GM2:eth2", "PC2:eth1"]
"""

ISAKMP = """\
crypto isakmp policy 1
 encr aes
 authentication pre-share
 group 2
crypto isakmp key SECRET address 0.0.0.0
"""

SERVER = """\
hostname KS1
""" + ISAKMP + """\
crypto ipsec transform-set aes128 esp-aes esp-sha-hmac
crypto ipsec profile profile1
 set security-association lifetime seconds {lifetime}
 set transform-set aes128
crypto gdoi group G1
 identity number 1
 server local
  rekey algorithm aes 128
  rekey authentication mypubkey rsa MYRSAKEY
  rekey transport unicast
  sa ipsec 1
   profile profile1
   match address ipv4 traffic
   replay {replay}
  address ipv4 192.168.1.1
interface Ethernet0/0
 ip address 192.168.1.1 255.255.255.0
 no shutdown
ip route 10.1.1.0 255.255.255.0 192.168.1.11
ip route 10.1.2.0 255.255.255.0 192.168.1.12
ip access-list extended traffic
 deny   udp any any eq 2000
 deny   udp any eq 848 any
 deny   udp any any eq 848
 deny   tcp any eq bgp any
 deny   tcp any any eq bgp
 permit ip 10.1.0.0 0.0.255.255 10.1.0.0 0.0.255.255
end
"""

MEMBER = """\
hostname GM{n}
""" + ISAKMP + """\
crypto gdoi group G1
 identity number 1
 server address ipv4 192.168.1.1
crypto map M 1 gdoi
 set group G1
interface Loopback0
 ip address 172.31.0.{n} 255.255.255.255
interface Ethernet0/0
 ip address 192.168.1.1{n} 255.255.255.0
 no shutdown
 crypto map M
interface Ethernet0/1
 ip address 10.1.{n}.1 255.255.255.0
 no shutdown
ip route 10.1.{other}.0 255.255.255.0 192.168.1.1{other}
end
"""


class PairLab(Lab):
    def __init__(self, directory, *options, lifetime=3600,
                 replay="counter window-size 64"):
        texts = {"pair.clab.yml": TOPOLOGY,
                 "KS1.cfg": SERVER.format(lifetime=lifetime, replay=replay),
                 "GM1.cfg": MEMBER.format(n=1, other=2),
                 "GM2.cfg": MEMBER.format(n=2, other=1)}
        for name, text in texts.items():
            with open(os.path.join(directory, name), "w",
                      encoding="utf-8") as file:
                file.write(text)
        super().__init__(os.path.join(directory, "pair.clab.yml"), *options)
        self._sockets = {}
        self._number = 0

    def down(self):
        for sock in getattr(self, "_sockets", {}).values():
            sock.close()
        super().down()

    def configure(self, node, *lines):
        shown = self.cli(node, "configure terminal", *lines, "end")
        wrong = [line for line in shown.splitlines() if line.startswith("%")]
        assert not wrong, shown

    def direction(self, node):
        found = re.search(r"IPSec SA Direction +: (.*)$",
                          self.cli(node, "show crypto gdoi gm"), re.M)
        return found and found[1].rstrip()

    def bounce(self, node):
        self.configure(node, "interface e0/0", "no crypto map M",
                       "crypto map M")

    # --- packets ---------------------------------------------------------------

    def _socket(self, node, port):
        if (node, port) not in self._sockets:
            address = PC1 if node == "PC1" else PC2
            with inside(store.netns(self.name, node)):
                sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind((address, port))
            sock.setblocking(False)
            self._sockets[node, port] = sock
        return self._sockets[node, port]

    def _mark(self):
        self._number += 1
        return b"number %06d" % self._number

    def _came(self, node, port, mark, limit):
        sock, end = self._socket(node, port), time.monotonic() + limit
        while True:
            try:
                if sock.recv(2000) == mark:
                    return True
            except BlockingIOError:
                if time.monotonic() > end:
                    return False
                time.sleep(0.01)

    def cross(self, source, target, port, wanted=True):
        """A datagram from host to host: (arrived, {protocols on the wire});
        {} when nothing of it was on the wire."""
        self._socket(target, port)
        here = PC1 if source == "PC1" else PC2
        there = PC1 if target == "PC1" else PC2
        mark = self._mark()
        with self.capture("net", "n2") as wire:
            self._socket(source, port).sendto(mark, (there, port))
            arrived = self._came(target, port, mark,
                                 COME if wanted else QUIET)
            time.sleep(0.05)
        seen = {p.protocol for p in wire.packets()
                if (p.src, p.dst) == (here, there)}
        return arrived, seen

    def inject(self, port, wanted=True):
        """A datagram in clear from SPY, as if it were PC2's to PC1."""
        self._socket("PC1", port)
        mark = self._mark()
        udp = struct.pack("!HHHH", port, port, 8 + len(mark), 0) + mark
        self._from_spy(UDP, udp)
        return self._came("PC1", port, mark, COME if wanted else QUIET)

    def _from_spy(self, protocol, payload):
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64,
                         protocol, 0, socket.inet_aton(PC2),
                         socket.inet_aton(PC1))
        with inside(store.netns(self.name, "SPY")), \
                socket.socket(socket.AF_INET, socket.SOCK_RAW,
                              socket.IPPROTO_RAW) as sock:
            sock.sendto(ip + payload, (PC1, 0))

    def spi(self, source, target, port):
        """The SPI that a datagram crosses the segment under."""
        with self.capture("net", "n2") as wire:
            assert self.cross(source, target, port) == (True, {ESP})
        return next(struct.unpack("!I", p.payload[:4])[0]
                    for p in wire.packets() if p.protocol == ESP)

    def spi_of_refused(self, source, target, port):
        """The same of one that does not arrive."""
        with self.capture("net", "n2") as wire:
            assert self.cross(source, target, port, False) == (False, {ESP})
        return next(struct.unpack("!I", p.payload[:4])[0]
                    for p in wire.packets() if p.protocol == ESP)

    def inject_esp(self, spi):
        """ESP of an SPI that nobody has, from PC2 to PC1."""
        self._from_spy(ESP, struct.pack("!II", spi, 1) + bytes(100))


assert capture.UDP == UDP and capture.ESP == ESP
