# SPDX-License-Identifier: GPL-3.0-or-later
"""Cooperative key servers under streams of 1,000 packets a second each way: a
key server that dies, ten minutes in which the core is cut in two and both sides
have their own keys, and the merge cost no packet.  Time runs SCALE times
faster.

The cut parts {KS1, CE1, CE3} from {KS2, CE2, CE4}.
"""

import contextlib
import time

import pytest

import keyservers
import rekeys
from conftest import MEMBERS
from flow import PORT, CoreWatch, Flow
from keyservers import KS2, TO_PRIMARY
from labs import Lab, until

SCALE = 25
SPLIT = 600                # s
WINDOW = 80                # s of TBAR, 3.2 s in true time
TEK_LIFE, KEK_LIFE = 300, 500
GIVEN_UP = 240             # s until a silent primary is, at most
AFTER_THAT = 3             # rekeys of the new primary
HOST1, HOST2 = ("HOST1", "10.0.111.2"), ("HOST2", "10.0.222.2")
HOST3, HOST4 = ("HOST3", "10.0.33.2"), ("HOST4", "10.0.44.2")

# Devices of P, and what is behind them.
SIDES = (("eth1", "eth3"), ("eth2", "eth4"))


class Walk:
    def __init__(self, lab):
        self.lab = lab
        self.ks1, self.ks2 = (lab.console(name) for name in ("KS1", "KS2"))
        self.members = [lab.console(name) for name in MEMBERS]
        self.sides = (self.members[0::2], self.members[1::2])
        self.streams = []

    @contextlib.contextmanager
    def stream(self, what, *pairs, port=PORT):
        with contextlib.ExitStack() as stack:
            rows = []
            for pair in pairs:
                core = stack.enter_context(CoreWatch(
                    self.lab, "P", SIDES[0][0] if HOST1 in pair
                    else SIDES[1][1], pair[0][1], pair[1][1]))
                flow = stack.enter_context(
                    Flow(self.lab, *pair, port=port))
                rows.append((what, pair, flow, core))
            yield [flow for _, _, flow, _ in rows]
        for what, pair, flow, core in rows:
            print(f"\n{what}, {pair[0][0]} and {pair[1][0]}: {flow}")
            assert core.clear == 0
        self.streams += rows

    def nothing_lost(self, what):
        """Every packet of the streams of this name arrived, and as ESP."""
        rows = [row for row in self.streams if row[0] == what]
        assert rows
        for _, _, flow, core in rows:
            assert flow.sent > 1000
            assert flow.lost == 0, flow.lost_when()[:20]
            assert core.esp >= flow.sent

    def cut(self, verb):
        """P no longer routes from one side to the other: blackholes by where
        a packet comes in and where it wants to go."""
        lines = []
        for here, there in (SIDES, SIDES[::-1]):
            targets = [line.split()[0] for device in there for line in
                       self.lab.exec("P", "ip", "route", "show", "dev",
                                     device).stdout.splitlines()]
            lines += [f"rule {verb} iif {device} to {target} blackhole"
                      for device in here for target in targets]
        batch = "\n".join(lines)
        self.lab.exec("P", "sh", "-c", f"echo '{batch}' | ip -batch -")

    def rekeyed(self, ks, times, limit=2 * TEK_LIFE):
        for _ in range(times):
            ks.wait_log(rekeys.SENT, limit / SCALE)


@pytest.fixture(scope="module")
def walk():
    with Lab("article-coop", "--time-scale", str(SCALE)) as lab:
        lab.wait_registered(*MEMBERS)
        made = Walk(lab)
        keyservers.wait_roles(made.ks1, made.ks2)
        for ks in (made.ks2, made.ks1):
            rekeys.configure(
                ks, "crypto ipsec profile profile1",
                f"set security-association lifetime seconds {TEK_LIFE}",
                "crypto gdoi group GDOI-GROUP1", "server local",
                f"rekey lifetime seconds {KEK_LIFE}",
                "sa ipsec 1", f"replay time window-size {WINDOW}")
            lab.cli("KS1" if ks is made.ks1 else "KS2",
                    "copy running-config startup-config", "")
        before = rekeys.same_tek(made.members)
        rekeys.rekey(made.ks1)
        rekeys.same_tek(made.members, before)
        yield made


def test_01_a_stream_loses_nothing_while_all_is_well(walk):
    with walk.stream("quiet", (HOST1, HOST3)):
        time.sleep(2)
    walk.nothing_lost("quiet")


def test_02_the_primary_dies(walk):
    walk.ks2.forget_logs()
    with walk.stream("fail-over", (HOST1, HOST3), (HOST2, HOST4)):
        time.sleep(0.5)
        keyservers.kill(walk.lab, "KS1")
        walk.ks2.wait_log(TO_PRIMARY.format(KS2), GIVEN_UP / SCALE)
        walk.rekeyed(walk.ks2, AFTER_THAT)
        rekeys.same_tek(walk.members)
    walk.nothing_lost("fail-over")


def test_03_it_returns_as_a_secondary(walk):
    with walk.stream("return", (HOST1, HOST3)):
        walk.lab.run("restart", "KS1")
        walk.ks1 = walk.lab.console("KS1", fresh=True)
        keyservers.wait_roles(walk.ks1, walk.ks2, "Secondary", "Primary")
        walk.rekeyed(walk.ks2, 1)
        rekeys.same_tek(walk.members)
        time.sleep(0.5)
    walk.nothing_lost("return")


def both_primary(walk):
    shown = [keyservers.roles(ks) for ks in (walk.ks1, walk.ks2)]
    return all(shown) and [own for own, _, _ in shown] == ["Primary"] * 2


def test_04_the_core_is_cut_in_two_for_ten_minutes(walk):
    """Each side rekeys by schedule and by hand; then the merge, and the
    streams still run."""
    walk.rekeyed(walk.ks2, 1)
    with walk.stream("split and merge", (HOST1, HOST3), (HOST2, HOST4)):
        time.sleep(0.5)
        walk.cut("add")
        began = time.monotonic()
        until(lambda: both_primary(walk), GIVEN_UP / SCALE, "two primaries")
        for ks in (walk.ks1, walk.ks2):
            rekeys.rekey(ks)
        for ks in (walk.ks1, walk.ks2):
            walk.rekeyed(ks, 1)
        teks = [rekeys.same_tek(side) for side in walk.sides]
        assert teks[0] != teks[1]
        time.sleep(max(0, began + SPLIT / SCALE - time.monotonic()))
        assert both_primary(walk)
        teks = [rekeys.same_tek(side) for side in walk.sides]
        assert teks[0] != teks[1]
        walk.cut("del")
        keyservers.wait_roles(walk.ks1, walk.ks2, "Primary", "Secondary",
                              GIVEN_UP / SCALE)
        together(walk, teks)
        with walk.stream("across", (HOST1, HOST2), (HOST3, HOST4),
                         port=PORT + 1):
            walk.ks1.forget_logs()
            rekeys.same_tek(walk.members)
            walk.rekeyed(walk.ks1, 1)
            rekeys.same_tek(walk.members)
            time.sleep(1)
    walk.nothing_lost("split and merge")


def together(walk, teks):
    """Waits until every member has the TEKs under which any of them sends, or
    all have the same ones, made since."""
    def have():
        seen = [set(rekeys.teks(member)) for member in walk.members]
        return all(set(teks) <= one for one in seen) \
            or all(one == seen[0] for one in seen)
    until(have, GIVEN_UP / SCALE, "all members have the keys of both sides")


def test_05_from_then_on_both_sides_understand_each_other(walk):
    walk.nothing_lost("across")


def test_06_so_much_was_sent(walk, capsys):
    with capsys.disabled():
        print()
        for what, pair, flow, _ in walk.streams:
            print(f"  {what}, {pair[0][0]} and {pair[1][0]}: {flow.sent} "
                  f"packets sent, {flow.lost} lost")
    assert sum(flow.lost for _, _, flow, _ in walk.streams) == 0
