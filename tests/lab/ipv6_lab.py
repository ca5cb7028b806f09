# SPDX-License-Identifier: GPL-3.0-or-later
"""Two sites that speak IPv4 and IPv6, each with a group of its own.

    PC1 --- GM1 --- P --- GM2 --- PC2
                    |
                   KS1
"""

PC1, PC2 = "2001:db8:1::10", "2001:db8:2::10"
PC1_4, PC2_4 = "10.61.0.10", "10.62.0.10"
ROUTER = """      image: opengetvpn:latest
      env: {{GETVPN_IFMAP: "Ethernet0/0=eth1,Ethernet0/1=eth2"}}
      binds: ["{path}:/etc/getvpn/startup-config"]
"""
FORWARD = "sysctl -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1"
KEY = 'getvpnsh -c "configure terminal" -c "crypto key generate rsa label ' \
    'REKEYRSA modulus 2048 exportable"'

ISAKMP = """crypto isakmp policy 10
 encr aes
 hash sha256
 authentication pre-share
 group 14
crypto isakmp key Six-Pass-6 address {peer}
"""
GROUP = """crypto gdoi group {family}{name}
 identity number {number}
 server local
  rekey algorithm aes 256
  rekey authentication mypubkey rsa REKEYRSA
  rekey transport unicast
  sa ipsec 1
   profile PROFILE
   match address {match}
   replay time window-size 20
  address ipv4 192.168.61.2
"""
KS_CONFIG = "hostname KS1\n" \
    + ISAKMP.format(peer="192.168.62.0 255.255.254.0") \
    + """crypto ipsec transform-set TSET esp-aes esp-sha256-hmac
 mode tunnel
crypto ipsec profile PROFILE
 set transform-set TSET
""" + GROUP.format(family="", name="GROUP", number=4444, match="ipv4 FOUR") \
    + GROUP.format(family="ipv6 ", name="GROUP", number=6666,
                   match="ipv6 SIX") \
    + """interface Ethernet0/0
 ip address 192.168.61.2 255.255.255.0
 no shutdown
ip route 0.0.0.0 0.0.0.0 192.168.61.1
ip access-list extended FOUR
 permit ip 10.61.0.0 0.0.255.255 10.62.0.0 0.0.255.255
 permit ip 10.62.0.0 0.0.255.255 10.61.0.0 0.0.255.255
ipv6 access-list SIX
 deny tcp any any eq 22
 deny tcp any eq 22 any
 permit ipv6 2001:db8:1::/48 2001:db8:2::/48
 permit ipv6 2001:db8:2::/48 2001:db8:1::/48
end
"""
GM_CONFIG = """hostname GM{n}
ipv6 unicast-routing
""" + ISAKMP.format(peer="192.168.61.2") + """
crypto gdoi group GROUP
 identity number 4444
 server address ipv4 192.168.61.2
crypto gdoi group ipv6 GROUP
 identity number 6666
 server address ipv4 192.168.61.2
crypto map WAN 10 gdoi
 set group GROUP
crypto map ipv6 WAN 10 gdoi
 set group GROUP
interface Ethernet0/0
 ip address 192.168.6{wan}.2 255.255.255.0
 ipv6 address FE80::{n} link-local
 ipv6 address 2001:DB8:6{wan}::2/64
 no shutdown
 crypto map WAN
 ipv6 crypto map WAN
interface Ethernet0/1
 ip address 10.6{n}.0.1 255.255.255.0
 ipv6 address 2001:DB8:{n}::1/64
 no shutdown
ip route 0.0.0.0 0.0.0.0 192.168.6{wan}.1
ipv6 route ::/0 2001:DB8:6{wan}::1
end
"""
TOPOLOGY = """name: six
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
{GM2}    P:
      kind: linux
      exec:
        - {forward}
        - ip addr add 192.168.61.1/24 dev eth1
        - ip addr add 192.168.62.1/24 dev eth2
        - ip addr add 192.168.63.1/24 dev eth3
        - ip -6 addr add 2001:db8:62::1/64 dev eth2 nodad
        - ip -6 addr add 2001:db8:63::1/64 dev eth3 nodad
        - ip route add 10.61.0.0/16 via 192.168.62.2
        - ip route add 10.62.0.0/16 via 192.168.63.2
        - ip -6 route add 2001:db8:1::/48 via 2001:db8:62::2
        - ip -6 route add 2001:db8:2::/48 via 2001:db8:63::2
    PC1:
      kind: linux
      exec:
        - ip addr add 10.61.0.10/24 dev eth1
        - ip route replace default via 10.61.0.1
        - ip -6 addr add 2001:db8:1::10/64 dev eth1 nodad
        - ip -6 route replace default via 2001:db8:1::1
    PC2:
      kind: linux
      exec:
        - ip addr add 10.62.0.10/24 dev eth1
        - ip route replace default via 10.62.0.1
        - ip -6 addr add 2001:db8:2::10/64 dev eth1 nodad
        - ip -6 route replace default via 2001:db8:2::1
  links:
    - endpoints: ["P:eth1", "KS1:eth1"]
    - endpoints: ["P:eth2", "GM1:eth1"]
    - endpoints: ["P:eth3", "GM2:eth1"]
    - endpoints: ["GM1:eth2", "PC1:eth1"]
    - endpoints: ["GM2:eth2", "PC2:eth1"]
"""


def write(directory):
    """The topology's path, with configurations beside it."""
    texts = {"KS1": KS_CONFIG,
             "GM1": GM_CONFIG.format(n=1, wan=2),
             "GM2": GM_CONFIG.format(n=2, wan=3)}
    parts = {}
    for name, text in texts.items():
        path = directory / f"{name}.cfg"
        path.write_text(text)
        parts[name] = ROUTER.format(path=path)
    path = directory / "six.clab.yml"
    path.write_text(TOPOLOGY.format(forward=FORWARD, key=KEY, **parts))
    return str(path)
