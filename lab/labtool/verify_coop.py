# SPDX-License-Identifier: GPL-3.0-or-later
"""The article's part on cooperative key servers."""

import re

from . import transcript

KS1, KS2 = "192.168.111.111", "192.168.222.222"
MEMBERS = ("CE1", "CE2", "CE3", "CE4")
DEAD_LIMIT = 240        # s until a silent primary is given up, at most
REFRESH, GIVE_UP = 20, 40       # s: of the primary, and a member's attempt
EXACT = 0.5             # s; how exact the times of logs are, before scaling
TEK_LIFE = 3600         # s
FORMER_KEYS = 240       # s that they last at most after a change of policy
STAMP = re.compile(r"(\d\d):(\d\d):(\d\d\.\d{3}): %")
COUNTER = r"{}: (\d+)$"
ROLES = re.compile(r"KS Role: (\w+) *,.*KS Status: (\w+)")
LIFE = re.compile(r"remaining key lifetime \(sec\): \((\d+)\)")


def _passed(earlier, later):
    """Seconds between two log lines."""
    times = []
    for line in (earlier, later):
        hour, minute, second = STAMP.search(line).groups()
        times.append(int(hour) * 3600 + int(minute) * 60 + float(second))
    return (times[1] - times[0]) % 86400


def _after(verify, lines, first, second, seconds):
    """The second line came so many seconds after the first."""
    if len(lines) > max(first, second):
        taken = _passed(lines[first], lines[second])
        verify.check(f"{seconds} s later, as the article's clock says",
                     abs(taken - seconds) < EXACT * verify.scale,
                     f"({taken:.1f} s)")


def _announced(verify, node, what):
    shown = verify.quiet(node, "show crypto gdoi ks coop")
    return sum(int(re.search(COUNTER.format(label), shown, re.M)[1])
               for label in (f"Ann msgs {what}",
                             f"Ann msgs {what} with reply request"))


def _parts(pem):
    """The public and the private key of what was exported."""
    ends = [n for n, line in enumerate(pem) if line.startswith("-----END")]
    starts = [n for n, line in enumerate(pem) if line.startswith("-----BEGIN")]
    return [pem[start:end + 1] for start, end in zip(starts, ends)]


def _newest(verify, node):
    """The SPI that lives longest."""
    shown = verify.quiet(node, "show crypto gdoi | include spi:|key lifetime")
    lives = zip(map(int, LIFE.findall(shown)),
                re.findall(r"spi: (0x[0-9A-F]+)", shown))
    return max(lives, default=(0, None))[1]


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
    verify.until("KS2 received every announcement that KS1 sent", lambda:
                 _announced(verify, "KS1", "sent")
                 == _announced(verify, "KS2", "recv"), 10)
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


def _only_key(verify):
    """A policy that changed leaves the keys of before some minutes."""
    verify.until("CE1's former keys have ended", lambda: len(LIFE.findall(
        verify.quiet("CE1", "show crypto gdoi"))) == 1,
        FORMER_KEYS / verify.scale)


def failure(verify):
    verify.title("Cooperation: KS1 fails")
    verify.forget_logs("KS2")
    verify.play("coop_shut")
    lines = verify.expect_logs("coop_failover_logs",
                               DEAD_LIMIT / verify.scale)
    _after(verify, lines, 0, 1, REFRESH)
    verify.play("coop_alone")
    _only_key(verify)
    verify.play("coop_life")
    before = int(LIFE.search(verify.quiet("CE1", "show crypto gdoi"))[1])
    verify.play("coop_replace_now")
    verify.until("CE1 has a new key", lambda: int(LIFE.search(verify.quiet(
        "CE1", "show crypto gdoi"))[1]) > max(before, TEK_LIFE
                                              - 10 * verify.scale))
    _only_key(verify)
    verify.play("coop_life")
    verify.play("coop_gm")


def other_server(verify):
    verify.title("CE2 registers with KS2")
    verify.forget_logs("CE2")
    verify.play("coop_bounce")
    lines = verify.expect_logs("coop_bounce_logs", 60)
    _after(verify, lines, 1, 3, GIVE_UP)
    verify.quiet("CE2", "end")
    verify.play("ks2_members")


def recovery(verify):
    verify.title("Cooperation: KS1 returns, and is primary again")
    # The network may run on static routes.
    bgp = "router bgp" in verify.quiet("KS1", "show running-config")
    name = "coop_reach_bgp" if bgp else "coop_reach"
    verify.forget_logs("KS1")
    verify.quiet("KS1", "configure terminal")
    verify.quiet("KS1", "int e0/0")
    verify.play("coop_noshut")
    verify.expect_logs(name, DEAD_LIMIT / verify.scale)
    verify.quiet("KS1", "end")
    verify.until("KS1 is primary, KS2 secondary", lambda: _agreed(verify))
    verify.play("coop_role_primary")
    verify.play("coop_role_secondary")
    verify.until("all members have the same newest key", lambda: len({
        _newest(verify, node) for node in MEMBERS}) == 1)


PARTS = (key_copy, configuration, failure, other_server, recovery)
