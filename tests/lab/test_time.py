# SPDX-License-Identifier: GPL-3.0-or-later
"""An hour of key lifetime in 36 seconds: members register again before the
keys end, and no packet is lost in between."""

import re

from conftest import MEMBERS
from labs import until

SCALE = 100
TEK_LIFETIME = 3600


def spi(lab, node):
    return re.search(r"spi: (0x[0-9A-F]+)\(",
                     lab.cli(node, "show crypto gdoi"))[1]


def test_keys_roll_over_without_losing_a_packet(make_lab):
    lab = make_lab("article", "--time-scale", str(SCALE))
    lab.wait_registered(*MEMBERS)
    first = spi(lab, "CE1")
    assert {spi(lab, name) for name in MEMBERS} == {first}

    def all_have_another():
        assert "(20/20)" in lab.cli("HOST1", "ping 10.0.33.2 repeat 20")
        return first not in {spi(lab, name) for name in MEMBERS}
    until(all_have_another, 2 * TEK_LIFETIME / SCALE, "another TEK everywhere")
    assert len({spi(lab, name) for name in MEMBERS}) == 1
    assert "(20/20)" in lab.cli("HOST1", "ping 10.0.33.2 repeat 20")
    logged = lab.cli("CE1", "show logging")
    assert "%GDOI-4-GM_RE_REGISTER: " in logged
    assert "RECVD_PKT" not in logged
    shown = lab.cli("KS1", "show crypto gdoi ks members summary")
    assert len(re.findall(r"GM State +: Registered$", shown, re.M)) == 4
