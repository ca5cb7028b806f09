# SPDX-License-Identifier: GPL-3.0-or-later
"""Rekeys under a stream of 1,000 packets a second each way between HOST1 and
HOST3: of every kind that promises no loss, none is lost and none crosses the
core in clear.

Time runs SCALE times faster, so TBAR's window does, too: it is as wide as it
takes for a packet to be late on a busy machine.
"""

import contextlib
import re
import threading
import time

import pytest

import rekeys
from conftest import MEMBERS
from flow import CoreWatch, Flow
from labs import Lab, until

SCALE = 25
WINDOW = 80                # s, 3.2 s in true time
HOST1, HOST3 = ("HOST1", "10.0.111.2"), ("HOST3", "10.0.33.2")
PE2, PE3 = ("PE2", "172.16.2.2"), ("PE3", "172.16.3.2")
AT_LEAST = 50
PROFILE = "crypto ipsec profile profile1"
SA = ("crypto gdoi group GDOI-GROUP1", "server local", "sa ipsec 1")

# The clock alone is sent after 7,200 s without another rekey.
REFRESH, REFRESH_SCALE, REFRESH_WINDOW = 7200, 240, 100
REFRESHES = 2


def stream(lab):
    return Flow(lab, HOST1, HOST3)


def core(lab):
    return CoreWatch(lab, "P", "eth1", HOST1[1], HOST3[1])


class Walk:
    """The lab, its consoles, and what came of each kind of rekey."""

    def __init__(self, lab):
        self.lab = lab
        self.ks = lab.console("KS1")
        self.members = [lab.console(name) for name in MEMBERS]
        self.kinds = {}
        self.tek = rekeys.same_tek(self.members)

    @contextlib.contextmanager
    def stream(self, kind):
        before = self._sent()
        with core(self.lab) as watched, stream(self.lab) as flow:
            yield flow
        self.kinds[kind] = (self._sent() - before, flow)
        self.used = watched.spis
        print(f"\n{kind}: {self._sent() - before} rekeys; {flow}; "
              f"{len(self.used)} TEKs were used")
        assert watched.clear == 0
        assert watched.esp >= flow.sent - flow.lost

    def _sent(self):
        self.ks.forget_logs()
        return len([line for line in self.ks.logs
                    if re.search(rekeys.SENT, line)])

    def settle(self):
        """All members have the same newest TEK, not the one of before."""
        self.tek = rekeys.same_tek(self.members, self.tek)

    def changed_over(self):
        """The TEKs of before are over, and all of the stream is under the
        newest."""
        end = time.monotonic() + 10
        while True:
            have = [rekeys.teks(member) for member in self.members]
            if all(list(one) == [self.tek] for one in have):
                break
            assert time.monotonic() < end, f"{self.tek} alone: {have}"
        time.sleep(0.2)

    def operator(self, *words):
        """A rekey by hand, and time for the members to change over."""
        line = rekeys.rekey(self.ks, *words)
        self.settle()
        return line


@pytest.fixture(scope="module")
def refresh():
    """Meanwhile, in a lab of its own: nothing happens but the clock."""
    said = {}
    thread = threading.Thread(target=refreshes, args=(said,))
    thread.start()
    yield lambda: (thread.join(), said)[1]
    thread.join()


def refreshes(said):
    try:
        with Lab("article", "--time-scale", str(REFRESH_SCALE)) as lab:
            lab.wait_registered(*MEMBERS)
            walk_refreshes(lab, said)
    except BaseException as error:
        said["error"] = error


def walk_refreshes(lab, said):
    ks = lab.console("KS1", fresh=True)
    rekeys.configure(
        ks, PROFILE, "set security-association lifetime seconds 86400",
        *SA, f"replay time window-size {REFRESH_WINDOW}")
    rekeys.rekey(ks)
    members = [lab.console(name) for name in MEMBERS]
    said["before"] = rekeys.same_tek(members)
    kek = rekeys.kek(ks)
    with core(lab) as watched, stream(lab) as flow:
        for _ in range(REFRESHES):
            ks.wait_log(rekeys.SENT, 2 * REFRESH / REFRESH_SCALE)
        time.sleep(1)
    said.update(flow=flow, clear=watched.clear, rekeys=REFRESHES,
                after=rekeys.same_tek(members),
                same_kek=rekeys.kek(ks) == kek)
    ks.close()


@pytest.fixture(scope="module")
def walk(refresh):
    with Lab("article", "--time-scale", str(SCALE)) as lab:
        lab.wait_registered(*MEMBERS)
        yield Walk(lab)


def test_01_the_stream_itself_loses_nothing(walk):
    """Between two routers of the core, around the group."""
    with CoreWatch(walk.lab, "P", "eth2", PE2[1], PE3[1]) as watched, \
            Flow(walk.lab, PE2, PE3) as flow:
        time.sleep(3)
    assert flow.sent >= 2 * 2900
    assert (watched.esp, watched.clear) == (0, flow.sent)
    assert (flow.lost, flow.there["duplicated"], flow.back["reordered"]) \
        == (0, 0, 0)


def test_01_the_stream_sees_what_is_lost(walk):
    with Flow(walk.lab, PE2, PE3) as flow:
        time.sleep(0.5)
        walk.lab.run("link", "P:eth3", "down")
        began = flow.elapsed()
        time.sleep(0.2)
        ended = flow.elapsed()
        walk.lab.run("link", "P:eth3", "up")
        time.sleep(1)
    # When the cable is in again, some that waited for an address are sent.
    cut = int(2 * 1000 * (ended - began))
    assert cut / 2 <= flow.lost < flow.sent
    assert flow.lost_when()[0] < ended
    assert flow.there["longest_gap"] >= 0.2


def test_02_keys_that_roll_over_by_schedule(walk):
    """A TEK of 120 s comes every 30 s, a KEK of 300 s every 75 s."""
    rekeys.configure(walk.ks, PROFILE,
                     "set security-association lifetime seconds 120",
                     *SA, f"replay time window-size {WINDOW}", "exit",
                     "rekey lifetime seconds 300")
    walk.operator()
    keks, teks = set(), set()
    with walk.stream("TEK and KEK by schedule") as flow:
        while len(teks) < 18 or len(keks) < 6:
            walk.ks.wait_log(rekeys.SENT, 10)
            teks.add(rekeys.same_tek(walk.members))
            keks.add(rekeys.kek(walk.ks))
    assert flow.lost == 0, flow.lost_when()
    assert len(teks.intersection(walk.used)) > len(teks) / 2


def test_03_the_operators_rekey(walk):
    rekeys.configure(walk.ks, PROFILE,
                     "set security-association lifetime seconds 600",
                     *SA[:2], "rekey lifetime seconds 86400")
    walk.operator()
    with walk.stream("crypto gdoi ks rekey") as flow:
        for _ in range(16):
            assert "policy-replace" not in walk.operator()
            time.sleep(0.2)
        walk.changed_over()
    assert flow.lost == 0, flow.lost_when()


def change(walk, *lines):
    walk.ks.forget_logs()
    rekeys.configure(walk.ks, *lines)
    walk.ks.wait_log("%GDOI-5-POLICY_CHANGE: ")
    assert "with policy-replace" in walk.operator()


def shows(walk, command, text):
    return all(text in rekeys.shown(member, command)
               for member in walk.members)


def test_04_a_changed_access_list(walk):
    acl = "ip access-list extended getvpn-acl"
    with walk.stream("access list changed") as flow:
        for _ in range(3):
            change(walk, acl, "1 deny tcp any eq telnet any")
            assert shows(walk, "show crypto gdoi gm acl", "port = 23")
            change(walk, acl, "no 1")
            assert not shows(walk, "show crypto gdoi gm acl", "port = 23")
        walk.changed_over()
    assert flow.lost == 0, flow.lost_when()


def test_05_another_transform_set(walk):
    rekeys.configure(walk.ks, "crypto ipsec transform-set aes256 esp-aes 256 "
                     "esp-sha-hmac", "mode tunnel")
    with walk.stream("transform set changed") as flow:
        change(walk, PROFILE, "set transform-set aes256")
        assert shows(walk, "show crypto gdoi", "esp-256-aes esp-sha-hmac")
        walk.changed_over()
        change(walk, PROFILE, "set transform-set aes128")
        walk.changed_over()
    assert len(walk.used) == 3
    assert flow.lost == 0, flow.lost_when()


def test_06_another_replay_window(walk):
    with walk.stream("replay window changed") as flow:
        for size in (90, 70, 100, WINDOW):
            change(walk, *SA, f"replay time window-size {size}")
            assert shows(walk, "show crypto gdoi",
                         f"Anti-Replay(Time Based) : {size} sec interval")
        walk.changed_over()
    assert flow.lost == 0, flow.lost_when()


def test_07_the_acknowledgements_add_up(walk):
    """None was missed; members sent what the key server received."""
    def told():
        text = rekeys.shown(walk.ks, "show crypto gdoi ks members")
        return [rekeys.count(text, label) for label in (
            "Rekeys sent", "Rekey Acks Rcvd", "Rekey Acks missed")]
    sent, acked, missed = until(
        lambda: (lambda seen: seen[0] == seen[1] and seen)(told()), 10,
        "an acknowledgement of every rekey")
    assert len(sent) == 4 and missed == [0] * 4
    answers = [rekeys.count(rekeys.shown(member, "show crypto gdoi gm"),
                            "Rekey ACKs sent")[0] for member in walk.members]
    assert sum(answers) == sum(acked)


def test_08_the_clock_alone(walk, refresh):
    """The same TEK and KEK before and after."""
    said = refresh()
    assert "error" not in said, said["error"]
    print(f"\nclock alone: {said['rekeys']} rekeys; {said['flow']}")
    assert (said["before"], True) == (said["after"], said["same_kek"])
    assert (said["flow"].lost, said["clear"]) == (0, 0)
    walk.kinds["clock alone"] = (said["rekeys"], said["flow"])


def test_09_so_many_rekeys_without_a_loss(walk, capsys):
    rows = walk.kinds.values()
    rekeyed = sum(number for number, _ in rows)
    sent, lost = (sum(getattr(flow, name) for _, flow in rows)
                  for name in ("sent", "lost"))
    with capsys.disabled():
        print()
        for kind, (number, flow) in walk.kinds.items():
            print(f"  {kind}: {number} rekeys, {flow.sent} packets sent, "
                  f"{flow.lost} lost")
        print(f"  {rekeyed} rekeys, {sent} packets sent, {lost} lost")
    assert rekeyed >= AT_LEAST
    assert (len(rows), lost) == (6, 0)


def test_10_replace_now_changes_at_once(walk, capsys):
    """Packets under way are lost, and those of members that changed later
    than others; nothing is sent in clear."""
    with walk.stream("replace-now") as flow:
        for _ in range(3):
            walk.operator("replace-now")
            assert {len(rekeys.teks(member)) for member in walk.members} \
                == {1}
            time.sleep(0.3)
    with capsys.disabled():
        print(f"\n  replace-now: 3 rekeys, {flow.sent} packets sent, "
              f"{flow.lost} lost (may lose some)")
    assert flow.lost < flow.sent / 10
