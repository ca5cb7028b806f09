# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateways of others, each between r1 and r2 of a chain of its own."""

import os
import time

from . import BenchError, system
from .chain import H2, LAN1, LAN2, WAN1, WAN2, Chain

# Queue of the TUN devices: as long for all, so that none loses to it.
TUN_QUEUE = 10000
TUN_MTU = 1400
UP_LIMIT = 30.0
SOCKET_ROOM = 4 << 20


def write(node, name, text, mode=0o600):
    path = os.path.join(node.dir, name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w",
              encoding="utf-8") as file:
        file.write(text)
    return path


def until(what, question, limit=UP_LIMIT):
    end = time.monotonic() + limit
    while not question():
        if time.monotonic() > end:
            raise BenchError(f"{what}: not within {limit:.0f} s")
        time.sleep(0.1)


class Contender:
    """with contender: its chain is up and passes packets."""

    key = title = ""
    needs = ()
    peer = True            # counts among the best peer's
    wire_queues = 1
    of = None              # the contender that it belongs to, for --only
    variant = ()           # else: the groups of tests that it is for

    def __init__(self):
        self.chain = None
        self.free_rate = None  # packets/s without loss, once measured

    def missing(self):
        """What it needs and the machine does not have, in words, or None."""
        name = system.have(*self.needs)
        return name and f"no {name}"

    def __enter__(self):
        self.chain = Chain(self.key, self.wire_queues)
        with_chain = self.chain.__enter__()
        try:
            self.configure(with_chain)
            self.wait()
        except BaseException:
            self.chain.down()
            raise
        return self

    def __exit__(self, *_):
        self.chain.down()

    def configure(self, chain):
        raise NotImplementedError

    def wait(self):
        until(f"{self.key}: a ping through it", self.answers)

    def describe(self):
        """What it says of itself, once it is up."""
        return ""

    def answers(self):
        try:
            self.chain.h1.run("ping", "-qc1", "-W1", H2)
        except BenchError:
            return False
        return True

    def tun_ready(self, device):
        """Waits for both TUN devices; gives both the same queue."""
        for node in (self.chain.r1, self.chain.r2):
            until(f"{self.key}: {device}", lambda n=node: device in
                  n.devices())
            node.run("ip", "link", "set", device, "mtu", str(TUN_MTU),
                     "txqueuelen", str(TUN_QUEUE), "up")


class Plain(Contender):
    key, title, peer = "plain", "kernel forwarding", False

    def configure(self, chain):
        chain.address_gateways()
        chain.route_over(f"via {WAN2}", f"via {WAN1}")


STRONGSWAN = """\
charon-systemd {{
  load = random nonce kdf openssl aes sha1 sha2 hmac gcm ctr pem pkcs1 x509 \
pubkey kernel-libipsec kernel-netlink socket-default vici updown
  plugins {{
    vici {{
      socket = unix://{dir}/vici
    }}
  }}
}}
swanctl {{
  load = random openssl pem pkcs1 x509 pubkey
}}
"""
SWANCTL = """\
connections {{
  gw {{
    version = 2
    proposals = aes128-sha256-modp2048
    local_addrs = {here}
    remote_addrs = {there}
    local {{
      auth = psk
      id = {here}
    }}
    remote {{
      auth = psk
      id = {there}
    }}
    children {{
      net {{
        local_ts = {here_net}
        remote_ts = {there_net}
        esp_proposals = aes128-sha1
      }}
    }}
  }}
}}
secrets {{
  ike-gw {{
    secret = a-key-of-the-measurement
  }}
}}
"""


class StrongSwan(Contender):
    """Userspace ESP, the nearest of kin: tunnel mode in UDP port 4500."""

    key, title = "strongswan", "strongSwan kernel-libipsec aes128-sha1"
    needs = ("charon-systemd", "swanctl")

    def configure(self, chain):
        chain.address_gateways()
        sides = ((chain.r1, WAN1, LAN1, WAN2, LAN2),
                 (chain.r2, WAN2, LAN2, WAN1, LAN1))
        for node, here, here_net, there, there_net in sides:
            conf = write(node, "strongswan.conf",
                         STRONGSWAN.format(dir=node.dir))
            write(node, "swanctl.conf", SWANCTL.format(**locals()))
            node.env = {"STRONGSWAN_CONF": conf}
            node.start(system.find("charon-systemd"), env=node.env)
        for side in sides:
            self.load(side[0])
        until("strongSwan: its SA", self.initiate)
        self.tun_ready("ipsec0")

    @staticmethod
    def swanctl(node, *words):
        env = {**os.environ, **node.env}
        return node.run(system.find("swanctl"), *words, "--uri",
                        f"unix://{node.dir}/vici", env=env)

    def load(self, node):
        until("strongSwan: its control socket",
              lambda: os.path.exists(f"{node.dir}/vici"))
        self.swanctl(node, "--load-all", "--file", f"{node.dir}/swanctl.conf")

    def initiate(self):
        try:
            self.swanctl(self.chain.r1, "--initiate", "--child", "net")
        except BenchError:
            return False
        return True


OPENVPN = """\
dev tun0
dev-type tun
proto udp
local {here}
remote {there}
ifconfig {here_tun} {there_tun}
{role}
cert {dir}/cert.pem
key {dir}/key.pem
peer-fingerprint {fingerprint}
data-ciphers {cipher}
data-ciphers-fallback {cipher}
auth SHA1
disable-dco
fast-io
sndbuf {room}
rcvbuf {room}
mssfix 0
tun-mtu 1400
txqueuelen {queue}
verb 1
"""


class OpenVpn(Contender):
    needs = ("openvpn", "openssl")

    def __init__(self, cipher, key):
        super().__init__()
        self.cipher, self.key = cipher, key
        self.title = f"OpenVPN {cipher}" + ("" if "GCM" in cipher
                                            else " SHA1")

    def configure(self, chain):
        chain.address_gateways()
        prints = {node: self.certificate(node)
                  for node in (chain.r1, chain.r2)}
        sides = ((chain.r1, chain.r2, WAN1, WAN2, "10.8.0.1", "10.8.0.2",
                  "tls-client"),
                 (chain.r2, chain.r1, WAN2, WAN1, "10.8.0.2", "10.8.0.1",
                  "tls-server\ndh none"))
        for node, other, here, there, here_tun, there_tun, role in sides:
            write(node, "vpn.conf", OPENVPN.format(
                dir=node.dir, fingerprint=prints[other], cipher=self.cipher,
                room=SOCKET_ROOM, queue=TUN_QUEUE, **{
                    k: v for k, v in locals().items() if isinstance(v, str)}))
            node.start(system.find("openvpn"), f"{node.dir}/vpn.conf")
        self.tun_ready("tun0")
        chain.route_over("dev tun0", "dev tun0")

    @staticmethod
    def certificate(node):
        system.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN={node.name}",
                    "-keyout", f"{node.dir}/key.pem",
                    "-out", f"{node.dir}/cert.pem"])
        shown = system.run(["openssl", "x509", "-in", f"{node.dir}/cert.pem",
                            "-noout", "-fingerprint", "-sha256"])
        return shown.strip().partition("=")[2]


class WireGuard(Contender):
    key, title = "wireguard", "wireguard-go"
    needs = ("wireguard-go", "wg")

    def configure(self, chain):
        chain.address_gateways()
        # One device a gateway: the control sockets of both are in /run.
        device = {chain.r1: f"wga{os.getpid()}", chain.r2: f"wgb{os.getpid()}"}
        private = {node: system.run(["wg", "genkey"]) for node in device}
        public = {}
        for node, key in private.items():
            path = write(node, "private", key)
            public[node] = node.run("sh", "-ec", f"wg pubkey <{path}").strip()
            node.start(system.find("wireguard-go"), "-f", device[node])
        for node, other, there in ((chain.r1, chain.r2, WAN2),
                                   (chain.r2, chain.r1, WAN1)):
            name = device[node]
            until(f"wireguard-go: {name}", lambda n=node, d=name: d in
                  n.devices())
            node.run("wg", "set", name, "listen-port", "51820",
                     "private-key", f"{node.dir}/private",
                     "peer", public[other], "allowed-ips", "0.0.0.0/0",
                     "endpoint", f"{there}:51820")
            node.run("ip", "link", "set", name, "mtu", str(TUN_MTU),
                     "txqueuelen", str(TUN_QUEUE), "up")
        chain.route_over(f"dev {device[chain.r1]}", f"dev {device[chain.r2]}")


NEBULA = """\
pki:
  ca: {dir}/ca.crt
  cert: {dir}/host.crt
  key: {dir}/host.key
static_host_map:
  "{there_tun}": ["{there}:4242"]
lighthouse:
  am_lighthouse: false
listen:
  host: {here}
  port: 4242
  batch: 64
  read_buffer: {room}
  write_buffer: {room}
cipher: aes
tun:
  dev: nebula1
  mtu: 1400
  tx_queue: {queue}
  unsafe_routes:
    - route: {there_net}
      via: {there_tun}
logging:
  level: warning
  format: text
firewall:
  conntrack:
    tcp_timeout: 12m
    udp_timeout: 3m
    default_timeout: 10m
  outbound:
    - port: any
      proto: any
      host: any
  inbound:
    - port: any
      proto: any
      host: any
"""


class Nebula(Contender):
    key, title = "nebula", "nebula AES-256-GCM"
    needs = ("nebula", "nebula-cert")

    def configure(self, chain):
        chain.address_gateways()
        root = chain.ks.dir
        system.run(["nebula-cert", "ca", "-name", "bench", "-out-crt",
                    f"{root}/ca.crt", "-out-key", f"{root}/ca.key"])
        sides = ((chain.r1, WAN1, LAN1, "10.9.0.1", WAN2, LAN2, "10.9.0.2"),
                 (chain.r2, WAN2, LAN2, "10.9.0.2", WAN1, LAN1, "10.9.0.1"))
        for node, here, here_net, here_tun, there, there_net, there_tun \
                in sides:
            system.run(["nebula-cert", "sign", "-name", node.name,
                        "-ip", f"{here_tun}/24", "-subnets", here_net,
                        "-ca-crt", f"{root}/ca.crt",
                        "-ca-key", f"{root}/ca.key",
                        "-out-crt", f"{node.dir}/host.crt",
                        "-out-key", f"{node.dir}/host.key"])
            system.run(["cp", f"{root}/ca.crt", f"{node.dir}/ca.crt"])
            write(node, "nebula.yml", NEBULA.format(
                dir=node.dir, room=SOCKET_ROOM, queue=TUN_QUEUE, here=here,
                there=there, there_net=there_net, there_tun=there_tun))
            node.start(system.find("nebula"), "-config",
                       f"{node.dir}/nebula.yml")
        self.tun_ready("nebula1")


def all_peers():
    return [Plain(), StrongSwan(), OpenVpn("AES-128-GCM", "openvpn-gcm"),
            OpenVpn("AES-128-CBC", "openvpn-cbc"), WireGuard(), Nebula()]
