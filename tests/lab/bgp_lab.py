# SPDX-License-Identifier: GPL-3.0-or-later
"""The article's idea with BGP: a key server and two members, each an
autonomous system of its own, around a provider's router; behind that one,
another of the provider's that is reached by OSPF.

    PC1 --- GM1 (65001) ---+
                           +--- PE (65000) --- P (OSPF)
    PC2 --- GM2 (65002) ---+     |
                                KS1 (65003)
"""

ROUTER = """    {name}:
      kind: linux
      image: opengetvpn:latest
      env: {{GETVPN_IFMAP: "{ports}"}}
      binds: ["{path}:/etc/getvpn/startup-config"]
"""
KEY = 'getvpnsh -c "configure terminal" -c "crypto key generate rsa label ' \
    'MYRSAKEY modulus 1024 exportable"'
ISAKMP = """crypto isakmp policy 1
 encr aes
 authentication pre-share
 group 2
crypto isakmp key MYGDOIPSK address 0.0.0.0
"""
KS1 = "hostname KS1\n" + ISAKMP + """
crypto ipsec transform-set aes128 esp-aes esp-sha-hmac
crypto ipsec profile profile1
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
   replay time window-size 5
  address ipv4 192.168.111.111
interface Loopback0
 ip address 192.168.111.111 255.255.255.255
interface Ethernet0/0
 ip address 192.168.13.2 255.255.255.0
 no shutdown
router bgp 65003
 bgp log-neighbor-changes
 network 192.168.111.111 mask 255.255.255.255
 neighbor 192.168.13.1 remote-as 65000
ip access-list extended traffic
 deny   udp any eq 848 any
 deny   udp any any eq 848
 deny   tcp any eq bgp any
 deny   tcp any any eq bgp
 permit ip any any
end
"""
MEMBER = "hostname GM{n}\n" + ISAKMP + """
crypto gdoi group G1
 identity number 1
 server address ipv4 192.168.111.111
crypto map M 1 gdoi
 set group G1
interface Ethernet0/0
 ip address 192.168.1{n}.2 255.255.255.0
 no shutdown
 crypto map M
interface Ethernet0/1
 ip address 10.1.{n}.1 255.255.255.0
 no shutdown
router bgp 6500{n}
 bgp log-neighbor-changes
 neighbor 192.168.1{n}.1 remote-as 65000
 neighbor 192.168.1{n}.1 timers 1 3
 !
 address-family ipv4
  network 10.1.{n}.0 mask 255.255.255.0
  neighbor 192.168.1{n}.1 activate
 exit-address-family
end
"""
PE = """hostname PE
interface Loopback0
 ip address 172.16.0.1 255.255.255.255
interface Ethernet0/0
 ip address 192.168.11.1 255.255.255.0
 no shutdown
interface Ethernet0/1
 ip address 192.168.12.1 255.255.255.0
 no shutdown
interface Ethernet0/2
 ip address 192.168.13.1 255.255.255.0
 no shutdown
interface Ethernet0/3
 ip address 172.16.1.1 255.255.255.0
 no shutdown
 ip ospf network point-to-point
 ip ospf hello-interval 1
 ip ospf dead-interval 4
router ospf 1
 passive-interface Ethernet0/0
 network 172.16.0.0 0.0.255.255 area 0
router bgp 65000
 bgp log-neighbor-changes
 network 10.9.0.0 mask 255.255.0.0
 redistribute ospf 1
 redistribute connected
 neighbor 192.168.11.2 remote-as 65001
 neighbor 192.168.12.2 remote-as 65002
 neighbor 192.168.13.2 remote-as 65003
 neighbor 172.16.0.2 remote-as 65000
 neighbor 172.16.0.2 update-source Loopback0
 neighbor 172.16.0.2 next-hop-self
 neighbor 172.16.0.2 password cisco
ip route 10.9.0.0 255.255.0.0 172.16.1.2
end
"""
P = """hostname P
interface Loopback0
 ip address 172.16.0.2 255.255.255.255
interface Ethernet0/0
 ip address 172.16.1.2 255.255.255.0
 no shutdown
 ip ospf network point-to-point
 ip ospf hello-interval 1
 ip ospf dead-interval 4
router ospf 7
 network 172.16.1.2 0.0.0.0 area 0
 network 172.16.0.2 0.0.0.0 area 0
router bgp 65000
 bgp log-neighbor-changes
 neighbor 172.16.0.1 remote-as 65000
 neighbor 172.16.0.1 update-source Loopback0
 neighbor 172.16.0.1 route-map PREFER in
 neighbor 172.16.0.1 password 7 02050D480809
ip prefix-list MEMBERS seq 5 permit 10.1.0.0/16 le 24
route-map PREFER permit 10
 match ip address prefix-list MEMBERS
 set local-preference 150
route-map PREFER permit 20
end
"""
HOST = """    PC{n}:
      kind: linux
      exec:
        - ip addr add 10.1.{n}.2/24 dev eth1
        - ip route replace default via 10.1.{n}.1
"""
LINKS = [("PE:eth1", "GM1:eth1"), ("PE:eth2", "GM2:eth1"),
         ("PE:eth3", "KS1:eth1"), ("PE:eth4", "P:eth1"),
         ("GM1:eth2", "PC1:eth1"), ("GM2:eth2", "PC2:eth1")]


def write(directory):
    """The topology's path, with configurations beside it."""
    nodes = ""
    for name, ports, text in (
            ("KS1", 1, KS1), ("PE", 4, PE), ("P", 1, P),
            ("GM1", 2, MEMBER.format(n=1)), ("GM2", 2, MEMBER.format(n=2))):
        path = directory / f"{name}.cfg"
        path.write_text(text)
        maps = ",".join(f"Ethernet0/{i}=eth{i + 1}" for i in range(ports))
        nodes += ROUTER.format(name=name, path=path, ports=maps)
        if name == "KS1":
            nodes += f"      exec: ['{KEY}']\n"
    nodes += "".join(HOST.format(n=n) for n in (1, 2))
    links = "".join(f'    - endpoints: ["{a}", "{b}"]\n' for a, b in LINKS)
    path = directory / "bgp.clab.yml"
    path.write_text("name: bgp\ntopology:\n  kinds:\n"
                    '    linux: {image: "alpine:3"}\n'
                    f"  nodes:\n{nodes}  links:\n{links}")
    return str(path)
