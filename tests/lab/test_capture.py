# SPDX-License-Identifier: GPL-3.0-or-later
"""monitor capture: clear packets inside, ESP outside, files that tshark
reads, and keys with which it decrypts them."""

import os
import re
import stat
import struct
import subprocess

import pytest

from labs import until
from pair_lab import PC2, PairLab
from test_wire import with_known_doi
from labtool import store

HASH_NONCE_ID = "8,10,5"           # GROUPKEY-PULL's first message, decrypted
PCAP_HEADER, RECORD_HEADER = 24, 16


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    directory = tmp_path_factory.mktemp("capture")
    with PairLab(str(directory)) as made:
        made.wait_registered("GM1", "GM2")
        until(lambda: pings(made) == 3, 30, "a path")
        yield made


def pings(lab, count=3):
    done = lab.exec("PC1", "ping", "-c", str(count), "-i", "0.2", "-W", "2",
                    PC2, check=False)
    found = re.search(r"(\d+) received", done.stdout)
    return int(found[1]) if found else 0


def configure(lab, *lines):
    lab.cli("GM1", "configure terminal", *lines, "end")


def capture(lab, name, *lines, during=pings):
    """What the packets are after a capture of during()."""
    for line in lines:
        lab.cli("GM1", f"monitor capture {name} {line}")
    lab.cli("GM1", f"monitor capture {name} start")
    during(lab)
    lab.cli("GM1", f"monitor capture {name} stop")
    return lab.cli("GM1", f"show monitor capture {name} buffer brief")


def protocols(brief):
    return re.findall(r"^ *\d+ +\d+ +\d+\.\d{6} .*?(\S+)$", brief, re.M)


def flash(lab, name):
    return os.path.join(store.node_dir(lab.name, "GM1"), "flash", name)


def tshark(path, *options, fields):
    argv = ["tshark", "-r", path, *options, "-T", "fields", "-E",
            "separator=;"]
    for field in fields:
        argv += ["-e", field]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return [line.split(";") for line in done.stdout.splitlines()]


def test_inside_is_clear(lab):
    brief = capture(lab, "IN", "interface e0/0 both inside", "match any")
    assert protocols(brief).count("ICMP") == 6
    assert "ESP" not in protocols(brief)
    assert re.search(r"10\.1\.1\.2 +-> +10\.1\.2\.2 +0 BE +ICMP", brief)


def test_outside_is_esp(lab):
    brief = capture(lab, "OUT", "interface e0/0 both", "match any")
    assert protocols(brief).count("ESP") == 6
    assert "ICMP" not in protocols(brief)


def test_one_direction(lab):
    brief = capture(lab, "ONE", "interface e0/0 out")
    assert protocols(brief).count("ESP") == 3


def test_an_access_list_filters(lab):
    configure(lab, "ip access-list extended CAP",
              "permit icmp host 10.1.2.2 any")
    brief = capture(lab, "ACL", "interface e0/0 both inside",
                    "access-list CAP")
    assert protocols(brief) == ["ICMP"] * 3
    brief = capture(lab, "LINE", "interface e0/0 both inside",
                    "match ipv4 protocol 1 10.1.1.0/24 any")
    assert protocols(brief) == ["ICMP"] * 3


def test_an_interface_without_a_map(lab):
    brief = capture(lab, "LAN", "interface e0/1 both",
                    "match ipv4 any any")
    assert protocols(brief).count("ICMP") == 6
    assert pings(lab) == 3


def test_limits_and_their_line(lab):
    lab.cli("GM1", "monitor capture FEW interface e0/0 both inside",
            "monitor capture FEW match ipv4 any any",
            "monitor capture FEW limit packets 2 packet-len 64",
            "monitor capture FEW start")
    pings(lab)
    brief = lab.cli("GM1", "show monitor capture FEW buffer brief")
    assert len(protocols(brief)) == 2
    assert "Status : Inactive" in lab.cli("GM1", "show monitor capture FEW")
    assert "%BUFCAP-6-DISABLE_ASYNC: Capture Point FEW disabled. Reason : " \
        "Packet limit reached" in lab.cli("GM1", "show logging")



def test_shows(lab):
    shown = lab.cli("GM1", "show monitor capture OUT")
    assert "Interface: Ethernet0/0, Direction: both" in shown
    assert "Buffer Size (in MB): 10" in shown
    assert "Status : Inactive" in shown
    assert "monitor capture OUT interface Ethernet0/0 both" in \
        lab.cli("GM1", "show monitor capture OUT parameter")
    assert re.search(r"packets in buf   : [6-9]",
                     lab.cli("GM1", "show monitor capture OUT buffer"))
    dump = lab.cli("GM1", "show monitor capture OUT buffer dump")
    assert re.search(r"^  0000:  [0-9A-F]{8} [0-9A-F]{8} ", dump, re.M)
    lab.cli("GM1", "monitor capture OUT clear")
    assert "packets in buf   : 0" in \
        lab.cli("GM1", "show monitor capture OUT buffer")


def test_the_old_commands(lab):
    for line in ("monitor capture buffer B size 256 max-size 200 circular",
                 "monitor capture point ip cef P e0/0 both",
                 "monitor capture point associate P B",
                 "monitor capture point start P"):
        lab.cli("GM1", line)
    pings(lab)
    lab.cli("GM1", "monitor capture point stop P")
    shown = lab.cli("GM1", "show monitor capture buffer B")
    assert shown.count("IPv4 LES CEF    : Ethernet0/0 None") >= 3
    shown = lab.cli("GM1", "show monitor capture buffer B parameters")
    assert "Capture buffer B (circular buffer)" in shown
    assert "Buffer Size : 262144 bytes, Max Element Size : 200 bytes" in shown
    assert "Name : P, Status : Inactive" in shown
    log = lab.cli("GM1", "show logging")
    for what in ("created", "enabled", "disabled"):
        assert f"Capture Point P {what}." in log
    lab.cli("GM1", "no monitor capture point ip cef P",
            "no monitor capture buffer B")


def test_keys_need_service_internal(lab):
    lab.cli("GM1", "monitor capture KEY match any")
    done = lab.run("cli", "GM1", "monitor capture KEY export-keys "
                   "flash:k.keys", check=False)
    assert done.returncode == 1
    assert '% Keys are written with "service internal" only.' in done.stdout
    assert not os.path.exists(flash(lab, "k.keys"))


def register(lab):
    lab.cli("GM1", "clear crypto isakmp")
    lab.cli("GM1", "clear crypto gdoi", "yes")
    lab.wait_registered("GM1")
    until(lambda: pings(lab) == 3, 30, "a path")


def options(path):
    with open(path, encoding="ascii") as file:
        lines = file.read().splitlines()
    return [word for line in lines for word in ("-o", line)]


def with_doi(pcap, lab):
    """A copy in which tshark learns phase 1's cipher (test_wire.py)."""
    with open(pcap, "rb") as file:
        data = file.read()
    out, at = [data[:PCAP_HEADER]], PCAP_HEADER
    while at < len(data):
        kept = struct.unpack_from("<I", data, at + 8)[0]
        out += [data[at:at + RECORD_HEADER], with_known_doi(
            data[at + RECORD_HEADER:at + RECORD_HEADER + kept])]
        at += RECORD_HEADER + kept
    path = flash(lab, "doi.pcap")
    with open(path, "wb") as file:
        file.write(b"".join(out))
    return path


def payloads(pcap, keys):
    rows = tshark(pcap, "-d", "udp.port==848,isakmp", *options(keys), "-Y",
                  "isakmp.exchangetype == 32", "-E", "aggregator=,",
                  fields=["isakmp.typepayload"])
    return [row[0] for row in rows]


def test_tshark_decrypts_what_was_exported(lab):
    configure(lab, "service internal")
    brief = capture(lab, "ALL", "interface e0/0 both", during=register)
    assert "UDP" in protocols(brief) and "ESP" in protocols(brief)
    lab.cli("GM1", "monitor capture ALL export flash:all.pcap",
            "monitor capture ALL export-keys flash:all.keys")
    pcap, keys = flash(lab, "all.pcap"), flash(lab, "all.keys")
    for path in (pcap, keys):
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    kinds = tshark(pcap, "-Y", "udp.port == 848", fields=["udp.dstport"])
    assert len(kinds) >= 10           # main mode and GROUPKEY-PULL
    assert not tshark(pcap, "-Y", "icmp", fields=["ip.proto"])
    seen = tshark(pcap, *options(keys), "-o",
                  "esp.enable_encryption_decode:TRUE", "-Y", "icmp",
                  fields=["ip.proto"])
    assert len(seen) >= 6
    assert HASH_NONCE_ID in payloads(with_doi(pcap, lab), keys)


def test_keys_go_with_service_internal(lab):
    configure(lab, "no service internal")
    configure(lab, "service internal")
    lab.cli("GM1", "monitor capture ALL export-keys flash:none.keys")
    assert os.path.getsize(flash(lab, "none.keys")) == 0
    configure(lab, "no service internal")
    assert "uat:" not in lab.cli("GM1", "show logging")


def test_a_capture_can_go(lab):
    lab.cli("GM1", "monitor capture IN start", "no monitor capture IN")
    done = lab.run("cli", "GM1", "monitor capture IN start", check=False)
    assert "% Capture IN does not exist" in done.stdout
    assert pings(lab) == 3
