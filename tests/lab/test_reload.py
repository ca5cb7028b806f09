# SPDX-License-Identifier: GPL-3.0-or-later
"""reload: the router starts anew from its startup-config, consoles stay."""

import re
import time

import pexpect

from access import access, configure, make_key  # noqa: F401
from labs import PROGRAM, until

LIMIT = 20


def console(lab):
    child = pexpect.spawn(PROGRAM, ["--name", lab.name, "console", "R1"],
                          timeout=LIMIT, encoding="utf-8")
    child.expect("Press RETURN")
    child.send("\r")
    child.expect(r"R1>$")
    child.send("enable\r")
    child.expect("Password: ")
    child.send("cisco\r")
    child.expect(r"R1#$")
    return child


def reload(child, save=None):
    child.send("reload\r")
    if save:
        child.expect_exact("System configuration has been modified. "
                           "Save? [yes/no]: ")
        child.send(save + "\r")
    child.expect_exact("Proceed with reload? [confirm]")
    child.send("\r")
    child.expect("%SYS-5-RELOAD: Reload requested by console. Reload Reason: "
                 "Reload Command.")
    child.expect("con0 is now available")
    child.expect("Press RETURN")
    child.send("\r")


def test_what_is_not_saved_is_gone_and_what_is_saved_stays(access):  # noqa: F811,E501
    before = access.node("R1")["pid"]
    child = console(access)
    configure(access, "interface Loopback7", "ip address 7.7.7.7 "
              "255.255.255.255")
    reload(child, save="no")
    child.expect("R1>$")
    assert "7.7.7.7" not in access.cli("R1", "show ip interface brief")
    configure(access, "interface Loopback8", "ip address 8.8.8.8 "
              "255.255.255.255")
    child.send("enable\r")
    child.expect("Password: ")
    child.send("cisco\r")
    child.expect(r"R1#$")
    reload(child, save="yes")
    child.expect("R1>$")
    child.close()
    assert "8.8.8.8" in access.cli("R1", "show ip interface brief")
    shown = access.cli("R1", "show version")
    assert "Last reload reason: Reload Command" in shown
    assert access.node("R1")["pid"] == before
    assert access.exec("PC", "ping", "-c1", "-W5", "10.0.0.1", check=False)


def test_the_network_and_ssh_are_back_after_a_reload(access):  # noqa: F811
    make_key(access)
    access.cli("R1", "write memory", "reload", "", check=False)
    until(lambda: access.exec("PC", "ping", "-c1", "-W1", "10.0.0.1",
                              check=False).returncode == 0, 20, "R1 answers")
    until(lambda: "SSH Enabled" in access.cli("R1", "show ip ssh",
                                              check=False), 20,
          "SSH is there again, with the key of before")


def test_a_reload_can_be_scheduled_and_cancelled(access):  # noqa: F811
    access.cli("R1", "write memory")
    shown = access.cli("R1", "reload in 5 new image", "", "show reload")
    assert re.search(r"Reload scheduled for .* \(in 5 minutes?\)", shown)
    assert "Reload reason: new image" in shown
    shown = access.cli("R1", "reload cancel", "show reload")
    assert "SHUTDOWN ABORTED" in shown and "No reload is scheduled" in shown
    logged = access.cli("R1", "show logging")
    assert "%SYS-5-SCHEDULED_RELOAD: Reload requested for" in logged
    assert "%SYS-5-SCHEDULED_RELOAD_CANCELLED" in logged


def test_an_erased_router_starts_empty(access):  # noqa: F811
    access.cli("R1", "write erase", "", "reload", "no", "", check=False)
    time.sleep(0.5)
    until(lambda: "hostname Router" in access.cli(
        "R1", "show running-config", check=False), 20, "R1 is empty")
