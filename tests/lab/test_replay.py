# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody in the core recorded and plays again: ESP packets after their
time, or at once to a group that counts; rekeys, as they were and changed."""

import re
import time

import pytest

import attacker
import rekeys
from conftest import MEMBERS
from labs import Lab, until

WINDOW = 5                 # s, the article's
HOST1, HOST3 = "10.0.111.2", "10.0.33.2"
CE2 = "192.168.12.2"
ICMP, ESP = 1, 50
PINGS = 15
KS_SA = ("crypto gdoi group GDOI-GROUP1", "server local", "sa ipsec 1")
OCTETS_BETWEEN = 13        # every so many octets of a rekey one is changed


@pytest.fixture(scope="module")
def lab():
    with Lab("article") as made:
        made.wait_registered(*MEMBERS)
        yield made


def record(lab):
    """The ESP packets of some pings from HOST1 to HOST3."""
    with lab.capture("P", "eth3") as core:
        shown = lab.cli("HOST1", f"ping {HOST3} repeat {PINGS}")
    assert f"({PINGS}/{PINGS})" in shown
    packets = attacker.ip_packets(core.frames, ESP, HOST1, HOST3)
    assert len(packets) == PINGS
    return packets


def play(lab, packets):
    """Plays packets again; how many of the pings in them reached HOST3."""
    with lab.capture("CE3", "eth2") as lan:
        attacker.send_ip(lab, "P", packets)
        time.sleep(0.5)
    return len(attacker.ip_packets(lan.frames, ICMP, HOST1, HOST3))


def replay_shown(lab):
    """(input error packets, lines of the history) at CE3."""
    text = lab.cli("CE3", "show crypto gdoi gm replay")
    errors = rekeys.count(text, "Input Error Packets")[0]
    history = text.partition("TBAR Error History")[2]
    return errors, history.count(HOST1)


def test_01_after_the_window_nothing_passes(lab):
    packets = record(lab)
    before = replay_shown(lab)
    lab.cli("CE3", "clear logging", "")
    time.sleep(WINDOW + 1)
    assert play(lab, packets) == 0
    after = replay_shown(lab)
    assert after[0] - before[0] == PINGS
    # The history takes a sample: at most ten a minute.
    assert (before[1], after[1]) == (0, 10)


def test_02_the_log_tells_of_it(lab):
    logged = lab.cli("CE3", "show logging | include TIMEBASED")
    found = re.search(
        r"%GDOI-4-TIMEBASED_REPLAY_FAILED: An anti replay check has failed "
        r"in group GDOI-GROUP1: my_pseudotime = ([\d.]+) secs, "
        r"peer_pseudotime = ([\d.]+) secs, replay_window = 5 \(sec\), "
        r"src_addr = 10\.0\.111\.2, dst_addr = 10\.0\.33\.2", logged)
    assert found, logged
    assert float(found[1]) - float(found[2]) > WINDOW
    assert logged.count("TIMEBASED") <= 10


def test_03_the_group_still_talks(lab):
    assert "(5/5)" in lab.cli("HOST1", f"ping {HOST3}")


# --- rekeys ------------------------------------------------------------------

@pytest.fixture(scope="module")
def recorded(lab):
    """Two rekeys to CE2, as they crossed the core; a forger beside them."""
    ks, ce2 = lab.console("KS1"), lab.console("CE2")
    pushes = []
    for _ in range(2):
        tek = rekeys.newest(ce2)
        with lab.capture("P", "eth2") as core:
            rekeys.rekey(ks)
            rekeys.same_tek([ce2], tek)
            time.sleep(0.5)
        pushes += attacker.rekeys_of(core.frames, CE2)
    assert len(pushes) == 2
    forger = attacker.Forger(lab, "P", pushes[0][0])
    yield forger, [data for _, data in pushes]
    forger.close()


# What rekeys change, and what they do not.
STATE = re.compile(r"Last rekey|rekey received|Rekey Acks? sent|Rekeys rec|"
                   r"spi:|transform:|access-list|^(New|Current|Previous) ")


def state(lab):
    """All that CE2 shows of its keys and of its rekeys."""
    text = lab.cli("CE2", "show crypto gdoi", "show crypto gdoi gm rekey "
                   "detail", "show crypto gdoi gm acl")
    return [line for line in text.splitlines() if STATE.search(line)]


def failures(lab):
    text = lab.cli("CE2", "show logging | include GDOI-3")
    return (text.count("%GDOI-3-GDOI_REKEY_SEQ_FAILURE"),
            text.count("%GDOI-3-GDOI_REKEY_FAILURE"))


def test_04_a_rekey_played_again_changes_nothing(lab, recorded):
    forger, (older, newer) = recorded
    before = state(lab)
    assert len(before) > 10
    for data in (newer, older, newer, older):
        forger.send(CE2, data)
    time.sleep(0.5)
    assert state(lab) == before


def test_05_a_changed_rekey_changes_nothing(lab, recorded):
    forger, (_, newer) = recorded
    before = state(lab)
    for at in range(0, len(newer), OCTETS_BETWEEN):
        for bit in (0x01, 0x80):
            forger.send(CE2, newer[:at] + bytes([newer[at] ^ bit])
                        + newer[at + 1:])
        forger.send(CE2, newer[:at])
        time.sleep(0.002)
    forger.send(CE2, newer + bytes(16))
    time.sleep(0.5)
    assert state(lab) == before


def test_06_nobody_elses_word_counts(lab, recorded):
    """Under the cookies of a rekey, but not its keys."""
    forger, (_, newer) = recorded
    before = state(lab)
    for length in (16, 64, 512, 1024):
        body = bytes(length)
        head = newer[:24] + (28 + length).to_bytes(4, "big")
        forger.send(CE2, head + body)
    time.sleep(0.5)
    assert state(lab) == before


def test_07_the_member_says_so_but_not_for_each(lab, recorded):
    ordered, failed = failures(lab)
    assert 1 <= ordered + failed <= 6


def test_08_a_true_rekey_is_taken_after_all_that(lab, recorded):
    ce2 = lab.console("CE2")
    before = rekeys.newest(ce2)
    rekeys.rekey(lab.console("KS1"))
    consoles = [lab.console(name) for name in MEMBERS]
    rekeys.same_tek(consoles, before)
    assert "(5/5)" in lab.cli("HOST2", "ping 10.0.44.2")


# --- a window that counts ----------------------------------------------------

def test_09_two_members_may_count_their_packets(lab):
    """Then a packet that was there is refused at once."""
    for name in ("CE2", "CE4"):
        lab.cli(name, "configure terminal", "interface e0/0",
                "no crypto map gdoimap")
    ks = lab.console("KS1")
    rekeys.configure(ks, *KS_SA, "replay counter window-size 64")
    rekeys.rekey(ks, "replace-now")
    pair = [lab.console(name) for name in ("CE1", "CE3")]
    until(lambda: all("Anti-Replay(Counter Based) : 64" in rekeys.shown(
        member, "show crypto gdoi") for member in pair), 20,
        "CE1 and CE3 count packets")
    packets = record(lab)
    before = lab.cli("CE3", "show crypto gdoi gm dataplane counters")
    lab.cli("CE3", "clear logging", "")
    assert play(lab, packets) == 0
    logged = lab.cli("CE3", "show logging | include PKT_REPLAY_ERR")
    assert "%CRYPTO-4-PKT_REPLAY_ERR: decrypt: replay check failed" in logged
    after = lab.cli("CE3", "show crypto gdoi gm dataplane counters")
    assert rekeys.count(after, "#pkts decrypt") \
        == rekeys.count(before, "#pkts decrypt")
    assert "(5/5)" in lab.cli("HOST1", f"ping {HOST3}")
