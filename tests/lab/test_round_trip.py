# SPDX-License-Identifier: GPL-3.0-or-later
"""show running-config pasted into an empty router gives the same router."""

import pytest

EMPTY = """\
name: empty
topology:
  nodes:
    R:
      kind: linux
      image: opengetvpn:latest
      env:
        GETVPN_IFMAP: {map}
    far:
      kind: linux
      exec: {exec}
  links: {links}
"""


def empty_router(ports):
    """A router that was never configured, with so many cables."""
    devices = [f"eth{n + 1}" for n in range(ports)]
    return EMPTY.format(
        map=",".join(f"Ethernet0/{n}={device}"
                     for n, device in enumerate(devices)),
        exec=[f"ip link set {device} up" for device in devices],
        links=[{"endpoints": [f"R:{device}", f"far:{device}"]}
               for device in devices])


def config_of(lab, node):
    """The lines of a running-config without its size and its comments."""
    text = lab.cli(node, "show running-config")
    return [line.rstrip() for line in text.splitlines()
            if not line.startswith(("!", "Current configuration"))]


@pytest.mark.parametrize("node, ports", [("KS1", 1), ("CE1", 2), ("HOST1", 1)])
def test_a_running_config_is_a_router(article, make_lab, tmp_path, node,
                                      ports):
    (tmp_path / "empty.clab.yml").write_text(empty_router(ports))
    lab = make_lab(str(tmp_path / "empty.clab.yml"))
    wanted = article.cli(node, "show running-config")
    (tmp_path / "running").write_text(wanted)
    lab.run("paste", "R", str(tmp_path / "running"))
    assert config_of(lab, "R") == config_of(article, node)
    up = lab.cli("R", "show ip interface brief | include Ethernet0/0")
    assert up.split()[-2:] == ["up", "up"]
