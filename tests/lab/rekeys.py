# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of rekeys ask routers: which keys they have, what they count."""

import re

from labs import until

SENT = r"%GDOI-5-KS_SEND_UNICAST_REKEY: "
TEK = re.compile(r"spi: (0x[0-9A-F]+)\(")
LEFT = re.compile(r"remaining key lifetime \(sec\): \((\d+)\)")
KEK = re.compile(r"spi : (0x[0-9A-F]{32})")
COUNT = r"{} *: (\d+)"
SAME_LIMIT = 30


def shown(console, command):
    return "\n".join(console.type(command))


def teks(console):
    """{SPI: seconds left} of a member."""
    text = shown(console, "show crypto gdoi | include spi:|remaining key")
    return dict(zip(TEK.findall(text), map(int, LEFT.findall(text))))


def newest(console):
    """The SPI that lives longest; None without a TEK."""
    have = teks(console)
    return max(have, key=have.get) if have else None


def same_tek(consoles, other_than=None):
    """Waits until all members have the same newest TEK; its SPI."""
    def same():
        found = {newest(console) for console in consoles}
        return len(found) == 1 and found - {None, other_than}
    return until(same, SAME_LIMIT, "all members have the same TEK").pop()


def kek(ks):
    """The SPI of the key server's newest KEK."""
    return KEK.search(shown(ks, "show crypto gdoi ks policy"))[1]


def count(text, label):
    """All the numbers that stand behind a label."""
    return [int(n) for n in re.findall(COUNT.format(re.escape(label)), text)]


def configure(console, *lines):
    for line in ("configure terminal", *lines, "end"):
        answer = console.type(line)
        assert not [text for text in answer if text.startswith("%")], \
            f"{line}: {answer}"


def rekey(ks, *words):
    """crypto gdoi ks rekey; the log line."""
    ks.forget_logs()
    ks.type(" ".join(("crypto gdoi ks rekey", *words)))
    return ks.wait_log(SENT)


def answer_yes(console, command):
    """A command that asks whether to proceed."""
    asked = console.ask(command)
    assert asked.rstrip().endswith("[yes/no]:"), asked
    console.ask("yes")
