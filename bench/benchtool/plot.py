# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures as bars: a row of panels for each mode."""

from . import BenchError
from .samples import FIGURES

PANELS = (("TCP, Gbit/s", ("tcp1", "tcp4", "tcp64")),
          ("UDP flood, delivered, k pps",
           ("flood1400", "flood576", "flood64", "floodimix")),
          ("UDP free of loss, k pps",
           ("free1400", "free576", "free64", "freeimix")),
          ("Ping, us (less is better)",
           ("ping_avg", "ping_p99", "load_p99")),
          ("One gateway alone, k pps", ("gateway",)))
PANEL_SIZE = (7, 4)        # inches


def panels(samples, modes):
    """(mode, title, figures that are there): those with something in them."""
    return [(mode, title, there) for mode in modes for title, names in PANELS
            if (there := [n for n in names if n in samples.names(mode)])]


def draw(path, samples, modes):
    try:
        import matplotlib
        matplotlib.use("Agg")
        from matplotlib import pyplot
    except ImportError:
        raise BenchError("no plot: python3-matplotlib is not there") from None
    wanted = panels(samples, modes)
    if not wanted:
        raise BenchError("no plot: nothing was measured that is drawn")
    figure, axes = pyplot.subplots(
        len(wanted), 1, squeeze=False, layout="constrained",
        figsize=(PANEL_SIZE[0], PANEL_SIZE[1] * len(wanted)))
    for axis, (mode, title, names) in zip(axes[:, 0], wanted):
        _panel(axis, samples, mode, names)
        axis.set_title(f"{title} ({mode})", fontsize=10)
    figure.savefig(path)
    pyplot.close(figure)


def _panel(axis, samples, mode, names):
    keys = [key for key in samples.contenders(mode)
            if any(samples.all(mode, key, name) for name in names)]
    width = 0.8 / len(keys)
    for number, key in enumerate(keys):
        there = [(at, samples.median(mode, key, name),
                  samples.all(mode, key, name))
                 for at, name in enumerate(names)
                 if samples.all(mode, key, name)]
        axis.bar([at + (number + 0.5) * width - 0.4 for at, _, _ in there],
                 [median for _, median, _ in there], width * 0.9,
                 yerr=[[m - min(v) for _, m, v in there],
                       [max(v) - m for _, m, v in there]],
                 error_kw={"linewidth": 0.8}, color=f"C{number % 10}",
                 hatch="//" if number >= 10 else None,
                 label=samples.titles[key])
    axis.set_xticks(range(len(names)),
                    [FIGURES[name].title for name in names], fontsize=8)
    axis.grid(axis="y", linewidth=0.3)
    axis.legend(fontsize=6, ncols=2)
