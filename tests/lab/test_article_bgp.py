# SPDX-License-Identifier: GPL-3.0-or-later
"""The article's network with BGP between its key server, members and the
provider's edge; and the same files where there is no FRR."""

import os
import re

import pytest

from labs import Lab, until

MEMBERS = ("CE1", "CE2", "CE3", "CE4")
EDGE = {"KS1": "192.168.11.1", "CE1": "192.168.11.1", "CE2": "192.168.12.1",
        "CE3": "192.168.13.1", "CE4": "192.168.14.1"}
HOST3 = "10.0.33.2"
UP = "%BGP-5-ADJCHANGE: neighbor {} Up"

with_frr = pytest.mark.skipif(
    not os.access("/usr/lib/frr/zebra", os.X_OK),
    reason="FRR is not installed (apt install frr)")


def encrypts(lab):
    """HOST1 reaches HOST3, and CE1 has encrypted all of it."""
    until(lambda: "!!!!!" in lab.cli("HOST1", f"ping {HOST3}"), 60, "a path")
    before = lab.counters("CE1")
    shown = lab.cli("HOST1", f"ping {HOST3} repeat 10")
    assert "Success rate is 100 percent (10/10)" in shown
    after = lab.counters("CE1")
    assert [b - a for a, b in zip(before, after)] == [10, 10]


@with_frr
def test_the_article_runs_on_bgp(make_lab):
    lab = make_lab("article-bgp")
    for node, neighbor in EDGE.items():
        until(lambda node=node, line=UP.format(neighbor):
              line in lab.cli(node, "show logging"), 30, f"{node}'s session")
    lab.wait_registered(*MEMBERS)
    encrypts(lab)
    until(lambda: 'Known via "bgp' in lab.cli(
        "CE1", "show ip route 10.0.33.0", check=False), 30, "a route of BGP")
    encrypts(lab)
    assert "0 lines are kept" in lab.cli("CE1",
                                         "show configuration unsupported")
    # As in the article: KS1's interface goes and comes.
    lab.cli("KS1", "configure terminal", "interface Ethernet0/0", "shutdown")
    until(lambda: "neighbor 192.168.11.1 Down Interface flap"
          in lab.cli("KS1", "show logging"), 30, "the session ends")
    lab.cli("KS1", "clear logging", "")
    lab.cli("KS1", "configure terminal", "interface Ethernet0/0",
            "no shutdown")
    until(lambda: UP.format("192.168.11.1") in lab.cli("KS1", "show logging"),
          60, "the session is back")


def test_the_same_lab_without_frr_runs_on_static_routes(make_lab, monkeypatch):
    monkeypatch.setenv("GETVPN_NO_FRR", "1")
    lab = make_lab("article-bgp")
    lab.wait_registered(*MEMBERS)
    encrypts(lab)
    assert re.search(r"^S\*    0\.0\.0\.0/0 \[250/0\] via 192\.168\.11\.1$",
                     lab.cli("CE1", "show ip route"), re.M)
    shown = lab.cli("CE1", "show configuration unsupported")
    assert re.search(r"^ neighbor 192\.168\.11\.1 remote-as 65000 +! kept, not "
                     r"acted on: routing protocols without FRR$", shown, re.M)
    assert "% BGP not active" in lab.cli("CE1", "show ip bgp summary",
                                         check=False)
