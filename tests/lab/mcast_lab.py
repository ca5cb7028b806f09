# SPDX-License-Identifier: GPL-3.0-or-later
"""Three members and their key server on one Ethernet of a carrier, a host
behind each member, and a host on that Ethernet (SPY) that is no member.

    PC1 10.1.1.2 -- GM1 .11 --+-- net -- KS1 .1
    PC2 10.1.2.2 -- GM2 .12 --+
    PC3 10.1.3.2 -- GM3 .13 --+-- SPY .99         192.168.1.0/24

The members are PIM neighbours of each other, in clear; what hosts send to
239.1.0.0/16 is the group's.
"""

import os
import socket
import struct

from flow import inside
from labs import Lab
from labtool import store

HOSTS = {"PC1": "10.1.1.2", "PC2": "10.1.2.2", "PC3": "10.1.3.2"}
MEMBERS = ("GM1", "GM2", "GM3")
PORT = 5000

TOPOLOGY = """\
name: stream
topology:
  defaults: {kind: linux}
  groups:
    member:
      image: opengetvpn:latest
      env: {GETVPN_IFMAP: "Ethernet0/0=eth1,Ethernet0/1=eth2"}
  nodes:
    net: {kind: bridge}
    KS1:
      image: opengetvpn:latest
      env: {GETVPN_IFMAP: Ethernet0/0=eth1}
      binds: ["KS1.cfg:/etc/getvpn/startup-config"]
      exec:
        - getvpnsh -c "configure terminal" -c "crypto key generate rsa label MYRSAKEY modulus 1024 exportable"
    GM1: {group: member, binds: ["GM1.cfg:/etc/getvpn/startup-config"]}
    GM2: {group: member, binds: ["GM2.cfg:/etc/getvpn/startup-config"]}
    GM3: {group: member, binds: ["GM3.cfg:/etc/getvpn/startup-config"]}
    PC1:
      exec: [ip addr add 10.1.1.2/24 dev eth1, ip route replace default via 10.1.1.1]
    PC2:
      exec: [ip addr add 10.1.2.2/24 dev eth1, ip route replace default via 10.1.2.1]
    PC3:
      exec: [ip addr add 10.1.3.2/24 dev eth1, ip route replace default via 10.1.3.1]
    SPY:
      exec:
        - ip addr add 192.168.1.99/24 dev eth1
        - ip route add 239.0.0.0/8 dev eth1
        - sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth1.rp_filter=0
  links:
    - endpoints: ["net:n1", "KS1:eth1"]
    - endpoints: ["net:n2", "GM1:eth1"]
    - endpoints: ["net:n3", "GM2:eth1"]
    - endpoints: ["net:n4", "GM3:eth1"]
    - endpoints: ["net:n5", "SPY:eth1"]
    - endpoints: ["GM1:eth2", "PC1:eth1"]
    - endpoints: ["GM2:eth2", "PC2:eth1"]
    - endpoints: ["GM3:eth2", "PC3:eth1"]
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
 set security-association lifetime seconds 120
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
   replay counter window-size 64
  address ipv4 192.168.1.1
interface Ethernet0/0
 ip address 192.168.1.1 255.255.255.0
 no shutdown
ip access-list extended traffic
 permit ip 10.1.0.0 0.0.255.255 10.1.0.0 0.0.255.255
 permit ip 10.1.0.0 0.0.255.255 239.1.0.0 0.0.255.255
end
"""

MEMBER = """\
hostname GM{n}
ip multicast-routing
""" + ISAKMP + """\
crypto gdoi group G1
 identity number 1
 server address ipv4 192.168.1.1
crypto map M 1 gdoi
 set group G1
interface Ethernet0/0
 ip address 192.168.1.1{n} 255.255.255.0
 ip pim dense-mode
 no shutdown
 crypto map M
interface Ethernet0/1
 ip address 10.1.{n}.1 255.255.255.0
 ip pim dense-mode
 no shutdown
{routes}
end
"""


def member(n):
    routes = "\n".join(
        f"ip route 10.1.{other}.0 255.255.255.0 192.168.1.1{other}"
        for other in (1, 2, 3) if other != n)
    return MEMBER.format(n=n, routes=routes)


class StreamLab(Lab):
    def __init__(self, directory, *options):
        texts = {"stream.clab.yml": TOPOLOGY, "KS1.cfg": SERVER}
        texts.update({f"GM{n}.cfg": member(n) for n in (1, 2, 3)})
        for name, text in texts.items():
            with open(os.path.join(directory, name), "w",
                      encoding="utf-8") as file:
                file.write(text)
        self._sender = None
        super().__init__(os.path.join(directory, "stream.clab.yml"), *options)

    def down(self):
        if self._sender:
            self._sender.close()
        super().down()

    def send(self, data, group):
        """A datagram of PC1's."""
        if not self._sender:
            with inside(store.netns(self.name, "PC1")):
                self._sender = socket.socket(socket.AF_INET,
                                             socket.SOCK_DGRAM)
            self._sender.setsockopt(socket.IPPROTO_IP,
                                    socket.IP_MULTICAST_TTL, 16)
        self._sender.sendto(data, (group, PORT))

    def forge(self, data, group):
        """The same from SPY, in clear, with PC1's address."""
        udp = struct.pack("!HHHH", PORT, PORT, 8 + len(data), 0) + data
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 16,
                         socket.IPPROTO_UDP, 0,
                         socket.inet_aton(HOSTS["PC1"]),
                         socket.inet_aton(group))
        with inside(store.netns(self.name, "SPY")), \
                socket.socket(socket.AF_INET, socket.SOCK_RAW,
                              socket.IPPROTO_RAW) as sock:
            sock.sendto(ip + udp, (group, 0))


class Receiver:
    """A host that is in a group while this is open; what it got."""

    def __init__(self, lab, node, group):
        self.got = []
        address = HOSTS.get(node, "192.168.1.99")
        with inside(store.netns(lab.name, node)):
            self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            self._sock.setsockopt(
                socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                socket.inet_aton(group) + socket.inet_aton(address))
        self._sock.bind((group, PORT))
        self._sock.setblocking(False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._sock.close()

    def take(self):
        while True:
            try:
                self.got.append(self._sock.recv(4096))
            except BlockingIOError:
                return self.got
