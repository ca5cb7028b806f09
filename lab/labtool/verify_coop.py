# SPDX-License-Identifier: GPL-3.0-or-later
"""The article's part on cooperative key servers."""

import re

from . import transcript

KS1, KS2 = "192.168.111.111", "192.168.222.222"
MEMBERS = ("CE1", "CE2", "CE3", "CE4")
DEAD_LIMIT = 240        # s until a silent primary is given up, at most
ROLES = re.compile(r"KS Role: (\w+) *,.*KS Status: (\w+)")
LIFE = re.compile(r"remaining key lifetime \(sec\): \((\d+)\)")


def _parts(pem):
    """The public and the private key of what was exported."""
    ends = [n for n, line in enumerate(pem) if line.startswith("-----END")]
    starts = [n for n, line in enumerate(pem) if line.startswith("-----BEGIN")]
    return [pem[start:end + 1] for start, end in zip(starts, ends)]


def key_copy(verify):
    verify.title("Cooperation: the RSA key goes from KS1 to KS2")
    verify.quiet("KS1", "configure terminal")
    verify.play("coop_export")
    (_, command, _), = transcript.load("coop_export")
    public, private = _parts(verify.console("KS1").type(command))
    verify.quiet("KS1", "end")
    verify.quiet("KS2", "configure terminal")
    verify.key_dialogue("coop_import", [*public, "quit", *private, "quit"])
    verify.quiet("KS2", "end")
    data = [re.findall(r"^ *((?:[0-9A-F]+ ?)+)$", verify.quiet(
        node, "show crypto key mypubkey rsa"), re.M) for node in ("KS1", "KS2")]
    verify.check("both have the same key", data[0] and data[0] == data[1])


def _agreed(verify, one="Primary", other="Secondary"):
    return [ROLES.findall(verify.quiet(node, "show crypto gdoi ks coop"))
            for node in ("KS1", "KS2")] == [
        [(one, "Alive"), (other, "Alive")], [(other, "Alive"), (one, "Alive")]]


def configuration(verify):
    verify.title("Cooperation: KS1 and KS2")
    verify.extra("KS1", "clear crypto isakmp", why="the members' sessions are "
                 "long over when the article shows KS1's")
    verify.play("coop_ks1")
    verify.paste("KS2", "KS2")
    verify.until("KS1 is primary, KS2 secondary", lambda: _agreed(verify))
    verify.play("coop_show")
    verify.play("isakmp_sa_coop")
    for node in MEMBERS:
        shown = verify.quiet(node, "show crypto gdoi gm")
        verify.check(f"{node} registered once, and no more",
                     re.search(r"Succeeded registration: 1$", shown, re.M))
        verify.extra(node, "configure terminal",
                     f"crypto isakmp key MYGDOIPSK address {KS2}", "end",
                     why="without a key for KS2 no member can go there")
    verify.play("coop_member")
    for node in MEMBERS[1:]:
        for _, command, _ in transcript.load("coop_member"):
            verify.quiet(node, command)


def failure(verify):
    verify.title("Cooperation: KS1 fails")
    verify.forget_logs("KS2")
    verify.play("coop_shut")
    verify.expect_logs("coop_failover_logs", DEAD_LIMIT / verify.scale)
    verify.play("coop_alone")
    verify.play("coop_life")
    before = int(LIFE.search(verify.quiet("CE1", "show crypto gdoi"))[1])
    verify.play("coop_replace_now")
    verify.until("CE1 has a new key", lambda: int(LIFE.search(verify.quiet(
        "CE1", "show crypto gdoi"))[1]) > before)
    verify.play("coop_life")
    verify.play("coop_gm")


def other_server(verify):
    verify.title("CE2 registers with KS2")
    verify.forget_logs("CE2")
    verify.play("coop_bounce")
    verify.expect_logs("coop_bounce_logs", 60)
    verify.quiet("CE2", "end")
    verify.play("ks2_members")


def recovery(verify):
    verify.title("Cooperation: KS1 returns, and is primary again")
    verify.forget_logs("KS1")
    verify.quiet("KS1", "configure terminal")
    verify.quiet("KS1", "int e0/0")
    verify.play("coop_noshut")
    verify.expect_logs("coop_reach", DEAD_LIMIT / verify.scale)
    verify.quiet("KS1", "end")
    verify.until("KS1 is primary, KS2 secondary", lambda: _agreed(verify))
    verify.play("coop_role_primary")
    verify.play("coop_role_secondary")


PARTS = (key_copy, configuration, failure, other_server, recovery)
