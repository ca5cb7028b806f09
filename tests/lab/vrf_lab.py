# SPDX-License-Identifier: GPL-3.0-or-later
"""One member in two VRFs with the same addresses in both, two groups.

    PCR --- GM (VRF RED)  --- PR --- KSR     PR --- GMR --- PC2 (red)
    PCB --- GM (VRF BLUE) --- PB --- KSB     PB --- GMB --- PC3 (blue)

Everything on the red side has the addresses of the blue side: it is the
same network twice.
"""

ROUTER = """      image: opengetvpn:latest
      env: {{GETVPN_IFMAP: "{ports}"}}
      binds: ["{path}:/etc/getvpn/startup-config"]
"""
PORTS = {n: ",".join(f"Ethernet0/{i}=eth{i + 1}" for i in range(n))
         for n in (1, 2, 4)}
KEY = 'getvpnsh -c "configure terminal" -c "crypto key generate rsa label ' \
    'REKEYRSA modulus 2048 exportable"'

# name, identity, pre-shared key of the red and the blue group
SIDES = {"RED": ("KSR", 1111), "BLUE": ("KSB", 2222)}

ISAKMP = """crypto isakmp policy 10
 encr aes
 hash sha256
 authentication pre-share
 group 14
"""
KS_CONFIG = "hostname {name}\n" + ISAKMP + """
crypto isakmp key {key} address 192.168.0.0 255.255.0.0
crypto ipsec transform-set TSET esp-aes esp-sha256-hmac
 mode tunnel
crypto ipsec profile PROFILE
 set transform-set TSET
crypto gdoi group GROUP
 identity number {number}
 server local
  rekey algorithm aes 256
  rekey authentication mypubkey rsa REKEYRSA
  rekey transport unicast
  sa ipsec 1
   profile PROFILE
   match address ipv4 LIST
   replay time window-size 20
  address ipv4 192.168.71.2
interface Ethernet0/0
 ip address 192.168.71.2 255.255.255.0
 no shutdown
ip route 0.0.0.0 0.0.0.0 192.168.71.1
ip access-list extended LIST
 permit ip 10.71.0.0 0.0.255.255 10.72.0.0 0.0.255.255
 permit ip 10.72.0.0 0.0.255.255 10.71.0.0 0.0.255.255
end
"""
MEMBER_CONFIG = "hostname {name}\n" + ISAKMP + """
crypto isakmp key {key} address 192.168.71.2
crypto gdoi group GROUP
 identity number {number}
 server address ipv4 192.168.71.2
crypto map WAN 10 gdoi
 set group GROUP
interface Ethernet0/0
 ip address 192.168.73.2 255.255.255.0
 no shutdown
 crypto map WAN
interface Ethernet0/1
 ip address 10.72.0.1 255.255.255.0
 no shutdown
ip route 0.0.0.0 0.0.0.0 192.168.73.1
end
"""
VRF_CONFIG = """version 15.4
hostname GM
ip vrf BLUE
 description the blue one
 rd 65000:2
!
vrf definition RED
 rd 65000:1
 !
 address-family ipv4
 exit-address-family
!
crypto keyring BLUE vrf BLUE
  pre-shared-key address 192.168.71.2 key Blue-Pass
crypto keyring RED vrf RED
  pre-shared-key address 192.168.71.2 key Red-Pass
""" + ISAKMP + """
crypto gdoi group RED
 identity number 1111
 server address ipv4 192.168.71.2
crypto gdoi group BLUE
 identity number 2222
 server address ipv4 192.168.71.2
crypto map RED 10 gdoi
 set group RED
crypto map BLUE 10 gdoi
 set group BLUE
interface Loopback1
 vrf forwarding RED
 ip address 10.71.1.1 255.255.255.0
interface Loopback2
 ip vrf forwarding BLUE
 ip address 10.71.1.1 255.255.255.0
interface Ethernet0/0
 vrf forwarding RED
 ip address 192.168.72.2 255.255.255.0
 crypto map RED
interface Ethernet0/1
 vrf forwarding RED
 ip address 10.71.0.1 255.255.255.0
interface Ethernet0/2
 ip vrf forwarding BLUE
 ip address 192.168.72.2 255.255.255.0
 crypto map BLUE
interface Ethernet0/3
 ip vrf forwarding BLUE
 ip address 10.71.0.1 255.255.255.0
ip route vrf BLUE 0.0.0.0 0.0.0.0 192.168.72.1
ip route vrf RED 0.0.0.0 0.0.0.0 192.168.72.1
end
"""
CORE = """    {name}:
      kind: linux
      exec:
        - sysctl -w net.ipv4.ip_forward=1
        - ip addr add 192.168.71.1/24 dev eth1
        - ip addr add 192.168.72.1/24 dev eth2
        - ip addr add 192.168.73.1/24 dev eth3
        - ip route add 10.71.0.0/16 via 192.168.72.2
        - ip route add 10.72.0.0/16 via 192.168.73.2
"""
HOST = """    {name}:
      kind: linux
      exec:
        - ip addr add {address}/24 dev eth1
        - ip route replace default via {gateway}
"""
LINKS = [("PR:eth1", "KSR:eth1"), ("PB:eth1", "KSB:eth1"),
         ("PR:eth2", "GM:eth1"), ("GM:eth2", "PCR:eth1"),
         ("PB:eth2", "GM:eth3"), ("GM:eth4", "PCB:eth1"),
         ("PR:eth3", "GMR:eth1"), ("GMR:eth2", "PC2:eth1"),
         ("PB:eth3", "GMB:eth1"), ("GMB:eth2", "PC3:eth1")]


def configs():
    """{router: (ports, text)}"""
    made = {"GM": (4, VRF_CONFIG)}
    for side, ks, gm, key, number in (
            ("red", "KSR", "GMR", "Red-Pass", 1111),
            ("blue", "KSB", "GMB", "Blue-Pass", 2222)):
        values = {"key": key, "number": number}
        made[ks] = 1, KS_CONFIG.format(name=ks, **values)
        made[gm] = 2, MEMBER_CONFIG.format(name=gm, **values)
    return made


def write(directory):
    """The topology's path, with configurations beside it."""
    nodes = ""
    for name, (ports, text) in configs().items():
        path = directory / f"{name}.cfg"
        path.write_text(text)
        nodes += f"    {name}:\n      kind: linux\n" \
            + ROUTER.format(path=path, ports=PORTS[ports])
        if name.startswith("KS"):
            nodes += f"      exec: ['{KEY}']\n"
    for name in ("PR", "PB"):
        nodes += CORE.format(name=name)
    for name, address in (("PCR", "10.71.0.10"), ("PCB", "10.71.0.10"),
                          ("PC2", "10.72.0.10"), ("PC3", "10.72.0.10")):
        nodes += HOST.format(name=name, address=address,
                             gateway=address.rpartition(".")[0] + ".1")
    links = "".join(f'    - endpoints: ["{a}", "{b}"]\n' for a, b in LINKS)
    path = directory / "vrf.clab.yml"
    path.write_text("name: vrf\ntopology:\n  kinds:\n"
                    '    linux: {image: "alpine:3"}\n'
                    f"  nodes:\n{nodes}  links:\n{links}")
    return str(path)
