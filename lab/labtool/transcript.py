# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what a router printed with an expectation, line for line.

Expectations are files in lab/steps/.  A line of the form PROMPT#COMMAND is
typed, what follows is expected.  Values that are never twice the same are
written as

    {n}     a decimal number            {time}  an IOS time stamp
    {spi}   an SPI, 0x...(decimal)      {hex}   hexadecimal digits
    {text}  any text                    {base64} a line of base64

"..." as a whole line stands for any further lines, up to the one that follows
it.  A line that ends in {again} may come more than once.  "{any order}" as the
first line: the order of the others is not known to mean anything.  Lines that start
with "!" are remarks.  Blanks at the end of a line and blank lines at the end
do not count; everything else does.
"""

import os
import re

from . import LabError

HERE = os.path.dirname(os.path.realpath(__file__))
STEPS = os.path.join(os.path.dirname(HERE), "steps")

VALUES = {
    "{n}": r"\d+",
    "{time}": r"[*.]?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\.\d{3}",
    "{spi}": r"0x[0-9A-F]{1,8}\(\d+\)",
    "{hex}": r"[0-9A-Fa-f]+",
    "{base64}": r"[A-Za-z0-9+/]+={0,2}",
    "{text}": r".*",
}
AGAIN = "{again}"
REST = "..."
REMARK = "!"
ANY_ORDER = "{any order}"
TYPED = re.compile(r"([\w-]+(?:\([\w-]+\))?[#>])(.*)")


def read(name):
    try:
        with open(os.path.join(STEPS, name), encoding="utf-8") as file:
            return file.read()
    except OSError as err:
        raise LabError(f"{name}: {err.strerror}") from None


def load(name):
    """[(prompt, command, [expected lines])] of a file."""
    steps = []
    for line in read(name + ".txt").splitlines():
        found = TYPED.fullmatch(line)
        if found:
            steps.append((found[1], found[2], []))
        elif not (line.startswith(REMARK) and not set(line) <= {"!", "."}):
            steps[-1][2].append(line)
    return steps


def pattern(line):
    parts = re.split("(" + "|".join(map(re.escape, VALUES)) + ")", line)
    return re.compile("".join(VALUES.get(part) or re.escape(part)
                              for part in parts))


def trim(lines):
    lines = [line.rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def difference(expected, shown):
    """None when they agree, else a text that says where they do not."""
    expected, shown = trim(expected), trim(shown)
    if expected[:1] == [ANY_ORDER]:
        expected, shown = sorted(expected[1:]), sorted(shown)
    at, skipping = 0, False
    for line in expected:
        if line == REST:
            skipping = True
            continue
        again = line.endswith(AGAIN)
        wanted = pattern(line.removesuffix(AGAIN).rstrip())
        while skipping and at < len(shown) and not wanted.fullmatch(shown[at]):
            at += 1
        skipping = False
        if at >= len(shown) or not wanted.fullmatch(shown[at]):
            return _report(line, shown, at)
        at += 1
        while again and at < len(shown) and wanted.fullmatch(shown[at]):
            at += 1
    if at < len(shown) and not skipping:
        return _report("(nothing more)", shown, at)
    return None


def _report(line, shown, at):
    got = shown[at] if at < len(shown) else "(nothing more)"
    listing = "\n".join(f"{'>' if n == at else ' '} {text}"
                        for n, text in enumerate(shown))
    return (f"line {at + 1}\nexpected: {line}\nprinted:  {got}\n"
            f"all that was printed:\n{listing}")
