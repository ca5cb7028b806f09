# SPDX-License-Identifier: GPL-3.0-or-later
"""What the daemon may still do once it runs, thread by thread."""

import os
import pathlib
import signal
import subprocess
import time

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("GETVPN_BUILD", TOP / "build"))

# Bits of linux/capability.h.
SETGID, SETUID, NET_BIND_SERVICE, NET_ADMIN, NET_RAW, IPC_LOCK, \
    SYS_ADMIN, SYS_NICE, BPF = 6, 7, 10, 12, 13, 14, 21, 23, 39
ALLOWED = sum(1 << bit for bit in (SETGID, SETUID, NET_BIND_SERVICE, NET_ADMIN,
                                   NET_RAW, IPC_LOCK, SYS_NICE, BPF))
# Held ready for the moment in which a VRF is entered, never effective.
HELD = 1 << SYS_ADMIN


def status_of(task):
    fields = {}
    for line in (task / "status").read_text().splitlines():
        key, _, value = line.partition(":")
        fields[key] = value.strip()
    return fields


def wait_for(path):
    for _ in range(200):
        if path.exists():
            return
        time.sleep(0.05)
    raise AssertionError(f"{path.name} did not appear")


@pytest.mark.parametrize("option, held", [((), HELD), (("--no-vrf",), 0)])
def test_no_thread_has_more_rights_than_a_router_needs(tmp_path, option, held):
    state = tmp_path / "state"
    daemon = subprocess.Popen(
        ["unshare", "-n", BUILD / "getvpnd" / "getvpnd", "--state-dir", state,
         "--vty-port", "0", *option])
    try:
        wait_for(state / "cli.sock")
        tasks = list(pathlib.Path(f"/proc/{daemon.pid}/task").iterdir())
        assert len(tasks) > 1
        for task in tasks:
            fields = status_of(task)
            assert int(fields["CapEff"], 16) & ~ALLOWED == 0, task.name
            assert int(fields["CapPrm"], 16) & ~ALLOWED & ~held == 0, task.name
            assert fields["NoNewPrivs"] == "1", task.name
            # Those who read packets do not even hold it.
            if fields["Name"] == "worker":
                assert int(fields["CapPrm"], 16) & ~ALLOWED == 0
    finally:
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=20) == 0
