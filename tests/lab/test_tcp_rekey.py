# SPDX-License-Identifier: GPL-3.0-or-later
"""TCP while keys change every second: no packet is lost to the rekeys.

TCP would hide a loss, so what counts is what was refused on the way, and that
TCP had no more to send again than without rekeys.  The stream is slower than
the path: at full speed TCP fills queues until they overflow, rekey or not."""

import json
import re
import time

import bulk
import rekeys
from conftest import MEMBERS

SECONDS = 15
RATE = "400M"
HOST3 = "10.0.33.2"
# A busy machine may hold one packet up long enough: a window's worth.
MORE = 20
LOST_TO_REKEYS = {"permit without a usable SA", "unknown SPI", "ICV wrong",
                  "outside the replay window", "malformed ESP",
                  "inner packet refused", "crypto failed",
                  "clear where ESP is due"}
COUNTER = re.compile(r"#pkts ([a-z ]+(?: \(\w+\))?) *: (\d+)")
GOOD = {"encrypt", "decrypt", "tagged (send)"}


def iperf(lab, meanwhile):
    """What iperf3 says of SECONDS of TCP from HOST1 to HOST3."""
    lab.exec("HOST3", "iperf3", "-s", "-1", "-D")
    client = lab.start("HOST1", "iperf3", "-c", HOST3, "-J", "-b", RATE, "-t",
                       str(SECONDS), "--connect-timeout", "5000")
    try:
        meanwhile(client)
        said = json.loads(client.communicate(timeout=30)[0])
    finally:
        client.kill()
    assert "error" not in said, said["error"]
    return said["end"]["sum_sent"]["retransmits"], \
        said["end"]["sum_received"]["bytes"]


def refused(lab):
    """What members refused, by reason; only what is about keys."""
    found = {}
    for node in ("CE1", "CE3"):
        drops = bulk.drops(bulk.packet_path(lab, node))
        found.update({(node, reason): drops[reason]
                      for reason in LOST_TO_REKEYS & drops.keys()})
        shown = lab.cli(node, "show crypto gdoi gm dataplane counters")
        found.update({(node, name): int(number)
                      for name, number in COUNTER.findall(shown)
                      if name.strip() not in GOOD})
    return found


def test_tcp_loses_nothing_to_a_rekey_every_second(make_lab, capsys):
    lab = make_lab("article")
    lab.wait_registered(*MEMBERS)
    ks = lab.console("KS1")
    members = [lab.console(name) for name in ("CE1", "CE3")]
    rekeys.same_tek(members)

    def none(client):
        client.wait(SECONDS + 20)

    made = []

    def every_second(client):
        while client.poll() is None:
            made.append(rekeys.rekey(ks))
            time.sleep(1)

    without, _ = iperf(lab, none)
    before, spi = refused(lab), rekeys.newest(members[0])
    retransmits, octets = iperf(lab, every_second)
    with capsys.disabled():
        print(f"\n  {octets >> 20} MB of TCP and {len(made)} rekeys: "
              f"{retransmits} segments sent again, {without} without rekeys")
    assert len(made) >= SECONDS / 2
    assert rekeys.newest(members[0]) != spi
    assert refused(lab) == before
    assert retransmits <= without + MORE
