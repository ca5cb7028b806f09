# SPDX-License-Identifier: GPL-3.0-or-later
"""The goals of the dataplane, and which of them this run has met.

A goal is a ratio of two medians of one mode, or a figure against a limit.
"""

from dataclasses import dataclass
from typing import Optional

from .samples import FIGURES, NO_OFFLOADS, OFFLOADS

OURS, NONE, PLAIN, KIN, BEST = ("ours", "ours-none", "plain", "strongswan",
                                "the best peer")


@dataclass
class Line:
    goal: str                  # its number
    text: str
    figure: Optional[float]
    target: float
    least: bool                # at least the target; else at most
    met: Optional[bool]        # None: not measured
    detail: str = ""

    def __str__(self):
        word = {True: "met", False: "NOT MET", None: "not measured"}[self.met]
        figure = "-" if self.figure is None else f"{self.figure:.2f}"
        return (f"{self.goal}  {word:<13}{figure:>8}  "
                f"{'>=' if self.least else '<='} {self.target:<7g} "
                f"{self.text}{self.detail}")


def line(goal, text, figure, target, least=True, detail=""):
    met = None if figure is None else \
        figure >= target if least else figure <= target
    return Line(goal, text, figure, target, least, met, detail)


def ratio(samples, mode, goal, name, above, target, *, least=True,
          what=OURS, other_name=None):
    """One median over another's; above may be the best peer."""
    mine = samples.median(mode, what, name)
    detail = ""
    if above == BEST:
        found = samples.best_peer(mode, name)
        base = found and found[0]
        detail = f" ({found[1]})" if found else ""
    else:
        base = samples.median(mode, above, other_name or name)
    value = None if mine is None or not base else mine / base
    return line(goal, f"{FIGURES[name].title}: {what} / {above}", value,
                target, least, detail)


def _with_offloads(samples):
    def goal(*words, **more):
        return ratio(samples, OFFLOADS, "1", *words, **more)

    return [goal("tcp1", KIN, 8), goal("tcp1", BEST, 5),
            goal("tcp4", BEST, 4), goal("tcp64", BEST, 4),
            *(goal(name, NONE, 0.8) for name in ("tcp1", "tcp4", "tcp64"))]


def _without_offloads(samples):
    def goal(*words):
        return ratio(samples, NO_OFFLOADS, "2", "tcp1", *words)

    return [goal(PLAIN, 0.75), goal(BEST, 2.5), goal(KIN, 4)]


def _udp(samples):
    lines = []
    for mode in (OFFLOADS, NO_OFFLOADS):
        for size in (1400, 64):
            lines += [
                ratio(samples, mode, "3", f"flood{size}", PLAIN, 0.85),
                ratio(samples, mode, "3", f"flood{size}", BEST, 2),
                ratio(samples, mode, "3", f"free{size}", PLAIN, 0.7)]
            for one in lines[-3:]:
                one.detail += f", {mode}"
    return lines


def _gateway(samples):
    def goal(*words, **more):
        return ratio(samples, OFFLOADS, "4", "gateway", *words, **more)

    return [goal("gateway-none", 0.66, what="gateway"),
            goal("gateway", 1.7, what="gateway-2")]


def _latency(samples):
    p99 = samples.median(OFFLOADS, OURS, "load_p99")
    return [ratio(samples, OFFLOADS, "5", "ping_avg", BEST, 1, least=False),
            line("5", "ping p99 at 80 % load: ours, ms",
                 None if p99 is None else p99 / 1000, 1, False)]


def _aces(samples):
    def goal(*words, **more):
        return ratio(samples, OFFLOADS, "6", *words, what="ours-100ace",
                     **more)

    return [goal("floodimix", OURS, 0.85), goal("freeimix", OURS, 0.85),
            goal("floodimix", "ours-1ace", 0.9)]


def _rekey(samples):
    lines = []
    for what, text in (("retr", "TCP retransmits"),
                       ("drops", "drops in both gateways")):
        with_rekeys = samples.median(OFFLOADS, OURS, f"rekey_{what}")
        without = samples.median(OFFLOADS, OURS, f"plain_{what}")
        lines.append(line("8", f"{text} with rekeys (target: without)",
                          with_rekeys, without or 0, False))
    return lines


def lines(samples):
    """Those that were measured, all of them in the goals' order."""
    every = [one for part in (_with_offloads, _without_offloads, _udp,
                              _gateway, _latency, _aces, _rekey)
             for one in part(samples)]
    goals = {one.goal for one in every if one.met is not None}
    return [one for one in every if one.goal in goals]
