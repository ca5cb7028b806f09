# SPDX-License-Identifier: GPL-3.0-or-later
"""What a member does with traffic in each direction mode, however the mode was
set: every cell with packets, seen on the wire and behind the member."""

import pytest

from labs import until
from pair_lab import ESP, OPEN, SECRET, UDP, PairLab

BOTH, ONLY, OPTIONAL = "Both", "Inbound Only", "Inbound Optional"

# mode: (what a permit's traffic leaves as, inbound clear permit is taken)
MATRIX = {
    BOTH: (ESP, False),
    ONLY: (UDP, True),
    OPTIONAL: (ESP, True),
}

# (receive-only on the key server, passive, exec command, mode)
WAYS = [
    (False, False, None, BOTH),
    (False, False, "inbound only", ONLY),
    (False, False, "inbound optional", OPTIONAL),
    (False, True, None, OPTIONAL),
    (False, True, "both", BOTH),
    (False, True, "inbound only", ONLY),
    (True, False, None, ONLY),
    (True, False, "both", BOTH),
    (True, False, "inbound optional", OPTIONAL),
    (True, True, None, OPTIONAL),
    (True, True, "both", BOTH),
]


def name_of(way):
    receive_only, passive, command, mode = way
    words = [word for word, is_on in (("receive-only", receive_only),
                                      ("passive", passive)) if is_on]
    return " + ".join(words + [command or "nothing"]) + " = " + mode


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with PairLab(str(tmp_path_factory.mktemp("pair"))) as made:
        made.wait_registered("GM1", "GM2")
        # The other end stays as it is, whatever the key server says.
        made.cli("GM2", "crypto gdoi gm group 1 ipsec direction both")
        made.receive_only = False
        yield made


def set_receive_only(lab, wanted):
    if lab.receive_only == wanted:
        return
    lab.configure("KS1", "crypto gdoi group G1", "server local",
                  "sa receive-only" if wanted else "no sa receive-only")
    lab.cli("KS1", "crypto gdoi ks rekey")
    lab.receive_only = wanted


def set_way(lab, receive_only, passive, command, mode):
    """The exec command is forgotten when the map is put on again."""
    set_receive_only(lab, receive_only)
    lab.configure("GM1", "crypto gdoi group G1",
                  "passive" if passive else "no passive")
    lab.bounce("GM1")
    lab.wait_registered("GM1")
    if command:
        lab.cli("GM1", f"crypto gdoi gm group 1 ipsec direction {command}")
    until(lambda: lab.direction("GM1") == mode, 10, f"GM1 shows {mode}")


def test_the_refused_packet_is_logged_as_ios_does(lab):
    """Before the others: of a kind there is one line a minute."""
    console = lab.console("GM1")
    assert not lab.inject(SECRET, False)
    console.wait_log(r"%CRYPTO-4-RECVD_PKT_NOT_IPSEC: Rec'd packet not an "
                     r"IPSEC packet\. \(ip\) vrf/dest_addr= /10\.1\.1\.2, "
                     r"src_addr= 10\.1\.2\.2, prot= 17$")


@pytest.mark.parametrize("way", WAYS, ids=name_of)
def test_the_direction_matrix(lab, way):
    set_way(lab, *way)
    leaves_as, takes_clear = MATRIX[way[3]]
    # Outbound permit.  GM2 takes what is clear only of a deny.
    arrived, seen = lab.cross("PC1", "PC2", SECRET, leaves_as == ESP)
    assert (arrived, seen) == (leaves_as == ESP, {leaves_as})
    # Outbound deny.
    assert lab.cross("PC1", "PC2", OPEN) == (True, {UDP})
    # Inbound ESP.
    assert lab.cross("PC2", "PC1", SECRET) == (True, {ESP})
    # Inbound clear that a permit covers; that a deny covers.
    assert lab.inject(SECRET, takes_clear) == takes_clear
    assert lab.inject(OPEN)


def test_a_group_that_is_not_there_is_refused(lab):
    shown = lab.cli("GM1", "crypto gdoi gm group 77 ipsec direction both",
                    check=False)
    assert "% Group not found" in shown
