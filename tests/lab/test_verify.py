# SPDX-License-Identifier: GPL-3.0-or-later
"""getvpn-lab verify types the whole article and compares every output; then
the network that it leaves behind goes on: saving, power cuts, key servers that
restart and do not preempt."""

import os
import re

import pytest

import keyservers
import rekeys
import transcript
from keyservers import KS1, KS2
from labs import Lab, leftovers, run, until

SCALE = 10
VERIFY_LIMIT = 300         # s
REFRESH = 20               # s: the primary's refresh
DEAD_LIMIT = 240           # s until a silent primary is given up, at most
GROUP1 = ("CE1", "CE2")    # who is in GDOI-GROUP1 at the article's end


class Verified(Lab):
    """The lab that verify leaves behind, and what it said."""

    def __init__(self, name):
        self.name, self._consoles = name, {}
        self.said = run("--name", name, "--time-scale", str(SCALE), "verify",
                        "--keep", check=False, limit=VERIFY_LIMIT)


@pytest.fixture(scope="module")
def lab():
    name = f"test{os.getpid()}-verify"
    made = Verified(name)
    yield made
    made.down()
    assert leftovers(name) == []


# --- the comparison ---------------------------------------------------------------

EXPECTED = ["Count    : {n}", "", "  {spi} up"]


@pytest.mark.parametrize("shown", [
    ["Count    : 12", "", "  0xA0B897B5(2696452021) up"],
    ["Count    : 12 ", "", "  0xA0B897B5(2696452021) up", "", ""],
])
def test_01_placeholders_and_blanks_at_the_end_match(shown):
    assert transcript.difference(EXPECTED, shown) is None


@pytest.mark.parametrize("shown", [
    ["Count   : 12", "", "  0xA0B897B5(2696452021) up"],
    ["Count    : x", "", "  0xA0B897B5(2696452021) up"],
    ["Count    : 12", "  0xA0B897B5(2696452021) up"],
    ["Count    : 12", "", " 0xA0B897B5(2696452021) up"],
    ["Count    : 12", "", "  0xA0B897B5(2696452021) up", "more"],
    ["Count    : 12", ""],
    ["", "Count    : 12", "", "  0xA0B897B5(2696452021) up"],
    [],
])
def test_02_layout_and_spacing_count(shown):
    assert transcript.difference(EXPECTED, shown) is not None


def test_03_what_is_left_out_ends_where_the_next_line_is():
    expected = ["a", "...", "d"]
    assert transcript.difference(expected, ["a", "b", "c", "d"]) is None
    assert transcript.difference(expected, ["a", "b", "c"]) is not None
    assert transcript.difference(expected, ["a", "d", "e"]) is not None


# --- the article ---------------------------------------------------------------------

def test_04_every_output_of_the_article_matches(lab):
    last = lab.said.stdout.splitlines()[-1]
    found = re.fullmatch(r"(\d+) of (\d+) outputs match", last)
    wrong = [line for line in lab.said.stdout.splitlines()
             if line.startswith("wrong:")]
    assert found and found[1] == found[2] and not wrong, \
        "\n".join(wrong) + lab.said.stdout[-3000:] + lab.said.stderr
    assert int(found[2]) >= 47
    assert lab.said.returncode == 0
    assert "check:" in lab.said.stdout
    assert not re.search("check: .*: NO", lab.said.stdout)


# --- afterwards -------------------------------------------------------------------------

def test_05_it_comes_up_again_as_it_was_saved(lab):
    shown = lab.cli("CE1", "write memory")
    assert "Building configuration...\n[OK]" in shown
    command = "show running-config | section crypto|interface|class-map|policy-map"
    before = lab.cli("CE1", command)
    lab.run("restart", "CE1")
    assert lab.cli("CE1", command) == before
    lab.wait_registered("CE1")


def members_of(console):
    return sorted(rekeys.shown(
        console, "show crypto gdoi group GDOI-GROUP1 ks members summary"
        " | include Member ID").splitlines())


def test_06_ks1_restarts_after_a_power_cut_and_does_not_preempt(lab):
    """A key server that was off has nothing to merge: it follows.  What was
    saved is there."""
    ks2 = lab.console("KS2")
    for name in ("KS1", "KS2"):
        lab.cli(name, "copy running-config startup-config", "")
    before = lab.cli("KS1", "show running-config | section crypto|access-list")
    ks2.forget_logs()
    keyservers.kill(lab, "KS1")
    ks2.wait_log(keyservers.TO_PRIMARY.format(KS2), DEAD_LIMIT / SCALE)
    lab.run("restart", "KS1")
    assert lab.cli("KS1", "show running-config | "
                   "section crypto|access-list") == before
    assert "Key name: MYRSAKEY" in lab.cli("KS1",
                                           "show crypto key mypubkey rsa")
    with lab.console("KS1", fresh=True) as again:
        keyservers.wait_roles(again, ks2, "Secondary", "Primary")
        again.read(2 * REFRESH / SCALE)
        keyservers.wait_roles(again, ks2, "Secondary", "Primary", 1)
        shown = rekeys.shown(again, "show logging | include TRANS_TO_PRI")
        assert "transitioned to Primary" not in shown
        transcript.play(again, "coop_role_secondary")


def test_07_and_knows_keys_and_members_of_ks2(lab):
    ks2 = lab.console("KS2")
    command = "show crypto gdoi group GDOI-GROUP1 ks policy"
    with lab.console("KS1", fresh=True) as again:
        def same():
            tek = [re.findall(r"spi +: (0x[0-9A-F]+)",
                              rekeys.shown(ks, command))
                   for ks in (again, ks2)]
            members = [members_of(ks) for ks in (again, ks2)]
            return tek[0] == tek[1] and tek[0] and members[0] == members[1] \
                and len(members[0]) >= len(GROUP1)
        until(same, 10, "the same keys and members")


def test_08_a_restart_of_the_primary_that_nobody_waited_for(lab):
    """KS2 is off and on again before KS1 has missed it: KS1 takes over."""
    with lab.console("KS1", fresh=True) as ks1:
        ks1.forget_logs()
        lab.run("restart", "KS2", "--power-cut")
        ks1.wait_log(keyservers.TO_PRIMARY.format(KS1), DEAD_LIMIT / SCALE)
        with lab.console("KS2", fresh=True) as again:
            keyservers.wait_roles(ks1, again)
    for name in GROUP1:
        assert lab.registered(name)
