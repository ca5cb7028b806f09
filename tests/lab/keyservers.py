# SPDX-License-Identifier: GPL-3.0-or-later
"""Labs with two key servers that cooperate: the article's network without its
cooperation, roles, time stamps, and key servers that lose their power."""

import os
import re
import shutil
import signal

import rekeys
from labs import TOP, until

LAB = os.path.join(TOP, "lab")
KS1, KS2 = "192.168.111.111", "192.168.222.222"
TO_PRIMARY = (r"%GDOI-5-COOP_KS_TRANS_TO_PRI: KS {} in group GDOI-GROUP1 "
              "transitioned to Primary")
ROLE = re.compile(r"Local KS Role: (\w+) ")
PEER = re.compile(r"Peer KS Role: (\w+) *, Peer KS Status: (\w+)")
STAMP = re.compile(r"(\d\d):(\d\d):(\d\d\.\d{3}): %")

# What the article adds for the second key server.
ADDED = re.compile(
    r"^(crypto isakmp keepalive .*|.*COOPKEY.*|.* 192\.168\.222\.222"
    r"|  redundancy|   local priority .*|   peer address .*)\n", re.M)
CRYPTO = re.compile(r"^((crypto|ip access-list) .*\n( .*\n)*)+!\n", re.M)
# Lines of the topology that take the key from one to the other.
KEY_LINES = re.compile(r"^ *- sh -c '.*key\.pem.*'\n", re.M)


def single(directory):
    """The network of article-coop before the article comes to cooperation:
    KS2 has addresses and no more.  The path of its topology."""
    configs = os.path.join(directory, "configs", "article-coop")
    shutil.copytree(os.path.join(LAB, "configs", "article-coop"), configs)
    for name in os.listdir(configs):
        path = os.path.join(configs, name)
        unwanted = CRYPTO if name == "KS2.cfg" else ADDED
        _rewrite(path, path, lambda text, un=unwanted: un.sub("", text))
    path = os.path.join(directory, "article-coop.clab.yml")
    _rewrite(os.path.join(LAB, "article-coop.clab.yml"), path, _without_key)
    return path


def _without_key(text):
    text = KEY_LINES.sub("", text)
    return re.sub(r"^ *exec:\n(?! *-)", "", text, flags=re.M)


def _rewrite(source, target, change):
    with open(source, encoding="utf-8") as file:
        text = file.read()
    with open(target, "w", encoding="utf-8") as file:
        file.write(change(text))


def roles(console):
    """(own role, peer's role, peer's status); None if the peer is not known
    yet."""
    shown = rekeys.shown(console, "show crypto gdoi ks coop")
    own, peer = ROLE.search(shown), PEER.search(shown)
    return (own[1], peer[1], peer[2]) if own and peer else None


def wait_roles(ks1, ks2, first="Primary", second="Secondary", limit=30):
    def agreed():
        return roles(ks1) == (first, second, "Alive") \
            and roles(ks2) == (second, first, "Alive")
    until(agreed, limit, f"KS1 {first}, KS2 {second}, both of that opinion")


def seconds(line):
    """The time of a log line, as seconds of the day."""
    hour, minute, second = STAMP.search(line).groups()
    return int(hour) * 3600 + int(minute) * 60 + float(second)


def passed(earlier, later):
    """Seconds between two log lines."""
    return (seconds(later) - seconds(earlier)) % 86400


def kill(lab, node):
    """No time to say anything: the daemon is gone."""
    os.kill(lab.node(node)["pid"], signal.SIGKILL)
    until(lambda: lab.node(node)["state"] == "dead", 5, f"{node} is dead")
