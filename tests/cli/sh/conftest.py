# SPDX-License-Identifier: GPL-3.0-or-later
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import fake  # noqa: E402


@pytest.fixture
def telnet():
    """Makes sessions and ends them."""
    made = []

    def make(**options):
        made.append(fake.Telnet(**options))
        return made[-1]

    yield make
    for session in made:
        if session.process.poll() is None:
            session.close()
