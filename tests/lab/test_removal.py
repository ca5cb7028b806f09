# SPDX-License-Identifier: GPL-3.0-or-later
"""Members that are removed, die, or lose their key server."""

import contextlib
import os
import re
import signal
import time

import pytest

import rekeys
from conftest import MEMBERS
from flow import CoreWatch, Flow
from labs import Lab, until

SCALE = 15
TEK = 600                  # s, 40 s in true time
SHORT_TEK = 120
WINDOW = 60
RETRANSMIT = 10 * 2 + 10   # s: the waits for an acknowledgement, and some
HOST1, HOST3 = ("HOST1", "10.0.111.2"), ("HOST3", "10.0.33.2")
HOST2, HOST4 = ("HOST2", "10.0.222.2"), ("HOST4", "10.0.44.2")
GROUP = "for group GDOI-GROUP1"
PROFILE = "crypto ipsec profile profile1"
LIFETIME = "set security-association lifetime seconds"
SA = ("crypto gdoi group GDOI-GROUP1", "server local", "sa ipsec 1")


def seconds(count):
    """True time of so many seconds in the lab."""
    return count / SCALE


@pytest.fixture(scope="module")
def lab():
    with Lab("article", "--time-scale", str(SCALE)) as made:
        made.wait_registered(*MEMBERS)
        ks = made.console("KS1")
        before = rekeys.newest(made.console("CE1"))
        rekeys.configure(ks, PROFILE, f"{LIFETIME} {TEK}", *SA,
                         f"replay time window-size {WINDOW}")
        rekeys.rekey(ks)
        rekeys.same_tek(consoles(made), before)
        ks.type("write memory")
        yield made


def consoles(lab, names=MEMBERS):
    return [lab.console(name) for name in names]


@contextlib.contextmanager
def stream(lab, one=HOST1, other=HOST3, port="eth1"):
    """A stream and what of it passes the core."""
    with CoreWatch(lab, "P", port, one[1], other[1]) as core, \
            Flow(lab, one, other) as flow:
        yield core, flow


def members(lab):
    return len(rekeys.count(lab.cli("KS1", "show crypto gdoi ks members"),
                            "Group ID"))


def ping(lab, source=HOST1[0], target=HOST3[1]):
    return "(5/5)" in lab.cli(source, f"ping {target}")


def kill(lab, node):
    """As a power cut: by its id, at once."""
    os.kill(lab.node(node)["pid"], signal.SIGKILL)
    until(lambda: lab.node(node)["state"] == "dead", 10, f"{node} is dead")


def registrations(lab, node):
    """(succeeded, attempted)"""
    text = lab.cli(node, "show crypto gdoi gm")
    return tuple(rekeys.count(text, f"{word} registration")[0]
                 for word in ("Succeeded", "Attempted"))


# --- removed by the operator -------------------------------------------------

def test_01_a_graceful_removal_loses_nothing(lab):
    """Members use their TEK on, and come back before its end."""
    ks, ces = lab.console("KS1"), consoles(lab)
    for console in ces:
        console.forget_logs()
    before = rekeys.newest(ces[0])
    with stream(lab) as (core, flow):
        rekeys.answer_yes(ks, "clear crypto gdoi ks members")
        for console in ces:
            console.wait_log("%GDOI-4-GM_RECV_DELETE: GM received delete-msg "
                             "from KS in group GDOI-GROUP1. TEKs lifetime are "
                             "reduced and re-registration will start before "
                             "SA expiry", 5)
        for console in ces:
            console.wait_log("%GDOI-5-GM_REGS_COMPL: ", 20)
        rekeys.same_tek(ces, before)
        until(lambda: {len(rekeys.teks(ce)) for ce in ces} == {1}, 20,
              "the old TEK is over")
    print(f"\ngraceful removal: {flow}")
    assert (flow.lost, core.clear) == (0, 0)
    assert members(lab) == 4


def test_02_a_removal_now_drops_the_keys(lab):
    ks, ces = lab.console("KS1"), consoles(lab)
    for console in ces:
        console.forget_logs()
    before = rekeys.newest(ces[0])
    rekeys.answer_yes(ks, "clear crypto gdoi ks members now")
    for console in ces:
        console.wait_log(r"%GDOI-4-GM_RECV_DELETE_IMMEDIATE: GM receive "
                         r"REMOVAL-NOW in group GDOI-GROUP1 to cleanup "
                         r"downloaded policy now. Re-registration will start "
                         r"in a randomly chosen period of \d+ sec", 5)
        console.wait_log("%GDOI-5-GM_REGS_COMPL: ", 20)
    rekeys.same_tek(ces, before)
    assert (members(lab), ping(lab)) == (4, True)


def test_03_a_member_is_cleared(lab):
    ce1 = lab.console("CE1")
    ce1.forget_logs()
    tek = rekeys.newest(lab.console("CE3"))
    rekeys.answer_yes(ce1, "clear crypto gdoi")
    ce1.wait_log("%GDOI-5-GM_CLEAR_REGISTER: ", 5)
    ce1.wait_log("%GDOI-5-GM_REGS_COMPL: ", 20)
    assert rekeys.same_tek(consoles(lab)) == tek
    assert ping(lab)


def test_04_the_key_server_is_cleared(lab):
    ces = consoles(lab)
    for console in ces:
        console.forget_logs()
    before = rekeys.newest(ces[0])
    ks = lab.console("KS1")
    ks.forget_logs()
    rekeys.answer_yes(ks, "clear crypto gdoi")
    ks.wait_log("%GDOI-5-KS_CLEAR_REGISTER: ", 5)
    for console in ces:
        console.wait_log("%GDOI-5-GM_REGS_COMPL: ", 20)
    rekeys.same_tek(ces, before)
    assert (members(lab), ping(lab)) == (4, True)


# --- dead members ------------------------------------------------------------

def test_05_a_dead_member_is_removed_after_three_rekeys(lab):
    ks, rest = lab.console("KS1"), consoles(lab, MEMBERS[:3])
    kill(lab, "CE4")
    for missed in range(3):
        assert members(lab) == 4, f"after {missed} rekeys"
        before = rekeys.newest(rest[0])
        rekeys.rekey(ks)
        rekeys.same_tek(rest, before)
        time.sleep(seconds(RETRANSMIT))
    ks.wait_log("%GDOI-5-KS_NACK_GM_EJECT: KS ejected GM 192.168.14.2 in "
                "group GDOI-GROUP1", 5)
    assert members(lab) == 3


def test_06_it_comes_back_when_it_lives_again(lab):
    lab.run("restart", "CE4")
    lab.wait_registered("CE4", limit=30)
    assert members(lab) == 4
    assert ping(lab, "HOST4", HOST1[1])


# --- dead key server ---------------------------------------------------------

def short_lives(lab):
    """A TEK of 120 s: members come back 60 s before its end."""
    ks = lab.console("KS1", fresh=True)
    ce1 = lab.console("CE1")
    before = rekeys.newest(ce1)
    rekeys.configure(ks, PROFILE, f"{LIFETIME} {SHORT_TEK}")
    rekeys.rekey(ks)
    rekeys.same_tek([ce1], before)
    ks.type("write memory")
    ks.close()


def test_07_members_go_on_without_the_key_server(lab):
    short_lives(lab)
    ces = consoles(lab, MEMBERS[:3])
    kill(lab, "KS1")
    with stream(lab) as (core, flow):
        time.sleep(3)
    print(f"\nno key server: {flow}")
    assert (flow.lost, core.clear) == (0, 0)
    before = rekeys.newest(ces[0])
    lab.run("restart", "KS1")
    rekeys.same_tek(ces, before)
    lab.wait_registered(*MEMBERS, limit=30)
    until(lambda: members(lab) == 4, 30, "the key server knows four members")
    until(lambda: ping(lab), 30, "HOST1 reaches HOST3")


def test_08_without_any_key_they_do_what_is_configured(lab):
    """CE1 and CE3 are open then, CE2 and CE4 closed."""
    for name in ("CE2", "CE4"):
        lab.cli(name, "configure terminal",
                "ip access-list extended fail-close",
                "deny tcp any eq bgp any", "deny tcp any any eq bgp",
                "crypto map gdoimap gdoi fail-close",
                "match address fail-close", "activate")
    assert ping(lab, "HOST2", HOST4[1])
    kill(lab, "KS1")
    ces = consoles(lab, MEMBERS[:3])
    tried = registrations(lab, "CE1")[1]
    until(lambda: not any(rekeys.teks(ce) for ce in ces), 30,
          "the last TEK is over")
    with stream(lab) as (one, opened), \
            stream(lab, HOST2, HOST4, "eth2") as (two, closed):
        time.sleep(2)
    assert (one.esp, one.clear) == (0, opened.sent)
    assert opened.lost == 0
    assert (two.esp, two.clear, closed.lost) == (0, 0, closed.sent)
    assert registrations(lab, "CE1")[1] > tried


def test_09_they_come_back_with_the_key_server(lab):
    lab.run("restart", "KS1")
    lab.wait_registered(*MEMBERS, limit=60)
    rekeys.same_tek(consoles(lab, MEMBERS[:3]))
    with stream(lab) as (core, flow):
        time.sleep(1)
    assert (flow.lost, core.clear) == (0, 0)
    assert ping(lab, "HOST2", HOST4[1])
    logged = lab.cli("CE1", "show logging")
    assert re.search(r"%GDOI-4-GM_RE_REGISTER: ", logged)
