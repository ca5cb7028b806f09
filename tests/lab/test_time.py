# SPDX-License-Identifier: GPL-3.0-or-later
"""A group without rekeys: members register again before the keys end, all by
themselves, and no packet is lost in between.  Half an hour in 18 seconds."""

import time

import rekeys
from conftest import MEMBERS
from flow import CoreWatch, Flow
from labs import until

SCALE = 100
LIFETIME = 1800            # s
WINDOW = 100               # s, 1 s in true time
HOST1, HOST3 = ("HOST1", "10.0.111.2"), ("HOST3", "10.0.33.2")


def test_keys_roll_over_without_rekeys(make_lab):
    lab = make_lab("article", "--time-scale", str(SCALE))
    lab.wait_registered(*MEMBERS)
    rekeys.configure(
        lab.console("KS1"), "crypto ipsec profile profile1",
        f"set security-association lifetime seconds {LIFETIME}",
        "crypto gdoi group GDOI-GROUP1", "server local",
        "no rekey authentication", "sa ipsec 1",
        f"replay time window-size {WINDOW}")
    ces = [lab.console(name) for name in MEMBERS]
    before = rekeys.newest(ces[0])
    for name in ("KS1", *MEMBERS):
        rekeys.answer_yes(lab.console(name), "clear crypto gdoi")
    first = rekeys.same_tek(ces, before)
    for console in ces:
        console.forget_logs()

    with CoreWatch(lab, "P", "eth1", HOST1[1], HOST3[1]) as core, \
            Flow(lab, HOST1, HOST3) as flow:
        for console in ces:
            console.wait_log("%GDOI-4-GM_RE_REGISTER: ", LIFETIME / SCALE)
        second = rekeys.same_tek(ces, first)
        until(lambda: all(list(rekeys.teks(ce)) == [second] for ce in ces),
              20, "the first TEK is over")
        time.sleep(0.5)
    print(f"\nno rekeys: {flow}")
    assert (flow.lost, core.clear) == (0, 0), flow.lost_when()
    logged = lab.cli("CE1", "show logging")
    assert "RECVD_PKT" not in logged
    shown = lab.cli("KS1", "show crypto gdoi ks members summary")
    assert shown.count("GM State          : Registered") == 4
