# SPDX-License-Identifier: GPL-3.0-or-later
"""The article's part on cooperative key servers, typed at telnet consoles in
its order: the key goes to KS2, both are configured, KS1's interface is shut and
comes back; and what the article's author looked for, a key server that
restarts and does not preempt.  Time runs SCALE times faster."""

import re

import pytest

import keyservers
import rekeys
import transcript
from conftest import MEMBERS
from keyservers import KS1, KS2, passed
from labs import TOP, Lab, until

SCALE = 10
CONFIGS = TOP + "/lab/steps/"
PASSED = 0.5               # s; how exact the times of logs are, scaled
REFRESH, GIVE_UP = 20, 40  # s: the primary's refresh, a member's attempt
DEAD_LIMIT = 240           # s until a silent primary is given up, at most


def expect_logs(console, name, limit=20):
    """Waits for the log lines of a transcript; returns what was printed."""
    printed = []
    for line in transcript.load(name)[0][2]:
        text = re.escape(line.partition(": ")[2])
        printed.append(console.wait_log(text, limit))
    return printed


def type_as_written(console, name):
    """A transcript whose prompts are compared, too."""
    for prompt, command, expected in transcript.load(name):
        until(lambda p=prompt: (console.read(0.1), console.prompt() == p)[1],
              2, f"the prompt {prompt}")
        shown = console.type(command)
        wrong = transcript.difference(expected, shown)
        assert wrong is None, wrong


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    topology = keyservers.single(str(tmp_path_factory.mktemp("coop")))
    with Lab(topology, "--time-scale", str(SCALE)) as made:
        made.wait_registered(*MEMBERS)
        yield made


@pytest.fixture(scope="module")
def ks1(lab):
    return lab.console("KS1")


@pytest.fixture(scope="module")
def ks2(lab):
    return lab.console("KS2")


@pytest.fixture(scope="module")
def ce1(lab):
    return lab.console("CE1")


@pytest.fixture(scope="module")
def ce2(lab):
    return lab.console("CE2")


@pytest.fixture(scope="module")
def pem(ks1):
    """What KS1 exports."""
    ks1.type("configure terminal")
    transcript.play(ks1, "coop_export")
    shown = ks1.type(transcript.load("coop_export")[0][1])
    ks1.type("end")
    return shown


def parts(pem):
    """The public and the private key."""
    ends = [n for n, line in enumerate(pem) if line.startswith("-----END")]
    starts = [n for n, line in enumerate(pem) if line.startswith("-----BEGIN")]
    return [pem[start:end + 1] for start, end in zip(starts, ends)]


def test_01_the_key_goes_from_ks1_to_ks2(ks2, pem):
    public, private = parts(pem)
    ks2.type("configure terminal")
    command = transcript.load("coop_import")[0][1]
    shown = ks2.paste("\n".join([command, *public, "quit", *private, "quit"]))
    said = [line.rstrip() for line in shown if line.startswith("%")]
    assert said == transcript.load("coop_import")[0][2]
    ks2.type("end")


def test_02_both_have_the_same_key(ks1, ks2):
    data = [[line for line in ks.type("show crypto key mypubkey rsa")
             if re.fullmatch(r"[0-9A-F ]+", line.strip() or "-")]
            for ks in (ks1, ks2)]
    assert data[0] and data[0] == data[1]


def test_03_cooperation_is_typed_on_ks1(ks1):
    ks1.forget_logs()
    type_as_written(ks1, "coop_ks1")
    ks1.wait_log(f"%GDOI-5-COOP_KS_ADD: {KS2} added as COOP Key Server in "
                 "group GDOI-GROUP1")


def test_04_ks2_is_configured_as_in_the_article(ks2):
    with open(CONFIGS + "KS2.cfg", encoding="utf-8") as file:
        text = file.read()
    shown = ks2.paste("configure terminal\n" + text + "\nend")
    assert not [line for line in shown if line.startswith("%")], shown
    running = [" ".join(line.split())
               for line in ks2.type("show running-config")]
    assert not [line for line in text.splitlines()
                if line.strip() and " ".join(line.split()) not in running]


def test_05_cooperation_is_up(ks1, ks2):
    keyservers.wait_roles(ks1, ks2)
    transcript.play(ks1, "coop_show")


def test_06_nobody_noticed(lab):
    """KS1 went on with its keys; no member registered a second time."""
    for name in MEMBERS:
        shown = lab.cli(name, "show crypto gdoi gm")
        assert rekeys.count(shown, "Succeeded registration") == [1]


def test_07_a_session_between_them_stays(ks1):
    shown = rekeys.shown(ks1, "show crypto isakmp sa")
    assert re.search(rf"^{KS2} {KS1} GDOI_IDLE +\d+ ACTIVE$", shown, re.M)


def test_08_the_counters_of_both_add_up(ks1, ks2):
    """Nothing is lost on the way: one received what the other sent."""
    def counted(console, label):
        return rekeys.count(rekeys.shown(
            console, "show crypto gdoi ks coop").replace(":", " :"), label)[0]
    until(lambda: counted(ks1, "Ann msgs sent")
          + counted(ks1, "Ann msgs sent with reply request")
          == counted(ks2, "Ann msgs recv")
          + counted(ks2, "Ann msgs recv with reply request"), 10,
          "KS2 received what KS1 sent")


def test_09_members_are_told_of_the_second_one(lab):
    for name in MEMBERS:
        console = lab.console(name)
        rekeys.configure(
            console, f"crypto isakmp key MYGDOIPSK address {KS2}")
        for _, command, _ in transcript.load("coop_member"):
            assert not [line for line in console.type(command)
                        if line.startswith("%")]
        shown = lab.cli(name, "show crypto gdoi")
        assert KS2 in shown


def test_10_ks1_is_taken_out(ks1, ks2):
    ks2.forget_logs()
    ks1.forget_logs()
    type_as_written(ks1, "coop_shut")
    primary, unreachable = expect_logs(ks2, "coop_failover_logs",
                                       DEAD_LIMIT / SCALE)
    assert abs(passed(primary, unreachable) - REFRESH) < PASSED * SCALE
    transcript.play(ks2, "coop_alone")


def test_11_ce1_takes_a_rekey_of_ks2(ks2, ce1):
    """The key server that it never registered with."""
    transcript.play(ce1, "coop_life")
    before = rekeys.newest(ce1)
    transcript.play(ks2, "coop_replace_now")
    rekeys.same_tek([ce1], before)
    transcript.play(ce1, "coop_life")
    (left,) = rekeys.teks(ce1).values()
    assert left > 3600 - 10 * SCALE
    transcript.play(ce1, "coop_gm")


def test_12_ce2_gives_up_ks1_and_registers_with_ks2(ce2):
    ce2.forget_logs()
    type_as_written(ce2, "coop_bounce")
    off, first, on, second, complete = expect_logs(ce2, "coop_bounce_logs")
    assert passed(off, first) < SCALE
    assert passed(first, on) < 0.1 * SCALE
    assert abs(passed(first, second) - GIVE_UP) < PASSED * SCALE
    assert passed(second, complete) < SCALE
    ce2.type("end")
    shown = rekeys.shown(ce2, "show crypto gdoi gm")
    assert re.search(rf"Registered with +: {KS2}$", shown, re.M)


def test_13_ks2_knows_all_members(ks2):
    shown = ks2.type("show crypto gdoi ks mem summary  | i Member ID")
    assert sorted(line.rstrip() for line in shown) == [
        f"Group Member ID    : {address:<20}GM Version: 1.0.8"
        for address in ("192.168.11.3", "192.168.12.2", "192.168.13.2",
                        "192.168.14.2")]


def test_14_ks1_returns_and_is_primary_again(ks1, ks2):
    """A lost link is a split: the higher priority wins the merge."""
    ks1.forget_logs()
    type_as_written(ks1, "coop_noshut")
    expect_logs(ks1, "coop_reach", DEAD_LIMIT / SCALE)
    ks1.type("end")
    keyservers.wait_roles(ks1, ks2)
    transcript.play(ks1, "coop_role_primary")
    transcript.play(ks2, "coop_role_secondary")


def test_15_the_merge_left_all_members_with_the_same_keys(lab):
    rekeys.same_tek([lab.console(name) for name in MEMBERS])


def test_16_ks1_restarts_and_does_not_preempt(lab, ks2):
    """A key server that was off has nothing to merge: it follows."""
    for name in ("KS1", "KS2"):
        lab.cli(name, "copy running-config startup-config", "")
    ks2.forget_logs()
    keyservers.kill(lab, "KS1")
    ks2.wait_log(keyservers.TO_PRIMARY.format(KS2), DEAD_LIMIT / SCALE)
    lab.run("restart", "KS1")
    with lab.console("KS1", fresh=True) as again:
        keyservers.wait_roles(again, ks2, "Secondary", "Primary")
        again.read(2 * REFRESH / SCALE)
        keyservers.wait_roles(again, ks2, "Secondary", "Primary", 1)
        shown = rekeys.shown(again, "show logging | include TRANS_TO_PRI")
        assert "transitioned to Primary" not in shown
        transcript.play(again, "coop_role_secondary")


def test_17_and_knows_keys_and_members_of_ks2(lab, ks2):
    with lab.console("KS1", fresh=True) as again:
        def same():
            tek = [re.findall(r"spi +: (0x[0-9A-F]+)", rekeys.shown(
                ks, "show crypto gdoi ks policy")) for ks in (again, ks2)]
            members = [sorted(ks.type("show crypto gdoi ks members summary"
                                      " | include Member ID"))
                       for ks in (again, ks2)]
            return tek[0] == tek[1] and tek[0] and members[0] == members[1] \
                and len(members[0]) == 4
        until(same, 10, "the same keys and members")


def test_18_a_restart_of_the_primary_that_nobody_waited_for(lab):
    """KS2 is off and on again before KS1 has missed it: KS1 takes over."""
    with lab.console("KS1", fresh=True) as ks1:
        ks1.forget_logs()
        lab.run("restart", "KS2", "--power-cut")
        ks1.wait_log(keyservers.TO_PRIMARY.format(KS1), DEAD_LIMIT / SCALE)
        with lab.console("KS2", fresh=True) as again:
            keyservers.wait_roles(ks1, again)
    for name in MEMBERS:
        assert lab.registered(name)
