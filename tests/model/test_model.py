# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/coop.pml: every order of events among three key servers."""

import os
import re
import subprocess

import pytest

MODEL = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "coop.pml")
DEPTH = 1000000
HASH_BITS = 24          # 128 MB
SECONDS = 240           # on a machine that has others to serve


def search(folder, limits, *flags, look=()):
    """What the search says that spin's program makes of the model."""
    said = ""
    for command in (["spin", *limits, "-a", os.path.realpath(MODEL)],
                    ["cc", "-O2", "-w", "-DCOLLAPSE", *flags,
                     "-o", "pan", "pan.c"],
                    ["./pan", f"-m{DEPTH}", f"-w{HASH_BITS}", *look]):
        done = subprocess.run(command, cwd=folder, text=True, timeout=SECONDS,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        said = done.stdout
        assert done.returncode == 0, said
    return said


def complete(said):
    """Nothing was left out: not for its depth, nor for want of memory."""
    return ("Search not completed" not in said and
            "max search depth too small" not in said)


@pytest.mark.parametrize("limits, least", [
    (("-DCUTS=2", "-DCRASHES=0", "-DREKEYS=2"), 1000000),
    (("-DCUTS=1", "-DCRASHES=1", "-DREKEYS=1"), 5000000),
    (("-DCUTS=0", "-DCRASHES=1", "-DREKEYS=2"), 100000),
])
def test_all_rules_hold_in_every_order_of_events(tmp_path, limits, least):
    said = search(tmp_path, limits, "-DSAFETY")
    assert "errors: 0" in said and complete(said), said
    assert int(re.search(r"(\d+) states, stored", said)[1]) > least


def test_it_comes_to_rest(tmp_path):
    said = search(tmp_path, ("-DCUTS=1", "-DCRASHES=0"), "-DNP", look=("-l",))
    assert "errors: 0" in said and complete(said), said


@pytest.mark.parametrize("plant, broken", [
    ("PREEMPT", r"was\[me\]==0"),
    ("FORGET_KEYS", r"keys\[me\]& ~"),
    ("REUSE_SEQ", r"seq\[me\]>=last"),
])
def test_a_planted_fault_is_found(tmp_path, plant, broken):
    said = search(tmp_path, (f"-D{plant}", "-DCUTS=1", "-DCRASHES=1"),
                  "-DSAFETY")
    assert re.search(f"assertion violated .*{broken}", said), said
