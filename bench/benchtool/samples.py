# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures by mode, contender and name; every one with all of its rounds."""

import statistics
from dataclasses import dataclass

OFFLOADS, NO_OFFLOADS = "offloads", "no-offloads"
MODES = (OFFLOADS, NO_OFFLOADS)

GBPS, KPPS, US, MS, COUNT = "Gbit/s", "k pps", "us", "ms", ""


@dataclass(frozen=True)
class Figure:
    """What is measured: its title, its unit, and which way is better."""
    title: str
    unit: str
    more: bool = True


FIGURES = {
    "tcp1": Figure("TCP x1", GBPS),
    "tcp4": Figure("TCP x4", GBPS),
    "tcp64": Figure("TCP x64", GBPS),
    "flood1400": Figure("UDP 1400 flood", KPPS),
    "flood576": Figure("UDP 576 flood", KPPS),
    "flood64": Figure("UDP 64 flood", KPPS),
    "floodimix": Figure("IMIX x64 flood", KPPS),
    "free1400": Figure("UDP 1400 loss-free", KPPS),
    "free576": Figure("UDP 576 loss-free", KPPS),
    "free64": Figure("UDP 64 loss-free", KPPS),
    "freeimix": Figure("IMIX x64 loss-free", KPPS),
    "ping_min": Figure("ping min", US, False),
    "ping_avg": Figure("ping avg", US, False),
    "ping_p99": Figure("ping p99", US, False),
    "load_p99": Figure("ping p99, 80 % load", US, False),
    "load_avg": Figure("ping avg, 80 % load", US, False),
    "gateway": Figure("one gateway alone, 1400", KPPS),
    "rekeys": Figure("rekeys done", COUNT),
    "plain_retr": Figure("TCP retransmits, no rekeys", COUNT, False),
    "rekey_retr": Figure("TCP retransmits, rekeys", COUNT, False),
    "plain_drops": Figure("drops in both gateways, no rekeys", COUNT, False),
    "rekey_drops": Figure("drops in both gateways, rekeys", COUNT, False),
    "plain_gbps": Figure("TCP, no rekeys", GBPS),
    "rekey_gbps": Figure("TCP, rekeys", GBPS),
    "front_gap": Figure("crypto map applied: longest gap", MS, False),
    "unfront_gap": Figure("crypto map removed: longest gap", MS, False),
}


class Samples:
    def __init__(self):
        self._values = {}
        self.titles = {}       # key of a contender -> title
        self.about = {}        # what a contender said of itself
        self.peers = []        # keys of those that count as peers
        self.remarks = []      # what was left out, and why

    def add(self, mode, contender, figures):
        for name, value in figures.items():
            if value is not None:
                self._values.setdefault((mode, contender, name),
                                        []).append(value)

    def all(self, mode, contender, name):
        return self._values.get((mode, contender, name), [])

    def median(self, mode, contender, name):
        """None when it was not measured."""
        values = self.all(mode, contender, name)
        return statistics.median(values) if values else None

    def names(self, mode):
        """Figures that at least one contender has, in the order of above."""
        return [name for name in FIGURES
                if any(key[0] == mode and key[2] == name
                       for key in self._values)]

    def contenders(self, mode):
        there = {key[1] for key in self._values if key[0] == mode}
        return [key for key in self.titles if key in there]

    def best_peer(self, mode, name):
        """(median, key) of the best peer, or None."""
        found = [(self.median(mode, key, name), key) for key in self.peers]
        found = [one for one in found if one[0] is not None]
        if not found:
            return None
        return (max if FIGURES[name].more else min)(found)

    def plain(self):
        """Everything, as JSON has it."""
        told = {}
        for (mode, contender, name), values in self._values.items():
            told.setdefault(mode, {}).setdefault(contender, {})[name] = {
                "median": statistics.median(values), "min": min(values),
                "max": max(values), "rounds": values,
                "unit": FIGURES[name].unit}
        return told
