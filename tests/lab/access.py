# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab of those who log in: a router and a host."""

import os

import pytest

from labs import TOP, Lab, until

TOPOLOGY = os.path.join(TOP, "tests", "lab", "configs", "access.clab.yml")


@pytest.fixture(scope="module")
def access():
    with Lab(TOPOLOGY) as lab:
        yield lab


def make_key(lab):
    """What a router needs before it serves SSH."""
    if "SSH Enabled" not in lab.cli("R1", "show ip ssh"):
        lab.cli("R1", "crypto key generate rsa modulus 2048")
    until(lambda: "SSH Enabled" in lab.cli("R1", "show ip ssh"), 10,
          "R1 serves SSH")


def configure(lab, *lines):
    lab.cli("R1", "configure terminal", *lines, "end")
