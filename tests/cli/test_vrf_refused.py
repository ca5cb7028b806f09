# SPDX-License-Identifier: GPL-3.0-or-later
"""A router that may not make namespaces: VRFs are kept, their interfaces are
down, and one with a crypto map never comes back without it."""

import os
import pathlib
import signal
import subprocess
import time

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("GETVPN_BUILD", TOP / "build"))
CONFIG = """version 15.4
crypto gdoi group GROUP
 identity number 1
 server address ipv4 192.168.1.9
crypto map MAP 10 gdoi
 set group GROUP
interface Ethernet0/0
 ip address 192.168.1.1 255.255.255.0
 crypto map MAP
end
"""


@pytest.fixture
def cli(tmp_path):
    state = tmp_path / "state"
    config = tmp_path / "config"
    config.write_text(CONFIG)
    daemon = subprocess.Popen(
        ["unshare", "-n", "sh", "-c",
         "ip link add eth0 type veth peer name far && ip link set far up && "
         'exec "$@"', "sh", BUILD / "getvpnd" / "getvpnd", "--state-dir",
         state, "--startup-config", config, "--vty-port", "0", "--no-vrf"])

    def run(*lines):
        words = [word for line in lines for word in ("-c", line)]
        return subprocess.run(
            [BUILD / "cli" / "sh" / "getvpnsh", "-r", state, *words],
            capture_output=True, text=True, check=False, timeout=20).stdout
    for _ in range(200):
        if (state / "cli.sock").exists():
            break
        time.sleep(0.05)
    yield run
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=20) == 0


def test_a_vrf_without_a_namespace_is_kept(cli):
    said = cli("configure terminal", "ip vrf RED", "rd 1:1",
               "interface Loopback1", "ip vrf forwarding RED",
               "ip address 1.1.1.1 255.255.255.255", "end")
    assert "% NOTE: the system gives no namespace for VRF RED" in said
    shown = cli("show ip interface brief")
    assert shown.splitlines()[-1].split() == [
        "Loopback1", "1.1.1.1", "YES", "manual", "down", "down"]
    assert "no network namespace" in cli("show configuration unsupported")
    assert "% Cannot send" in cli("ping vrf RED 1.1.1.1")


def test_a_crypto_map_survives_a_vrf_that_cannot_be_had(cli):
    assert "Ethernet0/0: front" in cli("show platform packet-path")
    cli("configure terminal", "ip vrf RED", "interface e0/0",
        "ip vrf forwarding RED", "ip address 192.168.1.1 255.255.255.0",
        "end")
    assert "Ethernet0/0: front" not in cli("show platform packet-path")
    shown = cli("show ip interface brief | include Ethernet0/0")
    assert shown.split()[-2:] == ["down", "down"]
    cli("configure terminal", "interface e0/0", "no ip vrf forwarding",
        "ip address 192.168.1.1 255.255.255.0", "end")
    assert "Ethernet0/0: front" in cli("show platform packet-path")
    shown = cli("show ip interface brief | include Ethernet0/0")
    assert shown.split()[-2:] == ["up", "up"]
