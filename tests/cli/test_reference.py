# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference pages say what the program does."""

import os
import pathlib
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("GETVPN_BUILD", TOP / "build"))
GETVPND = BUILD / "getvpnd" / "getvpnd"


def printed(tmp_path, option):
    """What getvpnd prints, in a network namespace that ends with it."""
    done = subprocess.run(
        ["unshare", "-n", GETVPND, "--state-dir", tmp_path / "state", option],
        stdout=subprocess.PIPE, check=True, timeout=60)
    return done.stdout.decode()


@pytest.mark.parametrize("option, page", [
    ("--list-commands", "commands.md"),
    ("--list-messages", "messages.md"),
])
def test_the_page_is_what_the_program_prints(tmp_path, option, page):
    written = (TOP / "docs" / page).read_text()
    assert written == printed(tmp_path, option), (
        f"docs/{page} is old: getvpnd {option} prints the new one")
