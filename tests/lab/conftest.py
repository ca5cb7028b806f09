# SPDX-License-Identifier: GPL-3.0-or-later
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
sys.dont_write_bytecode = True

import pytest  # noqa: E402

from labs import Lab  # noqa: E402

MEMBERS = ("CE1", "CE2", "CE3", "CE4")


@pytest.fixture(scope="session")
def article():
    """The article's lab, configured, with all members registered."""
    with Lab("article") as lab:
        lab.wait_registered(*MEMBERS)
        yield lab


@pytest.fixture
def make_lab():
    """Boots labs that are gone when the test is over."""
    made = []

    def boot(topology, *options, name=None):
        made.append(Lab(topology, *options, name=name))
        return made[-1]
    yield boot
    for lab in made:
        lab.down()
