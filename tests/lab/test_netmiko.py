# SPDX-License-Identifier: GPL-3.0-or-later
"""Netmiko, over telnet and over SSH, with users whose hashes real routers
made."""

import json
import os
import re
import sys

import pytest

from access import access, make_key  # noqa: F401
from labs import TOP

SCRIPT = os.path.join(TOP, "tests", "lab", "netmiko_session.py")


def session(lab, kind, user, password, secret="cisco"):
    done = lab.exec("PC", sys.executable, SCRIPT, kind, user, password, secret)
    return json.loads(done.stdout)


def check(seen):
    assert seen["privilege"] == "Current privilege level is 15"
    assert "%" not in seen["config"]
    assert "R1(config-if)#" in seen["config"] and seen["mode left"]
    assert re.search(r"^Loopback5 +10\.5\.5\.5 ", seen["brief"], re.M)
    rules = [f"permit tcp host 10.9.{n}.1 any eq {1000 + n}"
             for n in range(60)]
    for text in (seen["unpaged"], seen["paged"]):
        found = re.findall(r"permit tcp host [\d.]+ any eq \d+", text)
        assert found == rules
    assert seen["pages"] == 2
    assert "[OK]" in seen["save"]
    assert seen["saved"].strip() == "description written by a script"
    assert "Cisco IOS Software" in seen["version"]
    assert "% Invalid input detected" in seen["error"]


@pytest.fixture(autouse=True)
def no_loopback(access):  # noqa: F811
    access.cli("R1", "configure terminal", "no interface Loopback5",
               "no ip access-list extended LONG", "end", check=False)


def test_netmiko_works_over_telnet(access):  # noqa: F811
    seen = session(access, "cisco_ios_telnet", "joe", "hashcat")
    assert seen["first prompt"] == "R1>"
    check(seen)


def test_netmiko_works_over_ssh(access):  # noqa: F811
    make_key(access)
    seen = session(access, "cisco_ios", "joe", "hashcat")
    assert seen["first prompt"] == "R1>"
    check(seen)


def test_a_user_of_level_15_needs_no_enable(access):  # noqa: F811
    make_key(access)
    seen = session(access, "cisco_ios", "admin", "password")
    assert seen["first prompt"] == "R1#"
    check(seen)
