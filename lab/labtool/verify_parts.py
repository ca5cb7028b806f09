# SPDX-License-Identifier: GPL-3.0-or-later
"""The article's parts in its order: one group, its traffic, its rekeys."""

import re
import time

from . import capture, verify_coop, verify_more
from .transcript import read
from .verify_wire import between, crossed, replay

MEMBERS = ("CE1", "CE2", "CE3", "CE4")
HOST1, HOST3 = "10.0.111.2", "10.0.33.2"
PING_OCTETS = 184       # a 100-octet ping under the article's policy
WINDOW = 5              # s, of replay protection


def _plain(text):
    """Lines of a configuration, without their layout."""
    return [" ".join(line.split()).replace("int e0/0", "interface Ethernet0/0")
            for line in text.splitlines() if line.strip()]


def _missing(verify, node, name):
    running = _plain(verify.quiet(node, "show running-config"))
    return [line for line in _plain(read(name + ".cfg"))
            if line not in running]


def key_server(verify):
    verify.title("The key server: RSA key and configuration")
    verify.quiet("KS1", "configure terminal")
    verify.play("rsa_key")
    verify.quiet("KS1", "end")
    verify.paste("KS1", "KS1")
    missing = _missing(verify, "KS1", "KS1")
    verify.check("KS1's running-config has every line", not missing, missing)
    verify.check("in the article's order and layout", _in_order(verify))
    verify.check("the key is exportable", "Key is exportable" in verify.quiet(
        "KS1", "show crypto key mypubkey rsa"))


def _in_order(verify):
    wanted = read("KS1.cfg").splitlines()
    start = wanted.index("crypto gdoi group GDOI-GROUP1")
    wanted = wanted[start:wanted.index("", start)]
    shown = [line.rstrip() for line in verify.console("KS1").type(
        "show running-config | section gdoi group")]
    return shown[shown.index(wanted[0]):] == wanted


def first_member(verify):
    verify.title("CE1, the first group member")
    verify.forget_logs("CE1")
    # The article is a web page: blanks come as U+00A0.
    verify.paste("CE1", "GM", lambda text: text.replace(" ", "\u00a0"))
    missing = _missing(verify, "CE1", "GM")
    verify.check("CE1's running-config has every line", not missing, missing)
    verify.registered("CE1")
    verify.play("isakmp_sa_ks")
    verify.play("show_run_interface")
    verify.forget_logs("CE1")
    verify.play("bounce")
    verify.expect_logs("bounce_logs")
    verify.quiet("CE1", "end")
    for name in ("gm_acl", "ipsec_sa", "isakmp_sa_gm", "gm", "ks_members",
                 "kek", "tek"):
        verify.play(name)
    spi = re.search(r"spi: (0x[0-9A-F]+)\(", verify.quiet(
        "CE1", "show crypto gdoi"))[1]
    verify.check("KS1 has the same TEK",
                 spi in verify.quiet("KS1", "show crypto gdoi ks policy"))


def other_members(verify):
    verify.title("The other members get the same configuration")
    for node in MEMBERS[1:]:
        verify.paste(node, "GM")
    verify.registered(*MEMBERS)
    shown = verify.quiet("KS1", "show crypto gdoi ks members summary")
    verify.check("KS1 knows four members",
                 len(re.findall(r"^Group Member ID", shown, re.M)) == 4)


def traffic(verify):
    verify.title("HOST1 pings HOST3")
    with capture.Capture(verify.lab, "P", "eth1") as core:
        verify.play("ping")
    verify.play("counters")
    seen = [p for p in core.packets() if p.src.startswith("10.0.")
            or p.protocol == capture.ICMP]
    verify.check("in the core all of it is ESP between the hosts' addresses",
                 {(p.src, p.dst, p.protocol, p.length) for p in seen}
                 == {(HOST1, HOST3, capture.ESP, PING_OCTETS),
                     (HOST3, HOST1, capture.ESP, PING_OCTETS)}
                 and len(seen) == 20, sorted(map(str, seen)))
    verify.until("CE3 counts the same", lambda:
                 _counters(verify, "CE3") == (10, 10), 5)


def _counters(verify, node):
    """(encrypted, decrypted)"""
    found = re.search(r"#pkts encrypt +: (\d+) +#pkts decrypt +: (\d+)",
                      verify.quiet(node,
                                   "show crypto gdoi gm dataplane counters"))
    return int(found[1]), int(found[2])


def _has_telnet_rule(verify, node):
    return "port = 23" in verify.quiet(node, "show crypto gdoi gm acl")


def _telnet(verify, protocol):
    """The article's telnet; in the core it is of this protocol alone."""
    with capture.Capture(verify.lab, "P", "eth1") as core:
        verify.play("telnet")
        time.sleep(0.2)
    seen = between(core, HOST1, HOST3)
    verify.check(f"in the core it is {capture.NAMES[protocol]} alone",
                 {p.protocol for p in seen} == {protocol}, set(map(str, seen)))
    return (sum(p.src == HOST1 for p in seen),
            sum(p.src == HOST3 for p in seen))


def policy_change(verify):
    verify.title("The list changes on the key server")
    verify.forget_logs("KS1")
    verify.play("acl_change")
    lines = verify.expect_logs("acl_change_logs")
    verify.check("both lines have one time",
                 len({line.split(": %")[0] for line in lines}) == 1)
    verify.check("CE1 does not know of it yet",
                 not _has_telnet_rule(verify, "CE1"))
    verify.forget_logs("KS1")
    verify.play("rekey")
    verify.expect_logs("rekey_logs")
    for node in ("CE1", "CE3"):
        verify.until(f"{node} has the new list", lambda node=node:
                     _has_telnet_rule(verify, node))
    verify.play("gm_acl_after_change")
    verify.play("gm_after_rekey")
    verify.until("four acknowledgements", lambda: len(re.findall(
        r"Rekey Acks Rcvd +: 1$",
        verify.quiet("KS1", "show crypto gdoi ks members"), re.M)) == 4)
    _telnet(verify, capture.TCP)
    verify.play("counters")


def policy_change_back(verify):
    verify.title("... and back again")
    verify.forget_logs("KS1")
    verify.play("acl_removal")
    verify.play("rekey")
    for node in ("CE1", "CE3"):
        verify.until(f"{node} has the old list", lambda node=node:
                     not _has_telnet_rule(verify, node))
    sent, received = _telnet(verify, capture.ESP)
    verify.play("counters_telnet")
    verify.check("CE1 counts every one of them", _counters(verify, "CE1")
                 == (10 + sent, 10 + received))


def replay_protection(verify):
    verify.title("Replay protection: the window is 5 seconds")
    with capture.Capture(verify.lab, "PE3", "eth2") as wire:
        verify.quiet("HOST1", f"ping {HOST3} repeat 5")
    frames = crossed(wire, HOST1, HOST3, capture.ESP)
    time.sleep(WINDOW / verify.scale + 0.3)
    with capture.Capture(verify.lab, "CE3", "eth2") as lan:
        replay(verify.lab, "PE3", "eth2", frames)
        time.sleep(0.3)
    verify.check("5 packets that are older are not taken again",
                 len(frames) == 5 and not between(lan, HOST1, HOST3),
                 f"({len(frames)} recorded)")
    errors = re.search(r"Input Error Packets +: (\d+)", verify.quiet(
        "CE3", "show crypto gdoi gm replay"))
    verify.check("CE3 counts them", errors and int(errors[1]) == 5)


def quality_of_service(verify):
    verify.title("Quality of service")
    verify.extra("CE1", "configure terminal", "interface e0/0",
                 "load-interval 30", "end",
                 why="its rates are those of 30 seconds, IOS's are of 300")
    verify.play("qos")
    verify.dialogue("ping_extended", ["", "10.0.222.2", "100", "", "", "y", "",
                                      "184", "", "", "", "", ""])
    verify.play("policy_map")


# How many outputs the parts compare: a part that ends early has fewer.
OUTPUTS = 47
PARTS = (key_server, first_member, other_members, traffic, policy_change,
         policy_change_back, replay_protection, quality_of_service,
         *verify_coop.PARTS, *verify_more.PARTS)
