# SPDX-License-Identifier: GPL-3.0-or-later
"""The walk of ./quickstart, in a lab of another name; and its second run."""

import os
import re
import subprocess

import pytest

from labs import TOP, leftovers, run


@pytest.fixture(scope="module")
def name():
    name = f"test{os.getpid()}-tour"
    yield name
    run("--name", name, "down")
    assert leftovers(name) == []


@pytest.mark.parametrize("again", ["first", "second"])
def test_the_walk_ends_with_an_encrypted_ping(name, again):
    done = subprocess.run(
        ["/usr/bin/python3", "-m", "labtool.tour", name], text=True, cwd=TOP,
        env={**os.environ, "PYTHONPATH": os.path.join(TOP, "lab")},
        capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Success rate is 100 percent (10/10)" in done.stdout
    assert " 10 x  10.0.111.2 > 10.0.33.2 ESP 184 octets" in done.stdout
    assert " 10 x  10.0.33.2 > 10.0.111.2 ESP 184 octets" in done.stdout
    assert ("already" in done.stdout) == (again == "second")
    count = 10 if again == "first" else 20
    assert re.search(rf"#pkts encrypt +: {count} +#pkts decrypt +: {count}$",
                     done.stdout, re.M)
