# SPDX-License-Identifier: GPL-3.0-or-later
"""The article's last topics: fail-close, exceptions, directions, groups."""

import time

from . import capture
from .verify_wire import between

HOST1, HOST3 = "10.0.111.2", "10.0.33.2"
CE1, CE3_LO0 = "192.168.11.3", "192.168.33.33"
BGP = 179


def _core(verify, command, node="HOST1", device="eth1"):
    """What crosses the core while a command runs; and what it printed."""
    with capture.Capture(verify.lab, "P", device) as core:
        shown = verify.quiet(node, command)
        time.sleep(0.2)
    return core, shown


def _protocols(core, one=HOST1, other=HOST3):
    return {p.protocol for p in between(core, one, other)}


def fail_close(verify):
    verify.title("Fail-close")
    verify.play("fail_close")
    verify.extra("CE1", "configure terminal", "crypto gdoi group GDOI-GROUP1",
                 "identity number 99", "end",
                 why="a group that nobody serves: CE1 loses its keys")
    core, shown = _core(verify, f"ping {HOST3}")
    verify.check("a ping does not pass", "(0/5)" in shown
                 and not _protocols(core), shown)
    core, shown = _core(verify, f"telnet {HOST3} {BGP}")
    verify.check("BGP's port does, in clear both ways",
                 len({p.src for p in between(core, HOST1, HOST3)}) == 2
                 and _protocols(core) == {capture.TCP}, shown)
    verify.extra("CE1", "configure terminal", "crypto gdoi group GDOI-GROUP1",
                 "identity number 1234", "end", why="back")
    verify.registered("CE1")
    core, shown = _core(verify, f"ping {HOST3}")
    verify.check("then all is encrypted again", "(5/5)" in shown
                 and _protocols(core) == {capture.ESP}, shown)


def exception(verify):
    verify.title("Local exceptions")
    verify.play("exception")
    verify.play("gm_acl_exception")
    verify.forget_logs("CE3")
    with capture.Capture(verify.lab, "P", "eth1") as core:
        verify.play("ping_exception")
    verify.expect_logs("exception_logs", 10)
    verify.check("CE1's pings cross the core in clear",
                 {p.protocol for p in between(core, CE1, CE3_LO0)}
                 == {capture.ICMP})
    verify.play("ping_ks")
    verify.extra("CE1", "configure terminal", "crypto map gdoimap 1 gdoi",
                 "no match address exception-acl", "end",
                 why="the pings between the groups need it gone")


def _direction(verify, node, wanted):
    return verify.until(f"{node}'s direction is {wanted}", lambda:
                        f"IPSec SA Direction       : {wanted}" in verify.quiet(
                            node, "show crypto gdoi gm"))


def receive_only(verify):
    verify.title("Receive-only SAs, and a passive member")
    verify.play("receive_only")
    verify.quiet("KS1", "crypto gdoi ks rekey")
    for node in ("CE1", "CE3"):
        _direction(verify, node, "Inbound Only")
    core, shown = _core(verify, f"ping {HOST3}")
    verify.check("nobody encrypts", "(5/5)" in shown
                 and _protocols(core) == {capture.ICMP})
    verify.play("passive")
    _direction(verify, "CE1", "Inbound Optional")
    core, shown = _core(verify, f"ping {HOST3}")
    ways = {(p.src, p.protocol) for p in between(core, HOST1, HOST3)}
    verify.check("CE1 does, CE3 does not, and both understand",
                 "(5/5)" in shown and ways == {(HOST1, capture.ESP),
                                               (HOST3, capture.ICMP)}, ways)
    verify.extra("CE1", "configure terminal", "crypto gdoi group GDOI-GROUP1",
                 "no passive", "end", why="back to both directions")
    verify.extra("KS1", "configure terminal", "crypto gdoi group GDOI-GROUP1",
                 "server local", "no sa receive-only", "end",
                 "crypto gdoi ks rekey", why="the same for all members")
    for node in ("CE1", "CE3"):
        _direction(verify, node, "Both")


def direction(verify):
    verify.title("The direction of one member")
    verify.play("direction_help")


def groups(verify):
    verify.title("Two groups on one key server")
    verify.play("group2")
    verify.play("group2_ce3")
    verify.play("group2_ce4")
    verify.registered("CE3", "CE4")
    verify.play("ping_group2")
    verify.play("counters_group2")
    verify.forget_logs("CE1")
    verify.play("ping_other_group")
    verify.expect_logs("other_group_logs", 10)
    verify.play("group1_again")
    verify.registered("CE4")
    verify.play("ping_group1_again")


def authorization(verify):
    verify.title("Authorization lists")
    verify.play("authorization")
    verify.extra("KS1", "configure terminal",
                 "access-list 10 permit 192.168.12.2", "end",
                 why="or CE2 could never come back")
    verify.forget_logs("KS1", "CE4")
    verify.play("authorization_bounce")
    verify.expect_logs("unauthorized_logs", 30)
    verify.play("own_group")
    verify.expect_logs("own_group_logs", 60)


PARTS = (fail_close, exception, receive_only, direction, groups,
         authorization)
