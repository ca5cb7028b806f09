# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables, the JSON file and the plot."""

import json
import os
import platform
import time

from .samples import FIGURES

BASE = "plain"


def number(value):
    """Three digits that count."""
    if value is None:
        return "-"
    if value >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.3g}" if value >= 10 else f"{value:.2f}"


def ratio(value, base):
    return f"{value / base:.2f}" if value is not None and base else "-"


def columns(rows):
    """Rows of words, in columns as wide as they need."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join("  ".join(
        word.ljust(width) if n < 1 else word.rjust(width)
        for n, (word, width) in enumerate(zip(row, widths))).rstrip()
        for row in rows)


def table(samples, mode, ours="ours"):
    """Per figure, a row for each contender: median, min to max, ratios."""
    rows = [["", "median", "min", "max", "unit", "of kernel", "of best peer",
             "of ours"]]
    for name in samples.names(mode):
        figure = FIGURES[name]
        rows.append([figure.title, *[""] * 7])
        base = samples.median(mode, BASE, name)
        best = samples.best_peer(mode, name)
        mine = samples.median(mode, ours, name)
        for key in samples.contenders(mode):
            values = samples.all(mode, key, name)
            if not values:
                continue
            median = samples.median(mode, key, name)
            rows.append([f"  {samples.titles[key]}", number(median),
                         number(min(values)), number(max(values)),
                         figure.unit, ratio(median, base),
                         ratio(median, best and best[0]),
                         ratio(median, mine)])
    return columns(rows)


def machine():
    model = ""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return {"cpu": model, "cores": os.cpu_count(),
            "kernel": platform.release(),
            "congestion control": _read(
                "/proc/sys/net/ipv4/tcp_congestion_control"),
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}


def _read(path):
    with open(path, encoding="ascii") as file:
        return file.read().strip()


def write_json(path, samples, verdicts, options):
    told = {"machine": machine(), "options": options,
            "contenders": samples.titles, "about": samples.about,
            "figures": samples.plain(),
            "verdicts": [vars(line) for line in verdicts],
            "remarks": samples.remarks}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(told, file, indent=1)
        file.write("\n")
