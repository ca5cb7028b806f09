# SPDX-License-Identifier: GPL-3.0-or-later
"""Two sites across a core whose links can be made narrow.

    KS1 --- P1 === P2
             |      |
    PC1 --- GM1    GM2 --- PC2
"""

KS, KS_WAN = "192.168.70.1", "192.168.71.2"
PC1, PC2 = "10.71.0.10", "10.72.0.10"
ROUTER_LINK = """      image: opengetvpn:latest
      env: {{GETVPN_IFMAP: "Ethernet0/0=eth1,Ethernet0/1=eth2"}}
      binds: ["{path}:/etc/getvpn/startup-config"]
"""
FORWARD = "sysctl -w net.ipv4.ip_forward=1 " \
    "net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0"
KEY = 'getvpnsh -c "configure terminal" -c "crypto key generate rsa label ' \
    'REKEYRSA modulus 2048 exportable"'

ISAKMP = """crypto isakmp policy 10
 encr aes
 hash sha256
 authentication pre-share
 group 14
crypto isakmp key Narrow-Pass-9 address {peer}
"""
KS_CONFIG = """hostname KS1
""" + ISAKMP.format(peer="192.168.72.0 255.255.254.0") + """
crypto ipsec transform-set TSET esp-aes esp-sha256-hmac
 mode {mode}
crypto ipsec profile PROFILE
 set transform-set TSET
crypto gdoi group NARROW
 identity number 1500
 server local
  rekey algorithm aes 256
  rekey authentication mypubkey rsa REKEYRSA
  rekey transport unicast
  sa ipsec 1
   profile PROFILE
   match address ipv4 TRAFFIC
   replay time window-size 20
  address ipv4 192.168.70.1
interface Loopback0
 ip address 192.168.70.1 255.255.255.255
interface Ethernet0/0
 ip address 192.168.71.2 255.255.255.0
 no shutdown
ip route 0.0.0.0 0.0.0.0 192.168.71.1
ip access-list extended TRAFFIC
 deny   udp any eq 848 any eq 848
 deny   tcp any any eq 22
 deny   tcp any eq 22 any
 deny   icmp 192.168.72.0 0.0.0.255 192.168.73.0 0.0.0.255
 deny   icmp 192.168.73.0 0.0.0.255 192.168.72.0 0.0.0.255
 permit ip any any
end
"""
GM_CONFIG = """hostname GM{n}
""" + ISAKMP.format(peer="192.168.70.1") + """
crypto gdoi group NARROW
 identity number 1500
 server address ipv4 192.168.70.1
crypto map WAN 10 gdoi
 set group NARROW
interface Ethernet0/0
 ip address 192.168.7{wan}.2 255.255.255.0
 no shutdown
 crypto map WAN
interface Ethernet0/1
 ip address 10.7{n}.0.1 255.255.255.0
 no shutdown
ip route 0.0.0.0 0.0.0.0 192.168.7{wan}.1
end
"""
TOPOLOGY = """name: narrow
topology:
  kinds:
    linux: {{image: "alpine:3"}}
  nodes:
    KS1:
      kind: linux
{KS1}      exec: ['{key}']
    GM1:
      kind: linux
{GM1}    GM2:
      kind: linux
{GM2}    P1:
      kind: linux
      exec:
        - {forward}
        - ip addr add 172.16.70.1/30 dev eth1
        - ip addr add 192.168.71.1/24 dev eth2
        - ip addr add 192.168.72.1/24 dev eth3
        - ip route add 192.168.70.1/32 via 192.168.71.2
        - ip route add 10.71.0.0/16 via 192.168.72.2
        - ip route add 192.168.73.0/24 via 172.16.70.2
        - ip route add 10.72.0.0/16 via 172.16.70.2
    P2:
      kind: linux
      exec:
        - {forward}
        - ip addr add 172.16.70.2/30 dev eth1
        - ip addr add 192.168.73.1/24 dev eth3
        - ip route add 10.72.0.0/16 via 192.168.73.2
        - ip route replace default via 172.16.70.1
    PC1:
      kind: linux
      exec:
        - ip addr add 10.71.0.10/24 dev eth1
        - ip route replace default via 10.71.0.1
    PC2:
      kind: linux
      exec:
        - ip addr add 10.72.0.10/24 dev eth1
        - ip route replace default via 10.72.0.1
  links:
    - endpoints: ["P1:eth1", "P2:eth1"]
    - endpoints: ["P1:eth2", "KS1:eth1"]
    - endpoints: ["P1:eth3", "GM1:eth1"]
    - endpoints: ["P2:eth3", "GM2:eth1"]
    - endpoints: ["GM1:eth2", "PC1:eth1"]
    - endpoints: ["GM2:eth2", "PC2:eth1"]
"""


def write(directory, mode="tunnel"):
    """The topology's path, with configurations beside it."""
    texts = {"KS1": KS_CONFIG.format(mode=mode),
             "GM1": GM_CONFIG.format(n=1, wan=2),
             "GM2": GM_CONFIG.format(n=2, wan=3)}
    parts = {}
    for name, text in texts.items():
        path = directory / f"{name}.cfg"
        path.write_text(text)
        parts[name] = ROUTER_LINK.format(path=path)
    path = directory / "narrow.clab.yml"
    path.write_text(TOPOLOGY.format(forward=FORWARD, key=KEY, **parts))
    return str(path)
