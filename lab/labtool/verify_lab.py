# SPDX-License-Identifier: GPL-3.0-or-later
"""The article's network as it is before the first line of the article: made
from article-coop by taking out all that the article types."""

import contextlib
import os
import re
import shutil
import tempfile

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
NAME = "article-coop"

# Everything of crypto, and the lists it names.
CRYPTO = re.compile(r"^((no )?(crypto|ip access-list) .*\n( .*\n)*)+(!\n)?",
                    re.M)
MAP = re.compile(r"^ crypto map .*\n", re.M)
# What the topology does with the RSA key.
KEY_LINES = re.compile(r"^ *- .*(crypto key|key\.pem).*\n", re.M)
NO_LINES = re.compile(r"^ *exec:\n(?! *-)", re.M)


def _rewrite(path, change):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(change(text))


def make(directory):
    """Writes the topology and its configurations; the topology's path."""
    configs = os.path.join(directory, "configs", NAME)
    shutil.copytree(os.path.join(HERE, "configs", NAME), configs)
    for name in os.listdir(configs):
        _rewrite(os.path.join(configs, name),
                 lambda text: MAP.sub("", CRYPTO.sub("", text)))
    path = os.path.join(directory, NAME + ".clab.yml")
    shutil.copyfile(os.path.join(HERE, NAME + ".clab.yml"), path)
    _rewrite(path, lambda text: NO_LINES.sub("", KEY_LINES.sub("", text)))
    return path


@contextlib.contextmanager
def topology():
    """The path of a topology that is there while the block runs."""
    directory = tempfile.mkdtemp(prefix="getvpn-verify-")
    try:
        yield make(directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
