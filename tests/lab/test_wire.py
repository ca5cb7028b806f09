# SPDX-License-Identifier: GPL-3.0-or-later
"""A second opinion on the wire: tshark reads our whole registration, and
decrypts it with the line that 'debug crypto isakmp keylog' prints.

tshark takes every SA payload of DOI 2 for one of GROUPKEY-PULL, and so never
learns phase 1's cipher.  RFC 6407 2.1 wants DOI 2 there.  What tshark gets is
therefore a copy in which the phase-1 SA payloads say DOI 1; nothing else is
changed.
"""

import re
import struct
import subprocess

import pytest

from labs import parse

MAIN_MODE, GROUPKEY_PULL = 2, 32
SA, KE, ID, HASH, NONCE, KD, SEQ = 1, 4, 5, 8, 10, 17, 18

UDP = 17
UDP_HEADER, ISAKMP_HEADER, GENERIC = 8, 28, 4
DOI_IPSEC = struct.pack("!I", 1)

KEYLOG = re.compile(r"\b([0-9a-fA-F]{16})[ ,:]+([0-9a-fA-F]{16,64})\b")


@pytest.fixture(scope="module")
def registration(article, tmp_path_factory):
    """(capture file, keylog lines) of CE4 registering anew."""
    path = str(tmp_path_factory.mktemp("wire") / "registration.pcap")
    # A phase 1 that is still there would be used again: begin without one.
    article.cli("CE4", "configure terminal", "interface e0/0",
                "no crypto map gdoimap", "end", "write memory")
    article.run("restart", "CE4")
    console = article.console("CE4", fresh=True)
    for line in ("configure terminal", "service internal", "end",
                 "debug crypto isakmp keylog"):
        console.type(line)
    with article.capture("PE4", "eth2") as wire:
        for line in ("configure terminal", "interface e0/0",
                     "crypto map gdoimap", "end"):
            console.type(line)
        console.wait_log("GM_INSTALL_POLICIES_SUCCESS", 60)
    wire.frames = [(when, with_known_doi(frame))
                   for when, frame in wire.frames]
    wire.write_pcap(path)
    for line in ("undebug all", "configure terminal", "no service internal",
                 "end", "write memory"):
        console.type(line)
    console.close()
    return path, KEYLOG.findall("\n".join(console.screen.lines))


def with_known_doi(frame):
    packet = parse(frame)
    if not packet or packet.protocol != UDP or packet.ports != (848, 848):
        return frame
    isakmp = packet.payload[UDP_HEADER:]
    if (isakmp[16], isakmp[18]) != (SA, MAIN_MODE):
        return frame
    at = len(frame) - len(isakmp) + ISAKMP_HEADER + GENERIC
    return frame[:at] + DOI_IPSEC + frame[at + len(DOI_IPSEC):]


def tshark(path, keys, *fields):
    """One list of values for each ISAKMP packet."""
    argv = ["tshark", "-r", path, "-d", "udp.port==848,isakmp", "-Y",
            "isakmp", "-T", "fields", "-E", "separator=;", "-E",
            "aggregator=,"]
    for cookie, key in keys:
        argv += ["-o", f"uat:ikev1_decryption_table:{cookie},{key}"]
    for field in fields:
        argv += ["-e", field]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return [line.split(";") for line in done.stdout.splitlines()]


def payloads(text):
    return [int(number) for number in text.split(",") if number]


def test_keylog_needs_service_internal(article):
    done = article.run("cli", "CE3", "debug crypto isakmp keylog",
                       check=False)
    assert done.returncode == 1
    assert "%" in done.stdout


def test_a_registration_is_six_packets_and_four(registration):
    rows = tshark(registration[0], [], "isakmp.exchangetype")
    kinds = [int(row[0]) for row in rows]
    assert kinds[:10] == [MAIN_MODE] * 6 + [GROUPKEY_PULL] * 4


def test_tshark_decrypts_it_with_the_keylog_line(registration):
    path, keys = registration
    assert keys
    rows = tshark(path, keys, "isakmp.exchangetype", "isakmp.typepayload")
    inside = [payloads(row[1]) for row in rows][:10]
    assert inside[0][0] == SA and inside[1][0] == SA
    assert KE in inside[2] and KE in inside[3]
    assert inside[4][:2] == inside[5][:2] == [ID, HASH]
    assert inside[6] == [HASH, NONCE, ID]
    assert inside[7][:3] == [HASH, NONCE, SA]
    assert inside[8] == [HASH]
    assert inside[9][0] == HASH
    assert SEQ in inside[9] and KD in inside[9]


def test_tshark_sees_nothing_malformed(registration):
    """But for its own errors in GROUPKEY-PULL's SA payload: it knows no SAK
    and reads the SAT's one-octet ID lengths as two."""
    path, keys = registration
    rows = tshark(path, keys, "isakmp.exchangetype", "isakmp.typepayload",
                  "_ws.malformed")
    bad = [row for row in rows if row[2]]
    assert not [row for row in bad if int(row[0]) == MAIN_MODE]
    assert not [row for row in bad if SA not in payloads(row[1])]
