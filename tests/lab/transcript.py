# SPDX-License-Identifier: GPL-3.0-or-later
"""Transcripts of the lab tool, for tests."""

import console  # noqa: F401  (finds the lab tool)

from labtool.transcript import (STEPS, difference, load,  # noqa: F401
                                pattern, trim)


def play(terminal, name):
    """Types a transcript's commands and compares what comes."""
    for prompt, command, expected in load(name):
        shown = terminal.type(command)
        wrong = difference(expected, shown)
        assert wrong is None, f"{name}: {prompt}{command}\n{wrong}"
