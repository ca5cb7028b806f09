# SPDX-License-Identifier: GPL-3.0-or-later
"""Real traffic through gateways that were built with sanitizers, which shall
have nothing to say.  ./run-tests sanitizers runs this with GETVPN_BUILD set to
such a build; it takes too long for every day."""

import ctypes
import os
import re
import time

import pytest

import bulk
import rekeys
from conftest import MEMBERS
from labs import Lab

SECONDS = 6
HOST1, HOST3 = "10.0.111.2", "10.0.33.2"
ADDR_NO_RANDOMIZE = 0x0040000          # linux/personality.h
SANITIZERS = (b"__asan_init", b"__tsan_init")
# Leaks cannot be looked for in a process that does not let itself be traced.
# With verbosity each process leaves a file: that shows that one with a finding
# would be seen.
OPTIONS = {"ASAN_OPTIONS": "verbosity=1:detect_leaks=0:log_path={}/asan",
           "UBSAN_OPTIONS": "print_stacktrace=1:log_path={}/ubsan",
           "TSAN_OPTIONS": "verbosity=1:log_path={}/tsan"}
FINDING = re.compile(r"(?:WARNING|ERROR|FATAL): \w*Sanitizer|runtime error:")
WIRES = ("af-xdp", "af-packet")


@pytest.fixture(params=WIRES)
def watched(request, tmp_path, monkeypatch):
    """(lab, folder of the reports)"""
    binary = os.path.join(os.environ["GETVPN_BUILD"], "getvpnd", "getvpnd")
    with open(binary, "rb") as file:
        code = file.read()
    assert any(name in code for name in SANITIZERS), \
        f"{binary} has no sanitizer"
    for name, text in OPTIONS.items():
        monkeypatch.setenv(name, text.format(tmp_path))
    monkeypatch.setenv("GETVPN_WIRE", request.param)
    # ThreadSanitizer does not find its way in some layouts of memory.
    ctypes.CDLL(None).personality(ADDR_NO_RANDOMIZE)
    lab = Lab("article")
    try:
        lab.wait_registered(*MEMBERS)
        yield lab, tmp_path
    finally:
        lab.down()


def findings(place):
    """What the reports say that have a finding; each gateway left one."""
    texts = [path.read_text(errors="replace")
             for path in sorted(place.iterdir())]
    assert len(texts) >= len(MEMBERS), "the gateways left no reports"
    return "\n".join(text for text in texts if FINDING.search(text))


def iperf(lab, *options):
    """While keys change."""
    lab.exec("HOST3", "iperf3", "-s", "-1", "-D")
    client = lab.start("HOST1", "iperf3", "-c", HOST3, "-t", str(SECONDS),
                       *options)
    ks = lab.console("KS1")
    try:
        while client.poll() is None:
            rekeys.rekey(ks)
            time.sleep(1)
        assert client.returncode == 0, client.stdout.read()
    finally:
        client.kill()


def test_traffic_and_rekeys_and_nothing_to_report(watched):
    lab, place = watched
    iperf(lab, "-P", "4")
    iperf(lab, "-R")
    iperf(lab, "-u", "-b", "50M", "-l", "1300")
    iperf(lab, "-u", "-b", "20M", "-l", "100", "-R")
    bulk.tcp(lab, "HOST1", "HOST3", HOST3, port=179, length=8 << 20)
    bulk.udp(lab, "HOST3", "HOST1", HOST1)
    lab.exec("HOST1", "ping", "-c", "5", "-i", "0.2", "-s", "20000", HOST3,
             check=False)
    for node in MEMBERS:
        bulk.packet_path(lab, node)
        assert lab.node(node)["state"] == "up"
    lab.down()
    found = findings(place)
    assert not found, found
