# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what a router printed with an expectation, line for line.

Expectations are files in transcripts/.  A line of the form PROMPT#COMMAND is
typed, what follows is expected.  Values that vary are written as

    {n}     a decimal number            {time}  an IOS time stamp
    {spi}   an SPI, 0x…(decimal)        {hex}   hexadecimal digits
    {text}  any text                    {base64} a line of base64

"..." as the whole line stands for any further lines.  A line that ends in
{again} may come more than once.  Blanks at the end of a line and blank lines
at the end do not count.
"""

import os
import re

HERE = os.path.join(os.path.dirname(__file__), "transcripts")

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
TYPED = re.compile(r"([\w-]+(?:\([\w-]+\))?[#>])(.*)")


def load(name):
    """[(prompt, command, [expected lines])] of a file."""
    with open(os.path.join(HERE, name + ".txt"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    steps = []
    for line in lines:
        found = TYPED.fullmatch(line)
        if found:
            steps.append((found[1], found[2], []))
        else:
            steps[-1][2].append(line)
    return steps


def pattern(line):
    parts = re.split("(" + "|".join(map(re.escape, VALUES)) + ")", line)
    return re.compile("".join(VALUES.get(part) or re.escape(part)
                              for part in parts))


def _trim(lines):
    lines = [line.rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def difference(expected, shown):
    """None when they agree, else a text that says where they do not."""
    expected, shown = _trim(expected), _trim(shown)
    at = 0
    for line in expected:
        if line == REST:
            return None
        again = line.endswith(AGAIN)
        wanted = pattern(line.removesuffix(AGAIN).rstrip())
        if at >= len(shown) or not wanted.fullmatch(shown[at]):
            return _report(line, shown, at)
        at += 1
        while again and at < len(shown) and wanted.fullmatch(shown[at]):
            at += 1
    if at < len(shown):
        return _report("(nothing more)", shown, at)
    return None


def _report(line, shown, at):
    got = shown[at] if at < len(shown) else "(nothing more)"
    listing = "\n".join(f"{'>' if n == at else ' '} {text}"
                        for n, text in enumerate(shown))
    return (f"line {at + 1}\nexpected: {line}\nprinted:  {got}\n"
            f"all that was printed:\n{listing}")


def play(console, name):
    """Types a transcript's commands and compares what comes."""
    for prompt, command, expected in load(name):
        shown = console.type(command)
        wrong = difference(expected, shown)
        assert wrong is None, f"{name}: {prompt}{command}\n{wrong}"
