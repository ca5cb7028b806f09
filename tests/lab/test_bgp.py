# SPDX-License-Identifier: GPL-3.0-or-later
"""router bgp and router ospf, which FRR runs: sessions, routes, encrypted
traffic that follows them, and that nothing is left when a router ends."""

import os
import re
import signal
import time

import pytest

import bgp_lab
from labs import Lab, until

FRR = "/usr/lib/frr/zebra"
PROGRAMS = ("zebra", "bgpd", "ospfd", "getvpn-frr")
PC2 = "10.1.2.2"
CORE = {"GM1": "192.168.11.1", "GM2": "192.168.12.1", "KS1": "192.168.13.1"}

pytestmark = pytest.mark.skipif(
    not os.access(FRR, os.X_OK), reason="FRR is not installed (apt install frr)")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with Lab(bgp_lab.write(tmp_path_factory.mktemp("bgp"))) as made:
        yield made


def log_has(lab, node, line, limit=30):
    until(lambda: line in lab.cli(node, "show logging"), limit,
          f"{node} logs '{line}'")


def routes(lab, node):
    """{prefix: line} of show ip route."""
    found = {}
    for line in lab.cli(node, "show ip route").splitlines():
        match = re.match(r"[A-Z][* ].*?(\d+\.\d+\.\d+\.\d+)", line)
        if match:
            found[match[1]] = line
    return found


def route(lab, node, prefix, code, limit=40):
    """The line of a route that is there, or comes."""
    def look():
        line = routes(lab, node).get(prefix, "")
        return line if line.startswith(code) else None
    return until(look, limit, f"{node} has {code} {prefix}")


def frr_of(lab, node):
    """{program: pid} of the router's namespace."""
    space = os.stat(f"/proc/{lab.node(node)['pid']}/ns/net").st_ino
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="ascii",
                      errors="replace") as file:
                name = file.read().strip()
            if name in PROGRAMS and \
                    os.stat(f"/proc/{pid}/ns/net").st_ino == space:
                found[name] = int(pid)
        except OSError:
            continue
    return found


def test_sessions_come_up_and_say_so(lab):
    for node, neighbor in CORE.items():
        log_has(lab, node, f"%BGP-5-ADJCHANGE: neighbor {neighbor} Up")
    log_has(lab, "PE", "%BGP-5-ADJCHANGE: neighbor 192.168.13.2 Up")
    log_has(lab, "PE", "%OSPF-5-ADJCHG: Process 1, Nbr 172.16.0.2 on "
            "Ethernet0/3 from LOADING to FULL, Loading Done")
    log_has(lab, "P", "%OSPF-5-ADJCHG: Process 7, Nbr 172.16.0.1 on "
            "Ethernet0/0 from LOADING to FULL, Loading Done")


def test_routes_are_shown_with_their_letters(lab):
    line = route(lab, "GM1", "192.168.111.111", "B")
    assert re.fullmatch(r"B +192\.168\.111\.111 \[20/0\] via 192\.168\.11\.1, "
                        r"\d\d:\d\d:\d\d", line), line
    line = route(lab, "PE", "172.16.0.2", "O")
    assert re.fullmatch(r"O +172\.16\.0\.2(/32)? \[110/11\] via 172\.16\.1\.2, "
                        r"\d\d:\d\d:\d\d, Ethernet0/3", line), line
    # Inside of an autonomous system the distance is another one.
    line = route(lab, "P", "10.1.1.0", "B")
    assert re.search(r" \[200/0\] via 172\.16\.0\.1, \d\d:\d\d:\d\d$", line)
    # A static route that was announced.
    assert "10.9.0.0" in routes(lab, "GM2")


def test_what_is_shown_of_neighbors(lab):
    shown = lab.cli("GM1", "show ip bgp summary")
    assert "BGP router identifier 192.168.11.2, local AS number 65001" in shown
    assert re.search(r"^192\.168\.11\.1    4        65000 +\d+ +\d+ +\d+ +0 +0 "
                     r"\d\d:\d\d:\d\d +\d+$", shown, re.M), shown
    shown = lab.cli("GM1", "show ip bgp")
    assert re.search(r"^ \*>  10\.1\.1\.0/24 +0\.0\.0\.0 +0 +32768 i$", shown,
                     re.M), shown
    assert re.search(r"^ \*>  10\.1\.2\.0/24 +192\.168\.11\.1 +0 "
                     r"65000 65002 i$", shown, re.M), shown
    shown = lab.cli("PE", "show ip ospf neighbor")
    assert re.search(r"^172\.16\.0\.2 +0   FULL/  - +00:00:0\d    172\.16\.1\.2"
                     r" +Ethernet0/3$", shown, re.M), shown
    shown = lab.cli("PE", "show ip bgp neighbors 192.168.12.2")
    assert "BGP neighbor is 192.168.12.2,  remote AS 65002, external link" \
        in shown
    assert "BGP state = Established, up for " in shown


def test_a_route_map_has_its_say(lab):
    shown = lab.cli("P", "show ip bgp")
    assert re.search(r"^ \*>i 10\.1\.1\.0/24 +172\.16\.0\.1 +\d* +150 +0 65001 i$",
                     shown, re.M), shown
    assert re.search(r"^ \*>i 10\.9\.0\.0/16 +172\.16\.0\.1 +\d* +100 ", shown,
                     re.M), shown


def test_a_neighbor_that_goes_takes_its_lines_along(lab):
    lab.cli("P", "configure terminal", "router bgp 65000",
            "neighbor 10.99.0.9 remote-as 9",
            "neighbor 10.99.0.9 description nobody",
            "address-family ipv4", "neighbor 10.99.0.9 activate",
            "neighbor 10.99.0.9 next-hop-self")
    assert "10.99.0.9" in lab.cli("P", "show running-config")
    until(lambda: "10.99.0.9" in lab.cli("P", "show ip bgp summary"), 10,
          "bgpd has the neighbor")
    lab.cli("P", "configure terminal", "router bgp 65000",
            "no neighbor 10.99.0.9 remote-as 9")
    assert "10.99.0.9" not in lab.cli("P", "show running-config")
    until(lambda: "10.99.0.9" not in lab.cli("P", "show ip bgp summary"), 10,
          "bgpd has forgotten the neighbor")


def test_all_lines_are_acted_on(lab):
    for node in ("GM1", "PE", "P"):
        shown = lab.cli(node, "show configuration unsupported")
        assert "0 lines are kept" in shown, shown


def test_members_register_and_encrypt_over_routes_of_bgp(lab):
    lab.wait_registered("GM1", "GM2")
    route(lab, "GM1", "10.1.2.0", "B")
    until(lambda: lab.exec("PC1", "ping", "-c1", "-W1", PC2, check=False)
          .returncode == 0, 30, "a path")
    before = lab.counters("GM1")
    done = lab.exec("PC1", "ping", "-c", "10", "-i", "0.2", "-W", "1", PC2)
    assert "10 received" in done.stdout
    after = lab.counters("GM1")
    assert after[0] - before[0] == after[1] - before[1] == 10


def test_a_session_lives_through_a_crypto_map(lab):
    """Which moves the interface to its front.  When the map goes the front's
    device goes down, and the session comes back at once."""
    def count(what):
        return lab.cli("GM2", "show logging").count(
            f"neighbor 192.168.12.1 {what}")

    ups = count("Up")
    lab.cli("GM2", "configure terminal", "interface Ethernet0/0",
            "no crypto map M")
    until(lambda: count("Up") == ups + 1, 20, "the session is back")
    route(lab, "GM2", "10.1.1.0", "B")
    downs = count("Down")
    lab.cli("GM2", "configure terminal", "interface Ethernet0/0",
            "crypto map M")
    lab.wait_registered("GM2")
    route(lab, "GM2", "10.1.1.0", "B")
    until(lambda: lab.exec("PC1", "ping", "-c1", "-W1", PC2, check=False)
          .returncode == 0, 30, "a path")
    assert count("Down") == downs


def test_a_line_changes_what_runs(lab):
    lab.cli("GM2", "configure terminal", "interface Loopback5",
            "ip address 10.55.0.1 255.255.255.0", "router bgp 65002",
            "network 10.55.0.0 mask 255.255.255.0",
            "neighbor 192.168.12.1 fall-over")
    assert re.match(r"B +10\.55\.0\.0", route(lab, "GM1", "10.55.0.0", "B"))
    shown = lab.cli("GM2", "show configuration unsupported")
    assert re.search(r"neighbor 192\.168\.12\.1 fall-over +! kept, not acted "
                     r"on", shown), shown
    lab.cli("GM2", "configure terminal", "router bgp 65002",
            "no network 10.55.0.0 mask 255.255.255.0")
    until(lambda: "10.55.0.0" not in routes(lab, "GM1"), 30,
          "the route is withdrawn")


def test_a_session_that_ends_says_so_and_takes_its_routes(lab):
    lab.cli("GM2", "configure terminal", "router bgp 65002",
            "neighbor 192.168.12.1 shutdown")
    log_has(lab, "GM2", "%BGP-5-ADJCHANGE: neighbor 192.168.12.1 Down "
            "Admin. shutdown")
    log_has(lab, "PE", "%BGP-5-ADJCHANGE: neighbor 192.168.12.2 Down "
            "BGP Notification received")
    until(lambda: "10.1.2.0" not in routes(lab, "GM1"), 30,
          "the route is gone")
    lab.cli("GM2", "configure terminal", "router bgp 65002",
            "no neighbor 192.168.12.1 shutdown")
    route(lab, "GM1", "10.1.2.0", "B")
    assert "AS is 65002" in lab.cli("GM2", "configure terminal",
                                    "router bgp 2", check=False)


def test_clear_makes_the_session_anew(lab):
    lab.cli("KS1", "clear ip bgp *")
    log_has(lab, "KS1", "neighbor 192.168.13.1 Down User reset")
    until(lambda: lab.cli("KS1", "show logging").count(
        "neighbor 192.168.13.1 Up") == 2, 30, "the session is up again")


def test_a_reload_keeps_it(lab):
    before = frr_of(lab, "P")
    lab.cli("P", "write memory")
    lab.cli("P", "reload", "", check=False)
    until(lambda: frr_of(lab, "P").get("bgpd") not in (before["bgpd"], None),
          30, "bgpd was started anew")
    assert frr_of(lab, "P")["getvpn-frr"] == before["getvpn-frr"]
    route(lab, "P", "172.16.0.1", "O")
    route(lab, "P", "10.1.1.0", "B")


def test_a_program_that_dies_is_started_again(lab):
    before = frr_of(lab, "GM1")
    os.kill(before["bgpd"], signal.SIGKILL)
    until(lambda: frr_of(lab, "GM1").get("bgpd") not in (before["bgpd"], None),
          30, "bgpd was started anew")
    route(lab, "GM1", "192.168.111.111", "B")


def test_without_its_keeper_the_router_says_what_it_cannot_do(lab):
    os.kill(frr_of(lab, "GM1")["getvpn-frr"], signal.SIGKILL)
    until(lambda: not frr_of(lab, "GM1"), 10, "the programs end with it")
    until(lambda: "kept, not acted on: routing protocols without FRR" in
          lab.cli("GM1", "show configuration unsupported"), 10, "it is said")
    assert "BGP not active" in lab.cli("GM1", "show ip bgp summary",
                                       check=False)


def test_nothing_is_left_of_a_router_that_is_killed(lab):
    """The last: the router is gone after it."""
    node = lab.node("P")
    processes = frr_of(lab, "P")
    assert set(processes) == set(PROGRAMS)
    os.kill(node["pid"], signal.SIGKILL)
    end = time.monotonic() + 10
    while any(os.path.exists(f"/proc/{pid}") and not is_dead(pid)
              for pid in processes.values()):
        assert time.monotonic() < end, "FRR outlives its router"
        time.sleep(0.05)
    log_has(lab, "PE", "from FULL to DOWN, Neighbor Down: ")


def is_dead(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii",
                  errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
